//! A bank's customers: aliases are registered, amended, suspended, act again, are closed, and stand behind records.

use sealane_crypto::identity::{IdentityError, MAX_IDENTIFIERS};
use sealane_crypto::random;
use sealane_documents::identifiers::{in_registration_order, parse_confirmed, parse_typed};
use sealane_ledger::state::Key;
use sealane_types::alias::{
    Alias, AmendAlias, Amendment, RegisterAlias, Role, SetStanding, Standing, Vouched,
};
use sealane_types::ids::{AliasId, FieldBytes, Height};
use sealane_types::transaction::Payload;

use super::{Bank, SellerFault};
use crate::error::ClientError;
use crate::home::KeysError;
use crate::home::customers::{Customer, CustomerAlias, CustomerRole};
use crate::home::journal::Action;
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
    /// Its legal identifiers, each as scheme and value, from an extract: the home register's number and an LEI among them.
    pub identifiers: Vec<(String, String)>,
    /// How they are meant.
    pub reading: Reading,
}

/// How identifiers that a clerk types are meant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// The country, as two letters, of those that name none.
    pub country: Option<String>,
    /// The clerk has compared them with the register's extract: one whose check digit does not fit is right as it stands.
    pub confirmed: bool,
    /// Another customer has one of them too, and the clerk knows it: members of a tax group, or a company whose file begins
    /// with the wrong number and is registered anew.
    pub shared: bool,
}

/// A customer that is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// Its alias.
    pub alias: AliasId,
    /// Whether it was a customer with an alias on the chain before; then nothing was changed.
    pub already: bool,
    /// Where its alias stands.
    pub standing: Standing,
    /// The identifiers in the bank's book.
    pub identifiers: Vec<String>,
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
    /// The legal identifiers that it commits to, by this home's own book; of one that is not on the chain, those that it
    /// will commit to.
    pub identifiers: Vec<String>,
}

impl Bank {
    /// Registers a customer with its first alias. Typed again for the same customer, it changes nothing and gives the alias
    /// there is.
    ///
    /// # Errors
    /// When an identifier is none, or another customer's and nobody has said that it is both's; when the rules refuse it, or
    /// it cannot be sent.
    pub async fn register(
        &self,
        new: &NewCustomer,
        progress: &dyn Progress,
    ) -> Result<Registered, ClientError> {
        let identifiers = canonical_identifiers(&new.identifiers, &new.reading)?;
        if !new.reading.shared {
            self.must_be_nobody_elses(new, &identifiers)?;
        }
        self.register_known(&new.name, new.role, identifiers, progress)
            .await
    }

    /// As [`Bank::register`], with identifiers in their canonical form already.
    pub(super) async fn register_known(
        &self,
        name: &str,
        role: CustomerRole,
        identifiers: Vec<String>,
        progress: &dyn Progress,
    ) -> Result<Registered, ClientError> {
        self.finish_earlier(progress).await?;
        let known = self.home().customers()?.named(name).cloned();
        let customer = match known {
            // typed again, perhaps with identifiers added meanwhile
            Some(known) if known.identifiers.starts_with(&identifiers) && known.role == role => {
                known
            }
            Some(_) => return Err(ClientError::CustomerExists(name.to_owned())),
            None => Customer {
                name: name.to_owned(),
                role,
                identifiers,
                aliases: Vec::new(),
            },
        };
        let identifiers = customer.identifiers.clone();
        let known = match customer.standing_alias() {
            Some(alias) => self.alias(&alias).await?,
            None => None,
        };
        let already = known.is_some();
        let standing = known.map_or(Standing::Active, |alias| alias.standing);
        let alias = match customer.standing_alias() {
            Some(alias) => {
                self.ensure_registered(&customer, alias, None, progress)
                    .await?
            }
            None => self.new_alias(customer, None, progress).await?,
        };
        Ok(Registered {
            alias,
            already,
            standing,
            identifiers,
        })
    }

    /// That no other customer has one of these identifiers: documents that show it would be financed under the customer that
    /// was registered first. Whom the bank only asks about is no customer.
    fn must_be_nobody_elses(
        &self,
        new: &NewCustomer,
        identifiers: &[String],
    ) -> Result<(), ClientError> {
        if new.role == CustomerRole::Asked {
            return Ok(());
        }
        let book = self.home().customers()?;
        let others = book.customers.iter().filter(|one| {
            one.name != new.name && one.role != CustomerRole::Asked && one.has(identifiers)
        });
        let Some(other) = others.into_iter().next() else {
            return Ok(());
        };
        let both = identifiers.iter();
        let both = both.filter(|id| other.identifiers.contains(id));
        Err(ClientError::IdentifierOfAnother {
            customer: other.name.clone(),
            identifiers: both.cloned().collect(),
        })
    }

