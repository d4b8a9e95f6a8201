//! A bank's customers: their aliases come, get more identifiers, are suspended, act again, and are closed.

use sealane_types::alias::{Alias, AmendAlias, RegisterAlias, Role, SetStanding, Standing};
use sealane_types::ids::AliasId;
use sealane_types::receipt::{Done, Refusal};

use super::{At, signer};
use crate::state::{Earlier, EarlierCommitment, Key, MAX_AMENDMENTS, Overlay, StateExt, StateRead};

pub(super) fn register(
    state: &mut Overlay<'_>,
    at: At,
    new: &RegisterAlias,
) -> Result<Done, Refusal> {
    only_banks(state, at)?;
    if state.get(&Key::alias(&new.alias)).is_some() {
        return Err(Refusal::AliasExists);
    }
    let alias = Alias {
        id: new.alias,
        name: String::new(),
        role: new.role,
        key: new.key,
        commitment: new.commitment,
        bank: at.signer,
        standing: Standing::Active,
        until: new.until,
    };
    state.put(Key::alias(&alias.id), &alias);
    Ok(Done::Registered)
}

/// From the next block on, the alias has the new commitment; the old one serves what is sealed by then.
pub(super) fn amend(state: &mut Overlay<'_>, at: At, amend: &AmendAlias) -> Result<Done, Refusal> {
    let mut alias = own_customer(state, at, &amend.alias)?;
    if alias.standing == Standing::Closed {
        return Err(Refusal::Closed);
    }
    if alias.until.is_some() {
        return Err(Refusal::OneTrade);
    }
    if alias.commitment != amend.old || amend.old == amend.new {
        return Err(Refusal::OtherCommitment);
    }
    let key = Key::commitments(&alias.id);
    let mut earlier: Earlier = state.read(&key).unwrap_or_default();
    if earlier.0.len() == MAX_AMENDMENTS {
        return Err(Refusal::TooManyAmendments);
    }
    earlier.0.push(EarlierCommitment {
        commitment: amend.old,
        below: at.height.next(),
    });
    alias.commitment = amend.new;
    state.put(key, &earlier);
    state.put(Key::alias(&alias.id), &alias);
    Ok(Done::Amended)
}

pub(super) fn set_standing(
    state: &mut Overlay<'_>,
    at: At,
    set: &SetStanding,
) -> Result<Done, Refusal> {
    let mut alias = own_customer(state, at, &set.alias)?;
    if alias.standing == Standing::Closed {
        return Err(Refusal::Closed);
    }
    alias.standing = set.standing;
    state.put(Key::alias(&alias.id), &alias);
    Ok(Done::StandingSet(set.standing))
}

fn own_customer(state: &dyn StateRead, at: At, alias: &AliasId) -> Result<Alias, Refusal> {
    only_banks(state, at)?;
    let alias: Option<Alias> = state.read(&Key::alias(alias));
    let own = alias.filter(|alias| alias.role.is_customer() && alias.bank == at.signer);
    own.ok_or(Refusal::NotYourCustomer)
}

fn only_banks(state: &dyn StateRead, at: At) -> Result<(), Refusal> {
    let role = signer(state, at).role;
    match role == Role::Bank {
        true => Ok(()),
        false => Err(Refusal::RoleForbids { role }),
    }
}
