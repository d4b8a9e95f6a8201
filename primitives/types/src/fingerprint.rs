//! Fingerprint slots and rules: what a financing presents, and how it is numbered.
//!
//! An invoice's financing has seven slots: three for the strict rule (one for each legal identifier
//! of the seller) and one for each looser rule. The public [`Mask`] says which apply.

use crate::encoding::{Decode, DecodeError, Encode, Reader};

/// Slots of a financing.
pub const SLOTS: usize = 7;

/// A fingerprint rule. Numbers are added to and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Rule {
    /// Seller's legal identifier, number with its separators, issue date.
    Strict = 1,
    /// Seller and number, separators dropped, without the date.
    WithoutDate = 2,
    /// Parties, amount and date.
    PartiesAmountDate = 3,
    /// Seller and the first order referred to.
    OrderReference = 4,
    /// Seller and the first transport document referred to.
    TransportDocument = 5,
}

impl Rule {
    /// Every rule, in the order of their numbers.
    pub const ALL: [Self; 5] = [
        Self::Strict,
        Self::WithoutDate,
        Self::PartiesAmountDate,
        Self::OrderReference,
        Self::TransportDocument,
    ];

    /// The rule of each slot.
    pub const OF_SLOT: [Self; SLOTS] = [
        Self::Strict,
        Self::Strict,
        Self::Strict,
        Self::WithoutDate,
        Self::PartiesAmountDate,
        Self::OrderReference,
        Self::TransportDocument,
    ];

    /// The number that stands in the rule's input and in the ledger.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The rule with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.number() == number)
    }

    /// Whether a taken fingerprint of this rule refuses a financing outright.
    #[must_use]
    pub fn is_strict(self) -> bool {
        self == Self::Strict
    }

    /// What two documents share that have the same fingerprint by this rule, for a person.
    #[must_use]
    pub fn description(self) -> &'static str {
        match self {
            Self::Strict => "same seller, number and issue date",
            Self::WithoutDate => "same seller and number, separators and date aside",
            Self::PartiesAmountDate => "same seller, buyer, amount and issue date",
            Self::OrderReference => "same seller and order",
            Self::TransportDocument => "same seller and transport document",
        }
    }
}

impl Encode for Rule {
    fn encode(&self, out: &mut Vec<u8>) {
        self.number().encode(out);
    }
}

impl Decode for Rule {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let number = u8::decode(reader)?;
        Self::from_number(number).ok_or_else(|| DecodeError::Invalid {
            what: "fingerprint rule",
            reason: format!("no rule has number {number}"),
        })
    }
}

/// Which of the [`SLOTS`] apply to a record: bit `i` for slot `i`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mask(u8);

impl Mask {
    /// Takes the bits: slots 0 and 3 always apply, slot 2 only where slot 1 does, and there is no bit 7.
    #[must_use]
    pub fn new(bits: u8) -> Option<Self> {
        let always = bits & 0b1001 == 0b1001;
        let in_order = bits & 0b100 == 0 || bits & 0b10 != 0;
        (always && in_order && bits < 1 << SLOTS).then_some(Self(bits))
    }

    /// The bits.
    #[must_use]
    pub fn bits(self) -> u8 {
        self.0
    }

    /// Whether slot `slot` applies.
    #[must_use]
    pub fn has(self, slot: usize) -> bool {
        slot < SLOTS && self.0 >> slot & 1 == 1
    }

    /// The slots that apply, in order.
    pub fn slots(self) -> impl Iterator<Item = usize> {
        (0..SLOTS).filter(move |slot| self.has(*slot))
    }

    /// How many slots apply: 2 to 7.
    #[must_use]
    pub fn count(self) -> usize {
        self.0.count_ones() as usize
    }
}

impl Encode for Mask {
    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
    }
}

impl Decode for Mask {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let bits = u8::decode(reader)?;
        Self::new(bits).ok_or_else(|| DecodeError::Invalid {
            what: "mask of fingerprint slots",
            reason: format!("{bits:#010b} is no set of slots that a document can have"),
        })
    }
}

/// The mark of a document by one rule: one coordinate of `T`, which `T` and `−T` share
/// (`specs/decisions/0002-sign-free-fingerprints.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint {
    /// The rule.
    pub rule: Rule,
    /// The twisted Edwards coordinate `v` of `T`, little-endian.
    pub value: [u8; 32],
}

impl Encode for Fingerprint {
    fn encode(&self, out: &mut Vec<u8>) {
        self.rule.encode(out);
        self.value.encode(out);
    }
}

impl Decode for Fingerprint {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            rule: Rule::decode(reader)?,
            value: reader.array("fingerprint")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_is_a_set_of_slots_that_a_document_can_have() {
        let allowed: Vec<u8> = (0..=255)
            .filter(|bits| Mask::new(*bits).is_some())
            .collect();
        // three choices of seller ids, three free slots above slot 3
        assert_eq!(allowed.len(), 3 * 8);
        assert!(Mask::new(0b000_1001).is_some_and(|mask| mask.count() == 2));
        for refused in [0, 0b000_0001, 0b000_1000, 0b000_1101, 0b1000_1001] {
            assert_eq!(Mask::new(refused), None, "{refused:#b}");
        }
        let mask = Mask::new(0b101_1011).expect("slots 0, 1, 3, 4, 6");
        assert_eq!(mask.slots().collect::<Vec<_>>(), [0, 1, 3, 4, 6]);
    }
}
