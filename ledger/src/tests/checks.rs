//! Published checks, proofs of them over records, and fields that nobody can read.

use ark_bls12_381::Fr;
use sealane_crypto::keys::{InstitutionSecret, Period, Place};
use sealane_crypto::sealing::{Heading, Sealed};
use sealane_types::cross_check::{
    CheckDefinition, CheckProof, CheckRef, CheckShape, Circuit, Compiled, CrossCheck,
    DocumentShape, OpenField,
};
use sealane_types::encoding::Encode;
use sealane_types::fields::FieldValue;
use sealane_types::genesis::{Parameters, Suite, TestKeys};
use sealane_types::governance::{Change, Propose};
use sealane_types::ids::{Digest, Height, ProofBytes, RecordId};
use sealane_types::receipt::{ChangeFault, Done, Outcome, Refusal};
use sealane_types::record::{Bucket, Record};
use sealane_types::schema::{
    CanonicalFields, HEADER_SLOTS, Kind, LINE_SLOTS, SCHEMA_VERSION, slot,
};
use sealane_types::transaction::Payload;
use sealane_types::workflow::Versioned;
use sealane_verifier::{Claim, ClaimKey};

use super::governing::agree;
use super::verifying::{include, sign, submit};
use super::world::*;
use crate::consortium::check_change;
use crate::cross_check::{self, layout};
use crate::state::{CheckEntry, CheckTextEntry, Key, OpenedFields, OutcomeEntry, RecordEntry};

fn check(documents: usize) -> CheckRef {
    let lines = Bucket::new(8).unwrap();
    CheckRef::new("invoices", 1, lines, documents).unwrap()
}

/// One invoice, and a list of invoices.
fn shape() -> CheckShape {
    let document = |list, header: &[u8], columns: &[u8]| DocumentShape {
        kind: Kind::Invoice,
        schema_version: SCHEMA_VERSION,
        list,
        header: header.to_vec(),
        count: !columns.is_empty(),
        columns: columns.to_vec(),
    };
    CheckShape {
        documents: vec![document(false, &[0, 3], &[]), document(true, &[0], &[2])],
        requirements: vec!["one".to_owned(), "other".to_owned()],
    }
}

/// A key that decodes, for so many public inputs. Nothing is proven under it: tests decide what holds.
pub fn key(inputs: usize) -> Vec<u8> {
    let mut bytes = sealane_verifier::VerifyingKey::financing_test().encode();
    let point = bytes[bytes.len() - 48..].to_vec();
    bytes.truncate(48 + 3 * 96);
    bytes.extend((inputs as u64 + 1).to_le_bytes());
    (0..=inputs).for_each(|_| bytes.extend(&point));
    bytes
}

/// Public inputs before the switches: root, context and alias of three positions.
const SWITCHES: usize = 9;

fn circuit(verifying_key: Vec<u8>) -> Circuit {
    Circuit {
        digest: Digest::new([1; 32]),
        verifying_key,
    }
}

fn compiled(check: &CheckRef) -> Compiled {
    let shape = shape();
    Compiled::One {
        circuit: circuit(key(layout(&shape, check).input_count())),
        shape,
    }
}

fn definition(documents: usize) -> CheckDefinition {
    let check = check(documents);
    CheckDefinition {
        source: "check invoices 1".to_owned(),
        compiled: compiled(&check),
        check,
    }
}

fn published(documents: usize) -> World {
    let mut world = World::new();
    let definition = Box::new(definition(documents));
    agree(&mut world, Change::PublishCheck(definition));
    world
}

/// Right as `super::verifying` decides it: the proof is made of the first record's first byte.
fn said(records: &[&[u8]]) -> CrossCheck {
    let ids = |list: &&[u8]| list.iter().map(|number| id(*number)).collect();
    CrossCheck {
        check: check(2),
        records: records.iter().map(ids).collect(),
        bits: vec![true, false],
        proof: CheckProof::One(ProofBytes::new([records[0][0]; 192])),
    }
}

/// What the one proof of a check must show.
fn claim(state: &State, said: &CrossCheck) -> Result<Claim, Refusal> {
    let (_, claims) = cross_check::check(state, said)?;
    let [claim]: [Claim; 1] = claims.try_into().unwrap();
    Ok(claim)
}

fn fault(world: &World, change: Change) -> Option<ChangeFault> {
    check_change(&world.state, &change, Height(9)).err()
}

