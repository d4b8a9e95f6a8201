//! The verifier: bytes in, [`Verified`] statements out, one by one or in batches.
//!
//! It holds verifying keys alone, knows no circuit, and has no runtime. What it returns as [`Verified`] cannot be made in any
//! other way: what has not been verified does not type-check further on.
//!
//! Order of checks: points and field elements are decoded with curve, subgroup and range checks; then the pairing
//! equation of [Groth16](https://eprint.iacr.org/2016/260). A batch is one equation over all proofs with 128-bit
//! weights, drawn from randomness of this node *and* from every byte of the batch; where it fails, each proof
//! is verified alone, so the culprits are named and all nodes agree on them.

mod key;
mod pairing;
mod proof;
mod verify;

pub use key::{KeyError, MAX_INPUTS, VerifyingKey};
pub use proof::{PROOF_BYTES, ProofError, UncheckedFinancing};
pub use verify::{Verified, Verifier, VerifyError};

#[cfg(test)]
mod tests;
