//! Cross-checks: constraints by kind, and the time of evaluating, proving and verifying *price × quantity* over an order, a waybill and an
//! invoice that fill their lines.
//!
//! Set with the environment: `SEALANE_BENCH_LINES` (`8,16,32`; 128 takes minutes and gigabytes), `SEALANE_BENCH_RUNS` (5).

use std::time::{Duration, Instant};

use sealane_benches::{grouped, median, number_from};
use sealane_checks::compile::{CONSTRAINTS, DocumentWitness, Presented, blank, synthesize};
use sealane_checks::evaluate::Fulfilment;
use sealane_checks::fixture::{BUYER, CARRIER, SELLER, trade};
use sealane_checks::known::Known;
use sealane_checks::rehearsal::Owned;
use sealane_checks::standard::STANDARD;
use sealane_checks::typed::Check;
use sealane_checks::{Handed, Instance, Sizes, read};
use sealane_gadgets::{Mode, System};
use sealane_prover::{CheckProver, default_directory};
use sealane_verifier::{PreparedKey, VerifyingKey};

const CHECK: &str = "invoice-waybill";

fn check(name: &str) -> Check {
    let standard = STANDARD.iter().find(|standard| standard.name == name);
    read(standard.expect("a standard check").source).expect("a standard check")
}

/// Rows of every standard check at each size, one document to a list.
fn rows(sizes: &[usize]) {
    println!("constraints of the standard checks, by lines");
    for standard in STANDARD {
        let check = check(standard.name);
        let rows = sizes.iter().map(|lines| {
            let sizes = Sizes::new(*lines, 1).expect("a bucket");
            let instance = Instance::new(&check, sizes).expect("within bounds");
            format!("{lines}: {}", grouped(blank(&instance).rows().len() as u64))
        });
        println!(
            "  {:<22} {}",
            standard.name,
            rows.collect::<Vec<_>>().join("   ")
        );
    }
}

struct Stage {
    owned: [Owned; 3],
    known: [Known; 3],
}

impl Stage {
    fn new(lines: usize) -> Self {
        let documents = trade(lines);
        let sealers = [BUYER, CARRIER, SELLER];
        let mut number = 1;
        let owned = documents.each_ref().map(|fields| {
            number += 1;
            let sealer = sealers[usize::from(number) - 2].to_owned();
            Owned::seal(fields, &[sealer], number).expect("it fits")
        });
        let known = owned.each_ref().map(|owned| owned.known(|_| true));
        Self { owned, known }
    }

    fn evaluate(&self, instance: &Instance<'_>) -> Vec<bool> {
        let pairs = self.owned.iter().zip(&self.known);
        let handed = pairs.map(|(owned, known)| {
            vec![Handed {
                fields: &known.fields,
                sealer: Some(&owned.sealer),
                taken: &[],
            }]
        });
        let said = instance.evaluate(&handed.collect::<Vec<_>>());
        let outcomes = said.expect("its documents").outcomes;
        outcomes
            .iter()
            .map(|one| one.fulfilment == Fulfilment::Met)
            .collect()
    }
}

fn timed<T>(runs: usize, mut work: impl FnMut() -> T) -> (Duration, T) {
    let mut times = Vec::new();
    loop {
        let begun = Instant::now();
        let done = work();
        times.push(begun.elapsed());
        if times.len() == runs {
            return (median(times), done);
        }
    }
}

fn measure(lines: usize, runs: usize) {
    let check = check(CHECK);
    let instance = Instance::new(&check, Sizes::new(lines, 1).expect("a bucket")).expect("fits");
    let cache = default_directory().expect("a cache folder");
    let begun = Instant::now();
    let prover = CheckProver::open(&instance, None, &cache, &mut |_| ()).expect("keys");
    let opened = begun.elapsed();
    let stage = Stage::new(lines);
    let (evaluating, bits) = timed(runs, || stage.evaluate(&instance));
    assert!(bits.iter().all(|bit| *bit), "the trade meets the check");
    let presented = stage
        .known
        .iter()
        .map(|known| Some(known.presented.clone()));
    let presented: Vec<Option<Presented>> = presented.collect();
    let statement = prover.plan().statement(&presented, bits);
    let witnesses: Vec<DocumentWitness> = stage
        .known
        .iter()
        .map(|known| known.witness.clone())
        .collect();
    let (assigning, _) = timed(runs, || {
        let mut system = System::new(Mode::Values);
        synthesize(
            &mut system,
            &instance,
            prover.plan(),
            &statement,
            &witnesses,
        )
    });
    let (proving, proof) = timed(runs, || {
        prover
            .prove(&statement, &witnesses, &mut |_| ())
            .expect("it holds")
    });
    let public = statement.public_inputs();
    let inputs = public.len();
    let key = VerifyingKey::decode_for(&prover.verifying_key_bytes(), inputs).expect("its key");
    let key = PreparedKey::new(&key);
    let (verifying, _) = timed(4 * runs, || {
        key.verify(&public, proof.bytes()).expect("it holds")
    });
    println!(
        "{lines} lines: {} constraints, {inputs} public inputs, keys of {} MB ready in {opened:.1?}",
        grouped(prover.rows() as u64),
        prover.key_bytes().div_ceil(1_000_000)
    );
    println!(
        "  evaluate {evaluating:.1?}, assign {assigning:.1?}, prove {proving:.2?} (assignment and own verification included), verify {verifying:.2?}"
    );
    let system = blank(&instance);
    let of = |name: &str| {
        let rows = system.rows().iter().filter(|row| row.name == name).count();
        format!("{name} {}", grouped(rows as u64))
    };
    println!("  {}", CONSTRAINTS.map(of).join(", "));
    let requirements = prover.plan().requirements().iter().enumerate();
    let parts = requirements.map(|(number, (id, _))| {
        let rows = system
            .rows()
            .iter()
            .filter(|row| row.part == number + 1)
            .count();
        format!("{id} {}", grouped(rows as u64))
    });
    println!("  {}", parts.collect::<Vec<_>>().join(", "));
}

fn main() {
    let wanted = std::env::var("SEALANE_BENCH_LINES").unwrap_or_else(|_| "8,16,32".to_owned());
    let lines: Vec<usize> = wanted
        .split(',')
        .map(|lines| lines.trim().parse().expect("SEALANE_BENCH_LINES: numbers"))
        .collect();
    rows(&lines);
    for lines in lines {
        measure(lines, number_from("SEALANE_BENCH_RUNS", 5));
    }
}
