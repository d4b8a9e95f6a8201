//! Four banks, each with a node of its own: they decide together, go on without one of them, and lose nothing
//! when nodes are killed (RELIABILITY 1 and 3, with I1 and I2).
#![allow(clippy::unwrap_used)]

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use sealane_tests::command::{DONE, REFUSED};
use sealane_tests::consortium::Consortium;
use sealane_tests::figures::{ask, figure};
use sealane_tests::history::{Deed, History};
use sealane_tests::invoice::Invoice;
use sealane_tests::network::{Bank, free_port};
use sealane_tests::random::Random;
use sealane_tests::votes::until;

/// Rounds of killing one node after another.
const KILLS: usize = if cfg!(feature = "torture") { 100 } else { 6 };
/// Times that all nodes are killed at once.
const MASSACRES: usize = if cfg!(feature = "torture") { 20 } else { 2 };
/// How long a command may be typed again and again.
const PATIENCE: Duration = Duration::from_secs(180);

/// What an idle node may write into its log in a day, by what it writes in some seconds. Lines of now and then are no
/// rate: one quiet time is enough.
fn idle_node_tells_little(network: &Consortium, at: usize) {
    const DAY: usize = 86_400;
    const SECONDS: usize = 4;
    let mut told = String::new();
    for _ in 0..3 {
        let before = network.log(at).len();
        thread::sleep(Duration::from_secs(SECONDS as u64));
        told = network.log(at).split_off(before);
        if told.len() * DAY / SECONDS < 1_000_000 {
            return;
        }
    }
    panic!("more than a megabyte a day: in {SECONDS} s it told\n{told}");
}

#[test]
fn an_invoice_is_financed_once_by_four_banks_though_a_node_is_killed() {
    const WATCHED: usize = 2;
    let network = Consortium::make(4, 0);
    let config = network.bank(WATCHED).home.join("node/node.toml");
    let port = free_port();
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("metrics = \"127.0.0.1:{port}\"\n{text}")).unwrap();
    let mut network = network.begun();
    let reaches = |peers: f64| {
        until("the node's figures say whom it reaches", || {
            figure(&ask(port, "GET /metrics"), "sealane_peers_reached") == peers
        });
    };
    reaches(3.0);
    idle_node_tells_little(&network, WATCHED);
    let (a, b) = (network.bank(0), network.bank(1));
    let (first, other) = (Invoice::new("INV-1"), Invoice::new("INV-2"));
    let (_, financed) = a.seal_and_finance(&first);
    let _ = financed.expect(DONE);
    network.kill_node(3);
    let (_, again) = b.seal_and_finance(&first);
    let again = again.expect(REFUSED);
    assert!(again.words().contains("bank-a"), "{}", again.words());
    let (record, financed) = b.seal_and_finance(&other);
    let _ = financed.expect(DONE);
    network.start_node(3);
    for (at, blocks) in network.agreed().iter().enumerate() {
        let of = blocks.counts()[&record];
        assert_eq!((of.sealed, of.financed), (1, 1), "at node {at}: {of:?}");
    }
    // three of four shares are enough, whichever: the one that was away answers too
    network.kill_node(0);
    let (_, financed) = network.bank(3).seal_and_finance(&Invoice::new("INV-3"));
    let _ = financed.expect(DONE);
    reaches(2.0);
    network.kill_node(1);
    reaches(1.0); // no block says so any more: two of four decide nothing
}

/// A node without a turn of its own tells the others again what they have forgotten, as they were restarted.
#[test]
fn what_the_others_have_forgotten_is_passed_on_again() {
    const OBSERVER: usize = 4;
    let mut network = Consortium::start_with(4, 1);
    let (a, regulator) = (network.bank(0), network.bank(OBSERVER));
    let shown = |bank: &Bank| fs::read_to_string(bank.home.join("home.toml")).unwrap();
    let (mut own, other) = (shown(&a), shown(&regulator));
    for key in ["node = ", "node_name = "] {
        let line = |text: &str| {
            text.lines()
                .find(|line| line.starts_with(key))
                .unwrap()
                .to_owned()
        };
        own = own.replace(&line(&own), &line(&other));
    }
    fs::write(a.home.join("home.toml"), own).unwrap();
    (0..OBSERVER).for_each(|at| network.kill_node(at));
    let sealing = a.begin(&["seal", &a.file(&Invoice::new("INV-WAITS"))]);
    until("it waits at the observer", || {
        network.status(OBSERVER).waiting == 1
    });
    // long enough for the observer to have given up passing it on, once more after it has looked at what waits too
    thread::sleep(Duration::from_secs(6));
    (0..OBSERVER).for_each(|at| network.start_node(at));
    let _ = sealing.wait().expect(DONE);
}

/// Seals until it is told to stop; types a command again that a dying node left open.
fn load(history: &History, bank: &Bank, name: &str, over: &AtomicBool) {
    let mut number = 0;
    while !over.load(Ordering::Relaxed) {
        number += 1;
        let document = format!("INV-{name}-{number}");
        let file = bank.file(&Invoice::new(&document));
        let sealed = history.until_done(bank, (&document, Deed::Seal, &file), PATIENCE);
        let _ = sealed.expect(DONE);
    }
}

/// Runs `deed` while two banks hand in records; what they were told is done is at every node, once.
fn under_load(mut network: Consortium, seed: u64, deed: impl FnOnce(&mut Consortium)) {
    let banks = [(network.bank(0), "A"), (network.bank(1), "B")];
    let (over, history) = (AtomicBool::new(false), History::begin(seed));
    thread::scope(|scope| {
        for (bank, name) in &banks {
            let (over, history) = (&over, &history);
            scope.spawn(move || load(history, bank, name, over));
        }
        let _stop = OnDrop(&over);
        deed(&mut network);
    });
    let summary = history.check(&network.agreed());
    assert!(summary.sealed >= 4, "too little load: {summary:?}");
    println!("{summary:?}, all acknowledged at all nodes once");
}

struct OnDrop<'a>(&'a AtomicBool);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn nodes_killed_one_after_another_come_back_and_have_everything() {
    let mut random = Random::seeded();
    let seed = random.next_number();
    under_load(Consortium::start(4), seed, |network| {
        for _ in 0..KILLS {
            let at = random.below(4) as usize;
            thread::sleep(Duration::from_millis(random.below(1_000)));
            network.kill_node(at);
            thread::sleep(Duration::from_millis(random.below(2_000)));
            network.start_node(at);
        }
    });
}

#[test]
fn all_nodes_killed_at_once_go_on_with_everything_acknowledged() {
    let mut random = Random::seeded();
    let seed = random.next_number();
    under_load(Consortium::start(4), seed, |network| {
        for _ in 0..MASSACRES {
            thread::sleep(Duration::from_millis(1_500 + random.below(1_500)));
            network.kill_all();
            (0..network.size()).for_each(|at| network.start_node(at));
        }
        thread::sleep(Duration::from_millis(1_500));
    });
}
