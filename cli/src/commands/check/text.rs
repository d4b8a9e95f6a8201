//! Which check is meant: a standard one, a published one, or the one that a file declares.

use std::path::Path;

use sealane_client::flows::{Bank, CheckText};

use super::outcomes::{beside, read_file};
use crate::outcome::Failure;

/// What a reader must know of every proof.
pub(super) const KEYS: &str = "The check's keys are test keys, with which anybody can forge proofs: trust the proof only as far as you trust its prover.";

/// A standard check by its name, a published one by name and version, or a declaration by its file.
pub(super) async fn text(bank: &Bank, check: &str) -> Result<CheckText, Failure> {
    if let Some((name, version)) = check.split_once('@')
        && let Ok(version) = version.parse()
        && !Path::new(check).exists()
    {
        return Ok(bank.published_text(name, version).await?);
    }
    local_text(check)
}

/// A standard check by its name, or a declaration by its file.
pub(super) fn local_text(check: &str) -> Result<CheckText, Failure> {
    if let Some(standard) = CheckText::standard(check) {
        return Ok(standard);
    }
    let file = Path::new(check);
    if !file.exists() {
        return Err(Failure::invalid(format!(
            "{check:?} is not a standard check (sealane check list shows them), not NAME@VERSION of a published one, and not a file{}",
            beside(check)
        )));
    }
    Ok(CheckText::Own(read_file(file)?.0))
}
