//! Proofs of cross-checks: statements of what the state says, verified under the keys that it publishes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use sealane_ledger::CrossCheckClaim;
use sealane_statements::cross_check::CrossCheckStatement;
use sealane_verifier::{PROOF_BYTES, Verifier, VerifyingKey};

/// Most published keys that are kept prepared.
const KEPT: usize = 64;

/// A proof, the statement that it must show, and the key.
#[derive(Clone)]
pub(crate) struct UncheckedCrossCheck {
    pub(super) verifier: Arc<Verifier>,
    pub(super) statement: CrossCheckStatement,
    pub(super) proof: [u8; PROOF_BYTES],
}

/// Verifying keys of published checks, prepared.
#[derive(Default)]
pub(super) struct Checks(Mutex<BTreeMap<Vec<u8>, Arc<Verifier>>>);

impl Checks {
    /// What the verifier is asked; `None` where the state's bytes are none, which no proof holds for.
    pub(super) fn question(&self, claim: &CrossCheckClaim) -> Option<UncheckedCrossCheck> {
        let inputs = claim.layout().input_count();
        Some(UncheckedCrossCheck {
            verifier: self.verifier(&claim.published.verifying_key, inputs)?,
            statement: claim.statement()?,
            proof: *claim.proof.as_bytes(),
        })
    }

    fn verifier(&self, key: &[u8], inputs: usize) -> Option<Arc<Verifier>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(verifier) = kept.get(key) {
            return Some(Arc::clone(verifier));
        }
        let decoded = VerifyingKey::decode_for(key, inputs).ok()?;
        let verifier = Arc::new(Verifier::new(&decoded));
        if kept.len() == KEPT {
            kept.pop_first();
        }
        kept.insert(key.to_vec(), Arc::clone(&verifier));
        Some(verifier)
    }
}
