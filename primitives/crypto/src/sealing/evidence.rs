//! Evidence that a sealer's record does not hold what it commits to.
//!
//! A grantee cannot forge it. The sealer signed key id and ciphertext together with the leaf; the key id
//! binds one field key, and with that key everybody decrypts the same bytes and computes the same leaf. Whoever
//! shows evidence shows the field's key, and so what was sealed there.

use std::fmt;

use sealane_types::encoding::{Decode, DecodeError, Encode, Reader};
use sealane_types::fields::FieldValue;
use sealane_types::genesis::Suite;
use sealane_types::ids::{Digest, RecordId};
use sealane_types::record::{Record, RecordHeader};
use thiserror::Error;
use zeroize::Zeroizing;

use super::padding::unpad;
use super::record_digest;
use crate::commitment::field_leaf;
use crate::curve::encode_element;
use crate::keys::{FieldKey, Place};
use crate::suite::CipherSuite;
use crate::tags;

/// The version of evidence that this code writes and reads.
pub const EVIDENCE_VERSION: u8 = 1;

/// What the right key finds that should not be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Encode, Decode)]
#[repr(u8)]
#[encoding(name = "fault of a field")]
pub enum Fault {
    /// The ciphertext does not decrypt under its own key.
    #[error("the ciphertext does not decrypt under the key that it names")]
    Undecryptable = 1,
    /// What it decrypts to is no padded value.
    #[error("what it decrypts to is not a value of the place's size")]
    Malformed = 2,
    /// It decrypts to a value that the leaf does not commit to.
    #[error("the value is not the one that the leaf commits to")]
    LeafDiffers = 3,
}

/// What every ciphertext of a record is bound to, before its place.
pub(super) fn bound_to(header: &RecordHeader, suite: &CipherSuite) -> [u8; 32] {
    suite.hash(tags::SEALED_HEADER, &[&header.to_bytes()])
}

/// What the right key of a field finds there.
pub(super) fn opened(
    record: &Record,
    bound: &[u8; 32],
    place: Place,
    index: usize,
    key: &FieldKey,
) -> Result<Option<FieldValue>, Fault> {
    let RecordHeader {
        kind,
        schema_version,
        ..
    } = record.header;
    let leaf = &record.leaves()[index];
    let bound = [&bound[..], &place.bytes()].concat();
    let plaintext = key
        .suite()
        .decrypt(&key.cipher_key(), &bound, &leaf.ciphertext);
    let plaintext = plaintext.ok_or(Fault::Undecryptable)?;
    let value = unpad(kind, place, &plaintext).ok_or(Fault::Malformed)?;
    let position = place.position(kind, schema_version);
    let hash = field_leaf(&position, value.as_ref(), key.leaf_blinding());
    match encode_element(&hash) == *leaf.hash.as_bytes() {
        true => Ok(value),
        false => Err(Fault::LeafDiffers),
    }
}

/// Why evidence shows nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EvidenceError {
    /// It is about another record, or other bytes of it.
    #[error("the evidence is about another record")]
    OtherRecord,
    /// The record has no such place.
    #[error("the record has no such place")]
    NoSuchPlace,
    /// The key is not the one whose id the sealer signed.
    #[error("the key is not the one that the record names there")]
    WrongKey,
    /// The field opens to what the leaf commits to.
    #[error("the field opens to what the record commits to")]
    Sound,
}

/// Shows everybody that one field of a record is wrong.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[encoding(version(EVIDENCE_VERSION, "evidence"))]
pub struct Evidence {
    record: RecordId,
    digest: Digest,
    place: Place,
    #[encoding(put = put_key(key, out), read = key(reader))]
    key: FieldKey,
    fault: Fault,
}

impl Evidence {
    pub(super) fn new(record: &Record, place: Place, key: &FieldKey, fault: Fault) -> Self {
        Self {
            record: record.id(),
            digest: record_digest(record),
            place,
            key: key.clone(),
            fault,
        }
    }

    /// The record that it is about.
    #[must_use]
    pub fn record(&self) -> RecordId {
        self.record
    }

    /// The digest of all bytes of that record, as the ledger's state holds it.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The field.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    /// The field's key: whoever has it opens the field.
    #[must_use]
    pub fn key(&self) -> &FieldKey {
        &self.key
    }

    /// What is said to be wrong; [`Evidence::verify`] finds what is.
    #[must_use]
    pub fn fault(&self) -> Fault {
        self.fault
    }

    /// Finds what is wrong with the record. The caller has the record from its sealer's signed transaction, or
    /// has compared [`Evidence::digest`] with the ledger's.
    ///
    /// # Errors
    /// When the evidence shows nothing about this record.
    pub fn verify(&self, record: &Record) -> Result<Fault, EvidenceError> {
        if record.id() != self.record || record_digest(record) != self.digest {
            return Err(EvidenceError::OtherRecord);
        }
        let index = self.place.index(record.header.bucket);
        let index = index.ok_or(EvidenceError::NoSuchPlace)?;
        if record.leaves()[index].key != self.key.id() {
            return Err(EvidenceError::WrongKey);
        }
        let bound = bound_to(&record.header, self.key.suite());
        match opened(record, &bound, self.place, index, &self.key) {
            Ok(_) => Err(EvidenceError::Sound),
            Err(fault) => Ok(fault),
        }
    }
}

impl fmt::Debug for Evidence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (record, place, fault) = (self.record, self.place, self.fault);
        write!(formatter, "Evidence({record}, {place}: {fault})")
    }
}

fn put_key(key: &FieldKey, out: &mut Vec<u8>) {
    key.suite().id().encode(out);
    key.export().encode(out);
}

fn key(reader: &mut Reader<'_>) -> Result<FieldKey, DecodeError> {
    let suite = Suite::decode(reader)?;
    let key = Zeroizing::new(reader.array::<32>("field key")?);
    Ok(FieldKey::import(suite, &key))
}
