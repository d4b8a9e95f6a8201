//! What a peer gives, checked and put together.

use std::collections::BTreeSet;
use std::path::Path;

use sealane_crypto::sealing::record_digest;
use sealane_ledger::log::LogEntry;
use sealane_ledger::sharing::check_slot_keys;
use sealane_ledger::state::{About, Key, LogHead, RecordEntry, SlotKeys};
use sealane_ledger::trust::{Certified, Trust};
use sealane_store::{Base, HeaderRow, Restore, Store};
use sealane_types::block::BlockHeader;
use sealane_types::encoding::Decode;
use sealane_types::ids::{BlockTime, ChainId, Digest, Epoch, Height, RecordId};
use sealane_types::record::Record;
use sealane_types::sharing::{Confirm, FingerprintKey};
use sealane_wire::v1;

use super::fault::SnapshotError;

/// How old, and how far ahead of this machine's clock, the newest block may be, in milliseconds: a chain makes at least
/// one block a minute.
const MAX_AGE: u64 = 180_000;
const MAX_AHEAD: u64 = 60_000;

/// The state that is taken: the one that a header names which trusted validators have made final.
#[derive(Debug)]
pub(super) struct Target {
    base: Certified,
    next: Certified,
    rows: Vec<(Height, HeaderRow)>,
    next_row: HeaderRow,
}

fn row(header: v1::FinalHeader) -> HeaderRow {
    HeaderRow {
        header: header.header,
        certificate: header.certificate,
    }
}

impl Target {
    /// The state after `base`, which the newest header `next` names. The headers of the turns are kept too: clients
    /// ask for them.
    pub(super) fn new(
        trust: &Trust,
        base: v1::FinalHeader,
        next: v1::FinalHeader,
        now: BlockTime,
    ) -> Result<Self, SnapshotError> {
        let before = trust.certify(&base.header, &base.certificate)?;
        let newest = trust.certify(&next.header, &next.certificate)?;
        let header = newest.header();
        if header.previous != before.id() || header.height != before.height().next() {
            return Err(SnapshotError::Lie(
                "its two newest headers do not follow one another",
            ));
        }
        let (old, ahead) = (
            now.0.saturating_sub(header.time.0),
            header.time.0.saturating_sub(now.0),
        );
        if old > MAX_AGE || ahead > MAX_AHEAD {
            return Err(SnapshotError::Age(old.max(ahead) / 1000));
        }
        let mut rows = Vec::new();
        for turn in trust.turns() {
            let height = BlockHeader::from_bytes(&turn.header)?.height;
            let (header, certificate) = (turn.header.clone(), turn.certificate.clone());
            rows.push((
                height,
                HeaderRow {
                    header,
                    certificate,
                },
            ));
        }
        rows.push((before.height(), row(base)));
        Ok(Self {
            base: before,
            next: newest,
            rows,
            next_row: row(next),
        })
    }

    pub(super) fn height(&self) -> Height {
        self.base.height()
    }
}

/// A data folder under way.
pub(super) struct Builder {
    target: Target,
    restore: Restore,
    records: Vec<(RecordId, Digest)>,
    /// Records with a blinded set, and with a completed one, where a validator answers here.
    sets: Option<(BTreeSet<RecordId>, BTreeSet<RecordId>)>,
    /// The log of taken fingerprints: as far as it is here, and as the state has it.
    log: (LogHead, LogHead),
}

impl Builder {
    pub(super) fn begin(
        folder: &Path,
        target: Target,
        answers: bool,
    ) -> Result<Self, SnapshotError> {
        let header = target.next.header();
        let restore = Restore::begin(folder, header.chain, target.height(), header.state)?;
        Ok(Self {
            target,
            restore,
            records: Vec::new(),
            sets: answers.then(Default::default),
            log: (LogHead::empty(), LogHead::empty()),
        })
    }

    pub(super) fn height(&self) -> Height {
        self.target.height()
    }

    /// The hash of the last key so far.
    pub(super) fn last(&self) -> Option<[u8; 32]> {
        self.restore.last()
    }

    /// Takes the next part of the state; whether it is said to be the last. Nothing in it is read before its proof.
    pub(super) fn part(&mut self, part: v1::GetStatePartResponse) -> Result<bool, SnapshotError> {
        let pairs = part.pairs.into_iter().map(|pair| (pair.key, pair.value));
        let pairs: Vec<_> = pairs.collect();
        self.restore.add(&pairs, &part.proof)?;
        for (key, value) in &pairs {
            self.note(key, value)?;
        }
        Ok(part.last)
    }

    fn note(&mut self, key: &[u8], value: &[u8]) -> Result<(), SnapshotError> {
        match (Key::about(key), &mut self.sets) {
            (Some(About::Record(id)), _) => {
                let digest = RecordEntry::from_bytes(value)?.digest;
                self.records.push((id, digest));
            }
            (Some(About::BlindedSet(id)), Some((sets, _))) => {
                sets.insert(id);
            }
            (Some(About::Completed(id)), Some((_, completed))) => {
                completed.insert(id);
            }
            _ => {}
        }
        Ok(())
    }

