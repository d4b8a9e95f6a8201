//! The mark: height, round and step of the last signature of a validator, and what it said there.
//!
//! The file lies beside the data and the engine's log, not in their folders: whoever makes those anew keeps it. It is
//! looked at before each signature, and durable before the signature is made. So nothing is signed that conflicts with
//! an earlier signature or is older than the last one, whatever the engine remembers. The same may be signed again.
//!
//! A block that was precommitted stays noted for its height. An engine that has lost its log does not know that it is
//! locked on it; until it shows that it does, nothing is prevoted at this height but that block, or none
//! ([Buchman, Kwon, Milosevic, 2018](https://arxiv.org/abs/1807.04938), lines 22 and 28).
//!
//! `solo` has its own file, [`VoteFile`](crate::VoteFile), which holds the whole block too.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sealane_types::encoding::{Decode, DecodeError, Encode, Reader};
use sealane_types::ids::{BlockId, ChainId, Height};
use thiserror::Error;

use crate::votes::replace;

/// Begins every mark; the last byte is the format's version.
const MAGIC: [u8; 8] = *b"sl-mark\x01";

/// What a signature of a round is for, in the order in which they are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A proposal, or the head of its parts.
    Propose,
    /// A prevote.
    Prevote,
    /// A precommit.
    Precommit,
}

const STEPS: [Step; 3] = [Step::Propose, Step::Prevote, Step::Precommit];

/// Where in the chain's life something is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The height.
    pub height: Height,
    /// The round.
    pub round: u32,
    /// The step.
    pub step: Step,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let step = match self.step {
            Step::Propose => "proposal",
            Step::Prevote => "prevote",
            Step::Precommit => "precommit",
        };
        match self.round {
            u32::MAX => write!(f, "height {}, as the operator has set it", self.height),
            round => write!(f, "height {}, round {round}, {step}", self.height),
        }
    }
}

/// What is signed at a place: with chain, place and signer it makes up the signed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// The block, or none.
    pub block: Option<BlockId>,
    /// Of a proposal: the round in which more than two thirds prevoted it before, if any.
    pub valid: Option<u32>,
}

impl Said {
    /// What a vote says.
    #[must_use]
    pub fn vote(block: Option<BlockId>) -> Self {
        Self { block, valid: None }
    }
}

/// Why something is not signed, or the node must stop.
#[derive(Debug, Error)]
pub enum MarkError {
    /// It cannot be read or written.
    #[error("the mark of the last signature, {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Its bytes are not what was written.
    #[error(
        "the mark of the last signature, {}, is damaged or another chain's ({reason}). {}",
        path.display(), WHAT_TO_DO
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        reason: String,
    },
    /// It is older than the last signature, or says something else than was signed there.
    #[error("the last signature was at {last}; another one at {asked} is refused")]
    Refused {
        /// Asked for.
        asked: Place,
        /// The last one.
        last: Place,
    },
    /// The mark only goes up.
    #[error(
        "the mark is at height {} already, and {asked} is not above it: the mark only goes up. Nothing was changed", last.height
    )]
    Lower {
        /// The height asked for.
        asked: Height,
        /// The last signature's place.
        last: Place,
    },
    /// The engine does not know any more that it is locked.
    #[error(
        "at {asked} nothing is signed for block {block}: this validator precommitted {locked} at this height, and its \
         engine has lost the memory of it"
    )]
    Locked {
        /// Asked for.
        asked: Place,
        /// The block asked for.
        block: BlockId,
        /// The one that was precommitted.
        locked: BlockId,
    },
    /// The chain knows a signature that the mark does not.
    #[error(
        "the chain has a signature of this validator's key at {seen}, which the mark in {} does not know (it says {last}). \
         The mark is lost or older than it was, or another node runs with this key. {}", path.display(), WHAT_TO_DO
    )]
    Behind {
        /// The file.
        path: PathBuf,
        /// The signature's place.
        seen: Place,
        /// What the mark says.
        last: String,
    },
    /// The node has stopped signing.
    #[error("nothing is signed any more: the node is stopping")]
    Halted,
}

const WHAT_TO_DO: &str = "Stop every other node that has this key, and put back the newest copy of the mark. If it is \
    lost, type: sealane --home HOME validator mark HEIGHT, with the height that the others have plus 1; nothing is signed \
    up to it. See docs/operate.md, `signed`";

/// What the file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Last {
    place: Place,
    /// What was signed at each step of this height and round.
    said: [Option<Said>; 3],
    /// The block of the last precommit for one at this height, and its round.
    lock: Option<(u32, BlockId)>,
}

impl Last {
    fn new(place: Place) -> Self {
        Self {
            place,
            said: [None; 3],
            lock: None,
        }
    }

    /// What was said at a place of this height and round; none elsewhere.
    fn said_at(&self, place: Place) -> Option<Said> {
        let here = (self.place.height, self.place.round) == (place.height, place.round);
        self.said[place.step as usize].filter(|_| here)
    }

