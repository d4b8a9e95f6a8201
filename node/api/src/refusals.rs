//! Who was not let in, counted for the log: how many, from where most came, and why.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Addresses, and reasons, that are counted each for itself; what else comes counts together.
const KEPT: usize = 1024;
/// Longest reason, in characters: it may hold words of the other side's certificate.
const REASON: usize = 200;
/// Addresses and reasons that are named.
const NAMED: usize = 3;

/// Connections that were not let in since the log told of some.
#[derive(Default)]
pub(crate) struct Refusals(Mutex<Tally>);

#[derive(Default)]
struct Tally {
    count: u64,
    from: HashMap<IpAddr, u64>,
    why: HashMap<String, u64>,
}

fn add<K: Hash + Eq>(counts: &mut HashMap<K, u64>, key: K) {
    if let Some(count) = counts.get_mut(&key) {
        *count += 1;
    } else if counts.len() < KEPT {
        counts.insert(key, 1);
    }
}

/// The most frequent ones, and how many were others.
fn most<K: ToString>(counts: &HashMap<K, u64>, all: u64) -> String {
    let mut sorted: Vec<(u64, String)> = counts
        .iter()
        .map(|(key, count)| (*count, key.to_string()))
        .collect();
    sorted.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
    let named = &sorted[..sorted.len().min(NAMED)];
    let rest = all.saturating_sub(named.iter().map(|(count, _)| count).sum());
    let mut told: Vec<String> = named
        .iter()
        .map(|(count, key)| format!("{key} ({count})"))
        .collect();
    if rest > 0 {
        told.push(format!("others ({rest})"));
    }
    told.join(", ")
}

impl Refusals {
    /// Counts one.
    pub(crate) fn note(&self, from: IpAddr, why: &str) {
        let mut tally = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tally.count += 1;
        add(&mut tally.from, from);
        // one line of the log, whatever the other side's certificate says
        let plain = why.chars().take(REASON);
        let plain = plain.map(|sign| if sign.is_control() { ' ' } else { sign });
        add(&mut tally.why, plain.collect());
    }

    /// What is told of those since the last time; nothing where there were none.
    pub(crate) fn told(&self) -> Option<String> {
        let mut tally = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Tally { count, from, why } = std::mem::take(&mut *tally);
        drop(tally);
        (count > 0).then(|| {
            format!(
                "callers were not let in: {count}; from {}; as {}. `debug` tells of each",
                most(&from, count),
                most(&why, count)
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_how_many_came_from_where_and_why() {
        let refusals = Refusals::default();
        assert_eq!(refusals.told(), None);
        for last in [1, 2, 1, 3, 1, 2, 4, 5] {
            let why = if last == 1 {
                "it was silent"
            } else {
                "no\ncertificate"
            };
            refusals.note([10, 0, 0, last].into(), why);
        }
        assert_eq!(
            refusals.told().as_deref(),
            Some(
                "callers were not let in: 8; from 10.0.0.1 (3), 10.0.0.2 (2), 10.0.0.3 (1), others (2); as no certificate (5), \
                 it was silent (3). `debug` tells of each"
            )
        );
        assert_eq!(refusals.told(), None, "each is told of once");
    }

    #[test]
    fn many_addresses_take_no_more_room_than_some() {
        let refusals = Refusals::default();
        for number in 0..5_000_u32 {
            refusals.note(
                IpAddr::from(number.to_be_bytes()),
                &format!("reason {number}"),
            );
            refusals.note([9, 9, 9, 9].into(), "usual");
        }
        let tally = refusals.0.lock().expect("nobody panicked");
        assert!(tally.from.len() <= KEPT && tally.why.len() <= KEPT);
        drop(tally);
        let told = refusals.told().expect("there were some");
        assert!(
            told.contains("not let in: 10000; from 9.9.9.9 (5000)"),
            "{told}"
        );
        assert!(told.contains("as usual (5000)"), "{told}");
    }
}
