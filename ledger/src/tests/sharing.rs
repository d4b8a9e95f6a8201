//! Rounds of the fingerprint key, with real dealings in signed blocks: honest ones, silent ones, and everybody who
//! cheats.

mod absent;
mod counting;
mod floor;
mod net;
mod search;
mod slot_keys;

use sealane_crypto::curve::{Point, Scalar};
use sealane_crypto::oprf::{ShareKey, Sharing};
use sealane_types::governance::Change;
use sealane_types::ids::*;
use sealane_types::receipt::{ChangeFault, DealingFault, Done, Outcome, Refusal};
use sealane_types::sharing::{Complain, Confirm, Deal, Dealing};
use sealane_types::transaction::Payload;

use self::net::*;
use super::world::*;
use crate::consortium::check_change;
use crate::sharing::{WINDOW, due, open_round};
use crate::state::{Answers, Blame, Completed, FaultKind, Key};

const V1: AliasId = VALIDATORS[0];
const V2: AliasId = VALIDATORS[1];
const V3: AliasId = VALIDATORS[2];
const V4: AliasId = VALIDATORS[3];

#[test]
fn four_validators_generate_a_key_from_genesis_on() {
    let mut net = Net::new();
    let round = net.round();
    assert_eq!(
        (round.epoch, round.from, round.threshold),
        (Epoch(1), None, 3)
    );
    assert_eq!(net.present(), None);
    net.finish();
    let key = net.present().unwrap();
    assert_eq!((key.epoch, key.threshold), (Epoch(1), 3));
    for (share, holder) in net.shares.values().zip(&key.holders) {
        assert_eq!(share.public().encode(), *holder.public.as_bytes());
    }
    assert_eq!(open_round(&net.world.state), None);
    assert_eq!(due(&net.world.state), None);
}

#[test]
fn keys_are_registered_by_holders_and_fixed_once_all_stand() {
    let mut net = Net::new();
    let key = ShareKey::generate(Epoch(1)).unwrap();
    let chain = net.world.tip.chain;
    let of_bank = key.register(&chain, &BANK_A).unwrap();
    let stranger = net.send(BANK_A, Payload::RegisterShareKey(of_bank));
    assert_eq!(stranger, refused(Refusal::NotInRound));
    let borrowed = net.send(V1, Payload::RegisterShareKey(of_bank));
    assert_eq!(borrowed, refused(Refusal::WrongProof));
    let later = ShareKey::generate(Epoch(2))
        .unwrap()
        .register(&chain, &V1)
        .unwrap();
    let later = net.send(V1, Payload::RegisterShareKey(later));
    assert_eq!(later, refused(Refusal::NoRound));
    assert_eq!(net.register(V1), Outcome::Done(Done::ShareKeyRegistered));
    assert_eq!(
        net.register(V1),
        Outcome::Done(Done::ShareKeyRegistered),
        "until all stand"
    );
    let newest = net.keys[&(Epoch(1), V1)].public();
    assert_eq!(net.round().holders[0].key, Some(newest));
    net.register_all();
    assert_eq!(net.register(V1), refused(Refusal::KeysFixed));
}

#[test]
fn who_deals_too_early_twice_or_as_a_stranger_is_refused() {
    let mut net = Net::new();
    let other = ShareKey::generate(Epoch(1)).unwrap().public();
    let early = Sharing::new(net.world.tip.chain, Epoch(1), 3, &[other; 4]).unwrap();
    let early = early.deal(&V1, None).unwrap();
    let early = net.send(V1, Payload::Deal(Box::new(early)));
    assert_eq!(early, refused(Refusal::NotYet));
    net.register_all();
    let of_bank = net.sharing().deal(&BANK_A, None).unwrap();
    let stranger = net.send(BANK_A, Payload::Deal(Box::new(of_bank)));
    assert_eq!(stranger, refused(Refusal::NotInRound));
    assert_eq!(net.deal(V1), DEALT);
    assert_eq!(net.deal(V1), refused(Refusal::AlreadyDealt));
    assert_eq!(net.blame(V1), [], "no fault that hurts anybody");
    let early = net.send(
        V1,
        Payload::Confirm(Confirm {
            epoch: Epoch(1),
            slot_keys: Vec::new(),
            proof: DleqProof::new([0; 96]),
        }),
    );
    assert_eq!(early, refused(Refusal::NotYet));
}

