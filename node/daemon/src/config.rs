//! A node's configuration, `node.toml`.

mod addresses;
mod bounds;

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use sealane_api::Limits as ApiLimits;
use sealane_crypto::signature::SigningKey;
use sealane_crypto::tags;
use serde::{Deserialize, Serialize};

use crate::home::files::{CONFIG, HomeError, io_error, read, write};
use crate::log::level::check_level;

/// Most peers of a node: validators and observers.
const MAX_PEERS: usize = 256;

/// The engines that decide blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EngineKind {
    /// One validator on one machine.
    Solo,
    /// Several validators: Tendermint.
    Malachite,
}

/// What a node without data begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Begin {
    /// Genesis and all blocks, each of which it checks.
    #[default]
    Blocks,
    /// The state of the running chain, whose root the validators have signed (`specs/snapshots.md`).
    Snapshot,
}

impl Begin {
    fn is_blocks(&self) -> bool {
        *self == Self::Blocks
    }
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
    /// Whether it is an observer: it is let in, and asked for nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub observer: bool,
    /// Where its API listens: transactions are passed on to it.
    pub api: SocketAddr,
}

/// A node's configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the API listens; with port 0 the system chooses.
    pub listen: SocketAddr,
    /// Threads that verify and execute; 0: one per core.
    pub pool: usize,
    /// Which engine decides blocks.
    pub engine: EngineKind,
    /// How long a block waits for more transactions, in milliseconds.
    pub batch_ms: u64,
    /// What it begins with, where it has no data.
    #[serde(default, skip_serializing_if = "Begin::is_blocks")]
    pub begin: Begin,
    /// Where Prometheus reads the node's figures, over plain HTTP; nowhere where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metrics: Option<SocketAddr>,
    /// What the log tells ([`check_level`]); taken over while the node runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
    /// The name of an observer, which has no vote; a validator has none here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observer: Option<String>,
    /// What its certificate and its peers call a validator that genesis does not name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The alias of a validator whose key genesis does not name: it was admitted later, or has changed its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validator: Option<String>,
    /// What the API allows.
    #[serde(default, skip_serializing_if = "is_default")]
    pub limits: ApiLimits,
    /// What the pool of waiting transactions holds.
    #[serde(default, skip_serializing_if = "is_default")]
    pub waiting: Waiting,
    /// Where validators speak with one another; `malachite` needs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consensus: Option<Consensus>,
}

/// What the pool of waiting transactions holds, as [`sealane_consensus::Limits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Waiting {
    /// Transactions in all.
    pub transactions: usize,
    /// Their bytes.
    pub bytes: usize,
    /// Their work: a proof is 1.
    pub work: usize,
    /// Transactions of one signer.
    pub per_signer: usize,
    /// Seconds after which one is forgotten.
    pub age: u32,
}

impl Default for Waiting {
    fn default() -> Self {
        let usual = sealane_consensus::Limits::default();
        Self {
            transactions: usual.transactions,
            bytes: usual.bytes,
            work: usual.work,
            per_signer: usual.per_signer,
            age: u32::try_from(usual.age.as_secs()).unwrap_or(u32::MAX),
        }
    }
}

