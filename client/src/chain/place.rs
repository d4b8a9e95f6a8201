//! Places in a block: inclusion proofs as they travel.

use sealane_ledger::merkle::InclusionProof;
use sealane_types::encoding::Decode;
use sealane_types::ids::MerkleRoot;

use super::Lie;

/// Reads a place as it travels.
pub(super) fn read(bytes: &[u8], what: &'static str) -> Result<InclusionProof, Lie> {
    InclusionProof::from_bytes(bytes).map_err(|reason| Lie::Form { what, reason })
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
