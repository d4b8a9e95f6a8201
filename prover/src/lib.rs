//! The prover: statement and witness in, a Groth16 proof out. The only holder of proving keys.
//!
//! It checks natively first, so that what cannot be proven is refused with its exact reason instead of
//! giving a proof that nobody accepts, and it verifies each proof before it hands it out.

mod cross_check;
mod error;
mod parts;
mod prover;

pub use cross_check::CheckProver;
pub use error::ProveError;
pub use parts::{PartsCircuit, PartsProgress, PartsProofs, PartsProver};
pub use prover::{PROOF_BYTES, Proof, ProveProgress, Prover};
pub use sealane_setup::{KeyProgress, SetupError, default_directory};

#[cfg(test)]
mod tests;
