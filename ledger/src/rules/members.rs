//! A bank's customers: their aliases come, are suspended, act again, and are closed.

use sealane_types::alias::{Alias, RegisterAlias, Role, SetStanding, Standing};
use sealane_types::receipt::{Done, Refusal};

use super::{At, signer};
use crate::state::{Key, Overlay, StateExt, StateRead};

pub(super) fn register<S: StateRead>(
    state: &mut Overlay<'_, S>,
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

pub(super) fn set_standing<S: StateRead>(
    state: &mut Overlay<'_, S>,
    at: At,
    set: &SetStanding,
) -> Result<Done, Refusal> {
    only_banks(state, at)?;
    let alias: Option<Alias> = state.read(&Key::alias(&set.alias));
    let own = alias.filter(|alias| alias.role.is_customer() && alias.bank == at.signer);
    let mut alias = own.ok_or(Refusal::NotYourCustomer)?;
    if alias.standing == Standing::Closed {
        return Err(Refusal::Closed);
    }
    alias.standing = set.standing;
    state.put(Key::alias(&alias.id), &alias);
    Ok(Done::StandingSet(set.standing))
}

fn only_banks<S: StateRead>(state: &S, at: At) -> Result<(), Refusal> {
    match signer(state, at).role {
        Role::Bank => Ok(()),
        role => Err(Refusal::RoleForbids { role }),
    }
}
