//! Links between nodes stop, slow down and open again; nodes stand still (RELIABILITY 6, 7 and 25, with I1, I2 and I4).
//! The network halts where it must, never forks, and goes on.
#![allow(clippy::unwrap_used)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;
#[cfg(feature = "torture")]
use std::time::Instant;

use sealane_tests::command::{DONE, REFUSED};
use sealane_tests::consortium::Consortium;
use sealane_tests::history::{Deed, History, Summary};
use sealane_tests::invoice::Invoice;
#[cfg(feature = "torture")]
use sealane_tests::links::{Flow, Links};
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

/// What the long run does with the links, by turns.
#[cfg(feature = "torture")]
fn cut(random: &mut Random, links: &Links) -> String {
    let order = random.sample(vec![0, 1, 2, 3], 4);
    let (one, other) = (order[0], order[1]);
    match random.below(6) {
        0 => {
            links.split(&[&order[..2], &order[2..]]);
            format!("split {:?} from {:?}", &order[..2], &order[2..])
        }
        1 => {
            links.split(&[&[one], &order[1..]]);
            format!("cut off {one}")
        }
        2 => {
            links.split(&[&[one], &[other], &order[2..]]);
            format!("cut off {one} and {other}, from one another too")
        }
        3 => {
            order[1..]
                .iter()
                .for_each(|to| links.set(one, *to, Flow::Stopped));
            format!("{one} hears and is not heard")
        }
        4 => {
            let slow = Flow::Slow(Duration::from_millis(20 + random.below(300)));
            order[1..]
                .iter()
                .for_each(|to| links.set_both(one, *to, slow));
            format!("{one} is slow: {slow:?}")
        }
        _ => {
            for _ in 0..8 {
                links.set_both(one, other, Flow::Stopped);
                thread::sleep(Duration::from_millis(random.below(400)));
                links.heal();
                thread::sleep(Duration::from_millis(random.below(400)));
            }
            format!("the link of {one} and {other} flapped")
        }
    }
}

/// Ten minutes of cuts under load, with validators that leave the set and return by vote meanwhile.
#[cfg(feature = "torture")]
#[test]
fn ten_minutes_of_cuts_under_load_while_a_validator_leaves_and_returns() {
    let lasts = std::env::var("SEALANE_TEST_MINUTES")
        .ok()
        .and_then(|text| text.parse().ok());
    let lasts = Duration::from_secs(60 * lasts.unwrap_or(10));
    let mut random = Random::seeded();
    let history = History::begin(random.next_number());
    let (mut network, links) = Consortium::start_linked(4);
    let mut report = Vec::new();
    let (mut power, mut votes) = (1, 0);
    let summary = under_load(&mut network, &history, &[0, 1], |network| {
        while history.elapsed() < lasts {
            let what = cut(&mut random, &links);
            thread::sleep(Duration::from_millis(500 + random.below(6_000)));
            links.heal();
            let healed = Instant::now();
            goes_on(network);
            let (at, took) = (history.elapsed().as_secs(), healed.elapsed().as_millis());
            let line = format!(
                "{at:>4} s  {what}; all went on {took} ms after it healed, at {:?}",
                network.heights()
            );
            println!("{line}");
            report.push(line);
            if random.below(4) == 0 {
                power = 1 - power;
                votes += 1;
                vote(network, power);
                let line = format!("        voted: the power of node-d is {power}");
                println!("{line}");
                report.push(line);
            }
        }
    });
    report.push(format!("{summary:?}, {votes} votes"));
    let path = sealane_tests::command::program_folder().join("partition-report.txt");
    std::fs::write(&path, report.join("\n")).unwrap();
    println!("{votes} votes; the report is in {}", path.display());
    assert!(
        summary.sealed >= 40 && report.len() > 10,
        "too little: {summary:?}"
    );
}

/// Three of four banks agree on a validator's power, whose height comes under the load.
#[cfg(feature = "torture")]
fn vote(network: &Consortium, power: u64) {
    let power = power.to_string();
    let [a, b, c] = [0, 1, 2].map(|at| network.bank(at));
    let words = ["proposal", "new", "--in", "20", "power", "node-d", &power];
    let proposed = a.run(&words).expect(DONE);
    let number = proposed.data["proposal"].as_u64().unwrap().to_string();
    for bank in [&b, &c] {
        let _ = bank.run(&["proposal", "vote", &number]).expect(DONE);
    }
    let at = proposed.data["at"].as_u64().unwrap();
    network.reaches(0, at + 2, PATIENCE);
}
