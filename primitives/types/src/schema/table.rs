//! The table of fields: slot, path, type, bytes and words of each, and what the numbers of a type are, stand here and nowhere else. Sealing takes its sizes
//! from it, checks their names, `document show` and grants their paths, and a test compares it with
//! `specs/schemas/canonical.md`.

use super::{AMOUNT_SCALE, GROUP, Kind, NUMBER_BITS, PAYABLE_BITS, PRICE_SCALE, QUANTITY_SCALE};

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldType {
    /// A text.
    Text,
    /// A party's name: as written, and plain.
    Name,
    /// A document's own number.
    Number,
    /// The first of a list of document numbers: a view that checks have of [`FieldType::References`].
    Reference,
    /// A list of document numbers as a whole.
    References,
    /// A party: up to [`super::PARTY_IDS`] legal identifiers in one leaf.
    Party,
    /// A day.
    Date,
    /// A code or count.
    Integer,
    /// The document's currency.
    Currency,
    /// An amount of money.
    Amount,
    /// An amount of money in minor units.
    Payable,
    /// A quantity and its unit.
    Quantity,
    /// A price and its base quantity.
    Price,
    /// The identifier of a line.
    LineId,
    /// The identifier of a line together with its document's number: a view that checks have of
    /// [`FieldType::LineId`] where it meets a [`FieldType::LineReference`].
    NumberedLine,
    /// A line of another document, and which document that is.
    LineReference,
}

impl FieldType {
    /// The type in words, as `specs/schemas/canonical.md` has it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Text | Self::Currency | Self::LineId | Self::NumberedLine => "text",
            Self::Name => "name",
            Self::Number => "document number",
            Self::Reference | Self::References => "references",
            Self::Party => "legal identifiers",
            Self::Date => "date",
            Self::Integer => "integer",
            Self::Amount => "amount",
            Self::Payable => "payable amount",
            Self::Quantity => "quantity",
            Self::Price => "price",
            Self::LineReference => "line reference",
        }
    }

    /// Bits of the magnitude of its numbers, which are integers: of an amount, say, millionths. 0 of what holds none.
    #[must_use]
    pub const fn bits(self) -> u32 {
        match self {
            Self::Date => 31,
            Self::Integer => 63,
            Self::Payable => PAYABLE_BITS,
            Self::Amount | Self::Quantity | Self::Price => NUMBER_BITS,
            _ => 0,
        }
    }

    /// Decimals of its numbers; 0 of a payable amount, whose number counts minor units. A price's base has a quantity's.
    #[must_use]
    pub const fn scale(self) -> u32 {
        match self {
            Self::Amount => AMOUNT_SCALE,
            Self::Quantity => QUANTITY_SCALE,
            Self::Price => PRICE_SCALE,
            _ => 0,
        }
    }
}

/// A field: one row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its name: the path that `document show --json` prints, inside the document or the line.
    pub path: &'static str,
    /// Its slot in the header or the line.
    pub slot: usize,
    /// What it holds.
    pub holds: FieldType,
    /// Bytes of its padded plaintext.
    pub bytes: usize,
    /// What it is called.
    pub words: &'static str,
}

/// Integers, dates, amounts, prices, quantities, codes, and slots without a field.
const SMALL: usize = 48;
/// Identifiers of lines.
const LINE: usize = 128;
/// Document numbers, ports and vessels.
const NUMBER: usize = 160;
/// Identifiers of lines with their document's number.
const LINE_NUMBER: usize = LINE + NUMBER;
/// Names and descriptions, and eight digits for each of a list's dates: as long as the longest text.
const LONG: usize = 528;
/// Lists of document numbers and of legal identifiers.
const LIST: usize = 768;

