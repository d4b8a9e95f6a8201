//! A record's fingerprints are taken: all its strict ones or none.
//!
//! A strict fingerprint points to the record that took it last; whether it is free is that record's
//! financing's stage, read at the block's height, or, where a replacement took the financing over, that
//! of the replacement. So a release or an expiry frees all fingerprints of a financing at once, those too that it has
//! from the records whose financings it took over.
//!
//! Records that replace one another form a line. At most one record of a line is held or financed:
//! its newest, or an older one whose financing the newest takes over or must wait for. It takes over whatever its number:
//! a correction (EN 16931, type 384) has one of its own, and none of the corrected invoice's strict fingerprints. What a
//! take-over adds to what is taken, it never takes away from it: the older's fingerprints stay taken until the newer's
//! financing ends, so that no other bank can finance the corrected invoice beside its correction. What has ended goes on
//! in the same way where its bank finances the record again, or one in its place: all that was taken is taken again, or,
//! if another has some of it by then, nothing is.

use sealane_types::fingerprint::{Fingerprint, Mask, Rule};
use sealane_types::genesis::Role;
use sealane_types::ids::{Height, RecordId};
use sealane_types::receipt::{Done, Life, Refusal};
use sealane_types::transaction::ReleaseReason;

use super::alerts::{self, loose};
use super::holding::{Holding, holding};
use super::trade::demand;
use super::{At, check_sealed_rightly, financing, parameters, quota, record, signer};
use crate::consortium::active;
use crate::effects::Effect;
use crate::log::{LogEntry, append};
use crate::state::{
    BlindedSet, Few, Financing, Key, Overlay, RecordEntry, Stage, StateExt, StateRead,
};
use crate::verified::VerifiedFinancing;

/// How many records of a line are looked at for what a financing has taken over.
const MOST_BEHIND: usize = 64;

/// A financing that is judged, with what the state has of its record.
#[derive(Clone, Copy)]
pub(crate) struct Judged<'a> {
    /// Where and by whom.
    pub at: At,
    /// The financing, its proof checked.
    pub wanted: &'a VerifiedFinancing,
    /// The record's entry.
    pub entry: &'a RecordEntry,
    /// The blinded set under which its fingerprints were computed.
    pub set: &'a BlindedSet,
}

pub(super) fn execute(
    state: &mut Overlay<'_>,
    effects: &mut Vec<Effect>,
    at: At,
    wanted: &VerifiedFinancing,
) -> Result<Done, Refusal> {
    if signer(state, at).role != Role::Bank {
        return Err(Refusal::NotABank);
    }
    let entry = record(state, &wanted.record)?;
    if let Some(by) = entry.replaced_by {
        return Err(Refusal::Replaced { by });
    }
    check_sealed_rightly(state, &wanted.record)?;
    if let Some(trade) = wanted.trade {
        demand(state, at, trade, &wanted.record)?;
    }
    let set: Option<BlindedSet> = state.read(&Key::blinded_set(&wanted.record));
    let set = set.ok_or(Refusal::NotPresented)?;
    let judged = Judged {
        at,
        wanted,
        entry: &entry,
        set: &set,
    };
    check_seller(state, judged)?;
    let takes_over = ahead(state, judged)?;
    if let Some((rule, _)) = taken(state, at, wanted, takes_over) {
        return Err(Refusal::Duplicate { rule });
    }
    alerts::check(state, at, wanted, &set, takes_over)?;
    check_quota(state, judged)?;
    let was_live =
        |older: &RecordId| financing(state, older).is_some_and(|it| it.stage.is_live(at.height));
    let took_over = takes_over.filter(was_live);
    take(state, effects, judged, takes_over);
    Ok(match wanted.hold_until {
        Some(until) => Done::Held { until },
        None => Done::Financed { took_over },
    })
}

/// What the record's own state and its line say, before the fingerprints are looked at; the older record that is taken over.
pub(crate) fn ahead(
    state: &dyn StateRead,
    judged: Judged<'_>,
) -> Result<Option<RecordId>, Refusal> {
    let Judged { at, wanted, .. } = judged;
    check_hold(state, at, wanted.hold_until)?;
    check_own_stage(state, at, wanted)?;
    check_distinct(&wanted.fingerprints)?;
    let takes_over = takeover(state, judged)?;
    let since = goes_on(state, judged, takes_over);
    match since == wanted.since.unwrap_or(wanted.record) {
        true => Ok(takes_over),
        false => Err(Refusal::GoesOnOtherwise),
    }
}

