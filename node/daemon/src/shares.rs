//! A validator's secrets of the fingerprint key, in its home: its share of each epoch that is not over, and its key for
//! each round that it has no share of yet.
//!
//! ```text
//! shares/3.key.age      e_i of round 3: erased once epoch 3 is present and its share is on disk
//! shares/3.share.age    the share of epoch 3: erased once a later epoch is present
//! shares/3.consent      the operator's consent to deal in round 3, where that lowers how widely the key is spread
//! ```
//!
//! What is of a round that lapsed, or that another replaced, goes too. Whoever has a round's key can read the round's
//! share from the chain, so both must go. Files are removed, not scrubbed.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use sealane_crypto::keystore::{
    Existing, KeyFile, KeystoreError, Protection, StoredSecret, load, save,
};
use sealane_crypto::oprf::{KeyShare, ShareKey};
use sealane_types::ids::Epoch;

const FOLDER: &str = "shares";
const OF_ROUND: &str = "key.age";
const OF_EPOCH: &str = "share.age";
const CONSENT: &str = "consent";
/// How the name of a file ends that did not open, and whose place another took.
const DAMAGED: &str = ".damaged";

/// What the chain says of the epochs so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fate {
    /// The present epoch.
    pub present: Option<Epoch>,
    /// Whether the share that the chain names for it is on disk.
    pub has_share: bool,
    /// The newest round's.
    pub newest: Epoch,
    /// Whether steps are taken in that round.
    pub open: bool,
}

impl Fate {
    /// Whether nothing is left to do with a file of this epoch. Of later epochs than the state knows nothing is: a
    /// node whose data was remade reads the chain again from its beginning.
    fn is_over(&self, epoch: Epoch, kind: &str) -> bool {
        let kind = kind.strip_suffix(DAMAGED).unwrap_or(kind); // part of it may still be read
        if self.present == Some(epoch) {
            return kind != OF_EPOCH && self.has_share;
        }
        let earlier = self.present.is_some_and(|present| epoch < present);
        let replaced = epoch < self.newest;
        let lapsed = epoch == self.newest && !self.open;
        earlier || replaced || lapsed
    }
}

/// The folder of a validator's shares.
#[derive(Debug)]
pub(crate) struct Shares {
    folder: PathBuf,
    key: PathBuf,
    /// The files of which the log has said that they are damaged.
    said: Mutex<BTreeSet<PathBuf>>,
}

