//! What is handed in: decoded, checked, and left to wait for a block. First what costs little, then the signature,
//! then the proof.

use std::sync::Arc;
use std::time::Instant;

use sealane_api::{ErrorCode, Origin, Refused, Work};
use sealane_consensus::{Lane, MempoolError, Waiting};
use sealane_ledger::chain::Tip;
use sealane_ledger::{InvalidTransaction, admit, next_sequence, transaction_id};
use sealane_types::encoding::{Decode as _, DecodeError};
use sealane_types::ids::{Sequence, TxId};
use sealane_types::transaction::Transaction;

use super::Service;
use crate::chain::{Chain, institution, waiting};
use crate::proofs::Asked;
use crate::refuse::fault;
use crate::view::View;

impl Chain {
    /// Whether a transaction fits a block of this chain and, with what waits already, the pool.
    fn fits(&self, waiting: &Waiting) -> Result<(), Refused> {
        let most = self.most_bytes();
        if waiting.size > most {
            let message = format!("a transaction has at most {most} bytes on this chain");
            return Err(Refused::new(ErrorCode::TooLarge, message));
        }
        self.mempool.has_room(waiting).map_err(no_room)
    }
}

impl Service {
    /// Takes a transaction's bytes; what is known already is not looked at again.
    pub(super) async fn take(
        &self,
        bytes: Vec<u8>,
        origin: Origin,
        work: &Work,
    ) -> Result<TxId, Refused> {
        // one turn for what every transaction needs, apart from the questions that wait to be looked up
        let chain = Arc::clone(&self.chain);
        let decode = move || {
            let begun = Instant::now();
            let decoded = Transaction::from_bytes(&bytes).map(|transaction| {
                let id = transaction_id(&transaction.body);
                let known = match chain.mempool.contains(&id) {
                    true => Ok(true),
                    false => chain.store.transaction(&id).map(|row| row.is_some()),
                };
                (id, transaction, known)
            });
            (decoded, begun.elapsed())
        };
        let (decoded, took) = self.chain.checking.run(decode).await.map_err(fault)?;
        work.add(took);
        let malformed = |error: DecodeError| {
            let message = format!("the bytes are not a transaction: {error}");
            Refused::new(ErrorCode::Malformed, message)
        };
        let (id, transaction, known) = decoded.map_err(malformed)?;
        if !known.map_err(fault)? {
            let admitted = self.admit(transaction, origin, work).await;
            admitted.inspect_err(|_| {
                self.chain.metrics.not_taken.inc();
            })?;
        }
        Ok(id)
    }

    /// Lets a decoded transaction wait, if it may stand in a block.
    async fn admit(
        &self,
        transaction: Transaction,
        origin: Origin,
        work: &Work,
    ) -> Result<(), Refused> {
        let transaction = Arc::new(transaction);
        let lane = match origin {
            Origin::Client => Lane::Open,
            Origin::Node => Lane::Relayed,
        };
        loop {
            let tip = self.chain.tip();
            let height = tip.height;
            let (waiting, next) = self.check(Arc::clone(&transaction), tip, work).await?;
            match self.chain.mempool.admit(waiting, next, lane) {
                // a block took the signer's earlier ones out of the pool since `next` was read
                Err(MempoolError::SequenceGap { .. }) if self.chain.tip().height != height => {}
                admitted => {
                    admitted.map_err(no_room)?;
                    if self.chain.tip().height != height {
                        // a block that has it already may have emptied the pool before it came
                        let signer = transaction.body.signer;
                        let next = self.chain.committed_sequence(signer).await.map_err(fault)?;
                        self.chain.mempool.forget_below(&signer, next);
                    }
                    break;
                }
            }
        }
        Ok(())
    }

    /// Whether a transaction may stand in a block after `tip`; with its signer's next sequence there. First what
    /// costs little: its size, and whether there is room for it in the pool.
    async fn check(
        &self,
        transaction: Arc<Transaction>,
        tip: Tip,
        work: &Work,
    ) -> Result<(Waiting, Sequence), Refused> {
        let chain = Arc::clone(&self.chain);
        let check = move || {
            let begun = Instant::now();
            let signed = || -> Result<(Waiting, Sequence, Asked), Refused> {
                let (store, height) = (&chain.store, tip.height);
                let view = View { store, height };
                let institution = institution(&view, &transaction.body.signer);
                let waiting = waiting(Arc::clone(&transaction), institution);
                chain.fits(&waiting)?;
                admit(&view, &tip, &transaction).map_err(invalid)?;
                let asked = Asked::of(&view, &transaction.body.payload);
                let next = next_sequence(&view, &transaction.body.signer);
                Ok((waiting, next, asked))
            };
            (signed(), begun.elapsed())
        };
        let checked = self.chain.checking.run(check).await;
        let (signed, took) = checked.map_err(fault)?;
        work.add(took);
        let (waiting, next, asked) = signed?;
        let verified = self.chain.gather.hold(asked).await.map_err(fault)?;
        work.add(verified.took);
        if !verified.holds {
            let message = "the financing proof does not hold for this record on this chain";
            return Err(Refused::new(ErrorCode::BadProof, message));
        }
        Ok((waiting, next))
    }
}

fn invalid(error: InvalidTransaction) -> Refused {
    let code = match error {
        InvalidTransaction::OtherChain => ErrorCode::WrongChain,
        InvalidTransaction::UnknownSigner(_) => ErrorCode::UnknownSigner,
        InvalidTransaction::NotActive(_) => ErrorCode::NotActive,
        InvalidTransaction::Sequence { .. } => ErrorCode::OldSequence,
        InvalidTransaction::WrongSignature => ErrorCode::BadSignature,
    };
    Refused::new(code, error.to_string())
}

fn no_room(error: MempoolError) -> Refused {
    let code = match error {
        MempoolError::OldSequence { .. } => ErrorCode::OldSequence,
        MempoolError::SequenceGap { .. } => ErrorCode::SequenceGap,
        MempoolError::SequenceTaken { .. } => ErrorCode::SequenceTaken,
        MempoolError::SignerFull { .. } | MempoolError::InstitutionFull { .. } => {
            ErrorCode::SignerFull
        }
        MempoolError::PoolFull { .. } => ErrorCode::PoolFull,
    };
    Refused::new(code, error.to_string())
}
