//! What the processor does for a cross-check: opening, evaluating, proving, verifying.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use sealane_checks::compile::{AliasWitness, DocumentWitness, Plan, Presented};
use sealane_checks::evaluate::Fulfilment;
use sealane_checks::known::{KnowError, Known};
use sealane_checks::typed::Check;
use sealane_checks::{Evaluation, Handed, Instance, Sizes};
use sealane_crypto::keys::Place;
use sealane_prover::{CheckProver, ProveError, default_directory};
use sealane_statements::cross_check::CrossCheckStatement;
use sealane_types::cross_check::CheckProof;
use sealane_types::ids::{ProofBytes, VerifyingKeyId};
use sealane_types::record::Record;
use sealane_verifier::{PROOF_BYTES, PreparedKey, VerifyingKey};

use super::fault::CrossCheckFault;
use crate::error::ClientError;
use crate::fields;
use crate::home::grants::Granted;
use crate::proving::{key_words, prove_words};

pub(in crate::flows) type Tell<'a> = &'a dyn Fn(Cow<'static, str>);

/// A record that this home can open, wholly or in part.
pub(super) struct Opened {
    pub(super) known: Known,
    identifiers: Vec<String>,
    pub(super) wrong: BTreeSet<Place>,
}

impl Opened {
    /// Leaves that the ledger has taken out, which nobody opens.
    pub(super) fn take_out(&mut self, taken: &BTreeSet<Place>) {
        self.known.presented.taken.clone_from(taken);
    }

    pub(super) fn of(granted: Granted) -> Result<Self, KnowError> {
        let alias = AliasWitness::of(&granted.sealer);
        let known = Known::of(&granted.record, &granted.fields, alias)?;
        let evidence = granted.evidence.iter().map(|evidence| evidence.place());
        Ok(Self {
            wrong: evidence.chain(known.wrong.iter().copied()).collect(),
            identifiers: granted.sealer.identifiers().to_vec(),
            known,
        })
    }
}

/// Places in the fewest words that `sealane grant` takes.
pub(super) fn named(record: &Record, places: &BTreeSet<Place>) -> Vec<String> {
    let header = &record.header;
    let mut all = places.clone();
    let of_lines = places
        .iter()
        .any(|place| matches!(place, Place::Line { .. }));
    if of_lines {
        all.insert(Place::LineCount); // `lines[*]` means it too, and giving it again changes nothing
    }
    fields::names(header.kind, header.bucket, &all)
}

/// A check with the records that it is proven over, by position.
pub(super) struct Proving {
    pub check: Check,
    pub sizes: Sizes,
    pub records: Vec<Option<Opened>>,
}

pub(super) struct Proven {
    pub evaluation: Evaluation,
    pub bits: Vec<bool>,
    pub verifying_key: [u8; 32],
    pub proof: CheckProof,
    pub took: Duration,
}

impl Proving {
    /// Evaluates, proves in one, and verifies the proof as whoever is shown it will.
    pub(super) fn prove(self, tell: Tell<'_>) -> Result<Proven, ClientError> {
        let instance = instance(&self.check, self.sizes)?;
        let (evaluation, bits) = self.evaluate(&instance)?;
        let prover = open(&instance, tell)?;
        let known = || {
            self.records
                .iter()
                .map(|one| one.as_ref().map(|one| &one.known))
        };
        let presented = known().map(|known| known.map(|known| known.presented.clone()));
        let presented: Vec<Option<Presented>> = presented.collect();
        let witnesses: Vec<DocumentWitness> = known()
            .map(|known| known.map_or_else(DocumentWitness::blank, |known| known.witness.clone()))
            .collect();
        let statement = prover.plan().statement(&presented, bits.clone());
        let begun = Instant::now();
        let proof = prover.prove(&statement, &witnesses, &mut |now| {
            tell(prove_words(now).into())
        });
        let proof = *proof?.bytes();
        let took = begun.elapsed();
        hold(&prover, &statement, &proof)?;
        Ok(Proven {
            evaluation,
            bits,
            verifying_key: prover.verifying_key_id(),
            proof: CheckProof::One(ProofBytes::new(proof)),
            took,
        })
    }

    /// What is said of the records, and which requirements are met.
    pub(super) fn evaluate(
        &self,
        instance: &Instance<'_>,
    ) -> Result<(Evaluation, Vec<bool>), CrossCheckFault> {
        let taken = |record: &Option<Opened>| -> Vec<Place> {
            let taken = record.iter().flat_map(|one| &one.known.presented.taken);
            taken.copied().collect()
        };
        let taken: Vec<Vec<Place>> = self.records.iter().map(taken).collect();
        let mut handed: Vec<Vec<Handed<'_>>> = vec![Vec::new(); self.check.documents.len()];
        let plan = Plan::of(instance);
        for ((position, record), taken) in plan.positions().iter().zip(&self.records).zip(&taken) {
            handed[position.document].extend(record.as_ref().map(|opened| Handed {
                fields: &opened.known.fields,
                sealer: Some(&opened.identifiers),
                taken,
            }));
        }
        let evaluation = instance.evaluate(&handed)?;
        let outcomes = evaluation.outcomes.iter();
        let bits = outcomes.map(|outcome| outcome.fulfilment == Fulfilment::Met);
        let bits = bits.collect();
        Ok((evaluation, bits))
    }
}

/// What a proof shows, with what the chain says of its records.
pub(super) struct Verifying {
    pub check: Check,
    pub sizes: Sizes,
    pub presented: Vec<Option<Presented>>,
    pub bits: Vec<bool>,
    pub verifying_key: [u8; 32],
}

impl Verifying {
    /// Verifies the proof of a check that is proven in one.
    pub(super) fn verify(self, proof: &ProofBytes, tell: Tell<'_>) -> Result<(), ClientError> {
        let instance = instance(&self.check, self.sizes)?;
        let prover = open(&instance, tell)?;
        let own = prover.verifying_key_id();
        same_key(self.verifying_key, own)?;
        let statement = prover.plan().statement(&self.presented, self.bits);
        Ok(hold(&prover, &statement, proof.as_bytes())?)
    }
}

pub(super) fn same_key(stated: [u8; 32], own: [u8; 32]) -> Result<(), CrossCheckFault> {
    match own == stated {
        true => Ok(()),
        false => Err(CrossCheckFault::OtherKey {
            stated: VerifyingKeyId::new(stated),
            own: VerifyingKeyId::new(own),
        }),
    }
}

pub(super) fn instance(check: &Check, sizes: Sizes) -> Result<Instance<'_>, CrossCheckFault> {
    Instance::new(check, sizes).map_err(|fault| CrossCheckFault::Check(fault.problem))
}

fn open<'a>(instance: &'a Instance<'a>, tell: Tell<'_>) -> Result<CheckProver<'a>, ClientError> {
    let cache = default_directory().map_err(ProveError::from)?;
    Ok(CheckProver::open(instance, None, &cache, &mut |now| {
        tell(key_words(now).into());
    })?)
}

/// That the proof shows the statement, by the verifier alone.
fn hold(
    prover: &CheckProver<'_>,
    statement: &CrossCheckStatement,
    proof: &[u8; PROOF_BYTES],
) -> Result<(), CrossCheckFault> {
    let inputs = statement.public_inputs();
    let key = VerifyingKey::decode_for(&prover.verifying_key_bytes(), inputs.len())?;
    Ok(PreparedKey::new(&key).verify(&inputs, proof)?)
}
