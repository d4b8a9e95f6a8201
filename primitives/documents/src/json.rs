//! The project's own JSON: the keys that [`crate::to_json`] prints, for every kind of document.
//! `specs/schemas/json.md` says which are needed.

use chrono::NaiveDate;
use sealane_types::schema::Kind;
use sealane_types::text::names_nothing;

use crate::arithmetic::Lists;
use crate::claim::Claim;
use crate::codes::{LineStatus, money};
use crate::conclude::{Findings, conclude};
use crate::dates::iso;
use crate::decimal::Decimal;
use crate::document::{
    Allowance, Document, Line, OtherId, Party, Syntax, TaxCategory, TaxEntry, Totals, Transport,
};
use crate::fault::{Class, Fault, Faults, Place};
use crate::identifiers::{self, LegalId};
use crate::json::places::JsonPlaces;
use crate::json::raw::{
    Raw, RawAllowance, RawLegalId, RawLine, RawParty, RawTaxCategory, RawTaxEntry, RawTotals,
    RawTransport,
};
use crate::limits::MAX_TAX_ENTRIES;
use crate::nature::NoClaim;
use crate::required::{Numbers, Stated};
use crate::type_code::TypeCode;

mod places;
mod raw;

/// Reads a document from JSON text, under the rules that bind XML.
pub(crate) fn document(text: &str) -> Result<Document, Faults> {
    if text.trim_start().starts_with('[') {
        return Err(list());
    }
    let raw: Raw = serde_json::from_str(text).map_err(|error| form(&error))?;
    let lists = Lists {
        allowances: raw.allowances.is_some(),
        taxes: raw.taxes.is_some(),
    };
    let mut reader = Reader::default();
    let document = reader.document(raw);
    let found = Findings {
        faults: reader.faults,
        warnings: reader.warnings,
    };
    let numbered = |party: &Party| !(party.ids.is_empty() && party.other_ids.is_empty());
    let (seller, buyer) = (numbered(&document.seller), numbered(&document.buyer));
    let stated = Stated {
        issue_date: true,
        currency: document.currency.is_some(),
        type_code: document.type_code.is_some(),
        // JSON does not say where in a party an identifier stood
        seller_tax: seller,
        taxes: lists.taxes,
        // a country stands there only where a number needs it
        countries: [true; 2],
        numbers: Numbers {
            seller,
            buyer_vat: buyer,
            buyer,
            any_vat: false,
        },
    };
    conclude(document, found, lists, stated, &JsonPlaces)
}

/// JSON that is a list of something.
fn list() -> Faults {
    let mut faults = Faults::default();
    faults.add(|| Fault {
        class: Class::Unknown,
        place: Place::position(1, 1),
        rule: "SL-JSON-KEYS",
        problem: "the file is a list, and a Sealane JSON document is one object".to_owned(),
        advice: "Give each document in a file of its own, from { to }.",
    });
    faults
}

fn form(error: &serde_json::Error) -> Faults {
    let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let place = Place::position(number(error.line()), number(error.column()));
    let data = error.classify() == serde_json::error::Category::Data;
    let mut faults = Faults::default();
    faults.add(|| Fault {
        class: if data { Class::Unknown } else { Class::Form },
        place,
        rule: if data { "SL-JSON-KEYS" } else { "SL-JSON" },
        problem: format!("the file is not a Sealane JSON document: {error}"),
        advice: "Write the keys that `sealane document show --json` prints, numbers as strings; see specs/schemas/json.md.",
    });
    faults
}

#[derive(Default)]
struct Reader {
    faults: Faults,
    warnings: Faults,
    claim: Claim,
}

