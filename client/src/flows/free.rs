//! Before a financing is submitted: whether the log of taken fingerprints tells that it would be refused. What is refused
//! on the chain stands there with its fingerprints, and everybody can compare them.

use sealane_ledger::foretell::{Asked, Foretold, foretell};
use sealane_ledger::state::Key;
use sealane_types::fingerprint::Fingerprint;
use sealane_types::ids::RecordId;
use sealane_types::receipt::Refusal;
use sealane_types::transaction::{Waived, Waiver};

use super::Bank;
use crate::error::ClientError;
use crate::progress::{Progress, Stage};
use crate::refused::Refused;

impl Bank {
    /// That a record's fingerprints are free as far as the log tells, waivers counted: judged on this side, by the ledger's
    /// own rules over the whole log. The node is asked for the log, and for this bank's own record; it does not learn what
    /// is compared.
    pub(super) async fn must_be_free(
        &self,
        record: &RecordId,
        fingerprints: &[Fingerprint],
        waivers: &[Waiver],
        progress: &dyn Progress,
    ) -> Result<(), ClientError> {
        progress.stage(Stage::FetchingTaken);
        match self.in_the_way(record, fingerprints, waivers).await? {
            None => Ok(()),
            Some(foretold) => {
                let refused = Refused::foretold(foretold, self.home().genesis());
                Err(ClientError::Refused(Box::new(refused)))
            }
        }
    }

    /// The refusal of a financing that was submitted and lost a race, with who won it: the chain does not say, the log does.
    pub(super) async fn lost(
        &self,
        record: &RecordId,
        fingerprints: &[Fingerprint],
        refusal: Refusal,
    ) -> ClientError {
        let known = match &refusal {
            Refusal::Duplicate { .. } => self.in_the_way(record, fingerprints, &[]).await,
            _ => Ok(None),
        };
        match known {
            Ok(Some(foretold)) if foretold.refusal == refusal => {
                let refused = Refused::foretold(foretold, self.home().genesis());
                ClientError::Refused(Box::new(refused))
            }
            _ => self.refused(refusal),
        }
    }

    async fn in_the_way(
        &self,
        record: &RecordId,
        fingerprints: &[Fingerprint],
        waivers: &[Waiver],
    ) -> Result<Option<Foretold>, ClientError> {
        let (standing, entry) = self.standing_of(record).await?;
        let Some(set) = &standing.set else {
            return Err(self.refused(Refusal::NotPresented));
        };
        let line = Key::financed_of_line(&entry.first_of_line);
        let state = self.node().state(&[line]).await?;
        let last_of_line: Option<RecordId> = state.read(0).map_err(|lie| self.node().lies(lie))?;
        let taken = self.taken().await?;
        let waived = waivers.iter().filter_map(|waiver| match waiver.waived {
            Waived::Alert(rule) => Some(rule),
            _ => None,
        });
        let asked = Asked {
            bank: self.home().alias(),
            record: *record,
            set,
            fingerprints,
            last_of_line,
            waived: &waived.collect::<Vec<_>>(),
        };
        let chain = self.node().trust().chain();
        Ok(foretell(chain, &taken.entries, taken.height, asked))
    }
}
