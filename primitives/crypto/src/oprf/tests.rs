//! The protocol whole, for 1 of 1, 3 of 4 and 7 of 10 in one process; who cheats is named.

use ark_bls12_381::Fr;
use ark_ed_on_bls12_381::{EdwardsAffine, Fr as Order};
use ark_ff::{AdditiveGroup, PrimeField};
use sealane_types::fingerprint::{Fingerprint, Mask, Rule, SLOTS};
use sealane_types::ids::{AliasId, ChainId, DleqProof, PointBytes, RecordId};
use sealane_types::transaction::Answer;

use super::*;
use crate::curve::{Blinding, Point, Scalar, map_to_curve};

const PARTIES: Parties = Parties {
    sealer: AliasId::new([1; 32]),
    bank: AliasId::new([2; 32]),
};
const CHAIN: ChainId = ChainId::new([3; 32]);
const RECORD: RecordId = RecordId::new([4; 32]);
const SELLER: AliasId = AliasId::new([6; 32]);

/// Slots 0 to 7, 9 and 11: the places in the mask and the numbers of the slots differ.
fn mask() -> Mask {
    Mask::new(0b1010_1111_1111).expect("without slots 8 and 10")
}

fn inputs() -> [Point; SLOTS] {
    let map = |slot: usize| map_to_curve(Fr::from(100 + slot as u64));
    std::array::from_fn(|slot| map(slot).expect("not of small order"))
}

fn blinding(number: u8) -> Blinding {
    Blinding::from_bytes([number; 32])
}

fn question(inputs: &[Point; SLOTS], s: &Blinding) -> Question {
    let blinded = Blinded::blind(mask(), inputs, s).expect("this system");
    Question::new(CHAIN, RECORD, SELLER, blinded)
}

/// The slot keys that the first holders' confirmations give.
fn slot_keys(key: &KeyPublic, shares: &[KeyShare]) -> SlotKeys {
    let alias = AliasId::new([7; 32]);
    let checked = shares.iter().map(|share| {
        let said = share.confirm(key, &CHAIN, &alias).expect("its own key");
        let checked = key.check_confirmation(&CHAIN, &alias, share.index(), &said);
        checked.expect("honest")
    });
    SlotKeys::combine(key, &checked.collect::<Vec<_>>()).expect("enough")
}

fn deal(threshold: u16, holders: u16) -> (KeyPublic, Vec<KeyShare>) {
    let dealt = KeySecret::from_seed(&[9; 32]).deal(Epoch(1), threshold, holders);
    dealt.expect("a threshold that fits")
}

fn checked(question: &Question, key: &KeyPublic, share: &KeyShare) -> CheckedAnswer {
    let answer = share.answer(question).expect("this system");
    question
        .check_answer(key, &answer)
        .expect("an honest answer")
}

/// The fingerprints that the holders at `who` (from 0) and the ledger come to.
fn run(
    key: &KeyPublic,
    shares: &[KeyShare],
    who: &[usize],
    inputs: &[Point; SLOTS],
    r: u8,
) -> Vec<Fingerprint> {
    let r = blinding(r);
    let question = question(inputs, &r);
    let answers: Vec<_> = who
        .iter()
        .map(|at| checked(&question, key, &shares[*at]))
        .collect();
    let answered = question.combine(key, &answers).expect("enough answers");
    let keys = slot_keys(key, shares);
    let finished = answered.clone().finish(&keys, &r, PARTIES);
    let finished = finished.expect("the same s");
    let taken = answered
        .check(&keys, PARTIES, &finished.points, &finished.proof)
        .expect("honest");
    assert_eq!(taken, finished.fingerprints);
    taken
}

