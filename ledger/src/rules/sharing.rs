//! The steps of a round of the fingerprint key. What of them can be judged without order was judged before: points,
//! proofs, what a complaint opens.

use sealane_types::receipt::{Done, Refusal};
use sealane_types::sharing::RegisterShareKey;

use super::At;
use crate::sharing::{blame, finish, of_epoch, settle};
use crate::state::{FaultKind, Key, Overlay};
use crate::verified::{VerifiedComplaint, VerifiedConfirmation, VerifiedDealing};

/// A holder's key for the round; the last one makes the round ready.
pub(super) fn register(
    state: &mut Overlay<'_>,
    at: At,
    said: &RegisterShareKey,
) -> Result<Done, Refusal> {
    let mut round = of_epoch(state, said.epoch)?;
    round.register(&at.signer, said.key, at.time)?;
    state.put(Key::round(round.epoch), &round);
    Ok(Done::ShareKeyRegistered)
}

pub(super) fn deal(
    state: &mut Overlay<'_>,
    at: At,
    dealing: &VerifiedDealing,
) -> Result<Done, Refusal> {
    let mut round = of_epoch(state, dealing.epoch)?;
    let dealer = dealing.dealer;
    round.deal(dealer)?;
    state.put(Key::dealing(round.epoch, dealer), &dealing.dealing);
    settle(state, at.chain, at.time, &mut round);
    Ok(Done::Dealt)
}

/// The complaint was found right: its dealer is out.
pub(super) fn complain(
    state: &mut Overlay<'_>,
    at: At,
    complaint: &VerifiedComplaint,
) -> Result<Done, Refusal> {
    let mut round = of_epoch(state, complaint.epoch)?;
    round.disqualify(complaint.dealer)?;
    settle(state, at.chain, at.time, &mut round);
    let place = usize::from(complaint.dealer.0).checked_sub(1);
    let dealers = round.dealers(state);
    if let Some(dealer) = place.and_then(|place| dealers.get(place)) {
        blame(state, dealer, FaultKind::BadShare, at.height);
    }
    Ok(Done::Complained)
}

pub(super) fn confirm(
    state: &mut Overlay<'_>,
    at: At,
    confirmation: &VerifiedConfirmation,
) -> Result<Done, Refusal> {
    let mut round = of_epoch(state, confirmation.epoch)?;
    round.confirm(&at.signer, &confirmation.key)?;
    let part = Key::slot_keys_part(round.epoch, confirmation.index);
    state.put(part, &confirmation.said);
    state.put(Key::round(round.epoch), &round);
    let present = finish(state, &round);
    Ok(Done::Confirmed { present })
}
