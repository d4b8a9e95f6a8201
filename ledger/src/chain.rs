//! The chain's tip, and the headers that may follow it.
//!
//! Header `H` carries the state and receipts roots after `H − 1`. So that they are soon certified, an
//! empty block follows any block with transactions, and at least one comes a minute; it writes no
//! state, but for changes of governance whose height has come and rounds of the fingerprint key whose time has.

use sealane_types::block::{
    Block, BlockHeader, MAX_BLOCK_PROOFS, MAX_TRANSACTION_BYTES, ValidatorSet,
};
use sealane_types::encoding::Encode;
use sealane_types::genesis::{Genesis, Parameters};
use sealane_types::ids::{
    BlockId, BlockTime, ChainId, Height, MerkleRoot, StateRoot, ValidatorSetHash,
};
use sealane_types::receipt::Receipt;
use sealane_types::transaction::{Payload, Transaction, Work};
use thiserror::Error;

use crate::merkle;
use crate::naming::{block_id, chain_id, validator_set_hash};

/// Bytes of a verifying key whose points take about as long to check as a proof to verify: 32 points of G1.
const KEY_BYTES: usize = 32 * 48;

/// What whoever checks a payload has to do, in proofs that are verified: its own, and of a published check the points of its
/// verifying keys, by their bytes, as they are not decoded yet.
#[must_use]
pub fn work(payload: &Payload) -> usize {
    match payload.describe().work {
        Work::Proofs(proofs) => proofs,
        Work::Keys(bytes) => bytes.div_ceil(KEY_BYTES),
        Work::Leaves(_) | Work::Little => 0,
    }
}

/// Milliseconds after which a block comes in any case.
pub const IDLE_INTERVAL: u64 = 60_000;

/// Why a header does not follow the tip.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HeaderError {
    /// A field is not what follows from the tip.
    #[error("the header's {0} does not follow from the block before")]
    Field(&'static str),
    /// Time stands still or runs back.
    #[error("the header's time {time} is not after {before}")]
    Time {
        /// The header's.
        time: BlockTime,
        /// The tip's.
        before: BlockTime,
    },
    /// The transactions are not those of the header's root.
    #[error("the block's transactions are not those of the header's root")]
    Transactions,
    /// More transactions, proofs or bytes than the chain allows.
    #[error("the block is larger than the chain allows")]
    TooLarge,
    /// A transaction of more than [`MAX_TRANSACTION_BYTES`].
    #[error("the block has a transaction of more than {MAX_TRANSACTION_BYTES} bytes")]
    LargeTransaction,
}

/// A chain's last block, and what the next header says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tip {
    /// The chain.
    pub chain: ChainId,
    /// The last block's height; 0 for genesis.
    pub height: Height,
    /// The last block's time.
    pub time: BlockTime,
    /// The last block; zeros for genesis.
    pub block: BlockId,
    /// The state after it.
    pub state: StateRoot,
    /// The root of its receipts.
    pub receipts: MerkleRoot,
    /// The validators of the next block.
    pub validators: ValidatorSetHash,
    /// The validators of the block after it.
    pub next_validators: ValidatorSetHash,
    /// Whether it has transactions, or changed the state.
    pub busy: bool,
}

impl Tip {
    /// Before the first block; `state` is the root of [`crate::genesis_writes`].
    #[must_use]
    pub fn genesis(genesis: &Genesis, state: StateRoot) -> Self {
        Self {
            chain: chain_id(genesis),
            height: Height(0),
            time: genesis.time,
            block: BlockId::new([0; 32]),
            state,
            receipts: receipts_root(&[]),
            validators: validator_set_hash(&genesis.validators),
            next_validators: validator_set_hash(&genesis.validators),
            busy: true, // genesis wrote the state: the first block makes it provable
        }
    }

