//! Transactions are passed on to the other validators' nodes, so that whoever proposes next has them: from the pool,
//! to each node in order and from all institutions in turn ([`Passed`]), and what this node's own parts make before
//! that. What a node does not take is its own affair, or is given again where it lacks earlier ones.

use std::collections::BTreeSet;
use std::error::Error as _;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use sealane_consensus::{Mempool, Passed, Passing};
use sealane_types::encoding::Encode;
use sealane_types::ids::{Height, Sequence};
use sealane_types::transaction::Transaction;
use sealane_wire::MAX_MESSAGE;
use sealane_wire::code::ErrorCode;
use sealane_wire::tls::{self, Credentials, TlsError};
use sealane_wire::v1::node_client::NodeClient;
use sealane_wire::v1::{GetSequenceRequest, GetStatusRequest, SubmitRequest};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use tonic::transport::Channel;

use crate::config::Peer;

/// Most of this node's own transactions, and of those passed on again, that wait for one peer; newer ones are not
/// passed on to it.
const WAITING: usize = 1024;
/// How long a peer may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a peer that cannot be reached is left alone.
const PAUSE: Duration = Duration::from_millis(500);
/// How long a node that starts waits for the others to say where they stand, and how often it looks.
const HEARD: Duration = Duration::from_secs(3);
const LOOK: Duration = Duration::from_millis(50);
/// How often a silent peer is asked whether it is there.
const PULSE: Duration = Duration::from_secs(2);
/// How often the log names a peer that is away, and one whose certificate is not the one that is expected.
const AWAY: Duration = Duration::from_secs(3600);
const WRONG: Duration = Duration::from_secs(60);

/// The ways to the other validators' nodes, which come and go.
#[derive(Debug, Clone)]
pub(crate) struct Gossip {
    credentials: Arc<Credentials>,
    pool: Arc<Mempool>,
    ways: Arc<RwLock<Vec<(Peer, Way)>>>,
    /// The names of the validators whose votes count; none before they are known.
    validators: Arc<RwLock<Option<BTreeSet<String>>>>,
}

#[derive(Debug, Clone)]
struct Way {
    queue: mpsc::Sender<Arc<[u8]>>,
    there: Arc<AtomicBool>,
    said: Said,
}

/// What a peer said of itself last.
#[derive(Debug, Clone, Default)]
struct Said {
    /// Its height.
    height: Arc<AtomicU64>,
    /// How many transactions wait there.
    waiting: Arc<AtomicU64>,
    /// The first block that it has.
    first: Arc<AtomicU64>,
    /// Its validator's name: the one in `node.toml` may be from a time when it was an observer.
    name: Arc<RwLock<String>>,
}

impl Said {
    fn name(&self) -> String {
        let name = self.name.read().unwrap_or_else(PoisonError::into_inner);
        name.clone()
    }
}

impl Gossip {
    /// Opens a way to each validator among the peers. Must be called on a runtime; the ways end with the last handle.
    pub(crate) fn open(peers: &[Peer], credentials: Arc<Credentials>, pool: Arc<Mempool>) -> Self {
        let gossip = Self {
            credentials,
            pool,
            ways: Arc::default(),
            validators: Arc::default(),
        };
        gossip.change(peers);
        gossip
    }

    /// Opens and closes ways, so that they lead to the validators among these peers. Must be called on a runtime.
    pub(crate) fn change(&self, peers: &[Peer]) {
        let mut ways = self.ways.write().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::take(&mut *ways);
        for peer in peers.iter().filter(|peer| !peer.observer) {
            let known = before.iter().find(|(known, _)| known == peer);
            let way = known.map_or_else(
                || Way::open(peer, &self.credentials, &self.pool),
                |(_, way)| way.clone(),
            );
            ways.push((peer.clone(), way));
        }
    }

