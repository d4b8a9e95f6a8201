//! Jubjub in twisted Edwards form `−u² + v² = 1 + d·u²·v²`, whose addition is complete: `−1` is a square and `d`
//! is not, so no divisor is ever 0 at points of the curve.

use ark_bls12_381::Fr;
use ark_ec::twisted_edwards::TECurveConfig;
use ark_ed_on_bls12_381::JubjubConfig;
use ark_ff::Field;

use crate::{System, Wire};

/// A point of the twisted Edwards form.
#[derive(Debug, Clone)]
pub struct Point {
    /// The first coordinate.
    pub u: Wire,
    /// The second coordinate.
    pub v: Wire,
}

/// `left + right`, complete on the whole curve: six rows.
pub fn add(system: &mut System, left: &Point, right: &Point) -> Point {
    let d = <JubjubConfig as TECurveConfig>::COEFF_D;
    let uv = system.product(&left.u, &right.v);
    let vu = system.product(&left.v, &right.u);
    let all = system.product(&(&left.u + &left.v), &(&right.u + &right.v));
    let cross = &system.product(&uv, &vu) * d;
    let sum = &uv + &vu;
    let u = system.quotient(&sum, &(&cross + Fr::ONE));
    let v = system.quotient(&(&all - &sum), &(&Wire::one() - &cross));
    Point { u, v }
}
