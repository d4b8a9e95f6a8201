//! The chain's events as they come: block after block, each checked whole before anything of it is told
//! (`specs/events.md`).
//!
//! ```text
//! cursor ─▶ tip (checked, fresh) ─▶ blocks (checked, none left out) ─▶ events ─▶ acknowledged ─▶ cursor
//!              ▲                      │
//!              └── after a pause ◀────┘ the connection is lost
//! ```
//!
//! A reader does not hold the home: a bank works in it meanwhile.

mod event;
mod names;

use std::collections::{BTreeSet, VecDeque};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sealane_ledger::trust::Certified;
use sealane_types::genesis::Genesis;
use sealane_types::ids::{Height, RecordId};
use sealane_wire::tls::Credentials;

use crate::chain::{Blocks, CommittedBlock, Lie, NodeClient, NodeError, Place, Seen, Trust};
use crate::error::ClientError;
use crate::home::cursor::Cursor;
use crate::home::{HomeError, read_config, read_credentials, read_genesis};
use crate::progress::{Activity, Progress};

pub use event::Event;
pub use names::Signer;

use event::is_about;
use names::Names;

/// The first pause after a lost connection; each next one is twice as long.
const PAUSE: Duration = Duration::from_millis(250);
/// The longest pause.
const LONGEST: Duration = Duration::from_secs(30);
/// How often a reader that does not follow tries again.
const TRIES: u32 = 5;
/// Blocks without events after which a cursor is kept all the same.
const QUIET: u64 = 256;

/// Which events, and from where.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventOptions {
    /// The first block, from 1; 1 where left out. A cursor that stands somewhere comes before it.
    pub from: Option<Height>,
    /// The name of the cursor that is gone on from, and kept.
    pub cursor: Option<String>,
    /// The records whose events are told; all events where there are none.
    pub records: BTreeSet<RecordId>,
    /// Whether to wait for the next blocks at the chain's end.
    pub follow: bool,
    /// How long to wait for another reader under the same cursor to end.
    pub wait: Duration,
}

/// The chain's events, in order.
#[derive(Debug)]
pub struct Events {
    node: NodeClient,
    credentials: Arc<Credentials>,
    genesis: Genesis,
    names: Names,
    cursor: Option<Cursor>,
    options: EventOptions,
    /// The next block.
    place: Place,
    /// How many of its transactions were acknowledged in an earlier run.
    done: u32,
    blocks: Option<Blocks>,
    /// The latest header when the node was last asked for it; where nothing is followed, when it was first.
    goal: Option<Certified>,
    ready: VecDeque<Event>,
    /// Events that were told and not acknowledged.
    open: u64,
    tries: u32,
}

impl Events {
    /// Opens the events of a home's chain. Nothing is asked of the node yet, and the home is not held.
    ///
    /// # Errors
    /// When there is no home, or the cursor cannot be used or is in use.
    pub fn open(folder: &Path, options: EventOptions) -> Result<Self, ClientError> {
        let (config, genesis) = (read_config(folder)?, read_genesis(folder)?);
        if sealane_ledger::chain_id(&genesis).to_string() != config.chain {
            let (path, what) = (
                folder.to_owned(),
                "genesis.bin is of another chain than home.toml",
            );
            return Err(HomeError::Mixed { path, what }.into());
        }
        let credentials = read_credentials(folder)?;
        let (trust, seen) = (Trust::in_genesis(&genesis), Seen::beside(folder)?);
        let node = NodeClient::new(&config.node(), &credentials, trust, seen)?;
        let open = |name: &String| Cursor::open(folder, name, &options.records, options.wait);
        let cursor = options.cursor.as_ref().map(open).transpose()?;
        let begin = || (Place::at(options.from.unwrap_or(Height(1))), 0);
        let (place, done) = cursor
            .as_ref()
            .and_then(Cursor::standing)
            .unwrap_or_else(begin);
        Ok(Self {
            names: Names::of(&genesis),
            node,
            credentials,
            genesis,
            cursor,
            options,
            place,
            done,
            blocks: None,
            goal: None,
            ready: VecDeque::new(),
            open: 0,
            tries: 0,
        })
    }

    /// How the chain began.
    #[must_use]
    pub fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// The height of the next block to be read.
    #[must_use]
    pub fn next_height(&self) -> Height {
        self.place.height
    }

