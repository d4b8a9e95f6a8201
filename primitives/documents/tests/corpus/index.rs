//! The corpus: its index and its files.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use sealane_documents::{Document, ReadError, read};
use serde_json::Value;

/// Kinds of documents that must be read.
pub const KINDS: [&str; 6] = [
    "Order",
    "OrderResponse",
    "DespatchAdvice",
    "ReceiptAdvice",
    "Invoice",
    "CreditNote",
];

/// So many files the index has at least.
pub const FILES: usize = 773;

const LIST: &str = include_str!("../../../../specs/schemas/let-through.md");

/// Documents of `specs/schemas/let-through.md`: those that are invalid and read, or valid and refused.
pub fn listed(heading: &str) -> BTreeSet<&'static str> {
    let (_, after) = LIST.split_once(heading).expect("the page has it");
    let rows = after
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'));
    let rows = rows.filter_map(|line| line.strip_prefix("| `"));
    let parts = rows.filter_map(|row| row.split_once("` | "));
    let with_reason = parts.filter(|(_, reason)| reason.len() > 20);
    with_reason.map(|(path, _)| path).collect()
}

/// The folder of documents.
pub struct Corpus {
    root: PathBuf,
}

/// One entry of the index.
pub struct Entry {
    pub path: String,
    pub value: Value,
}

impl Corpus {
    /// The corpus, or `None`, said on standard error, when it is absent.
    ///
    /// # Panics
    /// Where `SEALANE_DOCUMENTS` demands it and it is not there.
    pub fn open() -> Option<Self> {
        let beside = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../../shared/data/documents"
        );
        let demanded = std::env::var_os("SEALANE_DOCUMENTS");
        let root = demanded
            .as_ref()
            .map_or_else(|| PathBuf::from(beside), PathBuf::from);
        if root.join("index.json").is_file() {
            return Some(Self { root });
        }
        let at = root.display();
        assert!(
            demanded.is_none(),
            "SEALANE_DOCUMENTS demands the shared documents, and there are none at {at}"
        );
        let said = format!(
            "SKIPPED, nothing was read: no documents at {at}; set SEALANE_DOCUMENTS to them, and the test fails without them\n"
        );
        // past what the harness keeps of a test that passes
        std::io::stderr()
            .write_all(said.as_bytes())
            .expect("standard error is open");
        None
    }

    fn json(&self, name: &str) -> Value {
        let text = std::fs::read(self.root.join(name)).expect("the corpus has it");
        serde_json::from_slice(&text).expect("the corpus's own JSON is well-formed")
    }

    /// All entries of the index. A copy of a part of the documents would test less than it says.
    pub fn entries(&self) -> Vec<Entry> {
        let index = self.json("index.json");
        let files = index["files"].as_array().expect("a list of files");
        let entry = |value: &Value| Entry {
            path: value["path"]
                .as_str()
                .expect("each file has a path")
                .to_owned(),
            value: value.clone(),
        };
        let entries: Vec<Entry> = files.iter().map(entry).collect();
        assert!(entries.len() >= FILES, "{} of {FILES}", entries.len());
        entries
    }

    /// The sets of files that belong together.
    pub fn sets(&self) -> Vec<Value> {
        self.json("sets.json")["sets"]
            .as_array()
            .expect("a list of sets")
            .clone()
    }

    /// A file's bytes.
    pub fn bytes(&self, path: &str) -> Vec<u8> {
        std::fs::read(self.root.join(path)).expect("the index names files that are there")
    }

    /// A file, read.
    pub fn read(&self, path: &str) -> Result<Document, ReadError> {
        read(&self.bytes(path), path)
    }
}

impl Entry {
    pub fn text(&self, key: &str) -> Option<&str> {
        self.value[key].as_str()
    }

    pub fn is_valid(&self) -> bool {
        self.value["valid"]
            .as_bool()
            .expect("each file is valid or not")
    }

    pub fn is_ours(&self) -> bool {
        let syntax = self.text("syntax");
        matches!(syntax, Some("UBL" | "CII"))
            && self.text("kind").is_some_and(|kind| KINDS.contains(&kind))
    }

    /// Whether the project's own list names it as published as valid and refused.
    pub fn is_refused(&self) -> bool {
        listed("# Documents published as valid that Sealane refuses").contains(self.path.as_str())
    }
}
