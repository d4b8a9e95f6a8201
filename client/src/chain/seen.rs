//! What this home has seen of the chain: the chain never goes back behind it.

use std::path::{Path, PathBuf};

use sealane_types::ids::{BlockId, Height};
use serde::{Deserialize, Serialize};

use crate::home::disk::{self, DiskError};
use crate::home::hexed::Shown;

use super::turns;
use super::{Certified, Lie, Turn};

/// The highest certified block that a home has seen, kept in `seen.json`.
#[derive(Debug)]
pub struct Seen {
    path: Option<PathBuf>,
    keeps: bool,
    highest: Option<Block>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Block {
    height: u64,
    block: Shown<BlockId>,
}

const LIMIT: u64 = 4096;
const TURNS: &str = "turns.bin";
const TURNS_LIMIT: u64 = 64 << 20;

impl Seen {
    /// Remembers nothing beyond this process.
    #[must_use]
    pub fn nothing() -> Self {
        Self {
            path: None,
            keeps: false,
            highest: None,
        }
    }

    /// Reads what the home in `folder` has seen. An unreadable file counts as nothing seen: it only
    /// ever tightens what is accepted.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn open(folder: &Path) -> Result<Self, DiskError> {
        let path = folder.join("seen.json");
        let bytes = disk::read_optional(&path, LIMIT)?;
        let highest = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Ok(Self {
            path: Some(path),
            keeps: true,
            highest,
        })
    }

    /// As [`Seen::open`], for a process that does not hold the home: nothing is written.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn beside(folder: &Path) -> Result<Self, DiskError> {
        let seen = Self::open(folder)?;
        Ok(Self {
            keeps: false,
            ..seen
        })
    }

    /// The home, where there is one.
    pub(super) fn home(&self) -> Option<&Path> {
        self.path.as_deref().and_then(Path::parent)
    }

    /// The file, where this process writes it.
    fn kept(&self) -> Option<&PathBuf> {
        self.path.as_ref().filter(|_| self.keeps)
    }

    /// Takes the node's latest header: it must not lie behind what was seen, nor differ from it.
    pub(super) fn advance(&mut self, latest: &Certified) -> Result<(), Lie> {
        let block = Block {
            height: latest.height().0,
            block: Shown(latest.id()),
        };
        if let Some(seen) = self.highest {
            if block.height < seen.height {
                return Err(Lie::WentBack {
                    found: latest.height(),
                    seen: Height(seen.height),
                });
            }
            if block.height == seen.height && block != seen {
                return Err(Lie::Fork(latest.height()));
            }
        }
        self.highest = Some(block);
        Ok(())
    }

    /// The turns that the home has followed. An unreadable file counts as none: they are asked for again.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn turns(&self) -> Result<Vec<Turn>, DiskError> {
        let Some(path) = &self.path else {
            return Ok(Vec::new());
        };
        let bytes = disk::read_optional(&path.with_file_name(TURNS), TURNS_LIMIT)?;
        let turns = bytes.and_then(|bytes| turns::from_file(&bytes).ok());
        Ok(turns.unwrap_or_default())
    }

    /// Keeps the turns that were followed.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn keep_turns(&self, turns: &[Turn]) -> Result<(), DiskError> {
        match self.kept() {
            Some(path) => disk::write_atomic(&path.with_file_name(TURNS), &turns::to_file(turns)),
            None => Ok(()),
        }
    }

    /// Brings what was seen to the disk.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn keep(&self) -> Result<(), DiskError> {
        let (Some(path), Some(highest)) = (self.kept(), &self.highest) else {
            return Ok(());
        };
        let text = serde_json::to_vec(highest).expect("a number and a text have a form");
        disk::write_atomic(path, &text)
    }
}
