//! Multiplication by secret scalars: every one of them goes through here.
//!
//! The curve's arithmetic is not in constant time. A secret scalar `k` is therefore taken as `k + ρ·q`
//! for a fresh 64-bit `ρ` and the group's order `q`: the product is the same, and the bits that time
//! could tell are others each time (Coron, CHES 1999, countermeasure 1).

use ark_ec::AffineRepr;
use ark_ed_on_bls12_381::{EdwardsAffine, EdwardsProjective, Fr as Order};
use ark_ff::PrimeField;
use rand_chacha::ChaCha20Rng;
use rand_core::RngCore;
use zeroize::Zeroize;

use super::{Point, Scalar};
use crate::random::{self, RandomError};

/// Multiplies by secret scalars, drawing a fresh mask for each.
pub struct Masked(ChaCha20Rng);

impl Masked {
    /// Seeds the masks.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn new() -> Result<Self, RandomError> {
        Ok(Self(random::generator()?))
    }

    /// `scalar · point`.
    pub fn multiply(&mut self, point: &Point, scalar: &Scalar) -> Point {
        Point::of(self.times(&point.affine(), &scalar.0))
    }

    /// `scalar · point`, for a point of the prime-order subgroup.
    pub(crate) fn times(&mut self, point: &EdwardsAffine, scalar: &Order) -> EdwardsProjective {
        let mut limbs = masked(scalar, self.0.next_u64() | 1 << 63);
        let product = point.mul_bigint(limbs);
        limbs.zeroize();
        product
    }
}

/// `scalar + mask·q` as little-endian limbs.
fn masked(scalar: &Order, mask: u64) -> [u64; 5] {
    let mut plain = scalar.into_bigint();
    let mut limbs = [0; 5];
    let mut carry: u128 = 0;
    for (at, limb) in limbs.iter_mut().enumerate() {
        let digit = plain.0.get(at).copied().unwrap_or(0);
        let order = Order::MODULUS.0.get(at).copied().unwrap_or(0);
        // at most 2^64 − 1 + (2^64 − 1)² + (2^64 − 1), which is below 2^128
        carry += u128::from(digit) + u128::from(order) * u128::from(mask);
        *limb = carry as u64; // the lower half
        carry >>= 64;
    }
    plain.0.zeroize();
    limbs
}

#[cfg(test)]
mod tests {
    use ark_ed_on_bls12_381::EdwardsAffine;
    use ark_ff::{AdditiveGroup, Field, UniformRand};

    use super::*;

    #[test]
    fn a_masked_scalar_gives_the_plain_product() {
        let mut rng = ark_std::test_rng();
        let point = EdwardsAffine::generator();
        let mut masks = Masked::new().expect("this system");
        let edges = [Order::ZERO, Order::ONE, -Order::ONE];
        let random = (0..8).map(|_| Order::rand(&mut rng));
        for scalar in edges.into_iter().chain(random) {
            assert_eq!(masks.times(&point, &scalar), point * scalar);
            for mask in [0, 1, u64::MAX] {
                assert_eq!(point.mul_bigint(masked(&scalar, mask)), point * scalar);
            }
        }
    }
}
