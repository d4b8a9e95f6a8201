//! Every valid file of the index is read, and its fields agree with the index.

use sealane_documents::{Decimal, Document, Party};
use sealane_types::text::names_nothing;
use serde_json::Value;

use super::index::{Corpus, Entry};

#[test]
fn every_valid_document_is_read_and_agrees_with_the_index() {
    let Some(corpus) = Corpus::open() else {
        return;
    };
    let mut wrong = Vec::new();
    let mut read = 0;
    for entry in corpus
        .entries()
        .iter()
        .filter(|entry| entry.is_ours() && entry.is_valid())
    {
        match corpus.read(&entry.path) {
            Ok(document) => {
                read += 1;
                wrong.extend(
                    differences(entry, &document)
                        .into_iter()
                        .map(|what| format!("{}: {what}", entry.path)),
                );
            }
            Err(_) if entry.is_refused() => {}
            Err(error) => wrong.push(error.to_string()),
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {read}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(read >= 330, "only {read} were read");
}

fn differences(entry: &Entry, document: &Document) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut same = |what: &str, ours: Option<&str>, theirs: Option<&str>| {
        if theirs.is_some() && ours != theirs {
            wrong.push(format!("{what}: {ours:?}, the index has {theirs:?}"));
        }
    };
    let date = document.issue_date.to_string();
    same("kind", Some(document.kind.name()), entry.text("kind"));
    same("id", Some(&document.id), entry.text("id"));
    same(
        "issue_date",
        Some(&date),
        entry
            .text("issue_date")
            .map(|date| date.get(..10).unwrap_or(date)),
    );
    same(
        "type_code",
        document.type_code.as_deref(),
        entry.text("type_code"),
    );
    same(
        "seller",
        document.seller.name.as_deref(),
        entry.text("seller"),
    );
    same("buyer", document.buyer.name.as_deref(), entry.text("buyer"));
    same(
        "currency",
        document.currency.as_deref(),
        entry.text("currency"),
    );
    same(
        "buyer_reference",
        document.buyer_reference.as_deref(),
        entry.text("buyer_reference"),
    );
    let totals = &document.totals;
    // the index has the elements as they are called; OIOUBL 2 calls the sum of the taxes `TaxExclusiveAmount`
    let tax_exclusive = match document.claim().oioubl {
        true => totals.tax,
        false => totals.tax_exclusive,
    };
    for (key, ours) in [
        ("payable", totals.payable),
        ("tax", totals.tax),
        ("tax_exclusive", tax_exclusive),
        ("tax_inclusive", totals.tax_inclusive),
        ("lines_total", totals.lines),
    ] {
        let theirs = entry
            .text(key)
            .map(|text| Decimal::parse(text).expect("the index has numbers"));
        if theirs.is_some() && ours != theirs {
            wrong.push(format!("{key}: {ours:?}, the index has {theirs:?}"));
        }
    }
    if entry.value["lines"].as_u64() != Some(document.lines.len() as u64) {
        wrong.push(format!(
            "lines: {}, the index has {}",
            document.lines.len(),
            entry.value["lines"]
        ));
    }
    for (key, ours) in [
        ("order", &document.order_references),
        ("despatch", &document.despatch_references),
        ("billing", &document.billing_references),
    ] {
        let mut theirs = strings(&entry.value["refs"][key]);
        // Turkish receipts name the despatch advice by its UUID, which the index has, and by its number, under which it is sealed
        let by_number = entry.path.starts_with("ubl-tr/ReceiptAdvice/") && key == "despatch";
        theirs.retain(|one| !(names_nothing(one) || by_number && one.len() == 36));
        if by_number && theirs.is_empty() {
            continue;
        }
        if sorted(ours) != sorted(&theirs) {
            wrong.push(format!("{key}: {ours:?}, the index has {theirs:?}"));
        }
    }
    for (key, party) in [
        ("seller_id", &document.seller),
        ("buyer_id", &document.buyer),
    ] {
        if entry.text(key).is_some_and(|id| !has(party, id)) {
            wrong.push(format!(
                "{key}: {:?} {:?}, the index has {}",
                party.ids, party.other_ids, entry.value[key]
            ));
        }
    }
    wrong
}

/// Whether a party has the identifier that the index prints, with its scheme before it or without.
fn has(party: &Party, id: &str) -> bool {
    let legal = party
        .ids
        .iter()
        .flat_map(|id| [id.written.as_str(), id.value.as_str()]);
    let others = party.other_ids.iter().map(|id| id.value.as_str());
    legal
        .chain(others)
        .any(|value| id == value || id.ends_with(&format!(":{value}")))
}

fn sorted(list: &[String]) -> Vec<String> {
    let mut list = list.to_vec();
    list.sort();
    list
}

fn strings(value: &Value) -> Vec<String> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter()
        .filter_map(|one| one.as_str().map(str::to_owned))
        .collect()
}

#[test]
fn lines_agree_with_the_sets() {
    let Some(corpus) = Corpus::open() else {
        return;
    };
    let entries = corpus.entries();
    let ours = |path: &str| {
        entries
            .iter()
            .any(|entry| entry.path == path && entry.is_ours() && entry.is_valid())
    };
    let mut wrong = Vec::new();
    let mut compared = 0;
    for set in corpus.sets() {
        for file in set["files"].as_array().expect("a set has files") {
            let path = file["path"].as_str().expect("a file has a path");
            let (true, Ok(document)) = (ours(path), corpus.read(path)) else {
                continue;
            };
            for (index, theirs) in file["lines"].as_array().into_iter().flatten().enumerate() {
                compared += 1;
                wrong.extend(
                    line_differences(&document, index, theirs)
                        .map(|what| format!("{path}: {what}")),
                );
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {compared}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(compared > 200, "only {compared} lines were compared");
}

fn line_differences(document: &Document, index: usize, theirs: &Value) -> Option<String> {
    let Some(line) = document.lines.get(index) else {
        return Some(format!("line {index} is missing"));
    };
    let text = |key: &str| theirs[key].as_str();
    let number =
        |key: &str| text(key).map(|text| Decimal::parse(text).expect("the sets have numbers"));
    let one = Some(Decimal::ONE);
    let order_lines = strings(&theirs["order_line"]);
    let checks = [
        (
            "id",
            text("id").is_none() || text("id") == line.id.as_deref(),
        ),
        (
            "unit",
            text("unit").is_none() || text("unit") == line.unit.as_deref(),
        ),
        (
            "item",
            text("item").is_none() || text("item") == line.item.as_deref(),
        ),
        (
            "quantity",
            number("qty").is_none() || number("qty") == line.quantity,
        ),
        (
            "price",
            number("price").is_none() || number("price") == line.price,
        ),
        (
            "base",
            number("base_qty").is_none() || number("base_qty") == line.base_quantity.or(one),
        ),
        (
            "total",
            number("amount").is_none() || number("amount") == line.total,
        ),
        (
            "order_line",
            order_lines.is_empty() || order_lines.first() == line.order_line.as_ref(),
        ),
    ];
    let bad: Vec<&str> = checks
        .iter()
        .filter(|(_, fine)| !fine)
        .map(|(name, _)| *name)
        .collect();
    (!bad.is_empty())
        .then(|| format!("line {index} differs in {bad:?}: {line:?}, the sets have {theirs}"))
}
