//! What the ledger would refuse of a trade is refused here before the work is done, and says what is wanting.

use sealane_ledger::state::{CheckEntry, Key, ProposalStage};
use sealane_ledger::trade::sizes;
use sealane_types::governance::Change;
use sealane_types::ids::{BlockTime, RecordId, TradeId};
use sealane_types::receipt::{ChangeFault, Refusal, TradeRefusal};
use sealane_types::workflow::{Required, Versioned, Workflow};

use super::TradeView;
use crate::error::ClientError;
use crate::flows::{Bank, Voted, void_since};
use crate::progress::Progress;
use crate::refused::Refused;
use crate::workflows::check_waivers;

impl Bank {
    /// Proposes a workflow to the members.
    ///
    /// # Errors
    /// When a check that it asks for is not in force or has no requirement that a waiver names, the rules refuse it, or
    /// it cannot be sent.
    pub async fn publish_workflow(
        &self,
        workflow: Workflow,
        notice: u64,
        progress: &dyn Progress,
    ) -> Result<Voted, ClientError> {
        self.finish_earlier(progress).await?;
        if let Some((check, since)) = self.void_of(&workflow).await? {
            let fault = ChangeFault::CheckVoid;
            let advice = format!(
                "{check} is {}. Ask for another version of it: sealane check published",
                void_since(since)
            );
            return Err(self.refused_because(Refusal::ChangeFails { fault }, advice));
        }
        let (mut lacking, mut known) = (Vec::new(), Vec::new());
        for required in &workflow.checks {
            match self.requirements_in_force(required).await? {
                Some(requirements) => known.push(requirements),
                None => lacking.push(required),
            }
        }
        if !lacking.is_empty() {
            let advice = self.what_of(&lacking).await?;
            let fault = ChangeFault::WorkflowCheck;
            return Err(self.refused_because(Refusal::ChangeFails { fault }, advice));
        }
        if let Err(error) = check_waivers(&workflow, |place| known.get(place).cloned()) {
            let fault = ChangeFault::WorkflowCheck;
            return Err(self.refused_because(Refusal::ChangeFails { fault }, error.to_string()));
        }
        let change = Change::PublishWorkflow(Box::new(workflow));
        self.propose(change, notice, progress).await
    }

    /// The first of a workflow's checks that is void, and since when.
    pub(super) async fn void_of(
        &self,
        workflow: &Workflow,
    ) -> Result<Option<(Versioned, BlockTime)>, ClientError> {
        let checks = workflow.checks.iter().map(|required| &required.check);
        let checks: Vec<Versioned> = checks.cloned().collect();
        let voids = self.voids(&checks).await?;
        let mut found = checks.into_iter().zip(voids);
        Ok(found.find_map(|(check, void)| Some((check, void?))))
    }

    /// The requirements of a check of which the ledger takes proofs, at some size; `None` where it takes none.
    async fn requirements_in_force(
        &self,
        required: &Required,
    ) -> Result<Option<Vec<String>>, ClientError> {
        let keys: Vec<Key> = sizes(required, &[]).iter().map(Key::check).collect();
        let entries: Vec<Option<CheckEntry>> = self.values(&keys).await?;
        let mut entries = entries.into_iter().flatten();
        let entry = entries.find(|entry| entry.until.is_none());
        Ok(entry.map(|entry| entry.compiled.shape().requirements.clone()))
    }

    /// How it stands with checks that are not in force.
    async fn what_of(&self, lacking: &[&Required]) -> Result<String, ClientError> {
        let (proposals, next) = (self.proposals().await?, self.governed().await?.next_height);
        let one = |required: &&Required| {
            let check = &required.check;
            let mut found = proposals.iter().rev();
            let found = found.find(|(_, entry)| {
                let Change::PublishCheck(proposed) = &entry.change else {
                    return false;
                };
                let proposed = &proposed.check;
                (proposed.name(), proposed.version) == (check.name(), check.version())
            });
            match found.map(|(id, entry)| (id, entry.stage, entry.at)) {
                Some((id, ProposalStage::Approved, at)) => format!(
                    "{check} is agreed on (proposal {id}) and in force from height {at} on, the next block is {next}"
                ),
                Some((id, ProposalStage::Open, _)) => {
                    format!("{check} is proposed (proposal {id}) and waits for votes")
                }
                _ => format!(
                    "{check} is not published: sealane check publish {}",
                    check.name()
                ),
            }
        };
        let all: Vec<String> = lacking.iter().map(one).collect();
        Ok(all.join("; "))
    }

    /// Refuses what the ledger would refuse of a financing that demands a trade.
    pub(in crate::flows) async fn must_take_financing(
        &self,
        trade: &TradeId,
        record: &RecordId,
    ) -> Result<(), ClientError> {
        let view = self.trade(trade).await?;
        let (workflow, entry) = (&view.workflow, &view.entry);
        let no_invoice = || self.refused(TradeRefusal::NotItsInvoice.into());
        let financing = workflow.financing.ok_or_else(no_invoice)?;
        self.player(workflow, entry, financing.by)?;
        let placed = entry.records.get(usize::from(financing.document));
        if !placed.is_some_and(|records| records.contains(record)) {
            return Err(no_invoice());
        }
        if entry.stage == financing.at {
            return Ok(());
        }
        let refusal = TradeRefusal::NotFinanceableYet {
            stage: workflow.stage(entry.stage).to_owned(),
            demanded: workflow.stage(financing.at).to_owned(),
        };
        let waits = workflow.move_from(entry.stage);
        if waits.is_none_or(|waits| waits.to != financing.at) {
            return Err(self.refused(refusal.into()));
        }
        match wanting(&view) {
            checks if checks.is_empty() => Ok(()), // they hold: the ledger decides
            checks => {
                let advice = format!(
                    "{}. What is next: sealane trade show {trade}",
                    checks.join("; ")
                );
                Err(self.refused_because(refusal.into(), advice))
            }
        }
    }

    fn refused_because(&self, refusal: Refusal, advice: String) -> ClientError {
        let refused = Refused::new(refusal);
        ClientError::Refused(Box::new(Refused { advice, ..refused }))
    }
}

/// Which checks keep a trade from the stage that it would come to by itself.
fn wanting(view: &TradeView) -> Vec<String> {
    let workflow = &view.workflow;
    let waits = workflow.move_from(view.entry.stage);
    let places = waits.into_iter().flat_map(|waits| &waits.checks);
    let open = places.filter_map(|place| {
        let place = usize::from(*place);
        let (required, judged) = (workflow.checks.get(place)?, view.checks.get(place)?);
        let check = &required.check;
        if let Some(since) = judged.void {
            return Some(format!("{check} is {}", void_since(since)));
        }
        match (judged.proven, judged.unmet.is_empty()) {
            (true, true) => None,
            (true, false) => Some(format!("{check}: not met are {}", judged.unmet.join(", "))),
            (false, _) => Some(format!("{check}: not proven over its records")),
        }
    });
    open.collect()
}
