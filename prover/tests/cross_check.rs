//! Proofs of cross-checks over records of several owners: true bits are proven and verified, false ones are not; every standard check
//! at 8 lines has the circuit and the keys that are pinned.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use sealane_checks::compile::parts::Parts;
use sealane_checks::compile::{DocumentWitness, Plan, Presented, blank};
use sealane_checks::evaluate::Fulfilment;
use sealane_checks::fixture::{BUYER, CARRIER, SELLER, of_kind};
use sealane_checks::known::Known;
use sealane_checks::rehearsal::Owned;
use sealane_checks::standard::STANDARD;
use sealane_checks::typed::Check;
use sealane_checks::{Handed, Instance, Sizes, read};
use sealane_crypto::keys::Place;
use sealane_gadgets::digest;
use sealane_prover::{CheckProver, Proof, ProveError, default_directory};
use sealane_statements::cross_check::CrossCheckStatement;
use sealane_types::fields::FieldValue;
use sealane_types::schema::{CanonicalFields, line_slot};
use sealane_verifier::{PreparedKey, VerifyError, VerifyingKey};

const PINS: &str = include_str!("../../specs/vectors/checks.txt");

fn check(name: &str) -> Check {
    let standard = STANDARD.iter().find(|standard| standard.name == name);
    read(standard.unwrap().source).unwrap()
}

/// A check at a size, with its prover and verifier.
struct Bench<'a> {
    instance: &'a Instance<'a>,
    prover: CheckProver<'a>,
    key: PreparedKey,
}

impl<'a> Bench<'a> {
    fn open(instance: &'a Instance<'a>) -> Self {
        let cache = default_directory().unwrap();
        let prover = CheckProver::open(instance, None, &cache, &mut |_| ()).unwrap();
        let inputs = prover.plan().blank().public_inputs().len();
        let key = VerifyingKey::decode_for(&prover.verifying_key_bytes(), inputs).unwrap();
        Self {
            instance,
            key: PreparedKey::new(&key),
            prover,
        }
    }

    /// What native evaluation says of one record for each declared document.
    fn bits(&self, owned: &[Owned], known: &[Known]) -> Vec<bool> {
        let taken: Vec<Vec<Place>> = known
            .iter()
            .map(|known| known.presented.taken.iter().copied().collect())
            .collect();
        let handed = |number: usize| {
            vec![Handed {
                fields: &known[number].fields,
                sealer: Some(&owned[number].sealer),
                taken: &taken[number],
            }]
        };
        let handed: Vec<Vec<Handed<'_>>> = (0..known.len()).map(handed).collect();
        let outcomes = self.instance.evaluate(&handed).unwrap().outcomes;
        let bits = outcomes.iter().map(|one| one.fulfilment == Fulfilment::Met);
        bits.collect()
    }

    fn claim(
        &self,
        known: &[Known],
        bits: Vec<bool>,
    ) -> (CrossCheckStatement, Vec<DocumentWitness>) {
        let presented = known.iter().map(|known| Some(known.presented.clone()));
        let presented: Vec<Option<Presented>> = presented.collect();
        let witnesses = known.iter().map(|known| known.witness.clone());
        (
            self.prover.plan().statement(&presented, bits),
            witnesses.collect(),
        )
    }

    fn prove(
        &self,
        statement: &CrossCheckStatement,
        witnesses: &[DocumentWitness],
    ) -> Result<Proof, ProveError> {
        self.prover.prove(statement, witnesses, &mut |_| ())
    }
}

/// Documents of a check's kinds, each sealed by its party.
fn sealed(check: &Check, documents: &[CanonicalFields]) -> Vec<Owned> {
    let own = |(number, fields): (usize, &CanonicalFields)| {
        let sealer = match check.documents[number].sealer_word.as_str() {
            "buyer" => BUYER,
            "carrier" | "issuer" => CARRIER,
            _ => SELLER,
        };
        let alias = 2 + u8::try_from(number).unwrap();
        Owned::seal(fields, &[sealer.to_owned()], alias).unwrap()
    };
    documents.iter().enumerate().map(own).collect()
}

fn documents(check: &Check, lines: usize) -> Vec<CanonicalFields> {
    let kinds = check.documents.iter().map(|document| document.kind);
    kinds.map(|kind| of_kind(kind, lines)).collect()
}

fn known(owned: &[Owned]) -> Vec<Known> {
    owned.iter().map(|owned| owned.known(|_| true)).collect()
}

