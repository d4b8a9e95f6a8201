//! Commitments: leaves of a record, its tree, its root, and the commitment to a payable amount.
//!
//! ```text
//! root = H5(context, salt, line count leaf, header root, lines root)
//! header root = H2(group of slots 0..16, group of slots 16..32)        group = H16(leaves)
//! lines root  = H7(columns)         column = one node, or H2 or H8(nodes)         node = H16(leaves of sixteen lines)
//!                                          above 128 lines: H2, H4 or H8(columns of 128 lines each)
//! ```
//!
//! A column is one field of all lines: a cross-check that reads two fields of sixteen lines opens two nodes, not
//! sixteen (`specs/decisions/0017-columns.md`). Eight lines make a node of sixteen with zeros after them, so that a circuit
//! for sixteen lines takes records of eight too; which bucket a record has is in its header, and so under its root.
//! Above 128 lines a column is hashed in *parts*, each the column of a record of 128 lines
//! (`specs/decisions/0017-columns.md`).
//!
//! `Hn` is one Poseidon permutation of n inputs, each with a tag of its own. A leaf's capacity holds
//! the kind of document, the schema's version, the slot and the line, so a leaf cannot stand elsewhere.
//! A leaf is `H4(presence, v1, v2, blinding)`; the leaf of a party's identifiers is `H8(id₁ … id₇, blinding)`, an absent one 0.

use ark_bls12_381::Fr;
use ark_ff::{AdditiveGroup, PrimeField};
use blake2::{Blake2b512, Digest};
use sealane_types::schema::{GROUP, HEADER_SLOTS, LINE_BUCKETS, LINE_SLOTS};
use thiserror::Error;

use crate::poseidon::{Capacity, hash};
use crate::tags;

mod leaf;

pub use leaf::{
    LeafValues, Position, blinding_element, field_leaf, input_element, leaf_hash, leaf_inputs,
    line_count_leaf, unknown_element,
};

/// Lines of a part: what is longer is hashed in parts of so many lines.
pub const PART_LINES: usize = 128;

/// Why leaves are not a record's.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CommitmentError {
    /// The number of lines is none of the buckets.
    #[error("a record has 8, 16, 32, 128, 256, 512 or 1,024 line slots, not {0}")]
    Bucket(usize),
}

/// BLAKE2b-512 of the tag's length, the tag and `bytes`, as a little-endian number modulo the field's
/// order: 512 bits against 255, so the bias is below 2⁻²⁵⁶.
#[must_use]
pub fn hash_to_field(tag: &[u8], bytes: &[u8]) -> Fr {
    let length = u8::try_from(tag.len()).expect("tags are shorter than 256 bytes");
    let digest = Blake2b512::new().chain_update([length]).chain_update(tag);
    let digest = digest.chain_update(bytes).finalize();
    Fr::from_le_bytes_mod_order(&digest)
}

/// The field element of a record's public header, from its canonical bytes.
#[must_use]
pub fn context_element(header: &[u8]) -> Fr {
    hash_to_field(tags::FIELD_CONTEXT, header)
}

/// The field element of a record's salt.
#[must_use]
pub fn salt_element(salt: &[u8; 32]) -> Fr {
    hash_to_field(tags::FIELD_SALT, salt)
}

/// The tree over a record's leaves, with every node between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordTree {
    header: [Fr; HEADER_SLOTS],
    line_count: Fr,
    groups: [Fr; 2],
    header_root: Fr,
    columns: [Fr; LINE_SLOTS],
    lines_root: Fr,
}

impl RecordTree {
    /// Hashes leaves to their tree.
    ///
    /// # Errors
    /// When the number of lines is none of the buckets.
    pub fn new(
        header: [Fr; HEADER_SLOTS],
        line_count: Fr,
        lines: &[[Fr; LINE_SLOTS]],
    ) -> Result<Self, CommitmentError> {
        let groups = [group_node(&header[..GROUP]), group_node(&header[GROUP..])];
        let header_root = hash(&Capacity::new(tags::HEADER_NODE), &groups);
        let columns = columns(lines)?;
        Ok(Self {
            header,
            line_count,
            groups,
            header_root,
            columns,
            lines_root: part_lines_root(&columns),
        })
    }

