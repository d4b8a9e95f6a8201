//! Releasing: the holder ends its hold or financing, with a reason.

use sealane_ledger::state::Stage as FinancingStage;
use sealane_types::ids::{Height, RecordId};
use sealane_types::receipt::Refusal;
use sealane_types::transaction::{Payload, Release, ReleaseReason};

use super::Bank;
use crate::error::ClientError;
use crate::home::journal::Action;
use crate::progress::Progress;

/// A released financing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// The record.
    pub record: RecordId,
    /// Why.
    pub reason: ReleaseReason,
    /// The block's height; `None` where an earlier run had released it.
    pub height: Option<Height>,
}

impl Bank {
    /// Releases this bank's hold or financing of a record.
    ///
    /// # Errors
    /// When the rules refuse it, or it cannot be sent.
    pub async fn release(
        &self,
        record: &RecordId,
        reason: ReleaseReason,
        progress: &dyn Progress,
    ) -> Result<Released, ClientError> {
        let released = |height| Released {
            record: *record,
            reason,
            height,
        };
        let earlier = self
            .resume_others(Action::Release, record, progress)
            .await?;
        if let Some((outbox, committed)) = earlier {
            self.close_outbox(&outbox, &committed)?;
            self.must_be_done(&committed)?;
        }
        let (state, _) = self.must_be_on_chain(record).await?;
        let financing = state.financing.as_ref();
        let own = financing.filter(|financing| financing.bank == self.home().alias());
        match (financing, own.map(|own| own.stage)) {
            (None, _) => return Err(self.refused(Refusal::NotFinanced)),
            (Some(_), None) => return Err(self.refused(Refusal::NotTheHolder)),
            (_, Some(FinancingStage::Released(before))) if before == reason => {
                return Ok(released(None));
            }
            _ => {}
        }
        let payload = Payload::Release(Release {
            record: *record,
            reason,
        });
        let committed = self
            .transact_and_close(Action::Release, payload, progress)
            .await?;
        Ok(released(Some(committed.height())))
    }
}
