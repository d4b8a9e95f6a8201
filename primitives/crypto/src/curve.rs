//! Jubjub: the curve over BLS12-381's scalar field on which fingerprints live.
//!
//! A [`Point`] is on the curve and in the subgroup of prime order: there is no way to make one that
//! is not. Its bytes are those of `ark-serialize`, compressed: `v` little-endian, the sign of `u`
//! in the highest bit; exactly one encoding of each point is read.

use ark_bls12_381::Fr;
use ark_ec::{AffineRepr, CurveGroup};
use ark_ed_on_bls12_381::{EdwardsAffine, EdwardsProjective, Fr as Order};
use ark_ff::PrimeField;
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use thiserror::Error;

mod blinding;
mod fingerprint;
mod map;
mod masked;
mod subgroup;
pub(crate) mod sum;

pub use blinding::{BLINDING_BITS, Blinding, slot_bases};
pub use fingerprint::{FILL_UP, FingerprintInput, INVOICE_GROUP, KindGroup};
pub use map::{
    MONTGOMERY_A, MONTGOMERY_B, MontgomeryPoint, NON_SQUARE, map_candidate, map_to_curve,
};
pub use masked::Masked;

/// Why bytes are no point or scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CurveError {
    /// No point has these bytes, or it has others that are canonical.
    #[error("the bytes are not a canonical point of Jubjub")]
    NotOnCurve,
    /// The point has a part of small order.
    #[error("the point is not in the subgroup of prime order")]
    WrongSubgroup,
    /// The identity where it is forbidden.
    #[error("the point is the identity")]
    Identity,
    /// The number is not below the modulus.
    #[error("the bytes are not a canonical number below the modulus")]
    NotCanonical,
}

/// A point of Jubjub's subgroup of prime order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point(EdwardsAffine);

impl Point {
    /// The identity, `(0, 1)`.
    #[must_use]
    pub fn identity() -> Self {
        Self(EdwardsAffine::zero())
    }

    /// The generator `G`.
    #[must_use]
    pub fn generator() -> Self {
        Self(EdwardsAffine::generator())
    }

    /// Reads 32 bytes.
    ///
    /// # Errors
    /// When they are no canonical encoding of a point, or the point is not in the subgroup.
    pub fn decode(bytes: &[u8; 32]) -> Result<Self, CurveError> {
        let point = Self::restore(bytes)?;
        match subgroup::contains(&point.0) {
            true => Ok(point),
            false => Err(CurveError::WrongSubgroup),
        }
    }

    /// Reads 32 bytes that were found to be a point before they were written down: that the point is in
    /// the subgroup is not checked again. For a state that is trusted, never for bytes from outside.
    ///
    /// # Errors
    /// When they are no canonical encoding of a point of the curve.
    pub fn restore(bytes: &[u8; 32]) -> Result<Self, CurveError> {
        let mut rest = &bytes[..];
        let point = EdwardsAffine::deserialize_with_mode(
            &mut rest,
            ark_serialize::Compress::Yes,
            ark_serialize::Validate::No,
        );
        let point = point.map_err(|_| CurveError::NotOnCurve).map(Self)?;
        match point.0.is_on_curve() && point.encode() == *bytes {
            true => Ok(point),
            false => Err(CurveError::NotOnCurve),
        }
    }

    /// Reads 32 bytes of a point that must not be the identity.
    ///
    /// # Errors
    /// As [`Point::decode`], and when it is the identity.
    pub fn decode_nonzero(bytes: &[u8; 32]) -> Result<Self, CurveError> {
        let point = Self::decode(bytes)?;
        if point.is_identity() {
            return Err(CurveError::Identity);
        }
        Ok(point)
    }

    /// Takes a point over if it is on the curve and in the subgroup.
    ///
    /// # Errors
    /// When it is not.
    pub fn from_affine(point: EdwardsAffine) -> Result<Self, CurveError> {
        if !point.is_on_curve() {
            return Err(CurveError::NotOnCurve);
        }
        if !subgroup::contains(&point) {
            return Err(CurveError::WrongSubgroup);
        }
        Ok(Self(point))
    }

    /// The canonical 32 bytes.
    #[must_use]
    pub fn encode(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        let written = self.0.serialize_compressed(&mut bytes[..]);
        written.expect("a compressed point has 32 bytes");
        bytes
    }

    /// Whether this is the identity.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        self.0.is_zero()
    }

    /// The first twisted Edwards coordinate.
    #[must_use]
    pub fn u(&self) -> Fr {
        self.0.x
    }

    /// The second twisted Edwards coordinate: the same for a point and its negative.
    #[must_use]
    pub fn v(&self) -> Fr {
        self.0.y
    }

    /// The point as arkworks has it.
    pub fn affine(&self) -> EdwardsAffine {
        self.0
    }

    /// `scalar · self`, for a scalar that is no secret: [`Masked`] is for those. Not in constant time.
    #[must_use]
    pub fn times(&self, scalar: &Scalar) -> Self {
        Self::of(self.0 * scalar.0)
    }

    /// `Σ scalarᵢ · pointᵢ`. Not in constant time.
    #[must_use]
    pub fn sum_of(terms: &[(Scalar, Self)]) -> Self {
        let terms: Vec<_> = terms.iter().map(|(s, point)| (s.0, point.0)).collect();
        Self::of(sum::of_products(&terms))
    }

    /// Points of the subgroup are closed under the group's operations.
    pub(crate) fn of(point: EdwardsProjective) -> Self {
        Self(point.into_affine())
    }
}

impl std::ops::Add for Point {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self::of(self.0 + other.0)
    }
}

impl std::ops::Sub for Point {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self::of(self.0 - other.0)
    }
}

impl std::ops::Neg for Point {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

/// A number modulo the order of Jubjub's subgroup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scalar(Order);

impl zeroize::Zeroize for Scalar {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl Scalar {
    /// Reads 32 little-endian bytes of a number below the order.
    ///
    /// # Errors
    /// When the number is the order or above it.
    pub fn decode(bytes: &[u8; 32]) -> Result<Self, CurveError> {
        let number = Order::deserialize_compressed(&bytes[..]);
        number.map(Self).map_err(|_| CurveError::NotCanonical)
    }

    /// The canonical 32 little-endian bytes.
    #[must_use]
    pub fn encode(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        let written = self.0.serialize_compressed(&mut bytes[..]);
        written.expect("a scalar has 32 bytes");
        bytes
    }

    /// 64 uniform bytes as a number modulo the order.
    #[must_use]
    pub fn from_uniform(bytes: &[u8; 64]) -> Self {
        Self(Order::from_le_bytes_mod_order(bytes))
    }

    /// The number as arkworks has it.
    #[must_use]
    pub fn element(&self) -> Order {
        self.0
    }
}

impl From<Order> for Scalar {
    fn from(number: Order) -> Self {
        Self(number)
    }
}

/// The canonical 32 little-endian bytes of a field element.
#[must_use]
pub fn encode_element(element: &Fr) -> [u8; 32] {
    let mut bytes = [0; 32];
    let written = element.serialize_compressed(&mut bytes[..]);
    written.expect("a field element has 32 bytes");
    bytes
}

/// Reads a field element from its canonical 32 bytes.
///
/// # Errors
/// When the number is the modulus or above it.
pub fn decode_element(bytes: &[u8; 32]) -> Result<Fr, CurveError> {
    Fr::deserialize_compressed(&bytes[..]).map_err(|_| CurveError::NotCanonical)
}

#[cfg(test)]
mod tests;