    /// Adds legal identifiers to a customer's aliases: they take the next places, and none moves. Aliases for one trade stay as
    /// they are, as amending them all would join them. How many aliases were amended.
    ///
    /// # Errors
    /// When there is no such customer, an identifier is none, there are too many, the rules refuse it, or it cannot be sent.
    pub async fn amend(
        &self,
        name: &str,
        identifiers: &[(String, String)],
        reading: &Reading,
        progress: &dyn Progress,
    ) -> Result<usize, ClientError> {
        let identifiers = canonical_identifiers(identifiers, reading)?;
        self.amend_known(name, &identifiers, progress).await
    }

    /// As [`Bank::amend`], with identifiers in their canonical form already.
    pub(super) async fn amend_known(
        &self,
        name: &str,
        identifiers: &[String],
        progress: &dyn Progress,
    ) -> Result<usize, ClientError> {
        self.finish_earlier(progress).await?;
        let mut book = self.home().customers()?;
        let customer = book.named(name).cloned();
        let customer = customer.ok_or_else(|| ClientError::NoCustomer(name.to_owned()))?;
        let mut all = customer.identifiers.clone();
        let new = identifiers
            .iter()
            .filter(|one| !customer.identifiers.contains(one));
        all.extend(new.cloned());
        fit(&all)?;
        // in the book first: what an alias commits to and nobody knows could never be shown
        book.identify(name, &all);
        self.home().keep_customers(&book)?;
        let mut amended = 0;
        let standing = customer.aliases.iter().filter(|one| one.until.is_none());
        for alias in standing.map(CustomerAlias::id) {
            amended += usize::from(self.amend_alias(alias, &all, progress).await?);
        }
        Ok(amended)
    }

    async fn amend_alias(
        &self,
        alias: AliasId,
        identifiers: &[String],
        progress: &dyn Progress,
    ) -> Result<bool, ClientError> {
        let Some(known) = self.alias(&alias).await? else {
            return Ok(false); // it is registered with all of them once it is used
        };
        let new = self.committed(&alias, identifiers)?;
        if known.commitment == new || known.standing == Standing::Closed {
            return Ok(false);
        }
        let amendment = Amendment {
            chain: self.home().chain(),
            alias,
            vouched: Vouched {
                bank: self.home().alias(),
                role: known.role,
                commitment: new,
            },
            old: known.commitment,
        };
        let payload = Payload::AmendAlias(AmendAlias {
            alias,
            old: amendment.old,
            new,
            possession: self.home().customer_key(&alias).amend(&amendment),
        });
        self.transact_and_close(Action::Amend, payload, progress)
            .await?;
        Ok(true)
    }

