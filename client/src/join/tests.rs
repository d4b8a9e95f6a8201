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

#[test]
fn a_newcomer_s_home_can_open_the_commitment_that_it_is_admitted_with() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let address = "https://127.0.0.1:1".to_owned();
    let options = crate::network::Options::local(1, &[address], 0, &[]);
    let network = crate::network::create(folder.path(), &options).expect("a network");
    let identifiers = [
        "lei:1961005C5OEL4TEFE199".to_owned(),
        "de-vat:129273398".to_owned(),
    ];
    let newcomer = Newcomer {
        name: "bank-e",
        role: Role::Bank,
        identifiers: &identifiers,
        protect: &Protect::KeyFiles,
    };
    let home = folder.path().join("bank-e");
    let request = join(&home, &network.genesis, &options.nodes[0], &newcomer);
    let chain = sealane_ledger::chain_id(&network.genesis);
    let change = admission(request.expect("a request").as_bytes(), chain).expect("read");
    let Change::Admit { alias, .. } = change else {
        panic!("{change:?}");
    };
    let home = Home::open(&home, &crate::home::Unlock::Environment).expect("a home");
    let opening = home.opening_of(&alias.id).expect("read").expect("its own");
    assert_eq!(opening.identifiers(), identifiers);
    assert_eq!(opening.commitment(), alias.commitment);
    let file = std::fs::read(home.folder().join("identity.bin")).expect("a file");
    assert!(!file.windows(6).any(|word| word == b"de-vat"), "encrypted");
}
