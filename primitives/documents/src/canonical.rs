//! A document to the fields that sealing takes. What does not fit is refused, never cut or rounded.

use chrono::NaiveDate;
use sealane_types::fields::{
    Currency, FieldValue, MAX_IDENTIFIER, MAX_REFERENCES, MAX_TEXT, strict_number,
};
use sealane_types::schema::{
    AMOUNT_SCALE, CanonicalFields, FieldType, HEADER_SLOTS, Kind, MAX_LINES, NUMBER_BITS,
    PARTY_IDS, PAYABLE_BITS, SCHEMA_VERSION, TOLERANCE_SCALE, header_field, slot, transport,
};
use sealane_types::text::names_nothing;

use crate::codes::LineStatus;
use crate::dates;
use crate::decimal::Decimal;
use crate::document::{Document, Party};

mod lines;

use lines::LineFields;

/// Why a document cannot be sealed though it can be read. `field` is the field's path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// More lines than the largest record holds.
    #[error(
        "lines: the document has {lines} lines, a record holds at most {limit}; split the document"
    )]
    TooManyLines {
        /// How many there are.
        lines: usize,
        /// How many fit.
        limit: usize,
    },
    /// More distinct legal identifiers than a party may have.
    #[error(
        "{field}: the party has {count} distinct legal identifiers, at most {PARTY_IDS} can be sealed ({ids}); none is dropped, since each one fingerprints the document"
    )]
    TooManyIds {
        /// The field.
        field: String,
        /// How many there are.
        count: usize,
        /// Their canonical forms.
        ids: String,
    },
    /// A number that its field cannot hold exactly.
    #[error("{field}: {value} does not fit: at most {decimals} decimals and {bits} bits")]
    Number {
        /// The field.
        field: String,
        /// The number.
        value: Decimal,
        /// Decimals that the field holds.
        decimals: u32,
        /// Bits of magnitude that the field holds.
        bits: u32,
    },
    /// A text that is too long.
    #[error("{field}: the text has {bytes} bytes, at most {limit} fit")]
    TooLong {
        /// The field.
        field: String,
        /// How long it is.
        bytes: usize,
        /// How long it may be.
        limit: usize,
    },
    /// Too many references.
    #[error("{field}: there are {count} references, at most {MAX_REFERENCES} fit")]
    TooManyReferences {
        /// The field.
        field: String,
        /// How many there are.
        count: usize,
    },
    /// An amount without a currency.
    #[error("{field}: the amount has no currency; a sealed amount needs one")]
    NoCurrency {
        /// The field.
        field: String,
    },
}

/// The fields of a document, by slot, as `specs/schemas/canonical.md` lays down.
///
/// # Errors
/// When a value does not fit its field exactly, or there are too many lines, identifiers or references.
pub fn canonical(document: &Document) -> Result<CanonicalFields, SealError> {
    let currency = document.currency.as_deref().and_then(Currency::new);
    let numbered = document.lines.iter().enumerate();
    let sealed: Vec<_> = numbered.filter(|(_, line)| line.counts()).collect();
    if sealed.len() > MAX_LINES {
        let (lines, limit) = (sealed.len(), MAX_LINES);
        return Err(SealError::TooManyLines { lines, limit });
    }
    let lines = sealed.into_iter().map(|(index, line)| {
        let fields = LineFields {
            document,
            line,
            index,
        };
        fields.read(currency)
    });
    Ok(CanonicalFields {
        kind: document.kind,
        version: SCHEMA_VERSION,
        header: header(document, currency)?,
        lines: lines.collect::<Result<_, _>>()?,
    })
}

type Header = [Option<FieldValue>; HEADER_SLOTS];

fn header(document: &Document, currency: Option<Currency>) -> Result<Header, SealError> {
    let mut header: Header = std::array::from_fn(|_| None);
    let path = |slot| path(document.kind, slot);
    let number = number(path(slot::NUMBER), &document.id)?;
    header[slot::NUMBER] = Some(FieldValue::Number(number));
    header[slot::TYPE_CODE] = type_code(document);
    header[slot::ISSUE_DATE] = Some(day(document.issue_date));
    header[slot::DUE_DATE] = document.due_date.map(day);
    header[slot::COPY] = document.copy.then_some(FieldValue::Integer(1));
    header[slot::CURRENCY] = text(path(slot::CURRENCY), document.currency.as_deref())?;
    header[slot::PAYABLE] = payable(path(slot::PAYABLE), document.totals.payable, currency)?;
    for (slot, list) in [
        (slot::ORDER_REFERENCES, &document.order_references),
        (slot::DESPATCH_REFERENCES, &document.despatch_references),
        (slot::BILLING_REFERENCES, &document.billing_references),
    ] {
        header[slot] = references(path(slot), list)?;
    }
    let payee = payee(document);
    let parties = [
        (Some(&document.seller), slot::SELLER_NAME, slot::SELLER_IDS),
        (Some(&document.buyer), slot::BUYER_NAME, slot::BUYER_IDS),
        (payee.as_ref(), slot::PAYEE_NAME, slot::PAYEE_IDS),
    ];
    for (party, name, ids) in parties {
        let Some(party) = party else { continue };
        header[name] = self::name(path(name), party)?;
        header[ids] = identifiers(path(ids), party)?;
    }
    if document.kind.is_transport() {
        transport_fields(&mut header, document)?;
    } else {
        trade_fields(&mut header, document, currency)?;
    }
    Ok(header)
}

