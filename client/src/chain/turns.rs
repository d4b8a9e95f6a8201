//! The turns of the validators that a home has followed, as it keeps them.

use sealane_ledger::trust::Turn;
use sealane_types::encoding::{Reader, put_list};

use super::Lie;

/// Most turns that a home remembers.
const MAX_TURNS: usize = 4096;

/// Turns as a home keeps them.
#[must_use]
pub fn to_file(turns: &[Turn]) -> Vec<u8> {
    let mut bytes = Vec::new();
    put_list(&mut bytes, turns);
    bytes
}

/// Reads what [`to_file`] wrote.
///
/// # Errors
/// When it is something else.
pub fn from_file(bytes: &[u8]) -> Result<Vec<Turn>, Lie> {
    let mut reader = Reader::new(bytes);
    let read = reader.list(MAX_TURNS, "turns").and_then(|turns| {
        reader.finish()?;
        Ok(turns)
    });
    read.map_err(|reason| Lie::Form {
        what: "turns",
        reason,
    })
}