    /// As it is after a signature.
    fn after(before: Option<Self>, place: Place, said: Said) -> Self {
        let same = before.filter(|last| last.place.height == place.height);
        let mut last = Self::new(place);
        last.lock = same.and_then(|last| last.lock);
        if let Some(same) = same.filter(|last| last.place.round == place.round) {
            last.said = same.said;
        }
        last.said[place.step as usize] = Some(said);
        if let (Step::Precommit, Some(block)) = (place.step, said.block) {
            last.lock = Some((place.round, block));
        }
        last
    }
}

/// The mark of one validator.
#[derive(Debug)]
pub struct Mark {
    path: PathBuf,
    chain: ChainId,
    last: Option<Last>,
    /// Whether the engine of this process may not know the lock.
    inherited: bool,
    halted: bool,
}

impl Mark {
    /// Reads the mark; there is none before the first signature.
    ///
    /// # Errors
    /// When it cannot be read, is damaged, or another chain's.
    pub fn open(path: &Path, chain: ChainId) -> Result<Self, MarkError> {
        let last = match fs::read(path) {
            Ok(bytes) => Some(read(path, &bytes, chain)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(io_error(path, error)),
        };
        Ok(Self {
            path: path.to_path_buf(),
            chain,
            inherited: last.is_some_and(|last| last.lock.is_some()),
            last,
            halted: false,
        })
    }

    /// The last signature's place.
    #[must_use]
    pub fn last(&self) -> Option<Place> {
        self.last.map(|last| last.place)
    }

    /// The block that this validator is locked on at a height, as far as its engine may not know it.
    #[must_use]
    pub fn inherited(&self, height: Height) -> Option<BlockId> {
        let last = self.last.filter(|last| last.place.height == height)?;
        last.lock.filter(|_| self.inherited).map(|(_, block)| block)
    }

    /// Notes what is signed next; durable when this returns. The same again is fine, also from before.
    ///
    /// # Errors
    /// When it must not be signed, or the disk fails.
    pub fn sign(&mut self, asked: Place, said: Said) -> Result<(), MarkError> {
        if self.halted {
            return Err(MarkError::Halted);
        }
        let last = self.last.filter(|last| asked <= last.place);
        if last.is_some_and(|last| last.said_at(asked) == Some(said)) {
            self.knows(asked, said);
            return Ok(());
        }
        if let (Step::Prevote, Some(block)) = (asked.step, said.block)
            && let Some(locked) = self.inherited(asked.height).filter(|lock| *lock != block)
        {
            return Err(MarkError::Locked {
                asked,
                block,
                locked,
            });
        }
        if let Some(last) = last {
            let last = last.place;
            return Err(MarkError::Refused { asked, last });
        }
        self.write(Last::after(self.last, asked, said))?;
        self.knows(asked, said);
        Ok(())
    }

    /// The vote to give where the one asked for is refused: what was said last at this height, once more. Others then
    /// count this validator, and follow it into the round in which it was. Without it, validators whose engines have lost
    /// their logs could all be silent, and the height never end.
    ///
    /// Where nothing but a proposal was signed in that round, and where a lock forbids what is asked, it is a prevote for
    /// no block, which is safe after everything. None at another height, and under a mark that was set by hand.
    ///
    /// A precommit for a block is not given again while the engine does not know it: in the engine's log it would look like a
    /// lock that the engine has. With the prevotes that are given again it finds the block's majority itself.
    ///
    /// # Errors
    /// When the disk fails, or nothing is signed any more.
    pub fn instead(&mut self, asked: Place) -> Result<Option<(Place, Said)>, MarkError> {
        if self.halted {
            return Err(MarkError::Halted);
        }
        let Some((place, said)) = self.last_vote(asked) else {
            return Ok(None);
        };
        let noted = self.last.and_then(|last| last.said_at(place));
        if noted != Some(said) {
            self.sign(place, said)?;
        }
        Ok(Some((place, said)))
    }

    fn last_vote(&self, asked: Place) -> Option<(Place, Said)> {
        let last = self.last.filter(|last| last.place.height == asked.height)?;
        if last.said == [None; 3] {
            return None;
        }
        let nil = Said::vote(None);
        if asked > last.place {
            let locked = asked.step == Step::Prevote && self.inherited(asked.height).is_some();
            return locked.then_some((asked, nil));
        }
        let at = |step| Place { step, ..last.place };
        let votes = [asked.step, Step::Precommit, Step::Prevote];
        let said = votes.into_iter().find_map(|step| {
            let said = last.said[step as usize]?;
            let of_lock = step == Step::Precommit && said.block.is_some();
            let unknown = of_lock && self.inherited(asked.height).is_some();
            (step != Step::Propose && !unknown).then(|| (at(step), said))
        });
        Some(said.unwrap_or((at(Step::Prevote), nil)))
    }

    fn write(&mut self, last: Last) -> Result<(), MarkError> {
        let written = replace(&self.path, &bytes(self.chain, &last));
        if let Err(error) = written {
            self.halted = true; // what the disk has now is not known
            return Err(io_error(&self.path, error));
        }
        if self
            .last
            .is_none_or(|before| before.place.height != last.place.height)
        {
            self.inherited = false;
        }
        self.last = Some(last);
        Ok(())
    }

    /// The engine has shown, by its log or by precommitting again, that it knows what this validator precommitted.
    pub fn knows(&mut self, place: Place, said: Said) {
        let lock = self.last.and_then(|last| last.lock);
        let shown = said.block.map(|block| (place.round, block));
        let here = self.last().is_some_and(|last| last.height == place.height);
        if here && place.step == Step::Precommit && shown.is_some() && shown == lock {
            self.inherited = false;
        }
    }

    /// Compares with a signature of this validator's key that holds, wherever it came from. From an error on nothing is
    /// signed.
    ///
    /// # Errors
    /// When the mark does not know it.
    pub fn seen(&mut self, seen: Place, said: Said) -> Result<(), MarkError> {
        let known = self.last.is_some_and(|last| {
            let here = (last.place.height, last.place.round) == (seen.height, seen.round);
            // of a mark that was set by hand nothing is known at its place
            let set = last.said == [None; 3];
            seen <= last.place && (!here || set || last.said_at(seen) == Some(said))
        });
        if known {
            return Ok(());
        }
        self.halted = true;
        let last = self.last();
        Err(MarkError::Behind {
            path: self.path.clone(),
            seen,
            last: last.map_or("nothing was signed".to_owned(), |last| last.to_string()),
        })
    }

    /// Sets the mark so that nothing is signed up to this height; it never goes back. For an operator whose mark is
    /// lost; a damaged file is replaced.
    ///
    /// # Errors
    /// When the mark is at this height or above already, or the disk fails.
    pub fn set(path: &Path, chain: ChainId, height: Height) -> Result<Place, MarkError> {
        let mut mark = match Self::open(path, chain) {
            Err(MarkError::Damaged { .. }) => Self {
                path: path.to_path_buf(),
                chain,
                last: None,
                inherited: false,
                halted: false,
            },
            opened => opened?,
        };
        let asked = Place {
            height,
            round: u32::MAX,
            step: Step::Precommit,
        };
        if let Some(last) = mark.last().filter(|last| last.height >= height) {
            return Err(MarkError::Lower {
                asked: height,
                last,
            });
        }
        mark.write(Last::new(asked))?;
        Ok(asked)
    }
}

fn io_error(path: &Path, source: io::Error) -> MarkError {
    let path = path.to_path_buf();
    MarkError::Io { path, source }
}

/// The content stands twice, so that a flipped bit is noticed.
fn bytes(chain: ChainId, last: &Last) -> Vec<u8> {
    let mut content = Vec::new();
    chain.encode(&mut content);
    last.place.height.encode(&mut content);
    last.place.round.encode(&mut content);
    (last.place.step as u8).encode(&mut content);
    for said in &last.said {
        u8::from(said.is_some()).encode(&mut content);
        if let Some(said) = said {
            said.block.encode(&mut content);
            said.valid.encode(&mut content);
        }
    }
    last.lock.map(|(round, _)| round).encode(&mut content);
    last.lock.map(|(_, block)| block).encode(&mut content);
    [MAGIC.as_slice(), &content, &content].concat()
}

fn read(path: &Path, bytes: &[u8], chain: ChainId) -> Result<Last, MarkError> {
    let damaged = |reason: String| MarkError::Damaged {
        path: path.to_path_buf(),
        reason,
    };
    let rest = bytes.strip_prefix(&MAGIC);
    let rest = rest.ok_or_else(|| damaged("it does not begin as one".to_owned()))?;
    let (one, other) = rest.split_at(rest.len() / 2);
    if one != other {
        return Err(damaged("its two halves differ".to_owned()));
    }
    let mut reader = Reader::new(one);
    let found = decode(&mut reader).and_then(|found| reader.finish().map(|()| found));
    match found {
        Ok((of, last)) if of == chain => Ok(last),
        Ok((of, _)) => Err(damaged(format!("it is of chain {of}"))),
        Err(error) => Err(damaged(error.to_string())),
    }
}

fn decode(reader: &mut Reader<'_>) -> Result<(ChainId, Last), DecodeError> {
    let chain = ChainId::decode(reader)?;
    let (height, round) = (Height::decode(reader)?, u32::decode(reader)?);
    let number = u8::decode(reader)?;
    let step = STEPS.get(usize::from(number)).copied();
    let step = step.ok_or_else(|| DecodeError::Invalid {
        what: "step",
        reason: format!("{number} is none"),
    })?;
    let mut last = Last::new(Place {
        height,
        round,
        step,
    });
    for said in &mut last.said {
        if u8::decode(reader)? != 0 {
            *said = Some(Said {
                block: Decode::decode(reader)?,
                valid: Decode::decode(reader)?,
            });
        }
    }
    let round = Option::<u32>::decode(reader)?;
    last.lock = round.zip(Option::<BlockId>::decode(reader)?);
    Ok((chain, last))
}

#[cfg(test)]
mod tests;
