//! Kills at random: the node under load, the client in the middle of `finance`. What was acknowledged
//! is on the chain exactly once; the same command typed again goes on where it was.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use sealane_tests::blocks::{Blocks, Counts};
use sealane_tests::command::{CANNOT, DONE, Outcome};
use sealane_tests::invoice::Invoice;
use sealane_tests::network::{Bank, Network};
use sealane_tests::proofs::Proofs;
use sealane_tests::random::Random;

/// Kills of the node; the long run does RELIABILITY.md's 500.
const NODE_KILLS: u32 = if cfg!(feature = "torture") { 500 } else { 8 };
/// Kills of the client.
const CLIENT_KILLS: u32 = if cfg!(feature = "torture") { 100 } else { 4 };
/// How long the node lives between two kills, at most.
const LIFE_MS: u64 = 900;
/// How long a command may be typed again and again.
const PATIENCE: Duration = Duration::from_secs(if cfg!(feature = "torture") { 3600 } else { 120 });

/// What a bank was told is done.
#[derive(Debug, Default)]
struct Acknowledged {
    sealed: Vec<String>,
    financed: Vec<String>,
}

/// A bank that hands in invoices until it is told to stop, and types a command again that the dying
/// node left open.
fn load(bank: &Bank, name: &str, over: &AtomicBool) -> Acknowledged {
    let mut done = Acknowledged::default();
    let mut number = 0;
    while !over.load(Ordering::Relaxed) {
        number += 1;
        let invoice = Invoice::new(&format!("INV-{name}-{number}"));
        let sealed = until_done(bank, &["seal", &bank.file(&invoice)]);
        let record = sealed.text("record").to_owned();
        done.sealed.push(record.clone());
        // proving takes seconds: most of the load is sealing
        if number % 8 == 5 {
            let _ = until_done(bank, &["finance", &record]);
            done.financed.push(record);
        }
    }
    if let (true, Some(record)) = (done.financed.is_empty(), done.sealed.last()) {
        let _ = until_done(bank, &["finance", record]);
        done.financed.push(record.clone());
    }
    done
}

/// Types a command until it is done. A dying node is an excuse, for some time.
fn until_done(bank: &Bank, words: &[&str]) -> Outcome {
    let begun = Instant::now();
    loop {
        let said = bank.run(words);
        match said.code {
            DONE => return said,
            CANNOT if begun.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(50)),
            _ => panic!("a crash of the node led to more than a failure:\n{said}"),
        }
    }
}

#[test]
fn a_node_killed_under_load_keeps_what_it_acknowledged() {
    let mut random = Random::seeded();
    let mut network = Network::start(2);
    let banks = [(network.bank('a'), "A"), (network.bank('b'), "B")];
    let over = AtomicBool::new(false);
    let done = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for (bank, name) in &banks {
            let (over, done) = (&over, &done);
            scope.spawn(move || {
                let acknowledged = load(bank, name, over);
                done.lock().unwrap().push(acknowledged);
            });
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
    let done = done.into_inner().unwrap();
    let counts = counted(&network);
    let (mut sealed, mut financed) = (0, 0);
    for acknowledged in &done {
        sealed += acknowledged.sealed.len();
        financed += acknowledged.financed.len();
        for record in &acknowledged.sealed {
            assert_eq!(
                counts.get(record).map(|of| of.sealed),
                Some(1),
                "record {record} was acknowledged"
            );
        }
        for record in &acknowledged.financed {
            let of = counts[record];
            assert_eq!(
                (of.presented, of.financed),
                (1, 1),
                "financing {record} was acknowledged: {of:?}"
            );
        }
    }
    assert!(
        sealed >= 4 && financed >= 1,
        "too little load: {sealed} sealed, {financed} financed"
    );
    println!(
        "{NODE_KILLS} kills, {sealed} records and {financed} financings acknowledged, all there once"
    );
}

struct OnDrop<'a>(&'a AtomicBool);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What the chain holds, read block by block.
fn counted(network: &Network) -> BTreeMap<String, Counts> {
    // the block after the last transaction brings its receipt
    thread::sleep(Duration::from_secs(1));
    let blocks = Blocks::read(&network.bank('a').home);
    blocks.replay(&Proofs::open());
    blocks.counts()
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
    let counts = counted(&network);
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
