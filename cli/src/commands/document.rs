//! `sealane document`: what ingest makes of a file or a folder, and documents that are typed in.

use std::path::Path;

use sealane_documents::{Document, read, to_json, to_text};

use crate::args::DocumentCommand;
use crate::files;
use crate::outcome::{Failure, Report};

mod folder;
mod new;

/// Runs one of the commands.
pub fn run(command: DocumentCommand, as_json: bool) -> Result<Report, Failure> {
    match command {
        DocumentCommand::Show { file } if file.is_dir() => folder::show(&file, as_json),
        DocumentCommand::Show { file } => show(&file),
        DocumentCommand::New { kind, pairs, out } => new::run(&kind, &pairs, out.as_deref()),
    }
}

/// The canonical document of `file`.
fn show(file: &Path) -> Result<Report, Failure> {
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
