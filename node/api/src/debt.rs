//! What somebody has used of a rate, in time that must pass.

use std::time::{Duration, Instant};

/// The generic cell rate algorithm (ITU-T I.371), which allows to charge afterwards too: what was used is owed as
/// time, and passes with it; whoever owes more than a burst waits.
#[derive(Debug)]
pub(crate) struct Debt {
    owed: Duration,
    at: Instant,
    burst: Duration,
}

impl Debt {
    /// Nothing is owed; so much may be at once.
    pub(crate) fn new(burst: Duration, now: Instant) -> Self {
        Self {
            owed: Duration::ZERO,
            at: now,
            burst,
        }
    }

    /// Adds what was used.
    pub(crate) fn charge(&mut self, cost: Duration, now: Instant) {
        self.let_pass(now);
        self.owed = self.owed.saturating_add(cost);
    }

    /// Takes back what was charged too much.
    pub(crate) fn give_back(&mut self, cost: Duration) {
        self.owed = self.owed.saturating_sub(cost);
    }

    fn let_pass(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.at);
        self.owed = self.owed.saturating_sub(passed);
        self.at = self.at.max(now);
    }

    /// Whether anything is owed.
    pub(crate) fn is_owed(&mut self, now: Instant) -> bool {
        self.let_pass(now);
        !self.owed.is_zero()
    }

    /// How long to wait; `None` where nothing is owed beyond the burst.
    pub(crate) fn wait(&mut self, now: Instant) -> Option<Duration> {
        self.let_pass(now);
        let beyond = self.owed.checked_sub(self.burst)?;
        (!beyond.is_zero()).then_some(beyond)
    }
}

/// A time to wait, for a person.
pub(crate) fn shown(wait: Duration) -> String {
    format!("{}.{} s", wait.as_secs(), wait.subsec_millis() / 100)
}
