//! Claims: what whoever decides over proofs is asked.

use std::sync::Arc;

use ark_bls12_381::Fr;

use crate::proof::PROOF_BYTES;

/// The verifying key that a claim names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimKey {
    /// A key that programs bring with them, by its id. Which of them a chain accepts, its parameters say.
    Known([u8; 32]),
    /// A key that the chain has published: its canonical bytes.
    Published(Arc<[u8]>),
}

/// A proof, and what it must show under which key.
///
/// Whoever makes a claim takes key and public inputs from what it trusts (the ledger: from its state), never from whoever
/// brings the proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The verifying key.
    pub key: ClaimKey,
    /// The public inputs, in their order.
    pub inputs: Vec<Fr>,
    /// The proof's bytes: nothing is checked yet.
    pub proof: [u8; PROOF_BYTES],
}

/// Decides over claims.
pub trait Verifier {
    /// Whether each claim holds, in order: the proof decodes with all checks, and shows the public inputs under the key. A key
    /// that is not there is a claim that does not hold.
    ///
    /// Whoever cannot answer, as there is no randomness for a batch's weights, stops: it never answers `false` for that.
    fn hold(&self, claims: &[Claim]) -> Vec<bool>;
}
