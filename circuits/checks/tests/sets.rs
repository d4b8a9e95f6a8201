//! Other people's documents that belong together: the `order-*` and `despatch-receipt` sets of `SEALANE_DOCUMENTS`, of each those
//! of kinds that are read, through the standard checks. Every discrepancy that is listed here was compared with the documents by hand.
//!
//! The project does not contain those files. Where they are absent, this test says so and passes.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use sealane_checks::evaluate::{Discrepancy, Fulfilment, Side};
use sealane_checks::standard::STANDARD;
use sealane_checks::{Handed, Instance, Sizes, read};
use sealane_documents::canonical;
use sealane_types::schema::{CanonicalFields, Kind};
use serde_json::Value;

/// The folder of documents, if it is there.
fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("SEALANE_DOCUMENTS").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/documents");
    let folder = named.unwrap_or(beside);
    if folder.join("sets.json").is_file() {
        return Some(folder);
    }
    let at = folder.display();
    let said = format!("nothing was read: no documents at {at}; set SEALANE_DOCUMENTS to them\n");
    // past what the harness keeps of a test that passes
    std::io::stderr().write_all(said.as_bytes()).unwrap();
    None
}

/// The discrepancies that are true: set, check, documents, then each requirement with its reason and the first place of each side. Values
/// of other people's documents are not repeated.
const KNOWN: &str = include_str!("sets.txt");

struct Read {
    name: String,
    fields: CanonicalFields,
}

fn documents(folder: &Path, set: &Value) -> Vec<Read> {
    const KINDS: [&str; 6] = [
        "Order",
        "OrderResponse",
        "DespatchAdvice",
        "ReceiptAdvice",
        "Invoice",
        "CreditNote",
    ];
    let files = set["files"].as_array().unwrap().iter();
    let read_kinds =
        files.filter(|file| KINDS.contains(&file["kind"].as_str().unwrap_or_default()));
    read_kinds
        .map(|file| {
            let path = file["path"].as_str().unwrap();
            let bytes = std::fs::read(folder.join(path)).unwrap();
            let document =
                sealane_documents::read(&bytes, path).unwrap_or_else(|error| panic!("{error}"));
            let fields = canonical(&document).unwrap_or_else(|error| panic!("{path}: {error}"));
            let name = path
                .rsplit('/')
                .next()
                .unwrap()
                .trim_end_matches(".xml")
                .to_owned();
            Read { name, fields }
        })
        .fold(Vec::new(), |mut all: Vec<Read>, one| {
            // some stand there in several serialisations
            if all.iter().all(|other| other.fields != one.fields) {
                all.push(one);
            }
            all
        })
}

/// A discrepancy without its values.
fn shape(found: &Discrepancy) -> String {
    let side = |side: &Side| match side.places.first() {
        None => "a literal".to_owned(),
        Some(place) => {
            let there = if place.value.is_none() {
                " (absent)"
            } else {
                ""
            };
            format!("{} {}{there}", place.document, place.path)
        }
    };
    let sides: Vec<String> = found.sides.iter().map(side).collect();
    format!("{}: {}", found.why.name(), sides.join(" | "))
}

/// Every choice of one document for each kind.
fn choices<'a>(kinds: &[Kind], read: &'a [Read]) -> Vec<Vec<&'a Read>> {
    let mut chosen: Vec<Vec<&Read>> = vec![Vec::new()];
    for kind in kinds {
        let of_kind = || read.iter().filter(|one| one.fields.kind == *kind);
        chosen = chosen
            .iter()
            .flat_map(|before| of_kind().map(move |one| [&before[..], &[one]].concat()))
            .collect();
    }
    chosen
}

