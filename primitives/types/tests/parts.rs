//! A check in parts hangs together, or it is not read.
#![allow(clippy::unwrap_used)]

#[allow(dead_code, reason = "each test file uses its part")]
mod samples;

use samples::{in_parts, parts_cross_check, parts_definition, parts_shape};
use sealane_types::cross_check::parts::{Leaves, MAX_CELLS, MAX_STEPS, PartsShape, PassShape};
use sealane_types::cross_check::{CheckDefinition, CheckProof, CheckRef, Compiled, CrossCheck};
use sealane_types::encoding::{Decode, Encode};
use sealane_types::record::Bucket;

type Spoil = fn(&mut PartsShape);

/// Each is refused for the reason that starts with these words.
fn refused(reason: &str, spoilt: &[(&str, Spoil)]) {
    for (what, spoil) in spoilt {
        let mut shape = parts_shape();
        spoil(&mut shape);
        let said = PartsShape::from_bytes(&shape.to_bytes()).unwrap_err();
        assert!(said.to_string().contains(reason), "{what}: {said}");
        let mut definition = parts_definition();
        if let Compiled::Parts { shape: own, .. } = &mut definition.compiled {
            **own = shape;
        }
        let read = CheckDefinition::from_bytes(&definition.to_bytes());
        assert!(read.is_err(), "{what}");
    }
}

/// Changes that leave a shape what it is: what the refusals below hang on is not more than they say.
#[test]
fn a_shape_is_read_as_it_was_written() {
    let sound: [Spoil; 7] = [
        |_| {},
        |shape| shape.lines = Bucket::new(16).unwrap(),
        |shape| shape.lines = Bucket::new(128).unwrap(),
        |shape| shape.documents = 8,
        |shape| shape.passes[0].cells = MAX_CELLS,
        |shape| shape.passes.truncate(2),
        |shape| shape.passes.clear(),
    ];
    for change in sound {
        let mut shape = parts_shape();
        change(&mut shape);
        assert_eq!(PartsShape::from_bytes(&shape.to_bytes()), Ok(shape));
    }
}

#[test]
fn parts_have_sizes_that_circuits_have() {
    refused(
        "a part has 16, 32 or 128 lines",
        &[
            ("8", |shape| shape.lines = Bucket::new(8).unwrap()),
            ("256", |shape| shape.lines = Bucket::new(256).unwrap()),
            ("1024", |shape| shape.lines = Bucket::new(1024).unwrap()),
        ],
    );
}

#[test]
fn a_list_has_documents_but_few() {
    refused(
        "a list has 1 to 8 documents",
        &[
            ("none", |shape| shape.documents = 0),
            ("nine", |shape| shape.documents = 9),
            ("many", |shape| shape.documents = 255),
        ],
    );
}

#[test]
fn each_requirement_has_its_reads() {
    refused(
        "each requirement reads something",
        &[
            ("one without", |shape| drop(shape.reads.pop())),
            ("one too many", |shape| {
                shape.reads.push(shape.reads[0].clone())
            }),
        ],
    );
}

#[test]
fn the_last_proof_opens_no_lines() {
    refused(
        "the last proof reads headers alone",
        &[
            ("their number", |shape| shape.head.documents[0].count = true),
            ("a column", |shape| {
                shape.head.documents[2].columns = vec![1]
            }),
        ],
    );
}

#[test]
fn every_document_is_declared() {
    refused(
        "a document is none of those declared",
        &[
            ("read", |shape| shape.reads[1][0].document = 3),
            ("a part", |shape| {
                shape.passes[2].outer = 3;
                shape.passes[2].windows[0].document = 3;
            }),
            ("a header", |shape| {
                shape.passes[1].windows[1].document = 255
            }),
        ],
    );
}

#[test]
fn a_pass_opens_parts_of_its_documents_and_headers_after_them() {
    refused(
        "a pass opens a part of each of its documents",
        &[
            ("no window", |shape| shape.passes[2].windows.clear()),
            ("one of two", |shape| shape.passes[0].windows.truncate(1)),
            ("another's part", |shape| {
                shape.passes[0].windows[0].document = 1
            }),
            ("another's inner part", |shape| {
                shape.passes[0].windows[1].document = 0
            }),
            ("in another order", |shape| {
                shape.passes[0].windows.swap(0, 1)
            }),
            ("its own header", |shape| {
                shape.passes[2].windows[0] = Leaves {
                    count: false,
                    columns: Vec::new(),
                    ..shape.passes[2].windows[0].clone()
                }
            }),
            ("the inner one's header", |shape| {
                shape.passes[0].windows[1].count = false
            }),
            ("a part more", |shape| {
                let more = shape.passes[0].windows[1].clone();
                shape.passes[1].windows[1] = more;
            }),
            ("a header with its number of lines", |shape| {
                shape.passes[1].windows[1].count = true
            }),
            ("a header with columns", |shape| {
                shape.passes[1].windows[1].columns = vec![1]
            }),
            ("a list's header", |shape| {
                shape.passes[1].windows[1].document = 2
            }),
        ],
    );
}

