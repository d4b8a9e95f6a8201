//! The financing statement: native against rows, each named constraint left out in turn, every witness
//! variable changed, every public input changed, what follows from what, and the pinned circuit.

use std::collections::{BTreeMap, BTreeSet};

use ark_bls12_381::Fr;
use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField, UniformRand};
use ark_std::rand::Rng;
use ark_std::test_rng;
use sealane_crypto::curve::{Blinding, Point};
use sealane_crypto::identity::Marks;
use sealane_gadgets::{Mode, Row, System, Variable, digest};
use sealane_types::fingerprint::{self, SLOTS};

use super::constraints::{CONSTRAINTS, blank, circuit, synthesize};
use super::fixture::{Invoice, context, element, invoice, leaves, rest, secret, witness};
use super::shape::{PARTIES, REQUIRED, VALUES, header, position};
use super::*;

mod determinacy;
mod forging;
mod long;
mod meeting;
mod mutation;
mod refusals;
#[cfg(target_os = "linux")]
mod wiped;

/// The honest statement of an invoice.
fn statement(witness: &FinancingWitness) -> FinancingStatement {
    witness.statement(context()).expect("financeable")
}

/// The invoice with something changed.
fn with(change: impl Fn(&mut Invoice)) -> Invoice {
    let mut invoice = invoice();
    change(&mut invoice);
    invoice
}

/// The invoice with marks of its alias.
fn marked(mut invoice: Invoice, looser: u8, primary: bool) -> Invoice {
    invoice.marks = Marks::new(looser, primary, false).expect("places after the first");
    invoice
}

/// The invoice whose alias is bare.
fn bare(mut invoice: Invoice) -> Invoice {
    invoice.marks = Marks::new(0, true, true).expect("no place");
    invoice
}

fn ids(count: usize) -> Vec<String> {
    (0..count).map(|at| format!("xx-id:{at}")).collect()
}

/// An invoice whose alias has so many identifiers, of which the document shows so many, the last first.
fn of_places(alias: usize, shown: usize) -> Invoice {
    with(|invoice| {
        invoice.alias = ids(alias);
        invoice.seller = ids(alias).into_iter().rev().take(shown).collect();
    })
}

#[test]
fn honest_statements_hold_natively_and_in_rows_whatever_is_present() {
    let cases = [
        (invoice(), 0xfff),
        (with(|i| i.type_code = None), 0xfff),
        (with(|i| i.buyer.clear()), 0xeff),
        (with(|i| i.order = None), 0xdff),
        (with(|i| i.despatch = None), 0xbff),
        // the document shows nothing: its alias' first identifier counts, and the name is strict without the registers' numbers
        (with(|i| i.seller.clear()), 0x1fff),
        (marked(with(|i| i.seller.clear()), 0, true), 0xfff),
        (marked(invoice(), 0, true), 0xfff),
        // neither does the alias: the name alone can meet, whatever else is there
        (of_places(0, 0), 0x87f),
        (marked(of_places(0, 0), 0x7e, true), 0x87f),
        // the name is strict under a bare alias, whatever the document shows
        (bare(invoice()), 0x1fff),
        (bare(with(|i| i.seller.clear())), 0x1fff),
        (bare(of_places(0, 0)), 0x87f),
        (of_places(1, 0), 0x1fff),
        (of_places(1, 1), 0xfff),
        (of_places(7, 0), 0x1fff),
        (of_places(7, 7), 0xfff),
        (marked(of_places(7, 7), 0x7e, false), 0xfff),
        (marked(of_places(3, 0), 0b100, true), 0xfff),
    ];
    for (invoice, mask) in cases {
        let witness = witness(&invoice);
        let statement = statement(&witness);
        assert_eq!(statement.mask().bits(), mask);
        assert!(fingerprint::Mask::new(mask).is_some());
        assert_eq!(statement.check(&witness), Ok(()));
        let system = circuit(&statement, &witness);
        assert_eq!(system.broken(), [""; 0], "{mask:#x}");
        assert_eq!(system.instance()[1..], statement.public_inputs());
        assert_eq!(system.instance().len(), 1 + PUBLIC_INPUTS);
    }
}

/// σ = 0, all ones, alternating, single bits: where incomplete additions would fail if anywhere.
#[test]
fn edge_scalars_meet_no_exceptional_case() {
    let mut seeds = vec![[0; 32], [0xff; 32], [0x55; 32], [0xaa; 32]];
    for bit in [0, 3, 4, 127, 247, 248, 250] {
        let mut seed = [0; 32];
        seed[bit / 8] = 1 << (bit % 8);
        seeds.push(seed);
        seeds.push(seed.map(|byte| !byte));
    }
    for seed in seeds {
        let mut witness = witness(&invoice());
        witness.blinding = Blinding::from_bytes(seed);
        let statement = statement(&witness);
        assert_eq!(circuit(&statement, &witness).broken(), [""; 0]);
    }
}

