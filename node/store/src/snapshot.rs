//! The state as a whole: parts of it for a node that begins with it, and a folder that begins so.
//!
//! ```text
//! Store::state_part ── pairs, proof ──▶ Restore::add … ▶ Restore::state ──▶ records, taken ──▶ finish
//!  (a node that has the height)          each part is checked against the root before it is kept
//! ```
//!
//! No version of the state is ever discarded, so a node serves each height that it has, and nothing has to be
//! prepared. A folder that is not finished has no height: it is no data folder, and is begun anew.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jmt::proof::SparseMerkleRangeProof;
use jmt::restore::{JellyfishMerkleRestore, StateSnapshotReceiver};
use jmt::storage::{HasPreimage, NodeBatch, TreeWriter};
use jmt::{JellyfishMerkleIterator, KeyHash, RootHash};
use rocksdb::WriteBatch;
use sealane_types::encoding::{Decode, Encode, put_bytes};
use sealane_types::ids::{ChainId, Height, RecordId, StateRoot};
use sha2::Sha256;

use crate::columns::Column;
use crate::error::StoreError;
use crate::keys;
use crate::open::Store;
use crate::read::{HeaderRow, header_row};
use crate::tree::{key_hash, tree, tree_error};

/// Longest proof of a part in bytes: 256 siblings of 65 bytes.
const MAX_PART_PROOF: usize = 32 << 10;

/// A run of the state's keys and values, ascending by the hashes of the keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatePart {
    /// Keys and values.
    pub pairs: Vec<(Vec<u8>, Vec<u8>)>,
    /// What leads from the last pair to the root, together with all pairs up to it: the siblings on the right of its
    /// path, a `SparseMerkleRangeProof` of `jmt` in borsh.
    pub proof: Vec<u8>,
    /// Whether nothing comes after it.
    pub last: bool,
}

/// Where a folder began that did not begin with genesis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// The height after which the state was taken.
    pub height: Height,
    /// The next block's header, which names the state, and what makes it final.
    pub next: HeaderRow,
}

impl Store {
    /// The part of the state after a height that comes after the key with this hash: pairs of some `bytes` together.
    ///
    /// # Errors
    /// When the height is not here, or cannot be read.
    pub fn state_part(
        self: &Arc<Self>,
        height: Height,
        after: Option<[u8; 32]>,
        bytes: usize,
    ) -> Result<StatePart, StoreError> {
        let Some(first) = after.map_or(Some([0; 32]), successor) else {
            return Ok(StatePart {
                pairs: Vec::new(),
                proof: Vec::new(),
                last: true,
            });
        };
        let mut rows = JellyfishMerkleIterator::new(Arc::clone(self), height.0, KeyHash(first))
            .map_err(tree_error)?;
        let (mut pairs, mut size, mut end) = (Vec::new(), 0, None);
        while size < bytes {
            let Some(row) = rows.next() else { break };
            let (hash, value) = row.map_err(tree_error)?;
            let key = self.preimage(hash).map_err(tree_error)?;
            let key = key.ok_or_else(|| StoreError::Missing("a key of the state".to_owned()))?;
            size += key.len() + value.len();
            pairs.push((key, value));
            end = Some(hash);
        }
        let proof = end.map(|end| self.range_proof(end, height)).transpose()?;
        Ok(StatePart {
            pairs,
            proof: proof.unwrap_or_default(),
            last: rows.next().is_none(),
        })
    }

    fn range_proof(&self, end: KeyHash, height: Height) -> Result<Vec<u8>, StoreError> {
        let proof = tree(self).get_range_proof(end, height.0);
        borsh::to_vec(&proof.map_err(tree_error)?)
            .map_err(|error| StoreError::Tree(error.to_string()))
    }

    /// Where the folder began, unless with genesis.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn base(&self) -> Result<Option<Base>, StoreError> {
        self.row(
            Column::Meta,
            keys::BASE,
            "the snapshot's height",
            |reader| {
                Ok(Base {
                    height: Height::decode(reader)?,
                    next: header_row(reader)?,
                })
            },
        )
    }
}

/// The next hash in order; none after the last.
fn successor(mut hash: [u8; 32]) -> Option<[u8; 32]> {
    for byte in hash.iter_mut().rev() {
        let (next, carries) = byte.overflowing_add(1);
        *byte = next;
        if !carries {
            return Some(hash);
        }
    }
    None
}

impl TreeWriter for Store {
    fn write_node_batch(&self, nodes: &NodeBatch) -> anyhow::Result<()> {
        let mut batch = WriteBatch::default();
        self.put_nodes(&mut batch, nodes)?;
        Ok(self.write(batch)?)
    }
}

/// A folder that begins with the state after some height.
pub struct Restore {
    store: Arc<Store>,
    tree: Option<JellyfishMerkleRestore<Sha256>>,
    height: Height,
    root: StateRoot,
    last: Option<[u8; 32]>,
}

