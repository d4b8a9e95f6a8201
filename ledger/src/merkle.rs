//! Binary Merkle trees over a block's transactions and receipts, shaped as RFC 6962's: the left half
//! of `n` leaves is the largest power of two below `n`. Empty trees, leaves and nodes are hashed under
//! tags of their own, so none passes for another.

use sealane_crypto::hash::hash;
use sealane_crypto::tags;
use sealane_types::encoding::{Decode, Encode};
use sealane_types::ids::{Digest, MerkleRoot};

/// Deepest tree: 2^32 leaves.
const MAX_DEPTH: usize = 32;

/// The root over leaves, each given by its bytes.
#[must_use]
pub fn root(leaves: &[Vec<u8>]) -> MerkleRoot {
    let hashes: Vec<_> = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
    MerkleRoot::new(match hashes.as_slice() {
        [] => hash(tags::MERKLE_EMPTY, &[]),
        hashes => subtree(hashes),
    })
}

fn leaf_hash(bytes: &[u8]) -> [u8; 32] {
    hash(tags::MERKLE_LEAF, &[bytes])
}

fn node_hash(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    hash(tags::MERKLE_NODE, &[left, right])
}

/// The largest power of two below `leaves`, which is at least 2.
fn split(leaves: u64) -> u64 {
    1 << (leaves - 1).ilog2()
}

fn subtree(hashes: &[[u8; 32]]) -> [u8; 32] {
    if let [leaf] = hashes {
        return *leaf;
    }
    let (left, right) = hashes.split_at(split(hashes.len() as u64) as usize);
    node_hash(&subtree(left), &subtree(right))
}

/// A proof that a leaf stands at a position of a tree.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct InclusionProof {
    /// The leaf's position, from 0.
    pub position: u32,
    /// Leaves of the tree.
    pub leaves: u32,
    /// The neighbours on the way up, the lowest first.
    #[encoding(list(MAX_DEPTH, "path of a Merkle proof"))]
    pub path: Vec<Digest>,
}

impl InclusionProof {
    /// Proves that `leaves[position]` is there; `None` when there is no such leaf.
    #[must_use]
    pub fn new(leaves: &[Vec<u8>], position: usize) -> Option<Self> {
        let mut hashes: Vec<_> = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
        if position >= leaves.len() {
            return None;
        }
        let mut path = Vec::new();
        let mut at = position;
        while hashes.len() > 1 {
            let middle = split(hashes.len() as u64) as usize;
            let right = hashes.split_off(middle);
            let other = if at < middle {
                right
            } else {
                at -= middle;
                std::mem::replace(&mut hashes, right)
            };
            path.push(Digest::new(subtree(&other)));
        }
        path.reverse();
        Some(Self {
            position: u32::try_from(position).ok()?,
            leaves: u32::try_from(leaves.len()).ok()?,
            path,
        })
    }

    /// Whether the proof shows that `leaf` stands at its position under `root`.
    #[must_use]
    pub fn holds(&self, root: &MerkleRoot, leaf: &[u8]) -> bool {
        self.climb(leaf_hash(leaf)) == Some(*root.as_bytes())
    }

    /// The root that the path leads to; `None` when it is not as long as the tree is deep there.
    fn climb(&self, leaf: [u8; 32]) -> Option<[u8; 32]> {
        if self.position >= self.leaves {
            return None;
        }
        let mut path = self.path.iter();
        let mut hash = leaf;
        for on_the_left in self.turns().into_iter().rev() {
            let other = path.next()?.as_bytes();
            hash = match on_the_left {
                true => node_hash(&hash, other),
                false => node_hash(other, &hash),
            };
        }
        path.next().is_none().then_some(hash)
    }

    /// Whether the leaf is on the left, at each node from the root down.
    fn turns(&self) -> Vec<bool> {
        let (mut at, mut leaves) = (u64::from(self.position), u64::from(self.leaves));
        let mut turns = Vec::new();
        while leaves > 1 {
            let middle = split(leaves);
            let left = at < middle;
            turns.push(left);
            if left {
                leaves = middle;
            } else {
                at -= middle;
                leaves -= middle;
            }
        }
        turns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(count: usize) -> Vec<Vec<u8>> {
        (0..count).map(|at| vec![at as u8; at % 3 + 1]).collect()
    }

    #[test]
    fn every_leaf_is_proven_at_its_own_position_alone() {
        for count in 1..20 {
            let leaves = leaves(count);
            let root = root(&leaves);
            for position in 0..count {
                let proof = InclusionProof::new(&leaves, position).expect("a leaf");
                assert!(
                    proof.holds(&root, &leaves[position]),
                    "{position} of {count}"
                );
                for other in (0..count).filter(|other| *other != position) {
                    let position = other as u32;
                    let moved = InclusionProof {
                        position,
                        ..proof.clone()
                    };
                    assert!(!moved.holds(&root, &leaves[position as usize]));
                }
            }
            assert_eq!(InclusionProof::new(&leaves, count), None);
        }
    }

    #[test]
    fn a_changed_leaf_path_or_size_is_refused() {
        let leaves = leaves(7);
        let root = root(&leaves);
        let proof = InclusionProof::new(&leaves, 4).expect("a leaf");
        assert!(!proof.holds(&root, &leaves[5]));
        let longer = [proof.path.clone(), vec![Digest::new([0; 32])]].concat();
        let shorter = proof.path[1..].to_vec();
        let mut changed = proof.path.clone();
        changed.swap(0, 1);
        for path in [longer, shorter, changed, Vec::new()] {
            let altered = InclusionProof {
                path,
                ..proof.clone()
            };
            assert!(!altered.holds(&root, &leaves[4]));
        }
        for leaves_claimed in [0, 4, 5] {
            let altered = InclusionProof {
                leaves: leaves_claimed,
                ..proof.clone()
            };
            assert!(!altered.holds(&root, &leaves[4]), "{leaves_claimed}");
        }
    }

    #[test]
    fn an_inner_node_is_no_leaf() {
        let leaves = leaves(2);
        let root = root(&leaves);
        let inside = [leaf_hash(&leaves[0]), leaf_hash(&leaves[1])].concat();
        let forged = InclusionProof {
            position: 0,
            leaves: 1,
            path: Vec::new(),
        };
        assert!(!forged.holds(&root, &inside));
        assert_ne!(super::root(&[]), super::root(&[Vec::new()]));
    }
}
