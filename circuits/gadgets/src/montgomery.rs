//! Jubjub in Montgomery form `B·y² = x³ + A·x² + x`: Elligator 2, the cofactor, addition. Additions here are
//! incomplete; callers say why the exceptional case cannot occur.

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

/// `left + right` for affine points whose first coordinates differ: three rows. **Each caller says why they do**; where they are equal the
/// slope is free or there is none. Both coordinates of the sum are variables of their own, so that later rows stay short.
pub fn add(system: &mut System, left: &Point, right: &Point) -> Point {
    let slope = system.quotient(&(&right.y - &left.y), &(&right.x - &left.x));
    let others = &(&left.x + &right.x) + A;
    let x = system.witness(B * slope.value().square() - others.value());
    let over_b = B.inverse().expect("B is not 0");
    system.enforce(&slope, &slope, &(&(&x + &others) * over_b));
    let y = system.witness(slope.value() * (left.x.value() - x.value()) - left.y.value());
    system.enforce(&(&left.x - &x), &slope, &(&y + &left.y));
    Point { x, y }
}

/// The twisted Edwards form `u = x/y`, `v = (x−1)/(x+1)`: two rows. `y` is not 0 for a point of odd order, and
/// `x = −1` is no point's.
pub fn to_edwards(system: &mut System, point: &Point) -> crate::edwards::Point {
    let u = system.quotient(&point.x, &point.y);
    let v = system.quotient(&(&point.x - Fr::ONE), &(&point.x + Fr::ONE));
    crate::edwards::Point { u, v }
}