#[test]
fn every_wrong_dealing_is_refused_and_its_dealer_blamed() {
    let mut net = Net::new();
    net.register_all();
    let honest = net.dealing(V2);
    let mut with = |change: &dyn Fn(&mut Deal)| {
        let mut deal = honest.clone();
        change(&mut deal);
        net.send(V2, Payload::Deal(Box::new(deal)))
    };
    let generator = PointBytes::new(Point::generator().encode());
    let identity = PointBytes::new(Point::identity().encode());
    let degree = with(&|deal| deal.dealing.commitments.push(generator));
    assert_eq!(degree, wrong(DealingFault::Degree), "too high");
    let degree = with(&|deal| deal.dealing.commitments.truncate(2));
    assert_eq!(degree, wrong(DealingFault::Degree), "too low");
    let shares = with(&|deal| deal.dealing.shares.truncate(3));
    assert_eq!(shares, wrong(DealingFault::Shares));
    let point = with(&|deal| deal.dealing.commitments[1] = identity);
    assert_eq!(point, wrong(DealingFault::Point));
    let number = with(&|deal| deal.dealing.shares[0] = ScalarBytes::new([0xff; 32]));
    assert_eq!(number, wrong(DealingFault::Number));
    let proof = with(&|deal| deal.dealing.ephemeral = generator);
    assert_eq!(proof, wrong(DealingFault::Proof));
    assert_eq!(net.blame(V2), [FaultKind::WrongDealing; 6]);
    let copied = net.dealing(V1);
    let copied = net.send(V3, Payload::Deal(Box::new(copied)));
    assert_eq!(copied, wrong(DealingFault::Proof));
    assert_eq!(net.blame(V3), [FaultKind::WrongDealing]);
    assert_eq!(net.blame(V1), []);
    assert_eq!(net.round().dealt, []);
    assert_eq!(net.deal(V2), DEALT, "it may still deal well");
}

/// Validator `dealer` deals, and makes the share of `victim` a bad one.
fn deal_badly(net: &mut Net, dealer: AliasId, victim: AliasId) -> Outcome {
    let from = net.round().from;
    let share = from.and_then(|epoch| net.shares.get(&(epoch, dealer)));
    let at = usize::from(net.index(victim).0) - 1;
    let number = Scalar::from_uniform(&[1; 64]).encode();
    let spoil = |dealing: &mut Dealing| dealing.shares[at] = ScalarBytes::new(number);
    let deal = net.sharing().deal_spoilt(&dealer, share, &spoil).unwrap();
    net.send(dealer, Payload::Deal(Box::new(deal)))
}

#[test]
fn a_bad_share_disqualifies_its_dealer_and_the_rest_give_the_key() {
    let mut net = Net::new();
    net.register_all();
    for dealer in [V1, V3, V4] {
        assert_eq!(net.deal(dealer), DEALT);
    }
    assert_eq!(
        deal_badly(&mut net, V2, V4),
        DEALT,
        "only its victim can see it"
    );
    assert_eq!(net.round().decided.unwrap().dealers.len(), 4);
    assert_eq!(net.confirm(V1), confirmed(false));
    assert!(net.share(V4).is_none());
    assert_eq!(net.complain(V4, V2), Outcome::Done(Done::Complained));
    assert_eq!(net.blame(V2), [FaultKind::BadShare]);
    assert_eq!(net.blame(V4), []);
    let round = net.round();
    let dealers: Vec<u16> = round
        .decided
        .as_ref()
        .unwrap()
        .dealers
        .iter()
        .map(|one| one.0)
        .collect();
    assert_eq!(dealers, [1, 3, 4]);
    assert_eq!(
        round.confirmed(),
        0,
        "the share that was confirmed counts no more"
    );
    assert_eq!(net.complain(V4, V2), refused(Refusal::NoDealing));
    for (at, holder) in VALIDATORS.into_iter().enumerate() {
        assert_eq!(net.confirm(holder), confirmed(at == 3));
    }
    assert!(net.present().is_some());
}

