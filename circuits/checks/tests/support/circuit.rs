//! Documents as records, and what the compiled circuit says of them.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test file uses its part"
)]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{LazyLock, Mutex};

use ark_bls12_381::Fr;
use ark_ff::AdditiveGroup;
use sealane_checks::compile::{
    AliasWitness, DocumentWitness, LeafOpening, Plan, Presented, synthesize,
};
use sealane_checks::evaluate::Fulfilment;
use sealane_checks::readable::is_readable;
use sealane_checks::{Handed, Instance};
use sealane_crypto::commitment::{LeafValues, RecordTree, input_element, leaf_hash};
use sealane_crypto::keys::Place;
use sealane_crypto::poseidon::{Capacity, hash};
use sealane_crypto::tags;
use sealane_gadgets::{Mode, System};
use sealane_statements::cross_check::{CrossCheckStatement, RecordPublic};
use sealane_types::fields::{FieldValue, LeafInput};
use sealane_types::record::Bucket;
use sealane_types::schema::{CanonicalFields, HEADER_SLOTS, Kind, LINE_SLOTS, line_bucket};

/// Leaves of absent fields that were hashed before: most of a small document.
static ABSENT: LazyLock<Mutex<Hashes>> = LazyLock::new(Mutex::default);
type Hashes = HashMap<(Kind, Place, u64), Fr>;

/// A document with who sealed it.
#[derive(Clone)]
pub struct Party<'a> {
    pub fields: &'a CanonicalFields,
    pub sealer: Vec<String>,
}

/// A record of a document, and what its owner knows.
pub struct Record {
    pub presented: Presented,
    pub witness: DocumentWitness,
    pub taken: Vec<Place>,
}

fn value_at(fields: &CanonicalFields, place: Place) -> Option<FieldValue> {
    match place {
        Place::Header(slot) => fields.header[usize::from(slot)].clone(),
        Place::Line { line, slot } => {
            let line = fields.lines.get(usize::from(line))?;
            line[usize::from(slot)].clone()
        }
        Place::LineCount => Some(FieldValue::Integer(fields.lines.len() as i64)),
    }
}

impl Record {
    /// Seals a document under made-up blindings; leaves that no check can read are taken out.
    pub fn of(party: &Party<'_>, seed: u64) -> Self {
        Self::lying(party, seed, |_, values| values)
    }

    /// As [`Record::of`], for a sealer who commits to other values than the document's.
    pub fn lying(
        party: &Party<'_>,
        seed: u64,
        lie: impl Fn(Place, LeafValues) -> LeafValues,
    ) -> Self {
        let fields = party.fields;
        let lines = line_bucket(fields.lines.len()).unwrap();
        let bucket = Bucket::new(u16::try_from(lines).unwrap()).unwrap();
        let mut openings = BTreeMap::new();
        let mut hashes = BTreeMap::new();
        let mut taken = Vec::new();
        for (index, place) in Place::all(bucket).enumerate() {
            let value = value_at(fields, place);
            let position = place.position(fields.kind, fields.version);
            let values = lie(place, LeafValues::of(&position, value.as_ref()));
            let blinding = Fr::from(seed * 10_000 + index as u64 + 1);
            let hash = || leaf_hash(&position, &values, blinding);
            let hash = match values == LeafValues::absent(place.holds_identifiers()) {
                true => *ABSENT
                    .lock()
                    .unwrap()
                    .entry((fields.kind, place, seed))
                    .or_insert_with(hash),
                false => hash(),
            };
            hashes.insert(place, hash);
            if is_readable(fields.kind, bucket, place, value.as_ref()) {
                openings.insert(place, LeafOpening { values, blinding });
            } else {
                taken.push(place);
            }
        }
        let header: [Fr; HEADER_SLOTS] =
            std::array::from_fn(|slot| hashes[&Place::Header(slot as u8)]);
        let line = |line: usize| {
            let line = line as u16;
            std::array::from_fn(|slot| {
                hashes[&Place::Line {
                    line,
                    slot: slot as u8,
                }]
            })
        };
        let lines: Vec<[Fr; LINE_SLOTS]> = (0..bucket.lines()).map(line).collect();
        let tree = RecordTree::new(header, hashes[&Place::LineCount], &lines).unwrap();
        let [context, salt] = [Fr::from(seed + 1), Fr::from(seed + 2)];
        let mut identifiers = [Fr::ZERO; 7];
        for (slot, id) in identifiers.iter_mut().zip(&party.sealer) {
            *slot = input_element(&LeafInput::Text(id.clone()));
        }
        let alias = AliasWitness {
            identifiers,
            blinding: Fr::from(seed + 3),
        };
        let mut inputs = alias.identifiers.to_vec();
        inputs.push(alias.blinding);
        let record = RecordPublic {
            root: tree.root(context, salt),
            context,
            alias: hash(&Capacity::new(tags::ALIAS), &inputs),
        };
        let presented = Presented {
            record,
            bucket: bucket.lines(),
            taken: taken.iter().copied().collect::<BTreeSet<_>>(),
        };
        Self {
            presented,
            witness: DocumentWitness::new(&tree, lines, salt, openings, alias),
            taken,
        }
    }
}

