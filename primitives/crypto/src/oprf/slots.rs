//! Slot keys `V_i = k·H_i`: what the last step takes the blinding away with. Holders publish their parts when they confirm their shares; any
//! `t` give the whole, which does not change when the key passes to other holders.

use sealane_types::encoding::Encode;
use sealane_types::fingerprint::SLOTS;
use sealane_types::ids::{AliasId, ChainId, Epoch, PointBytes, ShareIndex};
use sealane_types::sharing::Confirm;

use super::blinded::{decode_point, encode_point, restore_point};
use super::dleq::Statement;
use super::key::{KeyPublic, KeyShare, interpolate};
use super::{AnswerFault, OprfError};
use crate::curve::{Masked, Point, slot_bases};
use crate::tags;

/// `V_i = k·H_i` of all slots, and the `K = k·G` that they belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotKeys {
    key: Point,
    points: [Point; SLOTS],
}

/// A holder's parts `V_ij = k_j·H_i`, found right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedSlotKeys {
    epoch: Epoch,
    index: ShareIndex,
    points: [Point; SLOTS],
}

/// `log_G K_j = log_{H_i} V_ij` for all slots: that the holder has its share, and that its parts are right.
fn statement<'a>(context: &'a [u8], public: Point, points: &[Point; SLOTS]) -> Statement<'a> {
    Statement {
        tag: tags::OPRF_CONFIRMATION,
        context,
        base: Point::generator(),
        image: public,
        pairs: slot_bases().iter().copied().zip(*points).collect(),
    }
}

/// Chain, epoch, alias and index of who confirms, and `K`. The slots' numbers are in the order of the pairs.
fn transcript(chain: &ChainId, alias: &AliasId, index: ShareIndex, key: &KeyPublic) -> Vec<u8> {
    let mut bytes = Vec::new();
    chain.encode(&mut bytes);
    key.epoch().encode(&mut bytes);
    alias.encode(&mut bytes);
    index.encode(&mut bytes);
    key.key().encode().encode(&mut bytes);
    bytes
}

impl KeyShare {
    /// What the holder puts on the chain once the share is on its disk: its parts of the slot keys, with the proof that they are and
    /// that it knows the share.
    ///
    /// # Errors
    /// When `key` does not name this share, or the operating system gives no randomness.
    pub fn confirm(
        &self,
        key: &KeyPublic,
        chain: &ChainId,
        alias: &AliasId,
    ) -> Result<Confirm, OprfError> {
        self.check(key)?;
        let mut masked = Masked::new()?;
        let points = slot_bases().map(|base| {
            let product = masked.times(&base.affine(), self.secret());
            Point::of(product)
        });
        let context = transcript(chain, alias, self.index(), key);
        let proof = statement(&context, self.public(), &points).prove(self.secret())?;
        Ok(Confirm {
            epoch: self.epoch(),
            slot_keys: points.iter().map(encode_point).collect(),
            proof,
        })
    }
}

impl KeyPublic {
    /// Whether `alias` shows that it has the share with this index, and its parts of the slot keys are right.
    #[must_use]
    pub fn is_confirmed(
        &self,
        chain: &ChainId,
        alias: &AliasId,
        index: ShareIndex,
        said: &Confirm,
    ) -> bool {
        self.check_confirmation(chain, alias, index, said).is_ok()
    }

    /// The parts of the slot keys that the holder with this index publishes.
    ///
    /// # Errors
    /// [`OprfError::WrongAnswer`] names the holder and what is wrong.
    pub fn check_confirmation(
        &self,
        chain: &ChainId,
        alias: &AliasId,
        index: ShareIndex,
        said: &Confirm,
    ) -> Result<CheckedSlotKeys, OprfError> {
        let points = self.parts(chain, alias, index, said);
        let points = points.map_err(|fault| OprfError::WrongAnswer { index, fault })?;
        Ok(CheckedSlotKeys {
            epoch: said.epoch,
            index,
            points,
        })
    }

    fn parts(
        &self,
        chain: &ChainId,
        alias: &AliasId,
        index: ShareIndex,
        said: &Confirm,
    ) -> Result<[Point; SLOTS], AnswerFault> {
        let (expected, found) = (self.epoch(), said.epoch);
        if found != expected {
            return Err(AnswerFault::Epoch { expected, found });
        }
        let public = self.holder(index).ok_or(AnswerFault::NoHolder)?;
        let found = said.slot_keys.len();
        let count = |_| AnswerFault::Count {
            expected: SLOTS,
            found,
        };
        let decode = |bytes: &PointBytes| Point::decode_nonzero(bytes.as_bytes());
        let points = said.slot_keys.iter().map(decode);
        let points = points.collect::<Result<Vec<_>, _>>();
        let points = points.map_err(AnswerFault::Point)?;
        let points: [Point; SLOTS] = points.try_into().map_err(count)?;
        let context = transcript(chain, alias, index, self);
        match statement(&context, public, &points).holds(&said.proof) {
            true => Ok(points),
            false => Err(AnswerFault::Proof),
        }
    }
}

