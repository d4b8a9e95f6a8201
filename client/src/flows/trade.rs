//! Trades: opened, and moved on by this home's aliases.

mod read;
mod ready;

use std::str::FromStr;

use sealane_ledger::state::TradeEntry;
use sealane_types::ids::{AliasId, Height, RecordId, TradeId};
use sealane_types::receipt::{Done, Outcome, TradeRefusal};
use sealane_types::trade::{CorrectTrade, OpenTrade, TakeStep, WaiveRequirement};
use sealane_types::transaction::Payload;
use sealane_types::workflow::{Versioned, Workflow};

use super::Bank;
use crate::chain::Lie;
use crate::error::ClientError;
use crate::home::customers::{Customer, CustomerAlias};
use crate::home::journal::Action;
use crate::progress::Progress;

pub use read::{Player, TradeLine, TradeView};

/// What became of a trade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traded {
    /// The trade.
    pub trade: TradeId,
    /// The stage that it came to.
    pub stage: String,
    /// The block's height.
    pub height: Height,
}

impl Bank {
    /// Opens a trade. Each party is a name of the workflow and whoever plays it: an alias, a member, or a customer of this
    /// bank.
    ///
    /// # Errors
    /// When the workflow is unknown or asks for a void check, a party is missing, none is this home's, the rules
    /// refuse it, or it cannot be sent.
    pub async fn open_trade(
        &self,
        workflow: &Versioned,
        parties: &[(String, String)],
        progress: &dyn Progress,
    ) -> Result<Traded, ClientError> {
        let entry = self.workflow(workflow).await?;
        if let Some((check, _)) = self.void_of(&entry.workflow).await? {
            return Err(self.refused(TradeRefusal::VoidCheck { check }.into()));
        }
        let wanted = || {
            entry
                .workflow
                .parties
                .iter()
                .map(|party| party.name.clone())
        };
        let wrong = parties.iter().map(|(name, _)| name.clone());
        let mut wrong = wrong.filter(|name| wanted().all(|one| one != *name));
        if let Some(wrong) = wrong.next() {
            return Err(ClientError::Parties {
                wrong: Some(wrong),
                wanted: wanted().collect(),
            });
        }
        let mut aliases = Vec::new();
        for party in &entry.workflow.parties {
            let given = parties.iter().find(|(name, _)| *name == party.name);
            let Some((_, alias)) = given else {
                return Err(ClientError::Parties {
                    wrong: None,
                    wanted: wanted().collect(),
                });
            };
            aliases.push(self.alias_or_name(alias).await?);
        }
        let own = self.own_aliases()?;
        let signer = aliases.iter().find(|alias| own.contains(alias)).copied();
        let signer = signer.ok_or_else(|| self.refused(TradeRefusal::WrongParties.into()))?;
        let open = OpenTrade {
            workflow: workflow.clone(),
            parties: aliases,
        };
        self.trade_with(signer, Payload::OpenTrade(open), progress)
            .await
    }

    /// Takes a step of a trade, as the party that it is for.
    ///
    /// # Errors
    /// When there is no such trade or step, the party is not this home's, the rules refuse it, or it cannot be sent.
    pub async fn take_step(
        &self,
        trade: &TradeId,
        step: &str,
        records: &[RecordId],
        progress: &dyn Progress,
    ) -> Result<Traded, ClientError> {
        let (entry, workflow) = self.trade_of(trade).await?;
        let found = workflow.step(step);
        let found = found.ok_or_else(|| self.refused(TradeRefusal::NoStep.into()))?;
        let signer = self.player(&workflow, &entry, found.by)?;
        let taken = TakeStep {
            trade: *trade,
            step: step.to_owned(),
            records: records.to_vec(),
        };
        self.trade_with(signer, Payload::TakeStep(taken), progress)
            .await
    }

    /// Puts a record in the place of the one that it replaces, as its sealer.
    ///
    /// # Errors
    /// When the record is not on the chain or another home's, the rules refuse it, or it cannot be sent.
    pub async fn correct_trade(
        &self,
        trade: &TradeId,
        record: &RecordId,
        progress: &dyn Progress,
    ) -> Result<Traded, ClientError> {
        let (_, entry) = self.must_be_on_chain(record).await?;
        if !self.own_aliases()?.contains(&entry.sealer) {
            return Err(ClientError::NotOurs(*record));
        }
        let correct = CorrectTrade {
            trade: *trade,
            record: *record,
        };
        self.trade_with(entry.sealer, Payload::CorrectTrade(correct), progress)
            .await
    }

