//! The fields that a check can read, by kind of document: the rows of the one table (`sealane_types::schema`), their names
//! as `sealane document show --json` prints them, and the views that checks have of some. `specs/checks/README.md` has the same.

use sealane_types::schema::{Kind, line_slot, slot};

pub use sealane_types::schema::{Field, FieldType, header_field, line_field, line_fields};

/// The header's `currency`, which prices are in.
pub(crate) static CURRENCY: Field = Field::of_header(slot::CURRENCY);
/// The header's number.
pub(crate) static NUMBER: Field = Field::of_header(slot::NUMBER);
/// A line's quantity, whose unit prices are for.
pub(crate) static QUANTITY: Field = Field::of_line(line_slot::QUANTITY);
/// A line's identifier.
pub(crate) static LINE_ID: Field = Field::of_line(line_slot::ID);
/// A line's identifier with its document's number: what a line reference is compared with.
pub(crate) static NUMBERED_LINE: Field = Field {
    holds: FieldType::NumberedLine,
    ..Field::of_line(line_slot::ID)
};

/// The first of each list of references.
static FIRST_REFERENCES: [Field; 3] = [
    first("order_references[0]", slot::ORDER_REFERENCES),
    first("despatch_references[0]", slot::DESPATCH_REFERENCES),
    first("billing_references[0]", slot::BILLING_REFERENCES),
];

const fn first(path: &'static str, slot: usize) -> Field {
    Field {
        path,
        holds: FieldType::Reference,
        ..Field::of_header(slot)
    }
}

static SELLER: Field = Field::of_header(slot::SELLER_IDS);
static BUYER: Field = Field::of_header(slot::BUYER_IDS);
static PAYEE: Field = Field::of_header(slot::PAYEE_IDS);

/// The fields of a kind's header, and the views of them.
pub fn header_fields(kind: Kind) -> impl Iterator<Item = &'static Field> {
    sealane_types::schema::header_fields(kind).chain(&FIRST_REFERENCES)
}

pub(crate) fn path_of_header(kind: Kind, slot: usize) -> &'static str {
    header_field(kind, slot).map_or("", |field| field.path)
}

pub(crate) fn path_of_line(kind: Kind, slot: usize) -> &'static str {
    line_field(kind, slot).map_or("", |field| field.path)
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
            Self::Seller => &SELLER,
            Self::Buyer => &BUYER,
            Self::Payee => &PAYEE,
        }
    }

    /// Its word in every kind's paths.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Seller => "seller",
            Self::Buyer => "buyer",
            Self::Payee => "payee",
        }
    }
}

/// The words for a kind's parties.
#[must_use]
pub fn roles(kind: Kind) -> Vec<(&'static str, Role)> {
    let roles = [Role::Seller, Role::Buyer, Role::Payee];
    let plain = roles.map(Role::word);
    let own = match kind {
        Kind::BillOfLading | Kind::Waybill => ["shipper", "consignee", "carrier"],
        Kind::LetterOfCredit => ["beneficiary", "applicant", "issuer"],
        _ => plain,
    };
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
            (Role::Seller, "seller.ids"),
            (Role::Buyer, "buyer.ids"),
            (Role::Payee, "payee.ids"),
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
