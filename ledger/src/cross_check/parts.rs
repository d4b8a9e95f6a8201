//! Proofs of checks in parts: that they are as many as cover the records, and what each must show.

use std::sync::Arc;

use ark_bls12_381::Fr;
use sealane_crypto::curve::decode_element;
use sealane_statements::cross_check::Presented;
use sealane_statements::cross_check::parts::{
    PresentedParts, RecordNodes, Step, nothing, schedule, statement, step_count,
};
use sealane_types::cross_check::Circuit;
use sealane_types::cross_check::parts::{MAX_STEPS, NodeHashes, PartsProof, PartsShape};
use sealane_types::ids::FieldBytes;
use sealane_types::schema::GROUP;
use sealane_verifier::{Claim, ClaimKey};

/// All proofs with what they must show; `None` where they are not those that cover the records.
#[must_use]
pub fn claims_in_parts(
    shape: &PartsShape,
    circuits: &[Circuit],
    lists: Vec<Vec<Presented>>,
    bits: &[bool],
    proof: &PartsProof,
) -> Option<Vec<Claim>> {
    let records = records(lists, &proof.nodes)?;
    let slots = |list: &Vec<PresentedParts>| list.iter().map(|one| one.record.bucket).collect();
    let slots: Vec<Vec<usize>> = records.iter().map(slots).collect();
    if step_count(shape, &slots) != proof.steps.len() + 1 || proof.steps.len() > MAX_STEPS {
        return None;
    }
    let given: Option<Vec<Fr>> = proof
        .steps
        .iter()
        .map(|step| element(&step.commitment))
        .collect();
    let given = given?;
    let keys = circuits
        .iter()
        .map(|circuit| circuit.verifying_key.as_slice().into());
    let keys: Vec<Arc<[u8]>> = keys.collect();
    let steps = schedule(shape, &slots).into_iter().enumerate();
    steps
        .map(|(number, step)| {
            let mut said = statement(shape, &step, &records, bits)?;
            said.commitments = taken(shape, &step, &given);
            said.commitments.extend(given.get(number));
            let proof = proof
                .steps
                .get(number)
                .map_or(&proof.last, |step| &step.proof);
            let circuit = step.pass.unwrap_or(shape.passes.len());
            Some(Claim {
                key: ClaimKey::Published(Arc::clone(keys.get(circuit)?)),
                inputs: said.public_inputs(),
                proof: *proof.as_bytes(),
            })
        })
        .collect()
}

/// The commitments that a step takes up: those of steps before it, or to nothing.
fn taken(shape: &PartsShape, step: &Step, given: &[Fr]) -> Vec<Fr> {
    let taken = step.takes.iter().map(|take| match take.from {
        Some(from) => given[from],
        None => nothing(
            take.chain,
            shape.passes[usize::from(take.chain)].cells as usize,
        ),
    });
    taken.collect()
}

/// The records with their nodes, which must be those of their roots.
fn records(
    lists: Vec<Vec<Presented>>,
    nodes: &[Vec<NodeHashes>],
) -> Option<Vec<Vec<PresentedParts>>> {
    if lists.len() != nodes.len() {
        return None;
    }
    let list = |(records, nodes): (Vec<Presented>, &Vec<NodeHashes>)| {
        if records.len() != nodes.len() {
            return None;
        }
        let pairs = records.into_iter().zip(nodes);
        pairs.map(|(record, nodes)| bound(record, nodes)).collect()
    };
    lists.into_iter().zip(nodes).map(list).collect()
}

fn bound(record: Presented, hashes: &NodeHashes) -> Option<PresentedParts> {
    let rows = hashes.nodes.iter().map(|row| {
        let row: Option<Vec<Fr>> = row.iter().map(element).collect();
        row?.try_into().ok()
    });
    let nodes = RecordNodes {
        salt: element(&hashes.salt)?,
        count: element(&hashes.count)?,
        header: element(&hashes.header)?,
        nodes: rows.collect::<Option<_>>()?,
    };
    let fits = nodes.nodes.len() == record.bucket.div_ceil(GROUP)
        && nodes.root(record.record.context) == record.record.root;
    fits.then_some(PresentedParts { record, nodes })
}

fn element(bytes: &FieldBytes) -> Option<Fr> {
    decode_element(bytes.as_bytes()).ok()
}
