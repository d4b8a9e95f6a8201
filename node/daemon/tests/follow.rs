//! A real node streams its blocks whole and in order, and stops while it streams.

#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;
use std::time::{Duration, Instant};

use sealane_ledger::merkle;
use sealane_node::{NodeError, NodeHome, run};
use sealane_types::block::BlockHeader;
use sealane_types::encoding::{Decode, Encode};
use sealane_types::receipt::Receipt;
use sealane_types::transaction::Transaction;
use sealane_wire::code::ErrorCode;
use sealane_wire::v1::node_client::NodeClient;
use sealane_wire::v1::{BlockPart, FollowBlocksRequest, GetHeaderRequest, SubmitRequest};
use support::{World, connect, make};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::Streaming;
use tonic::transport::Channel;

type Node = (oneshot::Sender<()>, JoinHandle<Result<(), NodeError>>);

fn start(home: &Path) -> Node {
    let home = NodeHome::open(home).unwrap();
    let (stop, stopped) = oneshot::channel();
    let node = run(home, async {
        let _ = stopped.await;
    });
    (stop, tokio::spawn(node))
}

async fn follow(client: &mut NodeClient<Channel>, from: u64) -> Streaming<BlockPart> {
    let answer = client.follow_blocks(FollowBlocksRequest { from }).await;
    answer.unwrap().into_inner()
}

/// A block's header, the next one, transactions and receipts.
struct Whole {
    header: BlockHeader,
    next: BlockHeader,
    transactions: Vec<Vec<u8>>,
    receipts: Vec<Vec<u8>>,
    parts: usize,
}

async fn whole(stream: &mut Streaming<BlockPart>) -> Whole {
    let (mut transactions, mut receipts, mut parts) = (Vec::new(), Vec::new(), 0);
    loop {
        let part = stream.message().await.unwrap().unwrap();
        transactions.extend(part.transactions);
        receipts.extend(part.receipts);
        parts += 1;
        if let (Some(header), Some(next)) = (part.header, part.next_header) {
            return Whole {
                header: BlockHeader::from_bytes(&header.header).unwrap(),
                next: BlockHeader::from_bytes(&next.header).unwrap(),
                transactions,
                receipts,
                parts,
            };
        }
    }
}

/// Transactions of both banks, which the rules refuse; the last one's receipt is final at the end.
async fn submit(client: &NodeClient<Channel>, world: &World, count: u64) -> Vec<Transaction> {
    let mut sent = Vec::new();
    for sequence in 0..count {
        for bank in [0, 1] {
            let transaction = world.release(bank, sequence, 7);
            let last = sequence + 1 == count && bank == 1;
            let request = SubmitRequest {
                transaction: transaction.to_bytes(),
                wait_ms: if last { 20_000 } else { 0 },
                relayed: false,
            };
            client.clone().submit(request).await.unwrap();
            sent.push(transaction);
        }
    }
    sent
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_are_streamed_whole_and_the_node_stops_all_the_same() {
    let folder = TempDir::new().unwrap();
    let world = World::new();
    make(folder.path(), world.options());
    let (stop, node) = start(folder.path());
    let mut client = connect(folder.path()).await;
    let mut live = follow(&mut client, 1).await;
    let sent = submit(&client, &world, 20).await;
    let latest = client.get_header(GetHeaderRequest { height: 0 }).await;
    let latest = latest.unwrap().into_inner().header.unwrap().header;
    let latest = BlockHeader::from_bytes(&latest).unwrap();
    let mut streamed = Vec::new();
    for height in 1..latest.height.0 {
        let block = whole(&mut live).await;
        assert_eq!((block.header.height.0, block.parts), (height, 1));
        assert_eq!(block.next.height.0, height + 1);
        assert_eq!(merkle::root(&block.transactions), block.header.transactions);
        assert_eq!(merkle::root(&block.receipts), block.next.receipts);
        streamed.extend(block.transactions.into_iter().zip(block.receipts));
    }
    let told = |(transaction, receipt): &(Vec<u8>, Vec<u8>)| {
        let transaction = Transaction::from_bytes(transaction).unwrap();
        let id = sealane_ledger::transaction_id(&transaction.body);
        assert_eq!(Receipt::from_bytes(receipt).unwrap().transaction, id);
        transaction
    };
    let told: Vec<_> = streamed.iter().map(told).collect();
    // each bank's own in order; the validator's steps of the fingerprint key come between
    for signer in [sent[0].body.signer, sent[1].body.signer] {
        let own = |all: &[Transaction]| {
            let own = all.iter().filter(|one| one.body.signer == signer);
            own.cloned().collect::<Vec<_>>()
        };
        assert_eq!(own(&told), own(&sent));
    }

    // one stream waits, nobody reads another: neither keeps the node
    let _unread = follow(&mut client, 1).await;
    let begun = Instant::now();
    stop.send(()).unwrap();
    let ended = loop {
        if let Err(status) = live.message().await {
            break status;
        }
    };
    assert_eq!(ErrorCode::of(&ended), Some(ErrorCode::Stopping));
    node.await.unwrap().unwrap();
    assert!(
        begun.elapsed() < Duration::from_secs(4),
        "{:?}",
        begun.elapsed()
    );
}
