//! A node that leaves out, swaps, skips or forges anything of a block is found out before anybody sees the block.

use sealane_ledger::CertificateError::{NoQuorum, OtherBlock};
use sealane_ledger::state::Writes;
use sealane_types::encoding::Encode;
use sealane_types::ids::{BlockId, Height};
use sealane_types::receipt::Done;
use sealane_types::transaction::ReleaseReason;
use sealane_wire::v1::BlockPart;

use super::super::block::Parts;
use super::super::{Lie, NodeClient, NodeError, Place, Seen, Trust};
use super::chain::TestChain;
use super::liar::Liar;
use super::{alter_certificate, lie, release};

/// A chain of seven blocks: two transactions each at heights 2 and 4, one at 6.
async fn served() -> (Liar, NodeClient) {
    let mut chain = TestChain::new();
    for count in [2, 2, 1] {
        let done = Done::Released(ReleaseReason::Withdrawn);
        let transactions = (0..count).map(|_| (chain.sign(release()), done.clone()));
        let transactions = transactions.collect();
        chain.commit(transactions, Writes::new());
    }
    let trust = Trust::in_genesis(&chain.genesis);
    let (liar, node, asking) = Liar::start(chain).await;
    let client = NodeClient::new(&node, &asking, trust, Seen::nothing()).expect("an address");
    (liar, client)
}

/// Reads blocks from `from` to the sixth.
async fn read(client: &NodeClient, from: u64) -> Result<Vec<usize>, NodeError> {
    let mut blocks = client.blocks(Place::at(Height(from))).await?;
    let mut counts = Vec::new();
    for _ in from..=6 {
        counts.push(blocks.next(client).await?.entries().len());
    }
    Ok(counts)
}

#[tokio::test]
async fn an_honest_node_s_blocks_come_whole_and_in_order() {
    let (liar, client) = served().await;
    assert_eq!(
        read(&client, 1).await.expect("believed"),
        [0, 2, 0, 2, 0, 1]
    );
    assert_eq!(read(&client, 4).await.expect("believed"), [2, 0, 1]);
    let mut blocks = client.blocks(Place::at(Height(2))).await.expect("there");
    let block = blocks.next(&client).await.expect("believed");
    let served = liar.served();
    let expected = &served.chain.blocks[1];
    let found = block.entries().iter();
    let found: Vec<_> = found.map(|one| one.transaction.clone()).collect();
    assert_eq!(found, expected.block.transactions);
    let found = block.entries().iter().map(|one| one.receipt.clone());
    assert_eq!(found.collect::<Vec<_>>(), expected.receipts);
    assert_eq!(block.time(), expected.block.header.time);
    let after = Place {
        height: Height(3),
        before: Some(block.block().id()),
    };
    assert_eq!(block.after(), after);
}

