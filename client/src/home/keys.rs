//! A bank's secrets: the institution secret, and the key that signs.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sealane_crypto::identity::{self, TooManyIdentifiers};
use sealane_crypto::keys::{InstitutionSecret, Period, Place, RecordKey};
use sealane_crypto::keystore::{
    self, Existing, InstitutionSecrets, KeyFile, KeystoreError, Passphrase, WorkFactor,
};
use sealane_crypto::random::RandomError;
use sealane_crypto::sealing::{Heading, Sealed};
use sealane_crypto::signature::SigningKey;
use sealane_types::genesis::Suite;
use sealane_types::ids::{AliasId, FieldBytes, PublicKey, Signature};
use sealane_types::record::Record;
use sealane_types::schema::CanonicalFields;
use thiserror::Error;

use super::config::Config;
use super::unlock::Unlock;
use crate::error::ClientError;

/// Why a keystore does not open or cannot be made.
#[derive(Debug, Error)]
pub enum KeysError {
    /// The operating system gave no randomness.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// Nobody gave a passphrase.
    #[error("the keystore needs a passphrase: set SEALANE_PASSPHRASE, or type it when asked")]
    NoPassphrase,
    /// Nobody could be asked for the passphrase.
    #[error("the passphrase could not be read: {0}")]
    Asking(#[from] std::io::Error),
    /// The keystore does not open, or cannot be written.
    #[error("keystore.age: {0}")]
    Keystore(#[from] KeystoreError),
    /// The keystore is of another cipher suite than the chain.
    #[error("keystore.age: its secret is of another cipher suite than the chain's")]
    OtherSuite,
}

/// A bank's secrets.
#[derive(Debug)]
pub struct Keys(InstitutionSecrets);

impl Keys {
    /// New secrets.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn generate(suite: Suite) -> Result<Self, KeysError> {
        Ok(Self(InstitutionSecrets::generate(suite)?))
    }

    /// The key that verifies this bank's signatures.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        self.0.signing.public()
    }

    /// Signs for the purpose that `tag` names.
    #[must_use]
    pub fn sign(&self, tag: &[u8], message: &[u8]) -> Signature {
        self.0.signing.sign(tag, message)
    }

    /// The commitment of an alias of this home's, its own or a customer's, to legal identifiers in their canonical
    /// form.
    ///
    /// # Errors
    /// When there are more than an alias can have.
    pub fn commitment(
        &self,
        alias: &AliasId,
        identifiers: &[String],
    ) -> Result<FieldBytes, TooManyIdentifiers> {
        identity::commit(identifiers, &self.0.secret.identity_blinding(alias))
    }

    pub(super) fn secret(&self) -> &InstitutionSecret {
        &self.0.secret
    }

    pub(super) fn signing(&self) -> &SigningKey {
        &self.0.signing
    }

    /// Writes a new keystore, and its key file where one protects it. Nothing is written over.
    pub(super) fn save(
        &self,
        folder: &Path,
        config: &Config,
        passphrase: Option<&str>,
    ) -> Result<(), KeysError> {
        let protection = match config.key_file(folder) {
            Some(path) => {
                let key = KeyFile::generate();
                key.write(&path)?;
                keystore::Protection::KeyFile(key)
            }
            None => {
                let passphrase = passphrase.ok_or(KeysError::NoPassphrase)?;
                let passphrase = Passphrase::new(passphrase.to_owned());
                keystore::Protection::Passphrase(passphrase, WorkFactor::STANDARD)
            }
        };
        Ok(keystore::save(
            &folder.join(KEYSTORE),
            &self.0,
            &protection,
            Existing::Refuse,
        )?)
    }

    /// Opens a home's keystore.
    pub(super) fn load(
        folder: &Path,
        config: &Config,
        suite: Suite,
        unlock: &Unlock,
    ) -> Result<Self, KeysError> {
        let unlock = match config.key_file(folder) {
            Some(path) => keystore::Unlock::KeyFile(KeyFile::read(&path)?),
            None => {
                let passphrase = unlock.passphrase(&config.name)?;
                let passphrase = passphrase.ok_or(KeysError::NoPassphrase)?;
                keystore::Unlock::Passphrase(Passphrase::new(passphrase))
            }
        };
        let secrets: InstitutionSecrets = keystore::load(&folder.join(KEYSTORE), &unlock)?;
        match secrets.secret.suite().id() == suite {
            true => Ok(Self(secrets)),
            false => Err(KeysError::OtherSuite),
        }
    }

    /// The key of a record that was sealed with this secret, in any month up to the one after `now`.
    pub(super) fn record_key(&self, record: &Record, now: SystemTime) -> Option<RecordKey> {
        let header = &record.header;
        let grants = self.0.secret.grants();
        let schema = grants.schema(header.kind, header.schema_version);
        let named = record.leaves()[0].key;
        let latest = period(now).number() + 1; // a clock may have been ahead
        let key_of = |month| schema.period(Period::new(month)).record(&header.salt);
        let mut keys = (0..=latest).rev().map(key_of);
        keys.find(|key| key.field(Place::Header(0)).id() == named)
    }
}

const KEYSTORE: &str = "keystore.age";

fn period(now: SystemTime) -> Period {
    let since = now.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    Period::at(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// Seals documents with a bank's secret.
#[derive(Debug)]
pub struct Sealer {
    secret: InstitutionSecret,
    heading: Heading,
    period: Period,
}

impl Sealer {
    pub(super) fn new(secret: InstitutionSecret, heading: Heading, now: SystemTime) -> Self {
        Self {
            secret,
            heading,
            period: period(now),
        }
    }

    /// Seals a document into a new record, under a fresh salt.
    ///
    /// # Errors
    /// When a value does not fit, or the operating system gives no randomness.
    pub fn seal(&self, fields: &CanonicalFields) -> Result<Record, ClientError> {
        let sealed = Sealed::seal(fields, &self.heading, &self.secret, self.period);
        let sealed = sealed.map_err(|error| ClientError::Sealing(error.to_string()))?;
        Ok(sealed.into_parts().0)
    }
}
