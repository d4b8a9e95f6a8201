//! [Malachite](https://github.com/circlefin/malachite), Tendermint in Rust, behind the [`Engine`] trait: several
//! validators, of which fewer than a third of the power may be Byzantine.
//!
//! ```text
//! Malachite                                       Host ──▶ Application
//!   ready / finalised ── which height next? ──▶   waits until a block is due (pace)
//!   get value ─────────── make a block ──────▶    propose · kept on disk · sent in parts
//!   part received ─────── is it whole? ──────▶    signature · validate · kept on disk
//!   decided ───────────── make it final ─────▶    decided: one atomic, synced write
//!   sync ──────────────── block of a height ─▶    final_block · validate
//! ```
//!
//! What is voted on is a block's id. A valid proposal is on disk before the engine hears of it, and a precommit is
//! in the engine's log before it leaves the machine: after a crash the same is decided again, nothing is signed twice.
//! Each signature passes the [`Mark`] of the last one, which outlives data and log.

mod codec;
mod context;
mod evidence;
mod guard;
mod host;
mod parts;
mod peering;
mod pending;
mod rounds;
mod scheme;
mod settings;
mod start;

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use malachitebft_app_channel::app::net::Multiaddr;
use malachitebft_app_channel::app::types::Keypair;
use malachitebft_app_channel::app::types::codec::Codec;
use malachitebft_app_channel::app::types::core::LinearTimeouts;
use malachitebft_app_channel::{ConsensusContext, NetworkIdentity, Signer as _};
use sealane_types::ids::{AliasId, ChainId, PublicKey};
use tokio::sync::watch;
use zeroize::Zeroizing;

use crate::clock::Clock;
use crate::engine::{Application, Engine, EngineError, Points, Signer};
use crate::mark::Mark;
use codec::Wire;
pub use codec::{NOT_SENT, read_packet};
use context::Member;
#[cfg(feature = "byzantine")]
pub(crate) use context::{At, Context};
#[cfg(not(feature = "byzantine"))]
use context::{At, Context};
use guard::Guard;
use host::Host;
use pending::Pending;
use scheme::Signatures;

/// The engine's log, in its folder.
const LOG: &str = "votes.log";
/// Bytes that are written to see whether a disk still takes any.
const PROBE: usize = 8 << 10;
/// How long the engine may take to end, when the node has stopped already.
const END: Duration = Duration::from_secs(5);

/// How long each step of a round waits, and by how much more in each later round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For a proposal.
    pub propose: Duration,
    /// For votes.
    pub vote: Duration,
    /// More for each round.
    pub more: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            propose: Duration::from_secs(1),
            vote: Duration::from_millis(500),
            more: Duration::from_millis(500),
        }
    }
}

impl Patience {
    fn timeouts(self) -> LinearTimeouts {
        LinearTimeouts {
            propose: self.propose,
            propose_delta: self.more,
            prevote: self.vote,
            prevote_delta: self.more,
            precommit: self.vote,
            precommit_delta: self.more,
            rebroadcast: self.propose + self.vote + self.vote,
            ..LinearTimeouts::default()
        }
    }
}

/// Another validator: where it listens, and who it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerAddress {
    /// Where it listens for other validators.
    pub address: SocketAddr,
    /// The [`peer_id`] of its connections' key.
    pub id: String,
}

impl PeerAddress {
    /// Whether the engine can take it over: its id is one.
    ///
    /// # Errors
    /// When it is none.
    pub fn check(&self) -> Result<(), EngineError> {
        self.multiaddr().map(|_| ())
    }

    fn multiaddr(&self) -> Result<Multiaddr, EngineError> {
        multiaddr(&self.address, Some(&self.id))
    }
}

/// Who a node is to its peers: libp2p's id of the key with this seed.
///
/// # Errors
/// When the seed makes no key.
pub fn peer_id(seed: &[u8; 32]) -> Result<String, EngineError> {
    let pair = Keypair::ed25519_from_bytes(*seed).map_err(failed)?;
    Ok(pair.public().to_peer_id().to_string())
}

/// A validator, or an observer, of a chain that several decide.
pub struct Malachite {
    /// The chain.
    pub chain: ChainId,
    /// This validator; none for an observer, which follows and verifies, and never votes.
    pub validator: Option<AliasId>,
    /// The name it goes by in logs.
    pub name: String,
    /// Its public key.
    pub key: PublicKey,
    /// Signs its votes.
    pub signer: Arc<dyn Signer>,
    /// The seed of the key that its connections are authenticated with.
    pub network_seed: Zeroizing<[u8; 32]>,
    /// Where it listens for other validators.
    pub listen: SocketAddr,
    /// The others, as they are now. Connections come from these alone.
    pub peers: watch::Receiver<Vec<PeerAddress>>,
    /// A folder of its own for the engine's log and for proposals; not the data folder.
    pub folder: PathBuf,
    /// The file with the mark of its last signature: outside the data folder and [`Malachite::folder`], which may be made
    /// anew.
    pub mark: PathBuf,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// How long it waits.
    pub patience: Patience,
    /// Told of every point that is passed.
    pub points: Arc<dyn Points>,
}

