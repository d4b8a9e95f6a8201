//! How the fingerprint key comes to be shared without anybody knowing it, and how its shares pass to other
//! holders: Pedersen's generation and Desmedt's and Jajodia's redistribution, by one kind of dealing, whose
//! every fault anybody can see. `specs/threshold-key.md` has the protocol, its sources and what it rests on.
//!
//! ```text
//! holder   ShareKey::generate → register      E_i = e_i·G, proof                        → the chain
//! dealer   Sharing::deal                      C_m = f_m·G, A = a·G, c_i = f(i) + H(a·E_i), proofs → the chain
//! ledger   Sharing::check                     the dealing's form and proofs
//! holder   Sharing::open                      f(i), or that it is none: Sharing::complain → the chain
//! ledger   Sharing::is_bad                    decides over a complaint
//! ledger   Sharing::combine                   K, K_i of the new epoch
//! holder   Sharing::share → KeyShare::confirm                                           → the chain
//! ```

use ark_ec::PrimeGroup;
use ark_ed_on_bls12_381::{EdwardsProjective, Fr as Order};
use ark_ff::{AdditiveGroup, Field};
use sealane_types::encoding::Encode;
use sealane_types::ids::{AliasId, ChainId, Epoch, PointBytes, ShareIndex};
use sealane_types::sharing::Dealing;

use super::OprfError;
use super::blinded::restore_points;
use super::key::{KeyPublic, check_threshold, lagrange};
use crate::curve::{Point, Scalar};

mod complaint;
mod dealing;
mod receiver;

pub use complaint::Opened;
pub use receiver::{Part, ShareKey, is_share_key};

/// Where a round's key comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It is new: the sum of what the dealers deal.
    Generation,
    /// It is the key that the dealers hold shares of, by their indices.
    Resharing,
}

/// What all parties of a round know: the chain, the epoch, `t`, and the share keys of the holders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sharing {
    chain: ChainId,
    epoch: Epoch,
    threshold: u16,
    receivers: Vec<Point>,
}

impl Sharing {
    /// A round by its values in a state that is trusted; the holder with index `i` stands at position
    /// `i − 1`.
    ///
    /// # Errors
    /// When the threshold does not fit, or a key is no point: the state is corrupt.
    pub fn new(
        chain: ChainId,
        epoch: Epoch,
        threshold: u16,
        keys: &[PointBytes],
    ) -> Result<Self, OprfError> {
        check_threshold(threshold, keys.len())?;
        let receivers = restore_points("a share key of the state", keys)?;
        Ok(Self {
            chain,
            epoch,
            threshold,
            receivers,
        })
    }

    /// Chain and epoch: the beginning of every transcript of a round.
    fn transcript(chain: &ChainId, epoch: Epoch) -> Vec<u8> {
        let mut bytes = chain.to_bytes();
        epoch.encode(&mut bytes);
        bytes
    }

    /// Transcript of a dealing and its ephemeral secret: everything of it.
    fn dealing_transcript(&self, dealer: &AliasId, dealing: &Dealing) -> Vec<u8> {
        let mut bytes = Self::transcript(&self.chain, self.epoch);
        self.threshold.encode(&mut bytes);
        dealer.encode(&mut bytes);
        for key in &self.receivers {
            key.encode().encode(&mut bytes);
        }
        dealing.encode(&mut bytes); // lists have their lengths before them
        bytes
    }

    fn receiver(&self, index: ShareIndex) -> Option<Point> {
        let at = usize::from(index.0).checked_sub(1)?;
        self.receivers.get(at).copied()
    }

    /// The public key that these dealings give: by the indices that the dealers have, in any order.
    ///
    /// # Errors
    /// When a dealing of the state is none, a dealer stands twice, or `K` or a `K_i` comes to the identity. The latter is
    /// [`OprfError::NoShare`] of holder `i`: either `i` deals last, and has made its own share 0, as nobody else knows what the
    /// others' dealings come to for it; or a dealer does not know its own polynomial, and `i` can complain.
    pub fn combine(
        &self,
        origin: Origin,
        dealings: &[(ShareIndex, Dealing)],
    ) -> Result<KeyPublic, OprfError> {
        let weights = weights(origin, dealings.iter().map(|(index, _)| *index))?;
        let mut columns = vec![Vec::new(); self.threshold.into()];
        for (weight, (_, dealing)) in weights.iter().zip(dealings) {
            let points = restore_points("a dealing of the state", &dealing.commitments)?;
            if points.len() != columns.len() {
                return Err(OprfError::NotShares);
            }
            for (column, point) in columns.iter_mut().zip(points) {
                column.push((Scalar::from(*weight), point));
            }
        }
        let combined: Vec<Point> = columns.iter().map(|terms| Point::sum_of(terms)).collect();
        let key = *combined.first().ok_or(OprfError::NotShares)?;
        let holders = (1..).take(self.receivers.len());
        let holders = holders.map(|index| Point::of(value(&combined, index)));
        KeyPublic::new(self.epoch, self.threshold, key, holders.collect())
    }
}

/// How much each dealer's dealing counts.
fn weights(
    origin: Origin,
    dealers: impl Iterator<Item = ShareIndex>,
) -> Result<Vec<Order>, OprfError> {
    let indices: Vec<u16> = dealers.map(|index| index.0).collect();
    for (at, index) in indices.iter().enumerate() {
        if indices[..at].contains(index) {
            return Err(OprfError::Repeated(ShareIndex(*index)));
        }
    }
    let weight = |index: &u16| match origin {
        Origin::Generation => Order::ONE,
        Origin::Resharing => lagrange(&indices, *index, 0),
    };
    Ok(indices.iter().map(weight).collect())
}

/// `Σ x^m·C_m`, by Horner's rule: `x` is small, so each step is a few additions.
fn value(commitments: &[Point], x: u16) -> EdwardsProjective {
    let mut value = EdwardsProjective::ZERO;
    for commitment in commitments.iter().rev() {
        value = value.mul_bigint([u64::from(x)]) + commitment.affine();
    }
    value
}

#[cfg(test)]
mod tests;
