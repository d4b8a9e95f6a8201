//! One transaction from the journal to a final block, through kills, a busy node and lost answers.

use std::time::{Duration, Instant};

use sealane_ledger::state::Key;
use sealane_types::alias::Alias;
use sealane_types::ids::{AliasId, RecordId, Sequence};
use sealane_types::receipt::Outcome;
use sealane_types::transaction::Payload;
use sealane_wire::code::ErrorCode;

use super::Bank;
use crate::chain::{Committed, NodeError};
use crate::error::ClientError;
use crate::home::journal::{self, Action, Outbox};
use crate::progress::{Activity, Progress};
use crate::refused::Refused;

/// How long one `Submit` waits at the node.
const WAIT: Duration = Duration::from_secs(10);
/// How long a transaction may take to be final before the flow ends and says so.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long a node may be away (restarted, say) before the flow ends and says so.
const AWAY: Duration = Duration::from_secs(10);
/// How old the last block may be while a transaction waits, without a word about it: a block follows within seconds.
const STILL: Duration = Duration::from_secs(8);
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(250);

/// What became of a transaction in the outbox.
pub(super) enum Fate {
    /// It is in a final block: done, or refused by the rules.
    Final(Box<Committed>),
    /// It can never be in one: the reason, for the journal.
    Dead {
        /// The node's word for it.
        code: Option<ErrorCode>,
        /// The reason.
        reason: String,
    },
    /// Its sequence went to another transaction of the same key.
    Overtaken,
}

impl Bank {
    /// Brings an earlier run's transaction to its end. Gives it back when it is final, *before* the
    /// outbox is emptied: whoever takes it calls [`Bank::close_outbox`] once its consequences are on disk. A financing that
    /// would not be made any more is given up.
    pub(super) async fn resume(
        &self,
        progress: &dyn Progress,
    ) -> Result<Option<(Outbox, Box<Committed>)>, ClientError> {
        let Some(outbox) = self.home().journal().outbox()? else {
            return Ok(None);
        };
        progress.detail(Activity::Resuming, &outbox.purpose());
        if let Some(reason) = self.fell(&outbox, progress).await? {
            let purpose = outbox.purpose();
            let outcome = journal::Outcome::Refused(reason.to_string());
            self.home().journal().close(&outbox, outcome)?;
            let told = format!("{purpose}, which an earlier run had begun, is given up: {reason}");
            progress.detail(Activity::Warned, &told);
            return Ok(None);
        }
        match self.deliver(&outbox, progress).await? {
            Fate::Final(committed) => Ok(Some((outbox, committed))),
            Fate::Dead { reason, .. } => {
                let outcome = journal::Outcome::Refused(reason);
                self.home().journal().close(&outbox, outcome)?;
                Ok(None)
            }
            Fate::Overtaken => {
                let outcome = journal::Outcome::Refused("overtaken".to_owned());
                self.home().journal().close(&outbox, outcome)?;
                Ok(None)
            }
        }
    }

    /// Signs a payload, journals it, sends it, and waits until it is final. The outbox stays full;
    /// [`Bank::close_outbox`] empties it.
    pub(super) async fn transact(
        &self,
        action: Action,
        payload: Payload,
        progress: &dyn Progress,
    ) -> Result<(Outbox, Box<Committed>), ClientError> {
        let signer = self.home().signer_of(&payload);
        self.transact_as(signer, action, payload, progress).await
    }

    /// As [`Bank::transact`], under an alias of this home's: its own, or a customer's.
    pub(super) async fn transact_as(
        &self,
        signer: AliasId,
        action: Action,
        payload: Payload,
        progress: &dyn Progress,
    ) -> Result<(Outbox, Box<Committed>), ClientError> {
        for _ in 0..3 {
            let outbox = self.sign(signer, action, payload.clone()).await?;
            self.home().journal().post(&outbox)?;
            progress.detail(Activity::Submitting, payload.name());
            match self.deliver(&outbox, progress).await? {
                Fate::Final(committed) => return Ok((outbox, committed)),
                Fate::Dead { code, reason } => {
                    let outcome = journal::Outcome::Refused(reason.clone());
                    self.home().journal().close(&outbox, outcome)?;
                    return Err(self.refused_by_node(code, reason));
                }
                Fate::Overtaken => {
                    let outcome = journal::Outcome::Refused("overtaken".to_owned());
                    self.home().journal().close(&outbox, outcome)?;
                }
            }
        }
        Err(ClientError::Overtaken)
    }

    /// As [`Bank::transact`], for a transaction whose only consequence is its outcome in the journal.
    pub(super) async fn transact_and_close(
        &self,
        action: Action,
        payload: Payload,
        progress: &dyn Progress,
    ) -> Result<Box<Committed>, ClientError> {
        let (outbox, committed) = self.transact(action, payload, progress).await?;
        self.close_outbox(&outbox, &committed)?;
        self.must_be_done(&committed)?;
        Ok(committed)
    }

    /// Notes a final transaction's outcome and empties the outbox.
    pub(super) fn close_outbox(
        &self,
        outbox: &Outbox,
        committed: &Committed,
    ) -> Result<(), ClientError> {
        let outcome = match committed.outcome() {
            Outcome::Done(_) => journal::Outcome::Committed(committed.height().0),
            Outcome::Refused(refusal) => journal::Outcome::Refused(refusal.to_string()),
        };
        Ok(self.home().journal().close(outbox, outcome)?)
    }