impl Shares {
    /// In a node's home, whose key file opens them.
    pub(crate) fn of_home(home: &Path, key: PathBuf) -> Self {
        Self {
            folder: home.join(FOLDER),
            key,
            said: Mutex::default(),
        }
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
        let found = load(&path, &unlock).map_err(|fault| fault.named(&path))?;
        Ok(Some(found))
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

    /// Puts a file that does not open aside, before another takes its place.
    fn keep_damaged(&self, epoch: Epoch, kind: &str) -> Result<(), KeystoreError> {
        let path = self.path(epoch, kind);
        match fs::rename(&path, self.path(epoch, &format!("{kind}{DAMAGED}"))) {
            Err(source) if source.kind() != ErrorKind::NotFound => {
                Err(KeystoreError::Disk { path, source })
            }
            _ => Ok(()),
        }
    }

    fn disk(&self, source: std::io::Error) -> KeystoreError {
        let path = self.folder.clone();
        KeystoreError::Disk { path, source }
    }

    /// As [`Shares::read`]; of a file that is there and does not open there is none either, and the log says which
    /// file that is.
    fn read_whole<S: StoredSecret>(
        &self,
        epoch: Epoch,
        kind: &str,
    ) -> Result<Option<S>, KeystoreError> {
        match self.read(epoch, kind) {
            Err(fault) if fault.is_of_content() => {
                let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
                if said.insert(self.path(epoch, kind)) {
                    tracing::error!("{fault}. It counts as missing");
                }
                Ok(None)
            }
            read => read,
        }
    }

    /// The key for a round, if there is one.
    pub(crate) fn round_key(&self, epoch: Epoch) -> Result<Option<ShareKey>, KeystoreError> {
        self.read_whole(epoch, OF_ROUND)
    }

    /// The key for a round: the one on disk, or a new one, which is on disk before anybody hears of it. One that is
    /// damaged is kept beside it until the round is over.
    pub(crate) fn make_round_key(&self, epoch: Epoch) -> Result<ShareKey, KeystoreError> {
        if let Some(key) = self.round_key(epoch)? {
            return Ok(key);
        }
        let key = ShareKey::generate(epoch)?;
        self.keep_damaged(epoch, OF_ROUND)?;
        self.write(epoch, OF_ROUND, &key)?;
        Ok(key)
    }

    /// The share of an epoch, if there is one.
    pub(crate) fn share(&self, epoch: Epoch) -> Result<Option<KeyShare>, KeystoreError> {
        self.read_whole(epoch, OF_EPOCH)
    }

    /// Keeps a share: it is on disk afterwards. That of a round whose dealings changed is replaced.
    pub(crate) fn keep(&self, share: &KeyShare) -> Result<(), KeystoreError> {
        if self.share(share.epoch())?.is_none() {
            self.keep_damaged(share.epoch(), OF_EPOCH)?;
        }
        self.write(share.epoch(), OF_EPOCH, share)
    }

    /// Writes the operator's consent to deal in this epoch's round.
    pub(crate) fn consent(&self, epoch: Epoch) -> Result<(), KeystoreError> {
        fs::create_dir_all(&self.folder).map_err(|source| self.disk(source))?;
        let said = format!("The operator consents to deal in round {epoch}.\n");
        fs::write(self.path(epoch, CONSENT), said).map_err(|source| self.disk(source))
    }

    /// Whether the operator consents to deal in this epoch's round.
    pub(crate) fn consents(&self, epoch: Epoch) -> bool {
        self.path(epoch, CONSENT).is_file()
    }

    /// Erases what there is no use for any more: all of epochs before the present one, of rounds that lapsed or were
    /// replaced, and the present one's round key once its share is there. The share of the present epoch stays.
    pub(crate) fn forget(&self, fate: &Fate) -> Result<(), KeystoreError> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(self.disk(error)),
        };
        for entry in entries {
            let entry = entry.map_err(|source| self.disk(source))?;
            let name = entry.file_name();
            let Some((epoch, kind)) = name.to_str().and_then(|name| name.split_once('.')) else {
                continue;
            };
            let Ok(epoch) = epoch.parse().map(Epoch) else {
                continue;
            };
            if fate.is_over(epoch, kind) {
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

    fn of(present: u32, newest: u32, open: bool, has_share: bool) -> Fate {
        Fate {
            present: (present > 0).then_some(Epoch(present)),
            has_share,
            newest: Epoch(newest),
            open,
        }
    }

    fn files(home: &TempDir) -> Vec<String> {
        let entries = fs::read_dir(home.path().join(FOLDER)).unwrap();
        let names = entries.map(|one| one.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    fn keep(shares: &Shares, epoch: u32) {
        let secret = KeySecret::generate().unwrap();
        let (_, dealt) = secret.deal(Epoch(epoch), 1, 1).unwrap();
        shares.keep(&dealt[0]).unwrap();
    }

    fn made() -> (TempDir, Shares) {
        let home = TempDir::new().unwrap();
        let path = home.path().join("key.txt");
        KeyFile::generate().write(&path).unwrap();
        let shares = Shares::of_home(home.path(), path);
        (home, shares)
    }

    #[test]
    fn what_a_present_epoch_leaves_no_use_for_is_erased_and_nothing_else() {
        let (home, shares) = made();
        shares.forget(&of(0, 1, true, false)).unwrap(); // nothing is there yet
        let first = shares.make_round_key(Epoch(1)).unwrap();
        let again = shares.make_round_key(Epoch(1)).unwrap();
        assert_eq!(first.public(), again.public(), "a key that was told stays");
        keep(&shares, 1);
        shares.forget(&of(1, 1, false, true)).unwrap();
        assert_eq!(files(&home), ["1.share.age"]);
        shares.make_round_key(Epoch(2)).unwrap();
        keep(&shares, 2);
        shares.consent(Epoch(2)).unwrap();
        shares.forget(&of(1, 2, true, true)).unwrap();
        let all = ["1.share.age", "2.consent", "2.key.age", "2.share.age"];
        assert_eq!(files(&home), all, "an open round takes nothing");
        shares.forget(&of(2, 2, false, false)).unwrap();
        let waiting = ["2.consent", "2.key.age", "2.share.age"];
        assert_eq!(
            files(&home),
            waiting,
            "the share is not the one that the chain names"
        );
        shares.forget(&of(2, 2, false, true)).unwrap();
        assert_eq!(files(&home), ["2.share.age"]);
    }

    #[test]
    fn a_round_that_lapsed_or_was_replaced_is_erased_and_the_present_share_stays() {
        let (home, shares) = made();
        [1, 2, 3].into_iter().for_each(|epoch| keep(&shares, epoch));
        shares.make_round_key(Epoch(2)).unwrap();
        shares.make_round_key(Epoch(3)).unwrap();
        shares.forget(&of(1, 1, false, true)).unwrap();
        let all = [
            "1.share.age",
            "2.key.age",
            "2.share.age",
            "3.key.age",
            "3.share.age",
        ];
        assert_eq!(
            files(&home),
            all,
            "the chain is read again: later epochs stay"
        );
        shares.forget(&of(1, 3, true, true)).unwrap();
        let replaced = ["1.share.age", "3.key.age", "3.share.age"];
        assert_eq!(files(&home), replaced);
        shares.forget(&of(1, 3, false, true)).unwrap();
        assert_eq!(files(&home), ["1.share.age"], "lapsed");
        shares.forget(&of(1, 4, true, true)).unwrap();
        assert_eq!(files(&home), ["1.share.age"]);
    }

    #[test]
    fn what_is_wrong_with_a_file_is_told_with_its_name() {
        let (home, shares) = made();
        keep(&shares, 3);
        let path = home.path().join("shares/3.share.age");
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        let read = |kind| shares.read::<KeyShare>(Epoch(3), kind).map(|_| ());
        let told = read(OF_EPOCH).unwrap_err().to_string();
        let named = told.starts_with(&path.display().to_string());
        assert!(named && told.contains("backup"), "{told}");
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        let told = shares.share(Epoch(3)).unwrap_err().to_string();
        assert_eq!(told.matches("3.share.age").count(), 1, "once: {told}");
    }

    /// A changed byte stopped the node, where a missing file did not.
    #[test]
    fn a_damaged_file_counts_as_missing_and_is_put_aside() {
        let (home, shares) = made();
        keep(&shares, 3);
        let key = shares.make_round_key(Epoch(4)).unwrap().public();
        for name in ["shares/3.share.age", "shares/4.key.age"] {
            let path = home.path().join(name);
            let whole = fs::read(&path).unwrap();
            for at in [0, whole.len() / 3, whole.len() - 1] {
                let mut changed = whole.clone();
                changed[at] ^= 1;
                fs::write(&path, &changed).unwrap();
                assert!(shares.share(Epoch(3)).unwrap().is_none() || name.contains("key"));
                assert!(shares.round_key(Epoch(4)).unwrap().is_none() || name.contains("share"));
            }
        }
        keep(&shares, 3);
        let other = shares.make_round_key(Epoch(4)).unwrap().public();
        assert_ne!(key, other);
        let all = [
            "3.share.age",
            "3.share.age.damaged",
            "4.key.age",
            "4.key.age.damaged",
        ];
        assert_eq!(files(&home), all);
        shares.forget(&of(3, 4, true, true)).unwrap();
        assert_eq!(files(&home), all, "an open round takes nothing");
        shares.forget(&of(4, 4, false, true)).unwrap();
        assert!(files(&home).is_empty(), "{:?}", files(&home));
    }

    #[test]
    fn a_consent_is_to_one_round() {
        let (_home, shares) = made();
        shares.consent(Epoch(2)).unwrap();
        assert!(shares.consents(Epoch(2)));
        assert!(!shares.consents(Epoch(3)) && !shares.consents(Epoch(1)));
    }
}
