//! Validators whose engine lies, among honest ones that run the program as it is shipped (RELIABILITY 8). With one of
//! four, all honest nodes have one chain and say who lied; with two, the honest ones see more liars than the protocol
//! bears. That more than a third *can* fork a chain, and that the checker sees it, is shown without a lying engine in
//! `tests/twins.rs`.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::process::Command;
use std::time::Duration;

use sealane_tests::command::DONE;
use sealane_tests::consortium::Consortium;
use sealane_tests::history::{Deed, History, forks};
use sealane_tests::invoice::Invoice;

const PATIENCE: Duration = Duration::from_secs(120);
/// How often the liar may be brought to be locked, and how long that takes.
const ATTEMPTS: usize = 12;
const LOCKED: Duration = Duration::from_secs(3);
const TWICE: [&str; 2] = ["a validator voted twice", "a validator proposed twice"];

/// Four validators, of which these lie so.
fn among(liars: &[usize], arguments: &[&str]) -> Consortium {
    let mut network = Consortium::resting(4);
    for at in 0..network.size() {
        if liars.contains(&at) {
            let mut program = Command::new(env!("CARGO_BIN_EXE_sealane-byzantine"));
            network.start_as(at, program.args(arguments));
        } else {
            network.start_node(at);
        }
    }
    let honest = (0..network.size()).filter(|at| !liars.contains(at));
    honest.for_each(|at| network.reaches(at, 1, PATIENCE));
    network
}

/// Honest banks seal, and one finances.
fn works_on(network: &Consortium, history: &History, banks: &[usize], rounds: usize) {
    for number in 0..rounds {
        for at in banks {
            let bank = network.bank(*at);
            let document = format!("INV-{at}-{number}");
            let file = bank.file(&Invoice::new(&document));
            let sealed = history.until_done(&bank, (&document, Deed::Seal, &file), PATIENCE);
            let record = sealed.expect(DONE).text("record").to_owned();
            if (number, at) == (0, &banks[0]) {
                let finance = (document.as_str(), Deed::Finance, record.as_str());
                let _ = history.until_done(&bank, finance, PATIENCE).expect(DONE);
            }
        }
    }
}

/// The validators of whom a node's log says that they contradicted themselves.
fn caught(network: &Consortium, at: usize) -> BTreeSet<String> {
    let log = network.log_of(at);
    let lines = log
        .lines()
        .filter(|line| TWICE.iter().any(|what| line.contains(what)));
    let named = lines.filter_map(|line| line.split("validator=").nth(1)?.split(' ').next());
    named.map(str::to_owned).collect()
}

/// The aliases of the validators of these nodes.
fn aliases(network: &Consortium, nodes: &[usize]) -> BTreeSet<String> {
    let genesis = network.blocks(0).genesis;
    let alias = |at: &usize| {
        let name = format!("node-{}", char::from(b'a' + u8::try_from(*at).unwrap()));
        genesis.named(&name).unwrap().id.to_string()
    };
    nodes.iter().map(alias).collect()
}

/// With this attack of one of four, honest nodes have one chain with everything acknowledged, and the log says who it was.
fn one_liar(attack: &str) {
    let history = History::begin(0);
    let network = among(&[3], &["--attack", attack]);
    works_on(&network, &history, &[0, 1, 2], 3);
    let all = network.agreed();
    let _ = history.check(&all[..3]);
    let caught: Vec<_> = (0..3).map(|at| caught(&network, at)).collect();
    let liar = aliases(&network, &[3]);
    assert!(
        caught.contains(&liar),
        "evidence against {liar:?}: {caught:?}"
    );
    assert!(
        caught.iter().flatten().all(|one| liar.contains(one)),
        "an honest one: {caught:?}"
    );
}

