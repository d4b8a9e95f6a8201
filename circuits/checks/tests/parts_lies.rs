//! Lies about parts, one by one, and the constraint that refuses each; or the public input that differs from what the ledger
//! makes of the state.
#![allow(clippy::unwrap_used)]

use crate::steps;

use std::collections::BTreeMap;

use crate::circuit::{Party, Record, changed};
use crate::long_trade::{
    At, FOLD_FIRST, FOLD_SECOND, Fixture, LAST, SUM, SUMS_BEGIN, SUMS_GO_ON, documents,
};
use crate::support::quantity;
use ark_bls12_381::Fr;
use ark_ff::{AdditiveGroup, Field};
use sealane_checks::attack::{Attacked, force};
use sealane_checks::compile::parts::{PassWitness, Tally};
use sealane_checks::fixture::SELLER;
use sealane_crypto::commitment::LeafValues;
use sealane_crypto::keys::Place;
use sealane_gadgets::{Mode, System};
use sealane_statements::cross_check::parts::{PassStatement, commitment, nothing};
use sealane_types::schema::line_slot;

/// The witness variables that a constraint adds, in a step's circuit.
fn owned(at: &At<'_>, name: &str) -> Vec<usize> {
    let mut system = System::new(Mode::Rows);
    at.write(&mut system, &at.honest());
    let owners = system.owners().iter().enumerate();
    let own = owners.filter(|(_, owner)| **owner == name);
    own.map(|(variable, _)| variable).collect()
}

