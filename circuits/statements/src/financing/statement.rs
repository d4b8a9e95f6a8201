//! What a financing proof says in public, and how it is read from bytes.

use ark_bls12_381::Fr;
use ark_ff::AdditiveGroup;
use sealane_crypto::curve::{CurveError, Point, decode_element, encode_element};
use sealane_types::fingerprint::{self, Rule, SLOTS};
use thiserror::Error;

use super::Slot;

/// Public inputs of the circuit.
pub const PUBLIC_INPUTS: usize = 7 + 2 * SLOTS;

/// Why bytes are no financing statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum StatementError {
    /// A field element is not below the modulus.
    #[error("{0} is not a canonical field element")]
    Element(&'static str),
    /// `S` is no point, or the identity.
    #[error("S: {0}")]
    Commitment(CurveError),
    /// A blinded point is none, or the identity.
    #[error("the blinded point of slot {slot}: {reason}")]
    Blinded {
        /// The slot.
        slot: usize,
        /// What is wrong with it.
        reason: CurveError,
    },
    /// The mask has unknown bits or not those that always apply.
    #[error(
        "the mask {0:#06x} is none: slots 0 to 6 and 11 always apply, 8 to 10 and the bit of the strict name only with 7, and \
         there are 12"
    )]
    Mask(u16),
    /// A slot applies without a point, or has one and does not apply.
    #[error("slot {0} must have a blinded point exactly where it applies")]
    Presence(usize),
}

/// Which slots apply: bit i for slot i. Read from bytes it is a [`fingerprint::Mask`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mask(u16);

impl Mask {
    /// Reads a mask, as [`fingerprint::Mask::new`] does.
    ///
    /// # Errors
    /// When it is none.
    pub fn new(bits: u16) -> Result<Self, StatementError> {
        let mask = fingerprint::Mask::new(bits);
        mask.map(|mask| Self(mask.bits()))
            .ok_or(StatementError::Mask(bits))
    }

    /// The mask of a witness that has not been checked.
    pub(super) fn of(bits: u16) -> Self {
        Self(bits)
    }

    /// The bits.
    #[must_use]
    pub fn bits(self) -> u16 {
        self.0
    }

    /// Whether a slot applies.
    #[must_use]
    pub fn applies(self, slot: Slot) -> bool {
        self.0 >> slot.number() & 1 == 1
    }

    /// The slots that apply, in order.
    pub fn slots(self) -> impl Iterator<Item = Slot> {
        Slot::ALL
            .into_iter()
            .filter(move |slot| self.applies(*slot))
    }
}

/// A financing statement as bytes bring it: nothing is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UncheckedStatement {
    /// The record root, 32 little-endian bytes.
    pub root: [u8; 32],
    /// The field element of the record's public header: computed from the header, never taken over.
    pub context: [u8; 32],
    /// The commitment of the seller's alias that is current where the set is presented.
    pub alias: [u8; 32],
    /// Which slots apply.
    pub mask: u16,
    /// The commitment to payable amount and currency.
    pub amount_commitment: [u8; 32],
    /// `S`, compressed.
    pub commitment: [u8; 32],
    /// The blinded points of the slots that apply, in order, compressed.
    pub blinded: Vec<[u8; 32]>,
}

/// What a financing proof says in public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinancingStatement {
    pub(super) root: Fr,
    pub(super) context: Fr,
    pub(super) alias: Fr,
    pub(super) mask: Mask,
    pub(super) amount_commitment: Fr,
    pub(super) commitment: Point,
    pub(super) blinded: [Option<Point>; SLOTS],
}

