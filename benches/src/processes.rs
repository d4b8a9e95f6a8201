//! What a process has spent, by what its threads are for. From `/proc`, in hundredths of a second.

use std::fs;
use std::ops::{Add, Sub};
use std::time::Duration;

/// Processor time of one process, all since it began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// The pool that verifies and executes.
    pub pool: Duration,
    /// RocksDB's own threads.
    pub store: Duration,
    /// Everything else: consensus, network, API, and what the pool's work waits for.
    pub rest: Duration,
}

impl Spent {
    /// Of a process; the time of threads that have ended is in `rest`.
    ///
    /// # Panics
    /// Where there is no `/proc`, or no such process.
    #[must_use]
    pub fn by(process: u32) -> Self {
        let folder = format!("/proc/{process}/task");
        let threads = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder}: {error}"));
        let stats =
            threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("stat")).ok());
        let spent = stats.fold(Self::default(), |sum, stat| sum + of_thread(&stat));
        let all = fs::read_to_string(format!("/proc/{process}/stat"));
        let all = of_thread(&all.expect("the process is there")).all();
        let rest = all.saturating_sub(spent.pool + spent.store);
        Self { rest, ..spent }
    }

    /// All of it.
    #[must_use]
    pub fn all(&self) -> Duration {
        self.pool + self.store + self.rest
    }
}

/// From a line of proc_pid_stat(5): the name in brackets, user and system time in ticks of a hundredth of a second.
fn of_thread(stat: &str) -> Spent {
    let mut spent = Spent::default();
    let Some((before, after)) = stat.rsplit_once(')') else {
        return spent;
    };
    let fields: Vec<&str> = after.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<u64>().ok());
    let ticks = ticks(11).unwrap_or(0) + ticks(12).unwrap_or(0);
    let time = Duration::from_millis(10 * ticks);
    let name = before.split_once('(').map_or("", |(_, name)| name);
    match name {
        name if name.starts_with("sealane-work") => spent.pool = time,
        name if name.starts_with("rocksdb") => spent.store = time,
        _ => spent.rest = time,
    }
    spent
}

impl Add for Spent {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            pool: self.pool + other.pool,
            store: self.store + other.store,
            rest: self.rest + other.rest,
        }
    }
}

impl Sub for Spent {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            pool: self.pool.saturating_sub(other.pool),
            store: self.store.saturating_sub(other.store),
            rest: self.rest.saturating_sub(other.rest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_s_line_is_read() {
        let line = "7 (sealane-work-0) S 1 7 7 0 -1 4 1 0 0 0 250 50 0 0 20 0 9 0 1 1 1";
        let spent = of_thread(line);
        assert_eq!(spent.pool, Duration::from_secs(3));
        assert_eq!(spent.all(), spent.pool);
    }

    #[test]
    fn a_process_that_works_has_spent_more() {
        let (own, begun) = (std::process::id(), std::time::Instant::now());
        let before = Spent::by(own);
        let spent = || Spent::by(own) - before;
        while spent() == Spent::default() {
            assert!(begun.elapsed() < Duration::from_secs(60), "{before:?}");
        }
        assert_eq!(spent().pool, Duration::ZERO, "it has no pool");
    }
}
