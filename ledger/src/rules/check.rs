//! Outcomes of cross-checks, and fields that nobody can read.

use sealane_types::ids::RecordId;
use sealane_types::receipt::{Done, Refusal};

use super::{At, record, signer};
use crate::cross_check::{RecordShown, opened_fields};
use crate::state::{Key, OutcomeEntry, Overlay, StateExt};
use crate::verified::VerifiedCrossCheck;

pub(super) fn cross_check(
    state: &mut Overlay<'_>,
    at: At,
    shown: &VerifiedCrossCheck,
) -> Result<Done, Refusal> {
    may(state, at)?;
    // Earlier transactions of the block may have changed what the proof is about.
    for record in shown.records.iter().flatten() {
        still(state, record)?;
    }
    let (key, opened) = (Key::outcome(&shown.check, &shown.ids()), shown.opened());
    let before: Option<OutcomeEntry> = state.read(&key);
    if before.is_some_and(|before| before.opened >= opened) {
        return Err(Refusal::AlreadyChecked);
    }
    let outcome = OutcomeEntry {
        bits: shown.bits.clone(),
        prover: at.signer,
        at: at.height,
        opened,
    };
    state.put(key, &outcome);
    let unmet = shown.bits.iter().filter(|met| !**met).count();
    let unmet = u8::try_from(unmet).expect("a check has fewer than 256 requirements");
    Ok(Done::CrossChecked { unmet })
}

fn still(state: &Overlay<'_>, shown: &RecordShown) -> Result<(), Refusal> {
    let entry = record(state, &shown.root)?;
    if let Some(by) = entry.replaced_by {
        return Err(Refusal::Replaced { by });
    }
    match opened_fields(state, &shown.root).0 == shown.opened {
        true => Ok(()),
        false => Err(Refusal::FieldsOpened),
    }
}

/// Verification has seen that the field is sealed wrongly.
pub(super) fn open_field(
    state: &mut Overlay<'_>,
    at: At,
    record: RecordId,
    place: [u8; 3],
) -> Result<Done, Refusal> {
    may(state, at)?;
    let mut opened = opened_fields(state, &record);
    let Err(before) = opened.0.binary_search(&place) else {
        return Err(Refusal::AlreadyOpened);
    };
    opened.0.insert(before, place);
    state.put(Key::opened_fields(&record), &opened);
    Ok(Done::FieldOpened)
}

fn may(state: &Overlay<'_>, at: At) -> Result<(), Refusal> {
    let signer = signer(state, at);
    match signer.role.seals() {
        true => Ok(()),
        false => Err(Refusal::RoleForbids { role: signer.role }),
    }
}
