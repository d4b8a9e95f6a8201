//! Trades and workflows as the chain proves them.

use std::collections::BTreeMap;

use sealane_ledger::state::{
    CheckEntry, CheckTextEntry, Key, OpenedFields, OutcomeEntry, ProposalStage, RecordEntry,
    TradeEntry, WorkflowEntry,
};
use sealane_ledger::trade::{Judged, deadline, judge, records_of, sizes, stand, voids};
use sealane_types::alias::Alias;
use sealane_types::cross_check::CheckRef;
use sealane_types::encoding::{Decode, Encode};
use sealane_types::governance::Change;
use sealane_types::ids::{AliasId, BlockTime, RecordId, TradeId};
use sealane_types::receipt::{Refusal, TradeRefusal};
use sealane_types::workflow::{Versioned, Workflow};

use crate::error::ClientError;
use crate::flows::{Bank, CheckText, CrossCheckFault};

/// A state in memory, of proven values.
type Proven = BTreeMap<Key, Vec<u8>>;

/// A trade as the chain proves it, by the time of its last block.
#[derive(Debug, Clone)]
pub struct TradeView {
    /// The trade.
    pub trade: TradeId,
    /// What it follows.
    pub workflow: Workflow,
    /// Where it stands, deadlines and void checks judged.
    pub entry: TradeEntry,
    /// What is known of each check of the workflow, in its order.
    pub checks: Vec<Judged>,
    /// Who plays each party, in the workflow's order.
    pub players: Vec<Player>,
    /// Records of the trade that count no longer, and what replaces each.
    pub replaced: Vec<(RecordId, RecordId)>,
    /// The stage that it goes to if nobody acts, and from when on.
    pub deadline: Option<(String, BlockTime)>,
}

/// Who plays a party of a trade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Player {
    /// The alias.
    pub alias: AliasId,
    /// A member's name, or what this home calls its customer; another bank's customer has none.
    pub name: Option<String>,
    /// The name of the bank that vouches for it.
    pub bank: String,
}

/// A trade where it stands, and what that follows from.
struct TradeState {
    entry: TradeEntry,
    workflow: Workflow,
    /// What the ledger looks at, as far as it was asked for.
    proven: Proven,
    /// The time of the block that it stands there after.
    time: BlockTime,
}

/// A trade among others.
#[derive(Debug, Clone)]
pub struct TradeLine {
    /// The trade.
    pub trade: TradeId,
    /// What it follows.
    pub workflow: Versioned,
    /// Which party this home plays.
    pub party: String,
    /// Where it stands.
    pub stage: String,
}

impl Bank {
    /// A trade, with all that the chain knows of its checks.
    ///
    /// # Errors
    /// When there is none, or the node does not answer or lies.
    pub async fn trade(&self, trade: &TradeId) -> Result<TradeView, ClientError> {
        let TradeState {
            entry,
            workflow,
            proven,
            time,
        } = self.proven_trade(trade, true).await?;
        let places = (0..workflow.checks.len()).filter_map(|place| u8::try_from(place).ok());
        let checks = places.map(|place| judge(&proven, &workflow, &entry, place, time));
        let newer = |record: &RecordId| {
            let entry = proven.get(&Key::record(record))?;
            let entry = RecordEntry::from_bytes(entry).ok()?;
            Some((*record, entry.replaced_by?))
        };
        let deadline = deadline(&workflow, &entry);
        Ok(TradeView {
            trade: *trade,
            checks: checks.collect(),
            players: self.players(&entry).await?,
            replaced: entry.records.iter().flatten().filter_map(newer).collect(),
            deadline: deadline.map(|(then, at)| (workflow.stage(then).to_owned(), at)),
            entry,
            workflow,
        })
    }

