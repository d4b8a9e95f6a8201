//! Verifying financing proofs, from bytes: alone, and in a batch of 64 (eight different ones, eight times each: what is
//! done for a proof does not depend on the others). On one core, and on all.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use sealane_benches::documents::full;
use sealane_benches::trade::{Office, prover};
use sealane_benches::{median, micros, on_one_core};
use sealane_types::ids::ChainId;
use sealane_verifier::{UncheckedFinancing, Verifier};

const BATCH: u32 = 64;
const DIFFERENT: usize = 8;
const RUNS: usize = 15;

fn proofs() -> Vec<UncheckedFinancing> {
    let office = Office::new(ChainId::new([3; 32]));
    let prover = prover();
    let make = |number| {
        let sealed = office.seal(&full(number));
        let (statement, witness) = office.claim(sealed.openings());
        let proof = prover
            .prove_financing(&statement, &witness, &mut |_| ())
            .expect("it holds");
        UncheckedFinancing {
            statement: statement.encode(),
            proof: *proof.bytes(),
        }
    };
    (0..DIFFERENT).map(make).collect()
}

fn all_hold(verifier: &Verifier, batch: &[UncheckedFinancing]) -> bool {
    let outcomes = verifier.verify_batch(black_box(batch)).expect("randomness");
    outcomes.iter().all(Result::is_ok)
}

/// The median of some runs.
fn timed(mut work: impl FnMut() -> bool) -> Duration {
    let run = |_| {
        let begun = Instant::now();
        assert!(work(), "the proofs hold");
        begun.elapsed()
    };
    median((0..RUNS).map(run).collect())
}

fn verify(criterion: &mut Criterion) {
    let (verifier, proofs) = (Verifier::financing_test(), proofs());
    let batch: Vec<_> = proofs
        .iter()
        .cycle()
        .take(BATCH as usize)
        .cloned()
        .collect();
    let mut group = criterion.benchmark_group("verify");
    group.bench_function("alone, all cores", |bencher| {
        bencher.iter(|| verifier.verify(black_box(&proofs[0])).expect("it holds"));
    });
    group.bench_function("alone, one core", |bencher| {
        on_one_core(|| bencher.iter(|| verifier.verify(black_box(&proofs[0])).expect("it holds")));
    });
    group.throughput(Throughput::Elements(BATCH.into()));
    group.bench_function("a batch of 64, all cores", |bencher| {
        bencher.iter(|| all_hold(&verifier, &batch));
    });
    group.bench_function("a batch of 64, one core", |bencher| {
        on_one_core(|| bencher.iter(|| all_hold(&verifier, &batch)));
    });
    group.finish();
    let all = timed(|| all_hold(&verifier, &batch));
    let one = on_one_core(|| timed(|| all_hold(&verifier, &batch)));
    let alone = on_one_core(|| timed(|| verifier.verify(&proofs[0]).is_ok()));
    println!("alone, on one core: {} µs", micros(alone, 1));
    println!(
        "in a batch of {BATCH}, each, on one core: {} µs; on all cores: {} µs",
        micros(one, BATCH),
        micros(all, BATCH)
    );
}

fn main() {
    sealane_benches::run(20, verify);
}