#[test]
fn any_threshold_of_holders_and_any_blinding_give_the_same_fingerprints() {
    let (key, shares) = deal(1, 1);
    let expected = run(&key, &shares, &[0], &inputs(), 1);
    let plain = |point: &Point| {
        let secret = Order::from_le_bytes_mod_order(&crate::hash::hash_wide(
            crate::tags::OPRF_SECRET,
            &[&[9; 32]],
        ));
        crate::curve::encode_element(&point.times(&Scalar::from(secret)).v())
    };
    let values: Vec<_> = expected.iter().map(|print| print.value).collect();
    let all = inputs();
    let plain: Vec<_> = mask().slots().map(|slot| plain(&all[slot])).collect();
    assert_eq!(values, plain, "v(k·P)");
    let rules: Vec<_> = expected.iter().map(|print| print.rule).collect();
    assert_eq!(rules[..7], [Rule::Strict; 7]);
    use Rule::{NameNumberAmount, OrderReference, WithoutDate};
    assert_eq!(rules[7..], [WithoutDate, OrderReference, NameNumberAmount]);
    assert_eq!(run(&key, &shares, &[0], &inputs(), 2), expected);

    let (key, shares) = deal(3, 4);
    for (r, who) in [[0, 1, 2], [0, 1, 3], [0, 2, 3], [3, 2, 1]]
        .iter()
        .enumerate()
    {
        assert_eq!(run(&key, &shares, who, &inputs(), r as u8), expected);
    }
    assert_eq!(
        run(&key, &shares, &[3, 1, 0, 2], &inputs(), 7),
        expected,
        "the first three of four"
    );

    let (key, shares) = deal(7, 10);
    for who in [
        [0, 1, 2, 3, 4, 5, 6],
        [9, 8, 7, 6, 5, 4, 3],
        [0, 2, 4, 6, 8, 9, 1],
    ] {
        assert_eq!(run(&key, &shares, &who, &inputs(), 200), expected);
    }
}

#[test]
fn a_point_and_its_negative_have_one_fingerprint_and_others_have_others() {
    let (key, shares) = deal(1, 1);
    let expected = run(&key, &shares, &[0], &inputs(), 1);
    let negated = inputs().map(|point| -point);
    assert_eq!(run(&key, &shares, &[0], &negated, 1), expected);
    for (at, first) in expected.iter().enumerate() {
        assert!(
            expected[..at]
                .iter()
                .all(|other| other.value != first.value)
        );
    }
    let other = KeySecret::from_seed(&[8; 32])
        .deal(Epoch(1), 1, 1)
        .expect("1 of 1");
    assert_ne!(run(&other.0, &other.1, &[0], &inputs(), 1), expected);
}

/// Every change to an honest answer or to what it is about.
#[test]
fn an_answer_holds_for_its_own_transcript_alone() {
    // 1 of 2: both holders have the same share, so the index alone tells their answers apart
    let (key, shares) = deal(1, 2);
    let asked = question(&inputs(), &blinding(1));
    let honest = shares[0].answer(&asked).expect("this system");
    assert!(asked.check_answer(&key, &honest).is_ok());
    let refused = |question: &Question, key: &KeyPublic, answer: &Answer| {
        let fault = question.check_answer(key, answer).expect_err("changed");
        let index = answer.index;
        let fault_of_proof = OprfError::WrongAnswer {
            index,
            fault: AnswerFault::Proof,
        };
        assert_eq!(fault, fault_of_proof);
    };
    // the index, the epoch, the share
    let by_other = Answer {
        index: ShareIndex(2),
        ..honest.clone()
    };
    refused(&asked, &key, &by_other);
    let (other_epoch, _) = KeySecret::from_seed(&[9; 32])
        .deal(Epoch(2), 1, 2)
        .expect("1 of 2");
    refused(
        &asked,
        &other_epoch,
        &Answer {
            epoch: Epoch(2),
            ..honest.clone()
        },
    );
    let (other_key, _) = KeySecret::from_seed(&[8; 32])
        .deal(Epoch(1), 1, 2)
        .expect("1 of 2");
    refused(&asked, &other_key, &honest);
    // chain, record, seller, mask, S
    let blinded = asked.blinded().clone();
    let other_chain = Question::new(ChainId::new([5; 32]), RECORD, SELLER, blinded.clone());
    refused(&other_chain, &key, &honest);
    let record = RecordId::new([5; 32]);
    let other_record = Question::new(CHAIN, record, SELLER, blinded.clone());
    refused(
        &other_record,
        &key,
        &Answer {
            record,
            ..honest.clone()
        },
    );
    let elsewhere = asked.check_answer(
        &key,
        &Answer {
            record,
            ..honest.clone()
        },
    );
    assert_eq!(elsewhere, Err(OprfError::OtherRecord(ShareIndex(1))));
    let other_seller = Question::new(CHAIN, RECORD, AliasId::new([5; 32]), blinded.clone());
    refused(&other_seller, &key, &honest);
    let (r, points) = blinded.encode();
    let other_mask = Mask::new(0b1001_1111_1111).expect("ten slots");
    let of = |mask, r: &PointBytes, points: &[PointBytes]| {
        Question::new(
            CHAIN,
            RECORD,
            SELLER,
            Blinded::decode(mask, r, points).expect("points"),
        )
    };
    refused(&of(other_mask, &r, &points), &key, &honest);
    refused(&of(mask(), &points[0], &points), &key, &honest);
    // each B_i, each Z_i, their order
    for at in 0..points.len() {
        let mut altered = points.clone();
        altered[at] = r;
        refused(&of(mask(), &r, &altered), &key, &honest);
        let mut answer = honest.clone();
        answer.answers[at] = r;
        refused(&asked, &key, &answer);
    }
    let mut swapped = honest.clone();
    swapped.answers.swap(0, 1);
    refused(&asked, &key, &swapped);
    // each bit of the proof
    for bit in 0..768 {
        let mut bytes = *honest.proof.as_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        refused(
            &asked,
            &key,
            &Answer {
                proof: DleqProof::new(bytes),
                ..honest.clone()
            },
        );
    }
}

