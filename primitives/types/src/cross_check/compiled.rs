//! What a published check is compiled to.

use crate::encoding::{Decode, DecodeError, Encode, Reader, put_bytes, put_list};
use crate::ids::Digest;

use super::parts::{MAX_PASSES, PartsShape};
use super::{CheckShape, MAX_VERIFYING_KEY, invalid};

/// A circuit that is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circuit {
    /// The digest of its constraints.
    pub digest: Digest,
    /// The verifying key's canonical bytes.
    pub verifying_key: Vec<u8>,
}

/// What a check is compiled to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compiled {
    /// One circuit for documents of up to so many lines.
    One {
        /// The shape of its statements.
        shape: CheckShape,
        /// The circuit.
        circuit: Circuit,
    },
    /// Passes over documents of any length.
    Parts {
        /// The shape of their statements.
        shape: Box<PartsShape>,
        /// By pass, and the last proof's.
        circuits: Vec<Circuit>,
    },
}

impl Compiled {
    /// Documents and requirements; of a check in parts, as the last proof knows them.
    #[must_use]
    pub fn shape(&self) -> &CheckShape {
        match self {
            Self::One { shape, .. } => shape,
            Self::Parts { shape, .. } => &shape.head,
        }
    }

    /// All circuits.
    #[must_use]
    pub fn circuits(&self) -> &[Circuit] {
        match self {
            Self::One { circuit, .. } => std::slice::from_ref(circuit),
            Self::Parts { circuits, .. } => circuits,
        }
    }

    /// Reads what [`Encode`] wrote of a check in one, or in parts.
    ///
    /// # Errors
    /// When the bytes are none, or the circuits are not as many as the passes and the last proof.
    pub fn decode_as(in_parts: bool, reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        if !in_parts {
            return Ok(Self::One {
                shape: CheckShape::decode(reader)?,
                circuit: Circuit::decode(reader)?,
            });
        }
        let shape = Box::new(PartsShape::decode(reader)?);
        let circuits: Vec<Circuit> = reader.list(MAX_PASSES + 1, "circuits")?;
        match circuits.len() == shape.passes.len() + 1 {
            true => Ok(Self::Parts { shape, circuits }),
            false => invalid(
                "check in parts",
                "it has a circuit for each pass and one for the last proof".to_owned(),
            ),
        }
    }
}

impl Encode for Circuit {
    fn encode(&self, out: &mut Vec<u8>) {
        self.digest.encode(out);
        put_bytes(out, &self.verifying_key);
    }
}

impl Decode for Circuit {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            digest: Digest::decode(reader)?,
            verifying_key: reader.bytes(MAX_VERIFYING_KEY, "verifying key")?,
        })
    }
}

impl Encode for Compiled {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::One { shape, circuit } => {
                shape.encode(out);
                circuit.encode(out);
            }
            Self::Parts { shape, circuits } => {
                shape.encode(out);
                put_list(out, circuits);
            }
        }
    }
}
