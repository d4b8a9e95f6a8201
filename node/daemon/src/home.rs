//! A node's home: a folder with its configuration, keys and data.
//!
//! ```text
//! node.toml       configuration (see [`crate::Config`])
//! genesis.bin     the chain's genesis, canonical bytes
//! key.txt         an age key file, mode 0600: opens the keystores
//! validator.age   the validator's signing key
//! validator-next.age, network.age   a signing key that waits for a vote, and what connections keep whichever key signs
//! shares/         its shares of the fingerprint key, and its keys for rounds of it; an observer has none
//! votes, signed   what was signed last: the block where one node decides alone; height, round and step elsewhere
//! data/           the store
//! address         where the node listens; there while it runs
//! ```

pub(crate) mod files;

use std::fs;
use std::path::{Path, PathBuf};

use sealane_crypto::keystore::NetworkSeed;
use sealane_crypto::signature::SigningKey;
use sealane_ledger::check_genesis;
use sealane_types::encoding::{Decode as _, Encode as _};
use sealane_types::genesis::{Genesis, TestKeys};
use sealane_types::ids::AliasId;

use self::files::{CONFIG, read, unwritten, write};
use crate::config::{Config, EngineKind, Peer, read_config, write_config};
use crate::keyring::{KeyFiles, Keyring, peer_id};
use crate::shares::Shares;

pub use self::files::HomeError;

const GENESIS: &str = "genesis.bin";

/// What a node's home is made from.
#[derive(Debug)]
pub struct InitOptions {
    /// How the chain begins.
    pub genesis: Genesis,
    /// The configuration.
    pub config: Config,
    /// The validator's signing key; an observer's is known to its peers alone.
    pub signing: SigningKey,
}

/// A node's home, checked.
#[derive(Debug)]
pub struct NodeHome {
    folder: PathBuf,
    pub(crate) config: Config,
    pub(crate) genesis: Genesis,
    signing: SigningKey,
    pub(crate) network: NetworkSeed,
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
    check(&options.genesis, &options.config, &options.signing)?;
    fs::create_dir_all(folder).map_err(|error| unwritten(folder, error))?;
    write(&folder.join(GENESIS), &options.genesis.to_bytes())?;
    let files = KeyFiles::of(folder);
    files.begin(options.signing)?;
    if is_late(&options.genesis, &options.config) {
        files.keep_network()?;
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
        let files = KeyFiles::of(folder);
        let signing = files.signing().map_err(|source| files.named(source))?;
        check(&genesis, &config, &signing)?;
        let differs = is_late(&genesis, &config) || has_another_key(&genesis, &config, &signing);
        if differs && !files.network().exists() {
            return Err(HomeError::NetworkKeyLost(files.network()));
        }
        let network = files.network_seed(&signing)?;
        let folder = folder.to_path_buf();
        let home = Self {
            folder,
            config,
            genesis,
            signing,
            network,
        };
        let (path, name, id) = (home.config_file(), home.name(), home.id()?);
        home.config.check_own(&path, &name, &id)?;
        Ok(home)
    }

    /// Who it is to its peers.
    pub(crate) fn id(&self) -> Result<String, HomeError> {
        peer_id(&self.network).map_err(|error| HomeError::Id(error.to_string()))
    }

    /// This node as its peers know it; none where it decides alone, or listens at a port that is not fixed.
    #[must_use]
    pub fn as_peer(&self) -> Option<Peer> {
        let consensus = self.config.consensus.as_ref()?;
        Some(Peer {
            name: self.name(),
            id: self.id().ok()?,
            consensus: consensus.listen,
            observer: self.config.observer.is_some(),
            api: self.config.listen,
        })
    }

