//! Jubjub in twisted Edwards form `−u² + v² = 1 + d·u²·v²`, whose addition is complete: `−1` is a square and `d`
//! is not, so no divisor is ever 0 at points of the curve.

use ark_bls12_381::Fr;
use ark_ec::twisted_edwards::TECurveConfig;
use ark_ec::{AffineRepr, CurveGroup};
use ark_ed_on_bls12_381::{EdwardsAffine, EdwardsProjective, JubjubConfig};
use ark_ff::Field;

use crate::{System, Wire};

/// Bits of one window of [`multiply_generator`].
const WINDOW: usize = 3;

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

/// `(2^n + 1 + 2·s)·G` for `s = Σ bitsₖ·2ᵏ`, `n = bits.len()`, `G` Jubjub's generator: windows of three bits, each looked up in a
/// table of constants (three rows) and added (six rows).
pub fn multiply_generator(system: &mut System, bits: &[Wire]) -> Point {
    let generator = EdwardsProjective::from(EdwardsAffine::generator());
    let mut shift = generator;
    bits.iter().for_each(|_| shift += shift);
    let mut base = generator + generator; // weight of the window's lowest bit
    let mut offset = shift + generator; // the constant part, in the first window's table
    let mut sum: Option<Point> = None;
    for window in bits.chunks(WINDOW) {
        let multiples = (0..1_u64 << window.len()).map(|digit| offset + base * ark_digit(digit));
        let table = EdwardsProjective::normalize_batch(&multiples.collect::<Vec<_>>());
        let looked_up = look_up(system, window, &table);
        sum = Some(match sum {
            None => looked_up,
            Some(sum) => add(system, &sum, &looked_up),
        });
        window.iter().for_each(|_| base += base);
        offset = EdwardsProjective::default();
    }
    sum.expect("a scalar has bits")
}

fn ark_digit(digit: u64) -> ark_ed_on_bls12_381::Fr {
    ark_ed_on_bls12_381::Fr::from(digit)
}

/// The table's entry at the number whose bits, lowest first, are given: one row for the product of the
/// two lowest bits, one for each coordinate; a table of two costs nothing.
fn look_up(system: &mut System, bits: &[Wire], table: &[EdwardsAffine]) -> Point {
    let low = &bits[..bits.len().min(2)];
    let both = (low.len() == 2).then(|| system.product(&low[0], &low[1]));
    let mut coordinate = |values: Vec<Fr>| {
        let half = 1 << low.len();
        let zero = interpolate(low, both.as_ref(), &values[..half]);
        let Some(high) = bits.get(2) else {
            return zero;
        };
        let one = interpolate(low, both.as_ref(), &values[half..]);
        &zero + &system.product(high, &(&one - &zero))
    };
    let u = coordinate(table.iter().map(|point| point.x).collect());
    let v = coordinate(table.iter().map(|point| point.y).collect());
    Point { u, v }
}

/// The entry of two or four constants at one or two bits: linear in the bits and their product.
fn interpolate(bits: &[Wire], both: Option<&Wire>, values: &[Fr]) -> Wire {
    let first = &(&bits[0] * (values[1] - values[0])) + values[0];
    let Some(both) = both else {
        return first;
    };
    let second = &bits[1] * (values[2] - values[0]);
    let mixed = both * (values[3] - values[2] - values[1] + values[0]);
    &(&first + &second) + &mixed
}
