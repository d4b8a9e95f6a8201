//! The stored proof is accepted; nothing else is.

use ark_bls12_381::{Fq, Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField, UniformRand};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use ark_std::test_rng;
use sealane_statements::financing::{PUBLIC_INPUTS, StatementError, UncheckedStatement};

use super::*;
use crate::verify::testing::{holds_under, weights_of};

/// The stored financing.
fn stored() -> UncheckedFinancing {
    let text = include_str!("../../specs/vectors/financing-v1.proof");
    let all = |name: &str| -> Vec<Vec<u8>> {
        let values = text
            .lines()
            .filter_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        values
            .map(|value| hex::decode(value).expect("hex"))
            .collect()
    };
    let one = |name| -> [u8; 32] { all(name)[0].clone().try_into().expect("32 bytes") };
    let blinded = all("blinded")
        .into_iter()
        .map(|point| point.try_into().expect("32 bytes"));
    UncheckedFinancing {
        statement: UncheckedStatement {
            root: one("root"),
            context: one("context"),
            mask: all("mask")[0][0],
            amount_commitment: one("amount-commitment"),
            commitment: one("commitment"),
            blinded: blinded.collect(),
        },
        proof: all("proof")[0].clone().try_into().expect("192 bytes"),
    }
}

fn verifier() -> Verifier {
    Verifier::financing_test()
}

fn changed(change: impl Fn(&mut UncheckedFinancing)) -> UncheckedFinancing {
    let mut financing = stored();
    change(&mut financing);
    financing
}

/// A proof of the same statement with other points (the paper 2020/811, its figure 1): Groth16's proofs can be
/// re-randomised by anybody, so nothing may be keyed by a proof's bytes.
fn rerandomised(financing: &UncheckedFinancing, factor: u64) -> UncheckedFinancing {
    let a = G1Affine::deserialize_compressed(&financing.proof[..48]).expect("a point");
    let b = G2Affine::deserialize_compressed(&financing.proof[48..144]).expect("a point");
    let factor = Fr::from(factor);
    let a = (a * factor.inverse().expect("not 0")).into_affine();
    let b = (b * factor).into_affine();
    let mut other = financing.clone();
    a.serialize_compressed(&mut other.proof[..48])
        .expect("48 bytes");
    b.serialize_compressed(&mut other.proof[48..144])
        .expect("96 bytes");
    other
}

#[test]
fn the_stored_proof_is_accepted_alone_and_in_a_batch() {
    let verifier = verifier();
    let verified = verifier.verify(&stored()).expect("valid");
    assert_eq!(verified.statement().encode(), stored().statement);
    let batch: Vec<_> = (2..66)
        .map(|factor| rerandomised(&stored(), factor))
        .collect();
    let answers = verifier.verify_batch(&batch).expect("randomness");
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(verifier.verify_batch(&[]).expect("randomness"), []);
}

/// RELIABILITY 17.
#[test]
fn a_changed_public_input_is_refused() {
    let verifier = verifier();
    let points = stored().statement.blinded;
    let mut refused = Vec::new();
    refused.push(changed(|f| f.statement.root[0] ^= 1));
    refused.push(changed(|f| f.statement.context[0] ^= 1));
    refused.push(changed(|f| f.statement.amount_commitment[0] ^= 1));
    refused.push(changed(|f| f.statement.commitment = points[0]));
    refused.push(changed(|f| f.statement.commitment[31] ^= 0x80)); // −R
    refused.push(changed(|f| {
        let statement = &mut f.statement;
        std::mem::swap(&mut statement.root, &mut statement.context);
    }));
    for slot in 0..points.len() {
        let next = points[(slot + 1) % points.len()];
        refused.push(changed(|f| f.statement.blinded[slot] = next));
        refused.push(changed(|f| f.statement.blinded[slot][31] ^= 0x80)); // −B
        refused.push(changed(|f| f.statement.blinded.swap(slot, (slot + 1) % 7)));
    }
    refused.push(changed(|f| {
        f.statement.mask = 0b011_1111; // the last rule said not to apply
        f.statement.blinded.truncate(6);
    }));
    for financing in &refused {
        assert_eq!(verifier.verify(financing), Err(VerifyError::Refused));
    }
    let answers = verifier.verify_batch(&refused).expect("randomness");
    assert!(
        answers
            .iter()
            .all(|answer| *answer == Err(VerifyError::Refused))
    );
}

