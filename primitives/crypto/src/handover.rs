//! Hand-over files: fields of a record for one receiver, with what lets it check them and show whose record it is.
//!
//! ```text
//! Handover ──seal──► file ──open (the receiver's secret)──► Opened ──check (what the chain has)──► Checked
//! ```
//!
//! A file is read by its receiver alone, is signed by its sender, and believed in nothing: [`Opened::check`] compares
//! all of it with the record and the aliases that the chain's state proves. `specs/handover.md` lays down the bytes.

use std::collections::BTreeMap;
use std::fmt;

use sealane_types::alias::Alias;
use sealane_types::encoding::DecodeError;
use sealane_types::genesis::Suite;
use sealane_types::ids::{AliasId, ChainId, Digest, ReceivingKey, RecordId, Signature};
use sealane_types::record::Record;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::identity::AliasOpening;
use crate::keys::{FieldKey, Place, ReceivingSecret};
use crate::sealing::{Evidence, OpenError, RecordFault, check_record, open_field, record_digest};
use crate::signature::SigningKey;
use crate::suite::{CipherSuite, SealToError};
use crate::tags;

mod card;
mod format;

pub use card::{CARD_LENGTH, Card, CardError};
pub use format::{MAX_HANDOVER, decode_fields, encode_fields};

/// Why a hand-over file gives nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HandoverError {
    /// Not a file of this version.
    #[error("it is not a hand-over file that this program reads: {0}")]
    Form(#[from] DecodeError),
    /// Made on another chain.
    #[error("it is about a record of another network")]
    OtherChain,
    /// It does not open.
    #[error("this home's key does not open it: it was made for somebody else, or was changed")]
    Closed,
    /// Its content was made for another receiver, who has encrypted it anew.
    #[error("its sender made it for somebody else")]
    OtherReceiver,
    /// The sender's signature is wrong.
    #[error(
        "it is not signed with the key that the chain names for its sender: ask for a new file"
    )]
    Signature,
    /// The sender has no say about the record.
    #[error("its sender neither sealed the record nor vouches for who did")]
    Sender,
    /// It is about other bytes than the chain's.
    #[error("it is about another record than the chain has under this id")]
    OtherRecord,
    /// The record itself is not whole.
    #[error(transparent)]
    Record(#[from] RecordFault),
    /// The alias' opening opens something else.
    #[error("its opening of the sealer's alias does not fit the alias' commitment on the chain")]
    Opening,
    /// A field key is not that of its place.
    #[error("its key for {0} is not the one that the record names there")]
    WrongKey(Place),
}

/// What is handed over.
#[derive(Clone, PartialEq, Eq)]
pub struct Handover {
    /// The chain.
    pub chain: ChainId,
    /// The record.
    pub record: RecordId,
    /// The digest of all its bytes.
    pub digest: Digest,
    /// Who hands over: the record's sealer, or the bank that vouches for it.
    pub sender: AliasId,
    /// The key of the receiver.
    pub receiver: ReceivingKey,
    /// Who the record's sealer is.
    pub sealer: AliasOpening,
    /// The fields, by place.
    pub fields: BTreeMap<Place, FieldKey>,
}

/// A file that opened: nothing of it has been compared with the chain.
pub struct Opened {
    handover: Handover,
    signed: Zeroizing<Vec<u8>>,
    signature: Signature,
}

/// What the chain's state proves of what a file is about.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The record, which has the digest that the state holds.
    pub record: &'a Record,
    /// The alias that sealed it.
    pub sealer: &'a Alias,
    /// The alias of the file's sender.
    pub sender: &'a Alias,
}

/// A file that is what it says.
#[derive(Debug)]
pub struct Checked {
    /// What it gives, every key of it right.
    pub handover: Handover,
    /// The fields that do not hold what the record commits to: their sealer's fault.
    pub evidence: Vec<Evidence>,
}

