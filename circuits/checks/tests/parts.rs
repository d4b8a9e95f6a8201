//! A check in parts says of long documents what native evaluation says, and its steps cover every pair of lines.
#![allow(clippy::unwrap_used)]

#[path = "support/circuit.rs"]
mod circuit;
#[path = "support/random.rs"]
mod random;
mod support;

use ark_bls12_381::Fr;
use circuit::{Party, Record};
use random::{Author, Random, any_document};
use sealane_checks::compile::parts::{Found, PartRecord, Parts, PassWitness, Tally};
use sealane_checks::evaluate::Standing;
use sealane_checks::standard::{STANDARD, Standard};
use sealane_checks::typed::Check;
use sealane_checks::{Handed, Instance, Sizes, read};
use sealane_gadgets::{Mode, System};
use sealane_statements::cross_check::parts::{
    PresentedParts, commitment, input_count, nothing, step_count,
};
use sealane_types::schema::{CanonicalFields, Kind};
use support::declaration;

const PART: usize = 16;

type Documents = Vec<Vec<CanonicalFields>>;

fn sealed(handed: &[Vec<Party<'_>>]) -> Vec<Vec<(Record, PartRecord)>> {
    let one = |document: usize, number: usize, party: &Party<'_>| {
        let seed = 1 + document as u64 * 100 + number as u64;
        let record = Record::of(party, seed);
        let part = PartRecord {
            presented: PresentedParts {
                record: record.presented.clone(),
                nodes: record.witness.nodes(),
            },
            witness: record.witness.clone(),
        };
        (record, part)
    };
    let list = |(document, list): (usize, &Vec<Party<'_>>)| {
        let list = list.iter().enumerate();
        list.map(|(number, party)| one(document, number, party))
            .collect()
    };
    handed.iter().enumerate().map(list).collect()
}

/// All steps in order, each with the commitments that the ledger would demand: the bits, and the names of broken rows.
fn prove(
    mode: Mode,
    parts: &Parts<'_>,
    records: &[Vec<PartRecord>],
    bits: &[bool],
) -> (Vec<bool>, Vec<&'static str>) {
    let steps = parts.steps(records);
    let slots = |list: &Vec<PartRecord>| {
        let slots = list.iter().map(|one| one.presented.record.bucket);
        slots.collect::<Vec<usize>>()
    };
    let slots: Vec<Vec<usize>> = records.iter().map(slots).collect();
    assert_eq!(steps.len(), step_count(parts.shape(), &slots));
    let mut given: Vec<Option<Tally>> = Vec::new();
    let mut broken = Vec::new();
    let mut found_bits = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        let mut statement = parts.statement(step, records, bits);
        let takes = parts.takes(step, &given);
        let witness = PassWitness {
            documents: &parts.looked_at(step, records),
            takes: &takes,
            blinding: Fr::from(1_000 + number as u64),
        };
        let mut system = System::new(mode);
        let Found { tally, bits } = parts.synthesize(&mut system, step.pass, &statement, &witness);
        let chains = step.takes.iter().zip(&takes);
        statement.commitments = chains
            .map(|(take, tally)| match take.from {
                None => nothing(take.chain, tally.cells.len()),
                Some(_) => commitment(take.chain, &tally.cells, tally.blinding),
            })
            .collect();
        if let (Some(pass), Some(tally)) = (step.pass, &tally) {
            let chain = parts.chain(pass);
            statement
                .commitments
                .push(commitment(chain, &tally.cells, tally.blinding));
        }
        let inputs = statement.public_inputs();
        assert_eq!(system.instance()[1..], inputs, "step {number}");
        assert_eq!(
            inputs.len(),
            input_count(parts.shape(), step.pass),
            "step {number}"
        );
        broken.extend(system.broken());
        given.push(tally);
        found_bits = bits;
    }
    (found_bits, broken)
}