fn with_records() -> World {
    let mut world = published(2);
    for record in 1..=4 {
        world.seal(BANK_A, record, None).unwrap();
    }
    world
}

#[test]
fn a_check_is_published_once_and_its_name_stands_for_one_text() {
    let mut world = published(2);
    let entry: CheckEntry = world.read(&Key::check(&check(2))).unwrap();
    assert_eq!(*entry.compiled.shape(), shape());
    assert_eq!(entry.until, None);
    let publish = |definition| Change::PublishCheck(Box::new(definition));
    assert_eq!(
        fault(&world, publish(definition(2))),
        Some(ChangeFault::CheckExists)
    );
    assert_eq!(fault(&world, publish(definition(1))), None);
    let other = CheckDefinition {
        source: "check invoices 1 # other".to_owned(),
        ..definition(1)
    };
    assert_eq!(
        fault(&world, publish(other)),
        Some(ChangeFault::CheckExists)
    );
    let at = Height(world.height() + 4);
    agree(&mut world, Change::RetireCheck(check(2)));
    let retired: CheckEntry = world.read(&Key::check(&check(2))).unwrap();
    assert_eq!(retired.until, Some(at));
    assert!(retired.from < at);
    let again = fault(&world, Change::RetireCheck(check(2)));
    assert_eq!(again, Some(ChangeFault::NoCheck));
    assert_eq!(
        fault(&world, publish(definition(2))),
        Some(ChangeFault::CheckExists)
    );
    assert_eq!(
        claim(&world.state, &said(&[&[1], &[2]])).err(),
        Some(Refusal::NoCheck)
    );
}

#[test]
fn a_void_check_is_neither_proven_nor_published_at_another_size() {
    let mut world = with_records();
    let named: Versioned = "invoices@1".parse().unwrap();
    agree(&mut world, Change::VoidCheck(named.clone()));
    let text: CheckTextEntry = world.read(&Key::check_text("invoices", 1)).unwrap();
    assert!(text.void.is_some_and(|since| since < world.tip.time));
    let said = said(&[&[1], &[2]]);
    let void = Some(Refusal::CheckVoid { check: named });
    assert_eq!(claim(&world.state, &said).err(), void);
    let sent = submit(&mut world, BANK_B, Payload::CrossCheck(Box::new(said)));
    assert_eq!(Some(sent), void.map(Outcome::Refused));
    let publish = |definition| Change::PublishCheck(Box::new(definition));
    for documents in [1, 2] {
        let again = fault(&world, publish(definition(documents)));
        assert_eq!(again, Some(ChangeFault::CheckVoid));
    }
    let mut next = definition(2);
    next.check = CheckRef::new("invoices", 2, next.check.lines, 2).unwrap();
    next.compiled = compiled(&next.check);
    assert_eq!(fault(&world, publish(next)), None, "another version");
}

#[test]
fn a_check_without_a_key_for_its_statements_is_refused() {
    let mut world = World::new();
    let publish = |definition| Change::PublishCheck(Box::new(definition));
    let right = definition(2);
    let inputs = layout(right.compiled.shape(), &right.check).input_count();
    for wrong in [key(inputs + 1), key(inputs - 1), Vec::new(), vec![0; 400]] {
        let definition = CheckDefinition {
            compiled: Compiled::One {
                shape: shape(),
                circuit: circuit(wrong),
            },
            ..definition(2)
        };
        assert_eq!(
            fault(&world, publish(definition)),
            Some(ChangeFault::CheckKey)
        );
    }
    let mut large = definition(2);
    let list = DocumentShape {
        list: true,
        count: true,
        columns: (0..7).collect(),
        ..shape().documents[0].clone()
    };
    large.compiled = Compiled::One {
        shape: CheckShape {
            documents: vec![list; 16],
            ..shape()
        },
        circuit: circuit(key(1)),
    };
    large.check = CheckRef::new("large", 1, Bucket::new(128).unwrap(), 8).unwrap();
    assert_eq!(fault(&world, publish(large)), Some(ChangeFault::CheckShape));
    for lines in [256, 512, 1024] {
        let mut long = definition(2);
        long.check = CheckRef::new("long", 1, Bucket::new(lines).unwrap(), 2).unwrap();
        long.compiled = compiled(&long.check);
        assert_eq!(fault(&world, publish(long)), Some(ChangeFault::CheckLines));
    }
    let mut longest = definition(2);
    longest.check = CheckRef::new("longest", 1, Bucket::new(128).unwrap(), 2).unwrap();
    longest.compiled = compiled(&longest.check);
    assert_eq!(fault(&world, publish(longest)), None);
    let mut parameters: Parameters = world.read(&Key::parameters()).unwrap();
    parameters.test_keys = TestKeys::Refused;
    world.state.insert(Key::parameters(), parameters.to_bytes());
    assert_eq!(fault(&world, publish(right)), Some(ChangeFault::TestKeys));
}

