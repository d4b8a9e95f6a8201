//! A node's home: a folder with its configuration, keys and data.
//!
//! ```text
//! node.toml       configuration (see [`Config`])
//! genesis.bin     the chain's genesis, canonical bytes
//! key.txt         an age key file, mode 0600: opens the two keystores
//! validator.age   the validator's signing key
//! share.age       its share of the fingerprint key
//! votes           the block that is, or may have been, signed last
//! data/           the store
//! address         where the node listens; there while it runs
//! ```

use std::fs::{self, File};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use sealane_crypto::keystore::{
    Existing, KeyFile, KeystoreError, Protection, Unlock, ValidatorSecrets, load, save,
};
use sealane_crypto::oprf::{KeyPublic, KeyShare, OprfError};
use sealane_crypto::signature::SigningKey;
use sealane_crypto::tags;
use sealane_ledger::{GenesisError, check_genesis};
use sealane_types::block::MAX_VALIDATORS;
use sealane_types::encoding::{Decode, DecodeError, Encode};
use sealane_types::genesis::{Genesis, TestKeys};
use sealane_types::ids::VerifyingKeyId;
use serde::{Deserialize, Serialize};
use thiserror::Error;

const CONFIG: &str = "node.toml";
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

/// The engines that decide blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EngineKind {
    /// One validator on one machine.
    Solo,
    /// Several validators: Tendermint.
    Malachite,
}

/// Where validators speak with one another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consensus {
    /// Where this one listens for the others.
    pub listen: SocketAddr,
    /// The others; nobody else is let in.
    pub peers: Vec<Peer>,
}

impl From<Peer> for sealane_consensus::PeerAddress {
    fn from(peer: Peer) -> Self {
        Self {
            address: peer.consensus,
            id: peer.id,
        }
    }
}

/// The id of the key that a validator's connections are authenticated with; from its signing key.
///
/// # Errors
/// Never for a key of this program's making.
pub fn peer_id(signing: &SigningKey) -> Result<String, sealane_consensus::EngineError> {
    sealane_consensus::peer_id(&signing.derive(tags::KEY_NETWORK))
}

/// Another validator's node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peer {
    /// Its name, for messages.
    pub name: String,
    /// Who it is: the id of the key that its connections are authenticated with.
    pub id: String,
    /// Where it listens for other validators.
    pub consensus: SocketAddr,
    /// Where its API listens: transactions are passed on to it.
    pub api: SocketAddr,
}

/// A node's configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the API listens: a loopback address; with port 0 the system chooses.
    pub listen: SocketAddr,
    /// Threads that verify and execute; 0: one per core.
    pub pool: usize,
    /// Which engine decides blocks.
    pub engine: EngineKind,
    /// How long a block waits for more transactions, in milliseconds.
    pub batch_ms: u64,
    /// Where validators speak with one another; `malachite` needs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consensus: Option<Consensus>,
}

impl Config {
    /// The usual configuration.
    #[must_use]
    pub fn new(listen: SocketAddr) -> Self {
        Self {
            listen,
            pool: 0,
            engine: EngineKind::Solo,
            batch_ms: 20,
            consensus: None,
        }
    }

    /// The configuration of one of several validators.
    #[must_use]
    pub fn of_several(listen: SocketAddr, consensus: Consensus) -> Self {
        Self {
            engine: EngineKind::Malachite,
            consensus: Some(consensus),
            ..Self::new(listen)
        }
    }

    fn check(&self, path: &Path) -> Result<(), HomeError> {
        let reason = if !self.listen.ip().is_loopback() {
            "listen: a loopback address is needed; the API is not encrypted"
        } else if self.pool > 256 || self.batch_ms > 10_000 {
            "pool is at most 256, batch_ms at most 10000"
        } else if (self.engine == EngineKind::Malachite) != self.consensus.is_some() {
            "the engine `malachite` needs a section [consensus], and `solo` has none"
        } else if self
            .consensus
            .as_ref()
            .is_some_and(|one| one.peers.len() >= MAX_VALIDATORS)
        {
            "more peers than a chain can have validators"
        } else {
            return Ok(());
        };
        Err(HomeError::Config {
            path: path.to_path_buf(),
            reason: reason.to_owned(),
        })
    }
}

/// What a node's home is made from.
#[derive(Debug)]
pub struct InitOptions {
    /// How the chain begins.
    pub genesis: Genesis,
    /// The configuration.
    pub config: Config,
    /// The validator's signing key.
    pub signing: SigningKey,
    /// Its share of the fingerprint key.
    pub share: KeyShare,
}

/// A node's home, checked.
#[derive(Debug)]
pub struct NodeHome {
    folder: PathBuf,
    pub(crate) config: Config,
    pub(crate) genesis: Genesis,
    pub(crate) signing: SigningKey,
    pub(crate) share: KeyShare,
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
        options.config.engine,
        &options.signing,
        &options.share,
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
    save(&folder.join(SHARE), &options.share, &protection, replace)?;
    let text = toml::to_string(&options.config).map_err(|error| HomeError::Config {
        path: path.clone(),
        reason: error.to_string(),
    })?;
    let text = format!("# A Sealane node. See sealane_node::home::Config.\n{text}");
    write(&path, text.as_bytes())?;
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
        let share: KeyShare = load(&folder.join(SHARE), &unlock)?;
        check(&genesis, config.engine, &signing, &share)?;
        let folder = folder.to_path_buf();
        Ok(Self {
            folder,
            config,
            genesis,
            signing,
            share,
        })
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
    engine: EngineKind,
    signing: &SigningKey,
    share: &KeyShare,
) -> Result<(), HomeError> {
    check_genesis(genesis)?;
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
    check_verifying_keys(genesis)
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

fn read(path: &Path) -> Result<Vec<u8>, HomeError> {
    let size = fs::metadata(path).map_err(|error| io_error(path, error))?;
    if size.len() > MAX_FILE {
        let source = io::Error::other(format!("longer than {MAX_FILE} bytes"));
        return Err(io_error(path, source));
    }
    fs::read(path).map_err(|error| io_error(path, error))
}

fn read_config(path: &Path) -> Result<Config, HomeError> {
    let invalid = |reason: String| HomeError::Config {
        path: path.to_path_buf(),
        reason,
    };
    let text = String::from_utf8(read(path)?).map_err(|error| invalid(error.to_string()))?;
    let config: Config = toml::from_str(&text).map_err(|error| invalid(error.to_string()))?;
    config.check(path).map(|()| config)
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
