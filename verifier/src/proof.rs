//! Proofs, read from bytes.

use thiserror::Error;

use crate::pairing::{First, PointFault, Second, decode_first, decode_second};

/// Bytes of a proof: A and C in G1 (48 each), B in G2 (96), compressed: A, B, C.
pub const PROOF_BYTES: usize = 192;

/// Why bytes are no proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProofError {
    /// A point is not canonical, not on its curve, or not in its subgroup.
    #[error("{0} of the proof is not a canonical point of its group")]
    Point(&'static str),
    /// A point is the identity, which no honest proof has.
    #[error("{0} of the proof is the identity")]
    Identity(&'static str),
}

/// A proof whose points are in their groups.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Proof {
    pub(crate) a: First,
    pub(crate) b: Second,
    pub(crate) c: First,
}

impl Proof {
    pub(crate) fn decode(bytes: &[u8; PROOF_BYTES]) -> Result<Self, ProofError> {
        let (a, rest) = split(bytes);
        let (b, rest) = split(rest);
        let (c, _) = split(rest);
        Ok(Self {
            a: decode_first(a).map_err(|fault| ProofError::of("A", fault))?,
            b: decode_second(b).map_err(|fault| ProofError::of("B", fault))?,
            c: decode_first(c).map_err(|fault| ProofError::of("C", fault))?,
        })
    }
}

fn split<const N: usize>(bytes: &[u8]) -> (&[u8; N], &[u8]) {
    let parts = bytes.split_first_chunk();
    parts.expect("a proof is A, B and C: 48, 96 and 48 bytes")
}

impl ProofError {
    fn of(name: &'static str, fault: PointFault) -> Self {
        match fault {
            PointFault::NoPoint => Self::Point(name),
            PointFault::Identity => Self::Identity(name),
        }
    }
}
