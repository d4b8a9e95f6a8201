//! A bank's customers: aliases are registered, suspended, act again, are closed, and stand behind records.

use sealane_crypto::random;
use sealane_crypto::tags;
use sealane_documents::identifiers::parse_typed;
use sealane_ledger::state::Key;
use sealane_types::alias::{Alias, Possession, RegisterAlias, SetStanding, Standing};
use sealane_types::encoding::Encode;
use sealane_types::ids::{AliasId, Height};
use sealane_types::transaction::Payload;

use super::Bank;
use crate::error::ClientError;
use crate::home::KeysError;
use crate::home::customers::{Customer, CustomerAlias, CustomerRole};
use crate::home::journal::Step;
use crate::progress::Progress;

/// Blocks that an alias for one trade lasts.
const ONE_TRADE: u64 = 1_000_000;

/// Who a new alias is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCustomer {
    /// The bank's own name for it.
    pub name: String,
    /// What it is.
    pub role: CustomerRole,
    /// Its legal identifiers, each as scheme and value.
    pub identifiers: Vec<(String, String)>,
}

/// An alias as the chain has it, and who stands behind it.
#[derive(Debug, Clone)]
pub struct AliasView {
    /// The customer's name, which the chain does not know.
    pub customer: String,
    /// The alias.
    pub alias: AliasId,
    /// What it is.
    pub role: CustomerRole,
    /// Where it stands; `None` while it is not on the chain.
    pub standing: Option<Standing>,
    /// The first height at which it may not act any more.
    pub until: Option<Height>,
}

impl Bank {
    /// Registers a customer with its first alias. Typed again for the same customer, it gives the alias there is.
    ///
    /// # Errors
    /// When an identifier is none, the rules refuse it, or it cannot be sent.
    pub async fn register(
        &self,
        new: &NewCustomer,
        progress: &dyn Progress,
    ) -> Result<AliasId, ClientError> {
        self.settle_earlier(progress).await?;
        let identifiers = canonical_identifiers(&new.identifiers)?;
        let known = self.home().customers()?.named(&new.name).cloned();
        let customer = match known {
            Some(known) if known.identifiers == identifiers && known.role == new.role => known,
            Some(_) => return Err(ClientError::CustomerExists(new.name.clone())),
            None => Customer {
                name: new.name.clone(),
                role: new.role,
                identifiers,
                aliases: Vec::new(),
            },
        };
        let standing = customer.aliases.iter().find(|one| one.until.is_none());
        match standing.map(CustomerAlias::id) {
            Some(alias) => {
                self.ensure_registered(&customer, alias, None, progress)
                    .await
            }
            None => self.new_alias(customer, None, progress).await,
        }
    }

    /// The alias under which a customer's documents are sealed: the standing one, or with `one_trade` a new one
    /// that nobody can join with the others.
    ///
    /// # Errors
    /// When there is no such customer, or as [`Bank::register`].
    pub async fn alias_of(
        &self,
        name: &str,
        one_trade: bool,
        progress: &dyn Progress,
    ) -> Result<AliasId, ClientError> {
        self.settle_earlier(progress).await?;
        let book = self.home().customers()?;
        let customer = book.named(name);
        let customer = customer.ok_or_else(|| ClientError::NoCustomer(name.to_owned()))?;
        if one_trade {
            let next = self.node().state(&[Key::parameters()]).await?.next_height();
            let until = Some(Height(next.0.saturating_add(ONE_TRADE)));
            return self.new_alias(customer.clone(), until, progress).await;
        }
        let standing = customer.aliases.iter().find(|one| one.until.is_none());
        let alias = standing.ok_or_else(|| ClientError::NoCustomer(name.to_owned()))?;
        Ok(alias.id())
    }

