//! Ingest: the bytes of a trade document become one canonical [`Document`], or a [`ReadError`] that
//! says what is wrong, where, by which rule, and what to do.
//!
//! ```text
//! bytes → encoding → form (XML or JSON) → declared schema → arithmetic → Document → CanonicalFields
//! ```
//!
//! Read are UBL 2.x, UN/CEFACT Cross Industry Invoices and the project's own JSON. Which path of
//! which format gives which field is declared in `specs/schemas/*.toml`, and those very files are
//! what this crate reads by. No floating point; time and memory are bounded by [`MAX_BYTES`], [`xml::MAX_DEPTH`]
//! and [`xml::MAX_NODES`]; nothing here panics on any bytes.

pub mod arithmetic;
pub mod canonical;
pub mod decimal;
pub mod document;
pub mod encoding;
pub mod fault;
pub mod figures;
pub mod identifiers;
pub mod json;
pub mod read;
pub mod show;
pub mod table;
pub mod xml;

pub use canonical::{SealError, canonical};
pub use decimal::Decimal;
pub use document::{Document, Line, LineStatus, Party, Syntax, Totals, Transport};
pub use fault::{Class, Fault, Place, ReadError, Warning};
pub use identifiers::LegalId;
pub use read::{MAX_BYTES, read};
pub use show::{to_json, to_text};
