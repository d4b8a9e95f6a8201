//! The pool of transactions that wait for a block.
//!
//! A signer's transactions wait without gaps from its next sequence on, so every prefix of an institution's queue is a block's
//! worth. The pool is bounded in all and per signer, in transactions, bytes and work. What an institution has waiting, under all
//! its aliases, is at most what is free beside it (dynamic thresholds: Choudhury and Hahne, IEEE/ACM Transactions on Networking
//! 6(2), 1998): one alone has half of the pool, and there is always room for another. What is above a bound is refused with a
//! reason; what waits too long is forgotten. Blocks take from all institutions in turn. Nothing here is acknowledged: a crash
//! empties it.

mod bounds;
mod cost;
mod passing;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use sealane_types::ids::{AliasId, Sequence, TxId};
use sealane_types::transaction::Transaction;
use tokio::sync::Notify;

use bounds::Load;
pub use bounds::{Limits, MempoolError};
pub use cost::{Costs, cost};
pub use passing::{Passed, Passing};

/// Which bounds hold for a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// From a client: all bounds. It is passed on to the other nodes.
    Open,
    /// From another node: all bounds.
    Relayed,
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

/// A transaction that waits.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Its id.
    pub id: TxId,
    /// The transaction.
    pub transaction: Arc<Transaction>,
    /// Who answers for its signer: the bank that vouches for it, or itself.
    pub institution: AliasId,
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

    fn work(&self) -> usize {
        sealane_ledger::chain::work(&self.transaction.body.payload)
    }

    fn load(&self) -> Load {
        Load {
            transactions: 1,
            bytes: self.size,
            work: self.work(),
        }
    }

    /// What a place in a block costs: its institution in turns, and whoever checks the block.
    fn cost(&self) -> usize {
        cost(&self.transaction.body.payload, self.size)
    }
}

/// One that waits, with what the pool knows of it.
#[derive(Debug)]
struct Entry {
    waiting: Waiting,
    lane: Lane,
    since: Instant,
}

/// What waits of one institution.
#[derive(Debug, Default)]
struct Share {
    load: Load,
    in_order: BTreeSet<u64>,
    /// Of these, what is passed on.
    to_pass: BTreeSet<u64>,
}

