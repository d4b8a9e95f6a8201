//! Slot keys are those of their key and slot, and whoever gives wrong parts is named.

use ark_bls12_381::Fr;
use sealane_types::fingerprint::Mask;
use sealane_types::ids::{DleqProof, RecordId};

use super::*;
use crate::curve::{Blinding, map_to_curve};
use crate::oprf::{Blinded, CheckedAnswer, KeySecret, Parties, Question};

const CHAIN: ChainId = ChainId::new([3; 32]);
const ALIAS: AliasId = AliasId::new([7; 32]);
const PARTIES: Parties = Parties {
    sealer: ALIAS,
    bank: ALIAS,
};

fn deal(seed: u8, epoch: u32) -> (KeyPublic, Vec<KeyShare>) {
    let dealt = KeySecret::from_seed(&[seed; 32]).deal(Epoch(epoch), 3, 4);
    dealt.expect("3 of 4")
}

fn parts(key: &KeyPublic, shares: &[KeyShare]) -> Vec<CheckedSlotKeys> {
    let check = |share: &KeyShare| {
        let said = share.confirm(key, &CHAIN, &ALIAS).expect("its own key");
        let checked = key.check_confirmation(&CHAIN, &ALIAS, share.index(), &said);
        checked.expect("honest")
    };
    shares.iter().map(check).collect()
}

fn combined(key: &KeyPublic, shares: &[KeyShare]) -> SlotKeys {
    SlotKeys::combine(key, &parts(key, shares)).expect("enough")
}

fn document(first: u64) -> [Point; SLOTS] {
    let map = |slot: usize| map_to_curve(Fr::from(first + slot as u64));
    std::array::from_fn(|slot| map(slot).expect("not of small order"))
}

/// The question of a set, answered by these holders.
fn answered(
    key: &KeyPublic,
    shares: &[KeyShare],
    document: &[Point; SLOTS],
    s: &Blinding,
) -> crate::oprf::Answered {
    let mask = Mask::new(0xfff).expect("all slots");
    let blinded = Blinded::blind(mask, document, s).expect("this system");
    let question = Question::new(CHAIN, RecordId::new([4; 32]), ALIAS, blinded);
    let check = |share: &KeyShare| -> CheckedAnswer {
        let answer = share.answer(&question).expect("this system");
        question.check_answer(key, &answer).expect("honest")
    };
    let answers: Vec<_> = shares.iter().map(check).collect();
    question.combine(key, &answers).expect("enough")
}

/// An identifier that two banks keep at different places gives one fingerprint: nothing of the place is in `T`.
#[test]
fn two_banks_meet_though_they_keep_an_identifier_at_different_places() {
    let (key, shares) = deal(9, 1);
    let run = |document: &[Point; SLOTS], holders: &[KeyShare], s: u8| {
        let s = Blinding::from_bytes([s; 32]);
        let answered = answered(&key, holders, document, &s);
        let keys = combined(&key, &shares[1..]);
        let finished = answered.finish(&keys, &s, PARTIES).expect("the same s");
        finished.fingerprints
    };
    let one = document(100);
    let mut two = document(500);
    (two[4], two[0]) = (one[1], one[6]);
    two[4] = -two[4]; // the other root
    let (first, second) = (run(&one, &shares[..3], 1), run(&two, &shares[1..], 2));
    assert_eq!(first[1], second[4]);
    assert_eq!(first[6], second[0]);
    let same = first.iter().filter(|print| second.contains(print)).count();
    assert_eq!(same, 2, "nothing else meets");
    assert_eq!(
        run(&one, &shares[1..], 3),
        first,
        "whatever s, whoever answers"
    );
}

