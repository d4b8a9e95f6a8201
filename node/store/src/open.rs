//! Opening the data folder.

use std::path::{Path, PathBuf};

use rocksdb::{DB, DBRecoveryMode, Options, WriteBatch, WriteOptions};
use sealane_types::ids::{ChainId, Height};

use crate::columns::Column;
use crate::error::{StoreError, is_forbidden};
use crate::keys;

/// The format that this program writes and reads.
pub const FORMAT: u32 = 1;

/// The data folder of one node, open.
#[derive(Debug)]
pub struct Store {
    pub(crate) db: DB,
    pub(crate) path: PathBuf,
}

impl Store {
    /// Opens the folder for a chain, and makes it where there is none.
    ///
    /// # Errors
    /// When another process has it open, it belongs to another chain, has another format, or is damaged:
    /// a log of writes whose end is torn off is taken up to the tear, anything else is refused.
    pub fn open(path: &Path, chain: ChainId) -> Result<Self, StoreError> {
        refuse_other_families(path)?;
        let families = Column::ALL.map(Column::descriptor);
        let db = DB::open_cf_descriptors(&options(), path, families);
        let db = db.map_err(|error| locked(path, error))?;
        let path = path.to_path_buf();
        let store = Self { db, path };
        match store.meta(keys::FORMAT)? {
            None => store.mark(chain)?,
            Some(format) => store.check(&format, chain)?,
        }
        Ok(store)
    }

    fn mark(&self, chain: ChainId) -> Result<(), StoreError> {
        let meta = Column::Meta.of(&self.db);
        let mut batch = WriteBatch::default();
        batch.put_cf(meta, keys::CHAIN, chain.as_bytes());
        batch.put_cf(meta, keys::FORMAT, FORMAT.to_le_bytes());
        self.write(batch)
    }

    fn check(&self, format: &[u8], chain: ChainId) -> Result<(), StoreError> {
        if format != FORMAT.to_le_bytes() {
            let number = <[u8; 4]>::try_from(format).map(u32::from_le_bytes);
            return Err(other_format(
                &self.path,
                number.map_or("unknown".to_owned(), |n| n.to_string()),
            ));
        }
        let found = self.meta(keys::CHAIN)?;
        let found = found.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let found = found.ok_or_else(|| StoreError::Missing("the chain's id".to_owned()))?;
        if found != *chain.as_bytes() {
            return Err(StoreError::OtherChain {
                path: self.path.clone(),
                found: ChainId::new(found),
                expected: chain,
            });
        }
        Ok(())
    }

    fn meta(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.db.get_cf(Column::Meta.of(&self.db), key)?)
    }

    /// The last block's height; `None` before [`Store::begin`].
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn height(&self) -> Result<Option<Height>, StoreError> {
        let Some(bytes) = self.meta(keys::HEIGHT)? else {
            return Ok(None);
        };
        let bytes = <[u8; 8]>::try_from(bytes);
        let bytes = bytes.map_err(|_| StoreError::Missing("the last height".to_owned()))?;
        Ok(Some(Height(u64::from_be_bytes(bytes))))
    }

    /// Writes a batch and syncs it: durable when this returns.
    pub(crate) fn write(&self, batch: WriteBatch) -> Result<(), StoreError> {
        let mut options = WriteOptions::default();
        options.set_sync(true);
        Ok(self.db.write_opt(batch, &options)?)
    }
}

fn options() -> Options {
    let mut options = Options::default();
    options.create_if_missing(true);
    options.create_missing_column_families(true);
    options.set_paranoid_checks(true);
    options.set_wal_recovery_mode(DBRecoveryMode::TolerateCorruptedTailRecords);
    options.set_max_total_wal_size(64 << 20);
    options.set_max_open_files(256);
    options.set_keep_log_file_num(3);
    options.set_max_background_jobs(2);
    options
}

fn refuse_other_families(path: &Path) -> Result<(), StoreError> {
    if !path.join("CURRENT").exists() {
        return Ok(());
    }
    let found = DB::list_cf(&Options::default(), path).map_err(|error| locked(path, error))?;
    let known =
        |name: &String| name == "default" || Column::ALL.iter().any(|column| column.name() == name);
    match found.iter().find(|name| !known(name)) {
        None => Ok(()),
        Some(name) => Err(other_format(path, format!("unknown (it has {name:?})"))),
    }
}

fn other_format(path: &Path, found: String) -> StoreError {
    StoreError::OtherFormat {
        path: path.to_path_buf(),
        found,
        expected: FORMAT,
    }
}

/// RocksDB tells a lock conflict from other failures by its words alone: the lock is held by another process, or by this one.
fn locked(path: &Path, error: rocksdb::Error) -> StoreError {
    let words = error.to_string();
    let path = path.to_path_buf();
    if words.contains("lock file") || words.contains("lock hold by current process") {
        return StoreError::Locked { path };
    }
    match is_forbidden(&words) {
        true => StoreError::Forbidden {
            path,
            reason: words,
        },
        false => StoreError::Database(error),
    }
}
