//! Proofs: verified in batches on the bridge's pool, and remembered.

mod gather;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sealane_types::ids::VerifyingKeyId;
use sealane_verifier::{Claim, Keys, Verifier};

use crate::bridge::{Fault, fail};

pub(crate) use gather::{Asked, Gather};

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

/// Decides over claims, each once: outcomes are remembered by every byte that decides, of key, public inputs and proof.
/// On the bridge only: without randomness for a batch's weights there is no answer, not a wrong one.
pub(crate) struct Proofs {
    keys: Keys,
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
            keys: Keys::with_test_key(),
            remembered: Mutex::default(),
        }
    }

    fn remembered(&self) -> MutexGuard<'_, Remembered> {
        self.remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Verifier for Proofs {
    /// Those that nobody has asked for yet are verified in batches.
    fn hold(&self, claims: &[Claim]) -> Vec<bool> {
        let names: Vec<_> = claims.iter().map(|one| self.keys.cache_key(one)).collect();
        let mut outcomes = self.remembered().find(&names);
        let unknown: Vec<usize> = (0..claims.len())
            .filter(|at| outcomes[*at].is_none())
            .collect();
        let asked: Vec<&Claim> = unknown.iter().map(|at| &claims[*at]).collect();
        if !asked.is_empty() {
            let fresh = self.keys.verify(&asked);
            let fresh = fresh.unwrap_or_else(|error| fail(Fault::Random(error)));
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
