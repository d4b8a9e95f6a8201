//! Time, given from outside.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use sealane_types::ids::BlockTime;

/// What a proposer takes a block's time from.
pub trait Clock: Send + Sync {
    /// The time now. It may stand still or jump; headers' times grow all the same.
    fn now(&self) -> BlockTime;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> BlockTime {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let milliseconds = since.map_or(0, |since| since.as_millis());
        BlockTime(u64::try_from(milliseconds).unwrap_or(u64::MAX))
    }
}

/// A clock that goes only when it is told to: for replays and simulations.
#[derive(Debug, Default)]
pub struct ManualClock(AtomicU64);

impl ManualClock {
    /// Starts at a time.
    #[must_use]
    pub fn new(now: BlockTime) -> Self {
        Self(AtomicU64::new(now.0))
    }

    /// Sets the time, forwards or backwards.
    pub fn set(&self, now: BlockTime) {
        self.0.store(now.0, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> BlockTime {
        BlockTime(self.0.load(Ordering::SeqCst))
    }
}
