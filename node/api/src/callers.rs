//! Callers, by whom their certificates name: what each has at a time, and what it may do in a while.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sealane_wire::code::ErrorCode;
use sealane_wire::tls::Party;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::Status;

use crate::debt::{Debt, shown};
use crate::limits::Limits;

/// Seconds of calls, and of bytes, that may come at once.
const BURST: Duration = Duration::from_secs(2);
/// Seconds of a caller's checking that may come at once.
const WORK_BURST: Duration = Duration::from_secs(10);
/// What a call counts as in bytes of frames whose caller gives it up before it is answered: a reset costs nothing to
/// send, and what it asked for is done all the same (HTTP/2 rapid reset).
const GIVEN_UP: usize = 16 << 10;
/// What a call counts as that is refused before it begins: refusing is work too.
const REFUSED: usize = 512;
/// Callers that are remembered although nothing of theirs is open, as long as they owe something.
const REMEMBERED: usize = 1024;

/// Whose call it is; `None` for callers without a name, which count as one.
pub(crate) type Who = Option<Party>;

/// What one caller has and owes.
pub(crate) struct Account {
    limits: Limits,
    state: Mutex<State>,
    turns: Arc<Semaphore>,
}

struct State {
    calls: usize,
    bytes: usize,
    rate: Debt,
    traffic: Debt,
    frames: Debt,
    work: Debt,
}

/// How long so many bytes take at a rate.
fn time_of(bytes: usize, each_second: u32) -> Duration {
    let nanos = (bytes as u64).saturating_mul(1_000_000_000);
    Duration::from_nanos(nanos / u64::from(each_second.max(1)))
}

fn too_many(message: impl Into<String>) -> Status {
    ErrorCode::TooMany.error(message)
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
            frames: Debt::new(BURST, now),
            work: Debt::new(WORK_BURST, now),
        };
        Self {
            limits,
            state: Mutex::new(state),
            turns: Arc::new(Semaphore::new(limits.turns_each)),
        }
    }

    /// The caller's next turn to have a question looked up: who asks much waits for itself.
    pub(crate) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        // closed never
        Arc::clone(&self.turns).acquire_owned().await.ok()
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
            frames,
            work,
            ..
        } = &mut *state;
        [rate, traffic, frames, work]
            .into_iter()
            .any(|debt| debt.is_owed(now))
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
        let cost = time_of(bytes, self.limits.traffic_each);
        state.traffic.charge(cost, now);
        state.bytes = state.bytes.saturating_add(bytes);
        match state.bytes > self.limits.bytes_each {
            true => Err(too_many("too many bytes of this caller are on their way")),
            false => Ok(()),
        }
    }

    /// Charges bytes that a connection of the caller has read, whatever they are.
    pub(crate) fn charge_frames(&self, bytes: usize, now: Instant) {
        let cost = time_of(bytes, self.limits.frames_each);
        self.state().frames.charge(cost, now);
    }

    /// Gives back what was charged for bytes that a call has taken: they count as traffic.
    pub(crate) fn took_frames(&self, bytes: usize) {
        let cost = time_of(bytes, self.limits.frames_each);
        self.state().frames.give_back(cost);
    }

    #[cfg(test)]
    fn owes_frames(&self) -> bool {
        self.state().frames.is_owed(Instant::now())
    }

    /// How long the caller's connections are not read.
    pub(crate) fn pause(&self, now: Instant) -> Option<Duration> {
        self.state().frames.wait(now)
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

    /// What a caller has and owes.
    pub(crate) fn account(&self, who: Who, now: Instant) -> Arc<Account> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if accounts.len() > REMEMBERED {
            accounts.retain(|_, account| Arc::strong_count(account) > 1 || account.owes(now));
        }
        let account = accounts.entry(who);
        let account = account.or_insert_with(|| Arc::new(Account::new(self.limits, now)));
        Arc::clone(account)
    }

    /// Opens a call.
    #[allow(clippy::result_large_err)]
    pub(crate) fn begin(&self, who: Who, now: Instant) -> Result<Call, Status> {
        let account = self.account(who, now);
        if let Err(refused) = account.begin(now) {
            account.charge_frames(REFUSED, now);
            return Err(refused);
        }
        Ok(Call {
            account,
            bytes: Mutex::new(0),
            answered: AtomicBool::new(false),
        })
    }
}

/// An open call, with the bytes that are held for it: all given back when it is dropped.
pub(crate) struct Call {
    pub(crate) account: Arc<Account>,
    bytes: Mutex<usize>,
    answered: AtomicBool,
}

impl Call {
    /// Its answer has gone to the connection, to its end.
    pub(crate) fn is_answered(&self) {
        self.answered.store(true, Ordering::Relaxed);
    }

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
        drop(state);
        if !self.answered.load(Ordering::Relaxed) {
            self.account.charge_frames(GIVEN_UP, Instant::now());
        }
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
    fn frames_that_bring_no_call_are_read_later_and_a_call_s_bytes_count_as_traffic_alone() {
        let now = Instant::now();
        let callers = Callers::new(Limits {
            frames_each: 1000,
            ..Limits::default()
        });
        let (greedy, honest) = (
            callers.account(home("a"), now),
            callers.account(home("b"), now),
        );
        greedy.charge_frames(2000, now);
        assert_eq!(greedy.pause(now), None, "two seconds' worth");
        greedy.charge_frames(500, now);
        assert_eq!(greedy.pause(now), Some(Duration::from_millis(500)));
        assert_eq!(honest.pause(now), None, "another caller's own");
        honest.charge_frames(9000, now);
        honest.took_frames(8000);
        assert_eq!(honest.pause(now), None, "a call has taken them");
        let now = now + Duration::from_millis(501);
        assert_eq!(greedy.pause(now), None);
    }

    #[test]
    fn calls_that_are_refused_or_given_up_count_as_frames() {
        let now = Instant::now();
        let callers = Callers::new(Limits {
            frames_each: 16 << 10,
            calls_each: 4,
            ..Limits::default()
        });
        let greedy = callers.account(home("a"), now);
        for _ in 0..9 {
            let call = callers.begin(home("a"), now).expect("a call");
            call.is_answered();
        }
        assert!(!greedy.owes_frames(), "all were answered");
        let open: Vec<_> = (0..4).map(|_| callers.begin(home("a"), now)).collect();
        (0..32).for_each(|_| assert!(refused(callers.begin(home("a"), now))));
        assert!(greedy.owes_frames(), "32 times 512 bytes");
        assert_eq!(greedy.pause(Instant::now()), None, "of two seconds' worth");
        drop(open);
        assert!(
            greedy.pause(Instant::now()).is_some(),
            "four calls given up"
        );
        assert_eq!(callers.account(home("b"), now).pause(now), None);
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
