//! The public log of taken fingerprints. The state holds its length and rolling digest; nodes keep
//! the entries. Whoever inquires fetches the entries that it lacks, rolls the digest over them, and
//! compares with the state: `T` itself is never sent.

use std::collections::{BTreeMap, BTreeSet};

use sealane_types::encoding::{Decode, Encode};
use sealane_types::fingerprint::{Fingerprint, Mask};
use sealane_types::ids::{AliasId, Digest, Height, RecordId};
use sealane_types::receipt::Life;

use crate::effects::Effect;
use crate::naming::log_digest;
use crate::state::{Few, Key, LogHead, Overlay, Stage, StateExt};

/// One change of one record's fingerprints.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct LogEntry {
    /// The block's height.
    pub height: Height,
    /// The record.
    pub record: RecordId,
    /// The bank that holds it, or held it.
    pub bank: AliasId,
    /// The stage that the record's financing has from then on.
    pub stage: Stage,
    /// The record whose financing it goes on with, through all takeovers.
    pub since: RecordId,
    /// Which slots its fingerprints are of.
    pub mask: Mask,
    /// All fingerprints of the record.
    pub fingerprints: Few<Fingerprint>,
}

impl LogHead {
    /// The empty log's.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            length: 0,
            digest: Digest::new([0; 32]),
        }
    }

    /// The log's with one more entry.
    #[must_use]
    pub fn with(&self, entry: &LogEntry) -> Self {
        Self {
            length: self.length + 1,
            digest: log_digest(&self.digest, entry),
        }
    }
}

/// Appends an entry to the log.
pub(crate) fn append(state: &mut Overlay<'_>, effects: &mut Vec<Effect>, entry: LogEntry) {
    let head: Option<LogHead> = state.read(&Key::log());
    let head = head.unwrap_or_else(LogHead::empty);
    let longer = head.with(&entry);
    state.put(Key::log(), &longer);
    effects.push(Effect::Logged {
        number: head.length,
        entry: Box::new(entry),
        digest: longer.digest,
    });
}

/// A record that stands in the way of a fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// The record.
    pub record: RecordId,
    /// The bank that holds it.
    pub bank: AliasId,
    /// Where it stands.
    pub life: Life,
}

/// Where a record's financing stands.
#[derive(Debug, Clone, Copy)]
struct Standing {
    bank: AliasId,
    stage: Stage,
    since: RecordId,
}

/// The set of taken fingerprints, as somebody has it who followed the log from its first entry.
#[derive(Debug, Clone)]
pub struct TakenSet {
    head: LogHead,
    standings: BTreeMap<RecordId, Standing>,
    /// Who has a financing now that began with a record.
    holders: BTreeMap<RecordId, RecordId>,
    takers: BTreeMap<Fingerprint, BTreeSet<RecordId>>,
}

impl Default for TakenSet {
    fn default() -> Self {
        Self {
            head: LogHead::empty(),
            standings: BTreeMap::new(),
            holders: BTreeMap::new(),
            takers: BTreeMap::new(),
        }
    }
}

impl TakenSet {
    /// Follows the log by one entry.
    pub fn follow(&mut self, entry: &LogEntry) {
        self.head = self.head.with(entry);
        let standing = Standing {
            bank: entry.bank,
            stage: entry.stage,
            since: entry.since,
        };
        self.standings.insert(entry.record, standing);
        if !matches!(entry.stage, Stage::TakenOver { .. }) {
            self.holders.insert(entry.since, entry.record);
        }
        for print in &entry.fingerprints.0 {
            self.takers.entry(*print).or_default().insert(entry.record);
        }
    }

    /// Length and digest so far, to be compared with the state's at [`Key::log`].
    #[must_use]
    pub fn head(&self) -> &LogHead {
        &self.head
    }

    /// Who has this fingerprint, or had it until it was repaid, at `height`: at most one record by
    /// the strict rule, any number by looser ones. A record that took a financing over has what the older one had taken.
    pub fn takers(&self, fingerprint: Fingerprint, height: Height) -> impl Iterator<Item = Taken> {
        let records = self.takers.get(&fingerprint).into_iter().flatten();
        let holders: BTreeSet<RecordId> =
            records.filter_map(|record| self.holder(record)).collect();
        holders.into_iter().filter_map(move |record| {
            let standing = self.standings.get(&record)?;
            let (bank, life) = (standing.bank, standing.stage.at(height)?);
            Some(Taken { record, bank, life })
        })
    }

    /// Who has what this record has taken.
    fn holder(&self, taker: &RecordId) -> Option<RecordId> {
        let taken = self.standings.get(taker)?;
        if !matches!(taken.stage, Stage::TakenOver { .. }) {
            return Some(*taker);
        }
        let now = self.holders.get(&taken.since)?;
        let last = self.standings.get(now)?;
        (last.since == taken.since).then_some(*now)
    }
}