#[test]
fn a_proof_must_be_of_the_checks_own_documents() {
    let mut world = with_records();
    let refused = |world: &World, said: &CrossCheck| claim(&world.state, said).err();
    assert_eq!(refused(&world, &said(&[&[1], &[2, 3]])), None);
    assert_eq!(refused(&world, &said(&[&[1], &[2]])), None);
    let shapes: [&[&[u8]]; 8] = [
        &[&[1], &[3, 2]],
        &[&[1]],
        &[&[1], &[]],
        &[&[], &[1]],
        &[&[1, 2], &[3]],
        &[&[1], &[2, 3, 4]],
        &[&[1], &[2], &[3]],
        &[&[1], &[1, 2]],
    ];
    for records in shapes {
        let mut said = said(&[&[1], &[2]]);
        let ids = |list: &&[u8]| list.iter().map(|number| id(*number)).collect();
        said.records = records.iter().map(ids).collect();
        assert_eq!(
            refused(&world, &said),
            Some(Refusal::WrongShape),
            "{records:?}"
        );
    }
    for bits in [0, 1, 3] {
        let mut said = said(&[&[1], &[2]]);
        said.bits = vec![true; bits];
        assert_eq!(refused(&world, &said), Some(Refusal::WrongShape));
    }
    let mut other = said(&[&[1], &[2]]);
    other.check = check(1);
    assert_eq!(refused(&world, &other), Some(Refusal::NoCheck));
    assert_eq!(
        refused(&world, &said(&[&[1], &[9]])),
        Some(Refusal::UnknownRecord)
    );
    world.seal(BANK_A, 5, Some(4)).unwrap();
    let replaced = Some(Refusal::Replaced { by: id(5) });
    assert_eq!(refused(&world, &said(&[&[1], &[4]])), replaced);
    let changes: [fn(&mut RecordEntry); 4] = [
        |entry| entry.kind = Kind::Order,
        |entry| entry.schema_version = SCHEMA_VERSION + 1,
        |entry| entry.bucket = Bucket::new(16).unwrap(),
        |entry| entry.bucket = Bucket::new(512).unwrap(),
    ];
    for change in changes {
        let mut entry: RecordEntry = world.read(&Key::record(&id(2))).unwrap();
        let mut state = world.state.clone();
        change(&mut entry);
        state.insert(Key::record(&id(2)), entry.to_bytes());
        let not = Some(Refusal::NotOfTheCheck { record: id(2) });
        assert_eq!(claim(&state, &said(&[&[1], &[2]])).err(), not);
    }
}

#[test]
fn an_outcome_stands_once_and_a_proof_that_fails_not_at_all() {
    let mut world = with_records();
    let send = |world: &mut World, said: CrossCheck| {
        submit(world, BANK_B, Payload::CrossCheck(Box::new(said)))
    };
    let mut wrong = said(&[&[1], &[2, 3]]);
    wrong.proof = CheckProof::One(ProofBytes::new([0; 192]));
    let key = Key::outcome(&check(2), &wrong.records);
    assert_eq!(
        send(&mut world, wrong),
        Outcome::Refused(Refusal::WrongProof)
    );
    assert_eq!(world.read::<OutcomeEntry>(&key), None);
    let done = Outcome::Done(Done::CrossChecked { unmet: 1 });
    assert_eq!(send(&mut world, said(&[&[1], &[2, 3]])), done);
    let outcome: OutcomeEntry = world.read(&key).unwrap();
    assert_eq!(outcome.bits, [true, false]);
    assert_eq!(
        (outcome.prover, outcome.at, outcome.opened),
        (BANK_B, world.tip.height, 0)
    );
    assert!(!outcome.is_met());
    let turned = vec![vec![id(1)], vec![id(3), id(2)]];
    assert_eq!(
        Key::outcome(&check(2), &turned),
        key,
        "one outcome, in whatever order"
    );
    let again = send(&mut world, said(&[&[1], &[2, 3]]));
    assert_eq!(again, Outcome::Refused(Refusal::AlreadyChecked));
    let role = submit(
        &mut world,
        VALIDATORS[0],
        Payload::CrossCheck(Box::new(said(&[&[2], &[3]]))),
    );
    assert!(matches!(
        role,
        Outcome::Refused(Refusal::RoleForbids { .. })
    ));
}

