//! A document to the fields that sealing takes. What does not fit is refused, never cut or rounded.

use chrono::{Datelike, NaiveDate};
use sealane_types::fields::{Currency, FieldValue, MAX_REFERENCES, MAX_TEXT, strict_number};
use sealane_types::schema::{
    AMOUNT_SCALE, CanonicalFields, HEADER_SLOTS, Kind, LINE_SLOTS, MAX_LINES, NUMBER_BITS,
    PARTY_IDS, PAYABLE_BITS, PRICE_SCALE, QUANTITY_SCALE, line_slot, slot, transport,
};
use sealane_types::text::names_nothing;

use crate::decimal::Decimal;
use crate::document::{Document, Line, Party};

/// Version of the schemas of `specs/schemas/`.
pub const SCHEMA_VERSION: u16 = 1;

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
    #[error("{field}: the text has {bytes} bytes, at most {MAX_TEXT} fit")]
    TooLong {
        /// The field.
        field: String,
        /// How long it is.
        bytes: usize,
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
    let lines = document.lines.len();
    if lines > MAX_LINES {
        let limit = MAX_LINES;
        return Err(SealError::TooManyLines { lines, limit });
    }
    let currency = document.currency.as_deref().and_then(Currency::new);
    let numbered = document.lines.iter().enumerate();
    let lines = numbered.map(|(index, line)| line_fields(line, index, currency));
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
    header[slot::NUMBER] = Some(FieldValue::Number(number("id", &document.id)?));
    header[slot::TYPE_CODE] = type_code(document.type_code.as_deref());
    header[slot::ISSUE_DATE] = Some(day(document.issue_date));
    header[slot::DUE_DATE] = document.due_date.map(day);
    header[slot::COPY] = document.copy.then_some(FieldValue::Integer(1));
    header[slot::CURRENCY] = text("currency", document.currency.as_deref())?;
    header[slot::PAYABLE] = payable(document.totals.payable, currency)?;
    header[slot::ORDER_REFERENCES] = references("order_references", &document.order_references)?;
    header[slot::DESPATCH_REFERENCES] =
        references("despatch_references", &document.despatch_references)?;
    header[slot::BILLING_REFERENCES] =
        references("billing_references", &document.billing_references)?;
    header[slot::BUYER_REFERENCE] = text("buyer_reference", document.buyer_reference.as_deref())?;
    party(
        &mut header,
        "seller",
        &document.seller,
        slot::SELLER_NAME,
        slot::SELLER_IDS,
    )?;
    party(
        &mut header,
        "buyer",
        &document.buyer,
        slot::BUYER_NAME,
        slot::BUYER_IDS,
    )?;
    if let Some(payee) = &document.payee {
        party(
            &mut header,
            "payee",
            payee,
            slot::PAYEE_NAME,
            slot::PAYEE_IDS,
        )?;
    }
    if matches!(
        document.kind,
        Kind::BillOfLading | Kind::Waybill | Kind::LetterOfCredit
    ) {
        transport_fields(&mut header, document)?;
    } else {
        totals(&mut header, document, currency)?;
    }
    Ok(header)
}

fn totals(
    header: &mut Header,
    document: &Document,
    currency: Option<Currency>,
) -> Result<(), SealError> {
    let totals = &document.totals;
    for (slot, field, value) in [
        (slot::LINES_TOTAL, "totals.lines", totals.lines),
        (
            slot::TAX_EXCLUSIVE,
            "totals.tax_exclusive",
            totals.tax_exclusive,
        ),
        (
            slot::TAX_INCLUSIVE,
            "totals.tax_inclusive",
            totals.tax_inclusive,
        ),
        (slot::TAX, "totals.tax", totals.tax),
        (slot::PREPAID, "totals.prepaid", totals.prepaid),
        (slot::ROUNDING, "totals.rounding", totals.rounding),
    ] {
        header[slot] = amount(field, value, currency)?;
    }
    Ok(())
}

