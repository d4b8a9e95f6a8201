//! A validator's secrets of the fingerprint key, in its home: its share of each epoch that is not over, and its key for
//! each round that it has no share of yet.
//!
//! ```text
//! shares/3.key.age      e_i of round 3: erased once epoch 3 is present and its share is on disk
//! shares/3.share.age    the share of epoch 3: erased once a later epoch is present
//! ```
//!
//! Whoever has a round's key can read the round's share from the chain, so both must go. Files are removed, not
//! scrubbed.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use sealane_crypto::keystore::{
    Existing, KeyFile, KeystoreError, Protection, StoredSecret, load, save,
};
use sealane_crypto::oprf::{KeyShare, ShareKey};
use sealane_types::ids::Epoch;

const FOLDER: &str = "shares";
const OF_ROUND: &str = "key.age";
const OF_EPOCH: &str = "share.age";

/// The folder of a validator's shares.
#[derive(Debug)]
pub(crate) struct Shares {
    folder: PathBuf,
    key: PathBuf,
}

impl Shares {
    /// In a node's home, whose key file opens them.
    pub(crate) fn of_home(home: &Path, key: PathBuf) -> Self {
        let folder = home.join(FOLDER);
        Self { folder, key }
    }

    fn path(&self, epoch: Epoch, kind: &str) -> PathBuf {
        self.folder.join(format!("{epoch}.{kind}"))
    }

    fn read<S: StoredSecret>(&self, epoch: Epoch, kind: &str) -> Result<Option<S>, KeystoreError> {
        let path = self.path(epoch, kind);
        if !path.exists() {
            return Ok(None);
        }
        let unlock = Protection::KeyFile(KeyFile::read(&self.key)?).unlock();
        load(&path, &unlock).map(Some)
    }

    fn write<S: StoredSecret>(
        &self,
        epoch: Epoch,
        kind: &str,
        secret: &S,
    ) -> Result<(), KeystoreError> {
        fs::create_dir_all(&self.folder).map_err(|source| self.disk(source))?;
        let protection = Protection::KeyFile(KeyFile::read(&self.key)?);
        save(
            &self.path(epoch, kind),
            secret,
            &protection,
            Existing::Replace,
        )
    }

    fn disk(&self, source: std::io::Error) -> KeystoreError {
        let path = self.folder.clone();
        KeystoreError::Disk { path, source }
    }

    /// The key for a round, if there is one.
    pub(crate) fn round_key(&self, epoch: Epoch) -> Result<Option<ShareKey>, KeystoreError> {
        self.read(epoch, OF_ROUND)
    }

    /// The key for a round: the one on disk, or a new one, which is on disk before anybody hears of it.
    pub(crate) fn make_round_key(&self, epoch: Epoch) -> Result<ShareKey, KeystoreError> {
        if let Some(key) = self.round_key(epoch)? {
            return Ok(key);
        }
        let key = ShareKey::generate(epoch)?;
        self.write(epoch, OF_ROUND, &key)?;
        Ok(key)
    }

    /// The share of an epoch, if there is one.
    pub(crate) fn share(&self, epoch: Epoch) -> Result<Option<KeyShare>, KeystoreError> {
        self.read(epoch, OF_EPOCH)
    }

    /// Keeps a share: it is on disk afterwards. That of a round whose dealings changed is replaced.
    pub(crate) fn keep(&self, share: &KeyShare) -> Result<(), KeystoreError> {
        self.write(share.epoch(), OF_EPOCH, share)
    }

    /// Erases what an epoch that is present leaves no use for: all of earlier ones, and its own round's key once the
    /// share is there.
    pub(crate) fn forget_before(&self, present: Epoch) -> Result<(), KeystoreError> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(self.disk(error)),
        };
        let has_share = self.path(present, OF_EPOCH).exists();
        for entry in entries {
            let entry = entry.map_err(|source| self.disk(source))?;
            let name = entry.file_name();
            let Some((epoch, kind)) = name.to_str().and_then(|name| name.split_once('.')) else {
                continue;
            };
            let Ok(epoch) = epoch.parse().map(Epoch) else {
                continue;
            };
            let used = epoch == present && kind == OF_ROUND && has_share;
            if epoch < present || used {
                fs::remove_file(entry.path()).map_err(|source| self.disk(source))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use sealane_crypto::oprf::KeySecret;
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn what_a_present_epoch_leaves_no_use_for_is_erased_and_nothing_else() {
        let home = TempDir::new().unwrap();
        let path = home.path().join("key.txt");
        KeyFile::generate().write(&path).unwrap();
        let shares = Shares::of_home(home.path(), path);
        shares.forget_before(Epoch(9)).unwrap(); // nothing is there yet
        let keep = |epoch| {
            let (_, dealt) = KeySecret::generate()
                .unwrap()
                .deal(Epoch(epoch), 1, 1)
                .unwrap();
            shares.keep(&dealt[0]).unwrap();
        };
        let first = shares.make_round_key(Epoch(1)).unwrap();
        let again = shares.make_round_key(Epoch(1)).unwrap();
        assert_eq!(first.public(), again.public(), "a key that was told stays");
        keep(1);
        shares.make_round_key(Epoch(2)).unwrap();
        shares.forget_before(Epoch(1)).unwrap();
        assert!(shares.round_key(Epoch(1)).unwrap().is_none());
        assert!(shares.share(Epoch(1)).unwrap().is_some());
        shares.forget_before(Epoch(2)).unwrap();
        assert!(shares.share(Epoch(1)).unwrap().is_none());
        assert!(
            shares.round_key(Epoch(2)).unwrap().is_some(),
            "its share is not there yet"
        );
        keep(2);
        shares.make_round_key(Epoch(3)).unwrap();
        shares.forget_before(Epoch(2)).unwrap();
        assert!(shares.round_key(Epoch(2)).unwrap().is_none());
        assert!(
            shares.round_key(Epoch(3)).unwrap().is_some(),
            "a round to come"
        );
    }
}
