//! Published checks, what was proven of them, and fields that nobody can read.

use sealane_types::cross_check::{Compiled, MAX_BITS};
use sealane_types::encoding::{Decode, DecodeError, Encode, Reader, put_list};
use sealane_types::ids::{AliasId, BlockTime, Digest, Height};
use sealane_types::schema::{HEADER_SLOTS, LINE_SLOTS, MAX_LINES};

/// What is published of a check at its sizes. Its text stands in the proposal that published it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckEntry {
    /// The first height at which its proofs are taken.
    pub from: Height,
    /// The first height at which they are taken no longer.
    pub until: Option<Height>,
    /// The digest of its text.
    pub source: Digest,
    /// What its public inputs follow from, and its circuits.
    pub compiled: Compiled,
}

/// What stands for a check's name and version, at whatever size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckTextEntry {
    /// The digest of its text.
    pub source: Digest,
    /// Since when the check is void, so that its proofs count no more: the time of the block that wrote the change,
    /// which is the one before the change's height.
    pub void: Option<BlockTime>,
}

/// What was proven of a check over records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeEntry {
    /// Which requirements are met, in the check's order.
    pub bits: Vec<bool>,
    /// Whose transaction brought the proof.
    pub prover: AliasId,
    /// The height of its block.
    pub at: Height,
    /// How many fields of the records had been opened then.
    pub opened: u32,
}

impl OutcomeEntry {
    /// Whether all requirements are met.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.bits.iter().all(|met| *met)
    }
}

/// The places of a record's fields whose keys were published since their sealer sealed them wrongly: slot and line, as
/// ciphertexts are bound to them, ascending.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OpenedFields(pub Vec<[u8; 3]>);

impl Encode for CheckEntry {
    fn encode(&self, out: &mut Vec<u8>) {
        self.from.encode(out);
        self.until.encode(out);
        self.source.encode(out);
        let in_parts = matches!(self.compiled, Compiled::Parts { .. });
        in_parts.encode(out);
        self.compiled.encode(out);
    }
}

impl Decode for CheckEntry {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (from, until) = (Height::decode(reader)?, Option::decode(reader)?);
        let (source, in_parts) = (Digest::decode(reader)?, bool::decode(reader)?);
        Ok(Self {
            from,
            until,
            source,
            compiled: Compiled::decode_as(in_parts, reader)?,
        })
    }
}

impl Encode for CheckTextEntry {
    fn encode(&self, out: &mut Vec<u8>) {
        self.source.encode(out);
        self.void.encode(out);
    }
}

impl Decode for CheckTextEntry {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            source: Digest::decode(reader)?,
            void: Option::decode(reader)?,
        })
    }
}

impl Encode for OutcomeEntry {
    fn encode(&self, out: &mut Vec<u8>) {
        put_list(out, &self.bits);
        self.prover.encode(out);
        self.at.encode(out);
        self.opened.encode(out);
    }
}

impl Decode for OutcomeEntry {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            bits: reader.list(MAX_BITS, "bits")?,
            prover: AliasId::decode(reader)?,
            at: Height::decode(reader)?,
            opened: u32::decode(reader)?,
        })
    }
}

impl Encode for OpenedFields {
    fn encode(&self, out: &mut Vec<u8>) {
        put_list(out, &self.0);
    }
}

impl Decode for OpenedFields {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let most = HEADER_SLOTS + MAX_LINES * LINE_SLOTS + 1;
        Ok(Self(reader.list(most, "opened fields")?))
    }
}
