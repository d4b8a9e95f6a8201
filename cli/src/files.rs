//! Reading and writing the files that a person names.

use std::io::{ErrorKind, Read as _};
use std::path::Path;

use crate::outcome::{Failure, is_of_the_disk};

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
        of_path(
            &error,
            format!("{name}: cannot be opened: {error}. Check the path and its permissions."),
        )
    })?;
    let mut bytes = Vec::new();
    let read = file.take(MAX_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| {
        of_path(
            &error,
            format!("{name}: cannot be read: {error}. Name a file, not a folder."),
        )
    })?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Failure::invalid(format!(
            "{name}: larger than {} MiB, the most that is read.",
            MAX_BYTES >> 20
        )));
    }
    Ok(bytes)
}

/// The path is at fault, unless the disk is.
fn of_path(error: &std::io::Error, message: String) -> Failure {
    match is_of_the_disk(error) {
        true => Failure::cannot(message),
        false => Failure::invalid(message),
    }
}

/// A path as one word of a command that is shown.
#[must_use]
pub fn word(path: &Path) -> String {
    sealane_types::text::word(path.display())
}

/// Looked at before a command does anything: the folder that its file goes into is there.
///
/// # Errors
/// When there is no such folder.
pub fn must_have_folder(path: &Path) -> Result<(), Failure> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    match folder.filter(|folder| !folder.is_dir()) {
        None => Ok(()),
        Some(folder) => Err(Failure::invalid(format!(
            "{}: cannot be written: there is no folder {}. Check the path; nothing was written",
            path.display(),
            folder.display()
        ))),
    }
}

/// Nothing is written over, and the folder is there.
///
/// # Errors
/// When there is such a file, or no such folder.
pub fn must_be_new(path: &Path) -> Result<(), Failure> {
    match path.exists() {
        false => must_have_folder(path),
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
    let mut file = options
        .open(path)
        .map_err(|error| unwritten(path, &error))?;
    let written = std::io::Write::write_all(&mut file, bytes.as_ref());
    written.map_err(|error| {
        // half a file would stand in the way of the next try; where it cannot be removed, that says so
        let _ = std::fs::remove_file(path);
        unwritten(path, &error)
    })
}

/// Writes a file that may take another one's place.
///
/// # Errors
/// When the path is wrong, or the disk refuses.
#[cfg(feature = "network")]
pub fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|error| unwritten(path, &error))
}

/// A path that is wrong is the caller's; the rest is the disk's.
#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "the enum is another's, and grows"
)]
fn unwritten(path: &Path, error: &std::io::Error) -> Failure {
    let name = path.display();
    match error.kind() {
        ErrorKind::NotFound
        | ErrorKind::PermissionDenied
        | ErrorKind::NotADirectory
        | ErrorKind::IsADirectory => Failure::invalid(format!(
            "{name}: cannot be written: {error}. Check the path and its permissions."
        )),
        _ => Failure::cannot(format!("{name}: cannot be written: {error}")),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_folder_that_is_not_there_is_told_before_anything_is_done() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let away = folder.path().join("nodir").join("p.json");
        for refused in [must_be_new(&away), write_new(&away, "{}")] {
            let refused = refused.expect_err("no such folder");
            assert_eq!(refused.code as u8, 2, "{}", refused.message);
            assert!(
                refused.message.contains("cannot be written"),
                "{}",
                refused.message
            );
        }
        assert!(must_be_new(Path::new("p.json")).is_ok());
    }

    #[cfg(all(feature = "network", target_os = "linux"))]
    #[test]
    fn a_full_disk_is_no_path_that_is_wrong() {
        let full = write(Path::new("/dev/full"), b"[]").expect_err("it is full");
        assert_eq!(full.code as u8, 1, "{}", full.message);
    }

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
