//! Nodes that begin with the state of a running chain instead of all of its blocks.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use sealane_ledger::state::Key;
use sealane_tests::blocks::Blocks;
use sealane_tests::command::{CANNOT, DONE, program, refused_for};
use sealane_tests::consortium::Consortium;
use sealane_tests::invoice::Invoice;
use sealane_tests::store::{Byte, alter, row_with};
use sealane_tests::votes::agree;
use sealane_types::ids::RecordId;

/// The first height whose block a node that began with a snapshot has, by its own words.
fn first_block(home: &Path) -> u64 {
    let words = Blocks::header(home, 1).unwrap_err();
    let height = words.split_once("began with a snapshot at height ");
    let height = height.unwrap_or_else(|| panic!("{words}")).1;
    let digits: String = height.chars().take_while(char::is_ascii_digit).collect();
    digits.parse::<u64>().unwrap() + 1
}

/// Two nodes have the same blocks from a height on, and both have them.
fn same_from(network: &Consortium, node: usize, first: u64) {
    // both have what the other had
    network.wait_until_level(node);
    let goal = network.height(node);
    while network.height(0) < goal {
        std::thread::sleep(Duration::from_millis(200));
    }
    let of = |at: usize, height| Blocks::header(&network.bank(at).home, height).unwrap();
    assert!(goal >= first, "it has taken no block: {goal} of {first}");
    for height in first..=goal {
        assert_eq!(of(node, height), of(0, height), "height {height}");
    }
}

/// Writes into a node's configuration that it begins with a snapshot where it has no data.
fn begins_with_a_snapshot(node: &Path) {
    let config = node.join("node.toml");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("begin = \"snapshot\"\n{text}")).unwrap();
}

/// RELIABILITY 37: the first peer that is asked gives one part of the snapshot that is not the chain's: a value of the state, a
/// record, an entry of the log of taken fingerprints. The node leaves it, and begins with what the next one gives.
#[test]
fn a_peer_that_gives_an_altered_part_is_left_and_another_gives_the_snapshot() {
    let mut network = Consortium::start(4);
    let a = network.bank(0);
    let (record, financed) = a.seal_and_finance(&Invoice::new("INV-KEPT"));
    let _ = financed.expect(DONE);
    let _ = a.seal(&Invoice::new("INV-MORE")); // a block above the financing's
    begins_with_a_snapshot(&network.node_folder(3));
    let id: RecordId = record.parse().unwrap();
    let liar = network.node_folder(0).join("data");
    network.kill_node(0);
    let of_state = row_with(&liar, "preimages", Key::record(&id).as_bytes());
    let sealed = Blocks::read(&network.bank(1).home).sealing(&id);
    network.start_node(0);
    let lies: [(&str, &[u8], Byte, &str); 3] = [
        (
            "values",
            &of_state,
            Byte::Last,
            "a part of the state is not valid",
        ),
        (
            "transactions",
            &sealed,
            Byte::Middle,
            "a record is not the one in the state",
        ),
        ("taken", &[], Byte::Last, "the taken log has another digest"),
    ];
    for (family, key, at, fault) in lies {
        network.kill_node(0);
        alter(&liar, family, key, at);
        network.start_node(0);
        network.wait_until_level(1);
        network.kill_node(3);
        network.wipe(3);
        let before = network.log(3).len();
        network.start_node(3);
        let log = network.log(3)[before..].to_owned();
        let line = |what: &str| {
            let found = log.lines().find(|line| line.contains(what));
            found.unwrap_or_else(|| panic!("{family}: no {what:?} in\n{log}"))
        };
        let left = line("no snapshot");
        assert!(
            left.contains("node-a") && left.contains(fault),
            "{family}: {left}"
        );
        assert!(
            line("began with a snapshot").contains("node-b"),
            "{family}: {log}"
        );
        let first = first_block(&network.bank(3).home);
        same_from(&network, 3, first);
        let shown = network
            .bank(3)
            .run(&["record", "show", &record])
            .expect(DONE);
        assert_eq!(shown.text("record"), record);
        network.kill_node(0);
        alter(&liar, family, key, at);
        network.start_node(0);
    }
    let _ = network.bank(3).seal(&Invoice::new("INV-AFTER-LIES"));
}

