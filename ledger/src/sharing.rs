//! The fingerprint key's rounds in the state: the key that dealings give, the present epoch, who is to blame.
//!
//! ```text
//! keys ─▶ dealings, complaints ─▶ decided (Q) ─▶ all have confirmed ─▶ the epoch is present
//!                     ▲ a dealing of Q is disqualified │          └──▶ its day is over: the round has lapsed
//!                     └────────────────────────────────┘
//! ```
//!
//! The steps are [`round`]'s, which knows neither points nor the state; `specs/threshold-key.md` has the protocol.
//! Times are those of headers; what they decide is decided at the end of a block, an empty one too, and [`due`] says
//! when one must come.

mod floor;
mod round;

use sealane_crypto::oprf::{self, CheckedSlotKeys, KeyPublic, OprfError};
use sealane_types::ids::{AliasId, BlockTime, ChainId, Epoch, Height, PointBytes, ShareIndex};
use sealane_types::receipt::Refusal;
use sealane_types::sharing::{Confirm, Dealing, FingerprintKey, ShareHolder};

use crate::protocol;
use crate::state::{
    Blame, Fault, FaultKind, Key, MAX_FAULTS, Overlay, Round, SlotKeys, StateExt, StateRead, Writes,
};

pub use floor::{Spread, spreads};
pub(crate) use floor::{is_lost, is_met as floor_is_met};
pub use round::{DAY, WINDOW};

/// The key of the present epoch; none before the first stands.
#[must_use]
pub fn present(state: &dyn StateRead) -> Option<FingerprintKey> {
    let epoch: Epoch = state.read(&Key::present_epoch())?;
    state.read(&Key::fingerprint_key(epoch))
}

/// The newest round: open, finished, or lapsed.
#[must_use]
pub fn newest(state: &dyn StateRead) -> Option<Round> {
    let epoch: Epoch = state.read(&Key::newest_round())?;
    state.read(&Key::round(epoch))
}

/// The round in which steps are taken, if there is one: the newest, neither finished nor lapsed.
#[must_use]
pub fn open_round(state: &dyn StateRead) -> Option<Round> {
    let round = newest(state).filter(|round| !round.lapsed)?;
    let finished = state.get(&Key::fingerprint_key(round.epoch)).is_some();
    (!finished).then_some(round)
}

/// Begins a round among these validators: a generation where no key stands, else a re-sharing. It takes the place
/// of a round that is not finished.
pub(crate) fn begin(state: &mut Overlay<'_>, holders: &[AliasId]) {
    let before: Option<Epoch> = state.read(&Key::newest_round());
    let epoch = Epoch(before.map_or(1, |before| before.0.saturating_add(1)));
    let round = Round::opened(epoch, state.read(&Key::present_epoch()), holders);
    state.put(Key::newest_round(), &epoch);
    state.put(Key::round(epoch), &round);
}

/// The open round of this epoch.
pub(crate) fn of_epoch(state: &dyn StateRead, epoch: Epoch) -> Result<Round, Refusal> {
    let round = open_round(state).filter(|round| round.epoch == epoch);
    round.ok_or(Refusal::NoRound)
}

/// Writes the round, once it is decided which dealings count, as far as that can be now.
pub(crate) fn settle(state: &mut Overlay<'_>, chain: ChainId, time: BlockTime, round: &mut Round) {
    decide(&*state, chain, time, round);
    state.put(Key::round(round.epoch), round);
}

fn decide(state: &dyn StateRead, chain: ChainId, time: BlockTime, round: &mut Round) {
    let old = round.old(state).map(|old| old.threshold);
    round.decide(old, time, |round, dealers| {
        key(state, chain, round, dealers)
    });
}

