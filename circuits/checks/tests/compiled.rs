//! The compiled circuit says what native evaluation says, on random documents and random checks, and its rows hold.
#![allow(clippy::unwrap_used)]

use crate::circuit::{Party, claim, natively, records, run};
use crate::random::{Author, Random, any_document};
use crate::support::declaration;
use sealane_checks::compile::{Plan, blank};
use sealane_checks::fixture::of_kind;
use sealane_checks::{Instance, Sizes, read};
use sealane_gadgets::{Mode, digest};
use sealane_types::schema::{CanonicalFields, Kind};

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
    if mode == Mode::Rows {
        // keys are of the rows without a witness
        let blank = blank(&instance);
        assert_eq!(digest("it", &system), digest("it", &blank), "seed {seed}");
    }
    Some((native, bits, system.broken()))
}

/// `CASES` seeds from `first` on: the circuit's bits are the evaluation's.
fn agree(first: u64) {
    let cases: u64 = std::env::var("CASES").map_or(1000, |cases| cases.parse().unwrap());
    let mut outcomes = [0_u64; 2];
    for seed in first..first + cases {
        if let Some((native, ..)) = both(seed, Mode::Values, 8) {
            outcomes[usize::from(*native.last().unwrap())] += 1;
        }
    }
    println!("{outcomes:?}");
    let least = cases / 20;
    assert!(outcomes[0] > least && outcomes[1] > least, "{outcomes:?}");
}

#[test]
fn the_circuit_says_what_the_evaluation_says() {
    agree(0);
}

#[test]
fn the_circuit_says_what_the_evaluation_says_of_others() {
    agree(1_000_000);
}

#[test]
fn its_rows_hold_and_do_not_depend_on_the_witness() {
    for seed in 0..6 {
        if let Some((_, _, broken)) = both(1000 + seed, Mode::Rows, 16) {
            assert_eq!(broken, Vec::<&str>::new(), "seed {seed}");
        }
    }
}

/// A check that reads lines of all three documents.
const LINES: &str = "count(billed in invoice.lines) = 20
    and count(sent in delivery.lines where sent.quantity >= 1) = 12
    and (all sent in delivery.lines: count(ordered in order.lines where ordered.id = sent.order_line) <= 1)
    and sum(ordered.quantity for ordered in order.lines) > 1";

#[test]
fn records_of_every_smaller_bucket_fit() {
    let check = read(&declaration(LINES)).unwrap();
    let documents: Vec<Vec<CanonicalFields>> =
        [(Kind::Order, 3), (Kind::Waybill, 12), (Kind::Invoice, 20)]
            .into_iter()
            .map(|(kind, lines)| vec![of_kind(kind, lines)])
            .collect();
    for lines in [32, 128] {
        let instance = Instance::new(&check, Sizes::new(lines, 1).unwrap()).unwrap();
        let plan = Plan::of(&instance);
        let handed = parties(&mut Random(1), &documents);
        let records = records(&plan, &handed);
        let buckets: Vec<usize> = records
            .iter()
            .map(|record| record.as_ref().unwrap().presented.bucket)
            .collect();
        assert_eq!(buckets, [8, 16, 32]);
        let native = natively(&instance, &plan, &handed, &records);
        assert!(native.last().unwrap(), "the lines are as the check says");
        let (statement, witnesses) = claim(&plan, &records, native.clone());
        let (system, bits) = run(Mode::Rows, &instance, &plan, &statement, &witnesses);
        assert_eq!(bits, native);
        assert_eq!(system.broken(), Vec::<&str>::new());
        // a record does not pass for one of a larger bucket
        let mut claimed = records;
        claimed[0].as_mut().unwrap().presented.bucket = 16;
        let (statement, witnesses) = claim(&plan, &claimed, native.clone());
        let (system, _) = run(Mode::Rows, &instance, &plan, &statement, &witnesses);
        assert_eq!(system.broken(), ["K4"]);
    }
}
