//! The blinding scalar `r` of a record's fingerprints.

use ark_ed_on_bls12_381::Fr as Order;
use ark_ff::{AdditiveGroup, Field, PrimeField};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{Point, Scalar};

/// Free bits of a blinding scalar.
pub const BLINDING_BITS: usize = 250;

/// `r = 2²⁵⁰ + 1 + 2·s` for a secret `s` of 250 bits: odd, not 0, below the group's order, and of a shape
/// that keeps every addition of the circuit's scalar multiplication clear of its exceptional cases.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Blinding {
    s: [u8; 32],
}

impl Blinding {
    /// Takes the lowest 250 bits of 32 secret uniform bytes, little-endian, for `s`.
    #[must_use]
    pub fn from_bytes(mut bytes: [u8; 32]) -> Self {
        bytes[31] &= 0b11;
        Self { s: bytes }
    }

    /// The bits of `s`, lowest first.
    #[must_use]
    pub fn bits(&self) -> [bool; BLINDING_BITS] {
        std::array::from_fn(|bit| self.s[bit / 8] >> (bit % 8) & 1 == 1)
    }

    /// `r` modulo the group's order, which is above it.
    #[must_use]
    pub fn scalar(&self) -> Scalar {
        let mut s = Order::from_le_bytes_mod_order(&self.s);
        let r = s.double() + Order::from(2_u8).pow([BLINDING_BITS as u64]) + Order::from(1_u8);
        s.zeroize();
        Scalar(r)
    }

    /// `r⁻¹`, which takes a validator's answer to the fingerprint.
    #[must_use]
    pub fn inverse(&self) -> Scalar {
        let inverse = self.scalar().0.inverse();
        Scalar(inverse.expect("0 < r < order"))
    }

    /// `R = r·G`.
    #[must_use]
    pub fn commitment(&self) -> Point {
        Point::generator().times(&self.scalar())
    }
}

impl std::fmt::Debug for Blinding {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Blinding(secret)")
    }
}
