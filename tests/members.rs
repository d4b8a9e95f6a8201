//! Who takes part: a bank's customers under aliases, newcomers, votes, and validators that come and go.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use sealane_ledger::validator_set_hash;
use sealane_tests::command::{
    CANNOT, DONE, INVALID, Outcome, REFUSED, program, refused_for, root, sealane,
};
use sealane_tests::consortium::Consortium;
use sealane_tests::invoice::Invoice;
use sealane_tests::network::{Bank, Network};
use sealane_tests::votes::agree;
use sealane_types::block::ValidatorSet;
use sealane_types::ids::ValidatorSetHash;
use serde_json::Value;

/// The row of a list whose `key` is `name`.
fn row(outcome: Outcome, list: &str, key: &str, name: &str) -> Value {
    let outcome = outcome.expect(DONE);
    let rows = outcome.data[list].as_array().unwrap().clone();
    let found = rows.into_iter().find(|row| row[key] == name);
    found.unwrap_or_else(|| panic!("no {name} among {list}:\n{outcome}"))
}

#[test]
fn a_customer_s_documents_are_sealed_under_its_alias_and_the_chain_has_no_name() {
    let network = Network::start(2);
    let (a, b) = (network.bank('a'), network.bank('b'));
    let id = "vat:DE 129273398";
    let words = ["alias", "register", "acme", "--id", id];
    // the harness' own customer has this number
    let other = a.run(&words).expect(INVALID);
    assert!(other.words().contains("--shared"), "{}", other.words());
    let words = ["alias", "register", "acme", "--shared", "--id", id];
    let acme = a.run(&words).expect(DONE);
    let again = a.run(&words).expect(DONE);
    assert_eq!(acme.text("alias"), again.text("alias"), "typed again");
    assert_eq!(
        (&acme.data["already"], &again.data["already"]),
        (&false.into(), &true.into())
    );
    let other_id = ["alias", "register", "acme", "--id", "vat:DE129274202"];
    let _ = a.run(&other_id).expect(INVALID);
    let no_id = ["alias", "register", "x", "--id", "DE1"];
    let _ = a.run(&no_id).expect(INVALID);

    let invoice = Invoice::new("INV-ACME-1");
    let file = a.file(&invoice);
    let sealed = a.run(&["seal", &file, "--as", "acme"]).expect(DONE);
    assert_eq!(sealed.text("sealer"), acme.text("alias"));
    let _ = a.run(&["finance", sealed.text("record")]).expect(DONE);
    let (_, twice) = b.seal_and_finance(&invoice);
    refused_for(twice, "bank-a");
    let of_b = b.run(&["seal", &file, "--as", "acme"]).expect(INVALID);
    assert!(of_b.words().contains("no customer"), "{}", of_b.words());

    let trade = |number: &str| {
        let file = a.file(&Invoice::new(number));
        let words = ["seal", &file, "--as", "acme", "--one-trade"];
        a.run(&words).expect(DONE).text("sealer").to_owned()
    };
    let (first, second) = (trade("INV-ACME-2"), trade("INV-ACME-3"));
    assert_ne!(first, second, "each trade has an alias of its own");
    assert!(first != acme.text("alias"));
    lists_are_searched(&a, sealed.text("record"));

    let _ = a.run(&["alias", "suspend", "acme"]).expect(DONE);
    let listed = row(a.run(&["alias", "list"]), "aliases", "alias", &first);
    assert_eq!(listed["standing"], "suspended");
    let file = a.file(&Invoice::new("INV-ACME-4"));
    let suspended = a.run(&["seal", &file, "--as", "acme"]);
    refused_for(suspended, "suspended");
    let _ = a.run(&["alias", "resume", "acme"]).expect(DONE);
    let _ = a.run(&["seal", &file, "--as", "acme"]).expect(DONE);

    nothing_is_sealed_or_registered_by_mistake(&a, &file);
    what_is_wrong_is_said_with_what_to_do(&a, &file, sealed.text("record"));
    reads_share_a_home_and_writers_wait(&a, sealed.text("record"));
    votes_say_what_they_decide(&a, &b);
    let book = fs::read(a.home.join("customers.bin")).unwrap();
    assert!(!contains(&book, b"acme"), "the book is not encrypted");
    assert!(
        !anywhere(network.node_home(), b"acme"),
        "the node knows the name"
    );
}

