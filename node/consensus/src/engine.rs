//! The line between a consensus engine and the node it drives.

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use sealane_types::block::{Block, Certificate, ValidatorSet, Vote};
use sealane_types::ids::{BlockId, BlockTime, ChainId, Height, Signature};
use thiserror::Error;
use tokio::sync::watch;

use crate::mark::MarkError;
use crate::votes::VotesError;

/// A fault of the node that no later block mends: the engine stops.
pub type ApplicationError = Box<dyn Error + Send + Sync>;

/// Where the application's chain stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastFinal {
    /// The chain.
    pub chain: ChainId,
    /// The last final block's height; 0 before the first.
    pub height: Height,
    /// The last final block; zeros before the first.
    pub block: BlockId,
}

/// Who proposed a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proposer {
    /// This node: its time is what its clock said when it was made.
    Own,
    /// Another validator: its time must be near this node's clock too.
    Other,
    /// Another validator, and more than two thirds have signed it: their clocks have judged its time. The certificate
    /// names this very block.
    Certified,
}

/// Whether a block may be voted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It follows from the chain, and everything in it holds.
    Valid,
    /// It must not be voted for, because of this.
    Invalid(String),
}

/// What an engine drives: the node's chain.
#[async_trait]
pub trait Application: Send + Sync + 'static {
    /// Where the chain stands.
    async fn last_final(&self) -> Result<LastFinal, ApplicationError>;

    /// The validators of the next block.
    fn validators(&self) -> ValidatorSet;

    /// A final block with what makes it final; `None` above the last one.
    async fn final_block(
        &self,
        height: Height,
    ) -> Result<Option<(Block, Certificate)>, ApplicationError>;

    /// The first block that [`Application::final_block`] may have.
    fn first_block(&self) -> Height {
        Height(1)
    }

    /// Whether a block is due at `now`: transactions wait, the last block had some, or it is a minute old.
    fn due(&self, now: BlockTime) -> bool;

    /// The height that others have final blocks up to, as far as they said, and beyond the doubt that a third of them
    /// may lie.
    fn elsewhere(&self) -> Height {
        Height(0)
    }

    /// Resolves when enough others have said where they stand, or have been silent for seconds.
    async fn heard(&self) {}

    /// Resolves when transactions wait; at once if some do already.
    async fn waiting(&self);

    /// Makes the next block at `now` from what waits.
    async fn propose(&self, now: BlockTime) -> Result<Block, ApplicationError>;

    /// Checks a proposed block completely. The proposer's word counts for nothing.
    ///
    /// # Errors
    /// Also when a [`Proposer::Certified`] block is not valid here: this node's chain is then another than the network's, and
    /// it must stop.
    async fn validate(&self, block: &Block, by: Proposer) -> Result<Verdict, ApplicationError>;

    /// Makes a block final: what it does is durable when this returns.
    async fn decided(&self, block: Block, certificate: Certificate)
    -> Result<(), ApplicationError>;
}

/// A way to agree on the next block.
#[async_trait]
pub trait Engine: Send {
    /// Decides blocks until `stop` turns true, and never stops between a signature and its block's
    /// being final.
    async fn run(
        self: Box<Self>,
        application: Arc<dyn Application>,
        stop: watch::Receiver<bool>,
    ) -> Result<(), EngineError>;
}

/// Why an engine stopped by itself. A node that meets one stops acknowledging at once.
#[derive(Debug, Error)]
pub enum EngineError {
    /// The application met a fault.
    #[error("the node cannot go on: {0}")]
    Application(#[source] ApplicationError),
    /// The file of votes cannot be read or written.
    #[error(transparent)]
    Votes(#[from] VotesError),
    /// The mark of the last signature cannot be used, or is older than a signature that the chain has.
    #[error(transparent)]
    Mark(#[from] MarkError),
    /// The file of votes is older than the data.
    #[error(
        "the file of votes is older than the data folder: it says height {signed}, the data end at {have}, and this \
         validator signed each block of them. Put back the newest file of votes, which belongs to these data"
    )]
    VotesOlder {
        /// The height that the file says.
        signed: Height,
        /// The data's last height.
        have: Height,
    },
    /// Blocks that were signed, and may have been acknowledged, are gone.
    #[error(
        "the data folder has lost blocks: this validator signed height {signed}, the data ends at {have}. \
         Restore the data folder as it was; signing on would fork the chain"
    )]
    LostBlocks {
        /// The highest height that was signed.
        signed: Height,
        /// The data's last height.
        have: Height,
    },
    /// The data have another block than the one that was signed.
    #[error(
        "at height {height} the data folder has block {have}, but this validator signed {signed}: \
         folders of different nodes were mixed"
    )]
    OtherBlock {
        /// The height.
        height: Height,
        /// The block that was signed.
        signed: BlockId,
        /// The block that the data have.
        have: BlockId,
    },
    /// A file of the engine cannot be written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The engine cannot run, or its own files cannot be read or written.
    #[error("consensus: {0}")]
    Network(String),
    /// There are blocks, but no note of what was signed.
    #[error(
        "the file of votes is missing, but the data folder has {height} blocks: restore it; \
         without it a second block could be signed for one height"
    )]
    VotesMissing {
        /// The data's last height.
        height: Height,
    },
    /// This node's own block does not pass its own checks.
    #[error("the block this node made at height {height} is not valid: {reason}")]
    OwnBlockInvalid {
        /// The height.
        height: Height,
        /// Why.
        reason: String,
    },
}

/// Signs votes, each with the key that the chain names for its height. What it signs cannot be taken back.
pub trait Signer: Send + Sync {
    /// A signature over the vote's canonical bytes.
    fn sign(&self, vote: &Vote) -> Signature;

    /// A signature over another message of consensus for this height, which nothing takes for a vote.
    fn sign_consensus(&self, height: Height, message: &[u8]) -> Signature;
}

/// Where a crash matters: between two of these, something has become durable or known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// A block was made; nothing is written.
    Proposed,
    /// The block is written down as the one to sign.
    Intended,
    /// The mark says what is signed next, durably; nothing is signed yet. Passed before each signature, by Malachite alone.
    Marked,
    /// A proposal or vote is signed; nobody has seen the signature. By `solo` the block itself is.
    Signed,
    /// More than two thirds have signed the block; it is not durable yet. By Malachite alone.
    Decided,
    /// The block is final and durable; nobody was told.
    Committed,
    /// Whoever waits for its transactions was told.
    Acknowledged,
}

/// Told of every point that is passed: tests end the process there. A node's does nothing.
pub trait Points: Send + Sync {
    /// The point is passed at this height.
    fn pass(&self, point: Point, height: Height);
}

impl Points for () {
    fn pass(&self, _: Point, _: Height) {}
}
