//! Changes, each as it takes effect.

use sealane_types::alias::{Alias, MAX_VOTERS, Role, Standing};
use sealane_types::block::{Validator, ValidatorSet};
use sealane_types::genesis::{MAX_VERIFYING_KEYS, Parameters};
use sealane_types::governance::{Change, Governance, Limits};
use sealane_types::ids::{AliasId, BlockTime, Height, PublicKey, VerifyingKeyId};
use sealane_types::receipt::ChangeFault;
use sealane_types::sharing::MAX_HOLDERS;

use super::{checks, consortium, validators, workflows};
use crate::sharing;
use crate::state::{Key, Overlay, StateExt, StateRead, Voters};

pub(super) type Changed = Result<(), ChangeFault>;

/// Writes a change that holds from a height on, at the end of a block of this time, or says why it cannot take effect.
/// Keys and their signatures were checked when it was proposed.
pub(super) fn apply(
    state: &mut Overlay<'_>,
    change: &Change,
    at: Height,
    time: BlockTime,
) -> Changed {
    match change {
        Change::Admit { alias, .. } => admit(state, alias),
        Change::SetStanding { alias, standing } => set_standing(state, alias, *standing),
        Change::SetRole { alias, role } => set_role(state, alias, *role),
        Change::SetKey { alias, key, .. } => set_key(state, alias, *key),
        Change::SetPower { alias, power } => set_power(state, alias, *power),
        Change::SetLimits(limits) => set_limits(state, limits),
        Change::AcceptCircuit(key) => accept(state, *key),
        Change::RetireCircuit(key) => retire(state, key),
        Change::SetGovernance(governance) => govern(state, *governance),
        Change::SetProtocol(version) => set_protocol(state, *version),
        Change::ShareKey(holders) => share_key(state, holders),
        Change::PublishCheck(definition) => checks::publish(state, definition, at),
        Change::RetireCheck(check) => checks::retire(state, check, at),
        Change::PublishWorkflow(workflow) => workflows::publish(state, workflow, at),
        Change::RetireWorkflow(workflow) => workflows::retire(state, workflow, at),
        Change::VoidCheck(check) => checks::void(state, check, (at, time)),
    }
}

/// A member that has not left.
fn member(state: &dyn StateRead, id: &AliasId) -> Result<Alias, ChangeFault> {
    let alias: Option<Alias> = state.read(&Key::alias(id));
    let alias = alias.ok_or(ChangeFault::UnknownAlias)?;
    if alias.role.is_customer() {
        return Err(ChangeFault::NotAMember);
    }
    match alias.standing {
        Standing::Closed => Err(ChangeFault::Closed),
        Standing::Active | Standing::Suspended => Ok(alias),
    }
}

fn admit(state: &mut Overlay<'_>, alias: &Alias) -> Changed {
    if state.get(&Key::alias(&alias.id)).is_some() {
        return Err(ChangeFault::AliasExists);
    }
    if state.get(&Key::name(&alias.name)).is_some() {
        return Err(ChangeFault::NameTaken);
    }
    if alias.bank != alias.id {
        let bank = member(state, &alias.bank).map_err(|_| ChangeFault::NoBank)?;
        if bank.role != Role::Bank || bank.standing != Standing::Active {
            return Err(ChangeFault::NoBank);
        }
    }
    if alias.role == Role::Bank {
        add_voter(state, alias.id)?;
    }
    state.put(Key::name(&alias.name), &alias.id);
    state.put(Key::alias(&alias.id), alias);
    Ok(())
}

fn voters(state: &dyn StateRead) -> Vec<AliasId> {
    let voters: Option<Voters> = state.read(&Key::voters());
    voters.expect("genesis writes the banks").0
}

fn add_voter(state: &mut Overlay<'_>, bank: AliasId) -> Changed {
    let mut voters = voters(state);
    if voters.len() == MAX_VOTERS {
        return Err(ChangeFault::TooManyVoters);
    }
    voters.push(bank);
    state.put(Key::voters(), &Voters(voters));
    Ok(())
}

fn remove_voter(state: &mut Overlay<'_>, bank: &AliasId) {
    let mut voters = voters(state);
    voters.retain(|voter| voter != bank);
    state.put(Key::voters(), &Voters(voters));
}

/// Somebody can still decide: an active bank is left, and who must decide may act and has a home to vote with.
fn somebody_decides(state: &dyn StateRead) -> Changed {
    let acts = |id: &AliasId| {
        let alias: Option<Alias> = state.read(&Key::alias(id));
        alias.is_some_and(|alias| alias.standing == Standing::Active && alias.role.may_decide())
    };
    let banks = voters(state).iter().any(acts);
    let decider = consortium(state).governance.decider();
    let fits = banks && decider.as_ref().is_none_or(acts);
    fits.then_some(()).ok_or(ChangeFault::NobodyDecides)
}

fn set_standing(state: &mut Overlay<'_>, id: &AliasId, standing: Standing) -> Changed {
    let mut alias = member(state, id)?;
    let validates = validators(state).get(id).is_some();
    if validates && standing != Standing::Active {
        return Err(ChangeFault::Validates);
    }
    let leaves_a_bank = alias.role == Role::Bank && standing == Standing::Closed;
    if leaves_a_bank {
        remove_voter(state, id);
    }
    alias.standing = standing;
    state.put(Key::alias(id), &alias);
    keeps_key(state)?;
    check_banks_of_validators(state)?;
    somebody_decides(state)
}

/// Enough holders of the present epoch are left to hand the fingerprint key on.
fn keeps_key(state: &dyn StateRead) -> Changed {
    match sharing::is_lost(state) {
        true => Err(ChangeFault::KeyLost),
        false => Ok(()),
    }
}