fn multiaddr(address: &SocketAddr, id: Option<&str>) -> Result<Multiaddr, EngineError> {
    let family = if address.is_ipv4() { "ip4" } else { "ip6" };
    let id = id.map(|id| format!("/p2p/{id}")).unwrap_or_default();
    let text = format!("/{family}/{}/tcp/{}{id}", address.ip(), address.port());
    text.parse()
        .map_err(|error| failed(format!("{text}: {error}")))
}

fn failed(error: impl std::fmt::Display) -> EngineError {
    EngineError::Network(error.to_string())
}

impl Malachite {
    /// Its address in consensus; an observer's stands in nothing that anybody signs.
    fn member(&self) -> Member {
        Member(self.validator.unwrap_or(AliasId::new([0; 32])))
    }

    /// What of its folder cannot be written, and why.
    fn unusable(&self, what: &str, source: io::Error) -> EngineError {
        let path = self.folder.join(what);
        EngineError::File { path, source }
    }

    /// Why the engine has ended by itself: it names neither its log nor what is wrong with that.
    fn ended(&self) -> EngineError {
        let log = self.folder.join(LOG);
        let probe = self.folder.join("probe.new");
        let written = fs::write(&probe, [0; PROBE]);
        let _ = fs::remove_file(&probe);
        match written {
            Err(source) => EngineError::File { path: log, source },
            Ok(()) => failed(format!(
                "the consensus engine has ended by itself; its log is {}",
                log.display()
            )),
        }
    }

    fn consensus(&self, signatures: &Signatures) -> ConsensusContext<Context> {
        let (verifier, signer) = (Box::new(signatures.clone()), Box::new(signatures.clone()));
        match self.validator {
            Some(_) => ConsensusContext::new_validator(self.member(), verifier, signer),
            None => ConsensusContext::new_full_node(self.member(), verifier),
        }
    }

    async fn identity(&self, signatures: &Signatures) -> Result<NetworkIdentity, EngineError> {
        let pair = Keypair::ed25519_from_bytes(*self.network_seed).map_err(failed)?;
        if self.validator.is_none() {
            return Ok(NetworkIdentity::new(self.name.clone(), pair, None));
        }
        let key = self.key.as_bytes().to_vec();
        let peer = pair.public().to_peer_id().to_bytes();
        let proof = signatures.sign_validator_proof(key, peer).await;
        let proof = Wire.encode(&proof.map_err(failed)?).map_err(failed)?;
        let address = self.member().to_string();
        Ok(NetworkIdentity::new_validator(
            self.name.clone(),
            pair,
            address,
            proof,
        ))
    }
}

#[async_trait]
impl Engine for Malachite {
    async fn run(
        self: Box<Self>,
        application: Arc<dyn Application>,
        stop: watch::Receiver<bool>,
    ) -> Result<(), EngineError> {
        let standing = application.last_final().await;
        let standing = standing.map_err(EngineError::Application)?;
        let pending = Pending::open(&self.folder.join("proposals"), At::from(standing.height));
        let pending = pending.map_err(|source| self.unusable("proposals", source))?;
        let mark = Mark::open(&self.mark, self.chain)?;
        let guard = Guard::new(self.member(), mark, Arc::clone(&self.points));
        guard.check(&*application).await?;
        let signatures = Signatures::new(self.chain, Arc::clone(&self.signer), guard);
        let context = Context { chain: self.chain };
        let identity = self.identity(&signatures).await?;
        let parts = start::Parts {
            context,
            settings: self.settings()?,
            log: self.folder.join(LOG),
            identity,
            consensus: self.consensus(&signatures),
            signatures: signatures.clone(),
            member: self.member(),
        };
        let (channels, handle) = start::engine(parts).await?;
        let host = Host::new(*self, application, context, signatures, pending);
        let ended = host.run(channels, stop).await;
        let killed = handle.actor.kill_and_wait(Some(END)).await;
        if let Err(error) = killed {
            tracing::warn!(%error, "the consensus engine did not end by itself");
        }
        ended
    }
}

/// Appends the engine's own figures, in Prometheus' text format; none where no engine runs in this process.
pub fn engine_figures(text: &mut String) {
    malachitebft_metrics::export(text);
}

#[cfg(test)]
mod tests;