/// Since which record the financing would last: the one since which the older's does that it goes on with, or its own
/// earlier one. The bank says which one it expects, as it has judged the document by that.
fn goes_on(state: &dyn StateRead, judged: Judged<'_>, takes_over: Option<RecordId>) -> RecordId {
    let record = judged.wanted.record;
    let before = financing(state, &takes_over.unwrap_or(record));
    before.map_or(record, |before| before.since)
}

/// The bank's quota of financings; a hold costs none.
pub(crate) fn check_quota(state: &dyn StateRead, judged: Judged<'_>) -> Result<(), Refusal> {
    match judged.wanted.hold_until {
        Some(_) => Ok(()),
        None => quota::check_financing(state, judged.at, judged.entry, judged.set),
    }
}

/// An active bank vouches for the seller: its alias is the sealer's, or of a customer of the financing bank, or has signed.
pub(crate) fn check_seller(state: &dyn StateRead, judged: Judged<'_>) -> Result<(), Refusal> {
    let at = judged.at;
    let seller = active(state, &judged.set.alias, at.height).ok_or(Refusal::NotVouchedFor)?;
    if seller.role == Role::Asked {
        return Err(Refusal::OnlyAsked);
    }
    let is_sealer = seller.id == judged.entry.sealer;
    let fits = is_sealer || seller.bank == at.signer || judged.wanted.consented;
    fits.then_some(()).ok_or(Refusal::NoConsent)
}

fn check_hold(state: &dyn StateRead, at: At, until: Option<Height>) -> Result<(), Refusal> {
    let Some(until) = until else { return Ok(()) };
    let blocks = parameters(state).max_hold_blocks;
    let lasts = until.0.checked_sub(at.height.0);
    let fits = lasts.is_some_and(|lasts| lasts >= 1 && lasts <= blocks);
    fits.then_some(()).ok_or(Refusal::HoldOutOfRange { blocks })
}

/// The holder finances what it held; nobody else, and no second hold on top of the first.
fn check_own_stage(
    state: &dyn StateRead,
    at: At,
    wanted: &VerifiedFinancing,
) -> Result<(), Refusal> {
    let Some(own) = financing(state, &wanted.record) else {
        return Ok(());
    };
    // A record's fingerprints are a function of it, and proven; the pointers rest on that.
    if own.fingerprints.0 != wanted.fingerprints {
        return Err(Refusal::WrongProof);
    }
    match own.stage.at(at.height) {
        Some(Life::Held { .. }) if own.bank == at.signer && wanted.hold_until.is_none() => Ok(()),
        Some(Life::Held { until }) => Err(Refusal::AlreadyHeld { until }),
        Some(Life::Financed | Life::Repaid) => Err(Refusal::AlreadyFinanced),
        None => Ok(()),
    }
}

fn check_distinct(fingerprints: &[Fingerprint]) -> Result<(), Refusal> {
    let again = |at: usize| fingerprints[..at].contains(&fingerprints[at]);
    match (0..fingerprints.len()).any(again) {
        true => Err(Refusal::RepeatedFingerprint),
        false => Ok(()),
    }
}

