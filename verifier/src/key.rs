//! Verifying keys.

use ark_bls12_381::{G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use sealane_crypto::hash::hash;
use sealane_crypto::tags;
use sealane_statements::financing::PUBLIC_INPUTS;
use thiserror::Error;

/// Most public inputs of a statement: a cross-check of sixteen lists of eight documents has fewer.
pub const MAX_INPUTS: usize = 512;

/// Why bytes are no verifying key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyError {
    /// A point is not canonical, not on its curve or not in its subgroup, or the length is another.
    #[error("the bytes are not a verifying key")]
    Malformed,
    /// The key is for another number of public inputs.
    #[error("the key takes {found} public inputs, the statement has {expected}")]
    Inputs {
        /// How many the key takes.
        found: usize,
        /// How many the statement has.
        expected: usize,
    },
    /// γ is δ: a proof of one statement can be made into one of any other.
    #[error("gamma and delta of the key are one point")]
    GammaIsDelta,
    /// A point is the identity: the key would accept anything.
    #[error("a point of the key is the identity")]
    Identity,
}

/// A Groth16 verifying key; its canonical bytes are those of `ark-groth16`, compressed.
#[derive(Debug, Clone, PartialEq, Eq, CanonicalSerialize, CanonicalDeserialize)]
pub struct VerifyingKey {
    pub(crate) alpha_g1: G1Affine,
    pub(crate) beta_g2: G2Affine,
    pub(crate) gamma_g2: G2Affine,
    pub(crate) delta_g2: G2Affine,
    pub(crate) gamma_abc_g1: Vec<G1Affine>,
}

impl VerifyingKey {
    /// The financing circuit's test key. **Everybody can forge with it**: a chain accepts it only where its
    /// genesis allows test keys.
    ///
    /// # Panics
    /// Never: a test reads the embedded key.
    #[must_use]
    pub fn financing_test() -> Self {
        let text = include_str!("../../specs/vectors/financing-v2.verifying-key");
        let bytes = hex::decode(text.trim()).expect("the embedded key is hexadecimal");
        Self::decode(&bytes).expect("the embedded key is valid")
    }

    /// Reads a key of the financing circuit, each point checked.
    ///
    /// # Errors
    /// When the bytes are not exactly one key of the financing circuit's size.
    pub fn decode(bytes: &[u8]) -> Result<Self, KeyError> {
        Self::decode_for(bytes, PUBLIC_INPUTS)
    }

    /// Reads the key of a circuit with so many public inputs, each point checked.
    ///
    /// # Errors
    /// When the bytes are not exactly one key of that size.
    pub fn decode_for(bytes: &[u8], expected: usize) -> Result<Self, KeyError> {
        // counted before a point is decoded
        let found = Self::inputs_of(bytes).ok_or(KeyError::Malformed)?;
        if expected > MAX_INPUTS {
            return Err(KeyError::Malformed);
        }
        if found != expected {
            return Err(KeyError::Inputs { found, expected });
        }
        let mut rest = bytes;
        let key = Self::deserialize_compressed(&mut rest).map_err(|_| KeyError::Malformed)?;
        if !rest.is_empty() || key.encode() != bytes {
            return Err(KeyError::Malformed);
        }
        let identity = key.alpha_g1.is_zero()
            || key.gamma_abc_g1.iter().any(G1Affine::is_zero)
            || [key.beta_g2, key.gamma_g2, key.delta_g2]
                .iter()
                .any(G2Affine::is_zero);
        if identity {
            return Err(KeyError::Identity);
        }
        if key.gamma_g2 == key.delta_g2 {
            return Err(KeyError::GammaIsDelta);
        }
        Ok(key)
    }

    /// How many public inputs the key has whose bytes these are, by their number and by the count in them alone; `None` where
    /// these differ, or there are more than [`MAX_INPUTS`]. No point is decoded.
    #[must_use]
    pub fn inputs_of(bytes: &[u8]) -> Option<usize> {
        // 48 + 3·96 bytes of points, 8 of the count, then 48 for each public input and the constant
        let (head, points) = bytes.split_at_checked(344)?;
        let count = points.len() / 48;
        let said = u64::from_le_bytes(head.get(336..)?.try_into().ok()?);
        let whole = points.len() % 48 == 0 && said == count as u64;
        let inputs = count.checked_sub(1).filter(|inputs| *inputs <= MAX_INPUTS);
        inputs.filter(|_| whole)
    }

    /// The canonical bytes.
    ///
    /// # Panics
    /// Never: writing to memory does not fail.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let written = self.serialize_compressed(&mut bytes);
        written.expect("writing to memory does not fail");
        bytes
    }

    /// The identifier: the tagged BLAKE2b-256 of the canonical bytes.
    #[must_use]
    pub fn id(&self) -> [u8; 32] {
        hash(tags::VERIFYING_KEY, &[&self.encode()])
    }
}
