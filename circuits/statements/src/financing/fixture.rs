//! An invoice for tests and benches: every field that a financing reads is there.

use ark_bls12_381::Fr;
use sealane_crypto::commitment::{
    LeafValues, blinding_element, context_element, input_element, salt_element,
};
use sealane_crypto::identity::{AliasOpening, Marks};
use sealane_crypto::keys::InstitutionSecret;
use sealane_types::fields::{Currency, FieldValue, LeafInput};
use sealane_types::genesis::Suite;
use sealane_types::ids::AliasId;
use sealane_types::schema::{CanonicalFields, GROUP, Kind};
use zeroize::Zeroizing;

use super::shape::{PARTIES, SCHEMA, VALUES, header, position};
use super::{Content, FinancingWitness, Opening, Rest, Seller};

/// What a financing reads of an invoice, and of the seller's alias.
#[derive(Debug, Clone)]
pub struct Invoice {
    /// The document's number.
    pub number: Option<String>,
    /// UN/CEFACT 1001 type code.
    pub type_code: Option<i64>,
    /// Issue date, in days.
    pub date: Option<i32>,
    /// The seller's identifiers in the document.
    pub seller: Vec<String>,
    /// The buyer's identifiers.
    pub buyer: Vec<String>,
    /// The seller's name.
    pub name: Option<String>,
    /// Payable amount in minor units of euros.
    pub payable: Option<i128>,
    /// The first order.
    pub order: Option<String>,
    /// The first despatch advice.
    pub despatch: Option<String>,
    /// The identifiers of the seller's alias, by place.
    pub alias: Vec<String>,
    /// Their marks.
    pub marks: Marks,
}

/// An invoice that shows two of the three identifiers of its seller's alias, a buyer, an order and a despatch advice.
#[must_use]
pub fn invoice() -> Invoice {
    let all = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
    Invoice {
        number: Some("INV-0042".to_owned()),
        type_code: Some(380),
        date: Some(20_000),
        seller: all(&["no-vat:123456785", "no-org:123456785"]),
        buyer: all(&["se-vat:556677889901", "lei:5493001KJTIIGC8Y1R12"]),
        name: Some("Nordfisk AS".to_owned()),
        payable: Some(1_234_567),
        order: Some("PO-7".to_owned()),
        despatch: Some("DN-9".to_owned()),
        alias: all(&[
            "no-org:123456785",
            "lei:7ZW8QJWVPR4P1J1KQY45",
            "no-vat:123456785",
        ]),
        marks: Marks::NONE,
    }
}

/// A fixed blinding of leaf `index`. Real ones come from the record's key.
fn blinding(index: usize) -> Fr {
    let mut material = [0x5e; 64];
    material[..8].copy_from_slice(&(index as u64).to_le_bytes());
    blinding_element(&material)
}

/// The field element of a text.
#[must_use]
pub fn element(text: &str) -> Fr {
    input_element(&LeafInput::Text(text.to_owned()))
}

impl Invoice {
    /// The value of a header slot that a financing reads.
    ///
    /// # Panics
    /// Never: the currency's code is one.
    #[must_use]
    pub fn value(&self, slot: usize) -> Option<FieldValue> {
        let references =
            |one: &Option<String>| one.clone().map(|one| FieldValue::References(vec![one]));
        let ids = |ids: &[String]| (!ids.is_empty()).then(|| FieldValue::LegalIds(ids.to_vec()));
        let currency = Currency::new("EUR").expect("three capital letters");
        match slot {
            header::NUMBER => self.number.clone().map(FieldValue::Number),
            header::TYPE_CODE => self.type_code.map(FieldValue::Integer),
            header::ISSUE_DATE => self.date.map(FieldValue::Date),
            header::SELLER_IDS => ids(&self.seller),
            header::BUYER_IDS => ids(&self.buyer),
            header::SELLER_NAME => self.name.clone().map(FieldValue::Name),
            header::PAYABLE => self
                .payable
                .map(|value| FieldValue::Amount { value, currency }),
            header::ORDER_REFERENCES => references(&self.order),
            header::DESPATCH_REFERENCES => references(&self.despatch),
            _ => None,
        }
    }

    /// The invoice as sealing takes it, without lines.
    #[must_use]
    pub fn fields(&self) -> CanonicalFields {
        CanonicalFields {
            kind: Kind::Invoice,
            version: SCHEMA,
            header: std::array::from_fn(|slot| self.value(slot)),
            lines: Vec::new(),
        }
    }

    /// What the leaf of a header slot commits to.
    #[must_use]
    pub fn content(&self, slot: usize) -> Content {
        if !(VALUES.contains(&slot) || PARTIES.contains(&slot)) {
            return Content::Closed;
        }
        Content::Open {
            values: LeafValues::of(&position(slot), self.value(slot).as_ref()),
            blinding: blinding(slot),
        }
    }

    /// The seller.
    ///
    /// # Panics
    /// When the alias has more than seven identifiers, or one twice.
    #[must_use]
    pub fn party(&self) -> Seller {
        let opening = AliasOpening::new(&self.alias, self.marks, Zeroizing::new([0x1d; 64]));
        Seller {
            alias: AliasId::new([0xa1; 32]),
            opening: opening.expect("at most seven, none twice"),
        }
    }
}

/// What else the fixture's record hides: eight lines, all absent, say.
#[must_use]
pub fn rest() -> Rest {
    Rest {
        second_group: blinding(200),
        line_count: blinding(201),
        lines_root: blinding(202),
        salt: salt_element(&[0x11; 32]),
        amount_blinding: blinding(98),
    }
}

/// The leaves of an invoice's record, sealed with fixed keys.
#[must_use]
pub fn leaves(invoice: &Invoice) -> [Opening; GROUP] {
    std::array::from_fn(|slot| {
        let content = invoice.content(slot);
        let hash = content.hash(&position(slot));
        Opening {
            content,
            hash: hash.unwrap_or_else(|| blinding(100 + slot)),
        }
    })
}

/// The institution that prepares the fixture.
#[must_use]
pub fn secret() -> InstitutionSecret {
    InstitutionSecret::import(Suite::International, &[0x2b; 32])
}

/// The witness of an invoice sealed with fixed keys.
///
/// # Panics
/// When an input maps to no point of prime order, which no hash does.
#[must_use]
pub fn witness(invoice: &Invoice) -> FinancingWitness {
    let witness = FinancingWitness::new(
        leaves(invoice),
        rest(),
        context(),
        &invoice.party(),
        &secret(),
    );
    witness.expect("hashes map to points of prime order")
}

/// The field element of a record header.
#[must_use]
pub fn context() -> Fr {
    context_element(b"a record header")
}
