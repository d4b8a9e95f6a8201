//! All algorithms of Sealane: commitments, curves, keys, sealing, signatures, and their domain tags.
//!
//! Nothing outside this crate names a hash, a cipher, a signature or a curve.

pub mod commitment;
pub mod curve;
pub mod handover;
pub mod hash;
pub mod identity;
pub mod keys;
pub mod keystore;
pub mod oprf;
pub mod poseidon;
pub mod random;
pub mod sealing;
pub mod signature;
pub mod suite;
pub mod tags;

#[cfg(test)]
mod vectors;
