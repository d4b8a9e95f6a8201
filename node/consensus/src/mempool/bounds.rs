//! How much may wait, and what is said to who is above it.

use std::time::Duration;

use sealane_types::ids::{Sequence, TxId};
use thiserror::Error;

/// Bounds of the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Transactions in all.
    pub transactions: usize,
    /// Bytes of transactions in all.
    pub bytes: usize,
    /// Work in all ([`sealane_ledger::chain::work`]).
    pub work: usize,
    /// Transactions of one signer.
    pub per_signer: usize,
    /// How long one waits before it is forgotten.
    pub age: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            transactions: 20_000,
            bytes: 256 << 20,
            work: 40_000,
            per_signer: 1_024,
            age: Duration::from_secs(30 * 60),
        }
    }
}

/// Why a transaction does not wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MempoolError {
    /// Its sequence has been used.
    #[error("the signer's sequence {found} has been used; its next is {next}")]
    OldSequence {
        /// The transaction's.
        found: Sequence,
        /// The signer's next, with what waits.
        next: Sequence,
    },
    /// There are sequences between the signer's next and the transaction's.
    #[error("the signer's next sequence is {next}, not {found}")]
    SequenceGap {
        /// The transaction's.
        found: Sequence,
        /// The signer's next, with what waits.
        next: Sequence,
    },
    /// Another transaction of the signer waits with this sequence.
    #[error("transaction {waiting} of this signer waits with sequence {found} already")]
    SequenceTaken {
        /// The transaction's.
        found: Sequence,
        /// The one that waits.
        waiting: TxId,
    },
    /// The signer has as many waiting as it may.
    #[error("{limit} transactions of this signer wait, which is the most; send it again later")]
    SignerFull {
        /// The bound.
        limit: usize,
    },
    /// The signer's institution has its share of the pool.
    #[error(
        "{waiting} transactions of this institution wait ({bytes} bytes), which is its share of this node's pool; send it \
         again later"
    )]
    InstitutionFull {
        /// Transactions that wait under all its aliases.
        waiting: usize,
        /// Their bytes.
        bytes: usize,
    },
    /// As many wait as the pool holds.
    #[error(
        "as many transactions wait as this node holds ({waiting}, {bytes} bytes); send it again later"
    )]
    PoolFull {
        /// Transactions that wait.
        waiting: usize,
        /// Their bytes.
        bytes: usize,
    },
}

/// What transactions take of the pool.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Load {
    pub(super) transactions: usize,
    pub(super) bytes: usize,
    pub(super) work: usize,
}

impl Load {
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            transactions: self.transactions.saturating_add(other.transactions),
            bytes: self.bytes.saturating_add(other.bytes),
            work: self.work.saturating_add(other.work),
        }
    }

    pub(super) fn minus(self, other: Self) -> Self {
        Self {
            transactions: self.transactions.saturating_sub(other.transactions),
            bytes: self.bytes.saturating_sub(other.bytes),
            work: self.work.saturating_sub(other.work),
        }
    }

    /// Whether nothing of it is more than the other's.
    pub(super) fn fits(self, other: Self) -> bool {
        self.transactions <= other.transactions
            && self.bytes <= other.bytes
            && self.work <= other.work
    }
}

impl Limits {
    pub(super) fn load(&self) -> Load {
        Load {
            transactions: self.transactions,
            bytes: self.bytes,
            work: self.work,
        }
    }
}
