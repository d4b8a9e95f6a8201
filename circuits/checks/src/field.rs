//! The fields that a check can read, by kind of document: their names as `sealane document show --json`
//! prints them, their slots and their types. `specs/checks/README.md` has the same table.

use sealane_types::schema::{Kind, PARTY_IDS, line_slot, slot, transport};

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// A text.
    Text,
    /// A document's own number.
    Number,
    /// The first of a list of document numbers.
    Reference,
    /// A list of document numbers as a whole.
    References,
    /// Up to three legal identifiers, in three slots.
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
}

/// A field.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name: the path that `document show` prints, inside the document or the line.
    pub path: &'static str,
    /// Its slot in the header or the line.
    pub slot: usize,
    /// What it holds.
    pub holds: FieldType,
}

const fn field(path: &'static str, slot: usize, holds: FieldType) -> Field {
    Field { path, slot, holds }
}

/// Fields of every kind's header.
const COMMON: [Field; 20] = [
    field("id", slot::NUMBER, FieldType::Number),
    field("type_code", slot::TYPE_CODE, FieldType::Integer),
    field("issue_date", slot::ISSUE_DATE, FieldType::Date),
    field("due_date", slot::DUE_DATE, FieldType::Date),
    field("seller", slot::SELLER_IDS, FieldType::Party),
    field("buyer", slot::BUYER_IDS, FieldType::Party),
    field("payee", slot::PAYEE_IDS, FieldType::Party),
    field("seller.name", slot::SELLER_NAME, FieldType::Text),
    field("buyer.name", slot::BUYER_NAME, FieldType::Text),
    field("payee.name", slot::PAYEE_NAME, FieldType::Text),
    field("currency", slot::CURRENCY, FieldType::Currency),
    field("copy", slot::COPY, FieldType::Integer),
    field("payable_amount", slot::PAYABLE, FieldType::Payable),
    field(
        "order_references",
        slot::ORDER_REFERENCES,
        FieldType::References,
    ),
    field(
        "despatch_references",
        slot::DESPATCH_REFERENCES,
        FieldType::References,
    ),
    field(
        "billing_references",
        slot::BILLING_REFERENCES,
        FieldType::References,
    ),
    field(
        "order_references[0]",
        slot::ORDER_REFERENCES,
        FieldType::Reference,
    ),
    field(
        "despatch_references[0]",
        slot::DESPATCH_REFERENCES,
        FieldType::Reference,
    ),
    field(
        "billing_references[0]",
        slot::BILLING_REFERENCES,
        FieldType::Reference,
    ),
    field("buyer_reference", slot::BUYER_REFERENCE, FieldType::Text),
];

/// Fields of the trade documents' headers.
const TOTALS: [Field; 6] = [
    field("totals.lines", slot::LINES_TOTAL, FieldType::Amount),
    field(
        "totals.tax_exclusive",
        slot::TAX_EXCLUSIVE,
        FieldType::Amount,
    ),
    field(
        "totals.tax_inclusive",
        slot::TAX_INCLUSIVE,
        FieldType::Amount,
    ),
    field("totals.tax", slot::TAX, FieldType::Amount),
    field("totals.prepaid", slot::PREPAID, FieldType::Amount),
    field("totals.rounding", slot::ROUNDING, FieldType::Amount),
];

/// Fields of the headers of bills of lading, waybills and letters of credit.
const TRANSPORT: [Field; 6] = [
    field(
        "transport.port_of_loading",
        transport::PORT_OF_LOADING,
        FieldType::Text,
    ),
    field(
        "transport.port_of_discharge",
        transport::PORT_OF_DISCHARGE,
        FieldType::Text,
    ),
    field("transport.vessel", transport::VESSEL, FieldType::Text),
    field(
        "transport.shipment_date",
        transport::SHIPMENT_DATE,
        FieldType::Date,
    ),
    field(
        "transport.expiry_date",
        transport::EXPIRY_DATE,
        FieldType::Date,
    ),
    field("transport.goods", transport::GOODS, FieldType::Text),
];

/// Fields of a line.
const LINE: [Field; 7] = [
    field("id", line_slot::ID, FieldType::Text),
    field("order_line", line_slot::ORDER_LINE, FieldType::Text),
    field("despatch_line", line_slot::DESPATCH_LINE, FieldType::Text),
    field("item", line_slot::ITEM, FieldType::Text),
    field("quantity", line_slot::QUANTITY, FieldType::Quantity),
    field("price", line_slot::PRICE, FieldType::Price),
    field("total", line_slot::TOTAL, FieldType::Amount),
];

