//! What the next block runs under: validators and parameters, as governance has left them, and whether this
//! program knows them all.

use sealane_ledger::PROTOCOL;
use sealane_ledger::consortium::validators_at;
use sealane_ledger::sharing::due;
use sealane_ledger::state::{Consortium, Key};
use sealane_store::Store;
use sealane_types::block::ValidatorSet;
use sealane_types::genesis::{Parameters, TestKeys};
use sealane_types::ids::{BlockTime, Height};

use crate::chain::{Chain, ChainError};
use crate::proofs::{KeyOrigin, known_key};
use crate::view::View;

/// What the next block runs under.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    /// Who signs it.
    pub validators: ValidatorSet,
    /// Who signs the one after it.
    pub coming: ValidatorSet,
    /// The limits that it keeps.
    pub parameters: Parameters,
    /// When a block is due even if nothing waits: time then decides something of the fingerprint key's round.
    pub wake: Option<BlockTime>,
}

impl Rules {
    /// By the state after a block. On the bridge only.
    ///
    /// # Errors
    /// When the store fails, or governance has decided what this program does not know: it must stop, as it
    /// could not tell a valid block from another.
    pub(crate) fn read(store: &Store, height: Height) -> Result<Self, ChainError> {
        let missing = |what: &str| ChainError::Damaged(format!("the state has no {what}"));
        let validators = Chain::value(store, height, &Key::validators())?;
        let parameters = Chain::value(store, height, &Key::parameters())?;
        let consortium: Option<Consortium> = Chain::value(store, height, &Key::consortium())?;
        let consortium = consortium.ok_or_else(|| missing("consortium"))?;
        let parameters = parameters.ok_or_else(|| missing("parameters"))?;
        known(&consortium, &parameters)?;
        let view = View { store, height };
        Ok(Self {
            validators: validators.ok_or_else(|| missing("validators"))?,
            coming: validators_at(&view, height.next().next()),
            parameters,
            wake: due(&view),
        })
    }
}

fn known(consortium: &Consortium, parameters: &Parameters) -> Result<(), ChainError> {
    if consortium.protocol > PROTOCOL {
        let version = consortium.protocol;
        let what = format!(
            "version {version} of the protocol, and this program knows up to version {PROTOCOL}"
        );
        return Err(ChainError::Upgrade(what));
    }
    let allowed = parameters.test_keys == TestKeys::Allowed;
    for id in &parameters.verifying_keys {
        match known_key(id) {
            Some(KeyOrigin::Test) if allowed => {}
            Some(KeyOrigin::Test) => {
                let what = format!(
                    "verifying key {id}, which this program has as a test key, and none is allowed here"
                );
                return Err(ChainError::Upgrade(what));
            }
            None => {
                return Err(ChainError::Upgrade(format!(
                    "the circuit of verifying key {id}, which this program does not have"
                )));
            }
        }
    }
    Ok(())
}
