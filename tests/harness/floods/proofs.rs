//! A bank whose presentations have valid envelopes and false proofs: each costs a node a whole verification.

use std::sync::Arc;
use std::time::Duration;

use sealane_types::ids::{FieldBytes, RecordId};
use sealane_types::transaction::{Payload, PresentBlinded};
use sealane_verifier::Keys;
use tokio::time::sleep;

use super::target::Target;
use super::{Tally, side_by_side};
use crate::chain::{BANKS, Chain};
use crate::deals::kept;
use crate::invoice::Invoice;

/// Presentations at a time.
const TASKS: u64 = 8;

/// A proof that holds, of something else.
pub(super) fn another() -> PresentBlinded {
    let proofs = Keys::with_test_key();
    let chain = Chain::new(&proofs).tip.chain;
    kept(&proofs, chain, BANKS[0], &Invoice::new("RACE-0")).present
}

/// That proof as one of the record, with another commitment each time, so that no outcome is remembered.
fn false_proof(of: &PresentBlinded, record: RecordId, number: u64) -> Payload {
    let mut commitment = [0; 32];
    commitment[..8].copy_from_slice(&number.to_le_bytes());
    Payload::PresentBlinded(PresentBlinded {
        record,
        alias_commitment: FieldBytes::new(commitment),
        ..of.clone()
    })
}

pub(super) async fn refused(target: Arc<Target>, tally: Arc<Tally>) {
    let (proof, mut signer) = (another(), target.signer().await);
    let record = signer.record("FLOODED-1");
    let id = record.id();
    let sealing = Payload::SealRecord(Box::new(record));
    let taken = signer.send(&mut target.client(), sealing, 20_000).await;
    taken.expect("a record to present");
    // none of them is taken, so all of them have the same sequence
    let task = |number: usize| {
        let (target, tally, proof) = (Arc::clone(&target), Arc::clone(&tally), proof.clone());
        async move {
            let (mut node, mut signer) = (target.client(), target.signer().await);
            let mut turn = number as u64;
            while tally.goes_on() {
                turn += TASKS;
                tally.made(1);
                if let Err(status) = signer
                    .send(&mut node, false_proof(&proof, id, turn), 0)
                    .await
                {
                    tally.status(&status);
                }
                sleep(Duration::from_millis(1)).await;
            }
        }
    };
    side_by_side(TASKS as usize, task).await;
}
