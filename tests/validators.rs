//! Nodes that become validators, and keys that become others, by the commands of whoever runs them.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use sealane_tests::blocks::Blocks;
use sealane_tests::command::{DONE, INVALID, REFUSED, sealane};
use sealane_tests::consortium::Consortium;
use sealane_tests::invoice::Invoice;
use sealane_tests::network::{Bank, Network};
use sealane_tests::votes::{agree, until};
use sealane_types::ids::AliasId;
use toml::Table;

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// The file of that name among the files of a test.
fn desk(network: &Consortium, name: &str) -> String {
    shown(&network.desk().join(name))
}

fn config(bank: &Bank) -> Table {
    let text = fs::read_to_string(bank.home.join("node/node.toml")).unwrap();
    text.parse().unwrap()
}

/// Whether this node has the peer as an observer.
fn observes(bank: &Bank, id: &str) -> bool {
    let config = config(bank);
    let peers = config["consensus"]["peers"].as_array().unwrap();
    let peer = peers.iter().find(|peer| peer["id"].as_str() == Some(id));
    peer.unwrap().get("observer").is_some()
}

#[test]
fn a_joined_bank_s_node_becomes_a_validator_without_which_nothing_is_decided() {
    let mut network = Consortium::start(4);
    let [a, b, c] = [0, 1, 2].map(|at| network.bank(at));
    let (e, request) = network.newcomer("bank-e");
    agree(&network, &[&a, &b, &c], &["admit", &request]);
    let without = desk(&network, "without.json");
    let words = ["validator", "request", "--name", "node-e", "--out"];
    let early = e.run(&[&words[..], &[&without]].concat()).expect(INVALID);
    assert!(early.words().contains("network join"), "{early}");
    let own = network.join(&e.home);
    until("it has the chain", || {
        network.height(own) >= network.height(0)
    });
    assert_eq!(network.status(own).validator, "bank-e");

    let of_genesis = a.run(&[&words[..], &[&without]].concat()).expect(INVALID);
    assert!(of_genesis.words().contains("since genesis"), "{of_genesis}");
    let (first, file) = (desk(&network, "first.json"), desk(&network, "node-e.json"));
    let asked = e.run(&[&words[..], &[&first]].concat()).expect(DONE);
    let id = asked.text("peer").to_owned();
    assert!(observes(&a, &id), "others are told by hand, or with --dir");
    let dir = shown(&network.network());
    let again = e.run(&[&words[..], &[&file, "--dir", &dir]].concat());
    let again = again.expect(DONE);
    assert_eq!(again.text("alias"), asked.text("alias"), "typed again");
    assert_eq!(again.number("nodes_told"), 4);
    assert!((0..4).all(|at| !observes(&network.bank(at), &id)));
    let over = e.run(&[&words[..], &[&file]].concat()).expect(INVALID);
    assert!(over.words().contains("exists already"), "{over}");

    let banks = [&a, &b, &c, &e]; // four of five must agree
    agree(&network, &banks, &["admit", &file]);
    network.kill_node(own);
    network.start_node(own);
    until("it has the chain", || {
        network.height(own) >= network.height(0)
    });
    let name = network.status(own).validator;
    assert_eq!(name, "node-e", "by what the chain says");
    agree(&network, &banks, &["power", "node-e", "1"]);
    let holders = "node-a,node-b,node-c,node-d,node-e";
    agree(&network, &banks, &["share", "--holders", holders]);
    until("each of the five has a share", || {
        let has = |at, file| {
            network
                .bank(at)
                .home
                .join("node/shares")
                .join(file)
                .exists()
        };
        // the old ones, and the round's keys, go once all five have confirmed
        let only_new =
            |at| has(at, "2.share.age") && !has(at, "1.share.age") && !has(at, "2.key.age");
        (0..5).all(only_new)
    });

    // of five, four must sign and four must answer: without one of the old ones the new one is needed for both
    network.kill_node(1);
    let (_, financed) = e.seal_and_finance(&Invoice::new("INV-FIVE"));
    let _ = financed.expect(DONE);
    let (_, again) = a.seal_and_finance(&Invoice::new("INV-FIVE"));
    let _ = again.expect(REFUSED);
    assert_eq!(network.status(0).validators, 5);
    let alias: AliasId = asked.text("alias").parse().unwrap();
    let signers = Blocks::signers(&a.home, network.height(0));
    assert!(signers.contains(&alias), "{signers:?}");
    network.start_node(1);
    let _ = network.agreed();
}

fn copied(from: &Path, to: &str) -> Vec<u8> {
    let bytes = fs::read(from).unwrap();
    fs::write(to, &bytes).unwrap();
    bytes
}