type Twist = (&'static str, fn(u64, &mut Vec<BlockPart>), fn(&Lie) -> bool);

/// The last part of a block: the one with the headers.
fn end(parts: &mut [BlockPart]) -> &mut BlockPart {
    parts.last_mut().expect("a last part")
}

fn swap(parts: &mut [BlockPart], swapped: fn(&mut BlockPart) -> &mut Vec<Vec<u8>>) {
    let second = swapped(&mut parts[1]).clone();
    let first = std::mem::replace(swapped(&mut parts[0]), second);
    *swapped(&mut parts[1]) = first;
}

const TWISTS: [Twist; 13] = [
    (
        "a receipt is left out",
        |_, parts| parts[1].receipts.clear(),
        |lie| *lie == Lie::NotWhole("receipts"),
    ),
    (
        "a transaction is left out",
        |_, parts| parts[0].transactions.clear(),
        |lie| matches!(lie, Lie::Missing(_)),
    ),
    (
        "a transaction and its receipt are left out",
        |_, parts| drop(parts.remove(0)),
        |lie| *lie == Lie::NotWhole("transactions"),
    ),
    (
        "all of them are left out",
        |_, parts| drop(parts.drain(..2)),
        |lie| *lie == Lie::NotWhole("transactions"),
    ),
    (
        "two parts are swapped",
        |_, parts| parts.swap(0, 1),
        |lie| *lie == Lie::NotWhole("transactions"),
    ),
    (
        "two transactions are swapped",
        |_, parts| swap(parts, |part| &mut part.transactions),
        |lie| *lie == Lie::NotWhole("transactions"),
    ),
    (
        "two receipts are swapped",
        |_, parts| swap(parts, |part| &mut part.receipts),
        |lie| *lie == Lie::NotWhole("receipts"),
    ),
    (
        "a receipt is altered",
        |_, parts| *parts[0].receipts[0].last_mut().expect("bytes") ^= 1,
        |lie| *lie == Lie::NotWhole("receipts"),
    ),
    (
        "a transaction is told twice",
        |_, parts| parts.insert(1, parts[0].clone()),
        |lie| *lie == Lie::NotWhole("transactions"),
    ),
    (
        "nobody has signed the next header",
        |_, parts| {
            let next = end(parts).next_header.as_mut().expect("a header");
            alter_certificate(next, |certificate| certificate.signatures.clear());
        },
        |lie| matches!(lie, Lie::Header(NoQuorum { .. })),
    ),
    (
        "the next header's certificate is another block's",
        |_, parts| {
            let end = end(parts);
            let own = end.header.as_ref().expect("a header").certificate.clone();
            end.next_header.as_mut().expect("a header").certificate = own;
        },
        |lie| matches!(lie, Lie::Header(OtherBlock)),
    ),
    (
        "there is no next header",
        |_, parts| end(parts).next_header = None,
        |lie| *lie == Lie::Missing("next header"),
    ),
    (
        "the next header is its own",
        |_, parts| end(parts).next_header = end(parts).header.clone(),
        |lie| *lie == Lie::NotConsecutive,
    ),
];

#[tokio::test]
async fn an_altered_block_is_found_out_wherever_it_stands() {
    let (liar, client) = served().await;
    for (name, twist, expected) in TWISTS {
        for height in [2, 4] {
            liar.served().parts = Box::new(move |at, parts| {
                if at == height {
                    twist(at, parts);
                }
            });
            let found = lie(read(&client, 2).await);
            assert!(expected(&found), "{name} at {height}: {found:?}");
        }
    }
}

#[tokio::test]
async fn a_forged_first_certificate_is_found_out() {
    let (liar, client) = served().await;
    liar.served().parts = Box::new(|_, parts| {
        let header = end(parts).header.as_mut().expect("a header");
        alter_certificate(header, |certificate| certificate.signatures.clear());
    });
    let found = lie(read(&client, 2).await);
    assert!(matches!(found, Lie::Header(NoQuorum { .. })), "{found:?}");
}

#[tokio::test]
async fn a_skipped_or_repeated_block_is_found_out() {
    for (shown, instead) in [(5, 4), (3, 4), (2, 3)] {
        let (liar, client) = served().await;
        let other = {
            let mut parts = Vec::new();
            let served = liar.served();
            let block = &served.chain.blocks[shown - 1];
            parts.push(BlockPart {
                transactions: block
                    .block
                    .transactions
                    .iter()
                    .map(Encode::to_bytes)
                    .collect(),
                receipts: block.receipts.iter().map(Encode::to_bytes).collect(),
                header: Some(served.chain.header(shown - 1)),
                next_header: Some(served.chain.header(shown)),
            });
            parts
        };
        liar.served().parts = Box::new(move |height, parts| {
            if height == instead {
                *parts = other.clone();
            }
        });
        let skipped = Lie::Skipped {
            found: Height(shown as u64),
            expected: Height(instead),
        };
        assert_eq!(lie(read(&client, 2).await), skipped);
    }
}

#[tokio::test]
async fn a_block_that_does_not_follow_what_was_seen_is_a_fork() {
    let (_liar, client) = served().await;
    let place = Place {
        height: Height(4),
        before: Some(BlockId::new([9; 32])),
    };
    let mut blocks = client.blocks(place).await.expect("there");
    assert_eq!(lie(blocks.next(&client).await), Lie::Fork(Height(3)));
}

#[test]
fn a_block_without_an_end_is_not_gathered_for_ever() {
    let mut parts = Parts::default();
    let empty = parts
        .add(BlockPart::default())
        .expect_err("it brings nothing");
    assert_eq!(empty, Lie::Missing("transactions in a part of a block"));
    let large = |bytes| BlockPart {
        transactions: vec![vec![0; bytes]],
        ..BlockPart::default()
    };
    let many = BlockPart {
        transactions: vec![Vec::new(); 8193],
        ..BlockPart::default()
    };
    assert!(matches!(parts.add(many), Err(Lie::Form { .. })));
    let mut parts = Parts::default();
    let full = (0..40).find_map(|_| parts.add(large(4 << 20)).err());
    assert!(matches!(full, Some(Lie::Form { .. })), "{full:?}");
}
