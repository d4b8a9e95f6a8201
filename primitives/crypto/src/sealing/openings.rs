//! The private side of a record: every value and every blinding.

use ark_bls12_381::Fr;
use sealane_types::encoding::Encode;
use sealane_types::fields::{FieldValue, LineOf};
use sealane_types::record::{Record, RecordHeader};
use sealane_types::schema::slot;
use thiserror::Error;
use zeroize::Zeroize;

use super::{FieldState, RecordFault, check_record, open_record};
use crate::commitment::{
    LeafValues, RecordTree, amount_commitment, context_element, leaf_hash, salt_element,
};
use crate::keys::{Place, RecordKey};

/// One leaf opened.
#[derive(Clone)]
pub struct Opening {
    /// The value; `None` where the field is absent.
    pub value: Option<FieldValue>,
    /// What the leaf commits to of it.
    pub values: LeafValues,
    /// The leaf's blinding.
    pub blinding: Fr,
    /// The leaf's hash.
    pub hash: Fr,
}

/// Everything that a record hides, for its sealer's prover. Overwritten when dropped, never shown.
#[derive(Clone)]
pub struct Openings {
    header: RecordHeader,
    leaves: Vec<Opening>,
    lines: u16,
    tree: RecordTree,
    amount_blinding: Fr,
}

/// Why a record's openings cannot be found again from its key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RecoverError {
    /// The record is not whole.
    #[error(transparent)]
    Record(#[from] RecordFault),
    /// A field does not open: the key is another record's, or the record was not sealed with it.
    #[error("the field at {0} does not open with this key")]
    Closed(Place),
    /// The number of lines is no number that the record can have.
    #[error("the number of lines is not one that the record can have")]
    LineCount,
}

impl Openings {
    /// Joins what sealing has made; `leaves` are in their fixed order.
    pub(super) fn new(
        header: RecordHeader,
        leaves: Vec<Opening>,
        lines: u16,
        tree: RecordTree,
        key: &RecordKey,
    ) -> Self {
        let amount_blinding = key.amount_blinding();
        Self {
            header,
            leaves,
            lines,
            tree,
            amount_blinding,
        }
    }

    /// Finds the openings of a record again, after a crash or on another machine.
    ///
    /// # Errors
    /// When the record is not whole, or a field does not open with this key.
    pub fn recover(record: &Record, key: &RecordKey) -> Result<Self, RecoverError> {
        let tree = check_record(record)?;
        let bucket = record.header.bucket;
        let mut leaves = Vec::with_capacity(bucket.leaves());
        for (place, state) in open_record(record, key).into_fields() {
            let FieldState::Open(value) = state else {
                return Err(RecoverError::Closed(place));
            };
            let field = key.field(place);
            leaves.push(Opening::new(
                &record.header,
                place,
                value,
                field.leaf_blinding(),
            ));
        }
        let count = leaves.last().and_then(|leaf| leaf.value.clone());
        let lines = match count {
            Some(FieldValue::Integer(lines)) => u16::try_from(lines).ok(),
            _ => None,
        };
        let lines = lines.filter(|lines| usize::from(*lines) <= bucket.lines());
        let lines = lines.ok_or(RecoverError::LineCount)?;
        Ok(Self::new(record.header.clone(), leaves, lines, tree, key))
    }

    /// The record's public header.
    #[must_use]
    pub fn header(&self) -> &RecordHeader {
        &self.header
    }

    /// The true number of lines.
    #[must_use]
    pub fn lines(&self) -> u16 {
        self.lines
    }

    /// The opening of a leaf; `None` where the record has no such place.
    #[must_use]
    pub fn at(&self, place: Place) -> Option<&Opening> {
        self.leaves.get(place.index(self.header.bucket)?)
    }

    /// All openings, in the order of the record's leaves.
    #[must_use]
    pub fn leaves(&self) -> &[Opening] {
        &self.leaves
    }

    /// The tree over the leaves.
    #[must_use]
    pub fn tree(&self) -> &RecordTree {
        &self.tree
    }

    /// The header as the root's input.
    #[must_use]
    pub fn context(&self) -> Fr {
        context_element(&self.header.to_bytes())
    }

    /// The salt as the root's input.
    #[must_use]
    pub fn salt(&self) -> Fr {
        salt_element(self.header.salt.as_bytes())
    }

    /// The record root.
    #[must_use]
    pub fn root(&self) -> Fr {
        self.tree.root(self.context(), self.salt())
    }

    /// The blinding of the amount commitment.
    #[must_use]
    pub fn amount_blinding(&self) -> Fr {
        self.amount_blinding
    }

    /// The hiding commitment to payable amount and currency; of an absent amount it is one to zeros.
    #[must_use]
    pub fn amount_commitment(&self) -> Fr {
        let payable = self.leaves[slot::PAYABLE].values.values();
        amount_commitment(payable[0], payable[1], self.amount_blinding)
    }
}

impl Opening {
    /// The leaf of a value at its place.
    pub(super) fn new(
        header: &RecordHeader,
        place: Place,
        value: Option<FieldValue>,
        blinding: Fr,
    ) -> Self {
        let position = place.position(header.kind, header.schema_version);
        let values = LeafValues::of(&position, value.as_ref());
        let hash = leaf_hash(&position, &values, blinding);
        Self {
            value,
            values,
            blinding,
            hash,
        }
    }
}

impl Drop for Opening {
    fn drop(&mut self) {
        self.blinding.zeroize();
        self.values.zeroize();
        if let Some(value) = &mut self.value {
            wipe(value);
        }
    }
}

/// Overwrites a value.
fn wipe(value: &mut FieldValue) {
    match value {
        FieldValue::Text(text) | FieldValue::Number(text) | FieldValue::Name(text) => {
            text.zeroize();
        }
        FieldValue::References(list) | FieldValue::LegalIds(list) => list.zeroize(),
        FieldValue::Integer(number) => number.zeroize(),
        FieldValue::Date(day) => day.zeroize(),
        FieldValue::Amount { value, .. } => value.zeroize(),
        FieldValue::Quantity { value, unit } => {
            value.zeroize();
            unit.zeroize();
        }
        FieldValue::Price { value, base } => {
            value.zeroize();
            base.zeroize();
        }
        FieldValue::LineReference { line, of } => {
            line.zeroize();
            if let LineOf::Number(number) = of {
                number.zeroize();
            }
        }
    }
}

impl Drop for Openings {
    fn drop(&mut self) {
        self.amount_blinding.zeroize();
        self.lines.zeroize();
    }
}

impl std::fmt::Debug for Opening {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Opening(secret)")
    }
}

impl std::fmt::Debug for Openings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Openings({} leaves, secret)", self.leaves.len())
    }
}
