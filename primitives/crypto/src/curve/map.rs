//! Elligator 2 onto Jubjub's Montgomery form `B·y² = x³ + A·x² + x`
//! ([RFC 9380](https://www.rfc-editor.org/rfc/rfc9380), sections 6.7.1 and 6.8.2), then times the cofactor 8.

use ark_bls12_381::Fr;
use ark_ec::{AffineRepr, twisted_edwards::MontCurveConfig};
use ark_ed_on_bls12_381::{EdwardsAffine, JubjubConfig};
use ark_ff::{BigInteger, Field, MontFp, PrimeField, Zero};

use super::Point;

/// `A` of the Montgomery form.
pub const MONTGOMERY_A: Fr = <JubjubConfig as MontCurveConfig>::COEFF_A;
/// `B` of the Montgomery form.
pub const MONTGOMERY_B: Fr = <JubjubConfig as MontCurveConfig>::COEFF_B;
/// `Z`: the non-square of least absolute value.
pub const NON_SQUARE: Fr = MontFp!("5");

/// A point of the Montgomery form other than the identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MontgomeryPoint {
    /// The first coordinate.
    pub x: Fr,
    /// The second coordinate.
    pub y: Fr,
}

impl MontgomeryPoint {
    /// The Montgomery form of a twisted Edwards point `(u, v)`: `x = (1+v)/(1−v)`, `y = x/u`. `None` for
    /// the identity and the point of order two, where a denominator is 0.
    #[must_use]
    pub fn from_edwards(point: &EdwardsAffine) -> Option<Self> {
        let one = Fr::from(1_u8);
        let x = (one + point.y) * (one - point.y).inverse()?;
        let y = x * point.x.inverse()?;
        Some(Self { x, y })
    }

    /// The twisted Edwards form: `u = x/y`, `v = (x−1)/(x+1)`. The point `(0, 0)` is that of order two.
    pub fn to_edwards(&self) -> EdwardsAffine {
        let one = Fr::from(1_u8);
        let u = self.y.inverse().map_or_else(Fr::zero, |y| self.x * y);
        let denominator = (self.x + one).inverse();
        let v = denominator.expect("no point of Jubjub has x = −1: (A−2)/B is no square");
        EdwardsAffine::new_unchecked(u, (self.x - one) * v)
    }
}

/// `x³ + A·x² + x`, that is, `B·y²`.
fn right_side(x: Fr) -> Fr {
    (x.square() + MONTGOMERY_A * x + Fr::from(1_u8)) * x
}

/// Elligator 2 before the cofactor: the point, and whether its `x` is the first candidate.
///
/// Of the two roots it takes the one whose lowest bit is 0: any fixed choice would do, as a
/// fingerprint does not tell a point from its negative.
#[must_use]
pub fn map_candidate(x: Fr) -> (MontgomeryPoint, bool) {
    let denominator = (Fr::from(1_u8) + NON_SQUARE * x.square()).inverse();
    let first = -MONTGOMERY_A * denominator.expect("−1/Z is no square, so 1 + Z·x² is not 0");
    let second = -first - MONTGOMERY_A;
    let over_b = MONTGOMERY_B.inverse().expect("B is not 0");
    let root = |x: Fr| (right_side(x) * over_b).sqrt();
    let (x, y, is_first) = match root(first) {
        Some(y) => (first, y, true),
        None => {
            let y = root(second).expect("one of the candidates has a root");
            (second, y, false)
        }
    };
    let y = if y.into_bigint().is_odd() { -y } else { y };
    (MontgomeryPoint { x, y }, is_first)
}

/// Maps a field element to the prime-order subgroup. Total but for the few elements, not findable by
/// hashing, that meet one of the eight points of small order: those give `None`.
#[must_use]
pub fn map_to_curve(x: Fr) -> Option<Point> {
    let (candidate, _) = map_candidate(x);
    let cleared = candidate.to_edwards().mul_by_cofactor_to_group();
    let point = Point::of(cleared);
    (!point.is_identity()).then_some(point)
}