/// `record list` and `financing list`: three records of acme's, of which the first is financed.
fn lists_are_searched(bank: &Bank, financed: &str) {
    let found = |words: &[&str]| {
        let found = bank.run(words).expect(DONE);
        let records = found.data["records"].as_array().unwrap();
        let numbers = records.iter().map(|one| one["number"].as_str().unwrap());
        let numbers: Vec<String> = numbers.map(str::to_owned).collect();
        (numbers, found.number("found"), found.number("pages"))
    };
    let numbers = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
    let newest = numbers(&["INV-ACME-3", "INV-ACME-2"]);
    let page = ["record", "list", "--number", "inv-acme", "--per-page", "2"];
    assert_eq!(found(&page), (newest, 3, 2));
    let oldest = numbers(&["INV-ACME-1"]);
    assert_eq!(
        found(&[&page[..], &["--page", "2"]].concat()),
        (oldest, 3, 2)
    );
    let of_acme = ["--customer", "acme", "--state", "financed"];
    let one = (numbers(&["INV-ACME-1"]), 1, 1);
    assert_eq!(found(&[&["record", "list"], &of_acme[..]].concat()), one);
    assert_eq!(found(&["financing", "list"]), one);
    let none = (Vec::new(), 0, 1);
    assert_eq!(found(&["financing", "list", "--until", "1999-12-31"]), none);
    let listed = bank.run(&["financing", "list"]).expect(DONE);
    let listed = &listed.data["records"][0];
    assert_eq!(listed["record"], financed);
    assert_eq!(
        (&listed["state"], &listed["kind"]),
        (&"financed".into(), &"Invoice".into())
    );
    assert_eq!(listed["customer"], "acme");
    assert!(
        listed["payable_amount"]
            .as_str()
            .is_some_and(|amount| !amount.is_empty())
    );
    let day = listed["issue_date"].as_str().unwrap();
    assert_eq!(
        found(&["financing", "list", "--from", day, "--until", day]),
        one
    );
    for wrong in [
        ["--from", "2026-13-01"],
        ["--state", "nowhere"],
        ["--page", "0"],
    ] {
        let words = [&["record", "list"], &wrong[..]].concat();
        let outcome = bank.run(&words);
        assert_eq!(outcome.code, INVALID, "{outcome}");
    }
    // for people
    let shown = std::process::Command::new(program())
        .args([
            "--home",
            &bank.home.display().to_string(),
            "financing",
            "list",
        ])
        .output()
        .unwrap();
    let text = String::from_utf8(shown.stdout).unwrap();
    let line = text
        .lines()
        .find(|line| line.starts_with(financed))
        .unwrap();
    assert!(
        line.contains("financed") && line.contains("INV-ACME-1"),
        "{text}"
    );
    assert!(text.contains("1 found; page 1 of 1"), "{text}");
}

/// While a command works in a home, others read there, beside one another; one that writes waits if it is told to.
fn reads_share_a_home_and_writers_wait(bank: &Bank, record: &str) {
    let lock = fs::File::options().write(true).open(bank.home.join("lock"));
    let lock = lock.unwrap();
    lock.lock().unwrap();
    let reads: [&[&str]; 6] = [
        &["record", "show", record],
        &["alias", "list"],
        &["member", "list"],
        &["proposal", "list"],
        &["trade", "list"],
        &["grants"],
    ];
    let running: Vec<_> = reads.iter().map(|words| bank.begin(words)).collect();
    for reading in running {
        let _ = reading.wait().expect(DONE);
    }
    let file = bank.file(&Invoice::new("INV-WAITS"));
    let busy = bank.run(&["seal", &file]).expect(CANNOT);
    assert!(busy.words().contains("--wait"), "{busy}");
    let waits = bank.begin(&["seal", &file, "--wait", "600"]);
    drop(lock);
    let _ = waits.wait().expect(DONE);
    let status = bank.run(&["node", "status"]).expect(DONE);
    assert!(status.number("height") > 0, "{status}");
}

fn votes_say_what_they_decide(a: &Bank, b: &Bank) {
    let words = [
        "proposal",
        "new",
        "limits",
        "--inquiries-per-day",
        "77",
        "--in",
        "50",
    ];
    let mut hurried = words;
    hurried[6] = "1";
    let hurried = a.run(&hurried).expect(INVALID);
    assert!(hurried.words().contains("no time to vote"), "{hurried}");
    let proposed = a.run(&words).expect(DONE);
    let number = proposed.number("proposal").to_string();
    let show = || b.run(&["proposal", "show", &number]).expect(DONE);
    let open = show();
    assert_eq!(open.text("stage"), "open");
    assert_eq!(open.data["have_not_voted"], serde_json::json!(["bank-b"]));
    assert_eq!(open.number("at"), proposed.number("at"));
    assert_eq!(open.data["when"]["made"], false);
    let vote = b.run(&["proposal", "vote", &number]).expect(DONE);
    assert!(vote.text("change").contains("77 inquiries"), "{vote}");
    assert_eq!(show().text("stage"), "approved");
    let _ = b.run(&["proposal", "show", "9"]).expect(INVALID);
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

/// Whether a word stands in any file below a folder.
fn anywhere(folder: &Path, word: &[u8]) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => anywhere(&path, word),
            false => contains(&fs::read(&path).unwrap(), word),
        }
    })
}

