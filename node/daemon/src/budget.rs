//! What a block of this proposer may cost: as much as was executed in a part of the time that a proposal has, by what
//! the unit of [cost](sealane_consensus::cost) has taken here lately. Proofs, leaves of records and bytes count. By
//! the chain's limits alone a slow, or busy, machine would propose blocks that nobody executes in time. Other
//! proposers have their own; what a block *may* hold is the chain's parameters'. One institution has a part of it:
//! however much it hands in, under one alias or many, blocks stay short for the others.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sealane_consensus::Costs;
use sealane_types::encoding::Encode as _;
use sealane_types::transaction::Transaction;

/// What executing a block may take.
const TIME: Duration = Duration::from_millis(300);
/// One institution has one part in so many of it: the proposer executes a block before the others do, so that one
/// that floods makes blocks longer by twice 37 ms.
const PARTS: usize = 8;
/// What a unit is taken to take before one was measured.
const FIRST: Duration = Duration::from_millis(2);
/// Least cost of a block that tells what a unit takes: below it, what every block takes counts for too much. Where
/// less than this is proposed, each block tells, or a machine that recovers would never learn it.
const TELLING: usize = 8;
/// A block that was slower than the average counts for one part in so many, a faster one for less: a proposer
/// executes while the others wait, and they all at once, on a machine that others may keep busy. What is proposed is
/// to be in time for the slow ones.
const SLOWER: u64 = 4;
const FASTER: u64 = 32;

/// What executing these transactions costs.
pub(crate) fn cost(transactions: &[Transaction]) -> usize {
    let each = |one: &Transaction| sealane_consensus::cost(&one.body.payload, one.to_bytes().len());
    transactions.iter().map(each).sum()
}

/// The budget.
#[derive(Debug)]
pub(crate) struct Budget {
    /// What a unit takes, in nanoseconds, on a sliding average that rises faster than it falls.
    unit: AtomicU64,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            unit: AtomicU64::new(nanos(FIRST)),
        }
    }
}

impl Budget {
    /// The most that the next block may cost, at least that of the smallest transaction. A single one that costs more
    /// goes all the same ([`sealane_consensus::Mempool::peek`]).
    pub(crate) fn most(&self) -> Costs {
        let fit = nanos(TIME) / self.unit.load(Ordering::Relaxed).max(1);
        let fit = usize::try_from(fit).unwrap_or(usize::MAX);
        Costs {
            block: fit.max(1),
            institution: (fit / PARTS).max(1),
        }
    }

    /// Learns from a block of this [`cost`] that was executed in this time.
    pub(crate) fn note(&self, cost: usize, took: Duration) {
        if cost == 0 || cost < TELLING.min(self.most().institution) {
            return;
        }
        let each = nanos(took) / cost as u64;
        let before = self.unit.load(Ordering::Relaxed);
        let weight = if each > before { SLOWER } else { FASTER };
        let now = (before * (weight - 1) + each) / weight;
        // two blocks at a time may overwrite one another: an average of the one or the other
        self.unit.store(now.max(1), Ordering::Relaxed);
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
    fn a_block_costs_what_was_executed_in_time() {
        let budget = Budget::default();
        assert_eq!(budget.most().block, 150, "nothing is measured yet");
        budget.note(0, Duration::from_secs(9));
        budget.note(3, Duration::from_secs(9));
        assert_eq!(budget.most().block, 150, "three units tell nothing");
        (0..200).for_each(|_| budget.note(100, Duration::from_millis(100)));
        assert!(
            (295..=300).contains(&budget.most().block),
            "{}",
            budget.most().block
        );
        // one slow block counts for its part only: 1 ms and 10 ms are 3.25 ms then
        budget.note(100, Duration::from_secs(1));
        assert!(
            (90..=93).contains(&budget.most().block),
            "{}",
            budget.most().block
        );
        // four faster ones do not make up for it
        (0..4).for_each(|_| budget.note(100, Duration::from_millis(100)));
        assert!(budget.most().block < 110, "{}", budget.most().block);
        // a machine that becomes slower is learnt
        (0..20).for_each(|_| budget.note(100, Duration::from_secs(1)));
        assert!(
            (30..35).contains(&budget.most().block),
            "{}",
            budget.most().block
        );
        (0..40).for_each(|_| budget.note(100, Duration::from_secs(1000)));
        assert_eq!(budget.most().block, 1, "one transaction");
    }

    /// Where one transaction at a time is proposed, blocks of one tell that the machine has recovered.
    #[test]
    fn a_budget_of_one_transaction_grows_again() {
        let budget = Budget::default();
        (0..40).for_each(|_| budget.note(100, Duration::from_secs(1000)));
        assert_eq!(budget.most().block, 1);
        (0..600).for_each(|_| budget.note(budget.most().institution, Duration::from_millis(5)));
        assert!(budget.most().block >= TELLING, "{}", budget.most().block);
        (0..400).for_each(|_| budget.note(100, Duration::from_millis(100)));
        assert!(
            (290..=300).contains(&budget.most().block),
            "{}",
            budget.most().block
        );
    }

    #[test]
    fn one_institution_has_an_eighth_and_one_transaction_at_least() {
        let budget = Budget::default();
        let costs = budget.most();
        assert_eq!((costs.block, costs.institution), (150, 18));
        (0..40).for_each(|_| budget.note(100, Duration::from_secs(10)));
        let costs = budget.most();
        assert_eq!((costs.block, costs.institution), (3, 1));
    }
}