    /// Suspends a customer's aliases, lets them act again, or closes them for good; how many.
    ///
    /// # Errors
    /// When there is no such customer, the rules refuse it, or it cannot be sent.
    pub async fn set_standing(
        &self,
        name: &str,
        standing: Standing,
        progress: &dyn Progress,
    ) -> Result<usize, ClientError> {
        self.settle_earlier(progress).await?;
        let book = self.home().customers()?;
        let customer = book.named(name);
        let customer = customer.ok_or_else(|| ClientError::NoCustomer(name.to_owned()))?;
        let mut changed = 0;
        for alias in customer.aliases.iter().map(CustomerAlias::id) {
            let now = self.alias(&alias).await?.map(|alias| alias.standing);
            if now.is_none_or(|now| now == standing || now == Standing::Closed) {
                continue;
            }
            let payload = Payload::SetStanding(SetStanding { alias, standing });
            self.transact_settled(Step::Standing, payload, progress)
                .await?;
            changed += 1;
        }
        Ok(changed)
    }

    /// This bank's customers and their aliases.
    ///
    /// # Errors
    /// When the node does not answer, or lies.
    pub async fn aliases(&self) -> Result<Vec<AliasView>, ClientError> {
        let mut views = Vec::new();
        for customer in self.home().customers()?.customers {
            for one in &customer.aliases {
                let on_chain = self.alias(&one.id()).await?;
                views.push(AliasView {
                    customer: customer.name.clone(),
                    alias: one.id(),
                    role: customer.role,
                    standing: on_chain.map(|alias| alias.standing),
                    until: one.until.map(Height),
                });
            }
        }
        Ok(views)
    }

    /// An alias of the chain, proven.
    pub(super) async fn alias(&self, alias: &AliasId) -> Result<Option<Alias>, ClientError> {
        let state = self.node().state(&[Key::alias(alias)]).await?;
        let read = state.read(0).map_err(|lie| self.node().lies(lie))?;
        Ok(read)
    }

    async fn new_alias(
        &self,
        customer: Customer,
        until: Option<Height>,
        progress: &dyn Progress,
    ) -> Result<AliasId, ClientError> {
        let alias = AliasId::new(*random::bytes().map_err(KeysError::from)?);
        // in the book first: an alias on the chain whose customer nobody knows would be lost
        let mut book = self.home().customers()?;
        book.note(customer.clone(), CustomerAlias::new(alias, until));
        self.home().keep_customers(&book)?;
        self.ensure_registered(&customer, alias, until, progress)
            .await
    }

    async fn ensure_registered(
        &self,
        customer: &Customer,
        alias: AliasId,
        until: Option<Height>,
        progress: &dyn Progress,
    ) -> Result<AliasId, ClientError> {
        if self.alias(&alias).await?.is_some() {
            return Ok(alias);
        }
        let key = self.home().customer_key(&alias);
        let said = Possession {
            chain: self.home().chain(),
            alias,
            key: key.public(),
        };
        let commitment = self.home().commitment(&alias, &customer.identifiers);
        let payload = Payload::RegisterAlias(RegisterAlias {
            alias,
            role: customer.role.into(),
            key: key.public(),
            possession: key.sign(tags::SIGN_POSSESSION, &said.to_bytes()),
            commitment: commitment.map_err(|error| ClientError::Identifier(error.to_string()))?,
            until,
        });
        self.transact_settled(Step::Register, payload, progress)
            .await?;
        Ok(alias)
    }
}

/// Identifiers that a clerk typed in their canonical form, ascending, each once.
///
/// # Errors
/// When one is no strict identifier: what is wrong with it, and what to do.
pub fn canonical_identifiers(identifiers: &[(String, String)]) -> Result<Vec<String>, ClientError> {
    let mut all = Vec::new();
    for (scheme, value) in identifiers {
        let legal = parse_typed(&format!("{scheme}:{value}"), None);
        let legal = legal.map_err(|error| ClientError::Identifier(error.to_string()))?;
        all.push(legal.canonical());
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}
