//! The floor under every vote on who holds shares of the fingerprint key, and what lowers how widely it is spread.

use std::collections::BTreeSet;

use sealane_types::alias::{Alias, Role, Standing};
use sealane_types::ids::AliasId;
use sealane_types::sharing::threshold;

use super::{newest, present};
use crate::consortium::validators;
use crate::state::{Key, Round, StateExt, StateRead};

/// Fewest holders where there are so many validators.
const HOLDERS: usize = 4;
/// Fewest banks whose validators hold shares where there are so many.
const BANKS: usize = 3;
/// Fewest answers that make a fingerprint where there are two validators.
const ANSWERS: usize = 2;

/// The bank of a validator, if both are active.
fn active_bank(state: &dyn StateRead, validator: &AliasId) -> Option<AliasId> {
    let active = |id: &AliasId, role| {
        let alias: Option<Alias> = state.read(&Key::alias(id));
        alias.filter(|alias| alias.role == role && alias.standing == Standing::Active)
    };
    let alias = active(validator, Role::Validator)?;
    active(&alias.bank, Role::Bank).map(|bank| bank.id)
}

/// Whether so many holders, of so many banks, may have the key: distinct active validators, as the change demands. Who
/// has no power and holds a share counts among those that there are: else a vote on power would lower the floor.
pub(crate) fn is_met(state: &dyn StateRead, holders: &[AliasId]) -> bool {
    let signing = validators(state);
    let mut there: BTreeSet<AliasId> = signing.validators().iter().map(|one| one.alias).collect();
    match present(state) {
        Some(key) => there.extend(key.holders.iter().map(|holder| holder.validator)),
        None => there.extend(newest(state).into_iter().flat_map(|round| {
            let holders = round.holders.into_iter();
            holders.map(|holder| holder.validator)
        })),
    }
    there.retain(|validator| active_bank(state, validator).is_some());
    let banks = |all: &mut dyn Iterator<Item = &AliasId>| {
        let banks: BTreeSet<_> = all.filter_map(|one| active_bank(state, one)).collect();
        banks.len()
    };
    let answers = u16::try_from(holders.len()).map_or(0, |count| threshold(count).into());
    holders.len() >= HOLDERS.min(there.len())
        && banks(&mut holders.iter()) >= BANKS.min(banks(&mut there.iter()))
        && answers >= ANSWERS.min(there.len())
}

/// Whether fewer holders of the present epoch could ever answer again than it takes: then the key is lost for good, as only they can hand
/// it on. Who is suspended can come back; who is closed, or is no validator of a bank any more, cannot.
pub(crate) fn is_lost(state: &dyn StateRead) -> bool {
    let may = |id: &AliasId, role| {
        let alias: Option<Alias> = state.read(&Key::alias(id));
        alias.filter(|alias| alias.role == role && alias.standing != Standing::Closed)
    };
    let can = |validator: &AliasId| {
        let alias = may(validator, Role::Validator);
        alias.is_some_and(|alias| may(&alias.bank, Role::Bank).is_some())
    };
    present(state).is_some_and(|key| {
        let left = key.holders.iter().filter(|holder| can(&holder.validator));
        left.count() < usize::from(key.threshold)
    })
}

/// How widely a key is spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    /// How many validators hold a share.
    pub holders: usize,
    /// Of how many banks they are.
    pub banks: usize,
    /// How many answers make a fingerprint.
    pub answers: u16,
}

impl Spread {
    /// Of a key with these holders, whose banks are told by `bank`.
    #[must_use]
    pub fn of(
        holders: &[AliasId],
        answers: u16,
        bank: impl Fn(&AliasId) -> Option<AliasId>,
    ) -> Self {
        let banks: BTreeSet<AliasId> = holders.iter().filter_map(bank).collect();
        Self {
            holders: holders.len(),
            banks: banks.len(),
            answers,
        }
    }

    /// Whether any of its numbers is below another's: operators consent to deal then.
    #[must_use]
    pub fn is_below(&self, other: &Self) -> bool {
        self.holders < other.holders || self.banks < other.banks || self.answers < other.answers
    }
}

/// What a re-sharing makes of the key's spread: before, and after it; none for a generation.
#[must_use]
pub fn spreads(state: &dyn StateRead, round: &Round) -> Option<(Spread, Spread)> {
    let old = round.old(state)?;
    let bank = |validator: &AliasId| {
        let alias: Option<Alias> = state.read(&Key::alias(validator));
        alias.map(|alias| alias.bank)
    };
    let before: Vec<AliasId> = old.holders.iter().map(|one| one.validator).collect();
    let after: Vec<AliasId> = round.holders.iter().map(|one| one.validator).collect();
    Some((
        Spread::of(&before, old.threshold, bank),
        Spread::of(&after, round.threshold, bank),
    ))
}
