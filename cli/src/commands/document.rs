//! `sealane document show`: what ingest makes of a file.

use std::path::Path;

use sealane_documents::{Document, read, to_json, to_text};

use crate::files;
use crate::outcome::{Failure, Report};

/// The canonical document of `file`.
pub fn show(file: &Path) -> Result<Report, Failure> {
    let document = open(file)?;
    Ok(Report {
        text: to_text(&document),
        data: to_json(&document),
    })
}

/// Reads a document, with the file's name in every message.
pub fn open(file: &Path) -> Result<Document, Failure> {
    let bytes = files::read(file)?;
    let name = file.display().to_string();
    read(&bytes, &name).map_err(Failure::invalid)
}
