//! Writing blocks: what one does is one batch.

use std::collections::BTreeMap;

use jmt::storage::{NodeBatch, TreeUpdateBatch};
use rocksdb::WriteBatch;
use sealane_types::encoding::{Encode, put_bytes, put_length};
use sealane_types::ids::{Height, RecordId, StateRoot, TxId};

use crate::columns::Column;
use crate::error::StoreError;
use crate::keys;
use crate::open::Store;
use crate::tree::{key_hash, tree, tree_error};

/// The state after a block, worked out and not yet written.
#[derive(Debug, Clone)]
pub struct Prepared {
    height: Height,
    root: StateRoot,
    update: TreeUpdateBatch,
    preimages: Vec<([u8; 32], Vec<u8>)>,
}

impl Prepared {
    /// The state's root after the block.
    #[must_use]
    pub fn root(&self) -> StateRoot {
        self.root
    }

    /// The block's height.
    #[must_use]
    pub fn height(&self) -> Height {
        self.height
    }
}

/// A transaction of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransactionRow {
    /// Its id.
    pub id: TxId,
    /// Its canonical bytes.
    pub bytes: Vec<u8>,
    /// Its receipt's canonical bytes.
    pub receipt: Vec<u8>,
    /// The record that it put on the chain, if it did.
    pub sealed: Option<RecordId>,
}

/// What a block leaves beside the state.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BlockRows {
    /// The header's canonical bytes.
    pub header: Vec<u8>,
    /// The certificate's canonical bytes.
    pub certificate: Vec<u8>,
    /// In the block's order.
    pub transactions: Vec<TransactionRow>,
    /// New entries of the log of taken fingerprints, by their index.
    pub taken: Vec<(u64, Vec<u8>)>,
    /// What this node has to do about the block, or (`None`) has done.
    pub tasks: Vec<(Vec<u8>, Option<Vec<u8>>)>,
}

impl Store {
    /// Works out the state after the block at `height`, which must follow the last one (or be 0 in a new
    /// folder). Writes nothing.
    ///
    /// # Errors
    /// When the height does not follow, a value is empty, or the tree cannot be read.
    pub fn prepare(
        &self,
        height: Height,
        writes: &BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    ) -> Result<Prepared, StoreError> {
        self.check_follows(height)?;
        if writes.values().flatten().any(Vec::is_empty) {
            return Err(StoreError::EmptyValue);
        }
        let hashed = writes
            .iter()
            .map(|(key, value)| (key_hash(key), value.clone()));
        let (root, update) = tree(self)
            .put_value_set(hashed, height.0)
            .map_err(tree_error)?;
        let preimages = writes
            .iter()
            .filter(|(_, value)| value.is_some())
            .map(|(key, _)| (key_hash(key).0, key.clone()));
        Ok(Prepared {
            height,
            root: StateRoot::new(root.0),
            update,
            preimages: preimages.collect(),
        })
    }

    fn check_follows(&self, found: Height) -> Result<(), StoreError> {
        match self.height()? {
            None if found == Height(0) => Ok(()),
            Some(last) if found == last.next() => Ok(()),
            last => {
                let last = last.unwrap_or_default();
                Err(StoreError::OutOfOrder { last, found })
            }
        }
    }

    /// Writes the state at height 0 into a new folder.
    ///
    /// # Errors
    /// When the folder has begun already, or cannot be written.
    pub fn begin(&self, prepared: Prepared) -> Result<(), StoreError> {
        self.check_follows(prepared.height)?;
        let mut batch = WriteBatch::default();
        self.put_state(&mut batch, prepared)?;
        self.write(batch)
    }

    /// Makes a block and what it does durable, all or nothing.
    ///
    /// # Errors
    /// When the block does not follow the last one, or the folder cannot be written: the block is then not
    /// there, or (when the disk failed at the end) there as a whole.
    pub fn commit(&self, prepared: Prepared, rows: &BlockRows) -> Result<(), StoreError> {
        let height = prepared.height;
        self.check_follows(height)?;
        let mut batch = WriteBatch::default();
        self.put_state(&mut batch, prepared)?;
        self.put_block(&mut batch, height, rows);
        self.put_lists(&mut batch, rows);
        self.write(batch)
    }

    fn put_state(&self, batch: &mut WriteBatch, prepared: Prepared) -> Result<(), StoreError> {
        let preimages = Column::Preimages.of(&self.db);
        self.put_nodes(batch, &prepared.update.node_batch)?;
        for (hash, key) in prepared.preimages {
            batch.put_cf(preimages, hash, key);
        }
        let meta = Column::Meta.of(&self.db);
        batch.put_cf(meta, keys::HEIGHT, keys::height(prepared.height));
        Ok(())
    }

    pub(crate) fn put_nodes(
        &self,
        batch: &mut WriteBatch,
        new: &NodeBatch,
    ) -> Result<(), StoreError> {
        let (nodes, values) = (Column::Nodes.of(&self.db), Column::Values.of(&self.db));
        for (key, node) in new.nodes() {
            let bytes = borsh::to_vec(node).map_err(|error| StoreError::Tree(error.to_string()))?;
            batch.put_cf(nodes, keys::node(key), bytes);
        }
        for ((version, key), value) in new.values() {
            batch.put_cf(values, keys::value(*key, *version), value.to_row());
        }
        Ok(())
    }

    fn put_block(&self, batch: &mut WriteBatch, height: Height, rows: &BlockRows) {
        let key = keys::height(height);
        let mut header = Vec::new();
        put_bytes(&mut header, &rows.header);
        put_bytes(&mut header, &rows.certificate);
        batch.put_cf(Column::Headers.of(&self.db), key, header);
        let (mut ids, mut receipts) = (Vec::new(), Vec::new());
        put_length(&mut ids, rows.transactions.len());
        put_length(&mut receipts, rows.transactions.len());
        for (index, row) in (0_u32..).zip(&rows.transactions) {
            row.id.encode(&mut ids);
            put_bytes(&mut receipts, &row.receipt);
            let mut stored = Vec::with_capacity(16 + row.bytes.len());
            height.encode(&mut stored);
            index.encode(&mut stored);
            put_bytes(&mut stored, &row.bytes);
            let id = row.id.as_bytes();
            batch.put_cf(Column::Transactions.of(&self.db), id, stored);
            if let Some(record) = &row.sealed {
                batch.put_cf(Column::Records.of(&self.db), record.as_bytes(), id);
            }
        }
        batch.put_cf(Column::Blocks.of(&self.db), key, ids);
        batch.put_cf(Column::Receipts.of(&self.db), key, receipts);
    }

    fn put_lists(&self, batch: &mut WriteBatch, rows: &BlockRows) {
        for (index, entry) in &rows.taken {
            batch.put_cf(Column::Taken.of(&self.db), keys::number(*index), entry);
        }
        let tasks = Column::Tasks.of(&self.db);
        for (name, task) in &rows.tasks {
            match task {
                Some(task) => batch.put_cf(tasks, name, task),
                None => batch.delete_cf(tasks, name),
            }
        }
    }
}

trait ToRow {
    fn to_row(&self) -> Vec<u8>;
}

impl ToRow for Option<Vec<u8>> {
    fn to_row(&self) -> Vec<u8> {
        match self {
            None => vec![0],
            Some(value) => [&[1], value.as_slice()].concat(),
        }
    }
}