impl Reader {
    fn document(&mut self, raw: Raw) -> Document {
        let kind = Kind::ALL.into_iter().find(|kind| kind.name() == raw.kind);
        if kind.is_none() {
            let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
            self.fault(
                "kind",
                "SL-KIND",
                format!("{:?} is none of {}", raw.kind, names.join(", ")),
            );
        }
        let customization = some(raw.customization);
        self.claim = Claim::of(customization.as_deref());
        let type_code = some(raw.type_code);
        let country = raw.seller.country.as_deref();
        let credit = TypeCode::of(type_code.as_deref(), country, self.claim).is_credit_note();
        let kind = match kind {
            Some(Kind::Invoice) if credit => Some(Kind::CreditNote),
            kind => kind,
        };
        let totals = raw.totals.unwrap_or_default();
        let transport = raw.transport.unwrap_or_default();
        let (billing_references, billing_dates) =
            self.earlier(raw.billing_references, raw.billing_dates);
        let numbered = raw.lines.into_iter().enumerate();
        Document {
            kind: kind.unwrap_or(Kind::Invoice),
            syntax: Syntax::Json,
            type_code,
            id: some(Some(raw.id)).unwrap_or_default(),
            issue_date: self
                .date("issue_date", Some(raw.issue_date))
                .unwrap_or_default(),
            due_date: self.date("due_date", raw.due_date),
            copy: raw.copy,
            no_claim: self.no_claim(some(raw.no_claim)),
            seller: self.party("seller", raw.seller),
            buyer: self.party("buyer", raw.buyer),
            payee: raw.payee.map(|payee| self.party("payee", payee)),
            currency: self.currency(some(raw.currency)),
            totals: self.totals(totals, raw.payable_amount),
            allowances: self.allowances("allowances", raw.allowances),
            taxes: self.taxes(raw.taxes),
            order_references: self.references("order_references", raw.order_references),
            despatch_references: self.references("despatch_references", raw.despatch_references),
            billing_references,
            billing_dates,
            buyer_reference: some(raw.buyer_reference),
            tolerance: self.decimal("tolerance", raw.tolerance),
            customization,
            profile: some(raw.profile),
            transport: self.transport(transport),
            lines: numbered
                .map(|(index, line)| self.line(index, line))
                .collect(),
            warnings: Vec::new(),
            more_warnings: 0,
        }
    }

    fn no_claim(&mut self, written: Option<String>) -> Option<NoClaim> {
        let written = written?;
        let found = NoClaim::ALL.into_iter().find(|one| one.name() == written);
        if found.is_none() {
            let shown: String = written.chars().take(40).collect();
            let problem = format!("{shown:?} is none of test, nominal, deemed");
            self.fault("no_claim", "SL-NO-CLAIM", problem);
        }
        found
    }

    fn totals(&mut self, raw: RawTotals, payable: Option<String>) -> Totals {
        Totals {
            lines: self.decimal("totals.lines", raw.lines),
            allowances: self.decimal("totals.allowances", raw.allowances),
            charges: self.decimal("totals.charges", raw.charges),
            tax_exclusive: self.decimal("totals.tax_exclusive", raw.tax_exclusive),
            tax: self.decimal("totals.tax", raw.tax),
            tax_inclusive: self.decimal("totals.tax_inclusive", raw.tax_inclusive),
            prepaid: self.decimal("totals.prepaid", raw.prepaid),
            rounding: self.decimal("totals.rounding", raw.rounding),
            third_party: self.decimal("totals.third_party", raw.third_party),
            payable: self.decimal("payable_amount", payable),
        }
    }

    fn transport(&mut self, raw: RawTransport) -> Transport {
        Transport {
            port_of_loading: some(raw.port_of_loading),
            port_of_discharge: some(raw.port_of_discharge),
            vessel: some(raw.vessel),
            shipment_date: self.date("transport.shipment_date", raw.shipment_date),
            expiry_date: self.date("transport.expiry_date", raw.expiry_date),
            goods: some(raw.goods),
        }
    }