    /// Who plays the parties: members by name, this home's customers by what it calls them.
    async fn players(&self, entry: &TradeEntry) -> Result<Vec<Player>, ClientError> {
        let book = self.home().customers()?;
        let named = |alias: &AliasId| {
            let mut customers = book.customers.iter();
            let found = customers.find(|one| one.aliases.iter().any(|own| own.id() == *alias));
            found.map(|customer| customer.name.clone())
        };
        let keys: Vec<Key> = entry.parties.iter().map(Key::alias).collect();
        let aliases: Vec<Option<Alias>> = self.values(&keys).await?;
        let banks = aliases
            .iter()
            .flatten()
            .map(|alias| Key::alias(&alias.bank));
        let banks: Vec<Option<Alias>> = self.values(&banks.collect::<Vec<_>>()).await?;
        let all = aliases.into_iter().flatten().zip(banks);
        let player = |(alias, bank): (Alias, Option<Alias>)| Player {
            alias: alias.id,
            name: named(&alias.id).or(Some(alias.name).filter(|name| !name.is_empty())),
            bank: bank.map(|bank| bank.name).unwrap_or_default(),
        };
        Ok(all.map(player).collect())
    }

    /// The records that stand in a trade for the documents of a check that its workflow asks for, by the names that the
    /// check gives them.
    ///
    /// # Errors
    /// When there is no such trade, its workflow does not ask for the check, a document is not in the trade yet, or the
    /// node does not answer or lies.
    pub async fn records_for_check(
        &self,
        trade: &TradeId,
        text: &CheckText,
    ) -> Result<Vec<(String, Vec<RecordId>)>, ClientError> {
        let (entry, workflow) = self.trade_of(trade).await?;
        let check = text.read()?;
        let mut asked = workflow.checks.iter();
        let required = asked.find(|one| {
            (one.check.name(), one.check.version()) == (&check.name[..], check.version)
                && one.documents.len() == check.documents.len()
        });
        let required = required.ok_or_else(|| {
            let known = workflow.checks.iter().map(|one| one.check.to_string());
            CrossCheckFault::NotOfTheTrade {
                check: format!("{}@{}", check.name, check.version),
                workflow: workflow.id.to_string(),
                known: known.collect::<Vec<_>>().join(", "),
            }
        })?;
        let mut records = Vec::new();
        for (declared, slot) in check.documents.iter().zip(&required.documents) {
            let place = usize::from(*slot);
            let found = entry.records.get(place).filter(|list| !list.is_empty());
            let found = found.ok_or_else(|| CrossCheckFault::NotInTheTrade {
                document: workflow.documents[place].name.clone(),
                stage: workflow.stage(entry.stage).to_owned(),
            })?;
            records.push((declared.name.clone(), found.clone()));
        }
        Ok(records)
    }

    /// The trades that name an alias of this home's, the oldest first.
    ///
    /// # Errors
    /// When the node does not answer, or lies.
    pub async fn trades(&self) -> Result<Vec<TradeLine>, ClientError> {
        let mut found: Vec<TradeId> = Vec::new();
        let own = self.own_aliases()?;
        for alias in &own {
            let count: Vec<Option<u32>> = self.values(&[Key::trades(alias)]).await?;
            let count = count.into_iter().flatten().next().unwrap_or(0);
            let keys = (0..count).map(|number| Key::trade_of_alias(alias, number));
            let keys: Vec<Key> = keys.collect();
            found.extend(self.values::<TradeId>(&keys).await?.into_iter().flatten());
        }
        let mut lines = Vec::new();
        for (at, trade) in found.iter().enumerate() {
            if found[..at].contains(trade) {
                continue; // two of its parties are this home's
            }
            let (entry, workflow) = self.trade_of(trade).await?;
            let parties = workflow.parties.iter().zip(&entry.parties);
            let parties = parties.filter(|(_, alias)| own.contains(alias));
            let party: Vec<&str> = parties.map(|(party, _)| party.name.as_str()).collect();
            lines.push((
                entry.opened,
                TradeLine {
                    trade: *trade,
                    party: party.join(", "),
                    stage: workflow.stage(entry.stage).to_owned(),
                    workflow: entry.workflow,
                },
            ));
        }
        lines.sort_by_key(|(opened, line)| (*opened, line.trade));
        Ok(lines.into_iter().map(|(_, line)| line).collect())
    }

