//! Who signs: the names of members, and the banks of customers.

use std::collections::{BTreeMap, BTreeSet};

use sealane_ledger::state::Key;
use sealane_types::alias::Alias;
use sealane_types::genesis::Genesis;
use sealane_types::ids::AliasId;
use sealane_wire::MAX_KEYS;

use crate::chain::{NodeClient, NodeError};

/// Who signed a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The alias.
    pub alias: AliasId,
    /// A member's name; a customer has none.
    pub name: Option<String>,
    /// The name of the bank that vouches for it, where that is another.
    pub bank: Option<String>,
}

/// Names by alias, from genesis and from proofs of the state. They do not change.
#[derive(Debug)]
pub(super) struct Names(BTreeMap<AliasId, (String, AliasId)>);

impl Names {
    pub(super) fn of(genesis: &Genesis) -> Self {
        let known = genesis.aliases.iter();
        Self(known.map(|alias| (alias.id, entry(alias))).collect())
    }

    /// Who an alias is, as far as that was asked for.
    pub(super) fn signer(&self, alias: AliasId) -> Signer {
        let name = |of: &AliasId| {
            let known = self.0.get(of).map(|(name, _)| name.clone());
            known.filter(|name| !name.is_empty())
        };
        let bank = self.0.get(&alias).map(|(_, bank)| *bank);
        Signer {
            alias,
            name: name(&alias),
            bank: bank
                .filter(|bank| *bank != alias)
                .and_then(|bank| name(&bank)),
        }
    }

    /// Asks for those who are not known yet, and for their banks.
    pub(super) async fn learn(
        &mut self,
        node: &NodeClient,
        aliases: &BTreeSet<AliasId>,
    ) -> Result<(), NodeError> {
        self.ask(node, aliases).await?;
        let banks = aliases.iter().filter_map(|alias| self.0.get(alias));
        let banks: BTreeSet<AliasId> = banks.map(|(_, bank)| *bank).collect();
        self.ask(node, &banks).await
    }

    async fn ask(
        &mut self,
        node: &NodeClient,
        aliases: &BTreeSet<AliasId>,
    ) -> Result<(), NodeError> {
        let missing = aliases.iter().filter(|alias| !self.0.contains_key(alias));
        let keys: Vec<Key> = missing.map(Key::alias).collect();
        for some in keys.chunks(MAX_KEYS) {
            let state = node.state(some).await?;
            for at in 0..some.len() {
                let found: Option<Alias> = state.read(at).map_err(|lie| node.lies(lie))?;
                self.0.extend(found.map(|alias| (alias.id, entry(&alias))));
            }
        }
        Ok(())
    }
}

fn entry(alias: &Alias) -> (String, AliasId) {
    (alias.name.clone(), alias.bank)
}
