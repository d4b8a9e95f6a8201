//! What a sealer puts on the chain, and the question that it is there.

use sealane_types::encoding::Encode;
use sealane_types::fingerprint::{Mask, SLOTS};
use sealane_types::ids::{AliasId, ChainId, PointBytes, RecordId};

use super::OprfError;
use crate::curve::{Blinding, CurveError, Masked, Point};

/// `S = s·G` and `B_i = P_i + s·H_i` for the slots of a mask, in order: points of the prime-order subgroup,
/// none of them the identity. That they are a record's is what the financing statement proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blinded {
    mask: Mask,
    commitment: Point,
    points: Vec<Point>,
}

impl Blinded {
    /// Blinds the points `P_i`, given by slot; those of slots that the mask does not have are left out.
    ///
    /// # Errors
    /// When a blinded point is the identity, or the operating system gives no randomness.
    pub fn blind(mask: Mask, inputs: &[Point; SLOTS], s: &Blinding) -> Result<Self, OprfError> {
        let (commitment, blinded) = s.blind(inputs)?;
        let points = mask.slots().map(|slot| blinded[slot]).collect();
        Self::new(mask, commitment, points)
    }

    /// Reads what a transaction carries.
    ///
    /// # Errors
    /// When there are not as many points as slots, or one is no point, not in the subgroup, or the
    /// identity.
    pub fn decode(
        mask: Mask,
        commitment: &PointBytes,
        points: &[PointBytes],
    ) -> Result<Self, OprfError> {
        let commitment = decode_point("S", commitment)?;
        let decode = |bytes: &PointBytes| decode_point("a blinded fingerprint", bytes);
        let points = points.iter().map(decode).collect::<Result<_, _>>()?;
        Self::new(mask, commitment, points)
    }

    /// Takes over a set that was checked when it came, from a state that is trusted.
    ///
    /// # Errors
    /// When there are not as many points as slots, or one is none: the state is corrupt.
    pub fn restore(
        mask: Mask,
        commitment: &PointBytes,
        points: &[PointBytes],
    ) -> Result<Self, OprfError> {
        let commitment = restore_point("S of the state", commitment)?;
        let points = restore_points("a blinded fingerprint of the state", points)?;
        Self::new(mask, commitment, points)
    }

    fn new(mask: Mask, commitment: Point, points: Vec<Point>) -> Result<Self, OprfError> {
        check_count(mask, points.len())?;
        if commitment.is_identity() || points.iter().any(Point::is_identity) {
            let fault = CurveError::Identity;
            let what = "a blinded fingerprint";
            return Err(OprfError::Point { what, fault });
        }
        Ok(Self {
            mask,
            commitment,
            points,
        })
    }

    /// Which slots apply.
    #[must_use]
    pub fn mask(&self) -> Mask {
        self.mask
    }

    /// `S`.
    #[must_use]
    pub fn commitment(&self) -> Point {
        self.commitment
    }

    /// `B_i`, for the slots of the mask in order.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// `S` and `B_i` as a transaction carries them.
    #[must_use]
    pub fn encode(&self) -> (PointBytes, Vec<PointBytes>) {
        let points = self.points.iter().map(encode_point).collect();
        (encode_point(&self.commitment), points)
    }
}

/// A blinded set as it stands on a chain for a record: what validators answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    chain: ChainId,
    record: RecordId,
    seller: AliasId,
    blinded: Blinded,
}

impl Question {
    /// The set that was presented for `record` on `chain`, with `seller`'s alias.
    #[must_use]
    pub fn new(chain: ChainId, record: RecordId, seller: AliasId, blinded: Blinded) -> Self {
        Self {
            chain,
            record,
            seller,
            blinded,
        }
    }

    /// The record.
    #[must_use]
    pub fn record(&self) -> RecordId {
        self.record
    }

    /// The set.
    #[must_use]
    pub fn blinded(&self) -> &Blinded {
        &self.blinded
    }

    /// Chain, record, the seller's alias, mask and `S`: the beginning of every transcript about this question.
    pub(super) fn transcript(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.chain.encode(&mut bytes);
        self.record.encode(&mut bytes);
        self.seller.encode(&mut bytes);
        self.blinded.mask.encode(&mut bytes);
        self.blinded.commitment.encode().encode(&mut bytes);
        bytes
    }
}

pub(super) fn check_count(mask: Mask, found: usize) -> Result<(), OprfError> {
    let expected = mask.count();
    match found == expected {
        true => Ok(()),
        false => Err(OprfError::Count { expected, found }),
    }
}

pub(super) fn encode_point(point: &Point) -> PointBytes {
    PointBytes::new(point.encode())
}

pub(super) fn decode_point(what: &'static str, bytes: &PointBytes) -> Result<Point, OprfError> {
    let point = Point::decode_nonzero(bytes.as_bytes());
    point.map_err(|fault| OprfError::Point { what, fault })
}

/// A point that was checked before it was written down.
pub(super) fn restore_point(what: &'static str, bytes: &PointBytes) -> Result<Point, OprfError> {
    let fail = |fault| OprfError::Point { what, fault };
    match Point::restore(bytes.as_bytes()).map_err(fail)? {
        point if point.is_identity() => Err(fail(CurveError::Identity)),
        point => Ok(point),
    }
}

pub(super) fn restore_points(
    what: &'static str,
    points: &[PointBytes],
) -> Result<Vec<Point>, OprfError> {
    points
        .iter()
        .map(|bytes| restore_point(what, bytes))
        .collect()
}

/// `scalar · point` for a secret scalar.
pub(super) fn multiple(
    masked: &mut Masked,
    point: &Point,
    scalar: &ark_ed_on_bls12_381::Fr,
) -> Point {
    Point::of(masked.times(&point.affine(), scalar))
}
