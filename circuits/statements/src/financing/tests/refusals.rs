//! What no bank may finance, and statements that are not the witness: the native error, and the constraint that the rows
//! break.

use sealane_crypto::commitment::LeafValues;

use super::*;

/// Documents and aliases that may not be financed.
#[test]
fn what_may_not_be_financed_is_refused_by_name() {
    let code = |code| with(|invoice| invoice.type_code = Some(code));
    let payable = |amount| with(|invoice| invoice.payable = Some(amount));
    let missing = FinancingError::Missing;
    let cases = [
        (
            with(|invoice| invoice.number = None),
            missing(header::NUMBER),
            "C4",
        ),
        (
            with(|invoice| invoice.date = None),
            missing(header::ISSUE_DATE),
            "C4",
        ),
        (
            with(|invoice| invoice.name = None),
            missing(header::SELLER_NAME),
            "C4",
        ),
        (code(381), FinancingError::TypeCode(381), "C6"),
        (code(325), FinancingError::TypeCode(325), "C6"),
        (code(553), FinancingError::TypeCode(553), "C6"),
        (code(0), FinancingError::TypeCode(0), "C6"),
        (payable(0), FinancingError::Amount, "C7"),
        (payable(-1), FinancingError::Amount, "C7"),
        (payable(1 << 63), FinancingError::Amount, "C7"),
        (payable(i128::MAX), FinancingError::Amount, "C7"),
        (
            with(|invoice| invoice.seller[1] = "no-org:987654321".to_owned()),
            FinancingError::Stranger(1),
            "C12",
        ),
    ];
    for (invoice, error, name) in cases {
        let witness = witness(&invoice);
        assert_eq!(witness.statement(context()), Err(error));
        let statement = witness.compute(context()).expect("maps");
        assert_eq!(statement.check(&witness), Err(error));
        assert_eq!(circuit(&statement, &witness).broken(), [name], "{error}");
    }
    let without_amount = witness(&with(|invoice| invoice.payable = None));
    assert_eq!(without_amount.check(), Err(missing(header::PAYABLE)));
    for amount in [1, (1 << 63) - 1] {
        let witness = witness(&payable(amount));
        assert_eq!(circuit(&statement(&witness), &witness).broken(), [""; 0]);
    }
}

/// A witness by hand: what no opening and no sealing makes.
#[test]
fn aliases_and_leaves_with_gaps_are_refused_by_name() {
    let mut gap = witness(&invoice());
    gap.alias[4] = element("no-org:1");
    // a document that hides its first identifier behind an absent one, so that the looser rules would take the alias'
    let mut hidden = leaves(&invoice());
    let Content::Open {
        values: LeafValues::Identifiers(identifiers),
        ..
    } = &mut hidden[header::SELLER_IDS].content
    else {
        panic!("a leaf of identifiers");
    };
    identifiers.swap(0, 2);
    let content = hidden[header::SELLER_IDS].content;
    let hash = content.hash(&position(header::SELLER_IDS));
    hidden[header::SELLER_IDS].hash = hash.expect("open");
    let seller = invoice().party();
    let hidden = FinancingWitness::new(hidden, rest(), context(), &seller, &secret());
    let cases = [
        (gap, FinancingError::Gap(3), "C13"),
        (hidden.expect("maps"), FinancingError::NotFirst, "C14"),
    ];
    for (witness, error, name) in cases {
        assert_eq!(witness.statement(context()), Err(error));
        let statement = witness.compute(context()).expect("maps");
        assert_eq!(circuit(&statement, &witness).broken(), [name], "{error}");
    }
}

