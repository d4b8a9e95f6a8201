//! The key that a node signs with, and the one that takes its place by vote.
//!
//! ```text
//! validator.age        signs
//! validator-next.age   waits for the height from which the chain names it, and takes the other's place then
//! network.age          what connections are authenticated with: of a validator that genesis does not name from the start,
//!                      else once the signing key that it came from is gone
//! ```
//!
//! Each step is one file put in its place whole: a node that dies at any moment finds again from the chain which key is
//! whose. Peers know a node by its connections' key, so that one stays.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use sealane_consensus::{EngineError, Signer};
use sealane_crypto::keystore::{
    Existing, KeyFile, KeystoreError, NetworkSeed, Protection, StoredSecret, ValidatorSecrets,
    load, replace, save,
};
use sealane_crypto::signature::SigningKey;
use sealane_crypto::tags;
use sealane_types::block::Vote;
use sealane_types::encoding::Encode;
use sealane_types::ids::{Height, PublicKey, Signature};

use crate::home::files::HomeError;

const OPENS: &str = "key.txt";
const SIGNS: &str = "validator.age";
const NEXT: &str = "validator-next.age";
const NETWORK: &str = "network.age";

/// The files of a node's keys.
#[derive(Debug, Clone)]
pub(crate) struct KeyFiles(PathBuf);

impl KeyFiles {
    /// In a node's folder.
    pub(crate) fn of(folder: &Path) -> Self {
        Self(folder.to_path_buf())
    }

    /// What opens the others; also the shares.
    pub(crate) fn opener(&self) -> PathBuf {
        self.0.join(OPENS)
    }

    fn protection(&self) -> Result<Protection, KeystoreError> {
        Ok(Protection::KeyFile(KeyFile::read(&self.opener())?))
    }

    fn read<S: StoredSecret>(&self, name: &str) -> Result<S, KeystoreError> {
        load(&self.0.join(name), &self.protection()?.unlock())
    }

    /// Writes a new node's key. What a node that was half made left is replaced.
    pub(crate) fn begin(&self, signing: SigningKey) -> Result<(), KeystoreError> {
        if !self.opener().exists() {
            KeyFile::generate().write(&self.opener())?;
        }
        let secret = ValidatorSecrets { signing };
        let path = self.0.join(SIGNS);
        save(&path, &secret, &self.protection()?, Existing::Replace)
    }

    /// The key that signs.
    pub(crate) fn signing(&self) -> Result<SigningKey, KeystoreError> {
        Ok(self.read::<ValidatorSecrets>(SIGNS)?.signing)
    }

    /// An error of the key that signs, with its file where the error does not name one.
    pub(crate) fn named(&self, source: KeystoreError) -> HomeError {
        let names_its_file = matches!(
            source,
            KeystoreError::Disk { .. } | KeystoreError::NoKeyFile(_)
        );
        match names_its_file {
            true => source.into(),
            false => HomeError::Key {
                path: self.0.join(SIGNS),
                source,
            },
        }
    }

    /// Where the connections' key is: see above for when.
    pub(crate) fn network(&self) -> PathBuf {
        self.0.join(NETWORK)
    }

    /// What the connections' key comes from.
    pub(crate) fn network_seed(&self, signing: &SigningKey) -> Result<NetworkSeed, KeystoreError> {
        match self.0.join(NETWORK).exists() {
            true => self.read(NETWORK),
            false => Ok(NetworkSeed(signing.derive(tags::KEY_NETWORK))),
        }
    }

    /// Writes what the connections' key comes from, where that is not written yet.
    pub(crate) fn keep_network(&self) -> Result<(), KeystoreError> {
        let network = self.network();
        if network.exists() {
            return Ok(());
        }
        let seed = self.network_seed(&self.signing()?)?;
        save(&network, &seed, &self.protection()?, Existing::Refuse)
    }

    /// The key that waits, if one does.
    fn next(&self) -> Result<Option<SigningKey>, KeystoreError> {
        if !self.0.join(NEXT).exists() {
            return Ok(None);
        }
        Ok(Some(self.read::<ValidatorSecrets>(NEXT)?.signing))
    }

    /// The key that waits: the one that did already, or a new one, which is on disk before anybody hears of it.
    pub(crate) fn make_next(&self) -> Result<SigningKey, KeystoreError> {
        if let Some(next) = self.next()? {
            return Ok(next);
        }
        let signing = SigningKey::generate()?;
        let secret = ValidatorSecrets { signing };
        let (path, protection) = (self.0.join(NEXT), self.protection()?);
        save(&path, &secret, &protection, Existing::Refuse)?;
        Ok(secret.signing)
    }

    /// The key that waits takes the place of the one that signed until now, which is gone then.
    fn promote(&self) -> Result<(), KeystoreError> {
        self.keep_network()?;
        replace(&self.0.join(SIGNS), &self.0.join(NEXT))
    }
}

/// Who a node is to its peers.
pub(crate) fn peer_id(seed: &NetworkSeed) -> Result<String, EngineError> {
    sealane_consensus::peer_id(&seed.0)
}

/// The keys of a node that runs.
#[derive(Debug)]
pub(crate) struct Keyring {
    files: KeyFiles,
    keys: RwLock<Keys>,
}

#[derive(Debug)]
struct Keys {
    now: Arc<SigningKey>,
    /// What signed below the height from which the present key does; forgotten a block later.
    before: Option<(Height, Arc<SigningKey>)>,
    /// Whether it was said that the chain names another key.
    told: bool,
}

impl Keyring {
    pub(crate) fn new(files: KeyFiles, signing: SigningKey) -> Self {
        let keys = Keys {
            now: Arc::new(signing),
            before: None,
            told: false,
        };
        Self {
            files,
            keys: RwLock::new(keys),
        }
    }

    /// The newest key that the chain was seen to name.
    pub(crate) fn newest(&self) -> Arc<SigningKey> {
        self.at(Height(u64::MAX))
    }

    fn at(&self, height: Height) -> Arc<SigningKey> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let before = keys.before.as_ref().filter(|(from, _)| height < *from);
        Arc::clone(before.map_or(&keys.now, |(_, key)| key))
    }

    /// The chain names this key for the block of this height, the next one: whether it is another than before. On the
    /// bridge only.
    pub(crate) fn follow(&self, next: Height, named: &PublicKey) -> Result<bool, KeystoreError> {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        if keys.now.public() == *named {
            keys.before = None;
            return Ok(false);
        }
        let waiting = self.files.next()?.filter(|key| key.public() == *named);
        let Some(key) = waiting else {
            if !keys.told {
                keys.told = true;
                tracing::error!(key = %named, "the chain names a key for this validator that is in neither validator.age nor \
                     validator-next.age: what it signs does not count. Put back the newest of both");
            }
            return Ok(false);
        };
        self.files.promote()?;
        let before = std::mem::replace(&mut keys.now, Arc::new(key));
        keys.before = Some((next, before));
        keys.told = false;
        tracing::info!(from = %next, key = %named, "this validator signs with its new key");
        Ok(true)
    }
}

impl Signer for Keyring {
    fn sign(&self, vote: &Vote) -> Signature {
        self.at(vote.height).sign(tags::SIGN_VOTE, &vote.to_bytes())
    }

    fn sign_consensus(&self, height: Height, message: &[u8]) -> Signature {
        self.at(height).sign(tags::SIGN_CONSENSUS, message)
    }
}

#[cfg(test)]
mod tests;