/// The older record of the line whose financing this one goes on with: this bank's own, of the same seller's alias, be it
/// live or ended. Where it is repaid, or another has financed its document since, nothing stands in its place; nor is the
/// record's own earlier financing gone on with where another has what that had taken over.
///
/// No fingerprint in common is asked for. A shared one may be a fill-up's, which tells no seller from another, and a
/// correction under its own number has none; that both are the same seller's the alias says, and that the newer stands in
/// the older's place its sealer's signature. Amounts and currencies are hidden here, and a correction changes them: they
/// are the bank's to compare.
fn takeover(state: &dyn StateRead, judged: Judged<'_>) -> Result<Option<RecordId>, Refusal> {
    let Judged {
        at,
        wanted,
        entry,
        set,
    } = judged;
    let last: Option<RecordId> = state.read(&Key::financed_of_line(&entry.first_of_line));
    let Some(older) = last.filter(|last| *last != wanted.record) else {
        let own = financing(state, &wanted.record);
        let behind = own.map(|own| behind(state, &wanted.record, own.since));
        let behind = behind.transpose()?.unwrap_or_default();
        // its own fingerprints are looked at below, where who has them is known
        let own = |print: &&Fingerprint| wanted.fingerprints.contains(print);
        let spent = behind.into_iter().find(|(_, one)| {
            let mut beside = strict(&one.fingerprints.0).filter(|print| !own(print));
            beside.any(|print| is_anothers(state, judged, print))
        });
        return spent.map_or(Ok(None), |(older, _)| Err(Refusal::OlderIsTaken { older }));
    };
    let Some(of_older) = financing(state, &older) else {
        return Ok(None);
    };
    if !of_older.stage.is_live(at.height) {
        if is_spent(state, judged, &older, &of_older)? {
            return Err(Refusal::OlderIsTaken { older });
        }
        let goes_on = of_older.alias == set.alias && of_older.bank == at.signer;
        return Ok(goes_on.then_some(older));
    }
    if of_older.alias != set.alias {
        return Err(Refusal::OlderIsFinanced { older });
    }
    if of_older.bank != at.signer {
        return Err(Refusal::NotTheHolder);
    }
    if of_older.stage == Stage::Financed && wanted.hold_until.is_some() {
        return Err(Refusal::HoldOverFinanced);
    }
    Ok(Some(older))
}

/// Whether the claim that the line's last financing was for counts already: it is repaid, or another record has taken a
/// strict fingerprint of it, or of what it had taken over, since. What stands in its place is the same claim, whatever its
/// number. Of another seller's alias only a repayment counts: a document that was financed under the wrong alias by mistake
/// has another's fingerprints.
fn is_spent(
    state: &dyn StateRead,
    judged: Judged<'_>,
    id: &RecordId,
    last: &Financing,
) -> Result<bool, Refusal> {
    if last.stage == Stage::Released(ReleaseReason::Repaid) {
        return Ok(true);
    }
    if last.alias != judged.set.alias {
        return Ok(false);
    }
    let behind = behind(state, id, last.since)?;
    let all = behind.iter().map(|(_, one)| one).chain([last]);
    let mut prints = all.flat_map(|one| strict(&one.fingerprints.0));
    Ok(prints.any(|print| is_anothers(state, judged, print)))
}

/// Whether another record has this strict fingerprint now.
fn is_anothers(state: &dyn StateRead, judged: Judged<'_>, print: &Fingerprint) -> bool {
    let taker: Option<RecordId> = state.read(&Key::fingerprint(print));
    let taken = taker.and_then(|taker| holding(state, judged.at.height, &taker));
    taken.is_some_and(|taken| taken.is_other(judged.wanted, None))
}

/// What the financing of a record, which lasts since another one, has taken over: the records behind it in its line, the
/// newest first. Of a line that is too long for that nothing is gone on with.
fn behind(
    state: &dyn StateRead,
    record: &RecordId,
    since: RecordId,
) -> Result<Vec<(RecordId, Financing)>, Refusal> {
    let mut found = Vec::new();
    let mut at = *record;
    for _ in 0..MOST_BEHIND {
        let entry: Option<RecordEntry> = state.read(&Key::record(&at));
        let Some(older) = entry
            .and_then(|entry| entry.replaces)
            .filter(|_| at != since)
        else {
            return Ok(found);
        };
        let one = financing(state, &older).filter(|one| one.since == since);
        found.extend(one.map(|one| (older, one)));
        at = older;
    }
    Err(Refusal::OlderIsTaken { older: since })
}

fn strict(fingerprints: &[Fingerprint]) -> impl Iterator<Item = &Fingerprint> {
    fingerprints.iter().filter(|print| print.rule.is_strict())
}

/// The first strict fingerprint that somebody has, and who: neither this record nor the one that it takes over.
pub(crate) fn taken(
    state: &dyn StateRead,
    at: At,
    wanted: &VerifiedFinancing,
    takes_over: Option<RecordId>,
) -> Option<(Rule, Holding)> {
    strict(&wanted.fingerprints).find_map(|print| {
        let taker: RecordId = state.read(&Key::fingerprint(print))?;
        let taken = holding(state, at.height, &taker)?;
        taken
            .is_other(wanted, takes_over)
            .then_some((print.rule, taken))
    })
}

