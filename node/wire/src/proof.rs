//! Proofs that the state holds a value under a key, or holds none (ICS-23 over the Jellyfish Merkle
//! tree, whose leaves and inner nodes are SHA-256 with domain separators).
//!
//! A proof is checked against the `state` root of a header that the caller has checked already.

use ics23::commitment_proof::Proof;
use ics23::{
    CommitmentProof, HashOp, HostFunctionsManager, InnerSpec, LeafOp, LengthOp, ProofSpec,
};
use prost_ics23::Message;
use sealane_types::ids::StateRoot;
use thiserror::Error;

use crate::v1::StateEntry;

/// Longest proof that is looked at, in bytes; one of 64 levels has about 6,000.
pub const MAX_PROOF: usize = 64 << 10;
/// Deepest path: the bits of a key's hash.
const MAX_DEPTH: i32 = 256;
/// Length in bytes of the domain separator before an inner node's two children.
const INNER_PREFIX: i32 = 16;
const LEAF: &[u8] = b"JMT::LeafNode";
const EMPTY: &[u8] = b"SPARSE_MERKLE_PLACEHOLDER_HASH__";

/// Why a proof shows nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProofError {
    /// The bytes are no ICS-23 proof, or above [`MAX_PROOF`].
    #[error("the bytes are not a proof of the state")]
    Malformed,
    /// Keys of the state are not empty.
    #[error("a key of the state cannot be empty")]
    EmptyKey,
    /// The entry is for another key than the one asked for.
    #[error("the proof is for another key than the one asked for")]
    OtherKey,
    /// It does not lead from key and value, or from the key's absence, to the root.
    #[error("the proof does not lead to the header's state root")]
    DoesNotHold,
}

/// The shape of the tree's proofs.
fn spec() -> ProofSpec {
    ProofSpec {
        leaf_spec: Some(LeafOp {
            hash: HashOp::Sha256.into(),
            prehash_key: HashOp::Sha256.into(),
            prehash_value: HashOp::Sha256.into(),
            length: LengthOp::NoPrefix.into(),
            prefix: LEAF.to_vec(),
        }),
        inner_spec: Some(InnerSpec {
            child_order: vec![0, 1],
            child_size: 32,
            min_prefix_length: INNER_PREFIX,
            max_prefix_length: INNER_PREFIX,
            empty_child: EMPTY.to_vec(),
            hash: HashOp::Sha256.into(),
        }),
        max_depth: MAX_DEPTH,
        min_depth: 0,
        prehash_key_before_comparison: true,
    }
}

/// Whether this is a single, uncompressed proof that the library can be given: of two neighbours' paths
/// it expects, without checking, that they part somewhere.
fn is_plain(proof: &CommitmentProof) -> bool {
    match &proof.proof {
        Some(Proof::Exist(_)) => true,
        Some(Proof::Nonexist(absence)) => match (&absence.left, &absence.right) {
            (Some(left), Some(right)) => {
                let mut steps = left.path.iter().rev().zip(right.path.iter().rev());
                steps.any(|(left, right)| left != right)
            }
            _ => true,
        },
        _ => false,
    }
}

/// Checks that the state with this root holds `value` under `key`, or nothing where it is `None`.
///
/// # Errors
/// When the proof does not show it.
pub fn verify(
    root: &StateRoot,
    key: &[u8],
    value: Option<&[u8]>,
    proof: &[u8],
) -> Result<(), ProofError> {
    if key.is_empty() {
        return Err(ProofError::EmptyKey);
    }
    if proof.len() > MAX_PROOF {
        return Err(ProofError::Malformed);
    }
    let proof = CommitmentProof::decode(proof).map_err(|_| ProofError::Malformed)?;
    if !is_plain(&proof) {
        return Err(ProofError::Malformed);
    }
    let root = root.as_bytes().to_vec();
    let holds = match value {
        Some(value) => {
            ics23::verify_membership::<HostFunctionsManager>(&proof, &spec(), &root, key, value)
        }
        None => ics23::verify_non_membership::<HostFunctionsManager>(&proof, &spec(), &root, key),
    };
    holds.then_some(()).ok_or(ProofError::DoesNotHold)
}

/// The value of `key` that an entry of the API proves; `None` where it proves the key's absence.
///
/// # Errors
/// When the entry is for another key or its proof does not hold.
pub fn value_of<'a>(
    root: &StateRoot,
    key: &[u8],
    entry: &'a StateEntry,
) -> Result<Option<&'a [u8]>, ProofError> {
    if entry.key != key {
        return Err(ProofError::OtherKey);
    }
    verify(root, key, entry.value.as_deref(), &entry.proof)?;
    Ok(entry.value.as_deref())
}