#[test]
fn a_proof_shows_its_own_statement_and_no_other() {
    let check = check("invoice-waybill");
    let instance = Instance::new(&check, Sizes::new(8, 1).unwrap()).unwrap();
    let bench = Bench::open(&instance);
    let owned = sealed(&check, &documents(&check, 5));
    let known = known(&owned);
    let bits = bench.bits(&owned, &known);
    assert!(bits.iter().all(|bit| *bit), "{bits:?}");
    let (statement, witnesses) = bench.claim(&known, bits);
    let proof = bench.prove(&statement, &witnesses).unwrap();
    let verify = |statement: &CrossCheckStatement| {
        bench.key.verify(&statement.public_inputs(), proof.bytes())
    };
    assert_eq!(verify(&statement), Ok(()));

    let mut others = Vec::new();
    let mut other = |change: &dyn Fn(&mut CrossCheckStatement)| {
        let mut changed = statement.clone();
        change(&mut changed);
        others.push(changed);
    };
    for number in 0..statement.bits.len() {
        other(&|changed| changed.bits[number] = false);
    }
    for number in [
        0,
        statement.switches.len() / 2,
        statement.switches.len() - 1,
    ] {
        other(&|changed| changed.switches[number] = !changed.switches[number]);
    }
    other(&|changed| changed.records.swap(0, 1));
    other(&|changed| changed.records[2] = None);
    other(&|changed| {
        let alias = changed.records[0].unwrap().alias;
        changed.records[2].as_mut().unwrap().alias = alias;
    });
    other(&|changed| {
        let context = changed.records[0].unwrap().context; // another chain's, another sealer's
        changed.records[1].as_mut().unwrap().context = context;
    });
    other(&|changed| changed.records.push(None));
    for (number, changed) in others.iter().enumerate() {
        assert_eq!(verify(changed), Err(VerifyError::Refused), "{number}");
    }

    let (right, wrong) = (statement.public_inputs(), others[0].public_inputs());
    let batch = [&right, &wrong, &right].map(|inputs| (&inputs[..], proof.bytes()));
    let outcomes = bench.key.verify_batch(&batch).unwrap();
    let held: Vec<bool> = outcomes.iter().map(Result::is_ok).collect();
    assert_eq!(held, [true, false, true], "the culprit is named");

    let other = self::check("invoice-receipt");
    let other = Instance::new(&other, Sizes::new(8, 1).unwrap()).unwrap();
    let other = Bench::open(&other);
    let refused = other.key.verify(&statement.public_inputs(), proof.bytes());
    assert_eq!(refused, Err(VerifyError::Refused), "another check's key");
}

#[test]
fn what_is_not_met_is_proven_and_neither_lie_is() {
    let check = check("invoice-waybill");
    let instance = Instance::new(&check, Sizes::new(8, 1).unwrap()).unwrap();
    let bench = Bench::open(&instance);
    let mut documents = documents(&check, 5);
    documents[1].lines[2][line_slot::QUANTITY] = Some(FieldValue::Quantity {
        value: 12_000_000, // 13 are billed
        unit: "C62".to_owned(),
    });
    let owned = sealed(&check, &documents);
    let known = known(&owned);
    let bits = bench.bits(&owned, &known);
    let wrong = bits.iter().position(|bit| !bit).unwrap();
    assert_eq!(bench.prover.plan().requirements()[wrong].0, "line-totals");
    let (statement, witnesses) = bench.claim(&known, bits.clone());
    let proof = bench.prove(&statement, &witnesses).unwrap();
    let verified = bench.key.verify(&statement.public_inputs(), proof.bytes());
    assert!(verified.is_ok());
    for number in [wrong, 0] {
        let mut lie = bits.clone();
        lie[number] = !lie[number];
        let (statement, _) = bench.claim(&known, lie);
        let refused = bench.prove(&statement, &witnesses);
        assert!(matches!(refused, Err(ProveError::Requirement { .. })));
    }
}

#[test]
fn a_field_that_is_not_granted_is_named_and_a_wrong_one_is_taken_out() {
    let check = check("invoice-waybill");
    let instance = Instance::new(&check, Sizes::new(8, 1).unwrap()).unwrap();
    let bench = Bench::open(&instance);
    let mut documents = documents(&check, 3);
    let place = Place::Line {
        line: 1,
        slot: u8::try_from(line_slot::TOTAL).unwrap(),
    };
    let owned = sealed(&check, &documents);
    let mut partly = known(&owned);
    partly[2] = owned[2].known(|one| one != place);
    let (statement, witnesses) = bench.claim(&partly, vec![true; 11]);
    let refused = bench.prove(&statement, &witnesses).map(|_| ()).unwrap_err();
    assert!(
        refused
            .to_string()
            .starts_with("invoice: the check reads its line 1, slot 6")
    );

    documents[2].lines[1][line_slot::TOTAL] = Some(FieldValue::Text("much".to_owned()));
    let owned = sealed(&check, &documents);
    let mut known = known(&owned);
    assert_eq!(known[2].wrong, BTreeSet::from([place]));
    let (statement, witnesses) = bench.claim(&known, vec![true; 11]);
    let refused = bench.prove(&statement, &witnesses);
    assert!(
        matches!(refused, Err(ProveError::Unknown { .. })),
        "not before its key is published"
    );
    known[2].presented.taken = known[2].wrong.clone();
    let bits = bench.bits(&owned, &known);
    let (statement, witnesses) = bench.claim(&known, bits);
    let proof = bench.prove(&statement, &witnesses).unwrap();
    let verified = bench.key.verify(&statement.public_inputs(), proof.bytes());
    assert!(verified.is_ok());
    let requirements = bench
        .prover
        .plan()
        .requirements()
        .iter()
        .zip(&statement.bits);
    let not_met: Vec<&str> = requirements
        .filter(|(_, met)| !**met)
        .map(|((id, _), _)| id.as_str())
        .collect();
    assert_eq!(
        not_met,
        ["lines-ordered", "line-totals"],
        "what reads totals, and nothing else"
    );
}

