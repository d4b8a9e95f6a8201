//! Callers, by whom their certificates name: what each has at a time, and what it may do in a while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sealane_wire::code::ErrorCode;
use sealane_wire::tls::Party;
use tonic::Status;

use crate::limits::Limits;

/// Seconds of calls, and of bytes, that may come at once.
const BURST: Duration = Duration::from_secs(2);
/// Seconds of a caller's checking that may come at once.
const WORK_BURST: Duration = Duration::from_secs(10);
/// Callers that are remembered although nothing of theirs is open, as long as they owe something.
const REMEMBERED: usize = 1024;

/// Whose call it is; `None` for callers without a name, which count as one.
pub(crate) type Who = Option<Party>;

/// What a caller has used, in time that must pass: the generic cell rate algorithm (ITU-T I.371), which allows to charge
/// afterwards too.
#[derive(Debug)]
struct Debt {
    owed: Duration,
    at: Instant,
    burst: Duration,
}

impl Debt {
    fn new(burst: Duration, now: Instant) -> Self {
        Self {
            owed: Duration::ZERO,
            at: now,
            burst,
        }
    }

    fn charge(&mut self, cost: Duration, now: Instant) {
        self.settle(now);
        self.owed = self.owed.saturating_add(cost);
    }

    fn settle(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.at);
        self.owed = self.owed.saturating_sub(passed);
        self.at = self.at.max(now);
    }

    /// How long the caller has to wait.
    fn wait(&mut self, now: Instant) -> Option<Duration> {
        self.settle(now);
        let beyond = self.owed.checked_sub(self.burst)?;
        (!beyond.is_zero()).then_some(beyond)
    }
}

/// What one caller has and owes.
pub(crate) struct Account {
    limits: Limits,
    state: Mutex<State>,
}

struct State {
    calls: usize,
    bytes: usize,
    rate: Debt,
    traffic: Debt,
    work: Debt,
}

fn too_many(message: impl Into<String>) -> Status {
    ErrorCode::TooMany.error(message)
}

/// A time that a caller has to wait, for a person.
fn shown(wait: Duration) -> String {
    format!("{}.{} s", wait.as_secs(), wait.subsec_millis() / 100)
}

// The error is tonic's own type.
#[allow(clippy::result_large_err)]
impl Account {
    fn new(limits: Limits, now: Instant) -> Self {
        let state = State {
            calls: 0,
            bytes: 0,
            rate: Debt::new(BURST, now),
            traffic: Debt::new(BURST, now),
            work: Debt::new(WORK_BURST, now),
        };
        Self {
            limits,
            state: Mutex::new(state),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // sums that are whole after each statement
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn owes(&self, now: Instant) -> bool {
        let mut state = self.state();
        let State {
            rate,
            traffic,
            work,
            ..
        } = &mut *state;
        [rate, traffic, work].into_iter().any(|debt| {
            debt.settle(now);
            !debt.owed.is_zero()
        })
    }

    fn begin(&self, now: Instant) -> Result<(), Status> {
        let mut state = self.state();
        if state.calls >= self.limits.calls_each {
            let most = self.limits.calls_each;
            return Err(too_many(format!("a caller has at most {most} calls open")));
        }
        if state.bytes >= self.limits.bytes_each {
            return Err(too_many(
                "too many bytes are held for this caller; read the answers first",
            ));
        }
        let (rate, traffic) = (state.rate.wait(now), state.traffic.wait(now));
        if let Some(wait) = rate.max(traffic) {
            let wait = shown(wait);
            return Err(too_many(format!(
                "more calls or bytes than a caller may send in a while; wait {wait}"
            )));
        }
        let cost = Duration::from_secs(1) / self.limits.rate_each.max(1);
        state.rate.charge(cost, now);
        state.calls += 1;
        Ok(())
    }

    fn add(&self, bytes: usize, now: Instant) -> Result<(), Status> {
        let mut state = self.state();
        let cost = (bytes as u64).saturating_mul(1_000_000_000);
        let cost = cost / u64::from(self.limits.traffic_each.max(1));
        state.traffic.charge(Duration::from_nanos(cost), now);
        state.bytes = state.bytes.saturating_add(bytes);
        match state.bytes > self.limits.bytes_each {
            true => Err(too_many("too many bytes of this caller are on their way")),
            false => Ok(()),
        }
    }

    /// Whether a transaction of the caller is checked now.
    pub(crate) fn may_work(&self, now: Instant) -> Result<(), Status> {
        match self.state().work.wait(now) {
            None => Ok(()),
            Some(wait) => {
                let wait = shown(wait);
                Err(too_many(format!(
                    "checking this caller's transactions has taken its share of this node, by refused proofs above all; \
                     wait {wait}"
                )))
            }
        }
    }

    /// Charges what checking has taken.
    pub(crate) fn charge_work(&self, took: Duration, now: Instant) {
        let percent = self.limits.work_each.max(1);
        let cost = took.saturating_mul(100) / percent;
        self.state().work.charge(cost, now);
    }

    /// Charges for a proof that did not hold.
    pub(crate) fn charge_refused_proof(&self, now: Instant) {
        self.state().work.charge(self.limits.refused_proof, now);
    }
}

/// All callers.
pub(crate) struct Callers {
    limits: Limits,
    accounts: Mutex<HashMap<Who, Arc<Account>>>,
}

impl Callers {
    pub(crate) fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self {
            limits,
            accounts: Mutex::default(),
        })
    }

