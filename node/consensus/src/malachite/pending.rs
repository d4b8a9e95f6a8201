//! Blocks that were proposed and found valid, on disk before anybody hears of it: after a crash the engine's
//! log names them by their ids alone, and may decide one.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use malachitebft_app_channel::app::types::ProposedValue;
use malachitebft_app_channel::app::types::core::{Round, Validity};
use sealane_ledger::block_id;
use sealane_types::block::{Block, MAX_BLOCK_BYTES};
use sealane_types::encoding::{Decode, Encode, Reader};
use sealane_types::ids::BlockId;

use super::codec::{decode_proposed, put_proposed};
use super::context::{At, Context};

/// What a file begins with.
const MAGIC: [u8; 8] = *b"sl-prop\x01";

/// Proposals by height, round and block.
#[derive(Debug)]
pub(super) struct Pending {
    folder: PathBuf,
    proposals: BTreeMap<(At, i64, BlockId), Proposal>,
}

#[derive(Debug, Clone)]
struct Proposal {
    value: ProposedValue<Context>,
    block: Block,
}

impl Pending {
    /// Reads the folder, which is made where there is none, and drops what is not above `committed`.
    pub(super) fn open(folder: &Path, committed: At) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let mut pending = Self {
            folder: folder.to_path_buf(),
            proposals: BTreeMap::new(),
        };
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            match read(&path)? {
                Some(found) if pending.counts(&path, &found, committed) => {
                    pending.proposals.insert(key(&found.value), found);
                }
                _ => fs::remove_file(&path)?,
            }
        }
        Ok(pending)
    }

    /// Whether a file's proposal is not decided, and had got its name: before, nobody had heard of it.
    fn counts(&self, path: &Path, found: &Proposal, committed: At) -> bool {
        found.value.height > committed && path == self.path(&key(&found.value))
    }

    /// Writes a valid proposal down; durable when this returns.
    pub(super) fn keep(&mut self, value: ProposedValue<Context>, block: Block) -> io::Result<()> {
        let key = key(&value);
        if self.proposals.contains_key(&key) {
            return Ok(());
        }
        let mut bytes = MAGIC.to_vec();
        put_proposed(&value, &mut bytes);
        block.encode(&mut bytes);
        let path = self.path(&key);
        let beside = path.with_extension("new");
        let mut file = File::create(&beside)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        fs::rename(&beside, &path)?;
        File::open(&self.folder)?.sync_all()?;
        self.proposals.insert(key, Proposal { value, block });
        Ok(())
    }

    /// The proposals of a round.
    pub(super) fn of_round(&self, height: At, round: Round) -> Vec<ProposedValue<Context>> {
        let of = |key: &&(At, i64, BlockId)| (key.0, key.1) == (height, round.as_i64());
        let keys = self.proposals.keys().filter(of);
        keys.map(|key| self.proposals[key].value.clone()).collect()
    }

    /// A block of a height.
    pub(super) fn block(&self, height: At, id: &BlockId) -> Option<&Block> {
        let mut proposals = self.proposals.iter();
        let found = proposals.find(|((at, _, block), _)| *at == height && block == id);
        found.map(|(_, proposal)| &proposal.block)
    }

    /// Forgets what is decided.
    pub(super) fn forget(&mut self, committed: At) -> io::Result<()> {
        let keys = self.proposals.keys().copied();
        let old: Vec<_> = keys.filter(|(height, ..)| *height <= committed).collect();
        for key in old {
            fs::remove_file(self.path(&key))?;
            self.proposals.remove(&key);
        }
        Ok(())
    }

    fn path(&self, (height, round, block): &(At, i64, BlockId)) -> PathBuf {
        self.folder.join(format!("{height}-{round}-{block}"))
    }
}

fn key(value: &ProposedValue<Context>) -> (At, i64, BlockId) {
    (value.height, value.round.as_i64(), value.value.0)
}

/// A whole file's proposal.
fn read(path: &Path) -> io::Result<Option<Proposal>> {
    let bytes = fs::read(path)?;
    let Some(rest) = bytes.strip_prefix(&MAGIC) else {
        return Ok(None);
    };
    if rest.len() > MAX_BLOCK_BYTES + 1024 {
        return Ok(None);
    }
    let mut reader = Reader::new(rest);
    let value = decode_proposed(&mut reader);
    let block = value.and_then(|value| Ok((value, Block::decode(&mut reader)?)));
    let Ok((value, block)) = block else {
        return Ok(None);
    };
    let whole = reader.finish().is_ok()
        && block_id(&block.header) == value.value.0
        && value.validity == Validity::Valid;
    Ok(whole.then_some(Proposal { value, block }))
}

#[cfg(test)]
mod tests;
