//! Presenting: a record's one blinded set, proven to be its own, and the validators' answers to it.

use std::time::{Duration, Instant};

use sealane_crypto::oprf::{Answered, Blinded, Finished, OprfError, Parties, Question, SlotKeys};
use sealane_ledger::state::{self, Key, RecordEntry};
use sealane_statements::financing::Seller;
use sealane_types::ids::{Epoch, PointBytes, RecordId};
use sealane_types::record::Record;
use sealane_types::sharing::FingerprintKey;
use sealane_types::transaction::Payload;

use super::{Bank, RecordState};
use crate::chain::Lie;
use crate::error::ClientError;
use crate::home::journal::Action;
use crate::progress::{Activity, Progress};
use crate::proving::Proving;
use crate::work::on_processor;

/// What presenting took, where this run presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Presented {
    /// Time for the native check and the proof.
    pub proving: Duration,
    /// The proof's size in bytes.
    pub proof_bytes: usize,
    /// The size of the transaction that presents.
    pub transaction_bytes: usize,
}

/// How long to wait for the validators.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks at the state.
const PAUSE: Duration = Duration::from_millis(100);

impl Bank {
    /// Presents a record's blinded set under its seller's alias if it is not presented, waits for the answers, and computes
    /// the fingerprints.
    pub(super) async fn fingerprints(
        &self,
        record: &Record,
        seller: Seller,
        progress: &dyn Progress,
    ) -> Result<(Finished, Option<Presented>), ClientError> {
        let id = record.id();
        let (state, entry) = self.must_be_on_chain(&id).await?;
        let presented = match state.set {
            Some(_) => None,
            None => Some(self.present(record, seller, progress).await?),
        };
        let state = self.answered(&id, progress).await?;
        progress.begin(Activity::Unblinding);
        let finished = self.finish(record, &state, &entry).await?;
        Ok((finished, presented))
    }

    /// Proves and sends the set.
    async fn present(
        &self,
        record: &Record,
        seller: Seller,
        progress: &dyn Progress,
    ) -> Result<Presented, ClientError> {
        progress.begin(Activity::Proving);
        let begun = Instant::now();
        let proving = self.proving(record, seller)?;
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        let prove = move || {
            proving.prove(|words| {
                let _ = tell.send(words); // nobody listens any more: the flow was dropped
            })
        };
        let listen = async {
            while let Some(words) = told.recv().await {
                progress.detail(Activity::Proving, words);
            }
        };
        let (set, ()) = tokio::join!(on_processor(prove), listen);
        let set = set??;
        let proving = begun.elapsed();
        let payload = Payload::PresentBlinded(set);
        let committed = self
            .transact_and_close(Action::Present, payload, progress)
            .await?;
        Ok(Presented {
            proving,
            proof_bytes: sealane_types::ids::ProofBytes::LENGTH,
            transaction_bytes: committed.evidence().transaction.len(),
        })
    }

    fn proving(&self, record: &Record, seller: Seller) -> Result<Proving, ClientError> {
        let key = self.home().record_key(record);
        Ok(Proving {
            key: key.ok_or_else(|| ClientError::NotOurs(record.id()))?,
            seller,
            secret: self.home().secret(),
            record: record.clone(),
        })
    }

    /// The slot keys that belong to the fingerprint key of this epoch, and that key's bytes.
    async fn slot_keys(&self, epoch: Epoch) -> Result<(PointBytes, SlotKeys), ClientError> {
        let missing = || self.node().lies(Lie::Missing("slot keys"));
        let state = self.node().state(&[Key::fingerprint_key(epoch)]).await?;
        let key: Option<FingerprintKey> = state.read(0).map_err(|lie| self.node().lies(lie))?;
        let key = key.ok_or_else(missing)?.public;
        let state = self.node().state(&[Key::slot_keys(&key)]).await?;
        let keys: Option<state::SlotKeys> = state.read(0).map_err(|lie| self.node().lies(lie))?;
        let keys = SlotKeys::decode(&key, &keys.ok_or_else(missing)?.points);
        Ok((key, keys.map_err(wrong)?))
    }

    /// Waits until enough validators have answered.
    async fn answered(
        &self,
        record: &RecordId,
        progress: &dyn Progress,
    ) -> Result<RecordState, ClientError> {
        let begun = Instant::now();
        loop {
            let state = self.record_state(record).await?;
            if state.completed.is_some() {
                return Ok(state);
            }
            if begun.elapsed() > PATIENCE {
                return Err(ClientError::Unanswered {
                    record: *record,
                    seconds: PATIENCE.as_secs(),
                });
            }
            progress.begin(Activity::WaitingForAnswers);
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Takes the blinding away. The answer is the state's, so more than two thirds of the validators
    /// vouch that its proofs held; its points are checked for curve and subgroup here again.
    async fn finish(
        &self,
        record: &Record,
        state: &RecordState,
        entry: &RecordEntry,
    ) -> Result<Finished, ClientError> {
        let (Some(set), Some(completed)) = (&state.set, &state.completed) else {
            return Err(self.refused(sealane_types::receipt::Refusal::NotAnswered));
        };
        let blinded = Blinded::decode(set.mask, &set.blinding, &set.blinded.0).map_err(wrong)?;
        let chain = self.node().trust().chain();
        let question = Question::new(chain, record.id(), set.alias, blinded);
        let (key, keys) = self.slot_keys(completed.epoch).await?;
        let answered = Answered::decode(question, &key, &completed.points.0).map_err(wrong)?;
        let parties = Parties {
            sealer: entry.sealer,
            bank: self.home().alias(),
        };
        let seller = self.presented_seller(record.id(), &set.alias, &set.alias_commitment)?;
        let proving = self.proving(record, seller)?;
        let finish = move || -> Result<Finished, ClientError> {
            let (witness, _) = proving.witness()?; // the blinding derives from all of it
            answered
                .finish(&keys, witness.blinding(), parties)
                .map_err(wrong)
        };
        on_processor(finish).await?
    }
}

fn wrong(error: OprfError) -> ClientError {
    ClientError::Proving(error.to_string())
}
