//! Fields pass from one bank to another by file: exactly those that were given, to nobody else, and checked.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use sealane_tests::command::{DONE, INVALID, Outcome, refused_for};
use sealane_tests::invoice::Invoice;
use sealane_tests::network::{Bank, Network};
use sealane_tests::planted;
use sealane_tests::search::Search;
use serde_json::Value;

/// Where a test's file lies.
fn path(network: &Network, name: &str) -> String {
    network.desk().join(name).to_str().unwrap().to_owned()
}

/// `from` has the card of `to`, who gives it.
fn acquainted(network: &Network, from: &Bank, to: &Bank) {
    let name = to.home.file_name().unwrap().to_str().unwrap();
    let card = path(network, &format!("{name}.card"));
    if !Path::new(&card).exists() {
        let _ = to.run(&["card", "--out", &card]).expect(DONE);
    }
    let added = from.run(&["contact", "add", &card]).expect(DONE);
    assert_eq!(added.text("name"), name);
}

fn invalid_for(outcome: Outcome, why: &str) {
    let outcome = outcome.expect(INVALID);
    assert!(
        outcome.words().contains(why),
        "no word of {why:?}:\n{outcome}"
    );
}

/// The fields that a home opens of a record, by path.
fn opened(bank: &Bank, record: &str) -> Vec<(String, String)> {
    let shown = bank.run(&["record", "show", record]).expect(DONE);
    let text = |field: &Value, key: &str| field[key].as_str().unwrap().to_owned();
    let fields = shown.data["fields"].as_array().unwrap().iter();
    fields
        .map(|field| (text(field, "path"), text(field, "value")))
        .collect()
}

#[test]
fn a_bank_opens_exactly_the_fields_that_were_given_to_it() {
    let network = Network::start(3);
    let [a, b, c] = ['a', 'b', 'c'].map(|letter| network.bank(letter));
    let register = ["alias", "register", "acme", "--id", "vat:GB771930264"];
    let _ = a.run(&register).expect(DONE);
    let document = a.file(&planted::invoice());
    let sealed = a.run(&["seal", &document, "--as", "acme"]).expect(DONE);
    let record = sealed.text("record");
    acquainted(&network, &a, &b);
    let listed = a.run(&["contact", "list"]).expect(DONE);
    assert_eq!(listed.data["contacts"][0]["name"], "bank-b");

    let file = path(&network, "given");
    let fields = "id,seller,lines[*].quantity";
    let words = [
        "grant", record, "--to", "bank-b", "--fields", fields, "--out", &file,
    ];
    let given = a.run(&words).expect(DONE);
    assert_eq!(given.data["identifiers"][0], "gb-vat:771930264");
    nothing_is_written_out(&network, &a, &b, &file);

    assert!(opened(&b, record).is_empty());
    let import = b.run(&["import", &file]).expect(DONE);
    assert_eq!(
        (import.text("from"), &import.data["already"]),
        ("bank-a", &false.into())
    );
    let again = b.run(&["import", &file]).expect(DONE);
    assert_eq!(again.data["already"], true);
    let (own, theirs) = (opened(&a, record), opened(&b, record));
    let paths: Vec<&str> = theirs.iter().map(|(path, _)| path.as_str()).collect();
    let quantities = [
        "lines[0].quantity",
        "lines[1].quantity",
        "lines[2].quantity",
    ];
    assert_eq!(paths, [&["id", "seller.ids"], &quantities[..]].concat());
    assert!(theirs.iter().all(|field| own.contains(field)), "{theirs:?}");
    assert!(own.len() > 15, "{own:?}");
    let shown = b.run(&["record", "show", record]).expect(DONE);
    assert_eq!(
        (shown.text("given_by"), shown.number("lines")),
        ("bank-a", 3)
    );
    assert_eq!(shown.data["identifiers"][0], "gb-vat:771930264");
    // number, the seller's identifiers in one leaf, a column of quantities, the number of lines
    assert_eq!(shown.number("hidden"), 89 - (1 + 1 + 8 + 1));
    assert!(opened(&c, record).is_empty());

    let (taken, gave) = (
        b.run(&["grants"]).expect(DONE),
        a.run(&["grants"]).expect(DONE),
    );
    let row = |outcome: &Outcome, list: &str| outcome.data[list].as_array().unwrap().clone();
    assert_eq!(row(&taken, "imported")[0]["fields"], given.data["fields"]);
    assert_eq!(row(&gave, "given")[0]["to"], "bank-b");
    assert!(row(&taken, "given").is_empty() && row(&gave, "imported").is_empty());
    in_the_receiver_s_home_it_is_encrypted(&network);
}

