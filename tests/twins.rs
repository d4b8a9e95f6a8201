//! Validators that run twice with the same keys, once on either side of a split network (RELIABILITY 8): with one of four,
//! one side alone decides; with two, both do, the checker sees the fork, and the two certificates name who signed both.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::time::Duration;

use sealane_tests::blocks::Blocks;
use sealane_tests::consortium::Consortium;
use sealane_tests::history::{History, forks};

const PATIENCE: Duration = Duration::from_secs(60);

/// Two sides of one network, each with these of its four nodes running.
fn sides(one: &[usize], other: &[usize]) -> [Consortium; 2] {
    let mut first = Consortium::resting(4);
    let mut second = first.twins();
    one.iter().for_each(|at| first.start_node(*at));
    other.iter().for_each(|at| second.start_node(*at));
    [first, second]
}

#[test]
fn one_validator_of_four_that_runs_twice_makes_no_fork() {
    let [one, other] = sides(&[0, 1, 3], &[2, 3]);
    one.reaches(0, 1, PATIENCE);
    std::thread::sleep(Duration::from_secs(5));
    assert_eq!(other.height(2), 0, "two of four decided");
    let honest = [one.blocks(0), one.blocks(1), other.blocks(2)];
    let violations = History::begin(0).violations(&honest);
    assert!(violations.is_empty(), "{violations:?}");
}

#[test]
fn two_validators_of_four_that_run_twice_fork_the_chain_and_are_seen() {
    let [one, other] = sides(&[0, 2, 3], &[1, 2, 3]);
    one.reaches(0, 1, PATIENCE);
    other.reaches(1, 1, PATIENCE);
    let honest = [one.blocks(0), other.blocks(1)];
    let found = forks(&honest);
    assert!(
        found.iter().any(|what| what.contains("height 1:")),
        "{found:?}"
    );
    let of = |side: &Consortium, at| {
        let signers = Blocks::signers(&side.bank(at).home, 1);
        signers.into_iter().collect::<BTreeSet<_>>()
    };
    let both: Vec<_> = of(&one, 0).intersection(&of(&other, 1)).copied().collect();
    let genesis = &honest[0].genesis;
    let guilty = ["node-c", "node-d"].map(|name| genesis.named(name).unwrap().id);
    assert_eq!(BTreeSet::from_iter(both), BTreeSet::from(guilty));
}