    /// Brings whatever an earlier run left to its end, unless it is what this run is about: `action` for `record`.
    pub(super) async fn resume_others(
        &self,
        action: Action,
        record: &RecordId,
        progress: &dyn Progress,
    ) -> Result<Option<(Outbox, Box<Committed>)>, ClientError> {
        let Some((outbox, committed)) = self.resume(progress).await? else {
            return Ok(None);
        };
        if outbox.action == action && outbox.record.as_ref().is_some_and(|of| of.0 == *record) {
            return Ok(Some((outbox, committed)));
        }
        self.conclude(&outbox, &committed, progress).await?;
        Ok(None)
    }

    /// That it was done: the rules' refusal is an error.
    pub(super) fn must_be_done(&self, committed: &Committed) -> Result<(), ClientError> {
        match committed.outcome() {
            Outcome::Done(_) => Ok(()),
            Outcome::Refused(refusal) => Err(self.refused(refusal.clone())),
        }
    }

    pub(super) fn refused(&self, refusal: sealane_types::receipt::Refusal) -> ClientError {
        ClientError::Refused(Box::new(Refused::new(refusal)))
    }

    fn refused_by_node(&self, code: Option<ErrorCode>, reason: String) -> ClientError {
        let node = self.node().address().to_owned();
        let reason = match code {
            Some(ErrorCode::BadSignature) => format!(
                "{reason}: the chain names another signing key than this home's keystore.age has; put back the newest one"
            ),
            _ => reason,
        };
        ClientError::Node(NodeError::Refused { node, code, reason })
    }

    /// The next transaction: its sequence is proven by the state, so a node that lies about it
    /// changes nothing.
    async fn sign(
        &self,
        signer: AliasId,
        action: Action,
        payload: Payload,
    ) -> Result<Outbox, ClientError> {
        let key = Key::sequence(&signer);
        let lies = |lie| self.node().lies(lie);
        let mut keys = vec![key];
        if self.home().key_waits() {
            keys.push(Key::alias(&self.home().alias()));
        }
        let snapshot = self.node().state(&keys).await?;
        let sequence: Option<Sequence> = snapshot.read(0).map_err(lies)?;
        if keys.len() > 1 {
            let own: Option<Alias> = snapshot.read(1).map_err(lies)?;
            let followed = own.map(|own| self.home().follow_key(&own.key));
            followed.transpose()?;
        }
        let record = payload.record();
        let sequence = sequence.unwrap_or_default();
        let (id, bytes) = self.home().sign_as(signer, sequence, payload);
        Ok(Outbox::new(record, action, id, sequence, bytes))
    }

    /// Sends the same bytes until their fate is known.
    async fn deliver(&self, outbox: &Outbox, progress: &dyn Progress) -> Result<Fate, ClientError> {
        let begun = Instant::now();
        let mut reached = Instant::now();
        let mut tried = vec![outbox.bytes.0.clone()];
        loop {
            let bytes = &tried[tried.len() - 1];
            let sent = self.node().submit(bytes, &outbox.id.0, WAIT).await;
            match sent {
                Ok(Some(committed)) => return Ok(Fate::Final(Box::new(committed))),
                Ok(None) | Err(NodeError::Busy { .. }) => {
                    reached = Instant::now();
                    progress.detail(Activity::WaitingForBlock, &self.standstill().await);
                }
                Err(NodeError::Unreachable { .. }) if reached.elapsed() < AWAY => {}
                Err(NodeError::Refused { code, reason, .. }) => {
                    let key = code == Some(ErrorCode::BadSignature);
                    let anew = key.then(|| self.home().signed_anew(&tried));
                    if let Some(anew) = anew.flatten() {
                        tried.push(anew); // the home's key is becoming another
                        continue;
                    }
                    if let Some(fate) = self.refused_fate(outbox, code, reason).await? {
                        return Ok(fate);
                    }
                }
                Err(error) => return Err(error.into()),
            }
            if begun.elapsed() > PATIENCE {
                let seconds = PATIENCE.as_secs();
                return Err(ClientError::Uncommitted { seconds });
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Why no block has come yet, as far as the node knows; empty where the chain goes on.
    async fn standstill(&self) -> String {
        let status = self.node().status().await;
        let still = status.ok().and_then(|status| status.standstill(STILL));
        let advice = "`sealane node status` names those that are missing";
        still.map_or_else(String::new, |still| format!("{still}; {advice}"))
    }

    /// What a node's refusal to take the transaction means; `None` to try again.
    async fn refused_fate(
        &self,
        outbox: &Outbox,
        code: Option<ErrorCode>,
        reason: String,
    ) -> Result<Option<Fate>, ClientError> {
        match code {
            Some(ErrorCode::OldSequence) => {
                let found = self.node().transaction(&outbox.id.0).await?;
                Ok(Some(found.map_or(Fate::Overtaken, |committed| {
                    Fate::Final(Box::new(committed))
                })))
            }
            Some(ErrorCode::SequenceTaken | ErrorCode::SequenceGap) => Ok(None),
            // it waited, and turned out to be none for a block: handed in again, the node says why
            Some(ErrorCode::NotFound) => Ok(None),
            Some(
                ErrorCode::Malformed
                | ErrorCode::WrongChain
                | ErrorCode::UnknownSigner
                | ErrorCode::NotActive
                | ErrorCode::BadSignature
                | ErrorCode::TooLarge,
            ) => Ok(Some(Fate::Dead { code, reason })),
            _ => {
                let node = self.node().address().to_owned();
                Err(NodeError::Refused { node, code, reason }.into())
            }
        }
    }
}