/// The file, and what the sender's home keeps of it, say nothing to whoever reads them.
fn nothing_is_written_out(network: &Network, a: &Bank, b: &Bank, file: &str) {
    let search = Search::new(planted::needles(&planted::invoice()));
    let mut found = search.bytes("the hand-over file", &fs::read(file).unwrap());
    for home in [a, b] {
        found.extend(search.folder(&home.home));
    }
    let card = fs::read(path(network, "bank-b.card")).unwrap();
    found.extend(search.bytes("the card", &card));
    assert!(found.is_empty(), "{}", found.join("\n"));
    let folder = a.home.join("grants/given");
    let names: BTreeSet<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(names.len(), 1);
    let contacts = fs::read(a.home.join("contacts.bin")).unwrap();
    assert!(
        !contacts.windows(6).any(|word| word == b"bank-b"),
        "the book is not encrypted"
    );
}

fn in_the_receiver_s_home_it_is_encrypted(network: &Network) {
    let search = Search::new(planted::needles(&planted::invoice()));
    let found = search.folder(&network.bank('b').home);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn wrong_input_is_named_and_leaves_nothing() {
    let network = Network::start(3);
    let [a, b, c] = ['a', 'b', 'c'].map(|letter| network.bank(letter));
    let record = a.seal(&Invoice::new("INV-1"));
    let file = path(&network, "given");
    let grant = |bank: &Bank, to: &str, fields: &str| {
        bank.run(&[
            "grant", &record, "--to", to, "--fields", fields, "--out", &file,
        ])
    };
    invalid_for(grant(&a, "bank-b", "id"), "ask for it");
    invalid_for(grant(&a, "bank-x", "id"), "no member of this network");
    acquainted(&network, &a, &b);
    acquainted(&network, &b, &c);
    invalid_for(
        grant(&a, "bank-b", "payable_amout"),
        "did you mean `payable_amount`?",
    );
    invalid_for(grant(&a, "bank-b", "lines[2].price"), "has 2 lines");
    refused_for(grant(&b, "bank-c", "id"), "sealed by another home");
    assert!(!Path::new(&file).exists());
    assert_eq!(
        a.run(&["grants"]).expect(DONE).data["given"],
        Value::Array(Vec::new())
    );

    let _ = grant(&a, "bank-b", "id").expect(DONE);
    invalid_for(grant(&a, "bank-b", "id"), "exists already");
    invalid_for(c.run(&["import", &file]), "made for somebody else");
    invalid_for(a.run(&["import", &file]), "made for somebody else");
    let mut altered = fs::read(&file).unwrap();
    let last = altered.len() - 1;
    altered[last] ^= 1;
    let other = path(&network, "altered");
    fs::write(&other, altered).unwrap();
    invalid_for(b.run(&["import", &other]), "changed");
    let document = a.file(&Invoice::new("INV-2"));
    invalid_for(b.run(&["import", &document]), "not a hand-over file");
    invalid_for(b.run(&["contact", "add", &file]), "is no card");
    let unknown = "00".repeat(32);
    let words = [
        "grant", &unknown, "--to", "bank-b", "--fields", "id", "--out", &other,
    ];
    invalid_for(a.run(&words), "exists already");
    let out = path(&network, "none");
    let words = [
        "grant", &unknown, "--to", "bank-b", "--fields", "id", "--out", &out,
    ];
    refused_for(a.run(&words), "seal the document first");
    assert_eq!(
        b.run(&["grants"]).expect(DONE).data["imported"],
        Value::Array(Vec::new())
    );
}