#[test]
fn one_of_four_that_votes_twice_does_no_harm_and_is_named() {
    one_liar(r#"equivocate_votes = { mode = "always" }"#);
}

#[test]
fn one_of_four_that_proposes_twice_does_no_harm_and_is_named() {
    one_liar(r#"equivocate_proposals = { mode = "always" }"#);
}

#[test]
fn one_of_four_that_commits_seldom_does_no_harm() {
    let attack = r#"force_precommit_nil = { mode = "at_rounds", rounds = [0] }"#;
    let history = History::begin(0);
    let mut network = among(&[3], &["--attack", attack]);
    works_on(&network, &history, &[0, 1, 2], 2);
    // its vote is needed now, and it does not give it in the first rounds
    network.kill_node(0);
    works_on_without_finance(&network, &history, &[1, 2]);
    network.start_node(0);
    let all = network.agreed();
    let _ = history.check(&all[..3]);
    let log = network.log_of(3);
    assert!(
        log.contains("BYZANTINE: precommitting nothing"),
        "it committed like the others"
    );
}

/// With one of four away, the liar hears the others' votes for a block and keeps its own to itself: it alone is locked.
/// Once that one is back they propose another block in the next round, and the liar votes for it too.
#[test]
fn one_of_four_that_is_locked_and_votes_for_another_block_does_no_harm() {
    let attack = r#"
        ignore_locks = { mode = "always" }
        drop_votes = { mode = "at_rounds", rounds = [0] }
    "#;
    let history = History::begin(0);
    let mut network = among(&[3], &["--attack", attack]);
    works_on(&network, &history, &[0, 1, 2], 1);
    let forgot = |network: &Consortium| {
        let log = network.log_of(3);
        log.matches("BYZANTINE: forgetting its lock").count()
    };
    // in vain where who is away would have proposed, or the liar proposes next: it has the votes to show for its block;
    // so that is another one each time, as a record's block and the empty one after it keep the turns in step
    for number in 0..ATTEMPTS {
        if forgot(&network) > 0 {
            break;
        }
        let (away, other) = (number % 3, (number + 1) % 3);
        network.kill_node(away);
        let (bank, document) = (network.bank(other), format!("INV-LOCKED-{number}"));
        let file = bank.file(&Invoice::new(&document));
        std::thread::scope(|scope| {
            let (history, document) = (&history, &document);
            let sealing = (document.as_str(), Deed::Seal, file.as_str());
            let sealed = scope.spawn(move || history.until_done(&bank, sealing, PATIENCE));
            std::thread::sleep(LOCKED);
            network.start_node(away);
            let _ = sealed.join().unwrap().expect(DONE);
        });
    }
    assert!(forgot(&network) > 0, "it forgot no lock");
    let all = network.agreed();
    let _ = history.check(&all[..3]);
    println!("it forgot its lock {} times", forgot(&network));
}

fn works_on_without_finance(network: &Consortium, history: &History, banks: &[usize]) {
    for at in banks {
        let bank = network.bank(*at);
        let document = format!("INV-{at}-LATE");
        let file = bank.file(&Invoice::new(&document));
        let sealed = history.until_done(&bank, (&document, Deed::Seal, &file), PATIENCE);
        let _ = sealed.expect(DONE);
    }
}

#[test]
fn two_of_four_that_vote_twice_are_both_named_which_is_more_than_the_protocol_bears() {
    let history = History::begin(0);
    let network = among(
        &[2, 3],
        &["--attack", r#"equivocate_votes = { mode = "always" }"#],
    );
    works_on(&network, &history, &[0, 1], 3);
    let both = aliases(&network, &[2, 3]);
    let caught: BTreeSet<_> = [0, 1]
        .into_iter()
        .flat_map(|at| caught(&network, at))
        .collect();
    assert_eq!(caught, both, "the violation is seen");
    println!(
        "forks: {:?}",
        forks(&[network.blocks(0), network.blocks(1)])
    );
}

#[test]
fn a_node_that_lags_refuses_a_lie_and_takes_the_blocks_from_others() {
    let history = History::begin(0);
    let mut network = among(&[3], &["--lie-in-sync"]);
    works_on(&network, &history, &[0, 1], 3);
    for _ in 0..20 {
        network.kill_node(2);
        network.wipe(2);
        network.start_node(2);
        network.reaches(2, network.height(0), PATIENCE);
        if network
            .log_of(3)
            .contains("BYZANTINE: lying to a node that lags")
        {
            break;
        }
    }
    let log = network.log_of(3);
    assert!(
        log.contains("BYZANTINE: lying to a node that lags"),
        "nobody was lied to"
    );
    let all = network.agreed();
    let _ = history.check(&all);
}
