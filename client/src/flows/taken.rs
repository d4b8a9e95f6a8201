//! The set of taken fingerprints on this side: fetched whole once, then by increments, and believed
//! only when its digest is the one that the state proves.

use std::collections::BTreeMap;

use sealane_ledger::log::{LogEntry, TakenSet};
use sealane_ledger::state::LogHead;
use sealane_types::encoding::{Decode, DecodeError, Encode, Reader, put_length};
use sealane_types::ids::{Height, RecordId};

use super::Bank;
use crate::chain::{Lie, Snapshot};
use crate::error::ClientError;

/// Entries that a cache file may claim, above which it is fetched anew.
const MAX_ENTRIES: usize = 1 << 28;

/// The log, followed to an entry that the state proves.
pub(super) struct Taken {
    /// Who has what.
    pub set: TakenSet,
    /// The whole log.
    pub entries: Vec<LogEntry>,
    /// The height of each record's last change.
    pub since: BTreeMap<RecordId, Height>,
    /// What expires is judged by this height.
    pub height: Height,
}

#[derive(Default)]
struct Followed {
    entries: Vec<LogEntry>,
    set: TakenSet,
}

impl Followed {
    fn follow(&mut self, entry: LogEntry) {
        self.set.follow(&entry);
        self.entries.push(entry);
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        put_length(&mut bytes, self.entries.len());
        self.entries
            .iter()
            .for_each(|entry| entry.encode(&mut bytes));
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let length = reader.length(MAX_ENTRIES, "taken fingerprints")?;
        let mut followed = Self::default();
        for _ in 0..length {
            followed.follow(LogEntry::decode(&mut reader)?);
        }
        reader.finish()?;
        Ok(followed)
    }
}

impl Bank {
    /// The set of taken fingerprints at the latest header.
    pub(super) async fn taken(&self) -> Result<Taken, ClientError> {
        let cached = self.home().taken_cache()?;
        let cached = cached.and_then(|bytes| Followed::from_bytes(&bytes).ok());
        let had = cached.as_ref().map_or(0, |cached| cached.entries.len());
        let followed = match self.follow(cached.unwrap_or_default()).await {
            Ok(followed) => followed,
            // the cache may be what is wrong: fetched whole, the node alone can be
            Err(_) if had > 0 => self.follow(Followed::default()).await?,
            Err(error) => return Err(error),
        };
        let (followed, height) = followed;
        if followed.entries.len() != had {
            self.home().keep_taken_cache(&followed.to_bytes())?;
        }
        let changed = |entry: &LogEntry| (entry.record, entry.height);
        Ok(Taken {
            since: followed.entries.iter().map(changed).collect(),
            set: followed.set,
            entries: followed.entries,
            height,
        })
    }

    async fn follow(&self, mut followed: Followed) -> Result<(Followed, Height), ClientError> {
        loop {
            let from = followed.set.head().length;
            let (snapshot, entries) = self.node().taken_since(from).await?;
            let head = self.head(&snapshot)?;
            let before = followed.entries.len();
            for bytes in entries {
                if followed.set.head().length == head.length {
                    break;
                }
                let entry = LogEntry::from_bytes(&bytes).map_err(|reason| {
                    let what = "entry of the log";
                    self.node().lies(Lie::Form { what, reason })
                })?;
                followed.follow(entry);
            }
            if *followed.set.head() == head {
                return Ok((followed, snapshot.next_height()));
            }
            let grew = followed.entries.len() > before;
            if !grew || followed.set.head().length >= head.length {
                return Err(self.node().lies(Lie::OtherLog).into());
            }
        }
    }

    fn head(&self, snapshot: &Snapshot) -> Result<LogHead, ClientError> {
        let head = snapshot.read(0).map_err(|lie| self.node().lies(lie))?;
        head.ok_or_else(|| self.node().lies(Lie::Missing("digest")).into())
    }
}