/// RELIABILITY 15, the statement's part: the decoder's own tests have the rest.
#[test]
fn bytes_that_are_none_are_refused_alone_and_in_a_batch() {
    let verifier = verifier();
    let modulus = changed(|f| {
        let mut root = Fr::deserialize_compressed(&f.statement.root[..])
            .expect("an element")
            .into_bigint();
        root.add_with_carry(&Fr::MODULUS);
        f.statement.root.copy_from_slice(&root.to_bytes_le());
    });
    let identity = sealane_crypto::curve::Point::identity().encode();
    let cases = [
        modulus,
        changed(|f| f.statement.mask = 0),
        changed(|f| f.statement.commitment = identity),
        changed(|f| f.statement.blinded[3] = identity),
        changed(|f| f.statement.blinded[3] = [0xee; 32]),
        changed(|f| f.statement.blinded.truncate(6)),
        changed(|f| f.statement.blinded.push(identity)),
    ];
    for financing in &cases {
        assert!(matches!(
            verifier.verify(financing),
            Err(VerifyError::Statement(_))
        ));
    }
    let answers = verifier.verify_batch(&cases).expect("randomness");
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer, Err(VerifyError::Statement(_))))
    );
    let refused = verifier.verify(&cases[1]);
    assert_eq!(
        refused,
        Err(VerifyError::Statement(StatementError::Mask(0)))
    );
}

/// RELIABILITY 15, the proof's part: infinity, off the curve, outside the subgroup, x plus the modulus.
#[test]
fn points_of_a_proof_are_checked() {
    let verifier = verifier();
    let places = [("A", 0..48), ("B", 48..144), ("C", 144..192)];
    for (name, place) in places {
        let infinity = changed(|f| {
            f.proof[place.clone()].fill(0);
            f.proof[place.start] = 0xc0;
        });
        let expected = VerifyError::Proof(ProofError::Identity(name));
        assert_eq!(verifier.verify(&infinity), Err(expected));
        let mut seen = 0;
        for byte in 0..12 {
            let off = changed(|f| f.proof[place.end - 1] ^= 1 << (byte % 8));
            let refused = verifier.verify(&off).expect_err("another point or none");
            seen += usize::from(refused == VerifyError::Proof(ProofError::Point(name)));
        }
        assert!(seen > 0, "{name}: off the curve or outside the subgroup");
        let uncompressed = changed(|f| f.proof[place.start] &= 0x7f);
        assert_eq!(
            verifier.verify(&uncompressed),
            Err(VerifyError::Proof(ProofError::Point(name)))
        );
    }
    let outside = (0_u64..)
        .map(Fq::from)
        .filter_map(|x| G1Affine::get_point_from_x_unchecked(x, false));
    let outside = outside
        .into_iter()
        .find(|p| !p.is_in_correct_subgroup_assuming_on_curve());
    let outside = changed(|f| {
        let point = outside.expect("almost every point");
        point
            .serialize_compressed(&mut f.proof[..48])
            .expect("48 bytes");
    });
    assert_eq!(
        verifier.verify(&outside),
        Err(VerifyError::Proof(ProofError::Point("A")))
    );
    let aliased = changed(|f| {
        let mut x = [0; 48];
        x.copy_from_slice(&f.proof[..48]);
        let flags = x[0] & 0xe0;
        x[0] &= 0x1f;
        let mut number = ark_ff::BigInt::<6>::new([0; 6]);
        for (limb, bytes) in number.0.iter_mut().rev().zip(x.chunks(8)) {
            *limb = u64::from_be_bytes(bytes.try_into().expect("8 bytes"));
        }
        number.add_with_carry(&Fq::MODULUS);
        f.proof[..48].copy_from_slice(&number.to_bytes_be());
        f.proof[0] |= flags;
    });
    assert!(verifier.verify(&aliased).is_err());
}

/// RELIABILITY 18: another proof of the same statement verifies and says the same.
#[test]
fn a_rerandomised_proof_says_the_same_and_is_another_in_the_cache() {
    let verifier = verifier();
    let other = rerandomised(&stored(), 5);
    assert_ne!(other.proof, stored().proof);
    assert_eq!(verifier.verify(&other), verifier.verify(&stored()));
    assert_ne!(verifier.cache_key(&other), verifier.cache_key(&stored()));
}

/// RELIABILITY 19: one bad proof at every place of a batch; the culprit is named.
#[test]
fn one_bad_proof_is_named_wherever_it_stands() {
    let verifier = verifier();
    for place in 0..8 {
        let mut batch: Vec<_> = (2..10)
            .map(|factor| rerandomised(&stored(), factor))
            .collect();
        batch[place].statement.root[0] ^= 1;
        let answers = verifier.verify_batch(&batch).expect("randomness");
        for (index, answer) in answers.iter().enumerate() {
            assert_eq!(answer.is_ok(), index != place);
        }
    }
}

