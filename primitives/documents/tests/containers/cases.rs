//! Cases after public bug reports; each folder's README says what is right.

use sealane_documents::{Class, Document, canonical, read};

fn case(path: &str) -> Vec<u8> {
    let path = format!("{}/tests/data/cases/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).expect("the case stands in the repository")
}

fn document(path: &str) -> Document {
    read(&case(path), path).expect(path)
}

const ENCODINGS: &str = "28-byte-order-marks-and-encodings";

#[test]
fn one_document_in_every_encoding() {
    let first = document(&format!("{ENCODINGS}/utf8-mark.xml"));
    for name in [
        "latin1-declared.xml",
        "utf16-mark.xml",
        "utf16le-no-mark.xml",
    ] {
        let other = document(&format!("{ENCODINGS}/{name}"));
        assert_eq!(other, first, "{name}");
    }
    assert!(first.seller.name.is_some_and(|name| !name.is_ascii()));
}

#[test]
fn what_the_bytes_contradict_is_refused_with_the_place() {
    let bytes = case(&format!("{ENCODINGS}/latin1-undeclared.xml"));
    let wrong = bytes.iter().position(|byte| !byte.is_ascii());
    let before = &bytes[..wrong.expect("a letter of Latin-1")];
    let mut line = before.split(|byte| *byte == b'\n');
    let place = (
        line.clone().count(),
        line.next_back().map_or(0, <[u8]>::len) + 1,
    );
    let undeclared = read(&bytes, "latin1");
    let fault = undeclared
        .expect_err("Latin-1 without a declaration")
        .faults
        .remove(0);
    assert_eq!(fault.class, Class::Encoding);
    let (line, column) = fault.place.position.expect("a place");
    assert_eq!((line as usize, column as usize), place, "{fault}");
    let wrong = read(
        &case(&format!("{ENCODINGS}/utf16-declared-utf8-bytes.xml")),
        "utf16",
    );
    let fault = wrong
        .expect_err("UTF-8 that is declared as UTF-16")
        .faults
        .remove(0);
    assert_eq!(fault.class, Class::Encoding);
    assert!(fault.problem.contains("UTF-16"), "{fault}");
}

#[test]
fn namespaces_may_be_declared_on_every_element() {
    let folder = "16-namespace-on-every-element";
    let plain = document(&format!("{folder}/lines-200-prefixes.xml"));
    let each = document(&format!("{folder}/lines-200.xml"));
    assert_eq!(each, plain);
    assert_eq!(each.lines.len(), 200);
    assert_eq!(document(&format!("{folder}/lines-20.xml")).lines.len(), 20);
}

#[test]
fn namespaces_may_be_declared_on_every_element_of_the_longest_document() {
    let text =
        String::from_utf8(case("16-namespace-on-every-element/lines-20.xml")).expect("UTF-8");
    let start = text.find("<InvoiceLine").expect("a line");
    let end =
        start + text[start..].find("</InvoiceLine>").expect("its end") + "</InvoiceLine>".len();
    let line = &text[start..end];
    // The totals are those of twenty lines: without EN 16931, that is a warning.
    let head = text[..start].replacen("urn:cen.eu:en16931:2017", "urn:example:long", 1);
    let long = format!("{head}{}{}", line.repeat(1_004), &text[start..]);
    assert!(long.matches("xmlns").count() > 10_000);
    let document = read(long.as_bytes(), "long.xml").expect("a long document");
    assert_eq!(document.lines.len(), 1_024);
    assert_eq!(canonical(&document).expect("it fits").lines.len(), 1_024);
}