    /// After a block, whose application gave `receipts`, and `state` in the store's tree. `coming` are the validators
    /// of two heights later ([`crate::consortium::validators_at`]).
    #[must_use]
    pub fn after(
        header: &BlockHeader,
        receipts: &[Receipt],
        state: StateRoot,
        coming: &ValidatorSet,
    ) -> Self {
        Self {
            chain: header.chain,
            height: header.height,
            time: header.time,
            block: block_id(header),
            state,
            receipts: receipts_root(receipts),
            validators: header.next_validators,
            next_validators: validator_set_hash(coming),
            busy: !receipts.is_empty() || state != header.state,
        }
    }

    /// After the block with this header, as the next one tells it; both are final, and follow one another.
    #[must_use]
    pub fn between(header: &BlockHeader, next: &BlockHeader) -> Self {
        Self {
            chain: header.chain,
            height: header.height,
            time: header.time,
            block: next.previous,
            state: next.state,
            receipts: next.receipts,
            validators: next.validators,
            next_validators: next.next_validators,
            busy: true, // there is a next one
        }
    }

    /// Whether a proposer makes a block now: there are transactions, or the last block had some,
    /// or it is a minute old.
    #[must_use]
    pub fn is_due(&self, waiting: usize, now: BlockTime) -> bool {
        let idle = now.0.saturating_sub(self.time.0) >= IDLE_INTERVAL;
        waiting > 0 || self.busy || idle
    }

    /// The next block, at `now` or just after the last one, whichever is later.
    #[must_use]
    pub fn next_block(&self, now: BlockTime, transactions: Vec<Transaction>) -> Block {
        let header = BlockHeader {
            chain: self.chain,
            height: self.height.next(),
            time: BlockTime(now.0.max(self.time.0.saturating_add(1))),
            previous: self.block,
            transactions: transactions_root(&transactions),
            state: self.state,
            receipts: self.receipts,
            validators: self.validators,
            next_validators: self.next_validators,
        };
        Block {
            header,
            transactions,
        }
    }

    /// Checks that a block follows: its header field by field, its transactions against the root and
    /// the chain's limits. Whether its time is near this machine's clock is the engine's to judge.
    ///
    /// # Errors
    /// Names the first field that does not follow.
    pub fn check(&self, block: &Block, limits: &Parameters) -> Result<(), HeaderError> {
        let header = &block.header;
        let fields = [
            ("chain", header.chain == self.chain),
            ("height", header.height == self.height.next()),
            ("previous block", header.previous == self.block),
            ("state root", header.state == self.state),
            ("receipts root", header.receipts == self.receipts),
            ("validators", header.validators == self.validators),
            (
                "next validators",
                header.next_validators == self.next_validators,
            ),
        ];
        if let Some((name, _)) = fields.into_iter().find(|(_, follows)| !follows) {
            return Err(HeaderError::Field(name));
        }
        if header.time <= self.time {
            let (time, before) = (header.time, self.time);
            return Err(HeaderError::Time { time, before });
        }
        let all = || block.transactions.iter();
        let work: usize = all().map(|one| work(&one.body.payload)).sum();
        let many = all().len() > limits.max_block_transactions as usize;
        let bytes = block.to_bytes().len();
        if many || work > MAX_BLOCK_PROOFS || bytes > limits.max_block_bytes as usize {
            return Err(HeaderError::TooLarge);
        }
        let large = |one: &Transaction| one.to_bytes().len() > MAX_TRANSACTION_BYTES;
        if bytes > MAX_TRANSACTION_BYTES && all().any(large) {
            return Err(HeaderError::LargeTransaction);
        }
        let root = transactions_root(&block.transactions);
        (header.transactions == root)
            .then_some(())
            .ok_or(HeaderError::Transactions)
    }
}

/// The root of a block's transactions, each leaf a transaction's whole bytes.
#[must_use]
pub fn transactions_root(transactions: &[Transaction]) -> MerkleRoot {
    merkle::root(
        &transactions
            .iter()
            .map(Encode::to_bytes)
            .collect::<Vec<_>>(),
    )
}

/// The root of a block's receipts.
#[must_use]
pub fn receipts_root(receipts: &[Receipt]) -> MerkleRoot {
    merkle::root(&receipts.iter().map(Encode::to_bytes).collect::<Vec<_>>())
}
