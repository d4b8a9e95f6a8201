//! The key tree.
//!
//! ```text
//! institution secret ─┬─ InstitutionKey → SchemaKey → PeriodKey → RecordKey → FieldKey     (can be granted)
//!                     ├─ fingerprint secret → s of a presented set, fill-ups              (never granted)
//!                     ├─ ReceivingSecret: opens what others hand over                     (never granted)
//!                     └─ journal secret                                                   (never granted)
//! ```
//!
//! Each step is HKDF under a tag of its own: whoever holds a node holds everything below it and
//! learns nothing of what is above or beside it. A field key gives three things by distinct tags: the
//! cipher's key, the leaf's blinding, and the public key id. `specs/sealing.md` lays down the bytes.

use std::fmt;

use ark_bls12_381::Fr;
use sealane_types::fingerprint::SLOTS;
use sealane_types::genesis::Suite;
use sealane_types::ids::{AliasId, Digest, KeyId, ReceivingKey, Salt};
use sealane_types::schema::Kind;
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use crate::commitment::blinding_element;
use crate::curve::{Blinding, Point, encode_element};
use crate::random::{self, RandomError};
use crate::signature::SigningKey;
use crate::suite::CipherSuite;
use crate::tags;

mod period;
mod place;

pub use period::{NoPeriod, Period};
pub use place::{Place, Places};

macro_rules! key_types {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// 32 secret bytes: overwritten when dropped, compared in constant time, never shown.
        #[derive(Clone)]
        pub struct $name {
            suite: &'static CipherSuite,
            bytes: Zeroizing<[u8; 32]>,
        }

        impl $name {
            /// Takes 32 secret bytes that [`Self::export`] gave.
            #[must_use]
            pub fn import(suite: Suite, bytes: &[u8; 32]) -> Self {
                Self { suite: CipherSuite::of(suite), bytes: Zeroizing::new(*bytes) }
            }

            /// The secret bytes, for a keystore or a grant.
            #[must_use]
            pub fn export(&self) -> Zeroizing<[u8; 32]> {
                self.bytes.clone()
            }

            /// The suite that the key is of.
            #[must_use]
            pub fn suite(&self) -> &'static CipherSuite {
                self.suite
            }
        }

        impl ConstantTimeEq for $name {
            fn ct_eq(&self, other: &Self) -> Choice {
                let same_suite = (self.suite.id() as u8).ct_eq(&(other.suite.id() as u8));
                same_suite & self.bytes.ct_eq(&*other.bytes)
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.ct_eq(other).into()
            }
        }

        impl Eq for $name {}

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(concat!(stringify!($name), "(secret)"))
            }
        }
    )*};
}

key_types! {
    /// What an institution keeps, and all its keys come from.
    InstitutionSecret;
    /// The root of the grant tree: opens every record that the institution ever sealed or will seal.
    InstitutionKey;
    /// Opens the records of one kind of document and schema version.
    SchemaKey;
    /// Opens the records of one schema that were sealed in one month.
    PeriodKey;
    /// Opens one record.
    RecordKey;
    /// Opens one field of one record.
    FieldKey;
    /// Opens what others hand over to the institution.
    ReceivingSecret;
}

impl InstitutionSecret {
    /// A new secret.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn generate(suite: Suite) -> Result<Self, RandomError> {
        Ok(Self::import(suite, &*random::bytes()?))
    }

    /// The root of the grant tree.
    #[must_use]
    pub fn grants(&self) -> InstitutionKey {
        let bytes = self.suite.derive(&self.bytes, tags::KEY_GRANTS, &[]);
        InstitutionKey {
            suite: self.suite,
            bytes,
        }
    }

    /// The blinding `s` of a presented set, from everything by which one set differs from another: the record's context and
    /// root, the alias' commitment and the signed `P_i` of every slot. The same set again has the same `s`, another set another: two
    /// under one `s` would show `P − P′`. Found again after a crash, and covered by no grant.
    #[must_use]
    pub fn blinding(
        &self,
        context: &Fr,
        root: &Fr,
        alias: &Fr,
        points: &[Point; SLOTS],
    ) -> Blinding {
        let oprf = self.suite.derive::<32>(&self.bytes, tags::KEY_OPRF, &[]);
        let elements = [context, root, alias].map(encode_element);
        let points = Zeroizing::new(points.map(|point| point.encode()));
        let mut parts: Vec<&[u8]> = elements.iter().map(|element| &element[..]).collect();
        parts.extend(points.iter().map(|point| &point[..]));
        let sigma = self.suite.derive(&oprf, tags::KEY_BLINDING, &parts);
        Blinding::from_bytes(*sigma)
    }

    /// What stands in the input of the fill-up at a place of an alias that holds no identifier, for a document's number and date as
    /// their leaves have them. It does not depend on the record: what repeats the document repeats its fill-ups, so that
    /// repetition does not tell them from real fingerprints.
    #[must_use]
    pub fn fill_up(&self, alias: &AliasId, place: u8, number: &Fr, date: &Fr) -> Fr {
        let oprf = self.suite.derive::<32>(&self.bytes, tags::KEY_OPRF, &[]);
        let [number, date] = [number, date].map(encode_element);
        let parts: [&[u8]; 4] = [alias.as_bytes(), &[place], &number, &date];
        blinding_element(&self.suite.derive(&oprf, tags::KEY_FILL_UP, &parts))
    }

    /// A digest of a document that nobody can compute without the secret, by which an institution
    /// knows its own documents again without keeping them.
    #[must_use]
    pub fn document_digest(&self, document: &[u8]) -> Digest {
        let key = self.suite.derive::<32>(&self.bytes, tags::KEY_JOURNAL, &[]);
        Digest::new(self.suite.hash(tags::KEY_JOURNAL, &[&*key, document]))
    }
}