#[derive(Debug, Default)]
struct Inner {
    arrivals: u64,
    load: Load,
    in_order: BTreeMap<u64, Entry>,
    by_institution: BTreeMap<AliasId, Share>,
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
        if lane != Lane::Own {
            self.check_bounds(&inner, &waiting)?;
        }
        inner.insert(waiting, lane);
        drop(inner);
        self.arrived.notify_waiters();
        Ok(Admission::Waits)
    }

    /// Whether there is room for a transaction: asked before its signature and its proof are checked, which cost more.
    ///
    /// # Errors
    /// The bound that is reached.
    pub fn has_room(&self, waiting: &Waiting) -> Result<(), MempoolError> {
        self.check_bounds(&self.lock(), waiting)
    }

    fn check_bounds(&self, inner: &Inner, new: &Waiting) -> Result<(), MempoolError> {
        let own = inner.by_signer.get(&new.signer()).map_or(0, BTreeMap::len);
        if own >= self.limits.per_signer {
            let limit = self.limits.per_signer;
            return Err(MempoolError::SignerFull { limit });
        }
        let (most, all) = (self.limits.load(), inner.load.plus(new.load()));
        if !all.fits(most) {
            let (waiting, bytes) = (inner.load.transactions, inner.load.bytes);
            return Err(MempoolError::PoolFull { waiting, bytes });
        }
        let before = inner.by_institution.get(&new.institution);
        let before = before.map_or_else(Load::default, |share| share.load);
        // the first one has room always: else a transaction of more than half of a small pool would have none
        if before.transactions > 0 && !before.plus(new.load()).fits(most.minus(all)) {
            let (waiting, bytes) = (before.transactions, before.bytes);
            return Err(MempoolError::InstitutionFull { waiting, bytes });
        }
        Ok(())
    }

    /// A block's worth: at most so many transactions, bytes and pieces of work, from all institutions in turn, of
    /// each the first that arrived; they go on waiting. The first one of all is always among them, and may have more
    /// work: else it would wait for ever. Their [`cost`] is at most the block's, beside a single transaction that
    /// costs more by itself: it waits for nobody, and nobody for it. Of one institution it is at most its part,
    /// beside a first transaction that costs more.
    #[must_use]
    pub fn peek(
        &self,
        transactions: usize,
        bytes: usize,
        work: usize,
        costs: Costs,
    ) -> Vec<Waiting> {
        let inner = self.lock();
        let (mut room, mut costly) = (costs.block, false);
        let mut left = Load {
            transactions,
            bytes,
            work,
        };
        let queues = inner.by_institution.values();
        let mut queues: Vec<_> = queues.map(|share| share.in_order.iter()).collect();
        let turn = |turns: usize, queue: usize, next: Option<&u64>| {
            next.map(|at| Reverse((turns, *at, queue)))
        };
        let first = queues.iter_mut().enumerate();
        let first = first.filter_map(|(queue, places)| turn(0, queue, places.next()));
        let mut turns: BinaryHeap<_> = first.collect();
        let mut taken = Vec::new();
        while let Some(Reverse((before, at, queue))) = turns.pop() {
            let Some(Entry { waiting, .. }) = inner.in_order.get(&at) else {
                continue;
            };
            let own = waiting.load();
            if taken.is_empty() {
                left.work = left.work.max(own.work);
            }
            let price = waiting.cost();
            let alone = price > costs.block && !costly;
            let has_its_part = before > 0 && before.saturating_add(price) > costs.institution;
            if !own.fits(left) || has_its_part || (price > room && !alone) {
                continue; // nor does what its institution has behind it: a signer's sequences have no gaps
            }
            left = left.minus(own);
            match alone {
                true => costly = true,
                false => room -= price,
            }
            taken.push(waiting.clone());
            let next = queues.get_mut(queue).and_then(Iterator::next);
            turns.extend(turn(before + price, queue, next));
        }
        taken
    }

    /// Forgets what has waited too long, with its signers' later ones; how many went. This node's own answers wait on.
    pub fn forget_old(&self, now: Instant) -> usize {
        let mut inner = self.lock();
        let before = inner.in_order.len();
        let age = self.limits.age;
        let old: Vec<(AliasId, Sequence)> = inner
            .in_order
            .values()
            .take_while(|entry| now.saturating_duration_since(entry.since) > age)
            .filter(|entry| entry.lane != Lane::Own)
            .map(|entry| (entry.waiting.signer(), entry.waiting.sequence()))
            .collect();
        for (signer, sequence) in old {
            inner.remove_from(&signer, sequence);
        }
        before - inner.in_order.len()
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
        let (signer, sequence) = (found.waiting.signer(), found.waiting.sequence());
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
            .map(|entry| &entry.waiting)
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

    /// Whose transactions wait.
    #[must_use]
    pub fn signers(&self) -> Vec<AliasId> {
        self.lock().by_signer.keys().copied().collect()
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
            let waiting = waiting.waiting.id;
            return Err(MempoolError::SequenceTaken { found, waiting });
        }
        if found != next {
            return Err(MempoolError::SequenceGap { found, next });
        }
        Ok(())
    }

    fn insert(&mut self, waiting: Waiting, lane: Lane) {
        let at = self.arrivals;
        self.arrivals += 1;
        self.load = self.load.plus(waiting.load());
        self.by_id.insert(waiting.id, at);
        let queue = self.by_signer.entry(waiting.signer()).or_default();
        queue.insert(waiting.sequence(), at);
        let share = self.by_institution.entry(waiting.institution).or_default();
        share.load = share.load.plus(waiting.load());
        share.in_order.insert(at);
        if lane == Lane::Open {
            share.to_pass.insert(at);
        }
        let since = Instant::now();
        let entry = Entry {
            waiting,
            lane,
            since,
        };
        self.in_order.insert(at, entry);
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
        let Some(Entry { waiting, .. }) = self.in_order.remove(&at) else {
            return;
        };
        self.load = self.load.minus(waiting.load());
        if let Some(share) = self.by_institution.get_mut(&waiting.institution) {
            share.load = share.load.minus(waiting.load());
            share.in_order.remove(&at);
            share.to_pass.remove(&at);
            if share.in_order.is_empty() {
                self.by_institution.remove(&waiting.institution);
            }
        }
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
