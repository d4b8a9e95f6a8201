//! Slot keys: what a key's holders publish of it, and who believes them.

use sealane_crypto::curve::Point;
use sealane_crypto::oprf::{AnswerFault, KeyPublic, Opened, OprfError};
use sealane_types::ids::{Epoch, PointBytes, ShareIndex};
use sealane_types::receipt::{Done, Outcome, Refusal};
use sealane_types::sharing::{Confirm, Dealing, FingerprintKey};
use sealane_types::transaction::Payload;

use super::net::*;
use crate::sharing::check_slot_keys;
use crate::state::{Key, SlotKeys};
use crate::tests::world::*;

/// The slot keys of the present key, and what the holders said whose parts they are combined from.
fn published(net: &Net) -> (FingerprintKey, SlotKeys, Vec<Confirm>) {
    let key = net.present().unwrap();
    let keys: SlotKeys = net.world.read(&Key::slot_keys(&key.public)).unwrap();
    let said = |index: &ShareIndex| {
        let part = Key::slot_keys_part(keys.epoch, *index);
        net.world.read(&part).unwrap()
    };
    let parts = keys.holders.iter().map(said).collect();
    let of: FingerprintKey = net.world.read(&Key::fingerprint_key(keys.epoch)).unwrap();
    (of, keys, parts)
}

#[test]
fn slot_keys_stand_once_the_key_is_present_and_stay_when_it_is_handed_on() {
    let mut net = Net::with_key();
    let (_, keys, parts) = published(&net);
    assert_eq!((keys.epoch, keys.holders.len()), (Epoch(1), 3));
    assert_eq!(parts.len(), 3);
    let before = net.slot_keys();
    net.open(&[VALIDATORS[3], VALIDATORS[1], VALIDATORS[2]]);
    net.finish();
    assert_eq!(net.present().unwrap().epoch, Epoch(2));
    assert_eq!(net.slot_keys(), before, "k is the same");
    assert_eq!(published(&net).1, keys);
    // what the new holders said gives the same
    let key = net.present().unwrap();
    let said = |index| net.world.read(&Key::slot_keys_part(Epoch(2), index));
    let holders: Vec<_> = (1..=3).map(ShareIndex).collect();
    let parts: Vec<Confirm> = holders.iter().map(|one| said(*one).unwrap()).collect();
    let again = SlotKeys {
        epoch: Epoch(2),
        holders,
        points: keys.points,
    };
    let checked = check_slot_keys(net.world.tip.chain, &key, &again, &parts);
    assert_eq!(checked, Ok(before));
}

#[test]
fn who_is_given_a_state_checks_its_slot_keys_by_the_holders_proofs() {
    let net = Net::with_key();
    let chain = net.world.tip.chain;
    let (key, keys, parts) = published(&net);
    let check = |keys: &SlotKeys, parts: &[Confirm]| check_slot_keys(chain, &key, keys, parts);
    assert_eq!(check(&keys, &parts), Ok(net.slot_keys()));
    let mut swapped = keys.clone();
    swapped.points.swap(0, 1);
    assert_eq!(
        check(&swapped, &parts),
        Err(OprfError::NotShares),
        "one of another slot"
    );
    let mut other = keys.clone();
    other.points[3] = point(5);
    assert_eq!(check(&other, &parts), Err(OprfError::NotShares));
    let index = keys.holders[0];
    let fault = AnswerFault::Proof;
    let wrong = Err(OprfError::WrongAnswer { index, fault });
    let mut forged = parts.clone();
    forged[0].slot_keys.swap(2, 7);
    assert_eq!(check(&keys, &forged), wrong);
    let mut borrowed = parts.clone();
    borrowed[0] = parts[1].clone();
    assert_eq!(check(&keys, &borrowed), wrong);
    assert!(check(&keys, &parts[..2]).is_err(), "fewer than t");
    let foreign = sealane_types::ids::ChainId::new([7; 32]);
    assert!(check_slot_keys(foreign, &key, &keys, &parts).is_err());
    let mut nobody = keys.clone();
    nobody.holders[0] = ShareIndex(9);
    assert!(check(&nobody, &parts).is_err());
}

/// A dealing of the second validator whose polynomial is zero at the first one's place, and whose other shares fit nothing.
fn deal_nothing_to_the_first(net: &mut Net) -> Outcome {
    let dealer = VALIDATORS[1];
    let spoil = |dealing: &mut Dealing| {
        let [constant, _, square] = [0, 1, 2].map(|at: usize| {
            let commitment = dealing.commitments[at];
            Point::decode(commitment.as_bytes()).unwrap()
        });
        let linear = -(constant + square);
        dealing.commitments[1] = PointBytes::new(linear.encode());
    };
    let deal = net.sharing().deal_spoilt(&dealer, None, &spoil).unwrap();
    net.send(dealer, Payload::Deal(Box::new(deal)))
}

/// The first validator's confirmation under the key that stands, from all parts but the second dealer's, which is zero.
fn confirmation_of_the_first(net: &Net) -> Confirm {
    let (round, sharing, who) = (net.round(), net.sharing(), VALIDATORS[0]);
    let index = net.index(who);
    let part = |dealer: usize| {
        let alias = VALIDATORS[dealer];
        let own = &net.keys[&(round.epoch, who)];
        match sharing.open(own, index, &alias, &net.dealt(alias)).unwrap() {
            Opened::Good(part) => (net.dealer(alias), part),
            Opened::Bad => panic!("an honest dealing"),
        }
    };
    let parts: Vec<_> = [0, 2, 3].map(part).into_iter().collect();
    let share = sharing.share(round.origin(), index, &parts).unwrap();
    let key = KeyPublic::restore(&round.decided.unwrap().key.unwrap()).unwrap();
    share.confirm(&key, &net.world.tip.chain, &who).unwrap()
}

#[test]
fn a_confirmation_under_a_key_that_changes_in_its_block_is_refused_where_its_share_stays() {
    let mut net = Net::new();
    net.register_all();
    assert_eq!(deal_nothing_to_the_first(&mut net), DEALT);
    for dealer in [0, 2, 3] {
        assert_eq!(net.deal(VALIDATORS[dealer]), DEALT);
    }
    let before = net.round().decided.unwrap().key.unwrap();
    let said = confirmation_of_the_first(&net);
    let complaint = net.complaint(VALIDATORS[3], VALIDATORS[1]);
    let block = vec![
        net.world
            .signed(VALIDATORS[3], Payload::Complain(complaint)),
        net.world.signed(VALIDATORS[0], Payload::Confirm(said)),
    ];
    let outcomes = net.block(block);
    let after = net.round().decided.unwrap().key.unwrap();
    assert_ne!(after.public, before.public);
    assert_eq!(after.holders[0], before.holders[0], "its share is the same");
    assert_eq!(
        outcomes,
        [Outcome::Done(Done::Complained), refused(Refusal::NotYet)]
    );
    for (at, holder) in VALIDATORS.into_iter().enumerate() {
        assert_eq!(net.confirm(holder), confirmed(at == 3));
    }
    let (key, keys, parts) = published(&net);
    let checked = check_slot_keys(net.world.tip.chain, &key, &keys, &parts);
    assert_eq!(checked, Ok(net.slot_keys()), "whoever joins believes them");
}
