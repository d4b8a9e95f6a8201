//! An invoice for tests and benches: every field that a financing reads is there.

use ark_bls12_381::Fr;
use sealane_crypto::commitment::{
    Position, RecordTree, blinding_element, context_element, field_leaf, line_count_leaf,
    salt_element,
};
use sealane_crypto::curve::Blinding;
use sealane_types::fields::{Currency, FieldValue};
use sealane_types::schema::{CanonicalFields, Kind, LINE_SLOTS, SCHEMA_VERSION, slot};

use super::FinancingWitness;

/// An invoice with three identifiers of its seller, a buyer, an order and a despatch advice.
///
/// # Panics
/// Never: the currency's code is one.
#[must_use]
pub fn invoice() -> CanonicalFields {
    let text = str::to_owned;
    let mut header = std::array::from_fn(|_| None);
    header[slot::NUMBER] = Some(FieldValue::Number(text("INV-0042")));
    header[slot::TYPE_CODE] = Some(FieldValue::Integer(380));
    header[slot::ISSUE_DATE] = Some(FieldValue::Date(20_000));
    let sellers = ["vat:NO123456785", "0192:123456785", "0088:7300010000001"];
    header[slot::SELLER_IDS] = Some(FieldValue::LegalIds(sellers.map(text).to_vec()));
    header[slot::BUYER_IDS] = Some(FieldValue::LegalIds(vec![text("vat:SE556677889901")]));
    header[slot::PAYABLE] = Some(FieldValue::Amount {
        value: 1_234_567,
        currency: Currency::new("EUR").expect("three capital letters"),
    });
    header[slot::ORDER_REFERENCES] = Some(FieldValue::References(vec![text("PO-7")]));
    header[slot::DESPATCH_REFERENCES] = Some(FieldValue::References(vec![text("DN-9")]));
    header[slot::CURRENCY] = Some(FieldValue::Text(text("EUR")));
    CanonicalFields {
        kind: Kind::Invoice,
        version: SCHEMA_VERSION,
        header,
        lines: Vec::new(),
    }
}

/// A fixed blinding of leaf `index`. Real ones come from the record's key.
fn blinding(index: usize) -> Fr {
    let mut material = [0x5e; 64];
    material[..8].copy_from_slice(&(index as u64).to_le_bytes());
    blinding_element(&material)
}

/// The witness of a document sealed with fixed keys, its eight lines all absent.
///
/// # Panics
/// When the document is no invoice.
#[must_use]
pub fn witness(fields: &CanonicalFields) -> FinancingWitness {
    let blindings = std::array::from_fn(blinding);
    let position = |slot: usize| {
        let slot = u8::try_from(slot).expect("a header has 32 slots");
        Position::header(fields.kind, fields.version, slot)
    };
    let header = std::array::from_fn(|slot| {
        field_leaf(
            &position(slot),
            fields.header[slot].as_ref(),
            blindings[slot],
        )
    });
    let line = |line: u16| -> [Fr; LINE_SLOTS] {
        std::array::from_fn(|slot| {
            let position = Position::line(fields.kind, fields.version, line, slot as u8);
            field_leaf(
                &position,
                None,
                blinding(100 + usize::from(line) * LINE_SLOTS + slot),
            )
        })
    };
    let lines: Vec<_> = (0..8).map(line).collect();
    let count = line_count_leaf(fields.kind, fields.version, 0, blinding(99));
    let tree = RecordTree::new(header, count, &lines).expect("eight is a bucket");
    let secret = Blinding::from_bytes([0xa7; 32]);
    let salt = salt_element(&[0x11; 32]);
    FinancingWitness::new(fields, &blindings, &tree, salt, blinding(98), secret)
        .expect("the fixture is an invoice")
}

/// The field element of a record header.
#[must_use]
pub fn context() -> Fr {
    context_element(b"a record header")
}
