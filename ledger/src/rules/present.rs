//! A record presents its one blinded set, and its bank's quota pays for it.

use sealane_types::receipt::{Done, Refusal};
use sealane_types::schema::Kind;

use super::{At, parameters, record};
use crate::effects::Effect;
use crate::state::{BlindedSet, Few, Key, Overlay, StateExt, StateRead};
use crate::verified::VerifiedSet;

pub(super) fn execute<S: StateRead>(
    state: &mut Overlay<'_, S>,
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
    if state.get(&Key::blinded_set(&set.record)).is_some() {
        return Err(Refusal::AlreadyPresented);
    }
    let day = at.time.day();
    let quota = parameters(state).inquiries_per_day;
    let key = Key::quota(&entry.bank, day);
    let used: u32 = state.read(&key).unwrap_or(0);
    if used >= quota {
        return Err(Refusal::QuotaUsedUp { quota });
    }
    state.put(key, &(used + 1));
    let blinded = BlindedSet {
        mask: set.mask,
        amount_commitment: set.amount_commitment,
        blinding: set.blinding,
        blinded: Few(set.blinded.clone()),
        day,
        given_back: false,
    };
    state.put(Key::blinded_set(&set.record), &blinded);
    effects.push(Effect::BlindedSetFinalised { record: set.record });
    Ok(Done::Presented)
}
