//! Jubjub in Montgomery form `B·y² = x³ + A·x² + x`: Elligator 2, the cofactor, multiplication by the blinding
//! scalar. Additions here are incomplete; each says why its exceptional case cannot occur.

use ark_bls12_381::Fr;
use ark_ff::{AdditiveGroup, Field};
use sealane_crypto::curve::{MONTGOMERY_A as A, MONTGOMERY_B as B, NON_SQUARE, map_candidate};

use crate::{System, Wire, number};

/// A point of the Montgomery form, not the identity.
#[derive(Debug, Clone)]
pub struct Point {
    /// The first coordinate.
    pub x: Wire,
    /// The second coordinate.
    pub y: Wire,
}

/// Elligator 2 of `input`: a point on the curve whose `x` is the map's, with either sign of `y`. Seven rows.
///
/// `x₁ = −A/(1 + Z·input²)` is determined, as `−1/Z` is no square. Of `x₁` and `x₂ = −x₁ − A` exactly one has a root
/// unless `input = 0`, so `e` is determined; where `x₂ = 0` the point has `y = 0`, which
/// [`clear_cofactor`] refuses.
pub fn elligator(system: &mut System, input: &Wire) -> Point {
    let (candidate, is_first) = map_candidate(input.value());
    let square = system.product(input, input);
    let divisor = &(&square * NON_SQUARE) + Fr::ONE; // never 0
    let first = system.quotient(&Wire::constant(-A), &divisor);
    let second = &(-&first) - A;
    let e = number::bit(system, is_first);
    let difference = system.product(&e, &(&first - &second));
    let x = &second + &difference;
    let x_square = system.product(&x, &x);
    let right_side = system.product(&x, &(&(&x_square + &(&x * A)) + Fr::ONE));
    let y = system.witness(candidate.y);
    system.enforce(&(&y * B), &y, &right_side);
    Point { x, y }
}

/// `[8]·point` by three doublings, twelve rows.
///
/// A doubling's slope is `(3x² + 2Ax + 1)/(2By)`. Its divisor is 0 at the point of order two alone, where the dividend
/// is 1: no slope exists and the rows cannot be met. So a point of order 1, 2, 4 or 8 never passes,
/// and what comes out has the prime order.
pub fn clear_cofactor(system: &mut System, point: &Point) -> Point {
    let twice = double(system, point);
    let fourfold = double(system, &twice);
    double(system, &fourfold)
}

/// `2·point`, four rows; cannot be met at the point of order two.
pub fn double(system: &mut System, point: &Point) -> Point {
    let Point { x, y } = point;
    let square = system.product(x, x);
    let dividend = &(&(&square * Fr::from(3_u8)) + &(x * A.double())) + Fr::ONE;
    let slope = system.quotient(&dividend, &(y * B.double()));
    third_point(system, point, x, &slope)
}

/// The sum that lies on the line with `slope` through `point` and a point with first coordinate `other`. Two rows.
fn third_point(system: &mut System, point: &Point, other: &Wire, slope: &Wire) -> Point {
    let square = system.product(slope, slope);
    let x = &(&(&(&square * B) - A) - &point.x) - other;
    let product = system.product(slope, &(&point.x - &x));
    let y = &product - &point.y;
    Point { x, y }
}

/// `(2^n + 1 + 2·s)·point` for `s = Σ bitsₖ·2ᵏ`, `n = bits.len()`: `4 + 6·n` rows.
///
/// The accumulator starts at `2·point`; for each bit from the highest it becomes `2·acc ± point`. For a point of prime
/// order q and `2ⁿ + 1 + 2·s < q`, each multiple m on the way has `2 ≤ m < (q−1)/2`, so that `m ≢ ±1` (first slope) and
/// `2m ± 1 ≢ 0` (second slope) modulo q: no divisor is 0. `specs/circuits/financing.md` has the proof.
pub fn multiply(system: &mut System, point: &Point, bits: &[Wire]) -> Point {
    let mut sum = double(system, point);
    for bit in bits.iter().rev() {
        sum = double_and_add(system, &sum, point, bit);
    }
    sum
}

/// `2·sum + point` where `bit` is 1, `2·sum − point` where it is 0: six rows.
fn double_and_add(system: &mut System, sum: &Point, point: &Point, bit: &Wire) -> Point {
    let sign = &(bit * Fr::from(2_u8)) - Fr::ONE;
    let y = system.product(&sign, &point.y);
    let slope = system.quotient(&(&y - &sum.y), &(&point.x - &sum.x));
    let square = system.product(&slope, &slope);
    let middle = &(&(&(&square * B) - A) - &sum.x) - &point.x;
    // The line through sum and middle: y of middle is slope·(x of sum − middle) − y of sum, so the second
    // slope plus the first is 2y/(x of sum − middle).
    let slopes = system.quotient(&(&sum.y * Fr::from(2_u8)), &(&sum.x - &middle));
    let second = &slopes - &slope;
    third_point(system, sum, &middle, &second)
}

/// The twisted Edwards form `u = x/y`, `v = (x−1)/(x+1)`: two rows. `y` is not 0 for a point of odd order, and
/// `x = −1` is no point's.
pub fn to_edwards(system: &mut System, point: &Point) -> crate::edwards::Point {
    let u = system.quotient(&point.x, &point.y);
    let v = system.quotient(&(&point.x - Fr::ONE), &(&point.x + Fr::ONE));
    crate::edwards::Point { u, v }
}
