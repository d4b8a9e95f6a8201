//! Where the store's chain ends: begun where it is new, checked where it is not.

use std::sync::Arc;

use sealane_ledger::chain::{Tip, transactions_root};
use sealane_ledger::{block_id, check_certificate, genesis_writes};
use sealane_store::{Base, HeaderRow, Store};
use sealane_types::block::{BlockHeader, Certificate, ValidatorSet};
use sealane_types::encoding::Decode;
use sealane_types::genesis::Genesis;
use sealane_types::ids::{Height, MerkleRoot};
use sealane_types::receipt::Receipt;
use sealane_types::transaction::Transaction;

use crate::fault::ChainError;
use crate::rows;
use crate::rules::Rules;

/// Where the chain ends, and what the next block runs under.
#[derive(Debug, Clone)]
pub(crate) struct Last {
    pub tip: Tip,
    pub rules: Arc<Rules>,
}

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
    let base = store.base()?;
    let tip = match (height.0.checked_sub(1), &base) {
        (None, _) => Tip::genesis(genesis, store.root(height)?),
        (_, Some(base)) if base.height == height => began(store, base, &rules)?,
        (Some(before), _) => {
            let before = Height(before);
            let under = Rules::read(store, before)?;
            let tip = earlier(store, genesis, base.as_ref(), before, &under)?;
            follow(store, &tip, &under.validators, &rules)?
        }
    };
    let rules = Arc::new(rules);
    Ok(Last { tip, rules })
}

/// The tip after a block that is not the last one; its own predecessors were checked when it was.
fn earlier(
    store: &Store,
    genesis: &Genesis,
    base: Option<&Base>,
    height: Height,
    under: &Rules,
) -> Result<Tip, ChainError> {
    let root = store.root(height)?;
    if height == Height(0) {
        return Ok(Tip::genesis(genesis, root));
    }
    if let Some(base) = base.filter(|base| base.height == height) {
        return began(store, base, under);
    }
    let header = read(store, height)?.0;
    let receipts = receipts(store, height)?;
    Ok(Tip::after(&header, &receipts, root, &under.coming))
}

/// The tip where the folder began with a snapshot: the next header, which was final, tells it.
fn began(store: &Store, base: &Base, rules: &Rules) -> Result<Tip, ChainError> {
    let header = read(store, base.height)?.0;
    let (next, certificate) = decode(&base.next)?;
    check_certificate(&certificate, &next, &rules.validators)?;
    let follows = next.chain == header.chain
        && next.height == header.height.next()
        && next.previous == block_id(&header)
        && next.state == store.root(base.height)?;
    match follows {
        true => Ok(Tip::between(&header, &next)),
        false => Err(damaged("it is not the state that it began with")),
    }
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
    decode(&row.ok_or_else(|| damaged("a header is missing"))?)
}

fn decode(row: &HeaderRow) -> Result<(BlockHeader, Certificate), ChainError> {
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
