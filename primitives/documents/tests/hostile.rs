//! Hostile files: refused in bounded time and memory, and no bytes make the reader panic.

use proptest::prelude::*;
use sealane_documents::{Class, MAX_BYTES, canonical, read, to_json, to_text};

fn example(name: &str) -> Vec<u8> {
    let path = format!("{}/../../examples/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).expect("the examples stand in the repository")
}

const EXAMPLES: [&str; 5] = [
    "invoice-ubl.xml",
    "invoice-cii.xml",
    "order.xml",
    "credit-note.xml",
    "bill-of-lading.json",
];

fn class(bytes: &[u8]) -> Class {
    read(bytes, "hostile").expect_err("it is hostile").faults[0].class
}

#[test]
fn huge_files_are_refused_before_anything_is_parsed() {
    assert_eq!(class(&vec![b' '; MAX_BYTES + 1]), Class::Limit);
    assert_eq!(class(&vec![b' '; MAX_BYTES]), Class::Unknown);
}

#[test]
fn what_is_no_document_is_refused() {
    for bytes in [
        &b""[..],
        b"hello",
        b"UNA:+.? 'UNB+UNOC:3",
        b"<a/>",
        b"<Invoice/>",
    ] {
        assert_eq!(class(bytes), Class::Unknown, "{bytes:?}");
    }
    for bytes in [
        &b"[1]"[..],
        b"{\"kind\":\"Invoice\"}",
        b"{\"kind\":\"Invoice\",\"odd\":1}",
    ] {
        assert_eq!(class(bytes), Class::Unknown, "{bytes:?}");
    }
    for bytes in [&b"<a"[..], b"<a><b></a></b>", b"{", b"{]", b"%PDF-1.7"] {
        assert_eq!(class(bytes), Class::Form, "{bytes:?}");
    }
}

#[test]
fn truncated_files_are_refused_at_every_length() {
    for name in EXAMPLES {
        let bytes = example(name);
        let whole = bytes.trim_ascii_end().len();
        for length in (0..whole).step_by(97).chain(whole - 20..whole) {
            assert!(
                read(&bytes[..length], name).is_err(),
                "{name} cut to {length} bytes"
            );
        }
    }
}

#[test]
fn deep_nesting_is_refused_in_json_too() {
    let deep = format!("{{\"kind\":{}", "[".repeat(1_000_000));
    assert!(read(deep.as_bytes(), "deep.json").is_err());
}

#[test]
fn entities_are_refused_inside_an_invoice() {
    let invoice = String::from_utf8(example("invoice-ubl.xml")).expect("UTF-8");
    let bomb =
        "<!DOCTYPE Invoice [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;\">]>\n<Invoice ";
    assert_eq!(
        class(invoice.replacen("<Invoice ", bomb, 1).as_bytes()),
        Class::Form
    );
}

#[test]
fn a_second_number_is_refused() {
    let invoice = String::from_utf8(example("invoice-ubl.xml")).expect("UTF-8");
    let id = "<cbc:ID>VF-2026-00418</cbc:ID>";
    let doubled = invoice.replacen(id, &format!("{id}<cbc:ID>VF-2026-00419</cbc:ID>"), 1);
    let error = read(doubled.as_bytes(), "doubled.xml").expect_err("two numbers");
    assert_eq!(error.faults[0].rule, "SL-ONCE");
}

#[test]
fn faults_are_counted_past_those_told() {
    let invoice = String::from_utf8(example("invoice-ubl.xml")).expect("UTF-8");
    let broken = invoice.replace(
        "<cbc:PriceAmount currencyID=\"EUR\">",
        "<cbc:PriceAmount currencyID=\"EUR\">x",
    );
    let broken = broken.replace("<cbc:Percent>", "<cbc:Percent>x");
    let error = read(broken.as_bytes(), "broken.xml").expect_err("no numbers");
    assert_eq!(error.faults.len(), 20);
    assert!(error.more > 0);
    assert!(error.to_string().starts_with("broken.xml: line "));
}

fn exercise(bytes: &[u8]) {
    match read(bytes, "mutated") {
        Ok(document) => {
            let _ = canonical(&document);
            let _ = to_text(&document);
            let shown = to_json(&document).to_string();
            assert!(read(shown.as_bytes(), "shown.json").is_ok(), "{shown}");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn mutated_examples_never_panic(
        which in 0..EXAMPLES.len(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..12),
    ) {
        let mut bytes = example(EXAMPLES[which]);
        for (at, byte, how) in edits {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes[at] = b"0123456789-.<>\"&;/"[usize::from(byte) % 18],
                2 => { bytes.remove(at); }
                _ => bytes.insert(at, byte),
            }
        }
        exercise(&bytes);
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        exercise(&bytes);
    }

    #[test]
    fn numbers_anywhere_never_panic(number in "[-+]?[0-9]{0,20}\\.?[0-9]{0,20}") {
        let invoice = String::from_utf8(example("invoice-ubl.xml")).expect("UTF-8");
        for value in ["14.20", "1250", "185.00", "640.00", "21"] {
            exercise(invoice.replace(&format!(">{value}<"), &format!(">{number}<")).as_bytes());
        }
    }
}