    fn line(&mut self, index: usize, raw: RawLine) -> Line {
        let path = |field: &str| format!("lines[{index}].{field}");
        let base_quantity = self.decimal(&path("base_quantity"), raw.base_quantity);
        if base_quantity.is_some_and(|base| base.is_zero() || base.is_negative()) {
            self.fault(
                &path("base_quantity"),
                "SL-BASE",
                "a base quantity is above zero".into(),
            );
        }
        Line {
            id: some(raw.id),
            order: some(raw.order).filter(|order| !names_nothing(order)),
            order_line: some(raw.order_line),
            despatch: some(raw.despatch).filter(|despatch| !names_nothing(despatch)),
            despatch_line: some(raw.despatch_line),
            status: self.status(&path("status"), raw.status),
            rejected: self.decimal(&path("rejected_quantity"), raw.rejected_quantity),
            short: self.decimal(&path("short_quantity"), raw.short_quantity),
            allowances: self.allowances(&path("allowances"), raw.allowances),
            tax: self.category(&path("tax"), raw.tax),
            item: some(raw.item),
            quantity: self.decimal(&path("quantity"), raw.quantity),
            unit: some(raw.unit),
            price: self.decimal(&path("price"), raw.price),
            base_quantity,
            total: self.decimal(&path("total"), raw.total),
        }
    }

    /// A line's status; under the core of EN 16931 no line groups or informs.
    fn status(&mut self, field: &str, written: Option<String>) -> Option<LineStatus> {
        let written = some(written)?;
        let status = LineStatus::parse(&written);
        if status.is_none() {
            let shown: String = written.chars().take(40).collect();
            let problem = format!(
                "{shown:?} is none of added, changed, accepted, rejected, group, information"
            );
            self.fault(field, "SL-LINE-STATUS", problem);
        }
        status.filter(|status| status.counts() || self.claim.has_group_lines())
    }

    fn allowances(&mut self, field: &str, list: Option<Vec<RawAllowance>>) -> Vec<Allowance> {
        let numbered = list.into_iter().flatten().enumerate();
        let read = numbered.map(|(index, raw)| {
            let path = |key: &str| format!("{field}[{index}].{key}");
            let amount = self.decimal(&path("amount"), Some(raw.amount));
            Allowance {
                charge: raw.charge,
                amount: amount.unwrap_or(Decimal::ZERO),
                tax: self.category(&path("tax"), raw.tax),
            }
        });
        read.collect()
    }

    fn taxes(&mut self, list: Option<Vec<RawTaxEntry>>) -> Vec<TaxEntry> {
        let list = list.unwrap_or_default();
        if list.len() > MAX_TAX_ENTRIES {
            let problem = format!("the tax breakdown has more than {MAX_TAX_ENTRIES} entries");
            self.fault("taxes", "SL-LIMIT", problem);
            return Vec::new();
        }
        let numbered = list.into_iter().enumerate();
        let read = numbered.map(|(index, raw)| {
            let path = |key: &str| format!("taxes[{index}].{key}");
            TaxEntry {
                taxable: self.decimal(&path("taxable"), raw.taxable),
                tax: self.decimal(&path("tax"), raw.tax),
                category: self.category(&path("category"), raw.category),
            }
        });
        read.collect()
    }

    /// A tax category; reasons count where EXTENDED is claimed.
    fn category(&mut self, field: &str, raw: Option<RawTaxCategory>) -> TaxCategory {
        let raw = raw.unwrap_or_default();
        let extended = self.claim.extended;
        TaxCategory {
            code: some(raw.code),
            rate: self.decimal(&format!("{field}.rate"), raw.rate),
            reason_code: some(raw.reason_code).filter(|_| extended),
            reason: some(raw.reason).filter(|_| extended),
        }
    }

    fn party(&mut self, field: &str, raw: RawParty) -> Party {
        let country = some(raw.country);
        let mut ids = Vec::new();
        for (index, id) in raw.ids.into_iter().enumerate() {
            let found = self.legal(&format!("{field}.ids[{index}]"), id, country.as_deref());
            ids.extend(found);
        }
        let others = raw.other_ids.into_iter().map(|id| OtherId {
            scheme: some(id.scheme),
            value: id.value,
        });
        Party {
            name: some(raw.name),
            country,
            ids: identifiers::ordered(ids),
            other_ids: others.collect(),
        }
    }