/// A field's leaf with presence and values changed.
pub fn changed(values: LeafValues, change: impl Fn([Fr; 3]) -> [Fr; 3]) -> LeafValues {
    let LeafValues::Field { presence, v1, v2 } = values else {
        panic!("no leaf of identifiers");
    };
    let [presence, v1, v2] = change([presence, v1, v2]);
    LeafValues::Field { presence, v1, v2 }
}

/// The records of documents handed in by declared document, by position.
pub fn records(plan: &Plan, handed: &[Vec<Party<'_>>]) -> Vec<Option<Record>> {
    let record = |position: &sealane_checks::compile::Position| {
        let party = handed[position.document].get(position.number)?;
        let seed = 1 + position.document as u64 * 100 + position.number as u64;
        Some(Record::of(party, seed))
    };
    plan.positions().iter().map(record).collect()
}

fn given_as<'a>(party: &'a Party<'_>, record: &'a Record) -> Handed<'a> {
    Handed {
        fields: party.fields,
        sealer: Some(&party.sealer),
        taken: &record.taken,
    }
}

/// What native evaluation says: a bit for each requirement.
pub fn natively(
    instance: &Instance<'_>,
    plan: &Plan,
    handed: &[Vec<Party<'_>>],
    records: &[Option<Record>],
) -> Vec<bool> {
    let given: Vec<Vec<Handed<'_>>> = handed
        .iter()
        .enumerate()
        .map(|(document, parties)| {
            let given = |number: usize, party| {
                let position = plan.position(document, number).unwrap();
                given_as(party, records[position].as_ref().unwrap())
            };
            let all = parties.iter().enumerate();
            all.map(|(number, party)| given(number, party)).collect()
        })
        .collect();
    let evaluation = instance.evaluate(&given).unwrap();
    let bit = |outcome: &sealane_checks::evaluate::Outcome| outcome.fulfilment == Fulfilment::Met;
    evaluation.outcomes.iter().map(bit).collect()
}

/// The statement that the records have these bits, and their witnesses.
pub fn claim(
    plan: &Plan,
    records: &[Option<Record>],
    bits: Vec<bool>,
) -> (CrossCheckStatement, Vec<DocumentWitness>) {
    let presented: Vec<Option<Presented>> = records
        .iter()
        .map(|record| record.as_ref().map(|record| record.presented.clone()))
        .collect();
    let witness = |record: &Option<Record>| {
        record
            .as_ref()
            .map_or_else(DocumentWitness::blank, |record| record.witness.clone())
    };
    let witnesses = records.iter().map(witness).collect();
    (plan.statement(&presented, bits), witnesses)
}

/// Runs the circuit; the bits that it finds.
pub fn run(
    mode: Mode,
    instance: &Instance<'_>,
    plan: &Plan,
    statement: &CrossCheckStatement,
    witnesses: &[DocumentWitness],
) -> (System, Vec<bool>) {
    let mut system = System::new(mode);
    let bits = synthesize(&mut system, instance, plan, statement, witnesses);
    (system, bits)
}
