//! A check in parts: one document's lines against another's, and a list's lines counted.

use sealane_types::cross_check::parts::{
    Leaves, NodeHashes, PartsProof, PartsShape, PassShape, StepProof,
};
use sealane_types::cross_check::{
    CheckDefinition, CheckProof, CheckRef, CheckShape, Circuit, Compiled, CrossCheck, DocumentShape,
};
use sealane_types::governance::{Change, Propose};
use sealane_types::ids::Height;
use sealane_types::record::Bucket;
use sealane_types::schema::Kind;
use sealane_types::transaction::{Payload, Transaction};

use super::{bytes, sign};

fn part(document: u8, header: &[u8], columns: &[u8]) -> Leaves {
    Leaves {
        document,
        header: header.to_vec(),
        count: true,
        columns: columns.to_vec(),
    }
}

fn header(document: u8, slots: &[u8]) -> Leaves {
    Leaves {
        count: false,
        ..part(document, slots, &[])
    }
}

/// An invoice's lines against an order's, and deliveries' lines by themselves.
pub fn parts_shape() -> PartsShape {
    let document = |kind, list, header: &[u8]| DocumentShape {
        kind,
        schema_version: 1,
        list,
        header: header.to_vec(),
        count: false,
        columns: Vec::new(),
    };
    let pass = |outer, inner, windows, cells| PassShape {
        outer,
        inner,
        windows,
        cells,
    };
    PartsShape {
        lines: Bucket::new(32).unwrap(),
        documents: 3,
        head: CheckShape {
            documents: vec![
                document(Kind::Invoice, false, &[0, 7]),
                document(Kind::Order, false, &[]),
                document(Kind::Waybill, true, &[0]),
            ],
            requirements: vec!["invoice-sealed".to_owned(), "totals".to_owned()],
        },
        reads: vec![
            vec![header(0, &[3, 4])],
            vec![part(0, &[14], &[1, 6]), part(1, &[], &[0])],
        ],
        passes: vec![
            pass(0, Some(1), vec![part(0, &[], &[1]), part(1, &[], &[0])], 96),
            pass(0, None, vec![part(0, &[14], &[6]), header(1, &[14])], 5),
            pass(2, None, vec![part(2, &[], &[4])], 5),
        ],
    }
}

/// The check's name, at these sizes.
pub fn in_parts() -> CheckRef {
    CheckRef::in_parts("invoice-orders", 3, Bucket::new(32).unwrap(), 3).unwrap()
}

/// With a circuit for each pass and the last proof.
pub fn parts_definition() -> CheckDefinition {
    let circuit = |number| Circuit {
        digest: bytes(number),
        verifying_key: vec![number; 344],
    };
    CheckDefinition {
        check: in_parts(),
        source: "check invoice-orders 3".to_owned(),
        compiled: Compiled::Parts {
            shape: Box::new(parts_shape()),
            circuits: (1..5).map(circuit).collect(),
        },
    }
}

/// A proof of it.
pub fn parts_cross_check() -> CrossCheck {
    let nodes = |number: u8, rows: u8| NodeHashes {
        salt: bytes(number),
        count: bytes(number + 1),
        header: bytes(number + 2),
        nodes: (0..rows)
            .map(|row| std::array::from_fn(|slot| bytes(number + 3 + 7 * row + slot as u8)))
            .collect(),
    };
    let step = |number| StepProof {
        commitment: bytes(number),
        proof: bytes(number + 50),
    };
    CrossCheck {
        check: in_parts(),
        records: vec![vec![bytes(1)], vec![bytes(2)], vec![bytes(3), bytes(4)]],
        bits: vec![true, false],
        proof: CheckProof::Parts(Box::new(PartsProof {
            nodes: vec![
                vec![nodes(10, 2)],
                vec![nodes(40, 1)],
                vec![nodes(60, 1), nodes(80, 1)],
            ],
            steps: (100..104).map(step).collect(),
            last: bytes(9),
        })),
    }
}

/// Both, sent.
pub fn parts_transactions() -> [Transaction; 2] {
    let propose = Propose {
        at: Height(7),
        change: Change::PublishCheck(Box::new(parts_definition())),
    };
    [
        Payload::Propose(Box::new(propose)),
        Payload::CrossCheck(Box::new(parts_cross_check())),
    ]
    .map(sign)
}
