//! What a node keeps: blocks, receipts, records and the state's tree, in RocksDB.
//!
//! ```text
//! Store::open ── not begun ──▶ begin(genesis)          height 0
//!      │
//!      └─▶ prepare(height, writes) ──▶ Prepared{root} ──▶ commit(block, prepared)   one batch, synced
//! ```
//!
//! A block's whole effect is one atomic batch, synced before [`Store::commit`] returns; so the state's
//! version is always the height of the last block. Values are small: records are kept beside the tree,
//! which holds their digests. What is read is checked by RocksDB's checksums, and a read that fails is an
//! error, never an absence.

mod columns;
mod commit;
mod error;
mod keys;
mod open;
mod read;
mod snapshot;
mod tree;

pub use commit::{BlockRows, Prepared, TransactionRow};
pub use error::StoreError;
pub use open::{FORMAT, Store};
pub use read::{HeaderRow, StoredTransaction};
pub use snapshot::{Base, Restore, StatePart};
pub use tree::Proven;

#[cfg(test)]
mod tests;
