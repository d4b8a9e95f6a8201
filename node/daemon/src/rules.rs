//! What the next block runs under: validators and parameters, as governance has left them, and whether this
//! program knows them all.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use sealane_ledger::PROTOCOL;
use sealane_ledger::consortium::validators_at;
use sealane_ledger::sharing::due;
use sealane_ledger::state::{Consortium, Key, ProposalEntry, Scheduled};
use sealane_store::Store;
use sealane_types::block::ValidatorSet;
use sealane_types::genesis::{Parameters, TestKeys};
use sealane_types::governance::Change;
use sealane_types::ids::{BlockTime, Height, ProposalId, VerifyingKeyId};

use crate::fault::ChainError;
use crate::proofs::{KeyOrigin, known_key};
use crate::view::{View, value};

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
        let validators = value(store, height, &Key::validators())?;
        let parameters = value(store, height, &Key::parameters())?;
        let consortium: Option<Consortium> = value(store, height, &Key::consortium())?;
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
    let keys = parameters.verifying_keys.iter();
    let version = unknown_version(consortium.protocol);
    let unknown = version.or_else(|| keys.filter_map(|id| unknown_key(id, parameters)).next());
    unknown.map_or(Ok(()), |what| Err(ChainError::Upgrade(what)))
}

fn unknown_version(version: u32) -> Option<String> {
    (version > PROTOCOL).then(|| {
        format!(
            "version {version} of the protocol, and this program knows up to version {PROTOCOL}"
        )
    })
}

fn unknown_key(id: &VerifyingKeyId, parameters: &Parameters) -> Option<String> {
    match known_key(id) {
        Some(KeyOrigin::Test) if parameters.test_keys == TestKeys::Allowed => None,
        Some(KeyOrigin::Test) => Some(format!(
            "verifying key {id}, which this program has as a test key, and none is allowed here"
        )),
        None => Some(format!(
            "the circuit of verifying key {id}, which this program does not have"
        )),
    }
}

/// Approved changes whose height has not come and before which this program stops. Each proposal is read once.
#[derive(Debug, Default)]
pub(crate) struct Foretold(BTreeMap<ProposalId, Option<String>>);

impl Foretold {
    /// The first of them by the state after a block: its height, and what this program does not know.
    pub(crate) fn look(
        &mut self,
        store: &Store,
        height: Height,
    ) -> Result<Option<(Height, String)>, ChainError> {
        let consortium: Option<Consortium> = value(store, height, &Key::consortium())?;
        let parameters: Option<Parameters> = value(store, height, &Key::parameters())?;
        let (Some(consortium), Some(parameters)) = (consortium, parameters) else {
            return Ok(None);
        };
        for Scheduled { at, proposal } in consortium.scheduled {
            let unknown = match self.0.entry(proposal) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => {
                    let entry = value(store, height, &Key::proposal(proposal))?;
                    let change = entry.map(|entry: ProposalEntry| entry.change);
                    place.insert(change.and_then(|change| unknown(&change, &parameters)))
                }
            };
            if let Some(what) = unknown {
                return Ok(Some((at, what.clone())));
            }
        }
        Ok(None)
    }
}

fn unknown(change: &Change, parameters: &Parameters) -> Option<String> {
    match change {
        Change::SetProtocol(version) => unknown_version(*version),
        Change::AcceptCircuit(id) => unknown_key(id, parameters),
        Change::Admit { .. }
        | Change::SetStanding { .. }
        | Change::SetRole { .. }
        | Change::SetKey { .. }
        | Change::SetPower { .. }
        | Change::SetLimits(_)
        | Change::RetireCircuit(_)
        | Change::SetGovernance(_)
        | Change::ShareKey(_)
        | Change::PublishCheck(_)
        | Change::RetireCheck(_)
        | Change::PublishWorkflow(_)
        | Change::RetireWorkflow(_)
        | Change::VoidCheck(_) => None,
    }
}
