//! One event: a transaction of a final block and what became of it.

use sealane_types::ids::{BlockTime, Height, RecordId, TxId};
use sealane_types::receipt::{Done, Outcome};

use super::names::Signer;
use crate::chain::{CommittedBlock, Entry, Place};
use crate::receipt::rfc3339;
use crate::refused::Refused;

/// A transaction of a final block and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its block's place in the chain.
    pub(super) place: Place,
    /// Its place in the block, from 0. Height and position together name an event.
    pub position: u32,
    /// Its block's time.
    pub time: BlockTime,
    /// The transaction.
    pub transaction: TxId,
    /// Who signed it.
    pub signer: Signer,
    /// What it does, in a word.
    pub what: &'static str,
    /// Of what: the step, the check, the workflow, the requirement, the change or the proposal, where it is about one.
    pub detail: Option<String>,
    /// The record it is about; none where it is about several, about members or the fingerprint key.
    pub record: Option<RecordId>,
    /// Done, or refused with a reason.
    pub outcome: Outcome,
}

impl Event {
    pub(super) fn new(
        block: &CommittedBlock,
        position: u32,
        entry: &Entry,
        signer: Signer,
    ) -> Self {
        let described = entry.transaction.body.payload.describe();
        Self {
            place: block.place(),
            position,
            time: block.time(),
            transaction: entry.id,
            signer,
            what: described.label,
            detail: described.detail,
            record: entry.receipt.record,
            outcome: entry.receipt.outcome.clone(),
        }
    }

    /// Its block's height.
    #[must_use]
    pub fn height(&self) -> Height {
        self.place.height
    }

    /// Its block's time, RFC 3339 in UTC.
    #[must_use]
    pub fn time_text(&self) -> String {
        rfc3339(self.time)
    }

    /// What became of it, for people.
    #[must_use]
    pub fn outcome_text(&self) -> String {
        match &self.outcome {
            Outcome::Done(done) => words(done),
            Outcome::Refused(reason) => {
                format!("refused: {}", Refused::new(reason.clone()).what)
            }
        }
    }
}

/// What was done, where the word for the transaction does not say it.
fn words(done: &Done) -> String {
    match done {
        Done::Held { until } => format!("held until height {until}"),
        Done::Financed { took_over: None } => "financed".to_owned(),
        Done::Financed {
            took_over: Some(older),
        } => format!("financed, in place of record {older}"),
        Done::Released(reason) => format!("released: {}", reason.name()),
        Done::StandingSet(standing) => format!("done: {}", standing.name()),
        Done::Proposed { proposal, approved } => match approved {
            true => format!("proposal {proposal}, decided at once"),
            false => format!("proposal {proposal}"),
        },
        Done::CrossChecked { unmet: 0 } => "every requirement is met".to_owned(),
        Done::CrossChecked { unmet } => format!("requirements not met: {unmet}"),
        Done::Traded { trade, stage } => format!("trade {trade} stands at {stage}"),
        Done::Sealed
        | Done::Presented
        | Done::Answered { .. }
        | Done::Registered
        | Done::Voted { .. }
        | Done::ShareKeyRegistered
        | Done::Dealt
        | Done::Complained
        | Done::Confirmed { .. }
        | Done::FieldOpened
        | Done::Amended => "done".to_owned(),
    }
}

/// Whether a transaction is about a record: itself, by replacing it, or among others.
pub(super) fn is_about(entry: &Entry, record: &RecordId) -> bool {
    let described = entry.transaction.body.payload.describe();
    let took_over = match &entry.receipt.outcome {
        Outcome::Done(Done::Financed { took_over }) => *took_over == Some(*record),
        Outcome::Done(_) | Outcome::Refused(_) => false,
    };
    described.among.contains(record) || took_over || entry.receipt.record == Some(*record)
}
