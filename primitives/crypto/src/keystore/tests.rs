//! Keystores open with their key alone, say what is wrong with them, and are written whole.

use std::fs;
use std::path::Path;

use sealane_types::genesis::Suite;
use sealane_types::ids::Epoch;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::*;
use crate::oprf::{KeySecret, KeyShare};

fn passphrase(text: &str) -> Protection {
    let work = WorkFactor::new(2).expect("fast, for tests");
    Protection::Passphrase(Passphrase::new(text.to_owned()), work)
}

fn secrets() -> InstitutionSecrets {
    InstitutionSecrets::generate(Suite::International).expect("this system")
}

fn same(first: &InstitutionSecrets, second: &InstitutionSecrets) -> bool {
    let signing = bool::from(first.signing.ct_eq(&second.signing));
    signing && first.secret == second.secret
}

fn refused(file: &[u8], unlock: &Unlock) -> KeystoreError {
    open::<InstitutionSecrets>(file, unlock)
        .map(|_| ())
        .expect_err("not to be opened")
}

#[test]
fn a_keystore_opens_with_its_own_passphrase_or_key_file_alone() {
    let secrets = secrets();
    let by_key = Protection::KeyFile(KeyFile::generate());
    for protection in [passphrase("correct horse"), by_key.clone()] {
        let file = seal(&secrets, &protection).expect("locked");
        let opened: InstitutionSecrets = open(&file, &protection.unlock()).expect("its own key");
        assert!(same(&opened, &secrets));
        let other = passphrase("correct horsf").unlock();
        let other_key = Unlock::KeyFile(KeyFile::generate());
        let faults =
            [refused(&file, &other), refused(&file, &other_key)].map(|fault| fault.to_string());
        match &protection {
            Protection::Passphrase(..) => {
                assert!(
                    faults[0].contains("the passphrase does not open"),
                    "{faults:?}"
                );
                assert!(faults[1].contains("locked by a passphrase, not by a key file"));
            }
            Protection::KeyFile(_) => {
                assert!(faults[0].contains("locked by a key file, not by a passphrase"));
                assert!(
                    faults[1].contains("the key file does not open"),
                    "{faults:?}"
                );
            }
        }
    }
}

#[test]
fn every_cut_and_every_flipped_byte_is_an_error_that_says_so() {
    let secrets = secrets();
    let key = Protection::KeyFile(KeyFile::generate());
    let file = seal(&secrets, &key).expect("locked");
    for length in 0..file.len() {
        let fault = refused(&file[..length], &key.unlock());
        let said = matches!(fault, KeystoreError::Truncated | KeystoreError::Damaged(_));
        assert!(said, "cut to {length}: {fault}");
    }
    for at in 0..file.len() {
        let mut altered = file.clone();
        altered[at] ^= 1;
        refused(&altered, &key.unlock());
    }
    refused(&[&file[..], b"x"].concat(), &key.unlock());
    let not_age = refused(b"secret: 12345", &key.unlock()).to_string();
    assert!(not_age.contains("backup"), "{not_age}");
}

#[test]
fn the_work_factor_stands_in_the_file_and_is_bounded() {
    let file = seal(&secrets(), &passphrase("p")).expect("locked");
    let header = String::from_utf8_lossy(&file[..120]).into_owned();
    let stanza = header.lines().find(|line| line.starts_with("-> scrypt "));
    assert!(stanza.is_some_and(|line| line.ends_with(" 2")), "{header}");
    let greedy = header.lines().take(2).collect::<Vec<_>>().join("\n");
    let greedy = greedy
        .strip_suffix('2')
        .map(|text| format!("{text}30"))
        .expect("its factor");
    let rest = &file[greedy.len() - 1..];
    let altered = [greedy.as_bytes(), rest].concat();
    let fault = refused(&altered, &passphrase("p").unlock());
    assert!(matches!(fault, KeystoreError::TooMuchWork(30)), "{fault}");
    assert_eq!(WorkFactor::new(0), None);
    assert_eq!(WorkFactor::new(19), None);
    assert_eq!(WorkFactor::new(17), Some(WorkFactor::STANDARD));
}

#[test]
fn one_kind_of_secret_is_not_taken_for_another() {
    let key = Protection::KeyFile(KeyFile::generate());
    let dealt = KeySecret::from_seed(&[1; 32])
        .deal(Epoch(3), 2, 3)
        .expect("2 of 3");
    let share = &dealt.1[1];
    let file = seal(share, &key).expect("locked");
    let again: KeyShare = open(&file, &key.unlock()).expect("its own key");
    assert!(bool::from(again.ct_eq(share)));
    let fault = refused(&file, &key.unlock()).to_string();
    assert!(
        fault.contains("share of the fingerprint key") && fault.contains("institution"),
        "{fault}"
    );
    let validator = ValidatorSecrets {
        signing: secrets().signing,
    };
    let file = seal(&validator, &key).expect("locked");
    let again: ValidatorSecrets = open(&file, &key.unlock()).expect("its own key");
    assert_eq!(again.signing.public(), validator.signing.public());
    let seed = NetworkSeed(Zeroizing::new([5; 32]));
    let file = seal(&seed, &key).expect("locked");
    let again: NetworkSeed = open(&file, &key.unlock()).expect("its own key");
    assert_eq!(*again.0, *seed.0);
    assert_eq!(format!("{seed:?}"), "NetworkSeed(secret)");
}

