//! Links between nodes stop, slow down and open again; nodes stand still (RELIABILITY 6, 7 and 25, with I1, I2 and I4).
//! The network halts where it must, never forks, and goes on.
#![allow(clippy::unwrap_used)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use sealane_tests::command::{DONE, REFUSED};
use sealane_tests::consortium::Consortium;
use sealane_tests::history::{Deed, History, Summary};
use sealane_tests::invoice::Invoice;
use sealane_tests::links::Flow;
use sealane_tests::network::Bank;
use sealane_tests::random::Random;

/// How long a command may be typed again and again.
const PATIENCE: Duration = Duration::from_secs(300);
/// How long the network may take to go on once it can.
const HEALING: Duration = Duration::from_secs(60);
/// How long a cut lasts until what was under way is decided or stuck, and how long it is watched then.
const SETTLES: Duration = Duration::from_secs(2);
const WATCHED: Duration = Duration::from_secs(4);

/// Seals until it is told to stop.
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

/// Runs `deed` while these banks hand in records, then checks what clients saw against all nodes.
fn under_load(
    network: &mut Consortium,
    history: &History,
    banks: &[usize],
    deed: impl FnOnce(&mut Consortium),
) -> Summary {
    let over = AtomicBool::new(false);
    let banks: Vec<_> = banks
        .iter()
        .map(|at| (network.bank(*at), at.to_string()))
        .collect();
    thread::scope(|scope| {
        for (bank, name) in &banks {
            let over = &over;
            scope.spawn(move || load(history, bank, name, over));
        }
        let _stop = OnDrop(&over);
        deed(network);
    });
    let summary = history.check(&network.agreed());
    println!("{summary:?}");
    summary
}

struct OnDrop<'a>(&'a AtomicBool);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// For a time no node decides anything.
fn stands_still(network: &Consortium) {
    thread::sleep(SETTLES);
    let before = network.heights();
    thread::sleep(WATCHED);
    assert_eq!(
        network.heights(),
        before,
        "decided without more than two thirds"
    );
}

/// The network decides again, at every node.
fn goes_on(network: &Consortium) {
    let goal = network.heights().into_iter().max().unwrap() + 3;
    (0..network.size()).for_each(|at| network.reaches(at, goal, HEALING));
}

#[test]
fn a_split_network_halts_a_cut_off_node_does_not_decide_and_both_heal() {
    let mut random = Random::seeded();
    let history = History::begin(random.next_number());
    let (mut network, links) = Consortium::start_linked(4);
    let order = random.sample(vec![0, 1, 2, 3], 4);
    let (half, other) = order.split_at(2);
    let (lone, most) = order.split_first().unwrap();
    let summary = under_load(&mut network, &history, &[order[0], order[3]], |network| {
        links.split(&[half, other]);
        stands_still(network);
        links.heal();
        goes_on(network);
        links.split(&[&[*lone], most]);
        thread::sleep(SETTLES);
        let (before, goal) = (network.height(*lone), network.height(most[0]) + 4);
        network.reaches(most[0], goal, HEALING);
        assert_eq!(network.height(*lone), before, "it decided by itself");
        links.heal();
        goes_on(network);
        // every connection between two pairs is reset in the middle of a message, again and again
        for (one, to) in half
            .iter()
            .flat_map(|one| other.iter().map(move |to| (*one, *to)))
        {
            links.set_both(one, to, Flow::Broken);
        }
        stands_still(network);
        links.heal();
        goes_on(network);
    });
    assert!(summary.sealed >= 4, "too little load: {summary:?}");
}

#[test]
fn a_paused_node_catches_up_and_two_paused_nodes_halt_the_network() {
    let mut random = Random::seeded();
    let history = History::begin(random.next_number());
    let mut network = Consortium::start(4);
    let order = random.sample(vec![0, 1, 2, 3], 4);
    let pause = Duration::from_secs(if cfg!(feature = "torture") { 60 } else { 6 });
    let summary = under_load(&mut network, &history, &order[2..], |network| {
        network.pause(order[0]);
        let goal = network.height(order[2]) + 4;
        network.reaches(order[2], goal, HEALING);
        thread::sleep(pause);
        network.pause(order[1]);
        thread::sleep(SETTLES);
        let before = network.height(order[2]);
        thread::sleep(WATCHED);
        assert_eq!(network.height(order[2]), before, "two of four decided");
        network.go_on(order[0]);
        network.go_on(order[1]);
        goes_on(network);
    });
    assert!(summary.sealed >= 4, "too little load: {summary:?}");
}

#[test]
fn one_invoice_and_four_banks_at_once_in_a_split_network_have_one_winner() {
    let mut random = Random::seeded();
    let history = History::begin(random.next_number());
    let (network, links) = Consortium::start_linked(4);
    let invoice = Invoice::new("INV-RACE");
    let banks: Vec<_> = (0..4).map(|at| network.bank(at)).collect();
    let sealed = |bank: &Bank| {
        let file = bank.file(&invoice);
        let sealed = history
            .run(bank, "INV-RACE", Deed::Seal, &file)
            .expect(DONE);
        sealed.text("record").to_owned()
    };
    let records: Vec<_> = banks.iter().map(sealed).collect();
    let order = random.sample(vec![0, 1, 2, 3], 4);
    links.split(&[&order[..2], &order[2..]]);
    let codes = thread::scope(|scope| {
        let finance = |(bank, record): (_, &String)| {
            let history = &history;
            let record = record.clone();
            scope.spawn(move || {
                let deed = ("INV-RACE", Deed::Finance, record.as_str());
                history.until_done(bank, deed, PATIENCE).code
            })
        };
        let running: Vec<_> = banks.iter().zip(&records).map(finance).collect();
        stands_still(&network);
        links.heal();
        running
            .into_iter()
            .map(|one| one.join().unwrap())
            .collect::<Vec<_>>()
    });
    let won = codes.iter().filter(|code| **code == DONE).count();
    let lost = codes.iter().filter(|code| **code == REFUSED).count();
    assert_eq!((won, lost), (1, 3), "exit codes {codes:?}");
    let summary = history.check(&network.agreed());
    assert_eq!((summary.sealed, summary.financed), (4, 1));
}