fn transport_fields(header: &mut Header, document: &Document) -> Result<(), SealError> {
    let own = &document.transport;
    for (slot, field, value) in [
        (
            transport::PORT_OF_LOADING,
            "transport.port_of_loading",
            &own.port_of_loading,
        ),
        (
            transport::PORT_OF_DISCHARGE,
            "transport.port_of_discharge",
            &own.port_of_discharge,
        ),
        (transport::VESSEL, "transport.vessel", &own.vessel),
        (transport::GOODS, "transport.goods", &own.goods),
    ] {
        header[slot] = text(field, value.as_deref())?;
    }
    header[transport::SHIPMENT_DATE] = own.shipment_date.map(day);
    header[transport::EXPIRY_DATE] = own.expiry_date.map(day);
    Ok(())
}

fn party(
    header: &mut Header,
    field: &str,
    party: &Party,
    name: usize,
    first_id: usize,
) -> Result<(), SealError> {
    header[name] = text(&format!("{field}.name"), party.name.as_deref())?;
    let ids: Vec<String> = party.strict_ids().map(crate::LegalId::canonical).collect();
    if ids.len() > PARTY_IDS {
        return Err(SealError::TooManyIds {
            field: format!("{field}.ids"),
            count: ids.len(),
            ids: ids.join(", "),
        });
    }
    for (index, id) in ids.into_iter().enumerate() {
        let id = fits(&format!("{field}.ids[{index}]"), id)?;
        header[first_id + index] = Some(FieldValue::LegalId(id));
    }
    Ok(())
}

fn line_fields(
    line: &Line,
    index: usize,
    currency: Option<Currency>,
) -> Result<[Option<FieldValue>; LINE_SLOTS], SealError> {
    let path = |field: &str| format!("lines[{index}].{field}");
    let mut fields: [Option<FieldValue>; LINE_SLOTS] = std::array::from_fn(|_| None);
    fields[line_slot::ID] = text(&path("id"), line.id.as_deref())?;
    fields[line_slot::ORDER_LINE] = text(&path("order_line"), line.order_line.as_deref())?;
    fields[line_slot::DESPATCH_LINE] = text(&path("despatch_line"), line.despatch_line.as_deref())?;
    fields[line_slot::ITEM] = text(&path("item"), line.item.as_deref())?;
    fields[line_slot::TOTAL] = amount(&path("total"), line.total, currency)?;
    if let Some(quantity) = line.quantity {
        fields[line_slot::QUANTITY] = Some(FieldValue::Quantity {
            value: scaled(&path("quantity"), quantity, QUANTITY_SCALE, NUMBER_BITS)?,
            unit: fits(&path("unit"), line.unit.clone().unwrap_or_default())?,
        });
    }
    if let Some(price) = line.price {
        let base = line.base_quantity.unwrap_or(Decimal::ONE);
        fields[line_slot::PRICE] = Some(FieldValue::Price {
            value: scaled(&path("price"), price, PRICE_SCALE, NUMBER_BITS)?,
            base: scaled(&path("base_quantity"), base, QUANTITY_SCALE, NUMBER_BITS)?,
        });
    }
    Ok(fields)
}

/// Only UN/CEFACT 1001's codes, which are numbers; other syntaxes' words are no type codes.
fn type_code(code: Option<&str>) -> Option<FieldValue> {
    let code =
        code.filter(|code| code.len() <= 3 && code.bytes().all(|byte| byte.is_ascii_digit()))?;
    code.parse().ok().map(FieldValue::Integer)
}

/// Days since 1970-01-01.
fn day(date: NaiveDate) -> FieldValue {
    let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).expect("a date of the calendar");
    FieldValue::Date(date.num_days_from_ce() - epoch.num_days_from_ce())
}

fn payable(
    value: Option<Decimal>,
    currency: Option<Currency>,
) -> Result<Option<FieldValue>, SealError> {
    let Some(value) = value else {
        return Ok(None);
    };
    let field = "payable_amount";
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
    let value = value.map(str::trim).filter(|value| !value.is_empty());
    value
        .map(|value| Ok(FieldValue::Text(fits(field, value.to_owned())?)))
        .transpose()
}

fn number(field: &str, value: &str) -> Result<String, SealError> {
    fits(field, strict_number(value))
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

fn fits(field: &str, value: String) -> Result<String, SealError> {
    if value.len() > MAX_TEXT {
        return Err(SealError::TooLong {
            field: field.into(),
            bytes: value.len(),
        });
    }
    Ok(value)
}

#[cfg(test)]
mod tests;
