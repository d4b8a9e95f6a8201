//! What the node does after a block is committed. Effects are no part of the state: a node that
//! crashes before it acts on them finds them again by applying the block again.

use sealane_types::ids::{Digest, RecordId, ShareIndex, TradeId};

use crate::log::LogEntry;

/// One thing to do, or to tell clients, after a block is committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// A record is on the chain.
    RecordSealed {
        /// The record.
        record: RecordId,
    },
    /// A blinded set is final: this node answers it, if it holds a share.
    BlindedSetFinalised {
        /// The record.
        record: RecordId,
    },
    /// A set has enough answers: its bank can finance.
    SetCompleted {
        /// The record.
        record: RecordId,
    },
    /// A validator's answer was wrong.
    WrongAnswer {
        /// The record.
        record: RecordId,
        /// The share.
        share: ShareIndex,
    },
    /// A trade is opened, or came to another stage.
    TradeMoved {
        /// The trade.
        trade: TradeId,
        /// The stage's name in its workflow.
        stage: String,
    },
    /// The fingerprint log has one more entry, which the node keeps for inquiries.
    Logged {
        /// The entry's number, from 0.
        number: u64,
        /// The entry.
        entry: Box<LogEntry>,
        /// The log's digest with it.
        digest: Digest,
    },
}
