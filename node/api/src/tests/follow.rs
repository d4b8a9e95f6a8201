//! Streams of blocks: in order, no further than they are read, within their limits, and to a clear end.

use std::time::Duration;

use sealane_wire::BLOCK_PART;
use sealane_wire::v1::BlockPart as Part;
use tokio::time::{sleep, timeout};
use tonic::{Status, Streaming};

use super::*;

async fn follow(client: &mut NodeClient<Channel>, from: u64) -> Result<Streaming<Part>, Status> {
    let answer = client.follow_blocks(v1::FollowBlocksRequest { from }).await;
    answer.map(tonic::Response::into_inner)
}

/// The next part, soon.
async fn next(parts: &mut Streaming<Part>) -> Result<Option<Part>, Status> {
    let part = timeout(Duration::from_secs(10), parts.message()).await;
    part.expect("it comes")
}

/// The status that a stream ends with, after so many parts.
async fn end(parts: &mut Streaming<Part>) -> (usize, Status) {
    let mut count = 0;
    loop {
        match next(parts).await {
            Ok(Some(_)) => count += 1,
            Ok(None) => panic!("it ends without a word after {count} parts"),
            Err(status) => return (count, status),
        }
    }
}

/// Height and number that the gate gives each transaction, and whether the block ends there.
fn read(part: &Part) -> (u8, u8, bool) {
    let [height, number, ..] = part.transactions[0][..] else {
        panic!("a transaction has a height and a number");
    };
    (height, number, part.next_header.is_some())
}

#[tokio::test]
async fn blocks_come_in_order_from_the_first_one_wanted_and_then_as_they_come() {
    let (mut client, gate) = served(Limits::default()).await;
    gate.blocks.tip.send_replace(4);
    let mut parts = follow(&mut client, 2).await.unwrap();
    for expected in [(2, 0, false), (2, 1, true), (3, 0, false), (3, 1, true)] {
        assert_eq!(read(&next(&mut parts).await.unwrap().unwrap()), expected);
    }
    let early = timeout(Duration::from_millis(100), parts.message()).await;
    assert!(early.is_err(), "the receipts of block 4 are not final");
    gate.blocks.tip.send_replace(5);
    let fourth = next(&mut parts).await.unwrap().unwrap();
    assert_eq!(read(&fourth), (4, 0, false));
}

#[tokio::test]
async fn a_stream_of_a_block_that_is_not_there_says_so() {
    let (mut client, _gate) = served(Limits::default()).await;
    let zero = follow(&mut client, 0).await.unwrap_err();
    assert_eq!(code(&zero), Some(ErrorCode::Malformed));
    let mut missing = follow(&mut client, 1).await.unwrap();
    let (parts, status) = end(&mut missing).await;
    assert_eq!((parts, code(&status)), (0, Some(ErrorCode::NotFound)));
    assert_eq!(status.message(), "the first block here is 2");
}

#[tokio::test]
async fn a_stream_ends_with_a_word_when_the_node_stops() {
    let (mut client, gate) = served(Limits::default()).await;
    gate.blocks.tip.send_replace(3);
    let mut waiting = follow(&mut client, 9).await.unwrap();
    gate.blocks.size.store(BLOCK_PART, Ordering::Relaxed);
    let mut unread = follow(&mut client, 2).await.unwrap();
    gate.blocks.tip.send_replace(200);
    sleep(Duration::from_millis(200)).await;
    gate.blocks.stop.send_replace(true);
    // the test's and the service's: no stream keeps the node, not even one that nobody reads
    let let_go = timeout(Duration::from_secs(5), async {
        while Arc::strong_count(&gate) > 2 {
            sleep(Duration::from_millis(10)).await;
        }
    });
    let_go.await.expect("they let go of the node");
    let (_, status) = end(&mut waiting).await;
    assert_eq!(code(&status), Some(ErrorCode::Stopping));
    let (parts, status) = end(&mut unread).await;
    assert_eq!(code(&status), Some(ErrorCode::Stopping));
    assert!(parts < 40, "{parts} parts were sent ahead");
}

#[tokio::test]
async fn nothing_is_read_ahead_for_a_slow_reader_and_its_seat_is_given_back() {
    let limits = Limits {
        block_streams: 1,
        stalled_reader: Duration::from_millis(300),
        ..Limits::default()
    };
    let (mut client, gate) = served(limits).await;
    gate.blocks.tip.send_replace(200);
    gate.blocks.size.store(BLOCK_PART, Ordering::Relaxed);
    let mut slow = follow(&mut client, 2).await.unwrap();
    let refused = follow(&mut client, 2).await.unwrap_err();
    assert_eq!(code(&refused), Some(ErrorCode::TooMany));
    assert_eq!(refused.code(), Code::ResourceExhausted);
    sleep(Duration::from_millis(200)).await;
    let early = gate.blocks.reads.load(Ordering::Relaxed);
    sleep(Duration::from_millis(500)).await;
    let late = gate.blocks.reads.load(Ordering::Relaxed);
    assert!(
        late < 40,
        "{late} parts of 400 were read for who reads none"
    );
    assert!(early > 0 && late <= early + 1, "{early}, later {late}");
    // it has lost its seat, and hears why once it reads
    let mut other = follow(&mut client, 2).await.unwrap();
    assert!(next(&mut other).await.unwrap().is_some());
    let (_, status) = end(&mut slow).await;
    assert_eq!(code(&status), Some(ErrorCode::Deadline), "{status:?}");
}

#[tokio::test]
async fn a_caller_has_some_seats_and_gives_them_back_when_it_goes() {
    let limits = Limits {
        block_streams: 3,
        block_streams_each: 2,
        ..Limits::default()
    };
    let home = |name: &str| Party::Home(name.to_owned());
    let parties = [home("bank-a"), home("bank-b")];
    let (channels, gate) = all_called_by(&parties, limits).await;
    gate.blocks.tip.send_replace(3);
    let [mut a, mut b] = [0, 1].map(|at: usize| NodeClient::new(channels[at].clone()));
    let first = follow(&mut a, 5).await.unwrap();
    let _second = follow(&mut a, 5).await.unwrap();
    let third = follow(&mut a, 5).await.unwrap_err();
    assert_eq!(code(&third), Some(ErrorCode::TooMany));
    assert!(third.message().contains("at most 2"), "{third:?}");
    let _of_b = follow(&mut b, 5).await.unwrap();
    let full = follow(&mut b, 5).await.unwrap_err();
    assert_eq!(code(&full), Some(ErrorCode::TooMany));
    drop(first);
    // the node hears of it soon, although the chain stands still
    let again = timeout(Duration::from_secs(5), async {
        while follow(&mut a, 5).await.is_err() {
            sleep(Duration::from_millis(10)).await;
        }
    });
    again.await.expect("the seat is free");
}

#[tokio::test]
async fn a_part_above_one_message_is_an_error() {
    let (mut client, gate) = served(Limits::default()).await;
    gate.blocks.tip.send_replace(3);
    gate.blocks.size.store(MAX_MESSAGE, Ordering::Relaxed);
    let mut parts = follow(&mut client, 2).await.unwrap();
    let (_, status) = end(&mut parts).await;
    assert_eq!(code(&status), Some(ErrorCode::TooLarge));
}
