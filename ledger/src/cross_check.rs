//! Proofs of cross-checks: what each must be a proof of follows from the state alone.

use std::collections::BTreeSet;

use sealane_crypto::curve::decode_element;
use sealane_crypto::keys::Place;
use sealane_statements::cross_check::{Layout, Presented, RecordPublic};
use sealane_types::alias::Alias;
use sealane_types::cross_check::{
    CheckProof, CheckRef, CheckShape, Compiled, CrossCheck, DocumentShape,
};
use sealane_types::ids::{FieldBytes, RecordId};
use sealane_types::receipt::Refusal;
use sealane_types::record::Bucket;
use sealane_types::workflow::Versioned;
use sealane_verifier::{Claim, ClaimKey};

mod parts;

pub use parts::claims_in_parts;

use crate::state::{CheckEntry, Key, OpenedFields, RecordEntry, StateExt, StateRead};
use crate::trade::void_since;
use crate::verified::VerifiedCrossCheck;

/// A record in a proof, as the state has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecordShown {
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

impl RecordShown {
    /// `None` where the state holds no elements or places: nothing is shown of these.
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

/// What a transaction says of records, and what its proofs must show for that, by this state.
///
/// # Errors
/// When the check is void or not in force, the records are none that it can be proven of, or the proofs are none of them.
pub(crate) fn check(
    state: &dyn StateRead,
    said: &CrossCheck,
) -> Result<(VerifiedCrossCheck, Vec<Claim>), Refusal> {
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
    let records: Vec<Vec<RecordShown>> = lists.collect::<Result<_, _>>()?;
    let claims = claims(&published.compiled, said, &records);
    let verified = VerifiedCrossCheck {
        check: said.check.clone(),
        records,
        bits: said.bits.clone(),
    };
    Ok((verified, claims.ok_or(Refusal::WrongProof)?))
}

/// All proofs and what they must show; `None` where they are no proofs of these records.
fn claims(
    compiled: &Compiled,
    said: &CrossCheck,
    records: &[Vec<RecordShown>],
) -> Option<Vec<Claim>> {
    let lists = records.iter();
    let lists = lists.map(|list| list.iter().map(RecordShown::presented).collect());
    let lists: Vec<Vec<Presented>> = lists.collect::<Option<_>>()?;
    match (compiled, &said.proof) {
        (Compiled::One { shape, circuit }, CheckProof::One(proof)) => {
            let layout = layout(shape, &said.check);
            let positions = layout.positions();
            let records: Vec<Option<Presented>> = positions
                .map(|position| lists[position.document].get(position.number).cloned())
                .collect();
            let statement = layout.statement(&records, said.bits.clone());
            Some(vec![Claim {
                key: ClaimKey::Published(circuit.verifying_key.as_slice().into()),
                inputs: statement.public_inputs(),
                proof: *proof.as_bytes(),
            }])
        }
        (Compiled::Parts { shape, circuits }, CheckProof::Parts(proof)) => {
            claims_in_parts(shape, circuits, lists, &said.bits, proof)
        }
        (Compiled::One { .. }, CheckProof::Parts(_))
        | (Compiled::Parts { .. }, CheckProof::One(_)) => None,
    }
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
) -> Result<RecordShown, Refusal> {
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
    Ok(RecordShown {
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