    /// Waives a requirement that is not met, as a party that may.
    ///
    /// # Errors
    /// When no party that may is this home's, the rules refuse it, or it cannot be sent.
    pub async fn waive(
        &self,
        trade: &TradeId,
        check: &Versioned,
        requirement: &str,
        reason: &str,
        progress: &dyn Progress,
    ) -> Result<Traded, ClientError> {
        let (entry, workflow) = self.trade_of(trade).await?;
        let place = workflow.checks.iter().position(|one| one.check == *check);
        let place = place.and_then(|place| u8::try_from(place).ok());
        let may_not = || self.refused(TradeRefusal::MayNotWaive.into());
        let place = place.ok_or_else(may_not)?;
        let rules = workflow.waivers.iter();
        let rules = rules.filter(|rule| rule.check == place && rule.covers(requirement));
        let mut parties = rules.flat_map(|rule| &rule.by);
        let signer = parties.find_map(|party| self.player(&workflow, &entry, *party).ok());
        let waive = WaiveRequirement {
            trade: *trade,
            check: place,
            requirement: requirement.to_owned(),
            reason: reason.to_owned(),
        };
        self.trade_with(signer.ok_or_else(may_not)?, Payload::Waive(waive), progress)
            .await
    }

    /// An alias by its id, by a member's name, or by that of a customer of this bank.
    async fn alias_or_name(&self, text: &str) -> Result<AliasId, ClientError> {
        if let Ok(alias) = AliasId::from_str(text) {
            return Ok(alias);
        }
        let customers = self.home().customers()?;
        let standing = customers.named(text).and_then(Customer::standing_alias);
        match standing {
            Some(alias) => self.alias_on_chain(&alias, text).await,
            None => self.member(text).await.map_err(|error| {
                if let ClientError::NoMember(name) = error {
                    return ClientError::NoPlayer(name);
                }
                error
            }),
        }
    }

    /// The home's own alias, and its customers'.
    fn own_aliases(&self) -> Result<Vec<AliasId>, ClientError> {
        let book = self.home().customers()?;
        let customers = book.customers.iter().flat_map(|customer| &customer.aliases);
        let own = [self.home().alias()].into_iter();
        Ok(own.chain(customers.map(CustomerAlias::id)).collect())
    }

    /// The alias that plays a party, if it is this home's.
    fn player(
        &self,
        workflow: &Workflow,
        entry: &TradeEntry,
        party: u8,
    ) -> Result<AliasId, ClientError> {
        let place = usize::from(party);
        let own = self.own_aliases()?;
        let player = entry.parties.get(place).filter(|alias| own.contains(alias));
        player.copied().ok_or_else(|| {
            let party = workflow.parties.get(place);
            let party = party.map_or_else(String::new, |party| party.name.clone());
            self.refused(TradeRefusal::NotThisParty { party }.into())
        })
    }

    /// Sends what moves a trade. What an earlier run sent of exactly this is not sent again.
    async fn trade_with(
        &self,
        signer: AliasId,
        payload: Payload,
        progress: &dyn Progress,
    ) -> Result<Traded, ClientError> {
        if let Some((outbox, committed)) = self.resume(progress).await? {
            self.conclude(&outbox, &committed, progress).await?;
            let body = &committed.transaction().body;
            if (body.signer, &body.payload) == (signer, &payload) {
                self.must_be_done(&committed)?;
                return self.traded(&committed);
            }
        }
        if signer != self.home().alias() {
            self.alias(&signer).await?; // a customer's is as this home registered it
        }
        let (outbox, committed) = self
            .transact_as(signer, Action::Trade, payload, progress)
            .await?;
        self.close_outbox(&outbox, &committed)?;
        self.must_be_done(&committed)?;
        self.traded(&committed)
    }

    fn traded(&self, committed: &crate::chain::Committed) -> Result<Traded, ClientError> {
        let Outcome::Done(Done::Traded { trade, stage }) = committed.outcome() else {
            return Err(self.node().lies(Lie::OtherReceipt).into());
        };
        Ok(Traded {
            trade: *trade,
            stage: stage.clone(),
            height: committed.height(),
        })
    }
}
