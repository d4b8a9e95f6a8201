//! The compiled circuit says what native evaluation says, on random documents and random checks, and its rows hold.
#![allow(clippy::unwrap_used)]

#[path = "support/circuit.rs"]
mod circuit;
#[path = "support/random.rs"]
mod random;
mod support;

use circuit::{Party, claim, natively, records, run};
use random::{Author, Random, any_document};
use sealane_checks::compile::{Plan, blank};
use sealane_checks::standard::STANDARD;
use sealane_checks::{Instance, Sizes, read};
use sealane_gadgets::Mode;
use sealane_types::schema::{CanonicalFields, Kind};
use support::declaration;

/// Random documents for the check that [`declaration`] makes.
fn documents(random: &mut Random) -> Vec<Vec<CanonicalFields>> {
    let several = 1 + random.below(3);
    let deliveries = (0..several).map(|_| any_document(random, Kind::Waybill, 2));
    let deliveries = deliveries.collect();
    vec![
        vec![any_document(random, Kind::Order, 3)],
        deliveries,
        vec![any_document(random, Kind::Invoice, 3)],
    ]
}

fn parties<'a>(random: &mut Random, documents: &'a [Vec<CanonicalFields>]) -> Vec<Vec<Party<'a>>> {
    let ids = ["vat:S1", "vat:B1", "vat:C1", "vat:S2"];
    let one = |random: &mut Random, fields: &'a CanonicalFields| {
        let sealer = ids.iter().filter(|_| random.below(2) == 0);
        let sealer = sealer.map(|id| (*id).to_owned()).collect();
        Party { fields, sealer }
    };
    let all = documents.iter();
    all.map(|list| list.iter().map(|fields| one(random, fields)).collect())
        .collect()
}

/// Native bits and the circuit's, in `mode`; `None` for an instance that is too large.
fn both(seed: u64, mode: Mode, lines: usize) -> Option<(Vec<bool>, Vec<bool>, Vec<&'static str>)> {
    let mut random = Random(seed);
    let documents = documents(&mut random);
    let source = declaration(&Author::new(&mut random).condition(2));
    let check = read(&source).unwrap();
    let instance = Instance::new(&check, Sizes::new(lines, 3).unwrap()).ok()?;
    let plan = Plan::of(&instance);
    let handed = parties(&mut random, &documents);
    let records = records(&plan, &handed);
    let native = natively(&instance, &plan, &handed, &records);
    let (statement, witnesses) = claim(&plan, &records, native.clone());
    let (system, bits) = run(mode, &instance, &plan, &statement, &witnesses);
    assert_eq!(bits, native, "seed {seed}\n{source}");
    Some((native, bits, system.broken()))
}

#[test]
fn the_circuit_says_what_the_evaluation_says() {
    let cases: u64 = std::env::var("CASES").map_or(40, |cases| cases.parse().unwrap());
    let mut outcomes = [0_u32; 2];
    for seed in 0..cases {
        if let Some((native, ..)) = both(seed, Mode::Values, 8) {
            outcomes[usize::from(*native.last().unwrap())] += 1;
        }
    }
    println!("{outcomes:?}");
    assert!(outcomes[0] > 0 && outcomes[1] > 0, "{outcomes:?}");
}

#[test]
fn its_rows_hold() {
    for seed in 0..6 {
        if let Some((_, _, broken)) = both(1000 + seed, Mode::Rows, 16) {
            assert_eq!(broken, Vec::<&str>::new(), "seed {seed}");
        }
    }
}

#[test]
fn sizes() {
    for check in STANDARD {
        for lines in [8, 16] {
            let check = read(check.source).unwrap();
            let Ok(instance) = Instance::new(&check, Sizes::new(lines, 1).unwrap()) else {
                continue;
            };
            let begun = std::time::Instant::now();
            let system = blank(&instance);
            let mut names = std::collections::BTreeMap::<&str, usize>::new();
            let mut parts = std::collections::BTreeMap::<usize, usize>::new();
            for row in system.rows() {
                *names.entry(row.name).or_default() += 1;
                *parts.entry(row.part).or_default() += 1;
            }
            println!(
                "{} {lines}: {} rows {:?} {names:?} {parts:?}",
                check.name,
                system.rows().len(),
                begun.elapsed()
            );
        }
    }
}
