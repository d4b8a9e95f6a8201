//! A check in parts over documents at hand: every step, as the ledger would demand it.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test file uses its part"
)]

use ark_bls12_381::Fr;
use sealane_checks::compile::DocumentWitness;
use sealane_checks::compile::parts::{Found, PartRecord, Parts, PassWitness, Tally};
use sealane_checks::evaluate::Fulfilment;
use sealane_checks::typed::Check;
use sealane_checks::{Handed, Instance, Sizes};
use sealane_gadgets::{Mode, System, digest};
use sealane_statements::cross_check::parts::{
    PassStatement, PresentedParts, Step, commitment, input_count, nothing, step_count,
};

use crate::circuit::{Party, Record};

/// By declared document.
pub type Sealed = Vec<Vec<(Record, PartRecord)>>;

/// A record with its nodes.
pub fn part_record(record: &Record) -> PartRecord {
    PartRecord {
        presented: PresentedParts {
            record: record.presented.clone(),
            nodes: record.witness.nodes(),
        },
        witness: record.witness.clone(),
    }
}

/// Seals documents.
pub fn sealed(handed: &[Vec<Party<'_>>]) -> Sealed {
    let one = |document: usize, number: usize, party: &Party<'_>| {
        let seed = 1 + document as u64 * 100 + number as u64;
        let record = Record::of(party, seed);
        let part = part_record(&record);
        (record, part)
    };
    let list = |(document, list): (usize, &Vec<Party<'_>>)| {
        let list = list.iter().enumerate();
        list.map(|(number, party)| one(document, number, party))
            .collect()
    };
    handed.iter().enumerate().map(list).collect()
}

/// What the prover has of them.
pub fn part_records(sealed: Sealed) -> Vec<Vec<PartRecord>> {
    let list = |list: Vec<(Record, PartRecord)>| list.into_iter().map(|(_, part)| part).collect();
    sealed.into_iter().map(list).collect()
}

/// What native evaluation says.
pub fn natively(
    check: &Check,
    lines: usize,
    handed: &[Vec<Party<'_>>],
    records: &Sealed,
) -> Vec<bool> {
    let sizes = Sizes::in_parts(lines, 3).unwrap();
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
    let met = outcomes.iter().map(|one| one.fulfilment == Fulfilment::Met);
    met.collect()
}

/// One step, with what it says and what its prover knows.
pub struct Proven {
    pub step: Step,
    /// With the commitments that the ledger demands.
    pub statement: PassStatement,
    pub documents: Vec<DocumentWitness>,
    pub takes: Vec<Tally>,
    pub blinding: Fr,
    pub tally: Option<Tally>,
    pub bits: Vec<bool>,
}

impl Proven {
    /// Writes the step's circuit.
    pub fn write(&self, system: &mut System, parts: &Parts<'_>, said: &PassStatement) -> Found {
        let witness = PassWitness {
            documents: &self.documents,
            takes: &self.takes,
            blinding: self.blinding,
        };
        parts.synthesize(system, self.step.pass, said, &witness)
    }
}

/// All steps in order, each with the commitments that the ledger would demand, and the names of broken rows.
pub fn prove(
    mode: Mode,
    parts: &Parts<'_>,
    records: &[Vec<PartRecord>],
    bits: &[bool],
) -> (Vec<Proven>, Vec<&'static str>) {
    let steps = parts.steps(records);
    let slots = |list: &Vec<PartRecord>| {
        let slots = list.iter().map(|one| one.presented.record.bucket);
        slots.collect::<Vec<usize>>()
    };
    let slots: Vec<Vec<usize>> = records.iter().map(slots).collect();
    assert_eq!(steps.len(), step_count(parts.shape(), &slots));
    let mut given: Vec<Option<Tally>> = Vec::new();
    let (mut broken, mut rows) = (Vec::new(), Vec::new());
    let mut all = Vec::new();
    for (number, step) in steps.into_iter().enumerate() {
        let mut proven = Proven {
            statement: parts.statement(&step, records, bits),
            documents: parts.looked_at(&step, records),
            takes: parts.takes(&step, &given),
            blinding: Fr::from(1_000 + number as u64),
            tally: None,
            bits: Vec::new(),
            step,
        };
        let mut system = System::new(mode);
        let Found { tally, bits } = proven.write(&mut system, parts, &proven.statement);
        proven.statement.commitments = commitments(parts, &proven.step, &proven.takes, &tally);
        let inputs = proven.statement.public_inputs();
        assert_eq!(system.instance()[1..], inputs, "step {number}");
        assert_eq!(
            inputs.len(),
            input_count(parts.shape(), proven.step.pass),
            "step {number}"
        );
        broken.extend(system.broken());
        if mode == Mode::Rows && !rows.contains(&proven.step.pass) {
            let blank = parts.blank(proven.step.pass); // what its keys are of
            assert_eq!(digest("it", &system), digest("it", &blank), "step {number}");
            rows.push(proven.step.pass);
        }
        given.push(tally.clone());
        (proven.tally, proven.bits) = (tally, bits);
        all.push(proven);
    }
    (all, broken)
}

fn commitments(parts: &Parts<'_>, step: &Step, takes: &[Tally], given: &Option<Tally>) -> Vec<Fr> {
    let of = |chain, tally: &Tally| commitment(chain, &tally.cells, tally.blinding);
    let taken = step.takes.iter().zip(takes);
    let taken = taken.map(|(take, tally)| match take.from {
        None => nothing(take.chain, tally.cells.len()),
        Some(_) => of(take.chain, tally),
    });
    let pair = step.pass.zip(given.as_ref());
    let given = pair.map(|(pass, tally)| of(parts.chain(pass), tally));
    taken.chain(given).collect()
}
