//! The stored proof is accepted; nothing else is.

use ark_bls12_381::{Fq, Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use sealane_statements::financing::{FinancingStatement, PUBLIC_INPUTS, UncheckedStatement};

use super::*;
use crate::verify::testing::{holds_under, weights_of};

/// A financing proof with its statement, as bytes.
#[derive(Clone)]
struct Financing {
    statement: UncheckedStatement,
    proof: [u8; PROOF_BYTES],
}

impl Financing {
    fn claim(&self) -> Claim {
        let statement = FinancingStatement::decode(&self.statement);
        Claim {
            key: ClaimKey::Known(key().id()),
            inputs: statement.expect("a statement").public_inputs(),
            proof: self.proof,
        }
    }
}

fn alone(key: &PreparedKey, financing: &Financing) -> Result<(), VerifyError> {
    let Claim { inputs, proof, .. } = financing.claim();
    key.verify(&inputs, &proof)
}

fn together(key: &PreparedKey, batch: &[Financing]) -> Vec<Result<(), VerifyError>> {
    let claims: Vec<Claim> = batch.iter().map(Financing::claim).collect();
    key.verify_batch(&shown(&claims)).expect("randomness")
}

/// Whether the batch equation holds under weights that the test chooses.
fn cancels(key: &PreparedKey, batch: &[Financing], weights: &[Fr]) -> bool {
    let claims: Vec<Claim> = batch.iter().map(Financing::claim).collect();
    holds_under(key, &shown(&claims), weights)
}

fn shown(claims: &[Claim]) -> Vec<Shown<'_>> {
    let shown = claims.iter().map(|claim| (&claim.inputs[..], &claim.proof));
    shown.collect()
}

/// The stored financing.
fn stored() -> Financing {
    let text = include_str!("../../specs/vectors/financing-v2.proof");
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
    Financing {
        statement: UncheckedStatement {
            root: one("root"),
            context: one("context"),
            alias: one("alias"),
            mask: u16::from_be_bytes(all("mask")[0].clone().try_into().expect("2 bytes")),
            amount_commitment: one("amount-commitment"),
            commitment: one("commitment"),
            blinded: blinded.collect(),
        },
        proof: all("proof")[0].clone().try_into().expect("192 bytes"),
    }
}

fn key() -> PreparedKey {
    PreparedKey::financing_test()
}

fn changed(change: impl Fn(&mut Financing)) -> Financing {
    let mut financing = stored();
    change(&mut financing);
    financing
}

/// A proof of the same statement with other points (the paper 2020/811, its figure 1): Groth16's proofs can be
/// re-randomised by anybody, so nothing may be keyed by a proof's bytes.
fn rerandomised(financing: &Financing, factor: u64) -> Financing {
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
    let key = key();
    assert_eq!(alone(&key, &stored()), Ok(()));
    let batch: Vec<_> = (2..66)
        .map(|factor| rerandomised(&stored(), factor))
        .collect();
    let answers = together(&key, &batch);
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(together(&key, &[]), []);
}

/// RELIABILITY 17.
#[test]
fn a_changed_public_input_is_refused() {
    let key = key();
    let points = stored().statement.blinded;
    let mut refused = Vec::new();
    refused.push(changed(|f| f.statement.root[0] ^= 1));
    refused.push(changed(|f| f.statement.context[0] ^= 1));
    refused.push(changed(|f| f.statement.alias[0] ^= 1));
    refused.push(changed(|f| f.statement.amount_commitment[0] ^= 1));
    refused.push(changed(|f| f.statement.commitment = points[0]));
    refused.push(changed(|f| f.statement.commitment[31] ^= 0x80)); // −S
    refused.push(changed(|f| {
        let statement = &mut f.statement;
        std::mem::swap(&mut statement.root, &mut statement.context);
    }));
    for slot in 0..points.len() {
        let next = points[(slot + 1) % points.len()];
        refused.push(changed(|f| f.statement.blinded[slot] = next));
        refused.push(changed(|f| f.statement.blinded[slot][31] ^= 0x80)); // −B
        refused.push(changed(|f| f.statement.blinded.swap(slot, (slot + 1) % 12)));
    }
    refused.push(changed(|f| {
        f.statement.mask = 0xbff; // a rule said not to apply
        f.statement.blinded.remove(10);
    }));
    for financing in &refused {
        assert_eq!(alone(&key, financing), Err(VerifyError::Refused));
    }
    let answers = together(&key, &refused);
    assert!(
        answers
            .iter()
            .all(|answer| *answer == Err(VerifyError::Refused))
    );
}