/// The key that these dealings give; or the dealing that is set aside, of a holder whose share they make 0, if it dealt.
fn key(
    state: &dyn StateRead,
    chain: ChainId,
    round: &Round,
    dealers: &[ShareIndex],
) -> Result<FingerprintKey, Option<ShareIndex>> {
    let dealing = |index: &ShareIndex| {
        let dealing: Option<Dealing> = state.read(&Key::dealing(round.epoch, *index));
        (
            *index,
            dealing.expect("who dealt has a dealing in the state"),
        )
    };
    let dealings: Vec<_> = dealers.iter().map(dealing).collect();
    let sharing = round.sharing(chain).ok_or(None)?;
    let public: KeyPublic = match sharing.combine(round.origin(), &dealings) {
        Ok(public) => public,
        Err(OprfError::NoShare(holder)) => {
            let holder = round.holders.get(usize::from(holder.0) - 1);
            return Err(holder.and_then(|one| round.dealer_index(state, &one.validator)));
        }
        Err(_) => return Err(None),
    };
    let (key, shares) = public.encode();
    if round.old(state).is_some_and(|old| old.public != key) {
        return Err(None); // each constant term was checked, so it cannot be
    }
    let holders = round.holders.iter().zip(shares);
    let holders = holders.map(|(holder, public)| ShareHolder {
        validator: holder.validator,
        public,
    });
    Ok(FingerprintKey {
        epoch: round.epoch,
        threshold: round.threshold,
        public: key,
        holders: holders.collect(),
    })
}

/// Makes the epoch the present one if all holders have confirmed; whether it is.
pub(crate) fn finish(state: &mut Overlay<'_>, round: &Round) -> bool {
    let Some(key) = round.complete() else {
        return false;
    };
    let all: Vec<ShareIndex> = (1..).map(ShareIndex).take(round.holders.len()).collect();
    put_present(state, key, &all);
    true
}

/// Writes the key as the present one, with its slot keys. A key that is handed on keeps those it has.
fn put_present(state: &mut Overlay<'_>, key: &FingerprintKey, confirmed: &[ShareIndex]) {
    let slot_keys = Key::slot_keys(&key.public);
    if state.get(&slot_keys).is_none() {
        let keys = combine_slot_keys(state, key, confirmed);
        state.put(slot_keys, &keys);
    }
    state.put(Key::fingerprint_key(key.epoch), key);
    state.put(Key::present_epoch(), &key.epoch);
}

/// The slot keys from the parts of the first `t` holders that have confirmed.
fn combine_slot_keys(
    state: &dyn StateRead,
    key: &FingerprintKey,
    confirmed: &[ShareIndex],
) -> SlotKeys {
    let holders: Vec<ShareIndex> = confirmed
        .iter()
        .copied()
        .take(key.threshold.into())
        .collect();
    let part = |index: &ShareIndex| {
        let said: Option<Confirm> = state.read(&Key::slot_keys_part(key.epoch, *index));
        let said = said.expect("who has confirmed has parts in the state");
        let part = CheckedSlotKeys::restore(key.epoch, *index, &said.slot_keys);
        part.expect("parts are checked before they are written")
    };
    let parts: Vec<_> = holders.iter().map(part).collect();
    let combined = oprf::SlotKeys::combine(&protocol::key(key), &parts);
    let combined = combined.expect("at least t distinct holders have confirmed");
    SlotKeys {
        epoch: key.epoch,
        holders,
        points: combined.encode(),
    }
}

/// The slot keys of the present fingerprint key; none before it stands.
#[must_use]
pub fn slot_keys(state: &dyn StateRead) -> Option<oprf::SlotKeys> {
    slot_keys_of(state, &present(state)?.public)
}

/// The slot keys that stand under this fingerprint key.
pub(crate) fn slot_keys_of(state: &dyn StateRead, key: &PointBytes) -> Option<oprf::SlotKeys> {
    let keys: SlotKeys = state.read(&Key::slot_keys(key))?;
    let keys = oprf::SlotKeys::restore(key, &keys.points);
    Some(keys.expect("slot keys are combined from checked parts"))
}

