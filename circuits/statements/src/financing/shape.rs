//! Which fingerprint slots the circuit has, and which leaves of the record it opens for them.

use sealane_crypto::commitment::Position;
use sealane_types::fingerprint::Rule;
use sealane_types::schema::{Kind, PARTY_IDS, SCHEMA_VERSION};

pub use sealane_types::schema::slot as header;

/// The circuit's name: part of its digest, its cached key's file name and its test keys' seed.
pub const CIRCUIT: &str = "financing-v2";

/// The version of the schema whose records are financed.
pub const SCHEMA: u16 = SCHEMA_VERSION;

/// Places for legal identifiers: of the seller and of the buyer in a record, and of an alias.
pub const IDENTIFIERS: usize = PARTY_IDS;

/// The header slots whose leaves the circuit opens as presence and two values, in order.
pub const VALUES: [usize; 7] = [
    header::NUMBER,
    header::TYPE_CODE,
    header::ISSUE_DATE,
    header::SELLER_NAME,
    header::PAYABLE,
    header::ORDER_REFERENCES,
    header::DESPATCH_REFERENCES,
];

/// Those of [`VALUES`] that must be present.
pub const REQUIRED: [usize; 4] = [
    header::NUMBER,
    header::ISSUE_DATE,
    header::SELLER_NAME,
    header::PAYABLE,
];

/// The header slots whose leaves the circuit opens as legal identifiers, in order.
pub const PARTIES: [usize; 2] = [header::SELLER_IDS, header::BUYER_IDS];

/// Whether the circuit opens the leaf of a header slot.
#[must_use]
pub fn is_opened(slot: usize) -> bool {
    VALUES.contains(&slot) || PARTIES.contains(&slot)
}

/// Where the leaf of a header slot stands: an invoice's.
///
/// # Panics
/// When the slot is none of the header's 32: a caller's error.
#[must_use]
pub fn position(header_slot: usize) -> Position {
    let number = u8::try_from(header_slot).expect("a header has 32 slots");
    Position::header(Kind::Invoice, SCHEMA, number)
}

/// One fingerprint slot of a financing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// Strict rule, over the alias' identifier at this place (0 to 6), or a fill-up.
    Strict(usize),
    /// Rule 2, without the date.
    WithoutDate,
    /// Rule 3, parties, amount and date.
    PartiesAmountDate,
    /// Rule 4, order reference.
    OrderReference,
    /// Rule 5, transport document.
    TransportDocument,
    /// Rule 6, the seller's plain name, number and amount.
    NameNumberAmount,
}

impl Slot {
    /// All slots, in the order of their numbers.
    pub const ALL: [Self; 12] = [
        Self::Strict(0),
        Self::Strict(1),
        Self::Strict(2),
        Self::Strict(3),
        Self::Strict(4),
        Self::Strict(5),
        Self::Strict(6),
        Self::WithoutDate,
        Self::PartiesAmountDate,
        Self::OrderReference,
        Self::TransportDocument,
        Self::NameNumberAmount,
    ];

    /// The slots of the looser rules, in the order of their numbers.
    pub const LOOSER: [Self; 5] = [
        Self::WithoutDate,
        Self::PartiesAmountDate,
        Self::OrderReference,
        Self::TransportDocument,
        Self::NameNumberAmount,
    ];

    /// The slot's number.
    #[must_use]
    pub fn number(self) -> usize {
        match self {
            Self::Strict(place) => place,
            Self::WithoutDate => 7,
            Self::PartiesAmountDate => 8,
            Self::OrderReference => 9,
            Self::TransportDocument => 10,
            Self::NameNumberAmount => 11,
        }
    }

    /// The fingerprint rule.
    #[must_use]
    pub fn rule(self) -> Rule {
        Rule::OF_SLOT[self.number()]
    }
}
