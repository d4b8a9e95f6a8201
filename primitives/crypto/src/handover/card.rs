//! Cards: an alias says which key hand-over files for it are encrypted to, and the holder of that key says that it is so.

use sealane_types::encoding::{Decode, DecodeError, Encode};
use sealane_types::genesis::Suite;
use sealane_types::ids::{AliasId, ChainId, PublicKey, ReceivingKey, Signature};
use thiserror::Error;

use crate::keys::ReceivingSecret;
use crate::signature::SigningKey;
use crate::suite::CipherSuite;
use crate::tags;

const MAGIC: [u8; 4] = *b"slcd";
const VERSION: u8 = 2;
/// Length of a card in bytes.
pub const CARD_LENGTH: usize = 4 + 1 + 3 * 32 + 2 * Signature::LENGTH;

/// Why a card is not believed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CardError {
    /// Not a card of this version.
    #[error("it is not a card that this program reads: {0}")]
    Form(#[from] DecodeError),
    /// Made on another chain.
    #[error("it is a card of another network")]
    OtherChain,
    /// The alias' signature is wrong.
    #[error("it is not signed with the key that the chain names for its alias: ask for a new card")]
    Signature,
    /// Whoever made it does not hold the receiving key.
    #[error("it does not show that its maker holds the receiving key: ask for a new card")]
    Possession,
}

/// An alias and the key that hand-over files for it are encrypted to.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Card {
    said: Said,
    possession: Signature,
    signature: Signature,
}

/// What both keys sign.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[encoding(
    magic(MAGIC, "card", "sealane card writes cards"),
    version(VERSION, "card")
)]
struct Said {
    chain: ChainId,
    alias: AliasId,
    /// The receiving key in the form that signs.
    holder: PublicKey,
}

impl Card {
    /// The card of an alias, signed with its key and with the receiving key.
    #[must_use]
    pub fn new(
        chain: ChainId,
        alias: AliasId,
        receiving: &ReceivingSecret,
        key: &SigningKey,
    ) -> Self {
        let holder = receiving.signing();
        let said = Said {
            chain,
            alias,
            holder: holder.public(),
        };
        let bytes = said.to_bytes();
        Self {
            said,
            possession: holder.sign(tags::SIGN_RECEIVING, &bytes),
            signature: key.sign(tags::SIGN_CARD, &bytes),
        }
    }

    /// Whether a file begins as a card does: for whoever expects another file.
    #[must_use]
    pub fn is_one(bytes: &[u8]) -> bool {
        bytes.starts_with(&MAGIC)
    }

    /// Reads a card of this chain; its signatures are not checked yet.
    ///
    /// # Errors
    /// When it is none, or another chain's.
    pub fn read(bytes: &[u8], chain: ChainId) -> Result<Self, CardError> {
        let card = Self::from_bytes(bytes)?;
        match card.said.chain == chain {
            true => Ok(card),
            false => Err(CardError::OtherChain),
        }
    }

    /// The alias.
    #[must_use]
    pub fn alias(&self) -> AliasId {
        self.said.alias
    }

    /// Its receiving key, if the card is signed with `key`, which the chain names for its alias now, and by whoever holds the receiving
    /// key. The chain's key may change: this is asked each time that something is encrypted to it.
    ///
    /// # Errors
    /// When it is not.
    pub fn check(&self, suite: Suite, key: &PublicKey) -> Result<ReceivingKey, CardError> {
        let (suite, said) = (CipherSuite::of(suite), self.said.to_bytes());
        if !suite.verify(tags::SIGN_CARD, key, &said, &self.signature) {
            return Err(CardError::Signature);
        }
        let holder = &self.said.holder;
        let holds = suite.verify(tags::SIGN_RECEIVING, holder, &said, &self.possession);
        let receiving = suite.receiving_key_of(holder).filter(|_| holds);
        receiving.ok_or(CardError::Possession)
    }
}
