//! The CEN's own unit tests of its rules: fragments of invoices, each of which one rule must refuse or let
//! pass. The files are no invoices; this harness takes the fragments out and lets them claim EN 16931.

use std::collections::BTreeMap;

use sealane_documents::read;

use super::index::Corpus;

/// Rules that Sealane binds to documents which claim EN 16931 and of which the corpus has unit tests.
const RULES: [&str; 38] = [
    "BR-09", "BR-11", "BR-CO-09", "BR-CO-26", "BR-02", "BR-03", "BR-05", "BR-12", "BR-14", "BR-15",
    "BR-16", "BR-22", "BR-23", "BR-24", "BR-26", "BR-27", "BR-36", "BR-37", "BR-41", "BR-43",
    "BR-45", "BR-46", "BR-48", "BR-CO-18", "BR-S-05", "BR-S-06", "BR-E-05", "BR-Z-05", "BR-CO-10",
    "BR-CO-11", "BR-CO-12", "BR-CO-13", "BR-CO-14", "BR-CO-15", "BR-CO-17", "BR-AE-01", "BR-E-01",
    "BR-S-01",
];

#[test]
fn rules_refuse_and_pass_the_fragments_that_they_must() {
    let Some(corpus) = Corpus::open() else {
        return;
    };
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut wrong = Vec::new();
    for entry in corpus
        .entries()
        .iter()
        .filter(|entry| entry.text("syntax") == Some("rule unit test"))
    {
        let text = String::from_utf8(corpus.bytes(&entry.path)).expect("the unit tests are UTF-8");
        for (index, test) in text.split("<assert>").skip(2).enumerate() {
            for rule in RULES {
                let must_fail = test.contains(&format!("<error>{rule}<"));
                if !(must_fail || test.contains(&format!("<success>{rule}<"))) {
                    continue;
                }
                let count = counts.entry(rule).or_default();
                *(if must_fail {
                    &mut count.0
                } else {
                    &mut count.1
                }) += 1;
                let rules = broken(test);
                if rules.contains(&rule) != must_fail {
                    wrong.push(format!(
                        "{} test {}: {rule} must fail: {must_fail}, broken: {rules:?}",
                        entry.path,
                        index + 1
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for rule in RULES {
        let (failing, passing) = counts.get(rule).copied().unwrap_or_default();
        assert!(
            failing > 0 && passing > 0,
            "{rule}: {failing} failing, {passing} passing"
        );
    }
}

/// The rules that a fragment breaks, once it claims EN 16931.
fn broken(test: &str) -> Vec<&'static str> {
    let (_, fragment) = test
        .split_once("</assert>")
        .expect("a test asserts something");
    let (fragment, _) = fragment.split_once("</test>").expect("a test ends");
    let (start, rest) = fragment.split_once('>').expect("a fragment has a root");
    let claim = "<claim:CustomizationID xmlns:claim='urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2'>urn:cen.eu:en16931:2017</claim:CustomizationID>";
    let context = "<claim:ExchangedDocumentContext xmlns:claim='urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100' xmlns:ram='urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100'><ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:cen.eu:en16931:2017</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter></claim:ExchangedDocumentContext>";
    let claim = if start.contains("CrossIndustryInvoice") {
        context
    } else {
        claim
    };
    // A fragment without content is written as one tag; others have a claim of their own at times.
    let text = match start.strip_suffix('/') {
        Some(_) => return Vec::new(),
        None if rest.contains("CustomizationID") => format!("{start}>{rest}"),
        None => format!("{start}>{claim}{rest}"),
    };
    match read(text.trim().as_bytes(), "fragment.xml") {
        Ok(_) => Vec::new(),
        Err(error) => error.faults.iter().map(|fault| fault.rule).collect(),
    }
}
