//! Whether a document names the customer under whose alias it is sealed or presented. Asked before anything is sealed or proven:
//! a document that was sealed for the wrong customer is financed under that one's identifiers.

use sealane_documents::ClaimKind;
use sealane_types::fields::FieldValue;
use sealane_types::names::plain_name;
use sealane_types::schema::{CanonicalFields, Kind, slot};

use super::{Bank, SellerFault};
use crate::error::ClientError;
use crate::home::customers::CustomerRole;

/// A customer, by the bank's own name for it, and whether a person has confirmed whose document it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whose<'a> {
    /// The name.
    pub name: &'a str,
    /// A person has looked: the document is this customer's, although it does not name it.
    pub confirmed: bool,
}

/// The party that writes, and so seals, a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Writer {
    word: &'static str,
    identifiers: usize,
    name: usize,
}

const SELLER: Writer = Writer {
    word: "seller",
    identifiers: slot::SELLER_IDS,
    name: slot::SELLER_NAME,
};
const BUYER: Writer = Writer {
    word: "buyer",
    identifiers: slot::BUYER_IDS,
    name: slot::BUYER_NAME,
};
const CARRIER: Writer = third("carrier");
const ISSUER: Writer = third("issuer");

/// A credit note that the buyer writes (UNTDID 1001).
const SELF_BILLED_CREDIT_NOTE: i64 = 261;

const fn third(word: &'static str) -> Writer {
    Writer {
        word,
        identifiers: slot::PAYEE_IDS,
        name: slot::PAYEE_NAME,
    }
}

/// Who may seal a document of this kind and type code, the one who writes it first: as the standard checks and workflows
/// demand it of the record's sealer (`specs/checks/README.md`).
fn writers(kind: Kind, code: Option<i64>) -> &'static [Writer] {
    let by_buyer =
        ClaimKind::of_sealed(code).is_self_billed() || code == Some(SELF_BILLED_CREDIT_NOTE);
    match kind {
        Kind::Order | Kind::ReceiptAdvice => &[BUYER],
        Kind::Invoice | Kind::CreditNote if by_buyer => &[BUYER, SELLER],
        Kind::Invoice | Kind::CreditNote | Kind::OrderResponse | Kind::DespatchAdvice => &[SELLER],
        Kind::BillOfLading | Kind::Waybill => &[CARRIER],
        Kind::LetterOfCredit => &[ISSUER],
    }
}

/// A party of a document.
#[derive(Debug, Clone, Default)]
pub(super) struct Party {
    pub identifiers: Vec<String>,
    pub name: Option<String>,
}

impl Party {
    pub fn is_named(&self) -> bool {
        self.name.is_some() || !self.identifiers.is_empty()
    }

    pub fn meets(&self, identifiers: &[String]) -> bool {
        self.identifiers.iter().any(|id| identifiers.contains(id))
    }

    /// Whether the plain names are the same, where both have one.
    pub fn has_name(&self, other: Option<&str>) -> bool {
        let plain = |name: Option<&str>| name.map(plain_name).filter(|name| !name.is_empty());
        let own = plain(self.name.as_deref());
        own.is_some() && plain(other) == own
    }

    /// Whether this is the customer with these identifiers: one of them is shown, or none is and the name is the customer's.
    fn is(&self, name: &str, identifiers: &[String]) -> bool {
        match self.identifiers.is_empty() {
            true => self.has_name(Some(name)),
            false => self.meets(identifiers),
        }
    }

    /// What the document shows of it.
    pub fn shown(&self) -> String {
        let parts = self.name.iter().chain(&self.identifiers);
        let parts: Vec<&str> = parts.map(String::as_str).collect();
        match (parts.is_empty(), self.identifiers.is_empty()) {
            (true, _) => "nobody".to_owned(),
            (false, true) => format!("{}, without a legal identifier", parts.join(", ")),
            (false, false) => parts.join(", "),
        }
    }
}

/// The type code of a document that is to be sealed.
pub(super) fn type_code(fields: &CanonicalFields) -> Option<i64> {
    match fields.header[slot::TYPE_CODE] {
        Some(FieldValue::Integer(code)) => Some(code),
        _ => None,
    }
}

