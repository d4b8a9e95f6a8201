//! The pool of transactions that wait for a block.
//!
//! A signer's transactions wait without gaps from its next sequence on, so every prefix of the pool in
//! order of arrival is a block's worth. The pool is bounded in all and per signer; what is above a bound
//! is refused with a reason, never dropped later. Nothing in it is acknowledged: a crash empties it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sealane_types::ids::{AliasId, Sequence, TxId};
use sealane_types::transaction::Transaction;
use thiserror::Error;
use tokio::sync::Notify;

/// Bounds of the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Transactions in all.
    pub transactions: usize,
    /// Bytes of transactions in all.
    pub bytes: usize,
    /// Transactions of one signer.
    pub per_signer: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            transactions: 20_000,
            bytes: 256 << 20,
            per_signer: 1_024,
        }
    }
}

/// Which bounds hold for a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// From outside: all bounds.
    Open,
    /// This node's own answers: none, so that no flood keeps them out. Others' sets bound their number.
    Own,
}

/// What became of a transaction that was brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It waits.
    Waits,
    /// The very same waits already.
    WaitedAlready,
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
    #[error("transaction {waiting} of this signer is waiting with sequence {found} already")]
    SequenceTaken {
        /// The transaction's.
        found: Sequence,
        /// The one that waits.
        waiting: TxId,
    },
    /// The signer has as many waiting as it may.
    #[error(
        "{limit} transactions of this signer are waiting, which is the limit; send it again later"
    )]
    SignerFull {
        /// The bound.
        limit: usize,
    },
    /// As many wait as the pool holds.
    #[error(
        "the pool of this node is full ({waiting} transactions, {bytes} bytes); send it again later"
    )]
    PoolFull {
        /// Transactions that wait.
        waiting: usize,
        /// Their bytes.
        bytes: usize,
    },
}

/// A transaction that waits.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Its id.
    pub id: TxId,
    /// The transaction.
    pub transaction: Arc<Transaction>,
    /// Bytes of its encoding.
    pub size: usize,
}

impl Waiting {
    fn signer(&self) -> AliasId {
        self.transaction.body.signer
    }

    fn sequence(&self) -> Sequence {
        self.transaction.body.sequence
    }
}

#[derive(Debug, Default)]
struct Inner {
    arrivals: u64,
    bytes: usize,
    in_order: BTreeMap<u64, Waiting>,
    by_signer: HashMap<AliasId, BTreeMap<Sequence, u64>>,
    by_id: HashMap<TxId, u64>,
}

/// The pool. Its methods take a lock for a short time only.
#[derive(Debug)]
pub struct Mempool {
    limits: Limits,
    inner: Mutex<Inner>,
    arrived: Notify,
}

impl Mempool {
    /// An empty pool.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            inner: Mutex::default(),
            arrived: Notify::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // The pool is bookkeeping that is consistent after every statement that can panic.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a transaction wait whose signature was checked; `committed` is its signer's next sequence in
    /// the state.
    ///
    /// # Errors
    /// When its sequence is not the next, or a bound is reached.
    pub fn admit(
        &self,
        waiting: Waiting,
        committed: Sequence,
        lane: Lane,
    ) -> Result<Admission, MempoolError> {
        let mut inner = self.lock();
        if inner.by_id.contains_key(&waiting.id) {
            return Ok(Admission::WaitedAlready);
        }
        inner.forget_below(&waiting.signer(), committed);
        inner.check_sequence(&waiting, committed)?;
        if lane == Lane::Open {
            self.check_bounds(&inner, &waiting)?;
        }
        inner.insert(waiting);
        drop(inner);
        self.arrived.notify_waiters();
        Ok(Admission::Waits)
    }

    fn check_bounds(&self, inner: &Inner, new: &Waiting) -> Result<(), MempoolError> {
        let own = inner.by_signer.get(&new.signer()).map_or(0, BTreeMap::len);
        if own >= self.limits.per_signer {
            let limit = self.limits.per_signer;
            return Err(MempoolError::SignerFull { limit });
        }
        let (waiting, bytes) = (inner.in_order.len(), inner.bytes);
        let full = waiting >= self.limits.transactions
            || bytes.saturating_add(new.size) > self.limits.bytes;
        if full {
            return Err(MempoolError::PoolFull { waiting, bytes });
        }
        Ok(())
    }

    /// The first that arrived, at most so many transactions, bytes and proofs; they go on waiting. The first one may have more proofs:
    /// else it would wait for ever.
    #[must_use]
    pub fn peek(&self, transactions: usize, bytes: usize, proofs: usize) -> Vec<Waiting> {
        let inner = self.lock();
        let (mut room, mut left) = (bytes, None);
        let fits = |waiting: &&Waiting| {
            let own = waiting.transaction.body.payload.proofs();
            let rest = room.checked_sub(waiting.size);
            let unproven = left.unwrap_or(proofs.max(own)).checked_sub(own);
            let (Some(rest), Some(unproven)) = (rest, unproven) else {
                return false;
            };
            (room, left) = (rest, Some(unproven));
            true
        };
        let first = inner.in_order.values().take(transactions);
        first.take_while(fits).cloned().collect()
    }

