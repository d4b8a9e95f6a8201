//! A check is proven over the records of three banks' customers by one of them, and verified by another bank against the chain.
#![allow(clippy::unwrap_used)]

use std::fs;

use sealane_tests::command::{DONE, INVALID, Outcome};
use sealane_tests::network::Bank;
use sealane_tests::trade::{Trade, bits};

fn invalid_for(outcome: Outcome, why: &str) {
    let outcome = outcome.expect(INVALID);
    assert!(
        outcome.words().contains(why),
        "no word of {why:?}:\n{outcome}"
    );
}

/// A file as another bank sees it.
fn verify(bank: &Bank, file: &str) -> Outcome {
    bank.run(&["check", "verify", file])
}

#[test]
fn another_bank_verifies_it_and_no_changed_file() {
    let trade = Trade::sealed(&|invoice| invoice);
    trade.granted("all");
    let file = trade.path("proof");
    let proven = trade.prove(&trade.records(), &file).expect(DONE);
    assert_eq!(proven.data["met"], true);
    let other = trade.network.bank('b');
    let verified = verify(&other, &file).expect(DONE);
    assert_eq!(bits(&verified, "met"), bits(&proven, "standing"));
    assert_eq!(verified.data["records"], proven.data["records"]);
    let banks: Vec<&str> = verified.data["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["bank_name"].as_str().unwrap())
        .collect();
    assert_eq!(banks, ["bank-a", "bank-b", "bank-b", "bank-c"]);
    let check = Trade::check();
    let same = other.run(&["check", "verify", &file, "--check", &check]);
    let _ = same.expect(DONE);
    let another = other.run(&["check", "verify", &file, "--check", "invoice-waybill"]);
    invalid_for(another, "another check");

    let bytes = fs::read(&file).unwrap();
    let changed = |name: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = bytes.clone();
        change(&mut bytes);
        let path = trade.path(name);
        fs::write(&path, bytes).unwrap();
        verify(&other, &path)
    };
    let (proof, count) = (bytes.len() - 192, bits(&verified, "met").len());
    let last_bit = proof - 1;
    assert_eq!(
        &bytes[proof - count..proof],
        vec![1; count],
        "the bits stand there"
    );
    let holds_not = "the proof is not valid";
    invalid_for(changed("bit", &|bytes| bytes[last_bit] = 0), holds_not);
    invalid_for(
        changed("proof-byte", &|bytes| bytes[proof + 100] ^= 1),
        holds_not,
    );
    let at = |id: &str| {
        let id = unhexed(id);
        let mut windows = bytes.windows(32);
        windows.position(|window| window == id).unwrap()
    };
    let swap = |bytes: &mut Vec<u8>, one: &str, with: &str| {
        let (one, with) = (at(one), at(with));
        let first = bytes[one..one + 32].to_vec();
        bytes.copy_within(with..with + 32, one);
        bytes[with..with + 32].copy_from_slice(&first);
    };
    let [first, second] = &trade.deliveries;
    let deliveries = changed("swapped", &|bytes| swap(bytes, first, second));
    invalid_for(deliveries, holds_not);
    let kinds = changed("kinds", &|bytes| swap(bytes, &trade.order, &trade.invoice));
    invalid_for(kinds, "is invoice, not order");
    let none = changed("none", &|bytes| bytes[at(&trade.order)] ^= 1);
    invalid_for(none, "is not on this chain");
    let key = changed("key", &|bytes| {
        let place = at(&trade.order) - 5 - 32; // the list's length, whether it is there, the key
        bytes[place] ^= 1;
    });
    invalid_for(key, "names verifying key");
    let price = changed("demand", &|bytes| {
        let place = bytes.windows(7).position(|window| window == b"1 minor");
        bytes[place.unwrap()] = b'2'; // another tolerance: another circuit
    });
    invalid_for(price, "names verifying key");
    let chain = changed("chain", &|bytes| bytes[5] ^= 1);
    invalid_for(chain, "another network");
    invalid_for(verify(&other, &trade.path("order")), "not a proof");
}