#[test]
fn a_scalar_plus_the_order_is_refused() {
    let (key, shares) = deal(1, 1);
    let asked = question(&inputs(), &blinding(1));
    // of 32 bytes, z + q is above 2^255 now and then; the order has 252 bits, so it still fits
    let honest = shares[0].answer(&asked).expect("this system");
    let mut bytes = *honest.proof.as_bytes();
    let mut carry = 0_u16;
    for (byte, order) in bytes[64..].iter_mut().zip(order_bytes()) {
        carry += u16::from(*byte) + u16::from(order);
        *byte = carry as u8;
        carry >>= 8;
    }
    assert_eq!(carry, 0, "still 32 bytes");
    let longer = Answer {
        proof: DleqProof::new(bytes),
        ..honest
    };
    assert!(asked.check_answer(&key, &longer).is_err());
}

/// A commitment that is no point, or one with a part of small order, is none that the equations give.
#[test]
fn other_commitments_than_the_equations_give_are_refused() {
    let (key, shares) = deal(1, 1);
    let asked = question(&inputs(), &blinding(1));
    let honest = shares[0].answer(&asked).expect("this system");
    for at in [0, 32] {
        let point: [u8; 32] = honest.proof.as_bytes()[at..at + 32].try_into().expect("32");
        let point = Point::decode(&point).expect("a point");
        for bad in bad_points(&point) {
            let mut bytes = *honest.proof.as_bytes();
            bytes[at..at + 32].copy_from_slice(bad.as_bytes());
            let answer = Answer {
                proof: DleqProof::new(bytes),
                ..honest.clone()
            };
            assert!(asked.check_answer(&key, &answer).is_err());
        }
    }
}

fn order_bytes() -> [u8; 32] {
    let mut bytes = [0; 32];
    for (limb, out) in Order::MODULUS.0.iter().zip(bytes.chunks_mut(8)) {
        out.copy_from_slice(&limb.to_le_bytes());
    }
    bytes
}

/// The identity, a point of order two, an honest point plus one of order two, no point, and `v + p`.
fn bad_points(honest: &Point) -> Vec<PointBytes> {
    let raw = |point: EdwardsAffine| {
        use ark_serialize::CanonicalSerialize;
        let mut bytes = [0; 32];
        point
            .serialize_compressed(&mut bytes[..])
            .expect("32 bytes");
        PointBytes::new(bytes)
    };
    let order_two = EdwardsAffine::new_unchecked(Fr::ZERO, -Fr::from(1_u8));
    let mixed = (honest.affine() + order_two).into();
    let identity = PointBytes::new(Point::identity().encode());
    let not_on_curve =
        (2..).map(|v| raw(EdwardsAffine::new_unchecked(Fr::ZERO, Fr::from(v as u64))));
    let not_on_curve = not_on_curve
        .into_iter()
        .find(|bytes| Point::decode(bytes.as_bytes()) == Err(CurveError::NotOnCurve));
    // v = 1 of the identity, plus the modulus: other bytes of the same number
    let mut one_more = [0; 32];
    for (limb, out) in Fr::MODULUS.0.iter().zip(one_more.chunks_mut(8)) {
        out.copy_from_slice(&limb.to_le_bytes());
    }
    one_more[0] += 1;
    let not_on_curve = not_on_curve.expect("half of all v");
    vec![
        identity,
        raw(order_two),
        raw(mixed),
        not_on_curve,
        PointBytes::new(one_more),
    ]
}

