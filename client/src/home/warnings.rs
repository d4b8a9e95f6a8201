//! What was told of a document when it was sealed, kept to be told again when its record is financed: a record holds the
//! fields and not what was doubtful about them. Warnings quote the document, so that the file is encrypted under the
//! home's own secret.

use sealane_types::ids::RecordId;

use super::{Home, HomeError};

/// The folder, one file for each record whose document has warnings.
pub(super) const WARNINGS: &str = "warnings";
const WARNINGS_LIMIT: u64 = 1 << 20;

fn name(record: &RecordId) -> String {
    format!("{WARNINGS}/{record}.bin")
}

impl Home {
    /// Keeps the warnings of a record's document; nothing is written where it has none.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn keep_warnings(&self, record: &RecordId, warnings: &[String]) -> Result<(), HomeError> {
        match warnings.is_empty() {
            true => Ok(()),
            false => self.keep_secret_json(&name(record), &warnings),
        }
    }

    /// The warnings of a record's document, as they were told when it was sealed.
    ///
    /// # Errors
    /// When the disk fails or the file is damaged.
    pub fn warnings(&self, record: &RecordId) -> Result<Vec<String>, HomeError> {
        let kept = self.secret_json(&name(record), WARNINGS_LIMIT)?;
        Ok(kept.unwrap_or_default())
    }
}
