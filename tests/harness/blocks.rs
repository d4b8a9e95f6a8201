//! What a node holds of its chain, read over its API block by block: for tests that count.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sealane_ledger::chain::Tip;
use sealane_ledger::consortium::validators_at;
use sealane_ledger::state::{Key, Writes};
use sealane_ledger::{apply, chain_id, genesis_writes, verify_block};
use sealane_store::{BlockRows, Store};
use sealane_types::block::{Block, Certificate};
use sealane_types::encoding::{Decode as _, Encode as _};
use sealane_types::genesis::Genesis;
use sealane_types::ids::{AliasId, Height, RecordId, StateRoot};
use sealane_types::receipt::{Done, Outcome, Receipt};
use sealane_types::transaction::{Payload, TransactionBody};
use sealane_verifier::Keys;
use sealane_wire::MAX_MESSAGE;
use sealane_wire::tls::{self, Credentials};
use sealane_wire::v1::node_client::NodeClient;
use sealane_wire::v1::{
    GetBlockRequest, GetGenesisRequest, GetStatusRequest, GetStatusResponse, GetTransactionRequest,
    SubmitRequest,
};
use tempfile::TempDir;
use tonic::transport::Channel;

use crate::chain::write;

/// A chain's state, in memory.
pub type State = BTreeMap<Key, Vec<u8>>;

/// All blocks of a node, and the receipt of each transaction.
#[derive(Debug)]
pub struct Blocks {
    /// How the chain began.
    pub genesis: Genesis,
    /// From height 1.
    pub blocks: Vec<Block>,
    /// In the order of the transactions.
    pub receipts: Vec<(Payload, Receipt)>,
}

