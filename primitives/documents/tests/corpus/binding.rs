//! What binds: valid documents that claim EN 16931 and that `specs/schemas/let-through.md` does not list hold
//! its arithmetic; others are warned about and read.

use std::collections::BTreeSet;

use super::index::{Corpus, listed};

#[test]
fn only_documents_listed_as_failing_are_refused_for_arithmetic() {
    let Some(corpus) = Corpus::open() else {
        return;
    };
    let mut refused = Vec::new();
    let mut claiming = 0;
    for entry in corpus
        .entries()
        .iter()
        .filter(|entry| entry.is_ours() && entry.is_valid())
    {
        match corpus.read(&entry.path) {
            Ok(document) => claiming += usize::from(document.claims_en16931()),
            Err(error) => {
                assert!(entry.is_refused(), "{error}");
                refused.push(entry.path.clone());
            }
        }
    }
    let refused: BTreeSet<&str> = refused.iter().map(String::as_str).collect();
    let listed = listed("# Documents published as valid that Sealane refuses");
    let read: Vec<_> = listed.difference(&refused).collect();
    assert!(read.is_empty(), "listed, and read or absent: {read:#?}");
    assert!(claiming >= 190, "only {claiming} claim EN 16931");
}

#[test]
fn elsewhere_arithmetic_is_a_warning() {
    let Some(corpus) = Corpus::open() else {
        return;
    };
    for (path, rule) in [
        ("ubl-tr/Invoice/ISTISNA-2.xml", "BR-CO-10"),
        ("ubl-tr/Invoice/OTV.xml", "BR-CO-15"),
        ("ubl-2.1/Invoice/UBL-Invoice-2.1-Example.xml", "BR-CO-16"),
        ("en16931-ubl/Invoice/guide-example3.xml", "SL-LINE-TOTAL"),
    ] {
        let document = corpus.read(path).expect(path);
        assert!(
            document.warnings.iter().any(|warning| warning.rule == rule),
            "{path}: {:?}",
            document.warnings
        );
    }
    // of totals that add up as the profile means them nothing is told; its lines do not say their tax category
    let path = "oioubl-2.0/Invoice/BASPRO_01_01_00_Invoice_v2p2.xml";
    let document = corpus.read(path).expect(path);
    assert!(document.claim().oioubl && document.warnings.is_empty());
}
