//! Places of which there are so many, and so many for each: connections, streams, requests.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// Places, by whom they are held.
pub(crate) struct Places<K> {
    most: usize,
    each: usize,
    held: Mutex<Held<K>>,
}

struct Held<K> {
    next: u64,
    count: usize,
    /// In the order in which they were taken.
    by_holder: HashMap<K, BTreeMap<u64, oneshot::Sender<()>>>,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// All are held.
    All,
    /// The holder has as many as one may have.
    Own,
}

/// A place, given back when it is dropped.
pub(crate) struct Place<K: Eq + Hash + Clone> {
    places: Arc<Places<K>>,
    holder: K,
    number: u64,
    taken_away: oneshot::Receiver<()>,
}

impl<K: Eq + Hash + Clone> Places<K> {
    pub(crate) fn new(most: usize, each: usize) -> Arc<Self> {
        let held = Held {
            next: 0,
            count: 0,
            by_holder: HashMap::new(),
        };
        Arc::new(Self {
            most,
            each,
            held: Mutex::new(held),
        })
    }

    fn held(&self) -> MutexGuard<'_, Held<K>> {
        // the lock's holders only count
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place, if there is one.
    pub(crate) fn take(self: &Arc<Self>, holder: K) -> Result<Place<K>, Full> {
        let mut held = self.held();
        if held.of(&holder) >= self.each {
            return Err(Full::Own);
        }
        match held.count >= self.most {
            true => Err(Full::All),
            false => Ok(self.give(&mut held, holder)),
        }
    }

    /// A place in any case: where there is none, the holder's own oldest is taken away, or the oldest of who has most.
    pub(crate) fn push(self: &Arc<Self>, holder: K) -> Place<K> {
        let mut held = self.held();
        if held.of(&holder) >= self.each {
            held.take_oldest_of(&holder);
        } else if held.count >= self.most {
            let most = held.by_holder.iter().max_by_key(|(_, own)| own.len());
            if let Some(most) = most.map(|(most, _)| most.clone()) {
                held.take_oldest_of(&most);
            }
        }
        self.give(&mut held, holder)
    }

    fn give(self: &Arc<Self>, held: &mut Held<K>, holder: K) -> Place<K> {
        let (take_away, taken_away) = oneshot::channel();
        let number = held.next;
        held.next += 1;
        held.count += 1;
        let own = held.by_holder.entry(holder.clone()).or_default();
        own.insert(number, take_away);
        Place {
            places: Arc::clone(self),
            holder,
            number,
            taken_away,
        }
    }
}

impl<K: Eq + Hash + Clone> Held<K> {
    fn of(&self, holder: &K) -> usize {
        self.by_holder.get(holder).map_or(0, BTreeMap::len)
    }

    fn take_oldest_of(&mut self, holder: &K) {
        let own = self.by_holder.get(holder);
        let oldest = own.and_then(|own| own.keys().next().copied());
        if let Some(oldest) = oldest {
            self.remove(holder, oldest);
        }
    }

    fn remove(&mut self, holder: &K, number: u64) {
        let Some(own) = self.by_holder.get_mut(holder) else {
            return;
        };
        if own.remove(&number).is_some() {
            self.count -= 1;
        }
        if own.is_empty() {
            self.by_holder.remove(holder);
        }
    }
}

impl<K: Eq + Hash + Clone> Place<K> {
    /// Resolves when the place is taken away for a newer one.
    pub(crate) async fn taken_away(&mut self) {
        // never sent: the other half is dropped
        let _ = (&mut self.taken_away).await;
    }
}

impl<K: Eq + Hash + Clone> Drop for Place<K> {
    fn drop(&mut self) {
        self.places.held().remove(&self.holder, self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gone(place: &mut Place<u8>) -> bool {
        place.taken_away.try_recv() == Err(oneshot::error::TryRecvError::Closed)
    }

    #[test]
    fn each_has_so_many_and_a_place_that_is_given_back_is_free() {
        let places = Places::new(3, 2);
        let full = |holder| places.take(holder).err();
        let (first, _second) = (places.take(1), places.take(1));
        assert_eq!(full(1), Some(Full::Own));
        let _third = places.take(2);
        assert_eq!((full(2), full(3)), (Some(Full::All), Some(Full::All)));
        drop(first);
        assert_eq!(full(3), None);
    }

    #[test]
    fn who_has_most_gives_way_and_never_who_has_few() {
        let places = Places::new(4, 3);
        let mut crowd: Vec<_> = (0..3).map(|_| places.push(1)).collect();
        let mut few = places.push(2);
        let mut newest = places.push(3);
        let state: Vec<bool> = crowd.iter_mut().map(gone).collect();
        assert_eq!(state, [true, false, false], "the oldest of who has most");
        let _more: Vec<_> = (0..9).map(|_| places.push(1)).collect();
        assert!(crowd.iter_mut().all(gone));
        assert!(!gone(&mut few) && !gone(&mut newest));
        assert!(places.held().count <= 4);
    }
}
