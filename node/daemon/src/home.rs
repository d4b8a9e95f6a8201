//! A node's home: a folder with its configuration, keys and data.
//!
//! ```text
//! node.toml       configuration (see [`crate::Config`])
//! genesis.bin     the chain's genesis, canonical bytes
//! key.txt         an age key file, mode 0600: opens the two keystores
//! validator.age   the validator's signing key
//! share.age       its share of the fingerprint key; an observer has none
//! votes           the block that is, or may have been, signed last
//! data/           the store
//! address         where the node listens; there while it runs
//! ```

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sealane_crypto::keystore::{
    Existing, KeyFile, KeystoreError, Protection, Unlock, ValidatorSecrets, load, save,
};
use sealane_crypto::oprf::{KeyPublic, KeyShare, OprfError};
use sealane_crypto::signature::SigningKey;
use sealane_ledger::{GenesisError, check_genesis};
use sealane_types::encoding::{Decode, DecodeError, Encode};
use sealane_types::genesis::{Genesis, TestKeys};
use sealane_types::ids::VerifyingKeyId;
use thiserror::Error;

use crate::config::{Config, EngineKind, Peer, peer_id, read_config, write_config};

pub(crate) const CONFIG: &str = "node.toml";
const GENESIS: &str = "genesis.bin";
const KEY: &str = "key.txt";
const VALIDATOR: &str = "validator.age";
const SHARE: &str = "share.age";
/// Largest configuration or genesis, in bytes.
const MAX_FILE: u64 = 4 << 20;

/// Why a node's home cannot be made or used.
#[derive(Debug, Error)]
pub enum HomeError {
    /// The folder has a node's home already.
    #[error("{}: there is a node's home already; choose another folder", .0.display())]
    Exists(PathBuf),
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The configuration is not valid.
    #[error("{}: {reason}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Genesis does not decode.
    #[error("{}: no genesis: {source}", path.display())]
    NoGenesis {
        /// The file.
        path: PathBuf,
        /// Why.
        source: DecodeError,
    },
    /// A chain cannot begin so.
    #[error("genesis: {0}")]
    Genesis(#[from] GenesisError),
    /// The keys do not open.
    #[error(transparent)]
    Keystore(#[from] KeystoreError),
    /// The key is no validator's of this chain.
    #[error("the validator's key of this home is not one that genesis names as a validator")]
    NotAValidator,
    /// The share is not this validator's.
    #[error("the share of the fingerprint key: {0}")]
    Share(#[from] OprfError),
    /// An observer has a validator's key or a share, or no engine that it could follow.
    #[error(
        "an observer has a key of its own, no share of the fingerprint key, and follows a chain of several validators (engine `malachite`)"
    )]
    Observer,
    /// A node that decides alone has no peers.
    #[error("this node decides alone (engine `solo`): it has no peers")]
    NoPeers,
    /// A validator without a share.
    #[error("the validator's share of the fingerprint key is missing")]
    NoShare,
    /// The share is another validator's.
    #[error("the share of the fingerprint key is another validator's by genesis")]
    OtherShare,
    /// The engine runs one validator only.
    #[error("the engine `solo` runs a chain of one validator; this genesis has {0}")]
    NotSolo(usize),
    /// Genesis accepts proofs that this program cannot verify.
    #[error("genesis accepts proofs of verifying key {0}, which this program does not have")]
    UnknownVerifyingKey(VerifyingKeyId),
    /// Genesis accepts a test key without allowing test keys.
    #[error(
        "verifying key {0} is a test key, with which anybody can forge, and genesis does not allow test keys"
    )]
    TestKey(VerifyingKeyId),
}

/// What a node's home is made from.
#[derive(Debug)]
pub struct InitOptions {
    /// How the chain begins.
    pub genesis: Genesis,
    /// The configuration.
    pub config: Config,
    /// The validator's signing key; an observer's is known to its peers alone.
    pub signing: SigningKey,
    /// Its share of the fingerprint key; an observer has none.
    pub share: Option<KeyShare>,
}

/// A node's home, checked.
#[derive(Debug)]
pub struct NodeHome {
    folder: PathBuf,
    pub(crate) config: Config,
    pub(crate) genesis: Genesis,
    pub(crate) signing: SigningKey,
    pub(crate) share: Option<KeyShare>,
}

/// Makes a node's home in a folder, which is created where there is none. The configuration comes last: a
/// folder without it is no home, so a crash leaves none that is half made.
///
/// # Errors
/// When there is one already, the parts do not fit together, or the disk fails.
pub fn init(folder: &Path, options: InitOptions) -> Result<NodeHome, HomeError> {
    let path = folder.join(CONFIG);
    if path.exists() {
        return Err(HomeError::Exists(folder.to_path_buf()));
    }
    options.config.check(&path)?;
    check(
        &options.genesis,
        &options.config,
        &options.signing,
        options.share.as_ref(),
    )?;
    fs::create_dir_all(folder).map_err(|error| io_error(folder, error))?;
    write(&folder.join(GENESIS), &options.genesis.to_bytes())?;
    let key_path = folder.join(KEY);
    let key = match key_path.exists() {
        true => KeyFile::read(&key_path)?,
        false => {
            let key = KeyFile::generate();
            key.write(&key_path)?;
            key
        }
    };
    let protection = Protection::KeyFile(key);
    let validator = ValidatorSecrets {
        signing: options.signing,
    };
    let replace = Existing::Replace; // of a home that was half made
    save(&folder.join(VALIDATOR), &validator, &protection, replace)?;
    if let Some(share) = &options.share {
        save(&folder.join(SHARE), share, &protection, replace)?;
    }
    write_config(&path, &options.config)?;
    NodeHome::open(folder)
}

