//! The largest block that the rules allow reaches a node that missed it, through the engine and its transport.
#![allow(clippy::unwrap_used)]

use std::net::TcpListener;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use malachitebft_app_channel::app::config::NodeConfig as _;
use malachitebft_app_channel::app::types::sync::{RawDecidedValue, Response};
use malachitebft_sync::ValueResponse;
use sealane_crypto::signature::SigningKey;
use sealane_crypto::tags;
use sealane_ledger::block_id;
use sealane_ledger::chain::transactions_root;
use sealane_types::block::{
    Block, BlockHeader, Certificate, CommitSignature, MAX_BLOCK_BYTES, MAX_VALIDATORS, Validator,
    ValidatorSet, Vote,
};
use sealane_types::encoding::Encode;
use sealane_types::ids::{
    BlockId, BlockTime, FieldBytes, Height, KeyId, MerkleRoot, RecordRoot, Salt, Sequence,
    Signature, StateRoot, ValidatorSetHash,
};
use sealane_types::record::{Bucket, Record, RecordHeader, SealedLeaf};
use sealane_types::schema::{Kind, SCHEMA_VERSION};
use sealane_types::transaction::{Payload, Transaction, TransactionBody};
use tempfile::TempDir;

use super::*;
use crate::clock::SystemClock;
use crate::engine::{ApplicationError, LastFinal, Proposer, Verdict};

mod crash;

pub(super) const CHAIN: ChainId = ChainId::new([1; 32]);
pub(super) const VALIDATOR: AliasId = AliasId::new([2; 32]);

/// A record of 1,024 lines with this many bytes of ciphertext.
fn record(ciphertext: usize) -> Transaction {
    let bucket = Bucket::new(1024).unwrap();
    let leaves = bucket.leaves();
    let leaf = |at: usize| SealedLeaf {
        hash: FieldBytes::new([0; 32]),
        key: KeyId::new([0; 32]),
        ciphertext: vec![7; ciphertext / leaves + usize::from(at < ciphertext % leaves)],
    };
    let header = RecordHeader {
        chain: CHAIN,
        sealer: VALIDATOR,
        bank: VALIDATOR,
        kind: Kind::Invoice,
        schema_version: SCHEMA_VERSION,
        bucket,
        replaces: None,
        salt: Salt::new([3; 32]),
    };
    let record = Record::new(
        header,
        (0..leaves).map(leaf).collect(),
        RecordRoot::new([4; 32]),
    );
    let body = TransactionBody {
        chain: CHAIN,
        signer: VALIDATOR,
        sequence: Sequence(0),
        payload: Payload::SealRecord(Box::new(record.unwrap())),
    };
    Transaction {
        body,
        signature: Signature::new([5; 64]),
    }
}

pub(super) fn block(height: u64, transactions: Vec<Transaction>) -> Block {
    let header = BlockHeader {
        chain: CHAIN,
        height: Height(height),
        time: BlockTime(height),
        previous: BlockId::new([0; 32]),
        transactions: transactions_root(&transactions),
        state: StateRoot::new([2; 32]),
        receipts: MerkleRoot::new([3; 32]),
        validators: ValidatorSetHash::new([4; 32]),
        next_validators: ValidatorSetHash::new([4; 32]),
    };
    Block {
        header,
        transactions,
    }
}

/// A block of exactly as many bytes as the rules allow.
fn largest() -> Block {
    const RECORDS: usize = 26;
    let empty = block(1, Vec::new()).to_bytes().len();
    let bare = record(0).to_bytes().len();
    let ciphertext = MAX_BLOCK_BYTES - empty - RECORDS * bare;
    let each = |at: usize| ciphertext / RECORDS + usize::from(at < ciphertext % RECORDS);
    let block = block(1, (0..RECORDS).map(|at| record(each(at))).collect());
    assert_eq!(block.to_bytes().len(), MAX_BLOCK_BYTES);
    block
}

/// A chain in memory, of the largest block and an empty one.
#[derive(Default)]
pub(super) struct Memory {
    blocks: Mutex<Vec<(Block, Certificate)>>,
    /// How many blocks it was asked to validate.
    pub(super) validated: AtomicUsize,
    /// Its first block is empty too.
    small: bool,
    /// Its state is another than the others'.
    departed: bool,
}

const BLOCKS: u64 = 2;

impl Memory {
    fn height(&self) -> u64 {
        self.blocks.lock().unwrap().len() as u64
    }

