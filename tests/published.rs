//! A check is published by the members, proven over three banks' records, and its outcome stands on the chain for all.
#![allow(clippy::unwrap_used)]

use sealane_tests::command::{DONE, Outcome, REFUSED};
use sealane_tests::network::Network;
use sealane_tests::page::{Shell, blocks, marked};
use sealane_tests::trade::{Trade, bits};

fn submit(trade: &Trade) -> Outcome {
    let mut words = vec!["check", "prove", "template@1", "--submit"];
    let records = trade.records();
    words.extend(records.iter().flat_map(|one| ["--record", one]));
    trade.network.bank('c').run(&words)
}

fn outcome(trade: &Trade, letter: char) -> Outcome {
    let mut words = vec!["check", "outcome", "template@1"];
    let [order, deliveries, invoice] = trade.records();
    let (first, second) = deliveries.split_once(',').unwrap();
    let turned = format!(
        "delivery={second},{}",
        first.trim_start_matches("delivery=")
    );
    for record in [&order, &turned, &invoice] {
        words.extend(["--record", record]);
    }
    trade.network.bank(letter).run(&words)
}

#[test]
fn a_published_checks_outcome_stands_on_the_chain() {
    let trade = Trade::sealed(&|invoice| {
        let [billed, delivered] = [
            ["\"42\"", "7770.00", "8205.00", "2051.25", "10256.25"],
            ["\"40\"", "7400.00", "7835.00", "1958.75", "9793.75"],
        ];
        let pairs = delivered.iter().zip(billed);
        pairs.fold(invoice, |invoice, (right, wrong)| {
            invoice.replace(right, wrong)
        })
    });
    trade.granted("all");
    let refused = submit(&trade).expect(REFUSED);
    assert!(
        refused.words().contains("has not published the check"),
        "{refused}"
    );

    let (a, b) = (trade.network.bank('a'), trade.network.bank('b'));
    let check = Trade::check();
    let words = [
        "check",
        "publish",
        &check,
        "--lines",
        "8",
        "--documents",
        "2",
        "--in",
        "8",
    ];
    let proposed = a.run(&words).expect(DONE);
    assert_eq!(proposed.data["check"], "template@1/8x2");
    let number = proposed.data["proposal"].to_string();
    for bank in [&b, &trade.network.bank('c')] {
        let _ = bank.run(&["proposal", "vote", &number]).expect(DONE);
    }
    let at = proposed.data["at"].as_u64().unwrap();
    let published_now = || b.run(&["check", "published"]).expect(DONE);
    let approved = published_now();
    assert_eq!(approved.data["approved"][0]["from"], at, "{approved}");
    assert_eq!(approved.data["approved"][0]["when"]["made"], false);
    trade.network.busy_until("published", || {
        published_now().data["checks"][0].is_object()
    });
    let published = published_now();
    assert_eq!(published.data["checks"][0]["check"], "template@1/8x2");
    assert_eq!(published.data["checks"][0]["from"], at);
    assert_eq!(published.data["checks"][0]["when"]["made"], true);

    assert_eq!(outcome(&trade, 'a').expect(DONE).data["proven"], false);
    let submitted = submit(&trade).expect(DONE);
    let again = submit(&trade).expect(DONE);
    assert_eq!(again.data["height"], submitted.data["height"]);
    assert!(again.data["transaction"].is_null(), "{again}");
    for letter in ['a', 'b'] {
        let seen = outcome(&trade, letter).expect(DONE);
        assert_eq!(bits(&seen, "met"), bits(&submitted, "standing"));
        assert_eq!(seen.data["met"], false, "42 billed for 40 delivered");
        assert_eq!(seen.data["height"], submitted.data["height"]);
    }

    let words = [
        "proposal",
        "new",
        "--in",
        "8",
        "retire-check",
        "template@1/8x2",
    ];
    let retired = a.run(&words).expect(DONE);
    let number = retired.data["proposal"].to_string();
    for bank in [&b, &trade.network.bank('c')] {
        let _ = bank.run(&["proposal", "vote", &number]).expect(DONE);
    }
    let seen = || b.run(&["check", "published"]).expect(DONE).data["checks"][0]["until"].clone();
    trade.network.busy_until("retired", || seen().is_u64());
    assert_eq!(
        outcome(&trade, 'a').expect(DONE).data["proven"],
        true,
        "history stays"
    );
    assert_eq!(seen(), retired.data["at"]);
}

/// The commands of the manual's page that need a network, on the check that the page declares.
#[test]
fn the_page_on_writing_checks_publishes_one() {
    let page = include_str!("../docs/write-a-check.md");
    let network = Network::start(3);
    let declared = marked(page).find(|(mark, _)| *mark == "check");
    std::fs::write(network.desk().join("on-terms.check"), declared.unwrap().1).unwrap();
    let mut shell = Shell::open(network.desk());
    for scene in ["network", "published"] {
        let [block] = &blocks(page, scene)[..] else {
            panic!("one block");
        };
        network.bank('a').until_in_effect();
        shell.plays(block);
    }
}
