//! The ledger's view of the store: the state after one height.

use sealane_ledger::state::{Key, StateRead};
use sealane_store::Store;
use sealane_types::encoding::Decode;
use sealane_types::ids::Height;

use crate::bridge::{Fault, fail};
use crate::fault::ChainError;

/// The state after a height. To be read on the bridge only, which catches what cannot be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) store: &'a Store,
    pub(crate) height: Height,
}

impl StateRead for View<'_> {
    fn get(&self, key: &Key) -> Option<Vec<u8>> {
        let value = self.store.value(self.height, key.as_bytes());
        value.unwrap_or_else(|error| fail(Fault::Read(error)))
    }
}

/// A value of the state after a height, decoded.
pub(crate) fn value<T: Decode>(
    store: &Store,
    height: Height,
    key: &Key,
) -> Result<Option<T>, ChainError> {
    let bytes = store.value(height, key.as_bytes())?;
    Ok(bytes.map(|bytes| T::from_bytes(&bytes)).transpose()?)
}
