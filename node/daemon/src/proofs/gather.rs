//! Proofs that are handed in one by one, verified together: while some are verified, those that come wait for each
//! other, and the next batch is all of them. One that comes alone waits for nobody.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sealane_types::receipt::Refusal;
use sealane_types::transaction::Payload;
use sealane_verifier::{Claim, Verifier};
use tokio::sync::{mpsc, oneshot};

use super::Proofs;
use crate::bridge::{Bridge, BridgeError};
use crate::view::View;

/// Most transactions whose proofs are verified in one batch: beyond, a batch costs as much a proof, and takes longer.
const MOST: usize = 64;
/// The queue's capacity; further callers block.
const WAITING: usize = 1024;

/// What is to be verified of a transaction that is handed in: all of its claims must hold. `None` where they cannot.
#[derive(Clone)]
pub(crate) struct Asked(pub(super) Option<Vec<Claim>>);

impl Asked {
    /// The claims of a payload, as far as the state says what its proofs must show. On the bridge only.
    pub(crate) fn of(view: &View<'_>, payload: &Payload) -> Self {
        match sealane_ledger::claims(view, payload) {
            Ok(claims) => Self(Some(claims)),
            Err(Refusal::WrongProof) => Self(None),
            Err(_) => Self(Some(Vec::new())), // the rules decide: a record may come before it
        }
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

type Waiting = (Vec<Claim>, oneshot::Sender<Verified>);

/// The way to be verified together with others.
#[derive(Debug, Clone)]
pub(crate) struct Gather(mpsc::Sender<Waiting>);

impl Gather {
    /// Begins to gather, until the last handle is gone. Must be called on a runtime.
    pub(crate) fn start(bridge: Arc<Bridge>, proofs: Arc<Proofs>) -> Self {
        let (ask, asked) = mpsc::channel(WAITING);
        tokio::spawn(verify(bridge, proofs, asked));
        Self(ask)
    }

    /// Whether all claims of a transaction hold; the outcomes are remembered for the block that takes it.
    ///
    /// # Errors
    /// When the verifying met a fault of the machine, which the log tells.
    pub(crate) async fn hold(&self, asked: Asked) -> Result<Verified, BridgeError> {
        let claims = match asked.0 {
            Some(claims) if claims.is_empty() => return Ok(Verified::at_once(true)),
            Some(claims) => claims,
            None => return Ok(Verified::at_once(false)),
        };
        let (answer, answered) = oneshot::channel();
        let sent = self.0.send((claims, answer)).await;
        sent.map_err(|_| BridgeError::Stopped)?;
        answered.await.map_err(|_| BridgeError::Stopped)
    }
}

async fn verify(bridge: Arc<Bridge>, proofs: Arc<Proofs>, mut asked: mpsc::Receiver<Waiting>) {
    let mut batch = Vec::new();
    while asked.recv_many(&mut batch, MOST).await > 0 {
        let (questions, answers): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
        let proofs = Arc::clone(&proofs);
        let work = move || {
            let begun = Instant::now();
            let count = u32::try_from(questions.len()).unwrap_or(u32::MAX);
            (all_hold(&proofs, questions), begun.elapsed() / count.max(1))
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

/// Of which transactions all claims hold.
fn all_hold(proofs: &Proofs, transactions: Vec<Vec<Claim>>) -> Vec<bool> {
    let counts: Vec<usize> = transactions.iter().map(Vec::len).collect();
    let claims: Vec<Claim> = transactions.into_iter().flatten().collect();
    let mut held = proofs.hold(&claims).into_iter();
    let whole = |count: usize| held.by_ref().take(count).fold(true, |all, one| all & one);
    counts.into_iter().map(whole).collect()
}
