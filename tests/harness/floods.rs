//! Floods: callers who take all that a node gives them, as fast as it goes. Each runs beside an honest caller, against
//! one node, until it is told to stop.
//!
//! Where figures are taken, the flooding thread runs only when nothing else wants a core (Linux: `SCHED_IDLE`): who
//! floods has machines of its own, and what is looked at is what the node's own threads give away.

mod aliases;
mod calls;
pub mod frames;
mod proofs;
mod sockets;
mod target;

use std::collections::BTreeMap;
#[cfg(target_os = "linux")]
use std::ffi::OsStr;
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use sealane_wire::code::ErrorCode;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tonic::Status;

use crate::command::DONE;
use crate::network::Bank;
use frames::Attack;
pub use target::{Signer, Target};

/// How long a flood may take to meet the limit that holds it.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long an honest bank may wait in a test that others run beside.
const HONEST: Duration = Duration::from_secs(10);

/// What floods a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flood {
    /// Two thousand sockets of a stranger that say nothing, each replaced when it is dropped.
    SilentSockets,
    /// Sockets of a stranger on which anything but TLS comes.
    Garbage,
    /// A member's costly questions: 16 connections, 32 questions at a time on each.
    Calls,
    /// A bank's presentations whose proofs are well formed and false.
    RefusedProofs,
    /// Streams of blocks, and answers, that a member does not read.
    UnreadStreams,
    /// Frames of HTTP/2 on connections of a member.
    Frames(Attack),
    /// Transactions of twenty aliases that one bank vouches for.
    TwentyAliases,
}

impl Flood {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::SilentSockets,
        Self::Garbage,
        Self::Calls,
        Self::RefusedProofs,
        Self::UnreadStreams,
        Self::Frames(Attack::RapidReset),
        Self::Frames(Attack::Settings),
        Self::Frames(Attack::Pings),
        Self::Frames(Attack::EmptyFrames),
        Self::Frames(Attack::Continuations),
        Self::TwentyAliases,
    ];

    /// Makes what takes long the first time, so that the flood begins at once.
    fn prepare(self) {
        if self == Self::RefusedProofs {
            let _ = proofs::another();
        }
    }

    /// Runs until the tally says that it is over.
    async fn run(self, target: Arc<Target>, tally: Arc<Tally>) {
        match self {
            Self::SilentSockets => sockets::silent(&target, &tally).await,
            Self::Garbage => sockets::garbage(target, tally).await,
            Self::Calls => calls::costly(target, tally).await,
            Self::RefusedProofs => proofs::refused(target, tally).await,
            Self::UnreadStreams => calls::unread(target, tally).await,
            Self::Frames(attack) => frames::flood(attack, target, tally).await,
            Self::TwentyAliases => aliases::twenty(target, tally).await,
        }
    }
}

/// What a flood came to so far.
#[derive(Debug, Default)]
pub struct Tally {
    over: AtomicBool,
    made: AtomicU64,
    /// By the reason's word: how often, and what was said the last time.
    refusals: Mutex<BTreeMap<String, (u64, String)>>,
}

impl Tally {
    /// Whether the flood goes on.
    fn goes_on(&self) -> bool {
        !self.over.load(Ordering::Relaxed)
    }

    /// Until the flood is over, and what it still had open has had a second.
    async fn is_over(&self) {
        while self.goes_on() {
            sleep(Duration::from_millis(50)).await;
        }
        sleep(Duration::from_secs(1)).await;
    }

    fn made(&self, count: usize) {
        self.made.fetch_add(count as u64, Ordering::Relaxed);
    }

    fn refused(&self, word: &str, said: &str) {
        let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = refusals.entry(word.to_owned()).or_default();
        *entry = (entry.0 + 1, said.to_owned());
    }

    /// A call that was refused: by the API's word, or by what the transport says.
    fn status(&self, status: &Status) {
        let word = ErrorCode::of(status).map_or("transport", ErrorCode::word);
        self.refused(word, status.message());
    }

