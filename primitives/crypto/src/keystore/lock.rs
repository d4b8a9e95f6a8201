//! Passphrases and key files.

use std::fmt;
use std::io::{ErrorKind, Read, Write};
use std::iter;
use std::path::Path;

use age::secrecy::{ExposeSecret, SecretString};
use age::{DecryptError, Decryptor, Encryptor, Identity, Recipient, scrypt, x25519};
use zeroize::Zeroizing;

use super::file::{Existing, read_bounded, write_atomic};
use super::{KeystoreError, MAX_FILE};

/// A passphrase, overwritten when dropped, never shown.
#[derive(Clone)]
pub struct Passphrase(SecretString);

impl Passphrase {
    /// Takes a passphrase as a person gave it.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(SecretString::from(text))
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Passphrase(secret)")
    }
}

/// How hard a passphrase is to guess: scrypt takes 2^factor steps and 2^factor KiB of memory. The factor
/// stands in the file, for everybody to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkFactor(u8);

impl WorkFactor {
    /// Highest factor: 256 MiB.
    pub const MAX: u8 = 18;
    /// What real keystores use: 128 MiB, some half a second.
    pub const STANDARD: Self = Self(17);

    /// A factor of its own: below [`WorkFactor::STANDARD`] only where nothing is to be protected, as in
    /// tests and demonstrations. `None` for 0 and above [`WorkFactor::MAX`].
    #[must_use]
    pub fn new(log_n: u8) -> Option<Self> {
        (1..=Self::MAX).contains(&log_n).then_some(Self(log_n))
    }
}

/// A key file: an age X25519 identity, as `age-keygen` writes it.
#[derive(Clone)]
pub struct KeyFile(x25519::Identity);

impl KeyFile {
    /// A new key.
    #[must_use]
    pub fn generate() -> Self {
        Self(x25519::Identity::generate())
    }

    /// Writes the key to a new file with mode 0600.
    ///
    /// # Errors
    /// When there is a file already, or the disk fails.
    pub fn write(&self, path: &Path) -> Result<(), KeystoreError> {
        let public = self.0.to_public();
        let secret = self.0.to_string();
        let text = format!("# public key: {public}\n{}\n", secret.expose_secret());
        write_atomic(path, Zeroizing::new(text).as_bytes(), Existing::Refuse)
    }

    /// Reads a key file; lines that begin with `#` are comments.
    ///
    /// # Errors
    /// When the file cannot be read or holds no key.
    pub fn read(path: &Path) -> Result<Self, KeystoreError> {
        let bytes = read_bounded(path, MAX_FILE)?;
        let text = std::str::from_utf8(&bytes).unwrap_or_default();
        let mut lines = text.lines().map(str::trim);
        let key = lines.find(|line| !line.is_empty() && !line.starts_with('#'));
        let key = key.and_then(|line| line.parse().ok());
        key.map(Self)
            .ok_or_else(|| KeystoreError::NoKeyFile(path.to_owned()))
    }
}

impl fmt::Debug for KeyFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "KeyFile(secret of {})", self.0.to_public())
    }
}

/// How a keystore is locked.
#[derive(Debug, Clone)]
pub enum Protection {
    /// By a passphrase.
    Passphrase(Passphrase, WorkFactor),
    /// By a key file.
    KeyFile(KeyFile),
}

impl Protection {
    /// What opens it again.
    #[must_use]
    pub fn unlock(&self) -> Unlock {
        match self {
            Self::Passphrase(passphrase, _) => Unlock::Passphrase(passphrase.clone()),
            Self::KeyFile(key) => Unlock::KeyFile(key.clone()),
        }
    }

    pub(super) fn lock(&self, content: &[u8]) -> Result<Vec<u8>, KeystoreError> {
        match self {
            Self::Passphrase(passphrase, work) => {
                let mut recipient = scrypt::Recipient::new(passphrase.0.clone());
                recipient.set_work_factor(work.0);
                encrypt(&recipient, content)
            }
            Self::KeyFile(key) => encrypt(&key.0.to_public(), content),
        }
    }
}

fn encrypt(recipient: &dyn Recipient, content: &[u8]) -> Result<Vec<u8>, KeystoreError> {
    let encryptor = Encryptor::with_recipients(iter::once(recipient));
    let encryptor = encryptor.expect("there is one recipient, of a known kind");
    let mut file = Vec::with_capacity(content.len() + 256);
    let write = |file: &mut Vec<u8>| {
        let mut writer = encryptor.wrap_output(file)?;
        writer.write_all(content)?;
        writer.finish().map(|_| ())
    };
    write(&mut file).expect("memory takes all that is written");
    Ok(file)
}

/// What opens a keystore.
#[derive(Debug, Clone)]
pub enum Unlock {
    /// A passphrase.
    Passphrase(Passphrase),
    /// A key file.
    KeyFile(KeyFile),
}

const BY_PASSPHRASE: &str = "a passphrase";
const BY_KEY_FILE: &str = "a key file";

impl Unlock {
    fn name(&self) -> &'static str {
        match self {
            Self::Passphrase(_) => BY_PASSPHRASE,
            Self::KeyFile(_) => BY_KEY_FILE,
        }
    }

    pub(super) fn open(&self, file: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeystoreError> {
        let decryptor = Decryptor::new_buffered(file).map_err(|error| self.fault(error))?;
        let found = match decryptor.is_scrypt() {
            true => BY_PASSPHRASE,
            false => BY_KEY_FILE,
        };
        let given = self.name();
        if found != given {
            return Err(KeystoreError::OtherLock { found, given });
        }
        let opened = match self {
            Self::Passphrase(passphrase) => {
                let mut identity = scrypt::Identity::new(passphrase.0.clone());
                identity.set_max_work_factor(WorkFactor::MAX);
                decryptor.decrypt(iter::once(&identity as &dyn Identity))
            }
            Self::KeyFile(key) => decryptor.decrypt(iter::once(&key.0 as &dyn Identity)),
        };
        let reader = opened.map_err(|error| self.fault(error))?;
        let limit = MAX_FILE as usize;
        let mut content = Zeroizing::new(Vec::with_capacity(limit));
        match reader.take(MAX_FILE).read_to_end(&mut content) {
            Ok(_) => Ok(content),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(KeystoreError::Truncated),
            Err(_) => Err(KeystoreError::Damaged(
                "its content does not decrypt".to_owned(),
            )),
        }
    }

    fn fault(&self, error: DecryptError) -> KeystoreError {
        let wrong_key = match self {
            Self::Passphrase(_) => KeystoreError::WrongPassphrase,
            Self::KeyFile(_) => KeystoreError::WrongKeyFile,
        };
        match error {
            DecryptError::DecryptionFailed
            | DecryptError::KeyDecryptionFailed
            | DecryptError::NoMatchingKeys => wrong_key,
            DecryptError::ExcessiveWork { required, .. } => KeystoreError::TooMuchWork(required),
            DecryptError::Io(error) if error.kind() == ErrorKind::UnexpectedEof => {
                KeystoreError::Truncated
            }
            DecryptError::InvalidMac => KeystoreError::Damaged("its header was altered".to_owned()),
            _ => KeystoreError::Damaged("it is not an age file".to_owned()),
        }
    }
}
