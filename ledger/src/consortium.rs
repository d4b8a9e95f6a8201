//! The consortium: whose voice counts, and the changes that take effect at their heights.
//!
//! A change for height `h` is written at the end of block `h − 1`, so that block `h` is verified and
//! executed under it, and header `h − 1` names the validators of `h`. It must have been approved by block
//! `h − 2`, whose state header `h − 1` follows from. `specs/members.md` has the rules.

mod change;
mod checks;
mod workflows;

pub use checks::check_source;

use sealane_crypto::curve::decode_element;
use sealane_crypto::signature::{is_sound_key, verify};
use sealane_crypto::tags;
use sealane_types::alias::{Alias, Possession, Role, Vouched};
use sealane_types::block::ValidatorSet;
use sealane_types::encoding::Encode;
use sealane_types::governance::Change;
use sealane_types::ids::{AliasId, BlockTime, ChainId, FieldBytes, Height, PublicKey, Signature};
use sealane_types::receipt::{ChangeFault, Refusal};

use crate::state::{
    Consortium, Key, MAX_SCHEDULED, MAX_TURNS, Overlay, ProposalEntry, ProposalStage, Scheduled,
    StateExt, StateRead, Turns, Voters,
};

/// Fewest blocks between an approval and the height for which the change holds.
pub const LEAST_NOTICE: u64 = 2;
/// Most blocks between a proposal and the height for which its change holds.
pub const MOST_NOTICE: u64 = 10_000_000;

/// Stands for the time of a block that is not made yet, where a change is tried and dropped: no rule of governance
/// reads it.
const NOT_YET: BlockTime = BlockTime(0);

pub(crate) fn consortium(state: &dyn StateRead) -> Consortium {
    let consortium = state.read(&Key::consortium());
    consortium.expect("genesis writes how the consortium is governed")
}

/// The alias, if it may act in the block of this height: neither it nor its bank is suspended or closed.
#[must_use]
pub fn active(state: &dyn StateRead, id: &AliasId, height: Height) -> Option<Alias> {
    let alias: Alias = state.read(&Key::alias(id))?;
    if !alias.is_active(height) {
        return None;
    }
    if alias.bank != alias.id {
        let bank: Alias = state.read(&Key::alias(&alias.bank))?;
        (bank.role == Role::Bank && bank.is_active(height)).then_some(())?;
    }
    Some(alias)
}

/// Whether this member proposes and votes: banks, and who decides.
pub(crate) fn has_voice(state: &dyn StateRead, alias: &Alias) -> bool {
    let decider = consortium(state).governance.decider();
    alias.role == Role::Bank || decider == Some(alias.id)
}

/// Whether a key is sound, and its holder wants to be this alias: a customer's, that what its bank vouches for is said of it.
pub(crate) fn possesses(
    chain: ChainId,
    alias: AliasId,
    key: &PublicKey,
    vouched: Option<Vouched>,
    possession: &Signature,
) -> bool {
    let said = Possession {
        chain,
        alias,
        key: *key,
        vouched,
    };
    is_sound_key(key) && verify(tags::SIGN_POSSESSION, key, &said.to_bytes(), possession)
}

/// Whether these bytes are a commitment.
pub(crate) fn is_commitment(bytes: &FieldBytes) -> bool {
    decode_element(bytes.as_bytes()).is_ok()
}

/// What of a change can be judged without the state: keys, their signatures, commitments.
pub(crate) fn check_keys(chain: ChainId, change: &Change) -> Result<(), ChangeFault> {
    let sound = match change {
        Change::Admit { alias, possession } => {
            is_commitment(&alias.commitment)
                && possesses(chain, alias.id, &alias.key, None, possession)
        }
        Change::SetKey {
            alias,
            key,
            possession,
        } => possesses(chain, *alias, key, None, possession),
        Change::SetStanding { .. }
        | Change::SetRole { .. }
        | Change::SetPower { .. }
        | Change::SetLimits(_)
        | Change::AcceptCircuit(_)
        | Change::RetireCircuit(_)
        | Change::SetGovernance(_)
        | Change::SetProtocol(_)
        | Change::ShareKey(_)
        | Change::PublishCheck(_)
        | Change::RetireCheck(_)
        | Change::PublishWorkflow(_)
        | Change::RetireWorkflow(_)
        | Change::VoidCheck(_) => true,
    };
    sound.then_some(()).ok_or(ChangeFault::WrongKey)
}

