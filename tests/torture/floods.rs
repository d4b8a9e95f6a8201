//! Floods with figures (RELIABILITY 30, 35): what they do to the time between blocks, to what an honest caller waits, and
//! to the memory of the node that is flooded. One network of four nodes, and one flood after the other against its first node; a
//! bank hands in records at that node all the while. `SEALANE_TEST_FLOOD_SECONDS` (20) is the time of each, and
//! `SEALANE_TEST_FLOODS` part of the names of those that are wanted. The rows of the table in `benches/RESULTS.md`
//! are printed at the end. A second test measures an idle network, for `SEALANE_TEST_IDLE_SECONDS` (60).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use sealane_tests::consortium::Consortium;
use sealane_tests::floods::{Flood, Signer, Target, measured};
use sealane_types::block::{BlockHeader, Certificate};
use sealane_types::encoding::Decode as _;
use sealane_types::transaction::Payload;
use sealane_wire::v1::{GetHeaderRequest, GetStatusRequest};
use tokio::runtime::Runtime;
use tokio::time::timeout;

use super::{ALONE, OnDrop, asked};

/// Between two records that the bank hands in.
const EVERY: Duration = Duration::from_millis(100);
/// Between two questions of the honest caller.
const ASKS: Duration = Duration::from_millis(200);
/// What a certified caller may wait.
const ANSWER: Duration = Duration::from_secs(1);
/// When honest traffic is to be back.
const BACK: Duration = Duration::from_secs(10);
/// What a node's memory may grow by in one flood, in MiB: its store and its pool.
const GROWS: u64 = 64;
/// What an interval is known by: a block is due once a record is handed in.
const GRANULARITY: Duration = EVERY;
/// Linux' unit of the times that processes have taken (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);
/// Until a network that has begun has nothing left to do.
const SETTLES: Duration = Duration::from_secs(5);
/// Of one core, what a node may take that nobody asks for anything.
const IDLE_PERCENT: u32 = 1;

/// What was seen in one part.
struct Seen {
    what: String,
    intervals: Vec<Duration>,
    /// Blocks that the first round did not decide.
    late: usize,
    answers: Vec<Duration>,
    /// Resident memory at the beginning and at the end, in MiB.
    memory: [u64; 2],
    /// Of the flooded node, in percent of a core: threads that work for callers, and all others.
    cores: [u128; 2],
    back: Duration,
    flood: String,
    load: String,
}

fn percentile(times: &[Duration], percent: usize) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    let at = (times.len() * percent).div_ceil(100).saturating_sub(1);
    times.get(at).copied().unwrap_or_default()
}

impl Seen {
    const HEAD: &str = "\
| flood | made; refused | blocks, of later rounds | interval p50 · p99 | answer p50 · slowest | memory | callers' threads · others | back after | load |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |";

    fn p99(&self) -> Duration {
        percentile(&self.intervals, 99)
    }

    fn slowest(&self) -> Duration {
        self.answers.iter().copied().max().unwrap_or_default()
    }

    /// A row of the table.
    fn row(&self) -> String {
        let [half, most] = [50, 99].map(|at| percentile(&self.intervals, at).as_millis());
        let [usual, slow] = [50, 100].map(|at| percentile(&self.answers, at).as_millis());
        let (what, flood) = (&self.what, &self.flood);
        let (blocks, late) = (self.intervals.len(), self.late);
        let ([before, after], [callers, others]) = (self.memory, self.cores);
        let (tenths, load) = (self.back.as_millis() / 100, &self.load);
        let (back, tenth) = (tenths / 10, tenths % 10);
        format!(
            "| {what} | {flood} | {blocks}, {late} | {half} · {most} ms | {usual} · {slow} ms | {before}, then {after} MiB \
             | {callers} · {others} % | {back}.{tenth} s | {load} |"
        )
    }

    /// What misses its target, against the undisturbed part.
    fn misses(&self, quiet: &Self) -> Vec<String> {
        let mut misses = Vec::new();
        let mut check = |holds: bool, what: String| {
            if !holds {
                misses.push(format!("{}: {what}", self.what));
            }
        };
        let (own, usual) = (self.p99(), quiet.p99());
        check(
            own <= 2 * usual + GRANULARITY,
            format!("interval p99 {own:?}, undisturbed {usual:?}"),
        );
        check(
            self.slowest() <= ANSWER,
            format!("an answer after {:?}", self.slowest()),
        );
        check(self.back <= BACK, format!("back after {:?}", self.back));
        let grown = self.memory[1].saturating_sub(self.memory[0]);
        check(grown <= GROWS, format!("{grown} MiB more"));
        misses
    }
}

