use std::path::PathBuf;

use sealane_crypto::keystore;
use sealane_crypto::signature::verify;
use sealane_crypto::tags;
use sealane_types::alias::Possession;
use sealane_types::encoding::{Decode as _, Encode as _};
use sealane_types::governance::{CastVote, Change};
use sealane_types::ids::{ProposalId, PublicKey, Sequence};
use sealane_types::transaction::{Payload, Transaction};
use tempfile::TempDir;

use super::*;
use crate::home::passphrase::change;
use crate::home::{Home, KeysError, check_passphrase};
use crate::network::{Options, Protect, create};

/// The homes of two banks of one network.
fn homes(protect: Protect) -> (TempDir, [PathBuf; 2]) {
    let folder = TempDir::new().expect("a temporary folder");
    let mut options = Options::local(2, &["https://127.0.0.1:1".to_owned()], 0, &[]);
    options.protect = protect;
    let created = create(&folder.path().join("net"), &options).expect("made");
    let homes = created.homes.try_into().expect("two");
    (folder, homes)
}

fn asked(text: &str, home: &Home) -> PublicKey {
    match join::key_change(text.as_bytes(), home.chain()) {
        Ok(Change::SetKey {
            alias,
            key,
            possession,
        }) if alias == home.alias() => {
            let chain = home.chain();
            let said = Possession {
                chain,
                alias,
                key,
                vouched: None,
            };
            let signed = verify(tags::SIGN_POSSESSION, &key, &said.to_bytes(), &possession);
            assert!(signed, "the new key's own word, which the members ask for");
            key
        }
        other => panic!("{other:?}"),
    }
}

fn open(home: &Path) -> Home {
    Home::open(home, &Unlock::Environment).expect("opens")
}

fn signed(home: &Home) -> Vec<u8> {
    let vote = CastVote {
        proposal: ProposalId(0),
        approve: true,
    };
    home.sign(Sequence(0), Payload::Vote(vote)).1
}

fn is_of(bytes: &[u8], key: &PublicKey) -> bool {
    let transaction = Transaction::from_bytes(bytes).expect("a transaction");
    let (body, signature) = (transaction.body.to_bytes(), transaction.signature);
    verify(tags::SIGN_TRANSACTION, key, &body, &signature)
}

#[test]
fn a_home_signs_with_the_key_that_the_chain_names_and_forgets_the_other() {
    let (_folder, [path, other]) = homes(Protect::KeyFiles);
    let (home, of_other) = (open(&path), open(&other).alias());
    let busy = rekey(&path, &Unlock::Environment, Duration::ZERO);
    assert!(matches!(busy, Err(HomeError::Disk(_))), "it is at work");
    let known = home.genesis().alias(&home.alias()).expect("in genesis");
    let (old, secret) = (known.key, home.document_digest(b"x"));
    let customer = home.customer_key(&of_other).public();
    drop(home);

    let text = rekey(&path, &Unlock::Environment, Duration::ZERO).expect("made");
    let again = rekey(&path, &Unlock::Environment, Duration::ZERO).expect("made");
    assert_eq!(text, again, "typed again");
    let home = open(&path);
    let new = asked(&text, &home);
    assert!(home.key_waits() && is_of(&signed(&home), &old));
    let first = signed(&home);
    let anew = home
        .signed_anew(std::slice::from_ref(&first))
        .expect("another key");
    assert!(is_of(&anew, &new));
    assert_eq!(home.signed_anew(&[first.clone(), anew]), None);
    let mut of_customer = Transaction::from_bytes(&first).expect("a transaction");
    of_customer.body.signer = of_other;
    let of_customer = of_customer.to_bytes();
    assert_eq!(home.signed_anew(&[of_customer]), None, "another's to sign");
    home.follow_key(&old).expect("nothing to do");
    assert!(home.key_waits());
    home.follow_key(&new).expect("its height has come");
    assert!(!home.key_waits() && is_of(&signed(&home), &new));
    home.follow_key(&new).expect("once");
    drop(home);

    let home = open(&path);
    assert!(is_of(&signed(&home), &new), "the old one is gone");
    let anew = home.signed_anew(&[first]).expect("of before the change");
    assert!(is_of(&anew, &new));
    assert_eq!(home.document_digest(b"x"), secret, "the secret stays");
    assert_eq!(home.customer_key(&of_other).public(), customer);
    assert!(!path.join("keystore-next.age").exists());
}

