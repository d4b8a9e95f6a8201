//! Financings a second of whole networks: 1, 4 and 7 validators, each a process on this machine, all on Malachite, each
//! verifying every proof for itself. Banks hand in financings with real proofs, made beforehand, as fast as they may.
//!
//! Set with the environment: `SEALANE_BENCH_VALIDATORS` (`1,4,7`), `SEALANE_BENCH_DEALS` (financings of each of the 8
//! banks, 16), `SEALANE_BENCH_WINDOW` (financings that a bank has under way, 8).

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use sealane_benches::consortium::{Consortium, Template, bank};
use sealane_benches::deals::{Deal, of_banks};
use sealane_benches::load::{Desk, Receipted, Step, block, follow, status};
use sealane_benches::processes::Spent;
use sealane_benches::steps::Steps;
use sealane_benches::{micros, number_from, per_second, percentile};
use sealane_types::sharing::threshold;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

/// What one network did.
struct Run {
    validators: u8,
    threshold: u16,
    receipted: Vec<Receipted>,
    /// Each node's.
    spent: Vec<Spent>,
    /// The load generator's.
    own: Spent,
    /// Blocks, and the largest one's transactions.
    blocks: u64,
    largest: usize,
}

/// Finances all deals on a network that has just begun.
async fn finance(template: &Template, network: &Consortium, deals: Vec<Vec<Deal>>) -> Run {
    let window = number_from("SEALANE_BENCH_WINDOW", 8);
    let mut first = network.connect(0);
    let began = status(&mut first).await.height;
    let (mut banks, mut desks) = (BTreeMap::new(), Vec::new());
    for (at, deals) in (0..).zip(deals) {
        let (tell, told) = mpsc::unbounded_channel();
        banks.extend(deals.iter().map(|deal| (deal.id(), tell.clone())));
        let node = network.connect(usize::from(at) % network.size());
        let desk = Desk::open(template.chain(), bank(at), node, deals).await;
        desks.push((desk, told));
    }
    let holders = u16::try_from(network.size()).expect("few");
    let threshold = threshold(holders);
    tokio::spawn(follow(first.clone(), began + 1, threshold, banks));
    let spent = || (0..network.size()).map(|at| Spent::by(network.process(at)));
    let before: Vec<_> = spent().collect();
    let own = Spent::by(std::process::id());
    let running = desks
        .into_iter()
        .map(|(desk, told)| tokio::spawn(desk.run(window, told)));
    let mut receipted = Vec::new();
    for desk in running.collect::<Vec<_>>() {
        receipted.extend(desk.await.expect("a bank's load ends well"));
    }
    let after = spent().zip(before).map(|(after, before)| after - before);
    let (spent, own) = (after.collect(), Spent::by(std::process::id()) - own);
    let ended = status(&mut first).await.height;
    let mut largest = 0;
    for height in began + 1..=ended {
        let block = block(&mut first, height).await.expect("a final block");
        largest = largest.max(block.transactions.len());
    }
    Run {
        validators: u8::try_from(network.size()).expect("few"),
        threshold,
        receipted,
        spent,
        own,
        blocks: ended - began,
        largest,
    }
}

impl Run {
    fn financings(&self) -> Vec<&Receipted> {
        let mut all: Vec<_> = self.receipted.iter().collect();
        all.retain(|one| one.step == Step::Finance);
        all.sort_by_key(|one| one.received);
        all
    }

    fn elapsed(&self) -> Duration {
        let begun = self.receipted.iter().map(|one| one.submitted).min();
        let ended = self.receipted.iter().map(|one| one.received).max();
        begun
            .zip(ended)
            .map_or(Duration::ZERO, |(begun, ended)| ended - begun)
    }

