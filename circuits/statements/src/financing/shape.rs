//! Which fingerprint slots a circuit has, and which leaves it opens for them.

use sealane_crypto::commitment::Position;
use sealane_crypto::curve::FingerprintInput;
use sealane_types::fingerprint::Rule;
use sealane_types::schema::{GROUP, Kind, SCHEMA_VERSION, slot};

use super::witness::FinancingWitness;

/// One fingerprint slot of a financing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Slot {
    /// Strict rule with the seller's first identifier.
    StrictFirst = 0,
    /// Strict rule with the seller's second identifier.
    StrictSecond = 1,
    /// Strict rule with the seller's third identifier.
    StrictThird = 2,
    /// Rule 2, without the date.
    WithoutDate = 3,
    /// Rule 3, parties, amount and date.
    PartiesAmountDate = 4,
    /// Rule 4, order reference.
    OrderReference = 5,
    /// Rule 5, transport document.
    TransportDocument = 6,
}

impl Slot {
    /// All slots, in the order of their numbers.
    pub const ALL: [Self; 7] = [
        Self::StrictFirst,
        Self::StrictSecond,
        Self::StrictThird,
        Self::WithoutDate,
        Self::PartiesAmountDate,
        Self::OrderReference,
        Self::TransportDocument,
    ];

    /// The fingerprint rule.
    #[must_use]
    pub fn rule(self) -> Rule {
        Rule::OF_SLOT[self as usize]
    }

    /// The value whose presence makes the rule apply: a header slot, and which identifier where it holds those. `None`
    /// where the rule always applies.
    #[must_use]
    pub fn needs(self) -> Option<(usize, usize)> {
        match self {
            Self::StrictFirst | Self::WithoutDate => None,
            Self::StrictSecond => Some((slot::SELLER_IDS, 1)),
            Self::StrictThird => Some((slot::SELLER_IDS, 2)),
            Self::PartiesAmountDate => Some((slot::BUYER_IDS, FIRST)),
            Self::OrderReference => Some((slot::ORDER_REFERENCES, FIRST)),
            Self::TransportDocument => Some((slot::DESPATCH_REFERENCES, FIRST)),
        }
    }

    /// The values that the rule hashes, by header slot and which of its leaf's values.
    #[must_use]
    pub fn reads(self) -> &'static [(usize, usize)] {
        const SELLER: (usize, usize) = (slot::SELLER_IDS, FIRST);
        const NUMBER: (usize, usize) = (slot::NUMBER, FIRST);
        const DATE: (usize, usize) = (slot::ISSUE_DATE, FIRST);
        match self {
            Self::StrictFirst => &[SELLER, NUMBER, DATE],
            Self::StrictSecond => &[(slot::SELLER_IDS, 1), NUMBER, DATE],
            Self::StrictThird => &[(slot::SELLER_IDS, 2), NUMBER, DATE],
            Self::WithoutDate => &[SELLER, (slot::NUMBER, SECOND)],
            Self::PartiesAmountDate => &[
                SELLER,
                (slot::BUYER_IDS, FIRST),
                (slot::PAYABLE, FIRST),
                (slot::PAYABLE, SECOND),
                DATE,
            ],
            Self::OrderReference => &[SELLER, (slot::ORDER_REFERENCES, FIRST)],
            Self::TransportDocument => &[SELLER, (slot::DESPATCH_REFERENCES, FIRST)],
        }
    }

    /// The rule's input from a witness.
    pub(super) fn input(self, witness: &FinancingWitness) -> FingerprintInput {
        let v1 = |slot: usize| witness.value(slot, FIRST);
        let v2 = |slot: usize| witness.value(slot, SECOND);
        let seller = v1(slot::SELLER_IDS);
        match self {
            Self::StrictFirst | Self::StrictSecond | Self::StrictThird => {
                FingerprintInput::Strict {
                    seller: witness.value(slot::SELLER_IDS, self as usize),
                    number: v1(slot::NUMBER),
                    date: v1(slot::ISSUE_DATE),
                }
            }
            Self::WithoutDate => FingerprintInput::WithoutDate {
                seller,
                number: v2(slot::NUMBER),
            },
            Self::PartiesAmountDate => FingerprintInput::PartiesAmountDate {
                seller,
                buyer: v1(slot::BUYER_IDS),
                amount: v1(slot::PAYABLE),
                currency: v2(slot::PAYABLE),
                date: v1(slot::ISSUE_DATE),
            },
            Self::OrderReference => FingerprintInput::OrderReference {
                seller,
                order: v1(slot::ORDER_REFERENCES),
            },
            Self::TransportDocument => FingerprintInput::TransportDocument {
                seller,
                despatch: v1(slot::DESPATCH_REFERENCES),
            },
        }
    }
}

/// The first value of a leaf: `v1`, of identifiers the first one.
const FIRST: usize = 0;
/// The second.
const SECOND: usize = 1;

/// A circuit's slots. There is one circuit for each shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// The financing statement: all seven slots.
    Full,
    /// The first strict fingerprint alone. For benches and tests: no chain accepts it.
    OneFingerprint,
}

impl Shape {
    /// The header slots that must be present.
    pub const REQUIRED: [usize; 4] = [
        slot::NUMBER,
        slot::ISSUE_DATE,
        slot::SELLER_IDS,
        slot::PAYABLE,
    ];

    /// The circuit's name: part of its digest, its cached key's file name and its test keys' seed.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "financing-v1",
            Self::OneFingerprint => "financing-one-fingerprint-v1",
        }
    }

    /// The fingerprint slots.
    #[must_use]
    pub fn slots(self) -> &'static [Slot] {
        match self {
            Self::Full => &Slot::ALL,
            Self::OneFingerprint => &[Slot::StrictFirst],
        }
    }

    /// The header slots, all in the first group, whose leaves the circuit opens, in order.
    #[must_use]
    pub fn opened(self) -> Vec<usize> {
        let is_opened = |header_slot: &usize| {
            let needs = |slot: &Slot| slot.needs().map(|(needed, _)| needed);
            let needed = self.slots().iter().any(|s| needs(s) == Some(*header_slot));
            needed || Self::REQUIRED.contains(header_slot) || *header_slot == slot::TYPE_CODE
        };
        (0..GROUP).filter(is_opened).collect()
    }

    /// Where the leaf of a header slot stands: an invoice's.
    #[must_use]
    pub fn position(header_slot: usize) -> Position {
        let number = u8::try_from(header_slot).expect("a header has 32 slots");
        Position::header(Kind::Invoice, SCHEMA_VERSION, number)
    }
}