impl CheckedSlotKeys {
    /// Takes over parts that were checked when they came, from a state that is trusted.
    ///
    /// # Errors
    /// When there are not twelve, or one is no point: the state is corrupt.
    pub fn restore(
        epoch: Epoch,
        index: ShareIndex,
        points: &[PointBytes],
    ) -> Result<Self, OprfError> {
        let restore = |bytes: &PointBytes| restore_point("a slot key of the state", bytes);
        Ok(Self {
            epoch,
            index,
            points: twelve(points, restore)?,
        })
    }

    /// Whose parts they are.
    #[must_use]
    pub fn index(&self) -> ShareIndex {
        self.index
    }

    /// `V_ij` by slot, as the state keeps them.
    #[must_use]
    pub fn encode(&self) -> Vec<PointBytes> {
        self.points.iter().map(encode_point).collect()
    }
}

impl SlotKeys {
    /// Combines the first `t` holders' parts, of the key's epoch and distinct, into `V_i = k·H_i`.
    ///
    /// # Errors
    /// When there are fewer than `t`, or one among the first `t` is of another epoch, of no holder, or of one who is there already.
    pub fn combine(key: &KeyPublic, parts: &[CheckedSlotKeys]) -> Result<Self, OprfError> {
        let needed = key.threshold();
        let first = parts.get(..needed.into()).ok_or(OprfError::TooFew {
            needed,
            found: parts.len(),
        })?;
        let mut indices = Vec::with_capacity(first.len());
        for part in first {
            let index = part.index;
            let (expected, found) = (key.epoch(), part.epoch);
            let wrong = |fault| OprfError::WrongAnswer { index, fault };
            if found != expected {
                return Err(wrong(AnswerFault::Epoch { expected, found }));
            }
            if key.holder(index).is_none() {
                return Err(wrong(AnswerFault::NoHolder));
            }
            if indices.contains(&index.0) {
                return Err(OprfError::Repeated(index));
            }
            indices.push(index.0);
        }
        let points = std::array::from_fn(|slot| {
            let shares: Vec<Point> = first.iter().map(|part| part.points[slot]).collect();
            interpolate(&indices, &shares, 0)
        });
        Ok(Self {
            key: key.key(),
            points,
        })
    }

    /// Takes over slot keys that were checked before, from a state that is trusted, under the key that they stand beside.
    ///
    /// # Errors
    /// When there are not twelve, or a point is none: the state is corrupt.
    pub fn restore(key: &PointBytes, points: &[PointBytes]) -> Result<Self, OprfError> {
        let restore = |bytes: &PointBytes| restore_point("a slot key of the state", bytes);
        Ok(Self {
            key: restore_point("the fingerprint key of the state", key)?,
            points: twelve(points, restore)?,
        })
    }

    /// Reads slot keys that a proof against a state gives, under the key that they stand beside there.
    ///
    /// # Errors
    /// When there are not twelve, or a point is none.
    pub fn decode(key: &PointBytes, points: &[PointBytes]) -> Result<Self, OprfError> {
        Ok(Self {
            key: decode_point("the fingerprint key", key)?,
            points: twelve(points, |bytes| decode_point("a slot key", bytes))?,
        })
    }

    /// `K`.
    #[must_use]
    pub fn key(&self) -> Point {
        self.key
    }

    /// `V_i` by the slot's number.
    #[must_use]
    pub fn points(&self) -> &[Point; SLOTS] {
        &self.points
    }

    /// `V_i` by slot, as the state keeps them beside `K`.
    #[must_use]
    pub fn encode(&self) -> Vec<PointBytes> {
        self.points.iter().map(encode_point).collect()
    }
}

/// One point for each slot.
fn twelve(
    points: &[PointBytes],
    read: impl Fn(&PointBytes) -> Result<Point, OprfError>,
) -> Result<[Point; SLOTS], OprfError> {
    let found = points.len();
    let points = points.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    points.try_into().map_err(|_| OprfError::Count {
        expected: SLOTS,
        found,
    })
}

#[cfg(test)]
mod tests;
