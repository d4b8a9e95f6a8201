//! The financing statement: a sealed record is an invoice that may be financed, its seller is the party of an alias, and these blinded
//! points are its fingerprints' (`specs/circuits/financing.md`).

#[cfg(feature = "constraints")]
pub mod constraints;
mod fault;
#[cfg(any(test, feature = "fixtures"))]
pub mod fixture;
mod native;
pub mod shape;
mod statement;
mod witness;

pub use fault::FinancingError;
pub use shape::{CIRCUIT, Slot, is_opened};
pub use statement::{FinancingStatement, Mask, PUBLIC_INPUTS, StatementError, UncheckedStatement};
pub use witness::{Content, FinancingWitness, Opening, Rest, Seller};

pub use sealane_types::schema::FINANCEABLE;

#[cfg(all(test, feature = "constraints"))]
mod tests;
