//! Streams of final blocks: each is a task that reads a part of a block when its reader has room for it.
//!
//! ```text
//! store ──part──▶ 2 parts ──▶ the connection's window ──▶ reader
//! ```
//!
//! Nothing is read ahead of that, so a slow reader costs memory for a few parts, and a seat until its patience
//! ends. Few parts are read at a time over all streams: consensus has the disk and the cores before them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sealane_types::ids::Height;
use sealane_wire::code::ErrorCode;
use sealane_wire::tls::Party;
use sealane_wire::{BLOCK_PART, MAX_MESSAGE, v1};
use tokio::sync::mpsc::{self, Permit, Sender};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use crate::backend::{Backend, BlockPart, Refused};
use crate::server::Limits;
use crate::service::SLACK;

/// What a stream carries.
pub(crate) type Part = Result<v1::BlockPart, Status>;

/// Parts that wait for one reader.
const PARTS: usize = 2;
/// Parts that are read from the store at a time, for all streams.
const READS: usize = 2;

/// Whose stream it is; `None` for callers without a name, which count as one.
type Caller = Option<Party>;

/// The streams that run.
pub(crate) struct Follows {
    limits: Limits,
    all: Arc<Semaphore>,
    reads: Arc<Semaphore>,
    callers: Arc<Mutex<BTreeMap<Caller, usize>>>,
}

impl Follows {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            all: Arc::new(Semaphore::new(limits.follows)),
            reads: Arc::new(Semaphore::new(READS)),
            callers: Arc::default(),
        }
    }

    /// Room for one more stream of a caller.
    // The error is tonic's own type.
    #[allow(clippy::result_large_err)]
    pub(crate) fn seat(&self, caller: Caller) -> Result<Seat, Status> {
        let full = || ErrorCode::TooMany.error("too many streams of blocks at a time; try again");
        let permit = Arc::clone(&self.all).try_acquire_owned();
        let permit = permit.map_err(|_| full())?;
        let mut callers = held(&self.callers);
        let own = callers.entry(caller.clone()).or_default();
        if *own >= self.limits.follows_each {
            let most = self.limits.follows_each;
            let message = format!("a caller has at most {most} streams of blocks at a time");
            return Err(ErrorCode::TooMany.error(message));
        }
        *own += 1;
        drop(callers);
        Ok(Seat {
            limits: self.limits,
            reads: Arc::clone(&self.reads),
            caller,
            callers: Arc::clone(&self.callers),
            _permit: permit,
        })
    }
}

/// The lock's holders only count.
fn held(callers: &Mutex<BTreeMap<Caller, usize>>) -> MutexGuard<'_, BTreeMap<Caller, usize>> {
    callers.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A stream's room, given back when it is dropped.
pub(crate) struct Seat {
    limits: Limits,
    reads: Arc<Semaphore>,
    caller: Caller,
    callers: Arc<Mutex<BTreeMap<Caller, usize>>>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut callers = held(&self.callers);
        if let Some(own) = callers.get_mut(&self.caller) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                callers.remove(&self.caller);
            }
        }
    }
}

impl Seat {
    /// Streams blocks from a height on until the reader is gone, the node stops, or there is a fault; the last two
    /// end the stream with a status.
    pub(crate) fn follow<B: Backend>(self, backend: Arc<B>, from: Height) -> ReceiverStream<Part> {
        let (sender, parts) = mpsc::channel(PARTS + 1);
        // kept for the end: the status has room however little the reader reads
        let last = sender.clone().try_reserve_owned();
        tokio::spawn(async move {
            let ended = self.send_from(&*backend, from, &sender).await;
            // first of all, so that a node that stops has nothing open when its last stream ends
            drop(backend);
            if let (Err(refused), Ok(last)) = (ended, last) {
                last.send(Err(refused.into()));
            }
        });
        ReceiverStream::new(parts)
    }

    /// `Ok` where the reader is gone.
    async fn send_from<B: Backend>(
        &self,
        backend: &B,
        from: Height,
        sender: &Sender<Part>,
    ) -> Result<(), Refused> {
        let mut height = from;
        loop {
            tokio::select! {
                there = backend.final_at(height) => there?,
                () = sender.closed() => return Ok(()),
            }
            let (mut first, mut more) = (0, true);
            while more {
                let part = self.read(backend, height, first).await?;
                first += part.transactions.len();
                more = part.end.is_none();
                match self.room(backend, sender).await? {
                    Some(room) => room.send(Ok(part.into())),
                    None => return Ok(()),
                }
            }
            height = height.next();
        }
    }

    async fn read<B: Backend>(
        &self,
        backend: &B,
        height: Height,
        first: usize,
    ) -> Result<BlockPart, Refused> {
        // closed never: an error would mean that nobody has a turn before this one
        let _turn = self.reads.acquire().await;
        let part = backend.block_part(height, first, BLOCK_PART);
        let part = timeout(self.limits.time, part).await;
        let late = |_| Refused::new(ErrorCode::Deadline, "the node did not answer in time");
        let part = part.map_err(late)??;
        let bytes = part.transactions.iter().chain(&part.receipts).map(Vec::len);
        if bytes.sum::<usize>() + 4 * SLACK > MAX_MESSAGE {
            let message = "a transaction of this block is larger than one message";
            return Err(Refused::new(ErrorCode::TooLarge, message));
        }
        Ok(part)
    }

    /// Room for a part; `None` where the reader is gone.
    async fn room<'a, B: Backend>(
        &self,
        backend: &B,
        sender: &'a Sender<Part>,
    ) -> Result<Option<Permit<'a, Part>>, Refused> {
        tokio::select! {
            () = backend.stops() => Err(Refused::new(ErrorCode::Stopping, "the node is stopping")),
            room = timeout(self.limits.patience, sender.reserve()) => match room {
                Ok(room) => Ok(room.ok()),
                Err(_) => {
                    let message = "the stream's reader has not read for too long";
                    Err(Refused::new(ErrorCode::Deadline, message))
                }
            }
        }
    }
}
