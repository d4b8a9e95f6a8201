//! A trade of so many lines that meets the standard checks, for tests and benches.

use sealane_types::fields::{Currency, FieldValue, LineOf};
use sealane_types::schema::{
    CanonicalFields, HEADER_SLOTS, Kind, LINE_SLOTS, SCHEMA_VERSION, line_slot, slot,
};

/// The seller's identifier.
pub const SELLER: &str = "vat:DE136695976";
/// The buyer's.
pub const BUYER: &str = "vat:NL854502130B01";
/// The carrier's.
pub const CARRIER: &str = "vat:FR40303265045";

/// The order's number.
const ORDER: &str = "PO-7";

fn text(text: impl Into<String>) -> Option<FieldValue> {
    Some(FieldValue::Text(text.into()))
}

fn id(id: &str) -> Option<FieldValue> {
    Some(FieldValue::LegalIds(vec![id.to_owned()]))
}

fn euros(value: i128) -> Option<FieldValue> {
    let currency = Currency::new("EUR").expect("a code");
    Some(FieldValue::Amount { value, currency })
}

fn pieces(count: i128) -> Option<FieldValue> {
    Some(FieldValue::Quantity {
        value: count * 1_000_000,
        unit: "C62".to_owned(),
    })
}

/// Pieces of line `number` that are ordered, delivered and billed.
fn count(number: usize) -> i128 {
    10 + i128::try_from(number).expect("few lines")
}

fn document(kind: Kind, number: &str, day: i32) -> CanonicalFields {
    let mut header = [const { None }; HEADER_SLOTS];
    header[slot::NUMBER] = Some(FieldValue::Number(number.to_owned()));
    header[slot::ISSUE_DATE] = Some(FieldValue::Date(day));
    header[slot::SELLER_IDS] = id(SELLER);
    header[slot::BUYER_IDS] = id(BUYER);
    header[slot::CURRENCY] = text("EUR");
    if kind != Kind::Order {
        header[slot::ORDER_REFERENCES] = Some(FieldValue::References(vec![ORDER.to_owned()]));
    }
    CanonicalFields {
        kind,
        version: SCHEMA_VERSION,
        header,
        lines: Vec::new(),
    }
}

fn line(fields: &[(usize, Option<FieldValue>)]) -> [Option<FieldValue>; LINE_SLOTS] {
    let mut line = [const { None }; LINE_SLOTS];
    for (slot, value) in fields {
        line[*slot] = value.clone();
    }
    line
}

/// A document of a kind with so many lines, as it belongs to [`trade`].
///
/// # Panics
/// Above 128 lines.
#[must_use]
pub fn of_kind(kind: Kind, lines: usize) -> CanonicalFields {
    let [order, waybill, invoice] = trade(lines);
    let made = match kind {
        Kind::Order => order,
        Kind::Invoice => invoice,
        Kind::OrderResponse => CanonicalFields {
            lines: waybill.lines,
            ..order
        },
        Kind::CreditNote => {
            let mut credit = invoice;
            let about = FieldValue::References(vec!["INV-7".to_owned()]);
            credit.header[slot::BILLING_REFERENCES] = Some(about);
            credit
        }
        _ => waybill,
    };
    CanonicalFields { kind, ..made }
}

/// An order, its waybill and its invoice, of so many lines at 2.50 euros a piece.
///
/// # Panics
/// Above 128 lines.
#[must_use]
pub fn trade(lines: usize) -> [CanonicalFields; 3] {
    let mut order = document(Kind::Order, ORDER, 20_600);
    let mut waybill = document(Kind::Waybill, "W-7", 20_610);
    let mut invoice = document(Kind::Invoice, "INV-7", 20_620);
    waybill.header[slot::PAYEE_IDS] = id(CARRIER);
    let mut sum = 0;
    for number in 1..=lines {
        let (key, count) = (number.to_string(), count(number));
        let total = count * 2_500_000;
        sum += total;
        order.lines.push(line(&[
            (line_slot::ID, text(key.clone())),
            (line_slot::QUANTITY, pieces(count)),
            (
                line_slot::PRICE,
                Some(FieldValue::Price {
                    value: 25_000_000_000,
                    base: 1_000_000,
                }),
            ),
        ]));
        let sent = (line_slot::QUANTITY, pieces(count));
        let about = FieldValue::LineReference {
            line: key,
            of: LineOf::Number(ORDER.to_owned()),
        };
        let about = (line_slot::ORDER_LINE, Some(about));
        waybill.lines.push(line(&[about.clone(), sent.clone()]));
        let total = (line_slot::TOTAL, euros(total));
        invoice.lines.push(line(&[about, sent, total]));
    }
    for document in [&mut order, &mut invoice] {
        document.header[slot::LINES_TOTAL] = euros(sum);
    }
    [order, waybill, invoice]
}
