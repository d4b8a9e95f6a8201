//! Proofs of cross-checks: statements of what the state says, verified under the keys that it publishes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ark_bls12_381::Fr;
use sealane_ledger::{ClaimedProof, CrossCheckClaim};
use sealane_verifier::{PROOF_BYTES, Verifier, VerifyingKey};

/// Most published keys that are kept prepared: a check in parts has up to some ten.
const KEPT: usize = 256;

/// The proof of a check, or of each of its steps: they hold together or not at all.
#[derive(Clone)]
pub(crate) struct UncheckedCrossCheck(pub(super) Vec<UncheckedProof>);

/// A proof, its public inputs, and the key.
#[derive(Clone)]
pub(crate) struct UncheckedProof {
    pub(super) verifier: Arc<Verifier>,
    pub(super) inputs: Vec<Fr>,
    pub(super) proof: [u8; PROOF_BYTES],
}

/// Verifying keys of published checks, prepared.
#[derive(Default)]
pub(super) struct Checks(Mutex<BTreeMap<Vec<u8>, Arc<Verifier>>>);

impl Checks {
    /// What the verifier is asked; `None` where the state's bytes are none, or the proofs are not those of these records: nothing
    /// holds then.
    pub(super) fn question(&self, claim: &CrossCheckClaim) -> Option<UncheckedCrossCheck> {
        let proofs = claim.proofs()?.into_iter();
        let asked = proofs.map(|proof| self.asked(proof));
        Some(UncheckedCrossCheck(asked.collect::<Option<_>>()?))
    }

    fn asked(&self, claimed: ClaimedProof<'_>) -> Option<UncheckedProof> {
        let key = &claimed.circuit.verifying_key;
        Some(UncheckedProof {
            verifier: self.verifier(key, claimed.inputs.len())?,
            inputs: claimed.inputs,
            proof: *claimed.proof.as_bytes(),
        })
    }

    fn kept(&self) -> MutexGuard<'_, BTreeMap<Vec<u8>, Arc<Verifier>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn verifier(&self, key: &[u8], inputs: usize) -> Option<Arc<Verifier>> {
        if let Some(verifier) = self.kept().get(key) {
            return Some(Arc::clone(verifier));
        }
        // without the lock: who executes a block does not wait for who checks what was handed in
        let decoded = VerifyingKey::decode_for(key, inputs).ok()?;
        let verifier = Arc::new(Verifier::new(&decoded));
        let mut kept = self.kept();
        if kept.len() == KEPT {
            kept.pop_first();
        }
        kept.insert(key.to_vec(), Arc::clone(&verifier));
        Some(verifier)
    }
}