    /// Forgets what a final block has used up: a signer's transactions below its next sequence.
    pub fn forget_below(&self, signer: &AliasId, next: Sequence) {
        self.lock().forget_below(signer, next);
    }

    /// Throws a transaction out that turned out to be none for a block, with its signer's later ones.
    pub fn throw_out(&self, id: &TxId) {
        let mut inner = self.lock();
        let Some(found) = inner.by_id.get(id).and_then(|at| inner.in_order.get(at)) else {
            return;
        };
        let (signer, sequence) = (found.signer(), found.sequence());
        inner.remove_from(&signer, sequence);
    }

    /// Throws out what is larger than any block has room for, with its signers' later ones; how many went. What does not fit
    /// would wait for ever, and others behind it.
    pub fn throw_out_larger(&self, bytes: usize) -> usize {
        let mut inner = self.lock();
        let before = inner.in_order.len();
        let large: Vec<(AliasId, Sequence)> = inner
            .in_order
            .values()
            .filter(|waiting| waiting.size > bytes)
            .map(|waiting| (waiting.signer(), waiting.sequence()))
            .collect();
        for (signer, sequence) in large {
            inner.remove_from(&signer, sequence);
        }
        before - inner.in_order.len()
    }

    /// Throws out all that waits of a signer: its key has become another, and no signature of the old one holds.
    pub fn throw_out_of(&self, signer: &AliasId) {
        let mut inner = self.lock();
        let queue = inner.by_signer.get(signer);
        let all: Vec<_> = queue
            .into_iter()
            .flat_map(|queue| queue.values())
            .copied()
            .collect();
        all.into_iter().for_each(|at| inner.remove(at));
    }

    /// The signer's next sequence, counting what waits.
    #[must_use]
    pub fn next_sequence(&self, signer: &AliasId, committed: Sequence) -> Sequence {
        self.lock().next_sequence(signer, committed)
    }

    /// Whether a transaction waits.
    #[must_use]
    pub fn contains(&self, id: &TxId) -> bool {
        self.lock().by_id.contains_key(id)
    }

    /// How many wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().in_order.len()
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Resolves when one waits; at once if one does already.
    pub async fn waiting(&self) {
        loop {
            let arrived = self.arrived.notified();
            tokio::pin!(arrived);
            arrived.as_mut().enable();
            if !self.is_empty() {
                return;
            }
            arrived.await;
        }
    }
}

impl Inner {
    fn next_sequence(&self, signer: &AliasId, committed: Sequence) -> Sequence {
        let queue = self.by_signer.get(signer);
        let last = queue.and_then(|queue| queue.keys().next_back());
        let after = last.and_then(|last| last.next());
        after.map_or(committed, |after| after.max(committed))
    }

    fn check_sequence(&self, new: &Waiting, committed: Sequence) -> Result<(), MempoolError> {
        let (signer, found) = (new.signer(), new.sequence());
        let next = self.next_sequence(&signer, committed);
        if found < committed {
            return Err(MempoolError::OldSequence { found, next });
        }
        let queue = self.by_signer.get(&signer);
        let taken = queue.and_then(|queue| queue.get(&found));
        if let Some(waiting) = taken.and_then(|at| self.in_order.get(at)) {
            let waiting = waiting.id;
            return Err(MempoolError::SequenceTaken { found, waiting });
        }
        if found != next {
            return Err(MempoolError::SequenceGap { found, next });
        }
        Ok(())
    }

    fn insert(&mut self, waiting: Waiting) {
        let at = self.arrivals;
        self.arrivals += 1;
        self.bytes += waiting.size;
        self.by_id.insert(waiting.id, at);
        let queue = self.by_signer.entry(waiting.signer()).or_default();
        queue.insert(waiting.sequence(), at);
        self.in_order.insert(at, waiting);
    }

    /// Removes what waits of a signer from this sequence on.
    fn remove_from(&mut self, signer: &AliasId, sequence: Sequence) {
        let queue = self.by_signer.get(signer);
        let later: Vec<u64> = queue
            .into_iter()
            .flat_map(|queue| queue.range(sequence..))
            .map(|(_, at)| *at)
            .collect();
        later.into_iter().for_each(|at| self.remove(at));
    }

    fn remove(&mut self, at: u64) {
        let Some(waiting) = self.in_order.remove(&at) else {
            return;
        };
        self.bytes -= waiting.size;
        self.by_id.remove(&waiting.id);
        let signer = waiting.signer();
        if let Some(queue) = self.by_signer.get_mut(&signer) {
            queue.remove(&waiting.sequence());
            if queue.is_empty() {
                self.by_signer.remove(&signer);
            }
        }
    }

    fn forget_below(&mut self, signer: &AliasId, next: Sequence) {
        let queue = self.by_signer.get(signer);
        let used: Vec<_> = queue
            .into_iter()
            .flat_map(|queue| queue.range(..next))
            .map(|(_, at)| *at)
            .collect();
        used.into_iter().for_each(|at| self.remove(at));
    }
}

#[cfg(test)]
mod tests;
