//! Reading the state, and writes that wait above it.

use std::collections::BTreeMap;

use sealane_types::encoding::{Decode, Encode};

use super::Key;

/// What a block writes: a value, or `None` where a key is removed.
pub type Writes = BTreeMap<Key, Option<Vec<u8>>>;

/// A state that can be read. Whoever keeps it (the node's store) has read errors of its own: it stops
/// at them, and never answers `None` for what it failed to read.
pub trait StateRead {
    /// The value at `key`.
    fn get(&self, key: &Key) -> Option<Vec<u8>>;
}

impl StateRead for BTreeMap<Key, Vec<u8>> {
    fn get(&self, key: &Key) -> Option<Vec<u8>> {
        BTreeMap::get(self, key).cloned()
    }
}

/// Writes above a state that is only read.
pub struct Overlay<'a> {
    below: &'a dyn StateRead,
    writes: Writes,
}

impl<'a> Overlay<'a> {
    /// Nothing written yet.
    pub fn new(below: &'a dyn StateRead) -> Self {
        let writes = Writes::new();
        Self { below, writes }
    }

    /// Writes a value.
    pub fn put(&mut self, key: Key, value: &impl Encode) {
        self.writes.insert(key, Some(value.to_bytes()));
    }

    /// All that was written.
    #[must_use]
    pub fn into_writes(self) -> Writes {
        self.writes
    }

    /// Takes another overlay's writes over.
    pub fn absorb(&mut self, writes: Writes) {
        self.writes.extend(writes);
    }
}

impl StateRead for Overlay<'_> {
    fn get(&self, key: &Key) -> Option<Vec<u8>> {
        match self.writes.get(key) {
            Some(value) => value.clone(),
            None => self.below.get(key),
        }
    }
}

/// Typed reading.
pub(crate) trait StateExt: StateRead {
    /// The value at `key`.
    fn read<T: Decode>(&self, key: &Key) -> Option<T> {
        let bytes = self.get(key)?;
        // Only the ledger writes the state, and a store checks it against the state root.
        Some(T::from_bytes(&bytes).expect("the ledger wrote this value itself"))
    }
}

impl<S: StateRead + ?Sized> StateExt for S {}
