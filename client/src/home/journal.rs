//! The journal: what this home has begun, written before anything is sent.
//!
//! `journal/ID.json` tells of one record; `journal/outbox.json` holds the one transaction that was
//! made and is not yet known to be committed or refused. A home signs one transaction at a time:
//! while the outbox is full no other is made, so a kill at any moment leads to the same bytes being
//! sent again and never to a second transaction for one action.
//!
//! The journal holds no plaintext: a document is known by a digest keyed with a secret of the home.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use sealane_types::ids::{Digest, RecordId, Sequence, TxId};

use super::disk::{self, DiskError};
use super::hexed::{Hexed, Shown};

/// Why the journal cannot be used.
#[derive(Debug, Error)]
pub enum JournalError {
    /// The disk failed.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// A file of the journal is not one that this program wrote.
    #[error("{}: not a journal file of version {KNOWN}: {reason}", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The outbox holds another transaction, which must come to its end first.
    #[error("another transaction is still under way: to {0}")]
    OutboxFull(String),
}

const KNOWN: u32 = 1;
const ENTRY_LIMIT: u64 = 1 << 16;
const OUTBOX_LIMIT: u64 = 1 << 24;

/// What a transaction does for its record. Files of the journal have it under `step`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Puts the record on the chain.
    Seal,
    /// Presents its blinded set.
    Present,
    /// Finances against it.
    Finance,
    /// Releases the financing.
    Release,
    /// Registers a customer's alias.
    Register,
    /// Adds legal identifiers to a customer's alias.
    Amend,
    /// Suspends, reactivates or closes a customer's alias.
    Standing,
    /// Proposes a change.
    Propose,
    /// Votes on a proposal.
    Vote,
    /// Puts the outcome of a cross-check on the chain.
    CrossCheck,
    /// Publishes the key of a field that was sealed wrongly.
    OpenField,
    /// Opens a trade or moves one.
    Trade,
}

impl std::fmt::Display for Action {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Seal => "seal",
            Self::Present => "present",
            Self::Finance => "finance",
            Self::Release => "release",
            Self::Register => "register an alias",
            Self::Amend => "amend an alias",
            Self::Standing => "change an alias' standing",
            Self::Propose => "propose a change",
            Self::Vote => "vote",
            Self::CrossCheck => "put a check's outcome on the chain",
            Self::OpenField => "publish a wrong field's key",
            Self::Trade => "move a trade",
        })
    }
}

/// Why a record was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// By `seal`.
    Seal,
    /// By `inquire`, as a throwaway that can be financed afterwards.
    Inquiry,
}

/// A transaction that this home made for a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Made {
    /// What it does.
    #[serde(rename = "step")]
    pub action: Action,
    /// Its id.
    pub id: Shown<TxId>,
    /// What became of it, as far as this home knows.
    pub outcome: Outcome,
}

/// What became of a transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Not yet known.
    Unknown,
    /// In the block of this height, and done.
    Committed(u64),
    /// Refused, with the reason's words.
    Refused(String),
}

/// What the journal tells of one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    version: u32,
    /// The record's id.
    pub record: Shown<RecordId>,
    /// Why it was made.
    pub origin: Origin,
    /// The document's digest, keyed with a secret of this home.
    pub document: Shown<Digest>,
    /// The record that it replaces.
    pub replaces: Option<Shown<RecordId>>,
    /// The order in which this home made its records, from 1.
    pub number: u64,
    /// Transactions made for it, oldest first.
    pub made: Vec<Made>,
}

impl Entry {
    /// Notes a transaction, or what became of one noted before.
    pub fn note(&mut self, action: Action, id: TxId, outcome: Outcome) {
        let id = Shown(id);
        match self.made.iter_mut().find(|made| made.id == id) {
            Some(made) => made.outcome = outcome,
            None => self.made.push(Made {
                action,
                id,
                outcome,
            }),
        }
    }

    /// The last transaction of an action that is not known to be refused.
    #[must_use]
    pub fn last(&self, action: Action) -> Option<&Made> {
        let stands =
            |made: &&Made| made.action == action && !matches!(made.outcome, Outcome::Refused(_));
        self.made.iter().rev().find(stands)
    }

    /// Whether the chain has refused the record.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        let mut sealings = self.made.iter().filter(|made| made.action == Action::Seal);
        let last = sealings.next_back();
        last.is_some_and(|made| matches!(made.outcome, Outcome::Refused(_)))
    }
}

/// The one transaction that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outbox {
    version: u32,
    /// The record that it is for; none where it is about members.
    pub record: Option<Shown<RecordId>>,
    /// What it does.
    #[serde(rename = "step")]
    pub action: Action,
    /// Its id.
    pub id: Shown<TxId>,
    /// Its sequence under this home's key.
    pub sequence: u64,
    /// Its bytes, signature included: these and no others are sent again.
    pub bytes: Hexed,
}

impl Outbox {
    /// A transaction about to be sent.
    #[must_use]
    pub fn new(
        record: Option<RecordId>,
        action: Action,
        id: TxId,
        sequence: Sequence,
        bytes: Vec<u8>,
    ) -> Self {
        Self {
            version: KNOWN,
            record: record.map(Shown),
            action,
            id: Shown(id),
            sequence: sequence.0,
            bytes: Hexed(bytes),
        }
    }
}