    /// The leaves of the header.
    #[must_use]
    pub fn header(&self) -> &[Fr; HEADER_SLOTS] {
        &self.header
    }

    /// The leaf that holds the number of lines.
    #[must_use]
    pub fn line_count(&self) -> Fr {
        self.line_count
    }

    /// The nodes over the two groups of header slots.
    #[must_use]
    pub fn groups(&self) -> [Fr; 2] {
        self.groups
    }

    /// The root of the header's leaves.
    #[must_use]
    pub fn header_root(&self) -> Fr {
        self.header_root
    }

    /// The root of each field's leaves in all lines.
    #[must_use]
    pub fn columns(&self) -> &[Fr; LINE_SLOTS] {
        &self.columns
    }

    /// The root of the lines.
    #[must_use]
    pub fn lines_root(&self) -> Fr {
        self.lines_root
    }

    /// The record root under `context` and `salt` (see [`context_element`] and [`salt_element`]).
    #[must_use]
    pub fn root(&self, context: Fr, salt: Fr) -> Fr {
        let below = [self.line_count, self.header_root, self.lines_root];
        record_root(context, salt, below)
    }
}

/// The node over sixteen leaves of the header.
fn group_node(leaves: &[Fr]) -> Fr {
    hash(&Capacity::new(tags::GROUP_NODE), leaves)
}

/// The record root over line count leaf, header root and lines root.
#[must_use]
pub fn record_root(context: Fr, salt: Fr, [line_count, header, lines]: [Fr; 3]) -> Fr {
    let inputs = [context, salt, line_count, header, lines];
    hash(&Capacity::new(tags::RECORD_ROOT), &inputs)
}

/// Each field's root over the lines, whose number is the bucket.
fn columns(lines: &[[Fr; LINE_SLOTS]]) -> Result<[Fr; LINE_SLOTS], CommitmentError> {
    if !LINE_BUCKETS.contains(&lines.len()) {
        return Err(CommitmentError::Bucket(lines.len()));
    }
    let nodes: Vec<[Fr; LINE_SLOTS]> = lines.chunks(GROUP).map(column_nodes).collect();
    Ok(columns_over(&nodes))
}

/// For at most sixteen lines the node of each field's leaves, with zeros after them.
#[must_use]
pub fn column_nodes(lines: &[[Fr; LINE_SLOTS]]) -> [Fr; LINE_SLOTS] {
    std::array::from_fn(|slot| {
        let mut leaves = [Fr::ZERO; GROUP];
        for (leaf, line) in leaves.iter_mut().zip(lines) {
            *leaf = line[slot];
        }
        hash(&Capacity::new(tags::COLUMN_NODE), &leaves)
    })
}

/// Each field's root over its nodes: those of a record, or of one part of it.
///
/// # Panics
/// Where no bucket has so many nodes: a caller's error.
#[must_use]
pub fn columns_over(nodes: &[[Fr; LINE_SLOTS]]) -> [Fr; LINE_SLOTS] {
    std::array::from_fn(|slot| {
        let nodes: Vec<Fr> = nodes.iter().map(|node| node[slot]).collect();
        column_over(&nodes)
    })
}

/// The root of one field over its nodes: of a part's 1, 2, 4 or 8, or over the roots of 2, 4 or 8 parts.
fn column_over(nodes: &[Fr]) -> Fr {
    if let [one] = nodes {
        return *one;
    }
    if nodes.len() <= PART_LINES / GROUP {
        return hash(&Capacity::new(tags::COLUMN_ROOT), nodes);
    }
    let parts: Vec<Fr> = nodes.chunks(PART_LINES / GROUP).map(column_over).collect();
    hash(&Capacity::new(tags::COLUMN_PARTS), &parts)
}

/// The root over the roots of the seven fields: of a record's lines, or of one part of them.
#[must_use]
pub fn part_lines_root(columns: &[Fr; LINE_SLOTS]) -> Fr {
    hash(&Capacity::new(tags::LINES_ROOT), columns)
}

/// The hiding commitment to a payable amount (minor units) and its currency's number.
#[must_use]
pub fn amount_commitment(amount: Fr, currency: Fr, blinding: Fr) -> Fr {
    hash(&Capacity::new(tags::AMOUNT), &[amount, currency, blinding])
}

#[cfg(test)]
mod tests;