    async fn whole(&self) {
        while self.height() < BLOCKS {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn key() -> SigningKey {
    SigningKey::from_seed(&[6; 32])
}

#[async_trait]
impl Application for Memory {
    async fn last_final(&self) -> Result<LastFinal, ApplicationError> {
        Ok(LastFinal {
            chain: CHAIN,
            height: Height(self.height()),
            block: BlockId::new([0; 32]),
        })
    }

    fn validators(&self) -> ValidatorSet {
        let validator = Validator {
            alias: VALIDATOR,
            key: key().public(),
            power: 1,
        };
        ValidatorSet::new(vec![validator]).unwrap()
    }

    async fn final_block(
        &self,
        height: Height,
    ) -> Result<Option<(Block, Certificate)>, ApplicationError> {
        let blocks = self.blocks.lock().unwrap();
        Ok(blocks.get(height.0 as usize - 1).cloned())
    }

    fn due(&self, _: BlockTime) -> bool {
        self.height() < BLOCKS
    }

    async fn waiting(&self) {
        std::future::pending().await
    }

    async fn propose(&self, _: BlockTime) -> Result<Block, ApplicationError> {
        Ok(match self.height() {
            0 if !self.small => largest(),
            height => block(height + 1, Vec::new()),
        })
    }

    async fn validate(&self, _: &Block, by: Proposer) -> Result<Verdict, ApplicationError> {
        self.validated.fetch_add(1, Ordering::Relaxed);
        match self.departed && by == Proposer::Certified {
            true => Err("another state".into()),
            false => Ok(Verdict::Valid),
        }
    }

    async fn decided(&self, block: Block, of: Certificate) -> Result<(), ApplicationError> {
        self.blocks.lock().unwrap().push((block, of));
        Ok(())
    }
}

pub(super) struct Pen;

impl Signer for Pen {
    fn sign(&self, vote: &Vote) -> Signature {
        key().sign(tags::SIGN_VOTE, &vote.to_bytes())
    }

    fn sign_consensus(&self, _: Height, message: &[u8]) -> Signature {
        key().sign(tags::SIGN_CONSENSUS, message)
    }
}

/// Where a node listens, and who it is.
pub(super) fn address(seed: u8) -> PeerAddress {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    PeerAddress {
        address: free.local_addr().unwrap(),
        id: peer_id(&[seed; 32]).unwrap(),
    }
}

/// A node in a folder of its own; a validator, or an observer.
pub(super) fn node(
    validator: Option<AliasId>,
    (seed, own): (u8, &PeerAddress),
    other: &PeerAddress,
    folder: &TempDir,
) -> Malachite {
    let (_, peers) = watch::channel(vec![other.clone()]);
    Malachite {
        chain: CHAIN,
        validator,
        name: format!("node-{seed}"),
        key: key().public(),
        signer: Arc::new(Pen),
        network_seed: Zeroizing::new([seed; 32]),
        listen: own.address,
        peers,
        folder: folder.path().join("consensus"),
        mark: folder.path().join("signed"),
        clock: Arc::new(SystemClock),
        patience: Patience::default(),
        points: Arc::new(()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_block_reaches_a_node_that_missed_it() {
    let (one, other) = (address(8), address(9));
    let folders = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    let (stop, stopping) = watch::channel(false);
    let chains = [Arc::new(Memory::default()), Arc::new(Memory::default())];
    let validator = Box::new(node(Some(VALIDATOR), (8, &one), &other, &folders[0]));
    let observer = Box::new(node(None, (9, &other), &one, &folders[1]));
    let first = tokio::spawn(validator.run(chains[0].clone(), stopping.clone()));
    chains[0].whole().await;
    let second = tokio::spawn(observer.run(chains[1].clone(), stopping));
    let synced = tokio::time::timeout(Duration::from_secs(120), chains[1].whole()).await;
    assert!(
        synced.is_ok(),
        "the block was asked for, and did not arrive"
    );
    let [sent, got] = chains.map(|chain| chain.blocks.lock().unwrap().clone());
    let ids = |blocks: &[(Block, Certificate)]| -> Vec<BlockId> {
        blocks
            .iter()
            .map(|(block, _)| block_id(&block.header))
            .collect()
    };
    assert_eq!(ids(&got), ids(&sent));
    assert!(got[0].0 == sent[0].0, "the same bytes");
    stop.send_replace(true);
    first.await.unwrap().unwrap();
    second.await.unwrap().unwrap();
}

/// A certified block that does not follow from this node's chain ends the engine, and with it the node.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_whose_state_is_not_the_certified_one_stops() {
    let (one, other) = (address(8), address(9));
    let folders = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    let (_stop, stopping) = watch::channel(false);
    let small = Memory {
        small: true,
        ..Memory::default()
    };
    let departed = Memory {
        departed: true,
        ..Memory::default()
    };
    let (small, departed) = (Arc::new(small), Arc::new(departed));
    let validator = Box::new(node(Some(VALIDATOR), (8, &one), &other, &folders[0]));
    let observer = Box::new(node(None, (9, &other), &one, &folders[1]));
    tokio::spawn(validator.run(small.clone(), stopping.clone()));
    small.whole().await;
    let run = observer.run(departed.clone(), stopping);
    let ended = tokio::time::timeout(Duration::from_secs(120), run).await;
    let error = ended.unwrap().unwrap_err();
    assert!(matches!(error, EngineError::Application(_)), "{error}");
    assert!(error.to_string().contains("another state"), "{error}");
    assert_eq!(departed.height(), 0);
}

/// The limits of the transport, and of whoever answers, are what the largest block with all signatures takes, to the
/// byte.
#[test]
fn the_limits_of_an_answer_are_those_of_the_largest_block() {
    let id = block_id(&largest().header);
    let signature = |number: usize| CommitSignature {
        validator: AliasId::new([u8::try_from(number).unwrap(); 32]),
        signature: Signature::new([5; 64]),
    };
    let certificate = Certificate {
        height: Height(1),
        round: 0,
        block: id,
        signatures: (0..MAX_VALIDATORS).map(signature).collect(),
    };
    let value = RawDecidedValue::new(largest().to_bytes().into(), context::synced(&certificate));
    let response = Response::ValueResponse(ValueResponse::new(At(1), vec![value]));
    let size = Codec::<Response<Context>>::encode(&Wire, &response)
        .unwrap()
        .len() as u64;
    let (one, other) = (address(8), address(9));
    let folder = TempDir::new().unwrap();
    let settings = node(None, (8, &one), &other, &folder).settings().unwrap();
    assert_eq!(settings.consensus().p2p.rpc_max_size.as_u64(), size);
    let sync = settings.value_sync();
    assert_eq!(sync.max_response_size.as_u64(), size);
    // what is kept of answers above the last block
    let kept = (sync.parallel_requests * sync.batch_size) as u64 * size;
    assert!(kept <= 257 << 20, "{kept} bytes");
}
