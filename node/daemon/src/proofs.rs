//! Proofs: verified in batches on the bridge's pool, and remembered.

mod cross_check;
mod gather;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sealane_crypto::hash::hash;
use sealane_crypto::tags;
use sealane_ledger::{CrossCheckClaim, FinancingClaim, StatementProofs};
use sealane_statements::financing::UncheckedStatement;
use sealane_types::ids::VerifyingKeyId;
use sealane_verifier::{UncheckedFinancing, Verifier};

use crate::bridge::{Fault, fail};

use cross_check::{Checks, UncheckedCrossCheck, UncheckedProof};
pub(crate) use gather::{Gather, Question};

/// Most outcomes that are remembered: 33 bytes each, and what holding them takes.
const REMEMBERED: usize = 65_536;

/// Where a verifying key of this program comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyOrigin {
    /// From a public seed: anybody can forge with it.
    Test,
}

/// What this program knows of the verifying key with this id.
pub(crate) fn known_key(id: &VerifyingKeyId) -> Option<KeyOrigin> {
    let test = sealane_verifier::VerifyingKey::financing_test().id();
    (*id.as_bytes() == test).then_some(KeyOrigin::Test)
}

/// A proof with what it must show.
#[derive(Clone)]
pub(crate) enum Unchecked {
    /// That a record's blinded set is the document's.
    Financing(Box<UncheckedFinancing>),
    /// That records meet a check's requirements, or do not.
    CrossCheck(Box<UncheckedCrossCheck>),
}

/// Decides over proofs, each once: outcomes are remembered by every byte that decides, of key,
/// statement and proof.
pub(crate) struct Proofs {
    verifier: Verifier,
    checks: Checks,
    remembered: Mutex<Remembered>,
}

#[derive(Default)]
struct Remembered {
    outcomes: BTreeMap<[u8; 32], bool>,
    in_order: VecDeque<[u8; 32]>,
}

impl Proofs {
    /// With the verifying keys of this program; a chain may accept fewer.
    pub(crate) fn new() -> Self {
        Self {
            verifier: Verifier::financing_test(),
            checks: Checks::default(),
            remembered: Mutex::default(),
        }
    }

    fn remembered(&self) -> MutexGuard<'_, Remembered> {
        self.remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// What the verifier is asked; `None` where the claim names a key that is not there.
    fn financing(&self, claim: &FinancingClaim<'_>) -> Option<Unchecked> {
        let known = *claim.verifying_key.as_bytes() == self.verifier.key_id();
        let unchecked = || UncheckedFinancing {
            statement: UncheckedStatement {
                root: *claim.root.as_bytes(),
                context: *claim.context.as_bytes(),
                alias: *claim.alias_commitment.as_bytes(),
                mask: claim.mask.bits(),
                amount_commitment: *claim.amount_commitment.as_bytes(),
                commitment: *claim.blinding.as_bytes(),
                blinded: claim
                    .blinded
                    .iter()
                    .map(|point| *point.as_bytes())
                    .collect(),
            },
            proof: *claim.proof.as_bytes(),
        };
        known.then(|| Unchecked::Financing(Box::new(unchecked())))
    }

    /// What the verifier is asked; `None` where what the state says is no statement.
    fn cross_check(&self, claim: &CrossCheckClaim) -> Option<Unchecked> {
        let question = self.checks.question(claim)?;
        Some(Unchecked::CrossCheck(Box::new(question)))
    }

    fn name(&self, unchecked: &Unchecked) -> [u8; 32] {
        match unchecked {
            Unchecked::Financing(financing) => self.verifier.cache_key(financing),
            Unchecked::CrossCheck(check) => {
                let names = check.0.iter();
                let names = names.map(|one| one.verifier.cross_check_key(&one.inputs, &one.proof));
                let names: Vec<[u8; 32]> = names.collect();
                hash(tags::BATCH_WEIGHTS, &[b"all", &names.concat()])
            }
        }
    }

