//! Reading and writing the files that a person names.

use std::io::Read as _;
use std::path::Path;

use crate::outcome::Failure;

/// Most bytes that are read of a file; the documents crate refuses earlier with its own limit.
const MAX_BYTES: u64 = 64 << 20;

/// A file's bytes.
///
/// # Errors
/// When it cannot be read, or is larger than any document.
pub fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let name = path.display();
    let file = std::fs::File::open(path);
    let file = file.map_err(|error| {
        Failure::invalid(format!(
            "{name}: cannot be opened: {error}. Check the path and its permissions."
        ))
    })?;
    let mut bytes = Vec::new();
    let read = file.take(MAX_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| {
        Failure::invalid(format!(
            "{name}: cannot be read: {error}. Name a file, not a folder."
        ))
    })?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Failure::invalid(format!(
            "{name}: larger than {} MiB, the most that is read.",
            MAX_BYTES >> 20
        )));
    }
    Ok(bytes)
}

/// Nothing is written over.
///
/// # Errors
/// When there is such a file.
pub fn must_be_new(path: &Path) -> Result<(), Failure> {
    match path.exists() {
        false => Ok(()),
        true => Err(Failure::invalid(format!(
            "{}: exists already and is not overwritten; nothing was written",
            path.display()
        ))),
    }
}

/// Writes a document, a request, a card or a hand-over file, for the user's own eyes alone: whom it is for, it is sent to.
///
/// # Errors
/// When there is such a file, or the disk refuses.
pub fn write_new(path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), Failure> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options
        .open(path)
        .and_then(|mut file| std::io::Write::write_all(&mut file, bytes.as_ref()));
    written.map_err(|error| Failure::cannot(format!("{}: {error}", path.display())))
}

/// Writes a file, over what is there.
///
/// # Errors
/// When the disk refuses.
#[cfg(feature = "network")]
pub fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text)
        .map_err(|error| Failure::cannot(format!("{}: {error}", path.display())))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn what_is_written_is_for_its_owner_alone_and_over_nothing() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("invoice.json");
        write_new(&path, "{}").expect("written");
        let mode = std::fs::metadata(&path).expect("there").permissions();
        assert_eq!(mode.mode() & 0o777, 0o600);
        assert!(write_new(&path, "[]").is_err());
        assert_eq!(std::fs::read(&path).expect("there"), b"{}");
    }
}