#[test]
fn a_false_complaint_is_refused_and_its_accuser_blamed() {
    let mut net = Net::new();
    net.register_all();
    let nobody = net.send(
        V3,
        Payload::Complain(Complain {
            epoch: Epoch(1),
            dealer: ShareIndex(1),
            secret: point(1),
            proof: DleqProof::new([0; 96]),
        }),
    );
    assert_eq!(nobody, refused(Refusal::NoDealing));
    assert_eq!(net.deal(V1), DEALT);
    assert_eq!(net.complain(V3, V1), refused(Refusal::FalseComplaint));
    let mut made_up = net.complaint(V3, V1);
    made_up.secret = point(1);
    let made_up = net.send(V3, Payload::Complain(made_up));
    assert_eq!(made_up, refused(Refusal::FalseComplaint));
    let anothers = net.complaint(V3, V1);
    let anothers = net.send(V4, Payload::Complain(anothers));
    assert_eq!(anothers, refused(Refusal::FalseComplaint));
    assert_eq!(net.blame(V3), [FaultKind::FalseComplaint; 2]);
    assert_eq!(net.blame(V4), [FaultKind::FalseComplaint]);
    assert_eq!(net.blame(V1), []);
    assert!(!net.round().dealt[0].disqualified);
}

#[test]
fn silent_dealers_are_waited_for_once() {
    let mut net = Net::new();
    net.register_all();
    assert_eq!(net.deal(V1), DEALT);
    assert_eq!(net.deal(V2), DEALT);
    assert_eq!(
        due(&net.world.state),
        net.round().ends(),
        "two of four are too few, however late"
    );
    net.world.wait(WINDOW);
    net.block(Vec::new());
    assert_eq!(net.round().decided, None);
    let mut net = Net::new();
    net.register_all();
    for dealer in [V1, V2, V3] {
        assert_eq!(net.deal(dealer), DEALT);
    }
    let ripe = due(&net.world.state).unwrap();
    assert_eq!(ripe.0, net.round().ready.unwrap().0 + WINDOW);
    net.block(Vec::new());
    assert_eq!(net.round().decided, None, "there is time yet");
    net.world.tip.time = BlockTime(ripe.0 - 2);
    net.block(Vec::new());
    assert_eq!(net.round().decided, None);
    net.block(Vec::new());
    assert_eq!(
        net.round().decided.unwrap().dealers.len(),
        3,
        "by an empty block"
    );
    assert_eq!(net.deal(V4), refused(Refusal::DealingsOver));
    for holder in [V1, V2, V4] {
        assert_eq!(net.confirm(holder), confirmed(false));
    }
    assert_eq!(net.confirm(V4), refused(Refusal::AlreadyConfirmed));
    assert_eq!(net.confirm(V3), confirmed(true), "the last of all four");
    let late = net.send(
        V3,
        Payload::Confirm(Confirm {
            epoch: Epoch(1),
            slot_keys: Vec::new(),
            proof: DleqProof::new([0; 96]),
        }),
    );
    assert_eq!(late, refused(Refusal::NoRound));
}

