//! What a published check is compiled to.

use crate::encoding::{Decode, DecodeError, Encode, Reader, ensure};
use crate::ids::Digest;

use super::parts::{MAX_PASSES, PartsShape};
use super::{CheckShape, MAX_VERIFYING_KEY};

/// A circuit that is published.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Circuit {
    /// The digest of its constraints.
    pub digest: Digest,
    /// The verifying key's canonical bytes.
    #[encoding(list(MAX_VERIFYING_KEY, "verifying key"))]
    pub verifying_key: Vec<u8>,
}

/// What a check is compiled to. Where the check tells which it is, it is encoded without its number.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[repr(u8)]
#[encoding(name = "what a check is compiled to")]
pub enum Compiled {
    /// One circuit for documents of up to so many lines.
    One {
        /// The shape of its statements.
        shape: CheckShape,
        /// The circuit.
        circuit: Circuit,
    } = 0,
    /// Passes over documents of any length.
    Parts {
        /// The shape of their statements.
        shape: Box<PartsShape>,
        /// By pass, and the last proof's.
        #[encoding(read = circuits(&shape, reader))]
        circuits: Vec<Circuit>,
    } = 1,
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
}

/// A circuit for each pass, and one for the last proof.
fn circuits(shape: &PartsShape, reader: &mut Reader<'_>) -> Result<Vec<Circuit>, DecodeError> {
    let circuits: Vec<Circuit> = reader.list(MAX_PASSES + 1, "circuits")?;
    ensure(
        circuits.len() == shape.passes.len() + 1,
        "check in parts",
        "it has a circuit for each pass and one for the last proof",
    )?;
    Ok(circuits)
}