impl Outbox {
    /// What it is for, in a few words.
    #[must_use]
    pub fn purpose(&self) -> String {
        match &self.record {
            Some(record) => format!("{} record {}", self.action, record.0),
            None => self.action.to_string(),
        }
    }
}

/// The journal of one home.
#[derive(Debug)]
pub struct Journal {
    folder: PathBuf,
}

impl Journal {
    /// The journal in `folder`.
    #[must_use]
    pub fn open(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// Begins a record's entry: the next in number.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn begin(
        &self,
        record: RecordId,
        origin: Origin,
        document: Digest,
        replaces: Option<RecordId>,
    ) -> Result<Entry, JournalError> {
        let highest = self.entries()?.last().map_or(0, |entry| entry.number);
        let entry = Entry {
            version: KNOWN,
            record: Shown(record),
            origin,
            document: Shown(document),
            replaces: replaces.map(Shown),
            number: highest + 1,
            made: Vec::new(),
        };
        self.keep(&entry)?;
        Ok(entry)
    }

    /// Writes an entry.
    ///
    /// # Errors
    /// When the disk fails; the entry before is then still there.
    pub fn keep(&self, entry: &Entry) -> Result<(), JournalError> {
        let path = self.entry_path(&entry.record.0);
        Ok(disk::write_atomic(&path, &json(entry))?)
    }

    /// A record's entry.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn entry(&self, record: &RecordId) -> Result<Option<Entry>, JournalError> {
        let found: Option<Entry> = load(&self.entry_path(record), ENTRY_LIMIT)?;
        Ok(found.filter(|entry| entry.record.0 == *record))
    }

    /// All entries, oldest first.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn entries(&self) -> Result<Vec<Entry>, JournalError> {
        let mut entries: Vec<Entry> = Vec::new();
        for name in disk::names(&self.folder, ".json")? {
            if name != OUTBOX {
                entries.extend(load(&self.folder.join(name), ENTRY_LIMIT)?);
            }
        }
        entries.sort_by_key(|entry| entry.number);
        Ok(entries)
    }

    /// The newest record made of a document.
    ///
    /// # Errors
    /// When an entry cannot be read.
    pub fn newest_of(&self, document: &Digest) -> Result<Option<Entry>, JournalError> {
        let entries = self.entries()?.into_iter().rev();
        Ok(entries
            .into_iter()
            .find(|entry| entry.document.0 == *document))
    }

    /// The transaction under way.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    pub fn outbox(&self) -> Result<Option<Outbox>, JournalError> {
        load(&self.folder.join(OUTBOX), OUTBOX_LIMIT)
    }

    /// Puts a transaction into the outbox and notes it in its record's entry. Only then may it be
    /// sent.
    ///
    /// # Errors
    /// When the outbox holds another, or the disk fails.
    pub fn post(&self, outbox: &Outbox) -> Result<(), JournalError> {
        if let Some(other) = self.outbox()?.filter(|other| other != outbox) {
            return Err(JournalError::OutboxFull(other.purpose()));
        }
        disk::write_atomic(&self.folder.join(OUTBOX), &json(outbox))?;
        self.note(outbox, Outcome::Unknown)
    }

    /// Notes what became of the transaction in the outbox, then empties it.
    ///
    /// # Errors
    /// When the disk fails; done again, it does the same.
    pub fn close(&self, outbox: &Outbox, outcome: Outcome) -> Result<(), JournalError> {
        self.note(outbox, outcome)?;
        Ok(disk::remove(&self.folder.join(OUTBOX))?)
    }

    fn note(&self, outbox: &Outbox, outcome: Outcome) -> Result<(), JournalError> {
        let entry = match &outbox.record {
            Some(record) => self.entry(&record.0)?,
            None => None,
        };
        let Some(mut entry) = entry else {
            return Ok(()); // about members, or a release of a record that another home sealed for this key
        };
        entry.note(outbox.action, outbox.id.0, outcome);
        self.keep(&entry)
    }

    fn entry_path(&self, record: &RecordId) -> PathBuf {
        self.folder.join(format!("{record}.json"))
    }
}

const OUTBOX: &str = "outbox.json";

fn json<T: Serialize>(value: &T) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).expect("these types have string keys");
    text.push(b'\n');
    text
}

fn load<T: for<'de> Deserialize<'de>>(path: &Path, limit: u64) -> Result<Option<T>, JournalError> {
    let Some(bytes) = disk::read_optional(path, limit)? else {
        return Ok(None);
    };
    let form = |reason: String| JournalError::Form {
        path: path.to_owned(),
        reason,
    };
    let value: serde_json::Value =
        serde_json::from_slice(&bytes).map_err(|error| form(error.to_string()))?;
    if value.get("version").and_then(serde_json::Value::as_u64) != Some(KNOWN.into()) {
        return Err(form("another version".to_owned()));
    }
    serde_json::from_value(value)
        .map(Some)
        .map_err(|error| form(error.to_string()))
}

#[cfg(test)]
mod tests;
