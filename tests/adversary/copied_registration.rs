//! A bank that sees another's registration of a customer on its way, and sends it first as its own: to become the
//! customer's bank, or to give the alias another role or other identifiers.

use sealane_tests::chain::signing_key;
use sealane_types::alias::{RegisterAlias, Role, Vouched};
use sealane_types::genesis::Alias;
use sealane_types::ids::FieldBytes;

use super::*;

const ACME: AliasId = AliasId::new([77; 32]);

/// What bank A sends.
fn registration(chain: &Chain<'_>) -> RegisterAlias {
    let key = signing_key(&ACME);
    let vouched = Vouched {
        bank: A,
        role: Role::Company,
        commitment: FieldBytes::new([5; 32]),
    };
    RegisterAlias {
        alias: ACME,
        role: vouched.role,
        key: key.public(),
        possession: key.possess_as(chain.tip.chain, ACME, Some(vouched)),
        commitment: vouched.commitment,
        until: None,
    }
}

fn known(chain: &Chain<'_>) -> Option<Alias> {
    chain.read(&sealane_ledger::state::Key::alias(&ACME))
}

#[test]
fn a_registration_that_another_bank_copies_is_refused_and_its_owners_goes_through() {
    let mut chain = chain();
    let honest = registration(&chain);
    let copied = [
        honest.clone(),
        RegisterAlias {
            role: Role::Carrier,
            ..honest.clone()
        },
        RegisterAlias {
            commitment: FieldBytes::new([6; 32]),
            ..honest.clone()
        },
    ];
    for copy in copied {
        let sent = chain.send(B, Payload::RegisterAlias(copy));
        assert_eq!(sent, Err(Refusal::WrongKey));
        assert_eq!(known(&chain), None);
    }
    let sent = chain.send(A, Payload::RegisterAlias(honest.clone()));
    assert!(sent.is_ok(), "{sent:?}");
    let alias = known(&chain).unwrap();
    assert_eq!(
        (alias.bank, alias.role, alias.key),
        (A, honest.role, honest.key)
    );
    assert_eq!(alias.commitment, honest.commitment);
    let late = chain.send(B, Payload::RegisterAlias(honest));
    assert!(late.is_err(), "{late:?}");
    assert_eq!(known(&chain), Some(alias), "nor afterwards");
}
