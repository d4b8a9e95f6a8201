//! Test keys are the pinned ones; a cached key is read whole or not at all.

use std::path::PathBuf;

use ark_serialize::CanonicalDeserialize;
use sealane_statements::financing::Shape;

use super::*;

const SHAPES: [Shape; 2] = [Shape::Full, Shape::OneFingerprint];

#[test]
fn the_test_keys_made_from_their_seed_are_the_pinned_ones() {
    let made =
        SHAPES.map(|shape| CircuitKeys::generate(shape).expect("arkworks takes the circuit"));
    for keys in &made {
        let Pins {
            verifying_key,
            proving_key,
        } = keys.pins();
        println!("{}", keys.circuit());
        println!("verifying-key-id {verifying_key}\nproving-key-digest {proving_key}");
        println!("verifying-key {}", hex::encode(keys.verifying_key_bytes()));
    }
    assert_eq!(made.map(|keys| keys.pins()), SHAPES.map(Pins::of));
}

#[test]
fn the_pinned_verifying_key_is_the_one_in_the_vectors() {
    let keys = load_or_generate(Shape::Full, &default_directory().expect("set"), &mut |_| ());
    let keys = keys.expect("pinned");
    let text = include_str!("../../../specs/vectors/financing-v1.verifying-key");
    let bytes = hex::decode(text.trim()).expect("hex");
    assert_eq!(bytes, keys.verifying_key_bytes());
    let key =
        ark_groth16::VerifyingKey::<ark_bls12_381::Bls12_381>::deserialize_compressed(&bytes[..]);
    assert_eq!(key.expect("valid points"), keys.proving_key().vk);
    assert_eq!(
        Pins::of(Shape::Full).verifying_key,
        hex::encode(keys.verifying_key_id())
    );
}

#[test]
fn a_damaged_file_is_noticed_and_replaced() {
    let shape = Shape::OneFingerprint;
    let directory = tempfile::tempdir().expect("a temporary folder");
    let mut steps = Vec::new();
    let open = |steps: &mut Vec<Step>| {
        steps.clear();
        let keys = load_or_generate(shape, directory.path(), &mut |step| steps.push(step));
        keys.expect("pinned").pins()
    };
    let first = open(&mut steps);
    assert_eq!(steps, [Step::Loading, Step::Generating, Step::Writing]);
    assert_eq!(open(&mut steps), first);
    assert_eq!(steps, [Step::Loading, Step::Circuit]);
    let file = cache::path(directory.path(), shape.name());
    let honest = std::fs::read(&file).expect("written");
    let mut damaged = vec![honest.clone(), honest.clone(), honest.clone(), Vec::new()];
    let middle = honest.len() / 2;
    damaged[0][middle] ^= 1; // a flipped bit
    damaged[1].truncate(middle); // a truncated file
    damaged[2][30] ^= 1; // another digest
    for bytes in &damaged {
        std::fs::write(&file, bytes).expect("writable");
        assert!(cache::read(directory.path(), shape.name(), Some(&first.proving_key)).is_none());
    }
    let other = Pins::of(Shape::Full).proving_key;
    std::fs::write(&file, &honest).expect("writable");
    assert!(
        cache::read(directory.path(), shape.name(), Some(&other)).is_none(),
        "another circuit's"
    );
    std::fs::write(&file, &damaged[0]).expect("writable");
    assert_eq!(open(&mut steps), first);
    assert!(steps.contains(&Step::Generating));
    let left: Vec<PathBuf> = std::fs::read_dir(directory.path())
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    assert_eq!(left, [file], "nothing unfinished is left behind");
}
