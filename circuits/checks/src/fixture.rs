//! A trade of so many lines that meets the standard checks, and its records, for tests and benches.

use sealane_crypto::keys::{FieldKey, InstitutionSecret, Period, Place};
use sealane_crypto::sealing::{Heading, Sealed};
use sealane_types::fields::{Currency, FieldValue};
use sealane_types::genesis::Suite;
use sealane_types::ids::{AliasId, ChainId};
use sealane_types::record::Record;
use sealane_types::schema::{CanonicalFields, HEADER_SLOTS, Kind, LINE_SLOTS, line_slot, slot};

use crate::compile::AliasOpening;
use crate::known::Known;

/// The seller's identifier.
pub const SELLER: &str = "vat:DE136695976";
/// The buyer's.
pub const BUYER: &str = "vat:NL854502130B01";
/// The carrier's.
pub const CARRIER: &str = "vat:FR40303265045";
const MONTH: Period = Period::new(682);

fn text(text: impl Into<String>) -> Option<FieldValue> {
    Some(FieldValue::Text(text.into()))
}

fn id(id: &str) -> Option<FieldValue> {
    Some(FieldValue::LegalId(id.to_owned()))
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
        header[slot::ORDER_REFERENCES] = Some(FieldValue::References(vec!["PO-7".to_owned()]));
    }
    CanonicalFields {
        kind,
        version: 1,
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

/// An order, its waybill and its invoice, of so many lines at 2.50 euros a piece.
///
/// # Panics
/// Above 128 lines.
#[must_use]
pub fn trade(lines: usize) -> [CanonicalFields; 3] {
    let mut order = document(Kind::Order, "PO-7", 20_600);
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
        let about = (line_slot::ORDER_LINE, text(key));
        waybill.lines.push(line(&[about.clone(), sent.clone()]));
        let total = (line_slot::TOTAL, euros(total));
        invoice.lines.push(line(&[about, sent, total]));
    }
    for document in [&mut order, &mut invoice] {
        document.header[slot::LINES_TOTAL] = euros(sum);
    }
    [order, waybill, invoice]
}

/// A record with all its keys, and the opening of the alias that sealed it.
#[derive(Debug)]
pub struct Owned {
    /// The record.
    pub record: Record,
    /// The keys of all its fields.
    pub keys: Vec<(Place, FieldKey)>,
    /// The identifiers in its sealer's alias.
    pub sealer: Vec<String>,
    material: [u8; 64],
}

impl Owned {
    /// Seals a document as the alias of a number whose commitment is to these identifiers.
    ///
    /// # Panics
    /// When the document does not fit, or the operating system gives no randomness.
    #[must_use]
    pub fn seal(fields: &CanonicalFields, sealer: &[&str], alias: u8) -> Self {
        let secret = InstitutionSecret::import(Suite::International, &[alias; 32]);
        let heading = Heading {
            chain: ChainId::new([7; 32]),
            sealer: AliasId::new([alias; 32]),
            bank: AliasId::new([1; 32]),
            replaces: None,
        };
        let sealed = Sealed::seal(fields, &heading, &secret, MONTH).expect("the document fits");
        let (record, _) = sealed.into_parts();
        let key = secret.grants().schema(fields.kind, fields.version);
        let key = key.period(MONTH).record(&record.header.salt);
        let places = Place::all(record.header.bucket);
        Self {
            keys: places.map(|place| (place, key.field(place))).collect(),
            record,
            sealer: sealer.iter().map(|id| (*id).to_owned()).collect(),
            material: [alias; 64],
        }
    }

    /// The alias' opening.
    ///
    /// # Panics
    /// When it has too many identifiers.
    #[must_use]
    pub fn alias(&self) -> AliasOpening {
        AliasOpening::new(&self.sealer, &self.material).expect("few identifiers")
    }

    /// The record as somebody knows it who was granted these keys.
    ///
    /// # Panics
    /// When a key is not the record's.
    #[must_use]
    pub fn known(&self, granted: impl Fn(Place) -> bool) -> Known {
        let keys = self.keys.iter().filter(|(place, _)| granted(*place));
        let keys: Vec<_> = keys.cloned().collect();
        Known::of(&self.record, &keys, self.alias()).expect("the record's own keys")
    }
}