    /// How many sockets, calls, frames or transactions were made.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.made.load(Ordering::Relaxed)
    }

    /// Reasons of refusals, with how often each was given.
    #[must_use]
    pub fn reasons(&self) -> BTreeMap<String, u64> {
        let refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = refusals
            .iter()
            .map(|(word, (count, _))| (word.clone(), *count));
        counts.collect()
    }

    /// Waits until something was refused for this reason; what was said with it.
    ///
    /// # Panics
    /// When that does not come.
    pub fn until_refused(&self, word: &str) -> String {
        let begun = Instant::now();
        loop {
            let refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((_, said)) = refusals.get(word) {
                return said.clone();
            }
            drop(refusals);
            let (made, reasons) = (self.count(), self.reasons());
            assert!(
                begun.elapsed() < PATIENCE,
                "nothing of {made} was refused as {word}: {reasons:?}"
            );
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until so many were made.
    ///
    /// # Panics
    /// When they are not.
    pub fn until_made(&self, count: u64) {
        let begun = Instant::now();
        while self.count() < count {
            assert!(
                begun.elapsed() < PATIENCE,
                "{} of {count} were made",
                self.count()
            );
            thread::sleep(Duration::from_millis(20));
        }
    }
}

struct OnDrop<'a>(&'a Tally);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.over.store(true, Ordering::Relaxed);
    }
}

/// Floods a node as long as `watch` runs.
///
/// # Panics
/// When `watch` or the flood does.
pub fn during<T>(flood: Flood, target: &Arc<Target>, watch: impl FnOnce(&Tally) -> T) -> T {
    beside(flood, target, || (), watch)
}

/// As [`during`], and the flood has the lowest priority (Linux): for figures, on a machine that does nothing else.
///
/// # Panics
/// As [`during`].
pub fn measured<T>(flood: Flood, target: &Arc<Target>, watch: impl FnOnce(&Tally) -> T) -> T {
    beside(flood, target, give_way, watch)
}

fn beside<T>(
    flood: Flood,
    target: &Arc<Target>,
    begin: fn(),
    watch: impl FnOnce(&Tally) -> T,
) -> T {
    flood.prepare();
    let tally = Arc::new(Tally::default());
    thread::scope(|scope| {
        let (own, target) = (Arc::clone(&tally), Arc::clone(target));
        scope.spawn(move || {
            begin();
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            let runtime = runtime.expect("a runtime for the flood");
            runtime.block_on(async {
                tokio::select! {
                    () = flood.run(target, Arc::clone(&own)) => {}
                    () = own.is_over() => {}
                }
            });
        });
        let _stop = OnDrop(&tally);
        watch(&tally)
    })
}

/// Somebody else's customer is registered: the node answers, and makes blocks.
///
/// # Panics
/// When that is not done within ten seconds.
#[track_caller]
pub fn honest(bank: &Bank, number: u32) {
    let begun = Instant::now();
    let (name, id) = (format!("guest-{number}"), format!("nl-kvk:9000{number:04}"));
    let _ = bank
        .run(&["alias", "register", &name, "--id", &id])
        .expect(DONE);
    let took = begun.elapsed();
    assert!(took < HONEST, "an honest bank waited {took:?}");
}

/// The lowest priority for this thread: `SCHED_IDLE` by util-linux's `chrt`, and where that is missing the lowest
/// usual one.
fn give_way() {
    #[cfg(target_os = "linux")]
    {
        rustix::process::setpriority_process(None, 19).expect("a lower priority is always allowed");
        let own = std::fs::read_link("/proc/thread-self").expect("Linux names each thread");
        let own = own.file_name().expect("its number");
        let words = [
            OsStr::new("--idle"),
            OsStr::new("--pid"),
            OsStr::new("0"),
            own,
        ];
        let lowered = std::process::Command::new("chrt").args(words).status();
        if !lowered.is_ok_and(|status| status.success()) {
            eprintln!("no chrt here: the flood has nice 19 alone");
        }
    }
}

/// Runs so many of a task at a time, until all have ended.
async fn side_by_side<F>(count: usize, task: impl Fn(usize) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    (0..count).for_each(|number| drop(tasks.spawn(task(number))));
    while let Some(ended) = tasks.join_next().await {
        ended.expect("a flood's task");
    }
}
