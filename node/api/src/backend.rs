//! What the API asks of the node.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use sealane_types::ids::{AliasId, BlockId, BlockTime, ChainId, Height, RecordId, Sequence, TxId};
use sealane_wire::code::ErrorCode;

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// For programs.
    pub code: ErrorCode,
    /// For people.
    pub message: String,
}

impl Refused {
    /// Joins code and message.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, message }
    }
}

/// Where the node stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The chain.
    pub chain: ChainId,
    /// Its name.
    pub chain_name: String,
    /// The node's validator by name; empty where it only observes.
    pub validator: String,
    /// The latest final block's height; 0 before the first.
    pub height: Height,
    /// Its time.
    pub time: BlockTime,
    /// Its id.
    pub block: BlockId,
    /// Validators' nodes that answered this one last, of those whose votes count.
    pub peers: u32,
    /// Validators of the next height.
    pub validators: u32,
    /// Transactions that wait.
    pub waiting: u32,
    /// Since the latest block, by this node's clock.
    pub lag: Duration,
    /// Whether test keys verify proofs on this chain.
    pub test_keys: bool,
    /// Whether its validator's share of the fingerprint key is missing.
    pub lacks_share: bool,
    /// The first block that is here.
    pub first: Height,
    /// A height that other validators' nodes have said they reached.
    pub elsewhere: Height,
    /// The next block, where no validator's node that answers has it.
    pub nowhere: Option<Height>,
    /// Whether the chain names another key for its validator than the one it signs with.
    pub wrong_key: bool,
    /// Whether it observes, or its own validator is none of `validators`.
    pub without_vote: bool,
}

/// A header with the certificate that makes it final, as canonical bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinalHeader {
    /// The header.
    pub header: Vec<u8>,
    /// The certificate.
    pub certificate: Vec<u8>,
}

/// A block with the certificate that makes it final, as canonical bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinalBlock {
    /// The block.
    pub block: Vec<u8>,
    /// The certificate.
    pub certificate: Vec<u8>,
}

/// A transaction in a final block, and its receipt, proven by the next header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The transaction's canonical bytes.
    pub transaction: Vec<u8>,
    /// The proof that they are in the block.
    pub transaction_proof: Vec<u8>,
    /// The block's header.
    pub header: FinalHeader,
    /// The receipt's canonical bytes.
    pub receipt: Vec<u8>,
    /// The proof that they are in the block's receipts.
    pub receipt_proof: Vec<u8>,
    /// The next header, which has the receipts' root.
    pub next_header: FinalHeader,
}

/// A signer's next sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sequences {
    /// After all final transactions.
    pub committed: Sequence,
    /// After those too that wait.
    pub next: Sequence,
}

/// A value of the state or its absence, proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateEntry {
    /// The key.
    pub key: Vec<u8>,
    /// The value; `None` where there is none.
    pub value: Option<Vec<u8>>,
    /// The ICS-23 proof.
    pub proof: Vec<u8>,
}

/// Entries of the state under one header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateAnswer {
    /// The latest header.
    pub header: FinalHeader,
    /// In the order of the keys asked for.
    pub entries: Vec<StateEntry>,
}

/// A part of the log of taken fingerprints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenAnswer {
    /// The header under which `digest` is proven.
    pub header: FinalHeader,
    /// The state's entry with the log's length and digest.
    pub digest: StateEntry,
    /// Entries from the index asked for.
    pub entries: Vec<Vec<u8>>,
    /// The log's length by `digest`.
    pub total: u64,
}

/// A run of the state's keys and values, ascending by the hashes of the keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatePart {
    /// Keys and values.
    pub pairs: Vec<(Vec<u8>, Vec<u8>)>,
    /// What leads from all pairs up to the last one to the root.
    pub proof: Vec<u8>,
    /// Whether nothing comes after it.
    pub last: bool,
}

/// A run of a block's transactions and their receipts, as canonical bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockPart {
    /// Transactions, in the block's order.
    pub transactions: Vec<Vec<u8>>,
    /// Their receipts, one for each.
    pub receipts: Vec<Vec<u8>>,
    /// The block's header and the next one, where the block ends here.
    pub end: Option<(FinalHeader, FinalHeader)>,
}

/// Time that checking a transaction takes of the processor; added up by the backend while it goes on.
#[derive(Debug, Default)]
pub struct Work(AtomicU64);

impl Work {
    /// Adds what a part of it took.
    pub fn add(&self, took: Duration) {
        let took = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        self.0.fetch_add(took, Ordering::Relaxed);
    }

    /// What it took in all.
    #[must_use]
    pub fn took(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Relaxed))
    }
}

/// Who hands a transaction in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A client: the other nodes do not have it yet.
    Client,
    /// Another node, which passes on to everybody itself.
    Node,
}

/// The node behind the API. What it is given has passed the API's limits on size and number; nothing
/// else of it is checked.
#[async_trait]
pub trait Backend: Send + Sync + 'static {
    /// Told of each connection that was not let in: it showed no certificate that holds, or there was no room.
    fn turned_away(&self) {}
    /// Where the node stands.
    async fn status(&self) -> Result<Status, Refused>;
    /// Genesis, as canonical bytes.
    async fn genesis(&self) -> Result<Vec<u8>, Refused>;
    /// A header; the latest where no height is given.
    async fn header(&self, height: Option<Height>) -> Result<FinalHeader, Refused>;
    /// A block; the latest where no height is given.
    async fn block(&self, height: Option<Height>) -> Result<FinalBlock, Refused>;
    /// Takes a transaction's bytes; idempotent. What checking it takes is added to `work`.
    async fn submit(
        &self,
        transaction: Vec<u8>,
        origin: Origin,
        work: &Work,
    ) -> Result<TxId, Refused>;
    /// Resolves when a transaction's receipt is final; an error where the transaction is unknown.
    async fn finality(&self, id: TxId) -> Result<Committed, Refused>;
    /// What became of a transaction; `None` where its receipt is not final yet.
    async fn transaction(&self, id: TxId) -> Result<Option<Committed>, Refused>;
    /// A signer's next sequence.
    async fn sequences(&self, alias: AliasId) -> Result<Sequences, Refused>;
    /// Entries of the state.
    async fn state(&self, keys: Vec<Vec<u8>>) -> Result<StateAnswer, Refused>;
    /// A record's canonical bytes.
    async fn record(&self, id: RecordId) -> Result<Vec<u8>, Refused>;
    /// Entries of the log of taken fingerprints from an index on, at most so many.
    async fn taken(&self, index: u64, most: usize) -> Result<TakenAnswer, Refused>;
    /// Some bytes of the state after a height, after the key with this hash.
    async fn state_part(
        &self,
        height: Height,
        after: Option<[u8; 32]>,
        bytes: usize,
    ) -> Result<StatePart, Refused>;
    /// Resolves when a block and its receipts are final; an error where this node does not have it, or stops.
    async fn final_at(&self, height: Height) -> Result<(), Refused>;
    /// A final block's transactions from number `first` on, about so many bytes.
    async fn block_part(
        &self,
        height: Height,
        first: usize,
        bytes: usize,
    ) -> Result<BlockPart, Refused>;
    /// Resolves when the node stops.
    async fn stops(&self);
}