/// The payee. Where an invoice says neither its name nor who it is, what it says stands for the name: a bank must see that
/// somebody is to be paid.
fn payee(document: &Document) -> Option<Party> {
    let mut payee = document.payee.clone()?;
    let bills = matches!(document.kind, Kind::Invoice | Kind::CreditNote);
    if bills && payee.name.is_none() && payee.strict_ids().next().is_none() {
        let hint = payee.ids.first().map(|id| id.written.clone());
        let other = payee.other_ids.first().map(|id| match &id.scheme {
            Some(scheme) => format!("{scheme}:{}", id.value),
            None => id.value.clone(),
        });
        payee.name = Some(hint.or(other).unwrap_or_else(|| "(no name)".to_owned()));
    }
    Some(payee)
}

/// The path of a slot of the kind's header.
fn path(kind: Kind, slot: usize) -> &'static str {
    header_field(kind, slot).map_or("", |field| field.path)
}

fn trade_fields(
    header: &mut Header,
    document: &Document,
    currency: Option<Currency>,
) -> Result<(), SealError> {
    let path = |slot| path(document.kind, slot);
    let totals = &document.totals;
    for (slot, value) in [
        (slot::LINES_TOTAL, totals.lines),
        (slot::ALLOWANCES, totals.allowances),
        (slot::CHARGES, totals.charges),
        (slot::TAX_EXCLUSIVE, totals.tax_exclusive),
        (slot::TAX, totals.tax),
        (slot::TAX_INCLUSIVE, totals.tax_inclusive),
        (slot::PREPAID, totals.prepaid),
        (slot::ROUNDING, totals.rounding),
        (slot::THIRD_PARTY, totals.third_party),
    ] {
        header[slot] = amount(path(slot), value, currency)?;
    }
    header[slot::BILLING_DATES] = billing_dates(document).map(FieldValue::Text);
    for (slot, value) in [
        (slot::BUYER_REFERENCE, &document.buyer_reference),
        (slot::GOODS, &document.transport.goods),
    ] {
        header[slot] = text(path(slot), value.as_deref())?;
    }
    if let Some(tolerance) = document.tolerance.filter(|_| document.kind == Kind::Order) {
        let (path, bits) = (path(slot::TOLERANCE), FieldType::Integer.bits());
        let hundredths = scaled(path, tolerance, TOLERANCE_SCALE, bits)?;
        header[slot::TOLERANCE] = i64::try_from(hundredths).ok().map(FieldValue::Integer);
    }
    Ok(())
}

fn transport_fields(header: &mut Header, document: &Document) -> Result<(), SealError> {
    let own = &document.transport;
    for (slot, value) in [
        (transport::PORT_OF_LOADING, &own.port_of_loading),
        (transport::PORT_OF_DISCHARGE, &own.port_of_discharge),
        (transport::VESSEL, &own.vessel),
        (transport::GOODS, &own.goods),
    ] {
        header[slot] = text(path(document.kind, slot), value.as_deref())?;
    }
    header[transport::SHIPMENT_DATE] = own.shipment_date.map(day);
    header[transport::EXPIRY_DATE] = own.expiry_date.map(day);
    Ok(())
}

fn name(field: &str, party: &Party) -> Result<Option<FieldValue>, SealError> {
    let name = trimmed(party.name.as_deref());
    name.map(|name| Ok(FieldValue::Name(fits(field, name.to_owned(), MAX_TEXT)?)))
        .transpose()
}

fn identifiers(field: &str, party: &Party) -> Result<Option<FieldValue>, SealError> {
    let ids: Vec<String> = party.strict_ids().map(crate::LegalId::canonical).collect();
    if ids.len() > PARTY_IDS {
        return Err(SealError::TooManyIds {
            field: field.into(),
            count: ids.len(),
            ids: ids.join(", "),
        });
    }
    let numbered = ids.into_iter().enumerate();
    let ids = numbered.map(|(index, id)| fits(&format!("{field}[{index}]"), id, MAX_IDENTIFIER));
    let ids: Vec<String> = ids.collect::<Result<_, _>>()?;
    Ok((!ids.is_empty()).then_some(FieldValue::LegalIds(ids)))
}