/// The names of broken rows where these variables are forced, and what then is found; it must differ from the truth.
fn forced(at: &At<'_>, forced: &[(usize, u8)]) -> Vec<&'static str> {
    let forced = forced
        .iter()
        .map(|(variable, value)| (*variable, Fr::from(*value)));
    let (_, broken) = force(at, &at.honest(), forced.collect()).expect("something else is found");
    broken
}

/// A step's circuit for another statement or other witnesses: it, and the tally that it gives.
fn written(
    at: &At<'_>,
    said: &PassStatement,
    witness: impl FnOnce(&mut Vec<Tally>),
) -> (System, Option<Tally>) {
    let mut takes = at.proven.takes.clone();
    witness(&mut takes);
    let witness = PassWitness {
        documents: &at.proven.documents,
        takes: &takes,
        blinding: at.proven.blinding,
    };
    let mut system = System::new(Mode::Rows);
    let pass = at.proven.step.pass;
    let found = at.parts.synthesize(&mut system, pass, said, &witness);
    (system, found.tally)
}

fn differing(system: &System, at: &At<'_>) -> Vec<usize> {
    let inputs = at.proven.statement.public_inputs();
    let pairs = system.instance()[1..].iter().zip(&inputs).enumerate();
    let differing = pairs.filter(|(_, (one, other))| one != other);
    differing.map(|(at, _)| at).collect()
}

/// The first variables of K5 say which slots of the first window are lines.
#[test]
fn a_part_has_the_lines_that_the_number_of_lines_leaves_it() {
    let fixture = Fixture::new();
    let second = fixture.at(FOLD_SECOND);
    let lines = owned(&second, "K5");
    assert_eq!(forced(&second, &[(lines[1], 0)]), ["P1"], "one too few");
    assert_eq!(forced(&second, &[(lines[2], 1)]), ["P1"], "one too many");
    assert_eq!(
        forced(&second, &[(lines[0], 0), (lines[1], 0)]),
        ["P1"],
        "none"
    );
    let all: Vec<(usize, u8)> = lines[..16].iter().map(|line| (*line, 1)).collect();
    assert_eq!(forced(&second, &all), ["P1"], "more than there are");
    let others = [(lines[1], 0), (lines[2], 1)];
    assert_eq!(forced(&second, &others), ["K5"], "as many, with a gap");
    let twice = [(lines[0], Fr::from(2_u8)), (lines[1], Fr::ZERO)];
    let mut system = System::forging(twice.into());
    second.write(&mut system, &second.honest());
    assert_eq!(system.broken(), ["K5"], "as many, one of them twice");
    // beside the bits stands the number of lines that they are held against
    let fewer = [(lines[1], 0), (lines[16], 17)];
    assert_eq!(
        forced(&second, &fewer),
        ["K5"],
        "of another number of lines"
    );
    let first = fixture.at(FOLD_FIRST);
    let lines = owned(&first, "K5");
    assert_eq!(forced(&first, &[(lines[15], 0)]), ["P1"], "one too few");
    let none: Vec<(usize, u8)> = lines[..16].iter().map(|line| (*line, 0)).collect();
    assert_eq!(forced(&first, &none), ["P1"], "a part without lines");
}

#[test]
fn a_part_is_where_the_statement_says() {
    let fixture = Fixture::new();
    for step in [SUMS_GO_ON, FOLD_SECOND] {
        let at = fixture.at(step);
        let first = |lines: &mut Vec<u16>| *lines.last_mut().unwrap() = 0;
        let mut said = at.proven.statement.clone();
        first(&mut said.first_lines);
        let (system, _) = written(&at, &said, |_| {});
        assert!(system.broken().contains(&"K4"), "{:?}", system.broken());
        let after = said.slots.len() + said.commitments.len();
        let stated = at.proven.statement.public_inputs().len() - after - 1;
        assert!(differing(&system, &at).contains(&stated));
    }
    // the other part's leaves, under this part's root
    let (at, other) = (fixture.at(SUMS_GO_ON), fixture.at(SUMS_BEGIN));
    let said = &at.proven.statement;
    let witness = PassWitness {
        documents: &other.proven.documents,
        takes: &at.proven.takes,
        blinding: Fr::ONE,
    };
    let mut system = System::new(Mode::Rows);
    let pass = at.proven.step.pass;
    at.parts.synthesize(&mut system, pass, said, &witness);
    assert!(system.broken().contains(&"K4"), "{:?}", system.broken());
}

/// Every cell that a step takes up, and its blinding, opens the commitment that the ledger puts there.
#[test]
fn a_tally_is_the_one_that_was_given() {
    let fixture = Fixture::new();
    for step in [SUMS_GO_ON, FOLD_FIRST, FOLD_SECOND, LAST] {
        let at = fixture.at(step);
        let commitments = at.proven.statement.commitments.len();
        let first = at.proven.statement.public_inputs().len() - commitments;
        let honest = differing(&written(&at, &at.proven.statement, |_| {}).0, &at);
        assert_eq!(honest, [0; 0]);
        for take in 0..at.proven.takes.len() {
            let (system, _) = written(&at, &at.proven.statement, |takes| {
                *takes[take].cells.last_mut().unwrap() += Fr::ONE;
            });
            assert!(differing(&system, &at).contains(&(first + take)));
            let mut instance = system.instance().to_vec();
            instance[1 + first + take] = at.proven.statement.commitments[take];
            let rows = system.rows().iter();
            let broken = rows.filter(|row| !row.holds(&instance, system.assignment()));
            assert!(broken.clone().any(|row| row.name == "P2"), "step {step}");
        }
    }
}

#[test]
fn a_number_that_was_carried_is_stopped_by_its_commitment_alone() {
    let fixture = Fixture::new();
    for step in [FOLD_SECOND, LAST] {
        let at = fixture.at(step);
        let mut system = System::new(Mode::Rows);
        at.write(&mut system, &at.honest());
        let carried = &at.proven.takes.last().unwrap().cells;
        let mut places = system.assignment().windows(carried.len());
        let place = places.position(|window| window == carried).unwrap();
        // the first number is how many lines of deliveries there are, the second how many of them miss their one line
        let number = place + usize::from(step == LAST);
        let lie = u8::from(carried[number - place] == Fr::ZERO);
        assert_eq!(forced(&at, &[(number, lie)]), ["P2"], "step {step}");
    }
}

#[test]
fn a_chain_begins_with_nothing() {
    let fixture = Fixture::new();
    let at = fixture.at(SUMS_BEGIN);
    let chain = at.proven.step.takes[0].chain;
    let cells = at.proven.takes[0].cells.len();
    let first = at.proven.statement.public_inputs().len() - 2;
    assert_eq!(
        at.proven.statement.commitments[0],
        nothing(chain, cells),
        "what the ledger puts there"
    );
    let lies: [fn(&mut Tally); 2] = [
        |tally| tally.cells[0] = Fr::ONE,
        |tally| tally.blinding = Fr::ONE,
    ];
    for lie in lies {
        let (system, _) = written(&at, &at.proven.statement, |takes| lie(&mut takes[0]));
        assert_eq!(system.broken(), Vec::<&str>::new(), "it is a proof");
        assert!(differing(&system, &at).contains(&first), "of another chain");
    }
    for other in [
        nothing(chain + 1, cells),
        nothing(chain, cells - 1),
        nothing(chain, cells + 15),
        commitment(chain, &vec![Fr::ZERO; cells], Fr::ONE),
    ] {
        assert_ne!(other, nothing(chain, cells));
    }
}

/// The unit of a sum that goes on is the one it has, although another would make fewer summands differ.
#[test]
fn the_unit_of_a_sum_stays() {
    let fixture = Fixture::new();
    let at = fixture.at(SUMS_GO_ON);
    let units = owned(&at, "P3");
    assert_eq!(units.len(), 16, "one for each line");
    assert_eq!(forced(&at, &[(units[0], 7)]), ["P3"]);
    // after a sum's unit stands by how much each summand's own differs from it: of line 1 that of the kilograms comes first
    let apart = units[0] + 1;
    assert_eq!(forced(&at, &[(apart, 0)]), ["K12"], "kilograms are pieces");
    let tally = at.proven.tally.as_ref().unwrap();
    let sum = |line: usize| &tally.cells[line * SUM..(line + 1) * SUM];
    assert_eq!(sum(0)[0], Fr::from(2_u8), "pieces, and kilograms");
    assert_eq!(sum(0)[3], Fr::ONE, "of another unit");
    assert_eq!([sum(2)[0], sum(2)[3]], [2_u8, 0].map(Fr::from));
    // of line 3: how many, how many not ready, their sum, how many of another unit
    let (_, more) = written(&at, &at.proven.statement, |takes| {
        takes[0].cells[2 * SUM..][..4]
            .iter_mut()
            .for_each(|cell| *cell += Fr::ONE);
    });
    let mut expected = tally.cells.clone();
    expected[2 * SUM..][..4]
        .iter_mut()
        .for_each(|cell| *cell += Fr::ONE);
    assert_eq!(more.unwrap().cells, expected, "all is added to");
}

/// Who begins a sum with a unit that no summand has cannot say of it that its summands agree, nor that they do not.
#[test]
fn a_sum_has_the_unit_of_one_of_its_summands() {
    let fixture = Fixture::new();
    let at = fixture.at(FOLD_FIRST);
    let honest = &at.proven.takes[1].cells;
    let lie = |takes: &mut Vec<Tally>, [differing, unit]: [Fr; 2]| {
        takes[1].cells[4 * SUM + 3] = differing;
        takes[1].cells[4 * SUM + 4] = unit;
    };
    assert_eq!(
        honest[4 * SUM..][..2],
        [Fr::ONE, Fr::ZERO],
        "one, which is ready"
    );
    let unit = honest[4 * SUM + 4];
    let broken = |cells| {
        written(&at, &at.proven.statement, |takes| lie(takes, cells))
            .0
            .broken()
    };
    assert_eq!(broken([Fr::ZERO, unit]), Vec::<&str>::new());
    assert_eq!(broken([Fr::ONE, Fr::from(7_u8)]), ["K12"]);
    // of line 17 nothing was delivered
    let at = fixture.at(FOLD_SECOND);
    assert_eq!(at.proven.takes[1].cells[..SUM], [Fr::ZERO; SUM]);
    let (system, _) = written(&at, &at.proven.statement, |takes| {
        takes[1].cells[SUM - 1] = Fr::from(7_u8);
    });
    assert_eq!(system.broken(), ["K12"], "of none, in some unit");
}

/// A quantity in the deliveries' second part that no field may hold.
fn taken_out() -> Fixture {
    let mut documents = documents();
    documents[1].lines[17][line_slot::QUANTITY] = quantity(1 << 80, "C62");
    Fixture::of(&documents, |_| {})
}

#[test]
fn a_leaf_that_is_taken_out_is_taken_out_of_its_part() {
    let fixture = taken_out();
    let id = |id: &str| {
        let ids = &fixture.parts.shape().head.requirements;
        ids.iter().position(|one| one == id).unwrap()
    };
    let (spoiled, sound) = (id("line-totals"), id("billed-once"));
    let said = &fixture.steps[LAST].statement;
    let expected: Vec<bool> = (0..fixture.bits.len()).map(|one| one == spoiled).collect();
    assert_eq!(said.spoiled.as_ref(), Some(&expected));
    assert!(!fixture.bits[spoiled] && fixture.bits[sound]);
    let taken = |step: usize| {
        let switches = &fixture.steps[step].statement.base.switches;
        switches.iter().filter(|switch| **switch).count()
    };
    // beside the buckets of both parts, which reach 16
    assert_eq!((taken(SUMS_BEGIN), taken(SUMS_GO_ON)), (2, 3));
    let at = fixture.at(SUMS_GO_ON);
    let (system, _) = written(&at, &at.proven.statement, |_| {});
    assert_eq!(system.broken(), Vec::<&str>::new());
    let mut kept = at.proven.statement.clone();
    let last = kept.base.switches.iter().rposition(|switch| *switch);
    kept.base.switches[last.unwrap()] = false;
    let (system, _) = written(&at, &kept, |_| {});
    assert_eq!(
        system.broken(),
        ["K4"],
        "its hash is none of an absent field"
    );
    assert_eq!(differing(&system, &at).len(), 1, "and the switches differ");
    let mut out = at.proven.statement.clone();
    let first = out.base.switches.iter().position(|switch| !switch);
    out.base.switches[first.unwrap()] = true;
    let (system, _) = written(&at, &out, |_| {});
    assert!(system.broken().contains(&"K3"), "a leaf that is there");
}

/// What no row of the passes knows the last proof does: a requirement that could read the leaf has no bit.
#[test]
fn a_requirement_that_could_read_a_leaf_taken_out_is_not_met() {
    let fixture = Fixture::new();
    let at = fixture.at(LAST);
    let met = fixture.bits.iter().position(|bit| *bit).unwrap();
    let mut spoilt = at.proven.statement.clone();
    spoilt.spoiled.as_mut().unwrap()[met] = true;
    let (system, _) = written(&at, &spoilt, |_| {});
    assert_eq!(system.broken(), ["P4"], "the bit is claimed");
    spoilt.base.bits[met] = false;
    let (system, _) = written(&at, &spoilt, |_| {});
    assert_eq!(system.broken(), Vec::<&str>::new(), "the bit is not");
    // packed, twice the requirement before, which is not met, is as much
    let unmet = fixture.bits.windows(2).position(|two| two == [false, true]);
    let unmet = unmet.unwrap();
    let mut spoilt = at.proven.statement.clone();
    spoilt.spoiled.as_mut().unwrap()[unmet + 1] = true;
    let spoiled = owned(&at, "P4");
    let forced = [
        (spoiled[unmet], Fr::from(2_u8)),
        (spoiled[unmet + 1], Fr::ZERO),
    ];
    let mut system = System::forging(forced.into());
    at.proven.write(&mut system, at.parts, &spoilt);
    assert_eq!(system.broken(), ["P4"], "two of another");
}

/// A sealer who commits to fewer lines than the document has sealed a document of fewer lines; nobody after it can say so.
#[test]
fn the_number_of_lines_is_its_leafs() {
    let documents = documents();
    let fewer = |place, values: LeafValues| match place {
        Place::LineCount => changed(values, |[presence, lines, v2]| {
            [presence, lines - Fr::ONE, v2]
        }),
        _ => values,
    };
    let party = Party {
        fields: &documents[2],
        sealer: vec![SELLER.to_owned()],
    };
    let fixture = Fixture::new();
    let lying = steps::part_record(&Record::lying(&party, 201, fewer));
    let at = fixture.at(FOLD_SECOND);
    let lines = owned(&at, "K5");
    let counted = |bits: &[(usize, u8)]| {
        let forced: BTreeMap<usize, Fr> = bits
            .iter()
            .map(|(line, bit)| (*line, Fr::from(*bit)))
            .collect();
        let mut said = at.proven.statement.clone();
        let nodes = &lying.presented.nodes;
        let record = said.base.records[0].as_mut().unwrap();
        record.root = nodes.part(record.context, 1, 16).unwrap();
        let mut shown = at.proven.documents.clone();
        shown[0] = lying.witness.part(1, 16);
        let witness = PassWitness {
            documents: &shown,
            takes: &at.proven.takes,
            blinding: Fr::ONE,
        };
        let mut system = System::forging(forced);
        let pass = at.proven.step.pass;
        at.parts.synthesize(&mut system, pass, &said, &witness);
        system.broken()
    };
    assert_eq!(counted(&[]), Vec::<&str>::new(), "17 lines");
    assert_eq!(counted(&[(lines[1], 1)]), ["P1"], "18 lines");
}