/// RELIABILITY 15, the proof's part (the statement's: `sealane-statements`): infinity, off the curve, outside the subgroup, x plus the modulus.
#[test]
fn points_of_a_proof_are_checked() {
    let key = key();
    let places = [("A", 0..48), ("B", 48..144), ("C", 144..192)];
    for (name, place) in places {
        let infinity = changed(|f| {
            f.proof[place.clone()].fill(0);
            f.proof[place.start] = 0xc0;
        });
        let expected = VerifyError::Proof(ProofError::Identity(name));
        assert_eq!(alone(&key, &infinity), Err(expected));
        let mut seen = 0;
        for byte in 0..12 {
            let off = changed(|f| f.proof[place.end - 1] ^= 1 << (byte % 8));
            let refused = alone(&key, &off).expect_err("another point or none");
            seen += usize::from(refused == VerifyError::Proof(ProofError::Point(name)));
        }
        assert!(seen > 0, "{name}: off the curve or outside the subgroup");
        let uncompressed = changed(|f| f.proof[place.start] &= 0x7f);
        assert_eq!(
            alone(&key, &uncompressed),
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
        alone(&key, &outside),
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
    assert!(alone(&key, &aliased).is_err());
}

/// RELIABILITY 18: another proof of the same statement verifies and says the same.
#[test]
fn a_rerandomised_proof_says_the_same_and_is_another_in_the_cache() {
    let key = key();
    let other = rerandomised(&stored(), 5);
    assert_ne!(other.proof, stored().proof);
    assert_eq!(alone(&key, &other), alone(&key, &stored()));
    let [other, stored] = [other, stored()].map(|one| cached(&one.claim()));
    assert_ne!(other, stored);
}

/// RELIABILITY 19: one bad proof at every place of a batch; the culprit is named.
#[test]
fn one_bad_proof_is_named_wherever_it_stands() {
    let key = key();
    for place in 0..8 {
        let mut batch: Vec<_> = (2..10)
            .map(|factor| rerandomised(&stored(), factor))
            .collect();
        batch[place].statement.root[0] ^= 1;
        let answers = together(&key, &batch);
        for (index, answer) in answers.iter().enumerate() {
            assert_eq!(answer.is_ok(), index != place);
        }
    }
}

/// RELIABILITY 19: two false proofs whose errors cancel under equal weights. Weights that differ by proof, and
/// that nobody can foresee, do not let them.
#[test]
fn errors_that_cancel_under_equal_weights_are_caught() {
    let key = key();
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
    assert!(cancels(&key, &batch, &[Fr::ONE, Fr::ONE]), "the trap works");
    assert!(!cancels(&key, &batch, &weights_of(&[1; 32], 2)));
    let answers = together(&key, &batch);
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

fn cached(claim: &Claim) -> Option<[u8; 32]> {
    Keys::with_test_key().cache_key(claim)
}

/// RELIABILITY 20: no byte of public inputs, proof or key is outside the cache's key.
#[test]
fn every_byte_moves_the_cache_key() {
    let honest = stored().claim();
    let name = cached(&honest).expect("its key is there");
    let with = |change: &dyn Fn(&mut Claim)| {
        let mut claim = honest.clone();
        change(&mut claim);
        cached(&claim)
    };
    let mut others: Vec<_> = (0..PUBLIC_INPUTS)
        .map(|at| with(&|claim| claim.inputs[at] += Fr::ONE))
        .collect();
    others.push(with(&|claim| claim.inputs.swap(0, 1)));
    others.extend((0..PROOF_BYTES).map(|byte| with(&|claim| claim.proof[byte] ^= 1)));
    others.push(with(&|claim| claim.key = published(&another_key())));
    assert!(
        others
            .iter()
            .all(|other| other.is_some_and(|other| other != name))
    );
    let same = with(&|claim| claim.key = published(&VerifyingKey::financing_test()));
    assert_eq!(same, Some(name), "one key, whoever brings it");
}

fn published(key: &VerifyingKey) -> ClaimKey {
    ClaimKey::Published(key.encode().into())
}

/// A key of the same shape under which nothing is proven.
fn another_key() -> VerifyingKey {
    let mut key = VerifyingKey::financing_test();
    key.delta_g2 = (key.delta_g2 * Fr::from(3_u8)).into_affine();
    key
}

#[test]
fn claims_under_several_keys_are_each_verified_under_their_own() {
    let keys = Keys::with_test_key();
    let honest = stored().claim();
    let under = |key| Claim {
        key,
        ..honest.clone()
    };
    let mut wrong = honest.clone();
    wrong.inputs[0] += Fr::ONE;
    let mut more = under(published(&VerifyingKey::financing_test()));
    more.inputs.push(Fr::ZERO);
    let claims = [
        honest.clone(),
        under(published(&another_key())),
        under(published(&VerifyingKey::financing_test())),
        wrong,
        under(ClaimKey::Known([1; 32])),
        under(ClaimKey::Published([0; 344].into())),
        more,
        rerandomised(&stored(), 5).claim(),
    ];
    let expected = [true, false, true, false, false, false, false, true];
    assert_eq!(keys.hold(&claims), expected);
    let named = claims.iter().map(|claim| keys.cache_key(claim).is_some());
    let there = [true, true, true, true, false, false, false, true];
    assert!(
        named.eq(there),
        "a key for other inputs is not there either"
    );
    assert_eq!(keys.hold(&[]), [false; 0]);
}

#[test]
fn the_embedded_key_is_the_pinned_one_and_other_bytes_are_no_key() {
    let key = VerifyingKey::financing_test();
    let pins = include_str!("../../specs/vectors/financing-v2.keys");
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
    let other = KeyError::Inputs {
        found: PUBLIC_INPUTS,
        expected: 20,
    };
    assert_eq!(VerifyingKey::decode_for(&bytes, 20), Err(other));
    assert_eq!(VerifyingKey::inputs_of(&bytes), Some(PUBLIC_INPUTS));
    let mut unread = bytes.clone();
    unread[344..].fill(0xff);
    assert_eq!(
        VerifyingKey::decode_for(&unread, 20),
        Err(other),
        "counted before a point is decoded"
    );
}

/// RELIABILITY 17: under another key of the same shape nothing verifies.
#[test]
fn a_proof_for_another_key_is_refused() {
    let other = PreparedKey::new(&another_key());
    assert_eq!(alone(&other, &stored()), Err(VerifyError::Refused));
    let answers = together(&other, &[stored()]);
    assert_eq!(answers, [Err(VerifyError::Refused)]);
    assert_ne!(other.id(), key().id());
}

/// A point of the curve over the field of G2, outside the group: whatever is added to it.
fn outside_the_second_group() -> G2Affine {
    let x = |number: u64| ark_bls12_381::Fq2::new(Fq::from(number), Fq::ONE);
    let point = (1_u64..).find_map(|number| G2Affine::get_point_from_x_unchecked(x(number), false));
    let point = point.expect("half of all x");
    assert!(!point.is_in_correct_subgroup_assuming_on_curve());
    point
}

/// B of a proof, outside of G2 by a part of small or other order: alone and in a batch, each such proof is named.
#[test]
fn points_outside_the_second_group_are_seen_wherever_they_stand() {
    let key = key();
    let honest = G2Affine::deserialize_compressed(&stored().proof[48..144]).expect("a point");
    let outside = outside_the_second_group();
    // the part that the honest point does not have: killed by the group's order it stays what it is not
    let part = outside.mul_bigint(Fr::MODULUS).into_affine();
    assert!(!part.is_zero());
    let all = [outside, part, (honest + part).into_affine(), -part];
    let refused = VerifyError::Proof(ProofError::Point("B"));
    let with = |point: G2Affine| {
        changed(|f| {
            let written = point.serialize_compressed(&mut f.proof[48..144]);
            written.expect("96 bytes");
        })
    };
    for (place, point) in all.into_iter().enumerate() {
        assert_eq!(alone(&key, &with(point)), Err(refused));
        let mut batch = vec![stored(); 5];
        batch[place] = with(point);
        let answers = together(&key, &batch);
        for (index, answer) in answers.iter().enumerate() {
            assert_eq!(answer.is_ok(), index != place);
        }
        assert_eq!(answers[place], Err(refused));
    }
}

/// Every flip of one bit of B: other bytes are no point, or no point of the group; none is accepted.
#[test]
fn every_flip_of_the_second_groups_point_is_seen() {
    let key = key();
    for bit in 0..96 * 8 {
        let flipped = changed(|f| f.proof[48 + bit / 8] ^= 1 << (bit % 8));
        match alone(&key, &flipped) {
            Err(VerifyError::Proof(_)) => {}
            // the sign bit alone gives another point of the group: −B
            Err(VerifyError::Refused) => assert_eq!(bit, 5, "the sign's bit"),
            other => panic!("bit {bit}: {other:?}"),
        }
    }
}

/// Two proofs wrong by `e·G` and `f·G`, so that weights `w`, `v` with `w·e + v·f = 0` hide it.
fn cancelling(first: Fr, second: Fr) -> [Financing; 2] {
    [first, second].map(|error| {
        changed(|f| {
            let c = G1Affine::deserialize_compressed(&f.proof[144..]).expect("a point");
            let c = (c + G1Affine::generator() * error).into_affine();
            let written = c.serialize_compressed(&mut f.proof[144..]);
            written.expect("48 bytes");
        })
    })
}

/// Whoever knows the weights beforehand makes two false proofs that cancel. The verifier's are drawn when the batch is there, and from
/// every byte of it.
#[test]
fn errors_that_cancel_under_weights_known_beforehand_are_caught() {
    let key = key();
    let known = weights_of(&[1; 32], 2);
    let batch = cancelling(known[1], -known[0]);
    assert!(cancels(&key, &batch, &known), "the trap works");
    for _ in 0..8 {
        let answers = together(&key, &batch);
        assert_eq!(
            answers,
            [Err(VerifyError::Refused), Err(VerifyError::Refused)]
        );
    }
    // the same with a batch's own seed would need it to be fixed: another byte is another seed
    let others = weights_of(&[2; 32], 2);
    assert!(!cancels(&key, &batch, &others));
}

/// Weights of few bits are guessed: among so many pairs of two bits one hides the error. The verifier's have 128, and all of them count.
#[test]
fn weights_have_all_their_bits() {
    let key = key();
    let batch = cancelling(Fr::from(3_u8), -Fr::from(2_u8));
    let few = (1..4_u8).flat_map(|w| (1..4_u8).map(move |v| [w, v].map(Fr::from)));
    let hidden = few.filter(|weights| cancels(&key, &batch, weights));
    assert_eq!(hidden.count(), 1, "the trap works");
    let mut set = [0_u32; 128];
    let count = 256;
    for weight in weights_of(&[7; 32], count) {
        let number = weight.into_bigint();
        assert!(number.num_bits() <= 128);
        (0..128).for_each(|bit| set[bit] += u32::from(number.get_bit(bit)));
    }
    // half of them, more or less: eight deviations of eight
    assert!(set.iter().all(|set| (64..=192).contains(set)), "{set:?}");
}

/// A statement with an input too many, as of another circuit: alone and in a batch it is refused, and spoils none beside it.
#[test]
fn a_statement_with_an_input_too_many_is_refused_alone_and_in_a_batch() {
    let key = key();
    let honest = stored().claim();
    let more = [&honest.inputs[..], &[Fr::ZERO]].concat();
    let fewer = honest.inputs[..PUBLIC_INPUTS - 1].to_vec();
    for wrong in [more, fewer, Vec::new()] {
        let alone = key.verify(&wrong, &honest.proof);
        assert_eq!(alone, Err(VerifyError::Refused));
        for place in 0..3 {
            let mut batch = vec![honest.clone(); 3];
            batch[place].inputs.clone_from(&wrong);
            let answers = key.verify_batch(&shown(&batch)).expect("randomness");
            for (index, answer) in answers.iter().enumerate() {
                assert_eq!(answer.is_ok(), index != place);
            }
        }
    }
}

/// With γ = δ a proof of one statement is made into one of any other: the statement's points are taken from C. Such a key is refused,
/// and what that forgery gives does not pass under the network's key.
#[test]
fn a_key_whose_gamma_is_its_delta_is_refused() {
    let mut key = VerifyingKey::financing_test();
    key.gamma_g2 = key.delta_g2;
    assert_eq!(
        VerifyingKey::decode(&key.encode()),
        Err(KeyError::GammaIsDelta)
    );
    // the trap works: under such a key anything has a proof, from A = α, B = β and C that takes the inputs away
    let forged = |key: &VerifyingKey, inputs: &[Fr]| {
        let points = key.gamma_abc_g1[1..].iter().zip(inputs);
        let sum = points.fold(key.gamma_abc_g1[0].into_group(), |sum, (p, x)| {
            sum + *p * *x
        });
        let mut proof = [0; PROOF_BYTES];
        let parts = (key.alpha_g1, key.beta_g2, (-sum).into_affine());
        parts.0.serialize_compressed(&mut proof[..48]).expect("48");
        parts
            .1
            .serialize_compressed(&mut proof[48..144])
            .expect("96");
        parts.2.serialize_compressed(&mut proof[144..]).expect("48");
        proof
    };
    let lie = changed(|f| f.statement.root[0] ^= 1);
    let lie = Financing {
        proof: forged(&key, &lie.claim().inputs),
        ..lie
    };
    let broken = PreparedKey::new(&key);
    assert_eq!(alone(&broken, &lie), Ok(()), "the trap works");
    assert_eq!(alone(&self::key(), &lie), Err(VerifyError::Refused));
}
