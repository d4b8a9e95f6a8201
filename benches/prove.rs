//! Proving a financing: native check, witness, Groth16 proof and the prover's own verification of it.

use std::hint::black_box;

use criterion::Criterion;
use sealane_benches::documents::full;
use sealane_benches::trade::{Office, prover};
use sealane_gadgets::{Mode, System};
use sealane_statements::financing::{Shape, constraints};
use sealane_types::ids::ChainId;

fn prove(criterion: &mut Criterion) {
    let office = Office::new(ChainId::new([3; 32]));
    let fields = full(1);
    let sealed = office.seal(&fields);
    let mut group = criterion.benchmark_group("prove");
    for (name, shape) in [
        ("one fingerprint", Shape::OneFingerprint),
        ("all seven", Shape::Full),
    ] {
        let prover = prover(shape);
        let (statement, witness) = office.claim(shape, &fields, sealed.openings());
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let proof = prover.prove_financing(black_box(&statement), &witness, &mut |_| ());
                proof.expect("it holds")
            });
        });
        group.bench_function(format!("{name}: check and witness alone"), |bencher| {
            bencher.iter(|| {
                statement.check(shape, &witness).expect("it holds");
                let mut system = System::new(Mode::Values);
                constraints::synthesize(&mut system, shape, black_box(&statement), &witness);
                system
            });
        });
    }
    group.finish();
}

fn main() {
    sealane_benches::run(10, prove);
}
