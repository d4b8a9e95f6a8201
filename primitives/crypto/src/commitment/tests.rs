//! Leaves hide and bind; the tree has the shape that the module's page says.

use ark_bls12_381::Fr;
use ark_ff::{PrimeField, UniformRand};
use ark_std::test_rng;
use sealane_types::fields::{Currency, FieldValue, LineOf};
use sealane_types::schema::{HEADER_SLOTS, Kind, LINE_SLOTS, slot};

use super::*;

fn leaves(lines: usize) -> ([Fr; HEADER_SLOTS], Fr, Vec<[Fr; LINE_SLOTS]>) {
    let mut rng = test_rng();
    let header = std::array::from_fn(|_| Fr::rand(&mut rng));
    let count = Fr::rand(&mut rng);
    let lines = (0..lines).map(|_| std::array::from_fn(|_| Fr::rand(&mut rng)));
    (header, count, lines.collect())
}

#[test]
fn every_leaf_moves_the_root_and_every_bucket_has_one() {
    for bucket in LINE_BUCKETS {
        let (header, count, lines) = leaves(bucket);
        let [context, salt] = [Fr::from(1_u8), Fr::from(2_u8)];
        let root = |header, count, lines: &[_]| {
            let tree = RecordTree::new(header, count, lines).expect("a bucket");
            tree.root(context, salt)
        };
        let honest = root(header, count, &lines);
        // the header's part of the tree is the same whatever the bucket
        let slots = if bucket <= 128 { HEADER_SLOTS } else { 1 };
        for slot in 0..slots {
            let mut other = header;
            other[slot] += Fr::from(1_u8);
            assert_ne!(root(other, count, &lines), honest);
        }
        assert_ne!(root(header, count + Fr::from(1_u8), &lines), honest);
        for (line, slot) in [(0, 0), (bucket - 1, LINE_SLOTS - 1), (bucket / 2, 3)] {
            let mut other = lines.clone();
            other[line][slot] += Fr::from(1_u8);
            assert_ne!(root(header, count, &other), honest);
        }
        let tree = RecordTree::new(header, count, &lines).expect("a bucket");
        assert_ne!(
            tree.root(salt, context),
            honest,
            "context and salt have their places"
        );
    }
    let (header, count, lines) = leaves(9);
    let refused = RecordTree::new(header, count, &lines);
    assert_eq!(refused, Err(CommitmentError::Bucket(9)));
}

#[test]
fn lines_are_hashed_by_field_and_no_two_stand_for_each_other() {
    let (header, count, lines) = leaves(32);
    let tree = RecordTree::new(header, count, &lines).expect("a bucket");
    let mut swapped = lines.clone();
    swapped.swap(3, 20);
    let other = RecordTree::new(header, count, &swapped).expect("a bucket");
    assert_ne!(
        tree.lines_root(),
        other.lines_root(),
        "a line has its place"
    );
    let mut moved = lines.clone();
    moved[0].swap(1, 2);
    let moved = RecordTree::new(header, count, &moved).expect("a bucket");
    let differ = |slot: &usize| tree.columns()[*slot] != moved.columns()[*slot];
    let changed: Vec<usize> = (0..LINE_SLOTS).filter(differ).collect();
    assert_eq!(
        changed,
        [1, 2],
        "a column is one field of all lines, and no other's"
    );
    let half = |from: usize| {
        hash(
            &Capacity::new(tags::COLUMN_NODE),
            &column(&lines[from..from + 16]),
        )
    };
    let whole = hash(&Capacity::new(tags::COLUMN_ROOT), &[half(0), half(16)]);
    assert_eq!(tree.columns()[5], whole);
}

/// Field 5 of sixteen lines.
fn column(lines: &[[Fr; LINE_SLOTS]]) -> Vec<Fr> {
    lines.iter().map(|line| line[5]).collect()
}

/// One field's root by the words of `specs/sealing.md`, with tags as they are written there.
fn by_hand(leaves: &[Fr]) -> Fr {
    let node = |tag: &[u8; 16], children: &[Fr]| hash(&Capacity::new(*tag), children);
    let halves: Vec<Fr> = leaves
        .chunks(128)
        .map(|part| {
            let nodes: Vec<Fr> = (0..8)
                .map(|at| node(b"sealane colmn v1", &part[16 * at..16 * (at + 1)]))
                .collect();
            node(b"sealane croot v1", &nodes)
        })
        .collect();
    node(b"sealane cpart v1", &halves)
}