    /// Of a node without others.
    #[cfg(test)]
    pub(crate) fn alone() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let authority = tls::Authority::create(&folder.path().join("authority"), "test");
        let mut authority = authority.expect("an authority");
        let node = tls::Party::Node("node-a".to_owned());
        tls::equip(folder.path(), &node, &mut authority, 1).expect("a certificate");
        let credentials = Credentials::open(folder.path()).expect("certificates");
        let pool = Mempool::new(sealane_consensus::Limits::default());
        Self::open(&[], credentials, Arc::new(pool))
    }

    /// The pool whose transactions are passed on.
    pub(crate) fn pool(&self) -> Arc<Mempool> {
        Arc::clone(&self.pool)
    }

    fn ways(&self) -> Vec<Way> {
        let ways = self.ways.read().unwrap_or_else(PoisonError::into_inner);
        ways.iter().map(|(_, way)| way.clone()).collect()
    }

    /// Passes a transaction on before those of the pool, without waiting.
    pub(crate) fn pass_on(&self, transaction: &Transaction) {
        let ways = self.ways();
        if ways.is_empty() {
            return;
        }
        let bytes: Arc<[u8]> = transaction.to_bytes().into();
        for way in ways {
            // A full queue is a peer that is away for long: it learns of the transaction by its block.
            let _ = way.queue.try_send(Arc::clone(&bytes));
        }
    }

    /// Whether transactions wait at an honest validator at least: a node that was away may have none of them, and
    /// is needed all the same.
    pub(crate) fn others_wait(&self) -> bool {
        let ways = self.ways();
        beyond_doubt(ways.iter().map(|way| &way.said.waiting)) > 0
    }

    /// How many peers answered last time.
    pub(crate) fn reached(&self) -> usize {
        let ways = self.ways();
        let there = ways.iter().filter(|way| way.there.load(Ordering::Relaxed));
        there.count()
    }

    /// Whose votes count from now on.
    pub(crate) fn count(&self, validators: BTreeSet<String>) {
        let mut counted = self
            .validators
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *counted = Some(validators);
    }

    /// How many validators whose votes count answered last time: not those that have left, or have no power.
    pub(crate) fn reached_validators(&self) -> usize {
        let ways = self.ways.read().unwrap_or_else(PoisonError::into_inner);
        let there = ways
            .iter()
            .filter(|(_, way)| way.there.load(Ordering::Relaxed));
        let named = there.map(|(peer, way)| match way.said.name() {
            silent if silent.is_empty() => peer.name.clone(),
            name => name,
        });
        let counted = self
            .validators
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        counting(named, counted.as_ref())
    }

    /// Whether each of the others that answer has said that its blocks begin above this one: it cannot be had from
    /// them.
    pub(crate) fn is_nowhere(&self, next: Height) -> bool {
        let ways = self.ways();
        let there = ways.iter().filter(|way| way.there.load(Ordering::Relaxed));
        begin_above(
            next,
            there.map(|way| way.said.first.load(Ordering::Relaxed)),
        )
    }

    /// Waits until two thirds of the others have answered, or some seconds where they do not.
    pub(crate) async fn heard(&self) {
        let enough = async {
            while self.reached() * 3 < self.ways().len() * 2 {
                sleep(LOOK).await;
            }
        };
        if timeout(HEARD, enough).await.is_err() {
            let (reached, others) = (self.reached(), self.ways().len());
            tracing::info!(
                "{reached} of {others} other validators answer so far: this node begins where its own chain ends"
            );
        }
    }

    /// Whether a chain of this height is as long as the others' are, by what they say; `false` while too few have said it.
    pub(crate) fn is_level(&self, own: Height) -> bool {
        self.reached() * 3 >= self.ways().len() * 2 && self.height() <= own
    }

    /// A height that at least one honest validator has said it reached: of the peers' heights the highest but as
    /// many as may be Byzantine.
    pub(crate) fn height(&self) -> Height {
        let ways = self.ways();
        let heights = ways.iter().map(|way| &way.said.height);
        Height(beyond_doubt(heights))
    }
}

/// The highest of the numbers that all others said, but for as many as a third of all may lie.
fn beyond_doubt<'a>(said: impl Iterator<Item = &'a Arc<AtomicU64>>) -> u64 {
    let mut said: Vec<u64> = said.map(|one| one.load(Ordering::Relaxed)).collect();
    said.sort_unstable_by(|one, other| other.cmp(one));
    // of n validators, the others and this one, (n − 1)/3 may lie
    said.get(said.len() / 3).copied().unwrap_or(0)
}

