//! Where a record stands on the chain: all that the state says of it, proven in one header.

use sealane_ledger::state::{
    BlindedSet, Completed, Financing, Key, RecordEntry, Stage as FinancingStage,
};
use sealane_types::ids::{Height, RecordId};
use sealane_types::receipt::Refusal;

use super::Bank;
use crate::chain::{Lie, Snapshot};
use crate::error::ClientError;

/// Where a record stands.
#[derive(Debug, Clone)]
pub struct RecordState {
    /// The record.
    pub record: RecordId,
    /// The height at which a transaction sent now would run, at the earliest.
    pub next_height: Height,
    /// What the ledger knows of it; `None` while it is not on the chain.
    pub entry: Option<RecordEntry>,
    /// Its blinded set.
    pub set: Option<BlindedSet>,
    /// The validators' combined answer.
    pub completed: Option<Completed>,
    /// Its hold or financing.
    pub financing: Option<Financing>,
}

/// Keys of one record.
const PARTS: usize = 4;
/// Records of one query.
const AT_ONCE: usize = 8;

fn keys(record: &RecordId) -> [Key; PARTS] {
    [
        Key::record(record),
        Key::blinded_set(record),
        Key::completed(record),
        Key::financing(record),
    ]
}

fn read(state: &Snapshot, first: usize, record: RecordId) -> Result<RecordState, Lie> {
    Ok(RecordState {
        record,
        next_height: state.next_height(),
        entry: state.read(first)?,
        set: state.read(first + 1)?,
        completed: state.read(first + 2)?,
        financing: state.read(first + 3)?,
    })
}

impl RecordState {
    /// Where its hold or financing stands for the height of a transaction sent now: `held`,
    /// `financed`, `repaid` and so on in one word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        let Some(financing) = &self.financing else {
            return match (&self.entry, &self.set) {
                (None, _) => "not-on-chain", // sealed here only
                (Some(_), None) => "sealed",
                (Some(_), Some(_)) if self.completed.is_some() => "answered",
                (Some(_), Some(_)) => "presented",
            };
        };
        match financing.stage {
            FinancingStage::Held { until } if self.next_height < until => "held",
            FinancingStage::Held { .. } => "hold-ended",
            FinancingStage::Financed => "financed",
            FinancingStage::Released(reason) => reason.name(),
            FinancingStage::TakenOver { .. } => "taken-over",
        }
    }
}

impl Bank {
    /// Where a record stands, proven.
    ///
    /// # Errors
    /// When the node does not answer, or lies.
    pub async fn record_state(&self, record: &RecordId) -> Result<RecordState, ClientError> {
        let mut states = self.record_states(&[*record]).await?;
        Ok(states.remove(0))
    }

    /// Where records stand, each proven, in their order.
    ///
    /// # Errors
    /// When the node does not answer, or lies.
    pub async fn record_states(
        &self,
        records: &[RecordId],
    ) -> Result<Vec<RecordState>, ClientError> {
        let mut states = Vec::with_capacity(records.len());
        for records in records.chunks(AT_ONCE) {
            let keys: Vec<Key> = records.iter().flat_map(keys).collect();
            let state = self.node().state(&keys).await?;
            for (at, record) in records.iter().enumerate() {
                let read = read(&state, at * PARTS, *record);
                states.push(read.map_err(|lie| self.node().lies(lie))?);
            }
        }
        Ok(states)
    }

    /// As [`Bank::record_state`], for a record that must be on the chain.
    pub(super) async fn must_be_on_chain(
        &self,
        record: &RecordId,
    ) -> Result<(RecordState, RecordEntry), ClientError> {
        let state = self.record_state(record).await?;
        match state.entry.clone() {
            Some(entry) => Ok((state, entry)),
            None => Err(self.refused(Refusal::UnknownRecord)),
        }
    }
}
