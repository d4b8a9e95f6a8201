//! Answers Malachite's questions from the application.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use malachitebft_app_channel::app::engine::host::{HeightParams, Next, SyncedValueOutcome};
use malachitebft_app_channel::app::types::core::{CommitCertificate, Round, Validity};
use malachitebft_app_channel::app::types::sync::RawDecidedValue;
use malachitebft_app_channel::app::types::{LocallyProposedValue, ProposedValue};
use malachitebft_app_channel::{AppMsg, Channels, NetworkMsg, Reply};
use sealane_ledger::block_id;
use sealane_types::block::Block;
use sealane_types::encoding::Encode;
use sealane_types::ids::Height;
use tokio::sync::watch;
use tokio::time::sleep;

pub(super) mod proposals;

use proposals::block_of;

use super::Malachite;
use super::codec::MAX_ANSWER;
use super::context::{At, Choice, Context, Member, Seats, certificate, synced};
use super::parts::{Head, Streams, Whole, split};
use super::pending::Pending;
use super::rounds::Rounds;
use super::scheme::Signatures;
use super::settings::HEIGHTS;
use crate::engine::{Application, EngineError, Point, Proposer};

/// How often it is asked whether a block is due though no transaction waits.
const IDLE: Duration = Duration::from_millis(500);
/// How long the first transaction that comes waits for others.
const BATCH: Duration = Duration::from_millis(20);

type Done = Result<(), EngineError>;

/// What the host wakes up for.
enum Event {
    Peers,
    Message(Option<Box<AppMsg<Context>>>),
    Waiting,
    Idle,
}

/// Between Malachite and the application.
pub(super) struct Host {
    own: Malachite,
    application: Arc<dyn Application>,
    context: Context,
    signatures: Signatures,
    pending: Pending,
    streams: Streams,
    rounds: Rounds,
    /// Proposals of the next height, which cannot be checked before this one is final.
    early: Vec<Whole>,
    /// Malachite waits to be told to begin the next height.
    paused: Option<Reply<Next<Context>>>,
    network: Option<tokio::sync::mpsc::Sender<NetworkMsg<Context>>>,
}

impl Host {
    pub(super) fn new(
        own: Malachite,
        application: Arc<dyn Application>,
        context: Context,
        signatures: Signatures,
        pending: Pending,
    ) -> Self {
        Self {
            own,
            application,
            context,
            signatures,
            pending,
            streams: Streams::default(),
            rounds: Rounds::default(),
            early: Vec::new(),
            paused: None,
            network: None,
        }
    }

    /// Until `stop` turns true or a fault ends it.
    pub(super) async fn run(
        mut self,
        mut channels: Channels<Context>,
        mut stop: watch::Receiver<bool>,
    ) -> Done {
        self.network = Some(channels.network.clone());
        let mut peers = self.own.peers.clone();
        let mut known = peers.borrow_and_update().clone();
        let application = Arc::clone(&self.application);
        let guard = Arc::clone(&self.signatures.guard);
        guard.follow(channels.events.subscribe());
        loop {
            if *stop.borrow() || stop.has_changed().is_err() {
                return Ok(());
            }
            let paused = self.paused.is_some();
            let event = tokio::select! {
                message = channels.consensus.recv() => Event::Message(message.map(Box::new)),
                () = application.waiting(), if paused => Event::Waiting,
                () = sleep(IDLE), if paused => Event::Idle,
                Ok(()) = peers.changed() => Event::Peers,
                error = guard.failed() => return Err(error.into()),
                _ = stop.wait_for(|stop| *stop) => return Ok(()),
            };
            match event {
                Event::Peers => {
                    let now = peers.borrow_and_update().clone();
                    super::peering::change(&channels, &known, &now).await?;
                    known = now;
                }
                Event::Message(Some(message)) => self.answer(*message).await?,
                Event::Message(None) => {
                    return Err(self.own.ended());
                }
                Event::Waiting => {
                    sleep(BATCH).await;
                    self.resume().await?;
                }
                Event::Idle if application.due(self.own.clock.now()) => self.resume().await?,
                Event::Idle => {}
            }
        }
    }

