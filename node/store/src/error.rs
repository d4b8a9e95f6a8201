//! What can go wrong with the data folder.

use std::path::PathBuf;

use sealane_types::encoding::DecodeError;
use sealane_types::ids::{ChainId, Height};
use thiserror::Error;

/// What to do where the folder is damaged.
const FETCH: &str = "Move `data/` and `consensus/` away and start the node: it fetches the chain from the others (where one node decides alone \
                     there are none: put a backup of `data/` and `votes` back)";

/// A failure and what to do after it. RocksDB tells failures apart by its words alone.
pub(crate) fn with_advice(words: &str) -> String {
    let advice = advice(words);
    format!("{words}. {advice}")
}

fn advice(words: &str) -> String {
    if words.contains("No space left") || words.contains("quota exceeded") {
        return "Make room on its disk and start the node again".to_owned();
    }
    if words.contains("File too large") {
        return "A limit on the size of files stops it (`ulimit -f`; LimitFSIZE of systemd): raise it and start the node again"
            .to_owned();
    }
    if words.contains("Input/output error") {
        return format!("The disk fails: replace it. {FETCH}");
    }
    if is_forbidden(words) {
        return "Its files must belong to the user that runs the node, who reads and writes them"
            .to_owned();
    }
    format!("If that comes again, the folder is damaged. {FETCH}")
}

/// Whether the system refused a file to this process.
pub(crate) fn is_forbidden(words: &str) -> bool {
    let refusals = [
        "Permission denied",
        "Operation not permitted",
        "Read-only file system",
    ];
    refusals.iter().any(|refusal| words.contains(refusal))
}

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
    /// The system does not let this process use the folder.
    #[error(
        "the data folder {} cannot be used: {reason}. Its files must belong to the user that runs the node, who reads and \
         writes them", path.display()
    )]
    Forbidden {
        /// The folder.
        path: PathBuf,
        /// What the system says, and of which file.
        reason: String,
    },
    /// The folder belongs to another chain.
    #[error(
        "the data folder {} is of chain {found}, and genesis.bin is of chain {expected}: genesis.bin is damaged or another \
         chain's (every node has the same one: take it from a backup or another node), or the folder is another chain's. \
         Delete nothing before you know which", path.display()
    )]
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
    #[error("the data folder cannot be read or written: {}", with_advice(.0.as_ref()))]
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
    #[error("the state's tree is damaged: {0}. {FETCH}")]
    Tree(String),
    /// What was read is no value of its type.
    #[error("the data folder is damaged: {what}: {source}. {FETCH}")]
    Damaged {
        /// What was read.
        what: &'static str,
        /// Why it is none.
        source: DecodeError,
    },
    /// Something that must be there is not.
    #[error("the data folder is damaged: {0} is missing. {FETCH}")]
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
