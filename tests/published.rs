//! A check is published by the members, proven over three banks' records, and its outcome stands on the chain for all.
#![allow(clippy::unwrap_used)]

use sealane_tests::command::{DONE, INVALID, Outcome, REFUSED, program};
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

    let words = ["check", "retire", "template@1/8x2", "--in", "8"];
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

const SALE: &str = r#"
name = "sale"
version = 1
about = "An order, its deliveries and its invoice."
party = [{ name = "buyer", role = "company" }, { name = "carrier", role = "carrier" }, { name = "seller", role = "company" }, { name = "bank", role = "bank" }]
document = [{ name = "order", kind = "Order", by = "buyer" }, { name = "delivery", kind = "Waybill", by = "carrier", list = true }, { name = "invoice", kind = "Invoice", by = "seller" }]
stage = [{ name = "opened" }, { name = "ordered" }, { name = "delivered" }, { name = "invoiced" }, { name = "financeable" }, { name = "financed" }, { name = "paid" }, { name = "cancelled" }]
step = [
    { name = "order", by = "buyer", from = ["opened"], document = "order", to = "ordered" },
    { name = "deliver", by = "carrier", from = ["ordered"], document = "delivery", to = "delivered" },
    { name = "invoice", by = "seller", from = ["delivered"], document = "invoice", to = "invoiced" },
    { name = "cancel", by = "buyer", from = ["invoiced"], to = "cancelled" },
]
check = [{ name = "template@1", documents = ["order", "delivery", "invoice"] }]
move = [{ from = "invoiced", to = "financeable", checks = ["template@1"] }]
financing = { document = "invoice", by = "bank", at = "financeable", financed = "financed", paid = "paid" }
"#;

/// Bank A proposes by a command, the others vote, and the change takes effect: what the proposal said.
fn agreed(trade: &Trade, words: &[&str]) -> Outcome {
    let words = [words, &["--in", "8"]].concat();
    let proposed = trade.network.bank('a').run(&words).expect(DONE);
    let number = proposed.data["proposal"].to_string();
    for letter in ['b', 'c'] {
        let words = ["proposal", "vote", &number];
        let _ = trade.network.bank(letter).run(&words).expect(DONE);
    }
    trade.network.bank('a').until_in_effect();
    proposed
}

