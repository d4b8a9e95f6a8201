//! Other people's documents: every valid file of `SEALANE_DOCUMENTS` through `sealane document show`,
//! a sample of the invalid ones, and a random sample of invoices sealed, proven and financed.
//!
//! The project does not contain those files. Where they are absent, these tests say so and pass.
#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::path::{Path, PathBuf};

use sealane_tests::command::{DONE, INVALID, REFUSED, root, sealane};
use sealane_tests::network::{Bank, Network};
use sealane_tests::random::Random;
use sealane_types::fingerprint::Rule;
use serde_json::Value;

/// The folder of documents, if it is there; where `SEALANE_DOCUMENTS` demands it, it must be.
fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("SEALANE_DOCUMENTS").map(PathBuf::from);
    let demanded = named.is_some();
    let folder = named.unwrap_or_else(|| root().join("../shared/data/documents"));
    if folder.join("index.json").is_file() {
        return Some(folder);
    }
    let at = folder.display();
    assert!(
        !demanded,
        "SEALANE_DOCUMENTS demands the shared documents, and there are none at {at}"
    );
    let said = format!(
        "SKIPPED, nothing was read: no documents at {at}; set SEALANE_DOCUMENTS to them, and the test fails without them\n"
    );
    // past what the harness keeps of a test that passes
    std::io::stderr().write_all(said.as_bytes()).unwrap();
    None
}

/// The index' entries.
fn entries(folder: &Path) -> Vec<Value> {
    let text = std::fs::read(folder.join("index.json")).unwrap();
    let index: Value = serde_json::from_slice(&text).unwrap();
    index["files"].as_array().unwrap().clone()
}

fn text<'a>(entry: &'a Value, key: &str) -> &'a str {
    entry[key].as_str().unwrap_or_default()
}

fn is_read(entry: &Value) -> bool {
    const KINDS: [&str; 6] = [
        "Order",
        "OrderResponse",
        "DespatchAdvice",
        "ReceiptAdvice",
        "Invoice",
        "CreditNote",
    ];
    let syntax = ["UBL", "CII"].contains(&text(entry, "syntax"));
    syntax && KINDS.contains(&text(entry, "kind"))
}

/// Runs `work` over the items on two threads; gives all its findings.
fn on_two_threads<T: Sync>(items: &[T], work: impl Fn(&T) -> Option<String> + Sync) -> Vec<String> {
    let half = items.len().div_ceil(2).max(1);
    let work = &work;
    std::thread::scope(|scope| {
        let parts: Vec<_> = items
            .chunks(half)
            .map(|part| scope.spawn(move || part.iter().filter_map(work).collect::<Vec<_>>()))
            .collect();
        parts
            .into_iter()
            .flat_map(|part| part.join().unwrap())
            .collect()
    })
}

fn none(findings: &[String]) {
    assert!(
        findings.is_empty(),
        "{} findings:\n{}",
        findings.len(),
        findings.join("\n")
    );
}

/// What `document show` tells beside the keys of DESIGN.md §7.
const MORE: [&str; 24] = [
    "allowances",
    "billing_dates",
    "buyer_reference",
    "copy",
    "country",
    "customization",
    "despatch",
    "doubt",
    "no_claim",
    "order",
    "other_ids",
    "profile",
    "rejected_quantity",
    "short_quantity",
    "status",
    "strict",
    "syntax",
    "tax",
    "taxes",
    "tolerance",
    "totals",
    "transport",
    "warnings",
    "written",
];