/// A slot key of another key or another slot makes fingerprints without end: the sealer chooses `s`.
#[test]
fn slot_keys_of_another_key_or_slot_are_refused() {
    let (key, shares) = deal(9, 1);
    let (other, others) = deal(8, 1);
    let keys = combined(&key, &shares[..3]);
    let stranger = combined(&other, &others[..3]);
    let document = document(100);
    let mut seen = Vec::new();
    for s in 1..4 {
        let s = Blinding::from_bytes([s; 32]);
        let answered = answered(&key, &shares[..3], &document, &s);
        let refused = answered.clone().finish(&stranger, &s, PARTIES);
        assert_eq!(refused, Err(OprfError::OtherKey));
        let honest = answered.clone().finish(&keys, &s, PARTIES).expect("honest");
        let refused = answered.check(&stranger, PARTIES, &honest.points, &honest.proof);
        assert_eq!(refused, Err(OprfError::OtherKey));
        // the stranger's points or another slot's, said to be this key's: another fingerprint for each s, and the ledger's keys
        // refuse its proof
        let mut swapped = keys.clone();
        swapped.points.swap(0, 1);
        for points in [stranger.points, swapped.points] {
            let key = keys.key;
            let false_keys = SlotKeys { key, points };
            let forged = answered.clone().finish(&false_keys, &s, PARTIES);
            let forged = forged.expect("its equations hold under its own slot keys");
            let own = answered.check(&false_keys, PARTIES, &forged.points, &forged.proof);
            assert!(own.is_ok());
            let refused = answered.check(&keys, PARTIES, &forged.points, &forged.proof);
            assert_eq!(refused, Err(OprfError::WrongProof));
            assert!(!seen.contains(&forged.fingerprints[0]));
            seen.push(forged.fingerprints[0]);
        }
    }
}

/// One `s` for two sets: the difference of what they show is that of the points, which a guess of one side tells without `k`.
#[test]
fn one_blinding_for_two_sets_shows_the_difference_of_their_points() {
    let s = Blinding::from_bytes([1; 32]);
    let (one, two) = (document(100), document(200));
    let blind = |points| s.blind(points).expect("this system").1;
    let (first, second) = (blind(&one), blind(&two));
    assert_eq!(first[2] - second[2], one[2] - two[2]);
}

#[test]
fn wrong_parts_are_refused_and_their_holder_is_named() {
    let (key, shares) = deal(9, 1);
    let index = ShareIndex(2);
    let honest = shares[1]
        .confirm(&key, &CHAIN, &ALIAS)
        .expect("its own key");
    let check = |said: &Confirm| key.check_confirmation(&CHAIN, &ALIAS, index, said);
    let refused = |said: &Confirm, fault| {
        assert_eq!(check(said), Err(OprfError::WrongAnswer { index, fault }));
        assert!(!key.is_confirmed(&CHAIN, &ALIAS, index, said));
    };
    assert!(check(&honest).is_ok());
    for slot in 0..SLOTS {
        // another slot's part, the base itself, no point
        let with = |point: PointBytes| {
            let mut said = honest.clone();
            said.slot_keys[slot] = point;
            said
        };
        let next = honest.slot_keys[(slot + 1) % SLOTS];
        refused(&with(next), AnswerFault::Proof);
        refused(&with(encode_point(&slot_bases()[slot])), AnswerFault::Proof);
        let identity = crate::curve::CurveError::Identity;
        let none = encode_point(&Point::identity());
        refused(&with(none), AnswerFault::Point(identity));
        let mut swapped = honest.clone();
        swapped.slot_keys.swap(slot, (slot + 1) % SLOTS);
        refused(&swapped, AnswerFault::Proof);
    }
    for found in [11, 13] {
        let mut said = honest.clone();
        said.slot_keys.resize(found, honest.slot_keys[0]);
        let expected = SLOTS;
        refused(&said, AnswerFault::Count { expected, found });
    }
    for bit in 0..768 {
        let mut bytes = *honest.proof.as_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let proof = DleqProof::new(bytes);
        let said = Confirm {
            proof,
            ..honest.clone()
        };
        refused(&said, AnswerFault::Proof);
    }
    // another holder's, another key's, another epoch's
    let of_other = shares[2]
        .confirm(&key, &CHAIN, &ALIAS)
        .expect("its own key");
    refused(&of_other, AnswerFault::Proof);
    let (second, second_shares) = deal(9, 2);
    let (expected, found) = (Epoch(1), Epoch(2));
    let of_epoch = second_shares[1].confirm(&second, &CHAIN, &ALIAS);
    let of_epoch = of_epoch.expect("its own key");
    refused(&of_epoch, AnswerFault::Epoch { expected, found });
    let missing = key.check_confirmation(&CHAIN, &ALIAS, ShareIndex(5), &honest);
    let fault = AnswerFault::NoHolder;
    let index = ShareIndex(5);
    assert_eq!(missing, Err(OprfError::WrongAnswer { index, fault }));
    let (stranger, _) = deal(8, 1);
    let refused = shares[1].confirm(&stranger, &CHAIN, &ALIAS);
    assert_eq!(refused, Err(OprfError::WrongShare(ShareIndex(2))));
}

