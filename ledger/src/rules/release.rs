//! A holder ends its financing.

use sealane_types::receipt::{Done, Life, Refusal};
use sealane_types::transaction::{Release, ReleaseReason};

use super::finance::mask;
use super::{At, financing, quota, record};
use crate::effects::Effect;
use crate::log::{LogEntry, append};
use crate::state::{Key, Overlay, Stage};

pub(super) fn execute(
    state: &mut Overlay<'_>,
    effects: &mut Vec<Effect>,
    at: At,
    release: &Release,
) -> Result<Done, Refusal> {
    let entry = record(state, &release.record)?;
    let financing = financing(state, &release.record);
    let mut financing = financing.ok_or(Refusal::NotFinanced)?;
    let life = financing.stage.at(at.height);
    if !financing.stage.is_live(at.height) {
        return Err(Refusal::NotFinanced);
    }
    if financing.bank != at.signer {
        return Err(Refusal::NotTheHolder);
    }
    let held = matches!(life, Some(Life::Held { .. }));
    if held && release.reason == ReleaseReason::Repaid {
        return Err(Refusal::HoldNotRepaid);
    }
    financing.stage = Stage::Released(release.reason);
    state.put(Key::financing(&release.record), &financing);
    quota::ended(state, at, &release.record, &entry);
    let logged = LogEntry {
        height: at.height,
        record: release.record,
        bank: at.signer,
        stage: financing.stage,
        since: financing.since,
        mask: mask(state, &release.record),
        fingerprints: financing.fingerprints,
    };
    append(state, effects, logged);
    Ok(Done::Released(release.reason))
}
