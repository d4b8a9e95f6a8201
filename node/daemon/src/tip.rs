//! Where the store's chain ends: begun where it is new, checked where it is not.

use std::sync::Arc;

use sealane_ledger::chain::{Tip, transactions_root};
use sealane_ledger::{block_id, check_certificate, genesis_writes};
use sealane_store::Store;
use sealane_types::block::{BlockHeader, Certificate, ValidatorSet};
use sealane_types::encoding::Decode;
use sealane_types::genesis::Genesis;
use sealane_types::ids::{Height, MerkleRoot};
use sealane_types::receipt::Receipt;
use sealane_types::transaction::Transaction;

use crate::chain::{ChainError, Last};
use crate::rows;
use crate::rules::Rules;

/// The tip, and what the next block runs under. A new store is begun with genesis' state.
///
/// The last block and the one before are checked as a client would: certificate, header against header,
/// transactions, receipts and state against their roots.
pub(crate) fn open(store: &Store, genesis: &Genesis) -> Result<Last, ChainError> {
    let height = match store.height()? {
        Some(height) => height,
        None => {
            let writes = rows::writes(&genesis_writes(genesis));
            let prepared = store.prepare(Height(0), &writes)?;
            store.begin(prepared)?;
            Height(0)
        }
    };
    let rules = Rules::read(store, height)?;
    let tip = match height.0 {
        0 => Tip::genesis(genesis, store.root(height)?),
        1 => {
            let before = Rules::read(store, Height(0))?;
            let genesis = Tip::genesis(genesis, store.root(Height(0))?);
            follow(store, &genesis, &before.validators, &rules)?
        }
        _ => {
            let before = Height(height.0 - 1);
            let under = Rules::read(store, before)?;
            let header = read(store, before)?.0;
            let root = store.root(before)?;
            let before = Tip::after(&header, &receipts(store, before)?, root, &under.coming);
            follow(store, &before, &under.validators, &rules)?
        }
    };
    let rules = Arc::new(rules);
    Ok(Last { tip, rules })
}

fn damaged(what: &str) -> ChainError {
    ChainError::Damaged(what.to_owned())
}

/// The tip after the block above `before`, once it is checked against it and its validators.
fn follow(
    store: &Store,
    before: &Tip,
    validators: &ValidatorSet,
    after: &Rules,
) -> Result<Tip, ChainError> {
    let height = before.height.next();
    let (header, certificate) = read(store, height)?;
    check_certificate(&certificate, &header, validators)?;
    let follows = header.chain == before.chain
        && header.height == height
        && header.previous == before.block
        && header.state == before.state
        && header.receipts == before.receipts
        && header.validators == before.validators
        && header.next_validators == before.next_validators
        && header.transactions == transactions(store, height)?;
    if !follows {
        return Err(damaged("its last blocks do not follow one another"));
    }
    let receipts = receipts(store, height)?;
    Ok(Tip::after(
        &header,
        &receipts,
        store.root(height)?,
        &after.coming,
    ))
}

fn read(store: &Store, height: Height) -> Result<(BlockHeader, Certificate), ChainError> {
    let row = store.header(height)?;
    let row = row.ok_or_else(|| damaged("a header is missing"))?;
    let header = BlockHeader::from_bytes(&row.header)?;
    let certificate = Certificate::from_bytes(&row.certificate)?;
    if block_id(&header) != certificate.block {
        return Err(damaged("a header is not the one that was signed"));
    }
    Ok((header, certificate))
}

fn receipts(store: &Store, height: Height) -> Result<Vec<Receipt>, ChainError> {
    let rows = store.receipts(height)?;
    let rows = rows.ok_or_else(|| damaged("receipts are missing"))?;
    let receipts = rows.iter().map(|bytes| Receipt::from_bytes(bytes));
    Ok(receipts.collect::<Result<_, _>>()?)
}

/// The root of the transactions that the store has for a height.
fn transactions(store: &Store, height: Height) -> Result<MerkleRoot, ChainError> {
    let ids = store.transaction_ids(height)?;
    let ids = ids.ok_or_else(|| damaged("a block is missing"))?;
    let mut transactions = Vec::new();
    for id in &ids {
        let row = store.transaction(id)?;
        let row = row.ok_or_else(|| damaged("a transaction is missing"))?;
        transactions.push(Transaction::from_bytes(&row.bytes)?);
    }
    Ok(transactions_root(&transactions))
}
