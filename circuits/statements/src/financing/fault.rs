//! Why a record cannot be financed, or a statement is not about it.

use sealane_types::schema::Kind;
use thiserror::Error;

use super::shape::header;

/// Why a record cannot be financed, or a statement is not about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FinancingError {
    /// Only invoices are financed.
    #[error("a {} of schema version {} cannot be financed: only an Invoice of version 2 can", .0.name(), .1)]
    Kind(Kind, u16),
    /// C1, C2: a leaf's opening is not the record's.
    #[error("the opening of header slot {0} does not give the record's leaf")]
    Leaf(usize),
    /// C3: presence is neither 0 nor 1.
    #[error("the presence of header slot {0} is neither 0 nor 1")]
    Presence(usize),
    /// C4: a field is missing without which there is no financing.
    #[error("the document has no {}, without which there is no financing", field(*.0))]
    Missing(usize),
    /// C5: the mask is not that of what is known.
    #[error("the mask {stated:#06x} is not the record's {actual:#06x}")]
    Mask {
        /// What the statement says.
        stated: u16,
        /// What the record gives.
        actual: u16,
    },
    /// C6: a document of this type code is not financed.
    #[error(
        "a document of UNTDID 1001 type code {0} is not financed (credit notes, pro-formas and reports are not)"
    )]
    TypeCode(u64),
    /// C7: the payable amount is 0, negative or too large.
    #[error("the payable amount must be above 0 and below 2^63 minor units")]
    Amount,
    /// C8, C9: the record root is not that of the leaves.
    #[error("the leaves do not give the stated record root")]
    Root,
    /// C10: the commitment is not to the record's amount.
    #[error("the commitment is not to the record's payable amount and currency")]
    AmountCommitment,
    /// C11: the alias' commitment is another.
    #[error("the seller's alias has another commitment than its opening gives: was it amended?")]
    Alias,
    /// C12: an identifier of the document is not the seller's alias'.
    #[error(
        "identifier {} of the document's seller is not among the alias': add it to the customer's file, or ask",
        .0 + 1
    )]
    Stranger(usize),
    /// C13: the alias' identifiers have a gap.
    #[error("the alias has nothing at place {0} and an identifier after it")]
    Gap(usize),
    /// C14: the document's identifiers do not begin at the first place.
    #[error("the seller's identifiers in the document do not begin at the first place")]
    NotFirst,
    /// C18: a fingerprint's input maps to a point of small order.
    #[error("the fingerprint of slot {0} maps to no point of prime order")]
    Unmappable(usize),
    /// C20: `S` is not the blinding scalar's.
    #[error("S is not the blinding scalar times the generator")]
    Commitment,
    /// C21 to C23: a blinded point is not the record's, or is where none may be.
    #[error("the blinded point of slot {0} is not the record's")]
    Blinded(usize),
    /// The operating system gives no randomness, with which secret scalars are masked.
    #[error("the operating system gives no randomness")]
    Random,
}

/// A header slot in the words of `document show`.
fn field(header_slot: usize) -> &'static str {
    match header_slot {
        header::NUMBER => "number (id)",
        header::ISSUE_DATE => "issue date (issue_date)",
        header::SELLER_NAME => "name of the seller (seller.name)",
        header::PAYABLE => "payable amount (payable_amount)",
        _ => "required field",
    }
}
