//! Streams of final blocks: each is a task that reads a part of a block when its reader has room for it.
//!
//! ```text
//! store ──part──▶ 2 parts ──▶ the connection's window ──▶ reader
//! ```
//!
//! Nothing is read ahead of that, so a slow reader costs memory for a few parts, and a seat until its patience
//! ends. Few parts are read at a time over all streams: consensus has the disk and the cores before them.

use std::sync::Arc;

use sealane_types::ids::Height;
use sealane_wire::code::ErrorCode;
use sealane_wire::{BLOCK_PART, MAX_MESSAGE, v1};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{self, Permit, Sender};
use tokio::time::timeout;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use crate::backend::{Backend, BlockPart, Refused};
use crate::callers::Who;
use crate::limits::Limits;
use crate::places::{Full, Place, Places};

/// Room in a message beside the bytes that fill it.
pub(crate) const SLACK: usize = 4096;

/// What a stream carries.
pub(crate) type Part = Result<v1::BlockPart, Status>;

/// Parts that wait for one reader.
const PARTS: usize = 2;
/// Parts that are read from the store at a time, for all streams.
const READS: usize = 2;

/// The streams that run.
pub(crate) struct Follows {
    limits: Limits,
    places: Arc<Places<Who>>,
    reads: Arc<Semaphore>,
}

impl Follows {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            places: Places::new(limits.block_streams, limits.block_streams_each),
            reads: Arc::new(Semaphore::new(READS)),
        }
    }

    /// Room for one more stream of a caller.
    // The error is tonic's own type.
    #[allow(clippy::result_large_err)]
    pub(crate) fn seat(&self, caller: Who) -> Result<Seat, Status> {
        let most = self.limits.block_streams_each;
        let place = self.places.take(caller).map_err(|full| {
            ErrorCode::TooMany.error(match full {
                Full::All => "too many streams of blocks at a time; try again".to_owned(),
                Full::Own => format!("a caller has at most {most} streams of blocks at a time"),
            })
        })?;
        Ok(Seat {
            limits: self.limits,
            reads: Arc::clone(&self.reads),
            _place: place,
        })
    }
}

/// A stream's room, given back when it is dropped.
pub(crate) struct Seat {
    limits: Limits,
    reads: Arc<Semaphore>,
    _place: Place<Who>,
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
            room = timeout(self.limits.stalled_reader, sender.reserve()) => match room {
                Ok(room) => Ok(room.ok()),
                Err(_) => {
                    let message = "the stream's reader has not read for too long";
                    Err(Refused::new(ErrorCode::Deadline, message))
                }
            }
        }
    }
}
