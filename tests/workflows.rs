//! The manual's page on trades, played: its commands in one shell on a network, what it says that they print, and where the trade stands after each block.
#![allow(clippy::unwrap_used)]

use std::fs;

use sealane_tests::command::{DONE, INVALID, root, sealane};
use sealane_tests::network::Network;
use sealane_tests::page::{Shell, blocks, copy_folder};

/// Plays a scene and gives the trade's stage after each block, as a bank that opened nothing reads it.
fn play(scene: &str, network: &Network) -> Vec<String> {
    let page = fs::read_to_string(root().join("docs/run-a-trade.md")).unwrap();
    copy_folder(&root().join("examples/workflows"), network.desk());
    let (mut shell, reader) = (Shell::open(network.desk()), network.bank('b'));
    let mut stages = Vec::new();
    for block in blocks(&page, scene) {
        network.bank('a').until_in_effect(); // what the page says to wait for
        let trade = shell.plays(&block);
        if !trade.is_empty() {
            let seen = reader.run(&["trade", "show", &trade]).expect(DONE);
            stages.push(seen.text("stage").to_owned());
        }
    }
    stages
}

#[test]
fn the_page_leads_from_an_order_to_its_payment() {
    let stages = play("trade", &Network::start(3));
    let stopped = ["invoiced"; 9]; // billed, granted, proven twice, seen, refused, corrected, proven, refused
    let before = ["opened", "ordered", "confirmed", "delivered", "delivered"];
    let after = ["financeable", "financed", "paid"];
    assert_eq!(stages, [&before[..], &stopped, &after].concat());
}

#[test]
fn the_page_leads_through_a_letter_of_credit() {
    let id = "bank-a=vat:IT09325180744";
    let page = fs::read_to_string(root().join("docs/run-a-trade.md")).unwrap();
    let begins = format!("sealane network init --dir net --banks 3 --nodes one --id {id}\n");
    assert!(page.contains(&begins));
    let network = Network::start_with(3, &["--id", id]);
    let stages = play("credit", &network);
    let steps = ["opened", "applied", "issued", "shipped", "presented"];
    let after = ["presented", "complying", "financed", "paid"];
    assert_eq!(stages, [&steps[..], &after].concat());
}

#[test]
fn identifiers_of_nobody_or_that_are_none_make_no_network() {
    let folder = tempfile::tempdir().unwrap();
    let net = folder.path().join("net").display().to_string();
    let refused = |id: &str| {
        let words = ["network", "init", "--dir", &net, "--banks", "2", "--id", id];
        let said = sealane(&words).expect(INVALID).words();
        assert!(!folder.path().join("net").exists(), "{said}");
        said
    };
    let stranger = refused("bank-z=vat:IT09325180744");
    assert!(stranger.contains("bank-a, bank-b"), "{stranger}");
    assert!(refused("vat:IT09325180744").contains("name=scheme:value"));
    assert!(refused("bank-a=vat:").contains("names nobody"));
}
