//! What a bank vouches for: a customer's alias as it is registered and amended, and what the alias' key signs of it.

use super::Role;
use crate::encoding::{Decode, DecodeError, Encode, invalid};
use crate::ids::{AliasId, ChainId, FieldBytes, Height, PublicKey, Signature};

/// What a bank says of a customer: nobody can take it over for another bank, as the customer's key has signed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode)]
pub struct Vouched {
    /// The bank.
    pub bank: AliasId,
    /// What the customer is.
    pub role: Role,
    /// The hiding commitment to its legal identifiers.
    pub commitment: FieldBytes,
}

/// What a key signs to show that whoever holds it wants to be this alias on this chain: the bytes are this
/// struct's encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode)]
pub struct Possession {
    /// The chain.
    pub chain: ChainId,
    /// The alias.
    pub alias: AliasId,
    /// The key that signs.
    pub key: PublicKey,
    /// A customer's: under which bank, as what, with which identifiers. A member, over which all members vote, signs none.
    pub vouched: Option<Vouched>,
}

/// A bank brings a customer onto the chain.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[encoding(check)]
pub struct RegisterAlias {
    /// Its id: 32 random bytes.
    pub alias: AliasId,
    /// Company, carrier or asked.
    pub role: Role,
    /// The key that will sign its transactions.
    pub key: PublicKey,
    /// That key's signature over [`Possession`], with what the bank vouches for.
    pub possession: Signature,
    /// The hiding commitment to its legal identifiers.
    pub commitment: FieldBytes,
    /// The first height at which it may not act any more.
    pub until: Option<Height>,
}

/// What an alias' key signs where its bank adds legal identifiers: the bytes are this struct's encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode)]
pub struct Amendment {
    /// The chain.
    pub chain: ChainId,
    /// The alias.
    pub alias: AliasId,
    /// The bank, the role and the new commitment.
    pub vouched: Vouched,
    /// The commitment until now.
    pub old: FieldBytes,
}

/// A bank adds legal identifiers to a customer's alias.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct AmendAlias {
    /// The customer's alias.
    pub alias: AliasId,
    /// The commitment that it has; where it has another by then, the amendment is refused.
    pub old: FieldBytes,
    /// The commitment that it shall have.
    pub new: FieldBytes,
    /// The alias' key's signature over [`Amendment`].
    pub possession: Signature,
}

impl RegisterAlias {
    fn check(&self) -> Result<(), DecodeError> {
        if self.role.is_customer() {
            return Ok(());
        }
        let role = self.role.name();
        invalid(
            "role",
            format!("a bank registers companies, carriers and whom it asks about, no {role}"),
        )
    }
}
