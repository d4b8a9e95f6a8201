//! The network's fingerprint key, shared `t` of `n` (Shamir, over the order of Jubjub's subgroup).

use std::fmt;

use ark_ed_on_bls12_381::Fr as Order;
use ark_ff::{AdditiveGroup, Field, PrimeField};
use sealane_types::encoding::{Decode, DecodeError, Encode, Reader};
use sealane_types::ids::{Epoch, PointBytes, ShareIndex};
use sealane_types::sharing::FingerprintKey;
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use super::OprfError;
use super::blinded::{decode_point, encode_point, multiple, restore_point};
use crate::curve::{Masked, Point, Scalar};
use crate::hash::hash_wide;
use crate::random::{self, RandomError};
use crate::tags;

/// The whole key `k`. On a network nobody has it ([`super::Sharing`]): this is for trying out, measuring and tests.
pub struct KeySecret(Zeroizing<Order>);

impl KeySecret {
    /// A new key.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn generate() -> Result<Self, RandomError> {
        Ok(Self::from_seed(&*random::bytes()?))
    }

    /// The key of a seed of 32 secret bytes.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(scalar(tags::OPRF_SECRET, &[seed]))
    }

    /// Shares the key: any `threshold` of `holders` answer together, fewer know nothing of it. The dealer
    /// knows all.
    ///
    /// # Errors
    /// When the threshold is 0 or above the number of holders, or the operating system gives no randomness.
    pub fn deal(
        &self,
        epoch: Epoch,
        threshold: u16,
        holders: u16,
    ) -> Result<(KeyPublic, Vec<KeyShare>), OprfError> {
        self.deal_from(&*random::bytes()?, epoch, threshold, holders)
    }

    /// As [`KeySecret::deal`], with the polynomial from a secret seed.
    pub(crate) fn deal_from(
        &self,
        seed: &[u8; 32],
        epoch: Epoch,
        threshold: u16,
        holders: u16,
    ) -> Result<(KeyPublic, Vec<KeyShare>), OprfError> {
        check_threshold(threshold, holders.into())?;
        let mut polynomial = vec![self.0.clone()];
        let drawn = (1..threshold).map(|at| scalar(tags::OPRF_DEAL, &[seed, &at.to_le_bytes()]));
        polynomial.extend(drawn);
        let share = |index: u16| {
            let secret = evaluate(&polynomial, Order::from(index));
            KeyShare::new(epoch, ShareIndex(index), secret)
        };
        let shares = (1..=holders).map(share).collect::<Result<Vec<_>, _>>()?;
        let key = multiple(&mut Masked::new()?, &Point::generator(), &self.0);
        let public = shares.iter().map(|share| share.public).collect();
        let public = KeyPublic::new(epoch, threshold, key, public)?;
        Ok((public, shares))
    }
}

impl fmt::Debug for KeySecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("KeySecret(secret)")
    }
}

pub(super) fn scalar(tag: &[u8], parts: &[&[u8]]) -> Zeroizing<Order> {
    let wide = Zeroizing::new(hash_wide(tag, parts));
    Zeroizing::new(Order::from_le_bytes_mod_order(&*wide))
}

/// The polynomial's value at `x`, by Horner's rule.
pub(super) fn evaluate(polynomial: &[Zeroizing<Order>], x: Order) -> Zeroizing<Order> {
    let mut value = Zeroizing::new(Order::ZERO);
    for coefficient in polynomial.iter().rev() {
        *value = *value * x + **coefficient;
    }
    value
}

pub(super) fn check_threshold(threshold: u16, holders: usize) -> Result<(), OprfError> {
    match threshold >= 1 && usize::from(threshold) <= holders {
        true => Ok(()),
        false => Err(OprfError::Threshold { threshold, holders }),
    }
}

/// One holder's share `k_j`.
pub struct KeyShare {
    epoch: Epoch,
    index: ShareIndex,
    secret: Zeroizing<Order>,
    public: Point,
}

impl KeyShare {
    pub(super) fn new(
        epoch: Epoch,
        index: ShareIndex,
        secret: Zeroizing<Order>,
    ) -> Result<Self, OprfError> {
        let public = multiple(&mut Masked::new()?, &Point::generator(), &secret);
        Ok(Self {
            epoch,
            index,
            secret,
            public,
        })
    }

    /// The epoch that the share belongs to.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Which holder's share it is.
    #[must_use]
    pub fn index(&self) -> ShareIndex {
        self.index
    }

    /// `K_j = k_j·G`.
    #[must_use]
    pub fn public(&self) -> Point {
        self.public
    }

    /// Whether this is the share that `key` names: a node checks it before it answers anything.
    ///
    /// # Errors
    /// When epoch, index or public key differ.
    pub fn check(&self, key: &KeyPublic) -> Result<(), OprfError> {
        let named = key.epoch() == self.epoch && key.holder(self.index) == Some(self.public);
        match named {
            true => Ok(()),
            false => Err(OprfError::WrongShare(self.index)),
        }
    }

    pub(super) fn secret(&self) -> &Order {
        &self.secret
    }