/// How many of these names are among those that count, each once.
fn counting(named: impl Iterator<Item = String>, counted: Option<&BTreeSet<String>>) -> usize {
    let named: BTreeSet<String> = named.collect();
    let counts = |name: &&String| counted.is_none_or(|counted| counted.contains(*name));
    named.iter().filter(counts).count()
}

/// Whether there are some, and all of these first blocks are above `next`; 0 is one that nobody has told.
fn begin_above(next: Height, mut firsts: impl Iterator<Item = u64>) -> bool {
    let above = |first: u64| first > next.0;
    firsts.next().is_some_and(above) && firsts.all(above)
}

impl Way {
    fn open(peer: &Peer, credentials: &Arc<Credentials>, pool: &Arc<Mempool>) -> Self {
        let (queue, waiting) = mpsc::channel(WAITING);
        let there = Arc::new(AtomicBool::new(false));
        let said = Said::default();
        let carrier = Carrier {
            name: peer.name.clone(),
            api: peer.api,
            credentials: Arc::clone(credentials),
            pool: Arc::clone(pool),
            there: Arc::clone(&there),
            said: said.clone(),
        };
        tokio::spawn(carrier.run(waiting));
        Self { queue, there, said }
    }
}

struct Carrier {
    name: String,
    api: SocketAddr,
    credentials: Arc<Credentials>,
    pool: Arc<Mempool>,
    there: Arc<AtomicBool>,
    said: Said,
}

/// What a peer did with a transaction.
enum Answer {
    /// It has it, or has no use for it.
    Had,
    /// It has no room for it now.
    Full,
    /// It lacks earlier ones of the signer.
    Gap,
}

impl Answer {
    fn of(refused: ErrorCode) -> Self {
        match refused {
            ErrorCode::SequenceGap => Self::Gap,
            ErrorCode::SignerFull
            | ErrorCode::PoolFull
            | ErrorCode::TooMany
            | ErrorCode::NotReady
            | ErrorCode::Stopping
            | ErrorCode::Deadline
            | ErrorCode::Internal => Self::Full,
            ErrorCode::Malformed
            | ErrorCode::WrongChain
            | ErrorCode::UnknownSigner
            | ErrorCode::NotActive
            | ErrorCode::BadSignature
            | ErrorCode::BadProof
            | ErrorCode::OldSequence
            | ErrorCode::SequenceTaken
            | ErrorCode::TooLarge
            | ErrorCode::NotFound => Self::Had,
        }
    }
}

impl Carrier {
    async fn run(self, mut waiting: mpsc::Receiver<Arc<[u8]>>) {
        let address = format!("https://{}", self.api);
        let channel = tls::channel(&address, &self.name, &self.credentials, |endpoint| endpoint);
        let channel = match channel {
            Ok(channel) => channel,
            Err(error) => {
                return tracing::error!(peer = self.name, %error, "the peer's address cannot be used");
            }
        };
        let mut client = NodeClient::new(channel)
            .max_decoding_message_size(MAX_MESSAGE)
            .max_encoding_message_size(MAX_MESSAGE);
        let (mut told, mut passed) = (None, Passed::default());
        self.mark(self.pulse(&mut client).await, &mut told);
        let mut pulsed = Instant::now();
        loop {
            let pulse = PULSE.saturating_sub(pulsed.elapsed());
            let reached = tokio::select! {
                biased;
                () = sleep(pulse) => {
                    pulsed = Instant::now();
                    self.pulse(&mut client).await
                }
                own = waiting.recv() => match own {
                    Some(bytes) => self.carry(&mut client, &bytes).await.map(drop),
                    None => return,
                },
                one = self.pool.to_pass(&mut passed) => self.pass(&mut client, &mut passed, &one).await,
            };
            if reached.is_err() {
                passed.forget(); // it may begin anew
            }
            self.mark(reached, &mut told);
        }
    }