#[test]
fn more_than_128_lines_are_hashed_in_parts() {
    let (header, count, lines) = leaves(1024);
    let part = RecordTree::new(header, count, &lines[..128]).expect("a bucket");
    for bucket in [256, 512, 1024] {
        let lines = &lines[..bucket];
        let tree = RecordTree::new(header, count, lines).expect("a bucket");
        let columns: [Fr; LINE_SLOTS] = std::array::from_fn(|slot| {
            let leaves: Vec<Fr> = lines.iter().map(|line| line[slot]).collect();
            by_hand(&leaves)
        });
        assert_eq!(*tree.columns(), columns);
        assert_eq!(tree.lines_root(), part_lines_root(&columns));
        let parts = lines.chunks(128).map(|part| parts_root(&column(part)));
        let parts: Vec<Fr> = parts.collect();
        assert_eq!(
            parts[0],
            part.columns()[5],
            "a part is a record's column of 128 lines"
        );
        let whole = hash(&Capacity::new(tags::COLUMN_PARTS), &parts);
        assert_eq!(tree.columns()[5], whole);
    }
    assert_eq!(part.lines_root(), part_lines_root(part.columns()));
}

/// One field's root from its leaves.
fn parts_root(leaves: &[Fr]) -> Fr {
    let lines: Vec<[Fr; LINE_SLOTS]> = leaves.iter().map(|leaf| [*leaf; LINE_SLOTS]).collect();
    columns(&lines).expect("a bucket")[0]
}

#[test]
fn every_sixteen_lines_of_every_part_count_and_parts_have_their_place() {
    let (header, count, lines) = leaves(1024);
    for bucket in [256, 512, 1024] {
        let own = column(&lines[..bucket]);
        let honest = parts_root(&own);
        for node in 0..bucket / GROUP {
            let mut other = own.clone();
            other[node * GROUP + node % GROUP] += Fr::from(1_u8);
            assert_ne!(parts_root(&other), honest, "node {node} of {bucket} lines");
        }
        let mut swapped = own.clone();
        swapped.rotate_left(PART_LINES);
        assert_ne!(parts_root(&swapped), honest, "a part has its place");
    }
    let mut other = lines[..512].to_vec();
    let honest = RecordTree::new(header, count, &other).expect("a bucket");
    for part in 0..4 {
        let own = other[PART_LINES * part..].iter_mut().step_by(17);
        for (slot, line) in own.take(LINE_SLOTS).enumerate() {
            line[slot] += Fr::from(1_u8);
        }
        let moved = RecordTree::new(header, count, &other).expect("a bucket");
        let same = |slot: &usize| moved.columns()[*slot] == honest.columns()[*slot];
        assert_eq!((0..LINE_SLOTS).find(same), None, "part {part}");
        other.copy_from_slice(&lines[..512]);
    }
}

#[test]
fn eight_lines_make_the_node_of_sixteen_with_zeros_after_them() {
    let (header, count, lines) = leaves(8);
    let tree = RecordTree::new(header, count, &lines).expect("a bucket");
    let mut children: Vec<Fr> = lines.iter().map(|line| line[5]).collect();
    children.resize(16, Fr::ZERO);
    let node = hash(&Capacity::new(tags::COLUMN_NODE), &children);
    assert_eq!(tree.columns()[5], node);
}

#[test]
fn a_leaf_is_bound_to_its_place_its_value_and_its_blinding() {
    let value = FieldValue::Integer(380);
    let blinding = Fr::from(99_u8);
    let place = Position::header(Kind::Invoice, 1, 1);
    let places = [
        place,
        Position::header(Kind::CreditNote, 1, 1),
        Position::header(Kind::Invoice, 2, 1),
        Position::header(Kind::Invoice, 1, 2),
        Position::line(Kind::Invoice, 1, 0, 1),
        Position::line_count(Kind::Invoice, 1),
    ];
    let mut all: Vec<Fr> = places
        .iter()
        .map(|place| field_leaf(place, Some(&value), blinding))
        .collect();
    all.push(field_leaf(&place, Some(&value), blinding + Fr::from(1_u8)));
    all.push(field_leaf(
        &place,
        Some(&FieldValue::Integer(381)),
        blinding,
    ));
    all.push(field_leaf(&place, Some(&FieldValue::Integer(0)), blinding));
    all.push(field_leaf(&place, None, blinding)); // absent is not zero
    for code in ["EUR", "USD"] {
        let currency = Currency::new(code).expect("a code");
        let amount = FieldValue::Amount {
            value: 380,
            currency,
        };
        all.push(field_leaf(&place, Some(&amount), blinding)); // the second input counts too
    }
    for (index, leaf) in all.iter().enumerate() {
        assert!(!all[..index].contains(leaf), "leaf {index}");
    }
}