    /// The node's name: its certificate and its peers name it so.
    #[must_use]
    pub fn name(&self) -> String {
        let own = self.config.observer.clone().or(self.config.name.clone());
        let alias = self.validator().and_then(|id| self.genesis.alias(&id));
        let own = own.or(alias.map(|alias| alias.name.clone()));
        own.or(self.config.validator.clone()).unwrap_or_default()
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

    /// The validator whose node this is: the one that the configuration names, else the one with this key in genesis. An
    /// observer's is none.
    #[must_use]
    pub fn validator(&self) -> Option<AliasId> {
        match self.config.observer {
            Some(_) => None,
            None => validator(&self.genesis, &self.config, &self.signing),
        }
    }

    /// Where a validator's shares are.
    pub(crate) fn shares(&self) -> Shares {
        Shares::of_home(&self.folder, KeyFiles::of(&self.folder).opener())
    }

    /// What this node signs with, while it runs.
    pub(crate) fn into_keys(self) -> (Config, Keyring) {
        let keys = Keyring::new(KeyFiles::of(&self.folder), self.signing);
        (self.config, keys)
    }

    /// The key that signs.
    pub(crate) fn signing(&self) -> &SigningKey {
        &self.signing
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

    /// The mark of the last signature, of an engine with several validators.
    pub(crate) fn mark(&self) -> PathBuf {
        self.folder.join("signed")
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

fn check(genesis: &Genesis, config: &Config, signing: &SigningKey) -> Result<(), HomeError> {
    check_genesis(genesis)?;
    check_verifying_keys(genesis)?;
    if config.observer.is_some() {
        let public = signing.public();
        let known = genesis.aliases.iter().any(|alias| alias.key == public);
        let fits = !known && config.engine == EngineKind::Malachite;
        return fits.then_some(()).ok_or(HomeError::Observer);
    }
    check_validator(genesis, config, signing)
}

/// A validator that decides alone is genesis' one; one of several may have come later.
fn check_validator(
    genesis: &Genesis,
    config: &Config,
    signing: &SigningKey,
) -> Result<(), HomeError> {
    let validators = genesis.validators.validators();
    if config.engine == EngineKind::Solo && validators.len() != 1 {
        return Err(HomeError::NotSolo(validators.len()));
    }
    validator(genesis, config, signing)
        .map(|_| ())
        .ok_or(HomeError::NotAValidator)
}

fn validator(genesis: &Genesis, config: &Config, signing: &SigningKey) -> Option<AliasId> {
    if let Some(alias) = &config.validator {
        // one that decides alone is genesis' own, whichever key it has by now
        let late = config.engine == EngineKind::Malachite;
        let fits = |id: &AliasId| late || genesis.validators.get(id).is_some();
        return alias.parse().ok().filter(fits);
    }
    let public = signing.public();
    let mut validators = genesis.validators.validators().iter();
    let validator = validators.find(|one| one.key == public)?;
    // Answers are signed with the alias' key, votes with the validator's: this home has one for both.
    let alias = genesis.alias(&validator.alias)?;
    (alias.key == public).then_some(alias.id)
}

/// Whether this is a validator of genesis, one of several, whose key has changed since.
fn has_another_key(genesis: &Genesis, config: &Config, signing: &SigningKey) -> bool {
    let first = named(config).and_then(|id| genesis.alias(&id));
    first.is_some_and(|first| first.key != signing.public())
}

/// Whether this is a validator that genesis does not name: nothing but `network.age` says by which key its peers know it.
fn is_late(genesis: &Genesis, config: &Config) -> bool {
    named(config).is_some_and(|id| genesis.alias(&id).is_none())
}

/// The validator that the configuration names, one of several.
fn named(config: &Config) -> Option<AliasId> {
    let named = config.validator.as_ref();
    let named = named.filter(|_| config.engine == EngineKind::Malachite);
    named.and_then(|alias| alias.parse().ok())
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

/// Lets a peer in: it is added to the configuration of the node in `folder`, which takes it over within seconds,
/// also while it runs. A peer with the same id is replaced.
///
/// # Errors
/// When there is no node, it decides alone, or the disk fails.
pub fn add_peer(folder: &Path, peer: Peer) -> Result<(), HomeError> {
    let path = folder.join(CONFIG);
    let mut config = read_config(&path)?;
    let consensus = config.consensus.as_mut().ok_or(HomeError::NoPeers)?;
    consensus.peers.retain(|known| known.id != peer.id);
    consensus.peers.push(peer);
    config.check(&path)?;
    let home = NodeHome::open(folder)?;
    config.check_own(&path, &home.name(), &home.id()?)?;
    write_config(&path, &config)
}
