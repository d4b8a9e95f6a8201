//! Verifying financing proofs, statements and proofs from bytes: alone, and in a batch of 64 (eight different ones, eight times each: what is
//! done for a proof does not depend on the others). On one core, and on all.

use std::hint::black_box;
use std::time::{Duration, Instant};

use ark_bls12_381::Fr;
use criterion::{Criterion, Throughput};
use rayon::prelude::*;
use sealane_benches::documents::full;
use sealane_benches::trade::{Office, prover};
use sealane_benches::{median, micros, on_one_core};
use sealane_statements::financing::{FinancingStatement, UncheckedStatement};
use sealane_types::ids::ChainId;
use sealane_verifier::{PROOF_BYTES, PreparedKey};

const BATCH: u32 = 64;
const DIFFERENT: usize = 8;
const RUNS: usize = 15;

/// A statement as bytes, and its proof.
type Financing = (UncheckedStatement, [u8; PROOF_BYTES]);

fn proofs() -> Vec<Financing> {
    let office = Office::new(ChainId::new([3; 32]));
    let prover = prover();
    let make = |number| {
        let sealed = office.seal(&full(number));
        let (statement, witness) = office.claim(sealed.openings());
        let proof = prover
            .prove_financing(&statement, &witness, &mut |_| ())
            .expect("it holds");
        (statement.encode(), *proof.bytes())
    };
    (0..DIFFERENT).map(make).collect()
}

fn inputs((statement, _): &Financing) -> Vec<Fr> {
    let statement = FinancingStatement::decode(statement);
    statement.expect("a statement").public_inputs()
}

fn holds(key: &PreparedKey, one: &Financing) -> bool {
    let one = black_box(one);
    key.verify(&inputs(one), &one.1).is_ok()
}

fn all_hold(key: &PreparedKey, batch: &[Financing]) -> bool {
    let batch = black_box(batch);
    let stated: Vec<_> = batch.par_iter().map(inputs).collect();
    let shown = stated.iter().zip(batch);
    let shown: Vec<_> = shown
        .map(|(inputs, (_, proof))| (&inputs[..], proof))
        .collect();
    let outcomes = key.verify_batch(&shown).expect("randomness");
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
    let (key, proofs) = (PreparedKey::financing_test(), proofs());
    let batch: Vec<_> = proofs
        .iter()
        .cycle()
        .take(BATCH as usize)
        .cloned()
        .collect();
    let mut group = criterion.benchmark_group("verify");
    group.bench_function("alone, all cores", |bencher| {
        bencher.iter(|| assert!(holds(&key, &proofs[0]), "it holds"));
    });
    group.bench_function("alone, one core", |bencher| {
        on_one_core(|| bencher.iter(|| assert!(holds(&key, &proofs[0]), "it holds")));
    });
    group.throughput(Throughput::Elements(BATCH.into()));
    group.bench_function("a batch of 64, all cores", |bencher| {
        bencher.iter(|| all_hold(&key, &batch));
    });
    group.bench_function("a batch of 64, one core", |bencher| {
        on_one_core(|| bencher.iter(|| all_hold(&key, &batch)));
    });
    group.finish();
    let all = timed(|| all_hold(&key, &batch));
    let one = on_one_core(|| timed(|| all_hold(&key, &batch)));
    let alone = on_one_core(|| timed(|| holds(&key, &proofs[0])));
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
