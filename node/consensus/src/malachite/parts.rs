//! A proposed block on its way: a signed head, then the block's bytes in chunks. Parts come in any order,
//! twice, or not at all, and from peers that lie.

use std::collections::BTreeMap;

use bytes::Bytes;
use malachitebft_app_channel::app::streaming::{StreamContent, StreamId, StreamMessage};
use malachitebft_app_channel::app::types::PeerId;
use malachitebft_app_channel::app::types::core::{self as core, Round};
use sealane_types::block::MAX_BLOCK_BYTES;
use sealane_types::encoding::{Decode, Encode};
use sealane_types::ids::{BlockId, Signature};

use super::codec::{decode_round, encode_round};
use super::context::{At, Context, Member};

/// Bytes of a chunk, but for the last.
pub(super) const CHUNK: usize = 64 << 10;
/// Most messages of a stream: head, chunks, end.
const MAX_MESSAGES: u64 = (MAX_BLOCK_BYTES / CHUNK) as u64 + 3;
/// Most streams that one peer may have under way.
const PER_PEER: usize = 4;
/// Most streams under way.
const STREAMS: usize = 64;

/// What a proposal's parts begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Head {
    /// The height.
    pub height: At,
    /// The round.
    #[encoding(put = encode_round(*round, out), read = decode_round(reader))]
    pub round: Round,
    /// The round in which more than two thirds prevoted it before, if any.
    #[encoding(put = encode_round(*pol_round, out), read = decode_round(reader))]
    pub pol_round: Round,
    /// Who proposes.
    pub member: Member,
    /// The block.
    pub block: BlockId,
    /// Bytes of the block.
    pub size: u32,
}

/// A part of a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The head, signed by the proposer.
    Head(Head, Signature),
    /// Some of the block's bytes.
    Chunk(Bytes),
}

impl core::ProposalPart<Context> for Part {
    fn is_first(&self) -> bool {
        matches!(self, Self::Head(..))
    }

    fn is_last(&self) -> bool {
        false // a stream's end is a message of its own
    }
}

/// All parts of a proposal, together again. Nothing in it is checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Whole {
    pub head: Head,
    pub signature: Signature,
    pub block: Vec<u8>,
}

/// The messages that carry a block.
pub(super) fn split(head: Head, signature: Signature, block: &[u8]) -> Vec<StreamMessage<Part>> {
    let mut name = Vec::new();
    head.encode(&mut name);
    let stream = StreamId::new(name.into());
    let chunks = block.chunks(CHUNK);
    let chunks = chunks.map(|chunk| Part::Chunk(Bytes::copy_from_slice(chunk)));
    let parts = std::iter::once(Part::Head(head, signature)).chain(chunks);
    let contents = parts.map(StreamContent::Data).chain([StreamContent::Fin]);
    let message = |(number, content)| StreamMessage::new(stream.clone(), number, content);
    (0..).zip(contents).map(message).collect()
}

/// Streams under way, by who published them: nobody spoils another's.
#[derive(Debug, Default)]
pub(super) struct Streams {
    under_way: BTreeMap<(PeerId, StreamId), Stream>,
    arrivals: u64,
}

#[derive(Debug, Default)]
struct Stream {
    since: u64,
    parts: BTreeMap<u64, Part>,
    end: Option<u64>,
    bytes: usize,
}

impl Streams {
    /// Takes a message; gives the proposal when it was the last one that lacked.
    pub(super) fn insert(&mut self, from: PeerId, message: StreamMessage<Part>) -> Option<Whole> {
        if message.sequence >= MAX_MESSAGES || message.stream_id.to_bytes().len() > 256 {
            return None;
        }
        let key = (from, message.stream_id.clone());
        if !self.under_way.contains_key(&key) {
            self.make_room(from);
            self.arrivals += 1;
        }
        let since = self.arrivals;
        let stream = self.under_way.entry(key.clone());
        let stream = stream.or_insert_with(|| Stream {
            since,
            ..Stream::default()
        });
        if !stream.take(message) {
            self.under_way.remove(&key);
            return None;
        }
        if !stream.is_whole() {
            return None;
        }
        self.under_way.remove(&key)?.join()
    }

    /// Forgets the oldest streams where there are too many.
    fn make_room(&mut self, from: PeerId) {
        let own = self.under_way.keys().filter(|(peer, _)| *peer == from);
        let full = own.count() >= PER_PEER;
        if !full && self.under_way.len() < STREAMS {
            return;
        }
        let candidates = self
            .under_way
            .iter()
            .filter(|((peer, _), _)| !full || *peer == from);
        let oldest = candidates.min_by_key(|(_, stream)| stream.since);
        if let Some(key) = oldest.map(|(key, _)| key.clone()) {
            self.under_way.remove(&key);
        }
    }
}

impl Stream {
    /// Whether the stream can still become a proposal.
    fn take(&mut self, message: StreamMessage<Part>) -> bool {
        let number = message.sequence;
        match message.content {
            StreamContent::Fin => *self.end.get_or_insert(number) == number,
            StreamContent::Data(part) => {
                if let Some(before) = self.parts.get(&number) {
                    return *before == part;
                }
                if let Part::Chunk(chunk) = &part {
                    self.bytes = self.bytes.saturating_add(chunk.len());
                }
                self.parts.insert(number, part);
                self.bytes <= MAX_BLOCK_BYTES
            }
        }
    }

    fn is_whole(&self) -> bool {
        self.end == Some(self.parts.len() as u64)
            && self.parts.last_key_value().map(|(number, _)| number + 1) == self.end
    }

    fn join(self) -> Option<Whole> {
        let mut parts = self.parts.into_values();
        let Some(Part::Head(head, signature)) = parts.next() else {
            return None;
        };
        let mut block = Vec::with_capacity(self.bytes);
        for part in parts {
            match part {
                Part::Chunk(chunk) => block.extend_from_slice(&chunk),
                Part::Head(..) => return None,
            }
        }
        let whole = Whole {
            head,
            signature,
            block,
        };
        (whole.block.len() == whole.head.size as usize).then_some(whole)
    }
}

#[cfg(test)]
mod tests;