#[test]
fn keys_become_others_under_way_and_the_old_ones_are_refused() {
    let mut network = Consortium::start(4);
    let [a, b, c, d] = [0, 1, 2, 3].map(|at| network.bank(at));
    let words = [
        "alias",
        "register",
        "acme",
        "--shared",
        "--id",
        "vat:DE129273398",
    ];
    let _ = a.run(&words).expect(DONE);
    let (before, financed) = a.seal_and_finance(&Invoice::new("INV-BEFORE"));
    let receipt = financed.expect(DONE).text("receipt").to_owned();

    // a bank's key: it works while both wait, and under way it changes by itself
    let (first, file) = (desk(&network, "first.json"), desk(&network, "bank-a.json"));
    let old_home = copied(&a.home.join("keystore.age"), &desk(&network, "old.age"));
    let _ = a.run(&["member", "rekey", "--out", &first]).expect(DONE);
    let _ = a.run(&["member", "rekey", "--out", &file]).expect(DONE);
    assert_eq!(fs::read(&first).unwrap(), fs::read(&file).unwrap());
    let waits = a.home.join("keystore-next.age");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&waits).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "nobody else's to read");
    }
    let _ = a.run(&["proposal", "new", "admit", &file]).expect(INVALID);
    let _ = a.seal(&Invoice::new("INV-BOTH"));
    agree(&network, &[&a, &b, &c], &["key", &file]);
    let _ = a.seal(&Invoice::new("INV-AFTER"));
    assert!(!waits.exists(), "the old key is forgotten");
    works(&a, &before, "INV-A");
    let key = |bank: &Bank, name: &str| {
        let listed = bank.run(&["member", "list"]).expect(DONE);
        let members = listed.data["members"].as_array().unwrap().clone();
        let found = members.into_iter().find(|one| one["name"] == name);
        found.unwrap()["key"].as_str().unwrap().to_owned()
    };
    let asked: serde_json::Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    assert_eq!(key(&b, "bank-a"), asked["key"].as_str().unwrap());
    let new_home = fs::read(a.home.join("keystore.age")).unwrap();
    fs::write(a.home.join("keystore.age"), &old_home).unwrap();
    let refused = a.run(&["seal", &a.file(&Invoice::new("INV-OLD"))]);
    assert!(
        refused.code != DONE && refused.words().contains("signature"),
        "{refused}"
    );
    fs::write(a.home.join("keystore.age"), &new_home).unwrap();
    let _ = a.seal(&Invoice::new("INV-NEW"));

    // a validator's key: the node changes to it while it runs
    let file = desk(&network, "node-d.json");
    let (node, old) = (d.home.join("node"), desk(&network, "old-node.age"));
    let old_node = copied(&node.join("validator.age"), &old);
    let _ = d.run(&["validator", "rekey", "--out", &file]).expect(DONE);
    agree(&network, &[&a, &b, &c], &["key", &file]);
    let told = network.log(3);
    assert!(told.contains("signs with its new key"), "{told}");
    assert!(!node.join("validator-next.age").exists());
    network.kill_node(2); // of four, three must sign and three must answer
    let (_, financed) = a.seal_and_finance(&Invoice::new("INV-D-NEEDED"));
    let _ = financed.expect(DONE);
    // the same after a start; its peers know it again, and it is called as before
    network.kill_node(3);
    network.start_node(3);
    assert_eq!(network.status(3).validator, "node-d");
    let (_, financed) = a.seal_and_finance(&Invoice::new("INV-D-AGAIN"));
    let _ = financed.expect(DONE);

    // with its old key it signs nothing that counts
    network.kill_node(3);
    let new_node = fs::read(node.join("validator.age")).unwrap();
    fs::write(node.join("validator.age"), &old_node).unwrap();
    network.start_node(3);
    until("it says what is wrong", || {
        network.log(3).contains("what it signs does not count")
    });
    let height = network.height(0);
    let waiting = a.begin(&["seal", &a.file(&Invoice::new("INV-WAITS"))]);
    std::thread::sleep(std::time::Duration::from_secs(8));
    assert!(network.height(0) <= height + 1, "an old key was counted");
    network.kill_node(3);
    fs::write(node.join("validator.age"), &new_node).unwrap();
    network.start_node(3);
    let _ = waiting.wait().expect(DONE);
    network.start_node(2);
    let _ = sealane(&["receipt", "verify", &receipt]).expect(DONE);
    let _ = network.agreed();
}

/// What derives from a home's secret is as before: customers, records, fingerprints.
fn works(bank: &Bank, before: &str, number: &str) {
    let shown = bank.run(&["record", "show", before]).expect(DONE);
    assert!(shown.data.to_string().contains("INV-BEFORE"), "{shown}");
    let file = bank.file(&Invoice::new(number));
    let sealed = bank.run(&["seal", &file, "--as", "acme"]).expect(DONE);
    let _ = bank.run(&["finance", sealed.text("record")]).expect(DONE);
    let words = ["release", before, "--reason", "repaid"];
    let _ = bank.run(&words).expect(DONE);
}

#[test]
fn the_only_validator_and_its_only_bank_change_their_keys_too() {
    let mut network = Network::start(1);
    let a = network.bank('a');
    let (of_node, of_home) = (
        shown(&network.desk().join("node.json")),
        shown(&network.desk().join("home.json")),
    );
    let node = shown(network.node_home());
    let words = ["--home", &node, "validator", "rekey", "--out", &of_node];
    let _ = sealane(&words).expect(DONE);
    let _ = a.run(&["member", "rekey", "--out", &of_home]).expect(DONE);
    for file in [&of_node, &of_home] {
        let words = ["proposal", "new", "--in", "8", "key", file];
        let _ = a.run(&words).expect(DONE);
    }
    let waits = [
        Path::new(&node).join("validator-next.age"),
        a.home.join("keystore-next.age"),
    ];
    assert!(waits.iter().all(|path| path.exists()));
    let mut number = 0;
    until("both have changed", || {
        number += 1;
        let _ = a.seal(&Invoice::new(&format!("INV-{number}")));
        waits.iter().all(|path| !path.exists())
    });
    network.kill_node();
    network.start_node();
    let (_, financed) = a.seal_and_finance(&Invoice::new("INV-AFTER"));
    let _ = financed.expect(DONE);
}
