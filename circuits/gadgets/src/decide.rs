//! Bits that say something of numbers, and say it both ways: a prover can neither claim what is not so nor deny what is.

use ark_bls12_381::Fr;
use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField};

use crate::number::{bit, decompose, enforce_nonzero};
use crate::{System, Wire};

/// Whether a number counts as negative: above half of the modulus.
#[must_use]
pub fn is_negative(number: Fr) -> bool {
    number.into_bigint() > Fr::MODULUS_MINUS_ONE_DIV_TWO
}

/// `if condition then x else y`, the condition a bit: one row.
pub fn select(system: &mut System, condition: &Wire, x: &Wire, y: &Wire) -> Wire {
    let difference = system.product(condition, &(x - y));
    y + &difference
}

/// Both bits.
pub fn and(system: &mut System, x: &Wire, y: &Wire) -> Wire {
    system.product(x, y)
}

/// The other bit.
#[must_use]
pub fn not(x: &Wire) -> Wire {
    &Wire::one() - x
}

/// `ready` where `x = y`, and 0 where not, for a bit `ready`: `(x − y)·w = ready − m`, `(x − y)·m = 0`. Where `x = y`, the
/// first row gives `m = ready` and `w` is free; where not, the second gives `m = 0`.
pub fn equal(system: &mut System, ready: &Wire, x: &Wire, y: &Wire) -> Wire {
    let difference = x - y;
    let zero = Wire::constant(Fr::ZERO);
    if difference.is_constant() {
        let same = difference.value() == Fr::ZERO;
        return if same { ready.clone() } else { zero };
    }
    let inverse = difference.value().inverse();
    let holds = inverse.map_or(ready.value(), |_| Fr::ZERO);
    let equal = system.witness(holds);
    let witness = system.witness(inverse.unwrap_or(Fr::ZERO) * (ready.value() - equal.value()));
    system.enforce(&difference, &witness, &(ready - &equal));
    system.enforce(&difference, &equal, &zero);
    equal
}

/// Whether a number is 0.
pub fn is_zero(system: &mut System, number: &Wire) -> Wire {
    equal(system, &Wire::one(), number, &Wire::constant(Fr::ZERO))
}

/// `|number| < 2^bits`, and whether it is at least 0: `bits + 3` rows. `number + 2^bits` has `bits + 1` bits, of which the highest
/// says so, and is not 0, so that `−2^bits` is not among them.
pub fn signed_range(system: &mut System, number: &Wire, bits: u32) -> Wire {
    let shifted = number + Fr::from(2_u8).pow([bits.into()]);
    enforce_nonzero(system, &shifted);
    let mut bits = decompose(system, &shifted, bits + 1);
    bits.pop().expect("at least one bit")
}

/// Whether `difference ≥ 0`, for one that the circuit has bound: `|difference| < 2^bits`. `bits + 2` rows.
pub fn at_least_zero(system: &mut System, difference: &Wire, bits: u32) -> Wire {
    let shifted = difference + Fr::from(2_u8).pow([bits.into()]);
    let mut bits = decompose(system, &shifted, bits + 1);
    bits.pop().expect("at least one bit")
}

/// Widths of what [`within`] decides about.
#[derive(Debug, Clone, Copy)]
pub struct Widths {
    /// Bits of `|difference| + |tolerance| + 1`.
    pub either: u32,
    /// Bits of `2·|tolerance|`.
    pub twice: u32,
}

/// Whether `|difference| ≤ tolerance`, both bound by the circuit: `specs/circuits/cross-check.md` K11 says why.
/// `2·max(twice, either / 2) + 8` rows; where two such halves would wrap, `either + twice + 8`.
pub fn within(system: &mut System, difference: &Wire, tolerance: &Wire, widths: Widths) -> Wire {
    let negative = is_negative(difference.value());
    let magnitude = if negative {
        -difference.value()
    } else {
        difference.value()
    };
    let met = !is_negative(tolerance.value() - magnitude);
    let zero = Wire::constant(Fr::ZERO);
    let half = widths.twice.max(widths.either.div_ceil(2));
    let fits = 2 * half < Fr::MODULUS_BIT_SIZE - 1;
    let sizes = if fits {
        [half, half]
    } else {
        [widths.either.max(widths.twice), widths.twice]
    };
    let sides = [tolerance - difference, tolerance + difference];
    let beyond = magnitude - tolerance.value() - Fr::ONE;
    let values = match met {
        true => sides.each_ref().map(Wire::value),
        false if fits => halves(beyond, half),
        false => [beyond, Fr::ZERO],
    };
    let met = bit(system, met);
    let sign = bit(system, negative && met.value() == Fr::ZERO);
    system.enforce(&met, &sign, &zero); // one witness where the sign decides nothing
    let flipped = system.product(&sign, difference);
    let magnitude = difference - &(&flipped * Fr::from(2_u8));
    let low = digits(system, values[0], sizes[0]);
    let high = digits(system, values[1], sizes[1]);
    let [below, above] = &sides;
    system.enforce(&met, &(&low - below), &zero);
    system.enforce(&met, &(&high - above), &zero);
    let weight = if fits {
        Fr::from(2_u8).pow([half.into()])
    } else {
        Fr::ZERO
    };
    let both = &low + &(&high * weight);
    let beyond = &(&magnitude - tolerance) - Fr::ONE;
    system.enforce(&not(&met), &(&both - &beyond), &zero);
    met
}

/// A number of `2·bits` bits as its lower and its higher half.
fn halves(number: Fr, bits: u32) -> [Fr; 2] {
    let number = number.into_bigint();
    let part = |from: u32| {
        let bits: Vec<bool> = (from..from + bits)
            .map(|index| number.get_bit(index as usize))
            .collect();
        let part = <Fr as PrimeField>::BigInt::from_bits_le(&bits);
        Fr::from_bigint(part).unwrap_or(Fr::ZERO)
    };
    [part(0), part(bits)]
}

/// A number of which nothing but its bits is bound: `bits` rows.
fn digits(system: &mut System, value: Fr, bits: u32) -> Wire {
    let value = value.into_bigint();
    let bits: Vec<Wire> = (0..bits as usize)
        .map(|index| bit(system, value.get_bit(index)))
        .collect();
    Wire::weighted(&bits)
}
