//! What is no definition of a check in parts, and what no proof of one.

use sealane_types::receipt::{Done, Outcome};
use sealane_types::transaction::Payload;

use super::*;
use crate::tests::verifying::submit;

#[test]
fn a_check_in_parts_is_published_with_a_key_for_each_circuit() {
    assert_eq!(fault(definition()), None);
    for circuit in 0..INPUTS.len() {
        for inputs in [INPUTS[circuit] - 1, INPUTS[circuit] + 1] {
            let mut wrong = definition();
            if let Compiled::Parts { circuits, .. } = &mut wrong.compiled {
                circuits[circuit].verifying_key = key(inputs);
            }
            let expected = Some(ChangeFault::CheckKey);
            assert_eq!(fault(wrong), expected, "{inputs} inputs of {circuit}");
        }
    }
}

#[test]
fn a_check_in_parts_has_the_sizes_that_it_is_named_for() {
    for check in [check(16, 1), check(16, 8), check(32, 2), check(128, 2)] {
        let named = CheckDefinition {
            check,
            ..definition()
        };
        assert_eq!(fault(named), Some(ChangeFault::CheckShape));
    }
}

#[test]
fn no_circuit_has_more_inputs_than_a_key() {
    let mut large = definition();
    if let Compiled::Parts { shape, .. } = &mut large.compiled {
        let list = shape.head.documents[1].clone();
        shape.documents = 8;
        shape.head.documents.resize(30, list);
    }
    large.check = check(16, 8);
    assert_eq!(fault(large), Some(ChangeFault::CheckShape));
}

type Lie = fn(&mut PartsProof);

#[test]
fn proofs_that_do_not_cover_the_records_are_none() {
    let stage = Stage::new();
    let after = |lie: Lie| {
        let mut said = stage.said();
        if let CheckProof::Parts(proof) = &mut said.proof {
            lie(proof);
        }
        stage.proofs(&said).is_some()
    };
    assert!(after(|_| {}));
    let lies: [(&str, Lie); 17] = [
        ("a step too few", |proof| proof.steps.truncate(15)),
        ("a step too many", |proof| {
            proof.steps.push(proof.steps[0].clone())
        }),
        ("no steps", |proof| proof.steps.clear()),
        ("another node", |proof| {
            proof.nodes[0][0].nodes[1][6] = FieldBytes::new([1; 32])
        }),
        ("another salt", |proof| {
            proof.nodes[0][0].salt = FieldBytes::new([1; 32])
        }),
        ("another number of lines", |proof| {
            proof.nodes[1][0].count = FieldBytes::new([1; 32])
        }),
        ("another header", |proof| {
            proof.nodes[1][1].header = FieldBytes::new([1; 32])
        }),
        ("a part too few", |proof| {
            proof.nodes[0][0].nodes.pop();
        }),
        ("parts swapped", |proof| proof.nodes[0][0].nodes.swap(0, 1)),
        ("another record's", |proof| proof.nodes[1].swap(0, 1)),
        ("lists swapped", |proof| proof.nodes.swap(0, 1)),
        ("a record without nodes", |proof| proof.nodes[1].truncate(1)),
        ("a list without nodes", |proof| proof.nodes.truncate(1)),
        // as many steps as would cover what has nodes
        ("a record neither shown nor covered", |proof| {
            proof.nodes[1].truncate(1);
            proof.steps.truncate(2 * 2 + 4);
        }),
        ("a list neither shown nor covered", |proof| {
            proof.nodes.truncate(1);
            proof.steps.truncate(2);
        }),
        ("nodes of no record", |proof| {
            let more = proof.nodes[1][0].clone();
            proof.nodes[1].push(more);
        }),
        ("nodes of no list", |proof| proof.nodes.push(Vec::new())),
    ];
    for (what, lie) in lies {
        assert!(!after(lie), "{what}");
    }
    let no_element = FieldBytes::new([0xff; 32]);
    for at in 0..16 {
        let mut said = stage.said();
        if let CheckProof::Parts(proof) = &mut said.proof {
            proof.steps[at].commitment = no_element;
        }
        assert!(stage.proofs(&said).is_none(), "commitment {at} is a number");
    }
}

/// A record's bucket is the state's: its nodes are as many as that has, and so are its parts. Neither the steps of the record's
/// own length nor those of the other prove anything.
#[test]
fn a_record_is_as_long_as_the_state_says() {
    // of each of the order's parts two pairs and a fold; of each delivery a pair with each of those, two more and a fold
    let steps = |parts: usize| 3 * parts + 2 * (parts + 3);
    for (slots, parts) in [(8, 1), (16, 1), (128, 8)] {
        let mut stage = Stage::new();
        let order = Key::record(&stage.order.id());
        let mut entry: RecordEntry = stage.world.read(&order).unwrap();
        entry.bucket = bucket(slots);
        stage.world.state.insert(order, entry.to_bytes());
        let mut said = stage.said();
        assert!(stage.proofs(&said).is_none(), "{slots} slots");
        if let CheckProof::Parts(proof) = &mut said.proof {
            let one = proof.steps[0].clone();
            proof.steps.resize(steps(parts), one);
        }
        assert!(stage.proofs(&said).is_none(), "{slots} slots, as long");
    }
}

#[test]
fn a_check_in_parts_is_not_proven_in_one() {
    let stage = Stage::new();
    let mut said = stage.said();
    said.proof = CheckProof::One(ProofBytes::new([1; 192]));
    assert!(stage.proofs(&said).is_none());
}

/// Each proof made right as [`ByFirstByte`] decides it, then one after the other made wrong.
#[test]
fn all_proofs_of_a_check_hold_together_or_its_transaction_is_refused() {
    let mut stage = Stage::new();
    let mut said = stage.said();
    let proofs = stage.proofs(&said).unwrap();
    let CheckProof::Parts(parts) = &mut said.proof else {
        panic!("a check in parts");
    };
    let places = parts.steps.iter_mut().map(|step| &mut step.proof);
    for (place, (_, inputs, _)) in places.chain([&mut parts.last]).zip(&proofs) {
        *place = ProofBytes::new([encode_element(&inputs[0])[0]; 192]);
    }
    let mut send =
        |said: CrossCheck| submit(&mut stage.world, BANK_A, Payload::CrossCheck(said.into()));
    for wrong in 0..proofs.len() {
        let mut said = said.clone();
        if let CheckProof::Parts(parts) = &mut said.proof {
            let place = parts.steps.get_mut(wrong).map(|step| &mut step.proof);
            let place = place.unwrap_or(&mut parts.last);
            *place = ProofBytes::new([!place.as_bytes()[0]; 192]);
        }
        let refused = Outcome::Refused(Refusal::WrongProof);
        assert_eq!(send(said), refused, "proof {wrong}");
    }
    assert_eq!(send(said), Outcome::Done(Done::CrossChecked { unmet: 1 }));
}