    /// A legal identifier. What was printed as a hint stays one.
    fn legal(&mut self, path: &str, raw: RawLegalId, country: Option<&str>) -> Vec<LegalId> {
        let scheme = raw.scheme.as_deref().unwrap_or_default();
        let mut found = identifiers::from_parts(scheme, &raw.value, country);
        if found.is_empty() {
            let shown: String = raw.value.chars().take(40).collect();
            let problem =
                format!("{shown:?} under the scheme {scheme:?} is not a legal identifier");
            self.fault(path, "SL-ID", problem);
        }
        for id in &mut found {
            if raw.strict == Some(false) {
                id.weaken_for(raw.doubt.as_deref());
            }
            if let Some(written) = &raw.written {
                id.written.clone_from(written);
            }
            if let Some(warning) = id.warning(|| Place::field(path)) {
                self.warnings.add(|| warning);
            }
        }
        found
    }

    fn currency(&mut self, currency: Option<String>) -> Option<String> {
        if let Some(code) = currency.as_ref().filter(|code| money(code).is_none()) {
            let shown: String = code.chars().take(40).collect();
            let problem = format!("{shown:?} is not a currency in use of ISO 4217");
            self.fault("currency", "SL-CURRENCY", problem);
        }
        currency
    }

    fn references(&mut self, field: &str, list: Vec<String>) -> Vec<String> {
        let numbered = list.into_iter().enumerate();
        let kept = numbered.filter_map(|(index, one)| self.reference(field, index, one));
        kept.collect()
    }

    fn reference(&mut self, field: &str, index: usize, written: String) -> Option<String> {
        let reference = some(Some(written)).unwrap_or_default();
        if reference.is_empty() {
            self.fault(
                &format!("{field}[{index}]"),
                "SL-REFERENCE",
                "the reference is empty".into(),
            );
        }
        Some(reference).filter(|one| !one.is_empty() && !names_nothing(one))
    }

    /// Earlier invoices, with as many dates as are given: of the rest none is stated.
    fn earlier(
        &mut self,
        numbers: Vec<String>,
        dates: Vec<Option<String>>,
    ) -> (Vec<String>, Vec<Option<NaiveDate>>) {
        if dates.len() > numbers.len() {
            let problem = format!(
                "{} dates stand beside {} numbers of earlier invoices",
                dates.len(),
                numbers.len()
            );
            self.fault("billing_dates", "SL-DATE", problem);
        }
        let dates = dates.into_iter().chain(std::iter::repeat(None));
        let numbered = numbers.into_iter().zip(dates).enumerate();
        let read = numbered.filter_map(|(index, (number, date))| {
            let date = self.date(&format!("billing_dates[{index}]"), date);
            let number = self.reference("billing_references", index, number)?;
            Some((number, date))
        });
        read.unzip()
    }

    fn decimal(&mut self, field: &str, text: Option<String>) -> Option<Decimal> {
        let text = text?;
        match Decimal::parse(text.trim()) {
            Ok(value) => Some(value),
            Err(error) => {
                let shown: String = text.chars().take(40).collect();
                self.fault(
                    field,
                    "SL-NUMBER",
                    format!("{shown:?} is not a number: {error}"),
                );
                None
            }
        }
    }

    fn date(&mut self, field: &str, text: Option<String>) -> Option<NaiveDate> {
        let text = text?;
        let date = iso(text.trim());
        if date.is_none() {
            let shown: String = text.chars().take(40).collect();
            self.fault(
                field,
                "SL-DATE",
                format!("{shown:?} is not a date of the form YYYY-MM-DD"),
            );
        }
        date
    }

    fn fault(&mut self, field: &str, rule: &'static str, problem: String) {
        self.faults.add(|| Fault {
            class: Class::Value,
            place: Place::field(field),
            rule,
            problem,
            advice: "Correct the field; specs/schemas/json.md says what it may hold.",
        });
    }
}

/// White space as in XML: cut at the ends, one space for each run inside.
fn some(text: Option<String>) -> Option<String> {
    let text = text?.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}
