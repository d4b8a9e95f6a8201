//! A whole final block with its receipts: complete, in order, and at its place in the chain.

use std::mem;

use sealane_ledger::merkle;
use sealane_ledger::trust::{Certified, Trust};
use sealane_types::block::{MAX_BLOCK_BYTES, MAX_BLOCK_TRANSACTIONS};
use sealane_types::encoding::{DecodeError, Encode};
use sealane_types::ids::{BlockId, BlockTime, Height, TxId};
use sealane_types::receipt::Receipt;
use sealane_types::transaction::Transaction;
use sealane_wire::v1;

use super::Lie;
use super::certified::{certify, decode};
use super::committed::{MAX_RECEIPT, MAX_TRANSACTION, check_consecutive, check_receipt};

/// A place in the chain: the height of the block that comes next, and what is known of the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The next block's height, from 1.
    pub height: Height,
    /// The block before it: zeros before the first; `None` where nobody has seen it.
    pub before: Option<BlockId>,
}

impl Place {
    /// The place of the block of a height, of whose predecessors nothing is known.
    #[must_use]
    pub fn at(height: Height) -> Self {
        let first = height == Height(1);
        Self {
            height,
            before: first.then(|| BlockId::new([0; 32])),
        }
    }
}

/// A transaction of a final block, with its receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: TxId,
    /// The transaction.
    pub transaction: Transaction,
    /// What became of it.
    pub receipt: Receipt,
}

/// A final block with its receipts, none missing and in order: what [`super::NodeClient`] has checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommittedBlock {
    block: Certified,
    next: Certified,
    entries: Vec<Entry>,
}

impl CommittedBlock {
    /// Its height.
    #[must_use]
    pub fn height(&self) -> Height {
        self.block.height()
    }

    /// Its time.
    #[must_use]
    pub fn time(&self) -> BlockTime {
        self.block.header().time
    }

    /// Its header.
    #[must_use]
    pub fn block(&self) -> &Certified {
        &self.block
    }

    /// The next header, which has the root of its receipts.
    #[must_use]
    pub fn next(&self) -> &Certified {
        &self.next
    }

    /// Its transactions, in order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Its own place.
    #[must_use]
    pub fn place(&self) -> Place {
        Place {
            height: self.height(),
            before: Some(self.block.header().previous),
        }
    }

    /// The place after it.
    #[must_use]
    pub fn after(&self) -> Place {
        Place {
            height: self.next.height(),
            before: Some(self.block.id()),
        }
    }
}

/// What a node has shown of a block so far.
#[derive(Debug, Default)]
pub(super) struct Parts {
    transactions: Vec<Vec<u8>>,
    receipts: Vec<Vec<u8>>,
    bytes: usize,
}

/// All that a node shows of a block, not yet checked.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    transactions: Vec<Vec<u8>>,
    receipts: Vec<Vec<u8>>,
    header: v1::FinalHeader,
    next: v1::FinalHeader,
}

impl Parts {
    /// Takes one more part; the whole once it is the last.
    pub(super) fn add(&mut self, part: v1::BlockPart) -> Result<Option<Shown>, Lie> {
        let ends = part.header.is_some() || part.next_header.is_some();
        if part.transactions.is_empty() && !ends {
            return Err(Lie::Missing("transactions in a part of a block"));
        }
        let both = part.transactions.iter().chain(&part.receipts);
        self.bytes += both.map(Vec::len).sum::<usize>();
        self.transactions.extend(part.transactions);
        self.receipts.extend(part.receipts);
        let count = self.transactions.len().max(self.receipts.len());
        check_size(count, MAX_BLOCK_TRANSACTIONS, "block's transactions")?;
        check_size(self.bytes, 2 * MAX_BLOCK_BYTES, "block's bytes")?;
        if !ends {
            return Ok(None);
        }
        let whole = mem::take(self);
        Ok(Some(Shown {
            transactions: whole.transactions,
            receipts: whole.receipts,
            header: part.header.ok_or(Lie::Missing("header"))?,
            next: part.next_header.ok_or(Lie::Missing("next header"))?,
        }))
    }
}

fn check_size(length: usize, limit: usize, what: &'static str) -> Result<(), Lie> {
    let reason = DecodeError::TooLong {
        what,
        length,
        limit,
    };
    (length <= limit)
        .then_some(())
        .ok_or(Lie::Form { what, reason })
}

impl Shown {
    /// Checks that the validators made the block final at this place, that the transactions and receipts are all of
    /// its own in their order, and that each receipt is its transaction's. `known` is the header that the block
    /// before was shown by.
    pub(super) fn check(
        &self,
        trust: &Trust,
        place: &Place,
        known: Option<&Certified>,
    ) -> Result<CommittedBlock, Lie> {
        let known = known.filter(|known| known.header().to_bytes() == self.header.header);
        let block = match known {
            Some(known) => known.clone(),
            None => certify(trust, Some(self.header.clone()))?,
        };
        check_place(&block, place)?;
        let next = certify(trust, Some(self.next.clone()))?;
        check_consecutive(&block, &next)?;
        if merkle::root(&self.transactions) != block.header().transactions {
            return Err(Lie::NotWhole("transactions"));
        }
        // the receipts' number is bound by their root, and the transactions' by theirs
        if merkle::root(&self.receipts) != next.header().receipts {
            return Err(Lie::NotWhole("receipts"));
        }
        if self.transactions.len() != self.receipts.len() {
            return Err(Lie::OtherReceipt);
        }
        let pairs = self.transactions.iter().zip(&self.receipts);
        let entries = pairs.map(|(transaction, receipt)| entry(trust, transaction, receipt));
        Ok(CommittedBlock {
            entries: entries.collect::<Result<_, _>>()?,
            block,
            next,
        })
    }
}

fn check_place(block: &Certified, place: &Place) -> Result<(), Lie> {
    if block.height() != place.height {
        return Err(Lie::Skipped {
            found: block.height(),
            expected: place.height,
        });
    }
    let before = place.before.unwrap_or(block.header().previous);
    match block.header().previous == before {
        true => Ok(()),
        false => Err(Lie::Fork(Height(place.height.0.saturating_sub(1)))),
    }
}

fn entry(trust: &Trust, transaction: &[u8], receipt: &[u8]) -> Result<Entry, Lie> {
    let transaction: Transaction = decode(transaction, MAX_TRANSACTION, "transaction")?;
    let receipt: Receipt = decode(receipt, MAX_RECEIPT, "receipt")?;
    let id = check_receipt(trust, &transaction, &receipt)?;
    Ok(Entry {
        id,
        transaction,
        receipt,
    })
}
