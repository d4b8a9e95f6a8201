use sealane_crypto::signature::SigningKey;

use super::*;

fn chain() -> ChainId {
    ChainId::new([1; 32])
}

fn claim() -> KeyClaim {
    let (key, alias) = (SigningKey::from_seed(&[2; 32]), AliasId::new([3; 32]));
    KeyClaim {
        chain: chain(),
        alias,
        key: key.public(),
        possession: key.possess(chain(), alias),
    }
}

#[test]
fn a_validator_s_request_admits_it_under_its_bank() {
    let bank = AliasId::new([4; 32]);
    let text = validator_request(bank, "node-e", &claim()).expect("a request");
    let change = admission(text.as_bytes(), chain()).expect("read");
    let Change::Admit { alias, possession } = change else {
        panic!("{change:?}");
    };
    let told = (alias.id, alias.key, alias.bank, alias.role);
    let claim = claim();
    assert_eq!(told, (claim.alias, claim.key, bank, Role::Validator));
    assert_eq!(possession, claim.possession);
    assert!(validator_request(bank, "Node E", &claim).is_err());
}

#[test]
fn a_request_for_a_key_says_what_it_is_and_nothing_else() {
    let text = key_request(&claim());
    let change = key_change(text.as_bytes(), chain()).expect("read");
    let KeyClaim {
        alias,
        key,
        possession,
        ..
    } = claim();
    let expected = Change::SetKey {
        alias,
        key,
        possession,
    };
    assert_eq!(change, expected);

    let other = key_change(text.as_bytes(), ChainId::new([9; 32]));
    assert!(matches!(other, Err(RequestError::OtherNetwork)));
    let key = claim().key.to_string();
    let lie = text.replacen(&key, &"ab".repeat(32), 1);
    let lie = key_change(lie.as_bytes(), chain());
    assert!(matches!(lie, Err(RequestError::Changed)));
    let longer = key_change(&vec![b' '; MAX_REQUEST_FILE + 1], chain());
    assert!(matches!(longer, Err(RequestError::Form(_))));
    assert!(key_change(b"{}", chain()).is_err());
}

#[test]
fn each_request_is_proposed_as_what_it_is() {
    let admit = validator_request(AliasId::new([4; 32]), "node-e", &claim()).expect("a request");
    let wrong = key_change(admit.as_bytes(), chain()).expect_err("no key");
    assert!(wrong.to_string().contains("proposal new admit"), "{wrong}");
    let wrong = admission(key_request(&claim()).as_bytes(), chain()).expect_err("nobody");
    assert!(wrong.to_string().contains("proposal new key"), "{wrong}");
}