fn party(fields: &CanonicalFields, writer: Writer) -> Party {
    let mut party = Party::default();
    if let Some(FieldValue::LegalIds(all)) = &fields.header[writer.identifiers] {
        party.identifiers.clone_from(all);
    }
    if let Some(FieldValue::Name(name)) = &fields.header[writer.name] {
        party.name = Some(name.clone());
    }
    party
}

impl Bank {
    /// That a document that is to be sealed names the customer as the party that writes such a document, or a person has
    /// confirmed that it is the customer's.
    pub(super) fn must_name(
        &self,
        fields: &CanonicalFields,
        whose: Whose<'_>,
    ) -> Result<(), ClientError> {
        let book = self.home().customers()?;
        let customer = book.named(whose.name);
        let customer = customer.ok_or_else(|| ClientError::NoCustomer(whose.name.to_owned()))?;
        if customer.role == CustomerRole::Asked {
            return Err(SellerFault::AskedBefore(customer.name.clone()).into());
        }
        let writers = writers(fields.kind, type_code(fields));
        let is_named = writers.iter().any(|writer| {
            let party = party(fields, *writer);
            party.is(&customer.name, &customer.identifiers)
        });
        if whose.confirmed || is_named {
            return Ok(());
        }
        let writer = writers[0];
        Err(not_named(whose.name, writer.word, &party(fields, writer)))
    }
}

/// That a document without an identifier of its seller is presented under a customer of its seller's name, or a person has
/// confirmed whose it is. Identifiers that the document does show must all be the customer's, which is checked apart.
pub(super) fn must_be_seller(seller: &Party, whose: Whose<'_>) -> Result<(), ClientError> {
    let fits = !seller.identifiers.is_empty() || seller.has_name(Some(whose.name));
    match whose.confirmed || fits {
        true => Ok(()),
        false => Err(not_named(whose.name, SELLER.word, seller)),
    }
}

fn not_named(customer: &str, party: &'static str, shown: &Party) -> ClientError {
    let fault = SellerFault::NotNamed {
        customer: customer.to_owned(),
        party,
        shown: shown.shown(),
    };
    fault.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_sealed_by_the_party_that_writes_it() {
        let words = |kind, code| -> Vec<&str> {
            writers(kind, code)
                .iter()
                .map(|writer| writer.word)
                .collect()
        };
        for (kind, code, right) in [
            (Kind::Order, None, &["buyer"][..]),
            (Kind::OrderResponse, Some(29), &["seller"]),
            (Kind::DespatchAdvice, None, &["seller"]),
            (Kind::ReceiptAdvice, None, &["buyer"]),
            (Kind::Invoice, None, &["seller"]),
            (Kind::Invoice, Some(389), &["buyer", "seller"]),
            (Kind::Invoice, Some(501), &["buyer", "seller"]),
            (Kind::CreditNote, Some(381), &["seller"]),
            (Kind::CreditNote, Some(261), &["buyer", "seller"]),
            (Kind::BillOfLading, None, &["carrier"]),
            (Kind::Waybill, None, &["carrier"]),
            (Kind::LetterOfCredit, None, &["issuer"]),
        ] {
            assert_eq!(words(kind, code), right, "{kind:?} {code:?}");
        }
    }

    #[test]
    fn a_party_is_a_customer_by_a_number_or_without_any_by_its_name() {
        let own = ["nl-kvk:81726354".to_owned(), "de-vat:129273398".to_owned()];
        let party = |ids: &[&str], name: &str| Party {
            identifiers: ids.iter().map(|id| (*id).to_owned()).collect(),
            name: (!name.is_empty()).then(|| name.to_owned()),
        };
        for (shown, is) in [
            (party(&["de-vat:129273398"], "Other"), true),
            (party(&["de-vat:129273398", "lei:1"], ""), true),
            (party(&["de-vat:129274202"], "Acme Ltd."), false),
            (party(&[], "ACME LTD"), true),
            (party(&[], "Acme Foundry"), false),
            (party(&[], ""), false),
        ] {
            assert_eq!(shown.is("Acme Ltd", &own), is, "{shown:?}");
        }
        assert_eq!(party(&[], "").shown(), "nobody");
        let nameless = party(&[], "Acme").shown();
        assert_eq!(nameless, "Acme, without a legal identifier");
    }
}
