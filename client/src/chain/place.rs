//! Places in a block: inclusion proofs as they travel.

use sealane_ledger::merkle::InclusionProof;
use sealane_types::ids::{Digest, MerkleRoot};
use sealane_wire::v1;

use super::Lie;

/// Deepest tree: a block has at most 2^13 transactions.
const MAX_DEPTH: usize = 13;

/// Reads a path as it travels.
pub(super) fn read(
    path: Option<v1::MerklePath>,
    what: &'static str,
) -> Result<InclusionProof, Lie> {
    let path = path.ok_or(Lie::Missing(what))?;
    if path.siblings.len() > MAX_DEPTH {
        return Err(Lie::NotIncluded(what));
    }
    let siblings = path.siblings.iter().map(|hash| {
        let hash: Option<[u8; 32]> = hash.as_slice().try_into().ok();
        hash.map(Digest::new)
    });
    let place = || {
        Some(InclusionProof {
            position: u32::try_from(path.index).ok()?,
            leaves: u32::try_from(path.leaves).ok()?,
            path: siblings.collect::<Option<_>>()?,
        })
    };
    place().ok_or(Lie::NotIncluded(what))
}

/// Checks that `leaf` stands at `place` in the tree with this root.
pub(super) fn check(
    place: &InclusionProof,
    leaf: &[u8],
    root: &MerkleRoot,
    what: &'static str,
) -> Result<(), Lie> {
    let holds = place.holds(root, leaf);
    holds.then_some(()).ok_or(Lie::NotIncluded(what))
}
