//! The bytes of hand-over files.

use std::collections::BTreeMap;

use sealane_types::encoding::{Decode, DecodeError, Encode, Reader, ensure, put_bytes, put_length};
use sealane_types::genesis::Suite;
use sealane_types::ids::{AliasId, ChainId, Digest, ReceivingKey, RecordId, Signature};
use sealane_types::schema::{HEADER_SLOTS, LINE_SLOTS, MAX_LINES};
use zeroize::Zeroizing;

use super::{Handover, HandoverError, Opened};
use crate::identity::AliasOpening;
use crate::keys::{FieldKey, Place};

const MAGIC: [u8; 4] = *b"slho";
const VERSION: u8 = 1;
/// Magic, version, chain: what everybody sees.
const HEADER: usize = 4 + 1 + 32;
/// What is encrypted is padded to a multiple of so many bytes.
const STEP: usize = 4096;
/// Most fields of a record: the largest has so many leaves.
const MAX_FIELDS: usize = HEADER_SLOTS + MAX_LINES * LINE_SLOTS + 1;
/// Longest content: fields of 35 bytes, and a few kilobytes beside them.
const MAX_CONTENT: usize = MAX_FIELDS * 35 + 2048;
/// Longest hand-over file, in bytes.
pub const MAX_HANDOVER: usize = 1 << 18;

/// The header of a file of this chain.
pub(super) fn header(chain: ChainId) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..4].copy_from_slice(&MAGIC);
    header[4] = VERSION;
    header[5..].copy_from_slice(chain.as_bytes());
    header
}

/// What the sender signs.
pub(super) fn content(handover: &Handover) -> Zeroizing<Vec<u8>> {
    let mut content = Zeroizing::new(Vec::with_capacity(MAX_CONTENT)); // it never grows, which would leave a copy
    handover.encode(&mut content);
    content
}

/// What is encrypted: content and signature, padded.
pub(super) fn plaintext(content: &[u8], signature: &Signature) -> Zeroizing<Vec<u8>> {
    let length = padded(content.len());
    let mut plaintext = Zeroizing::new(Vec::with_capacity(length));
    put_bytes(&mut plaintext, content);
    signature.encode(&mut plaintext);
    plaintext.resize(length, 0);
    plaintext
}

/// The length to which content and its signature are padded.
fn padded(content: usize) -> usize {
    (4 + content + Signature::LENGTH).next_multiple_of(STEP)
}

/// A file's header and what is encrypted.
pub(super) fn read_header(file: &[u8]) -> Result<(&[u8], &[u8]), HandoverError> {
    let what = "hand-over file";
    let longer = format!("longer than {MAX_HANDOVER} bytes");
    ensure(file.len() <= MAX_HANDOVER, what, &longer)?;
    let mut reader = Reader::new(file);
    reader.magic(MAGIC, what, "sealane grant writes hand-over files")?;
    reader.version(VERSION, what)?;
    let _ = ChainId::decode(&mut reader)?;
    Ok(file.split_at(HEADER))
}

/// What a file's plaintext says.
pub(super) fn read_plaintext(plaintext: &[u8]) -> Result<Opened, DecodeError> {
    let mut reader = Reader::new(plaintext);
    let signed = Zeroizing::new(reader.bytes(MAX_CONTENT, "content")?);
    let signature = Signature::decode(&mut reader)?;
    let rest = plaintext.len() - (4 + signed.len() + Signature::LENGTH);
    let zeros = reader.take(rest, "padding")?;
    let full = plaintext.len() == padded(signed.len()) && zeros.iter().all(|byte| *byte == 0);
    ensure(full, "padding", "not zeros up to the next step")?;
    Ok(Opened {
        handover: Handover::from_bytes(&signed)?,
        signed,
        signature,
    })
}

// by hand: the suite of the keys stands before the sealer, and the keys without it after
impl Encode for Handover {
    fn encode(&self, out: &mut Vec<u8>) {
        self.chain.encode(out);
        self.record.encode(out);
        self.digest.encode(out);
        self.sender.encode(out);
        self.receiver.encode(out);
        super::suite(self).id().encode(out);
        self.sealer.encode(out);
        encode_fields(&self.fields, out);
    }
}

impl Decode for Handover {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let chain = ChainId::decode(reader)?;
        let record = RecordId::decode(reader)?;
        let digest = Digest::decode(reader)?;
        let sender = AliasId::decode(reader)?;
        let receiver = ReceivingKey::decode(reader)?;
        let suite = Suite::decode(reader)?;
        Ok(Self {
            chain,
            record,
            digest,
            sender,
            receiver,
            sealer: AliasOpening::decode(reader)?,
            fields: decode_fields(suite, reader)?,
        })
    }
}

/// Places and keys, ascending; the keys' suite stands elsewhere.
pub fn encode_fields(fields: &BTreeMap<Place, FieldKey>, out: &mut Vec<u8>) {
    put_length(out, fields.len());
    for (place, key) in fields {
        place.encode(out);
        key.export().encode(out);
    }
}

/// Reads what [`encode_fields`] gave: at least one field, and at most those of the largest record.
///
/// # Errors
/// When the bytes are none, or the places do not ascend.
pub fn decode_fields(
    suite: Suite,
    reader: &mut Reader<'_>,
) -> Result<BTreeMap<Place, FieldKey>, DecodeError> {
    let mut fields = BTreeMap::new();
    let count = reader.length(MAX_FIELDS, "fields")?;
    for _ in 0..count {
        let place = Place::decode(reader)?;
        let key = Zeroizing::new(reader.array::<32>("field key")?);
        let last = fields.last_key_value().map(|(last, _)| *last);
        let ascend = last.is_none_or(|last| last < place);
        ensure(ascend, "fields", "their places do not ascend")?;
        fields.insert(place, FieldKey::import(suite, &key));
    }
    ensure(!fields.is_empty(), "fields", "there is none")?;
    Ok(fields)
}
