//! What a validator does for financings, block by block over the real store, on one core: it checks, executes and commits.
//! Four blocks each time: records, presentations, answers (its own, as one of one), financings.

use std::time::Duration;

use criterion::{Criterion, Throughput};
use sealane_benches::chain::{Chain, Times, VALIDATOR};
use sealane_benches::documents::full;
use sealane_benches::trade::{BANK, Office, Trade, prover};
use sealane_benches::{median, micros, on_one_core, per_second};
use sealane_types::transaction::Payload;

/// Financings in a block. Each needs a proof of its own, which is what the bench spends its time on.
const FINANCINGS: usize = 16;
const STEPS: [&str; 4] = ["seal", "present", "answer", "finance"];

fn trades() -> Vec<Trade> {
    let office = Office::new(Chain::new().id());
    let prover = prover();
    let trades: Vec<_> = (0..FINANCINGS)
        .map(|number| office.trade(&prover, &full(number)))
        .collect();
    let proving = median(trades.iter().map(|trade| trade.proving).collect());
    println!("{FINANCINGS} proofs made, median {} µs", micros(proving, 1));
    trades
}

/// One chain from its beginning: the four blocks.
fn chain(trades: &[Trade]) -> [Times; 4] {
    let mut chain = Chain::new();
    let payloads = |make: fn(&Trade) -> Payload| trades.iter().map(make).collect::<Vec<_>>();
    let steps = [
        (
            BANK,
            payloads(|trade| Payload::SealRecord(Box::new(trade.record.clone()))),
        ),
        (
            BANK,
            payloads(|trade| Payload::PresentBlinded(trade.present.clone())),
        ),
        (
            VALIDATOR,
            payloads(|trade| Payload::Answer(trade.answer.clone())),
        ),
        (
            BANK,
            payloads(|trade| Payload::Finance(trade.finance.clone())),
        ),
    ];
    steps.map(|(signer, payloads)| {
        let transactions = chain.sign(signer, payloads);
        chain.block(transactions)
    })
}

fn report(runs: &[[Times; 4]]) {
    let things = FINANCINGS as u32;
    let of = |part: fn(&Times) -> Duration, step: usize| {
        let all = runs.iter().map(|run| part(&run[step]));
        median(all.collect())
    };
    println!(
        "microseconds each, on one core, {FINANCINGS} in a block, medians of {} runs",
        runs.len()
    );
    println!(
        "{:<10} {:>8} {:>8} {:>8} {:>8}",
        "", "verify", "apply", "commit", "all"
    );
    for (step, name) in STEPS.iter().enumerate() {
        let parts = [
            of(|t| t.verify, step),
            of(|t| t.apply, step),
            of(|t| t.commit, step),
            of(Times::all, step),
        ];
        let [verify, apply, commit, all] = parts.map(|part| micros(part, things));
        println!("{name:<10} {verify:>8} {apply:>8} {commit:>8} {all:>8}");
    }
    let sum = |from: usize| {
        (from..STEPS.len())
            .map(|step| of(Times::all, step))
            .sum::<Duration>()
    };
    println!(
        "present, answer, finance: {} financings a second and core",
        per_second(sum(1), things)
    );
    println!(
        "with their records:       {} financings a second and core",
        per_second(sum(0), things)
    );
}

fn commit(criterion: &mut Criterion) {
    let trades = trades();
    let mut runs = Vec::new();
    let mut group = criterion.benchmark_group("commit");
    group.throughput(Throughput::Elements(FINANCINGS as u64));
    group.warm_up_time(Duration::from_millis(500));
    group.measurement_time(Duration::from_secs(5));
    group.bench_function("present, answer, finance; one core", |bencher| {
        bencher.iter_custom(|times| {
            let mut spent = Duration::ZERO;
            for _ in 0..times {
                let run = on_one_core(|| chain(&trades));
                spent += run[1..].iter().map(Times::all).sum::<Duration>();
                runs.push(run);
            }
            spent
        });
    });
    group.finish();
    report(&runs);
}

fn main() {
    sealane_benches::run(10, commit);
}
