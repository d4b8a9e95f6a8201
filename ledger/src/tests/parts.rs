//! Checks in parts: which proofs the ledger demands, and what each must show. The schedule, the inputs and their numbers are
//! written out by hand, for an order of 32 line slots and deliveries of 16 and 8, in parts of 16.

use ark_bls12_381::Fr;
use sealane_crypto::curve::{decode_element, encode_element};
use sealane_crypto::keys::Place;
use sealane_statements::cross_check::parts::RecordNodes;
use sealane_types::cross_check::parts::{
    Leaves, NodeHashes, PartsProof, PartsShape, PassShape, StepProof,
};
use sealane_types::cross_check::{
    CheckDefinition, CheckProof, CheckRef, CheckShape, Circuit, Compiled, CrossCheck, DocumentShape,
};
use sealane_types::encoding::Encode;
use sealane_types::governance::Change;
use sealane_types::ids::{Digest, FieldBytes, Height, ProofBytes, RecordId};
use sealane_types::receipt::{ChangeFault, Refusal};
use sealane_types::record::Bucket;
use sealane_types::schema::{Kind, SCHEMA_VERSION};
use sealane_verifier::ClaimKey;

use super::checks::key;
use super::governing::agree;
use super::world::*;
use crate::consortium::check_change;
use crate::cross_check;
use crate::state::{Key, OpenedFields, RecordEntry};

mod refused;
mod steps;

/// Public inputs by circuit: root and context of each window (of the last: and alias), switches, first lines and line slots (bits, spoiled),
/// chains taken up, the one given.
const INPUTS: [usize; 6] = [
    4 + 1 + 4 + 1 + 1,
    2 + 1 + 2 + 2 + 1,
    4 + 1 + 4 + 1 + 1,
    6 + 1 + 4 + 1 + 1,
    4 + 1 + 2 + 3 + 1,
    9 + 1 + 1 + 1 + 1,
];
/// Numbers of the chains of the passes; 1 has that of 4.
const CELLS: [u32; 5] = [16, 3, 32, 48, 3];

fn bucket(lines: u16) -> Bucket {
    Bucket::new(lines).unwrap()
}

fn check(lines: u16, documents: usize) -> CheckRef {
    CheckRef::in_parts("long", 1, bucket(lines), documents).unwrap()
}

fn part(document: u8, header: &[u8], columns: &[u8]) -> Leaves {
    Leaves {
        document,
        header: header.to_vec(),
        count: true,
        columns: columns.to_vec(),
    }
}

fn header(document: u8, header: &[u8]) -> Leaves {
    Leaves {
        count: false,
        ..part(document, header, &[])
    }
}

/// Of an order and a list of deliveries: lines of the order against those of deliveries, and lines of deliveries against
/// those of the order and one another.
fn shape() -> PartsShape {
    let pass = |outer, inner, windows, number: usize| PassShape {
        outer,
        inner,
        windows,
        cells: CELLS[number],
    };
    let document = |list, header: &[u8]| DocumentShape {
        kind: Kind::Invoice,
        schema_version: SCHEMA_VERSION,
        list,
        header: header.to_vec(),
        count: false,
        columns: Vec::new(),
    };
    PartsShape {
        lines: bucket(16),
        documents: 2,
        head: CheckShape {
            documents: vec![document(false, &[0, 3]), document(true, &[0])],
            requirements: ["one", "two", "three"].map(str::to_owned).to_vec(),
        },
        reads: vec![
            vec![header(0, &[3, 5])],
            vec![
                Leaves {
                    count: false,
                    ..part(0, &[0], &[1])
                },
                part(1, &[], &[1]),
            ],
            vec![header(1, &[0])],
        ],
        passes: vec![
            pass(
                0,
                Some(1),
                vec![part(0, &[0], &[1]), part(1, &[], &[1, 4])],
                0,
            ),
            pass(0, None, vec![part(0, &[], &[2])], 1),
            pass(1, Some(0), vec![part(1, &[], &[1]), part(0, &[], &[1])], 2),
            pass(
                1,
                Some(1),
                vec![part(1, &[], &[4]), part(1, &[], &[4]), header(0, &[5])],
                3,
            ),
            pass(1, None, vec![part(1, &[0], &[1]), header(0, &[3])], 4),
        ],
    }
}

/// A circuit's key, which no other circuit has.
fn numbered(number: usize) -> Vec<u8> {
    let own = sealane_verifier::VerifyingKey::financing_test().encode();
    let point = |at: usize| 344 + 48 * at..392 + 48 * at;
    let mut bytes = key(INPUTS[number]);
    bytes[point(0)].copy_from_slice(&own[point(number)]);
    bytes
}

fn definition() -> CheckDefinition {
    let circuit = |number| Circuit {
        digest: Digest::new([1; 32]),
        verifying_key: numbered(number),
    };
    CheckDefinition {
        check: check(16, 2),
        source: "check long 1".to_owned(),
        compiled: Compiled::Parts {
            shape: Box::new(shape()),
            circuits: (0..INPUTS.len()).map(circuit).collect(),
        },
    }
}

