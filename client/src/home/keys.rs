//! A bank's secrets: the institution secret, the key that signs, and the one that takes its place by vote.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sealane_crypto::identity::{self, AliasOpening, IdentityError, Marks};
use sealane_crypto::keys::{InstitutionSecret, Period, Place, RecordKey};
use sealane_crypto::keystore::{
    self, Existing, InstitutionSecrets, KeyFile, KeystoreError, Passphrase, WorkFactor,
};
use sealane_crypto::random::RandomError;
use sealane_crypto::sealing::{Heading, SealError, Sealed};
use sealane_crypto::signature::SigningKey;
use sealane_documents::identifiers::alias_flags;
use sealane_types::genesis::Suite;
use sealane_types::ids::{AliasId, ChainId, FieldBytes, PublicKey, Signature};
use sealane_types::record::Record;
use sealane_types::schema::CanonicalFields;
use thiserror::Error;

use super::config::Config;
use super::unlock::Unlock;

/// Why a keystore does not open or cannot be made.
#[derive(Debug, Error)]
pub enum KeysError {
    /// The operating system gave no randomness.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// Nobody gave a passphrase.
    #[error("the keystore needs a passphrase: set SEALANE_PASSPHRASE, or type it when asked")]
    NoPassphrase,
    /// A passphrase that is guessed too soon.
    #[error(
        "a new passphrase has at least {MIN_PASSPHRASE} characters, this one {0}: take four or five words that nobody else would \
         put together. Nothing was made or changed"
    )]
    ShortPassphrase(usize),
    /// A key file opens the keystore.
    #[error("this home's keystore is opened by its key file, and has no passphrase")]
    KeyFile,
    /// Nobody could be asked for the passphrase.
    #[error(
        "the passphrase cannot be asked for: {0}; where no terminal is, set SEALANE_PASSPHRASE"
    )]
    Asking(#[from] std::io::Error),
    /// The keystore does not open, or cannot be written.
    #[error("keystore.age: {0}")]
    Keystore(#[from] KeystoreError),
    /// The key that waits was put in from another home.
    #[error("keystore-next.age is of another home than keystore.age")]
    OtherHome,
    /// The keystore is of another cipher suite than the chain.
    #[error("keystore.age: its secret is of another cipher suite than the chain's")]
    OtherSuite,
}

impl KeysError {
    /// Whether what was given does not open the keystore, or is missing: another passphrase or key file mends it.
    #[must_use]
    pub fn is_of_input(&self) -> bool {
        match self {
            Self::NoPassphrase | Self::ShortPassphrase(_) | Self::KeyFile | Self::Asking(_) => true,
            Self::Keystore(error) => error.is_of_input(),
            Self::Random(_) | Self::OtherHome | Self::OtherSuite => false,
        }
    }
}

/// A bank's secrets.
#[derive(Debug)]
pub struct Keys {
    present: InstitutionSecrets,
    /// The key that waits for its height, and whether that has come.
    next: Option<SigningKey>,
    turned: AtomicBool,
}

impl Keys {
    /// New secrets.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn generate(suite: Suite) -> Result<Self, KeysError> {
        Ok(Self::of(InstitutionSecrets::generate(suite)?, None))
    }

    fn of(present: InstitutionSecrets, next: Option<SigningKey>) -> Self {
        let turned = AtomicBool::new(false);
        Self {
            present,
            next,
            turned,
        }
    }

    /// The key that verifies this bank's signatures.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        self.signing().public()
    }

    /// The signing key's word that it is this alias' on this chain.
    #[must_use]
    pub fn possess(&self, chain: ChainId, alias: AliasId) -> Signature {
        self.signing().possess(chain, alias)
    }

    /// The commitment of an alias of this home's, its own or a customer's, to legal identifiers in their canonical
    /// form and their order.
    ///
    /// # Errors
    /// When there are more than an alias can have, or one stands twice.
    pub fn commitment(
        &self,
        alias: &AliasId,
        identifiers: &[String],
    ) -> Result<FieldBytes, IdentityError> {
        let secret = &self.present.secret;
        identity::commit(
            identifiers,
            marks(identifiers),
            &secret.identity_blinding(alias, identifiers.len()),
        )
    }

    /// What opens the commitment of an alias of this home's to legal identifiers; `None` where an alias cannot have them.
    pub(super) fn opening(&self, alias: &AliasId, identifiers: &[String]) -> Option<AliasOpening> {
        let material = self.secret().identity_blinding(alias, identifiers.len());
        AliasOpening::new(identifiers, marks(identifiers), material).ok()
    }

    pub(super) fn secret(&self) -> &InstitutionSecret {
        &self.present.secret
    }

    pub(super) fn signing(&self) -> &SigningKey {
        let turned = self.turned.load(Ordering::Relaxed);
        let next = self.next.as_ref().filter(|_| turned);
        next.unwrap_or(&self.present.signing)
    }

    /// All keys that this home may sign with, the present one first.
    pub(super) fn all(&self) -> impl Iterator<Item = &SigningKey> {
        [&self.present.signing].into_iter().chain(&self.next)
    }

    /// Whether a key waits for its height.
    pub(super) fn waits(&self) -> bool {
        self.next.is_some() && !self.turned.load(Ordering::Relaxed)
    }

    /// The chain names this key: if it is the one that waits, it takes the place of the present one, whose secret is gone
    /// from the disk then.
    pub(super) fn follow(&self, folder: &Path, named: &PublicKey) -> Result<(), KeysError> {
        let next = self.next.as_ref().filter(|_| self.waits());
        if next.is_some_and(|key| key.public() == *named) {
            keystore::replace(&folder.join(KEYSTORE), &folder.join(NEXT))?;
            self.turned.store(true, Ordering::Relaxed);
        }
        Ok(())
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
                check_passphrase(passphrase)?;
                let passphrase = Passphrase::new(passphrase.to_owned());
                keystore::Protection::Passphrase(passphrase, WorkFactor::STANDARD)
            }
        };
        Ok(keystore::save(
            &folder.join(KEYSTORE),
            &self.present,
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
        let protection = protection(folder, config, unlock)?;
        Self::open(folder, &protection, suite)
    }

    fn open(
        folder: &Path,
        protection: &keystore::Protection,
        suite: Suite,
    ) -> Result<Self, KeysError> {
        let read = |name| keystore::load(&folder.join(name), &protection.unlock());
        let present: InstitutionSecrets = read(KEYSTORE)?;
        if present.secret.suite().id() != suite {
            return Err(KeysError::OtherSuite);
        }
        let next: Option<InstitutionSecrets> = match folder.join(NEXT).exists() {
            true => Some(read(NEXT)?),
            false => None,
        };
        let known = |secrets: &InstitutionSecrets| secrets.secret.document_digest(&[]);
        if next
            .as_ref()
            .is_some_and(|next| known(next) != known(&present))
        {
            return Err(KeysError::OtherHome);
        }
        Ok(Self::of(present, next.map(|next| next.signing)))
    }

    /// Opens the keystore of a home, and sees to it that a key waits there: the one that did already, or a new one. With
    /// it stands the same institution secret: what derives from that stays. The new key is on disk before anybody hears of
    /// it.
    pub(super) fn with_next(
        folder: &Path,
        config: &Config,
        suite: Suite,
        unlock: &Unlock,
    ) -> Result<SigningKey, KeysError> {
        let protection = protection(folder, config, unlock)?;
        let keys = Self::open(folder, &protection, suite)?;
        if let Some(next) = keys.next {
            return Ok(next);
        }
        let next = InstitutionSecrets {
            secret: keys.present.secret,
            signing: SigningKey::generate()?,
        };
        let path = folder.join(NEXT);
        keystore::save(&path, &next, &protection, Existing::Refuse)?;
        Ok(next.signing)
    }

    /// Locks the keystores of a home by another passphrase, the one that waits first. One that opens with the new one already
    /// was changed by a run that was killed.
    pub(super) fn lock_anew(
        folder: &Path,
        config: &Config,
        unlock: &Unlock,
        new: &str,
    ) -> Result<(), KeysError> {
        check_passphrase(new)?;
        if config.key_file(folder).is_some() {
            return Err(KeysError::KeyFile);
        }
        let old = protection(folder, config, unlock)?;
        let new = Passphrase::new(new.to_owned());
        let new = keystore::Protection::Passphrase(new, WorkFactor::STANDARD);
        let names = [NEXT, KEYSTORE].into_iter();
        for path in names.map(|name| folder.join(name)) {
            if !path.exists() {
                continue;
            }
            let opened: Result<InstitutionSecrets, _> = keystore::load(&path, &old.unlock());
            match opened {
                Ok(secrets) => keystore::save(&path, &secrets, &new, Existing::Replace)?,
                Err(wrong) => {
                    let changed = keystore::load::<InstitutionSecrets>(&path, &new.unlock());
                    changed.map_err(|_| wrong)?;
                }
            }
        }
        Ok(())
    }

    /// The key of a record that was sealed with this secret, in any month up to the one after `now`.
    pub(super) fn record_key(&self, record: &Record, now: SystemTime) -> Option<RecordKey> {
        let header = &record.header;
        let grants = self.present.secret.grants();
        let schema = grants.schema(header.kind, header.schema_version);
        let named = record.leaves()[0].key;
        let latest = period(now).number() + 1; // a clock may have been ahead
        let key_of = |month| schema.period(Period::new(month)).record(&header.salt);
        let mut keys = (0..=latest).rev().map(key_of);
        keys.find(|key| key.field(Place::Header(0)).id() == named)
    }
}

