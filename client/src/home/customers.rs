//! A bank's book of its customers: who stands behind which alias. The chain does not say; the book is encrypted
//! under the home's own secret.

use sealane_types::alias::Role;
use sealane_types::ids::{AliasId, Height};
use serde::{Deserialize, Serialize};

use super::hexed::Shown;

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Customer {
    /// The bank's own name for it.
    pub name: String,
    /// `company` or `carrier`.
    pub role: CustomerRole,
    /// Its legal identifiers in their canonical form `scheme:value`, in the order in which they came: an alias commits to
    /// these, or to the first of them, where it was registered before the last came.
    pub identifiers: Vec<String>,
    /// Its aliases, the oldest first.
    pub aliases: Vec<CustomerAlias>,
}

/// What a customer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CustomerRole {
    /// It writes orders and invoices.
    Company,
    /// It writes delivery notes and bills of lading.
    Carrier,
    /// It is no customer: the bank asks about it, and finances nothing under its alias.
    Asked,
}

impl From<CustomerRole> for Role {
    fn from(role: CustomerRole) -> Self {
        match role {
            CustomerRole::Company => Self::Company,
            CustomerRole::Carrier => Self::Carrier,
            CustomerRole::Asked => Self::Asked,
        }
    }
}

impl Customer {
    /// The alias that is for no single trade.
    #[must_use]
    pub fn standing_alias(&self) -> Option<AliasId> {
        let standing = self.aliases.iter().find(|one| one.until.is_none());
        standing.map(CustomerAlias::id)
    }

    /// Whether this alias of its is for one trade alone.
    #[must_use]
    pub fn is_one_trade(&self, alias: &AliasId) -> bool {
        let mut all = self.aliases.iter();
        all.any(|one| one.id() == *alias && one.until.is_some())
    }
}

/// One alias of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomerAlias {
    /// The alias.
    pub alias: Shown<AliasId>,
    /// The first height at which it may not act any more; an alias for one trade has one.
    pub until: Option<u64>,
}

impl CustomerAlias {
    /// A new one.
    #[must_use]
    pub fn new(alias: AliasId, until: Option<Height>) -> Self {
        Self {
            alias: Shown(alias),
            until: until.map(|until| until.0),
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> AliasId {
        self.alias.0
    }
}

/// All customers, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Customers {
    /// In the order in which they came.
    pub customers: Vec<Customer>,
}

impl Customer {
    /// Whether one of these identifiers is its.
    pub(crate) fn has(&self, identifiers: &[String]) -> bool {
        self.identifiers.iter().any(|id| identifiers.contains(id))
    }
}

impl Customers {
    /// The customer of this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Customer> {
        self.customers.iter().find(|one| one.name == name)
    }

    /// The customer behind an alias.
    #[must_use]
    pub fn behind(&self, alias: &AliasId) -> Option<&Customer> {
        let has = |one: &&Customer| one.aliases.iter().any(|own| own.id() == *alias);
        self.customers.iter().find(has)
    }

    /// The first customer whose identifiers include one of these; who is only asked about is none.
    #[must_use]
    pub fn known_by(&self, identifiers: &[String]) -> Option<&Customer> {
        let mut all = self.customers.iter().filter(|one| one.has(identifiers));
        all.find(|one| one.role != CustomerRole::Asked)
    }

    /// Notes that a customer has these identifiers.
    pub fn identify(&mut self, name: &str, identifiers: &[String]) {
        let mut all = self.customers.iter_mut();
        if let Some(customer) = all.find(|one| one.name == name) {
            customer.identifiers = identifiers.to_vec();
        }
    }

    /// Notes an alias of a customer, who is new where the name is.
    pub fn note(&mut self, customer: Customer, alias: CustomerAlias) {
        let at = self
            .customers
            .iter()
            .position(|one| one.name == customer.name);
        let at = at.unwrap_or_else(|| {
            self.customers.push(customer);
            self.customers.len() - 1
        });
        let aliases = &mut self.customers[at].aliases;
        if !aliases.contains(&alias) {
            aliases.push(alias);
        }
    }
}