/// From the state the subgroup alone is taken on trust.
#[test]
fn a_corrupt_state_is_noticed_where_it_holds_no_points() {
    let (key, shares) = deal(1, 1);
    let asked = question(&inputs(), &blinding(1));
    let (commitment, points) = asked.blinded().encode();
    let answer = checked(&asked, &key, &shares[0]);
    let answered = asked.clone().combine(&key, std::slice::from_ref(&answer));
    let answered = answered.expect("1 of 1");
    let index = ShareIndex(1);
    let restored = CheckedAnswer::restore(RECORD, Epoch(1), index, &answer.encode());
    assert_eq!(restored, Ok(answer.clone()));
    let restored = Blinded::restore(mask(), &commitment, &points);
    assert_eq!(restored.as_ref(), Ok(asked.blinded()));
    let public = PointBytes::new(key.key().encode());
    let restored = Answered::restore(asked.clone(), &public, &answered.encode());
    assert_eq!(restored, Ok(answered.clone()));
    let bad = bad_points(&asked.blinded().points()[0]);
    for bad in [bad[0], bad[3], bad[4]] {
        let with = |points: Vec<PointBytes>| [&[bad], &points[1..]].concat();
        assert!(Blinded::restore(mask(), &bad, &points).is_err());
        assert!(Blinded::restore(mask(), &commitment, &with(points.clone())).is_err());
        let altered = with(answer.encode());
        assert!(CheckedAnswer::restore(RECORD, Epoch(1), index, &altered).is_err());
        assert!(Answered::restore(asked.clone(), &public, &with(answered.encode())).is_err());
        assert!(Answered::restore(asked.clone(), &bad, &answered.encode()).is_err());
    }
}

#[test]
fn bad_points_are_refused_wherever_points_come_in() {
    let (key, shares) = deal(1, 1);
    let r = blinding(1);
    let asked = question(&inputs(), &r);
    let honest = shares[0].answer(&asked).expect("this system");
    let (commitment, points) = asked.blinded().encode();
    let answers = [checked(&asked, &key, &shares[0])];
    let answered = asked.clone().combine(&key, &answers).expect("1 of 1");
    let keys = slot_keys(&key, &shares);
    let finished = answered.clone().finish(&keys, &r, PARTIES);
    let finished = finished.expect("the same s");
    for bad in bad_points(&asked.blinded().points()[0]) {
        assert!(Blinded::decode(mask(), &bad, &points).is_err(), "S");
        for at in 0..points.len() {
            let with = |points: &[PointBytes]| {
                let mut altered = points.to_vec();
                altered[at] = bad;
                altered
            };
            assert!(
                Blinded::decode(mask(), &commitment, &with(&points)).is_err(),
                "B"
            );
            let altered = Answer {
                answers: with(&honest.answers),
                ..honest.clone()
            };
            let fault = asked.check_answer(&key, &altered).expect_err("Z");
            assert!(matches!(
                fault,
                OprfError::WrongAnswer {
                    fault: AnswerFault::Point(_),
                    ..
                }
            ));
            let public = PointBytes::new(key.key().encode());
            let decoded = Answered::decode(asked.clone(), &public, &with(&answered.encode()));
            assert!(decoded.is_err(), "Z");
            let shown = answered.check(&keys, PARTIES, &with(&finished.points), &finished.proof);
            assert!(matches!(shown, Err(OprfError::Point { .. })), "T");
        }
    }
    // P = −s·H: the blinded point is the identity
    let s = r.scalar();
    let mut inputs = inputs();
    inputs[3] = -crate::curve::slot_bases()[3].times(&s);
    assert!(Blinded::blind(mask(), &inputs, &r).is_err());
}