impl InstitutionSecret {
    /// The blinding of the commitment to an alias' first so many legal identifiers, found again from the alias' id. Who was
    /// handed the opening of an earlier commitment cannot try out what an amendment has added.
    #[must_use]
    pub fn identity_blinding(&self, alias: &AliasId, identifiers: usize) -> Zeroizing<[u8; 64]> {
        let count = u64::try_from(identifiers).unwrap_or(u64::MAX).to_le_bytes();
        let parts: [&[u8]; 2] = [alias.as_bytes(), &count];
        self.suite.derive(&self.bytes, tags::KEY_IDENTITY, &parts)
    }

    /// What opens the hand-over files made for the institution: no crash loses it, and no grant covers it.
    #[must_use]
    pub fn receiving(&self) -> ReceivingSecret {
        ReceivingSecret {
            suite: self.suite,
            bytes: self.suite.derive(&self.bytes, tags::KEY_RECEIVE, &[]),
        }
    }

    /// The key of a customer's alias that the institution keeps for it.
    #[must_use]
    pub fn customer_key(&self, alias: &AliasId) -> SigningKey {
        let parts: [&[u8]; 1] = [alias.as_bytes()];
        let seed = self.suite.derive(&self.bytes, tags::KEY_CUSTOMER, &parts);
        SigningKey::from_seed(&seed)
    }

    /// Encrypts a file of the institution's own: a fresh salt of 32 bytes, and the ciphertext under a key that
    /// derives from it, bound to `label`.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn encrypt_file(&self, label: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, RandomError> {
        let salt = random::bytes::<32>()?;
        let key = self.suite.derive(&self.bytes, tags::KEY_FILE, &[&*salt]);
        let ciphertext = self.suite.encrypt_once(&key, label, plaintext);
        Ok([&salt[..], &ciphertext].concat())
    }

    /// Decrypts what [`Self::encrypt_file`] gave under the same label; `None` for anything else.
    #[must_use]
    pub fn decrypt_file(&self, label: &[u8], file: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (salt, ciphertext) = file.split_at_checked(32)?;
        let key = self.suite.derive(&self.bytes, tags::KEY_FILE, &[salt]);
        self.suite.decrypt(&key, label, ciphertext)
    }
}

impl InstitutionKey {
    /// The key of a kind of document, in one version of its schema.
    #[must_use]
    pub fn schema(&self, kind: Kind, version: u16) -> SchemaKey {
        let parts: [&[u8]; 2] = [&[kind as u8], &version.to_le_bytes()];
        let bytes = self.suite.derive(&self.bytes, tags::KEY_SCHEMA, &parts);
        SchemaKey {
            suite: self.suite,
            bytes,
        }
    }
}

impl SchemaKey {
    /// The key of a month of sealing.
    #[must_use]
    pub fn period(&self, period: Period) -> PeriodKey {
        let parts: [&[u8]; 1] = [&period.number().to_le_bytes()];
        let bytes = self.suite.derive(&self.bytes, tags::KEY_PERIOD, &parts);
        PeriodKey {
            suite: self.suite,
            bytes,
        }
    }
}

impl PeriodKey {
    /// The key of the record with this salt.
    #[must_use]
    pub fn record(&self, salt: &Salt) -> RecordKey {
        let parts: [&[u8]; 1] = [salt.as_bytes()];
        let bytes = self.suite.derive(&self.bytes, tags::KEY_RECORD, &parts);
        RecordKey {
            suite: self.suite,
            bytes,
        }
    }
}

impl RecordKey {
    /// The key of a field.
    #[must_use]
    pub fn field(&self, place: Place) -> FieldKey {
        let parts: [&[u8]; 1] = [&place.bytes()];
        let bytes = self.suite.derive(&self.bytes, tags::KEY_FIELD, &parts);
        FieldKey {
            suite: self.suite,
            bytes,
        }
    }

    /// The blinding of the commitment to the record's payable amount and currency.
    #[must_use]
    pub fn amount_blinding(&self) -> Fr {
        blinding_element(&self.suite.derive(&self.bytes, tags::KEY_AMOUNT, &[]))
    }
}

impl ReceivingSecret {
    /// The key that others encrypt to.
    #[must_use]
    pub fn public(&self) -> ReceivingKey {
        self.suite.receiving_key(&self.bytes)
    }

    /// The key that signs for [`Self::public`]: the same key in another form ([`CipherSuite::receiving_key_of`]).
    pub(crate) fn signing(&self) -> SigningKey {
        SigningKey::from_seed(&self.bytes)
    }

    /// Opens what [`CipherSuite::seal_to`] gave for [`Self::public`], bound to the same bytes.
    pub(crate) fn open(
        &self,
        info: &[u8],
        bound: &[u8],
        sealed: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        self.suite.open_sealed(&self.bytes, info, bound, sealed)
    }
}

impl FieldKey {
    /// The public name: it binds the key, as two keys of one id would be a collision of the hash.
    #[must_use]
    pub fn id(&self) -> KeyId {
        KeyId::new(*self.suite.derive(&self.bytes, tags::KEY_ID, &[]))
    }

    /// The blinding of the field's leaf.
    #[must_use]
    pub fn leaf_blinding(&self) -> Fr {
        blinding_element(&self.suite.derive(&self.bytes, tags::KEY_LEAF, &[]))
    }

    /// The cipher's key, which encrypts one plaintext ever.
    pub(crate) fn cipher_key(&self) -> Zeroizing<[u8; 32]> {
        self.suite.derive(&self.bytes, tags::KEY_AEAD, &[])
    }
}

#[cfg(test)]
mod tests;
