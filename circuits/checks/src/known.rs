//! A record as a prover knows it: its public bytes, and the fields whose keys were granted.

use std::collections::{BTreeMap, BTreeSet};

use ark_bls12_381::Fr;
use sealane_crypto::commitment::{LeafValues, RecordTree, context_element, salt_element};
use sealane_crypto::curve::decode_element;
use sealane_crypto::keys::{FieldKey, Place};
use sealane_crypto::sealing::{OpenError, RecordFault, check_record, open_field};
use sealane_statements::cross_check::RecordPublic;
use sealane_types::encoding::Encode;
use sealane_types::fields::FieldValue;
use sealane_types::record::Record;
use sealane_types::schema::{CanonicalFields, HEADER_SLOTS, LINE_SLOTS};
use thiserror::Error;

use crate::compile::{AliasWitness, DocumentWitness, LeafOpening, Presented};
use crate::readable::is_readable;

/// A record with the fields that are known of it.
#[derive(Debug)]
pub struct Known {
    /// What the ledger knows of it; `taken` is empty until the ledger says otherwise.
    pub presented: Presented,
    /// The fields that are known, in their places; the others absent.
    pub fields: CanonicalFields,
    /// What the prover needs.
    pub witness: DocumentWitness,
    /// The places whose leaves their sealer encoded wrongly: until their keys are published, no check that opens them can be proven.
    pub wrong: BTreeSet<Place>,
}

/// Why a record is not known.
#[derive(Debug, Error)]
pub enum KnowError {
    /// The record is not whole.
    #[error(transparent)]
    Record(#[from] RecordFault),
    /// A key opens nothing.
    #[error(transparent)]
    Field(Box<OpenError>),
}

impl Known {
    /// Opens a record with field keys; `alias` is the opening of its sealer's alias.
    ///
    /// # Errors
    /// When the record is not whole, or a key is not that of its place.
    pub fn of(
        record: &Record,
        keys: &[(Place, FieldKey)],
        alias: AliasWitness,
    ) -> Result<Self, KnowError> {
        let tree = check_record(record)?;
        let header = &record.header;
        let (mut openings, mut wrong) = (BTreeMap::new(), BTreeSet::new());
        let mut values = BTreeMap::new();
        for (place, key) in keys {
            let value = match open_field(record, *place, key) {
                Ok(value) => value,
                Err(OpenError::Mismatch(_)) => {
                    wrong.insert(*place);
                    continue;
                }
                Err(error) => return Err(KnowError::Field(Box::new(error))),
            };
            if !is_readable(header.kind, header.bucket, *place, value.as_ref()) {
                wrong.insert(*place);
                continue;
            }
            let position = place.position(header.kind, header.schema_version);
            let opening = LeafOpening {
                values: LeafValues::of(&position, value.as_ref()),
                blinding: key.leaf_blinding(),
            };
            openings.insert(*place, opening);
            values.insert(*place, value);
        }
        let salt = salt_element(header.salt.as_bytes());
        Ok(Self {
            presented: of_tree(record, &tree, alias.commitment()),
            fields: fields(record, &values),
            witness: DocumentWitness::new(&tree, lines(record), salt, openings, alias),
            wrong,
        })
    }
}

/// A record as the ledger knows it, from its public bytes and the commitment of its sealer's alias; nothing is taken out.
///
/// # Errors
/// When the record is not whole.
pub fn presented(record: &Record, alias: Fr) -> Result<Presented, RecordFault> {
    Ok(of_tree(record, &check_record(record)?, alias))
}

fn of_tree(record: &Record, tree: &RecordTree, alias: Fr) -> Presented {
    let header = &record.header;
    let salt = salt_element(header.salt.as_bytes());
    let context = context_element(&header.to_bytes());
    Presented {
        record: RecordPublic {
            root: tree.root(context, salt),
            context,
            alias,
        },
        bucket: header.bucket.lines(),
        taken: BTreeSet::new(),
    }
}

/// The hashes of the lines' leaves; [`check_record`] has read them all.
fn lines(record: &Record) -> Vec<[Fr; LINE_SLOTS]> {
    let leaf = |line: usize, slot: usize| {
        let leaf = record.line_leaf(line, slot).expect("inside the bucket");
        decode_element(leaf.hash.as_bytes()).expect("a whole record's leaves are elements")
    };
    let line = |line: usize| std::array::from_fn(|slot| leaf(line, slot));
    (0..record.header.bucket.lines()).map(line).collect()
}

/// Known values in their places.
fn fields(record: &Record, values: &BTreeMap<Place, Option<FieldValue>>) -> CanonicalFields {
    let value = |place: Place| values.get(&place).cloned().flatten();
    let small = |slot: usize| u8::try_from(slot).expect("a record has at most 32 slots");
    let count = match value(Place::LineCount) {
        Some(FieldValue::Integer(lines)) => u16::try_from(lines).unwrap_or(0),
        _ => 0,
    };
    let header: [Option<FieldValue>; HEADER_SLOTS] =
        std::array::from_fn(|slot| value(Place::Header(small(slot))));
    let line = |line: u16| {
        std::array::from_fn(|slot| {
            value(Place::Line {
                line,
                slot: small(slot),
            })
        })
    };
    CanonicalFields {
        kind: record.header.kind,
        version: record.header.schema_version,
        header,
        lines: (0..count).map(line).collect(),
    }
}
