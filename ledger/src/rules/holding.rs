//! Who has what a record has taken: the record itself, or the one that took its financing over.

use sealane_types::ids::{AliasId, Height, RecordId};
use sealane_types::receipt::Life;

use super::financing;
use crate::state::{Key, Stage, StateExt, StateRead};
use crate::verified::VerifiedFinancing;

/// A live or repaid financing that stands in the way of others.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Holding {
    pub record: RecordId,
    pub bank: AliasId,
    pub life: Life,
}

impl Holding {
    /// Whether it is neither the wanted record's own nor the one that it takes over.
    pub fn is_other(&self, wanted: &VerifiedFinancing, takes_over: Option<RecordId>) -> bool {
        self.record != wanted.record && Some(self.record) != takes_over
    }
}

/// Who has at this height what `taker` has taken; nobody where it is free.
///
/// What was taken over is taken as long as the financing that took it over lasts, be it through many hands, and for good once
/// that is repaid: all of one hand-over after the other have the same `since`.
pub(crate) fn holding(state: &dyn StateRead, height: Height, taker: &RecordId) -> Option<Holding> {
    let taken = financing(state, taker)?;
    let (record, holds) = match taken.stage {
        Stage::TakenOver { .. } => {
            let holder: RecordId = state.read(&Key::held_since(&taken.since))?;
            let holds = financing(state, &holder).filter(|holds| holds.since == taken.since)?;
            (holder, holds)
        }
        Stage::Held { .. } | Stage::Financed | Stage::Released(_) => (*taker, taken),
    };
    let (bank, life) = (holds.bank, holds.stage.at(height)?);
    Some(Holding { record, bank, life })
}