static COMMON_FIELDS: [Field; 20] = COMMON;
static TOTALS_FIELDS: [Field; 6] = TOTALS;
static TRANSPORT_FIELDS: [Field; 6] = TRANSPORT;
static LINE_FIELDS: [Field; 7] = LINE;

/// The header's `currency`, which prices are in.
pub(crate) static CURRENCY: Field = field("currency", slot::CURRENCY, FieldType::Currency);
/// The header's number.
pub(crate) static NUMBER: Field = field("id", slot::NUMBER, FieldType::Number);
/// A line's quantity, whose unit prices are for.
pub(crate) static QUANTITY: Field = field("quantity", line_slot::QUANTITY, FieldType::Quantity);

/// Whether the kind has `transport.*` instead of `totals.*`.
fn is_transport(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::BillOfLading | Kind::Waybill | Kind::LetterOfCredit
    )
}

/// The fields of a kind's header.
pub fn header_fields(kind: Kind) -> impl Iterator<Item = &'static Field> {
    let own = if is_transport(kind) {
        &TRANSPORT_FIELDS
    } else {
        &TOTALS_FIELDS
    };
    COMMON_FIELDS.iter().chain(own)
}

/// The fields of a line, whatever the kind.
pub fn line_fields() -> impl Iterator<Item = &'static Field> {
    LINE_FIELDS.iter()
}

/// The field of a kind's header that has a slot; of a party any of its slots.
#[must_use]
pub fn header_field(kind: Kind, slot: usize) -> Option<&'static Field> {
    let holds = |field: &&'static Field| match field.holds {
        FieldType::Party => (field.slot..field.slot + PARTY_IDS).contains(&slot),
        _ => field.slot == slot,
    };
    header_fields(kind).find(holds)
}

/// The field of a line that has a slot.
#[must_use]
pub fn line_field(slot: usize) -> Option<&'static Field> {
    line_fields().find(|field| field.slot == slot)
}

pub(crate) fn path_of_header(kind: Kind, slot: usize) -> &'static str {
    header_field(kind, slot).map_or("", |field| field.path)
}

pub(crate) fn path_of_line(slot: usize) -> &'static str {
    line_field(slot).map_or("", |field| field.path)
}

/// A party of a document: who may have sealed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The seller; shipper, beneficiary.
    Seller,
    /// The buyer; consignee, applicant.
    Buyer,
    /// The payee; carrier, issuer.
    Payee,
}

impl Role {
    /// The party's field.
    #[must_use]
    pub fn field(self) -> &'static Field {
        match self {
            Self::Seller => &COMMON_FIELDS[4],
            Self::Buyer => &COMMON_FIELDS[5],
            Self::Payee => &COMMON_FIELDS[6],
        }
    }
}

/// The words for a kind's parties.
#[must_use]
pub fn roles(kind: Kind) -> Vec<(&'static str, Role)> {
    let plain = ["seller", "buyer", "payee"];
    let own = match kind {
        Kind::BillOfLading | Kind::Waybill => ["shipper", "consignee", "carrier"],
        Kind::LetterOfCredit => ["beneficiary", "applicant", "issuer"],
        _ => plain,
    };
    let roles = [Role::Seller, Role::Buyer, Role::Payee];
    let mut words: Vec<_> = own.into_iter().zip(roles).collect();
    words.extend(
        plain
            .into_iter()
            .zip(roles)
            .filter(|(word, _)| !own.contains(word)),
    );
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parties_have_their_fields() {
        for (role, path) in [
            (Role::Seller, "seller"),
            (Role::Buyer, "buyer"),
            (Role::Payee, "payee"),
        ] {
            assert_eq!(
                (role.field().path, role.field().holds),
                (path, FieldType::Party)
            );
        }
        assert_eq!(roles(Kind::Waybill)[2], ("carrier", Role::Payee));
        assert_eq!(roles(Kind::Waybill).len(), 6);
        assert_eq!(roles(Kind::Order).len(), 3);
    }

    #[test]
    fn no_two_fields_of_a_kind_have_one_name() {
        for kind in Kind::ALL {
            let mut names: Vec<_> = header_fields(kind).map(|field| field.path).collect();
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count);
        }
    }
}