/// Where `k_j` is the same, the proof still says which `K` it is for.
#[test]
fn parts_are_bound_to_the_key() {
    // 1 of 1: the share is the key; the public keys differ by their threshold's epoch alone, so K is changed by hand
    let secret = KeySecret::from_seed(&[9; 32]);
    let (key, shares) = secret.deal(Epoch(1), 1, 1).expect("1 of 1");
    let said = shares[0]
        .confirm(&key, &CHAIN, &ALIAS)
        .expect("its own key");
    let points: Vec<Point> = said
        .slot_keys
        .iter()
        .map(|bytes| Point::decode(bytes.as_bytes()).expect("a point"))
        .collect();
    let points: [Point; SLOTS] = points.try_into().expect("twelve");
    let context = transcript(&CHAIN, &ALIAS, ShareIndex(1), &key);
    assert!(statement(&context, key.key(), &points).holds(&said.proof));
    let (other, _) = deal(8, 1);
    let context = transcript(&CHAIN, &ALIAS, ShareIndex(1), &other);
    assert!(!statement(&context, key.key(), &points).holds(&said.proof));
}

#[test]
fn too_few_repeated_and_strange_parts_are_not_combined() {
    let (key, shares) = deal(9, 1);
    let all = parts(&key, &shares);
    let combine = |parts: &[CheckedSlotKeys]| SlotKeys::combine(&key, parts);
    let expected = combine(&all[..3]).expect("three of four");
    assert_eq!(combine(&all[1..]), Ok(expected.clone()));
    let (needed, found) = (3, 2);
    assert_eq!(combine(&all[..2]), Err(OprfError::TooFew { needed, found }));
    let twice = [all[0].clone(), all[1].clone(), all[0].clone()];
    assert_eq!(combine(&twice), Err(OprfError::Repeated(ShareIndex(1))));
    let (second, second_shares) = deal(9, 2);
    let mut mixed = all[..3].to_vec();
    mixed[2] = parts(&second, &second_shares)[3].clone();
    let (expected_epoch, found) = (Epoch(1), Epoch(2));
    let fault = AnswerFault::Epoch {
        expected: expected_epoch,
        found,
    };
    let index = ShareIndex(4);
    assert_eq!(
        combine(&mixed),
        Err(OprfError::WrongAnswer { index, fault })
    );
    let stranger = CheckedSlotKeys::restore(Epoch(1), ShareIndex(5), &all[2].encode());
    mixed[2] = stranger.expect("points");
    let (index, fault) = (ShareIndex(5), AnswerFault::NoHolder);
    assert_eq!(
        combine(&mixed),
        Err(OprfError::WrongAnswer { index, fault })
    );

    let public = encode_point(&key.key());
    assert_eq!(
        SlotKeys::restore(&public, &expected.encode()),
        Ok(expected.clone())
    );
    assert_eq!(
        SlotKeys::decode(&public, &expected.encode()),
        Ok(expected.clone())
    );
    assert!(SlotKeys::decode(&public, &expected.encode()[1..]).is_err());
    let restored = CheckedSlotKeys::restore(Epoch(1), ShareIndex(1), &all[0].encode());
    assert_eq!(restored, Ok(all[0].clone()));
}
