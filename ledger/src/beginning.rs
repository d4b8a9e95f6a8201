//! The state at height 0, and what genesis must hold beyond its form.

use std::collections::BTreeMap;

use sealane_crypto::curve::decode_element;
use sealane_crypto::signature::is_sound_key;
use sealane_types::encoding::DecodeError;
use sealane_types::genesis::{Genesis, Role};
use sealane_types::ids::{AliasId, ProposalId};
use thiserror::Error;

use crate::sharing;
use crate::state::{Consortium, Key, LogHead, Overlay, Voters, Writes};

/// The version of the protocol that a chain begins with.
pub const FIRST_PROTOCOL: u32 = 1;
/// The newest version of the protocol that this program knows.
pub const PROTOCOL: u32 = FIRST_PROTOCOL;

/// Why a chain cannot begin so.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GenesisError {
    /// Its parts do not fit together.
    #[error(transparent)]
    Form(#[from] DecodeError),
    /// A key that anybody can sign for, or that is none.
    #[error("the key of {0} is malformed or of small order: others could sign with it")]
    Key(AliasId),
    /// A commitment that is no field element.
    #[error("the commitment of {0} is not a field element")]
    Commitment(AliasId),
}

/// Checks all of genesis: its form, and that its keys, points and field elements are such. A node
/// does this before it starts.
///
/// # Errors
/// Names what is wrong.
pub fn check_genesis(genesis: &Genesis) -> Result<(), GenesisError> {
    genesis.check()?;
    for alias in &genesis.aliases {
        if !is_sound_key(&alias.key) {
            return Err(GenesisError::Key(alias.id));
        }
        if decode_element(alias.commitment.as_bytes()).is_err() {
            return Err(GenesisError::Commitment(alias.id));
        }
    }
    for validator in genesis.validators.validators() {
        if !is_sound_key(&validator.key) {
            return Err(GenesisError::Key(validator.alias));
        }
    }
    Ok(())
}

/// The state at height 0.
#[must_use]
pub fn genesis_writes(genesis: &Genesis) -> Writes {
    let below = BTreeMap::<Key, Vec<u8>>::new();
    let mut state = Overlay::new(&below);
    state.put(Key::parameters(), &genesis.parameters);
    for alias in &genesis.aliases {
        state.put(Key::alias(&alias.id), alias);
        state.put(Key::name(&alias.name), &alias.id);
    }
    let banks = genesis.aliases.iter().filter(|one| one.role == Role::Bank);
    let banks = banks.map(|bank| bank.id).collect();
    state.put(Key::voters(), &Voters(banks));
    let consortium = Consortium {
        governance: genesis.governance,
        protocol: FIRST_PROTOCOL,
        next: ProposalId(0),
        scheduled: Vec::new(),
    };
    state.put(Key::consortium(), &consortium);
    let holders = genesis.validators.validators().iter();
    let holders: Vec<AliasId> = holders.map(|validator| validator.alias).collect();
    sharing::begin(&mut state, &holders);
    state.put(Key::validators(), &genesis.validators);
    state.put(Key::log(), &LogHead::empty());
    state.into_writes()
}
