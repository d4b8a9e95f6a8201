//! Proofs as bytes bring them, and decoded.

use ark_bls12_381::{G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use sealane_statements::financing::UncheckedStatement;
use thiserror::Error;

/// Bytes of a proof: A and C in G1 (48 each), B in G2 (96), compressed: A, B, C.
pub const PROOF_BYTES: usize = 192;

/// Why bytes are no proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProofError {
    /// A point is not canonical, not on its curve, or not in its subgroup.
    #[error("{0} of the proof is no canonical point of its group")]
    Point(&'static str),
    /// A point is the identity, which no honest proof has.
    #[error("{0} of the proof is the identity")]
    Identity(&'static str),
}

/// A financing as bytes bring it: nothing is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UncheckedFinancing {
    /// What is claimed.
    pub statement: UncheckedStatement,
    /// The proof of it.
    pub proof: [u8; PROOF_BYTES],
}

impl UncheckedFinancing {
    /// Every byte, unambiguously: what caches of verified proofs and batches' weights depend on.
    pub(crate) fn transcript(&self) -> Vec<u8> {
        let statement = &self.statement;
        let mut bytes = Vec::with_capacity(640);
        bytes.extend(statement.root);
        bytes.extend(statement.context);
        bytes.push(statement.mask);
        bytes.extend(statement.amount_commitment);
        bytes.extend(statement.commitment);
        bytes.extend((statement.blinded.len() as u64).to_le_bytes());
        statement
            .blinded
            .iter()
            .for_each(|point| bytes.extend(point));
        bytes.extend(self.proof);
        bytes
    }
}

/// A proof whose points are in their groups.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Proof {
    pub(crate) a: G1Affine,
    pub(crate) b: G2Affine,
    pub(crate) c: G1Affine,
}

impl Proof {
    pub(crate) fn decode(bytes: &[u8; PROOF_BYTES]) -> Result<Self, ProofError> {
        Ok(Self {
            a: point(&bytes[..48], "A")?,
            b: point(&bytes[48..144], "B")?,
            c: point(&bytes[144..], "C")?,
        })
    }
}

/// One point from exactly its canonical bytes; curve and subgroup are checked.
fn point<P>(bytes: &[u8], name: &'static str) -> Result<P, ProofError>
where
    P: AffineRepr + CanonicalDeserialize + CanonicalSerialize,
{
    let point = P::deserialize_compressed(bytes).map_err(|_| ProofError::Point(name))?;
    if point.is_zero() {
        return Err(ProofError::Identity(name));
    }
    let mut canonical = [0; 96];
    let written = point.serialize_compressed(&mut canonical[..bytes.len()]);
    if written.is_err() || canonical[..bytes.len()] != *bytes {
        return Err(ProofError::Point(name));
    }
    Ok(point)
}