#[test]
fn missing_and_surplus_points_are_refused() {
    let (key, shares) = deal(1, 1);
    let r = blinding(1);
    let asked = question(&inputs(), &r);
    let honest = shares[0].answer(&asked).expect("this system");
    let (commitment, points) = asked.blinded().encode();
    let answers = [checked(&asked, &key, &shares[0])];
    let answered = asked.clone().combine(&key, &answers).expect("1 of 1");
    let keys = slot_keys(&key, &shares);
    let finished = answered.clone().finish(&keys, &r, PARTIES);
    let finished = finished.expect("the same s");
    let lengths =
        |list: &[PointBytes]| [list[..3].to_vec(), [list, &list[..1]].concat(), Vec::new()];
    for points in lengths(&points) {
        assert!(matches!(
            Blinded::decode(mask(), &commitment, &points),
            Err(OprfError::Count { .. })
        ));
    }
    for answers in lengths(&honest.answers) {
        let fault = asked.check_answer(
            &key,
            &Answer {
                answers,
                ..honest.clone()
            },
        );
        assert!(matches!(
            fault,
            Err(OprfError::WrongAnswer {
                fault: AnswerFault::Count { .. },
                ..
            })
        ));
    }
    for points in lengths(&finished.points) {
        let shown = answered.check(&keys, PARTIES, &points, &finished.proof);
        assert!(matches!(shown, Err(OprfError::Count { .. })));
    }
    let public = PointBytes::new(key.key().encode());
    assert!(Answered::decode(asked, &public, &answered.encode()[..3]).is_err());
}

#[test]
fn too_few_repeated_and_mixed_answers_are_not_combined() {
    let (key, shares) = deal(3, 4);
    let asked = question(&inputs(), &blinding(1));
    let answers: Vec<_> = shares
        .iter()
        .map(|share| checked(&asked, &key, share))
        .collect();
    let combine = |answers: &[CheckedAnswer]| asked.clone().combine(&key, answers).map(|_| ());
    assert_eq!(combine(&answers[..3]), Ok(()));
    let too_few = OprfError::TooFew {
        needed: 3,
        found: 2,
    };
    assert_eq!(combine(&answers[..2]), Err(too_few));
    let twice = [answers[0].clone(), answers[1].clone(), answers[0].clone()];
    assert_eq!(combine(&twice), Err(OprfError::Repeated(ShareIndex(1))));
    // an answer of a later epoch, with shares of its own
    let (next, next_shares) = KeySecret::from_seed(&[9; 32])
        .deal(Epoch(2), 3, 4)
        .expect("3 of 4");
    let mixed = [
        answers[0].clone(),
        answers[1].clone(),
        checked(&asked, &next, &next_shares[2]),
    ];
    let fault = AnswerFault::Epoch {
        expected: Epoch(1),
        found: Epoch(2),
    };
    let of_epoch = OprfError::WrongAnswer {
        index: ShareIndex(3),
        fault,
    };
    assert_eq!(combine(&mixed), Err(of_epoch));
    // an answer to another question
    let record = RecordId::new([5; 32]);
    let elsewhere = Question::new(CHAIN, record, SELLER, asked.blinded().clone());
    let mixed = [
        answers[0].clone(),
        answers[1].clone(),
        checked(&elsewhere, &key, &shares[2]),
    ];
    assert_eq!(combine(&mixed), Err(OprfError::OtherRecord(ShareIndex(3))));
    // a holder that the epoch does not have, as a corrupt state might say
    let points = answers[2].encode();
    let stranger =
        CheckedAnswer::restore(RECORD, Epoch(1), ShareIndex(5), &points).expect("points");
    let fault = AnswerFault::NoHolder;
    let named = OprfError::WrongAnswer {
        index: ShareIndex(5),
        fault,
    };
    assert_eq!(
        combine(&[answers[0].clone(), answers[1].clone(), stranger]),
        Err(named)
    );
}

#[test]
fn who_answers_with_another_share_is_named_and_the_rest_still_come_to_the_fingerprint() {
    let (key, shares) = deal(3, 4);
    let expected = run(&key, &shares, &[0, 1, 2], &inputs(), 1);
    let r = blinding(1);
    let asked = question(&inputs(), &r);
    let (_, others) = KeySecret::from_seed(&[8; 32])
        .deal(Epoch(1), 3, 4)
        .expect("3 of 4");
    let answers: Vec<Answer> = [&shares[0], &others[1], &shares[2], &shares[3]]
        .iter()
        .map(|share| share.answer(&asked).expect("this system"))
        .collect();
    let outcomes = answers
        .iter()
        .map(|answer| asked.check_answer(&key, answer));
    let (right, wrong): (Vec<_>, Vec<_>) = outcomes.partition(Result::is_ok);
    let index = ShareIndex(2);
    let named = OprfError::WrongAnswer {
        index,
        fault: AnswerFault::Proof,
    };
    assert_eq!(wrong, vec![Err(named)]);
    let right: Vec<_> = right.into_iter().flatten().collect();
    let answered = asked.combine(&key, &right).expect("three of four");
    let keys = slot_keys(&key, &shares);
    let finished = answered.finish(&keys, &r, PARTIES);
    let finished = finished.expect("the same s");
    assert_eq!(finished.fingerprints, expected);
}