#[test]
fn what_changes_earlier_in_the_block_voids_a_proof() {
    let (mut world, record, keys) = with_real_record();
    let said = CrossCheck {
        check: check(2),
        records: vec![vec![record.id()], vec![id(1)]],
        bits: vec![true, true],
        proof: CheckProof::One(ProofBytes::new([record.id().as_bytes()[0]; 192])),
    };
    let open = opening(&record, Place::Header(3), &keys);
    let opens = sign(&world, BANK_B, Payload::OpenField(Box::new(open)));
    let checks = sign(&world, BANK_A, Payload::CrossCheck(Box::new(said.clone())));
    let outcomes = include(&mut world, vec![opens, checks]);
    let voided = Outcome::Refused(Refusal::FieldsOpened);
    assert_eq!(outcomes, [Outcome::Done(Done::FieldOpened), voided]);
    let done = submit(&mut world, BANK_A, Payload::CrossCheck(Box::new(said)));
    assert_eq!(done, Outcome::Done(Done::CrossChecked { unmet: 0 }));
}

/// A record of bank A whose payee's name is a number too large for its place, and the keys of its fields.
fn with_real_record() -> (World, Record, InstitutionSecret) {
    let mut world = with_records();
    let secret = InstitutionSecret::import(Suite::International, &[7; 32]);
    let mut header = [const { None }; HEADER_SLOTS];
    header[slot::NUMBER] = Some(FieldValue::Number("INV-1".into()));
    header[3] = Some(FieldValue::Integer(7));
    let fields = CanonicalFields {
        kind: Kind::Invoice,
        version: SCHEMA_VERSION,
        header,
        lines: vec![[const { None }; LINE_SLOTS]],
    };
    let heading = Heading {
        chain: world.tip.chain,
        sealer: BANK_A,
        bank: BANK_A,
        replaces: None,
    };
    let sealed = Sealed::seal(&fields, &heading, &secret, Period::new(1)).unwrap();
    let record = sealed.record().clone();
    let done = submit(
        &mut world,
        BANK_A,
        Payload::SealRecord(Box::new(record.clone())),
    );
    assert_eq!(done, Outcome::Done(Done::Sealed));
    (world, record, secret)
}

fn opening(record: &Record, place: Place, secret: &InstitutionSecret) -> OpenField {
    let header = &record.header;
    let schema = secret.grants().schema(header.kind, header.schema_version);
    let key = schema
        .period(Period::new(1))
        .record(&header.salt)
        .field(place);
    OpenField {
        record: Box::new(record.clone()),
        place: place.bytes(),
        suite: Suite::International,
        key: *key.export(),
    }
}

#[test]
fn a_field_is_opened_only_where_it_is_sealed_wrongly() {
    let (mut world, record, secret) = with_real_record();
    let send = |world: &mut World, open: OpenField| {
        submit(world, BANK_B, Payload::OpenField(Box::new(open)))
    };
    let refused = |refusal| Outcome::Refused(refusal);
    let sound = opening(&record, Place::Header(0), &secret);
    assert_eq!(send(&mut world, sound), refused(Refusal::FieldSound));
    let wrong = opening(&record, Place::Header(3), &secret);
    for (place, key) in [(Place::Header(3), [1; 32]), (Place::Header(4), wrong.key)] {
        let open = OpenField {
            place: place.bytes(),
            key,
            ..wrong.clone()
        };
        assert_eq!(send(&mut world, open), refused(Refusal::FieldSound));
    }
    let nowhere = OpenField {
        place: [200, 0, 0],
        ..wrong.clone()
    };
    assert_eq!(send(&mut world, nowhere), refused(Refusal::FieldSound));
    let mut leaves = record.leaves().to_vec();
    leaves[0].ciphertext[0] ^= 1;
    let other = Record::new(record.header.clone(), leaves, record.root).unwrap();
    let forged = opening(&other, Place::Header(0), &secret);
    assert_eq!(
        send(&mut world, forged),
        refused(Refusal::WrongRoot),
        "other bytes than the sealer's"
    );
    let done = Outcome::Done(Done::FieldOpened);
    assert_eq!(send(&mut world, wrong.clone()), done);
    assert_eq!(send(&mut world, wrong), refused(Refusal::AlreadyOpened));
    let opened: OpenedFields = world.read(&Key::opened_fields(&record.id())).unwrap();
    assert_eq!(opened.0, [Place::Header(3).bytes()]);
}