/// Checks slot keys that a state holds by the proofs of the holders who published them, so that whoever was given the state need
/// not believe it: with slot keys of another key or slot one document would have fingerprints without end. `key` is that of the
/// epoch that the slot keys name, `parts` what its holders said, in the order in which the slot keys name them.
///
/// # Errors
/// Names what does not hold.
pub fn check_slot_keys(
    chain: ChainId,
    key: &FingerprintKey,
    keys: &SlotKeys,
    parts: &[Confirm],
) -> Result<oprf::SlotKeys, OprfError> {
    let public = KeyPublic::decode(key)?;
    let mut checked = Vec::with_capacity(parts.len());
    for (index, said) in keys.holders.iter().zip(parts) {
        let holder = key.holder(*index).map(|holder| holder.validator);
        let holder = holder.ok_or(OprfError::WrongShare(*index))?;
        checked.push(public.check_confirmation(&chain, &holder, *index, said)?);
    }
    let combined = oprf::SlotKeys::combine(&public, &checked)?;
    match combined.encode() == keys.points {
        true => Ok(combined),
        false => Err(OprfError::NotShares),
    }
}

/// What the time of a block decides: when the day of a round that this block has opened begins, who of a generation's
/// dealers is waited for no more, and that a round lapses.
pub(crate) fn end_block(state: &mut Overlay<'_>, chain: ChainId, time: BlockTime) {
    let Some(before) = open_round(&*state) else {
        return;
    };
    let mut round = before.clone();
    round.begin(time);
    decide(&*state, chain, time, &mut round);
    round.lapse(time);
    if round != before {
        state.put(Key::round(round.epoch), &round);
    }
}

/// The time from which on a block would decide something of the open round by itself.
#[must_use]
pub fn due(state: &dyn StateRead) -> Option<BlockTime> {
    let round = open_round(state)?;
    let old = round.old(state).map(|old| old.threshold);
    let waits = round.decided.is_none() && round.qualified(old, BlockTime(u64::MAX), &[]).is_some();
    let window = round.waits_until().filter(|_| waits);
    window.into_iter().chain(round.ends()).min()
}

/// What makes a key the present one although no round gave it, with what its holders said in their order: for tests and
/// measurements, where one party deals it.
///
/// # Panics
/// When fewer than the key's threshold said something, or it is none.
#[doc(hidden)]
#[must_use]
pub fn writes_of(key: &FingerprintKey, said: &[Confirm]) -> Writes {
    let below = std::collections::BTreeMap::<Key, Vec<u8>>::new();
    let mut state = Overlay::new(&below);
    let holders: Vec<ShareIndex> = (1..).map(ShareIndex).take(said.len()).collect();
    for (index, said) in holders.iter().zip(said) {
        state.put(Key::slot_keys_part(key.epoch, *index), said);
    }
    put_present(&mut state, key, &holders);
    state.into_writes()
}

/// What a refusal blames its signer for.
#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "of some hundred refusals three prove a fault; a new one blames nobody unless it is named here"
)]
pub(crate) fn fault(refusal: &Refusal) -> Option<FaultKind> {
    match refusal {
        Refusal::WrongAnswer { .. } => Some(FaultKind::WrongAnswer),
        Refusal::WrongDealing { .. } => Some(FaultKind::WrongDealing),
        Refusal::FalseComplaint => Some(FaultKind::FalseComplaint),
        _ => None,
    }
}

/// Notes a validator's fault.
pub(crate) fn blame(state: &mut Overlay<'_>, validator: &AliasId, kind: FaultKind, height: Height) {
    let mut blame: Blame = state.read(&Key::blame(validator)).unwrap_or_default();
    if blame.last.len() == MAX_FAULTS {
        blame.last.remove(0);
    }
    blame.last.push(Fault { kind, height });
    blame.count = blame.count.saturating_add(1);
    state.put(Key::blame(validator), &blame);
}
