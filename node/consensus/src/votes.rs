//! The file of votes: which block this validator signs next, written down before it signs.
//!
//! It holds one block. It is replaced whole (written beside, synced, renamed, the folder synced), so a
//! crash leaves the old one or the new one. It lies outside the data folder: data that were wiped or
//! put back to an older state are noticed by it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sealane_ledger::block_id;
use sealane_types::block::{Block, MAX_BLOCK_BYTES};
use sealane_types::encoding::{Decode, DecodeError, Encode, Reader};
use sealane_types::ids::{BlockId, Height};
use thiserror::Error;

/// Begins every file of votes; the last byte is the format's version.
const MAGIC: [u8; 8] = *b"sl-vote\x01";

/// Why the file of votes cannot be used.
#[derive(Debug, Error)]
pub enum VotesError {
    /// It cannot be read or written.
    #[error("the file of votes {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Its bytes are not what was written.
    #[error("the file of votes {} is damaged ({reason}): restore it", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        reason: String,
    },
    /// Another block of this height, or a higher one, was written down.
    #[error("a block of height {signed} may have been signed already; height {asked} is refused")]
    WouldSignTwice {
        /// The height written down.
        signed: Height,
        /// The height asked for.
        asked: Height,
    },
}

/// The block that is, or may have been, signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// Its id.
    pub id: BlockId,
    /// The block.
    pub block: Block,
}

impl Intent {
    /// The block's height.
    #[must_use]
    pub fn height(&self) -> Height {
        self.block.header.height
    }
}

/// The file of votes of one validator. One process has it at a time: the store's lock sees to that.
#[derive(Debug)]
pub struct VoteFile {
    path: PathBuf,
    last: Option<Intent>,
}

impl VoteFile {
    /// Reads the file; there is none before the first block.
    ///
    /// # Errors
    /// When it cannot be read or is damaged.
    pub fn open(path: &Path) -> Result<Self, VotesError> {
        let last = match fs::read(path) {
            Ok(bytes) => Some(read(path, &bytes)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(io_error(path, error)),
        };
        let path = path.to_path_buf();
        Ok(Self { path, last })
    }

    /// The block written down last.
    #[must_use]
    pub fn last(&self) -> Option<&Intent> {
        self.last.as_ref()
    }

    /// Writes a block down as the one to sign; durable when this returns. The same block again is fine.
    ///
    /// # Errors
    /// When another block of its height, or a higher one, is written down, or the disk fails.
    pub fn intend(&mut self, block: &Block) -> Result<BlockId, VotesError> {
        let id = block_id(&block.header);
        let asked = block.header.height;
        if let Some(last) = &self.last {
            if last.id == id && last.block == *block {
                return Ok(id);
            }
            let signed = last.height();
            if signed >= asked {
                return Err(VotesError::WouldSignTwice { signed, asked });
            }
        }
        let mut bytes = MAGIC.to_vec();
        id.encode(&mut bytes);
        block.encode(&mut bytes);
        replace(&self.path, &bytes).map_err(|error| io_error(&self.path, error))?;
        let block = block.clone();
        self.last = Some(Intent { id, block });
        Ok(id)
    }
}

fn io_error(path: &Path, source: io::Error) -> VotesError {
    let path = path.to_path_buf();
    VotesError::Io { path, source }
}

fn read(path: &Path, bytes: &[u8]) -> Result<Intent, VotesError> {
    let damaged = |reason: String| VotesError::Damaged {
        path: path.to_path_buf(),
        reason,
    };
    if bytes.len() > MAX_BLOCK_BYTES + 1024 || !bytes.starts_with(&MAGIC) {
        return Err(damaged("it does not begin as one".to_owned()));
    }
    let decode = |bytes| -> Result<Intent, DecodeError> {
        let mut reader = Reader::new(bytes);
        let id = BlockId::decode(&mut reader)?;
        let block = Block::decode(&mut reader)?;
        reader.finish().map(|()| Intent { id, block })
    };
    let intent = decode(&bytes[MAGIC.len()..]).map_err(|error| damaged(error.to_string()))?;
    let header = &intent.block.header;
    let root = sealane_ledger::chain::transactions_root(&intent.block.transactions);
    if block_id(header) != intent.id || header.transactions != root {
        return Err(damaged("the block is not the one it names".to_owned()));
    }
    Ok(intent)
}

/// Puts `bytes` in the place of the file, durably.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("new");
    let mut file = File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
pub(crate) mod tests;