/// Wrong answers that do carry a right proof of something else do not combine to the fingerprint either:
/// what `combine` sees has passed `check_answer`. Without the check, two of three would not do.
#[test]
fn fewer_than_the_threshold_come_to_something_else() {
    let (key, shares) = deal(3, 4);
    let expected = run(&key, &shares, &[0, 1, 2], &inputs(), 1);
    let r = blinding(1);
    let asked = question(&inputs(), &r);
    let mut answers: Vec<_> = shares[..2]
        .iter()
        .map(|share| checked(&asked, &key, share))
        .collect();
    let made_up = answers[1].encode();
    let third = CheckedAnswer::restore(RECORD, Epoch(1), ShareIndex(3), &made_up);
    answers.push(third.expect("points"));
    let answered = asked
        .combine(&key, &answers)
        .expect("as many as the threshold");
    let keys = slot_keys(&key, &shares);
    let finished = answered.finish(&keys, &r, PARTIES);
    let finished = finished.expect("the same s");
    assert_ne!(finished.fingerprints, expected);
}

#[test]
fn the_last_proof_holds_for_its_own_transcript_alone() {
    let (key, shares) = deal(1, 1);
    let r = blinding(1);
    let asked = question(&inputs(), &r);
    let answers = [checked(&asked, &key, &shares[0])];
    let answered = asked.clone().combine(&key, &answers).expect("1 of 1");
    let keys = slot_keys(&key, &shares);
    let finished = answered.clone().finish(&keys, &r, PARTIES);
    let finished = finished.expect("the same s");
    let (points, proof) = (finished.points, finished.proof);
    let refused = |answered: &Answered, parties, points: &[PointBytes], proof: &DleqProof| {
        let shown = answered.check(&keys, parties, points, proof);
        assert_eq!(shown, Err(OprfError::WrongProof));
    };
    let sealer = Parties {
        sealer: AliasId::new([7; 32]),
        ..PARTIES
    };
    let bank = Parties {
        bank: AliasId::new([7; 32]),
        ..PARTIES
    };
    let exchanged = Parties {
        sealer: PARTIES.bank,
        bank: PARTIES.sealer,
    };
    for parties in [sealer, bank, exchanged] {
        refused(&answered, parties, &points, &proof);
    }
    let (commitment, blinded) = asked.blinded().encode();
    let public = PointBytes::new(key.key().encode());
    let of =
        |chain, record, mask, r: &PointBytes, blinded: &[PointBytes], answers: &[PointBytes]| {
            let blinded = Blinded::decode(mask, r, blinded).expect("points");
            let question = Question::new(chain, record, SELLER, blinded);
            Answered::decode(question, &public, answers).expect("points")
        };
    let z = answered.encode();
    let same = of(CHAIN, RECORD, mask(), &commitment, &blinded, &z);
    assert!(same.check(&keys, PARTIES, &points, &proof).is_ok());
    let seller = Question::new(
        CHAIN,
        RECORD,
        AliasId::new([7; 32]),
        asked.blinded().clone(),
    );
    let seller = Answered::decode(seller, &public, &z).expect("points");
    refused(&seller, PARTIES, &points, &proof);
    let other_mask = Mask::new(0b1001_1111_1111).expect("ten slots");
    let others = [
        of(
            ChainId::new([7; 32]),
            RECORD,
            mask(),
            &commitment,
            &blinded,
            &z,
        ),
        of(
            CHAIN,
            RecordId::new([7; 32]),
            mask(),
            &commitment,
            &blinded,
            &z,
        ),
        of(CHAIN, RECORD, other_mask, &commitment, &blinded, &z),
        of(CHAIN, RECORD, mask(), &blinded[0], &blinded, &z),
    ];
    for other in &others {
        refused(other, PARTIES, &points, &proof);
    }
    for at in 0..points.len() {
        let with = |list: &[PointBytes]| {
            let mut altered = list.to_vec();
            altered[at] = commitment;
            altered
        };
        refused(&answered, PARTIES, &with(&points), &proof);
        let other = of(CHAIN, RECORD, mask(), &commitment, &blinded, &with(&z));
        refused(&other, PARTIES, &points, &proof);
        let other = of(CHAIN, RECORD, mask(), &commitment, &with(&blinded), &z);
        refused(&other, PARTIES, &points, &proof);
    }
    let negated: Vec<PointBytes> = points
        .iter()
        .map(|bytes| PointBytes::new((-Point::decode(bytes.as_bytes()).expect("a point")).encode()))
        .collect();
    refused(&answered, PARTIES, &negated, &proof);
    for bit in 0..768 {
        let mut bytes = *proof.as_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        refused(&answered, PARTIES, &points, &DleqProof::new(bytes));
    }
    // an answer's proof is no last proof
    let of_answer = shares[0].answer(&asked).expect("this system").proof;
    refused(&answered, PARTIES, &points, &of_answer);
    let other_r = answered.finish(&keys, &blinding(2), PARTIES);
    assert_eq!(other_r, Err(OprfError::OtherBlinding));
}

