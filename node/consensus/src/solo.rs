//! The engine of one validator on one machine.
//!
//! For each block: propose, validate as anybody's, write down ([`VoteFile`]), sign, make final. A crash
//! after the writing leaves the block in the file, and the next start decides that very block before
//! anything else; so no height is ever signed twice.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sealane_types::block::{Block, Certificate, CommitSignature, Vote};
use sealane_types::ids::AliasId;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::clock::Clock;
use crate::engine::{
    Application, Engine, EngineError, LastFinal, Point, Points, Proposer, Signer, Verdict,
};
use crate::votes::VoteFile;

/// How long the engine waits for more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// From the first waiting transaction to the block, so that more get in.
    pub batch: Duration,
    /// Between two looks at whether an idle chain is due a block.
    pub idle: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            batch: Duration::from_millis(20),
            idle: Duration::from_secs(1),
        }
    }
}

/// The engine of one validator.
pub struct Solo {
    /// The validator's alias.
    pub validator: AliasId,
    /// Its key.
    pub signer: Arc<dyn Signer>,
    /// Where it writes down what it signs.
    pub votes: VoteFile,
    /// Where block times come from.
    pub clock: Arc<dyn Clock>,
    /// How long it waits.
    pub pace: Pace,
    /// Told of persistence points.
    pub points: Arc<dyn Points>,
}

#[async_trait]
impl Engine for Solo {
    async fn run(
        mut self: Box<Self>,
        application: Arc<dyn Application>,
        mut stop: watch::Receiver<bool>,
    ) -> Result<(), EngineError> {
        self.recover(&*application).await?;
        while self.wait(&*application, &mut stop).await {
            let now = self.clock.now();
            let block = application.propose(now).await;
            let block = block.map_err(EngineError::Application)?;
            self.points.pass(Point::Proposed, block.header.height);
            self.decide(&*application, block).await?;
        }
        Ok(())
    }
}

impl Solo {
    /// Decides the block that was written down before a crash, and refuses data that have lost what
    /// was signed.
    async fn recover(&mut self, application: &dyn Application) -> Result<(), EngineError> {
        let standing = application.last_final().await;
        let standing = standing.map_err(EngineError::Application)?;
        let Some(last) = self.votes.last() else {
            let height = standing.height;
            return match height.0 {
                0 => Ok(()),
                _ => Err(EngineError::VotesMissing { height }),
            };
        };
        match unfinished(standing, last.height())? {
            Unfinished::None if last.height() < standing.height => Err(EngineError::VotesOlder {
                signed: last.height(),
                have: standing.height,
            }),
            Unfinished::None if last.id == standing.block => Ok(()),
            Unfinished::None => Err(EngineError::OtherBlock {
                height: standing.height,
                signed: last.id,
                have: standing.block,
            }),
            Unfinished::Next => {
                let block = last.block.clone();
                tracing::info!(height = %block.header.height, "deciding the block that was written down before the node ended");
                self.decide(application, block).await
            }
        }
    }

    /// Waits until a block is due; false when the engine must stop.
    async fn wait(&self, application: &dyn Application, stop: &mut watch::Receiver<bool>) -> bool {
        loop {
            if *stop.borrow() || stop.has_changed().is_err() {
                return false; // told to, or nobody is left to tell
            }
            if application.due(self.clock.now()) {
                break;
            }
            let arrived = tokio::select! {
                () = application.waiting() => true,
                () = sleep(self.pace.idle) => false,
                _ = stop.wait_for(|stop| *stop) => false,
            };
            if arrived {
                tokio::select! {
                    () = sleep(self.pace.batch) => {}
                    _ = stop.wait_for(|stop| *stop) => {}
                }
            }
        }
        true
    }

    /// Validates, writes down, signs, makes final.
    async fn decide(
        &mut self,
        application: &dyn Application,
        block: Block,
    ) -> Result<(), EngineError> {
        let height = block.header.height;
        let verdict = application.validate(&block, Proposer::Own).await;
        if let Verdict::Invalid(reason) = verdict.map_err(EngineError::Application)? {
            return Err(EngineError::OwnBlockInvalid { height, reason });
        }
        let certificate = self.sign(&block)?;
        let decided = application.decided(block, certificate).await;
        decided.map_err(EngineError::Application)?;
        self.points.pass(Point::Acknowledged, height);
        Ok(())
    }

    /// The certificate of a block that is written down first.
    fn sign(&mut self, block: &Block) -> Result<Certificate, EngineError> {
        let (chain, height) = (block.header.chain, block.header.height);
        let id = self.votes.intend(block)?;
        self.points.pass(Point::Intended, height);
        let vote = Vote {
            chain,
            height,
            round: 0,
            block: id,
        };
        let signature = self.signer.sign(&vote);
        self.points.pass(Point::Signed, height);
        let signature = CommitSignature {
            validator: self.validator,
            signature,
        };
        Ok(Certificate {
            height,
            round: 0,
            block: id,
            signatures: vec![signature],
        })
    }
}

enum Unfinished {
    None,
    Next,
}

/// Whether the block of height `signed` is still to be made final.
fn unfinished(
    standing: LastFinal,
    signed: sealane_types::ids::Height,
) -> Result<Unfinished, EngineError> {
    let have = standing.height;
    if signed <= have {
        return Ok(Unfinished::None);
    }
    if signed == have.next() {
        return Ok(Unfinished::Next);
    }
    Err(EngineError::LostBlocks { signed, have })
}

#[cfg(test)]
mod tests;