impl Blocks {
    /// Reads them from the node that this home speaks through.
    ///
    /// # Panics
    /// When the node does not answer, or a block or receipt is missing or cannot be read.
    #[must_use]
    pub fn read(home: &Path) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime
            .expect("a runtime for the test")
            .block_on(read(home))
    }

    /// Who signed the block of a height, by the certificate of the node that this home speaks through.
    ///
    /// # Panics
    /// When the node has no such block.
    #[must_use]
    pub fn signers(home: &Path, height: u64) -> Vec<AliasId> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let ask = async {
            let mut node = connect(home);
            let answer = node.get_block(GetBlockRequest { height }).await;
            let bytes = answer.expect("the node has the block").into_inner();
            Certificate::from_bytes(&bytes.certificate).expect("a certificate")
        };
        let certificate = runtime.expect("a runtime for the test").block_on(ask);
        let signatures = certificate.signatures.iter();
        signatures.map(|one| one.validator).collect()
    }

    /// The header's bytes of a height, by the node that this home speaks through.
    ///
    /// # Errors
    /// What the node says where it has none.
    ///
    /// # Panics
    /// When there is no runtime.
    pub fn header(home: &Path, height: u64) -> Result<Vec<u8>, String> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let ask = async {
            let mut node = connect(home);
            let answer = node.get_block(GetBlockRequest { height }).await;
            let answer = answer.map_err(|status| status.message().to_owned())?;
            let block = Block::from_bytes(&answer.into_inner().block);
            Ok(block.expect("a block").header.to_bytes())
        };
        runtime.expect("a runtime for the test").block_on(ask)
    }

    /// How many blocks the node has that this home speaks through.
    ///
    /// # Panics
    /// When it does not answer.
    #[must_use]
    pub fn height(home: &Path) -> u64 {
        Self::status(home).height
    }

    /// What the node of this home says of itself.
    ///
    /// # Panics
    /// When it does not answer.
    #[must_use]
    pub fn status(home: &Path) -> GetStatusResponse {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let ask = async {
            let mut node = connect(home);
            let status = node.get_status(GetStatusRequest {}).await;
            status.expect("the node answers").into_inner()
        };
        runtime.expect("a runtime for the test").block_on(ask)
    }

    /// The id's bytes of the transaction that sealed a record.
    ///
    /// # Panics
    /// When none did.
    #[must_use]
    pub fn sealing(&self, record: &RecordId) -> Vec<u8> {
        let all = self.blocks.iter().flat_map(|block| &block.transactions);
        let mut bodies = all.map(|transaction| &transaction.body);
        let seals = |body: &&TransactionBody| match &body.payload {
            Payload::SealRecord(sealed) => sealed.id() == *record,
            _ => false,
        };
        let found = bodies.find(seals).expect("the record is on the chain");
        sealane_ledger::transaction_id(found).as_bytes().to_vec()
    }

    /// How often each record was sealed, and how often its financings and releases were done.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<String, Counts> {
        let mut counts = BTreeMap::<String, Counts>::new();
        for (payload, receipt) in &self.receipts {
            let Some(record) = receipt.record else {
                continue;
            };
            let of = counts.entry(record.to_string()).or_default();
            match (payload, &receipt.outcome) {
                (Payload::SealRecord(_), Outcome::Done(Done::Sealed)) => of.sealed += 1,
                (_, Outcome::Done(Done::Presented)) => of.presented += 1,
                (_, Outcome::Done(Done::Financed { .. })) => of.financed += 1,
                (_, Outcome::Done(Done::Released(_))) => of.released += 1,
                (_, Outcome::Refused(_)) => of.refused += 1,
                _ => {}
            }
        }
        counts
    }

    /// Verifies and applies every block again from genesis, with so many threads and in a store of its own: each header
    /// follows from what came before, receipts root and state root included, and no signer's sequence stands twice. Gives the
    /// state after the last block, and its root.
    ///
    /// # Panics
    /// When it is not so.
    pub fn replay(&self, proofs: &Keys, threads: usize) -> (State, StateRoot) {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.expect("threads can be made")
            .install(|| self.replay_here(proofs))
    }

    fn replay_here(&self, proofs: &Keys) -> (State, StateRoot) {
        self.check();
        let folder = TempDir::with_prefix("sealane-test-").expect("a temporary folder");
        let store = Store::open(folder.path(), chain_id(&self.genesis)).expect("a new store");
        let mut state = BTreeMap::new();
        let writes = genesis_writes(&self.genesis);
        let prepared = store.prepare(Height(0), &bytes(&writes)).expect("genesis");
        let mut root = prepared.root();
        store.begin(prepared).expect("a store can be written");
        write(&mut state, writes);
        let mut tip = Tip::genesis(&self.genesis, root);
        for (at, block) in self.blocks.iter().enumerate() {
            let verified = verify_block(&state, &tip, block.clone(), proofs, &[3; 32]);
            let verified = verified.unwrap_or_else(|fault| panic!("block {}: {fault}", at + 1));
            let applied = apply(&state, &verified).expect("verified against this state");
            let header = verified.header();
            let prepared = store.prepare(header.height, &bytes(&applied.writes));
            let prepared = prepared.expect("the next height");
            root = prepared.root();
            let written = store.commit(prepared, &BlockRows::default());
            written.expect("a store can be written");
            write(&mut state, applied.writes);
            let coming = validators_at(&state, header.height.next().next());
            tip = Tip::after(header, &applied.receipts, root, &coming);
        }
        (state, root)
    }

    /// Heights follow one another, ids lead back, and no transaction stands twice.
    ///
    /// # Panics
    /// When it is not so.
    pub fn check(&self) {
        let mut seen = std::collections::BTreeSet::new();
        for (at, block) in self.blocks.iter().enumerate() {
            assert_eq!(block.header.height.0, at as u64 + 1, "heights have a gap");
            let before = at.checked_sub(1).map(|before| &self.blocks[before].header);
            let leads_back = before
                .is_none_or(|before| sealane_ledger::block_id(before) == block.header.previous);
            assert!(
                leads_back,
                "block {} does not follow from the one before",
                at + 1
            );
            for transaction in &block.transactions {
                let key = (transaction.body.signer, transaction.body.sequence);
                assert!(seen.insert(key), "{key:?} stands twice on the chain");
            }
        }
    }
}

