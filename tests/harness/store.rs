//! A stopped node's store: searched, as its tables are compressed on the disk, so that a search of its files alone sees
//! little; and altered, with checksums that hold, so that its node lies without knowing.

use std::path::Path;

use crate::search::Search;

impl Search {
    /// Every needle in a RocksDB's keys and values.
    ///
    /// # Panics
    /// When the store cannot be read.
    #[must_use]
    pub fn store(&self, folder: &Path) -> Searched {
        let options = rocksdb::Options::default();
        let families =
            rocksdb::DB::list_cf(&options, folder).expect("a store lists its column families");
        let store = rocksdb::DB::open_cf_for_read_only(&options, folder, &families, false);
        let store = store.expect("a stopped node's store opens");
        let mut searched = Searched::default();
        for family in &families {
            let handle = store.cf_handle(family).expect("listed above");
            for pair in store.iterator_cf(handle, rocksdb::IteratorMode::Start) {
                let (key, value) = pair.expect("a store can be read");
                searched.entries += 1;
                searched.bytes += key.len() + value.len();
                searched
                    .found
                    .extend(self.bytes(&format!("a key of {family}"), &key));
                searched
                    .found
                    .extend(self.bytes(&format!("a value of {family}"), &value));
            }
        }
        searched
    }
}

/// Changes a bit in the middle or at the end of the last row of a column family whose key begins so; once more, and it is as it
/// was.
///
/// # Panics
/// When the store cannot be changed, or has no such row.
pub fn alter(folder: &Path, family: &str, key: &[u8], at: Byte) {
    let options = rocksdb::Options::default();
    let families = rocksdb::DB::list_cf(&options, folder).expect("a store lists its families");
    let store = rocksdb::DB::open_cf(&options, folder, &families).expect("a stopped node's store");
    let handle = store.cf_handle(family).expect("a family of the store");
    let rows = store.iterator_cf(handle, rocksdb::IteratorMode::Start);
    let mut rows = rows.map(|row| row.expect("a store can be read"));
    let row = rows.by_ref().filter(|(own, _)| own.starts_with(key)).last();
    let (key, mut value) = row.expect("a row whose key begins so");
    let place = match at {
        Byte::Middle => value.len() / 2,
        Byte::Last => value.len() - 1,
    };
    value[place] ^= 1;
    store
        .put_cf(handle, key, value)
        .expect("a store can be written");
}

/// Which byte of a row is altered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Byte {
    /// The one in the middle.
    Middle,
    /// The last one.
    Last,
}

/// The key of the row of a column family that has this value.
///
/// # Panics
/// When the store cannot be read, or has none.
#[must_use]
pub fn row_with(folder: &Path, family: &str, wanted: &[u8]) -> Vec<u8> {
    let options = rocksdb::Options::default();
    let families = rocksdb::DB::list_cf(&options, folder).expect("a store lists its families");
    let store = rocksdb::DB::open_cf_for_read_only(&options, folder, &families, false);
    let store = store.expect("a stopped node's store opens");
    let handle = store.cf_handle(family).expect("a family of the store");
    let rows = store.iterator_cf(handle, rocksdb::IteratorMode::Start);
    let mut rows = rows.map(|row| row.expect("a store can be read"));
    let found = rows.find(|(_, value)| **value == *wanted);
    found.expect("a row with this value").0.to_vec()
}

/// What the search of a store came to.
#[derive(Debug, Default)]
pub struct Searched {
    /// Keys.
    pub entries: usize,
    /// Bytes of keys and values.
    pub bytes: usize,
    /// What was found.
    pub found: Vec<String>,
}