/// Characters that a new passphrase has at least.
///
/// NIST SP 800-63B-4, 3.1.1.2 demands 15 of a password that is the only factor, and 8 beside a second one. A keystore's
/// passphrase is the only one: whoever has a copy of the file, or of a backup, guesses without the bank's noticing and without
/// a limit but scrypt's cost for each guess. As there, each character of Unicode counts as one, none is forbidden, and no kind
/// of character is demanded. White space at the ends does not count.
pub const MIN_PASSPHRASE: usize = 15;

/// That a keystore may be locked by this passphrase from now on. One that is shorter still opens the keystore that it locked.
///
/// # Errors
/// When it has fewer than [`MIN_PASSPHRASE`] characters.
pub fn check_passphrase(passphrase: &str) -> Result<(), KeysError> {
    match passphrase.trim().chars().count() {
        count if count < MIN_PASSPHRASE => Err(KeysError::ShortPassphrase(count)),
        _ => Ok(()),
    }
}

const KEYSTORE: &str = "keystore.age";
const NEXT: &str = "keystore-next.age";

/// What locks a home's keystores; a passphrase is asked for once.
fn protection(
    folder: &Path,
    config: &Config,
    unlock: &Unlock,
) -> Result<keystore::Protection, KeysError> {
    if let Some(path) = config.key_file(folder) {
        return Ok(keystore::Protection::KeyFile(KeyFile::read(&path)?));
    }
    let passphrase = unlock.passphrase(&config.name)?;
    let passphrase = Passphrase::new(passphrase.ok_or(KeysError::NoPassphrase)?);
    let factor = WorkFactor::STANDARD;
    Ok(keystore::Protection::Passphrase(passphrase, factor))
}

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
    pub fn seal(&self, fields: &CanonicalFields) -> Result<Record, SealError> {
        let sealed = Sealed::seal(fields, &self.heading, &self.secret, self.period)?;
        Ok(sealed.into_parts().0)
    }
}

/// The marks of an alias' identifiers, in its order, by the table of schemes.
#[must_use]
pub fn marks(identifiers: &[String]) -> Marks {
    let flags = alias_flags(identifiers);
    Marks::new(flags.looser, flags.primary, flags.bare).unwrap_or(Marks::NONE) // the table marks no first place, and none beyond seven
}
