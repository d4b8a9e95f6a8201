//! Fingerprint slots and rules: what a financing presents, and how it is numbered.
//!
//! An invoice's financing has twelve slots: seven for the strict rule, one for each place that the seller's alias has for a
//! legal identifier (a fill-up stands where the place is empty), and one for each looser rule. The public [`Mask`] says
//! which apply. `specs/circuits/financing.md` has the rules.

use crate::encoding::{Decode, DecodeError, Encode, invalid};

/// Slots of a financing.
pub const SLOTS: usize = 12;

/// Slots of the strict rule: slots 0 to 6, by the places of the seller's alias.
pub const STRICT_SLOTS: usize = 7;

/// A fingerprint rule. Numbers are added to and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[repr(u8)]
#[encoding(name = "fingerprint rule")]
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
    /// The seller's plain name, number without separators, and amount.
    NameNumberAmount = 6,
}

impl Rule {
    /// Every rule, in the order of their numbers.
    pub const ALL: [Self; 6] = [
        Self::Strict,
        Self::WithoutDate,
        Self::PartiesAmountDate,
        Self::OrderReference,
        Self::TransportDocument,
        Self::NameNumberAmount,
    ];

    /// The rule of each slot.
    pub const OF_SLOT: [Self; SLOTS] = [
        Self::Strict,
        Self::Strict,
        Self::Strict,
        Self::Strict,
        Self::Strict,
        Self::Strict,
        Self::Strict,
        Self::WithoutDate,
        Self::PartiesAmountDate,
        Self::OrderReference,
        Self::TransportDocument,
        Self::NameNumberAmount,
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
            Self::NameNumberAmount => "same seller's name, number and amount",
        }
    }
}

/// Which of the [`SLOTS`] apply to a record: bit `i` for slot `i`.
///
/// The seven strict slots and the name's always apply. Slot 7 (without the date) applies where the document or the seller's
/// alias has an identifier at all; slots 8 to 10 only where slot 7 does. Bit 12 is no slot's: see [`Mask::name_is_strict`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[encoding(check)]
pub struct Mask(u16);

impl Mask {
    /// The slots that always apply: the seven strict ones and the name's.
    pub const ALWAYS: u16 = 0b1000_0111_1111;
    /// The slot whose bit says that an identifier of the seller is known at all.
    pub const WITHOUT_DATE: usize = STRICT_SLOTS;
    /// The slot of the name rule.
    pub const NAME: usize = SLOTS - 1;
    /// The bit that says, where an identifier is known, that a hit by name counts as strict all the same: another file of the company may
    /// share no strict fingerprint with the alias.
    pub const STRICT_NAME: usize = SLOTS;

    /// Takes the bits, where they are a set of slots that a document can have.
    #[must_use]
    pub fn new(bits: u16) -> Option<Self> {
        const WITH_IDENTIFIER: u16 = 0b0111_0000_0000;
        let always = bits & Self::ALWAYS == Self::ALWAYS;
        let known = bits >> Self::WITHOUT_DATE & 1 == 1 || bits & WITH_IDENTIFIER == 0;
        let marked = bits >> Self::STRICT_NAME & 1 == 0 || bits >> Self::WITHOUT_DATE & 1 == 1;
        (always && known && marked && bits < 2 << Self::STRICT_NAME).then_some(Self(bits))
    }

    fn check(&self) -> Result<(), DecodeError> {
        let bits = self.0;
        let none = || format!("{bits:#015b} is not a set of slots that a document can have");
        Self::new(bits).map_or_else(|| invalid("mask of fingerprint slots", none()), |_| Ok(()))
    }

    /// The bits.
    #[must_use]
    pub fn bits(self) -> u16 {
        self.0
    }

    /// Whether slot `slot` applies.
    #[must_use]
    pub fn has(self, slot: usize) -> bool {
        slot < SLOTS && self.0 >> slot & 1 == 1
    }

    /// Whether a hit by name counts as strict. No identifier is known, from the document or the alias: every strict slot holds a fill-up,
    /// and nothing but the name can meet. Or the alias has some, and others may know the company by a register's number that it lacks:
    /// it is marked bare, or the document shows none and the alias has no number by which extracts show the company.
    #[must_use]
    pub fn name_is_strict(self) -> bool {
        !self.has(Self::WITHOUT_DATE) || self.0 >> Self::STRICT_NAME & 1 == 1
    }

    /// The slots that apply, in order.
    pub fn slots(self) -> impl Iterator<Item = usize> {
        (0..SLOTS).filter(move |slot| self.has(*slot))
    }

    /// How many slots apply: 8 to 12.
    #[must_use]
    pub fn count(self) -> usize {
        self.slots().count()
    }
}

/// The mark of a document by one rule: one coordinate of `T`, which `T` and `−T` share
/// (`specs/decisions/0002-sign-free-fingerprints.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct Fingerprint {
    /// The rule.
    pub rule: Rule,
    /// The twisted Edwards coordinate `v` of `T`, little-endian.
    #[encoding(array("fingerprint"))]
    pub value: [u8; 32],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_is_a_set_of_slots_that_a_document_can_have() {
        let allowed: Vec<u16> = (0..=u16::MAX)
            .filter(|bits| Mask::new(*bits).is_some())
            .collect();
        // without an identifier one; with one, three free slots, and the name strict or not
        assert_eq!(allowed.len(), 1 + 16);
        let least = Mask::new(Mask::ALWAYS).expect("no identifier");
        assert!(least.count() == 8 && least.name_is_strict());
        for slot in 0..16 {
            let flipped = 0xfff ^ 1 << slot;
            let free = (8..=10).contains(&slot) || slot == Mask::STRICT_NAME;
            assert_eq!(Mask::new(flipped).is_some(), free, "slot {slot}");
        }
        let mask = Mask::new(0b1010_1111_1111).expect("no slot 8 and 10");
        assert_eq!(
            mask.slots().collect::<Vec<_>>(),
            [0, 1, 2, 3, 4, 5, 6, 7, 9, 11]
        );
        assert!(!mask.name_is_strict() && mask.has(Mask::NAME) && !mask.has(12));
        let lacking = Mask::new(mask.bits() | 1 << Mask::STRICT_NAME).expect("a bare alias");
        assert!(lacking.name_is_strict() && !lacking.has(12));
        assert_eq!(lacking.count(), mask.count());
        assert_eq!(Mask::new(Mask::ALWAYS | 1 << Mask::STRICT_NAME), None);
    }

    #[test]
    fn the_rules_of_the_slots_are_seven_times_strict_and_each_looser_once() {
        let strict = Rule::OF_SLOT.iter().take_while(|rule| rule.is_strict());
        assert_eq!(strict.count(), STRICT_SLOTS);
        assert_eq!(Rule::OF_SLOT[STRICT_SLOTS..], Rule::ALL[1..]);
        assert_eq!(Rule::OF_SLOT[Mask::NAME], Rule::NameNumberAmount);
        assert_eq!(Rule::OF_SLOT[Mask::WITHOUT_DATE], Rule::WithoutDate);
    }
}
