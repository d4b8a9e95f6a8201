//! Secrets on disk: files in the [age format](https://age-encryption.org/v1), so that `age` itself opens
//! them in an emergency, locked by a passphrase (scrypt) or by a key file (an X25519 identity).
//!
//! Inside are four bytes `slk` and a version, a label that says which kind of secret it is, and the
//! secret's own bytes. A file is written beside its place, with mode 0600, and moved there when it is on the
//! disk: a crash leaves the old one or the new one.

use std::path::{Path, PathBuf};

use sealane_types::encoding::{DecodeError, Reader, put_bytes};
use thiserror::Error;
use zeroize::Zeroizing;

mod file;
mod lock;
mod secrets;

pub use file::{Existing, load, replace, save};
pub use lock::{KeyFile, Passphrase, Protection, Unlock, WorkFactor};
pub use secrets::{InstitutionSecrets, NetworkSeed, StoredSecret, ValidatorSecrets};

const MAGIC: [u8; 4] = *b"slk\x01";
/// Longest label, in bytes.
const MAX_LABEL: usize = 64;
/// Longest secret, in bytes.
const MAX_SECRET: usize = 4096;
/// Longest file, in bytes: age adds about 200.
const MAX_FILE: u64 = 8192;

/// What the system says, and what to do where a file is missing.
fn words(source: &std::io::Error) -> String {
    match source.kind() {
        std::io::ErrorKind::NotFound => {
            "there is no such file; put it back from a backup".to_owned()
        }
        std::io::ErrorKind::PermissionDenied => format!(
            "{source}: the file and its folder must belong to the user that runs the node or uses the home, who reads and writes them"
        ),
        _ => source.to_string(),
    }
}

/// Why a keystore cannot be written or read.
#[derive(Debug, Error)]
pub enum KeystoreError {
    /// The disk failed, or the file is not there.
    #[error("{}: {}", path.display(), words(source))]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// There is a file already, and it is not to be replaced.
    #[error("{}: there is a keystore already; secrets are never written over", .0.display())]
    Exists(PathBuf),
    /// The passphrase is wrong, or the file's lock was altered: the format does not tell which.
    #[error("the passphrase does not open the keystore: it is wrong, or the file is damaged")]
    WrongPassphrase,
    /// The key file is another one's, or the file's lock was altered.
    #[error(
        "the key file does not open the keystore: it is another one's, or the keystore is damaged"
    )]
    WrongKeyFile,
    /// Locked in the other way.
    #[error("the keystore is locked by {found}, not by {given}")]
    OtherLock {
        /// How it is locked.
        found: &'static str,
        /// What was given.
        given: &'static str,
    },
    /// The file ends too early.
    #[error("the keystore is cut short: take it from a backup")]
    Truncated,
    /// The file is no age file, or its bytes were altered.
    #[error("the keystore is damaged: {0}; take it from a backup")]
    Damaged(String),
    /// A work factor that would take longer than anyone meant.
    #[error("the keystore asks for a scrypt work factor of 2^{0}, at most 2^{max} is allowed", max = WorkFactor::MAX)]
    TooMuchWork(u8),
    /// The file holds another kind of secret.
    #[error("the keystore holds {found:?}, and {expected:?} is needed")]
    OtherSecret {
        /// The label found.
        found: String,
        /// The label needed.
        expected: &'static str,
    },
    /// What is inside is no secret of its kind.
    #[error("the keystore's content is not valid: {0}")]
    Content(#[from] DecodeError),
    /// Text that is no key file.
    #[error("{}: this is not a key file: a line that begins with AGE-SECRET-KEY-1 is missing or wrong", .0.display())]
    NoKeyFile(PathBuf),
    /// A secret could not be made.
    #[error("the secret could not be made: {0}")]
    Random(#[from] crate::random::RandomError),
    /// What is wrong with one of several keystores.
    #[error("{}: {source}", path.display())]
    In {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<KeystoreError>,
    },
}

impl KeystoreError {
    /// Whether the file can be read, and what is in it cannot be used: it is damaged, or another key's.
    #[must_use]
    pub fn is_of_content(&self) -> bool {
        match self {
            Self::WrongPassphrase
            | Self::WrongKeyFile
            | Self::OtherLock { .. }
            | Self::Truncated
            | Self::Damaged(_)
            | Self::TooMuchWork(_)
            | Self::OtherSecret { .. }
            | Self::Content(_) => true,
            Self::In { source, .. } => source.is_of_content(),
            Self::Disk { .. } | Self::Exists(_) | Self::NoKeyFile(_) | Self::Random(_) => false,
        }
    }

    /// Whether another passphrase or key file is to be given.
    #[must_use]
    pub fn is_of_input(&self) -> bool {
        match self {
            Self::WrongPassphrase
            | Self::WrongKeyFile
            | Self::OtherLock { .. }
            | Self::NoKeyFile(_) => true,
            Self::In { source, .. } => source.is_of_input(),
            _ => false,
        }
    }

    /// The same, with the file where it does not name one.
    #[must_use]
    pub fn named(self, path: &Path) -> Self {
        match self {
            Self::Disk { .. } | Self::Exists(_) | Self::NoKeyFile(_) | Self::In { .. } => self,
            source => Self::In {
                path: path.to_owned(),
                source: Box::new(source),
            },
        }
    }
}

/// The content of a file.
fn pack<S: StoredSecret>(secret: &S) -> Zeroizing<Vec<u8>> {
    let bytes = secret.to_secret_bytes();
    let mut packed = Zeroizing::new(Vec::with_capacity(MAX_LABEL + MAX_SECRET + 16));
    packed.extend_from_slice(&MAGIC);
    put_bytes(&mut packed, S::LABEL.as_bytes());
    put_bytes(&mut packed, &bytes);
    packed
}

fn unpack<S: StoredSecret>(packed: &[u8]) -> Result<S, KeystoreError> {
    let mut reader = Reader::new(packed);
    let magic: [u8; 4] = reader.array("keystore")?;
    if magic != MAGIC {
        let reason = "it was not written by this program, or by a later version".to_owned();
        let what = "keystore";
        return Err(DecodeError::Invalid { what, reason }.into());
    }
    let label = reader.text(MAX_LABEL, "label")?;
    if label != S::LABEL {
        let expected = S::LABEL;
        return Err(KeystoreError::OtherSecret {
            found: label,
            expected,
        });
    }
    let bytes = Zeroizing::new(reader.bytes(MAX_SECRET, "secret")?);
    reader.finish()?;
    Ok(S::from_secret_bytes(&bytes)?)
}

/// Locks a secret: the bytes of an age file.
///
/// # Errors
/// When the lock cannot be made.
pub fn seal<S: StoredSecret>(
    secret: &S,
    protection: &Protection,
) -> Result<Vec<u8>, KeystoreError> {
    protection.lock(&pack(secret))
}

/// Opens the bytes of an age file.
///
/// # Errors
/// Says whether the lock does not open, the bytes are damaged, or another secret is inside.
pub fn open<S: StoredSecret>(file: &[u8], unlock: &Unlock) -> Result<S, KeystoreError> {
    unpack(&unlock.open(file)?)
}

#[cfg(test)]
mod tests;