impl Waiting {
    pub(crate) fn limits(&self) -> sealane_consensus::Limits {
        sealane_consensus::Limits {
            transactions: self.transactions,
            bytes: self.bytes,
            work: self.work,
            per_signer: self.per_signer,
            age: Duration::from_secs(self.age.into()),
        }
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
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
            begin: Begin::Blocks,
            metrics: None,
            log: None,
            observer: None,
            name: None,
            validator: None,
            limits: ApiLimits::default(),
            waiting: Waiting::default(),
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

    /// The configuration of an observer of this name.
    #[must_use]
    pub fn of_observer(name: &str, listen: SocketAddr, consensus: Consensus) -> Self {
        Self {
            observer: Some(name.to_owned()),
            ..Self::of_several(listen, consensus)
        }
    }

    pub(crate) fn check(&self, path: &Path) -> Result<(), HomeError> {
        let unfit = |reason| unfit(path, reason);
        let peers = self.consensus.as_ref().map_or(0, |one| one.peers.len());
        bounds::check_limits(&self.limits, peers).map_err(unfit)?;
        self.limits.check().map_err(|limit| {
            unfit(format!(
                "[limits] {limit} is so low that nobody would be served: leave it out"
            ))
        })?;
        bounds::check_waiting(&self.waiting).map_err(unfit)?;
        addresses::check(self).map_err(unfit)?;
        let level = self.log.as_deref().map_or(Ok(()), check_level);
        level.map_err(unfit)?;
        let reason = if self.pool > 256 {
            "pool, the threads that verify and execute, is at most 256; 0 is one for each core"
        } else if self.batch_ms > 10_000 {
            "batch_ms, how long a block waits for more transactions, is at most 10000 ms"
        } else if (self.engine == EngineKind::Malachite) != self.consensus.is_some() {
            "the engine `malachite` needs a section [consensus], and `solo` has none"
        } else if self.engine == EngineKind::Solo && self.begin == Begin::Snapshot {
            "a node that decides alone has nobody to take a snapshot from"
        } else if self
            .consensus
            .as_ref()
            .is_some_and(|one| one.peers.len() >= MAX_PEERS)
        {
            "a node has at most 255 peers"
        } else {
            return self.check_peers(path);
        };
        Err(unfit(reason.to_owned()))
    }

    /// That the engine can take every peer over (one that it cannot would stop a node that runs), and that none is there
    /// twice.
    fn check_peers(&self, path: &Path) -> Result<(), HomeError> {
        let peers = self.consensus.iter().flat_map(|one| &one.peers);
        let (mut names, mut ids) = (BTreeSet::new(), BTreeSet::new());
        for peer in peers {
            let (name, id) = (&peer.name, &peer.id);
            let checked = sealane_consensus::PeerAddress::from(peer.clone()).check();
            checked.map_err(|_| {
                unfit(path, format!(
                    "the id of the peer {name} is not an id: {id:?}. It begins with 12D3Koo; copy it from the entry for {name} in another \
                     node's node.toml"
                ))
            })?;
            let twice = match (names.insert(name), ids.insert(id)) {
                (true, true) => continue,
                (false, _) => {
                    format!("the peer {name} is there twice: leave one of the entries out")
                }
                (true, false) => format!(
                    "the peer {name} has the id of another peer, {id}: each node has its own"
                ),
            };
            return Err(unfit(path, twice));
        }
        Ok(())
    }

    /// That a node of this name and id is none of its own peers.
    pub(crate) fn check_own(&self, path: &Path, name: &str, id: &str) -> Result<(), HomeError> {
        let mut peers = self.consensus.iter().flat_map(|one| &one.peers);
        let own = peers.find(|peer| peer.name == name || peer.id == id);
        let Some(peer) = own else {
            return Ok(());
        };
        let what = match peer.name == name {
            true => "name",
            false => "id",
        };
        Err(unfit(
            path,
            format!(
                "the peer {} has this node's own {what}: [[consensus.peers]] are the other nodes",
                peer.name
            ),
        ))
    }
}

fn unfit(path: &Path, reason: String) -> HomeError {
    let path = path.to_path_buf();
    HomeError::Config { path, reason }
}

pub(crate) fn write_config(path: &Path, config: &Config) -> Result<(), HomeError> {
    let text = toml::to_string(config).map_err(|error| HomeError::Config {
        path: path.to_path_buf(),
        reason: error.to_string(),
    })?;
    let text = format!("# A Sealane node: docs/operate.md says what each line means.\n{text}");
    write(path, text.as_bytes())
}

/// Sets what the log of the node in `folder` tells ([`check_level`]). It takes that over within seconds, also while it runs.
///
/// # Errors
/// When there is no node, it is no level, or the disk fails.
pub fn set_log(folder: &Path, level: &str) -> Result<(), HomeError> {
    let path = folder.join(CONFIG);
    let mut config = read_config(&path)?;
    config.log = Some(level.to_owned());
    config.check(&path)?;
    write_config(&path, &config)
}

pub(crate) fn read_config(path: &Path) -> Result<Config, HomeError> {
    let invalid = |reason: String| HomeError::Config {
        path: path.to_path_buf(),
        reason,
    };
    if let Some(folder) = path.parent() {
        match path.try_exists() {
            Ok(true) => {}
            // a folder that cannot be entered may be a node's
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                return Err(io_error(folder, error));
            }
            _ => return Err(HomeError::NoNode(folder.to_path_buf())),
        }
    }
    let text = String::from_utf8(read(path)?).map_err(|error| invalid(error.to_string()))?;
    let config: Config = toml::from_str(&text).map_err(|error| {
        let told = error.to_string();
        let advice = match told.contains("socket address") {
            true => "an address is an IP address and a port, such as 127.0.0.1:7411; host names are not accepted",
            false => "correct this line",
        };
        invalid(format!("{}; {advice}", told.trim_end()))
    })?;
    config.check(path).map(|()| config)
}