#[test]
fn members_are_admitted_and_validators_leave_and_return_while_everybody_works_on() {
    let mut network = Consortium::start(4);
    let [a, b, c, d] = [0, 1, 2, 3].map(|at| network.bank(at));
    let (e, request) = network.newcomer("bank-e");
    let home = e.home.clone();
    let early = e.run(&["seal", &e.file(&Invoice::new("INV-E-0"))]);
    refused_for(early, "no alias");
    agree(&network, &[&a, &b, &c], &["admit", &request]); // two of four are not enough
    let listed = row(a.run(&["member", "list"]), "members", "name", "bank-e");
    assert_eq!(
        (&listed["role"], &listed["standing"]),
        (&"bank".into(), &"active".into())
    );
    // its own node is let in by the others while they run, follows from the first block, and serves it
    let own = network.join(&home);
    let text = fs::read_to_string(home.join("home.toml")).unwrap();
    assert!(!text.contains(&fs::read_to_string(a.home.join("node/address")).unwrap()));
    network.wait_until_level(own);
    let invoice = Invoice::new("INV-E-1");
    let (_, financed) = e.seal_and_finance(&invoice);
    let financed = financed.expect(DONE);
    let (_, twice) = d.seal_and_finance(&invoice);
    let _ = twice.expect(REFUSED);

    agree(&network, &[&a, &b, &c, &e], &["power", "node-d", "0"]);
    assert_eq!(signed_by(&network), without_d(&network));
    // clients that knew the old set alone follow, and receipts hold across the turn, offline
    let (_, later) = d.seal_and_finance(&Invoice::new("INV-D-2"));
    let later = later.expect(DONE);
    for financed in [&financed, &later] {
        let receipt = financed.text("receipt");
        let _ = sealane(&["receipt", "verify", receipt]).expect(DONE);
    }
    agree(&network, &[&a, &b, &c, &e], &["power", "node-d", "1"]);
    let first = network.blocks(0).genesis.validators;
    assert_eq!(signed_by(&network), validator_set_hash(&first));
    let (_, after) = d.seal_and_finance(&Invoice::new("INV-D-3"));
    let _ = after.expect(DONE);
    let _ = network.agreed();
}

/// The validators that the last block names.
fn signed_by(network: &Consortium) -> ValidatorSetHash {
    network.blocks(0).blocks.last().unwrap().header.validators
}

fn without_d(network: &Consortium) -> ValidatorSetHash {
    let genesis = network.blocks(0).genesis;
    let gone = genesis.named("node-d").unwrap().id;
    let mut left = genesis.validators.validators().to_vec();
    left.retain(|validator| validator.alias != gone);
    validator_set_hash(&ValidatorSet::new(left).unwrap())
}

/// Without a terminal nobody can be asked: the option that says so is needed, and named.
fn nothing_is_sealed_or_registered_by_mistake(a: &Bank, of_acme: &str) {
    let twice = ["alias", "register", "acme two", "--id", "vat:DE129273398"];
    let said = a.run(&twice).expect(INVALID);
    let words = said.words();
    assert!(
        words.contains("customer kettle already") && words.contains("--shared"),
        "{said}"
    );
    let other = ["alias", "register", "other", "--id", "vat:DE129274202"];
    let other = a.run(&other).expect(DONE);
    let seal = ["seal", of_acme, "--as", "other"];
    let said = a.run(&seal).expect(INVALID);
    let words = said.words();
    let named =
        words.contains("does not name other as its seller") && words.contains("--confirmed");
    assert!(named, "{said}");
    let sealed = a.run(&[&seal[..], &["--confirmed"]].concat()).expect(DONE);
    assert_eq!(sealed.text("sealer"), other.text("alias"));
}

