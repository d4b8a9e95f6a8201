//! What a guess costs. Whoever learns a record's fingerprints has guessed at as many documents as it has slots; a
//! bank's guesses of a day are bounded by two quotas, whatever becomes of the records
//! (`specs/privacy.md`, *How often a bank can guess*).
//!
//! A set counts as an inquiry of the day that presents it. When the record is financed, it counts as a financing of
//! that day instead, and the inquiry comes back. A financing that ends within [`SETTLED_AFTER`] counts as an inquiry
//! again, of the day on which it ends; where that day has none left, as debt, which takes from the financings.

use sealane_types::ids::{AliasId, BlockTime, RecordId};
use sealane_types::receipt::Refusal;

use super::{At, parameters};
use crate::state::{
    BlindedSet, Counted, Key, Overlay, QuotaEntry, RecordEntry, StateExt, StateRead,
};

/// Milliseconds of header time after which a financing's end costs nothing: seven days.
pub const SETTLED_AFTER: u64 = 7 * 86_400_000;

/// The bank's entry, as it stands on the day of this block.
fn today(state: &dyn StateRead, at: At, bank: &AliasId) -> QuotaEntry {
    let entry: Option<QuotaEntry> = state.read(&Key::quota(bank));
    let per_day = parameters(state).inquiries_per_day;
    entry.unwrap_or_default().on(at.time.day(), per_day)
}

/// Counts a set that is presented; gives what its record keeps of it.
pub(super) fn present(state: &mut Overlay<'_>, at: At, bank: &AliasId) -> Result<Counted, Refusal> {
    let quota = parameters(state).inquiries_per_day;
    let mut entry = today(state, at, bank);
    if entry.inquiries >= quota {
        return Err(Refusal::QuotaUsedUp { quota });
    }
    entry.inquiries += 1;
    state.put(Key::quota(bank), &entry);
    Ok(Counted::Inquiry { day: entry.day })
}

/// Whether the record may be financed (and not only held) as far as its bank's quota goes.
pub(super) fn check_financing(
    state: &dyn StateRead,
    at: At,
    record: &RecordEntry,
    set: &BlindedSet,
) -> Result<(), Refusal> {
    let Counted::Inquiry { .. } = set.counted else {
        return Ok(());
    };
    let quota = parameters(state).financings_per_day;
    let QuotaEntry {
        financings, debt, ..
    } = today(state, at, &record.bank);
    match financings < quota.saturating_sub(debt) {
        true => Ok(()),
        false => Err(Refusal::FinancingsUsedUp { quota, debt }),
    }
}

/// The record is financed: its set counts as a financing from now on, the first time.
pub(super) fn financed(state: &mut Overlay<'_>, at: At, id: &RecordId, record: &RecordEntry) {
    let mut set = presented(state, id);
    let Counted::Inquiry { day } = set.counted else {
        return;
    };
    let mut entry = today(state, at, &record.bank);
    entry.financings = entry.financings.saturating_add(1);
    if day == entry.day {
        entry.inquiries = entry.inquiries.saturating_sub(1);
    }
    state.put(Key::quota(&record.bank), &entry);
    set.counted = Counted::Financing { since: at.time };
    state.put(Key::blinded_set(id), &set);
}

/// The record's hold or financing has ended, or another record has taken it over: early, it was an inquiry.
pub(super) fn ended(state: &mut Overlay<'_>, at: At, id: &RecordId, record: &RecordEntry) {
    let mut set = presented(state, id);
    let Counted::Financing { since } = set.counted else {
        return;
    };
    if is_settled(since, at.time) {
        return;
    }
    let parameters = parameters(state);
    let mut entry = today(state, at, &record.bank);
    if entry.inquiries < parameters.inquiries_per_day {
        entry.inquiries += 1;
    } else {
        let more = entry.debt.saturating_add(1);
        entry.debt = more.min(parameters.financings_per_day);
    }
    state.put(Key::quota(&record.bank), &entry);
    set.counted = Counted::Ended;
    state.put(Key::blinded_set(id), &set);
}

fn is_settled(since: BlockTime, now: BlockTime) -> bool {
    now.0.saturating_sub(since.0) >= SETTLED_AFTER
}

fn presented(state: &dyn StateRead, id: &RecordId) -> BlindedSet {
    let set: Option<BlindedSet> = state.read(&Key::blinded_set(id));
    set.expect("what is financed was presented")
}
