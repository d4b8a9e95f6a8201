//! Turns: where the validators of a chain become others. Each is shown by the last header that the earlier
//! validators sign, which names the later ones; so whoever trusts genesis comes to trust today's.

use sealane_types::encoding::{Decode, DecodeError, Encode, Reader, put_bytes, put_list};

use super::Lie;

/// Most turns that a home remembers.
const MAX_TURNS: usize = 4096;
/// Longest header or certificate, in bytes.
const MAX_PART: usize = 16 << 10;

/// What shows one turn, as canonical bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The last header of the earlier validators.
    pub header: Vec<u8>,
    /// Their certificate.
    pub certificate: Vec<u8>,
    /// The later validators, whose hash the header names.
    pub validators: Vec<u8>,
}

impl Encode for Turn {
    fn encode(&self, out: &mut Vec<u8>) {
        put_bytes(out, &self.header);
        put_bytes(out, &self.certificate);
        put_bytes(out, &self.validators);
    }
}

impl Decode for Turn {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            header: reader.bytes(MAX_PART, "header")?,
            certificate: reader.bytes(MAX_PART, "certificate")?,
            validators: reader.bytes(MAX_PART, "validators")?,
        })
    }
}

/// Turns as a home keeps them.
#[must_use]
pub fn to_file(turns: &[Turn]) -> Vec<u8> {
    let mut bytes = Vec::new();
    put_list(&mut bytes, turns);
    bytes
}

/// Reads what [`to_file`] wrote.
///
/// # Errors
/// When it is something else.
pub fn from_file(bytes: &[u8]) -> Result<Vec<Turn>, Lie> {
    let mut reader = Reader::new(bytes);
    let read = reader.list(MAX_TURNS, "turns").and_then(|turns| {
        reader.finish()?;
        Ok(turns)
    });
    read.map_err(|reason| Lie::Form {
        what: "turns",
        reason,
    })
}
