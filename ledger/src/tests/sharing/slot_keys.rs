//! Slot keys: what a key's holders publish of it, and who believes them.

use sealane_crypto::oprf::{AnswerFault, OprfError};
use sealane_types::ids::{Epoch, ShareIndex};
use sealane_types::sharing::{Confirm, FingerprintKey};

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
    net.reshare(&[VALIDATORS[3], VALIDATORS[1], VALIDATORS[2]]);
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
