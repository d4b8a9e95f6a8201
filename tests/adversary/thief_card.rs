//! A thief who has a bank's signing key for a day: it gives out a card with a receiving key of its own, so that
//! hand-over files for the bank come to the thief. Once the bank has another key on the chain, the card gets nothing
//! more.

use sealane_crypto::handover::{Card, CardError};
use sealane_crypto::keys::InstitutionSecret;
use sealane_crypto::signature::SigningKey;
use sealane_ledger::state::Key;
use sealane_tests::chain::{secret, signing_key};
use sealane_types::genesis::{Alias, Suite};
use sealane_types::governance::Change;

use super::bad_dealer::agree;
use super::*;

const SUITE: Suite = Suite::International;

#[test]
fn a_card_under_a_stolen_key_ends_with_that_key() {
    let mut chain = chain();
    let id = chain.tip.chain;
    let named = |chain: &Chain<'_>| {
        let alias: Alias = chain.read(&Key::alias(&B)).unwrap();
        alias.key
    };
    let stolen = signing_key(&B);
    let thief = InstitutionSecret::import(SUITE, &[9; 32]).receiving();
    let of_thief = Card::new(id, B, &thief, &stolen);
    let of_bank = Card::new(id, B, &secret(&B).receiving(), &stolen);
    assert!(
        of_thief.check(SUITE, &named(&chain)).is_ok(),
        "while the key is the bank's"
    );
    let new = SigningKey::from_seed(&[8; 32]);
    let change = Change::SetKey {
        alias: B,
        key: new.public(),
        possession: new.possess(id, B),
    };
    assert_eq!(agree(&mut chain, change), Ok(()));
    let now = named(&chain);
    assert_eq!(now, new.public());
    for lapsed in [&of_thief, &of_bank] {
        let checked = lapsed.check(SUITE, &now).map(|_| ());
        assert_eq!(checked, Err(CardError::Signature));
    }
    let anew = Card::new(id, B, &secret(&B).receiving(), &new);
    assert!(anew.check(SUITE, &now).is_ok(), "a new card is asked for");
}
