//! Events come once, in order and checked, whatever is lost in between; what was acknowledged does not come again.

use std::collections::BTreeSet;
use std::time::Duration;

use sealane_ledger::state::Writes;
use sealane_types::governance::CastVote;
use sealane_types::ids::{BlockId, Height, ProposalId, RecordId, TradeId};
use sealane_types::receipt::{Done, Outcome};
use sealane_types::trade::TakeStep;
use sealane_types::transaction::{Payload, Release, ReleaseReason};
use tokio::time::timeout;

use super::{Event, EventOptions, Events};
use crate::chain::tests::{alter_header, resign};
use crate::chain::{Lie, NodeError, Place};
use crate::error::ClientError;
use crate::flows::tests::World;
use crate::home::cursor::Cursor;
use crate::progress::Silent;

const INVOICE: &[u8] = include_bytes!("../../../examples/invoice-ubl.xml");
const OTHER: RecordId = RecordId::new([3; 32]);

fn all() -> EventOptions {
    EventOptions::default()
}

fn resuming() -> EventOptions {
    EventOptions {
        cursor: Some("reader".to_owned()),
        ..all()
    }
}

fn open(world: &World, options: EventOptions) -> Events {
    Events::open(&world.home("bank-a"), options).expect("a home")
}

/// A block with so many transactions about [`OTHER`], and the empty one after it.
fn block(world: &World, transactions: usize) {
    let chain = &mut world.node.served().chain;
    let release = || Release {
        record: OTHER,
        reason: ReleaseReason::Withdrawn,
    };
    let done = Done::Released(ReleaseReason::Withdrawn);
    let signed = (0..transactions).map(|_| (chain.sign(Payload::Release(release())), done.clone()));
    let signed = signed.collect();
    chain.commit(signed, Writes::new());
}

/// One sealed record, then blocks of two, none and three transactions.
async fn world() -> (World, RecordId) {
    let world = World::new().await;
    let bank = world.bank("bank-a");
    let sealed = bank.seal("invoice.xml", INVOICE, None, &Silent).await;
    for transactions in [2, 0, 3] {
        block(&world, transactions);
    }
    (world, sealed.expect("sealed").record)
}

/// The next events until the end, at most so many.
async fn some(events: &mut Events, most: usize) -> Result<Vec<Event>, ClientError> {
    let mut told = Vec::new();
    while told.len() < most {
        match events.next(&Silent).await? {
            Some(event) => told.push(event),
            None => break,
        }
    }
    Ok(told)
}

async fn whole(world: &World) -> Vec<Event> {
    some(&mut open(world, all()), 100).await.expect("told")
}

fn lie(error: ClientError) -> Lie {
    match error {
        ClientError::Node(NodeError::Lies { lie, .. }) => lie,
        other => panic!("no lie: {other}"),
    }
}

#[tokio::test]
async fn events_say_when_who_what_about_which_record_and_what_became_of_it() {
    let (world, record) = world().await;
    let _held = world.bank("bank-a"); // a bank works in its home meanwhile
    let events = whole(&world).await;
    assert_eq!(events.len(), 6);
    let first = &events[0];
    assert_eq!((first.what, first.record), ("seal", Some(record)));
    assert_eq!(first.signer.name.as_deref(), Some("bank-a"));
    assert_eq!(first.outcome, Outcome::Done(Done::Sealed));
    assert_eq!(first.outcome_text(), "done");
    let place = |event: &Event| (event.height().0 - first.height().0, event.position);
    let places: Vec<_> = events.iter().map(place).collect();
    assert_eq!(places, [(0, 0), (2, 0), (2, 1), (6, 0), (6, 1), (6, 2)]);
    assert_eq!(events[5].outcome_text(), "released: withdrawn");
    assert_eq!(events[5].signer.name, None, "no alias of this chain");
    let one = EventOptions {
        records: BTreeSet::from([record]),
        ..all()
    };
    assert_eq!(
        some(&mut open(&world, one), 9).await.expect("told"),
        events[..1]
    );
    let later = EventOptions {
        from: Some(events[3].height()),
        ..all()
    };
    assert_eq!(
        some(&mut open(&world, later), 9).await.expect("told"),
        events[3..]
    );
    assert!(!world.home("bank-a").join("cursors").exists());
}

