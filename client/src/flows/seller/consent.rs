//! The word of a seller's alias, in a file: another bank may finance this record under it.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

use sealane_crypto::signature::verify;
use sealane_crypto::tags;
use sealane_types::alias::Alias;
use sealane_types::encoding::Encode;
use sealane_types::ids::{AliasId, RecordId, Signature};
use sealane_types::transaction::Consent;

use super::SellerFault;
use crate::error::ClientError;
use crate::flows::Bank;

/// An alias' word that a bank may finance a record under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreed {
    /// The alias.
    pub alias: AliasId,
    /// What it says.
    pub consent: Consent,
    /// Its key's signature.
    pub signature: Signature,
}

/// The file: all of it is public.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    chain: String,
    record: String,
    bank: String,
    alias: String,
    signature: String,
}

impl Agreed {
    /// Reads a file.
    ///
    /// # Errors
    /// When it holds no consent.
    pub fn read(bytes: &[u8]) -> Result<Self, ClientError> {
        let none =
            |reason: String| ClientError::Identifier(format!("this is not a consent: {reason}"));
        let file: File = serde_json::from_slice(bytes).map_err(|error| none(error.to_string()))?;
        fn part<T: FromStr>(name: &str, text: &str) -> Result<T, String> {
            text.parse().map_err(|_| format!("{name} is {text:?}"))
        }
        let read = || -> Result<Self, String> {
            Ok(Self {
                alias: part("alias", &file.alias)?,
                consent: Consent {
                    chain: part("chain", &file.chain)?,
                    record: part("record", &file.record)?,
                    bank: part("bank", &file.bank)?,
                },
                signature: part("signature", &file.signature)?,
            })
        };
        read().map_err(none)
    }

    /// The file's bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let file = File {
            chain: self.consent.chain.to_string(),
            record: self.consent.record.to_string(),
            bank: self.consent.bank.to_string(),
            alias: self.alias.to_string(),
            signature: self.signature.to_string(),
        };
        serde_json::to_vec_pretty(&file).expect("texts have a form")
    }

    /// Whether it says just this, and the alias' key on the chain has signed it.
    pub(super) fn is_of(&self, said: &Consent, alias: &Alias) -> bool {
        let message = said.to_bytes();
        self.alias == alias.id
            && self.consent == *said
            && verify(tags::SIGN_CONSENT, &alias.key, &message, &self.signature)
    }
}

impl Bank {
    /// Signs with a customer's key that another bank may finance this record under its alias.
    ///
    /// # Errors
    /// When the customer is none of this bank's, its alias is not on the chain as this home registered it, or the
    /// bank is no member.
    pub async fn agree(
        &self,
        customer: &str,
        record: RecordId,
        bank: &str,
    ) -> Result<Agreed, ClientError> {
        let book = self.home().customers()?;
        let named = book.named(customer).and_then(|one| one.standing_alias());
        let alias = match (named, customer.parse::<AliasId>()) {
            (Some(alias), _) => alias,
            (None, Ok(alias)) if book.behind(&alias).is_some() => alias,
            _ => return Err(SellerFault::NotOurAlias(customer.to_owned()).into()),
        };
        let alias = self.alias_on_chain(&alias, customer).await?;
        let bank = match bank.parse::<AliasId>() {
            Ok(bank) => bank,
            Err(_) => self.member(bank).await?,
        };
        let consent = self.said(record, bank);
        let signature = self.home().customer_key(&alias).consent(&consent);
        Ok(Agreed {
            alias,
            consent,
            signature,
        })
    }

    pub(super) fn said(&self, record: RecordId, bank: AliasId) -> Consent {
        Consent {
            chain: self.home().chain(),
            record,
            bank,
        }
    }
}

#[cfg(test)]
mod tests {
    use sealane_types::ids::ChainId;

    use super::*;

    #[test]
    fn a_consent_is_read_as_it_was_written_and_nothing_else_is() {
        let agreed = Agreed {
            alias: AliasId::new([1; 32]),
            consent: Consent {
                chain: ChainId::new([2; 32]),
                record: RecordId::new([3; 32]),
                bank: AliasId::new([4; 32]),
            },
            signature: Signature::new([5; 64]),
        };
        let bytes = agreed.to_bytes();
        assert_eq!(Agreed::read(&bytes).expect("a consent"), agreed);
        assert!(Agreed::read(b"{}").is_err());
        let cut = String::from_utf8(bytes).expect("text").replace("05", "5");
        assert!(Agreed::read(cut.as_bytes()).is_err());
    }
}
