//! Sealing: a document's canonical fields become a record, which opens field by field with exactly
//! the keys held.
//!
//! ```text
//! CanonicalFields ──seal──► Sealed ─┬─ Record     public: leaf hashes, key ids, ciphertexts, root
//!                                   └─ Openings   private: every value and blinding, for the prover
//! Record + FieldKey ──open_field──► the value, or Evidence that the sealer sealed something else
//! ```
//!
//! Absent fields and padding lines are sealed like others, and a ciphertext's length depends on its
//! place alone. `specs/sealing.md` lays down the bytes.

use sealane_types::encoding::{DecodeError, Encode};
use sealane_types::ids::Digest;
use sealane_types::record::Record;
use sealane_types::schema::{MAX_LINES, SCHEMA_VERSION};
use thiserror::Error;

use crate::hash::hash;
use crate::keys::Place;
use crate::random::RandomError;
use crate::tags;

mod check;
mod evidence;
mod open;
mod openings;
mod padding;
mod seal;

pub use check::{RecordFault, check_record, recompute_root, record_tree};
pub use evidence::{Evidence, EvidenceError, Fault};
pub use open::{FieldState, OpenError, Opened, open_field, open_fields, open_record};
pub use openings::{Opening, Openings, RecoverError};
pub use padding::plaintext_size;
pub use seal::{Heading, Sealed};

/// Why fields cannot be sealed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SealError {
    /// More lines than the largest bucket.
    #[error("the document has {lines} lines, and a record holds at most {MAX_LINES}")]
    TooManyLines {
        /// Lines of the document.
        lines: usize,
    },
    /// Another version of the schema.
    #[error("schema version {0} is not sealed, only {SCHEMA_VERSION}")]
    Version(u16),
    /// A value does not fit its place; it is refused, never cut.
    #[error("the value at {place} takes {bytes} bytes, and its place holds {limit}")]
    TooLong {
        /// Where.
        place: Place,
        /// Bytes of its canonical encoding.
        bytes: usize,
        /// Bytes that fit.
        limit: usize,
    },
    /// A value that could not be read back.
    #[error("the value at {place} is not canonical: {fault}")]
    NotCanonical {
        /// Where.
        place: Place,
        /// Why.
        fault: DecodeError,
    },
    /// The operating system gave no randomness.
    #[error(transparent)]
    Random(#[from] RandomError),
}

/// The digest over all bytes of a record, ciphertexts and key ids too, which the root does not cover.
#[must_use]
pub fn record_digest(record: &Record) -> Digest {
    Digest::new(hash(tags::RECORD_DIGEST, &[&record.to_bytes()]))
}

#[cfg(test)]
pub(crate) mod tests;
