//! Whether a point of Jubjub is in the subgroup of prime order, by the Tate pairing
//! ([Koshelev, 2022](https://eprint.iacr.org/2022/037)): one exponentiation in the field in place of a
//! multiplication by the order, some fifteen times as fast.
//!
//! Jubjub's points are the subgroup times a cyclic group of order 8, and the field has eighth roots of unity.
//! With `T` of order 8 and `f` of divisor `8(T) − 8(O)`, `P ↦ f(P)^((q−1)/8)` is a homomorphism onto these
//! roots whose kernel is `8·E`, the subgroup. On the Weierstrass form `y² = x³ + (A/B)·x² + x/B²`, which is
//! the Montgomery form with both coordinates divided by `B`, Miller's function is
//!
//! ```text
//! f = l₁⁴·l₂² / ((x − x(2T))⁴·x)      l₁, l₂ the tangents at T and 2T; 4T = (0, 0)
//! ```
//!
//! Eighth powers do not matter, so denominators become factors. In twisted Edwards coordinates, with
//! `x = (1+v) / ((1−v)·B)` and `y = x/u`, what is left is
//!
//! ```text
//! z = 11·(1−v²)·[ (1 − λ₂·u)·u·(1−v) · ((1−v)·v·L)² ]²      L = (1+v)·(1 − λ₁·u) − c·(1−v)·u
//! ```
//!
//! where `λ₁`, `λ₂` are the tangents' slopes, `c` is `B` times the first one's ordinate at 0, and 11 stands
//! for `1/(16·B)`, which is 11 times an eighth power. `z` is 0 at the eight points of order dividing 8 and
//! nowhere else. Tests compare with the multiplication by the order.

use ark_bls12_381::Fr;
use ark_ec::AffineRepr;
use ark_ed_on_bls12_381::EdwardsAffine;
use ark_ff::{Field, MontFp, PrimeField, Zero};

/// The slope of the tangent at `T`.
const SLOPE_AT_T: Fr =
    MontFp!("28151743229145285823507369548784938320847655557252073286294803267707087926919");
/// `B` times the ordinate at 0 of the tangent at `T`.
const ORDINATE_AT_T: Fr =
    MontFp!("24284131945980904652475226133327375198066627412587821758038602963466131294586");
/// The slope of the tangent at `2T`, a square root of −1; this tangent goes through `(0, 0)`.
const SLOPE_AT_2T: Fr = MontFp!("3465144826073652318776269530687742778270252468765361963008");
/// `1/(16·B)` up to an eighth power.
const SCALE: Fr = MontFp!("11");

/// Whether a point that is on the curve is in the subgroup of prime order. Not in constant time.
pub(super) fn contains(point: &EdwardsAffine) -> bool {
    if point.is_zero() {
        return true;
    }
    let value = miller_value(point.x, point.y);
    !value.is_zero() && is_eighth_power(value)
}

/// `z`: Miller's function up to an eighth power, 0 at points of small order.
fn miller_value(u: Fr, v: Fr) -> Fr {
    let one = Fr::ONE;
    let (above, below) = (one + v, one - v);
    let tangent = above * (one - SLOPE_AT_T * u) - ORDINATE_AT_T * below * u;
    let inner = (below * v * tangent).square();
    let outer = ((one - SLOPE_AT_2T * u) * u * below * inner).square();
    SCALE * above * below * outer
}

/// `value^((q−1)/8) = 1`, for a value other than 0.
fn is_eighth_power(value: Fr) -> bool {
    let mut exponent = Fr::MODULUS;
    exponent >>= 3;
    value.pow(exponent) == Fr::ONE
}

#[cfg(test)]
mod tests {
    use ark_ec::CurveGroup;
    use ark_ed_on_bls12_381::Fr as Order;
    use ark_ff::UniformRand;
    use ark_std::test_rng;

    use super::super::tests::small_order;
    use super::*;

    #[test]
    fn a_point_is_in_the_subgroup_exactly_when_the_order_takes_it_to_the_identity() {
        let mut rng = test_rng();
        let torsion = small_order();
        assert_eq!(torsion.len(), 8);
        for _ in 0..200 {
            let point = EdwardsAffine::generator() * Order::rand(&mut rng);
            for small in &torsion {
                let sum = (point + small).into_affine();
                let expected = sum.is_in_correct_subgroup_assuming_on_curve();
                assert_eq!(expected, small.is_zero());
                assert_eq!(contains(&sum), expected, "{sum}");
            }
        }
    }

    #[test]
    fn of_the_points_of_small_order_only_the_identity_is_in_the_subgroup() {
        for small in small_order() {
            assert_eq!(contains(&small), small.is_zero(), "{small}");
        }
    }

    #[test]
    fn any_points_of_the_curve_agree_with_the_slow_check() {
        let mut rng = test_rng();
        for _ in 0..500 {
            let v = Fr::rand(&mut rng);
            let Some(point) = EdwardsAffine::get_point_from_y_unchecked(v, false) else {
                continue;
            };
            let expected = point.is_in_correct_subgroup_assuming_on_curve();
            assert_eq!(contains(&point), expected, "{point}");
        }
    }
}
