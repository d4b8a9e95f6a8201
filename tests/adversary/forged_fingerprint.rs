//! A bank that shows fingerprints other than its document's, so as to finance it twice.

use ark_ec::{AffineRepr as _, CurveGroup as _};
use ark_ed_on_bls12_381::EdwardsAffine;
use ark_serialize::{CanonicalDeserialize as _, CanonicalSerialize as _};
use sealane_crypto::curve::{Blinding, Point};
use sealane_crypto::oprf::Parties;
use sealane_ledger::sharing::slot_keys;
use sealane_types::ids::{DleqProof, PointBytes};
use sealane_types::transaction::Finance;

use super::*;

fn read(bytes: &PointBytes) -> EdwardsAffine {
    EdwardsAffine::deserialize_compressed_unchecked(&bytes.as_bytes()[..]).unwrap()
}

fn bytes_of(point: EdwardsAffine) -> PointBytes {
    let mut bytes = [0; 32];
    point.serialize_compressed(&mut bytes[..]).unwrap();
    PointBytes::new(bytes)
}

/// A point of order two, four or eight, by `order`.
fn small_order(order: u64) -> EdwardsAffine {
    // a random point, times the large prime: what is left is of order 8 or less
    let prime = <ark_ed_on_bls12_381::Fr as ark_ff::PrimeField>::MODULUS;
    let mut rng = ark_std::test_rng();
    loop {
        let v: ark_bls12_381::Fr = ark_std::UniformRand::rand(&mut rng);
        let Some(point) = EdwardsAffine::get_point_from_y_unchecked(v, true) else {
            continue;
        };
        let left = point.mul_bigint(prime).into_affine();
        if left.mul_bigint([4]).into_affine().is_zero() {
            continue; // of order 4 or less
        }
        return left.mul_bigint([8 / order]).into_affine();
    }
}

/// What must not pass for `honest`: points with a part of small order, the identity, bytes that are no
/// point, other bytes of the same point.
pub(super) fn no_points(honest: &PointBytes) -> Vec<(&'static str, PointBytes)> {
    let point = read(honest);
    let plus = |order| bytes_of((point + small_order(order)).into_affine());
    let mut off_curve = *honest.as_bytes();
    while EdwardsAffine::deserialize_compressed_unchecked(&off_curve[..]).is_ok() {
        off_curve[0] = off_curve[0].wrapping_add(1);
    }
    vec![
        ("a point plus one of order 2", plus(2)),
        ("a point plus one of order 4", plus(4)),
        ("a point plus one of order 8", plus(8)),
        ("a point of order 8", bytes_of(small_order(8))),
        ("the identity", bytes_of(EdwardsAffine::zero())),
        (
            "the identity with the other sign",
            PointBytes::new(std::array::from_fn(|at| match at {
                0 => 1,
                31 => 0x80,
                _ => 0,
            })),
        ),
        ("off the curve", PointBytes::new(off_curve)),
        ("above the modulus", PointBytes::new([0xff; 32])),
    ]
}

fn shown(chain: &mut Chain<'_>, finance: Finance) -> Result<Done, Refusal> {
    chain.send(A, Payload::Finance(finance))
}

#[test]
fn only_the_documents_own_fingerprints_pass() {
    let mut chain = chain();
    let (own, other) = (deal(A, 0), deal(A, 1));
    ready(&mut chain, &own);
    ready(&mut chain, &other);
    let honest = chain.finance(A, &own.id());
    let of_other = chain.finance(A, &other.id());

    for at in 0..honest.fingerprints.len() {
        for (what, bytes) in no_points(&honest.fingerprints[at]) {
            let mut forged = honest.clone();
            forged.fingerprints[at] = bytes;
            assert_eq!(
                shown(&mut chain, forged),
                Err(Refusal::WrongProof),
                "T {at} is {what}"
            );
        }
        let mut forged = honest.clone();
        forged.fingerprints[at] = of_other.fingerprints[at];
        assert_eq!(
            shown(&mut chain, forged),
            Err(Refusal::WrongProof),
            "T {at} is another document's"
        );
        let mut forged = honest.clone();
        let negative = -read(&honest.fingerprints[at]);
        forged.fingerprints[at] = bytes_of(negative);
        assert_eq!(
            shown(&mut chain, forged),
            Err(Refusal::WrongProof),
            "T {at} is −T"
        );
    }
    let borrowed = Finance {
        record: own.id(),
        ..of_other.clone()
    };
    assert_eq!(
        shown(&mut chain, borrowed),
        Err(Refusal::WrongProof),
        "another record's T and proof"
    );
    let mut swapped = honest.clone();
    swapped.fingerprints.swap(0, 1);
    assert_eq!(
        shown(&mut chain, swapped),
        Err(Refusal::WrongProof),
        "T of two rules swapped"
    );
    let mut short = honest.clone();
    short.fingerprints.pop();
    assert_eq!(
        shown(&mut chain, short),
        Err(Refusal::WrongProof),
        "one T too few"
    );
    assert_eq!(shown(&mut chain, honest), FINANCED);
}

/// `T' = r'⁻¹·Z` would be a fingerprint that nobody has taken.
#[test]
fn another_blinding_than_the_presented_one_does_not_finish() {
    let mut chain = chain();
    let own = deal(A, 0);
    ready(&mut chain, &own);
    let parties = Parties { sealer: A, bank: A };
    let other = Blinding::from_bytes([0x42; 32]);
    let keys = slot_keys(&chain.state).unwrap();
    let refused = chain.answered(&own.id()).finish(&keys, &other, parties);
    assert!(
        refused.is_err(),
        "the library says no before the ledger does"
    );
    // so the adversary does it by hand, with the proof of the honest s
    let honest = chain.finance(A, &own.id());
    let answered = chain.answered(&own.id());
    let slots = answered.question().blinded().mask().slots();
    let points = slots
        .zip(answered.points())
        .map(|(slot, point)| *point - keys.points()[slot].times(&other.scalar()));
    let forged: Vec<PointBytes> = points
        .map(|point: Point| PointBytes::new(point.encode()))
        .collect();
    let finance = Finance {
        fingerprints: forged,
        ..honest.clone()
    };
    assert_eq!(shown(&mut chain, finance), Err(Refusal::WrongProof));
    assert_eq!(shown(&mut chain, honest), FINANCED);
}

/// Every bit of the proof counts, and no other proof does.
#[test]
fn the_last_proof_is_bound_to_everything() {
    let mut chain = chain();
    let own = deal(A, 0);
    ready(&mut chain, &own);
    let honest = chain.finance(A, &own.id());
    for at in [0, 17, 31, 32, 50, 63, 64, 80, 95] {
        let mut proof = *honest.proof.as_bytes();
        proof[at] ^= 1;
        let forged = Finance {
            proof: DleqProof::new(proof),
            ..honest.clone()
        };
        assert_eq!(
            shown(&mut chain, forged),
            Err(Refusal::WrongProof),
            "byte {at}"
        );
    }
    // made for another bank: bank B as financing bank, A as sealer
    let parties = Parties { sealer: A, bank: B };
    let keys = slot_keys(&chain.state).unwrap();
    let witness = sealane_tests::deals::witness(&A, &own.record);
    let answered = chain.answered(&own.id());
    let finished = answered.finish(&keys, witness.blinding(), parties);
    let finished = finished.unwrap();
    let forged = Finance {
        proof: finished.proof,
        ..honest.clone()
    };
    assert_eq!(
        shown(&mut chain, forged),
        Err(Refusal::WrongProof),
        "made for bank B"
    );
    assert_eq!(shown(&mut chain, honest), FINANCED);
}
