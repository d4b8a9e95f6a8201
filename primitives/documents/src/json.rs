//! The project's own JSON: the keys that [`crate::to_json`] prints, for every kind of document.
//! `specs/schemas/json.md` says which are needed.

use chrono::NaiveDate;
use sealane_types::fields::Currency;
use sealane_types::schema::Kind;
use serde::Deserialize;

use crate::decimal::Decimal;
use crate::document::{Document, Line, OtherId, Party, Syntax, Totals, Transport};
use crate::fault::{Class, Fault, Faults, Place};
use crate::identifiers::{self, LegalId};
use crate::read::iso_date;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    kind: String,
    #[serde(default)]
    #[allow(
        dead_code,
        reason = "printed for people; what is read anew is Sealane JSON"
    )]
    syntax: Option<String>,
    type_code: Option<String>,
    id: String,
    issue_date: String,
    due_date: Option<String>,
    #[serde(default)]
    copy: bool,
    seller: RawParty,
    buyer: RawParty,
    payee: Option<RawParty>,
    currency: Option<String>,
    payable_amount: Option<String>,
    totals: Option<RawTotals>,
    #[serde(default)]
    order_references: Vec<String>,
    #[serde(default)]
    despatch_references: Vec<String>,
    #[serde(default)]
    billing_references: Vec<String>,
    buyer_reference: Option<String>,
    tolerance: Option<String>,
    customization: Option<String>,
    profile: Option<String>,
    transport: Option<RawTransport>,
    #[serde(default)]
    lines: Vec<RawLine>,
    #[serde(default)]
    #[allow(dead_code, reason = "printed for people; warnings are found anew")]
    warnings: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawParty {
    name: Option<String>,
    #[serde(default)]
    ids: Vec<RawId>,
    #[serde(default)]
    other_ids: Vec<RawId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawId {
    scheme: Option<String>,
    value: String,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct RawTotals {
    lines: Option<String>,
    allowances: Option<String>,
    charges: Option<String>,
    tax_exclusive: Option<String>,
    tax: Option<String>,
    tax_inclusive: Option<String>,
    prepaid: Option<String>,
    rounding: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct RawTransport {
    port_of_loading: Option<String>,
    port_of_discharge: Option<String>,
    vessel: Option<String>,
    shipment_date: Option<String>,
    expiry_date: Option<String>,
    goods: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLine {
    id: Option<String>,
    order_line: Option<String>,
    despatch_line: Option<String>,
    item: Option<String>,
    quantity: Option<String>,
    unit: Option<String>,
    price: Option<String>,
    base_quantity: Option<String>,
    total: Option<String>,
}

/// Reads a document from JSON text.
pub(crate) fn document(text: &str) -> Result<Document, Faults> {
    let raw: Raw = serde_json::from_str(text).map_err(|error| form(&error))?;
    let mut reader = Reader::default();
    let document = reader.document(raw);
    if reader.faults.is_empty() {
        return Ok(document);
    }
    Err(reader.faults)
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
        problem: format!("the file is no Sealane JSON document: {error}"),
        advice: "Write the keys that `sealane document show --json` prints, numbers as strings; see specs/schemas/json.md.",
    });
    faults
}

#[derive(Default)]
struct Reader {
    faults: Faults,
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
        if raw.id.trim().is_empty() {
            self.fault("id", "BR-02", "the document's number is empty".into());
        }
        let totals = raw.totals.unwrap_or_default();
        let transport = raw.transport.unwrap_or_default();
        let numbered = raw.lines.into_iter().enumerate();
        Document {
            kind: kind.unwrap_or(Kind::Invoice),
            syntax: Syntax::Json,
            type_code: some(raw.type_code),
            id: raw.id.trim().to_owned(),
            issue_date: self
                .date("issue_date", Some(raw.issue_date))
                .unwrap_or_default(),
            due_date: self.date("due_date", raw.due_date),
            copy: raw.copy,
            seller: self.party("seller", raw.seller),
            buyer: self.party("buyer", raw.buyer),
            payee: raw.payee.map(|payee| self.party("payee", payee)),
            currency: self.currency(kind, some(raw.currency), raw.payable_amount.is_some()),
            totals: self.totals(totals, raw.payable_amount),
            order_references: self.references("order_references", raw.order_references),
            despatch_references: self.references("despatch_references", raw.despatch_references),
            billing_references: self.references("billing_references", raw.billing_references),
            buyer_reference: some(raw.buyer_reference),
            tolerance: self.decimal("tolerance", raw.tolerance),
            customization: some(raw.customization),
            profile: some(raw.profile),
            transport: self.transport(transport),
            lines: numbered
                .map(|(index, line)| self.line(index, line))
                .collect(),
            warnings: Vec::new(),
            more_warnings: 0,
        }
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
            third_party: None,
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
            order_line: some(raw.order_line),
            despatch_line: some(raw.despatch_line),
            item: some(raw.item),
            quantity: self.decimal(&path("quantity"), raw.quantity),
            unit: some(raw.unit),
            price: self.decimal(&path("price"), raw.price),
            base_quantity,
            total: self.decimal(&path("total"), raw.total),
            ..Line::default()
        }
    }

    fn party(&mut self, field: &str, raw: RawParty) -> Party {
        let mut ids = Vec::new();
        for (index, id) in raw.ids.into_iter().enumerate() {
            match LegalId::from_canonical(id.scheme.as_deref().unwrap_or_default(), &id.value) {
                Some(id) => ids.push(id),
                None => {
                    let problem = "a legal identifier has a scheme of small letters, digits and '-', and a value".into();
                    self.fault(&format!("{field}.ids[{index}]"), "SL-ID", problem);
                }
            }
        }
        let others = raw.other_ids.into_iter().map(|id| OtherId {
            scheme: some(id.scheme),
            value: id.value,
        });
        Party {
            name: some(raw.name),
            ids: identifiers::ordered(ids),
            other_ids: others.collect(),
        }
    }

    fn currency(
        &mut self,
        kind: Option<Kind>,
        currency: Option<String>,
        payable: bool,
    ) -> Option<String> {
        let invoice = matches!(kind, Some(Kind::Invoice | Kind::CreditNote));
        if invoice && !payable {
            self.fault(
                "payable_amount",
                "BR-15",
                "the payable amount is missing".into(),
            );
        }
        match &currency {
            Some(code) if Currency::new(code).is_none() => {
                self.fault(
                    "currency",
                    "SL-CURRENCY",
                    format!("{code:?} is no currency code of ISO 4217"),
                );
            }
            None if invoice => self.fault("currency", "BR-05", "the currency is missing".into()),
            _ => {}
        }
        currency
    }

    fn references(&mut self, field: &str, list: Vec<String>) -> Vec<String> {
        let mut kept: Vec<String> = Vec::new();
        for (index, reference) in list.into_iter().enumerate() {
            let reference = reference.trim().to_owned();
            if reference.is_empty() {
                self.fault(
                    &format!("{field}[{index}]"),
                    "SL-REFERENCE",
                    "the reference is empty".into(),
                );
            } else {
                kept.push(reference);
            }
        }
        kept
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
                    format!("{shown:?} is no number: {error}"),
                );
                None
            }
        }
    }

    fn date(&mut self, field: &str, text: Option<String>) -> Option<NaiveDate> {
        let text = text?;
        let date = iso_date(text.trim());
        if date.is_none() {
            let shown: String = text.chars().take(40).collect();
            self.fault(
                field,
                "SL-DATE",
                format!("{shown:?} is no date of the form YYYY-MM-DD"),
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

fn some(text: Option<String>) -> Option<String> {
    let text = text.map(|text| text.trim().to_owned());
    text.filter(|text| !text.is_empty())
}