/// RELIABILITY 19: two false proofs whose errors cancel under equal weights. Weights that differ by proof, and
/// that nobody can foresee, do not let them.
#[test]
fn errors_that_cancel_under_equal_weights_are_caught() {
    let verifier = verifier();
    let shifted = |sign: bool| {
        changed(|f| {
            let c = G1Affine::deserialize_compressed(&f.proof[144..]).expect("a point");
            let error = G1Affine::generator();
            let c = if sign { c + error } else { c - error };
            c.into_affine()
                .serialize_compressed(&mut f.proof[144..])
                .expect("48 bytes");
        })
    };
    let batch = [shifted(true), shifted(false)];
    assert!(
        holds_under(&verifier, &batch, &[Fr::ONE, Fr::ONE]),
        "the trap works"
    );
    assert!(!holds_under(&verifier, &batch, &weights_of(&[1; 32], 2)));
    let answers = verifier.verify_batch(&batch).expect("randomness");
    assert!(
        answers
            .iter()
            .all(|answer| *answer == Err(VerifyError::Refused))
    );
    let weights = weights_of(&[1; 32], 64);
    for (index, weight) in weights.iter().enumerate() {
        assert!(!weights[..index].contains(weight) && *weight != Fr::ZERO);
        assert!(weight.into_bigint().num_bits() <= 128);
    }
    assert_ne!(weights, weights_of(&[2; 32], 64));
}

/// RELIABILITY 20: no byte of a financing or of the key is outside the cache's key.
#[test]
fn every_byte_moves_the_cache_key() {
    let verifier = verifier();
    let honest = verifier.cache_key(&stored());
    let mut others = vec![
        changed(|f| f.statement.root[31] ^= 1),
        changed(|f| f.statement.context[31] ^= 1),
        changed(|f| f.statement.mask ^= 1),
        changed(|f| f.statement.amount_commitment[31] ^= 1),
        changed(|f| f.statement.commitment[31] ^= 1),
        changed(|f| f.statement.blinded.push([0; 32])),
    ];
    others.extend((0..7).map(|slot| changed(|f| f.statement.blinded[slot][0] ^= 1)));
    others.extend((0..PROOF_BYTES).map(|byte| changed(|f| f.proof[byte] ^= 1)));
    assert!(
        others
            .iter()
            .all(|other| verifier.cache_key(other) != honest)
    );
}

#[test]
fn the_embedded_key_is_the_pinned_one_and_other_bytes_are_no_key() {
    let key = VerifyingKey::financing_test();
    let pins = include_str!("../../specs/vectors/financing-v1.keys");
    assert!(pins.contains(&hex::encode(key.id())));
    let bytes = key.encode();
    assert_eq!(VerifyingKey::decode(&bytes), Ok(key.clone()));
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = bytes.clone();
        change(&mut bytes);
        VerifyingKey::decode(&bytes)
    };
    assert_eq!(with(&|b| b.push(0)), Err(KeyError::Malformed));
    assert_eq!(with(&|b| b.truncate(100)), Err(KeyError::Malformed));
    assert_eq!(with(&|b| b[336..344].fill(0xff)), Err(KeyError::Malformed));
    assert_eq!(with(&|b| b.resize(100_000, 0)), Err(KeyError::Malformed));
    let points = [(0, 48), (48, 96), (144, 96), (240, 96)];
    let inputs = (0..=PUBLIC_INPUTS).map(|at| (344 + 48 * at, 48));
    for (at, length) in points.into_iter().chain(inputs) {
        let identity = with(&|b| {
            b[at..at + length].fill(0);
            b[at] = 0xc0;
        });
        assert_eq!(identity, Err(KeyError::Identity), "the point at byte {at}");
    }
    let one = include_str!("../../specs/vectors/financing-one-fingerprint-v1.verifying-key");
    let one = hex::decode(one.trim()).expect("hex");
    let other = KeyError::Inputs {
        found: 8,
        expected: 20,
    };
    assert_eq!(VerifyingKey::decode(&one), Err(other));
}

/// RELIABILITY 17: under another key of the same shape nothing verifies.
#[test]
fn a_proof_for_another_key_is_refused() {
    let mut rng = test_rng();
    let mut key = VerifyingKey::financing_test();
    key.delta_g2 = (key.delta_g2 * Fr::rand(&mut rng)).into_affine();
    let verifier = Verifier::new(&key);
    assert_eq!(verifier.verify(&stored()), Err(VerifyError::Refused));
    let answers = verifier.verify_batch(&[stored()]).expect("randomness");
    assert_eq!(answers, [Err(VerifyError::Refused)]);
    assert_ne!(verifier.key_id(), self::verifier().key_id());
}
