//! Files that are there whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{Error, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{KeystoreError, MAX_FILE, Protection, StoredSecret, Unlock, open, seal};
use crate::random;

/// What to do where there is a file already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Leave it and say so: a secret written over is lost.
    Refuse,
    /// Replace it, as a new passphrase does.
    Replace,
}

/// Writes a secret to a file, locked.
///
/// # Errors
/// When there is a file already and `existing` says so, or the disk fails; the old file is then still there.
pub fn save<S: StoredSecret>(
    path: &Path,
    secret: &S,
    protection: &Protection,
    existing: Existing,
) -> Result<(), KeystoreError> {
    if existing == Existing::Refuse && path.exists() {
        return Err(KeystoreError::Exists(path.to_owned())); // before the work of locking
    }
    write_atomic(path, &seal(secret, protection)?, existing)
}

/// Reads a secret from a file.
///
/// # Errors
/// When the file cannot be read, does not open, is damaged or holds another kind of secret.
pub fn load<S: StoredSecret>(path: &Path, unlock: &Unlock) -> Result<S, KeystoreError> {
    open(&read_bounded(path, MAX_FILE)?, unlock)
}

/// Puts a keystore in the place of another, which is gone then: after a crash there is the one or the other.
///
/// # Errors
/// When the disk fails.
pub fn replace(path: &Path, by: &Path) -> Result<(), KeystoreError> {
    fs::rename(by, path).map_err(disk(by))?;
    sync_folder(folder_of(path))
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn sync_folder(folder: &Path) -> Result<(), KeystoreError> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(disk(folder))
}

fn disk(path: &Path) -> impl Fn(Error) -> KeystoreError + '_ {
    |source| KeystoreError::Disk {
        path: path.to_owned(),
        source,
    }
}

/// Reads a file of at most `limit` bytes.
pub(super) fn read_bounded(path: &Path, limit: u64) -> Result<Zeroizing<Vec<u8>>, KeystoreError> {
    let file = File::open(path).map_err(disk(path))?;
    let mut bytes = Zeroizing::new(Vec::new());
    let read = file.take(limit + 1).read_to_end(&mut bytes);
    read.map_err(disk(path))?;
    if bytes.len() as u64 > limit {
        let reason = format!("it is longer than {limit} bytes");
        return Err(KeystoreError::Damaged(reason));
    }
    Ok(bytes)
}

/// Writes beside the place, flushes to the disk, moves there, flushes the folder.
pub(super) fn write_atomic(
    path: &Path,
    bytes: &[u8],
    existing: Existing,
) -> Result<(), KeystoreError> {
    let beside = beside(path)?;
    let written = write_new(&beside, bytes).and_then(|()| put(&beside, path, existing));
    if written.is_err() || existing == Existing::Refuse {
        let _ = fs::remove_file(&beside); // what is left of a failure tells nothing without its lock
    }
    match written {
        Err(error) if error.kind() == ErrorKind::AlreadyExists && path.exists() => {
            Err(KeystoreError::Exists(path.to_owned()))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let reason = "cannot be made: its folder is not there";
            Err(disk(path)(Error::other(reason)))
        }
        Err(source) => Err(disk(path)(source)),
        Ok(()) => sync_folder(folder_of(path)),
    }
}

fn beside(path: &Path) -> Result<PathBuf, KeystoreError> {
    let number = u64::from_le_bytes(*random::bytes()?);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(path.with_file_name(format!(".{name}.{number:016x}")))
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A link fails where there is a file, a move replaces it; both are atomic.
fn put(beside: &Path, path: &Path, existing: Existing) -> Result<(), Error> {
    match existing {
        Existing::Refuse => fs::hard_link(beside, path),
        Existing::Replace => fs::rename(beside, path),
    }
}