/// UN/CEFACT 1001's number. Of an invoice or credit note a code that is not understood is zero: what is absent counts as an
/// ordinary invoice. Of an answer to an order UNTDID 1225's number, whose vocabulary Peppol's `AP`, `CA` and `RE` are; of
/// other words (`AB`, received) nothing.
fn type_code(document: &Document) -> Option<FieldValue> {
    if document.is_invoice() {
        return document.type_code().sealed().map(FieldValue::Integer);
    }
    let code = document.type_code.as_deref()?;
    let answers = document.kind == Kind::OrderResponse;
    if let Some(answer) = LineStatus::of_answer(code).filter(|_| answers) {
        return answer
            .answer()
            .map(|number| FieldValue::Integer(number.into()));
    }
    let fine = code.len() <= 3 && code.bytes().all(|byte| byte.is_ascii_digit());
    let number = fine.then(|| code.parse().ok()).flatten();
    number.map(FieldValue::Integer)
}

/// The dates of the earlier invoices that are sealed as references, in their order.
fn billing_dates(document: &Document) -> Option<String> {
    let numbered = document.billing_references.iter().enumerate();
    let sealed = numbered.filter(|(_, one)| !names_nothing(one));
    let date = |at: usize| document.billing_dates.get(at).copied().flatten();
    let dates: Vec<Option<NaiveDate>> = sealed.map(|(at, _)| date(at)).collect();
    dates::to_text(&dates)
}

/// Days since 1970-01-01.
fn day(date: NaiveDate) -> FieldValue {
    FieldValue::Date(dates::days(date))
}

fn payable(
    field: &str,
    value: Option<Decimal>,
    currency: Option<Currency>,
) -> Result<Option<FieldValue>, SealError> {
    let Some(value) = value else {
        return Ok(None);
    };
    let currency = currency.ok_or_else(|| SealError::NoCurrency {
        field: field.into(),
    })?;
    let value = scaled(field, value, currency.minor_units(), PAYABLE_BITS)?;
    Ok(Some(FieldValue::Amount { value, currency }))
}

fn amount(
    field: &str,
    value: Option<Decimal>,
    currency: Option<Currency>,
) -> Result<Option<FieldValue>, SealError> {
    let Some(value) = value else {
        return Ok(None);
    };
    let currency = currency.ok_or_else(|| SealError::NoCurrency {
        field: field.into(),
    })?;
    let value = scaled(field, value, AMOUNT_SCALE, NUMBER_BITS)?;
    Ok(Some(FieldValue::Amount { value, currency }))
}

fn scaled(field: &str, value: Decimal, decimals: u32, bits: u32) -> Result<i128, SealError> {
    let limit = 1_u128 << bits;
    let scaled = value.at_scale(decimals);
    scaled
        .filter(|scaled| scaled.unsigned_abs() < limit)
        .ok_or_else(|| SealError::Number {
            field: field.into(),
            value,
            decimals,
            bits,
        })
}

fn text(field: &str, value: Option<&str>) -> Result<Option<FieldValue>, SealError> {
    trimmed(value)
        .map(|value| Ok(FieldValue::Text(fits(field, value.to_owned(), MAX_TEXT)?)))
        .transpose()
}

/// A text without white space at its ends, if something is left.
fn trimmed(value: Option<&str>) -> Option<&str> {
    value.map(str::trim).filter(|value| !value.is_empty())
}

fn number(field: &str, value: &str) -> Result<String, SealError> {
    fits(field, strict_number(value), MAX_TEXT)
}

fn references(field: &str, list: &[String]) -> Result<Option<FieldValue>, SealError> {
    if list.len() > MAX_REFERENCES {
        return Err(SealError::TooManyReferences {
            field: field.into(),
            count: list.len(),
        });
    }
    let numbered = list.iter().enumerate();
    let numbered = numbered.filter(|(_, one)| !names_nothing(one));
    let numbers = numbered.map(|(index, one)| number(&format!("{field}[{index}]"), one));
    let numbers: Vec<String> = numbers.collect::<Result<_, _>>()?;
    Ok((!numbers.is_empty()).then_some(FieldValue::References(numbers)))
}

fn fits(field: &str, value: String, limit: usize) -> Result<String, SealError> {
    if value.len() > limit {
        return Err(SealError::TooLong {
            field: field.into(),
            bytes: value.len(),
            limit,
        });
    }
    Ok(value)
}

#[cfg(test)]
mod tests;
