//! The steps of a round of the fingerprint key. What of them can be judged without order was judged before: points,
//! proofs, what a complaint opens.

use sealane_types::receipt::{Done, Refusal};
use sealane_types::sharing::RegisterShareKey;

use super::At;
use crate::sharing::{blame, finish, of_epoch, settle};
use crate::state::{Dealt, FaultKind, Key, Overlay, StateRead};
use crate::verified::{VerifiedComplaint, VerifiedConfirmation, VerifiedDealing};

/// A holder's key for the round; the last one makes the round ready.
pub(super) fn register<S: StateRead>(
    state: &mut Overlay<'_, S>,
    at: At,
    said: &RegisterShareKey,
) -> Result<Done, Refusal> {
    let mut round = of_epoch(state, said.epoch)?;
    if round.index_of(&at.signer).is_none() {
        return Err(Refusal::NotInRound);
    }
    if round.ready.is_some() {
        return Err(Refusal::KeysFixed);
    }
    let mut own = round.holders.iter_mut();
    if let Some(own) = own.find(|holder| holder.validator == at.signer) {
        own.key = Some(said.key);
    }
    if round.holders.iter().all(|holder| holder.key.is_some()) {
        round.ready = Some(at.time);
    }
    state.put(Key::round(round.epoch), &round);
    Ok(Done::ShareKeyRegistered)
}

pub(super) fn deal<S: StateRead>(
    state: &mut Overlay<'_, S>,
    at: At,
    dealing: &VerifiedDealing,
) -> Result<Done, Refusal> {
    let mut round = of_epoch(state, dealing.epoch)?;
    let dealer = dealing.dealer;
    if round.dealt.iter().any(|dealt| dealt.dealer == dealer) {
        return Err(Refusal::AlreadyDealt);
    }
    if round.from.is_none() && round.decided.is_some() {
        return Err(Refusal::DealingsOver);
    }
    round.dealt.push(Dealt {
        dealer,
        disqualified: false,
    });
    state.put(Key::dealing(round.epoch, dealer), &dealing.dealing);
    settle(state, at.chain, at.time, &mut round);
    Ok(Done::Dealt)
}

/// The complaint was found right: its dealer is out.
pub(super) fn complain<S: StateRead>(
    state: &mut Overlay<'_, S>,
    at: At,
    complaint: &VerifiedComplaint,
) -> Result<Done, Refusal> {
    let mut round = of_epoch(state, complaint.epoch)?;
    let mut dealt = round.dealt.iter_mut();
    let dealt = dealt.find(|one| one.dealer == complaint.dealer && !one.disqualified);
    dealt.ok_or(Refusal::NoDealing)?.disqualified = true;
    settle(state, at.chain, at.time, &mut round);
    let place = usize::from(complaint.dealer.0).checked_sub(1);
    let dealers = round.dealers(state);
    if let Some(dealer) = place.and_then(|place| dealers.get(place)) {
        blame(state, dealer, FaultKind::BadShare, at.height);
    }
    Ok(Done::Complained)
}

pub(super) fn confirm<S: StateRead>(
    state: &mut Overlay<'_, S>,
    at: At,
    confirmation: &VerifiedConfirmation,
) -> Result<Done, Refusal> {
    let mut round = of_epoch(state, confirmation.epoch)?;
    let key = round
        .decided
        .as_ref()
        .and_then(|decided| decided.key.as_ref());
    // a dealing may have been disqualified earlier in the block: the key is another one then, even where this share stays
    if key != Some(&confirmation.key) {
        return Err(Refusal::NotYet);
    }
    let own = round
        .holders
        .iter_mut()
        .find(|one| one.validator == at.signer);
    let own = own.ok_or(Refusal::NotInRound)?;
    if own.confirmed {
        return Err(Refusal::AlreadyConfirmed);
    }
    own.confirmed = true;
    let part = Key::slot_keys_part(round.epoch, confirmation.index);
    state.put(part, &confirmation.said);
    state.put(Key::round(round.epoch), &round);
    let present = finish(state, at.time, &round);
    Ok(Done::Confirmed { present })
}
