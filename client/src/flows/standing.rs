//! Where a record stands on the chain: all that the state says of it, proven in one header.

use sealane_ledger::state::{BlindedSet, Completed, Financing, Key, RecordEntry, Stage};
use sealane_types::ids::{Height, RecordId};
use sealane_types::receipt::Refusal;

use super::Bank;
use crate::error::ClientError;

/// Where a record stands.
#[derive(Debug, Clone)]
pub struct Standing {
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

impl Standing {
    /// Where its hold or financing stands for the height of a transaction sent now: `held`,
    /// `financed`, `repaid` and so on in one word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        let Some(financing) = &self.financing else {
            return match (&self.entry, &self.set) {
                (None, _) => "unknown",
                (Some(_), None) => "sealed",
                (Some(_), Some(_)) if self.completed.is_some() => "answered",
                (Some(_), Some(_)) => "presented",
            };
        };
        match financing.stage {
            Stage::Held { until } if self.next_height < until => "held",
            Stage::Held { .. } => "hold-ended",
            Stage::Financed => "financed",
            Stage::Released(reason) => reason.name(),
            Stage::TakenOver { .. } => "taken-over",
        }
    }
}

impl Bank {
    /// Where a record stands, proven.
    ///
    /// # Errors
    /// When the node does not answer, or lies.
    pub async fn standing(&self, record: &RecordId) -> Result<Standing, ClientError> {
        let keys = [
            Key::record(record),
            Key::blinded_set(record),
            Key::completed(record),
            Key::financing(record),
        ];
        let state = self.node().state(&keys).await?;
        let read = || {
            Ok(Standing {
                record: *record,
                next_height: state.next_height(),
                entry: state.read(0)?,
                set: state.read(1)?,
                completed: state.read(2)?,
                financing: state.read(3)?,
            })
        };
        read().map_err(|lie| self.node().lies(lie).into())
    }

    /// As [`Bank::standing`], for a record that must be on the chain.
    pub(super) async fn standing_of(
        &self,
        record: &RecordId,
    ) -> Result<(Standing, RecordEntry), ClientError> {
        let standing = self.standing(record).await?;
        match standing.entry.clone() {
            Some(entry) => Ok((standing, entry)),
            None => Err(self.refused(Refusal::UnknownRecord)),
        }
    }
}
