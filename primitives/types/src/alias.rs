//! Aliases: institutions, their customers and their nodes on the chain, each a key, a role and a hiding
//! commitment to its legal identifiers, vouched for by the bank it names. `specs/members.md` says who
//! may do what.

use crate::encoding::{Decode, DecodeError, Encode, invalid};
use crate::ids::{AliasId, FieldBytes, Height, PublicKey};

mod vouched;

pub use vouched::{AmendAlias, Amendment, Possession, RegisterAlias, Vouched};

/// Longest name of a chain or an alias, in bytes of UTF-8.
pub const MAX_NAME: usize = 64;
/// Most banks of a chain: each has a vote.
pub const MAX_VOTERS: usize = 256;
/// Most validators of a chain: a bit each in the ledger's note of who answered.
pub const MAX_VALIDATORS: usize = 64;

/// What an alias may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[repr(u8)]
#[encoding(name = "role")]
pub enum Role {
    /// Seals, finances, vouches for its customers, votes.
    Bank = 1,
    /// Seals what a company writes: orders, invoices. A bank vouches for it.
    Company = 2,
    /// Answers blinded sets and signs blocks. A bank runs it.
    Validator = 3,
    /// Seals what a carrier writes: delivery notes, bills of lading. A bank vouches for it.
    Carrier = 4,
    /// Reads what the law lets it read, by audits.
    Regulator = 5,
    /// Keeps nodes and relays running.
    Operator = 6,
    /// Follows and verifies.
    Observer = 7,
    /// Stands for a party that a bank asks about and that is no customer of it: may be presented, seals nothing, and
    /// nothing is financed under it.
    Asked = 8,
}

impl Role {
    /// All roles, in the order of their numbers.
    pub const ALL: [Self; 8] = [
        Self::Bank,
        Self::Company,
        Self::Validator,
        Self::Carrier,
        Self::Regulator,
        Self::Operator,
        Self::Observer,
        Self::Asked,
    ];

    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Bank => "bank",
            Self::Company => "company",
            Self::Validator => "validator",
            Self::Carrier => "carrier",
            Self::Regulator => "regulator",
            Self::Operator => "operator",
            Self::Observer => "observer",
            Self::Asked => "asked",
        }
    }

    /// Whether a bank registers it alone; the others are members, which governance admits.
    #[must_use]
    pub fn is_customer(self) -> bool {
        matches!(self, Self::Company | Self::Carrier | Self::Asked)
    }

    /// Whether it names itself as its bank, as nobody vouches for it.
    #[must_use]
    pub fn is_own_bank(self) -> bool {
        !self.is_customer() && self != Self::Validator
    }

    /// Whether governance may name it as the leader or the authority: it needs a member's home to vote with. A
    /// validator's key is in its node, which votes for nothing, and an observer only follows.
    #[must_use]
    pub fn may_decide(self) -> bool {
        matches!(self, Self::Bank | Self::Regulator)
    }

    /// Whether it puts records on the chain.
    #[must_use]
    pub fn seals(self) -> bool {
        matches!(self, Self::Bank | Self::Company | Self::Carrier)
    }
}

/// Whether an alias may act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[repr(u8)]
#[encoding(name = "standing")]
pub enum Standing {
    /// It may.
    Active = 1,
    /// Not for now.
    Suspended = 2,
    /// Never again.
    Closed = 3,
}

impl Standing {
    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Closed => "closed",
        }
    }
}

/// An institution, customer or validator on the chain.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Alias {
    /// Its id, chosen once; a name for a person is [`Alias::name`].
    pub id: AliasId,
    /// A member's: 1 to [`MAX_NAME`] bytes, lower-case letters, digits and `-`. A customer has none: who it is,
    /// its bank alone knows.
    #[encoding(text(MAX_NAME, "alias name"))]
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The key that signs its transactions.
    pub key: PublicKey,
    /// A hiding Poseidon commitment to its legal identifiers, in the order of their registration.
    pub commitment: FieldBytes,
    /// The bank that vouches for it; who needs none names itself.
    pub bank: AliasId,
    /// Whether it may act.
    pub standing: Standing,
    /// The first height at which it may not act any more: an alias for one trade has one.
    pub until: Option<Height>,
}

impl Alias {
    /// Whether it may act in the block of this height, its bank's standing aside.
    #[must_use]
    pub fn is_active(&self, height: Height) -> bool {
        self.standing == Standing::Active && self.until.is_none_or(|until| height < until)
    }
}

/// A bank suspends a customer's alias, lets it act again, or closes it for good.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SetStanding {
    /// The customer's alias.
    pub alias: AliasId,
    /// What it shall be.
    pub standing: Standing,
}

/// Checks a member's or chain's name.
///
/// # Errors
/// When it is not 1 to [`MAX_NAME`] lower-case letters, digits and `-`.
pub fn check_name(name: &str) -> Result<(), DecodeError> {
    let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let fits = !name.is_empty() && name.len() <= MAX_NAME && name.bytes().all(letters);
    if fits {
        return Ok(());
    }
    invalid(
        "name",
        format!("{name:?} is not 1 to {MAX_NAME} of a-z, 0-9 and -"),
    )
}