/// Each validator's bank may act: else a validator would sign blocks whose answers are refused.
fn check_banks_of_validators(state: &dyn StateRead) -> Changed {
    for validator in validators(state).validators() {
        let alias: Option<Alias> = state.read(&Key::alias(&validator.alias));
        let bank = alias.and_then(|alias| state.read::<Alias>(&Key::alias(&alias.bank)));
        let fits =
            bank.is_some_and(|bank| bank.role == Role::Bank && bank.standing == Standing::Active);
        if !fits {
            return Err(ChangeFault::Validates);
        }
    }
    Ok(())
}

fn set_role(state: &mut Overlay<'_>, id: &AliasId, role: Role) -> Changed {
    let mut alias = member(state, id)?;
    if !alias.role.is_own_bank() || !role.is_own_bank() || alias.role == role {
        return Err(ChangeFault::Role);
    }
    if alias.role == Role::Bank {
        remove_voter(state, id);
    }
    if role == Role::Bank {
        add_voter(state, *id)?;
    }
    alias.role = role;
    state.put(Key::alias(id), &alias);
    keeps_key(state)?;
    check_banks_of_validators(state)?;
    somebody_decides(state)
}

fn set_key(state: &mut Overlay<'_>, id: &AliasId, key: PublicKey) -> Changed {
    let mut alias = member(state, id)?;
    alias.key = key;
    state.put(Key::alias(id), &alias);
    let mut set = validators(state).validators().to_vec();
    let Some(validator) = set.iter_mut().find(|validator| validator.alias == *id) else {
        return Ok(());
    };
    validator.key = key;
    put_validators(state, set)
}

fn put_validators(state: &mut Overlay<'_>, set: Vec<Validator>) -> Changed {
    let set = ValidatorSet::new(set).map_err(|_| ChangeFault::ValidatorSet)?;
    state.put(Key::validators(), &set);
    Ok(())
}

fn set_power(state: &mut Overlay<'_>, id: &AliasId, power: u32) -> Changed {
    let alias = member(state, id)?;
    if alias.role != Role::Validator || alias.standing != Standing::Active {
        return Err(ChangeFault::NotAValidator);
    }
    let mut set = validators(state).validators().to_vec();
    set.retain(|validator| validator.alias != *id);
    if power > 0 {
        set.push(Validator {
            alias: *id,
            key: alias.key,
            power,
        });
    }
    put_validators(state, set)?;
    check_banks_of_validators(state)
}

pub(super) fn parameters(state: &dyn StateRead) -> Parameters {
    let parameters = state.read(&Key::parameters());
    parameters.expect("genesis writes the parameters")
}

fn set_limits(state: &mut Overlay<'_>, limits: &Limits) -> Changed {
    let parameters = Parameters {
        inquiries_per_day: limits.inquiries_per_day,
        financings_per_day: limits.financings_per_day,
        max_hold_blocks: limits.max_hold_blocks,
        max_block_transactions: limits.max_block_transactions,
        max_block_bytes: limits.max_block_bytes,
        ..parameters(state)
    };
    parameters.check().map_err(|_| ChangeFault::Limits)?;
    state.put(Key::parameters(), &parameters);
    Ok(())
}

fn accept(state: &mut Overlay<'_>, key: VerifyingKeyId) -> Changed {
    let mut parameters = parameters(state);
    let keys = &mut parameters.verifying_keys;
    if keys.contains(&key) || keys.len() == MAX_VERIFYING_KEYS {
        return Err(ChangeFault::Circuit);
    }
    keys.push(key);
    keys.sort_unstable();
    state.put(Key::parameters(), &parameters);
    Ok(())
}

fn retire(state: &mut Overlay<'_>, key: &VerifyingKeyId) -> Changed {
    let mut parameters = parameters(state);
    let before = parameters.verifying_keys.len();
    parameters.verifying_keys.retain(|known| known != key);
    if parameters.verifying_keys.len() == before {
        return Err(ChangeFault::Circuit);
    }
    state.put(Key::parameters(), &parameters);
    Ok(())
}

fn govern(state: &mut Overlay<'_>, governance: Governance) -> Changed {
    let mut consortium = consortium(state);
    if let Some(decider) = governance.decider() {
        member(state, &decider)?;
    }
    consortium.governance = governance;
    state.put(Key::consortium(), &consortium);
    somebody_decides(state)
}

fn set_protocol(state: &mut Overlay<'_>, version: u32) -> Changed {
    let mut consortium = consortium(state);
    if version <= consortium.protocol {
        return Err(ChangeFault::Version);
    }
    consortium.protocol = version;
    state.put(Key::consortium(), &consortium);
    Ok(())
}

fn share_key(state: &mut Overlay<'_>, holders: &[AliasId]) -> Changed {
    let acts = |id: &AliasId, role| {
        let alias: Option<Alias> = state.read(&Key::alias(id));
        alias.filter(|alias| alias.role == role && alias.standing == Standing::Active)
    };
    let validates = |id: &AliasId| {
        let alias = acts(id, Role::Validator);
        alias.is_some_and(|alias| acts(&alias.bank, Role::Bank).is_some())
    };
    let again = |at: usize| holders[..at].contains(&holders[at]);
    let fits = (1..=MAX_HOLDERS).contains(&holders.len())
        && holders.iter().all(validates)
        && !(0..holders.len()).any(again);
    if !fits {
        return Err(ChangeFault::Holders);
    }
    if !sharing::floor_is_met(&*state, holders) {
        return Err(ChangeFault::FewHolders);
    }
    sharing::begin(state, holders);
    Ok(())
}