/// The keys of DESIGN.md §7, at each level; a document and its parties may have [`MORE`].
fn keys_that_differ(shown: &Value) -> Option<String> {
    const DOCUMENT: [&str; 14] = [
        "kind",
        "type_code",
        "id",
        "issue_date",
        "due_date",
        "seller",
        "buyer",
        "payee",
        "currency",
        "payable_amount",
        "order_references",
        "despatch_references",
        "billing_references",
        "lines",
    ];
    const LINE: [&str; 9] = [
        "id",
        "order_line",
        "despatch_line",
        "item",
        "quantity",
        "unit",
        "price",
        "base_quantity",
        "total",
    ];
    let mut levels = vec![("the document", shown, &DOCUMENT[..])];
    for party in ["seller", "buyer", "payee"]
        .map(|name| &shown[name])
        .into_iter()
        .filter(|party| !party.is_null())
    {
        levels.push(("a party", party, &["name", "ids"]));
        let ids = party["ids"].as_array()?;
        levels.extend(
            ids.iter()
                .map(|id| ("an identifier", id, &["scheme", "value"][..])),
        );
    }
    let lines = shown["lines"].as_array().into_iter().flatten();
    levels.extend(lines.map(|line| ("a line", line, &LINE[..])));
    levels.into_iter().find_map(|(name, value, expected)| {
        let mut found: Vec<&str> = value
            .as_object()
            .map(|object| object.keys().map(String::as_str).collect())?;
        found.retain(|key| !MORE.contains(key));
        let mut expected = expected.to_vec();
        found.sort_unstable();
        expected.sort_unstable();
        (found != expected).then(|| format!("{name} has the keys {found:?}"))
    })
}

fn same_amount(one: &Value, other: &Value) -> bool {
    let plain = |value: &Value| {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
        (
            whole.trim_start_matches('+').to_owned(),
            rest.trim_end_matches('0').to_owned(),
        )
    };
    plain(one) == plain(other)
}

/// Whether the index lists the file as failing in its arithmetic.
fn sums_do_not_add_up(entry: &Value) -> bool {
    let listed = entry["arithmetic"].as_array();
    listed.is_some_and(|list| !list.is_empty())
}

/// What is wrong with how `document show` reads a valid file.
fn misread(folder: &Path, entry: &Value) -> Option<String> {
    let path = folder.join(text(entry, "path"));
    let said = sealane(&["document", "show", path.to_str()?]);
    let finding = |what: String| Some(format!("{}: {what}", text(entry, "path")));
    if said.code == INVALID && sums_do_not_add_up(entry) {
        return None; // EN 16931's arithmetic binds it, and it fails
    }
    if said.code != DONE {
        return finding(format!("exit code {}: {}", said.code, said.data["message"]));
    }
    if let Some(differ) = keys_that_differ(&said.data) {
        return finding(differ);
    }
    for key in ["kind", "id", "issue_date", "currency"] {
        let (expected, found) = (&entry[key], &said.data[key]);
        let trimmed = |value: &Value| {
            // the index keeps a date's time zone
            let text = value.as_str()?;
            let text = if key == "issue_date" {
                text.trim_end_matches('Z')
            } else {
                text
            };
            Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
        };
        if !expected.is_null() && trimmed(expected) != trimmed(found) {
            return finding(format!("{key} is {found}, the index says {expected}"));
        }
    }
    let (expected, found) = (&entry["payable"], &said.data["payable_amount"]);
    if !expected.is_null() && !same_amount(expected, found) {
        return finding(format!(
            "the payable amount is {found}, the index says {expected}"
        ));
    }
    let lines = said.data["lines"].as_array().map(Vec::len);
    let expected = entry["lines"].as_u64().map(|lines| lines as usize);
    (expected.is_some() && lines != expected)
        .then(|| format!("{}: {lines:?} lines, not {expected:?}", text(entry, "path")))
}

#[test]
fn every_valid_document_is_read() {
    let Some(folder) = folder() else { return };
    let mut valid = entries(&folder);
    // published as valid, against rules of the standard that they claim: a line's total of four decimals (BR-DEC-23), and a
    // seller who is called "---" (BR-06)
    let against = ["line-total-4-decimals.xml", "lastschrift_iban_bug.xml"];
    let against = against.map(|name| format!("zugferd-facturx/Invoice/{name}"));
    let is_refused = |entry: &Value| against.iter().any(|path| entry["path"] == *path);
    valid.retain(|entry| is_read(entry) && entry["valid"] == true && !is_refused(entry));
    assert!(
        valid.len() >= 330,
        "the index lists {} documents",
        valid.len()
    );
    none(&on_two_threads(&valid, |entry| misread(&folder, entry)));
    println!("{} documents read", valid.len());
}

