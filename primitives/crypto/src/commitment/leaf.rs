//! Leaves: what they commit to, where they stand, and their hashes.

use ark_bls12_381::Fr;
use ark_ff::AdditiveGroup;
use sealane_types::encoding::Encode;
use sealane_types::fields::{FieldValue, LeafInput};
use sealane_types::schema::{Kind, PARTY_IDS, is_legal_ids};
use zeroize::Zeroize;

use super::hash_to_field;
use crate::poseidon::{Capacity, hash};
use crate::tags;

/// Where a leaf stands: constants of its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The kind of document.
    pub kind: Kind,
    /// The schema's version.
    pub version: u16,
    /// The slot in the header or line; 0xff for the line count.
    pub slot: u8,
    /// The line, from 0; 0xffff for the header and the line count.
    pub line: u16,
}

impl Position {
    /// The slot number of the line count's leaf.
    pub const LINE_COUNT: u8 = 0xff;
    /// The line number of what is not in a line.
    pub const NO_LINE: u16 = 0xffff;

    /// A header slot.
    #[must_use]
    pub fn header(kind: Kind, version: u16, slot: u8) -> Self {
        let line = Self::NO_LINE;
        Self {
            kind,
            version,
            slot,
            line,
        }
    }

    /// The leaf that holds the number of lines.
    #[must_use]
    pub fn line_count(kind: Kind, version: u16) -> Self {
        Self::header(kind, version, Self::LINE_COUNT)
    }

    /// A slot of a line.
    #[must_use]
    pub fn line(kind: Kind, version: u16, line: u16, slot: u8) -> Self {
        Self {
            kind,
            version,
            slot,
            line,
        }
    }

    /// Whether a party's identifiers stand there, whose leaf has a form of its own.
    #[must_use]
    pub fn holds_identifiers(&self) -> bool {
        self.line == Self::NO_LINE && is_legal_ids(self.slot.into())
    }

    /// The capacity of this leaf's hash: kind, version, slot and line, big-endian, in its detail.
    #[must_use]
    pub fn capacity(&self) -> Capacity {
        let [v0, v1] = self.version.to_be_bytes();
        let [l0, l1] = self.line.to_be_bytes();
        let detail = [self.kind as u8, v0, v1, self.slot, l0, l1, 0, 0];
        Capacity::with_detail(tags::LEAF, detail)
    }
}

/// What a leaf commits to beside its place and its blinding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeafValues {
    /// Any field but a party's identifiers.
    Field {
        /// 1 where the field is present, 0 where it is absent.
        presence: Fr,
        /// The first value; 0 where absent.
        v1: Fr,
        /// The second value; 0 where absent or where there is none.
        v2: Fr,
    },
    /// A party's identifiers, zeros after them; the field is present where the first is not 0.
    Identifiers([Fr; PARTY_IDS]),
}

impl LeafValues {
    /// An absent field, at a place that holds identifiers or not.
    #[must_use]
    pub fn absent(identifiers: bool) -> Self {
        match identifiers {
            true => Self::Identifiers([Fr::ZERO; PARTY_IDS]),
            false => Self::Field {
                presence: Fr::ZERO,
                v1: Fr::ZERO,
                v2: Fr::ZERO,
            },
        }
    }

    /// A present field with two values.
    #[must_use]
    pub fn present([v1, v2]: [Fr; 2]) -> Self {
        let presence = Fr::from(1_u8);
        Self::Field { presence, v1, v2 }
    }

    /// A field, present or absent. What is not of the place's type is wrong there, but has values: in place of identifiers
    /// the hash of its bytes.
    #[must_use]
    pub fn of(position: &Position, value: Option<&FieldValue>) -> Self {
        let identifiers = position.holds_identifiers();
        let Some(value) = value else {
            return Self::absent(identifiers);
        };
        if !identifiers {
            return Self::present(leaf_inputs(value));
        }
        let mut ids = [Fr::ZERO; PARTY_IDS];
        match value.identifiers() {
            Some(inputs) => ids = inputs.map(|input| input_element(&input)),
            None => ids[0] = input_element(&LeafInput::Bytes(value.to_bytes())),
        }
        Self::Identifiers(ids)
    }

    /// Whether the field is present.
    #[must_use]
    pub fn is_present(&self) -> bool {
        match self {
            Self::Field { presence, .. } => *presence == Fr::from(1_u8),
            Self::Identifiers(ids) => ids[0] != Fr::ZERO,
        }
    }

    /// The values: two of a field, seven of identifiers.
    #[must_use]
    pub fn values(&self) -> Vec<Fr> {
        match self {
            Self::Field { v1, v2, .. } => vec![*v1, *v2],
            Self::Identifiers(ids) => ids.to_vec(),
        }
    }

    /// What the hash takes before the blinding.
    #[must_use]
    pub fn inputs(&self) -> Vec<Fr> {
        match self {
            Self::Field { presence, v1, v2 } => vec![*presence, *v1, *v2],
            Self::Identifiers(ids) => ids.to_vec(),
        }
    }
}

impl Zeroize for LeafValues {
    fn zeroize(&mut self) {
        match self {
            Self::Field { presence, v1, v2 } => {
                [presence, v1, v2].into_iter().for_each(Zeroize::zeroize);
            }
            Self::Identifiers(ids) => ids.zeroize(),
        }
    }
}

/// The two field elements of a value.
#[must_use]
pub fn leaf_inputs(value: &FieldValue) -> [Fr; 2] {
    value.inputs().map(|input| input_element(&input))
}

/// One input as a field element: an integer modulo the field's order, text and bytes hashed.
#[must_use]
pub fn input_element(input: &LeafInput) -> Fr {
    match input {
        LeafInput::Zero => Fr::ZERO,
        LeafInput::Integer(value) => Fr::from(*value),
        LeafInput::Text(text) => hash_to_field(tags::FIELD_TEXT, text.as_bytes()),
        LeafInput::Bytes(bytes) => hash_to_field(tags::FIELD_BYTES, bytes),
        LeafInput::Unknown => unknown_element(),
    }
}

/// The element of a document that is not known: what a line reference has that counts in none of several documents.
#[must_use]
pub fn unknown_element() -> Fr {
    hash_to_field(tags::FIELD_UNKNOWN, &[])
}

/// A leaf's blinding from 64 bytes of key material.
#[must_use]
pub fn blinding_element(material: &[u8; 64]) -> Fr {
    hash_to_field(tags::FIELD_BLINDING, material)
}

/// A leaf's hash: `H4(presence, v1, v2, blinding)`, of identifiers `H8(id₁ … id₇, blinding)`.
#[must_use]
pub fn leaf_hash(position: &Position, values: &LeafValues, blinding: Fr) -> Fr {
    let mut inputs = values.inputs();
    inputs.push(blinding);
    hash(&position.capacity(), &inputs)
}

/// The hash of the leaf of a field value, present or absent.
#[must_use]
pub fn field_leaf(position: &Position, value: Option<&FieldValue>, blinding: Fr) -> Fr {
    leaf_hash(position, &LeafValues::of(position, value), blinding)
}

/// The hash of the leaf that holds the true number of lines.
#[must_use]
pub fn line_count_leaf(kind: Kind, version: u16, lines: u16, blinding: Fr) -> Fr {
    let values = LeafValues::present([Fr::from(lines), Fr::ZERO]);
    leaf_hash(&Position::line_count(kind, version), &values, blinding)
}
