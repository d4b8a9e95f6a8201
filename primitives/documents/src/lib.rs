//! Ingest: the bytes of a trade document become one canonical [`Document`], or a [`ReadError`] that
//! says what is wrong, where, by which rule, and what to do.
//!
//! ```text
//! bytes → out of a PDF → encoding → form (XML or JSON) → out of an envelope
//!       → declared schema → arithmetic → Document → CanonicalFields
//! ```
//!
//! Read are UBL 2.x, UN/CEFACT Cross Industry Invoices and the project's own JSON. Which path of
//! which format gives which field is declared in `specs/schemas/*.toml`, and those very files are
//! what this crate reads by. No floating point; time and memory are bounded by [`MAX_BYTES`], [`xml::MAX_DEPTH`],
//! [`xml::MAX_NODES`] and [`pdf`]'s own allowance; nothing here panics on any bytes.

mod answers;
mod arithmetic;
pub mod canonical;
pub mod claim;
pub mod codes;
mod conclude;
pub mod dates;
pub mod decimal;
pub mod document;
mod doubtful;
pub mod encoding;
pub mod fault;
pub mod form;
pub mod identifiers;
pub mod json;
mod limits;
pub mod nature;
mod odd_dates;
mod order_code;
pub mod pdf;
mod places;
mod quantities;
pub mod read;
mod replaced;
mod required;
mod sealable;
pub mod show;
mod signs;
pub mod table;
pub mod type_code;
mod vat_numbers;
pub mod xml;

pub use canonical::{SealError, canonical};
pub use claim::Claim;
pub use codes::LineStatus;
pub use decimal::Decimal;
pub use document::{
    Allowance, Document, Line, Party, Syntax, TaxCategory, TaxEntry, Totals, Transport,
};
pub use fault::{Class, Fault, Place, ReadError, Warning};
pub use identifiers::{Doubt, LegalId, Strength};
pub use limits::MAX_BYTES;
pub use nature::NoClaim;
pub use read::read;
pub use show::{to_json, to_text};
pub use type_code::{ClaimKind, TypeCode};
