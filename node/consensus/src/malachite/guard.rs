//! Holds each signature against the mark: what this node wants to sign, and what others have of its key.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use malachitebft_app_channel::app::consensus::Input;
use malachitebft_app_channel::app::engine::util::events::Event;
use malachitebft_app_channel::app::events::RxEvent;
use malachitebft_app_channel::app::types::core::{NilOrVal, Round, VoteType};
use sealane_types::block::Certificate;
use sealane_types::ids::{BlockId, Height};
use tokio::sync::Notify;
use tokio::sync::broadcast::error::RecvError;

use super::context::{At, Ballot, Context, Member, Offer};
use super::parts::Head;
use crate::engine::{Application, EngineError, Point, Points};
use crate::mark::{Mark, MarkError, Place, Said, Step};

/// Most blocks, from the last one down, in which a signature of this validator is looked for at the start.
const LOOK_BACK: u64 = 1_000;

/// Where something is signed and what it says; none without a round, which nothing that is signed lacks.
type Signed = Option<(Place, Said)>;

fn place(height: At, round: Round, step: Step) -> Option<Place> {
    Some(Place {
        height: height.into(),
        round: round.as_u32()?,
        step,
    })
}

pub(super) fn of_ballot(ballot: &Ballot) -> Signed {
    let step = match ballot.kind {
        VoteType::Prevote => Step::Prevote,
        VoteType::Precommit => Step::Precommit,
    };
    let block = match ballot.value {
        NilOrVal::Nil => None,
        NilOrVal::Val(block) => Some(block),
    };
    Some((place(ballot.height, ballot.round, step)?, Said::vote(block)))
}

fn of_proposal(height: At, round: Round, block: BlockId, valid: Round) -> Signed {
    let said = Said {
        block: Some(block),
        valid: valid.as_u32(),
    };
    Some((place(height, round, Step::Propose)?, said))
}

pub(super) fn of_offer(offer: &Offer) -> Signed {
    of_proposal(offer.height, offer.round, offer.value.0, offer.pol_round)
}

pub(super) fn of_head(head: &Head) -> Signed {
    of_proposal(head.height, head.round, head.block, head.pol_round)
}

/// The mark of a node that runs.
pub(super) struct Guard {
    own: Member,
    mark: Mutex<Mark>,
    points: Arc<dyn Points>,
    /// Why the node must stop, once it must.
    fault: Mutex<Option<MarkError>>,
    failed: Notify,
}

impl Guard {
    pub(super) fn new(own: Member, mark: Mark, points: Arc<dyn Points>) -> Self {
        Self {
            own,
            mark: Mutex::new(mark),
            points,
            fault: Mutex::default(),
            failed: Notify::new(),
        }
    }

    fn mark(&self) -> MutexGuard<'_, Mark> {
        // Its parts change together after the last statement that can panic.
        self.mark.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The vote to sign where this one is asked for, durably noted: itself, or where the mark refuses it what this
    /// validator said last at this height ([`Mark::instead`]).
    pub(super) fn vote(&self, asked: &Ballot) -> Option<Ballot> {
        let signed = of_ballot(asked);
        if self.allows(signed) {
            return Some(asked.clone());
        }
        let given = self.mark().instead(signed?.0);
        let (place, said) = match given {
            Ok(given) => given?,
            Err(error @ MarkError::Io { .. }) => {
                self.fail(error);
                return None;
            }
            Err(_) => return None, // said already
        };
        self.points.pass(Point::Marked, place.height);
        Some(Ballot {
            kind: match place.step {
                Step::Precommit => VoteType::Precommit,
                Step::Propose | Step::Prevote => VoteType::Prevote,
            },
            round: Round::new(place.round),
            value: said.block.map_or(NilOrVal::Nil, NilOrVal::Val),
            ..asked.clone()
        })
    }

