//! Files that this home alone reads: encrypted under its institution secret, each bound to its name.

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::disk;
use super::{Home, HomeError, Keys, KeysError};

impl Home {
    /// A file of the home's own; `None` where there is none.
    pub(super) fn secret_file(
        &self,
        name: &str,
        limit: u64,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, HomeError> {
        let path = self.folder.join(name);
        let Some(file) = disk::read_optional(&path, limit)? else {
            return Ok(None);
        };
        let opened = self.keys.secret().decrypt_file(name.as_bytes(), &file);
        opened.ok_or(HomeError::Closed(path)).map(Some)
    }

    /// Keeps a file of the home's own.
    pub(super) fn keep_secret_file(&self, name: &str, bytes: &[u8]) -> Result<(), HomeError> {
        keep(&self.folder, &self.keys, name, bytes)
    }

    /// A file of the home's own that holds JSON.
    pub(super) fn secret_json<T: DeserializeOwned>(
        &self,
        name: &str,
        limit: u64,
    ) -> Result<Option<T>, HomeError> {
        let Some(text) = self.secret_file(name, limit)? else {
            return Ok(None);
        };
        let closed = |_| HomeError::Closed(self.folder.join(name));
        serde_json::from_slice(&text).map(Some).map_err(closed)
    }

    /// Keeps a file of the home's own as JSON.
    pub(super) fn keep_secret_json<T: Serialize>(
        &self,
        name: &str,
        value: &T,
    ) -> Result<(), HomeError> {
        let text = Zeroizing::new(serde_json::to_vec(value).expect("books have string keys"));
        self.keep_secret_file(name, &text)
    }
}

/// Keeps a file of a home whose keys these are.
pub(super) fn keep(
    folder: &std::path::Path,
    keys: &Keys,
    name: &str,
    bytes: &[u8],
) -> Result<(), HomeError> {
    let file = keys.secret().encrypt_file(name.as_bytes(), bytes);
    let file = file.map_err(KeysError::from)?;
    Ok(disk::write_atomic(&folder.join(name), &file)?)
}
