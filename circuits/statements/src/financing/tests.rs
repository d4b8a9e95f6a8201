//! The financing statement: native against rows, each named constraint left out in turn, every witness
//! variable changed, every public input changed, and the pinned circuit.

use std::collections::{BTreeMap, BTreeSet};

use ark_bls12_381::Fr;
use ark_ff::{AdditiveGroup, Field, UniformRand};
use ark_std::rand::Rng;
use ark_std::test_rng;
use sealane_crypto::commitment::{LeafValues, leaf_hash};
use sealane_crypto::curve::Point;
use sealane_gadgets::{Mode, Row, System, Variable, digest};
use sealane_types::fields::{Currency, FieldValue};
use sealane_types::fingerprint::SLOTS;
use sealane_types::schema::{CanonicalFields, Kind, is_legal_ids, slot};

use super::constraints::{CONSTRAINTS, blank, circuit, synthesize};
use super::fixture::{context, invoice, witness};
use super::*;

mod forging;
mod long;
mod mutation;

/// The honest statement of an invoice.
fn statement(witness: &FinancingWitness) -> FinancingStatement {
    witness
        .statement(Shape::Full, context())
        .expect("financeable")
}

/// The invoice with a header field changed or taken away.
fn with(slot: usize, value: Option<FieldValue>) -> CanonicalFields {
    let mut fields = invoice();
    fields.header[slot] = value;
    fields
}

/// The invoice with so many of its seller's identifiers.
fn with_sellers(count: usize) -> CanonicalFields {
    let mut fields = invoice();
    if let Some(FieldValue::LegalIds(ids)) = &mut fields.header[slot::SELLER_IDS] {
        ids.truncate(count);
    }
    fields
}

/// The witness of a record whose seller has a third identifier and no second.
fn gap() -> FinancingWitness {
    let mut witness = witness(&invoice());
    let opening = &mut witness.openings[slot::SELLER_IDS];
    let LeafValues::Identifiers(ids) = &mut opening.values else {
        panic!("a leaf of identifiers");
    };
    ids[1] = Fr::ZERO;
    let position = Shape::position(slot::SELLER_IDS);
    opening.hash = leaf_hash(&position, &opening.values, opening.blinding);
    witness
}

fn amount(value: i128) -> Option<FieldValue> {
    let currency = Currency::new("EUR").expect("a code");
    Some(FieldValue::Amount { value, currency })
}

#[test]
fn honest_statements_hold_natively_and_in_rows_whatever_is_present() {
    let sellers = |count: usize| with_sellers(count).header[slot::SELLER_IDS].clone();
    let optional = [
        (slot::SELLER_IDS, sellers(2)),
        (slot::SELLER_IDS, sellers(1)),
        (slot::BUYER_IDS, None),
        (slot::ORDER_REFERENCES, None),
        (slot::DESPATCH_REFERENCES, None),
        (slot::TYPE_CODE, None),
    ];
    let mut fields = invoice();
    let mut masks = BTreeSet::new();
    for taken in std::iter::once(None).chain(optional.map(Some)) {
        if let Some((taken, left)) = taken.clone() {
            fields.header[taken] = left;
        }
        let witness = witness(&fields);
        let statement = statement(&witness);
        assert_eq!(statement.check(Shape::Full, &witness), Ok(()));
        let system = circuit(Shape::Full, &statement, &witness);
        assert_eq!(system.broken(), [""; 0], "{taken:?}");
        assert_eq!(system.instance()[1..], statement.public_inputs(Shape::Full));
        assert_eq!(system.instance().len(), 1 + PUBLIC_INPUTS);
        masks.insert(statement.mask().bits());
    }
    let expected = [
        0b000_1001, 0b100_1001, 0b110_1001, 0b111_1001, 0b111_1011, 0b111_1111,
    ];
    assert_eq!(masks, BTreeSet::from(expected));
}

#[test]
fn one_fingerprint_is_a_circuit_of_its_own() {
    let witness = witness(&invoice());
    let statement = witness
        .statement(Shape::OneFingerprint, context())
        .expect("financeable");
    let system = circuit(Shape::OneFingerprint, &statement, &witness);
    assert!(system.broken().is_empty());
    assert_eq!(system.instance().len(), 1 + 8);
}

#[test]
fn the_rows_do_not_depend_on_the_witness() {
    for shape in [Shape::Full, Shape::OneFingerprint] {
        let blank = blank(shape).matrices();
        let mut bare = invoice();
        bare.header[slot::BUYER_IDS] = None;
        bare.header[slot::TYPE_CODE] = None;
        for fields in [invoice(), bare] {
            let witness = witness(&fields);
            let statement = witness.statement(shape, context()).expect("financeable");
            assert!(circuit(shape, &statement, &witness).matrices() == blank);
            let mut values = System::new(Mode::Values);
            synthesize(&mut values, shape, &statement, &witness);
            let rows = circuit(shape, &statement, &witness);
            assert_eq!(values.full_assignment(), rows.full_assignment());
        }
    }
}

