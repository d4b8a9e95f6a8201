//! Workflows as a business writes them: TOML, read into the canonical form that members vote on.
//! `specs/workflows/README.md` says what every word means.

mod file;
#[cfg(test)]
mod tests;

use sealane_checks::standard::STANDARD as CHECKS;
use sealane_types::encoding::DecodeError;
use sealane_types::workflow::{ANY, Versioned, Workflow};
use thiserror::Error;

/// Longest file of a workflow.
pub const MAX_FILE: usize = 64 * 1024;

/// A workflow that is part of `sealane`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standard {
    /// Its name, and its file's without `.toml`.
    pub name: &'static str,
    /// Its file.
    pub source: &'static str,
}

/// The standard workflows: the files of `specs/workflows/`.
pub const STANDARD: [Standard; 3] = [
    Standard {
        name: "order-to-payment",
        source: include_str!("../../specs/workflows/order-to-payment.toml"),
    },
    Standard {
        name: "order-to-acceptance",
        source: include_str!("../../specs/workflows/order-to-acceptance.toml"),
    },
    Standard {
        name: "letter-of-credit",
        source: include_str!("../../specs/workflows/letter-of-credit.toml"),
    },
];

/// Why a file is no workflow.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WorkflowError {
    /// It is not TOML, or not of the form.
    #[error("{0}")]
    Form(String),
    /// It names something that it does not declare.
    #[error("{place}: {word:?} is not a {what} of this workflow; {known}")]
    Unknown {
        /// Where: `step "deliver", by`.
        place: String,
        /// What was written.
        word: String,
        /// Party, document, stage or check.
        what: &'static str,
        /// What there is.
        known: String,
    },
    /// A word is none of a list's.
    #[error("{place}: {word:?} is none; write one of {choices}")]
    NoWord {
        /// Where.
        place: String,
        /// What was written.
        word: String,
        /// What can be written.
        choices: String,
    },
    /// A waiver names a requirement that its check does not have.
    #[error("waiver of {check}: the check has no requirement {word:?}; it has {known}")]
    NoRequirement {
        /// The check: NAME@VERSION.
        check: String,
        /// What was written.
        word: String,
        /// What there is.
        known: String,
    },
    /// The parts do not fit together.
    #[error("{0}")]
    Structure(#[from] DecodeError),
    /// It is too long.
    #[error("a workflow's file has at most {MAX_FILE} bytes")]
    TooLong,
}

/// Reads a workflow.
///
/// # Errors
/// When it is none: where, and what to do.
pub fn read(text: &str) -> Result<Workflow, WorkflowError> {
    if text.len() > MAX_FILE {
        return Err(WorkflowError::TooLong);
    }
    let file: file::File = toml::from_str(text).map_err(|error| {
        let said = error.to_string();
        WorkflowError::Form(said.trim_end().to_owned())
    })?;
    let workflow = file.into_workflow()?;
    workflow.check()?;
    check_waivers(&workflow, |place| {
        standard_requirements(&workflow.checks.get(place)?.check)
    })?;
    Ok(workflow)
}

/// The standard workflow that is named: by its name, or as NAME@VERSION with the version that this program has.
#[must_use]
pub fn standard(text: &str) -> Option<Standard> {
    let named = |standard: &Standard| {
        let version = text.strip_prefix(standard.name)?.strip_prefix('@')?;
        let present = read(standard.source).ok()?.id.version();
        (present.to_string() == version).then_some(())
    };
    STANDARD
        .into_iter()
        .find(|standard| standard.name == text || named(standard).is_some())
}

/// That each waiver's requirements are its check's. `requirements` says those of a check, by its place in the workflow,
/// where they are known.
///
/// # Errors
/// The first that its check does not have, and those that it has.
pub(crate) fn check_waivers(
    workflow: &Workflow,
    requirements: impl Fn(usize) -> Option<Vec<String>>,
) -> Result<(), WorkflowError> {
    for rule in &workflow.waivers {
        let place = usize::from(rule.check);
        let (Some(required), Some(known)) = (workflow.checks.get(place), requirements(place))
        else {
            continue;
        };
        let mut named = rule.requirements.iter();
        if let Some(word) = named.find(|id| *id != ANY && !known.contains(id)) {
            return Err(WorkflowError::NoRequirement {
                check: required.check.to_string(),
                word: word.clone(),
                known: known.join(", "),
            });
        }
    }
    Ok(())
}

/// The requirements of a standard check in the version that this program has.
fn standard_requirements(check: &Versioned) -> Option<Vec<String>> {
    let found = CHECKS.into_iter().find(|one| one.name == check.name())?;
    let found = sealane_checks::read(found.source).ok()?;
    let ids = found.stated().into_iter().map(|(id, _)| id);
    (found.version == check.version()).then(|| ids.collect())
}
