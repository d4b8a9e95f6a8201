//! The verifier: whether a [`Claim`] holds, that is whether its proof shows its public inputs under its verifying key.
//!
//! It holds verifying keys alone, knows no statement and no circuit, and has no runtime. What a proof must show, whoever asks
//! says: the ledger, from its state.
//!
//! Order of checks: the proof's points are decoded with curve, subgroup and range checks; then the pairing
//! equation of [Groth16](https://eprint.iacr.org/2016/260). A batch is one equation over all proofs under one key, with
//! 128-bit weights, drawn from randomness of this node *and* from every byte of the batch; where it fails, each proof
//! is verified alone, so the culprits are named and all nodes agree on them.

mod claim;
mod key;
mod keys;
mod pairing;
mod proof;
mod verify;

pub use claim::{Claim, ClaimKey, Verifier};
pub use key::{KeyError, MAX_INPUTS, VerifyingKey};
pub use keys::Keys;
pub use proof::{PROOF_BYTES, ProofError};
pub use verify::{PreparedKey, Shown, VerifyError};

#[cfg(test)]
mod tests;
