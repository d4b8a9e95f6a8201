//! Gadgets: rank-1 constraints for what `sealane-crypto` computes natively.
//!
//! A [`System`] collects rows `⟨a, z⟩ · ⟨b, z⟩ = ⟨c, z⟩`, each under the name that the circuit's specification gives
//! it, and the assignment `z` beside them. Every gadget takes and gives [`Wire`]s: a linear combination
//! and its value. The value is what an honest prover assigns; only rows bind it.
//!
//! - [`poseidon`]: one permutation, 24·w + 168 rows; native: `sealane_crypto::poseidon`
//! - [`montgomery`]: Elligator 2, the cofactor, addition; native: `sealane_crypto::curve`
//! - [`edwards`]: complete addition; native: `sealane_crypto::curve`
//! - [`windows`]: one secret scalar times many fixed points; native: `sealane_crypto::curve`
//! - [`number`]: bits, ranges, numbers that are not 0
//! - [`decide`]: bits that say whether numbers are equal, in order, near to each other
//! - [`polynomial`]: tables, as polynomials in what is looked up
//!
//! Nothing here uses arkworks' own gadgets: their field variables hide which rows exist, and their
//! divisions leave a quotient free where both sides are 0.

pub mod decide;
pub mod edwards;
pub mod montgomery;
pub mod number;
pub mod polynomial;
pub mod poseidon;
mod sides;
mod system;
pub mod windows;
mod wire;

pub use system::{Matrices, Mode, Row, System, digest};
pub use wire::{Variable, Wire};

#[cfg(test)]
mod tests;
