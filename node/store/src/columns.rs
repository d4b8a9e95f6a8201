//! The column families: what is kept where, and as which bytes.
//!
//! | family | key | value |
//! | --- | --- | --- |
//! | `meta` | a name | `chain`: 32 bytes; `format`: u32; `height`: u64 big-endian; `base`, where the folder began with a snapshot: its height, the next header, its certificate |
//! | `headers` | height | header, then certificate, each with its length |
//! | `blocks` | height | the block's transaction ids |
//! | `transactions` | transaction id | height, index (u32), the transaction's bytes |
//! | `receipts` | height | the block's receipts, each with its length |
//! | `records` | record id | id of the transaction that sealed it |
//! | `kept` | record id | a record that came with a snapshot |
//! | `taken` | index | an entry of the log of taken fingerprints |
//! | `tasks` | a name | what this node still has to do about a final block |
//! | `nodes` | a tree node's key (borsh) | the node (borsh) |
//! | `values` | hash of a state key, version | 0, or 1 and the value |
//! | `preimages` | hash of a state key | the state key |
//!
//! Heights, versions and indices in keys are u64 big-endian, so that order of bytes is order of numbers;
//! in values, numbers are little-endian as everywhere in the canonical encoding.

use rocksdb::{ColumnFamily, ColumnFamilyDescriptor, DB, DBCompressionType, Options};

/// A column family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    Meta,
    Headers,
    Blocks,
    Transactions,
    Receipts,
    Records,
    Kept,
    Taken,
    Tasks,
    Nodes,
    Values,
    Preimages,
}

impl Column {
    /// All of them.
    pub(crate) const ALL: [Self; 12] = [
        Self::Meta,
        Self::Headers,
        Self::Blocks,
        Self::Transactions,
        Self::Receipts,
        Self::Records,
        Self::Kept,
        Self::Taken,
        Self::Tasks,
        Self::Nodes,
        Self::Values,
        Self::Preimages,
    ];

    /// The family's name on disk.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Headers => "headers",
            Self::Blocks => "blocks",
            Self::Transactions => "transactions",
            Self::Receipts => "receipts",
            Self::Records => "records",
            Self::Kept => "kept",
            Self::Taken => "taken",
            Self::Tasks => "tasks",
            Self::Nodes => "nodes",
            Self::Values => "values",
            Self::Preimages => "preimages",
        }
    }

    /// The family's handle.
    pub(crate) fn of(self, db: &DB) -> &ColumnFamily {
        let handle = db.cf_handle(self.name());
        handle.expect("every family was opened with the database")
    }

    /// How the family is opened.
    pub(crate) fn descriptor(self) -> ColumnFamilyDescriptor {
        let mut options = Options::default();
        // Ciphertexts and hashes do not compress.
        let plain = matches!(
            self,
            Self::Transactions | Self::Kept | Self::Nodes | Self::Values
        );
        options.set_compression_type(match plain {
            true => DBCompressionType::None,
            false => DBCompressionType::Lz4,
        });
        options.set_write_buffer_size(16 << 20);
        ColumnFamilyDescriptor::new(self.name(), options)
    }
}