    async fn answer(&mut self, message: AppMsg<Context>) -> Done {
        match message {
            AppMsg::ConsensusReady { reply } => {
                self.application.heard().await;
                let height = self.next().await?;
                self.decided_elsewhere(height);
                let next = (height, self.parameters());
                let _ = reply.send(next);
            }
            AppMsg::StartedRound {
                height,
                round,
                reply_value,
                ..
            } => {
                self.decided_elsewhere(height);
                self.rounds.begin(height, round);
                self.check_early(height).await?;
                let _ = reply_value.send(self.pending.of_round(height, round));
            }
            AppMsg::GetValue {
                height,
                round,
                reply,
                ..
            } => self.propose(height, round, reply).await?,
            AppMsg::ReceivedProposalPart {
                from,
                published_by,
                part,
                reply,
            } => {
                let value = self.received(published_by.unwrap_or(from), part).await?;
                let _ = reply.send(value);
            }
            AppMsg::RestreamProposal {
                height,
                round,
                valid_round,
                value_id,
                ..
            } => {
                if let Some(block) = self.pending.block(height, &value_id).cloned() {
                    self.publish(height, round, valid_round, &block).await;
                }
            }
            AppMsg::Decided {
                certificate, reply, ..
            } => {
                self.decided(&certificate).await?;
                let _ = reply.send(());
            }
            AppMsg::Finalized {
                certificate,
                evidence,
                reply,
                ..
            } => {
                super::evidence::tell(certificate.height, &evidence);
                self.paused = Some(reply);
                let due = self.application.due(self.own.clock.now());
                if due || !self.early.is_empty() {
                    self.resume().await?;
                }
            }
            AppMsg::GetHistoryMinHeight { reply } => {
                let _ = reply.send(At::from(self.application.first_block()));
            }
            AppMsg::GetDecidedValues { range, reply } => {
                let _ = reply.send(self.final_blocks(*range.start(), *range.end()).await?);
            }
            AppMsg::ProcessSyncedValue {
                height,
                round,
                proposer,
                value_bytes,
                reply,
            } => {
                let outcome = self.synced(height, round, proposer, &value_bytes).await?;
                let _ = reply.send(outcome);
            }
            AppMsg::ExtendVote { reply, .. } => {
                let _ = reply.send(None);
            }
            AppMsg::VerifyVoteExtensions { reply, .. } => {
                let _ = reply.send(Vec::new());
            }
        }
        Ok(())
    }

    /// What others have decided is not voted on again: this node takes their blocks.
    fn decided_elsewhere(&self, next: At) {
        let elsewhere = self.application.elsewhere();
        if self.signatures.decided_elsewhere(elsewhere) && elsewhere >= next.into() {
            tracing::info!(
                "catching up: this node has the blocks up to {}, and others are at {elsewhere}. A validator votes again \
                 once it is level with them",
                next.0.saturating_sub(1)
            );
        }
    }

    /// The height after the last final one.
    async fn next(&self) -> Result<At, EngineError> {
        let standing = self.application.last_final().await;
        Ok(standing
            .map_err(EngineError::Application)?
            .height
            .next()
            .into())
    }

    fn seats(&self) -> Seats {
        Seats::from(&self.application.validators())
    }

    fn parameters(&self) -> HeightParams<Context> {
        HeightParams::new(self.seats(), self.own.patience.timeouts(), None)
    }

    /// Lets Malachite begin the next height.
    async fn resume(&mut self) -> Done {
        if let Some(reply) = self.paused.take() {
            let next = Next::Start(self.next().await?, self.parameters());
            let _ = reply.send(next);
        }
        Ok(())
    }

    async fn propose(
        &mut self,
        height: At,
        round: Round,
        reply: Reply<LocallyProposedValue<Context>>,
    ) -> Done {
        if height != self.next().await? {
            return Ok(()); // a question about a height that is over
        }
        let member = self.own.member();
        let mut before = self.pending.of_round(height, round).into_iter();
        let before = before.rfind(|value| value.proposer == member);
        // a block that is locked here without the engine's knowing goes on only if somebody proposes it again
        let known = before
            .map(|value| value.value.0)
            .or_else(|| self.signatures.guard.inherited(height));
        let block = known.and_then(|id| self.pending.block(height, &id).cloned());
        let block = match block {
            Some(block) => block,
            None => {
                let made = self.application.propose(self.own.clock.now()).await;
                made.map_err(EngineError::Application)?
            }
        };
        self.own.points.pass(Point::Proposed, height.into());
        let value = Choice(block_id(&block.header));
        let proposed = ProposedValue {
            height,
            round,
            valid_round: Round::Nil,
            proposer: member,
            value,
            validity: Validity::Valid,
        };
        self.keep(proposed, block.clone())?;
        self.own.points.pass(Point::Intended, height.into());
        #[cfg(feature = "byzantine")]
        if let Some(other) = crate::byzantine::second_block(height, round, &block) {
            self.publish(height, round, Round::Nil, &other).await;
        }
        // before the engine goes on to vote: what is signed later is a later step
        self.publish(height, round, Round::Nil, &block).await;
        let _ = reply.send(LocallyProposedValue::new(height, round, value));
        Ok(())
    }