/// RELIABILITY 5: a validator whose disk is gone has its share of the fingerprint key, and the state; it votes and answers.
#[test]
fn a_validator_that_lost_its_disk_begins_with_a_snapshot_and_is_needed_again() {
    let mut network = Consortium::start(4);
    let (a, b, d) = (network.bank(0), network.bank(1), network.bank(3));
    let before = Invoice::new("INV-BEFORE");
    let (record, financed) = a.seal_and_finance(&before);
    let _ = financed.expect(DONE);
    network.kill_node(3);
    network.wipe(3);
    let home = network.node_folder(3);
    begins_with_a_snapshot(&home);
    // what was left half done is thrown away, however often it is killed
    fs::create_dir(home.join("data.part")).unwrap();
    fs::write(home.join("data.part/CURRENT"), "no such thing").unwrap();
    for wait in [30, 60, 90, 120, 200] {
        let mut node = Command::new(program());
        let node = node.args(["node", "--home"]).arg(&d.home);
        let node = node.stdout(Stdio::null()).stderr(Stdio::null());
        let mut node = node.spawn().unwrap();
        std::thread::sleep(Duration::from_millis(wait));
        node.kill().unwrap();
        node.wait().unwrap();
    }
    network.start_node(3);
    assert!(!home.join("data.part").exists());
    let first = first_block(&d.home);
    // its bank sees what was financed before
    let taken = d.run(&["inquire", &d.file(&before)]).expect(DONE);
    assert_eq!(taken.text("answer"), "taken");
    let (_, twice) = d.seal_and_finance(&before);
    refused_for(twice, "bank-a");
    // three of four: none of them can be spared, neither as voters nor for the fingerprint key
    network.kill_node(0);
    let (_, financed) = b.seal_and_finance(&Invoice::new("INV-AFTER"));
    let _ = financed.expect(DONE);
    network.start_node(0);
    same_from(&network, 3, first);
    // a record from before, which no block of this node has
    network.kill_node(3);
    network.start_node(3);
    let shown = d.run(&["record", "show", &record]).expect(DONE);
    assert_eq!(shown.text("record"), record);
}

#[test]
fn a_newcomer_s_node_begins_with_a_snapshot_and_others_can_begin_with_its() {
    let mut network = Consortium::start(4);
    let a = network.bank(0);
    let (record, financed) = a.seal_and_finance(&Invoice::new("INV-OLD"));
    let _ = financed.expect(DONE);
    // the validators become others: whoever begins here, and its client, must follow them from genesis' on
    let banks = [&a, &network.bank(1), &network.bank(2)];
    agree(&network, &banks, &["power", "node-d", "0"]);
    let (home, other) = (
        network.newcomer("bank-e").0.home,
        network.newcomer("bank-f").0.home,
    );
    let at = network.join_with(&home, &["--snapshot"]);
    let first = first_block(&home);
    let _ = a.seal(&Invoice::new("INV-NEW"));
    same_from(&network, at, first);
    let guest = network.guest(&home);
    let _ = guest.run(&["record", "show", &record]).expect(DONE);
    let before = guest.run(&["events"]).expect(CANNOT);
    let said = format!("the first block here is {first};");
    assert!(before.words().contains(&said), "{before}");
    // blocks of validators whom genesis does not know
    let since = guest.run(&["events", "--from", &first.to_string()]);
    assert_eq!(since.code, DONE, "{since}");

    // the next one asks it alone, as if it were a validator's: what it has not itself taken part in, it can still prove
    let at = network.join_with(&other, &["--snapshot"]);
    assert!(first_block(&other) >= first);
    network.kill_node(at);
    network.wipe(at);
    let config = network.node_folder(at).join("node.toml");
    let mut settings: toml::Table = toml::from_str(&fs::read_to_string(&config).unwrap()).unwrap();
    let peer = fs::read_to_string(network.node_folder(0).join("node.toml")).unwrap();
    let peer: toml::Table = toml::from_str(&peer).unwrap();
    let peers = peer["consensus"]["peers"].as_array().unwrap();
    let named = |peer: &&toml::Value| peer["name"].as_str() == Some("bank-e");
    let mut only = peers.iter().find(named).unwrap().clone();
    only.as_table_mut().unwrap().remove("observer");
    settings["consensus"].as_table_mut().unwrap()["peers"] = toml::Value::Array(vec![only]);
    fs::write(&config, toml::to_string(&settings).unwrap()).unwrap();
    network.start_node(at);
    assert!(first_block(&other) >= first);
    let shown = network.guest(&other).run(&["record", "show", &record]);
    let _ = shown.expect(DONE);
}