    /// A workflow of the chain, retired or not.
    ///
    /// # Errors
    /// When there is none, or the node does not answer or lies.
    pub async fn workflow(&self, workflow: &Versioned) -> Result<WorkflowEntry, ClientError> {
        let found: Vec<Option<WorkflowEntry>> = self.values(&[Key::workflow(workflow)]).await?;
        let found = found.into_iter().flatten().next();
        found.ok_or_else(|| self.refused(TradeRefusal::NoWorkflow.into()))
    }

    /// All workflows that were ever published here, the oldest first.
    ///
    /// # Errors
    /// When the node does not answer, or lies.
    pub async fn workflows(&self) -> Result<Vec<WorkflowEntry>, ClientError> {
        let mut keys = Vec::new();
        for (_, entry) in self.proposals().await? {
            if let Change::PublishWorkflow(workflow) = entry.change
                && entry.stage == ProposalStage::Done
            {
                keys.push(Key::workflow(&workflow.id));
            }
        }
        Ok(self.values(&keys).await?.into_iter().flatten().collect())
    }

    /// A trade and its workflow, deadlines and void checks judged by the time of the last block.
    pub(super) async fn trade_of(
        &self,
        trade: &TradeId,
    ) -> Result<(TradeEntry, Workflow), ClientError> {
        let proven = self.proven_trade(trade, false).await?;
        Ok((proven.entry, proven.workflow))
    }

    /// A trade, brought to where it stands. What its checks are judged by is asked for if wanted, and where one is
    /// void.
    async fn proven_trade(&self, trade: &TradeId, all: bool) -> Result<TradeState, ClientError> {
        let state = self.node().state(&[Key::trade(trade)]).await?;
        let entry: Option<TradeEntry> = state.read(0).map_err(|lie| self.node().lies(lie))?;
        let unknown = || self.refused(Refusal::Trade(TradeRefusal::UnknownTrade));
        let mut entry = entry.ok_or_else(unknown)?;
        let workflow = self.workflow(&entry.workflow).await?.workflow;
        let time = state.header().header().time;
        let mut proven = Proven::new();
        let checks = workflow.checks.iter().map(|required| &required.check);
        let texts = checks.map(|check| Key::check_text(check.name(), check.version()));
        self.gather::<CheckTextEntry>(&mut proven, texts.collect())
            .await?;
        if all || !voids(&proven, &workflow, time).is_empty() {
            self.about_checks(&mut proven, &workflow, &entry).await?;
        }
        stand(&proven, &workflow, &mut entry, time);
        Ok(TradeState {
            entry,
            workflow,
            proven,
            time,
        })
    }

    /// All that the ledger looks at when it judges the proofs of a trade's checks.
    async fn about_checks(
        &self,
        proven: &mut Proven,
        workflow: &Workflow,
        entry: &TradeEntry,
    ) -> Result<(), ClientError> {
        let records = || entry.records.iter().flatten();
        let keys = records().map(Key::record).collect();
        self.gather::<RecordEntry>(proven, keys).await?;
        let keys = records().map(Key::opened_fields).collect();
        self.gather::<OpenedFields>(proven, keys).await?;
        let mut all: Vec<(CheckRef, Key)> = Vec::new();
        for required in &workflow.checks {
            let Some(lists) = records_of(entry, required) else {
                continue;
            };
            let keys = sizes(required, &lists).into_iter();
            all.extend(keys.map(|size| (size.clone(), Key::outcome(&size, &lists))));
        }
        let keys = all.iter().map(|(_, key)| key.clone()).collect();
        self.gather::<OutcomeEntry>(proven, keys).await?;
        let there = all.iter().filter(|(_, key)| proven.contains_key(key));
        let keys = there.map(|(size, _)| Key::check(size)).collect();
        self.gather::<CheckEntry>(proven, keys).await
    }

    async fn gather<T: Decode + Encode>(
        &self,
        proven: &mut Proven,
        keys: Vec<Key>,
    ) -> Result<(), ClientError> {
        let values: Vec<Option<T>> = self.values(&keys).await?;
        let found = keys.into_iter().zip(values);
        let found = found.filter_map(|(key, value)| Some((key, value?.to_bytes())));
        proven.extend(found);
        Ok(())
    }
}
