//! Checks over long documents: proven and verified in parts.

use std::borrow::Cow;
use std::time::Instant;

use sealane_checks::Sizes;
use sealane_checks::compile::Plan;
use sealane_checks::compile::parts::{PartRecord, Parts};
use sealane_checks::typed::Check;
use sealane_crypto::curve::encode_element;
use sealane_crypto::hash::hash;
use sealane_crypto::tags;
use sealane_ledger::claims_in_parts;
use sealane_prover::{PartsProgress, PartsProver, ProveError, default_directory};
use sealane_statements::cross_check::parts::{PresentedParts, RecordNodes};
use sealane_statements::cross_check::{Position, Presented};
use sealane_types::cross_check::parts::{NodeHashes, PartsProof, StepProof};
use sealane_types::cross_check::{CheckProof, CheckRef, Circuit, Compiled};
use sealane_types::ids::{Digest, FieldBytes, ProofBytes};
use sealane_verifier::{ClaimKey, PreparedKey, VerifyingKey};

use super::fault::CrossCheckFault;
use super::work::{Proven, Proving, Tell, Verifying, instance, same_key};
use crate::error::ClientError;
use crate::proving::key_words;

/// The sizes of a published check.
pub(in crate::flows) fn sizes_of(check: &CheckRef) -> Option<Sizes> {
    let new = match check.is_in_parts() {
        true => Sizes::in_parts,
        false => Sizes::new,
    };
    new(check.lines.lines(), check.documents())
}

fn parts(check: &Check, sizes: Sizes) -> Result<Parts<'_>, CrossCheckFault> {
    let parts = Parts::new(check, sizes.lines(), sizes.documents());
    parts.map_err(|fault| CrossCheckFault::Check(fault.problem))
}

fn words(now: PartsProgress) -> Cow<'static, str> {
    match now {
        PartsProgress::Keys { circuit, of, now } => {
            format!("circuit {circuit} of {of}: {}", key_words(now)).into()
        }
        PartsProgress::Tallying { done, of } => {
            format!("going through part {} of {of}", done + 1).into()
        }
        PartsProgress::Proving { done, of } => format!("making proof {} of {of}", done + 1).into(),
    }
}

/// The circuits of a check in parts, with their test keys.
pub(in crate::flows) fn circuits(
    check: &Check,
    sizes: Sizes,
    tell: Tell<'_>,
) -> Result<Compiled, ClientError> {
    let parts = parts(check, sizes)?;
    let cache = default_directory().map_err(ProveError::from)?;
    let prover = PartsProver::new(&parts, &cache);
    let circuits = prover.circuits(&mut |now| tell(words(now)))?;
    let circuit = |circuit: sealane_prover::PartsCircuit| Circuit {
        digest: Digest::new(circuit.digest),
        verifying_key: circuit.verifying_key,
    };
    Ok(Compiled::Parts {
        shape: Box::new(parts.shape().clone()),
        circuits: circuits.into_iter().map(circuit).collect(),
    })
}

/// One identifier of all verifying keys.
pub(super) fn key_id(circuits: &[Circuit]) -> [u8; 32] {
    let keys = circuits.iter().map(|circuit| &circuit.verifying_key[..]);
    hash(tags::VERIFYING_KEY, &keys.collect::<Vec<_>>())
}

/// Evaluates, proves in parts, and verifies the proofs as whoever is shown them will.
pub(super) fn prove(proving: &Proving, tell: Tell<'_>) -> Result<Proven, ClientError> {
    let (check, sizes) = (&proving.check, proving.sizes);
    let instance = instance(check, sizes)?;
    let (evaluation, bits) = proving.evaluate(&instance)?;
    let compiled = circuits(check, sizes, tell)?;
    let parts = parts(check, sizes)?;
    let positions = Plan::of(&instance);
    let mut records: Vec<Vec<PartRecord>> = Vec::new();
    records.resize_with(check.documents.len(), Vec::new);
    for (position, opened) in positions.positions().iter().zip(&proving.records) {
        records[position.document].extend(opened.as_ref().map(|opened| PartRecord {
            presented: PresentedParts {
                record: opened.known.presented.clone(),
                nodes: opened.known.witness.nodes(),
            },
            witness: opened.known.witness.clone(),
        }));
    }
    let cache = default_directory().map_err(ProveError::from)?;
    let begun = Instant::now();
    let prover = PartsProver::new(&parts, &cache);
    let proofs = prover.prove(&records, &bits, &mut |now| tell(words(now)))?;
    let took = begun.elapsed();
    let nodes = |list: &Vec<PartRecord>| {
        let nodes = list.iter().map(|record| hashes(&record.presented.nodes));
        nodes.collect::<Vec<NodeHashes>>()
    };
    let steps = proofs.steps.iter().map(|(commitment, proof)| StepProof {
        commitment: FieldBytes::new(encode_element(commitment)),
        proof: ProofBytes::new(*proof.bytes()),
    });
    let proof = PartsProof {
        nodes: records.iter().map(nodes).collect(),
        steps: steps.collect(),
        last: ProofBytes::new(*proofs.last.bytes()),
    };
    let presented = |list: &Vec<PartRecord>| {
        let presented = list.iter().map(|record| record.presented.record.clone());
        presented.collect::<Vec<Presented>>()
    };
    let presented = records.iter().map(presented).collect();
    hold(&compiled, presented, &bits, &proof)?;
    Ok(Proven {
        evaluation,
        bits,
        verifying_key: key_id(compiled.circuits()),
        proof: CheckProof::Parts(Box::new(proof)),
        took,
    })
}

fn hashes(nodes: &RecordNodes) -> NodeHashes {
    let field = |element| FieldBytes::new(encode_element(element));
    NodeHashes {
        salt: field(&nodes.salt),
        count: field(&nodes.count),
        header: field(&nodes.header),
        nodes: nodes
            .nodes
            .iter()
            .map(|row| row.each_ref().map(field))
            .collect(),
    }
}

/// Verifies the proofs of a check that is proven in parts.
pub(super) fn verify(
    verifying: Verifying,
    proof: &PartsProof,
    tell: Tell<'_>,
) -> Result<(), ClientError> {
    let (check, sizes) = (&verifying.check, verifying.sizes);
    let compiled = circuits(check, sizes, tell)?;
    same_key(verifying.verifying_key, key_id(compiled.circuits()))?;
    let plan = Plan::of(&instance(check, sizes)?);
    let mut presented: Vec<Vec<Presented>> = vec![Vec::new(); check.documents.len()];
    let all = plan.positions().iter().zip(verifying.presented);
    for (Position { document, .. }, record) in all {
        presented[*document].extend(record);
    }
    Ok(hold(&compiled, presented, &verifying.bits, proof)?)
}

/// That all proofs show what they must, by the verifier alone.
fn hold(
    compiled: &Compiled,
    presented: Vec<Vec<Presented>>,
    bits: &[bool],
    proof: &PartsProof,
) -> Result<(), CrossCheckFault> {
    let Compiled::Parts { shape, circuits } = compiled else {
        return Err(CrossCheckFault::Shape("it is not a check in parts"));
    };
    let claims = claims_in_parts(shape, circuits, presented, bits, proof);
    let other = CrossCheckFault::Shape("its proofs are not those that cover its records");
    for claim in claims.ok_or(other)? {
        let ClaimKey::Published(key) = &claim.key else {
            return Err(CrossCheckFault::Shape("it is not a check in parts"));
        };
        let key = VerifyingKey::decode_for(key, claim.inputs.len())?;
        PreparedKey::new(&key).verify(&claim.inputs, &claim.proof)?;
    }
    Ok(())
}