impl FinancingStatement {
    /// Checks bytes: canonical field elements, points on the curve and in the subgroup, none the
    /// identity, a blinded point for exactly the slots that apply.
    ///
    /// # Errors
    /// At the first that fails.
    pub fn decode(unchecked: &UncheckedStatement) -> Result<Self, StatementError> {
        let element =
            |name, bytes| decode_element(bytes).map_err(|_| StatementError::Element(name));
        let mask = Mask::new(unchecked.mask)?;
        let commitment = Point::decode_nonzero(&unchecked.commitment);
        let commitment = commitment.map_err(StatementError::Commitment)?;
        let mut points = unchecked.blinded.iter();
        let mut blinded = [None; SLOTS];
        for slot in mask.slots() {
            let slot = slot.number();
            let bytes = points.next().ok_or(StatementError::Presence(slot))?;
            let point = Point::decode_nonzero(bytes);
            let point = point.map_err(|reason| StatementError::Blinded { slot, reason })?;
            blinded[slot] = Some(point);
        }
        if points.next().is_some() {
            return Err(StatementError::Presence(SLOTS));
        }
        Ok(Self {
            root: element("the record root", &unchecked.root)?,
            context: element("the context", &unchecked.context)?,
            alias: element("the alias' commitment", &unchecked.alias)?,
            mask,
            amount_commitment: element("the amount's commitment", &unchecked.amount_commitment)?,
            commitment,
            blinded,
        })
    }

    /// The statement as bytes.
    #[must_use]
    pub fn encode(&self) -> UncheckedStatement {
        UncheckedStatement {
            root: encode_element(&self.root),
            context: encode_element(&self.context),
            alias: encode_element(&self.alias),
            mask: self.mask.bits(),
            amount_commitment: encode_element(&self.amount_commitment),
            commitment: self.commitment.encode(),
            blinded: self.blinded.iter().flatten().map(Point::encode).collect(),
        }
    }

    /// The record root.
    #[must_use]
    pub fn root(&self) -> Fr {
        self.root
    }

    /// The field element of the record's public header.
    #[must_use]
    pub fn context(&self) -> Fr {
        self.context
    }

    /// The commitment of the seller's alias.
    #[must_use]
    pub fn alias(&self) -> Fr {
        self.alias
    }

    /// Which slots apply.
    #[must_use]
    pub fn mask(&self) -> Mask {
        self.mask
    }

    /// The commitment to payable amount and currency.
    #[must_use]
    pub fn amount_commitment(&self) -> Fr {
        self.amount_commitment
    }

    /// `S = s·G`.
    #[must_use]
    pub fn commitment(&self) -> Point {
        self.commitment
    }

    /// `B` by slot; `None` where the rule does not apply.
    #[must_use]
    pub fn blinded(&self) -> &[Option<Point>; SLOTS] {
        &self.blinded
    }

    /// The slots that apply with their rules and blinded points, in order.
    pub fn presented(&self) -> impl Iterator<Item = (Slot, Rule, Point)> + '_ {
        let pairs = Slot::ALL.into_iter().zip(&self.blinded);
        pairs.filter_map(|(slot, point)| point.map(|point| (slot, slot.rule(), point)))
    }

    /// The public inputs: root, context, alias' commitment, mask, amount commitment, both coordinates of `S`, then both of
    /// each slot's `B`, the identity where the rule does not apply.
    #[must_use]
    pub fn public_inputs(&self) -> Vec<Fr> {
        let mask = Fr::from(self.mask.bits());
        let mut inputs = vec![self.root, self.context, self.alias, mask];
        inputs.push(self.amount_commitment);
        inputs.extend([self.commitment.u(), self.commitment.v()]);
        for point in &self.blinded {
            let point = point.unwrap_or(Point::identity());
            inputs.extend([point.u(), point.v()]);
        }
        inputs
    }

    /// A statement that says nothing true: for making keys, where only the rows count.
    #[must_use]
    pub fn blank() -> Self {
        Self {
            root: Fr::ZERO,
            context: Fr::ZERO,
            alias: Fr::ZERO,
            mask: Mask(0),
            amount_commitment: Fr::ZERO,
            commitment: Point::identity(),
            blinded: [None; SLOTS],
        }
    }
}