/// The node sees from which block on somebody reads. Which records the reader looks for, it does not see.
#[tokio::test]
async fn a_node_is_not_asked_for_the_records_that_a_reader_looks_for() {
    let (world, record) = world().await;
    let options = EventOptions {
        records: BTreeSet::from([record]),
        ..all()
    };
    world.node.served().asked.clear();
    let told = some(&mut open(&world, options), 9).await.expect("told");
    assert_eq!(told.len(), 1);
    let served = world.node.served();
    assert_eq!(served.streams, [1], "all blocks, from the first on");
    let holds = |key: &Vec<u8>| key.windows(32).any(|part| part == record.as_bytes());
    assert!(!served.asked.iter().any(holds), "{:?}", served.asked);
}

#[tokio::test]
async fn what_was_acknowledged_does_not_come_again_and_everything_else_does() {
    let (world, _) = world().await;
    let events = whole(&world).await;
    for acknowledged in 0..=events.len() {
        let name = format!("reader-{acknowledged}");
        let options = EventOptions {
            cursor: Some(name),
            ..all()
        };
        let mut first = open(&world, options.clone());
        let told = some(&mut first, acknowledged).await.expect("told");
        for event in &told {
            first.acknowledge(event).expect("kept");
        }
        // one more is told, and the reader dies before it is done with it
        assert!(some(&mut first, 1).await.expect("told").len() <= 1);
        drop(first);
        let rest = some(&mut open(&world, options), 100).await.expect("told");
        assert_eq!([told, rest].concat(), events, "{acknowledged} acknowledged");
    }
}

#[tokio::test]
async fn a_cursor_that_has_seen_all_stands_at_the_end() {
    let (world, _) = world().await;
    let none = EventOptions {
        records: BTreeSet::from([RecordId::new([77; 32])]),
        ..resuming()
    };
    let mut first = open(&world, none.clone());
    assert_eq!(some(&mut first, 9).await.expect("told"), []);
    let end = first.next_height();
    drop(first);
    world.node.served().streams.clear();
    let mut again = open(&world, none);
    assert_eq!(again.next_height(), end);
    assert_eq!(some(&mut again, 9).await.expect("told"), []);
    let none: [u64; 0] = [];
    assert_eq!(
        world.node.served().streams,
        none,
        "there is nothing to stream"
    );
}

#[tokio::test]
async fn a_lost_connection_costs_no_event_and_doubles_none() {
    let (world, _) = world().await;
    let events = whole(&world).await;
    world.node.served().streams.clear();
    world.node.served().cut = Some(3);
    let told = some(&mut open(&world, all()), 100).await.expect("told");
    assert_eq!(told, events);
    let streams = world.node.served().streams.clone();
    assert!(streams.len() > 2, "{streams:?}");
    assert!(
        streams.windows(2).all(|two| two[1] == two[0] + 3),
        "{streams:?}"
    );
    // where no block comes, it is not tried for ever
    world.node.served().cut = Some(0);
    let error = some(&mut open(&world, all()), 1)
        .await
        .expect_err("given up");
    assert!(
        matches!(error, ClientError::Node(NodeError::Unreachable { .. })),
        "{error:?}"
    );
}

#[tokio::test]
async fn whoever_follows_hears_of_the_next_blocks_as_they_come() {
    let (world, _) = world().await;
    let options = EventOptions {
        follow: true,
        ..resuming()
    };
    let mut events = open(&world, options);
    assert_eq!(some(&mut events, 6).await.expect("told").len(), 6);
    let early = timeout(Duration::from_millis(100), events.next(&Silent)).await;
    assert!(early.is_err(), "there is no seventh");
    block(&world, 1);
    let seventh = timeout(Duration::from_secs(10), events.next(&Silent)).await;
    let seventh = seventh.expect("soon").expect("told").expect("followed");
    assert_eq!(seventh.record, Some(OTHER));
}