/// A table: a constant for each slot, and the rows.
macro_rules! table {
    ($(#[$doc:meta])* $module:ident, $rows:ident:
     $($name:ident = $slot:literal, $path:literal, $holds:ident, $bytes:ident, $words:literal;)+) => {
        $(#[$doc])*
        pub mod $module {
            $(#[doc = concat!("Slot of the ", $words, ".")]
            pub const $name: usize = $slot;)+
        }
        const $rows: &[Field] = &[$(Field {
            path: $path,
            slot: $slot,
            holds: FieldType::$holds,
            bytes: $bytes,
            words: $words,
        }),+];
    };
}

table! {
    /// Header slots of the trade documents. Bills of lading, waybills and letters of credit use the first sixteen of them,
    /// which are the group that the financing statement opens, and [`transport`] for the rest; the tolerance is of orders alone.
    slot, HEADER:
    NUMBER = 0, "id", Number, NUMBER, "number";
    TYPE_CODE = 1, "type_code", Integer, SMALL, "type code";
    ISSUE_DATE = 2, "issue_date", Date, SMALL, "issue date";
    SELLER_IDS = 3, "seller.ids", Party, LIST, "seller's identifiers";
    BUYER_IDS = 4, "buyer.ids", Party, LIST, "buyer's identifiers";
    PAYEE_IDS = 5, "payee.ids", Party, LIST, "payee's identifiers";
    SELLER_NAME = 6, "seller.name", Name, LONG, "seller's name";
    BUYER_NAME = 7, "buyer.name", Name, LONG, "buyer's name";
    PAYEE_NAME = 8, "payee.name", Name, LONG, "payee's name";
    PAYABLE = 9, "payable_amount", Payable, SMALL, "payable amount";
    ORDER_REFERENCES = 10, "order_references", References, LIST, "order references";
    DESPATCH_REFERENCES = 11, "despatch_references", References, LIST, "despatch references";
    BILLING_REFERENCES = 12, "billing_references", References, LIST, "billing references";
    DUE_DATE = 13, "due_date", Date, SMALL, "due date";
    CURRENCY = 14, "currency", Currency, SMALL, "currency";
    COPY = 15, "copy", Integer, SMALL, "copy";
    LINES_TOTAL = 16, "totals.lines", Amount, SMALL, "lines total";
    ALLOWANCES = 17, "totals.allowances", Amount, SMALL, "allowances total";
    CHARGES = 18, "totals.charges", Amount, SMALL, "charges total";
    TAX_EXCLUSIVE = 19, "totals.tax_exclusive", Amount, SMALL, "total without tax";
    TAX = 20, "totals.tax", Amount, SMALL, "tax";
    TAX_INCLUSIVE = 21, "totals.tax_inclusive", Amount, SMALL, "total with tax";
    PREPAID = 22, "totals.prepaid", Amount, SMALL, "prepaid";
    ROUNDING = 23, "totals.rounding", Amount, SMALL, "rounding";
    THIRD_PARTY = 24, "totals.third_party", Amount, SMALL, "third parties' amounts";
    BUYER_REFERENCE = 25, "buyer_reference", Text, NUMBER, "buyer's reference";
    TOLERANCE = 26, "tolerance", Integer, SMALL, "tolerance";
    GOODS = 27, "transport.goods", Text, LONG, "goods";
    BILLING_DATES = 28, "billing_dates", Text, LONG, "dates of the billing references";
}

table! {
    /// Header slots that bills of lading, waybills and letters of credit use beside the first sixteen of [`slot`]: their
    /// parties stand in the slots of seller, buyer and payee as `specs/schemas/` lays down.
    transport, TRANSPORT:
    PORT_OF_LOADING = 16, "transport.port_of_loading", Text, NUMBER, "port of loading";
    PORT_OF_DISCHARGE = 17, "transport.port_of_discharge", Text, NUMBER, "port of discharge";
    VESSEL = 18, "transport.vessel", Text, NUMBER, "vessel";
    SHIPMENT_DATE = 19, "transport.shipment_date", Date, SMALL, "shipment date";
    EXPIRY_DATE = 20, "transport.expiry_date", Date, SMALL, "expiry date";
    GOODS = 21, "transport.goods", Text, LONG, "goods";
}

table! {
    /// Slots of one line.
    line_slot, LINES:
    ID = 0, "id", LineId, LINE, "line identifier";
    ORDER_LINE = 1, "order_line", LineReference, LINE_NUMBER, "order line";
    DESPATCH_LINE = 2, "despatch_line", LineReference, LINE_NUMBER, "despatch line";
    ITEM = 3, "item", Text, LONG, "item";
    QUANTITY = 4, "quantity", Quantity, SMALL, "quantity";
    PRICE = 5, "price", Price, SMALL, "price";
    TOTAL = 6, "total", Amount, SMALL, "line total";
}

table! {
    /// What a line of an order or of the answer to one has in place of [`line_slot`]'s.
    order_line_slot, ORDER_LINES:
    STATUS = 2, "status", Integer, SMALL, "line status";
}

table! {
    /// What a line of a receipt advice has in place of [`line_slot`]'s.
    receipt_line_slot, RECEIPT_LINES:
    REJECTED = 5, "rejected_quantity", Quantity, SMALL, "rejected quantity";
    SHORT = 6, "short_quantity", Quantity, SMALL, "short quantity";
}

impl Kind {
    /// Whether the kind has `transport.*` instead of `totals.*`.
    #[must_use]
    pub fn is_transport(self) -> bool {
        matches!(
            self,
            Self::BillOfLading | Self::Waybill | Self::LetterOfCredit
        )
    }
}

/// The fields of a kind's header, by slot.
pub fn header_fields(kind: Kind) -> impl Iterator<Item = &'static Field> {
    let of_kind = move |field: &&'static Field| match field.slot {
        0..GROUP => true,
        slot::TOLERANCE => kind == Kind::Order,
        _ => !kind.is_transport(),
    };
    let own: &[Field] = if kind.is_transport() { TRANSPORT } else { &[] };
    HEADER.iter().filter(of_kind).chain(own)
}

