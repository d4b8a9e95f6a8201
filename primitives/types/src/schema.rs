//! Schemas: which fields a kind of document has, where each stands in the record's tree, and how
//! wide its numbers are. `specs/schemas/` says the same for people, and a test compares the two.

use crate::fields::FieldValue;

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
/// Most distinct legal identifiers of a party; more are refused, never cut.
pub const PARTY_IDS: usize = 3;

/// Decimals of amounts of money, payable amounts aside.
pub const AMOUNT_SCALE: u32 = 6;
/// Decimals of unit prices.
pub const PRICE_SCALE: u32 = 10;
/// Decimals of quantities.
pub const QUANTITY_SCALE: u32 = 6;
/// Bits of the magnitude of amounts, prices and quantities.
pub const NUMBER_BITS: u32 = 80;
/// Bits of the magnitude of a payable amount, in its currency's minor units.
pub const PAYABLE_BITS: u32 = 63;

/// The kinds of documents. The number stands in every leaf of a record and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
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

    /// The kind with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == number)
    }
}

/// Header slots of the trade documents (all kinds but bills of lading, waybills and letters of credit,
/// which use the same slots for what they share and [`transport`] for the rest). Slots 0 to 15 are
/// the group that the financing statement opens.
pub mod slot {
    /// The document's number.
    pub const NUMBER: usize = 0;
    /// UN/CEFACT 1001 type code; absent where the syntax has none.
    pub const TYPE_CODE: usize = 1;
    /// Issue date.
    pub const ISSUE_DATE: usize = 2;
    /// First of [`super::PARTY_IDS`] legal identifiers of the seller, in canonical order.
    pub const SELLER_IDS: usize = 3;
    /// First of [`super::PARTY_IDS`] legal identifiers of the buyer, in canonical order.
    pub const BUYER_IDS: usize = 6;
    /// Payable amount in minor units, and currency.
    pub const PAYABLE: usize = 9;
    /// Orders referred to.
    pub const ORDER_REFERENCES: usize = 10;
    /// Despatch advices and transport documents referred to.
    pub const DESPATCH_REFERENCES: usize = 11;
    /// Invoices referred to.
    pub const BILLING_REFERENCES: usize = 12;
    /// Due date.
    pub const DUE_DATE: usize = 13;
    /// Document currency as text.
    pub const CURRENCY: usize = 14;
    /// 1 where the document says that it is a copy.
    pub const COPY: usize = 15;
    /// The seller's legal name.
    pub const SELLER_NAME: usize = 16;
    /// The buyer's legal name.
    pub const BUYER_NAME: usize = 17;
    /// The payee's name, where it is not the seller.
    pub const PAYEE_NAME: usize = 18;
    /// First of [`super::PARTY_IDS`] legal identifiers of the payee.
    pub const PAYEE_IDS: usize = 19;
    /// Sum of line totals.
    pub const LINES_TOTAL: usize = 22;
    /// Total without tax.
    pub const TAX_EXCLUSIVE: usize = 23;
    /// Total with tax.
    pub const TAX_INCLUSIVE: usize = 24;
    /// Total tax.
    pub const TAX: usize = 25;
    /// Paid beforehand.
    pub const PREPAID: usize = 26;
    /// Rounding of the payable amount.
    pub const ROUNDING: usize = 27;
    /// The buyer's reference.
    pub const BUYER_REFERENCE: usize = 28;
}

/// Header slots that bills of lading, waybills and letters of credit use beside [`slot`]'s: the
/// shipper or applicant is in the buyer's or seller's slots as `specs/schemas/` lays down.
pub mod transport {
    /// Port of loading.
    pub const PORT_OF_LOADING: usize = 22;
    /// Port of discharge.
    pub const PORT_OF_DISCHARGE: usize = 23;
    /// Vessel or voyage.
    pub const VESSEL: usize = 24;
    /// Date on board, or the latest shipment date that a letter of credit allows.
    pub const SHIPMENT_DATE: usize = 25;
    /// Expiry date of a letter of credit.
    pub const EXPIRY_DATE: usize = 26;
    /// Description of goods as a whole.
    pub const GOODS: usize = 27;
}

/// Slots of one line.
pub mod line_slot {
    /// Line identifier.
    pub const ID: usize = 0;
    /// The order's line that this one is about.
    pub const ORDER_LINE: usize = 1;
    /// The despatch advice's line that this one is about.
    pub const DESPATCH_LINE: usize = 2;
    /// Item name.
    pub const ITEM: usize = 3;
    /// Quantity and unit.
    pub const QUANTITY: usize = 4;
    /// Unit price and its base quantity.
    pub const PRICE: usize = 5;
    /// Line total and currency.
    pub const TOTAL: usize = 6;
}

/// A canonical document as sealing takes it: values by slot, lines not yet padded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanonicalFields {
    /// The kind of document.
    pub kind: Kind,
    /// The schema's version, from 1.
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
