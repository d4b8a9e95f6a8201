#![allow(clippy::unwrap_used)]

use sealane_crypto::signature::verify;
use sealane_types::ids::{BlockId, ChainId};
use tempfile::TempDir;

use super::*;

fn folder() -> (TempDir, KeyFiles, PublicKey) {
    let folder = TempDir::new().unwrap();
    let files = KeyFiles::of(folder.path());
    let signing = SigningKey::from_seed(&[1; 32]);
    let public = signing.public();
    files.begin(signing).unwrap();
    (folder, files, public)
}

fn signed_by(keys: &Keyring, key: &PublicKey, height: u64) -> bool {
    let vote = Vote {
        chain: ChainId::new([2; 32]),
        height: Height(height),
        round: 0,
        block: BlockId::new([3; 32]),
    };
    let other = keys.sign_consensus(Height(height), b"hello");
    let both = [
        verify(tags::SIGN_VOTE, key, &vote.to_bytes(), &keys.sign(&vote)),
        verify(tags::SIGN_CONSENSUS, key, b"hello", &other),
    ];
    assert_eq!(both[0], both[1], "votes and other messages are of one key");
    both[0]
}

#[test]
fn each_height_is_signed_with_the_key_that_the_chain_names_for_it() {
    let (_folder, files, old) = folder();
    let keys = Keyring::new(files.clone(), files.signing().unwrap());
    assert!(!keys.follow(Height(5), &old).unwrap());
    let new = files.make_next().unwrap().public();
    assert_eq!(files.make_next().unwrap().public(), new, "asked again");
    assert!(!keys.follow(Height(6), &old).unwrap(), "not yet");
    assert!(signed_by(&keys, &old, 6));
    assert!(keys.follow(Height(7), &new).unwrap());
    assert!(signed_by(&keys, &old, 6) && signed_by(&keys, &new, 7));
    assert_eq!(keys.newest().public(), new);
    assert!(!keys.follow(Height(8), &new).unwrap());
    assert!(signed_by(&keys, &new, 6), "the old key is forgotten");
    assert_eq!(files.signing().unwrap().public(), new, "also on disk");
    assert!(files.next().unwrap().is_none());
}

#[test]
fn peers_know_the_node_again_after_its_key_has_changed() {
    let (_folder, files, _) = folder();
    let seed = |files: &KeyFiles| files.network_seed(&files.signing().unwrap()).unwrap();
    let before = peer_id(&seed(&files)).unwrap();
    for _ in 0..2 {
        let new = files.make_next().unwrap().public();
        let keys = Keyring::new(files.clone(), files.signing().unwrap());
        assert!(keys.follow(Height(3), &new).unwrap());
        assert_eq!(peer_id(&seed(&files)).unwrap(), before);
    }
}

#[test]
fn a_kill_in_the_middle_leaves_a_node_that_finds_its_key_again() {
    let (folder, files, _) = folder();
    let new = files.make_next().unwrap().public();
    // killed when the connections' key was kept, and the signing keys had not changed places
    let seed = files.network_seed(&files.signing().unwrap()).unwrap();
    let network = folder.path().join(NETWORK);
    save(
        &network,
        &seed,
        &files.protection().unwrap(),
        Existing::Refuse,
    )
    .unwrap();
    let keys = Keyring::new(files.clone(), files.signing().unwrap());
    assert!(keys.follow(Height(9), &new).unwrap());
    assert_eq!(files.signing().unwrap().public(), new);
}

/// The order of the two steps: a node that dies between them would have no name among its peers any more.
#[cfg(unix)]
#[test]
fn the_old_key_stays_until_the_connections_have_what_they_need_of_it() {
    let (folder, files, old) = folder();
    let seed = |files: &KeyFiles| files.network_seed(&files.signing().unwrap()).unwrap();
    let before = peer_id(&seed(&files)).unwrap();
    let new = files.make_next().unwrap().public();
    let keys = Keyring::new(files.clone(), files.signing().unwrap());
    let network = folder.path().join(NETWORK);
    std::os::unix::fs::symlink("nowhere", &network).unwrap(); // nothing can be kept there
    assert!(keys.follow(Height(3), &new).is_err());
    assert_eq!(files.signing().unwrap().public(), old);
    assert_eq!(keys.newest().public(), old, "in memory as on disk");
    std::fs::remove_file(&network).unwrap();
    assert!(keys.follow(Height(4), &new).unwrap());
    assert_eq!(files.signing().unwrap().public(), new);
    assert_eq!(peer_id(&seed(&files)).unwrap(), before);
}

#[test]
fn a_key_that_is_not_here_is_not_signed_with() {
    let (_folder, files, old) = folder();
    let _ = files.make_next().unwrap();
    let keys = Keyring::new(files.clone(), files.signing().unwrap());
    let foreign = SigningKey::from_seed(&[7; 32]).public();
    assert!(!keys.follow(Height(2), &foreign).unwrap());
    assert_eq!(keys.newest().public(), old);
    assert_eq!(
        files.signing().unwrap().public(),
        old,
        "nothing was given up"
    );
}