/// Documents that no bank may finance: the native error, and the one constraint that the rows break.
#[test]
fn what_may_not_be_financed_is_refused_by_name() {
    let code = |code| with(slot::TYPE_CODE, Some(FieldValue::Integer(code)));
    let cases = [
        (
            with(slot::NUMBER, None),
            FinancingError::Missing(slot::NUMBER),
            "C3",
        ),
        (
            with(slot::ISSUE_DATE, None),
            FinancingError::Missing(slot::ISSUE_DATE),
            "C3",
        ),
        (code(381), FinancingError::TypeCode(381), "C6"),
        (code(325), FinancingError::TypeCode(325), "C6"),
        (code(0), FinancingError::TypeCode(0), "C6"),
        (with(slot::PAYABLE, amount(0)), FinancingError::Amount, "C7"),
        (
            with(slot::PAYABLE, amount(-1)),
            FinancingError::Amount,
            "C7",
        ),
        (
            with(slot::PAYABLE, amount(1 << 63)),
            FinancingError::Amount,
            "C7",
        ),
        (
            with(slot::PAYABLE, amount(i128::MAX)),
            FinancingError::Amount,
            "C7",
        ),
    ];
    let cases = cases.map(|(fields, error, name)| (witness(&fields), error, name));
    let gap = (gap(), FinancingError::Gap, "C4");
    for (witness, error, name) in cases.into_iter().chain([gap]) {
        assert_eq!(witness.statement(Shape::Full, context()), Err(error));
        let statement = witness.compute(Shape::Full, context()).expect("maps");
        assert_eq!(statement.check(Shape::Full, &witness), Err(error));
        assert_eq!(
            circuit(Shape::Full, &statement, &witness).broken(),
            [name],
            "{error}"
        );
    }
    let without_seller = witness(&with(slot::SELLER_IDS, None));
    let missing = FinancingError::Missing(slot::SELLER_IDS);
    assert_eq!(without_seller.check(Shape::Full), Err(missing));
    for value in [1, (1 << 63) - 1] {
        let witness = witness(&with(slot::PAYABLE, amount(value)));
        let statement = statement(&witness);
        assert!(
            circuit(Shape::Full, &statement, &witness)
                .broken()
                .is_empty()
        );
    }
}

#[test]
fn every_financeable_code_passes_and_is_no_credit_note() {
    for code in FINANCEABLE {
        let code = i64::try_from(code).expect("three digits");
        let fields = with(slot::TYPE_CODE, Some(FieldValue::Integer(code)));
        assert_eq!(witness(&fields).check(Shape::Full), Ok(()));
    }
    assert!(FINANCEABLE.is_sorted());
    assert!(
        [381, 261, 396, 420, 458, 532, 325]
            .iter()
            .all(|code| !FINANCEABLE.contains(code))
    );
}

#[test]
fn other_kinds_of_documents_have_no_witness() {
    let mut fields = invoice();
    fields.kind = Kind::CreditNote;
    let honest = witness(&invoice());
    let tree =
        sealane_crypto::commitment::RecordTree::new([Fr::ZERO; 32], Fr::ZERO, &[[Fr::ZERO; 7]; 8]);
    let refused = FinancingWitness::new(
        &fields,
        &[Fr::ZERO; 32],
        &tree.expect("a bucket"),
        Fr::ZERO,
        Fr::ZERO,
        honest.blinding.clone(),
    );
    assert_eq!(
        refused.err(),
        Some(FinancingError::Kind(Kind::CreditNote, 1))
    );
}

/// A statement about something else than the witness: the native error, and the broken constraint.
#[test]
fn statements_that_are_not_the_witness_are_refused_by_name() {
    let witness = witness(&with(slot::DESPATCH_REFERENCES, None));
    let honest = statement(&witness);
    let other = Point::generator();
    let changed = |change: &dyn Fn(&mut FinancingStatement)| {
        let mut statement = honest.clone();
        change(&mut statement);
        statement
    };
    let mask = FinancingError::Mask {
        stated: 0b111_1111,
        actual: 0b011_1111,
    };
    let cases = [
        (changed(&|s| s.root += Fr::ONE), FinancingError::Root, "C9"),
        (
            changed(&|s| s.context += Fr::ONE),
            FinancingError::Root,
            "C9",
        ),
        (changed(&|s| s.mask = Mask::of(0b111_1111)), mask, "C5"),
        (
            changed(&|s| s.amount_commitment = Fr::ONE),
            FinancingError::AmountCommitment,
            "C10",
        ),
        (
            changed(&|s| s.commitment = other),
            FinancingError::Commitment,
            "C15",
        ),
        (
            changed(&|s| s.commitment = -s.commitment),
            FinancingError::Commitment,
            "C15",
        ),
        (
            changed(&|s| s.blinded[0] = Some(other)),
            FinancingError::Blinded(0),
            "C18",
        ),
        (
            changed(&|s| s.blinded[5] = None),
            FinancingError::Blinded(5),
            "C18",
        ),
        (
            changed(&|s| s.blinded[6] = Some(other)),
            FinancingError::Blinded(6),
            "C18",
        ),
        (
            changed(&|s| s.blinded.swap(0, 1)),
            FinancingError::Blinded(0),
            "C18",
        ),
    ];
    for (statement, error, name) in cases {
        assert_eq!(statement.check(Shape::Full, &witness), Err(error));
        assert_eq!(
            circuit(Shape::Full, &statement, &witness).broken(),
            [name],
            "{error}"
        );
    }
}