    /// Ends the state; the records that belong to it.
    pub(super) fn state(&mut self) -> Result<Vec<(RecordId, Digest)>, SnapshotError> {
        let (height, chain) = (self.height(), self.target.next.header().chain);
        let state = self.restore.state()?;
        let head = value(state, height, &Key::log())?;
        self.log.1 = head.ok_or(SnapshotError::Lie(
            "its state has no log of taken fingerprints",
        ))?;
        check_slots(state, height, chain)?;
        Ok(std::mem::take(&mut self.records))
    }

    /// Keeps records, each of which must have the digest that the state names.
    pub(super) fn records(
        &mut self,
        wanted: &[(RecordId, Digest)],
        found: Vec<Vec<u8>>,
    ) -> Result<(), SnapshotError> {
        let mut kept = Vec::with_capacity(found.len());
        for ((id, digest), bytes) in wanted.iter().zip(found) {
            let record = Record::from_bytes(&bytes)?;
            if record_digest(&record) != *digest {
                return Err(SnapshotError::Lie("a record is not the one in the state"));
            }
            kept.push((*id, bytes));
        }
        if kept.len() != wanted.len() {
            return Err(SnapshotError::Lie("records are missing"));
        }
        Ok(self.restore.keep_records(&kept)?)
    }

    /// The next entry of the log of taken fingerprints that is wanted.
    pub(super) fn next_taken(&self) -> Option<u64> {
        let (here, whole) = &self.log;
        (here.length < whole.length).then_some(here.length)
    }

    /// Takes the next entries of the log; what comes after the state's own end is left out.
    pub(super) fn taken(&mut self, mut entries: Vec<Vec<u8>>) -> Result<(), SnapshotError> {
        let (here, whole) = &mut self.log;
        let (first, wanted) = (here.length, whole.length.saturating_sub(here.length));
        entries.truncate(usize::try_from(wanted).unwrap_or(usize::MAX));
        if entries.is_empty() {
            return Err(SnapshotError::Lie("entries of the taken log are missing"));
        }
        for entry in &entries {
            *here = here.with(&LogEntry::from_bytes(entry)?);
        }
        if here.length == whole.length && here != whole {
            return Err(SnapshotError::Lie(
                "the taken log has another digest than the state",
            ));
        }
        Ok(self.restore.keep_taken(first, &entries)?)
    }

    /// Makes it a data folder.
    pub(super) fn finish(self) -> Result<(), SnapshotError> {
        if self.log.0 != self.log.1 {
            return Err(SnapshotError::Lie(
                "the taken log has another digest than the state",
            ));
        }
        let base = Base {
            height: self.target.height(),
            next: self.target.next_row,
        };
        let (sets, completed) = self.sets.unwrap_or_default();
        let open = sets.difference(&completed);
        let open: Vec<Vec<u8>> = open.map(|record| record.as_bytes().to_vec()).collect();
        Ok(self.restore.finish(&base, &self.target.rows, &open)?)
    }
}

/// Checks the slot keys by the proofs of the holders who published them: with others one document would have fingerprints
/// without end.
fn check_slots(state: &Store, height: Height, chain: ChainId) -> Result<(), SnapshotError> {
    let Some(epoch) = value::<Epoch>(state, height, &Key::present_epoch())? else {
        return Ok(()); // no fingerprint key stands yet
    };
    let missing = || SnapshotError::Lie("its state has no slot keys for its fingerprint key");
    let key = |epoch| value::<FingerprintKey>(state, height, &Key::fingerprint_key(epoch));
    let present = key(epoch)?.ok_or_else(missing)?;
    let keys: Option<SlotKeys> = value(state, height, &Key::slot_keys(&present.public))?;
    let keys = keys.ok_or_else(missing)?;
    let of = key(keys.epoch)?.filter(|of| of.public == present.public);
    let of = of.ok_or_else(missing)?;
    let mut parts: Vec<Confirm> = Vec::with_capacity(keys.holders.len());
    for holder in &keys.holders {
        let part = Key::slot_keys_part(keys.epoch, *holder);
        parts.push(value(state, height, &part)?.ok_or_else(missing)?);
    }
    match check_slot_keys(chain, &of, &keys, &parts) {
        Ok(_) => Ok(()),
        Err(_) => Err(SnapshotError::Lie(
            "its slot keys are not those that the holders of its fingerprint key have shown",
        )),
    }
}

fn value<T: Decode>(state: &Store, height: Height, key: &Key) -> Result<Option<T>, SnapshotError> {
    let bytes = state.value(height, key.as_bytes())?;
    Ok(bytes.map(|bytes| T::from_bytes(&bytes)).transpose()?)
}

#[cfg(test)]
mod tests;
