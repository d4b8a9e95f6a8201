//! The fingerprint protocol outside the circuit, with all twelve slots: a validator's answer, its check, the bank's last step, its check.

use std::hint::black_box;

use criterion::Criterion;
use sealane_benches::documents::full;
use sealane_benches::trade::{BANK, Office, prover};
use sealane_crypto::oprf::Parties;
use sealane_types::ids::ChainId;

fn answer(criterion: &mut Criterion) {
    let office = Office::new(ChainId::new([3; 32]));
    let trade = office.trade(&prover(), &full(1));
    let parties = Parties {
        sealer: BANK,
        bank: BANK,
    };
    let question = office.question(&trade.present);
    let answered = office.answered(question.clone(), &trade.answer);
    let mut group = criterion.benchmark_group("answer");
    group.bench_function("decode the presented points", |bencher| {
        bencher.iter(|| office.question(black_box(&trade.present)));
    });
    group.bench_function("answer", |bencher| {
        bencher.iter(|| {
            office
                .share
                .answer(black_box(&question))
                .expect("randomness")
        });
    });
    group.bench_function("check an answer", |bencher| {
        bencher.iter(|| {
            question
                .check_answer(&office.public, black_box(&trade.answer))
                .expect("right")
        });
    });
    group.bench_function("finish", |bencher| {
        bencher.iter(|| office.finance(&trade.witness, black_box(answered.clone())));
    });
    group.bench_function("check the end", |bencher| {
        let finance = &trade.finance;
        bencher.iter(|| {
            answered
                .check(
                    &office.slot_keys,
                    parties,
                    black_box(&finance.fingerprints),
                    &finance.proof,
                )
                .expect("right")
        });
    });
    group.finish();
}

fn main() {
    sealane_benches::run(20, answer);
}
