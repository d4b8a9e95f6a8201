//! Test keys are the pinned ones; a cached key is read whole or not at all.

use std::path::PathBuf;

use ark_bls12_381::Fr;
use ark_serialize::CanonicalDeserialize;
use sealane_gadgets::{Mode, System};

use super::*;

#[test]
fn the_test_keys_made_from_their_seed_are_the_pinned_ones() {
    let keys = CircuitKeys::generate().expect("arkworks takes the circuit");
    let Pins {
        verifying_key,
        proving_key,
    } = keys.pins();
    println!("{}", keys.circuit());
    println!("verifying-key-id {verifying_key}\nproving-key-digest {proving_key}");
    println!("verifying-key {}", hex::encode(keys.verifying_key_bytes()));
    assert_eq!(keys.pins(), Pins::financing());
}

#[test]
fn the_pinned_verifying_key_is_the_one_in_the_vectors() {
    let keys = load_or_generate(&default_directory().expect("set"), &mut |_| ());
    let keys = keys.expect("pinned");
    let text = include_str!("../../../specs/vectors/financing-v2.verifying-key");
    let bytes = hex::decode(text.trim()).expect("hex");
    assert_eq!(bytes, keys.verifying_key_bytes());
    let key =
        ark_groth16::VerifyingKey::<ark_bls12_381::Bls12_381>::deserialize_compressed(&bytes[..]);
    assert_eq!(key.expect("valid points"), keys.proving_key().vk);
    let id = hex::encode(keys.verifying_key_id());
    assert_eq!(Pins::financing().verifying_key, id);
}

#[test]
fn a_damaged_file_is_noticed_and_replaced() {
    let directory = tempfile::tempdir().expect("a temporary folder");
    let rows = || small(3);
    let pins = CircuitKeys::generate_for("small", &rows()).expect("a circuit");
    let pins = pins.pins();
    let mut steps = Vec::new();
    let open = |steps: &mut Vec<KeyProgress>| {
        steps.clear();
        let mut progress = |step| steps.push(step);
        let path = directory.path();
        let keys = load_or_generate_for("small", rows, Some(&pins), path, &mut progress);
        keys.expect("pinned").pins()
    };
    let first = open(&mut steps);
    assert_eq!(
        steps,
        [
            KeyProgress::Circuit,
            KeyProgress::Loading,
            KeyProgress::Generating,
            KeyProgress::Writing
        ]
    );
    assert_eq!(open(&mut steps), first);
    assert_eq!(steps, [KeyProgress::Circuit, KeyProgress::Loading]);
    let file = cache::path(directory.path(), "small");
    let honest = std::fs::read(&file).expect("written");
    let mut damaged = vec![honest.clone(), honest.clone(), honest.clone(), Vec::new()];
    let middle = honest.len() / 2;
    damaged[0][middle] ^= 1; // a flipped bit
    damaged[1].truncate(middle); // a truncated file
    damaged[2][30] ^= 1; // another digest
    for bytes in &damaged {
        std::fs::write(&file, bytes).expect("writable");
        assert!(cache::read(directory.path(), "small", Some(&first.proving_key)).is_none());
    }
    let other = Pins::financing().proving_key;
    std::fs::write(&file, &honest).expect("writable");
    assert!(
        cache::read(directory.path(), "small", Some(&other)).is_none(),
        "another circuit's"
    );
    std::fs::write(&file, &damaged[0]).expect("writable");
    assert_eq!(open(&mut steps), first);
    assert!(steps.contains(&KeyProgress::Generating));
    let left: Vec<PathBuf> = std::fs::read_dir(directory.path())
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    assert_eq!(left, [file], "nothing unfinished is left behind");
}

/// A circuit of one row: the public input is this multiple of a secret square.
fn small(factor: u64) -> System {
    let mut system = System::new(Mode::Rows);
    let public = system.input(Fr::from(4 * factor));
    let secret = system.witness(Fr::from(2_u8));
    let square = system.product(&secret, &secret);
    system.enforce_equal(&(&square * Fr::from(factor)), &public);
    system
}

#[test]
fn circuits_without_pins_are_told_apart_by_their_rows() {
    let directory = tempfile::tempdir().expect("a temporary folder");
    let open = |factor: u64| {
        let mut steps = Vec::new();
        let mut progress = |step| steps.push(step);
        let rows = || small(factor);
        let keys = load_or_generate_for("small", rows, None, directory.path(), &mut progress);
        let made = keys.expect("a circuit").verifying_key_id();
        (made, steps.contains(&KeyProgress::Generating))
    };
    let (one, generated) = open(1);
    assert!(generated);
    assert_eq!(open(1), (one, false), "read from the cache");
    let (other, generated) = open(2);
    assert!(generated && other != one, "one name, other rows");
    let pins = Pins {
        verifying_key: String::new(),
        proving_key: "00".to_owned(),
    };
    let rows = || small(1);
    let wrong = load_or_generate_for("small", rows, Some(&pins), directory.path(), &mut |_| ());
    assert!(matches!(wrong, Err(SetupError::Unpinned { .. })));
}
