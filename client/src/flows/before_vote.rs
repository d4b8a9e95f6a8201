//! What is looked at before this home proposes or approves a change: that it stops no node, and locks no member out.

use sealane_ledger::PROTOCOL;
use sealane_ledger::state::{Key, ProposalEntry, ProposalStage};
use sealane_types::alias::Alias;
use sealane_types::genesis::TestKeys;
use sealane_types::governance::Change;
use sealane_types::ids::{AliasId, ProposalId, PublicKey};

use super::Bank;
use crate::chain::Lie;
use crate::error::ClientError;
use crate::network::verifying_keys;

/// The keys of a member, as the chain tells them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeysOf {
    /// Its name.
    pub member: String,
    /// The key that it signs with now.
    pub present: PublicKey,
    /// Those that it had before.
    pub former: Vec<PublicKey>,
}

impl Bank {
    /// Why each node that runs this program stops before a change takes effect, if it does: it does not know what the
    /// change is about.
    #[must_use]
    pub fn stops_nodes(&self, change: &Change) -> Option<String> {
        let test_keys = self.home().genesis().parameters.test_keys;
        stops_nodes(change, test_keys == TestKeys::Allowed)
    }

    /// The keys that a member, or validator, has and had.
    ///
    /// # Errors
    /// When there is no such member, or the node does not answer or lies.
    pub async fn keys_of(&self, member: &AliasId) -> Result<KeysOf, ClientError> {
        let alias = self.values(&[Key::alias(member)]).await?;
        let missing = || self.node().lies(Lie::Missing("alias"));
        let alias: Alias = alias.into_iter().flatten().next().ok_or_else(missing)?;
        let first = self.home().genesis().alias(member).map(|one| one.key);
        Ok(KeysOf {
            former: former(member, first, &alias.key, &self.proposals().await?),
            member: alias.name,
            present: alias.key,
        })
    }

    /// That a change, which is to be proposed or approved here, stops no node of this program (`unknown` allows that)
    /// and gives no member a key that it had before.
    ///
    /// # Errors
    /// When it does, or the node does not answer or lies.
    pub async fn check_change(&self, change: &Change, unknown: bool) -> Result<(), ClientError> {
        if let Some(why) = self.stops_nodes(change).filter(|_| !unknown) {
            return Err(ClientError::StopsNodes(why));
        }
        let Change::SetKey { alias, key, .. } = change else {
            return Ok(());
        };
        let keys = self.keys_of(alias).await?;
        match keys.former.contains(key) {
            true => Err(ClientError::FormerKey {
                member: keys.member,
                key: *key,
            }),
            false => Ok(()),
        }
    }
}

fn stops_nodes(change: &Change, test_keys: bool) -> Option<String> {
    match change {
        Change::SetProtocol(version) if *version > PROTOCOL => Some(format!(
            "this program knows the protocol up to version {PROTOCOL}, and not version {version}"
        )),
        Change::AcceptCircuit(id) if !verifying_keys().contains(id) => Some(format!(
            "this program does not have the circuit of verifying key {id}"
        )),
        Change::AcceptCircuit(id) if !test_keys => Some(format!(
            "this program has {id} as a test key, and this network allows none"
        )),
        Change::SetProtocol(_)
        | Change::AcceptCircuit(_)
        | Change::Admit { .. }
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

/// The keys that a member had before its present one: its first, in genesis or as it was admitted, and those of
/// changes that took effect.
fn former(
    member: &AliasId,
    first: Option<PublicKey>,
    present: &PublicKey,
    proposals: &[(ProposalId, ProposalEntry)],
) -> Vec<PublicKey> {
    let done = proposals.iter().map(|(_, entry)| entry);
    let done = done.filter(|entry| entry.stage == ProposalStage::Done);
    let given = done.filter_map(|entry| match &entry.change {
        Change::Admit { alias, .. } if alias.id == *member => Some(alias.key),
        Change::SetKey { alias, key, .. } if alias == member => Some(*key),
        Change::Admit { .. }
        | Change::SetKey { .. }
        | Change::SetStanding { .. }
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
        | Change::VoidCheck(_) => None,
    });
    let mut keys: Vec<PublicKey> = first.into_iter().chain(given).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.retain(|key| key != present);
    keys
}

#[cfg(test)]
mod tests {
    use sealane_types::ids::{Height, Signature, VerifyingKeyId};

    use super::*;

    #[test]
    fn what_this_program_does_not_know_stops_its_nodes() {
        let next = Change::SetProtocol(PROTOCOL + 1);
        let told = stops_nodes(&next, true).expect("unknown");
        assert!(
            told.contains("up to version 1, and not version 2"),
            "{told}"
        );
        assert_eq!(stops_nodes(&Change::SetProtocol(PROTOCOL), true), None);
        let own = *verifying_keys().first().expect("one");
        assert_eq!(stops_nodes(&Change::AcceptCircuit(own), true), None);
        let told = stops_nodes(&Change::AcceptCircuit(own), false).expect("a test key");
        assert!(told.contains("test key"), "{told}");
        let other = VerifyingKeyId::new([7; 32]);
        let told = stops_nodes(&Change::AcceptCircuit(other), true).expect("unknown");
        assert!(told.contains(&other.to_string()), "{told}");
        assert_eq!(stops_nodes(&Change::RetireCircuit(other), true), None);
    }

    #[test]
    fn former_keys_are_the_first_one_and_those_of_changes_that_took_effect() {
        let (own, other) = (AliasId::new([1; 32]), AliasId::new([2; 32]));
        let key = |byte: u8| PublicKey::new([byte; 32]);
        let entry = |alias, byte: u8, stage| {
            let change = Change::SetKey {
                alias,
                key: key(byte),
                possession: Signature::new([0; 64]),
            };
            let entry = ProposalEntry {
                proposer: other,
                at: Height(9),
                change,
                approvals: Vec::new(),
                rejections: Vec::new(),
                stage,
            };
            (ProposalId(u32::from(byte)), entry)
        };
        let proposals = [
            entry(own, 11, ProposalStage::Done),
            entry(other, 12, ProposalStage::Done),
            entry(own, 13, ProposalStage::Open),
            entry(own, 14, ProposalStage::Done),
        ];
        let found = former(&own, Some(key(10)), &key(14), &proposals);
        assert_eq!(found, [key(10), key(11)]);
        assert_eq!(former(&own, Some(key(10)), &key(10), &[]), []);
    }
}
