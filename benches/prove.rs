//! Proving a financing: native check, witness, Groth16 proof and the prover's own verification of it.

use std::hint::black_box;

use criterion::Criterion;
use sealane_benches::documents::full;
use sealane_benches::trade::{Office, prover};
use sealane_gadgets::{Mode, System};
use sealane_statements::financing::constraints;
use sealane_types::ids::ChainId;

fn prove(criterion: &mut Criterion) {
    let office = Office::new(ChainId::new([3; 32]));
    let prover = prover();
    let sealed = office.seal(&full(1));
    let (statement, witness) = office.claim(sealed.openings());
    let mut group = criterion.benchmark_group("prove");
    group.bench_function("all twelve", |bencher| {
        bencher.iter(|| {
            let proof = prover.prove_financing(black_box(&statement), &witness, &mut |_| ());
            proof.expect("it holds")
        });
    });
    group.bench_function("all twelve: check and witness alone", |bencher| {
        bencher.iter(|| {
            statement.check(&witness).expect("it holds");
            let mut system = System::new(Mode::Values);
            constraints::synthesize(&mut system, black_box(&statement), &witness);
            system
        });
    });
    group.finish();
}

fn main() {
    sealane_benches::run(10, prove);
}
