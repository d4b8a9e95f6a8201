//! Documents in a few words, and what a check says of them.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test file uses its part"
)]

use sealane_checks::evaluate::{Evaluation, Fulfilment, Why};
use sealane_checks::{Handed, Instance, Sizes, read};
use sealane_types::fields::{Currency, FieldValue, LineOf, strict_number};
use sealane_types::schema::{
    CanonicalFields, HEADER_SLOTS, Kind, LINE_SLOTS, SCHEMA_VERSION, line_slot, slot,
};

/// A document of this kind with nothing in it.
pub fn document(kind: Kind) -> CanonicalFields {
    CanonicalFields {
        kind,
        version: SCHEMA_VERSION,
        header: [const { None }; HEADER_SLOTS],
        lines: Vec::new(),
    }
}

/// An order, an invoice or a waybill with a number, a date, parties, a currency and these lines.
pub fn trade(
    kind: Kind,
    number: &str,
    lines: Vec<[Option<FieldValue>; LINE_SLOTS]>,
) -> CanonicalFields {
    let mut made = document(kind);
    made.header[slot::NUMBER] = Some(FieldValue::Number(strict_number(number)));
    made.header[slot::ISSUE_DATE] = Some(FieldValue::Date(20_000));
    made.header[slot::SELLER_IDS] = ids(&["vat:S1"]);
    made.header[slot::BUYER_IDS] = ids(&["vat:B1"]);
    made.header[slot::CURRENCY] = text("EUR");
    made.lines = lines;
    made
}

/// A party's identifiers.
pub fn ids(ids: &[&str]) -> Option<FieldValue> {
    let ids = ids.iter().map(|id| (*id).to_owned());
    Some(FieldValue::LegalIds(ids.collect()))
}

/// A line of another document, which names none.
pub fn about(line: &str) -> Option<FieldValue> {
    about_of(line, LineOf::Any)
}

/// A line of another document.
pub fn about_of(line: &str, of: LineOf) -> Option<FieldValue> {
    let line = line.to_owned();
    Some(FieldValue::LineReference { line, of })
}

/// The document with this number.
pub fn of(number: &str) -> LineOf {
    LineOf::Number(number.to_owned())
}

/// A text.
pub fn text(value: &str) -> Option<FieldValue> {
    Some(FieldValue::Text(value.into()))
}

/// So many euros, at six decimals.
pub fn euros(millionths: i128) -> Option<FieldValue> {
    let currency = Currency::new("EUR").unwrap();
    Some(FieldValue::Amount {
        value: millionths,
        currency,
    })
}

/// Another currency's amount.
pub fn money(value: i128, code: &str) -> Option<FieldValue> {
    let currency = Currency::new(code).unwrap();
    Some(FieldValue::Amount { value, currency })
}

/// So much of a unit, at six decimals.
pub fn quantity(millionths: i128, unit: &str) -> Option<FieldValue> {
    let unit = unit.to_owned();
    Some(FieldValue::Quantity {
        value: millionths,
        unit,
    })
}

/// A price at ten decimals for so much at six.
pub fn price(value: i128, base: i128) -> Option<FieldValue> {
    Some(FieldValue::Price { value, base })
}

/// A line with these fields.
pub fn line(fields: &[(usize, Option<FieldValue>)]) -> [Option<FieldValue>; LINE_SLOTS] {
    let mut line = [const { None }; LINE_SLOTS];
    for (slot, value) in fields {
        line[*slot] = value.clone();
    }
    line
}

/// A line of a delivery: the order's line and pieces.
pub fn sent(order_line: &str, pieces: i128) -> [Option<FieldValue>; LINE_SLOTS] {
    line(&[
        (line_slot::ORDER_LINE, about(order_line)),
        (line_slot::QUANTITY, quantity(pieces * 1_000_000, "C62")),
    ])
}

/// What a condition on `order` (an Order), `delivery` (Waybills) and `invoice` (an Invoice) comes to.
pub struct Trade {
    pub order: CanonicalFields,
    pub delivery: Vec<CanonicalFields>,
    pub invoice: CanonicalFields,
}

impl Default for Trade {
    fn default() -> Self {
        Self {
            order: trade(Kind::Order, "PO-1", Vec::new()),
            delivery: vec![trade(Kind::Waybill, "W-1", Vec::new())],
            invoice: trade(Kind::Invoice, "INV-1", Vec::new()),
        }
    }
}

/// A declaration with one requirement, `it`.
pub fn declaration(condition: &str) -> String {
    format!(
        "check test version 1 \"A test.\"\n\
         document order is Order by buyer\n\
         document delivery is list of Waybill by carrier\n\
         document invoice is Invoice by seller\n\
         require it \"It holds.\"\n{condition}\n"
    )
}

impl Trade {
    /// Evaluates at the smallest size that fits, and sees that larger ones say the same.
    pub fn evaluate(&self, condition: &str) -> Evaluation {
        let source = declaration(condition);
        let check =
            read(&source).unwrap_or_else(|faults| panic!("{}", faults.render("test", &source)));
        let one = |fields| {
            vec![Handed {
                fields,
                sealer: None,
                taken: &[],
            }]
        };
        let delivery = self.delivery.iter().map(|fields| Handed {
            fields,
            sealer: None,
            taken: &[],
        });
        let handed = vec![one(&self.order), delivery.collect(), one(&self.invoice)];
        let said: Vec<Evaluation> = [8, 16, 32, 128]
            .into_iter()
            .flat_map(|lines| [1, 2, 8].map(|documents| Sizes::new(lines, documents).unwrap()))
            .filter_map(|sizes| {
                let instance = Instance::new(&check, sizes).ok()?;
                let said = instance.evaluate(&handed).ok()?;
                assert!(
                    said.peak <= instance.bits(),
                    "{} bits, {} were promised",
                    said.peak,
                    instance.bits()
                );
                Some(said)
            })
            .collect();
        assert!(
            said.windows(2).all(|pair| pair[0] == pair[1]),
            "sizes change nothing"
        );
        said.into_iter().next().expect("one size fits")
    }

    /// The bit.
    pub fn met(&self, condition: &str) -> bool {
        let said = self.evaluate(condition);
        let outcome = said.outcome("it").unwrap();
        let met = outcome.fulfilment == Fulfilment::Met;
        assert_eq!(
            outcome.discrepancies.is_empty(),
            met,
            "a reason stands exactly where it is not met"
        );
        met
    }

    /// Why it is not met: the first reason.
    #[track_caller]
    pub fn why(&self, condition: &str) -> Option<Why> {
        let said = self.evaluate(condition);
        said.outcome("it")
            .unwrap()
            .discrepancies
            .first()
            .map(|found| found.why)
    }

    /// All reasons, for people.
    pub fn said(&self, condition: &str) -> Vec<String> {
        let said = self.evaluate(condition);
        said.outcome("it")
            .unwrap()
            .discrepancies
            .iter()
            .map(ToString::to_string)
            .collect()
    }
}
