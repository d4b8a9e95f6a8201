//! A bank that makes a second proof out of the first: Groth16 proofs can be re-randomised by anybody.
//! It passes for a proof, and gains nothing: a record has one set, and a document its fingerprints.

use ark_bls12_381::{Bls12_381, Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr as _, CurveGroup as _};
use ark_ff::{Field as _, UniformRand as _};
use ark_groth16::Proof;
use ark_serialize::{CanonicalDeserialize as _, CanonicalSerialize as _};
use sealane_types::ids::ProofBytes;
use sealane_types::transaction::PresentBlinded;

use super::*;

/// `(z·A, z⁻¹·B, C)` for a random `z`: holds exactly where `(A, B, C)` does.
fn rerandomised(proof: &ProofBytes) -> ProofBytes {
    let proof = Proof::<Bls12_381>::deserialize_compressed(&proof.as_bytes()[..]).unwrap();
    let z = Fr::rand(&mut ark_std::test_rng());
    let a: G1Affine = (proof.a * z).into_affine();
    let b: G2Affine = (proof.b * z.inverse().unwrap()).into_affine();
    assert!(!a.is_zero() && !b.is_zero());
    let other = Proof::<Bls12_381> { a, b, c: proof.c };
    let mut bytes = [0; 192];
    other.serialize_compressed(&mut bytes[..]).unwrap();
    ProofBytes::new(bytes)
}

#[test]
fn a_second_proof_of_one_set_gains_nothing() {
    let mut chain = chain();
    let own = deal(A, 0);
    let other = PresentBlinded {
        proof: rerandomised(&own.present.proof),
        ..own.present.clone()
    };
    assert_ne!(other.proof, own.present.proof);
    chain.send(A, own.seal()).unwrap();
    let both = vec![
        chain.sign_after(0, A, Payload::PresentBlinded(other.clone())),
        chain.sign_after(1, A, own.present()),
    ];
    let outcomes = chain.block(both).unwrap();
    use sealane_types::receipt::Outcome;
    let expected = [
        Outcome::Done(Done::Presented),
        Outcome::Refused(Refusal::AlreadyPresented),
    ];
    assert_eq!(outcomes, expected, "it is a proof, and there is one set");
    assert_eq!(
        chain.send(A, Payload::PresentBlinded(other)),
        Err(Refusal::AlreadyPresented),
        "sent again"
    );
    chain.answer(&own.id());
    assert_eq!(finance(&mut chain, &own), FINANCED);
    let again = finance(&mut chain, &own);
    assert_eq!(again, Err(Refusal::AlreadyFinanced));
}

/// The same document sealed again has another salt, other points and another proof, and the same
/// fingerprints.
#[test]
fn a_document_sealed_again_is_the_same_document() {
    let mut chain = chain();
    let first = deal(A, 0);
    let second = sealane_tests::deals::deal(chain.tip.chain, A, &Invoice::new("RACE-0"));
    assert_ne!(
        (first.id(), &first.present.blinded),
        (second.id(), &second.present.blinded)
    );
    ready(&mut chain, &first);
    ready(&mut chain, &second);
    assert_eq!(finance(&mut chain, &first), FINANCED);
    let rule = sealane_types::fingerprint::Rule::Strict;
    let taken = Refusal::Duplicate { rule };
    assert_eq!(
        finance(&mut chain, &second),
        Err(taken),
        "its own bank is no exception"
    );
}