#[test]
fn a_pass_gives_a_commitment() {
    refused(
        "and gives a commitment",
        &[
            ("to nothing", |shape| shape.passes[0].cells = 0),
            ("to too much", |shape| shape.passes[0].cells = MAX_CELLS + 1),
            ("folds of other numbers", |shape| shape.passes[2].cells = 6),
        ],
    );
}

#[test]
fn pairs_stand_before_their_fold() {
    fn again(pass: &PassShape) -> PassShape {
        pass.clone()
    }
    refused(
        "a document's pairs stand before its fold",
        &[
            ("after it", |shape| shape.passes.swap(0, 1)),
            ("documents turned", |shape| shape.passes.rotate_right(1)),
            ("without one", |shape| drop(shape.passes.remove(1))),
            ("a pair twice", |shape| {
                shape.passes.insert(0, again(&shape.passes[0]))
            }),
            ("a fold twice", |shape| {
                shape.passes.push(again(&shape.passes[2]))
            }),
        ],
    );
}

#[test]
fn there_is_a_circuit_for_each_pass_and_one_for_the_last() {
    let with = |count: usize| {
        let mut definition = parts_definition();
        if let Compiled::Parts { circuits, .. } = &mut definition.compiled {
            let own = circuits[0].clone();
            circuits.resize(count, own);
        }
        CheckDefinition::from_bytes(&definition.to_bytes())
    };
    assert!(with(4).is_ok());
    for count in [0, 1, 3, 5] {
        let said = with(count).unwrap_err().to_string();
        assert!(said.contains("a circuit for each pass"), "{count}: {said}");
    }
}

#[test]
fn a_name_says_whether_it_is_in_parts_and_what_it_names_is() {
    assert_eq!(in_parts().to_string(), "invoice-orders@3/32+x3");
    let lines = |lines: u16| Bucket::new(lines).unwrap();
    let one = CheckRef::new("invoice-orders", 3, lines(32), 3).unwrap();
    assert_ne!(one, in_parts());
    for check in [&one, &in_parts()] {
        assert_eq!(check.to_string().parse().as_ref(), Ok(check));
        assert_eq!(CheckRef::from_bytes(&check.to_bytes()).as_ref(), Ok(check));
    }
    for wrong in [
        "a@1/8+",
        "a@1/256+",
        "a@1/16++",
        "a@1/+16",
        "a@1/16x2+",
        "a@1/16+x9",
    ] {
        assert!(wrong.parse::<CheckRef>().is_err(), "{wrong}");
    }
    for (none, documents) in [(8, 1), (256, 1), (1024, 1), (16, 0), (16, 9)] {
        assert_eq!(CheckRef::in_parts("a", 1, lines(none), documents), None);
    }
    // a definition and a proof in parts under the name of one circuit, and the other way round
    let mut definition = parts_definition();
    definition.check = one.clone();
    assert!(CheckDefinition::from_bytes(&definition.to_bytes()).is_err());
    let mut proof = parts_cross_check();
    proof.check = one;
    assert!(CrossCheck::from_bytes(&proof.to_bytes()).is_err());
    proof.check = in_parts();
    assert_eq!(CrossCheck::from_bytes(&proof.to_bytes()), Ok(proof.clone()));
    proof.proof = CheckProof::One(samples::bytes(1));
    assert!(CrossCheck::from_bytes(&proof.to_bytes()).is_err());
}

#[test]
fn a_proof_in_parts_is_bounded() {
    let with = |change: fn(&mut sealane_types::cross_check::parts::PartsProof)| {
        let mut said = parts_cross_check();
        if let CheckProof::Parts(proof) = &mut said.proof {
            change(proof);
        }
        CrossCheck::from_bytes(&said.to_bytes()).is_ok()
    };
    assert!(with(
        |proof| proof.steps = vec![proof.steps[0].clone(); MAX_STEPS]
    ));
    assert!(!with(
        |proof| proof.steps = vec![proof.steps[0].clone(); MAX_STEPS + 1]
    ));
    // 1,024 lines have 64 rows of nodes; a list has 8 records
    assert!(with(
        |proof| proof.nodes[0][0].nodes = vec![proof.nodes[0][0].nodes[0]; 64]
    ));
    assert!(!with(
        |proof| proof.nodes[0][0].nodes = vec![proof.nodes[0][0].nodes[0]; 65]
    ));
    assert!(with(
        |proof| proof.nodes[0] = vec![proof.nodes[0][0].clone(); 8]
    ));
    assert!(!with(
        |proof| proof.nodes[0] = vec![proof.nodes[0][0].clone(); 9]
    ));
}