impl Handover {
    /// The file, signed with its sender's key and encrypted to its receiver.
    ///
    /// # Errors
    /// When the receiver's key is nobody's, or the operating system gives no randomness.
    pub fn seal(&self, suite: Suite, key: &SigningKey) -> Result<Vec<u8>, SealToError> {
        let suite = CipherSuite::of(suite);
        let content = format::content(self);
        let signature = key.sign(tags::SIGN_HANDOVER, &content);
        let plaintext = format::plaintext(&content, &signature);
        let header = format::header(self.chain);
        let info = info(suite, self.chain, &self.receiver);
        let sealed = suite.seal_to(&self.receiver, &info, &header, &plaintext)?;
        Ok([&header[..], &sealed].concat())
    }

    /// Opens a file with a receiver's secret.
    ///
    /// # Errors
    /// When it is none, of another chain, or made for somebody else.
    pub fn open(
        file: &[u8],
        chain: ChainId,
        secret: &ReceivingSecret,
    ) -> Result<Opened, HandoverError> {
        let (header, sealed) = format::read_header(file)?;
        if header != format::header(chain) {
            return Err(HandoverError::OtherChain);
        }
        let info = info(secret.suite(), chain, &secret.public());
        let plaintext = secret.open(&info, header, sealed);
        let opened = format::read_plaintext(&plaintext.ok_or(HandoverError::Closed)?)?;
        let handover = &opened.handover;
        let same_suite = |key: &FieldKey| key.suite().id() == secret.suite().id();
        match handover.receiver == secret.public() && handover.fields.values().all(same_suite) {
            true if handover.chain == chain => Ok(opened),
            true => Err(HandoverError::OtherChain),
            false => Err(HandoverError::OtherReceiver),
        }
    }
}

impl Opened {
    /// The record that it is about.
    #[must_use]
    pub fn record(&self) -> RecordId {
        self.handover.record
    }

    /// Who hands over, as it says itself.
    #[must_use]
    pub fn sender(&self) -> AliasId {
        self.handover.sender
    }

    /// Compares all of it with what the chain's state proves.
    ///
    /// # Errors
    /// Names the first thing that does not fit. A field that its sealer encoded wrongly is no error: it is evidence.
    pub fn check(self, known: &Known<'_>) -> Result<Checked, HandoverError> {
        let (handover, header) = (self.handover, &known.record.header);
        let key = &known.sender.key;
        let suite = self::suite(&handover);
        let signed = suite.verify(tags::SIGN_HANDOVER, key, &self.signed, &self.signature);
        if known.sender.id != handover.sender || !signed {
            return Err(HandoverError::Signature);
        }
        let vouches = known.sealer.bank == handover.sender;
        if known.sealer.id != header.sealer || !(vouches || header.sealer == handover.sender) {
            return Err(HandoverError::Sender);
        }
        let digest = record_digest(known.record);
        if known.record.id() != handover.record || digest != handover.digest {
            return Err(HandoverError::OtherRecord);
        }
        check_record(known.record)?;
        if handover.sealer.commitment() != known.sealer.commitment {
            return Err(HandoverError::Opening);
        }
        let mut evidence = Vec::new();
        for (place, key) in &handover.fields {
            match open_field(known.record, *place, key) {
                Ok(_) => {}
                Err(OpenError::Mismatch(shown)) => evidence.push(*shown),
                Err(_) => return Err(HandoverError::WrongKey(*place)),
            }
        }
        Ok(Checked { handover, evidence })
    }
}

fn suite(handover: &Handover) -> &'static CipherSuite {
    let first = handover.fields.values().next();
    first.map_or(CipherSuite::of(Suite::International), FieldKey::suite)
}

/// What the encryption is bound to beside the file's header.
fn info(suite: &CipherSuite, chain: ChainId, receiver: &ReceivingKey) -> [u8; 32] {
    suite.hash(tags::HANDOVER, &[chain.as_bytes(), receiver.as_bytes()])
}

impl fmt::Debug for Handover {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (record, fields) = (self.record, self.fields.len());
        write!(
            formatter,
            "Handover({fields} fields of {record}, keys secret)"
        )
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Opened({:?})", self.handover)
    }
}

#[cfg(test)]
mod tests;
