//! Cards: an alias says which key hand-over files for it are encrypted to.

use sealane_types::encoding::{Decode, DecodeError, Encode, Reader};
use sealane_types::genesis::Suite;
use sealane_types::ids::{AliasId, ChainId, PublicKey, ReceivingKey, Signature};
use thiserror::Error;

use crate::signature::SigningKey;
use crate::suite::CipherSuite;
use crate::tags;

const MAGIC: [u8; 4] = *b"slcd";
const VERSION: u8 = 1;
/// Length of a card in bytes.
pub const CARD_LENGTH: usize = 4 + 1 + 3 * 32 + Signature::LENGTH;

/// Why a card is not believed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CardError {
    /// Not a card of this version.
    #[error("it is no card that this program reads: {0}")]
    Form(#[from] DecodeError),
    /// Made on another chain.
    #[error("it is a card of another network")]
    OtherChain,
    /// The alias' signature is wrong.
    #[error("it is not signed with the key that the chain names for its alias: ask for a new card")]
    Signature,
}

/// An alias and the key that hand-over files for it are encrypted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    chain: ChainId,
    alias: AliasId,
    receiving: ReceivingKey,
    signature: Signature,
}

impl Card {
    /// The card of an alias, signed with its key.
    #[must_use]
    pub fn new(chain: ChainId, alias: AliasId, receiving: ReceivingKey, key: &SigningKey) -> Self {
        let signature = key.sign(tags::SIGN_CARD, &said(chain, alias, receiving));
        Self {
            chain,
            alias,
            receiving,
            signature,
        }
    }

    /// Reads a card of this chain; its signature is not checked yet.
    ///
    /// # Errors
    /// When it is none, or another chain's.
    pub fn read(bytes: &[u8], chain: ChainId) -> Result<Self, CardError> {
        let card = Self::from_bytes(bytes)?;
        match card.chain == chain {
            true => Ok(card),
            false => Err(CardError::OtherChain),
        }
    }

    /// The alias.
    #[must_use]
    pub fn alias(&self) -> AliasId {
        self.alias
    }

    /// Its receiving key, if the card is signed with `key`, which the chain names for its alias.
    ///
    /// # Errors
    /// When it is not.
    pub fn check(&self, suite: Suite, key: &PublicKey) -> Result<ReceivingKey, CardError> {
        let said = said(self.chain, self.alias, self.receiving);
        let suite = CipherSuite::of(suite);
        match suite.verify(tags::SIGN_CARD, key, &said, &self.signature) {
            true => Ok(self.receiving),
            false => Err(CardError::Signature),
        }
    }
}

/// What the alias signs: the card without the signature.
fn said(chain: ChainId, alias: AliasId, receiving: ReceivingKey) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    out.push(VERSION);
    chain.encode(&mut out);
    alias.encode(&mut out);
    receiving.encode(&mut out);
    out
}

impl Encode for Card {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend(said(self.chain, self.alias, self.receiving));
        self.signature.encode(out);
    }
}

impl Decode for Card {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let invalid = |reason: String| DecodeError::Invalid {
            what: "card",
            reason,
        };
        if reader.take(MAGIC.len(), "card")? != MAGIC {
            return Err(invalid("it begins otherwise".to_owned()));
        }
        match u8::decode(reader)? {
            VERSION => {}
            other => return Err(invalid(format!("version {other} is not known"))),
        }
        Ok(Self {
            chain: ChainId::decode(reader)?,
            alias: AliasId::decode(reader)?,
            receiving: ReceivingKey::decode(reader)?,
            signature: Signature::decode(reader)?,
        })
    }
}