#[test]
fn what_is_not_granted_is_named_by_document_and_path() {
    let trade = Trade::sealed(&|invoice| invoice);
    let out = trade.path("proof");
    let refused = trade.prove(&trade.records(), &out).expect(INVALID);
    let words = refused.words();
    for word in [
        "not granted",
        "order, record",
        "delivery[1], record",
        "lines[*].quantity",
    ] {
        assert!(words.contains(word), "no word of {word:?}:\n{refused}");
    }
    assert!(
        !words.contains("invoice, record"),
        "its own record:\n{refused}"
    );

    trade.granted("id,seller,buyer,currency,lines[*].id,lines[*].quantity");
    let refused = trade.prove(&trade.records(), &out).expect(INVALID);
    let (words, order) = (refused.words(), &trade.order);
    let named = format!("order, record {order}: lines[*].price\\n");
    assert!(words.contains(&named), "{refused}");
    let command = format!("sealane grant {order} --to bank-c --fields 'lines[*].price'");
    assert!(words.contains(&command), "{refused}");
    assert!(!words.contains("delivery"), "{refused}");

    let [order, deliveries, invoice] = trade.records();
    let with = |records: &[&String]| {
        let records: Vec<String> = records.iter().map(|one| (*one).clone()).collect();
        trade.prove(&records, &out)
    };
    invalid_for(with(&[&order, &invoice]), "no record is given for");
    let bill = invoice.replace("invoice=", "bill=");
    invalid_for(
        with(&[&order, &deliveries, &bill]),
        "no document \\\"bill\\\"",
    );
    let twice = [&order, &order, &deliveries, &invoice];
    invalid_for(with(&twice), "at most 1");
    let other_kind = order.replace(&trade.order, &trade.invoice);
    invalid_for(
        with(&[&other_kind, &deliveries, &invoice]),
        "is invoice, not order",
    );
    assert!(!std::path::Path::new(&out).exists());
}

#[test]
fn the_prover_sees_both_values_and_whoever_verifies_sees_neither() {
    let trade = Trade::sealed(&|invoice| invoice.replace("\"435.00\"", "\"871.37\""));
    trade.granted("all");
    let file = trade.path("proof");
    let proven = trade.prove(&trade.records(), &file).expect(DONE);
    assert_eq!(proven.data["met"], false);
    let words = proven.words();
    for value in ["871.37 eur", "435 eur", "lines[1].total"] {
        assert!(words.contains(value), "no word of {value:?}:\n{proven}");
    }
    let verified = verify(&trade.network.bank('a'), &file).expect(DONE);
    let requirements = bits(&verified, "met");
    let not_met: Vec<&str> = requirements
        .iter()
        .filter(|(_, met)| !met)
        .map(|(id, _)| id.as_str())
        .collect();
    assert_eq!(not_met, ["line-totals"]);
    let (words, bytes) = (verified.words(), fs::read(&file).unwrap());
    for value in [
        "871.37",
        "435",
        "7.25",
        "6000",
        "ek-2041",
        "ks-26-0118",
        "318274655",
        "5591028377",
        "kvarnby",
        "brass",
    ] {
        // a record's id could hold three digits by chance
        let found = words
            .match_indices(value)
            .any(|(at, _)| !inside_an_id(&words, at));
        assert!(!found, "{value:?} shows:\n{verified}");
        let in_file = |text: &str| {
            bytes
                .windows(text.len())
                .any(|window| window == text.as_bytes())
        };
        let shows = in_file(value) || in_file(&value.to_uppercase());
        assert!(!shows, "{value:?} is in the file");
    }
}

/// Whether a place lies in a run of 64 hexadecimal digits.
fn inside_an_id(text: &str, at: usize) -> bool {
    let hex = |byte: &u8| byte.is_ascii_hexdigit();
    let (before, after) = text.as_bytes().split_at(at);
    let before = before.iter().rev().take_while(|byte| hex(byte)).count();
    let after = after.iter().take_while(|byte| hex(byte)).count();
    before + after == 64
}

fn unhexed(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    pairs.map(byte).collect()
}
