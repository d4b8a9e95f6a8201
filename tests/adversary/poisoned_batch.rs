//! Somebody who puts bad proofs among good ones: the batch names exactly the bad ones, wherever they
//! stand and however they are made to cancel.

use ark_bls12_381::{Bls12_381, Fq, G1Affine};
use ark_ec::{AffineRepr as _, CurveGroup as _};
use ark_groth16::Proof;
use ark_serialize::{CanonicalDeserialize as _, CanonicalSerialize as _};
use sealane_tests::chain::{BANKS, QUOTA};
use sealane_types::ids::ProofBytes;
use sealane_types::receipt::Outcome;

use super::*;

fn read(bytes: &ProofBytes) -> Proof<Bls12_381> {
    Proof::deserialize_compressed(&bytes.as_bytes()[..]).unwrap()
}

fn written(proof: &Proof<Bls12_381>) -> ProofBytes {
    let mut bytes = [0; 192];
    proof.serialize_compressed(&mut bytes[..]).unwrap();
    ProofBytes::new(bytes)
}

/// Deals at two banks, as many as their quotas allow together, sealed.
fn sealed() -> (Chain<'static>, Vec<Deal>) {
    let mut chain = chain();
    let numbers = 0..QUOTA;
    let deals = numbers.flat_map(|number| [deal(BANKS[0], number), deal(BANKS[1], number)]);
    let deals: Vec<Deal> = deals.collect();
    for deal in &deals {
        chain.send(deal.bank, deal.seal()).unwrap();
    }
    (chain, deals)
}

/// Presents all in one block of a copy of the chain; which were taken.
fn presented(chain: &Chain<'static>, deals: &[Deal]) -> Vec<bool> {
    let mut copy = Chain::new(&PROOFS);
    (copy.state, copy.tip) = (chain.state.clone(), chain.tip.clone());
    let mut before = std::collections::BTreeMap::new();
    let mut transactions = Vec::new();
    for deal in deals {
        let count = before.entry(deal.bank).or_insert(0);
        transactions.push(copy.sign_after(*count, deal.bank, deal.present()));
        *count += 1;
    }
    let outcomes = copy.block(transactions).unwrap();
    let taken = |outcome: Outcome| match outcome {
        Outcome::Done(Done::Presented) => true,
        Outcome::Refused(Refusal::WrongProof) => false,
        other => panic!("{other:?}"),
    };
    outcomes.into_iter().map(taken).collect()
}

#[test]
fn a_bad_proof_is_named_at_every_slot_of_a_batch() {
    let (chain, deals) = sealed();
    assert_eq!(presented(&chain, &deals), vec![true; deals.len()]);
    for bad in 0..deals.len() {
        let mut poisoned = deals.clone();
        // another record's proof: a fine proof of something else
        poisoned[bad].present.proof = deals[(bad + 1) % deals.len()].present.proof;
        let expected: Vec<bool> = (0..deals.len()).map(|at| at != bad).collect();
        assert_eq!(presented(&chain, &poisoned), expected, "slot {bad}");
    }
}

#[test]
fn bad_proofs_that_cancel_are_both_named() {
    let (chain, deals) = sealed();
    let (mut one, mut other) = (read(&deals[2].present.proof), read(&deals[5].present.proof));
    let shift = G1Affine::generator();
    one.c = (one.c + shift).into_affine();
    other.c = (other.c - shift).into_affine();
    let mut poisoned = deals.clone();
    poisoned[2].present.proof = written(&one);
    poisoned[5].present.proof = written(&other);
    let expected: Vec<bool> = (0..deals.len()).map(|at| at != 2 && at != 5).collect();
    assert_eq!(presented(&chain, &poisoned), expected, "C + D and C − D");

    let mut swapped = deals.clone();
    swapped[2].present.proof = deals[5].present.proof;
    swapped[5].present.proof = deals[2].present.proof;
    assert_eq!(
        presented(&chain, &swapped),
        expected,
        "two proofs in each other's place"
    );
}

/// RELIABILITY.md 15: bytes that are no proof, at one slot.
#[test]
fn what_is_no_proof_is_named_like_a_wrong_one() {
    let (chain, deals) = sealed();
    let honest = read(&deals[1].present.proof);
    let mut other_subgroup = honest.clone();
    other_subgroup.a = outside_the_subgroup();
    let mut infinite = honest.clone();
    infinite.a = G1Affine::zero();
    let mut above = *deals[1].present.proof.as_bytes();
    above[0] |= 0x1f; // the first coordinate, above the modulus
    above[1..48].fill(0xff);
    let bad = [
        ("outside the subgroup", written(&other_subgroup)),
        ("the point at infinity", written(&infinite)),
        ("a coordinate above the modulus", ProofBytes::new(above)),
        ("zeros", ProofBytes::new([0; 192])),
        ("ones", ProofBytes::new([0xff; 192])),
    ];
    for (what, proof) in bad {
        let mut poisoned = deals.clone();
        poisoned[1].present.proof = proof;
        let expected: Vec<bool> = (0..deals.len()).map(|at| at != 1).collect();
        assert_eq!(presented(&chain, &poisoned), expected, "{what}");
    }
}

/// A point of BLS12-381's curve that is not in G1.
fn outside_the_subgroup() -> G1Affine {
    let candidates = (1_u64..).map(Fq::from);
    let mut points = candidates.filter_map(|x| G1Affine::get_point_from_x_unchecked(x, false));
    points
        .find(|point| !point.is_in_correct_subgroup_assuming_on_curve())
        .unwrap()
}