fn what_is_wrong_is_said_with_what_to_do(a: &Bank, xml: &str, record: &str) {
    let home = a.home.to_str().unwrap();
    let network = a.home.parent().unwrap().to_str().unwrap();
    let order = root().join("examples/order.xml");
    let order = order.to_str().unwrap();
    let record = format!("order={record}");
    let prove = [
        "--home",
        home,
        "check",
        "prove",
        "invoice-order",
        "--record",
        &record,
    ];
    for (words, right) in [
        (
            &["--home", network, "alias", "list"][..],
            "name one of the homes in it, as --home",
        ),
        (&["--home", xml, "alias", "list"], "this is no home"),
        (
            &["--home", "away", "alias", "list"],
            "there is no such folder",
        ),
        (
            &["--home", home, "node", "log", "info"],
            "name the node's folder, or the home of the bank",
        ),
        (
            &["receipt", "verify", xml],
            "it is xml, a business document perhaps. name the file that",
        ),
        (
            &["taste", order],
            "of kind order; only invoices are financed",
        ),
        (&prove, "--out file writes it to a file"),
        (
            &["--home", home, "import", xml],
            "file of another kind; sealane grant writes",
        ),
        (
            &["--home", home, "contact", "add", xml],
            "is no card. a contact is added from its card",
        ),
    ] {
        let said = sealane(words);
        assert!(said.code != DONE && said.words().contains(right), "{said}");
    }
}

#[test]
fn a_regulator_s_node_follows_and_verifies_and_has_neither_vote_nor_share() {
    let mut network = Consortium::start_with(4, 1);
    let (a, regulator) = (network.bank(0), network.bank(4));
    let (record, financed) = a.seal_and_finance(&Invoice::new("INV-1"));
    let _ = financed.expect(DONE);
    let _ = network.agreed();
    // what it is shown is proven, and no more than the chain shows
    let shown = regulator.run(&["record", "show", &record]).expect(DONE);
    assert_eq!(shown.text("state"), "financed", "{shown}");
    let mine = a.run(&["record", "show", &record]).expect(DONE);
    assert!(mine.data.to_string().contains("INV-1"), "{mine}");
    assert!(!shown.data.to_string().contains("INV-1"), "{shown}");
    refused_for(
        regulator.run(&["seal", &regulator.file(&Invoice::new("INV-2"))]),
        "a regulator may not",
    );
    // with two of four validators away nothing is decided, whoever watches
    network.kill_node(2);
    network.kill_node(3);
    let before = network.height(4);
    let waiting = a.begin(&["seal", &a.file(&Invoice::new("INV-3"))]);
    std::thread::sleep(std::time::Duration::from_secs(5));
    assert!(
        network.height(4) <= before + 1,
        "an observer does not count"
    );
    network.start_node(2);
    let _ = waiting.wait().expect(DONE);
    // one that has lost everything takes it all from the others, and checks it
    network.kill_node(4);
    network.wipe(4);
    network.start_node(4);
    network.start_node(3);
    let all = network.agreed();
    assert_eq!(all[4].blocks, all[0].blocks[..all[4].blocks.len()]);
}

/// A killed `network join` left a node that no other knew, and said that there is one already.
#[test]
fn a_join_that_was_killed_is_typed_again() {
    let folder = tempfile::tempdir().unwrap();
    let net = folder.path().join("net");
    let (dir, home) = (net.display().to_string(), net.join("bank-e"));
    let (from, shown) = (net.join("bank-a"), home.display().to_string());
    let (from, out) = (from.display().to_string(), folder.path().join("e.json"));
    let _ = sealane(&["network", "init", "--dir", &dir, "--banks", "4"]).expect(DONE);
    let request = [
        "member",
        "request",
        "--dir",
        &shown,
        "--from",
        &from,
        "--name",
        "bank-e",
        "--role",
        "bank",
        "--id",
        "vat:DE129274202",
        "--out",
        out.to_str().unwrap(),
    ];
    let _ = sealane(&request).expect(DONE);
    let join = ["network", "join", "--dir", &dir, "--home", &shown];
    let node = home.join("node");
    let know = || {
        let mut banks = ["a", "b", "c", "d"].iter();
        let path = |bank: &str| net.join(format!("bank-{bank}/node/node.toml"));
        banks.all(|bank| {
            fs::read_to_string(path(bank))
                .unwrap()
                .contains("\"bank-e\"")
        })
    };
    // killed while it made the node
    fs::create_dir_all(&node).unwrap();
    fs::write(node.join("genesis.new"), "half").unwrap();
    let before = fs::read(net.join("bank-d/node/node.toml")).unwrap();
    let first = sealane(&join).expect(DONE);
    assert!(know());
    let whole = sealane(&join).expect(INVALID);
    assert!(whole.words().contains("already"), "{whole}");
    // killed before certificates, home.toml and the last of the other nodes
    fs::remove_dir_all(node.join("tls")).unwrap();
    fs::write(net.join("bank-d/node/node.toml"), before).unwrap();
    let again = sealane(&join).expect(DONE);
    assert_eq!(again.text("address"), first.text("address"));
    assert!(know() && node.join("tls/identity.pem").is_file());
}
