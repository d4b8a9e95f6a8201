//! What goes from this pool to another node's. Each other node is given what waits here in order, from all
//! institutions in turn, and nothing is left out: one that floods holds nobody else up, and a signer's sequences come
//! without gaps. How much is under way to a slow node is bounded by the pool itself.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::time::{Duration, Instant};

use sealane_types::ids::{AliasId, Sequence};
use tokio::time::sleep;

use super::{Inner, Mempool, Waiting};

/// How long an institution's transactions are kept back from a node that has no room for them, or is behind.
const PAUSE: Duration = Duration::from_millis(200);

/// What another node has been given.
#[derive(Debug, Default)]
pub struct Passed {
    /// Of each institution: up to which arrival, and until when it is kept back.
    places: BTreeMap<AliasId, Place>,
    /// Whose turn it was last.
    last: Option<AliasId>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Place {
    next: u64,
    until: Option<Instant>,
}

impl Place {
    fn is_kept_back(&self, now: Instant) -> bool {
        self.until.is_some_and(|until| now < until)
    }
}

/// One that is passed on.
#[derive(Debug, Clone)]
pub struct Passing {
    /// The transaction.
    pub waiting: Waiting,
    at: u64,
}

impl Passed {
    /// The other node has it, or will never take it.
    pub fn given(&mut self, one: &Passing) {
        let place = self.places.entry(one.waiting.institution).or_default();
        place.next = place.next.max(one.at + 1);
        place.until = None;
        self.last = Some(one.waiting.institution);
    }

    /// The other node has no room for it now.
    pub fn keep_back(&mut self, one: &Passing) {
        let place = self.places.entry(one.waiting.institution).or_default();
        place.until = Some(Instant::now() + PAUSE);
        self.last = Some(one.waiting.institution);
    }

    /// The other node has begun anew: it has nothing.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// When the first one is no longer kept back.
    fn until(&self) -> Option<Instant> {
        self.places.values().filter_map(|place| place.until).min()
    }
}

impl Mempool {
    /// The next transaction for another node, once there is one; those that came from other nodes are not passed on.
    pub async fn to_pass(&self, passed: &mut Passed) -> Passing {
        loop {
            let arrived = self.arrived.notified();
            tokio::pin!(arrived);
            arrived.as_mut().enable();
            if let Some(found) = self.next_to_pass(passed, Instant::now()) {
                return found;
            }
            match passed.until() {
                None => arrived.await,
                Some(until) => tokio::select! {
                    () = arrived => {}
                    () = sleep(until.saturating_duration_since(Instant::now())) => {}
                },
            }
        }
    }

    fn next_to_pass(&self, passed: &mut Passed, now: Instant) -> Option<Passing> {
        let inner = self.lock();
        for place in passed.places.values_mut() {
            place.until = place.until.filter(|until| now < *until);
        }
        let after = passed.last.map_or(Bound::Unbounded, Bound::Excluded);
        let rest = inner.by_institution.range((after, Bound::Unbounded));
        let first = inner.by_institution.range((
            Bound::Unbounded,
            match passed.last {
                Some(last) => Bound::Included(last),
                None => Bound::Excluded(AliasId::new([0; 32])),
            },
        ));
        let mut turns = rest.chain(first);
        turns.find_map(|(institution, share)| {
            let place = passed.places.get(institution).copied().unwrap_or_default();
            if place.is_kept_back(now) {
                return None;
            }
            let at = *share.to_pass.range(place.next..).next()?;
            let waiting = inner.in_order.get(&at)?.waiting.clone();
            Some(Passing { waiting, at })
        })
    }

