//! What a block leaves in the store, and what this node still has to do about it.

use std::collections::BTreeMap;

use sealane_ledger::state::Writes;
use sealane_ledger::{Applied, Effect};
use sealane_store::{BlockRows, Store, StoreError, TransactionRow};
use sealane_types::block::{Block, BlockHeader, Certificate};
use sealane_types::encoding::{Decode, Encode};
use sealane_types::ids::{Height, RecordId};
use sealane_types::receipt::{Done, Outcome, Receipt};
use sealane_types::transaction::Transaction;

use crate::fault::ChainError;

/// The state's writes as the store takes them.
pub(crate) fn writes(writes: &Writes) -> BTreeMap<Vec<u8>, Option<Vec<u8>>> {
    let rows = writes.iter();
    rows.map(|(key, value)| (key.as_bytes().to_vec(), value.clone()))
        .collect()
}

/// Everything else that a block writes. `answers` says whether a validator answers sets here.
pub(crate) fn rows(
    block: &Block,
    certificate: &Certificate,
    applied: &Applied,
    answers: bool,
) -> BlockRows {
    let pairs = block.transactions.iter().zip(&applied.receipts);
    BlockRows {
        header: block.header.to_bytes(),
        certificate: certificate.to_bytes(),
        transactions: pairs
            .clone()
            .map(|(transaction, receipt)| transaction_row(transaction, receipt))
            .collect(),
        taken: applied.effects.iter().filter_map(taken).collect(),
        tasks: match answers {
            true => tasks(block, applied),
            false => Vec::new(),
        },
    }
}

fn transaction_row(transaction: &Transaction, receipt: &Receipt) -> TransactionRow {
    let sealed = receipt.outcome == Outcome::Done(Done::Sealed);
    TransactionRow {
        id: receipt.transaction,
        bytes: transaction.to_bytes(),
        receipt: receipt.to_bytes(),
        sealed: receipt.record.filter(|_| sealed),
    }
}

fn taken(effect: &Effect) -> Option<(u64, Vec<u8>)> {
    let Effect::Logged { number, entry, .. } = effect else {
        return None;
    };
    Some((*number, entry.to_bytes()))
}

/// A finalised set is a task until it is complete: this validator answers it, and answers it anew where another
/// epoch of the fingerprint key is present before. It is written with the block that finalises the set, so no
/// crash loses it.
fn tasks(block: &Block, applied: &Applied) -> Vec<(Vec<u8>, Option<Vec<u8>>)> {
    let begun = finalised_sets(applied).into_iter();
    let begun = begun.map(|record| (name(&record), Some(block.header.height.to_bytes())));
    let completed = applied.effects.iter().filter_map(|effect| {
        let Effect::SetCompleted { record } = effect else {
            return None;
        };
        Some((name(record), None))
    });
    begun.chain(completed).collect()
}

fn name(record: &RecordId) -> Vec<u8> {
    record.as_bytes().to_vec()
}

/// The records whose sets a block made final.
pub(crate) fn finalised_sets(applied: &Applied) -> Vec<RecordId> {
    let set = |effect: &Effect| {
        let Effect::BlindedSetFinalised { record } = effect else {
            return None;
        };
        Some(*record)
    };
    applied.effects.iter().filter_map(set).collect()
}

/// A block as it was committed; `None` where there is none.
pub(crate) fn final_block(
    store: &Store,
    height: Height,
) -> Result<Option<(Block, Certificate)>, ChainError> {
    let (Some(row), Some(ids)) = (store.header(height)?, store.transaction_ids(height)?) else {
        return Ok(None);
    };
    let transactions = ids.iter().map(|id| {
        let row = store.transaction(id)?;
        let row = row.ok_or_else(|| ChainError::Damaged("a transaction is missing".to_owned()))?;
        Ok(Transaction::from_bytes(&row.bytes)?)
    });
    let block = Block {
        header: BlockHeader::from_bytes(&row.header)?,
        transactions: transactions.collect::<Result<_, ChainError>>()?,
    };
    Ok(Some((block, Certificate::from_bytes(&row.certificate)?)))
}

/// The records whose sets are still to be answered here.
pub(crate) fn open_tasks(store: &Store) -> Result<Vec<RecordId>, StoreError> {
    let read = |(name, _): (Vec<u8>, Vec<u8>)| {
        let name = <[u8; 32]>::try_from(name);
        let name = name.map_err(|_| StoreError::Missing("a task's record".to_owned()))?;
        Ok(RecordId::new(name))
    };
    store.tasks()?.into_iter().map(read).collect()
}
