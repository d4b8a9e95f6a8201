//! How many transactions, and how many proofs, a block of this proposer has: as many as were executed in a part of the time that a
//! proposal has, by what they have cost here lately. A transaction of several proofs counts as so many. Bytes and numbers alone would let a slow, or busy, machine propose
//! blocks that nobody executes in time. Other proposers have their own; what a block *may* hold is the chain's parameters'.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sealane_types::transaction::Transaction;

/// What executing a block may take.
const TIME: Duration = Duration::from_millis(300);
/// Fewest transactions of a budget, however slow the machine is.
const LEAST: usize = 16;
/// Fewest transactions of a block that tells what one costs.
const TELLING: usize = 8;
/// The newest block counts for one part in so many.
const WEIGHT: u64 = 4;

/// What a block's transactions count as.
pub(crate) fn cost(transactions: &[Transaction]) -> usize {
    let work = transactions
        .iter()
        .map(|one| sealane_ledger::chain::work(&one.body.payload));
    work.map(|work| work.max(1)).sum()
}

/// The budget.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    /// What a transaction with one proof or none cost, in nanoseconds, on a sliding average; 0 while nothing is known.
    cost: AtomicU64,
}

impl Budget {
    /// Most transactions of the next block, and most proofs.
    pub(crate) fn most(&self) -> usize {
        let cost = self.cost.load(Ordering::Relaxed);
        let fit = nanos(TIME).checked_div(cost);
        fit.map_or(usize::MAX, |fit| usize::try_from(fit).unwrap_or(usize::MAX))
            .max(LEAST)
    }

    /// Learns from a block of this [`cost`] that was executed in this time.
    pub(crate) fn note(&self, cost: usize, took: Duration) {
        if cost < TELLING {
            return;
        }
        let each = nanos(took) / cost as u64;
        let before = self.cost.load(Ordering::Relaxed);
        let now = match before {
            0 => each,
            before => (before * (WEIGHT - 1) + each) / WEIGHT,
        };
        // two blocks at a time may overwrite one another: an average of the one or the other
        self.cost.store(now.max(1), Ordering::Relaxed);
    }
}

fn nanos(time: Duration) -> u64 {
    // a block of an hour counts as one of 2^40 ns, so that sums stay in range
    u64::try_from(time.as_nanos())
        .unwrap_or(u64::MAX)
        .min(1 << 40)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_has_what_was_executed_in_time() {
        let budget = Budget::default();
        assert_eq!(budget.most(), usize::MAX, "nothing is known yet");
        budget.note(3, Duration::from_secs(9));
        assert_eq!(budget.most(), usize::MAX, "three transactions tell nothing");
        budget.note(100, Duration::from_millis(100));
        assert_eq!(budget.most(), 300);
        // one slow block counts for its part only: 1 ms and 10 ms are 3.25 ms then
        budget.note(100, Duration::from_secs(1));
        assert_eq!(budget.most(), 92);
        // a machine that becomes slower is learnt, one that recovers too
        (0..20).for_each(|_| budget.note(100, Duration::from_secs(1)));
        assert!((30..35).contains(&budget.most()), "{}", budget.most());
        (0..40).for_each(|_| budget.note(100, Duration::from_secs(1000)));
        assert_eq!(budget.most(), LEAST);
        (0..80).for_each(|_| budget.note(100, Duration::from_millis(100)));
        assert!((290..=300).contains(&budget.most()), "{}", budget.most());
    }
}