#[tokio::test]
async fn a_lie_ends_the_events_and_nothing_of_its_block_is_told() {
    let (world, _) = world().await;
    let events = whole(&world).await;
    let lies_at = events[3].height().0;
    world.node.served().parts = Box::new(move |height, parts| {
        if height == lies_at {
            parts[2].receipts.clear();
        }
    });
    let mut reader = open(&world, resuming());
    let told = some(&mut reader, 3).await.expect("told");
    assert_eq!(told, events[..3]);
    for event in &told {
        reader.acknowledge(event).expect("kept");
    }
    let found = lie(some(&mut reader, 1).await.expect_err("a lie"));
    assert_eq!(found, Lie::NotWhole("receipts"));
    drop(reader);
    world.node.served().parts = Box::new(|_, _| ());
    let rest = some(&mut open(&world, resuming()), 9).await.expect("told");
    assert_eq!(rest, events[3..]);
}

#[tokio::test]
async fn a_chain_that_forked_or_went_back_is_found_out() {
    let (world, _) = world().await;
    let last = world.node.served().chain.blocks.len();
    let mut forged = Some(world.node.served().chain.latest());
    alter_header(&mut forged, |header| header.time.0 += 1);
    let mut forged = forged.expect("a header");
    resign(&mut forged, &world.node);
    world.node.served().parts = Box::new(move |height, parts| {
        if height == last as u64 - 1 {
            parts.last_mut().expect("a last part").next_header = Some(forged.clone());
        }
    });
    let found = some(&mut open(&world, all()), 100)
        .await
        .expect_err("a fork");
    assert_eq!(lie(found), Lie::Fork(Height(last as u64)));

    let mut cursor = Cursor::open(
        &world.home("bank-a"),
        "reader",
        &BTreeSet::new(),
        Duration::ZERO,
    )
    .expect("new");
    let ahead = |height| Place {
        height: Height(height),
        before: Some(BlockId::new([1; 32])),
    };
    cursor.keep(ahead(last as u64 + 1), 0).expect("kept");
    drop(cursor);
    let found = some(&mut open(&world, resuming()), 1)
        .await
        .expect_err("back");
    assert!(matches!(lie(found), Lie::WentBack { .. }));
    let mut cursor = Cursor::open(
        &world.home("bank-a"),
        "reader",
        &BTreeSet::new(),
        Duration::ZERO,
    )
    .expect("free");
    cursor.keep(ahead(3), 0).expect("kept");
    drop(cursor);
    let found = some(&mut open(&world, resuming()), 1)
        .await
        .expect_err("another chain");
    assert_eq!(lie(found), Lie::Fork(Height(2)));
}

#[tokio::test]
async fn an_event_says_which_step_and_which_proposal_it_is_of() {
    let world = World::new().await;
    let trade = TradeId::new([7; 32]);
    let step = Payload::TakeStep(TakeStep {
        trade,
        step: "deliver".to_owned(),
        records: vec![OTHER],
    });
    let vote = Payload::Vote(CastVote {
        proposal: ProposalId(3),
        approve: true,
    });
    let stage = "delivered".to_owned();
    {
        let chain = &mut world.node.served().chain;
        let signed = vec![
            (chain.sign(step), Done::Traded { trade, stage }),
            (chain.sign(vote), Done::Voted { approved: true }),
        ];
        chain.commit(signed, Writes::new());
        chain.commit(Vec::new(), Writes::new());
    }
    let told = whole(&world).await;
    let told: Vec<_> = told
        .iter()
        .map(|one| (one.what, one.detail.as_deref()))
        .collect();
    let expected = [("take-step", Some("deliver")), ("vote", Some("proposal 3"))];
    assert_eq!(told, expected);
}
