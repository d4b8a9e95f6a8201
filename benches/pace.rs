//! The pace of a chain of four validators on loopback, under a trickle of transactions: how far its blocks are apart, how
//! long a transaction takes, and how fast a node that was away, or has lost everything, catches up while the others go on.
//!
//! Set with the environment: `SEALANE_BENCH_SECONDS` (of each part, 30), `SEALANE_BENCH_EVERY_MS` (between two
//! transactions, 100).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use sealane_benches::chain::signed;
use sealane_benches::consortium::{BANKS, Consortium, Template, bank};
use sealane_benches::documents::full;
use sealane_benches::load::{Node, block, hand_in, status};
use sealane_benches::trade::Office;
use sealane_benches::{number_from, percentile};
use sealane_types::encoding::Encode;
use sealane_types::ids::Sequence;
use sealane_types::transaction::Payload;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// The node that is away.
const AWAY: usize = 3;
/// How often heights are looked at.
const LOOK: Duration = Duration::from_millis(20);

/// Signed records, each bank's in the order of its sequences.
struct Trickle {
    transactions: std::vec::IntoIter<(usize, Vec<u8>)>,
    every: Duration,
}

impl Trickle {
    /// So many transactions, sealed and signed beforehand.
    fn make(template: &Template, count: usize, every: Duration) -> Self {
        let banks = usize::from(BANKS);
        eprintln!("sealing {count} records");
        let make = |number: usize| {
            let (at, chain) = (number % banks, template.chain());
            let own = bank(u8::try_from(at).expect("few banks"));
            let record = Office::of(chain, own).seal(&full(5_000_000 + number));
            let record = Box::new(record.into_parts().0);
            let sequence = Sequence(u64::try_from(number / banks).expect("few"));
            let transaction = signed(chain, own, sequence, Payload::SealRecord(record));
            (at, transaction.to_bytes())
        };
        let transactions: Vec<_> = (0..count).map(make).collect();
        Self {
            transactions: transactions.into_iter(),
            every,
        }
    }

    /// Hands in one transaction after another, at the nodes that are there, until it is told to stop; how long
    /// each took to its receipt.
    async fn run(&mut self, nodes: Vec<Node>, over: Arc<AtomicBool>) -> Vec<Duration> {
        let mut waiting = JoinSet::new();
        while !over.load(Ordering::Relaxed) {
            let next = self.transactions.next();
            let (at, transaction) = next.expect("more were sealed than a part needs");
            let mut node = nodes[at % nodes.len()].clone();
            let submitted = Instant::now();
            waiting.spawn(async move {
                let receipt = hand_in(&mut node, &transaction, 60_000).await;
                assert!(receipt.is_some(), "no receipt within a minute");
                submitted.elapsed()
            });
            sleep(self.every).await;
        }
        waiting.join_all().await
    }
}

fn nodes(network: &Consortium, count: usize) -> Vec<Node> {
    (0..count).map(|at| network.connect(at)).collect()
}

async fn height(node: &mut Node) -> u64 {
    status(node).await.height
}

/// Blocks from one height to another, in so much time.
fn rate(blocks: u64, time: Duration) -> String {
    let tenths = u128::from(blocks) * 10_000 / time.as_millis().max(1);
    format!("{}.{} blocks/s", tenths / 10, tenths % 10)
}

/// All nodes are there: the times of consecutive headers.
async fn interval(network: &Consortium, trickle: &mut Trickle, part: Duration) {
    let nodes = nodes(network, network.size());
    let mut first = nodes[0].clone();
    let began = height(&mut first).await;
    let over = Arc::new(AtomicBool::new(false));
    let (latencies, ()) = tokio::join!(trickle.run(nodes, Arc::clone(&over)), async {
        sleep(part).await;
        over.store(true, Ordering::Relaxed);
    });
    let ended = height(&mut first).await;
    let mut times = Vec::new();
    for height in began + 1..=ended {
        let block = block(&mut first, height).await;
        times.push(block.expect("a final block").header.time.0);
    }
    let apart: Vec<_> = times
        .windows(2)
        .map(|two| Duration::from_millis(two[1] - two[0]))
        .collect();
    let shown = |all: &[Duration]| {
        let [half, most, nearly] = [50, 90, 99].map(|at| percentile(all, at).as_millis());
        format!(
            "p50 {half} ms, p90 {most} ms, p99 {nearly} ms of {}",
            all.len()
        )
    };
    println!("block interval, by header times: {}", shown(&apart));
    println!(
        "a record, from submission to receipt: {}",
        shown(&latencies)
    );
}

/// With what a node comes back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Back {
    /// All that it had when it went.
    Paused,
    /// Nothing: it takes all blocks.
    Wiped,
    /// Nothing: it begins with a snapshot.
    Snapshot,
}

impl Back {
    fn words(self) -> &'static str {
        match self {
            Self::Paused => "after a pause",
            Self::Wiped => "with nothing, taking all blocks",
            Self::Snapshot => "with nothing, beginning with a snapshot",
        }
    }
}

/// A node is away for a time, or comes back with nothing, and catches up while the others go on.
async fn catch_up(network: &mut Consortium, trickle: &mut Trickle, part: Duration, back: Back) {
    let others = nodes(network, AWAY);
    let mut first = others[0].clone();
    let over = Arc::new(AtomicBool::new(false));
    let work = async {
        network.kill_node(AWAY);
        match back {
            Back::Paused => sleep(part).await,
            Back::Wiped => network.wipe(AWAY),
            Back::Snapshot => {
                network.wipe(AWAY);
                network.begin_with_snapshot(AWAY);
            }
        }
        let begun = Instant::now();
        network.start_node(AWAY);
        let mut away = network.connect(AWAY);
        let (had, goal) = (height(&mut away).await, height(&mut first).await);
        let started = begun.elapsed();
        let (mut now, mut last) = (had, goal);
        while now + 1 < last {
            sleep(LOOK).await;
            (now, last) = (height(&mut away).await, height(&mut first).await);
        }
        let took = begun.elapsed();
        over.store(true, Ordering::Relaxed);
        println!(
            "a node back {}: {} blocks behind, level after {} ms ({} ms of it to start): {}, while the chain grew at {}",
            back.words(),
            goal - had,
            took.as_millis(),
            started.as_millis(),
            rate(now - had, took),
            rate(last - goal, took)
        );
    };
    let _ = tokio::join!(trickle.run(others, Arc::clone(&over)), work);
}

fn main() {
    let seconds = number_from("SEALANE_BENCH_SECONDS", 30);
    let every = number_from("SEALANE_BENCH_EVERY_MS", 100);
    let part = Duration::from_secs(u64::try_from(seconds).expect("seconds"));
    let apart = Duration::from_millis(u64::try_from(every.max(1)).expect("milliseconds"));
    let template = Template::of(4);
    let most = (2 * seconds + 120) * 1_000 / every.max(1);
    let mut trickle = Trickle::make(&template, most, apart);
    let runtime = Runtime::new().expect("a runtime");
    let mut network = template.start();
    eprintln!("four validators run; the interval takes {seconds} s, catching up as long again");
    runtime.block_on(async {
        interval(&network, &mut trickle, part).await;
        for back in [Back::Paused, Back::Wiped, Back::Snapshot] {
            catch_up(&mut network, &mut trickle, part, back).await;
        }
    });
}