/// Writes what the checks have allowed.
fn take(
    state: &mut Overlay<'_>,
    effects: &mut Vec<Effect>,
    judged: Judged<'_>,
    takes_over: Option<RecordId>,
) {
    let Judged {
        at,
        wanted,
        entry,
        set,
    } = judged;
    let since = goes_on(state, judged, takes_over);
    let ended = ended(state, judged, takes_over, since);
    if let Some(older) = takes_over {
        hand_over(state, effects, at, &older, wanted.record);
    }
    let stage = match wanted.hold_until {
        Some(until) => Stage::Held { until },
        None => Stage::Financed,
    };
    let fingerprints = Few(wanted.fingerprints.clone());
    let own = Financing {
        bank: at.signer,
        stage,
        since,
        alias: set.alias,
        fingerprints: fingerprints.clone(),
    };
    state.put(Key::financing(&wanted.record), &own);
    if since != wanted.record {
        state.put(Key::held_since(&since), &wanted.record);
    }
    for id in ended {
        let of_older = financing(state, &id).expect("what was taken over was financed");
        take_again(state, at, id, &of_older);
        if Some(id) != takes_over {
            log_of(state, effects, at, id, of_older);
        }
    }
    for print in strict(&wanted.fingerprints) {
        state.put(Key::fingerprint(print), &wanted.record);
    }
    // once it is written who has what the older records took: what nobody has is dropped from the alerts
    for print in loose(&wanted.fingerprints) {
        alerts::register(state, at.height, print, &wanted.record);
    }
    let line = Key::financed_of_line(&entry.first_of_line);
    state.put(line, &wanted.record);
    if stage == Stage::Financed {
        quota::financed(state, at, &wanted.record, entry);
    }
    let entry = LogEntry {
        height: at.height,
        record: wanted.record,
        bank: at.signer,
        stage,
        since,
        mask: set.mask,
        fingerprints,
    };
    append(state, effects, entry);
}

/// What a record had taken whose financing was taken over is taken again, as the financing that has it counts again.
fn take_again(state: &mut Overlay<'_>, at: At, id: RecordId, financing: &Financing) {
    for print in strict(&financing.fingerprints.0) {
        state.put(Key::fingerprint(print), &id);
    }
    for print in loose(&financing.fingerprints.0) {
        alerts::register(state, at.height, print, &id);
    }
}

/// Logs where a record's financing stands now.
fn log_of(
    state: &mut Overlay<'_>,
    effects: &mut Vec<Effect>,
    at: At,
    record: RecordId,
    financing: Financing,
) {
    let entry = LogEntry {
        height: at.height,
        record,
        bank: financing.bank,
        stage: financing.stage,
        since: financing.since,
        mask: mask(state, &record),
        fingerprints: financing.fingerprints,
    };
    append(state, effects, entry);
}

/// The records whose fingerprints are taken again, as the financing that had ended, and had taken them over, goes on.
fn ended(
    state: &dyn StateRead,
    judged: Judged<'_>,
    takes_over: Option<RecordId>,
    since: RecordId,
) -> Vec<RecordId> {
    let last = takes_over.unwrap_or(judged.wanted.record);
    let before = financing(state, &last);
    if before.is_none_or(|one| one.stage.is_live(judged.at.height)) {
        return Vec::new();
    }
    let behind = behind(state, &last, since).unwrap_or_default(); // the rules have looked at it
    let behind = behind.into_iter().map(|(id, _)| id);
    behind.chain(takes_over).collect()
}

/// The mask of the set under which a record was held or financed.
pub(super) fn mask(state: &dyn StateRead, id: &RecordId) -> Mask {
    let set: Option<BlindedSet> = state.read(&Key::blinded_set(id));
    set.expect("what is financed was presented").mask
}

/// The older record's financing is the newer's.
fn hand_over(
    state: &mut Overlay<'_>,
    effects: &mut Vec<Effect>,
    at: At,
    older: &RecordId,
    by: RecordId,
) {
    let mut of_older = financing(state, older).expect("what is taken over is financed");
    of_older.stage = Stage::TakenOver { by };
    state.put(Key::financing(older), &of_older);
    let entry = record(state, older).expect("what is financed is a record");
    quota::ended(state, at, older, &entry);
    log_of(state, effects, at, *older, of_older);
}