#[test]
fn a_share_is_confirmed_by_who_has_it() {
    let mut net = Net::new();
    net.register_all();
    for dealer in VALIDATORS {
        assert_eq!(net.deal(dealer), DEALT);
    }
    let of_first = net.confirmation(V1);
    let borrowed = net.send(V2, Payload::Confirm(of_first.clone()));
    assert_eq!(borrowed, refused(Refusal::WrongProof));
    assert_eq!(net.blame(V2), [], "what counts may have changed under it");
    assert_eq!(
        net.send(BANK_A, Payload::Confirm(of_first)),
        refused(Refusal::NotInRound)
    );
    // the confirmation of a share that changes earlier in the same block
    let mut net = Net::new();
    net.register_all();
    assert_eq!(deal_badly(&mut net, V2, V4), DEALT);
    for dealer in [V1, V3, V4] {
        assert_eq!(net.deal(dealer), DEALT);
    }
    let (said, complaint) = (net.confirmation(V1), net.complaint(V4, V2));
    let block = vec![
        net.world.signed(V4, Payload::Complain(complaint)),
        net.world.signed(V1, Payload::Confirm(said)),
    ];
    let outcomes = net.block(block);
    assert_eq!(
        outcomes,
        [Outcome::Done(Done::Complained), refused(Refusal::NotYet)]
    );
}

#[test]
fn the_key_is_handed_on_and_fingerprints_stay() {
    let mut net = Net::with_key();
    let key = net.present().unwrap().public;
    net.present_document(1);
    for holder in [V1, V2, V3] {
        net.answer(holder, 1, 1);
    }
    let expected = net.fingerprints(1);
    net.open(&[V4, V2, V3]);
    let round = net.round();
    assert_eq!(
        (round.epoch, round.from, round.threshold),
        (Epoch(2), Some(Epoch(1)), 3)
    );
    assert_eq!(
        net.present().unwrap().epoch,
        Epoch(1),
        "the old shares answer meanwhile"
    );
    net.finish();
    let next = net.present().unwrap();
    assert_eq!((next.epoch, next.public), (Epoch(2), key));
    net.present_document(2);
    let old = net.answer(V1, 1, 2);
    assert_eq!(old, Outcome::Done(Done::Answered { completed: false }));
    for (at, holder) in [V2, V3, V4].into_iter().enumerate() {
        let done = net.answer(holder, 2, 2);
        assert_eq!(done, Outcome::Done(Done::Answered { completed: at == 2 }));
    }
    assert_eq!(net.fingerprints(2), expected);
    // and to one holder, whose fingerprints are still the same
    net.open(&[V1]);
    net.finish();
    net.present_document(3);
    net.answer(V1, 3, 3);
    assert_eq!(net.fingerprints(3), expected);
}

#[test]
fn a_set_that_two_epochs_answered_half_is_completed_by_one() {
    let mut net = Net::with_key();
    net.present_document(1);
    net.answer(V1, 1, 1);
    net.answer(V2, 1, 1);
    net.reshare(&VALIDATORS);
    net.finish();
    let half = Outcome::Done(Done::Answered { completed: false });
    assert_eq!(net.answer(V3, 2, 1), half, "three answers, of two epochs");
    assert_eq!(net.answer(V4, 2, 1), half);
    assert_eq!(net.world.read::<Completed>(&Key::completed(&id(1))), None);
    let answers: Answers = net.world.read(&Key::answers(&id(1), Epoch(1))).unwrap();
    assert_eq!(answers.shares.len(), 2);
    let done = net.answer(V1, 2, 1);
    assert_eq!(done, Outcome::Done(Done::Answered { completed: true }));
    let completed: Completed = net.world.read(&Key::completed(&id(1))).unwrap();
    assert_eq!(completed.epoch, Epoch(2));
}