    /// The alias under which a customer's documents are sealed: the standing one, or with `one_trade` a new one
    /// that nobody can join with the others.
    ///
    /// # Errors
    /// When there is no such customer, its alias is not on the chain as this home registered it, or as
    /// [`Bank::register`].
    pub async fn alias_of(
        &self,
        name: &str,
        one_trade: bool,
        progress: &dyn Progress,
    ) -> Result<AliasId, ClientError> {
        self.finish_earlier(progress).await?;
        let book = self.home().customers()?;
        let customer = book.named(name);
        let customer = customer.ok_or_else(|| ClientError::NoCustomer(name.to_owned()))?;
        if one_trade {
            let next = self.node().state(&[Key::parameters()]).await?.next_height();
            let until = Some(Height(next.0.saturating_add(ONE_TRADE)));
            return self.new_alias(customer.clone(), until, progress).await;
        }
        let alias = customer.standing_alias();
        let alias = alias.ok_or_else(|| ClientError::NoCustomer(name.to_owned()))?;
        self.alias_on_chain(&alias, name).await
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
        self.finish_earlier(progress).await?;
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
            self.transact_and_close(Action::Standing, payload, progress)
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
                let on_chain = self.proven_alias(&one.id()).await?;
                let commits = match &on_chain {
                    Some(alias) => self.home().opening_as(&alias.id, &alias.commitment)?,
                    None => self.home().opening_of(&one.id())?,
                };
                views.push(AliasView {
                    customer: customer.name.clone(),
                    alias: one.id(),
                    role: customer.role,
                    standing: on_chain.map(|alias| alias.standing),
                    until: one.until.map(Height),
                    identifiers: commits
                        .map_or_else(Vec::new, |opening| opening.identifiers().to_vec()),
                });
            }
        }
        Ok(views)
    }

    /// An alias of the chain, proven; `None` while it is not there. Whatever uses an alias reads it here: one of this
    /// home's book is on the chain as this home registered it, under this bank, with the customer's role and key, and
    /// with a commitment that this home can open.
    ///
    /// # Errors
    /// [`SellerFault::OtherAlias`] where one of these differs; when the node does not answer, or lies.
    pub(super) async fn alias(&self, alias: &AliasId) -> Result<Option<Alias>, ClientError> {
        let Some(known) = self.proven_alias(alias).await? else {
            return Ok(None);
        };
        let book = self.home().customers()?;
        let Some(customer) = book.behind(alias) else {
            return Ok(Some(known));
        };
        let key = self.home().customer_key(alias).public();
        let opens = self.home().opening_as(alias, &known.commitment)?.is_some();
        let (bank, role) = (self.home().alias(), Role::from(customer.role));
        match (known.bank, known.role, known.key, opens) == (bank, role, key, true) {
            true => Ok(Some(known)),
            false => Err(SellerFault::OtherAlias(*alias).into()),
        }
    }

    /// An alias of a customer that must be on the chain; what a person calls it.
    pub(super) async fn alias_on_chain(
        &self,
        alias: &AliasId,
        name: &str,
    ) -> Result<AliasId, ClientError> {
        match self.alias(alias).await? {
            Some(known) => Ok(known.id),
            None => Err(SellerFault::NotOnChain(name.to_owned()).into()),
        }
    }

    /// As the chain has it, compared with nothing: to be shown.
    async fn proven_alias(&self, alias: &AliasId) -> Result<Option<Alias>, ClientError> {
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
        let role = Role::from(customer.role);
        if let Some(known) = self.alias(&alias).await? {
            return Ok(known.id);
        }
        let key = self.home().customer_key(&alias);
        let vouched = Vouched {
            bank: self.home().alias(),
            role,
            commitment: self.committed(&alias, &customer.identifiers)?,
        };
        let payload = Payload::RegisterAlias(RegisterAlias {
            alias,
            role,
            key: key.public(),
            possession: key.possess_as(self.home().chain(), alias, Some(vouched)),
            commitment: vouched.commitment,
            until,
        });
        self.transact_and_close(Action::Register, payload, progress)
            .await?;
        Ok(alias)
    }

    fn committed(
        &self,
        alias: &AliasId,
        identifiers: &[String],
    ) -> Result<FieldBytes, ClientError> {
        let commitment = self.home().commitment(alias, identifiers);
        commitment.map_err(|error| ClientError::Identifier(error.to_string()))
    }
}

/// Identifiers in their canonical form and the order in which an alias has them: the home register's numbers first, then LEIs.
///
/// # Errors
/// When one is none, says not for certain which company it is, or stands twice, or there are too many.
pub fn canonical_identifiers(
    identifiers: &[(String, String)],
    reading: &Reading,
) -> Result<Vec<String>, ClientError> {
    let country = reading.country.as_deref();
    let parse = match reading.confirmed {
        true => parse_confirmed,
        false => parse_typed,
    };
    let read = |(scheme, value): &(String, String)| {
        let legal = parse(&format!("{scheme}:{value}"), country);
        let legal = legal.map_err(|error| ClientError::Identifier(error.to_string()));
        legal.map(|legal| legal.canonical())
    };
    let all: Vec<String> = identifiers.iter().map(read).collect::<Result<_, _>>()?;
    fit(&all)?;
    Ok(in_registration_order(all))
}

/// That an alias can have these.
fn fit(identifiers: &[String]) -> Result<(), ClientError> {
    let twice = |at: &usize| identifiers[..*at].contains(&identifiers[*at]);
    let fault = match (0..identifiers.len()).find(twice) {
        Some(at) => IdentityError::Twice(identifiers[at].clone()),
        None if identifiers.len() > MAX_IDENTIFIERS => IdentityError::TooMany(identifiers.len()),
        None => return Ok(()),
    };
    Err(ClientError::Identifier(fault.to_string()))
}
