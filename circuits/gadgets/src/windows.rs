//! One secret scalar times many fixed points: `(2σ − (2ⁿ − 1))·H` for each of them, σ given by its n bits.
//!
//! The scalar is cut into windows of a few bits. In a window of z bits from bit o the digit is odd and signed, `d = 2e − (2^z − 1)` for the
//! bits as a number e, so that `Σ d·2^o = 2σ − (2ⁿ − 1)`. A window's table is linear in the products of its bits, so a look-up costs
//! no row, whatever the number of points that share the products; an addition costs three.
//!
//! No addition is exceptional where the points have prime order `q > 2ⁿ − 1`. From the lowest window on, the accumulator is `m·H` with
//! m odd and `|m| ≤ 2^o − 1`, the entry is `d·2^o·H` with `2^o ≤ |d·2^o| ≤ 2^(o+z) − 2^o`: so `0 < |m| < |d·2^o|`, and
//! `|m| + |d·2^o| ≤ 2ⁿ − 1 < q`. Neither is 0, and they are neither equal nor opposite, modulo q: both are affine, and their first
//! coordinates differ. `specs/circuits/financing.md` has the proof.

use ark_bls12_381::Fr;
use ark_ec::CurveGroup;
use ark_ed_on_bls12_381::{EdwardsAffine, EdwardsProjective};
use ark_ff::{AdditiveGroup, Zero};
use sealane_crypto::curve::MontgomeryPoint;

use crate::montgomery::{self, Point};
use crate::{System, Wire};

/// Most bits of a window.
pub const WINDOW: usize = 4;

/// How many bits each window has, the lowest first: as few windows as can be, as even as can be.
#[must_use]
pub fn sizes(bits: usize) -> Vec<usize> {
    let count = bits.div_ceil(WINDOW).max(1);
    let (size, longer) = (bits / count, bits % count);
    (0..count)
        .map(|at| size + usize::from(at < longer))
        .collect()
}

/// The products of the bits of each window, one for each set of them, the empty set's first: `2^z − 1 − z` rows a window.
#[derive(Debug, Clone)]
pub struct Products(Vec<Vec<Wire>>);

impl Products {
    /// The products of a scalar's bits, lowest first.
    pub fn of(system: &mut System, bits: &[Wire]) -> Self {
        let mut rest = bits;
        let mut windows = Vec::new();
        for size in sizes(bits.len()) {
            let (window, later) = rest.split_at(size);
            windows.push(Self::of_window(system, window));
            rest = later;
        }
        Self(windows)
    }

    fn of_window(system: &mut System, bits: &[Wire]) -> Vec<Wire> {
        let mut products = vec![Wire::one()];
        for bit in bits {
            let with: Vec<Wire> = products
                .iter()
                .map(|product| system.product(product, bit))
                .collect();
            products.extend(with);
        }
        products
    }
}

/// A fixed point's multiples for every window, as polynomials in the products: their coefficients for both coordinates.
#[derive(Debug, Clone)]
pub struct Table(Vec<[Vec<Fr>; 2]>);

impl Table {
    /// The multiples of a point of the prime order for a scalar of so many bits.
    ///
    /// # Panics
    /// When the point is the identity: an error of the circuit.
    #[must_use]
    pub fn of(point: &EdwardsAffine, bits: usize) -> Self {
        let mut base = EdwardsProjective::from(*point);
        let mut windows = Vec::new();
        for size in sizes(bits) {
            windows.push(Self::window(base, size));
            (0..size).for_each(|_| {
                base.double_in_place();
            });
        }
        Self(windows)
    }

    /// `d·base` for the odd `d = 2e − (2^size − 1)`.
    fn window(base: EdwardsProjective, size: usize) -> [Vec<Fr>; 2] {
        let step = base.double();
        let least = -(base * ark_ed_on_bls12_381::Fr::from((1_u64 << size) - 1));
        let multiples = std::iter::successors(Some(least), |last| Some(*last + step));
        let multiples: Vec<_> = multiples.take(1 << size).collect();
        let points = EdwardsProjective::normalize_batch(&multiples);
        let points: Vec<_> = points
            .iter()
            .map(|point| {
                MontgomeryPoint::from_edwards(point).expect("odd multiples of a point of odd order")
            })
            .collect();
        let x = points.iter().map(|point| point.x).collect();
        let y = points.iter().map(|point| point.y).collect();
        [coefficients(x), coefficients(y)]
    }
}

/// The polynomial, linear in each bit, with these values at the numbers of the bits (Möbius' transform): its coefficient of each
/// product of bits.
fn coefficients(mut values: Vec<Fr>) -> Vec<Fr> {
    let mut half = 1;
    while half < values.len() {
        for at in 0..values.len() {
            if at & half != 0 {
                let lower = values[at ^ half];
                values[at] -= lower;
            }
        }
        half *= 2;
    }
    values
}

/// The table's entry in one window: no row.
fn look_up(products: &[Wire], [x, y]: &[Vec<Fr>; 2]) -> Point {
    let combine = |coefficients: &Vec<Fr>| {
        let pairs = coefficients.iter().copied().zip(products);
        Wire::combined(pairs.filter(|(coefficient, _)| !coefficient.is_zero()))
    };
    Point {
        x: combine(x),
        y: combine(y),
    }
}

/// `(2σ − (2ⁿ − 1))·H`, by the table of `H`: three rows for each window but the first.
///
/// # Panics
/// When the table is for another number of bits: an error of the circuit.
pub fn multiply(system: &mut System, products: &Products, table: &Table) -> Point {
    assert_eq!(products.0.len(), table.0.len(), "a table of other windows");
    let mut windows = products.0.iter().zip(&table.0);
    let (first, entries) = windows.next().expect("a scalar has bits");
    let mut sum = look_up(first, entries);
    for (products, entries) in windows {
        let entry = look_up(products, entries);
        sum = montgomery::add(system, &sum, &entry);
    }
    sum
}