    fn keep(&mut self, value: ProposedValue<Context>, block: Block) -> Done {
        #[cfg(feature = "byzantine")]
        crate::byzantine::proposed(&value);
        let kept = self.pending.keep(value, block);
        kept.map_err(|source| self.own.unusable("proposals", source))
    }

    /// Sends a block in parts. Who is not reached asks for it when it is final.
    async fn publish(&self, height: At, round: Round, pol_round: Round, block: &Block) {
        let bytes = block.to_bytes();
        let Ok(size) = u32::try_from(bytes.len()) else {
            return; // no block is that large
        };
        let head = Head {
            height,
            round,
            pol_round,
            member: self.own.member(),
            block: block_id(&block.header),
            size,
        };
        let signature = self.signatures.sign_head(&head);
        let (Some(signature), Some(network)) = (signature, &self.network) else {
            return; // nothing may be signed
        };
        for message in split(head, signature, &bytes) {
            if network
                .send(NetworkMsg::PublishProposalPart(message))
                .await
                .is_err()
            {
                return; // the engine is ending
            }
        }
    }

    async fn decided(&mut self, decided: &CommitCertificate<Context>) -> Done {
        let height = decided.height;
        let block = self.pending.block(height, &decided.value_id).cloned();
        let block = block.ok_or_else(|| super::failed(format!(
            "the folder consensus/ says that block {} of height {height} is decided, and the block itself is not here: `data/` is \
             older than `consensus/`, or was made anew. Move `consensus/` away and start the node again: it takes the block from the \
             others. Leave the file `signed` where it is", decided.value_id
        )))?;
        let own = certificate(decided);
        let own = own.ok_or_else(|| super::failed("a certificate without a round"))?;
        self.own.points.pass(Point::Decided, height.into());
        let done = self.application.decided(block, own).await;
        done.map_err(EngineError::Application)?;
        self.own.points.pass(Point::Acknowledged, height.into());
        let forgotten = self.pending.forget(height);
        forgotten.map_err(|source| self.own.unusable("proposals", source))
    }

    async fn final_blocks(
        &self,
        first: At,
        last: At,
    ) -> Result<Vec<RawDecidedValue<Context>>, EngineError> {
        let most = first.0.saturating_add(HEIGHTS as u64 - 1);
        let (mut blocks, mut room) = (Vec::new(), MAX_ANSWER);
        for height in first.0..=last.0.min(most) {
            let found = self.application.final_block(Height(height)).await;
            let Some((block, certificate)) = found.map_err(EngineError::Application)? else {
                break;
            };
            #[cfg(feature = "byzantine")]
            let block = crate::byzantine::sync_block(block);
            let bytes = block.to_bytes();
            let Some(left) = room.checked_sub(bytes.len()) else {
                break; // it would be cut off: it is asked for again, and then comes first
            };
            room = left;
            blocks.push(RawDecidedValue::new(bytes.into(), synced(&certificate)));
        }
        Ok(blocks)
    }

    /// A block that others have decided: the engine has checked its certificate. A node whose clock is behind did not
    /// vote for it, and takes it all the same.
    async fn synced(
        &mut self,
        height: At,
        round: Round,
        proposer: Member,
        bytes: &Bytes,
    ) -> Result<SyncedValueOutcome<Context>, EngineError> {
        if height != self.next().await? {
            return Ok(SyncedValueOutcome::LocalTransientError);
        }
        let Some(block) = block_of(bytes, height) else {
            return Ok(SyncedValueOutcome::PeerFault);
        };
        let value = ProposedValue {
            height,
            round,
            valid_round: Round::Nil,
            proposer,
            value: Choice(block_id(&block.header)),
            validity: Validity::Valid,
        };
        let judged = self.judge(value, block, Proposer::Certified).await?;
        Ok(SyncedValueOutcome::Verdict(judged))
    }
}
