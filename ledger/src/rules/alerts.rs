//! Looser fingerprints: which other documents have them, and what a waiver helps over.

use sealane_types::fingerprint::{Fingerprint, Rule};
use sealane_types::ids::{Height, RecordId};
use sealane_types::receipt::Refusal;

use super::At;
use super::holding::{Holding, holding};
use crate::state::{BlindedSet, Key, LooseEntry, MAX_LOOSE_RECORDS, Overlay, StateExt, StateRead};
use crate::verified::VerifiedFinancing;

pub(super) fn loose(fingerprints: &[Fingerprint]) -> impl Iterator<Item = &Fingerprint> {
    fingerprints.iter().filter(|print| !print.rule.is_strict())
}

/// Every looser fingerprint that another document has, held, financed or repaid, is waived. Where the wanted set says that its
/// name is strict, no waiver helps over a hit by name: nothing else would tell of the same document, and its bank can mend that,
/// by what it adds to its customer's file. What the other set says does not count here, or anybody could refuse another's
/// document for good, by a set of its own without identifiers: there the bank that is asked gives its reason, and signs for it.
///
/// What is not named any more alerts and can be waived: nothing is known of it.
pub(crate) fn check(
    state: &dyn StateRead,
    at: At,
    wanted: &VerifiedFinancing,
    set: &BlindedSet,
    takes_over: Option<RecordId>,
) -> Result<(), Refusal> {
    let mut rules: Vec<Rule> = Vec::new();
    for print in loose(&wanted.fingerprints) {
        let entry: LooseEntry = state.read(&Key::fingerprint(print)).unwrap_or_default();
        let others = others(state, at, wanted, takes_over, &entry);
        let is_strict = print.rule == Rule::NameNumberAmount && set.mask.name_is_strict();
        if is_strict && !others.is_empty() {
            return Err(Refusal::SameName);
        }
        let rings = entry.older > 0 || !others.is_empty();
        if rings && !wanted.waived.contains(&print.rule) {
            rules.push(print.rule);
        }
    }
    match rules.is_empty() {
        true => Ok(()),
        false => Err(Refusal::Alert { rules }),
    }
}

/// Who has a hit by name that may be the same document although no strict fingerprint can meet: it was financed under a set
/// whose name is strict. For the words of the alert.
pub(crate) fn without_number(
    state: &dyn StateRead,
    at: At,
    wanted: &VerifiedFinancing,
    takes_over: Option<RecordId>,
) -> Option<Holding> {
    let all = wanted.fingerprints.iter();
    let mut named = all.filter(|print| print.rule == Rule::NameNumberAmount);
    let entry: LooseEntry = state.read(&Key::fingerprint(named.next()?))?;
    let others = others(state, at, wanted, takes_over, &entry);
    let strict = others.iter().find(|id| name_is_strict(state, id))?;
    holding(state, at.height, strict)
}

/// The named takers of a looser fingerprint in whose way the wanted financing comes.
fn others(
    state: &dyn StateRead,
    at: At,
    wanted: &VerifiedFinancing,
    takes_over: Option<RecordId>,
    entry: &LooseEntry,
) -> Vec<RecordId> {
    let other = |id: &&RecordId| {
        let by = holding(state, at.height, id);
        by.is_some_and(|by| by.is_other(wanted, takes_over))
    };
    entry.records.iter().filter(other).copied().collect()
}

/// Whether a hit by name counts as strict by the set under which a record was financed.
fn name_is_strict(state: &dyn StateRead, taker: &RecordId) -> bool {
    let set: Option<BlindedSet> = state.read(&Key::blinded_set(taker));
    set.expect("what is financed was presented")
        .mask
        .name_is_strict()
}

/// Adds the record to a looser fingerprint's entry, and drops those that no longer count. When the
/// entry is full, the oldest is counted without its name: it alerts from then on, whatever becomes
/// of it.
pub(crate) fn register(
    state: &mut Overlay<'_>,
    height: Height,
    print: &Fingerprint,
    record: &RecordId,
) {
    let key = Key::fingerprint(print);
    let mut entry: LooseEntry = state.read(&key).unwrap_or_default();
    entry
        .records
        .retain(|id| id != record && holding(state, height, id).is_some());
    if entry.records.len() == MAX_LOOSE_RECORDS {
        entry.records.remove(0);
        entry.older = entry.older.saturating_add(1);
    }
    entry.records.push(*record);
    state.put(key, &entry);
}