    fn report(&self, steps: &Steps) {
        let Self {
            validators,
            threshold,
            ..
        } = self;
        let financings = self.financings();
        let count = u32::try_from(financings.len()).expect("few financings");
        println!(
            "\n{validators} validators (each set answered by {threshold}), {count} financings"
        );
        let elapsed = self.elapsed();
        println!(
            "  {} financings a second over all ({:.1?}), receipts included",
            per_second(elapsed, count),
            elapsed
        );
        let half = &financings[financings.len() / 4..financings.len() * 3 / 4];
        if let [first, .., last] = half {
            let between = u32::try_from(half.len() - 1).expect("few");
            let time = last.received - first.received;
            println!(
                "  {} a second over the middle half",
                per_second(time, between)
            );
        }
        println!(
            "  {} blocks, the largest of {} transactions",
            self.blocks, self.largest
        );
        self.latencies();
        self.processors(steps, count);
    }

    fn latencies(&self) {
        println!("  from submission to receipt:      p50       p90       p99");
        for step in [Step::Seal, Step::Present, Step::Finance] {
            let of = self.receipted.iter().filter(|one| one.step == step);
            let of: Vec<_> = of.map(Receipted::latency).collect();
            let [half, most, nearly] = [50, 90, 99].map(|at| percentile(&of, at).as_millis());
            let name = format!("{step:?}").to_lowercase();
            println!("    {name:<24} {half:>8} ms {most:>6} ms {nearly:>6} ms");
        }
    }

    /// Where the processors' time went, and how far that is from checking proofs alone.
    fn processors(&self, steps: &Steps, count: u32) {
        let nodes = u32::from(self.validators);
        let sum = self
            .spent
            .iter()
            .fold(Spent::default(), |sum, one| sum + *one);
        let each = |time: Duration| micros(time, count * nodes);
        println!(
            "  processor time of a financing at each node, µs: {} (pool {}, store's threads {}, the rest {})",
            each(sum.all()),
            each(sum.pool),
            each(sum.store),
            each(sum.rest)
        );
        let figures = steps.of_financing(self.threshold);
        println!(
            "    by the step figures: verify {}, apply and answer {}, commit {}; what is left is consensus, network, API, admission",
            micros(figures.verify, 1),
            micros(figures.apply, 1),
            micros(figures.commit, 1)
        );
        let transactions = count * (3 + u32::from(self.threshold));
        println!(
            "    of a transaction (a financing has {}): {}",
            3 + self.threshold,
            micros(sum.all(), transactions * nodes)
        );
        println!(
            "    the load generator: {} for a financing, beside the nodes on the same cores",
            micros(self.own.all(), count)
        );
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let cores = u32::try_from(cores).expect("few cores");
        let busy = sum.all() + self.own.all();
        println!(
            "    of {cores} cores, {} % were busy with this",
            busy.as_millis() * 100 / (self.elapsed() * cores).as_millis().max(1)
        );
        let limit = per_second(steps.proof * nodes, cores);
        println!(
            "  limit: {limit} a second, if {cores} cores did nothing but check each proof once at each node, in batches ({} µs)",
            micros(steps.proof, 1)
        );
        let all = per_second(figures.all() * nodes, cores);
        println!("  and {all} a second, if they did nothing but all of the steps");
    }
}

fn main() {
    let wanted = std::env::var("SEALANE_BENCH_VALIDATORS").unwrap_or_else(|_| "1,4,7".to_owned());
    let each = number_from("SEALANE_BENCH_DEALS", 16);
    let runtime = Runtime::new().expect("a runtime");
    let alone = Template::of(1);
    let deals = of_banks(&alone, each.max(16));
    eprintln!("the steps by themselves, on one core");
    let steps = Steps::measure(&alone.genesis, &deals[0]);
    println!(
        "a proof, on one core: {} µs in a batch of {}, {} µs alone",
        micros(steps.proof, 1),
        deals[0].len(),
        micros(steps.alone, 1)
    );
    for validators in wanted.split(',') {
        let validators: u8 = validators
            .trim()
            .parse()
            .expect("SEALANE_BENCH_VALIDATORS: numbers");
        let template = Template::of(validators);
        let deals = of_banks(&template, each);
        eprintln!("{validators} validators begin");
        let begun = Instant::now();
        let network = template.start();
        let run = runtime.block_on(finance(&template, &network, deals));
        run.report(&steps);
        eprintln!("{validators} validators: {} s", begun.elapsed().as_secs());
    }
}