    /// The next event; `None` at the chain's end, where nothing is followed. A lost connection is made again, with
    /// growing pauses, which `progress` hears of.
    ///
    /// # Errors
    /// When the node lies, does not have the blocks, or, where nothing is followed, cannot be reached.
    pub async fn next(&mut self, progress: &dyn Progress) -> Result<Option<Event>, ClientError> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                self.open += 1;
                return Ok(Some(event));
            }
            match self.advance().await {
                Ok(true) => self.tries = 0,
                Ok(false) => {
                    self.keep_cursor(0)?;
                    return Ok(None);
                }
                Err(error) => self.pause(error, progress).await?,
            }
        }
    }

    /// Keeps in the home that an event, and all before it, are done with: a later run with this cursor goes on
    /// after it. Without a cursor nothing is kept.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn acknowledge(&mut self, event: &Event) -> Result<(), ClientError> {
        self.open = self.open.saturating_sub(1);
        if let Some(cursor) = &mut self.cursor {
            cursor.keep(event.place, event.position.saturating_add(1))?;
        }
        Ok(())
    }

    /// Reads one more block; `false` at the end.
    async fn advance(&mut self) -> Result<bool, ClientError> {
        if self.blocks.is_none() {
            self.connect().await?;
        }
        if self.is_at_end() {
            return Ok(false);
        }
        let mut blocks = match self.blocks.take() {
            Some(blocks) => blocks,
            None => self.node.blocks(self.place).await?,
        };
        let block = blocks.next(&self.node).await?;
        self.check_fork(&block)?;
        let events = self.events_of(&block).await?;
        self.keep_cursor(QUIET)?;
        self.place = block.after();
        self.done = 0;
        self.ready.extend(events);
        self.blocks = Some(blocks);
        Ok(true)
    }

    /// Asks for the latest header: where the chain ends, and that the node follows it.
    async fn connect(&mut self) -> Result<(), ClientError> {
        self.credentials.refresh().map_err(HomeError::from)?;
        let tip = self.node.tip().await?;
        if self.place.before.is_some() && tip.height() < self.place.height {
            let (found, seen) = (tip.height(), self.place.height);
            return Err(self.node.lies(Lie::WentBack { found, seen }).into());
        }
        if self.options.follow || self.goal.is_none() {
            self.goal = Some(tip);
        }
        Ok(())
    }

    /// The last block's receipts are not final: it is told once they are.
    fn is_at_end(&self) -> bool {
        let ends = |goal: &Certified| self.place.height >= goal.height();
        !self.options.follow && self.goal.as_ref().is_some_and(ends)
    }

    /// Two certified headers of one height are a fork.
    fn check_fork(&self, block: &CommittedBlock) -> Result<(), NodeError> {
        let next = block.next();
        let same = |goal: &Certified| goal.height() == next.height() && goal.id() != next.id();
        match self.goal.as_ref().is_some_and(same) {
            true => Err(self.node.lies(Lie::Fork(next.height()))),
            false => Ok(()),
        }
    }

    /// A block's events that are asked for and not done with.
    async fn events_of(&mut self, block: &CommittedBlock) -> Result<Vec<Event>, ClientError> {
        let records = &self.options.records;
        let wanted = |entry| records.is_empty() || records.iter().any(|one| is_about(entry, one));
        let entries = (0_u32..).zip(block.entries());
        let entries = entries.filter(|(at, entry)| *at >= self.done && wanted(entry));
        let entries: Vec<_> = entries.collect();
        let signers = entries.iter().map(|(_, entry)| entry.receipt.signer);
        let signers: BTreeSet<_> = signers.collect();
        self.names.learn(&self.node, &signers).await?;
        let event = |(at, entry): (u32, _)| {
            let entry: &crate::chain::Entry = entry;
            Event::new(block, at, entry, self.names.signer(entry.receipt.signer))
        };
        Ok(entries.into_iter().map(event).collect())
    }

    /// Keeps the cursor where all events told are acknowledged and more than `quiet` blocks had none since.
    fn keep_cursor(&mut self, quiet: u64) -> Result<(), ClientError> {
        let Some(cursor) = self.cursor.as_mut().filter(|_| self.open == 0) else {
            return Ok(());
        };
        let kept = cursor.standing().map_or(0, |(place, _)| place.height.0);
        if self.place.height.0 > kept + quiet {
            cursor.keep(self.place, self.done)?;
        }
        Ok(())
    }

    /// Waits before the node is asked again; an error where that does not help.
    async fn pause(
        &mut self,
        error: ClientError,
        progress: &dyn Progress,
    ) -> Result<(), ClientError> {
        let busy = matches!(error, ClientError::Node(NodeError::Busy { .. }));
        let gone = matches!(error, ClientError::Node(NodeError::Unreachable { .. }));
        let again = busy || (gone && (self.options.follow || self.goal.is_some()));
        if !again || (self.tries >= TRIES && !self.options.follow) {
            return Err(error);
        }
        let wait = PAUSE.saturating_mul(1 << self.tries.min(10)).min(LONGEST);
        self.tries = self.tries.saturating_add(1);
        progress.detail(Activity::Reconnecting, &error.to_string());
        tokio::time::sleep(wait).await;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
