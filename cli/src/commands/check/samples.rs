//! The documents beside a declaration: `STEM.NAME.json` or `.xml`; of a list also `STEM.NAME.1.json`, `STEM.NAME.2.xml` and so on.

use std::path::{Path, PathBuf};

use sealane_checks::limits;
use sealane_checks::typed::{Check, DocumentSlot};
use sealane_documents::canonical;
use sealane_types::schema::CanonicalFields;

use crate::commands::document;
use crate::outcome::Failure;

const ENDINGS: [&str; 2] = ["json", "xml"];

/// A document that was found.
pub struct Sample {
    /// Its file.
    pub path: PathBuf,
    /// Its canonical fields.
    pub fields: CanonicalFields,
}

/// All documents of a check, in the order of its declaration.
pub fn find(file: &Path, check: &Check) -> Result<Vec<Vec<Sample>>, Failure> {
    check
        .documents
        .iter()
        .map(|slot| of_slot(file, slot))
        .collect()
}

fn of_slot(file: &Path, slot: &DocumentSlot) -> Result<Vec<Sample>, Failure> {
    let mut paths: Vec<PathBuf> = one(file, &slot.name)?.into_iter().collect();
    if slot.list && paths.is_empty() {
        for number in 1..=limits::LIST {
            match one(file, &format!("{}.{number}", slot.name))? {
                Some(path) => paths.push(path),
                None => break,
            }
        }
    }
    if paths.is_empty() {
        let number = if slot.list { ".1" } else { "" };
        return Err(Failure::invalid(format!(
            "there is no document for `{}`: put {} {} beside the check, as {} (or .xml).",
            slot.name,
            article(slot.kind.name()),
            slot.kind.name(),
            beside(file, &format!("{}{number}", slot.name), "json").display()
        )));
    }
    paths.into_iter().map(sample).collect()
}

fn article(word: &str) -> &'static str {
    match word.starts_with(['A', 'E', 'I', 'O', 'U']) {
        true => "an",
        false => "a",
    }
}

fn beside(file: &Path, name: &str, ending: &str) -> PathBuf {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!("{stem}.{name}.{ending}"))
}

/// The one file of this name, if there is one.
fn one(file: &Path, name: &str) -> Result<Option<PathBuf>, Failure> {
    let paths = ENDINGS.map(|ending| beside(file, name, ending));
    let mut there = paths.into_iter().filter(|path| path.exists());
    match (there.next(), there.next()) {
        (Some(json), Some(xml)) => Err(Failure::invalid(format!(
            "there are both {} and {}, but only one document is allowed here. Remove one of them.",
            json.display(),
            xml.display()
        ))),
        (found, _) => Ok(found),
    }
}

fn sample(path: PathBuf) -> Result<Sample, Failure> {
    let document = document::open(&path)?;
    let fields = canonical(&document)
        .map_err(|error| Failure::invalid(format!("{}: {error}", path.display())))?;
    Ok(Sample { path, fields })
}
