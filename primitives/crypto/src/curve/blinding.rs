//! The blinding scalar `s` of a presented set, and the bases of its slots.

use std::sync::LazyLock;

use ark_ed_on_bls12_381::Fr as Order;
use ark_ff::{AdditiveGroup, Field, PrimeField};
use sealane_types::fingerprint::SLOTS;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{Masked, Point, Scalar, map_to_curve};
use crate::commitment::hash_to_field;
use crate::random::RandomError;
use crate::tags;

/// Free bits of a blinding scalar.
pub const BLINDING_BITS: usize = 251;

/// `H_i` of each slot: `8·Elligator2(hash of the slot's number)`, different points of the prime order of which nobody knows
/// a logarithm to another's base. Constants of the financing circuit.
///
/// # Panics
/// Never: a test maps all of them.
#[must_use]
pub fn slot_bases() -> &'static [Point; SLOTS] {
    static BASES: LazyLock<[Point; SLOTS]> = LazyLock::new(|| {
        std::array::from_fn(|slot| {
            let number = u8::try_from(slot).expect("there are twelve slots");
            let base = map_to_curve(hash_to_field(tags::SLOT_BASE, &[number]));
            base.expect("a hash maps to no point of small order")
        })
    });
    &BASES
}

/// `s = 2σ − (2²⁵¹ − 1)` for a secret `σ` of 251 bits: odd, never 0, its magnitude below `2²⁵¹` and so below the group's order. Written
/// in windows with odd signed digits, it keeps every sum of the circuit clear of exceptional cases.
///
/// One `s` never blinds two sets: two under one `s` show `P − P′` (`specs/circuits/financing.md`).
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Blinding {
    sigma: [u8; 32],
}

impl Blinding {
    /// Takes the lowest 251 bits of 32 secret uniform bytes, little-endian, for `σ`.
    #[must_use]
    pub fn from_bytes(mut bytes: [u8; 32]) -> Self {
        bytes[31] &= 0b111;
        Self { sigma: bytes }
    }

    /// The bits of `σ`, lowest first.
    #[must_use]
    pub fn bits(&self) -> Zeroizing<[bool; BLINDING_BITS]> {
        let bit = |bit: usize| self.sigma[bit / 8] >> (bit % 8) & 1 == 1;
        Zeroizing::new(std::array::from_fn(bit))
    }

    /// `s` modulo the group's order.
    #[must_use]
    pub fn scalar(&self) -> Zeroizing<Scalar> {
        let mut sigma = Order::from_le_bytes_mod_order(&self.sigma);
        let least = Order::from(2_u8).pow([BLINDING_BITS as u64]) - Order::ONE;
        let s = sigma.double() - least;
        sigma.zeroize();
        Zeroizing::new(Scalar(s))
    }

    /// `S = s·G`.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn commitment(&self) -> Result<Point, RandomError> {
        Ok(Masked::new()?.multiply(&Point::generator(), &self.scalar()))
    }

    /// `S = s·G`, and `B_i = P_i + s·H_i` of every slot, for its `P_i` by slot.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn blind(&self, points: &[Point; SLOTS]) -> Result<(Point, [Point; SLOTS]), RandomError> {
        let s = self.scalar();
        let mut masked = Masked::new()?;
        let commitment = masked.multiply(&Point::generator(), &s);
        let mut blinded = *points;
        for (point, base) in blinded.iter_mut().zip(slot_bases()) {
            *point = *point + masked.multiply(base, &s);
        }
        Ok((commitment, blinded))
    }
}

impl std::fmt::Debug for Blinding {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Blinding(secret)")
    }
}
