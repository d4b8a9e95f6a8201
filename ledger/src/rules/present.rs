//! A record presents its one blinded set under its seller's alias, and its bank's quota pays for it.

use sealane_types::alias::Role;
use sealane_types::receipt::{Done, Refusal};
use sealane_types::schema::Kind;

use super::{At, check_sealed_rightly, quota, record};
use crate::consortium::active;
use crate::effects::Effect;
use crate::sharing::slot_keys;
use crate::state::{BlindedSet, Few, Key, Overlay, StateRead};
use crate::verified::VerifiedSet;

pub(super) fn execute(
    state: &mut Overlay<'_>,
    effects: &mut Vec<Effect>,
    at: At,
    set: &VerifiedSet,
) -> Result<Done, Refusal> {
    let entry = record(state, &set.record)?;
    if at.signer != entry.sealer && at.signer != entry.bank {
        return Err(Refusal::NotTheSealer);
    }
    if entry.kind != Kind::Invoice {
        return Err(Refusal::NotFinanceable);
    }
    check_sealed_rightly(state, &set.record)?;
    if state.get(&Key::blinded_set(&set.record)).is_some() {
        return Err(Refusal::AlreadyPresented);
    }
    let seller = active(state, &set.alias, at.height).ok_or(Refusal::NotVouchedFor)?;
    if !seller.role.seals() && seller.role != Role::Asked {
        return Err(Refusal::NotVouchedFor);
    }
    if slot_keys(state).is_none() {
        return Err(Refusal::NoSlotKeys);
    }
    let blinding = Key::blinding(&set.blinding);
    if state.get(&blinding).is_some() {
        return Err(Refusal::RepeatedBlinding);
    }
    state.put(blinding, &set.record);
    let counted = quota::present(state, at, &entry.bank)?;
    let blinded = BlindedSet {
        alias: set.alias,
        alias_commitment: set.alias_commitment,
        mask: set.mask,
        amount_commitment: set.amount_commitment,
        blinding: set.blinding,
        blinded: Few(set.blinded.clone()),
        counted,
    };
    state.put(Key::blinded_set(&set.record), &blinded);
    effects.push(Effect::BlindedSetFinalised { record: set.record });
    Ok(Done::Presented)
}
