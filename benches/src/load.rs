//! Banks that finance as fast as their network lets them: a closed loop, each bank with so many financings under way.
//!
//! ```text
//! seal ──receipt──▶ present ──receipt, t answers──▶ finance ──receipt──▶ done
//! ```
//!
//! A bank hands its transactions in one after another, as their sequences say, and does not wait for a receipt before the
//! next. A receipt is waited for by handing the same bytes in again with a wait, as a client does after a fault.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sealane_crypto::oprf::{Answered, SlotKeys};
use sealane_ledger::state::{self, Completed, Key};
use sealane_statements::financing::FinancingWitness;
use sealane_types::block::Block;
use sealane_types::encoding::{Decode, Encode};
use sealane_types::ids::{AliasId, ChainId, Epoch, PointBytes, RecordId, Sequence};
use sealane_types::receipt::{Outcome, Receipt};
use sealane_types::sharing::FingerprintKey;
use sealane_types::transaction::{Finance, Payload};
use sealane_wire::v1::node_client::NodeClient;
use sealane_wire::v1::{
    GetBlockRequest, GetSequenceRequest, GetStatusRequest, GetStatusResponse, QueryStateRequest,
    SubmitRequest,
};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tonic::transport::Channel;

use crate::chain::signed;
use crate::deals::Deal;
use crate::trade::Office;

/// A node's API.
pub type Node = NodeClient<Channel>;

/// How often the follower looks for a new block.
const LOOK: Duration = Duration::from_millis(10);

/// What a node says of itself.
///
/// # Panics
/// When it does not answer.
pub async fn status(node: &mut Node) -> GetStatusResponse {
    let answer = node.get_status(GetStatusRequest {}).await;
    answer.expect("the node answers").into_inner()
}

/// A final block, where there is one.
///
/// # Panics
/// When what the node sends is none.
pub async fn block(node: &mut Node, height: u64) -> Option<Block> {
    let answer = node.get_block(GetBlockRequest { height }).await.ok()?;
    Some(Block::from_bytes(&answer.into_inner().block).expect("a block"))
}

/// One step of a financing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The record.
    Seal,
    /// Its blinded fingerprints, proven.
    Present,
    /// The fingerprints.
    Finance,
}

/// A transaction from its submission to its receipt.
#[derive(Debug, Clone, Copy)]
pub struct Receipted {
    /// Which step.
    pub step: Step,
    /// When it was handed in.
    pub submitted: Instant,
    /// When its receipt was there.
    pub received: Instant,
}

impl Receipted {
    /// How long that took.
    #[must_use]
    pub fn latency(&self) -> Duration {
        self.received - self.submitted
    }
}

/// What moves a bank on.
enum News {
    /// A step of a deal has its receipt.
    Receipt(usize, Receipted),
    /// A deal's fingerprints are answered.
    Answered(RecordId),
}

/// A bank that speaks to one node.
pub struct Desk {
    chain: ChainId,
    bank: AliasId,
    office: Office,
    /// The network's fingerprint key.
    key: PointBytes,
    node: Node,
    sequence: u64,
    deals: Vec<Deal>,
    /// What each deal rests on.
    witnesses: Vec<FinancingWitness>,
    /// Steps that can be sent now.
    ready: VecDeque<(usize, Step)>,
    /// Receipts and answers so far, of deals that are presented.
    presented: BTreeMap<RecordId, (usize, u8)>,
    done: Vec<Receipted>,
}

impl Desk {
    /// A bank with its deals, on a network whose fingerprint key stands.
    ///
    /// # Panics
    /// When the node does not answer, or a deal is another bank's.
    pub async fn open(chain: ChainId, bank: AliasId, mut node: Node, deals: Vec<Deal>) -> Self {
        let alias = bank.as_bytes().to_vec();
        let answer = node.get_sequence(GetSequenceRequest { alias }).await;
        let sequence = answer.expect("the node answers").into_inner().next;
        let mut office = Office::of(chain, bank);
        let (key, slot_keys) = keys(&mut node).await;
        office.slot_keys = slot_keys;
        let witnesses = deals.iter().map(|deal| office.witness(&deal.record));
        let witnesses = witnesses.collect();
        Self {
            chain,
            bank,
            office,
            key,
            node,
            sequence,
            deals,
            witnesses,
            ready: VecDeque::new(),
            presented: BTreeMap::new(),
            done: Vec::new(),
        }
    }

    /// Finances all deals, `window` at a time. `answered` names the records whose answers are complete.
    ///
    /// # Panics
    /// When the node or the rules refuse anything.
    pub async fn run(
        mut self,
        window: usize,
        mut answered: mpsc::UnboundedReceiver<RecordId>,
    ) -> Vec<Receipted> {
        let mut waiting = JoinSet::new();
        let all = self.deals.len();
        let (mut begun, mut financed) = (0, 0);
        while financed < all {
            while begun < all && begun - financed < window {
                self.ready.push_back((begun, Step::Seal));
                begun += 1;
            }
            while let Some((deal, step)) = self.ready.pop_front() {
                self.submit(deal, step, &mut waiting).await;
            }
            let news = tokio::select! {
                Some(one) = waiting.join_next() => {
                    let (deal, receipted) = one.expect("a receipt");
                    News::Receipt(deal, receipted)
                }
                Some(record) = answered.recv() => News::Answered(record),
            };
            financed += usize::from(self.take(news));
        }
        self.done
    }

