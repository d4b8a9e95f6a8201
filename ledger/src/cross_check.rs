//! Proofs of cross-checks: what each must be a proof of follows from the state alone.

use std::collections::BTreeSet;

use ark_bls12_381::Fr;
use sealane_crypto::curve::decode_element;
use sealane_crypto::keys::Place;
use sealane_statements::cross_check::{Layout, Presented, RecordPublic};
use sealane_types::alias::Alias;
use sealane_types::cross_check::{
    CheckProof, CheckRef, CheckShape, Circuit, Compiled, CrossCheck, DocumentShape,
};
use sealane_types::ids::{FieldBytes, ProofBytes, RecordId};
use sealane_types::receipt::Refusal;
use sealane_types::record::Bucket;
use sealane_types::workflow::Versioned;

mod parts;

pub use parts::claimed_in_parts;

use crate::state::{CheckEntry, Key, OpenedFields, RecordEntry, StateExt, StateRead};
use crate::trade::void_since;

/// A record in a proof, as the state has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordClaim {
    /// The record's root.
    pub root: RecordId,
    /// The field element of its header.
    pub context: FieldBytes,
    /// The commitment of the alias that sealed it.
    pub alias: FieldBytes,
    /// Its line slots.
    pub bucket: Bucket,
    /// The places of its opened fields, which are taken out of the circuit.
    pub opened: Vec<[u8; 3]>,
}

/// A cross-check's proof, and what it must be a proof of.
#[derive(Debug, Clone)]
pub struct CrossCheckClaim {
    /// The check.
    pub check: CheckRef,
    /// What is published of it.
    pub published: CheckEntry,
    /// The records, by declared document.
    pub records: Vec<Vec<RecordClaim>>,
    /// Which requirements are met.
    pub bits: Vec<bool>,
    /// The proof, or that of each step.
    pub proof: CheckProof,
}

/// One proof, the key that it is to be verified under, and what it must show.
#[derive(Debug)]
pub struct ClaimedProof<'a> {
    /// The published circuit.
    pub circuit: &'a Circuit,
    /// Its public inputs.
    pub inputs: Vec<Fr>,
    /// The proof.
    pub proof: &'a ProofBytes,
}

impl CrossCheckClaim {
    /// The records' ids, by declared document.
    #[must_use]
    pub fn ids(&self) -> Vec<Vec<RecordId>> {
        let ids = |list: &Vec<RecordClaim>| list.iter().map(|record| record.root).collect();
        self.records.iter().map(ids).collect()
    }

    /// All proofs and what they must show; `None` where the state holds no elements or places, or the proof is no proof of
    /// these records: nothing shows that.
    #[must_use]
    pub fn proofs(&self) -> Option<Vec<ClaimedProof<'_>>> {
        let lists = self.records.iter();
        let lists: Option<Vec<Vec<Presented>>> = lists
            .map(|list| list.iter().map(RecordClaim::presented).collect())
            .collect();
        let lists = lists?;
        match (&self.published.compiled, &self.proof) {
            (Compiled::One { shape, circuit }, CheckProof::One(proof)) => {
                let layout = layout(shape, &self.check);
                let positions = layout.positions();
                let records: Vec<Option<Presented>> = positions
                    .map(|position| lists[position.document].get(position.number).cloned())
                    .collect();
                let statement = layout.statement(&records, self.bits.clone());
                let inputs = statement.public_inputs();
                Some(vec![ClaimedProof {
                    circuit,
                    inputs,
                    proof,
                }])
            }
            (Compiled::Parts { shape, circuits }, CheckProof::Parts(proof)) => {
                claimed_in_parts(shape, circuits, lists, &self.bits, proof)
            }
            _ => None,
        }
    }

    /// How many fields of the records are opened.
    pub(crate) fn opened(&self) -> u32 {
        let opened = self.records.iter().flatten();
        let count = opened.map(|record| record.opened.len()).sum::<usize>();
        u32::try_from(count).expect("128 records have at most 7,201 fields each")
    }
}