#[test]
fn who_hands_on_another_secret_is_refused_and_a_spare_takes_a_bad_ones_place() {
    let mut net = Net::with_key();
    let key = net.present().unwrap().public;
    net.reshare(&VALIDATORS);
    net.register_all();
    let fresh = net.sharing().deal(&V1, None).unwrap();
    let fresh = net.send(V1, Payload::Deal(Box::new(fresh)));
    assert_eq!(fresh, wrong(DealingFault::OtherShare));
    assert_eq!(net.blame(V1), [FaultKind::WrongDealing]);
    assert_eq!(deal_badly(&mut net, V2, V3), DEALT);
    for dealer in [V1, V3] {
        assert_eq!(net.deal(dealer), DEALT);
    }
    assert_eq!(net.round().decided.unwrap().dealers.len(), 3);
    assert_eq!(net.confirm(V1), confirmed(false));
    assert_eq!(net.deal(V4), DEALT, "a spare");
    assert_eq!(net.round().confirmed(), 1, "which changes nothing");
    assert_eq!(net.complain(V3, V2), Outcome::Done(Done::Complained));
    let round = net.round();
    let dealers: Vec<u16> = round
        .decided
        .as_ref()
        .unwrap()
        .dealers
        .iter()
        .map(|one| one.0)
        .collect();
    assert_eq!((dealers, round.confirmed()), (vec![1, 3, 4], 0));
    for holder in VALIDATORS {
        net.confirm(holder);
    }
    assert_eq!(net.present().unwrap().public, key);
    assert_eq!(net.blame(V2), [FaultKind::BadShare]);
}

#[test]
fn members_name_holders_that_are_validators_and_a_new_round_takes_an_open_ones_place() {
    let mut net = Net::new();
    let holders = Err(ChangeFault::Holders);
    let check = |net: &Net, list: &[AliasId]| {
        check_change(
            &net.world.state,
            &Change::ShareKey(list.to_vec()),
            Height(9),
        )
    };
    assert_eq!(check(&net, &[]), holders);
    assert_eq!(check(&net, &[V1, BANK_A]), holders);
    assert_eq!(check(&net, &[V1, V2, V1]), holders);
    assert_eq!(check(&net, &[V2, V1, V4, V3]), Ok(()));
    assert_eq!(net.register(V1), Outcome::Done(Done::ShareKeyRegistered));
    net.open(&[V2, V3, V1]);
    let round = net.round();
    assert_eq!(
        (round.epoch, round.from),
        (Epoch(2), None),
        "no key stands: generated"
    );
    let late = ShareKey::generate(Epoch(1)).unwrap();
    let late = late.register(&net.world.tip.chain, &V4).unwrap();
    assert_eq!(
        net.send(V4, Payload::RegisterShareKey(late)),
        refused(Refusal::NoRound)
    );
    net.finish();
    assert_eq!(net.present().unwrap().threshold, 3);
    net.reshare(&VALIDATORS);
    net.register_all();
    assert_eq!(net.deal(V2), DEALT);
    net.open(&[V2]);
    let round = net.round();
    assert_eq!((round.epoch, round.from), (Epoch(4), Some(Epoch(2))));
    net.finish();
}

#[test]
fn only_the_last_faults_are_named_and_all_are_counted() {
    let mut net = Net::new();
    net.register_all();
    for _ in 0..10 {
        let mut deal = net.dealing(V1);
        deal.dealing.commitments.pop();
        net.send(V1, Payload::Deal(Box::new(deal)));
    }
    let blame: Blame = net.world.read(&Key::blame(&V1)).unwrap();
    assert_eq!((blame.count, blame.last.len()), (10, 8));
    assert_eq!(blame.last[7].height, net.world.tip.height);
    assert_eq!(blame.last[0].height.0 + 7, net.world.tip.height.0);
}

#[test]
fn a_wrong_answer_is_refused_and_its_holder_blamed() {
    let mut net = Net::with_key();
    net.present_document(1);
    net.present_document(2);
    let answer = net.shares[&(Epoch(1), V1)].answer(&net.question(1));
    let mut answer = answer.unwrap();
    answer.record = id(2);
    let share = ShareIndex(1);
    let wrong = refused(Refusal::WrongAnswer { share });
    assert_eq!(net.send(V1, Payload::Answer(answer)), wrong);
    assert_eq!(net.blame(V1), [FaultKind::WrongAnswer]);
}