/// What was done for one record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Times it was sealed.
    pub sealed: u32,
    /// Blinded sets taken.
    pub presented: u32,
    /// Financings done.
    pub financed: u32,
    /// Releases done.
    pub released: u32,
    /// Transactions refused.
    pub refused: u32,
}

/// Hands bytes to the node that this home speaks through as a transaction; gives the bytes that are on the chain, and their receipt.
///
/// # Errors
/// What the node says against them.
///
/// # Panics
/// When the node does not answer, or not within its time.
pub fn submit(home: &Path, transaction: &[u8]) -> Result<(Vec<u8>, Receipt), String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let request = SubmitRequest {
        transaction: transaction.to_vec(),
        wait_ms: 10_000,
        relayed: false,
    };
    let answer = runtime.expect("a runtime for the test").block_on(async {
        let mut node = connect(home);
        node.submit(request).await
    });
    let answer = answer.map_err(|status| status.message().to_owned())?;
    let committed = answer.into_inner().committed.expect("within ten seconds");
    let receipt = Receipt::from_bytes(&committed.receipt).expect("a receipt");
    Ok((committed.transaction, receipt))
}

/// A client of the node that a home speaks through. Must be called on a runtime.
///
/// # Panics
/// When the home's files are not as expected.
#[must_use]
pub fn connect(home: &Path) -> NodeClient<Channel> {
    let text = fs::read_to_string(home.join("home.toml")).expect("home.toml can be read");
    let value = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let value = line.expect("home.toml names the node");
        value.trim_matches('"').to_owned()
    };
    let credentials = Credentials::open(&home.join(tls::FOLDER)).expect("the home's certificate");
    let (address, name) = (value("node = "), value("node_name = "));
    let channel = tls::channel(&address, &name, &credentials, |endpoint| endpoint);
    let channel = channel.expect("an address on loopback");
    NodeClient::new(channel).max_decoding_message_size(MAX_MESSAGE)
}

/// Writes as the store takes them.
fn bytes(writes: &Writes) -> BTreeMap<Vec<u8>, Option<Vec<u8>>> {
    let key = |(key, value): (&Key, &Option<Vec<u8>>)| (key.as_bytes().to_vec(), value.clone());
    writes.iter().map(key).collect()
}

async fn read(home: &Path) -> Blocks {
    let mut node = connect(home);
    let status = node
        .get_status(GetStatusRequest {})
        .await
        .expect("the node answers")
        .into_inner();
    let mut blocks = Vec::new();
    for height in 1..=status.height {
        let answer = node
            .get_block(GetBlockRequest { height })
            .await
            .expect("the node has its blocks");
        blocks.push(Block::from_bytes(&answer.into_inner().block).expect("a block"));
    }
    let genesis = node
        .get_genesis(GetGenesisRequest {})
        .await
        .expect("the node answers")
        .into_inner();
    let genesis = Genesis::from_bytes(&genesis.genesis).expect("a genesis");
    let mut receipts = Vec::new();
    let last = blocks.len();
    for block in blocks.iter().take(last.saturating_sub(1)) {
        for transaction in &block.transactions {
            let id = sealane_ledger::transaction_id(&transaction.body);
            let receipt = receipt(&mut node, id.as_bytes()).await;
            receipts.push((transaction.body.payload.clone(), receipt));
        }
    }
    Blocks {
        genesis,
        blocks,
        receipts,
    }
}

async fn receipt(node: &mut NodeClient<Channel>, id: &[u8]) -> Receipt {
    let answer = node
        .get_transaction(GetTransactionRequest { id: id.to_vec() })
        .await;
    let committed = answer
        .expect("the node knows its transactions")
        .into_inner()
        .committed;
    Receipt::from_bytes(&committed.expect("the next block is there").receipt).expect("a receipt")
}
