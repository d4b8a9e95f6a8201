//! Proposals of others: put together, held against their signatures and headers, and judged.

use malachitebft_app_channel::app::streaming::StreamMessage;
use malachitebft_app_channel::app::types::core::{
    Context as _, Validator as _, ValidatorSet as _, Validity,
};
use malachitebft_app_channel::app::types::{PeerId, ProposedValue};
use sealane_ledger::block_id;
use sealane_ledger::chain::transactions_root;
use sealane_types::block::Block;
use sealane_types::encoding::Decode;

use super::{Done, Host};
use crate::engine::{EngineError, Proposer, Verdict};
use crate::malachite::context::{At, Choice, Context};
use crate::malachite::parts::{Head, Part, Whole};
use crate::malachite::rounds::Turn;

/// Most proposals of the next height that wait for this one's end.
const EARLY: usize = 16;

impl Host {
    pub(super) async fn received(
        &mut self,
        from: PeerId,
        part: StreamMessage<Part>,
    ) -> Result<Option<ProposedValue<Context>>, EngineError> {
        let Some(whole) = self.streams.insert(from, part) else {
            return Ok(None);
        };
        let next = self.next().await?;
        let height = whole.head.height;
        let deciding = self.paused.is_none();
        if height == next && deciding {
            return self.check(whole).await;
        }
        let soon = height == next || height.0 == next.0.saturating_add(1);
        if soon && self.is_new(&whole) && self.is_signed(&whole) && self.is_first(&whole.head) {
            self.early.push(whole);
            if height == next {
                self.resume().await?; // others have begun
            }
        }
        Ok(None)
    }

    /// Whether there is room for a proposal of a height to come, and it is a block and not there yet.
    fn is_new(&self, whole: &Whole) -> bool {
        let mut early = self.early.iter();
        let there = early.any(|other| other.head == whole.head);
        self.early.len() < EARLY && !there && named(whole).is_some()
    }

    /// Whether a signed proposal is the first of its round, or the same again. Another one is told of, and no more.
    fn is_first(&mut self, head: &Head) -> bool {
        let Head {
            height,
            round,
            member,
            block,
            ..
        } = head;
        match self.rounds.take(head) {
            Turn::Checked => true,
            Turn::Second { first } => {
                tracing::warn!(%height, %round, validator = %member, one = %first, other = %block, "a validator proposed twice");
                false
            }
            Turn::Far => {
                tracing::debug!(%height, %round, validator = %member, "a proposal of a round that is far ahead");
                false
            }
        }
    }

    /// Whether the validator whose turn it is signed the head.
    fn is_signed(&self, whole: &Whole) -> bool {
        let head = &whole.head;
        let seats = self.seats();
        let proposer = self
            .context
            .select_proposer(&seats, head.height, head.round);
        let seat = seats.get_by_address(&head.member);
        seat.is_some_and(|seat| {
            proposer.address() == &head.member
                && self
                    .signatures
                    .head_holds(head, &whole.signature, seat.public_key())
        })
    }

    /// Checks a proposal completely.
    async fn check(&mut self, whole: Whole) -> Result<Option<ProposedValue<Context>>, EngineError> {
        if !self.is_signed(&whole) {
            tracing::warn!(height = %whole.head.height, proposer = %whole.head.member, "a proposal is not signed by whose turn it is");
            return Ok(None);
        }
        let head = whole.head;
        let Some(block) = named(&whole) else {
            tracing::warn!(height = %head.height, proposer = %head.member, "a proposal is not a valid block");
            return Ok(None);
        };
        if !self.is_first(&head) {
            return Ok(None);
        }
        let value = ProposedValue {
            height: head.height,
            round: head.round,
            valid_round: head.pol_round,
            proposer: head.member,
            value: Choice(head.block),
            validity: Validity::Valid,
        };
        self.judge(value, block, Proposer::Other).await.map(Some)
    }

    /// What the application says of a block; a valid one is on disk afterwards.
    pub(super) async fn judge(
        &mut self,
        mut value: ProposedValue<Context>,
        block: Block,
        by: Proposer,
    ) -> Result<ProposedValue<Context>, EngineError> {
        let verdict = self.application.validate(&block, by).await;
        match verdict.map_err(EngineError::Application)? {
            Verdict::Valid => self.keep(value.clone(), block)?,
            Verdict::Invalid(reason) => {
                tracing::warn!(height = %value.height, proposer = %value.proposer, %reason, "a proposed block is not valid");
                value.validity = Validity::Invalid;
            }
        }
        Ok(value)
    }

    /// Checks the proposals that came before their height began.
    pub(super) async fn check_early(&mut self, height: At) -> Done {
        for whole in std::mem::take(&mut self.early) {
            if whole.head.height == height {
                self.check(whole).await?;
            } else if whole.head.height > height {
                self.early.push(whole);
            }
        }
        Ok(())
    }
}

/// The block of a proposal, if it is the one that its head names.
fn named(whole: &Whole) -> Option<Block> {
    let block = block_of(&whole.block, whole.head.height)?;
    (block_id(&block.header) == whole.head.block).then_some(block)
}

/// The block of these bytes: of this height, with the transactions that its header names. A block whose header is true
/// and whose transactions are not is a lie of whoever sent it, and says nothing about the block: judged, it would count as
/// a block that is not valid, and a node that was to take it by a certificate would stand still.
pub(in crate::malachite) fn block_of(bytes: &[u8], height: At) -> Option<Block> {
    let block = Block::from_bytes(bytes).ok()?;
    let header = &block.header;
    let whole = header.transactions == transactions_root(&block.transactions);
    (header.height == height.into() && whole).then_some(block)
}

#[cfg(test)]
mod tests;