#[test]
fn a_ciphertext_that_does_not_open_is_wrong_too() {
    let (mut world, record, secret) = with_real_record();
    let mut header = record.header.clone();
    header.salt = sealane_types::ids::Salt::new([5; 32]);
    let mut leaves = record.leaves().to_vec();
    let header_key = opening(&record, Place::Header(0), &secret);
    leaves[0].ciphertext[0] ^= 1;
    let root = super::verifying::root_of(&header, &leaves);
    let record = Record::new(header, leaves, root).unwrap();
    let done = submit(
        &mut world,
        BANK_A,
        Payload::SealRecord(Box::new(record.clone())),
    );
    assert_eq!(done, Outcome::Done(Done::Sealed));
    let open = OpenField {
        record: Box::new(record),
        ..header_key
    };
    let done = submit(&mut world, BANK_B, Payload::OpenField(Box::new(open)));
    assert_eq!(done, Outcome::Done(Done::FieldOpened));
}

#[test]
fn an_opened_field_is_taken_out_and_the_check_can_be_proven_again() {
    let (mut world, record, secret) = with_real_record();
    let said = CrossCheck {
        check: check(2),
        records: vec![vec![record.id()], vec![id(1)]],
        bits: vec![false, true],
        proof: CheckProof::One(ProofBytes::new([record.id().as_bytes()[0]; 192])),
    };
    let switches = |world: &World| claim(&world.state, &said).unwrap().inputs[SWITCHES];
    assert_eq!(switches(&world), Fr::from(0_u8));
    let send =
        |world: &mut World| submit(world, BANK_A, Payload::CrossCheck(Box::new(said.clone())));
    let done = Outcome::Done(Done::CrossChecked { unmet: 1 });
    assert_eq!(send(&mut world), done);
    let open = opening(&record, Place::Header(3), &secret);
    submit(&mut world, BANK_B, Payload::OpenField(Box::new(open)));
    let second = Fr::from(2_u8);
    assert_eq!(switches(&world), second, "of the first document");
    assert_eq!(send(&mut world), done);
    assert_eq!(send(&mut world), Outcome::Refused(Refusal::AlreadyChecked));
}

#[test]
fn a_statement_is_of_what_the_state_says() {
    let world = with_records();
    let of = |records: &[&[u8]]| claim(&world.state, &said(records)).unwrap();
    let Claim { key, inputs, .. } = of(&[&[1], &[2, 3]]);
    let root = |record: RecordId| sealane_crypto::curve::decode_element(record.as_bytes()).unwrap();
    let roots = [inputs[0], inputs[3], inputs[6]];
    assert_eq!(roots, [root(id(1)), root(id(2)), root(id(3))]);
    assert_eq!(inputs[SWITCHES + 1], Fr::from(1_u8), "the first is met");
    assert_eq!(of(&[&[1], &[3]]).inputs[6], Fr::from(0_u8));
    let count = layout(&shape(), &check(2)).input_count();
    assert_eq!(inputs.len(), count);
    let published = ClaimKey::Published(self::key(count).into());
    assert_eq!(key, published, "the key is the state's");
}

#[test]
fn a_proposal_is_judged_by_the_height_that_it_is_meant_for() {
    let mut world = World::new();
    let at = Height(world.height() + 5);
    let change = Change::PublishCheck(Box::new(definition(2)));
    let proposed = world.send(
        BANK_A,
        0,
        crate::verified::Action::Propose(Propose { at, change }),
    );
    assert!(matches!(
        proposed,
        Ok(Done::Proposed {
            approved: false,
            ..
        })
    ));
    assert_eq!(world.read::<CheckEntry>(&Key::check(&check(2))), None);
}
