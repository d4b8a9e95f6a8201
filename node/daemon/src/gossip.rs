//! Transactions are passed on to the other validators' nodes, so that whoever proposes next has them. Best
//! effort: what is lost here is handed in again by whoever waits for it, or proposed by this node's own turn.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use sealane_types::encoding::Encode;
use sealane_types::ids::Height;
use sealane_types::transaction::Transaction;
use sealane_wire::MAX_MESSAGE;
use sealane_wire::v1::node_client::NodeClient;
use sealane_wire::v1::{GetStatusRequest, SubmitRequest};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use tonic::transport::{Channel, Endpoint};

use crate::home::Peer;

/// Most transactions that wait for one peer; newer ones are not passed on to it.
const WAITING: usize = 4096;
/// How long a peer may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a peer that cannot be reached is left alone.
const PAUSE: Duration = Duration::from_millis(500);
/// How often a silent peer is asked whether it is there.
const PULSE: Duration = Duration::from_secs(2);

/// The ways to the other validators' nodes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gossip(Vec<Way>);

#[derive(Debug, Clone)]
struct Way {
    queue: mpsc::Sender<Arc<[u8]>>,
    there: Arc<AtomicBool>,
    /// The height that the peer said it has.
    height: Arc<AtomicU64>,
}

impl Gossip {
    /// Opens a way to each peer. Must be called on a runtime; the ways end with the last handle.
    pub(crate) fn open(peers: &[Peer]) -> Self {
        Self(peers.iter().map(Way::open).collect())
    }

    /// Passes a transaction on, without waiting.
    pub(crate) fn pass_on(&self, transaction: &Transaction) {
        if self.0.is_empty() {
            return;
        }
        let bytes: Arc<[u8]> = transaction.to_bytes().into();
        for way in &self.0 {
            // A full queue is a peer that is away for long: it learns of the transaction by its block.
            let _ = way.queue.try_send(Arc::clone(&bytes));
        }
    }

    /// How many peers answered last time.
    pub(crate) fn reached(&self) -> usize {
        let there = self
            .0
            .iter()
            .filter(|way| way.there.load(Ordering::Relaxed));
        there.count()
    }

    /// A height that at least one honest validator has said it reached: of the peers' heights the highest but as
    /// many as may be Byzantine.
    pub(crate) fn height(&self) -> Height {
        let heights = self.0.iter().map(|way| way.height.load(Ordering::Relaxed));
        Height(beyond_doubt(heights.collect()))
    }
}

/// The highest of the heights of all others, but for as many as a third of all may lie.
fn beyond_doubt(mut heights: Vec<u64>) -> u64 {
    heights.sort_unstable_by(|one, other| other.cmp(one));
    // of n validators, the others and this one, (n − 1)/3 may lie
    heights.get(heights.len() / 3).copied().unwrap_or(0)
}

impl Way {
    fn open(peer: &Peer) -> Self {
        let (queue, waiting) = mpsc::channel(WAITING);
        let there = Arc::new(AtomicBool::new(false));
        let height = Arc::new(AtomicU64::new(0));
        let carrier = Carrier {
            name: peer.name.clone(),
            api: peer.api,
            there: Arc::clone(&there),
            height: Arc::clone(&height),
        };
        tokio::spawn(carrier.run(waiting));
        Self {
            queue,
            there,
            height,
        }
    }
}

struct Carrier {
    name: String,
    api: SocketAddr,
    there: Arc<AtomicBool>,
    height: Arc<AtomicU64>,
}

impl Carrier {
    async fn run(self, mut waiting: mpsc::Receiver<Arc<[u8]>>) {
        let endpoint = match Endpoint::from_shared(format!("http://{}", self.api)) {
            Ok(endpoint) => endpoint.connect_timeout(PATIENCE),
            Err(error) => return tracing::error!(peer = self.name, %error, "no address"),
        };
        let mut client = NodeClient::new(endpoint.connect_lazy())
            .max_decoding_message_size(MAX_MESSAGE)
            .max_encoding_message_size(MAX_MESSAGE);
        loop {
            let reached = match timeout(PULSE, waiting.recv()).await {
                Ok(Some(bytes)) => self.carry(&mut client, &bytes).await,
                Ok(None) => return,
                Err(_) => self.pulse(&mut client).await,
            };
            self.mark(reached);
        }
    }

    fn mark(&self, reached: bool) {
        if self.there.swap(reached, Ordering::Relaxed) != reached {
            match reached {
                true => tracing::info!(peer = self.name, "reached"),
                false => tracing::warn!(peer = self.name, "out of reach"),
            }
        }
    }

    /// Whether the peer answers.
    async fn pulse(&self, client: &mut NodeClient<Channel>) -> bool {
        match timeout(PATIENCE, client.get_status(GetStatusRequest {})).await {
            Ok(Ok(status)) => {
                self.height
                    .store(status.get_ref().height, Ordering::Relaxed);
                true
            }
            _ => false,
        }
    }

    /// Hands a transaction over, a second time if the first one does not reach the peer.
    async fn carry(&self, client: &mut NodeClient<Channel>, bytes: &[u8]) -> bool {
        for attempt in 0..2 {
            let request = SubmitRequest {
                transaction: bytes.to_vec(),
                wait_ms: 0,
                relayed: true,
            };
            match timeout(PATIENCE, client.submit(request)).await {
                Ok(Ok(_)) => return true,
                Ok(Err(refused)) if sealane_wire::code::ErrorCode::of(&refused).is_some() => {
                    // it has it already, or is behind, or full: its own affair
                    tracing::debug!(peer = self.name, reason = refused.message(), "not taken");
                    return true;
                }
                _ if attempt == 0 => sleep(PAUSE).await,
                _ => {}
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_third_of_the_validators_makes_a_node_believe_in_a_height() {
        assert_eq!(beyond_doubt(vec![]), 0);
        assert_eq!(beyond_doubt(vec![7]), 7, "of two none may lie");
        assert_eq!(beyond_doubt(vec![5, 900, 6]), 6, "of four one may lie");
        assert_eq!(beyond_doubt(vec![0, 900, 0]), 0);
        assert_eq!(
            beyond_doubt(vec![5, 900, 6, 800, 4, 3]),
            6,
            "of seven two may lie"
        );
    }
}
