//! What members decide together in tests.

use std::time::{Duration, Instant};

use crate::command::DONE;
use crate::consortium::Consortium;
use crate::invoice::Invoice;
use crate::network::Bank;

/// How long something may take that members or nodes have decided.
const PATIENCE: Duration = Duration::from_secs(120);

/// Until something holds.
///
/// # Panics
/// When it does not within two minutes.
#[track_caller]
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "not within {PATIENCE:?}: {what}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Each record of the first bank brings a block, and an empty one after it: until its node is at a height.
pub fn reach(network: &Consortium, height: u64, name: &str) {
    let bank = network.bank(0);
    let mut number = 0;
    while network.height(0) < height {
        let _ = bank.seal(&Invoice::new(&format!("INV-{name}-{number}")));
        number += 1;
    }
}

/// A bank proposes a change that holds soon; the proposal's number, and the height.
///
/// # Panics
/// When it is refused.
#[must_use]
#[track_caller]
pub fn propose(bank: &Bank, change: &[&str]) -> (String, u64) {
    let words = [&["proposal", "new", "--in", "12"], change].concat();
    let proposed = bank.run(&words).expect(DONE);
    (
        proposed.number("proposal").to_string(),
        proposed.number("at"),
    )
}

/// The first of these banks proposes, the others vote for it: the last one's vote decides. The height from which the
/// change holds.
///
/// # Panics
/// When it is decided earlier, or not.
#[track_caller]
pub fn decide(banks: &[&Bank], change: &[&str]) -> (String, u64) {
    let (number, at) = propose(banks[0], change);
    for (place, bank) in banks.iter().enumerate().skip(1) {
        let voted = bank.run(&["proposal", "vote", &number]).expect(DONE);
        let enough = place + 1 == banks.len();
        assert_eq!(voted.data["approved"], enough, "{voted}");
    }
    (number, at)
}

/// As [`decide`], and the change's height comes.
///
/// # Panics
/// As [`decide`], and when it has not taken effect then.
#[track_caller]
pub fn agree(network: &Consortium, banks: &[&Bank], change: &[&str]) {
    let (number, at) = decide(banks, change);
    reach(network, at, &format!("FILL-{number}"));
    let listed = banks[0].run(&["proposal", "list"]).expect(DONE);
    let place: usize = number.parse().expect("a proposal's number");
    let stage = &listed.data["proposals"][place]["stage"];
    assert_eq!(stage, "done", "{listed}");
}