    /// Whether this may be signed; durably noted then. A refusal is said in the log.
    pub(super) fn allows(&self, signed: Signed) -> bool {
        #[cfg(feature = "byzantine")]
        if crate::byzantine::armed() {
            return true; // it signs twice on purpose
        }
        let Some((place, said)) = signed else {
            return false;
        };
        let noted = self.mark().sign(place, said);
        match noted {
            Ok(()) => {
                self.points.pass(Point::Marked, place.height);
                return true;
            }
            Err(error @ MarkError::Io { .. }) => self.fail(error),
            Err(error) => tracing::warn!(%error, "nothing is signed here"),
        }
        false
    }

    /// Something of this height is signed.
    pub(super) fn signed(&self, height: Height) {
        self.points.pass(Point::Signed, height);
    }

    /// A signature by this member's key holds: if it is this node's own key, the mark must know it.
    pub(super) fn seen(&self, member: &Member, signed: Signed) {
        #[cfg(feature = "byzantine")]
        if crate::byzantine::armed() {
            return;
        }
        if let Some((place, said)) = signed.filter(|_| *member == self.own) {
            let known = self.mark().seen(place, said);
            if let Err(error) = known {
                self.fail(error);
            }
        }
    }

    /// Follows what the engine finds in its log.
    pub(super) fn follow(self: &Arc<Self>, events: RxEvent<Context>) {
        tokio::spawn(follow_log(events, Arc::clone(self)));
    }

    /// The engine has found this vote in its log.
    pub(super) fn replayed(&self, ballot: &Ballot) {
        if let Some((place, said)) = of_ballot(ballot).filter(|_| ballot.member == self.own) {
            self.mark().knows(place, said);
        }
    }

    /// The block that this validator precommitted at a height, as far as its engine may not know that any more.
    pub(super) fn inherited(&self, height: At) -> Option<BlockId> {
        self.mark().inherited(height.into())
    }

    fn fail(&self, error: MarkError) {
        let mut fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        fault.get_or_insert(error);
        self.failed.notify_one();
    }

    /// Resolves when the node must stop.
    pub(super) async fn failed(&self) -> MarkError {
        loop {
            let fault = &self.fault;
            let found = fault.lock().unwrap_or_else(PoisonError::into_inner).take();
            match found {
                Some(error) => return error,
                None => self.failed.notified().await,
            }
        }
    }

    /// Holds the mark against the newest block that this node has with a signature of its key.
    pub(super) async fn check(&self, application: &dyn Application) -> Result<(), EngineError> {
        let standing = application.last_final().await;
        let top = standing.map_err(EngineError::Application)?.height.0;
        let known = self.mark().last().map_or(0, |last| last.height.0);
        let lowest = application.first_block().0.max(known).max(1);
        for height in (lowest..=top).rev().take(LOOK_BACK as usize) {
            let found = application.final_block(Height(height)).await;
            let Some((_, certificate)) = found.map_err(EngineError::Application)? else {
                return Ok(());
            };
            if self.has_signed(&certificate) {
                let seen = Place {
                    height: certificate.height,
                    round: certificate.round,
                    step: Step::Precommit,
                };
                let said = Said::vote(Some(certificate.block));
                return Ok(self.mark().seen(seen, said)?);
            }
        }
        Ok(())
    }

    fn has_signed(&self, certificate: &Certificate) -> bool {
        let mut signatures = certificate.signatures.iter();
        signatures.any(|one| one.validator == self.own.0)
    }
}

/// Tells the guard which votes the engine finds in its log, until it has found all.
async fn follow_log(mut events: RxEvent<Context>, guard: Arc<Guard>) {
    loop {
        match events.recv().await {
            Ok(Event::WalReplayEntry(Input::Vote(vote))) => guard.replayed(&vote.message),
            Ok(Event::WalReplayDone(_) | Event::Decided { .. }) | Err(RecvError::Closed) => return,
            Ok(_) | Err(RecvError::Lagged(_)) => {}
        }
    }
}