#[test]
fn public_keys_that_are_no_shares_of_the_key_are_refused() {
    let (key, shares) = deal(3, 4);
    let public: Vec<Point> = shares.iter().map(KeyShare::public).collect();
    let new = |threshold, key, public: &[Point]| {
        KeyPublic::new(Epoch(1), threshold, key, public.to_vec())
    };
    assert_eq!(new(3, key.key(), &public), Ok(key.clone()));
    assert_eq!(
        new(4, key.key(), &public),
        Ok(KeyPublic::new(Epoch(1), 4, key.key(), public.clone())
            .expect("a polynomial of degree 2 is one below 4"))
    );
    let refused = [
        new(2, key.key(), &public),
        new(3, Point::generator(), &public),
        new(3, Point::identity(), &public),
    ];
    for outcome in refused {
        assert_eq!(outcome, Err(OprfError::NotShares));
    }
    for at in 0..4 {
        let mut altered = public.clone();
        altered[at] = Point::generator();
        assert_eq!(new(3, key.key(), &altered), Err(OprfError::NotShares));
        altered[at] = Point::identity();
        let index = ShareIndex(u16::try_from(at + 1).expect("few"));
        assert_eq!(new(3, key.key(), &altered), Err(OprfError::NoShare(index)));
    }
    for threshold in [0, 5] {
        let fault = OprfError::Threshold {
            threshold,
            holders: 4,
        };
        assert_eq!(new(threshold, key.key(), &public), Err(fault));
    }
    assert!(KeySecret::from_seed(&[9; 32]).deal(Epoch(1), 0, 0).is_err());
    assert!(KeySecret::from_seed(&[9; 32]).deal(Epoch(1), 2, 1).is_err());
}

#[test]
fn a_share_knows_its_public_key_survives_its_bytes_and_does_not_show() {
    let (key, shares) = deal(3, 4);
    let (other, _) = KeySecret::from_seed(&[8; 32])
        .deal(Epoch(1), 3, 4)
        .expect("3 of 4");
    for share in &shares {
        assert_eq!(share.check(&key), Ok(()));
        assert_eq!(
            share.check(&other),
            Err(OprfError::WrongShare(share.index()))
        );
        let bytes = share.to_secret_bytes();
        let again = KeyShare::from_secret_bytes(&bytes).expect("its own bytes");
        assert_eq!(again.check(&key), Ok(()));
        for length in 0..bytes.len() {
            assert!(KeyShare::from_secret_bytes(&bytes[..length]).is_err());
        }
        let longer = [&bytes[..], &[0]].concat();
        assert!(KeyShare::from_secret_bytes(&longer).is_err());
        assert!(format!("{share:?}").ends_with("secret)"));
    }
    let mut zero = vec![0; 38];
    zero[4] = 1;
    assert!(KeyShare::from_secret_bytes(&zero).is_err(), "no share is 0");
    zero[6..].copy_from_slice(&order_bytes());
    assert!(
        KeyShare::from_secret_bytes(&zero).is_err(),
        "not below the order"
    );
    assert_eq!(
        format!("{:?}", KeySecret::from_seed(&[1; 32])),
        "KeySecret(secret)"
    );
}
