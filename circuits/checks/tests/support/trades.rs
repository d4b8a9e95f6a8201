//! Trades as documents in folders, and what the standard workflows' checks say of them.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test file uses its part"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use sealane_checks::evaluate::Fulfilment;
use sealane_checks::standard::STANDARD;
use sealane_checks::typed::Check;
use sealane_checks::{Handed, Instance, Sizes, read};
use sealane_documents::{Document, canonical};
use sealane_types::fields::FieldValue;
use sealane_types::schema::CanonicalFields;
use serde_json::Value;

/// A trade's documents as JSON, by the name that its workflow gives them.
pub type Documents = BTreeMap<String, Vec<Value>>;

/// One of a workflow's checks, and the names of the documents that it is over.
pub struct Required {
    pub check: Check,
    pub documents: Vec<String>,
    /// The requirements that somebody may waive.
    pub waivable: Vec<String>,
}

fn data(name: &str) -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.join("tests/data/trades").join(name)
}

/// The names of all trades.
pub fn names() -> Vec<String> {
    let folders = std::fs::read_dir(data("")).unwrap();
    let mut names: Vec<String> = folders
        .map(|folder| folder.unwrap())
        .filter(|folder| folder.path().is_dir())
        .map(|folder| folder.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn json(path: PathBuf) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// What an examiner says of a trade.
pub fn verdict(name: &str) -> Value {
    json(data(name).join("what.json"))
}

/// A trade's documents.
pub fn documents(name: &str) -> Documents {
    let mut files: Vec<PathBuf> = std::fs::read_dir(data(name))
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    let mut documents = Documents::new();
    for file in files {
        let stem = file.file_stem().unwrap().to_str().unwrap();
        let name = stem.split('-').next().unwrap().to_owned();
        if name != "what" {
            documents.entry(name).or_default().push(json(file));
        }
    }
    documents
}

/// Changes a value at a JSON pointer of a document's (`-` adds to a list); null takes it away.
pub fn change(documents: &mut Documents, name: &str, pointer: &str, value: &Value) {
    let document = &mut documents.get_mut(name).unwrap()[0];
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap() {
        Value::Array(list) if last == "-" => list.push(value.clone()),
        Value::Array(list) if value.is_null() => drop(list.remove(last.parse().unwrap())),
        Value::Array(list) => list[last.parse::<usize>().unwrap()] = value.clone(),
        Value::Object(fields) if value.is_null() => drop(fields.remove(last)),
        Value::Object(fields) => drop(fields.insert(last.to_owned(), value.clone())),
        other => panic!("{pointer}: {other}"),
    }
}

/// A standard workflow's checks.
pub fn required(workflow: &str) -> Vec<Required> {
    let path = format!("../../specs/workflows/{workflow}.toml");
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    let file: toml::Table = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let words = |list: &toml::Value| -> Vec<String> {
        let words = list.as_array().unwrap().iter();
        words
            .map(|word| word.as_str().unwrap().to_owned())
            .collect()
    };
    let checks = file["check"].as_array().unwrap().iter();
    let required = checks.map(|one| {
        let named = one["name"].as_str().unwrap();
        let (name, version) = named.split_once('@').unwrap();
        let standard = STANDARD.iter().find(|standard| standard.name == name);
        let check = read(standard.unwrap().source).unwrap();
        assert_eq!(check.version.to_string(), version, "{name}");
        let waivers = file["waiver"].as_array().unwrap().iter();
        let own = waivers.filter(|waiver| waiver["check"].as_str() == Some(named));
        Required {
            check,
            documents: words(&one["documents"]),
            waivable: own
                .flat_map(|waiver| words(&waiver["requirements"]))
                .collect(),
        }
    });
    required.collect()
}

/// The workflow that a trade's documents belong to.
pub fn workflow(documents: &Documents) -> &'static str {
    match (
        documents.contains_key("credit"),
        documents.contains_key("acceptance"),
    ) {
        (true, _) => "letter-of-credit",
        (_, true) => "order-to-acceptance",
        _ => "order-to-payment",
    }
}

/// A document from its JSON.
fn document_of(json: &Value) -> Document {
    let read = sealane_documents::read(json.to_string().as_bytes(), "it.json");
    read.unwrap_or_else(|fault| panic!("{fault}"))
}

/// A check's documents as they are sealed.
pub fn sealed(required: &Required, documents: &Documents) -> Vec<Vec<CanonicalFields>> {
    let one = |document: &Value| canonical(&document_of(document)).unwrap();
    let list = |name: &String| documents[name].iter().map(one).collect();
    required.documents.iter().map(list).collect()
}

/// The identifiers of a document's party, as its alias has them.
pub fn party(fields: &CanonicalFields, slot: usize) -> Vec<String> {
    match &fields.header[slot] {
        Some(FieldValue::LegalIds(ids)) => ids.clone(),
        other => panic!("no identifiers: {other:?}"),
    }
}

/// One of the standard checks by itself, over documents that need not be a workflow's.
pub fn alone(name: &str, documents: &[&str]) -> Required {
    let standard = STANDARD.iter().find(|standard| standard.name == name);
    Required {
        check: read(standard.unwrap().source).unwrap(),
        documents: documents.iter().map(|&one| one.to_owned()).collect(),
        waivable: Vec::new(),
    }
}

/// The requirements of a check that are not met.
pub fn not_met(required: &Required, documents: &Documents) -> Vec<String> {
    let sealed = sealed(required, documents);
    let handed: Vec<Vec<Handed<'_>>> = sealed
        .iter()
        .map(|list| {
            let handed = list.iter().map(|fields| Handed {
                fields,
                sealer: None,
                taken: &[],
            });
            handed.collect()
        })
        .collect();
    let instance = Instance::new(&required.check, Sizes::new(16, 2).unwrap()).unwrap();
    let outcomes = instance.evaluate(&handed).unwrap().outcomes.into_iter();
    outcomes
        .filter(|outcome| outcome.fulfilment == Fulfilment::NotMet)
        .map(|outcome| outcome.id)
        .collect()
}

/// The requirements that are not met, as `check:requirement`, and of those the ones that nobody may waive.
pub fn unmet(documents: &Documents) -> (Vec<String>, Vec<String>) {
    let (mut all, mut fixed) = (Vec::new(), Vec::new());
    for required in required(workflow(documents)) {
        for id in not_met(&required, documents) {
            let name = format!("{}:{id}", required.check.name);
            if !required.waivable.contains(&id) {
                fixed.push(name.clone());
            }
            all.push(name);
        }
    }
    (all, fixed)
}
