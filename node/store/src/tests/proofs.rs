//! Proofs of the state, checked as a client checks them.

use sealane_types::ids::{Height, StateRoot};
use sealane_wire::proof::{ProofError, verify};
use tempfile::TempDir;

use super::{begin, commit, open};

#[test]
fn presence_and_absence_are_proven_against_each_heights_root() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    begin(&store);
    (1..=40).for_each(|height| _ = commit(&store, height));
    for height in [0, 1, 2, 17, 40] {
        let root = store.root(Height(height)).unwrap();
        for key in 0..=44_u64 {
            let key = format!("key {key}").into_bytes();
            let proven = store.prove(Height(height), &key).unwrap();
            let expected = store.value(Height(height), &key).unwrap();
            assert_eq!(proven.value, expected);
            verify(&root, &key, proven.value.as_deref(), &proven.proof).unwrap();
        }
    }
}

#[test]
fn a_proof_shows_nothing_else() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    begin(&store);
    (1..=20).for_each(|height| _ = commit(&store, height));
    let (now, before) = (Height(20), Height(19));
    let (root, old) = (store.root(now).unwrap(), store.root(before).unwrap());
    let there = store.prove(now, b"key 3").unwrap();
    let absent = store.prove(now, b"nothing").unwrap();
    let refused = Err(ProofError::DoesNotHold);
    let value = there.value.as_deref();
    assert_eq!(verify(&root, b"key 3", value, &there.proof), Ok(()));
    assert_eq!(verify(&old, b"key 3", value, &there.proof), refused);
    assert_eq!(verify(&root, b"key 4", value, &there.proof), refused);
    assert_eq!(
        verify(&root, b"key 3", Some(b"other"), &there.proof),
        refused
    );
    assert_eq!(verify(&root, b"key 3", None, &there.proof), refused);
    assert_eq!(verify(&root, b"key 3", None, &absent.proof), refused);
    assert_eq!(
        verify(&root, b"nothing", Some(b"x"), &absent.proof),
        refused
    );
    assert_eq!(
        verify(&root, b"", None, &absent.proof),
        Err(ProofError::EmptyKey)
    );
}

#[test]
fn altered_proofs_are_refused_without_a_panic() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    begin(&store);
    (1..=20).for_each(|height| _ = commit(&store, height));
    let root = store.root(Height(20)).unwrap();
    for key in [&b"key 7"[..], b"nothing", b"nobody"] {
        let proven = store.prove(Height(20), key).unwrap();
        for at in 0..proven.proof.len() {
            for flip in [1_u8, 0x80] {
                let mut bytes = proven.proof.clone();
                bytes[at] ^= flip;
                let held = verify(&root, key, proven.value.as_deref(), &bytes).is_ok();
                // A bit that decodes to the very same proof may hold; it must then still be of this key.
                assert!(!held || bytes.len() == proven.proof.len());
                let lie = match &proven.value {
                    Some(_) => verify(&root, key, None, &bytes),
                    None => verify(&root, key, Some(b"x"), &bytes),
                };
                assert!(lie.is_err());
            }
            let cut = verify(&root, key, proven.value.as_deref(), &proven.proof[..at]);
            assert!(cut.is_err());
        }
    }
    assert!(verify(&StateRoot::new([0; 32]), b"k", None, &[]).is_err());
}
