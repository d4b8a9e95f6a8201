//! A witness that is dropped leaves none of its secrets in memory: the process looks at its own.

use std::fs::File;
use std::os::unix::fs::FileExt as _;

use sealane_crypto::commitment::LeafValues;

use super::super::witness::Content;
use super::*;

/// What a field element is in memory.
fn limbs(element: &Fr) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (bytes, limb) in bytes.chunks_exact_mut(8).zip(element.0.0) {
        bytes.copy_from_slice(&limb.to_ne_bytes());
    }
    bytes
}

/// The bytes of a blinding's secret number.
fn number(blinding: &Blinding) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (at, bit) in blinding.bits().iter().enumerate() {
        bytes[at / 8] |= u8::from(*bit) << (at % 8);
    }
    bytes
}

/// Every secret of the witness, by name.
fn secrets(witness: &FinancingWitness) -> Vec<(String, [u8; 32])> {
    // whole, so that a new field does not compile without a word about it
    let FinancingWitness {
        leaves,
        rest,
        alias,
        marks: _, // a byte, whose place holds the marks of nothing afterwards
        alias_secret,
        fills,
        blinding,
    } = witness;
    let mut all = vec![
        ("second group".to_owned(), rest.second_group),
        ("number of lines".to_owned(), rest.line_count),
        ("root of the lines".to_owned(), rest.lines_root),
        ("salt".to_owned(), rest.salt),
        ("amount's blinding".to_owned(), rest.amount_blinding),
        ("alias' secret".to_owned(), *alias_secret),
    ];
    for (at, leaf) in leaves.iter().enumerate() {
        let Content::Open { values, blinding } = &leaf.content else {
            continue;
        };
        all.push((format!("leaf {at}'s blinding"), *blinding));
        let values = match values {
            LeafValues::Field { v1, v2, .. } => vec![*v1, *v2],
            LeafValues::Identifiers(all) => all.to_vec(),
        };
        all.extend(
            values
                .into_iter()
                .map(|value| (format!("leaf {at}"), value)),
        );
    }
    let named = |name: &'static str, all: &[Fr]| {
        let all = all.iter();
        all.map(move |one| (name.to_owned(), *one))
            .collect::<Vec<_>>()
    };
    all.extend(named("identifier", alias));
    all.extend(named("fill-up", fills));
    // 0 and 1 are in any memory
    let told = all
        .into_iter()
        .filter(|(_, one)| *one != Fr::ZERO && *one != Fr::ONE);
    let mut told: Vec<_> = told.map(|(name, one)| (name, limbs(&one))).collect();
    told.push(("blinding".to_owned(), number(blinding)));
    told
}

#[test]
fn a_dropped_witness_leaves_no_secret_in_its_place() {
    let mut place = Box::new(Some(witness(&invoice())));
    let (start, size) = (std::ptr::from_ref(&*place).addr(), size_of_val(&*place));
    let memory = || {
        let mut bytes = vec![0; size];
        let own = File::open("/proc/self/mem").expect("this process' memory");
        let read = own.read_exact_at(&mut bytes, start as u64);
        read.expect("the place is there");
        bytes
    };
    let secrets = secrets((*place).as_ref().expect("a witness"));
    let left = |bytes: &[u8]| -> Vec<String> {
        let there = |secret: &[u8; 32]| bytes.windows(32).any(|part| part == secret);
        let left = secrets.iter().filter(|(_, secret)| there(secret));
        left.map(|(name, _)| name.clone()).collect()
    };
    let before = left(&memory());
    assert_eq!(
        before.len(),
        secrets.len(),
        "all of them are there: {before:?}"
    );
    *place = None;
    assert_eq!(left(&memory()), Vec::<String>::new(), "left after the drop");
    drop(place);
}