    /// Opens a call.
    #[allow(clippy::result_large_err)]
    pub(crate) fn begin(&self, who: Who, now: Instant) -> Result<Call, Status> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if accounts.len() > REMEMBERED {
            accounts.retain(|_, account| Arc::strong_count(account) > 1 || account.owes(now));
        }
        let account = accounts.entry(who);
        let account = account.or_insert_with(|| Arc::new(Account::new(self.limits, now)));
        let account = Arc::clone(account);
        drop(accounts);
        account.begin(now)?;
        Ok(Call {
            account,
            bytes: Mutex::new(0),
        })
    }
}

/// An open call, with the bytes that are held for it: all given back when it is dropped.
pub(crate) struct Call {
    pub(crate) account: Arc<Account>,
    bytes: Mutex<usize>,
}

impl Call {
    /// Counts bytes that arrive, or are about to go.
    #[allow(clippy::result_large_err)]
    pub(crate) fn add(&self, bytes: usize, now: Instant) -> Result<(), Status> {
        *self.bytes.lock().unwrap_or_else(PoisonError::into_inner) += bytes;
        self.account.add(bytes, now)
    }

    /// Gives back bytes that were counted and are held no more.
    pub(crate) fn give_back(&self, bytes: usize) {
        let mut held = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        *held = held.saturating_sub(bytes);
        let mut state = self.account.state();
        state.bytes = state.bytes.saturating_sub(bytes);
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.account.state();
        state.calls = state.calls.saturating_sub(1);
        state.bytes = state.bytes.saturating_sub(*bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home(name: &str) -> Who {
        Some(Party::Home(name.to_owned()))
    }

    fn refused<T>(result: Result<T, Status>) -> bool {
        result.is_err_and(|status| ErrorCode::of(&status) == Some(ErrorCode::TooMany))
    }

    #[test]
    fn calls_at_a_time_and_in_a_while_are_each_callers_own() {
        let now = Instant::now();
        let callers = Callers::new(Limits {
            calls_each: 2,
            rate_each: 4,
            ..Limits::default()
        });
        let (first, second) = (callers.begin(home("a"), now), callers.begin(home("a"), now));
        assert!(first.is_ok() && second.is_ok());
        assert!(refused(callers.begin(home("a"), now)), "two are open");
        drop((first, second));
        let calls = (0..20).filter(|_| callers.begin(home("a"), now).is_ok());
        assert_eq!(calls.count(), 7, "nine are above two seconds' worth");
        assert!(
            callers.begin(home("b"), now).is_ok(),
            "another caller's own"
        );
        let now = now + Duration::from_secs(1);
        let calls = (0..20).filter(|_| callers.begin(home("a"), now).is_ok());
        assert_eq!(calls.count(), 4);
    }

    #[test]
    fn bytes_that_are_held_are_counted_until_the_call_is_over() {
        let now = Instant::now();
        let callers = Callers::new(Limits {
            bytes_each: 100,
            traffic_each: 100,
            ..Limits::default()
        });
        let call = callers.begin(home("a"), now).expect("the first");
        call.add(60, now).expect("there is room");
        assert!(refused(call.add(60, now)), "120 of 100");
        assert!(
            refused(callers.begin(home("a"), now)),
            "while they are held"
        );
        drop(call);
        let call = callers
            .begin(home("a"), now)
            .expect("120 of a burst of 200");
        call.add(100, now).expect("none is held");
        drop(call);
        assert!(
            refused(callers.begin(home("a"), now)),
            "220 of a burst of 200"
        );
        let now = now + Duration::from_millis(201);
        assert!(callers.begin(home("a"), now).is_ok());
    }

    #[test]
    fn who_sends_proofs_that_fail_waits_and_nobody_else() {
        let now = Instant::now();
        let callers = Callers::new(Limits::default());
        let (greedy, honest) = (callers.begin(home("a"), now), callers.begin(home("b"), now));
        let (greedy, honest) = (greedy.expect("a call"), honest.expect("a call"));
        let mut sent = 0;
        while greedy.account.may_work(now).is_ok() {
            greedy.account.charge_refused_proof(now);
            sent += 1;
        }
        assert_eq!(sent, 6, "five of two seconds each, and one beyond");
        assert!(honest.account.may_work(now).is_ok());
        let now = now + Duration::from_millis(2001);
        assert!(greedy.account.may_work(now).is_ok());
        // half a core: ten seconds' burst of work is five
        honest.account.charge_work(Duration::from_millis(4999), now);
        assert!(honest.account.may_work(now).is_ok());
        honest.account.charge_work(Duration::from_millis(2), now);
        assert!(honest.account.may_work(now).is_err());
    }
}