#[test]
fn the_rows_do_not_depend_on_the_witness() {
    let blank = blank().matrices();
    let empty = with(|invoice| {
        invoice.buyer.clear();
        invoice.seller.clear();
        invoice.alias.clear();
        invoice.type_code = None;
    });
    for invoice in [invoice(), empty, bare(invoice())] {
        let witness = witness(&invoice);
        let statement = statement(&witness);
        let rows = circuit(&statement, &witness);
        assert!(rows.matrices() == blank);
        let mut values = System::new(Mode::Values);
        synthesize(&mut values, &statement, &witness);
        assert_eq!(values.full_assignment(), rows.full_assignment());
    }
}

#[test]
fn every_financeable_code_passes_and_is_no_credit_note_nor_report() {
    for code in FINANCEABLE {
        let code = i64::try_from(code).expect("three digits");
        let witness = witness(&with(|invoice| invoice.type_code = Some(code)));
        assert_eq!(witness.check(), Ok(()));
    }
    assert!(FINANCEABLE.is_sorted());
    let others = [381, 261, 396, 420, 458, 532, 325, 553];
    assert!(others.iter().all(|code| !FINANCEABLE.contains(code)));
}

#[test]
fn a_statement_is_read_from_its_own_bytes_alone() {
    use sealane_crypto::curve::CurveError::{Identity, NotOnCurve};
    let honest = statement(&witness(&with(|invoice| invoice.buyer.clear())));
    let bytes = honest.encode();
    assert_eq!(FinancingStatement::decode(&bytes), Ok(honest.clone()));
    let changed = |change: &dyn Fn(&mut UncheckedStatement)| {
        let mut bytes = bytes.clone();
        change(&mut bytes);
        FinancingStatement::decode(&bytes)
    };
    let identity = Point::identity().encode();
    let blinded = |slot, reason| Err(StatementError::Blinded { slot, reason });
    let element = |name| Err(StatementError::Element(name));
    assert_eq!(
        changed(&|b| b.root = [0xff; 32]),
        element("the record root")
    );
    let above = changed(&|b| {
        let mut root = honest.root().into_bigint();
        root.add_with_carry(&Fr::MODULUS);
        b.root.copy_from_slice(&root.to_bytes_le());
    });
    assert_eq!(above, element("the record root"), "the same element again");
    assert_eq!(changed(&|b| b.context = [0xff; 32]), element("the context"));
    let alias = changed(&|b| b.alias = [0xff; 32]);
    assert_eq!(alias, element("the alias' commitment"));
    let amount = changed(&|b| b.amount_commitment = [0xff; 32]);
    assert_eq!(amount, element("the amount's commitment"));
    let refused = changed(&|b| b.commitment = identity);
    assert_eq!(refused, Err(StatementError::Commitment(Identity)));
    assert_eq!(changed(&|b| b.blinded[0] = identity), blinded(0, Identity));
    let off = changed(&|b| b.blinded[8] = [0xff; 32]);
    assert_eq!(off, blinded(9, NotOnCurve));
    let more = changed(&|b| b.blinded.push(identity));
    assert_eq!(more, Err(StatementError::Presence(SLOTS)));
    let fewer = changed(&|b| b.blinded.truncate(10));
    assert_eq!(fewer, Err(StatementError::Presence(11)));
    for mask in [0, 0x7f, 0xf7f, 0x187f, 0x2fff, 0xffe, 0x7ff] {
        let refused = changed(&|b| b.mask = mask);
        assert_eq!(refused, Err(StatementError::Mask(mask)));
    }
}

/// `specs/vectors/financing-v2.circuit`: changing a circuit is a decision.
#[test]
fn the_circuit_is_the_pinned_one() {
    let system = blank();
    let mut text = format!("circuit {CIRCUIT}\n");
    text += &format!("public inputs {}\n", system.instance().len() - 1);
    text += &format!("witness variables {}\n", system.assignment().len());
    text += &format!("rows {}\n", system.rows().len());
    text += &format!("digest {}\n", hex::encode(digest(CIRCUIT, &system)));
    for name in CONSTRAINTS {
        let rows = system.rows().iter().filter(|row| row.name == name).count();
        text += &format!("rows of {name} {rows}\n");
    }
    let pinned = include_str!("../../../../specs/vectors/financing-v2.circuit");
    assert_eq!(
        text, pinned,
        "the circuit changed: it needs a new name and a decision"
    );
}
