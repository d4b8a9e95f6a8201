//! Proofs that are handed in one by one, verified together: while some are verified, those that come wait for each
//! other, and the next batch is all of them. One that comes alone waits for nobody.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sealane_ledger::FinancingClaim;
use sealane_ledger::state::{Key, RecordEntry, StateRead};
use sealane_types::encoding::Decode;
use sealane_types::transaction::{Payload, PresentBlinded};
use tokio::sync::{mpsc, oneshot};

use super::{Proofs, Unchecked};
use crate::bridge::{Bridge, BridgeError};
use crate::view::View;

/// Most proofs of a batch: beyond, a batch costs as much a proof, and takes longer.
const MOST: usize = 64;
/// The queue's capacity; further callers block.
const WAITING: usize = 1024;

/// What is to be verified of a transaction that is handed in.
#[derive(Clone)]
pub(crate) enum Question {
    /// Nothing beyond what has been.
    Nothing,
    /// A proof under a verifying key that is not there: it does not hold.
    NoKey,
    /// A proof.
    Proof(Unchecked),
}

impl Question {
    /// The proof of a presentation or a cross-check, as far as the state says what it must be a proof of. On the bridge only.
    pub(crate) fn of(proofs: &Proofs, view: &View<'_>, payload: &Payload) -> Self {
        match payload {
            Payload::PresentBlinded(present) => Self::of_financing(proofs, view, present),
            Payload::CrossCheck(said) => match sealane_ledger::claim(view, said) {
                Ok(claim) => Self::asked(proofs.cross_check(&claim)),
                Err(_) => Self::Nothing, // the rules decide
            },
            _ => Self::Nothing,
        }
    }

    fn asked(question: Option<Unchecked>) -> Self {
        question.map_or(Self::NoKey, Self::Proof)
    }

    fn of_financing(proofs: &Proofs, view: &View<'_>, present: &PresentBlinded) -> Self {
        let entry = view.get(&Key::record(&present.record));
        let entry = entry.and_then(|bytes| RecordEntry::from_bytes(&bytes).ok());
        let Some(entry) = entry else {
            return Self::Nothing; // a record that comes before it, or none: the rules decide
        };
        let claim = FinancingClaim {
            verifying_key: present.verifying_key,
            root: present.record,
            context: entry.context,
            alias_commitment: present.alias_commitment, // whether the alias has it, the rules decide
            mask: present.mask,
            amount_commitment: present.amount_commitment,
            blinding: present.blinding,
            blinded: &present.blinded,
            proof: &present.proof,
        };
        Self::asked(proofs.financing(&claim))
    }
}

/// What came of a question.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Verified {
    /// Whether the proof holds.
    pub(crate) holds: bool,
    /// Its part of the time that its batch took.
    pub(crate) took: Duration,
}

impl Verified {
    fn at_once(holds: bool) -> Self {
        let took = Duration::ZERO;
        Self { holds, took }
    }
}

type Asked = (Unchecked, oneshot::Sender<Verified>);

/// The way to be verified together with others.
#[derive(Debug, Clone)]
pub(crate) struct Gather(mpsc::Sender<Asked>);

impl Gather {
    /// Begins to gather, until the last handle is gone. Must be called on a runtime.
    pub(crate) fn start(bridge: Arc<Bridge>, proofs: Arc<Proofs>) -> Self {
        let (ask, asked) = mpsc::channel(WAITING);
        tokio::spawn(verify(bridge, proofs, asked));
        Self(ask)
    }

    /// Whether a proof holds; the outcome is remembered for the block that takes it.
    ///
    /// # Errors
    /// When the verifying met a fault of the machine, which the log tells.
    pub(crate) async fn holds(&self, question: Question) -> Result<Verified, BridgeError> {
        let question = match question {
            Question::Nothing => return Ok(Verified::at_once(true)),
            Question::NoKey => return Ok(Verified::at_once(false)),
            Question::Proof(question) => question,
        };
        let (answer, answered) = oneshot::channel();
        let sent = self.0.send((question, answer)).await;
        sent.map_err(|_| BridgeError::Stopped)?;
        answered.await.map_err(|_| BridgeError::Stopped)
    }
}

async fn verify(bridge: Arc<Bridge>, proofs: Arc<Proofs>, mut asked: mpsc::Receiver<Asked>) {
    let mut batch = Vec::new();
    while asked.recv_many(&mut batch, MOST).await > 0 {
        let (questions, answers): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
        let proofs = Arc::clone(&proofs);
        let work = move || {
            let begun = Instant::now();
            let count = u32::try_from(questions.len()).unwrap_or(u32::MAX);
            (proofs.all_hold(questions), begun.elapsed() / count.max(1))
        };
        match bridge.run(work).await {
            Ok((outcomes, took)) => {
                for (answer, holds) in answers.into_iter().zip(outcomes) {
                    // Who asked may have gone away.
                    let _ = answer.send(Verified { holds, took });
                }
            }
            Err(error) => tracing::error!(%error, "proofs could not be verified"),
        }
    }
}
