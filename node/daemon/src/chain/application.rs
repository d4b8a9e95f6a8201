//! What a consensus engine asks of the chain, and tells it.

use std::sync::Arc;

use async_trait::async_trait;
use sealane_consensus::{Application, ApplicationError, Proposer, Standing, Verdict};
use sealane_types::block::{Block, Certificate, ValidatorSet};
use sealane_types::ids::{BlockTime, Height};

use super::Chain;
use crate::rows;

/// How far another proposer's clock may be ahead of this node's, in milliseconds.
const MAX_AHEAD: u64 = 30_000;
/// Milliseconds without a block after which other nodes' counts of waiting transactions are stale.
const STALE: u64 = 1_000;

#[async_trait]
impl Application for Chain {
    async fn standing(&self) -> Result<Standing, ApplicationError> {
        let tip = self.tip();
        Ok(Standing {
            chain: tip.chain,
            height: tip.height,
            block: tip.block,
        })
    }

    fn validators(&self) -> ValidatorSet {
        self.rules().validators.clone()
    }

    async fn final_block(
        &self,
        height: Height,
    ) -> Result<Option<(Block, Certificate)>, ApplicationError> {
        let store = Arc::clone(&self.store);
        let read = move || rows::final_block(&store, height);
        Ok(self.bridge.run(read).await??)
    }

    fn first_block(&self) -> Height {
        self.first
    }

    fn due(&self, now: BlockTime) -> bool {
        let tip = self.tip();
        // where others are further, or transactions wait there, they are waiting for this node to go on
        tip.is_due(self.mempool.len(), now)
            || self.rules().wake.is_some_and(|wake| now >= wake)
            || self.gossip.height() > tip.height
            || (self.gossip.others_wait() && now.0.saturating_sub(tip.time.0) >= STALE)
    }

    fn elsewhere(&self) -> Height {
        self.gossip.height()
    }

    async fn heard(&self) {
        self.gossip.heard().await;
    }

    async fn waiting(&self) {
        self.mempool.waiting().await;
    }

    async fn propose(&self, now: BlockTime) -> Result<Block, ApplicationError> {
        Ok(self.make(now).await?)
    }

    async fn validate(&self, block: &Block, by: Proposer) -> Result<Verdict, ApplicationError> {
        let (time, before) = (block.header.time.0, self.tip().time.0);
        let ahead = time > self.clock.now().0.saturating_add(MAX_AHEAD);
        if by == Proposer::Other && ahead && time != before.saturating_add(1) {
            return Ok(Verdict::Invalid(
                "its time is ahead of this node's clock".to_owned(),
            ));
        }
        Ok(match self.readied(block).await? {
            Ok(ready) => {
                *self.ready() = Some(ready);
                Verdict::Valid
            }
            // whoever hands over a certified block has seen that it is the one that the certificate names
            Err(invalid) if by == Proposer::Certified => {
                return Err(self.departed(block, &invalid).into());
            }
            Err(invalid) => Verdict::Invalid(invalid.to_string()),
        })
    }

    async fn decided(
        &self,
        block: Block,
        certificate: Certificate,
    ) -> Result<(), ApplicationError> {
        Ok(self.commit(block, certificate).await?)
    }
}
