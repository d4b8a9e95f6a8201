//! The verifier of a program: its own keys, and the published ones that claims bring.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sealane_crypto::random::RandomError;

use crate::claim::{Claim, ClaimKey, Verifier};
use crate::key::VerifyingKey;
use crate::verify::PreparedKey;

/// Most published keys that are kept prepared: a check in parts has up to some ten.
const KEPT: usize = 256;

/// Verifying keys, prepared: those that this program brings with it, and the published ones as claims bring them.
pub struct Keys {
    known: Arc<PreparedKey>,
    published: Mutex<BTreeMap<Arc<[u8]>, Arc<PreparedKey>>>,
}

impl Keys {
    /// With the test key of the financing circuit, which is all that this program brings.
    #[must_use]
    pub fn with_test_key() -> Self {
        Self {
            known: Arc::new(PreparedKey::financing_test()),
            published: Mutex::default(),
        }
    }

    /// The id of the test key.
    #[must_use]
    pub fn test_key_id(&self) -> [u8; 32] {
        self.known.id()
    }

    /// What a cache of outcomes may be keyed by: every byte of key, public inputs and proof. `None` where the key is not
    /// there: such a claim does not hold.
    #[must_use]
    pub fn cache_key(&self, claim: &Claim) -> Option<[u8; 32]> {
        let key = self.prepared(claim)?;
        Some(key.cache_key(&claim.inputs, &claim.proof))
    }

    /// Whether each claim holds, in order; those under one key are verified in one batch.
    ///
    /// # Errors
    /// When the operating system gives no randomness for the weights: nothing is known then.
    pub fn verify(&self, claims: &[&Claim]) -> Result<Vec<bool>, RandomError> {
        let mut batches: BTreeMap<[u8; 32], (Arc<PreparedKey>, Vec<usize>)> = BTreeMap::new();
        for (place, claim) in claims.iter().enumerate() {
            let Some(key) = self.prepared(claim) else {
                continue;
            };
            let batch = batches.entry(key.id()).or_insert((key, Vec::new()));
            batch.1.push(place);
        }
        let mut held = vec![false; claims.len()];
        for (key, places) in batches.into_values() {
            let batch = places.iter().map(|place| claims[*place]);
            let batch: Vec<_> = batch
                .map(|claim| (&claim.inputs[..], &claim.proof))
                .collect();
            for (place, outcome) in places.iter().zip(key.verify_batch(&batch)?) {
                held[*place] = outcome.is_ok();
            }
        }
        Ok(held)
    }

    /// The claim's key, if it is there and takes as many public inputs.
    fn prepared(&self, claim: &Claim) -> Option<Arc<PreparedKey>> {
        let inputs = claim.inputs.len();
        let key = match &claim.key {
            ClaimKey::Known(id) => (*id == self.known.id()).then(|| Arc::clone(&self.known)),
            ClaimKey::Published(bytes) => self.published(bytes, inputs),
        };
        key.filter(|key| key.takes(inputs))
    }

    fn published(&self, bytes: &Arc<[u8]>, inputs: usize) -> Option<Arc<PreparedKey>> {
        if let Some(key) = self.kept().get(bytes) {
            return Some(Arc::clone(key));
        }
        // without the lock: who executes a block does not wait for who checks what was handed in
        let decoded = VerifyingKey::decode_for(bytes, inputs).ok()?;
        let key = Arc::new(PreparedKey::new(&decoded));
        let mut kept = self.kept();
        if kept.len() == KEPT {
            kept.pop_first();
        }
        kept.insert(Arc::clone(bytes), Arc::clone(&key));
        Some(key)
    }

    fn kept(&self) -> MutexGuard<'_, BTreeMap<Arc<[u8]>, Arc<PreparedKey>>> {
        self.published
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// For whoever has no other answer to missing randomness than to stop: tests and benches.
impl Verifier for Keys {
    fn hold(&self, claims: &[Claim]) -> Vec<bool> {
        let claims: Vec<&Claim> = claims.iter().collect();
        let held = self.verify(&claims);
        held.expect("the operating system gives randomness")
    }
}
