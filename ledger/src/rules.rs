//! Contextual validity: one file for each payload. A rule reads the state, refuses or writes; what a
//! refused transaction wrote is dropped.

pub(crate) mod alerts;
mod answer;
mod check;
pub(crate) mod finance;
mod govern;
pub(crate) mod holding;
mod members;
mod present;
pub(crate) mod quota;
mod release;
mod seal;
mod sharing;
mod trade;

use sealane_crypto::keys::Place;
use sealane_statements::financing::is_opened;
use sealane_types::genesis::{Alias, Parameters};
use sealane_types::ids::{AliasId, BlockTime, ChainId, Height, RecordId, TradeId, TxId};
use sealane_types::receipt::{Done, Refusal};

use crate::consortium::active;
use crate::cross_check::opened_fields;
use crate::effects::Effect;
use crate::state::{Financing, Key, Overlay, RecordEntry, StateExt, StateRead};
use crate::verified::{Action, VerifiedTransaction};

/// Where and for whom a transaction runs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At {
    pub chain: ChainId,
    pub height: Height,
    pub time: BlockTime,
    pub signer: AliasId,
}

/// Runs one transaction's action.
pub(crate) fn execute(
    state: &mut Overlay<'_>,
    effects: &mut Vec<Effect>,
    at: At,
    transaction: &VerifiedTransaction,
) -> Result<Done, Refusal> {
    // An earlier transaction of the block may have suspended the signer.
    if active(state, &at.signer, at.height).is_none() {
        return Err(Refusal::NotActive);
    }
    let action = transaction.action.as_ref().map_err(Clone::clone)?;
    let done = act(state, effects, at, transaction.id, action)?;
    trade::follow(state, effects, at, &touched(action));
    Ok(done)
}

fn act(
    state: &mut Overlay<'_>,
    effects: &mut Vec<Effect>,
    at: At,
    id: TxId,
    action: &Action,
) -> Result<Done, Refusal> {
    match action {
        Action::Seal(record) => seal::execute(state, effects, at, record),
        Action::Present(set) => present::execute(state, effects, at, set),
        Action::Answer(answer) => answer::execute(state, effects, at, answer),
        Action::Finance(financing) => finance::execute(state, effects, at, financing),
        Action::Release(release) => release::execute(state, effects, at, release),
        Action::Register(new) => members::register(state, at, new),
        Action::Amend(amend) => members::amend(state, at, amend),
        Action::SetStanding(set) => members::set_standing(state, at, set),
        Action::Propose(propose) => govern::propose(state, at, propose),
        Action::Vote(vote) => govern::vote(state, at, vote),
        Action::RegisterShareKey(said) => sharing::register(state, at, said),
        Action::Deal(dealing) => sharing::deal(state, at, dealing),
        Action::Complain(complaint) => sharing::complain(state, at, complaint),
        Action::Confirm(confirmation) => sharing::confirm(state, at, confirmation),
        Action::CrossCheck(shown) => check::cross_check(state, at, shown),
        Action::OpenField { record, place } => check::open_field(state, at, *record, *place),
        Action::OpenTrade(open) => {
            trade::open(state, effects, at, TradeId::new(*id.as_bytes()), open)
        }
        Action::TakeStep(step) => trade::step(state, effects, at, step),
        Action::CorrectTrade(correct) => trade::correct(state, effects, at, correct),
        Action::Waive(waive) => trade::waive(state, effects, at, waive),
    }
}

/// Records of which an action changes what a trade rests on.
fn touched(action: &Action) -> Vec<RecordId> {
    match action {
        Action::Seal(record) => record.header.replaces.into_iter().collect(),
        Action::Finance(financing) => vec![financing.record],
        Action::Release(release) => vec![release.record],
        // an outcome matters to a trade only if all of its records stand there
        Action::CrossCheck(shown) => shown.ids().concat().into_iter().take(1).collect(),
        Action::OpenField { record, .. } => vec![*record],
        Action::Present(_)
        | Action::Answer(_)
        | Action::Register(_)
        | Action::Amend(_)
        | Action::SetStanding(_)
        | Action::Propose(_)
        | Action::Vote(_)
        | Action::RegisterShareKey(_)
        | Action::Deal(_)
        | Action::Complain(_)
        | Action::Confirm(_)
        | Action::OpenTrade(_)
        | Action::TakeStep(_)
        | Action::CorrectTrade(_)
        | Action::Waive(_) => Vec::new(),
    }
}

fn record(state: &dyn StateRead, id: &RecordId) -> Result<RecordEntry, Refusal> {
    state.read(&Key::record(id)).ok_or(Refusal::UnknownRecord)
}

/// No field on which fingerprints rest is proven to be sealed wrongly: over what nobody can read, or what the record
/// does not commit to, fingerprints are of no document.
pub(crate) fn check_sealed_rightly(state: &dyn StateRead, id: &RecordId) -> Result<(), Refusal> {
    let rests_on = |place: &[u8; 3]| match Place::from_bytes(*place) {
        Some(Place::Header(slot)) => is_opened(slot.into()),
        _ => false,
    };
    match opened_fields(state, id).0.iter().any(rests_on) {
        true => Err(Refusal::SealedWrongly),
        false => Ok(()),
    }
}

fn financing(state: &dyn StateRead, id: &RecordId) -> Option<Financing> {
    state.read(&Key::financing(id))
}

fn signer(state: &dyn StateRead, at: At) -> Alias {
    let alias = state.read(&Key::alias(&at.signer));
    alias.expect("verification refuses blocks with unknown signers")
}

fn parameters(state: &dyn StateRead) -> Parameters {
    let parameters = state.read(&Key::parameters());
    parameters.expect("genesis writes the parameters")
}
