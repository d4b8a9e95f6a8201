//! What a transaction's proofs must show. All of it comes from the state, or is bound by the proof itself; nothing is believed
//! of whoever brings the proof.

use sealane_statements::financing::{FinancingStatement, StatementError, UncheckedStatement};
use sealane_types::ids::FieldBytes;
use sealane_types::receipt::Refusal;
use sealane_types::transaction::{Payload, PresentBlinded};
use sealane_verifier::{Claim, ClaimKey};

use crate::cross_check;
use crate::state::{Key, RecordEntry, StateExt, StateRead};

/// The claims of a payload, as far as this state says what its proofs must show: the transaction is right only if all hold.
/// A block may know more, of records that it seals itself.
///
/// # Errors
/// [`Refusal::WrongProof`] when a proof cannot be of what the state says. Other refusals are the rules'.
pub fn claims(state: &dyn StateRead, payload: &Payload) -> Result<Vec<Claim>, Refusal> {
    match payload {
        Payload::PresentBlinded(present) => {
            let entry: Option<RecordEntry> = state.read(&Key::record(&present.record));
            let entry = entry.ok_or(Refusal::UnknownRecord)?;
            let claim = presented(present, &entry.context);
            Ok(vec![claim.map_err(|_| Refusal::WrongProof)?])
        }
        Payload::CrossCheck(said) => Ok(cross_check::check(state, said)?.1),
        Payload::SealRecord(_)
        | Payload::Answer(_)
        | Payload::Finance(_)
        | Payload::Release(_)
        | Payload::RegisterAlias(_)
        | Payload::AmendAlias(_)
        | Payload::SetStanding(_)
        | Payload::Propose(_)
        | Payload::Vote(_)
        | Payload::RegisterShareKey(_)
        | Payload::Deal(_)
        | Payload::Complain(_)
        | Payload::Confirm(_)
        | Payload::OpenField(_)
        | Payload::OpenTrade(_)
        | Payload::TakeStep(_)
        | Payload::CorrectTrade(_)
        | Payload::Waive(_) => Ok(Vec::new()),
    }
}

/// The claim that a presented set is that of a record with this context.
///
/// # Errors
/// When the set's elements or points are none: see [`FinancingStatement::decode`].
pub fn presented(present: &PresentBlinded, context: &FieldBytes) -> Result<Claim, StatementError> {
    let statement = FinancingStatement::decode(&UncheckedStatement {
        root: *present.record.as_bytes(),
        context: *context.as_bytes(),
        alias: *present.alias_commitment.as_bytes(), // whether the alias has it, the rules decide
        mask: present.mask.bits(),
        amount_commitment: *present.amount_commitment.as_bytes(),
        commitment: *present.blinding.as_bytes(),
        blinded: present.blinded.iter().map(|one| *one.as_bytes()).collect(),
    })?;
    Ok(Claim {
        key: ClaimKey::Known(*present.verifying_key.as_bytes()),
        inputs: statement.public_inputs(),
        proof: *present.proof.as_bytes(),
    })
}