/// Whether a change could take effect now, and would change anything; `at` is the height for which it is meant.
pub(crate) fn check_change(
    state: &dyn StateRead,
    change: &Change,
    at: Height,
) -> Result<(), ChangeFault> {
    let mut scratch = Overlay::new(state);
    change::apply(&mut scratch, change, at, NOT_YET)?;
    let writes = scratch.into_writes();
    let changes = writes.iter().any(|(key, value)| state.get(key) != *value);
    changes.then_some(()).ok_or(ChangeFault::NothingChanges)
}

/// Whether the approvals decide the proposal: banks that may act now are counted.
pub(crate) fn is_decided(state: &dyn StateRead, entry: &ProposalEntry, height: Height) -> bool {
    let governance = consortium(state).governance;
    let voters: Option<Voters> = state.read(&Key::voters());
    let voters = voters.expect("genesis writes the banks").0;
    let active: Vec<AliasId> = voters
        .into_iter()
        .filter(|bank| active(state, bank, height).is_some())
        .collect();
    let approving = active.iter().filter(|bank| entry.approvals.contains(bank));
    let decider = governance.decider();
    let decider = decider.is_some_and(|decider| entry.approvals.contains(&decider));
    governance.is_decided(approving.count(), active.len(), decider)
}

/// Puts an approved change among those that wait for their height.
pub(crate) fn schedule(state: &mut Overlay<'_>, scheduled: Scheduled) -> Result<(), Refusal> {
    let mut consortium = consortium(state);
    if consortium.scheduled.len() == MAX_SCHEDULED {
        return Err(Refusal::TooManyChanges);
    }
    let list = &mut consortium.scheduled;
    let at = list.partition_point(|before| *before < scheduled);
    list.insert(at, scheduled);
    state.put(Key::consortium(), &consortium);
    Ok(())
}

/// Writes all changes that hold for this height or an earlier one, in order, at the end of a block of this time. One
/// that cannot take effect any more is dropped, and its proposal says why.
pub(crate) fn take_effect(state: &mut Overlay<'_>, height: Height, time: BlockTime) {
    loop {
        let mut consortium = consortium(state);
        let due = consortium.scheduled.first().copied();
        let Some(due) = due.filter(|due| due.at <= height) else {
            return;
        };
        consortium.scheduled.remove(0);
        state.put(Key::consortium(), &consortium);
        let key = Key::proposal(due.proposal);
        let entry: Option<ProposalEntry> = state.read(&key);
        let mut entry = entry.expect("what is scheduled was proposed");
        let mut own = Overlay::new(&*state);
        let done = change::apply(&mut own, &entry.change, due.at, time);
        let writes = own.into_writes();
        entry.stage = match done {
            Ok(()) => {
                state.absorb(writes);
                ProposalStage::Done
            }
            Err(fault) => ProposalStage::Failed(fault),
        };
        state.put(key, &entry);
    }
}

/// As [`take_effect`], and notes where the validators become others: clients follow these turns.
pub(crate) fn end_block(state: &mut Overlay<'_>, height: Height, time: BlockTime) {
    let before = validators(state);
    let next = height.next();
    take_effect(state, next, time);
    let after = validators(state);
    if before == after {
        return;
    }
    let mut turns: Turns = state.read(&Key::turns()).unwrap_or_default();
    if turns.0.len() == MAX_TURNS {
        turns.0.remove(0);
    }
    turns.0.push(next);
    state.put(Key::turns(), &turns);
    state.put(Key::validators_from(next), &after);
}

/// The validators of a height, by a state two blocks before it or later.
#[must_use]
pub fn validators_at(state: &dyn StateRead, height: Height) -> ValidatorSet {
    let mut scratch = Overlay::new(state);
    take_effect(&mut scratch, height, NOT_YET);
    validators(&scratch)
}

pub(crate) fn validators(state: &dyn StateRead) -> ValidatorSet {
    let validators = state.read(&Key::validators());
    validators.expect("genesis writes the validators")
}
