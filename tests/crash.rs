//! Kills at random: the node under load, the client in the middle of `finance`. What was acknowledged
//! is on the chain exactly once; the same command typed again goes on where it was.
#![allow(clippy::unwrap_used)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use sealane_tests::blocks::Blocks;
use sealane_tests::command::{DONE, Outcome};
use sealane_tests::history::{Deed, History};
use sealane_tests::invoice::Invoice;
use sealane_tests::network::{Bank, Network};
use sealane_tests::random::Random;
use sealane_types::block::Block;
use sealane_types::transaction::{Payload, Transaction};
use sealane_verifier::Keys;

/// Kills of the node; the long run does RELIABILITY.md's 500.
const NODE_KILLS: u32 = if cfg!(feature = "torture") { 500 } else { 8 };
/// Kills of the client.
const CLIENT_KILLS: u32 = if cfg!(feature = "torture") { 100 } else { 4 };
/// How long the node lives between two kills, at most.
const LIFE_MS: u64 = 900;
/// How long a command may be typed again and again.
const PATIENCE: Duration = Duration::from_secs(if cfg!(feature = "torture") { 3600 } else { 120 });

/// A bank that hands in invoices until it is told to stop, and types a command again that the dying
/// node left open.
fn load(history: &History, bank: &Bank, name: &str, over: &AtomicBool) {
    let finance = |document: &str, record: &str| {
        let finance = (document, Deed::Finance, record);
        let _ = history.until_done(bank, finance, PATIENCE).expect(DONE);
    };
    let (mut number, mut financed, mut last) = (0, false, None);
    while !over.load(Ordering::Relaxed) {
        number += 1;
        let document = format!("INV-{name}-{number}");
        let file = bank.file(&Invoice::new(&document));
        let sealed = history.until_done(bank, (&document, Deed::Seal, &file), PATIENCE);
        let record = sealed.expect(DONE).text("record").to_owned();
        // proving takes seconds: most of the load is sealing
        if number % 8 == 5 {
            finance(&document, &record);
            financed = true;
        }
        last = Some((document, record));
    }
    if let (false, Some((document, record))) = (financed, last) {
        finance(&document, &record);
    }
}

#[test]
fn a_node_killed_under_load_keeps_what_it_acknowledged() {
    let mut random = Random::seeded();
    let mut network = Network::start(2);
    let banks = [(network.bank('a'), "A"), (network.bank('b'), "B")];
    let over = AtomicBool::new(false);
    let history = History::begin(random.next_number());
    thread::scope(|scope| {
        for (bank, name) in &banks {
            let (over, history) = (&over, &history);
            scope.spawn(move || load(history, bank, name, over));
        }
        let _stop = OnDrop(&over); // also when a kill finds the node dead already
        for _ in 0..NODE_KILLS {
            thread::sleep(Duration::from_millis(20 + random.below(LIFE_MS)));
            network.kill_node();
            network.start_node();
        }
        // what the banks have begun they now finish in peace
    });
    network.kill_node();
    network.start_node();
    let blocks = replayed(&network);
    // RELIABILITY 10, on a chain with records, proofs, answers and financings
    let kinds = |block: &Block| {
        let proven = |one: &&Transaction| matches!(one.body.payload, Payload::PresentBlinded(_));
        block.transactions.iter().filter(proven).count()
    };
    assert!(
        blocks.blocks.iter().any(|block| kinds(block) > 0),
        "no proofs"
    );
    let summary = history.check(&[blocks]);
    assert!(
        summary.sealed >= 4 && summary.financed >= 1,
        "too little load: {summary:?}"
    );
    println!("{NODE_KILLS} kills, {summary:?}, all acknowledged there once");
}

struct OnDrop<'a>(&'a AtomicBool);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What the chain holds, read and executed again block by block: with one thread and with two it is the same.
fn replayed(network: &Network) -> Blocks {
    // the block after the last transaction brings its receipt
    thread::sleep(Duration::from_secs(1));
    let blocks = Blocks::read(&network.bank('a').home);
    let [one, two] = [1, 2].map(|threads| blocks.replay(&Keys::with_test_key(), threads));
    assert!(one == two, "roots {} and {}", one.1, two.1);
    blocks
}

#[test]
fn a_client_killed_in_the_middle_goes_on_where_it_was() {
    let mut random = Random::seeded();
    let network = Network::start(1);
    let bank = network.bank('a');
    let usual = how_long(&bank);
    let mut records = Vec::new();
    for number in 0..CLIENT_KILLS {
        let invoice = Invoice::new(&format!("INV-KILLED-{number}"));
        let file = bank.file(&invoice);
        let _ = killed(
            &bank,
            &["seal", &file],
            random.below(usual.as_millis() as u64 / 8),
        );
        let sealed = bank.run(&["seal", &file]).expect(DONE);
        let record = sealed.text("record").to_owned();
        for _ in 0..2 {
            // later moments are the interesting ones: before, it proves
            let moment = random.below(usual.as_millis() as u64 * 5 / 4);
            let _ = killed(&bank, &["finance", &record], moment);
        }
        let financed = bank.run(&["finance", &record]).expect(DONE);
        let receipt = financed.text("receipt").to_owned();
        let _ = bank.run(&["receipt", "verify", &receipt]).expect(DONE);
        records.push((record, receipt));
    }
    let counts = replayed(&network).counts();
    for (record, _) in &records {
        let of = counts[record];
        assert_eq!(
            (of.sealed, of.presented, of.financed),
            (1, 1, 1),
            "record {record}: {of:?}"
        );
    }
    let mut receipts: Vec<_> = records.iter().map(|(_, receipt)| receipt).collect();
    receipts.sort();
    receipts.dedup();
    assert_eq!(
        receipts.len(),
        records.len(),
        "one receipt for each financing"
    );
}

/// How long an undisturbed financing takes here and now.
fn how_long(bank: &Bank) -> Duration {
    let record = bank.seal(&Invoice::new("INV-UNDISTURBED"));
    let start = Instant::now();
    let _ = bank.run(&["finance", &record]).expect(DONE);
    start.elapsed()
}

fn killed(bank: &Bank, words: &[&str], after_ms: u64) -> Outcome {
    let running = bank.begin(words);
    thread::sleep(Duration::from_millis(after_ms));
    running.kill()
}