#[test]
fn values_become_the_elements_that_they_should() {
    let currency = Currency::new("EUR").expect("a code");
    let amount = FieldValue::Amount {
        value: -5,
        currency,
    };
    let euro = Fr::from(u32::from_be_bytes(*b"\0EUR"));
    assert_eq!(leaf_inputs(&amount), [-Fr::from(5_u8), euro]);
    let text = leaf_inputs(&FieldValue::Text("A".to_owned()));
    assert_eq!(
        text,
        [hash_to_field(tags::FIELD_TEXT, b"A"), Fr::from(0_u8)]
    );
    assert_ne!(
        hash_to_field(tags::FIELD_TEXT, b"A"),
        hash_to_field(tags::FIELD_BYTES, b"A")
    );
    let one = leaf_inputs(&FieldValue::Number("INV-0042".to_owned()));
    let other = leaf_inputs(&FieldValue::Number("INV 0042".to_owned()));
    assert_ne!(one[0], other[0], "strict");
    assert_eq!(one[1], other[1], "loose");
    assert_eq!(slot::NUMBER, 0);
}

fn ids(list: &[&str]) -> FieldValue {
    FieldValue::LegalIds(list.iter().map(|id| (*id).to_owned()).collect())
}

#[test]
fn identifiers_are_one_leaf_hashed_as_an_alias_hashes_them() {
    let at = |slot: usize| Position::header(Kind::Invoice, 2, slot as u8);
    let place = at(slot::SELLER_IDS);
    let blinding = Fr::from(99_u8);
    let text = |id: &str| hash_to_field(tags::FIELD_TEXT, id.as_bytes());
    let zero = Fr::from(0_u8);
    let inputs = [
        text("lei:1"),
        text("vat:2"),
        zero,
        zero,
        zero,
        zero,
        zero,
        blinding,
    ];
    let two = ids(&["lei:1", "vat:2"]);
    let by_hand = hash(&place.capacity(), &inputs);
    assert_eq!(field_leaf(&place, Some(&two), blinding), by_hand);
    let values = LeafValues::of(&place, Some(&two));
    assert!(values.is_present() && values.values() == inputs[..7]);
    let absent = hash(
        &place.capacity(),
        &[zero, zero, zero, zero, zero, zero, zero, blinding],
    );
    assert_eq!(field_leaf(&place, None, blinding), absent);
    assert!(!LeafValues::of(&place, None).is_present());
    let leaves = [
        by_hand,
        absent,
        field_leaf(&at(slot::BUYER_IDS), Some(&two), blinding),
        field_leaf(&place, Some(&ids(&["vat:2", "lei:1"])), blinding),
        field_leaf(&place, Some(&ids(&["lei:1"])), blinding),
        field_leaf(&place, Some(&two), blinding + Fr::from(1_u8)),
        // of no type that stands there, but not like an absent one
        field_leaf(&place, Some(&FieldValue::Integer(0)), blinding),
        field_leaf(&place, Some(&FieldValue::Text("lei:1".into())), blinding),
        field_leaf(&at(slot::NUMBER), Some(&two), blinding),
    ];
    for (index, leaf) in leaves.iter().enumerate() {
        assert!(!leaves[..index].contains(leaf), "leaf {index}");
    }
}

#[test]
fn the_second_value_of_a_line_and_of_a_name() {
    let line = |of| {
        let line = "2".to_owned();
        leaf_inputs(&FieldValue::LineReference { line, of })
    };
    let [number, any, unknown] = [
        line(LineOf::Number("PO-88".into())),
        line(LineOf::Any),
        line(LineOf::Unknown),
    ];
    assert_eq!(number[0], hash_to_field(tags::FIELD_TEXT, b"2"));
    let order = leaf_inputs(&FieldValue::Number("po 88".to_uppercase()));
    assert_eq!(number[1], order[1], "the order's loose number");
    assert_eq!((any[1], unknown[1]), (Fr::from(0_u8), unknown_element()));
    assert!(number[0] == any[0] && any[0] == unknown[0]);
    let name = |name: &str| leaf_inputs(&FieldValue::Name(name.to_owned()));
    let [one, other] = ["Norrvik Timber AB", "AB NORRVIK TIMBER"].map(name);
    assert_ne!(one[0], other[0], "as written");
    assert_eq!(one[1], other[1], "plain");
    assert_eq!(one[1], hash_to_field(tags::FIELD_TEXT, b"NORRVIK TIMBER"));
    assert_eq!(name("-")[1], Fr::from(0_u8), "nothing is left");
}

#[test]
fn tags_do_not_run_into_what_they_tag() {
    let whole = hash_to_field(b"ab", b"c");
    assert_ne!(whole, hash_to_field(b"a", b"bc"));
    let modulus = Fr::MODULUS;
    assert!(whole.into_bigint() < modulus);
}

#[test]
fn an_amount_commitment_hides_behind_its_blinding_and_binds_both_values() {
    let one = amount_commitment(Fr::from(1_u8), Fr::from(2_u8), Fr::from(3_u8));
    let others = [[2, 2, 3], [1, 3, 3], [1, 2, 4]];
    for [amount, currency, blinding] in others.map(|all| all.map(|n: u8| Fr::from(n))) {
        assert_ne!(amount_commitment(amount, currency, blinding), one);
    }
}