#[test]
fn openings_that_are_not_the_records_are_refused() {
    let honest = witness(&invoice());
    for opened in Shape::Full.opened() {
        let mut witness = honest.clone();
        witness.openings[opened].blinding += Fr::ONE;
        assert_eq!(
            witness.check(Shape::Full),
            Err(FinancingError::Leaf(opened))
        );
        let system = circuit(Shape::Full, &statement(&honest), &witness);
        assert!(system.broken().contains(&"C9"), "the root is another");
    }
    let mut witness = honest.clone();
    let opening = &mut witness.openings[slot::ORDER_REFERENCES];
    if let LeafValues::Field { presence, .. } = &mut opening.values {
        *presence = Fr::from(2_u8);
    }
    let position = Shape::position(slot::ORDER_REFERENCES);
    opening.hash = leaf_hash(&position, &opening.values, opening.blinding);
    let refused = witness.check(Shape::Full);
    assert_eq!(
        refused,
        Err(FinancingError::Presence(slot::ORDER_REFERENCES))
    );
}

#[test]
fn a_statement_is_read_from_its_own_bytes_alone() {
    let honest = statement(&witness(&with(slot::BUYER_IDS, None)));
    let bytes = honest.encode();
    assert_eq!(FinancingStatement::decode(&bytes), Ok(honest.clone()));
    let changed = |change: &dyn Fn(&mut UncheckedStatement)| {
        let mut bytes = bytes.clone();
        change(&mut bytes);
        FinancingStatement::decode(&bytes)
    };
    let identity = Point::identity().encode();
    use sealane_crypto::curve::CurveError::{Identity, NotOnCurve};
    let blinded = |slot, reason| Err(StatementError::Blinded { slot, reason });
    assert_eq!(
        changed(&|b| b.root = [0xff; 32]),
        Err(StatementError::Element("the record root"))
    );
    assert_eq!(
        changed(&|b| b.context = [0xff; 32]),
        Err(StatementError::Element("the context"))
    );
    let amount = StatementError::Element("the amount's commitment");
    assert_eq!(changed(&|b| b.amount_commitment = [0xff; 32]), Err(amount));
    let refused = changed(&|b| b.commitment = identity);
    assert_eq!(refused, Err(StatementError::Commitment(Identity)));
    assert_eq!(changed(&|b| b.blinded[0] = identity), blinded(0, Identity));
    assert_eq!(
        changed(&|b| b.blinded[4] = [0xff; 32]),
        blinded(5, NotOnCurve)
    );
    assert_eq!(
        changed(&|b| b.blinded.push(identity)),
        Err(StatementError::Presence(SLOTS))
    );
    assert_eq!(
        changed(&|b| b.blinded.truncate(4 + 1)),
        Err(StatementError::Presence(6))
    );
    for mask in [0, 0b000_0001, 0b000_1000, 0b000_1101, 0b1000_1001, 0xff] {
        assert_eq!(changed(&|b| b.mask = mask), Err(StatementError::Mask(mask)));
    }
}

/// `specs/vectors/financing-v1.circuit` and its sibling: changing a circuit is a decision.
#[test]
fn the_circuits_are_the_pinned_ones() {
    let pinned = [
        (
            Shape::Full,
            include_str!("../../../../specs/vectors/financing-v1.circuit"),
        ),
        (
            Shape::OneFingerprint,
            include_str!("../../../../specs/vectors/financing-one-fingerprint-v1.circuit"),
        ),
    ];
    for (shape, pinned) in pinned {
        let system = blank(shape);
        let mut text = format!("circuit {}\n", shape.name());
        text += &format!("public inputs {}\n", system.instance().len() - 1);
        text += &format!("witness variables {}\n", system.assignment().len());
        text += &format!("rows {}\n", system.rows().len());
        let digest = digest(shape.name(), &system);
        text += &format!("digest {}\n", hex::encode(digest));
        for name in CONSTRAINTS {
            let rows = system.rows().iter().filter(|row| row.name == name).count();
            text += &format!("rows of {name} {rows}\n");
        }
        assert_eq!(
            text, pinned,
            "the circuit changed: it needs a new name and a decision"
        );
    }
}
