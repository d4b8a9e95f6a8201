//! What the prover of a financing knows.

use ark_bls12_381::Fr;
use ark_ff::AdditiveGroup;
use sealane_crypto::commitment::{LeafValues, RecordTree};
use sealane_crypto::curve::Blinding;
use sealane_crypto::sealing::Openings;
use sealane_types::schema::{
    CanonicalFields, GROUP, HEADER_SLOTS, Kind, SCHEMA_VERSION, is_legal_ids,
};

use super::{FinancingError, Shape};

/// A leaf and what it commits to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// Presence and values.
    pub values: LeafValues,
    /// The blinding.
    pub blinding: Fr,
    /// The leaf's hash, as the record has it.
    pub hash: Fr,
}

/// The secrets of a record that a financing statement rests on.
#[derive(Clone)]
pub struct FinancingWitness {
    pub(super) openings: [Opening; GROUP],
    pub(super) second_group: Fr,
    pub(super) line_count: Fr,
    pub(super) lines_root: Fr,
    pub(super) salt: Fr,
    pub(super) amount_blinding: Fr,
    pub(super) blinding: Blinding,
}

impl FinancingWitness {
    /// Takes over a record's fields, the blindings of its header's leaves, its tree, the field element of its salt,
    /// the blinding of the commitment to its amount, and the blinding scalar of its fingerprints.
    ///
    /// # Errors
    /// When the document is no invoice in the schema's present version.
    pub fn new(
        fields: &CanonicalFields,
        blindings: &[Fr; HEADER_SLOTS],
        tree: &RecordTree,
        salt: Fr,
        amount_blinding: Fr,
        blinding: Blinding,
    ) -> Result<Self, FinancingError> {
        if fields.kind != Kind::Invoice || fields.version != SCHEMA_VERSION {
            return Err(FinancingError::Kind(fields.kind, fields.version));
        }
        let openings = std::array::from_fn(|slot| Opening {
            values: LeafValues::of(&Shape::position(slot), fields.header[slot].as_ref()),
            blinding: blindings[slot],
            hash: tree.header()[slot],
        });
        Ok(Self {
            openings,
            second_group: tree.groups()[1],
            line_count: tree.line_count(),
            lines_root: tree.lines_root(),
            salt,
            amount_blinding,
            blinding,
        })
    }

    /// Takes over a sealed record's openings and the blinding scalar of its fingerprints.
    ///
    /// # Errors
    /// When the document is no invoice in the schema's present version.
    pub fn of(openings: &Openings, blinding: Blinding) -> Result<Self, FinancingError> {
        let leaf = |slot: usize| &openings.leaves()[slot];
        let fields = CanonicalFields {
            kind: openings.header().kind,
            version: openings.header().schema_version,
            header: std::array::from_fn(|slot| leaf(slot).value.clone()),
            lines: Vec::new(), // the statement opens the header alone
        };
        let blindings = std::array::from_fn(|slot| leaf(slot).blinding);
        let amount = openings.amount_blinding();
        Self::new(
            &fields,
            &blindings,
            openings.tree(),
            openings.salt(),
            amount,
            blinding,
        )
    }

    /// A witness of nothing: for making keys, where only the shape counts.
    #[must_use]
    pub fn blank() -> Self {
        let opening = |slot: usize| Opening {
            values: LeafValues::absent(is_legal_ids(slot)),
            blinding: Fr::ZERO,
            hash: Fr::ZERO,
        };
        Self {
            openings: std::array::from_fn(opening),
            second_group: Fr::ZERO,
            line_count: Fr::ZERO,
            lines_root: Fr::ZERO,
            salt: Fr::ZERO,
            amount_blinding: Fr::ZERO,
            blinding: Blinding::from_bytes([0; 32]),
        }
    }

    /// The opening of a slot of the header's first group.
    pub(super) fn opening(&self, slot: usize) -> &Opening {
        &self.openings[slot]
    }

    /// One of a leaf's values.
    pub(super) fn value(&self, slot: usize, which: usize) -> Fr {
        self.opening(slot).values.values()[which]
    }
}

impl std::fmt::Debug for FinancingWitness {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("FinancingWitness(secret)")
    }
}