    /// Whether a financing is done with this.
    fn take(&mut self, news: News) -> bool {
        let (deal, record) = match news {
            News::Receipt(deal, receipted) => {
                self.done.push(receipted);
                match receipted.step {
                    Step::Seal => self.ready.push_back((deal, Step::Present)),
                    Step::Present => {}
                    Step::Finance => return true,
                }
                if receipted.step == Step::Seal {
                    return false;
                }
                (deal, self.deals[deal].id())
            }
            News::Answered(record) => {
                let found = self.deals.iter().position(|deal| deal.id() == record);
                (found.expect("the bank's own record"), record)
            }
        };
        let both = self.presented.entry(record).or_insert((deal, 0));
        both.1 += 1;
        if both.1 == 2 {
            self.ready.push_back((deal, Step::Finance));
        }
        false
    }

    /// Takes a deal's fingerprints with what the network's key makes of them: the key came into being with the network, so
    /// this alone cannot be made before.
    async fn finance(&mut self, at: usize) -> Finance {
        let deal = &self.deals[at];
        let question = self.office.question(&deal.present);
        let completed: Completed = awaited(&mut self.node, &Key::completed(&deal.id())).await;
        let answered = Answered::decode(question, &self.key, &completed.points.0);
        let answered = answered.expect("answered points");
        self.office.finance(&self.witnesses[at], answered)
    }

    async fn submit(&mut self, at: usize, step: Step, waiting: &mut JoinSet<(usize, Receipted)>) {
        let deal = &self.deals[at];
        let payload = match step {
            Step::Seal => Payload::SealRecord(Box::new(deal.record.clone())),
            Step::Present => Payload::PresentBlinded(deal.present.clone()),
            Step::Finance => Payload::Finance(self.finance(at).await),
        };
        let transaction = signed(self.chain, self.bank, Sequence(self.sequence), payload);
        self.sequence += 1;
        let transaction = Arc::new(transaction.to_bytes());
        let submitted = Instant::now();
        hand_in(&mut self.node, &transaction, 0).await;
        let mut node = self.node.clone();
        waiting.spawn(async move {
            let receipt = hand_in(&mut node, &transaction, 60_000).await;
            let receipt = receipt.expect("a receipt within a minute");
            let done = matches!(receipt.outcome, Outcome::Done(_));
            assert!(done, "{step:?}: {:?}", receipt.outcome);
            let received = Instant::now();
            let receipted = Receipted {
                step,
                submitted,
                received,
            };
            (at, receipted)
        });
    }
}

/// The network's fingerprint key and the slot keys that belong to it, once this node's state has them.
async fn keys(node: &mut Node) -> (PointBytes, SlotKeys) {
    let epoch: Epoch = awaited(node, &Key::present_epoch()).await;
    let key: FingerprintKey = awaited(node, &Key::fingerprint_key(epoch)).await;
    let keys: state::SlotKeys = awaited(node, &Key::slot_keys(&key.public)).await;
    let slot_keys = SlotKeys::decode(&key.public, &keys.points);
    (key.public, slot_keys.expect("slot keys"))
}

/// A value, once this node's state has it.
async fn awaited<T: Decode>(node: &mut Node, key: &Key) -> T {
    let keys = vec![key.as_bytes().to_vec()];
    let request = QueryStateRequest { keys };
    loop {
        let answer = node.query_state(request.clone()).await;
        let entries = answer.expect("the node answers").into_inner().entries;
        if let Some(value) = entries.first().and_then(|entry| entry.value.as_ref()) {
            return T::from_bytes(value).expect("what the ledger wrote");
        }
        sleep(LOOK).await;
    }
}

/// Hands a transaction in; its receipt, if it came within the wait.
///
/// # Panics
/// When the node refuses it.
pub async fn hand_in(node: &mut Node, transaction: &[u8], wait_ms: u32) -> Option<Receipt> {
    let request = SubmitRequest {
        transaction: transaction.to_vec(),
        wait_ms,
        relayed: false,
    };
    let answer = node.submit(request).await.expect("the node takes it");
    let committed = answer.into_inner().committed?;
    Some(Receipt::from_bytes(&committed.receipt).expect("a receipt"))
}

/// Follows a chain from a height on and tells each bank whose records have `threshold` answers in final blocks. Ends
/// when the last bank has gone.
pub async fn follow(
    mut node: Node,
    mut height: u64,
    threshold: u16,
    banks: BTreeMap<RecordId, mpsc::UnboundedSender<RecordId>>,
) {
    let mut answers = BTreeMap::<RecordId, u16>::new();
    while banks.values().any(|bank| !bank.is_closed()) {
        let Some(block) = block(&mut node, height).await else {
            sleep(LOOK).await;
            continue;
        };
        height += 1;
        for transaction in &block.transactions {
            let Payload::Answer(answer) = &transaction.body.payload else {
                continue;
            };
            let count = answers.entry(answer.record).or_default();
            *count += 1;
            if let (true, Some(bank)) = (*count == threshold, banks.get(&answer.record)) {
                let _ = bank.send(answer.record); // a bank that has gone has all it needs
            }
        }
    }
}
