//! Bits, ranges, numbers that are not 0.

use ark_bls12_381::Fr;
use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField};

use crate::{System, Wire};

/// A bit: 0 or 1, by one row `b · (1 − b) = 0`.
pub fn bit(system: &mut System, value: bool) -> Wire {
    let bit = system.witness(Fr::from(value));
    enforce_bit(system, &bit);
    bit
}

/// `wire` is 0 or 1.
pub fn enforce_bit(system: &mut System, wire: &Wire) {
    let other = &Wire::one() - wire;
    system.enforce(wire, &other, &Wire::constant(Fr::ZERO));
}

/// `0 ≤ wire < 2^bits`, by `bits + 1` rows. Sound for `bits` below 254: the sum of the bits cannot wrap.
///
/// # Panics
/// When `bits` is 254 or more: an error of the circuit, not of the prover.
pub fn enforce_range(system: &mut System, wire: &Wire, bits: u32) {
    decompose(system, wire, bits);
}

/// The `bits` bits of `wire`, lowest first, by `bits + 1` rows: as [`enforce_range`], which it is.
///
/// # Panics
/// As [`enforce_range`].
pub fn decompose(system: &mut System, wire: &Wire, bits: u32) -> Vec<Wire> {
    assert!(
        bits < Fr::MODULUS_BIT_SIZE - 1,
        "the sum of the bits would wrap"
    );
    let number = wire.value().into_bigint();
    let bits = (0..bits as usize).map(|index| bit(system, number.get_bit(index)));
    let bits: Vec<Wire> = bits.collect();
    system.enforce_equal(&Wire::weighted(&bits), wire);
    bits
}

/// `wire ≠ 0`, by one row that shows an inverse.
pub fn enforce_nonzero(system: &mut System, wire: &Wire) {
    let inverse = system.witness(wire.value().inverse().unwrap_or(Fr::ZERO));
    system.enforce(wire, &inverse, &Wire::one());
}

/// Whether `wire ≠ 0`: `wire·w = b`, `wire·(1 − b) = 0`. Where `wire` is 0, the first row gives `b = 0`, and `w` is free and decides nothing; where
/// not, the second gives `b = 1`. Two rows.
pub fn nonzero(system: &mut System, wire: &Wire) -> Wire {
    let inverse = system.witness(wire.value().inverse().unwrap_or(Fr::ZERO));
    let nonzero = system.product(wire, &inverse);
    let zero = Wire::constant(Fr::ZERO);
    system.enforce(wire, &(&Wire::one() - &nonzero), &zero);
    nonzero
}
