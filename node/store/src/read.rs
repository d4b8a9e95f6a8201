//! Reading what blocks left.

use rocksdb::{Direction, IteratorMode};
use sealane_types::block::{MAX_BLOCK_BYTES, MAX_BLOCK_TRANSACTIONS};
use sealane_types::encoding::{Decode, DecodeError, Reader};
use sealane_types::ids::{Height, RecordId, TxId};

use crate::columns::Column;
use crate::error::StoreError;
use crate::keys;
use crate::open::Store;

/// A header and its certificate, as canonical bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderRow {
    /// The header.
    pub header: Vec<u8>,
    /// The certificate.
    pub certificate: Vec<u8>,
}

/// A transaction of a final block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTransaction {
    /// The block's height.
    pub height: Height,
    /// Its place in the block.
    pub index: u32,
    /// Its canonical bytes.
    pub bytes: Vec<u8>,
}

/// What a node still has to do: a name, and the bytes that say what.
pub type Task = (Vec<u8>, Vec<u8>);

/// Reads a header and its certificate.
pub(crate) fn header_row(reader: &mut Reader<'_>) -> Result<HeaderRow, DecodeError> {
    Ok(HeaderRow {
        header: reader.bytes(MAX_BLOCK_BYTES, "header")?,
        certificate: reader.bytes(MAX_BLOCK_BYTES, "certificate")?,
    })
}

impl Store {
    pub(crate) fn row<T>(
        &self,
        column: Column,
        key: &[u8],
        what: &'static str,
        read: impl FnOnce(&mut Reader<'_>) -> Result<T, DecodeError>,
    ) -> Result<Option<T>, StoreError> {
        let Some(bytes) = self.db.get_pinned_cf(column.of(&self.db), key)? else {
            return Ok(None);
        };
        let mut reader = Reader::new(&bytes);
        let value = read(&mut reader).and_then(|value| reader.finish().map(|()| value));
        let damaged = |source| StoreError::Damaged { what, source };
        value.map(Some).map_err(damaged)
    }

    /// A block's header and certificate.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn header(&self, height: Height) -> Result<Option<HeaderRow>, StoreError> {
        let key = keys::height(height);
        self.row(Column::Headers, &key, "a header", header_row)
    }

    /// The ids of a block's transactions, in order.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn transaction_ids(&self, height: Height) -> Result<Option<Vec<TxId>>, StoreError> {
        let key = keys::height(height);
        self.row(Column::Blocks, &key, "a block", |reader| {
            reader.list(MAX_BLOCK_TRANSACTIONS, "transactions")
        })
    }

    /// The receipts of a block, in order, as canonical bytes.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn receipts(&self, height: Height) -> Result<Option<Vec<Vec<u8>>>, StoreError> {
        let key = keys::height(height);
        self.row(Column::Receipts, &key, "receipts", |reader| {
            let count = reader.length(MAX_BLOCK_TRANSACTIONS, "receipts")?;
            (0..count)
                .map(|_| reader.bytes(MAX_BLOCK_BYTES, "receipt"))
                .collect()
        })
    }

    /// A transaction of a final block.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn transaction(&self, id: &TxId) -> Result<Option<StoredTransaction>, StoreError> {
        let what = "a transaction";
        self.row(Column::Transactions, id.as_bytes(), what, |reader| {
            Ok(StoredTransaction {
                height: Height::decode(reader)?,
                index: u32::decode(reader)?,
                bytes: reader.bytes(MAX_BLOCK_BYTES, "transaction")?,
            })
        })
    }

    /// The transaction that sealed a record.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn sealed_by(&self, record: &RecordId) -> Result<Option<TxId>, StoreError> {
        let what = "a record's transaction";
        self.row(Column::Records, record.as_bytes(), what, TxId::decode)
    }

    /// A record that came with the state the folder began with, as canonical bytes.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn kept_record(&self, record: &RecordId) -> Result<Option<Vec<u8>>, StoreError> {
        let column = Column::Kept.of(&self.db);
        Ok(self.db.get_cf(column, record.as_bytes())?)
    }

    /// Entries of the log of taken fingerprints from `first` on, before `end`, at most `most`.
    ///
    /// # Errors
    /// When they cannot be read, or one is missing.
    pub fn taken(&self, first: u64, end: u64, most: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        let column = Column::Taken.of(&self.db);
        let indices = (first..end).take(most);
        let read = |index| {
            let entry = self.db.get_cf(column, keys::number(index))?;
            entry.ok_or_else(|| StoreError::Missing(format!("entry {index} of the taken log")))
        };
        indices.map(read).collect()
    }

    /// All that this node still has to do about final blocks, by name.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn tasks(&self) -> Result<Vec<Task>, StoreError> {
        let all = IteratorMode::From(&[], Direction::Forward);
        let rows = self.db.iterator_cf(Column::Tasks.of(&self.db), all);
        let own = |row: Result<_, rocksdb::Error>| {
            let (name, task): (Box<[u8]>, Box<[u8]>) = row?;
            Ok((name.into_vec(), task.into_vec()))
        };
        rows.map(own).collect()
    }
}
