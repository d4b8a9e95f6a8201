//! The financing statement: a sealed record is an invoice that may be financed, its seller is the party of an alias, and these blinded
//! points are its fingerprints' (`specs/circuits/financing.md`).

#[cfg(feature = "constraints")]
pub mod constraints;
#[cfg(any(test, feature = "fixtures"))]
pub mod fixture;
mod native;
pub mod shape;
mod statement;
mod witness;

pub use native::FinancingError;
pub use shape::{CIRCUIT, Slot, is_opened};
pub use statement::{FinancingStatement, Mask, PUBLIC_INPUTS, StatementError, UncheckedStatement};
pub use witness::{Content, FinancingWitness, Opening, Rest, Seller};

/// UNTDID 1001 codes of documents that may be financed: invoices and debit notes by which somebody owes
/// money. Not credit notes (381, 261, 396, 420, 458, 532), pro-formas (325), reports (553), nor documents for
/// information, customs or tax alone (71, 102, 130, 751, 870, 935). `specs/circuits/financing.md` has the list.
pub const FINANCEABLE: [u64; 39] = [
    80, 82, 84, 202, 203, 204, 211, 218, 219, 295, 326, 331, 380, 382, 383, 384, 385, 386, 387,
    388, 389, 390, 393, 394, 395, 471, 472, 473, 480, 500, 501, 527, 575, 623, 633, 780, 875, 876,
    877,
];

#[cfg(all(test, feature = "constraints"))]
mod tests;
