//! A running node: the store is opened, the engine drives the chain, the API answers.

use std::collections::BTreeSet;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use sealane_api::Limits as ApiLimits;
use sealane_consensus::{
    Clock, Engine, EngineError, Limits, Malachite, Mempool, Pace, Patience, Points, Solo,
    SystemClock, VoteFile, VotesError,
};
use sealane_ledger::chain_id;
use sealane_store::{Store, StoreError};
use sealane_types::genesis::Genesis;
use sealane_types::ids::{AliasId, ChainId};
use sealane_wire::tls::{Credentials, TlsError};
use thiserror::Error;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;

use crate::answers::Answerer;
use crate::bridge::Bridge;
use crate::certificates;
use crate::chain::{Chain, Parts};
use crate::config::Begin;
use crate::engine_files::{self, EngineFileError};
use crate::fault::ChainError;
use crate::figures;
use crate::gossip::Gossip;
use crate::home::files::write;
use crate::home::{HomeError, NodeHome};
use crate::log::quiet;
use crate::metrics::Metrics;
use crate::peers;
use crate::proofs::Proofs;
use crate::service::Service;
use crate::snapshot::{self, SnapshotError};

/// How long requests that run may take to end when the node stops.
const GRACE: Duration = Duration::from_secs(5);

/// Why a node did not start, or stopped.
#[derive(Debug, Error)]
pub enum NodeError {
    /// The home cannot be used.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The data folder cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The chain cannot go on from the data.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// There is no snapshot to begin with.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The file of votes cannot be used.
    #[error(transparent)]
    Votes(#[from] VotesError),
    /// The pool of threads could not be made.
    #[error("the pool of threads: {0}")]
    Pool(#[from] rayon::ThreadPoolBuildError),
    /// The API's threads could not be made.
    #[error("the API's threads: {0}")]
    Threads(#[source] io::Error),
    /// The address cannot be listened at.
    #[error("`{key}` in node.toml: cannot listen at {address}: {source}; {}", at_listening(.source))]
    Listen {
        /// What of `node.toml` says so.
        key: &'static str,
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The engine stopped.
    #[error("{}", engine_files::told(.0))]
    Engine(#[from] EngineError),
    /// A file of the engine cannot be read or written.
    #[error(transparent)]
    EngineFile(#[from] EngineFileError),
    /// A part of the node panicked: a fault of this program.
    #[error("a fault of this program: {0}")]
    Died(#[from] tokio::task::JoinError),
    /// The certificates cannot be used.
    #[error(transparent)]
    Certificates(#[from] TlsError),
    /// The API stopped.
    #[error("the API stopped: {0}")]
    Api(String),
}

/// What to do where an address cannot be listened at.
#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "the enum is another's, and grows"
)]
fn at_listening(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::AddrInUse => "is another node running there?",
        io::ErrorKind::AddrNotAvailable => {
            "this machine does not have that address: write one that it has, or 0.0.0.0"
        }
        io::ErrorKind::PermissionDenied => "choose a port above 1023",
        _ => "write another address and port",
    }
}

/// What a node takes from outside: other values are for tests.
pub struct Surroundings {
    /// Where block times come from.
    pub clock: Arc<dyn Clock>,
    /// Told of persistence points.
    pub points: Arc<dyn Points>,
    /// Bounds of the pool of waiting transactions; the configuration's without it.
    pub pool: Option<Limits>,
    /// Bounds of the API; the configuration's without it.
    pub api: Option<ApiLimits>,
}

impl Default for Surroundings {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            points: Arc::new(()),
            pool: None,
            api: None,
        }
    }
}

/// Runs a node until `shutdown` resolves or a fault stops it. What it acknowledged is durable either way.
///
/// # Errors
/// Why it did not start, or which fault stopped it.
pub async fn run(
    home: NodeHome,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), NodeError> {
    run_in(home, Surroundings::default(), shutdown).await
}

/// As [`run`], with another clock, other bounds, or points where a test ends the process.
///
/// # Errors
/// As [`run`].
pub async fn run_in(
    home: NodeHome,
    surroundings: Surroundings,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), NodeError> {
    let started = Node::start(home, surroundings).await;
    let node = started.inspect_err(|error| tracing::error!(%error, "the node does not start"))?;
    node.serve(shutdown).await
}

/// A node that has started: its data are open and checked, its address is bound.
struct Node {
    chain: Arc<Chain>,
    engine: Box<dyn Engine>,
    listener: TcpListener,
    credentials: Arc<Credentials>,
    clock: Arc<dyn Clock>,
    limits: ApiLimits,
    validator: String,
    late: Option<AliasId>,
    address: PathBuf,
    /// The configuration's file, and what it says of the log.
    log: (PathBuf, Option<String>),
}

impl Node {
    async fn start(home: NodeHome, surroundings: Surroundings) -> Result<Self, NodeError> {
        quiet::is_ending(false); // a node of this process may have ended before
        let genesis = Arc::new(home.genesis.clone());
        let id = chain_id(&genesis);
        let credentials = certificates::open(&home)?;
        let path = home.data();
        if home.config.begin == Begin::Snapshot {
            let peers = home.config.consensus.as_ref();
            let wanted = snapshot::Wanted {
                genesis: Arc::clone(&genesis),
                peers: peers.map_or(Vec::new(), |one| one.peers.clone()),
                credentials: Arc::clone(&credentials),
                clock: Arc::clone(&surroundings.clock),
                answers: home.validator().is_some(),
            };
            snapshot::begin(&path, &wanted).await?;
        }
        let opened = tokio::task::spawn_blocking(move || open_store(&path, id));
        let store = Arc::new(opened.await??);
        let (votes, mark, address) = (home.votes(), home.mark(), home.address_file());
        let (consensus_folder, config_file) = (home.consensus(), home.config_file());
        crate::secrecy::warn(home.folder());
        let (alias, shares) = (home.validator(), home.shares());
        let (name, network) = (home.name(), home.network.clone());
        let book = peers::Book {
            path: config_file,
            own: (name.clone(), home.id()?),
            validators: names_of_validators(&genesis),
        };
        let (config, keys) = home.into_keys();
        let keys = Arc::new(keys);
        let log = (book.path.clone(), config.log.clone());
        let answerer = alias.map(|alias| Answerer::new(id, alias, Arc::clone(&keys), shares));
        let answerer = answerer.map(Arc::new);
        if let Some(own) = &alias {
            crate::log::dials::is_own(own);
        }
        let consensus_address = config.consensus.as_ref().map(|one| one.listen);
        if consensus_address.is_some() {
            // the engine's own words for these say neither where nor what to do
            engine_files::check(&consensus_folder)?;
        }
        let peers = config.consensus.as_ref().map(|one| one.peers.clone());
        let peers = peers.unwrap_or_default();
        let limits = surroundings.pool.unwrap_or_else(|| config.waiting.limits());
        let pool = Arc::new(Mempool::new(limits));
        let gossip = Gossip::open(&peers, Arc::clone(&credentials), pool);
        let (tell, told) = watch::channel(peers::addresses(&peers));
        if config.consensus.is_some() {
            tokio::spawn(peers::follow(book, peers, gossip.clone(), tell));
        }
        let metrics = Arc::new(Metrics::default());
        if let Some(address) = config.metrics {
            let bound = crate::metrics::listen(address).await;
            let listener = bound.map_err(|source| NodeError::Listen {
                key: "metrics",
                address,
                source,
            })?;
            tokio::spawn(crate::metrics::serve(listener, Arc::clone(&metrics)));
        }
        let chain = Chain::open(Parts {
            store,
            genesis: Arc::clone(&genesis),
            bridge: Bridge::new(config.pool)?,
            checking: Bridge::giving_way(crate::process::for_callers())?,
            proofs: Arc::new(Proofs::new()),
            answerer,
            points: Arc::clone(&surroundings.points),
            clock: Arc::clone(&surroundings.clock),
            gossip,
            metrics: Arc::clone(&metrics),
        });
        let chain = Arc::new(chain.await?);
        let late = alias.filter(|alias| genesis.alias(alias).is_none());
        let engine: Box<dyn Engine> = match config.consensus {
            None => Box::new(Solo {
                validator: alias.ok_or(HomeError::Observer)?,
                signer: keys,
                votes: VoteFile::open(&votes)?,
                clock: Arc::clone(&surroundings.clock),
                pace: Pace {
                    batch: Duration::from_millis(config.batch_ms),
                    ..Pace::default()
                },
                points: surroundings.points,
            }),
            Some(consensus) => Box::new(Malachite {
                chain: id,
                validator: alias,
                name: name.clone(),
                key: keys.newest().public(),
                network_seed: network.0,
                signer: keys,
                listen: consensus.listen,
                peers: told,
                folder: consensus_folder,
                mark,
                clock: Arc::clone(&surroundings.clock),
                patience: Patience::default(),
                points: surroundings.points,
            }),
        };
        let listener = listen("listen", config.listen)?;
        let bound = listener.local_addr();
        let bound = bound.map_err(|source| NodeError::Listen {
            key: "listen",
            address: config.listen,
            source,
        })?;
        if let Some(address) = consensus_address {
            // once all others are bound: the engine only logs that it cannot listen, and goes on without the others
            drop(listen("[consensus] listen", address)?);
        }
        write(&address, bound.to_string().as_bytes())?;
        let tip = chain.tip();
        tracing::info!(chain = %id, height = tip.height.0, address = %bound, "the node {name} has started");
        Ok(Self {
            chain,
            engine,
            listener,
            credentials,
            clock: surroundings.clock,
            limits: surroundings.api.unwrap_or(config.limits),
            validator: name,
            late,
            address,
            log,
        })
    }

    async fn serve(self, shutdown: impl Future<Output = ()> + Send) -> Result<(), NodeError> {
        let (stop, stopping) = watch::channel(false);
        let service = Arc::new(Service {
            chain: Arc::clone(&self.chain),
            clock: self.clock,
            validator: self.validator,
            late: self.late,
            admitted: OnceLock::new(),
            stopping: stopping.clone(),
        });
        let watched = Arc::clone(&self.chain.metrics);
        let mut ended = stopping.clone();
        let until = async move {
            // An error means that the sender is gone, which stops the API too.
            let _ = ended.wait_for(|stop| *stop).await;
        };
        let credentials = Arc::clone(&self.credentials);
        tokio::spawn(certificates::follow(
            self.credentials,
            watched,
            stopping.clone(),
        ));
        tokio::spawn(figures::keep(Arc::clone(&self.chain), stopping.clone()));
        let (config, level) = self.log;
        tokio::spawn(crate::log::follow(config, level, stopping.clone()));
        tokio::spawn(crate::remind::follow(
            Arc::clone(&self.chain),
            stopping.clone(),
        ));
        let runtime = crate::process::api_runtime().map_err(NodeError::Threads)?;
        let api = sealane_api::serve(self.listener, credentials, service, self.limits, until);
        let mut api = runtime.spawn(api);
        let mut engine = tokio::spawn(self.engine.run(self.chain, stopping));
        let (mut decided, mut served) = (None, None);
        tokio::select! {
            () = shutdown => {
                tracing::info!("the node stops, as it was asked to");
                quiet::is_ending(true);
            }
            ended = &mut engine => decided = Some(ended),
            ended = &mut api => served = Some(ended),
        }
        stop.send_replace(true);
        let decided = match decided {
            Some(ended) => ended,
            None => engine.await,
        };
        if served.is_none() && tokio::time::timeout(GRACE, &mut api).await.is_err() {
            api.abort();
        }
        runtime.shutdown_background();
        // Nobody misses it: the next start writes its own.
        let _ = std::fs::remove_file(&self.address);
        let decided = decided?.map_err(NodeError::from);
        if let Err(error) = &decided {
            tracing::error!(%error, "the node stops because of a fault");
        }
        decided?;
        match served {
            Some(ended) => Err(NodeError::Api(format!("by itself: {ended:?}"))),
            None => Ok(()),
        }
    }
}

fn names_of_validators(genesis: &Genesis) -> BTreeSet<String> {
    let all = genesis.validators.validators().iter();
    let named = all.filter_map(|one| genesis.alias(&one.alias));
    named.map(|alias| alias.name.clone()).collect()
}

/// How long a process that was killed may hold the data folder, and how often it is tried.
const RELEASE: Duration = Duration::from_secs(3);
const AGAIN: Duration = Duration::from_millis(100);

/// Opens the data folder. One that another process holds is tried for some seconds more: the system lets go of it a
/// moment after that one was killed.
fn open_store(path: &Path, chain: ChainId) -> Result<Store, StoreError> {
    let begun = Instant::now();
    loop {
        match Store::open(path, chain) {
            Err(StoreError::Locked { .. }) if begun.elapsed() < RELEASE => {
                std::thread::sleep(AGAIN)
            }
            opened => return opened,
        }
    }
}

/// Connections that may wait to be accepted: beyond, the kernel drops who comes, who tries again a second later.
const BACKLOG: u32 = 4096;

fn listen(key: &'static str, address: SocketAddr) -> Result<TcpListener, NodeError> {
    let bound = || {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4(),
            SocketAddr::V6(_) => TcpSocket::new_v6(),
        }?;
        #[cfg(unix)]
        socket.set_reuseaddr(true)?; // as TcpListener::bind does
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    bound().map_err(|source| NodeError::Listen {
        key,
        address,
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_that_this_machine_does_not_have_is_told_from_one_in_use() {
        let elsewhere = "192.0.2.1:7411"
            .parse()
            .expect("an address of no machine (RFC 5737)");
        let error = listen("listen", elsewhere).expect_err("not ours");
        let error = error.to_string();
        assert!(error.contains("does not have that address"), "{error}");
        assert!(!error.contains("another node running"), "{error}");
        let here = "127.0.0.1:0".parse().expect("an address");
        let held = listen("listen", here).expect("a free port");
        let taken = held.local_addr().expect("bound");
        let error = listen("metrics", taken).expect_err("taken");
        let error = error.to_string();
        assert!(
            error.contains("another node running") && error.contains("`metrics`"),
            "{error}"
        );
    }
}