impl Restore {
    /// An empty folder for a chain's state after `height`, which has this root. What was begun there before is
    /// deleted.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(
        folder: &Path,
        chain: ChainId,
        height: Height,
        root: StateRoot,
    ) -> Result<Self, StoreError> {
        match std::fs::remove_dir_all(folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(unusable(folder, error));
            }
            _ => {}
        }
        let store = Arc::new(Store::open(folder, chain)?);
        let expected = RootHash(*root.as_bytes());
        let writes = Arc::clone(&store);
        let tree = JellyfishMerkleRestore::new_overwrite(writes, height.0, expected);
        Ok(Self {
            store,
            tree: Some(tree.map_err(tree_error)?),
            height,
            root,
            last: None,
        })
    }

    /// The hash of the last key so far: the next part comes after it.
    #[must_use]
    pub fn last(&self) -> Option<[u8; 32]> {
        self.last
    }

    /// Takes the next part. After an error this folder is of no use any more.
    ///
    /// # Errors
    /// When the part does not belong to the state with the root, or cannot be written.
    pub fn add(&mut self, pairs: &[(Vec<u8>, Vec<u8>)], proof: &[u8]) -> Result<(), StoreError> {
        if pairs.iter().any(|(_, value)| value.is_empty()) {
            return Err(StoreError::EmptyValue);
        }
        if pairs.is_empty() || proof.len() > MAX_PART_PROOF {
            return Err(part("it is empty, or its proof is too long"));
        }
        let proof: SparseMerkleRangeProof<Sha256> =
            borsh::from_slice(proof).map_err(|error| part(&error.to_string()))?;
        let mut preimages = WriteBatch::default();
        let mut hashed = Vec::with_capacity(pairs.len());
        for (key, value) in pairs {
            let hash = key_hash(key);
            self.last = Some(hash.0);
            preimages.put_cf(Column::Preimages.of(&self.store.db), hash.0, key);
            hashed.push((hash, value.clone()));
        }
        let tree = self
            .tree
            .as_mut()
            .ok_or_else(|| part("the state is whole"))?;
        let added = tree.add_chunk(hashed, proof);
        added.map_err(|error| part(&format!("{error:#}")))?;
        self.store.write(preimages)
    }

    /// Ends the state, which must be whole; the store gives its values from then on.
    ///
    /// # Errors
    /// When parts are missing.
    pub fn state(&mut self) -> Result<&Store, StoreError> {
        if let Some(tree) = self.tree.take() {
            tree.finish().map_err(tree_error)?;
        }
        // what was added is right, but the end may have been kept from us
        if self.store.root(self.height)? != self.root {
            return Err(part("parts of the state are missing"));
        }
        Ok(&self.store)
    }

    /// Keeps sealed records, whose digests in the state the caller has compared.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn keep_records(&self, records: &[(RecordId, Vec<u8>)]) -> Result<(), StoreError> {
        let mut batch = WriteBatch::default();
        for (id, record) in records {
            batch.put_cf(Column::Kept.of(&self.store.db), id.as_bytes(), record);
        }
        self.store.write(batch)
    }

    /// Keeps entries of the log of taken fingerprints from `first` on; the caller has compared their digest.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn keep_taken(&self, first: u64, entries: &[Vec<u8>]) -> Result<(), StoreError> {
        let mut batch = WriteBatch::default();
        for (index, entry) in (first..).zip(entries) {
            batch.put_cf(Column::Taken.of(&self.store.db), keys::number(index), entry);
        }
        self.store.write(batch)
    }

    /// Makes it a data folder: the last block's header, those at which validators handed over, what is still to do,
    /// and the height.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(
        mut self,
        base: &Base,
        headers: &[(Height, HeaderRow)],
        tasks: &[Vec<u8>],
    ) -> Result<(), StoreError> {
        self.state()?;
        let db = &self.store.db;
        let mut batch = WriteBatch::default();
        for (height, row) in headers {
            let key = keys::height(*height);
            batch.put_cf(Column::Headers.of(db), key, row_bytes(row));
        }
        for name in tasks {
            batch.put_cf(Column::Tasks.of(db), name, base.height.to_bytes());
        }
        let mut bytes = base.height.to_bytes();
        bytes.extend(row_bytes(&base.next));
        batch.put_cf(Column::Meta.of(db), keys::BASE, bytes);
        let meta = Column::Meta.of(db);
        batch.put_cf(meta, keys::HEIGHT, keys::height(base.height));
        self.store.write(batch)
    }
}

fn row_bytes(row: &HeaderRow) -> Vec<u8> {
    let mut bytes = Vec::new();
    put_bytes(&mut bytes, &row.header);
    put_bytes(&mut bytes, &row.certificate);
    bytes
}

fn part(reason: &str) -> StoreError {
    StoreError::Part(reason.to_owned())
}

fn unusable(folder: &Path, source: std::io::Error) -> StoreError {
    let path: PathBuf = folder.to_path_buf();
    StoreError::Folder { path, source }
}