impl NodeHome {
    /// Reads and checks a home: configuration, genesis, keys, and that they belong together.
    ///
    /// # Errors
    /// Says which file does not fit, and why.
    pub fn open(folder: &Path) -> Result<Self, HomeError> {
        let config = read_config(&folder.join(CONFIG))?;
        let path = folder.join(GENESIS);
        let genesis = Genesis::from_bytes(&read(&path)?);
        let genesis = genesis.map_err(|source| HomeError::NoGenesis { path, source })?;
        let unlock = Unlock::KeyFile(KeyFile::read(&folder.join(KEY))?);
        let validator: ValidatorSecrets = load(&folder.join(VALIDATOR), &unlock)?;
        let signing = validator.signing;
        let path = folder.join(SHARE);
        let share: Option<KeyShare> = match path.exists() {
            true => Some(load(&path, &unlock)?),
            false => None,
        };
        check(&genesis, &config, &signing, share.as_ref())?;
        let folder = folder.to_path_buf();
        Ok(Self {
            folder,
            config,
            genesis,
            signing,
            share,
        })
    }

    /// This node as its peers know it; none where it decides alone, or listens at a port that is not fixed.
    #[must_use]
    pub fn as_peer(&self) -> Option<Peer> {
        let consensus = self.config.consensus.as_ref()?;
        Some(Peer {
            name: self.name(),
            id: peer_id(&self.signing).ok()?,
            consensus: consensus.listen,
            observer: self.config.observer.is_some(),
            api: self.config.listen,
        })
    }

    /// The node's name: its certificate and its peers name it so.
    #[must_use]
    pub fn name(&self) -> String {
        let public = self.signing.public();
        let alias = self.genesis.aliases.iter().find(|one| one.key == public);
        let observer = self.config.observer.clone();
        observer.unwrap_or_else(|| alias.map(|alias| alias.name.clone()).unwrap_or_default())
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// How the chain begins.
    #[must_use]
    pub fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    pub(crate) fn config_file(&self) -> PathBuf {
        self.folder.join(CONFIG)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub(crate) fn votes(&self) -> PathBuf {
        self.folder.join("votes")
    }

    /// The folder of an engine with several validators: its log, and proposals.
    pub(crate) fn consensus(&self) -> PathBuf {
        self.folder.join("consensus")
    }

    /// The file that holds the address the node listens at, while it runs.
    #[must_use]
    pub fn address_file(&self) -> PathBuf {
        self.folder.join("address")
    }
}

fn check(
    genesis: &Genesis,
    config: &Config,
    signing: &SigningKey,
    share: Option<&KeyShare>,
) -> Result<(), HomeError> {
    check_genesis(genesis)?;
    check_verifying_keys(genesis)?;
    if config.observer.is_some() {
        let public = signing.public();
        let known = genesis.aliases.iter().any(|alias| alias.key == public);
        let fits = !known && share.is_none() && config.engine == EngineKind::Malachite;
        return fits.then_some(()).ok_or(HomeError::Observer);
    }
    check_validator(genesis, config.engine, signing, share)
}

fn check_validator(
    genesis: &Genesis,
    engine: EngineKind,
    signing: &SigningKey,
    share: Option<&KeyShare>,
) -> Result<(), HomeError> {
    let share = share.ok_or(HomeError::NoShare)?;
    let validators = genesis.validators.validators();
    if engine == EngineKind::Solo && validators.len() != 1 {
        return Err(HomeError::NotSolo(validators.len()));
    }
    let public = signing.public();
    let validator = validators.iter().find(|one| one.key == public);
    let validator = validator.ok_or(HomeError::NotAValidator)?;
    // Answers are signed with the alias' key, votes with the validator's: this home has one for both.
    if genesis.alias(&validator.alias).map(|alias| alias.key) != Some(public) {
        return Err(HomeError::NotAValidator);
    }
    share.check(&KeyPublic::decode(&genesis.fingerprint_key)?)?;
    let index = genesis.fingerprint_key.index_of(&validator.alias);
    if index != Some(share.index()) {
        return Err(HomeError::OtherShare);
    }
    Ok(())
}

/// Every key that genesis accepts is one that this program has; a test key only where genesis allows them.
fn check_verifying_keys(genesis: &Genesis) -> Result<(), HomeError> {
    let allowed = genesis.parameters.test_keys == TestKeys::Allowed;
    for id in &genesis.parameters.verifying_keys {
        match crate::proofs::known_key(id) {
            None => return Err(HomeError::UnknownVerifyingKey(*id)),
            Some(crate::proofs::KeyOrigin::Test) if !allowed => {
                return Err(HomeError::TestKey(*id));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn io_error(path: &Path, source: io::Error) -> HomeError {
    let path = path.to_path_buf();
    HomeError::Io { path, source }
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, HomeError> {
    let size = fs::metadata(path).map_err(|error| io_error(path, error))?;
    if size.len() > MAX_FILE {
        let source = io::Error::other(format!("longer than {MAX_FILE} bytes"));
        return Err(io_error(path, source));
    }
    fs::read(path).map_err(|error| io_error(path, error))
}

/// Writes a file whole, durably.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), HomeError> {
    let beside = path.with_extension("new");
    let result = File::create(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    });
    result.map_err(|error| io_error(path, error))
}