/// The system's load averages.
fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').take(2).collect::<Vec<_>>().join(" ")
}

/// Resident memory of a process in MiB.
fn memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: u64 = line
        .unwrap()
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .unwrap();
    kib >> 10
}

/// A process' or a thread's name, and the time that it has taken of the processor (proc(5)); `None` where it has
/// ended.
fn stat(folder: &Path) -> Option<(String, Duration)> {
    let stat = fs::read_to_string(folder.join("stat")).ok()?;
    let (name, rest) = stat.split_once('(')?.1.rsplit_once(") ")?;
    let fields: Vec<_> = rest.split(' ').collect();
    // utime and stime are fields 14 and 15, and the rest begins with field 3
    let ticks: u32 = fields[11..13]
        .iter()
        .filter_map(|field| field.parse::<u32>().ok())
        .sum();
    Some((name.to_owned(), TICK * ticks))
}

/// What each kind of a process' threads has taken, by name.
fn taken(process: u32) -> BTreeMap<String, Duration> {
    let mut taken = BTreeMap::new();
    for thread in fs::read_dir(format!("/proc/{process}/task")).unwrap() {
        let Some((name, took)) = stat(&thread.unwrap().path()) else {
            continue;
        };
        let kind = name.trim_end_matches(|end: char| end.is_ascii_digit() || end == '-');
        *taken.entry(kind.to_owned()).or_default() += took;
    }
    taken
}

/// What one has taken since; threads that work for callers, and all others, in percent of a core.
fn cores(before: &BTreeMap<String, Duration>, process: u32, within: Duration) -> [u128; 2] {
    let mut sums = [Duration::ZERO; 2];
    for (name, now) in taken(process) {
        let before = before.get(&name).copied().unwrap_or_default();
        let callers = ["sealane-api", "sealane-check"].contains(&&*name);
        sums[usize::from(!callers)] += now.saturating_sub(before);
    }
    sums.map(|sum| 100 * sum.as_millis() / within.as_millis().max(1))
}

/// The honest bank at the node that is flooded.
struct Honest {
    target: Arc<Target>,
    signer: Signer,
    number: u32,
}

impl Honest {
    async fn send(&mut self, wait_ms: u32) -> bool {
        self.number += 1;
        let record = self.signer.record(&format!("HONEST-{}", self.number));
        let payload = Payload::SealRecord(Box::new(record));
        let mut node = self.target.client();
        self.signer.send(&mut node, payload, wait_ms).await.is_ok()
    }

    /// Hands in one record after another until it is told to stop; how many were taken.
    fn trickle(&mut self, over: &AtomicBool) -> u32 {
        let runtime = Runtime::new().unwrap();
        let mut taken = 0;
        while !over.load(Ordering::Relaxed) {
            let at = Instant::now();
            taken += u32::from(runtime.block_on(self.send(0)));
            thread::sleep(EVERY.saturating_sub(at.elapsed()));
        }
        taken
    }

    /// Until a record that is handed in now is on the chain.
    fn until_taken(&mut self) -> Duration {
        let (begun, runtime) = (Instant::now(), Runtime::new().unwrap());
        while !runtime.block_on(self.send(30_000)) {
            assert!(
                begun.elapsed() < 6 * BACK,
                "honest traffic does not come back"
            );
        }
        begun.elapsed()
    }
}

/// A question on a connection of its own; how long its answer took, and the node's height.
async fn ask(target: &Target) -> (Duration, u64) {
    let at = Instant::now();
    let mut node = target.client();
    let answer = timeout(6 * BACK, node.get_status(GetStatusRequest {})).await;
    let status = answer
        .expect("an answer")
        .expect("an honest caller is not refused");
    (at.elapsed(), status.into_inner().height)
}

/// The times between blocks from one height to another, and how many were decided after the first round.
async fn intervals(target: &Target, first: u64, last: u64) -> (Vec<Duration>, usize) {
    let (mut node, mut times, mut late) = (target.client(), Vec::new(), 0);
    for height in first.max(1)..=last {
        let header = node.get_header(GetHeaderRequest { height }).await.unwrap();
        let header = header.into_inner().header.unwrap();
        let certificate = Certificate::from_bytes(&header.certificate).unwrap();
        late += usize::from(certificate.round > 0);
        times.push(BlockHeader::from_bytes(&header.header).unwrap().time.0);
    }
    let apart = times
        .windows(2)
        .map(|two| Duration::from_millis(two[1] - two[0]));
    (apart.collect(), late)
}