impl RecordClaim {
    fn presented(&self) -> Option<Presented> {
        let places = self.opened.iter().copied().map(Place::from_bytes);
        Some(Presented {
            record: RecordPublic {
                root: decode_element(self.root.as_bytes()).ok()?,
                context: decode_element(self.context.as_bytes()).ok()?,
                alias: decode_element(self.alias.as_bytes()).ok()?,
            },
            bucket: self.bucket.lines(),
            taken: places.collect::<Option<_>>()?,
        })
    }
}

/// The order of the public inputs of a check.
pub(crate) fn layout<'a>(shape: &'a CheckShape, check: &CheckRef) -> Layout<'a> {
    Layout {
        shape,
        lines: check.lines.lines(),
        documents: check.documents(),
    }
}

/// What a transaction's proof must be a proof of, by this state.
///
/// # Errors
/// When the check is void or not in force, or the records are none that it can be proven of.
pub fn claim(state: &dyn StateRead, said: &CrossCheck) -> Result<CrossCheckClaim, Refusal> {
    let published: Option<CheckEntry> = state.read(&Key::check(&said.check));
    let published = published.filter(|entry| entry.until.is_none());
    let published = published.ok_or_else(|| not_in_force(state, &said.check))?;
    check_shape(&published, said)?;
    let documents = published.compiled.shape().documents.iter();
    let most = (!said.check.is_in_parts()).then_some(said.check.lines);
    let lists = documents.zip(&said.records).map(|(shape, list)| {
        let record = |id| record(state, id, shape, most);
        list.iter().map(record).collect()
    });
    Ok(CrossCheckClaim {
        check: said.check.clone(),
        records: lists.collect::<Result<_, _>>()?,
        bits: said.bits.clone(),
        proof: said.proof.clone(),
        published,
    })
}

/// Why proofs of a check are not taken: it is void at all sizes, or is not published at this one.
fn not_in_force(state: &dyn StateRead, check: &CheckRef) -> Refusal {
    let check = Versioned::new(check.name(), check.version);
    let void = check.filter(|check| void_since(state, check).is_some());
    void.map_or(Refusal::NoCheck, |check| Refusal::CheckVoid { check })
}

/// As many records and bits as the check has, no record twice, and lists in ascending order, so that records have one outcome.
fn check_shape(published: &CheckEntry, said: &CrossCheck) -> Result<(), Refusal> {
    let shape = published.compiled.shape();
    let mut seen = BTreeSet::new();
    let fits = |(document, list): (&DocumentShape, &Vec<RecordId>)| {
        let most = if document.list {
            said.check.documents()
        } else {
            1
        };
        (1..=most).contains(&list.len()) && list.is_sorted()
    };
    let fits = said.records.len() == shape.documents.len()
        && said.bits.len() == shape.requirements.len()
        && shape.documents.iter().zip(&said.records).all(fits)
        && said.records.iter().flatten().all(|id| seen.insert(*id));
    fits.then_some(()).ok_or(Refusal::WrongShape)
}

fn record(
    state: &dyn StateRead,
    id: &RecordId,
    document: &DocumentShape,
    most: Option<Bucket>,
) -> Result<RecordClaim, Refusal> {
    let entry: Option<RecordEntry> = state.read(&Key::record(id));
    let entry = entry.ok_or(Refusal::UnknownRecord)?;
    let declared = (document.kind, document.schema_version);
    let too_long = most.is_some_and(|most| entry.bucket > most);
    if (entry.kind, entry.schema_version) != declared || too_long {
        return Err(Refusal::NotOfTheCheck { record: *id });
    }
    if let Some(by) = entry.replaced_by {
        return Err(Refusal::Replaced { by });
    }
    let alias: Option<Alias> = state.read(&Key::alias(&entry.sealer));
    let alias = alias.expect("aliases stay on the chain");
    Ok(RecordClaim {
        root: *id,
        context: entry.context,
        alias: alias.commitment,
        bucket: entry.bucket,
        opened: opened_fields(state, id).0,
    })
}

/// The opened fields of a record.
pub(crate) fn opened_fields(state: &dyn StateRead, record: &RecordId) -> OpenedFields {
    state.read(&Key::opened_fields(record)).unwrap_or_default()
}