#[test]
fn no_invalid_document_brings_the_program_down() {
    let Some(folder) = folder() else { return };
    let mut others = entries(&folder);
    others.retain(|entry| entry["valid"] == false || !is_read(entry));
    assert!(others.len() >= 430, "the index lists {}", others.len());
    let fallen = |entry: &Value| {
        let path = folder.join(text(entry, "path"));
        let said = sealane(&["document", "show", path.to_str()?]);
        // what breaks only national or code-list rules is let through
        let must = entry["valid"] == false
            && (text(entry, "syntax") == "XML" || text(entry, "kind") == "malformed");
        let right = said.data.is_object() && (said.code == INVALID || (said.code == DONE && !must));
        let named = said.code == DONE || !said.text("message").is_empty();
        (!right || !named).then(|| format!("{}: {said}", text(entry, "path")))
    };
    none(&on_two_threads(&others, fallen));
}

/// How many invoices are financed; the long run takes more.
const SAMPLE: usize = if cfg!(feature = "torture") { 60 } else { 4 };

/// Whether the financing statement takes it: an invoice over more than nothing, whose seller has a
/// strict identifier, and none of whose parties has more than a record holds.
fn is_financeable(folder: &Path, entry: &Value) -> bool {
    let path = folder.join(text(entry, "path"));
    let said = sealane(&["document", "show", path.to_str().unwrap()]);
    let shown = &said.data;
    let amount = shown["payable_amount"].as_str().unwrap_or("0");
    let positive =
        !amount.starts_with('-') && amount.contains(|letter: char| ('1'..='9').contains(&letter));
    let ids = |party: &str| {
        let all = shown[party]["ids"].as_array().into_iter().flatten();
        all.filter(|id| id["strict"] == true).count()
    };
    let known = (1..=7).contains(&ids("seller")) && ids("buyer") <= 7 && ids("payee") <= 7;
    let code = shown["type_code"].as_str().is_none_or(|code| code == "380");
    said.code == DONE
        && shown["kind"] == "Invoice"
        && positive
        && known
        && code
        && !shown["issue_date"].is_null()
}

#[test]
fn a_random_sample_is_sealed_proven_and_financed() {
    let Some(folder) = folder() else { return };
    let mut invoices = entries(&folder);
    invoices.retain(|entry| {
        is_read(entry) && entry["valid"] == true && text(entry, "kind") == "Invoice"
    });
    let mut random = Random::seeded();
    let shuffled = random.sample(invoices, usize::MAX);
    let sample = shuffled
        .iter()
        .filter(|entry| is_financeable(&folder, entry))
        .take(SAMPLE);
    let network = Network::start(2);
    let (a, b) = (network.bank('a'), network.bank('b'));
    let mut tried = 0;
    for entry in sample {
        tried += 1;
        let path = folder.join(text(entry, "path"));
        let path = path.to_str().unwrap();
        println!("{path}");
        let customer = known(&a, path);
        let sealed = a.run(&["seal", path]).expect(DONE);
        let waived = ["2", "3", "4", "5", "6", "payee", "assigned"];
        let waivers = waived.map(|what| format!("{what}=a sample of one seller's documents"));
        let mut words = vec![
            "finance",
            sealed.text("record"),
            "--customer",
            &customer,
            "--confirmed",
        ];
        words.extend(
            waivers
                .iter()
                .flat_map(|waiver| ["--waive", waiver.as_str()]),
        );
        let financed = a.run(&words);
        // the corpus has some invoices in two forms: the second one is a duplicate
        let twin = financed.words().contains(Rule::Strict.description());
        let code = if twin { REFUSED } else { DONE };
        let _ = financed.expect(code);
        let asked = b.run(&["inquire", path]).expect(DONE);
        assert_eq!(asked.text("answer"), "taken", "{path}");
    }
    assert!(tried >= 4, "only {tried} were tried");
}

/// The document's seller is a customer of this bank, with the identifiers that it shows; the name of it.
fn known(bank: &Bank, path: &str) -> String {
    let document = sealane_documents::read(&std::fs::read(path).unwrap(), path).unwrap();
    let ids: Vec<String> = document
        .seller
        .strict_ids()
        .map(|id| id.canonical())
        .collect();
    let name = format!("seller {}", ids.join(" "));
    let mut words = vec!["alias", "register", &name, "--shared"];
    words.extend(ids.iter().flat_map(|id| ["--id", id.as_str()]));
    let _ = bank.run(&words).expect(DONE);
    name
}