    /// Epoch, index and secret, for a keystore.
    pub(crate) fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        let secret = Zeroizing::new(Scalar::from(*self.secret).encode());
        let mut bytes = Zeroizing::new(Vec::with_capacity(38));
        self.epoch.encode(&mut bytes);
        self.index.encode(&mut bytes);
        secret.encode(&mut bytes);
        bytes
    }

    /// Reads what [`KeyShare::to_secret_bytes`] gave.
    pub(crate) fn from_secret_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let invalid = |reason: String| DecodeError::Invalid {
            what: "share of the fingerprint key",
            reason,
        };
        let mut reader = Reader::new(bytes);
        let epoch = Epoch::decode(&mut reader)?;
        let index = ShareIndex::decode(&mut reader)?;
        let secret = Zeroizing::new(reader.array::<32>("share")?);
        reader.finish()?;
        let secret = Scalar::decode(&secret).map_err(|fault| invalid(fault.to_string()))?;
        let secret = Zeroizing::new(secret.element());
        if index.0 == 0 || *secret == Order::ZERO {
            return Err(invalid("its index or its secret is 0".to_owned()));
        }
        Self::new(epoch, index, secret).map_err(|fault| invalid(fault.to_string()))
    }
}

impl ConstantTimeEq for KeyShare {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.to_secret_bytes().ct_eq(&other.to_secret_bytes())
    }
}

impl fmt::Debug for KeyShare {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (index, epoch) = (self.index, self.epoch);
        write!(formatter, "KeyShare({index} of epoch {epoch}, secret)")
    }
}

/// What everybody knows of one epoch of the key: `K`, and `K_j` of each holder, which are shares of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPublic {
    epoch: Epoch,
    threshold: u16,
    key: Point,
    holders: Vec<Point>,
}

impl KeyPublic {
    /// Joins the parts; holder `j` stands at position `j − 1`.
    ///
    /// # Errors
    /// When the threshold does not fit, a point is the identity (of a holder: [`OprfError::NoShare`]), or the `K_j` do not lie on one polynomial
    /// of degree below the threshold whose constant term is that of `K`.
    pub fn new(
        epoch: Epoch,
        threshold: u16,
        key: Point,
        holders: Vec<Point>,
    ) -> Result<Self, OprfError> {
        check_threshold(threshold, holders.len())?;
        let few = u16::try_from(holders.len()).is_ok();
        if !few || key.is_identity() {
            return Err(OprfError::NotShares);
        }
        let mut shares = (1..).map(ShareIndex).zip(&holders);
        if let Some((index, _)) = shares.find(|(_, share)| share.is_identity()) {
            return Err(OprfError::NoShare(index));
        }
        let public = Self {
            epoch,
            threshold,
            key,
            holders,
        };
        match public.recombines() {
            true => Ok(public),
            false => Err(OprfError::NotShares),
        }
    }

    /// Reads a key that nobody has checked.
    ///
    /// # Errors
    /// As [`KeyPublic::new`], and when a point is none.
    pub fn decode(key: &FingerprintKey) -> Result<Self, OprfError> {
        let holders = key.holders.iter();
        let holders = holders.map(|holder| decode_point("a holder's public key", &holder.public));
        let public = decode_point("the fingerprint key", &key.public)?;
        let holders = holders.collect::<Result<_, _>>()?;
        Self::new(key.epoch, key.threshold, public, holders)
    }

    /// Takes over a key that was checked when it was written, from a state that is trusted.
    ///
    /// # Errors
    /// When a point is none: the state is corrupt.
    pub fn restore(key: &FingerprintKey) -> Result<Self, OprfError> {
        let holders = key.holders.iter();
        let holders = holders.map(|holder| restore_point("a holder's key", &holder.public));
        Ok(Self {
            epoch: key.epoch,
            threshold: key.threshold,
            key: restore_point("the fingerprint key", &key.public)?,
            holders: holders.collect::<Result<_, _>>()?,
        })
    }

    fn recombines(&self) -> bool {
        let first: Vec<u16> = (1..=self.threshold).collect();
        let shares = &self.holders[..first.len()];
        let others = (self.threshold..).skip(1).zip(&self.holders[first.len()..]);
        let at = |x: u16| interpolate(&first, shares, x);
        at(0) == self.key && others.into_iter().all(|(x, public)| at(x) == *public)
    }

    /// The epoch.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// `t`.
    #[must_use]
    pub fn threshold(&self) -> u16 {
        self.threshold
    }

    /// `K = k·G`.
    #[must_use]
    pub fn key(&self) -> Point {
        self.key
    }

    /// `K_j` of one holder.
    #[must_use]
    pub fn holder(&self, index: ShareIndex) -> Option<Point> {
        let at = usize::from(index.0).checked_sub(1)?;
        self.holders.get(at).copied()
    }

    /// `K` and all `K_j` in order, as the state has them.
    #[must_use]
    pub fn encode(&self) -> (PointBytes, Vec<PointBytes>) {
        let holders = self.holders.iter().map(encode_point).collect();
        (encode_point(&self.key), holders)
    }
}

/// `Σ λ_j(x)·shares_j`: the polynomial through the shares of distinct `indices`, at `x`.
pub(super) fn interpolate(indices: &[u16], shares: &[Point], x: u16) -> Point {
    let terms = indices.iter().zip(shares).map(|(index, share)| {
        let weight = lagrange(indices, *index, x);
        (Scalar::from(weight), *share)
    });
    Point::sum_of(&terms.collect::<Vec<_>>())
}

/// `λ_index(x) = Π (x − m) / (index − m)` over the other `m` of `indices`.
pub(super) fn lagrange(indices: &[u16], index: u16, x: u16) -> Order {
    let (mut above, mut below) = (Order::ONE, Order::ONE);
    for other in indices.iter().filter(|other| **other != index) {
        above *= Order::from(x) - Order::from(*other);
        below *= Order::from(index) - Order::from(*other);
    }
    above
        * below
            .inverse()
            .expect("the indices are distinct and below 2^16")
}