/// One standard check at a size: its circuit, its key, a proof of its bits.
fn proven(name: &str, lines: usize) -> String {
    let check = check(name);
    let instance = Instance::new(&check, Sizes::new(lines, 1).unwrap()).unwrap();
    let bench = Bench::open(&instance);
    let owned = sealed(&check, &documents(&check, lines));
    let known = known(&owned);
    let bits = bench.bits(&owned, &known);
    let (statement, witnesses) = bench.claim(&known, bits);
    let proof = bench.prove(&statement, &witnesses).unwrap();
    let verified = bench.key.verify(&statement.public_inputs(), proof.bytes());
    assert!(verified.is_ok(), "{name}");
    let pins = bench.prover.pins();
    format!(
        "key {name} {lines} {} {}",
        pins.verifying_key, pins.proving_key
    )
}

fn pinned(found: &[String]) {
    let missing: Vec<&String> = found
        .iter()
        .filter(|line| !PINS.lines().any(|pin| pin == line.as_str()))
        .collect();
    let missing: Vec<&str> = missing.iter().map(|line| line.as_str()).collect();
    assert!(
        missing.is_empty(),
        "not in specs/vectors/checks.txt:\n{}",
        missing.join("\n")
    );
}

#[test]
fn every_standard_check_is_proven_at_eight_lines_under_its_pinned_key() {
    let names = STANDARD.iter().map(|standard| standard.name);
    pinned(&names.map(|name| proven(name, 8)).collect::<Vec<_>>());
}

#[test]
fn one_is_proven_at_thirty_two_lines() {
    pinned(&[proven("invoice-waybill", 32)]);
}

#[test]
fn circuits_are_the_pinned_ones() {
    let mut found = Vec::new();
    for standard in STANDARD {
        for lines in [8, 16, 32] {
            let check = check(standard.name);
            let instance = Instance::new(&check, Sizes::new(lines, 1).unwrap()).unwrap();
            let system = blank(&instance);
            let rows = system.rows().len();
            let small = lines < 16 || (lines == 16 && standard.name == "invoice-waybill");
            assert!(!small || rows <= 65_000, "{}: {rows}", standard.name);
            let digest = hex::encode(digest(&instance.circuit_name(), &system));
            let inputs = Plan::of(&instance).blank().public_inputs().len();
            found.push(format!(
                "circuit {} {lines} {rows} {inputs} {digest}",
                standard.name
            ));
        }
    }
    pinned(&found);
}

/// The passes of the standard checks in parts of sixteen lines: a lost row is another circuit.
#[test]
fn circuits_in_parts_are_the_pinned_ones() {
    let mut found = Vec::new();
    for standard in STANDARD {
        let check = check(standard.name);
        let parts = Parts::new(&check, 16, 1).unwrap();
        let passes = parts.shape().passes.len();
        for pass in (0..passes).map(Some).chain([None]) {
            let system = parts.blank(pass);
            let (name, rows) = (parts.circuit_name(pass), system.rows().len());
            let digest = hex::encode(digest(&name, &system));
            let pass = pass.map_or("last".to_owned(), |pass| pass.to_string());
            found.push(format!("parts {} 16 {pass} {rows} {digest}", standard.name));
        }
    }
    pinned(&found);
}

#[test]
fn a_check_that_is_too_large_is_refused_before_it_is_compiled() {
    let differ = "c.item != b.item and ".repeat(12);
    let source = format!(
        "check deep version 1 \"A test.\" document order is Order by buyer
require it \"It.\" all a in order.lines: all b in order.lines: any c in order.lines where c.id = a.id: {differ} c.id != b.id"
    );
    let check = read(&source).unwrap();
    let opened = |lines: usize| {
        let instance = Instance::new(&check, Sizes::new(lines, 1).unwrap()).unwrap();
        let cache = tempfile::tempdir().unwrap();
        let mut steps = 0;
        let prover = CheckProver::open(&instance, None, cache.path(), &mut |_| steps += 1);
        (prover.map(|_| ()).map_err(|error| error.to_string()), steps)
    };
    assert!(opened(8).0.is_ok());
    let (refused, steps) = opened(32);
    assert!(
        refused
            .unwrap_err()
            .contains("combinations of lines at this size")
    );
    assert_eq!(steps, 0);
}
