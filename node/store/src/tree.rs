//! The state's Jellyfish Merkle tree over the store, and proofs from it.

use anyhow::{Result, bail};
use jmt::storage::{HasPreimage, LeafNode, Node, NodeKey, TreeReader};
use jmt::{JellyfishMerkleTree, KeyHash, OwnedValue, Sha256Jmt, Version};
use prost_ics23::Message;
use rocksdb::{Direction, IteratorMode, ReadOptions};
use sealane_types::ids::{Height, StateRoot};
use sha2::Sha256;

use crate::columns::Column;
use crate::error::StoreError;
use crate::keys;
use crate::open::Store;

/// A state value or its absence, with the proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// The value; `None` where there is none.
    pub value: Option<Vec<u8>>,
    /// An ICS-23 `CommitmentProof`.
    pub proof: Vec<u8>,
}

/// The hash under which the tree keeps a state key.
pub(crate) fn key_hash(key: &[u8]) -> KeyHash {
    KeyHash::with::<Sha256>(key)
}

pub(crate) fn tree(store: &Store) -> Sha256Jmt<'_, Store> {
    JellyfishMerkleTree::new(store)
}

/// The tree's library passes our own errors through as `anyhow`'s.
pub(crate) fn tree_error(error: anyhow::Error) -> StoreError {
    match error.downcast::<rocksdb::Error>() {
        Ok(error) => StoreError::Database(error),
        Err(error) => StoreError::Tree(format!("{error:#}")),
    }
}

impl Store {
    /// The state's root after a height.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn root(&self, height: Height) -> Result<StateRoot, StoreError> {
        let root = tree(self).get_root_hash(height.0).map_err(tree_error)?;
        Ok(StateRoot::new(root.0))
    }

    /// A state value after a height, without proof.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn value(&self, height: Height, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.get_value_option(height.0, key_hash(key))
            .map_err(tree_error)
    }

    /// A state value after a height, or its absence, proven.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn prove(&self, height: Height, key: &[u8]) -> Result<Proven, StoreError> {
        let found = tree(self).get_with_ics23_proof(key.to_vec(), height.0);
        let (value, proof) = found.map_err(tree_error)?;
        let proof = proof.encode_to_vec();
        Ok(Proven { value, proof })
    }
}

impl TreeReader for Store {
    fn get_node_option(&self, key: &NodeKey) -> Result<Option<Node>> {
        let found = self
            .db
            .get_pinned_cf(Column::Nodes.of(&self.db), keys::node(key))?;
        Ok(found.map(|bytes| borsh::from_slice(&bytes)).transpose()?)
    }

    fn get_value_option(&self, max: Version, key: KeyHash) -> Result<Option<OwnedValue>> {
        let (first, last) = (keys::value(key, 0), keys::value(key, max));
        let mut options = ReadOptions::default();
        options.set_iterate_lower_bound(first);
        let from = IteratorMode::From(&last, Direction::Reverse);
        let mut found = self
            .db
            .iterator_cf_opt(Column::Values.of(&self.db), options, from);
        let Some(row) = found.next() else {
            return Ok(None);
        };
        match row?.1.split_first() {
            Some((0, [])) => Ok(None),
            Some((1, value)) if !value.is_empty() => Ok(Some(value.to_vec())),
            _ => bail!("a value's first byte says neither present nor absent"),
        }
    }

    fn get_rightmost_leaf(&self) -> Result<Option<(NodeKey, LeafNode)>> {
        bail!("only a tree that is being restored is asked for its rightmost leaf")
    }
}

impl HasPreimage for Store {
    fn preimage(&self, key: KeyHash) -> Result<Option<Vec<u8>>> {
        Ok(self.db.get_cf(Column::Preimages.of(&self.db), key.0)?)
    }
}
