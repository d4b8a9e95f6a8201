//! Schemas: which fields a kind of document has, where each stands in the record's tree, and how
//! wide its numbers are. `specs/schemas/` says the same for people, and a test compares the two.

use crate::encoding::{Decode, Encode};
use crate::fields::FieldValue;
pub use crate::fields::PARTY_IDS;

mod table;

pub use table::{
    Field, FieldType, header_field, header_fields, is_legal_ids, line_field, line_fields,
    line_slot, order_line_slot, receipt_line_slot, slot, transport,
};

/// The version of the schemas that records are sealed in. No other is read.
pub const SCHEMA_VERSION: u16 = 2;

/// Slots of a record's header: two groups of sixteen leaves.
pub const HEADER_SLOTS: usize = 32;
/// Leaves in one group of header slots: the arity of the tree.
pub const GROUP: usize = 16;
/// Leaves of one line.
pub const LINE_SLOTS: usize = 7;
/// The sizes to which a record's lines are padded.
pub const LINE_BUCKETS: [usize; 7] = [8, 16, 32, 128, 256, 512, 1024];
/// Most lines of a record: the largest of [`LINE_BUCKETS`].
pub const MAX_LINES: usize = LINE_BUCKETS[LINE_BUCKETS.len() - 1];
/// The numbers of lines for which a cross-check's circuit is compiled: those of [`LINE_BUCKETS`] that one circuit takes.
pub const CHECK_LINES: [usize; 4] = [8, 16, 32, 128];

/// Decimals of amounts of money, payable amounts aside.
pub const AMOUNT_SCALE: u32 = 6;
/// Decimals of unit prices.
pub const PRICE_SCALE: u32 = 10;
/// Decimals of quantities.
pub const QUANTITY_SCALE: u32 = 6;
/// Decimals of tolerances, in percent: they are integers of hundredths of a percent.
pub const TOLERANCE_SCALE: u32 = 2;
/// Bits of the magnitude of amounts, prices and quantities.
pub const NUMBER_BITS: u32 = 80;
/// Bits of the magnitude of a payable amount, in its currency's minor units.
pub const PAYABLE_BITS: u32 = 63;

/// UNTDID 1001 codes of documents that may be financed: invoices and debit notes by which somebody owes
/// money. Not credit notes (381, 261, 396, 420, 458, 532), pro-formas (325), reports (553), nor documents for
/// information, customs or tax alone (71, 102, 130, 751, 870, 935), nor consignment invoices (395), which cover no sale. `specs/circuits/financing.md` has the list.
pub const FINANCEABLE: [u64; 38] = [
    80, 82, 84, 202, 203, 204, 211, 218, 219, 295, 326, 331, 380, 382, 383, 384, 385, 386, 387,
    388, 389, 390, 393, 394, 471, 472, 473, 480, 500, 501, 527, 575, 623, 633, 780, 875, 876, 877,
];

/// The kinds of documents. The number stands in every leaf of a record and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[repr(u8)]
#[encoding(name = "kind of document")]
pub enum Kind {
    /// A purchase order.
    Order = 1,
    /// A seller's answer to an order.
    OrderResponse = 2,
    /// What the seller or its carrier says was sent.
    DespatchAdvice = 3,
    /// What the buyer says was received.
    ReceiptAdvice = 4,
    /// An invoice of any type code but a credit note's.
    Invoice = 5,
    /// A credit note, as a document of its own or as an invoice with a credit note's type code.
    CreditNote = 6,
    /// A bill of lading.
    BillOfLading = 7,
    /// A waybill.
    Waybill = 8,
    /// A letter of credit.
    LetterOfCredit = 9,
}

impl Kind {
    /// Every kind, in the order of their numbers.
    pub const ALL: [Self; 9] = [
        Self::Order,
        Self::OrderResponse,
        Self::DespatchAdvice,
        Self::ReceiptAdvice,
        Self::Invoice,
        Self::CreditNote,
        Self::BillOfLading,
        Self::Waybill,
        Self::LetterOfCredit,
    ];

    /// The name, as `document show` prints it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Order => "Order",
            Self::OrderResponse => "OrderResponse",
            Self::DespatchAdvice => "DespatchAdvice",
            Self::ReceiptAdvice => "ReceiptAdvice",
            Self::Invoice => "Invoice",
            Self::CreditNote => "CreditNote",
            Self::BillOfLading => "BillOfLading",
            Self::Waybill => "Waybill",
            Self::LetterOfCredit => "LetterOfCredit",
        }
    }
}

/// A canonical document as sealing takes it: values by slot, lines not yet padded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanonicalFields {
    /// The kind of document.
    pub kind: Kind,
    /// The schema's version: [`SCHEMA_VERSION`].
    pub version: u16,
    /// Values by header slot; `None` is an absent field.
    pub header: [Option<FieldValue>; HEADER_SLOTS],
    /// Values by line and line slot; at most [`MAX_LINES`] lines.
    pub lines: Vec<[Option<FieldValue>; LINE_SLOTS]>,
}

/// The bucket to which `lines` lines are padded, or `None` above the largest.
#[must_use]
pub fn line_bucket(lines: usize) -> Option<usize> {
    LINE_BUCKETS.into_iter().find(|bucket| lines <= *bucket)
}