    /// The other node lacks earlier ones of the signer, and wants this sequence next: it is given from there on again,
    /// after a pause, as it may have to catch up first.
    pub fn back_to(&self, passed: &mut Passed, one: &Passing, wanted: Sequence) {
        let found = self.lock().arrival(&one.waiting.signer(), wanted);
        passed.keep_back(one);
        if let Some(place) = passed.places.get_mut(&one.waiting.institution) {
            place.next = found.unwrap_or(one.at).min(one.at);
        }
    }
}

impl Inner {
    fn arrival(&self, signer: &AliasId, sequence: Sequence) -> Option<u64> {
        self.by_signer.get(signer)?.get(&sequence).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{made, pool, under};
    use super::super::{Lane, Limits};
    use super::*;

    fn next(pool: &Mempool, passed: &mut Passed) -> Option<(u8, u64)> {
        let found = pool.next_to_pass(passed, Instant::now())?;
        passed.given(&found);
        let body = &found.waiting.transaction.body;
        Some((body.signer.as_bytes()[0], body.sequence.0))
    }

    fn admit(pool: &Mempool, waiting: Waiting, lane: Lane) {
        let committed = Sequence(0);
        pool.admit(waiting, committed, lane).expect("it is taken");
    }

    #[test]
    fn a_flood_of_one_bank_does_not_hold_up_another() {
        let pool = pool(10_000, 1 << 20, 5_000);
        for sequence in 0..4_000 {
            admit(&pool, under(1, made(10, sequence, 0)), Lane::Open);
        }
        let mut passed = Passed::default();
        assert_eq!(next(&pool, &mut passed), Some((10, 0)));
        admit(&pool, under(2, made(20, 0, 0)), Lane::Open);
        assert_eq!(
            next(&pool, &mut passed),
            Some((20, 0)),
            "not behind 3,999 others"
        );
        for sequence in 1..4_000 {
            assert_eq!(
                next(&pool, &mut passed),
                Some((10, sequence)),
                "none is left out"
            );
        }
        assert_eq!(next(&pool, &mut passed), None);
    }

    #[test]
    fn what_other_nodes_gave_goes_no_further_and_what_is_final_is_not_sent() {
        let pool = pool(100, 1 << 20, 100);
        admit(&pool, made(1, 0, 0), Lane::Relayed);
        admit(&pool, made(2, 0, 0), Lane::Open);
        admit(&pool, made(2, 1, 0), Lane::Open);
        pool.forget_below(&AliasId::new([2; 32]), Sequence(1));
        let mut passed = Passed::default();
        assert_eq!(next(&pool, &mut passed), Some((2, 1)));
        assert_eq!(next(&pool, &mut passed), None);
        passed.forget();
        assert_eq!(
            next(&pool, &mut passed),
            Some((2, 1)),
            "to one that began anew"
        );
    }

    #[test]
    fn a_node_that_lacks_earlier_ones_is_given_them_again() {
        let pool = Mempool::new(Limits::default());
        (0..5).for_each(|sequence| admit(&pool, made(1, sequence, 0), Lane::Open));
        let mut passed = Passed::default();
        (0..4).for_each(|sequence| assert_eq!(next(&pool, &mut passed), Some((1, sequence))));
        let last = pool
            .next_to_pass(&mut passed, Instant::now())
            .expect("one is left");
        pool.back_to(&mut passed, &last, Sequence(2));
        let soon = Instant::now();
        assert!(
            pool.next_to_pass(&mut passed, soon).is_none(),
            "it is kept back"
        );
        let later = soon + PAUSE;
        let found = pool
            .next_to_pass(&mut passed, later)
            .expect("after a pause");
        assert_eq!(found.waiting.transaction.body.sequence, Sequence(2));
        // one that is behind, and wants what is final here, waits at the same place
        pool.back_to(&mut passed, &last, Sequence(9));
        let found = pool
            .next_to_pass(&mut passed, later + PAUSE)
            .expect("the same");
        assert_eq!(found.waiting.transaction.body.sequence, Sequence(4));
    }

    #[test]
    fn one_that_has_no_room_for_a_bank_is_given_others() {
        let pool = pool(100, 1 << 20, 100);
        admit(&pool, made(1, 0, 0), Lane::Open);
        admit(&pool, made(2, 0, 0), Lane::Open);
        let mut passed = Passed::default();
        let first = pool.next_to_pass(&mut passed, Instant::now()).expect("one");
        passed.keep_back(&first);
        assert_eq!(next(&pool, &mut passed), Some((2, 0)));
        assert_eq!(next(&pool, &mut passed), None, "kept back");
        let later = Instant::now() + PAUSE;
        let again = pool
            .next_to_pass(&mut passed, later)
            .expect("after a pause");
        assert_eq!(again.waiting.id, first.waiting.id);
    }
}