#[test]
fn a_keystore_takes_the_place_of_another_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, next) = (folder.path().join("a.age"), folder.path().join("b.age"));
    let (first, second) = (secrets(), secrets());
    let key = Protection::KeyFile(KeyFile::generate());
    save(&path, &first, &key, Existing::Refuse).expect("written");
    save(&next, &second, &key, Existing::Refuse).expect("written");
    replace(&path, &next).expect("moved");
    let loaded: InstitutionSecrets = load(&path, &key.unlock()).expect("the second");
    assert!(same(&loaded, &second) && !next.exists());
    assert_private(&path);
    assert!(replace(&path, &next).is_err(), "there is none any more");
    assert!(path.exists());
}

#[test]
fn content_of_another_version_or_length_is_refused() {
    let key = Protection::KeyFile(KeyFile::generate());
    let packed = pack(&secrets());
    let refused = |content: &[u8]| {
        let file = key.lock(content).expect("locked");
        let opened = open::<InstitutionSecrets>(&file, &key.unlock());
        assert!(matches!(opened, Err(KeystoreError::Content(_))));
    };
    let mut later = packed.to_vec();
    later[3] = 2;
    refused(&later);
    refused(&packed[..packed.len() - 1]);
    refused(&[&packed[..], &[0]].concat());
    refused(b"");
}

#[test]
fn a_file_is_written_whole_for_its_owner_alone_and_never_over_another() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("keystore.age");
    let (first, second) = (secrets(), secrets());
    let key = Protection::KeyFile(KeyFile::generate());
    save(&path, &first, &key, Existing::Refuse).expect("written");
    assert_private(&path);
    let again = save(&path, &second, &key, Existing::Refuse);
    assert!(matches!(again, Err(KeystoreError::Exists(_))));
    let raced = file::write_atomic(&path, b"other", Existing::Refuse);
    assert!(
        matches!(raced, Err(KeystoreError::Exists(_))),
        "where two race, the link decides"
    );
    let loaded: InstitutionSecrets = load(&path, &key.unlock()).expect("still the first");
    assert!(same(&loaded, &first));
    save(&path, &second, &key, Existing::Replace).expect("replaced");
    assert_private(&path);
    let loaded: InstitutionSecrets = load(&path, &key.unlock()).expect("the second");
    assert!(same(&loaded, &second));
    let left: Vec<_> = fs::read_dir(folder.path()).expect("a folder").collect();
    assert_eq!(left.len(), 1, "nothing is left beside it");
    let nowhere = folder.path().join("none/keystore.age");
    let missing = save(&nowhere, &first, &key, Existing::Refuse);
    assert!(matches!(missing, Err(KeystoreError::Disk { .. })));
    assert!(matches!(
        load::<InstitutionSecrets>(&nowhere, &key.unlock()),
        Err(KeystoreError::Disk { .. })
    ));
    fs::write(&path, vec![b'a'; 10_000]).expect("written");
    assert!(matches!(
        load::<InstitutionSecrets>(&path, &key.unlock()),
        Err(KeystoreError::Damaged(_))
    ));
}

#[cfg(unix)]
fn assert_private(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[cfg(not(unix))]
fn assert_private(_: &Path) {}

#[test]
fn a_key_file_is_read_as_it_was_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("key.txt");
    let key = KeyFile::generate();
    key.write(&path).expect("written");
    assert_private(&path);
    assert!(matches!(key.write(&path), Err(KeystoreError::Exists(_))));
    let file = seal(&secrets(), &Protection::KeyFile(key)).expect("locked");
    let read = KeyFile::read(&path).expect("a key file");
    let opened: Result<InstitutionSecrets, _> = open(&file, &Unlock::KeyFile(read));
    assert!(opened.is_ok());
    for text in ["", "# only a comment\n", "AGE-SECRET-KEY-1NONE\n", "hello"] {
        fs::write(&path, text).expect("written");
        assert!(matches!(
            KeyFile::read(&path),
            Err(KeystoreError::NoKeyFile(_))
        ));
    }
}

#[test]
fn nothing_of_a_lock_or_a_secret_shows() {
    let shown = format!("{:?}", passphrase("hunter2"));
    assert!(!shown.contains("hunter2"), "{shown}");
    let key = KeyFile::generate();
    assert!(!format!("{key:?}").contains("AGE-SECRET"));
    let shown = format!("{:?}", secrets());
    assert!(shown.contains("InstitutionSecret(secret)"), "{shown}");
    let file = seal(&secrets(), &passphrase("p")).expect("locked");
    assert!(file.starts_with(b"age-encryption.org/v1\n"));
}

#[test]
fn a_file_of_another_user_says_whose_it_must_be() {
    let told = |kind: std::io::ErrorKind| {
        let (path, source) = ("key.txt".into(), kind.into());
        KeystoreError::Disk { path, source }.to_string()
    };
    let denied = told(std::io::ErrorKind::PermissionDenied);
    assert!(denied.contains("must belong to the user"), "{denied}");
    assert!(told(std::io::ErrorKind::NotFound).contains("from a backup"));
}