    /// Verifies proofs under one key in one batch; without randomness for its weights there is no answer, not a wrong one.
    fn verify(&self, questions: Vec<Unchecked>) -> Vec<bool> {
        let count = questions.len();
        let (mut financings, mut checks) = (Vec::new(), BTreeMap::new());
        for (place, question) in questions.into_iter().enumerate() {
            match question {
                Unchecked::Financing(financing) => financings.push((place, *financing)),
                Unchecked::CrossCheck(check) => {
                    for proof in check.0 {
                        let batch: &mut Vec<_> = checks.entry(proof.verifier.key_id()).or_default();
                        batch.push((place, proof));
                    }
                }
            }
        }
        let mut outcomes = vec![true; count];
        let mut keep = |places: Vec<usize>, held: Vec<bool>| {
            for (place, held) in places.into_iter().zip(held) {
                outcomes[place] &= held;
            }
        };
        let (places, financings): (Vec<_>, Vec<_>) = financings.into_iter().unzip();
        keep(places, self.verify_financings(&financings));
        for batch in checks.into_values() {
            let (places, batch) = batch.into_iter().unzip();
            keep(places, verify_cross_checks(batch));
        }
        outcomes
    }

    fn verify_financings(&self, financings: &[UncheckedFinancing]) -> Vec<bool> {
        if financings.is_empty() {
            return Vec::new();
        }
        match self.verifier.verify_batch(financings) {
            Ok(outcomes) => outcomes.iter().map(Result::is_ok).collect(),
            Err(error) => fail(Fault::Random(error)),
        }
    }
}

/// Proofs under one key.
fn verify_cross_checks(batch: Vec<UncheckedProof>) -> Vec<bool> {
    let Some(verifier) = batch.first().map(|check| Arc::clone(&check.verifier)) else {
        return Vec::new();
    };
    let claims = batch.into_iter().map(|check| (check.inputs, check.proof));
    match verifier.verify_cross_checks(claims.collect()) {
        Ok(outcomes) => outcomes.iter().map(Result::is_ok).collect(),
        Err(error) => fail(Fault::Random(error)),
    }
}

impl Proofs {
    /// Which of these hold: those that nobody has asked for yet are verified in batches. On the bridge only.
    pub(crate) fn all_hold(&self, questions: Vec<Unchecked>) -> Vec<bool> {
        self.decide(questions.into_iter().map(Some).collect())
    }

    fn decide(&self, mut questions: Vec<Option<Unchecked>>) -> Vec<bool> {
        let names = questions
            .iter()
            .map(|one| one.as_ref().map(|one| self.name(one)));
        let names: Vec<_> = names.collect();
        let mut outcomes = self.remembered().find(&names);
        let unknown: Vec<usize> = (0..questions.len())
            .filter(|at| outcomes[*at].is_none())
            .collect();
        // A claim without a question has an outcome already, so the places agree.
        let asked = unknown.iter().filter_map(|at| questions[*at].take());
        let asked: Vec<_> = asked.collect();
        if !asked.is_empty() {
            let fresh = self.verify(asked);
            let mut remembered = self.remembered();
            for (at, holds) in unknown.into_iter().zip(fresh) {
                outcomes[at] = Some(holds);
                if let Some(name) = names[at] {
                    remembered.keep(name, holds);
                }
            }
        }
        let held = outcomes.into_iter().map(|outcome| outcome == Some(true));
        held.collect()
    }
}

impl StatementProofs for Proofs {
    fn financings_hold(&self, claims: &[FinancingClaim<'_>]) -> Vec<bool> {
        self.decide(claims.iter().map(|claim| self.financing(claim)).collect())
    }

    fn cross_checks_hold(&self, claims: &[&CrossCheckClaim]) -> Vec<bool> {
        self.decide(claims.iter().map(|claim| self.cross_check(claim)).collect())
    }
}

impl Remembered {
    /// What is known: a claim without a name (its key is not there) does not hold.
    fn find(&self, names: &[Option<[u8; 32]>]) -> Vec<Option<bool>> {
        let known = |name: &Option<[u8; 32]>| match name {
            Some(name) => self.outcomes.get(name).copied(),
            None => Some(false),
        };
        names.iter().map(known).collect()
    }

    fn keep(&mut self, name: [u8; 32], holds: bool) {
        if self.outcomes.insert(name, holds).is_none() {
            self.in_order.push_back(name);
        }
        while self.in_order.len() > REMEMBERED {
            if let Some(oldest) = self.in_order.pop_front() {
                self.outcomes.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests;
