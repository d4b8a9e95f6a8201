//! What a consensus engine asks of the chain, and tells it.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use sealane_consensus::{Application, ApplicationError, LastFinal, Proposer, Verdict};
use sealane_types::block::{Block, Certificate, ValidatorSet};
use sealane_types::ids::{BlockTime, Height};

use super::Chain;
use crate::clock_watch::APART;
use crate::rows;

/// Milliseconds without a block after which other nodes' counts of waiting transactions are stale.
const STALE: u64 = 1_000;

#[async_trait]
impl Application for Chain {
    async fn last_final(&self) -> Result<LastFinal, ApplicationError> {
        let tip = self.tip();
        Ok(LastFinal {
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
        let now = self.clock.now();
        // a time right after the last block's says nothing of a clock: that block's was ahead
        if by == Proposer::Other && time != before.saturating_add(1) {
            let (height, time) = (block.header.height, block.header.time);
            if let Some(told) = self.watch.hear(height, time, now, Instant::now()) {
                tracing::warn!("{told}");
            }
            let ahead = time.0.saturating_sub(now.0);
            if ahead > APART {
                return Ok(Verdict::Invalid(format!(
                    "its time is {} s ahead of this machine's clock, which is slow, or its proposer's is fast",
                    ahead / 1000
                )));
            }
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