/// What the standard checks say of a set: a line for each choice of documents, and one for each discrepancy.
fn said(id: &str, read_documents: &[Read]) -> Vec<String> {
    let mut lines = Vec::new();
    for standard in STANDARD {
        let check = read(standard.source).unwrap();
        let kinds: Vec<Kind> = check
            .documents
            .iter()
            .map(|document| document.kind)
            .collect();
        let instance = Instance::new(&check, Sizes::new(128, 1).unwrap()).unwrap();
        for chosen in choices(&kinds, read_documents) {
            let handed: Vec<Vec<Handed<'_>>> = chosen
                .iter()
                .map(|one| {
                    vec![Handed {
                        fields: &one.fields,
                        sealer: None,
                        taken: &[],
                    }]
                })
                .collect();
            let evaluation = instance.evaluate(&handed).unwrap();
            let names: Vec<&str> = chosen.iter().map(|one| one.name.as_str()).collect();
            let result = if evaluation.holds() {
                "passes"
            } else {
                "differs"
            };
            lines.push(format!(
                "{id} | {} | {} | {result}",
                standard.name,
                names.join(", ")
            ));
            for outcome in evaluation.outcomes {
                assert_eq!(
                    outcome.fulfilment == Fulfilment::NotMet,
                    !outcome.discrepancies.is_empty()
                );
                lines.extend(
                    outcome
                        .discrepancies
                        .iter()
                        .map(|one| format!("    {}: {}", outcome.id, shape(one))),
                );
            }
        }
    }
    if lines.is_empty() {
        lines.push(format!("{id} | no standard check is about these kinds"));
    }
    lines
}

#[test]
fn the_oasis_set_bills_a_hundred_kilograms_for_ninety_delivered() {
    let Some(folder) = folder() else { return };
    let text = std::fs::read(folder.join("sets.json")).unwrap();
    let index: Value = serde_json::from_slice(&text).unwrap();
    let sets = index["sets"].as_array().unwrap();
    let set = sets
        .iter()
        .find(|set| set["id"] == "ubl20-domestic")
        .unwrap();
    let read_documents = documents(&folder, set);
    let source = STANDARD
        .iter()
        .find(|standard| standard.name == "quantities-despatch")
        .unwrap()
        .source;
    let check = read(source).unwrap();
    let instance = Instance::new(&check, Sizes::new(8, 1).unwrap()).unwrap();
    let kinds = [Kind::Order, Kind::DespatchAdvice, Kind::Invoice];
    for chosen in choices(&kinds, &read_documents) {
        let handed = chosen.iter().map(|one| {
            vec![Handed {
                fields: &one.fields,
                sealer: None,
                taken: &[],
            }]
        });
        let evaluation = instance.evaluate(&handed.collect::<Vec<_>>()).unwrap();
        let beyond = &evaluation
            .outcome("not-beyond-delivered")
            .unwrap()
            .discrepancies[0];
        let values: Vec<_> = beyond
            .sides
            .iter()
            .map(|side| side.value.as_deref().unwrap())
            .collect();
        assert_eq!(values, ["100 KGM", "90 KGM"]);
        assert_eq!(beyond.sides[0].places[0].document, "invoice");
        assert_eq!(beyond.sides[1].places[0].document, "delivery");
        assert_eq!(
            evaluation.outcome("not-beyond-ordered").unwrap().fulfilment,
            Fulfilment::Met
        );
    }
}

#[test]
fn real_sets_pass_or_differ_as_they_truly_do() {
    let Some(folder) = folder() else { return };
    let text = std::fs::read(folder.join("sets.json")).unwrap();
    let index: Value = serde_json::from_slice(&text).unwrap();
    let mut found = Vec::new();
    let mut sets = BTreeMap::new();
    for set in index["sets"].as_array().unwrap() {
        let (id, kind) = (set["id"].as_str().unwrap(), set["type"].as_str().unwrap());
        if !kind.starts_with("order-") && kind != "despatch-receipt" {
            continue; // other sets are one document in several forms, or none that is read
        }
        let read = documents(&folder, set);
        if read.len() >= 2 {
            let lines = said(id, &read);
            sets.insert(id.to_owned(), lines.len());
            found.extend(lines);
        }
    }
    let known: Vec<&str> = KNOWN
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .collect();
    if std::env::var_os("SEALANE_PRINT_SETS").is_some() {
        println!("{}", found.join("\n"));
    }
    for (number, line) in found.iter().enumerate() {
        assert_eq!(
            known.get(number),
            Some(&line.as_str()),
            "line {number} of sets.txt"
        );
    }
    assert_eq!(known.len(), found.len());
    println!("{} sets, {} lines", sets.len(), found.len());
}