#[test]
fn one_passphrase_opens_both_keys() {
    let words = "correct horse battery".to_owned();
    let (_folder, [path, _]) = homes(Protect::Passphrase(words.clone()));
    let unlock = Unlock::Passphrase(words);
    let text = rekey(&path, &unlock, Duration::ZERO).expect("made");
    let home = Home::open(&path, &unlock).expect("opens");
    home.follow_key(&asked(&text, &home)).expect("changed");
    assert!(!path.join("keystore-next.age").exists());
    drop(home);
    Home::open(&path, &unlock).expect("opens");
    let wrong = rekey(
        &path,
        &Unlock::Passphrase("wrong".to_owned()),
        Duration::ZERO,
    );
    assert!(matches!(wrong, Err(HomeError::Keys(_))));
}

/// While a new key waits, both keystores are locked anew. A run that was killed between the two is typed again.
#[test]
fn a_changed_passphrase_opens_both_keystores_and_the_old_one_opens_neither() {
    let [old, new] = ["correct horse battery", "staple horse battery"];
    let (_folder, [path, _]) = homes(Protect::Passphrase(old.to_owned()));
    let unlock = |words: &str| Unlock::Passphrase(words.to_owned());
    let text = rekey(&path, &unlock(old), Duration::ZERO).expect("made");
    let present = path.join("keystore.age");
    let before = std::fs::read(&present).expect("read");
    let guessed = change(&path, &unlock("wrong horse battery"), new, Duration::ZERO);
    assert!(matches!(guessed, Err(HomeError::Keys(_))), "{guessed:?}");
    assert_eq!(std::fs::read(&present).expect("read"), before);
    change(&path, &unlock(old), new, Duration::ZERO).expect("changed");
    let opens = |name: &str, words: &str| {
        let words = keystore::Passphrase::new(words.to_owned());
        let lock = keystore::Protection::Passphrase(words, keystore::WorkFactor::STANDARD);
        let opened = keystore::load(&path.join(name), &lock.unlock());
        opened.map(|_: keystore::InstitutionSecrets| ()).is_ok()
    };
    for name in ["keystore.age", "keystore-next.age"] {
        assert_eq!(
            (opens(name, old), opens(name, new)),
            (false, true),
            "{name}"
        );
    }
    std::fs::write(&present, before).expect("as a run leaves it that is killed after the first");
    change(&path, &unlock(old), new, Duration::ZERO).expect("typed again");
    let closed = Home::open(&path, &unlock(old));
    assert!(closed.is_err(), "the old one");
    let home = Home::open(&path, &unlock(new)).expect("opens");
    assert!(home.key_waits());
    home.follow_key(&asked(&text, &home)).expect("the same key");
}

#[test]
fn a_key_of_another_home_is_not_taken() {
    let (_folder, [path, other]) = homes(Protect::Passphrase("one passphrase for both".to_owned()));
    let unlock = Unlock::Passphrase("one passphrase for both".to_owned());
    rekey(&other, &unlock, Duration::ZERO).expect("made");
    let next = "keystore-next.age";
    std::fs::copy(other.join(next), path.join(next)).expect("copied");
    let mixed = Home::open(&path, &unlock).expect_err("of another home");
    assert!(mixed.to_string().contains("another home"), "{mixed}");
}

#[test]
fn a_new_passphrase_is_long_and_a_home_with_a_short_one_opens() {
    for (short, count) in [
        ("", 0),
        ("mouse", 5),
        ("fourteen chars", 14),
        ("   spaces alone    ", 12),
    ] {
        let told = check_passphrase(short);
        assert!(
            matches!(told, Err(KeysError::ShortPassphrase(found)) if found == count),
            "{told:?}"
        );
    }
    check_passphrase("fifteen chars ä").expect("characters count, not bytes");
    let long = "four words and one".to_owned();
    let (_folder, [path, _]) = homes(Protect::Passphrase(long.clone()));
    let lock = |words: &str| {
        let words = keystore::Passphrase::new(words.to_owned());
        keystore::Protection::Passphrase(words, keystore::WorkFactor::STANDARD)
    };
    // locked before new ones had to be long
    let file = path.join("keystore.age");
    let secrets: keystore::InstitutionSecrets =
        keystore::load(&file, &lock(&long).unlock()).expect("opens");
    let replaced = keystore::save(&file, &secrets, &lock("mouse"), keystore::Existing::Replace);
    replaced.expect("written");
    Home::open(&path, &Unlock::Passphrase("mouse".to_owned())).expect("opens");
    let short = change(
        &path,
        &Unlock::Passphrase("mouse".to_owned()),
        "house",
        Duration::ZERO,
    );
    assert!(matches!(
        short,
        Err(HomeError::Keys(KeysError::ShortPassphrase(5)))
    ));
}