/// A statement about something else than the witness.
#[test]
fn statements_that_are_not_the_witness_are_refused_by_name() {
    let witness = witness(&with(|invoice| invoice.despatch = None));
    let honest = statement(&witness);
    let other = Point::generator();
    let changed = |change: &dyn Fn(&mut FinancingStatement)| {
        let mut statement = honest.clone();
        change(&mut statement);
        statement
    };
    let mask = FinancingError::Mask {
        stated: 0xfff,
        actual: 0xbff,
    };
    use FinancingError::{Alias, AmountCommitment, Blinded, Commitment, Root};
    let cases = [
        (changed(&|s| s.root += Fr::ONE), Root, "C9"),
        (changed(&|s| s.context += Fr::ONE), Root, "C9"),
        (changed(&|s| s.alias += Fr::ONE), Alias, "C11"),
        (changed(&|s| s.mask = Mask::of(0xfff)), mask, "C5"),
        (
            changed(&|s| s.amount_commitment = Fr::ONE),
            AmountCommitment,
            "C10",
        ),
        (changed(&|s| s.commitment = other), Commitment, "C20"),
        (
            changed(&|s| s.commitment = -s.commitment),
            Commitment,
            "C20",
        ),
        (changed(&|s| s.blinded[0] = Some(other)), Blinded(0), "C23"),
        (changed(&|s| s.blinded[9] = None), Blinded(9), "C23"),
        (
            changed(&|s| s.blinded[10] = Some(other)),
            Blinded(10),
            "C23",
        ),
        (changed(&|s| s.blinded.swap(0, 1)), Blinded(0), "C23"),
        (
            changed(&|s| s.blinded[4] = s.blinded[4].map(|b| -b)),
            Blinded(4),
            "C23",
        ),
    ];
    for (statement, error, name) in cases {
        assert_eq!(statement.check(&witness), Err(error));
        assert_eq!(circuit(&statement, &witness).broken(), [name], "{error}");
    }
}

#[test]
fn openings_that_are_not_the_records_are_refused() {
    let honest = witness(&invoice());
    for slot in VALUES.into_iter().chain(PARTIES) {
        let mut witness = honest.clone();
        match &mut witness.leaves[slot].content {
            Content::Closed => panic!("the circuit opens it"),
            Content::Open { blinding, .. } => *blinding += Fr::ONE,
        }
        assert_eq!(witness.check(), Err(FinancingError::Leaf(slot)));
        let broken = circuit(&statement(&honest), &witness).broken();
        assert_eq!(broken, ["C9"], "the root is another");
    }
    let mut witness = honest.clone();
    let leaf = &mut witness.leaves[header::ORDER_REFERENCES];
    let Content::Open {
        values: LeafValues::Field { presence, .. },
        ..
    } = &mut leaf.content
    else {
        panic!("a leaf of values");
    };
    *presence = Fr::from(2_u8);
    let hash = leaf.content.hash(&position(header::ORDER_REFERENCES));
    leaf.hash = hash.expect("open");
    let refused = witness.check();
    assert_eq!(
        refused,
        Err(FinancingError::Presence(header::ORDER_REFERENCES))
    );
}

/// Another kind's leaf, or another version's, has another hash, whatever the record's header says.
#[test]
fn other_kinds_and_versions_have_no_witness() {
    use sealane_crypto::commitment::Position;
    use sealane_types::schema::Kind;
    for (kind, version) in [(Kind::CreditNote, 2), (Kind::Invoice, 1), (Kind::Order, 2)] {
        for slot in [header::NUMBER, header::SELLER_IDS] {
            let mut leaves = leaves(&invoice());
            let place = Position::header(kind, version, u8::try_from(slot).expect("small"));
            let hash = leaves[slot].content.hash(&place);
            leaves[slot].hash = hash.expect("open");
            let seller = invoice().party();
            let other = FinancingWitness::new(leaves, rest(), context(), &seller, &secret());
            let other = other.expect("maps");
            assert_eq!(other.check(), Err(FinancingError::Leaf(slot)));
            let stated = other.compute(context()).expect("maps");
            assert_eq!(circuit(&stated, &other).broken(), ["C9"]);
        }
    }
}
