//! A node's home: what does not belong together is refused before anything runs (RELIABILITY 23).

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::Path;

use sealane_crypto::signature::SigningKey;
use sealane_node::{Config, Consensus, HomeError, InitOptions, NodeHome, init};
use sealane_types::encoding::Encode;
use sealane_types::genesis::TestKeys;
use sealane_types::ids::{AliasId, VerifyingKeyId};
use support::World;
use tempfile::TempDir;

fn refused(change: impl FnOnce(&mut InitOptions)) -> HomeError {
    let folder = TempDir::new().unwrap();
    let mut options = World::new().options();
    change(&mut options);
    let error = init(&folder.path().join("node"), options).unwrap_err();
    assert!(
        !folder.path().join("node").exists(),
        "nothing is left behind"
    );
    error
}

#[test]
fn what_is_made_opens_and_is_not_made_again() {
    let folder = TempDir::new().unwrap();
    let world = World::new();
    let home = init(folder.path(), world.options()).unwrap();
    assert_eq!(home.genesis(), &world.genesis);
    let again = init(folder.path(), world.options()).unwrap_err();
    assert!(matches!(again, HomeError::Exists(_)));
    NodeHome::open(folder.path()).unwrap();
    #[cfg(unix)]
    for secret in ["key.txt", "validator.age"] {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(folder.path().join(secret))
            .unwrap()
            .permissions();
        assert_eq!(mode.mode() & 0o077, 0, "{secret} is nobody else's to read");
    }
}

#[test]
fn keys_that_are_not_genesis_own_are_refused() {
    let other = SigningKey::from_seed(&[99; 32]);
    let error = refused(|options| options.signing = other);
    assert!(matches!(error, HomeError::NotAValidator), "{error}");
    let bank = SigningKey::from_seed(&[10; 32]);
    let error = refused(|options| options.signing = bank);
    assert!(matches!(error, HomeError::NotAValidator), "{error}");
    let late = AliasId::new([9; 32]).to_string();
    let error = refused(|options| options.config.validator = Some(late));
    assert!(matches!(error, HomeError::NotAValidator), "solo: {error}");
}

#[test]
fn an_observer_has_no_validator_s_key_and_a_validator_may_come_after_genesis() {
    let several = || Consensus {
        listen: "127.0.0.1:0".parse().unwrap(),
        peers: Vec::new(),
    };
    let listen = "127.0.0.1:0".parse().unwrap();
    let observer = || Config::of_observer("watcher", listen, several());
    let own = || SigningKey::from_seed(&[99; 32]);
    let folder = TempDir::new().unwrap();
    let mut options = World::new().options();
    (options.config, options.signing) = (observer(), own());
    init(folder.path(), options).unwrap();
    NodeHome::open(folder.path()).unwrap();

    let error = refused(|options| options.config = observer());
    assert!(
        matches!(error, HomeError::Observer),
        "a validator's key: {error}"
    );
    let error = refused(|options| {
        let mut solo = Config::new(listen);
        solo.observer = Some("watcher".to_owned());
        (options.config, options.signing) = (solo, own());
    });
    assert!(matches!(error, HomeError::Observer), "solo: {error}");

    let folder = TempDir::new().unwrap();
    let mut options = World::new().options();
    let mut late = Config::of_several(listen, several());
    late.validator = Some(AliasId::new([9; 32]).to_string());
    (options.config, options.signing) = (late, own());
    init(folder.path(), options).unwrap();
    let error = refused(|options| {
        let mut late = Config::of_several(listen, several());
        late.validator = Some("nobody".to_owned());
        (options.config, options.signing) = (late, own());
    });
    assert!(matches!(error, HomeError::NotAValidator), "{error}");
}

/// It came to another id that none of its peers knew, and said nothing.
#[test]
fn a_node_with_another_key_than_its_first_does_not_start_without_its_connections_key() {
    let listen = "127.0.0.1:0".parse().unwrap();
    let several = |validator: AliasId| {
        let peers = Vec::new();
        let mut config = Config::of_several(listen, Consensus { listen, peers });
        config.validator = Some(validator.to_string());
        config
    };
    let (own, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let mut options = World::new().options();
    let validator = options.genesis.validators.validators()[0].alias;
    options.config = several(validator);
    init(own.path(), options).unwrap();
    let mut options = World::new().options();
    options.config = several(AliasId::new([9; 32]));
    options.signing = SigningKey::from_seed(&[99; 32]);
    init(other.path(), options).unwrap();
    NodeHome::open(own.path()).unwrap();
    for file in ["key.txt", "validator.age"] {
        fs::copy(other.path().join(file), own.path().join(file)).unwrap();
    }
    let error = NodeHome::open(own.path()).unwrap_err();
    assert!(matches!(error, HomeError::NetworkKeyLost(_)), "{error}");
    assert!(error.to_string().contains("network.age"), "{error}");
    // of one that came later genesis does not tell which key was its first: it has the file from the start
    NodeHome::open(other.path()).unwrap();
    fs::remove_file(other.path().join("network.age")).unwrap();
    let error = NodeHome::open(other.path()).unwrap_err();
    assert!(matches!(error, HomeError::NetworkKeyLost(_)), "{error}");
}

#[test]
fn verifying_keys_that_must_not_count_are_refused() {
    let unknown = VerifyingKeyId::new([0xee; 32]);
    let error = refused(|options| {
        let keys = &mut options.genesis.parameters.verifying_keys;
        keys.push(unknown);
        keys.sort_unstable();
    });
    assert!(
        matches!(error, HomeError::UnknownVerifyingKey(id) if id == unknown),
        "{error}"
    );
    let error = refused(|options| options.genesis.parameters.test_keys = TestKeys::Refused);
    assert!(matches!(error, HomeError::TestKey(_)), "{error}");
}

fn damaged(change: impl FnOnce(&Path)) -> HomeError {
    let folder = TempDir::new().unwrap();
    init(folder.path(), World::new().options()).unwrap();
    change(folder.path());
    NodeHome::open(folder.path()).unwrap_err()
}

#[test]
fn files_that_were_changed_are_refused() {
    let error = damaged(|home| fs::remove_file(home.join("node.toml")).unwrap());
    assert!(matches!(error, HomeError::NoNode(_)), "{error}");
    let error = damaged(|home| fs::write(home.join("node.toml"), "listen = 7").unwrap());
    assert!(matches!(error, HomeError::Config { .. }), "{error}");
    let error = damaged(|home| {
        let path = home.join("node.toml");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, format!("{text}speed = 9\n")).unwrap();
    });
    assert!(error.to_string().contains("speed"), "{error}");
    let error = damaged(|home| fs::write(home.join("genesis.bin"), [1, 2, 3]).unwrap());
    assert!(matches!(error, HomeError::NoGenesis { .. }), "{error}");
    let error = damaged(|home| fs::write(home.join("validator.age"), [0; 300]).unwrap());
    assert!(error.to_string().contains("validator.age"), "{error}");
    let error = damaged(|home| {
        let other = tempfile::tempdir().unwrap();
        init(other.path(), World::new().options()).unwrap();
        fs::copy(other.path().join("key.txt"), home.join("key.txt")).unwrap();
    });
    let words = error.to_string();
    assert!(
        words.contains("validator.age") && words.contains("key.txt"),
        "{words}"
    );
    let error = damaged(|home| {
        let mut genesis = World::new().genesis;
        genesis.parameters.test_keys = TestKeys::Refused;
        fs::write(home.join("genesis.bin"), genesis.to_bytes()).unwrap();
    });
    assert!(matches!(error, HomeError::TestKey(_)), "{error}");
}