#[test]
fn a_check_is_made_void_and_every_command_says_so() {
    let trade = Trade::sealed(&|invoice| invoice);
    trade.granted("all");
    let check = Trade::check();
    let sizes = ["--lines", "8", "--documents", "2"];
    agreed(
        &trade,
        &[&["check", "publish", &check][..], &sizes].concat(),
    );
    let sale = trade.path("sale.toml");
    std::fs::write(&sale, SALE).unwrap();
    agreed(&trade, &["workflow", "publish", &sale]);
    let run = |letter: char, words: &[&str]| trade.network.bank(letter).run(words);
    let alias = |letter: char| {
        let listed = run(letter, &["alias", "list"]).expect(DONE);
        let mut all = listed.data["aliases"].as_array().unwrap().iter();
        let customer = all.find(|one| one["customer"] == "customer").unwrap();
        customer["alias"].as_str().unwrap().to_owned()
    };
    let (carrier, seller) = (
        format!("carrier={}", alias('b')),
        format!("seller={}", alias('c')),
    );
    let parties = [
        "--party",
        "buyer=customer",
        "--party",
        &carrier,
        "--party",
        &seller,
        "--party",
        "bank=bank-c",
    ];
    let open = [&["trade", "open", "sale@1"][..], &parties].concat();
    let id = run('a', &open).expect(DONE).text("trade").to_owned();
    let step = |letter, step, records: &str| {
        let words = ["trade", "step", &id, step, "--record", records];
        let _ = run(letter, &words).expect(DONE);
    };
    step('a', "order", &trade.order);
    step('b', "deliver", &trade.deliveries.join(","));
    step('c', "invoice", &trade.invoice);
    let prove = ["check", "prove", "template@1", "--trade", &id, "--submit"];
    let _ = run('c', &prove).expect(DONE);
    let show = || run('b', &["trade", "show", &id]).expect(DONE);
    assert_eq!(show().text("stage"), "financeable");
    let file = trade.path("proof");
    let _ = trade.prove(&trade.records(), &file).expect(DONE);
    let verify = ["check", "verify", &file];
    let _ = run('b', &verify).expect(DONE);

    for (words, advice) in [
        (
            &["template@1"][..],
            "say at which sizes template@1 is retired",
        ),
        (
            &["template@1/8x2", "--void"][..],
            "check retire template@1 --void",
        ),
    ] {
        let said = run('a', &[&["check", "retire"], words].concat()).expect(INVALID);
        assert!(said.words().contains(advice), "{said}");
    }
    let proposed = agreed(&trade, &["check", "retire", "template@1", "--void"]);
    let number = proposed.data["proposal"].to_string();
    let fallen = show();
    assert_eq!(fallen.text("stage"), "invoiced");
    let void = &fallen.data["checks"][0]["void"];
    assert!(void.is_object(), "{fallen}");
    assert_eq!(
        fallen.data["since_milliseconds"],
        void["since_milliseconds"]
    );
    let [order, deliveries, invoice] = trade.records();
    let mut outcome = vec!["check", "outcome", "template@1"];
    let records = [&order, &deliveries, &invoice];
    outcome.extend(records.into_iter().flat_map(|one| ["--record", one]));
    let shown: [(&[&str], &str); 5] = [
        (&["trade", "show", &id], "/checks/0/void"),
        (&["check", "published"], "/checks/0/void"),
        (&["proposal", "show", &number], "/void"),
        (&["workflow", "show", "sale@1"], "/void_checks/0/void"),
        (&outcome, "/void"),
    ];
    let since = format!("void since {}", void["since"].as_str().unwrap());
    for (words, place) in shown {
        let said = run('b', words).expect(DONE);
        assert_eq!(said.data.pointer(place), Some(void), "{said}");
        let plain = plain(&trade, words);
        assert!(plain.contains(&since), "{words:?}: {plain}");
    }
    let seen = plain(&trade, &["trade", "show", &id]);
    let ends = "invoiced → financeable does not happen any more, as template@1 is void";
    assert!(seen.contains(ends) && !seen.contains("can prove"), "{seen}");
    let listed = plain(&trade, &["proposal", "list"]);
    let change = "make a check void template@1: no proof of it counts any more, in open trades too";
    assert!(listed.contains(change), "{listed}");

    let other_size = ["check", "publish", &check, "--lines", "16"];
    let next = trade.path("next.toml");
    std::fs::write(&next, SALE.replace("version = 1", "version = 2")).unwrap();
    let retire = ["check", "retire", "template@1", "--void"];
    let next_version = "publish the next version of the check";
    let refused: [(char, &[&str], &str); 7] = [
        ('c', &prove, "prove the version that takes its place"),
        ('b', &verify, "template@1 is void"),
        ('a', &open, "sealane workflow publish"),
        ('a', &other_size, next_version),
        (
            'a',
            &["workflow", "publish", &next],
            "ask for another version of it",
        ),
        ('a', &retire, next_version),
        (
            'c',
            &["finance", &trade.invoice, "--trade", &id],
            "template@1 is void since",
        ),
    ];
    for (letter, words, advice) in refused {
        let said = run(letter, words).expect(REFUSED);
        assert!(said.words().contains(advice), "{said}");
    }
    let _ = run('a', &["trade", "step", &id, "cancel"]).expect(DONE);
    assert_eq!(show().text("stage"), "cancelled");
}

/// What a command of bank B's prints for people.
fn plain(trade: &Trade, words: &[&str]) -> String {
    let home = trade.network.folder().join("bank-b");
    let mut command = std::process::Command::new(program());
    let output = command.arg("--home").arg(home).args(words).output();
    String::from_utf8(output.unwrap().stdout).unwrap()
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
