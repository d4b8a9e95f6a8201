//! What anybody can check of a record without a key: sizes, and that the root follows from header and leaves.

use ark_bls12_381::Fr;
use sealane_types::encoding::Encode;
use sealane_types::record::Record;
use sealane_types::schema::{HEADER_SLOTS, LINE_SLOTS};
use thiserror::Error;

use super::plaintext_size;
use crate::commitment::{RecordTree, context_element, salt_element};
use crate::curve::{decode_element, encode_element};
use crate::keys::Place;
use crate::suite::AEAD_OVERHEAD;

/// What is wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RecordFault {
    /// A leaf hash is no number below the field's modulus.
    #[error("the leaf hash at {0} is not a field element")]
    Leaf(Place),
    /// A ciphertext has not the size of its place, and so might tell something.
    #[error("the ciphertext at {place} has {found} bytes, and all there have {expected}")]
    Size {
        /// Where.
        place: Place,
        /// The size of the place.
        expected: usize,
        /// The size found.
        found: usize,
    },
    /// The root is not that of header and leaves.
    #[error("the record root does not follow from the header and the leaves")]
    Root,
}

/// The tree over a record's leaf hashes.
///
/// # Errors
/// When a leaf hash is not canonical.
pub fn record_tree(record: &Record) -> Result<RecordTree, RecordFault> {
    let places = Place::all(record.header.bucket).zip(record.leaves());
    let decode = |(place, leaf): (Place, &sealane_types::record::SealedLeaf)| {
        decode_element(leaf.hash.as_bytes()).map_err(|_| RecordFault::Leaf(place))
    };
    let hashes = places.map(decode).collect::<Result<Vec<Fr>, _>>()?;
    Ok(tree_of(&hashes))
}

/// The tree over leaf hashes in their fixed order, as many as a bucket has.
pub(super) fn tree_of(hashes: &[Fr]) -> RecordTree {
    let (header, rest) = hashes.split_at(HEADER_SLOTS);
    let header = header.try_into().expect("split there");
    let (count, lines) = rest.split_last().expect("a record has a line count");
    let lines: Vec<[Fr; LINE_SLOTS]> = lines
        .chunks_exact(LINE_SLOTS)
        .map(|line| line.try_into().expect("chunks of that size"))
        .collect();
    RecordTree::new(header, *count, &lines).expect("records have a bucket's lines")
}

/// The root that follows from a record's header and leaf hashes.
///
/// # Errors
/// When a leaf hash is not canonical.
pub fn recompute_root(record: &Record) -> Result<Fr, RecordFault> {
    Ok(root_of(record, &record_tree(record)?))
}

fn root_of(record: &Record, tree: &RecordTree) -> Fr {
    let context = context_element(&record.header.to_bytes());
    tree.root(context, salt_element(record.header.salt.as_bytes()))
}

/// Checks all that can be checked of a record without a key, and gives its tree. That the record's signer
/// is its sealer is the caller's to check.
///
/// # Errors
/// Names the first fault.
pub fn check_record(record: &Record) -> Result<RecordTree, RecordFault> {
    for (place, leaf) in Place::all(record.header.bucket).zip(record.leaves()) {
        let expected = plaintext_size(record.header.kind, place) + AEAD_OVERHEAD;
        let found = leaf.ciphertext.len();
        if found != expected {
            return Err(RecordFault::Size {
                place,
                expected,
                found,
            });
        }
    }
    let tree = record_tree(record)?;
    match encode_element(&root_of(record, &tree)) == *record.root.as_bytes() {
        true => Ok(tree),
        false => Err(RecordFault::Root),
    }
}