/// So long: a bank hands in records, a caller asks; the caller's waits, the times between blocks, and how many blocks
/// came of later rounds.
fn watch(honest: &mut Honest, lasts: Duration) -> (Vec<Duration>, (Vec<Duration>, usize)) {
    let (runtime, target) = (Runtime::new().unwrap(), Arc::clone(&honest.target));
    let over = AtomicBool::new(false);
    let (answers, first, last) = thread::scope(|scope| {
        let works = scope.spawn(|| honest.trickle(&over));
        let stop = OnDrop(&over);
        let begun = Instant::now();
        let first = runtime.block_on(ask(&target)).1;
        let (mut answers, mut last) = (Vec::new(), first);
        while begun.elapsed() < lasts {
            let (took, height) = runtime.block_on(ask(&target));
            answers.push(took);
            last = height;
            thread::sleep(ASKS.saturating_sub(took));
        }
        drop(stop);
        assert!(works.join().unwrap() > 0, "no record was taken");
        (answers, first, last)
    });
    (answers, runtime.block_on(intervals(&target, first, last)))
}

/// One part: with a flood, or without.
fn part(
    flood: Option<Flood>,
    what: String,
    network: &Consortium,
    honest: &mut Honest,
    lasts: Duration,
) -> Seen {
    let node = network.process(0);
    let (memory_before, taken, begun) = (memory(node), taken(node), Instant::now());
    let mut watched = |flood: String| {
        let (answers, (intervals, late)) = watch(honest, lasts);
        Seen {
            what: what.clone(),
            intervals,
            late,
            answers,
            memory: [memory_before, memory(node)],
            cores: cores(&taken, node, begun.elapsed()),
            back: Duration::ZERO,
            flood,
            load: load(),
        }
    };
    let mut seen = match flood {
        None => watched(String::new()),
        Some(flood) => {
            let flooder = Target::new(&network.bank(0).home, &network.node_folder(0));
            measured(flood, &flooder, |tally| {
                tally.until_made(1);
                let mut seen = watched(String::new());
                let refused = tally.reasons().into_iter();
                let refused = refused.map(|(word, count)| format!("{count} `{word}`"));
                let refused: Vec<_> = refused.collect();
                seen.flood = format!("{}; {}", tally.count(), refused.join(", "));
                seen
            })
        }
    };
    seen.back = honest.until_taken();
    println!("{}", seen.row());
    seen
}

#[test]
fn a_certified_caller_is_answered_and_blocks_go_on_under_every_flood() {
    let _alone = ALONE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let lasts = Duration::from_secs(asked("SEALANE_TEST_FLOOD_SECONDS", 20));
    let network = Consortium::start(4);
    let target = Target::new(&network.bank(1).home, &network.node_folder(0));
    let signer = Runtime::new().unwrap().block_on(target.signer());
    let mut honest = Honest {
        target,
        signer,
        number: 0,
    };
    println!("{}", Seen::HEAD);
    let undisturbed = part(None, "none, before".into(), &network, &mut honest, lasts);
    let mut misses = Vec::new();
    let wanted = std::env::var("SEALANE_TEST_FLOODS").unwrap_or_default();
    let named = |flood: &Flood| format!("{flood:?}").contains(&wanted);
    for flood in Flood::ALL.into_iter().filter(named) {
        let what = format!("{flood:?}");
        let seen = part(Some(flood), what, &network, &mut honest, lasts);
        misses.extend(seen.misses(&undisturbed));
    }
    let what = "none, afterwards".into();
    let _ = part(None, what, &network, &mut honest, lasts);
    assert!(misses.is_empty(), "{misses:#?}");
}

#[test]
fn an_idle_node_takes_less_than_a_hundredth_of_a_core() {
    let _alone = ALONE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let lasts = Duration::from_secs(asked("SEALANE_TEST_IDLE_SECONDS", 60));
    let network = Consortium::start(4);
    let taken = || {
        let nodes = [0, 1, 2, 3].map(|at| PathBuf::from(format!("/proc/{}", network.process(at))));
        nodes.map(|node| stat(&node).expect("a node that runs").1)
    };
    thread::sleep(SETTLES);
    let (begun, before) = (Instant::now(), taken());
    thread::sleep(lasts);
    let (within, after) = (begun.elapsed(), taken());
    let took = [0, 1, 2, 3].map(|at| after[at] - before[at]);
    println!(
        "each node's processor time in {within:.1?}: {took:?}; load {}",
        load()
    );
    let most = within * IDLE_PERCENT / 100;
    assert!(
        took.iter().all(|took| *took < most),
        "{took:?} of {within:?}"
    );
}