/// The fields of a line of a kind, by slot.
pub fn line_fields(kind: Kind) -> impl Iterator<Item = &'static Field> {
    let own: &[Field] = match kind {
        Kind::Order | Kind::OrderResponse => ORDER_LINES,
        Kind::ReceiptAdvice => RECEIPT_LINES,
        _ => &[],
    };
    let of_slot = |slot: usize| own.iter().find(move |field| field.slot == slot);
    LINES
        .iter()
        .map(move |field| of_slot(field.slot).unwrap_or(field))
}

/// The field of a kind's header that stands in a slot.
#[must_use]
pub fn header_field(kind: Kind, slot: usize) -> Option<&'static Field> {
    header_fields(kind).find(|field| field.slot == slot)
}

/// The field of a kind's lines that stands in a slot.
#[must_use]
pub fn line_field(kind: Kind, slot: usize) -> Option<&'static Field> {
    line_fields(kind).find(|field| field.slot == slot)
}

/// Whether a header slot holds the identifiers of a party, whatever the kind: its leaf has a form of its own.
#[must_use]
pub fn is_legal_ids(slot: usize) -> bool {
    HEADER
        .get(slot)
        .is_some_and(|field| field.holds == FieldType::Party)
}

impl Field {
    /// The row of a header slot of trade documents, for constants.
    ///
    /// # Panics
    /// When no field has the slot.
    #[must_use]
    pub const fn of_header(slot: usize) -> Self {
        HEADER[slot]
    }

    /// The row of a line's slot, for constants.
    ///
    /// # Panics
    /// When no field has the slot.
    #[must_use]
    pub const fn of_line(slot: usize) -> Self {
        LINES[slot]
    }

    /// Bytes of the padded plaintext of a slot: a constant of the kind, never of the value.
    #[must_use]
    pub fn bytes_of(field: Option<&Self>) -> usize {
        field.map_or(SMALL, |field| field.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{HEADER_SLOTS, LINE_SLOTS};

    #[test]
    fn every_kind_has_each_slot_and_each_path_once() {
        for kind in Kind::ALL {
            let header: Vec<&Field> = header_fields(kind).collect();
            let line: Vec<&Field> = line_fields(kind).collect();
            for (fields, slots) in [(&header, HEADER_SLOTS), (&line, LINE_SLOTS)] {
                for (number, field) in fields.iter().enumerate() {
                    assert!(field.slot < slots, "{kind:?} {}", field.path);
                    let others = fields[..number].iter();
                    for other in others {
                        assert!(other.slot < field.slot, "{kind:?} {}", field.path);
                        assert_ne!(other.path, field.path);
                    }
                }
            }
            assert_eq!(line.len(), LINE_SLOTS);
        }
        for (slot, field) in HEADER.iter().enumerate() {
            assert_eq!(field.slot, slot, "{}", field.path);
            assert_eq!(is_legal_ids(slot), (3..6).contains(&slot));
        }
        assert!(!is_legal_ids(HEADER.len()));
    }

    #[test]
    fn kinds_have_their_own_fields() {
        let path = |kind, slot| line_field(kind, slot).map(|field| field.path);
        assert_eq!(path(Kind::Order, 2), Some("status"));
        assert_eq!(path(Kind::Invoice, 2), Some("despatch_line"));
        assert_eq!(path(Kind::ReceiptAdvice, 6), Some("short_quantity"));
        let tolerance = |kind| header_field(kind, slot::TOLERANCE).is_some();
        assert_eq!(
            Kind::ALL.map(tolerance).into_iter().position(|one| one),
            Some(0)
        );
        assert!(!tolerance(Kind::OrderResponse));
        assert!(header_field(Kind::Waybill, slot::PREPAID).is_none());
        let loading = header_field(Kind::Waybill, transport::PORT_OF_LOADING);
        assert_eq!(
            loading.map(|field| field.path),
            Some("transport.port_of_loading")
        );
    }
}
