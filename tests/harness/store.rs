//! The search of a node's store: its tables are compressed on the disk, so that a search of its files
//! alone sees little.

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