/// A record with made-up hashes.
struct Made {
    bucket: u16,
    context: Fr,
    nodes: RecordNodes,
}

impl Made {
    fn new(number: u64, bucket: u16) -> Self {
        let rows = u64::from(bucket).div_ceil(16);
        let row =
            |row: u64| std::array::from_fn(|slot| Fr::from(1000 * number + 10 * row + slot as u64));
        Self {
            bucket,
            context: Fr::from(number),
            nodes: RecordNodes {
                salt: Fr::from(number + 100),
                count: Fr::from(number + 200),
                header: Fr::from(number + 300),
                nodes: (0..rows).map(row).collect(),
            },
        }
    }

    fn root(&self) -> Fr {
        self.nodes.root(self.context)
    }

    fn id(&self) -> RecordId {
        RecordId::new(encode_element(&self.root()))
    }

    /// The root of a part: that of a record which has the part's nodes alone.
    fn part(&self, part: usize) -> Fr {
        let alone = RecordNodes {
            nodes: vec![self.nodes.nodes[part]],
            ..self.nodes.clone()
        };
        alone.root(self.context)
    }

    fn hashes(&self) -> NodeHashes {
        let bytes = |element: &Fr| FieldBytes::new(encode_element(element));
        NodeHashes {
            salt: bytes(&self.nodes.salt),
            count: bytes(&self.nodes.count),
            header: bytes(&self.nodes.header),
            nodes: self
                .nodes
                .nodes
                .iter()
                .map(|row| row.each_ref().map(bytes))
                .collect(),
        }
    }
}

/// The world in which the check is published and the records stand.
struct Stage {
    world: World,
    order: Made,
    /// In the order of their ids.
    deliveries: [Made; 2],
}

/// What step `number` commits to.
fn given(number: usize) -> Fr {
    Fr::from(7_000 + number as u64)
}

impl Stage {
    fn new() -> Self {
        let mut world = World::new();
        agree(&mut world, Change::PublishCheck(Box::new(definition())));
        world.seal(BANK_A, 1, None).unwrap();
        let order = Made::new(1, 32);
        // which id is the lower one hangs on the hashes: the list is ascending
        let (first, second) = (Made::new(2, 16), Made::new(3, 8));
        let deliveries = match first.id() < second.id() {
            true => [first, second],
            false => [Made::new(3, 16), Made::new(2, 8)],
        };
        let mut stage = Self {
            world,
            order,
            deliveries,
        };
        assert!(stage.deliveries[0].id() < stage.deliveries[1].id());
        let known: RecordEntry = stage.world.read(&Key::record(&id(1))).unwrap();
        for made in stage.deliveries.iter().chain([&stage.order]) {
            let entry = RecordEntry {
                context: FieldBytes::new(encode_element(&made.context)),
                bucket: bucket(made.bucket),
                ..known.clone()
            };
            let key = Key::record(&made.id());
            stage.world.state.insert(key, entry.to_bytes());
        }
        stage
    }

    /// The commitment of the alias that sealed all of them.
    fn alias(&self) -> Fr {
        let alias: sealane_types::alias::Alias = self.world.read(&Key::alias(&BANK_A)).unwrap();
        decode_element(alias.commitment.as_bytes()).unwrap()
    }

    fn said(&self) -> CrossCheck {
        let [one, two] = &self.deliveries;
        let step = |number: usize| StepProof {
            commitment: FieldBytes::new(encode_element(&given(number))),
            proof: ProofBytes::new([number as u8; 192]),
        };
        CrossCheck {
            check: check(16, 2),
            records: vec![vec![self.order.id()], vec![one.id(), two.id()]],
            bits: vec![true, false, true],
            proof: CheckProof::Parts(Box::new(PartsProof {
                nodes: vec![vec![self.order.hashes()], vec![one.hashes(), two.hashes()]],
                steps: (0..16).map(step).collect(),
                last: ProofBytes::new([99; 192]),
            })),
        }
    }

    /// The circuit's number, public inputs and proof of each step.
    fn proofs(&self, said: &CrossCheck) -> Option<Vec<(usize, Vec<Fr>, ProofBytes)>> {
        let claims = match cross_check::check(&self.world.state, said) {
            Ok((_, claims)) => claims,
            Err(refusal) => {
                assert_eq!(refusal, Refusal::WrongProof);
                return None;
            }
        };
        let key = |number| ClaimKey::Published(numbered(number).into());
        let keys: Vec<_> = (0..INPUTS.len()).map(key).collect();
        let proofs = claims.into_iter().map(|claim| {
            let number = keys.iter().position(|key| *key == claim.key);
            (number.unwrap(), claim.inputs, ProofBytes::new(claim.proof))
        });
        Some(proofs.collect())
    }

    fn open(&mut self, record: RecordId, place: Place) {
        let opened = OpenedFields(vec![place.bytes()]);
        let key = Key::opened_fields(&record);
        self.world.state.insert(key, opened.to_bytes());
    }
}

fn fault(definition: CheckDefinition) -> Option<ChangeFault> {
    let change = Change::PublishCheck(Box::new(definition));
    check_change(&World::new().state, &change, Height(9)).err()
}
