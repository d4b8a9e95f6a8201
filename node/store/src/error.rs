//! What can go wrong with the data folder.

use std::path::PathBuf;

use sealane_types::encoding::DecodeError;
use sealane_types::ids::{ChainId, Height};
use thiserror::Error;

/// Why the store cannot do what it was asked for.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Another process has the folder open.
    #[error(
        "the data folder {} is in use by another process: stop that node first, or give this one a folder of its own",
        path.display()
    )]
    Locked {
        /// The folder.
        path: PathBuf,
    },
    /// The folder belongs to another chain.
    #[error("the data folder {} belongs to chain {found}, not to {expected}", path.display())]
    OtherChain {
        /// The folder.
        path: PathBuf,
        /// The chain it belongs to.
        found: ChainId,
        /// The chain it was opened for.
        expected: ChainId,
    },
    /// The folder was written by another version of the program.
    #[error(
        "the data folder {} has format {found}, this program reads format {expected}",
        path.display()
    )]
    OtherFormat {
        /// The folder.
        path: PathBuf,
        /// Its format.
        found: String,
        /// The format that this program reads.
        expected: u32,
    },
    /// RocksDB reports a failure: a disk that is full or failing, or bytes whose checksum is wrong.
    #[error("the data folder cannot be read or written: {0}")]
    Database(#[from] rocksdb::Error),
    /// A folder cannot be made anew.
    #[error("the data folder {}: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A part of the state is not one of the state asked for.
    #[error("a part of the state is not valid: {0}")]
    Part(String),
    /// The state's tree misses something.
    #[error("the state's tree is damaged: {0}")]
    Tree(String),
    /// What was read is no value of its type.
    #[error("the data folder is damaged: {what}: {source}")]
    Damaged {
        /// What was read.
        what: &'static str,
        /// Why it is none.
        source: DecodeError,
    },
    /// Something that must be there is not.
    #[error("the data folder is damaged: {0} is missing")]
    Missing(String),
    /// A block does not follow the last one.
    #[error("height {found} does not follow height {last}")]
    OutOfOrder {
        /// The last height.
        last: Height,
        /// The height asked for.
        found: Height,
    },
    /// A value of the state is empty, which no proof can show.
    #[error("a state value must not be empty")]
    EmptyValue,
}
