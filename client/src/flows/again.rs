//! A financing that an earlier run sent, and that no block has: judged again before it is sent again.
//!
//! The time in between may be hours: the node was away, or too few validators ran. By then another bank may have the
//! document, or the older invoice in whose place it stands. The financing would be refused in a block that shows its
//! fingerprints, or, where only this home knows that the two are one claim, it would be done.

use sealane_ledger::state::Stage as FinancingStage;
use sealane_types::encoding::Decode as _;
use sealane_types::receipt::Refusal;
use sealane_types::transaction::{Finance, Payload, Transaction};

use super::free::Wished;
use super::{Bank, FinanceOptions, RecordState};
use crate::error::ClientError;
use crate::home::journal::Outbox;
use crate::progress::{Progress, Silent};

/// The financing in an outbox.
fn financing(outbox: &Outbox) -> Option<Finance> {
    let transaction = Transaction::from_bytes(&outbox.bytes.0).ok()?;
    let Payload::Finance(finance) = transaction.body.payload else {
        return None;
    };
    Some(finance)
}

impl Bank {
    /// Why the transaction of an earlier run is not to be sent again; nothing where it is, or is in a block.
    pub(super) async fn fell(
        &self,
        outbox: &Outbox,
        progress: &dyn Progress,
    ) -> Result<Option<ClientError>, ClientError> {
        let Some(wanted) = financing(outbox) else {
            return Ok(None);
        };
        if self.node().transaction(&outbox.id.0).await?.is_some() {
            return Ok(None);
        }
        match self.stands(&wanted, progress).await {
            Ok(()) => Ok(None),
            // what could not be asked is no judgement
            Err(error) if error.exit_code() == 1 => Err(error),
            // one that waited came into a block meanwhile, and what it took itself was found
            Err(error) => {
                let known = self.node().transaction(&outbox.id.0).await?;
                Ok(Some(error).filter(|_| known.is_none()))
            }
        }
    }

    /// That the financing would be made in the same way now.
    async fn stands(&self, wanted: &Finance, progress: &dyn Progress) -> Result<(), ClientError> {
        let record = &wanted.record;
        let (state, entry) = self.must_be_on_chain(record).await?;
        if self.is_done(wanted, &state) {
            return Ok(()); // its receipt is final with the next block
        }
        self.check_before(&state, &entry)?;
        if let Some(trade) = &wanted.trade {
            self.must_take_financing(trade, record).await?;
        }
        let sealed = self.home().record(record)?;
        let sealed = sealed.ok_or(ClientError::NotOurs(*record))?;
        let options = FinanceOptions {
            waivers: wanted.waivers.clone(),
            ..FinanceOptions::default()
        };
        let judged = self.financed_seller(&sealed, &state, &options, &Silent);
        let judged = judged.await?;
        if judged.since != wanted.since {
            return Err(self.refused(Refusal::GoesOnOtherwise));
        }
        let (finished, _) = self.fingerprints(&sealed, judged.seller, progress).await?;
        let wished = Wished {
            waivers: &wanted.waivers,
            hold_until: wanted.hold_until,
            since: wanted.since,
            consented: wanted.consent.is_some(),
        };
        let free = self.must_be_free(record, &finished.fingerprints, wished, progress);
        free.await.map(drop)
    }

    /// Whether this bank has just what the financing asks for.
    fn is_done(&self, wanted: &Finance, state: &RecordState) -> bool {
        state.financing.as_ref().is_some_and(|financing| {
            let held = matches!(financing.stage, FinancingStage::Held { .. });
            financing.bank == self.home().alias()
                && financing.stage.is_live(state.next_height)
                && held == wanted.hold_until.is_some()
        })
    }
}