fn natively(
    check: &Check,
    handed: &[Vec<Party<'_>>],
    records: &[Vec<(Record, PartRecord)>],
) -> Vec<bool> {
    let sizes = Sizes::in_parts(PART, 3).unwrap();
    let instance = Instance::new(check, sizes).unwrap();
    let given: Vec<Vec<Handed<'_>>> = handed
        .iter()
        .zip(records)
        .map(|(parties, records)| {
            let pairs = parties.iter().zip(records);
            pairs
                .map(|(party, (record, _))| Handed {
                    fields: party.fields,
                    sealer: Some(&party.sealer),
                    taken: &record.taken,
                })
                .collect()
        })
        .collect();
    let outcomes = instance.evaluate(&given).unwrap().outcomes;
    let met = outcomes.iter().map(|one| one.standing == Standing::Met);
    met.collect()
}

fn parties<'a>(random: &mut Random, documents: &'a Documents) -> Vec<Vec<Party<'a>>> {
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

/// Lines of random documents, spread over two parts.
fn long(random: &mut Random, kind: Kind, lines: usize) -> CanonicalFields {
    let mut document = any_document(random, kind, lines);
    let more = random.below(20);
    for _ in 0..more {
        let other = any_document(random, kind, lines);
        document.lines.extend(other.lines);
        document.lines.truncate(32);
    }
    document
}

/// Native bits and the circuits', in `mode`; `None` for a check that cannot be taken in parts.
fn both(seed: u64, mode: Mode) -> Option<Vec<bool>> {
    let mut random = Random(seed);
    let several = 1 + random.below(2);
    let deliveries = (0..several)
        .map(|_| long(&mut random, Kind::Waybill, 2))
        .collect();
    let documents = vec![
        vec![long(&mut random, Kind::Order, 3)],
        deliveries,
        vec![long(&mut random, Kind::Invoice, 3)],
    ];
    let source = declaration(&Author::new(&mut random).condition(2));
    let check = read(&source).unwrap();
    let parts = Parts::new(&check, PART, 3).ok()?;
    let handed = parties(&mut random, &documents);
    let records = sealed(&handed);
    let native = natively(&check, &handed, &records);
    let records: Vec<Vec<PartRecord>> = records
        .into_iter()
        .map(|list| list.into_iter().map(|(_, part)| part).collect())
        .collect();
    let (bits, broken) = prove(mode, &parts, &records, &native);
    assert_eq!(bits, native, "seed {seed}\n{source}");
    assert_eq!(broken, Vec::<&str>::new(), "seed {seed}\n{source}");
    Some(native)
}

fn cases(default: u64) -> u64 {
    std::env::var("CASES").map_or(default, |cases| cases.parse().unwrap())
}

#[test]
fn the_passes_say_what_the_evaluation_says() {
    let mut outcomes = [0_u64; 2];
    let mut taken = 0;
    let cases = cases(300);
    for seed in 0..cases {
        if let Some(native) = both(seed, Mode::Values) {
            taken += 1;
            outcomes[usize::from(*native.last().unwrap())] += 1;
        }
    }
    println!("{taken} of {cases}: {outcomes:?}");
    assert!(
        taken > cases / 3,
        "{taken} of {cases} can be taken in parts"
    );
    assert!(
        outcomes.iter().all(|count| *count > taken / 20),
        "{outcomes:?}"
    );
}

#[test]
fn their_rows_hold() {
    for seed in 0..12 {
        let _ = both(7_000 + seed, Mode::Rows);
    }
}

#[test]
fn every_standard_check_can_be_taken_in_parts() {
    for Standard { name, source } in STANDARD {
        let check = read(source).unwrap();
        let parts = Parts::new(&check, PART, 1).unwrap_or_else(|fault| panic!("{name}: {fault:?}"));
        let rows = |pass| parts.blank(pass).rows().len();
        let passes = (0..parts.shape().passes.len()).map(Some).chain([None]);
        let rows: Vec<usize> = passes.map(rows).collect();
        println!("{name}: {rows:?}");
    }
}