    /// Passes one of the pool on.
    async fn pass(
        &self,
        client: &mut NodeClient<Channel>,
        passed: &mut Passed,
        one: &Passing,
    ) -> Result<(), Away> {
        match self
            .carry(client, &one.waiting.transaction.to_bytes())
            .await?
        {
            Answer::Had => passed.given(one),
            Answer::Full => passed.keep_back(one),
            Answer::Gap => {
                let alias = one.waiting.transaction.body.signer.as_bytes().to_vec();
                let asked = client.get_sequence(GetSequenceRequest { alias });
                let next = match timeout(PATIENCE, asked).await {
                    Ok(Ok(sequences)) => sequences.into_inner().next,
                    _ => 0,
                };
                self.pool.back_to(passed, one, Sequence(next));
            }
        }
        Ok(())
    }

    /// Notes whether the peer answers, and names one that does not; `told` is when it was named last.
    fn mark(&self, reached: Result<(), Away>, told: &mut Option<Instant>) {
        let was_there = self.there.swap(reached.is_ok(), Ordering::Relaxed);
        let Err(away) = reached else {
            *told = None;
            if !was_there {
                tracing::info!("the peer {} at {} is reached", self.name, self.api);
            }
            return;
        };
        let pause = if away.wrong { WRONG } else { AWAY };
        if was_there || told.is_none_or(|at| at.elapsed() >= pause) {
            *told = Some(Instant::now());
            let (name, api) = (&self.name, self.api);
            tracing::warn!("the peer {name} at {api} is not reached: {}", away.reason);
        }
    }

    /// Whether the peer answers.
    async fn pulse(&self, client: &mut NodeClient<Channel>) -> Result<(), Away> {
        match timeout(PATIENCE, client.get_status(GetStatusRequest {})).await {
            Ok(Ok(status)) => {
                let status = status.into_inner();
                self.said.height.store(status.height, Ordering::Relaxed);
                let waiting = status.waiting.into();
                self.said.waiting.store(waiting, Ordering::Relaxed);
                self.said.first.store(status.first, Ordering::Relaxed);
                let mut name = self
                    .said
                    .name
                    .write()
                    .unwrap_or_else(PoisonError::into_inner);
                *name = status.validator;
                Ok(())
            }
            Ok(Err(status)) => Err(Away::of(&status)),
            Err(_) => Err(Away::silent()),
        }
    }

    /// Hands a transaction over, a second time if the first one does not reach the peer.
    async fn carry(&self, client: &mut NodeClient<Channel>, bytes: &[u8]) -> Result<Answer, Away> {
        let mut away = Away::silent();
        for attempt in 0..2 {
            let request = SubmitRequest {
                transaction: bytes.to_vec(),
                wait_ms: 0,
                relayed: true,
            };
            match timeout(PATIENCE, client.submit(request)).await {
                Ok(Ok(_)) => return Ok(Answer::Had),
                Ok(Err(refused)) if let Some(code) = ErrorCode::of(&refused) => {
                    tracing::debug!(peer = self.name, reason = refused.message(), "not taken");
                    return Ok(Answer::of(code));
                }
                Ok(Err(status)) => away = Away::of(&status),
                Err(_) => away = Away::silent(),
            }
            if attempt == 0 {
                sleep(PAUSE).await;
            }
        }
        Err(away)
    }
}

/// Why a peer is not reached.
struct Away {
    reason: String,
    /// Whether its entry in `node.toml`, or its certificate, is wrong.
    wrong: bool,
}

impl Away {
    fn silent() -> Self {
        Self {
            reason: format!("no answer within {} s", PATIENCE.as_secs()),
            wrong: false,
        }
    }

    fn of(status: &tonic::Status) -> Self {
        let under = TlsError::under(status);
        let last = status.source().map(|error| tls::deepest(error).to_string());
        Self {
            reason: match (under, last) {
                (Some(error), _) => error.to_string(),
                (None, Some(last)) => last,
                (None, None) => status.message().to_owned(),
            },
            wrong: under.is_some_and(TlsError::is_of_a_certificate),
        }
    }
}

#[cfg(test)]
mod tests;
