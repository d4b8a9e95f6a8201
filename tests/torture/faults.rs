//! What befalls nodes and links in the long run, by turns, from the seed.

use std::thread;
use std::time::Duration;

use sealane_tests::consortium::Consortium;
use sealane_tests::links::{Flow, Links};
use sealane_tests::random::Random;

/// The longest that a fault lasts, in milliseconds.
const LASTS: u64 = 6_000;
/// Times that a link flaps.
const FLAPS: usize = 8;

/// A kind of fault, and what makes it and mends it; gives words for the report.
pub type Fault = (
    &'static str,
    fn(&mut Consortium, &Links, &mut Random) -> String,
);

/// All kinds.
pub const FAULTS: [Fault; 12] = [
    ("split", split),
    ("one cut off", lone),
    ("two cut off, from one another too", apart),
    ("one is not heard", one_way),
    ("slow links", slow),
    ("a flapping link", flap),
    ("connections break", break_off),
    ("one paused", |network, _, random| pause(network, random, 1)),
    ("two paused", |network, _, random| pause(network, random, 2)),
    ("one killed", |network, _, random| kill(network, random, 1)),
    ("two killed", |network, _, random| kill(network, random, 2)),
    ("all killed", kill_all),
];

fn order(network: &Consortium, random: &mut Random) -> Vec<usize> {
    random.sample((0..network.size()).collect(), network.size())
}

fn lasts(random: &mut Random) {
    thread::sleep(Duration::from_millis(300 + random.below(LASTS)));
}

fn split(network: &mut Consortium, links: &Links, random: &mut Random) -> String {
    let order = order(network, random);
    let (half, other) = order.split_at(2);
    links.split(&[half, other]);
    lasts(random);
    links.heal();
    format!("{half:?} from {other:?}")
}

fn lone(network: &mut Consortium, links: &Links, random: &mut Random) -> String {
    let order = order(network, random);
    links.split(&[&order[..1], &order[1..]]);
    lasts(random);
    links.heal();
    order[0].to_string()
}

fn apart(network: &mut Consortium, links: &Links, random: &mut Random) -> String {
    let order = order(network, random);
    links.split(&[&order[..1], &order[1..2], &order[2..]]);
    lasts(random);
    links.heal();
    format!("{} and {}", order[0], order[1])
}

fn one_way(network: &mut Consortium, links: &Links, random: &mut Random) -> String {
    let order = order(network, random);
    for to in &order[1..] {
        links.set(order[0], *to, Flow::Stopped);
    }
    lasts(random);
    links.heal();
    order[0].to_string()
}

fn slow(network: &mut Consortium, links: &Links, random: &mut Random) -> String {
    let order = order(network, random);
    let flow = Flow::Slow(Duration::from_millis(20 + random.below(300)));
    for to in &order[1..] {
        links.set_both(order[0], *to, flow);
    }
    lasts(random);
    links.heal();
    format!("{}: {flow:?}", order[0])
}

fn flap(network: &mut Consortium, links: &Links, random: &mut Random) -> String {
    let order = order(network, random);
    for _ in 0..FLAPS {
        links.set_both(order[0], order[1], Flow::Stopped);
        thread::sleep(Duration::from_millis(random.below(400)));
        links.heal();
        thread::sleep(Duration::from_millis(random.below(400)));
    }
    format!("{} and {}", order[0], order[1])
}

fn break_off(network: &mut Consortium, links: &Links, random: &mut Random) -> String {
    let order = order(network, random);
    for to in &order[1..] {
        links.set_both(order[0], *to, Flow::Broken);
    }
    lasts(random);
    links.heal();
    order[0].to_string()
}

fn pause(network: &mut Consortium, random: &mut Random, count: usize) -> String {
    let order = order(network, random);
    order[..count].iter().for_each(|at| network.pause(*at));
    lasts(random);
    order[..count].iter().for_each(|at| network.go_on(*at));
    format!("{:?}", &order[..count])
}

fn kill(network: &mut Consortium, random: &mut Random, count: usize) -> String {
    let order = order(network, random);
    order[..count].iter().for_each(|at| network.kill_node(*at));
    lasts(random);
    order[..count].iter().for_each(|at| network.start_node(*at));
    format!("{:?}", &order[..count])
}

fn kill_all(network: &mut Consortium, _: &Links, random: &mut Random) -> String {
    network.kill_all();
    let order = order(network, random);
    order.iter().for_each(|at| network.start_node(*at));
    format!("back as {order:?}")
}

/// A node loses all that it has of the chain and of what it signed; the others run meanwhile, so that it signs nothing
/// for what they have decided (decision 15).
pub fn wipe(network: &mut Consortium, at: usize) {
    network.kill_node(at);
    network.wipe(at);
    network.start_node(at);
}

/// One node after the other is ended in order and started again, as for another version of the program.
pub fn roll(network: &mut Consortium, patience: Duration) {
    for at in 0..network.size() {
        network.restart_node(at);
        let goal = network.heights().into_iter().max().unwrap();
        network.reaches(at, goal, patience);
    }
}
