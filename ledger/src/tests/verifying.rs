//! Whole blocks of signed transactions with real records, points and discrete-logarithm proofs. The
//! financing proof alone is decided by the test: who verifies it stands beside the ledger.

use sealane_crypto::commitment::{RecordTree, context_element, salt_element};
use sealane_crypto::curve::{Blinding, Point, decode_element, encode_element};
use sealane_crypto::keys::Place;
use sealane_crypto::oprf::{Answered, Blinded, Parties, Question};
use sealane_crypto::sealing::plaintext_size;
use sealane_crypto::suite::AEAD_OVERHEAD;
use sealane_crypto::tags;
use sealane_types::alias::Alias;
use sealane_types::block::Block;
use sealane_types::encoding::Encode;
use sealane_types::fingerprint::{Rule, SLOTS};
use sealane_types::ids::*;
use sealane_types::receipt::{Done, Outcome, Refusal};
use sealane_types::record::{Record, RecordHeader, SealedLeaf};
use sealane_types::schema::{LINE_SLOTS, SCHEMA_VERSION};
use sealane_types::transaction::{
    Consent, Finance, Payload, PresentBlinded, Transaction, TransactionBody,
};

use super::world::*;
use crate::effects::Effect;
use crate::protocol;
use crate::sharing::{present as present_key, slot_keys};
use crate::state::{Earlier, EarlierCommitment, Key};
use crate::{InvalidBlock, InvalidTransaction, admit, next_sequence, transaction_id, verify_block};

pub fn sign(world: &World, signer: AliasId, payload: Payload) -> Transaction {
    world.signed(signer, payload)
}

fn resign(body: TransactionBody) -> Transaction {
    let key = signing_key(&body.signer);
    let signature = key.sign(tags::SIGN_TRANSACTION, &body.to_bytes());
    Transaction { body, signature }
}

fn verify(
    world: &World,
    transactions: Vec<Transaction>,
) -> Result<crate::VerifiedBlock, InvalidBlock> {
    let block = world.tip.next_block(world.tip.time, transactions);
    verify_block(&world.state, &world.tip, block, &ByFirstByte, &[0; 32])
}

pub fn include(world: &mut World, transactions: Vec<Transaction>) -> Vec<Outcome> {
    let block = verify(world, transactions).unwrap();
    world.commit_block(&block)
}

pub fn submit(world: &mut World, signer: AliasId, payload: Payload) -> Outcome {
    let transaction = sign(world, signer, payload);
    include(world, vec![transaction]).remove(0)
}

fn refused(refusal: Refusal) -> Outcome {
    Outcome::Refused(refusal)
}

pub fn root_of(header: &RecordHeader, leaves: &[SealedLeaf]) -> RecordRoot {
    let hashes = leaves
        .iter()
        .map(|leaf| decode_element(leaf.hash.as_bytes()).unwrap());
    let hashes: Vec<_> = hashes.collect();
    let lines: Vec<_> = hashes[32..88]
        .chunks(LINE_SLOTS)
        .map(|line| line.try_into().unwrap())
        .collect();
    let tree = RecordTree::new(hashes[..32].try_into().unwrap(), hashes[88], &lines).unwrap();
    let context = context_element(&header.to_bytes());
    let root = tree.root(context, salt_element(header.salt.as_bytes()));
    RecordRoot::new(encode_element(&root))
}

fn record(world: &World, sealer: AliasId, number: u8) -> Record {
    let mut header = world.header(sealer, None);
    header.salt = Salt::new([number; 32]);
    let size = |at: u8| {
        let place = Place::at(at.into(), header.bucket).unwrap();
        plaintext_size(header.kind, place) + AEAD_OVERHEAD
    };
    let leaf = |at: u8| {
        let mut hash = [0; 32];
        hash[..2].copy_from_slice(&[at, number]);
        SealedLeaf {
            hash: FieldBytes::new(hash),
            key: KeyId::new([at; 32]),
            ciphertext: vec![at; size(at)],
        }
    };
    let leaves: Vec<_> = (0..89).map(leaf).collect();
    let root = root_of(&header, &leaves);
    Record::new(header, leaves, root).unwrap()
}

/// The points `P_i` of a document.
fn document(number: u64) -> [Point; SLOTS] {
    let slot = |slot| Point::decode(point(number + 1000 * slot as u64).as_bytes()).unwrap();
    std::array::from_fn(slot)
}

fn blinding(number: u8) -> Blinding {
    Blinding::from_bytes([number; 32])
}

fn present(id: RecordId, document: &[Point; SLOTS], s: &Blinding) -> PresentBlinded {
    let mask = mask();
    let (commitment, blinded) = Blinded::blind(mask, document, s).unwrap().encode();
    PresentBlinded {
        record: id,
        alias: BANK_A,
        alias_commitment: FieldBytes::new([0; 32]),
        mask,
        amount_commitment: FieldBytes::new([0; 32]),
        blinding: commitment,
        blinded,
        verifying_key: VERIFYING_KEY,
        proof: proof_of(&id),
    }
}

fn question(world: &World, id: &RecordId) -> Question {
    let set = world.read(&Key::blinded_set(id)).unwrap();
    protocol::question(world.tip.chain, id, &set)
}

fn answered(world: &World, id: &RecordId) -> Answered {
    let set = world.read(&Key::blinded_set(id)).unwrap();
    let completed = world.read(&Key::completed(id)).unwrap();
    let key = present_key(&world.state).unwrap().public;
    protocol::answered(world.tip.chain, id, &set, &key, &completed)
}

fn answer(world: &mut World, share: usize, id: &RecordId) -> Outcome {
    let answer = world.shares[share].answer(&question(world, id)).unwrap();
    submit(world, VALIDATORS[share], Payload::Answer(answer))
}

fn finance(world: &World, sealer: AliasId, bank: AliasId, id: &RecordId, s: &Blinding) -> Finance {
    let parties = Parties { sealer, bank };
    let keys = slot_keys(&world.state).unwrap();
    let finished = answered(world, id).finish(&keys, s, parties).unwrap();
    Finance {
        record: *id,
        fingerprints: finished.points,
        proof: finished.proof,
        hold_until: None,
        since: None,
        waivers: Vec::new(),
        consent: None,
        trade: None,
    }
}

/// A record of `sealer` with a document's fingerprints, answered by shares 1, 3 and 4 of 4.
fn ready(world: &mut World, sealer: AliasId, number: u8, points: u64) -> RecordId {
    ready_as(world, (sealer, sealer), number, points)
}

/// As [`ready`], with another alias for the seller.
fn ready_as(
    world: &mut World,
    (sealer, seller): (AliasId, AliasId),
    number: u8,
    points: u64,
) -> RecordId {
    let record = record(world, sealer, number);
    let id = record.id();
    let seal = sign(world, sealer, Payload::SealRecord(Box::new(record)));
    let mut set = present(id, &document(points), &blinding(number));
    set.alias = seller;
    let mut body = sign(world, sealer, Payload::PresentBlinded(set)).body;
    body.sequence = seal.body.sequence.next().unwrap();
    let outcomes = include(world, vec![seal, resign(body)]);
    assert_eq!(outcomes, [Done::Sealed, Done::Presented].map(Outcome::Done));
    for share in [0, 2, 3] {
        let completed = share == 3;
        let expected = Outcome::Done(Done::Answered { completed });
        assert_eq!(answer(world, share, &id), expected);
    }
    id
}

#[test]
fn one_document_sealed_by_two_banks_is_financed_once() {
    let mut world = World::with_threshold(3);
    let first = ready(&mut world, BANK_A, 1, 50);
    let second = ready(&mut world, BANK_B, 2, 50);
    let other = ready(&mut world, BANK_B, 3, 60);
    let a = finance(&world, BANK_A, BANK_A, &first, &blinding(1));
    let b = finance(&world, BANK_B, BANK_B, &second, &blinding(2));
    assert_ne!(
        (&a.fingerprints, a.proof),
        (&b.fingerprints, DleqProof::new([0; 96]))
    );
    assert_eq!(
        a.fingerprints, b.fingerprints,
        "one document, one T, whatever blinds it"
    );
    let took_over = None;
    let done = Outcome::Done(Done::Financed { took_over });
    assert_eq!(
        submit(&mut world, BANK_A, Payload::Finance(a.clone())),
        done
    );
    let duplicate = Refusal::Duplicate { rule: Rule::Strict };
    assert_eq!(
        submit(&mut world, BANK_B, Payload::Finance(b)),
        refused(duplicate)
    );
    let again = submit(&mut world, BANK_A, Payload::Finance(a));
    assert_eq!(
        again,
        refused(Refusal::AlreadyFinanced),
        "the same proof sent again"
    );
    let c = finance(&world, BANK_B, BANK_B, &other, &blinding(3));
    assert_eq!(submit(&mut world, BANK_B, Payload::Finance(c)), done);
}

#[test]
fn which_shares_answer_changes_no_fingerprint() {
    let mut world = World::with_threshold(3);
    let id = ready(&mut world, BANK_A, 1, 50);
    let late = answer(&mut world, 1, &id);
    assert_eq!(late, Outcome::Done(Done::Answered { completed: false }));
    let other = record(&world, BANK_A, 2);
    let second = other.id();
    submit(&mut world, BANK_A, Payload::SealRecord(Box::new(other)));
    let set = present(second, &document(50), &blinding(2));
    submit(&mut world, BANK_A, Payload::PresentBlinded(set));
    for share in [3, 1, 0] {
        answer(&mut world, share, &second);
    }
    let one = finance(&world, BANK_A, BANK_A, &id, &blinding(1));
    let two = finance(&world, BANK_A, BANK_A, &second, &blinding(2));
    assert_eq!(one.fingerprints, two.fingerprints);
}

#[test]
fn a_financing_is_its_banks_and_its_records_alone() {
    let mut world = World::with_threshold(3);
    let id = ready(&mut world, BANK_A, 1, 50);
    let other = ready(&mut world, BANK_A, 2, 51);
    let honest = finance(&world, BANK_A, BANK_A, &id, &blinding(1));
    let wrong = refused(Refusal::WrongProof);
    let stolen = submit(&mut world, BANK_B, Payload::Finance(honest.clone()));
    assert_eq!(stolen, wrong, "bound to the financing bank");
    let moved = Finance {
        record: other,
        ..honest.clone()
    };
    assert_eq!(submit(&mut world, BANK_A, Payload::Finance(moved)), wrong);
    let mut swapped = honest.clone();
    swapped.fingerprints.reverse();
    assert_eq!(submit(&mut world, BANK_A, Payload::Finance(swapped)), wrong);
    let mut short = honest.clone();
    short.fingerprints.pop();
    assert_eq!(submit(&mut world, BANK_A, Payload::Finance(short)), wrong);
    let mut free = honest.clone();
    free.fingerprints[0] = point(77);
    assert_eq!(
        submit(&mut world, BANK_A, Payload::Finance(free)),
        wrong,
        "a made-up T"
    );
    for bytes in hostile_points() {
        let mut hostile = honest.clone();
        hostile.fingerprints[0] = bytes;
        assert_eq!(submit(&mut world, BANK_A, Payload::Finance(hostile)), wrong);
    }
    let done = submit(&mut world, BANK_A, Payload::Finance(honest));
    assert!(matches!(done, Outcome::Done(_)));
}

/// The identity, the point of order two, and bytes above the field's modulus.
fn hostile_points() -> [PointBytes; 3] {
    let mut identity = [0; 32];
    identity[0] = 1;
    let modulus = "01000000fffffffffe5bfeff02a4bd5305d8a10908d83933487d9d2953a7ed73";
    let mut order_two: [u8; 32] = *modulus.parse::<PointBytes>().unwrap().as_bytes();
    order_two[0] = 0; // v = −1
    [identity, order_two, [0xff; 32]].map(PointBytes::new)
}

#[test]
fn a_record_whose_root_does_not_follow_is_refused() {
    let mut world = World::new();
    let honest = record(&world, BANK_A, 1);
    let rebuilt = |header: RecordHeader, leaves: Vec<SealedLeaf>, root| {
        Payload::SealRecord(Box::new(Record::new(header, leaves, root).unwrap()))
    };
    let wrong = refused(Refusal::WrongRoot);
    let mut longer = honest.leaves().to_vec();
    longer[5].ciphertext.push(0);
    let payload = rebuilt(honest.header.clone(), longer, honest.root);
    assert_eq!(submit(&mut world, BANK_A, payload), wrong, "a telling size");
    for at in [0, 31, 32, 87, 88] {
        let mut leaves = honest.leaves().to_vec();
        leaves[at].hash = FieldBytes::new([9; 32]);
        let payload = rebuilt(honest.header.clone(), leaves, honest.root);
        assert_eq!(submit(&mut world, BANK_A, payload), wrong, "leaf {at}");
    }
    let mut header = honest.header.clone();
    header.schema_version = SCHEMA_VERSION + 1;
    let payload = rebuilt(header, honest.leaves().to_vec(), honest.root);
    assert_eq!(submit(&mut world, BANK_A, payload), wrong, "another header");
    // a leaf's hash plus the modulus is the same element, and not the same bytes
    let mut leaves = honest.leaves().to_vec();
    leaves[0].hash = "01000000fffffffffe5bfeff02a4bd5305d8a10908d83933487d9d2953a7ed73"
        .parse()
        .unwrap();
    let mut zeroed = leaves.clone();
    zeroed[0].hash = FieldBytes::new([0; 32]);
    let payload = rebuilt(
        honest.header.clone(),
        leaves,
        root_of(&honest.header, &zeroed),
    );
    assert_eq!(submit(&mut world, BANK_A, payload), wrong, "not canonical");
    let mut header = honest.header.clone();
    header.chain = ChainId::new([1; 32]);
    let root = root_of(&header, honest.leaves());
    let payload = rebuilt(header, honest.leaves().to_vec(), root);
    assert_eq!(
        submit(&mut world, BANK_A, payload),
        refused(Refusal::OtherChain)
    );
    let payload = Payload::SealRecord(Box::new(honest));
    assert_eq!(
        submit(&mut world, BANK_A, payload),
        Outcome::Done(Done::Sealed)
    );
}

#[test]
fn a_presented_set_needs_an_accepted_key_sound_points_and_its_proof() {
    let mut world = World::new();
    let record = record(&world, BANK_A, 1);
    let id = record.id();
    let honest = present(id, &document(1), &blinding(1));
    let early = submit(&mut world, BANK_A, Payload::PresentBlinded(honest.clone()));
    assert_eq!(early, refused(Refusal::UnknownRecord));
    submit(&mut world, BANK_A, Payload::SealRecord(Box::new(record)));
    let with = |world: &mut World, change: &dyn Fn(&mut PresentBlinded)| {
        let mut changed = honest.clone();
        change(&mut changed);
        submit(world, BANK_A, Payload::PresentBlinded(changed))
    };
    let key = VerifyingKeyId::new([8; 32]);
    let unknown = with(&mut world, &|set| set.verifying_key = key);
    assert_eq!(unknown, refused(Refusal::UnknownVerifyingKey));
    let wrong = refused(Refusal::WrongProof);
    let forged = with(&mut world, &|set| set.proof = ProofBytes::new([0xee; 192]));
    assert_eq!(forged, wrong);
    for bytes in hostile_points() {
        assert_eq!(with(&mut world, &|set| set.blinding = bytes), wrong);
        assert_eq!(with(&mut world, &|set| set.blinded[1] = bytes), wrong);
    }
    let above = FieldBytes::new([0xff; 32]);
    let no_element = |set: &mut PresentBlinded| set.amount_commitment = above;
    assert_eq!(with(&mut world, &no_element), wrong);
    let neither = with(&mut world, &|set| {
        no_element(set);
        set.alias_commitment = FieldBytes::new([4; 32]);
    });
    let other = refused(Refusal::OtherCommitment);
    assert_eq!(neither, other, "looked at first");
    let neither = with(&mut world, &|set| {
        set.blinding = hostile_points()[0];
        set.alias_commitment = FieldBytes::new([4; 32]);
    });
    assert_eq!(neither, wrong, "looked at before");
    assert_eq!(with(&mut world, &|_| {}), Outcome::Done(Done::Presented));
}

#[test]
fn a_set_names_the_commitment_that_its_alias_has_or_had_when_the_record_was_sealed() {
    let mut world = World::new();
    let [first, second] = [1, 2].map(|number| record(&world, BANK_A, number));
    let (older, newer) = (first.id(), second.id());
    submit(&mut world, BANK_A, Payload::SealRecord(Box::new(first)));
    let sealed = world.height();
    submit(&mut world, BANK_A, Payload::SealRecord(Box::new(second)));
    // as an amendment leaves it
    let mut alias: Alias = world.read(&Key::alias(&CUSTOMER)).unwrap();
    let earlier = EarlierCommitment {
        commitment: std::mem::replace(&mut alias.commitment, FieldBytes::new([3; 32])),
        below: Height(sealed + 1),
    };
    let key = Key::commitments(&CUSTOMER);
    world.state.insert(key, Earlier(vec![earlier]).to_bytes());
    world.state.insert(Key::alias(&CUSTOMER), alias.to_bytes());
    let mut sent = |id: RecordId, commitment: u8, s: u8| {
        let mut set = present(id, &document(1), &blinding(s));
        set.alias = CUSTOMER;
        set.alias_commitment = FieldBytes::new([commitment; 32]);
        submit(&mut world, BANK_A, Payload::PresentBlinded(set))
    };
    let other = refused(Refusal::OtherCommitment);
    assert_eq!(sent(newer, 0, 1), other, "sealed after the amendment");
    assert_eq!(sent(older, 4, 2), other, "never its own");
    let presented = Outcome::Done(Done::Presented);
    assert_eq!(sent(older, 0, 3), presented);
    assert_eq!(sent(newer, 3, 4), presented);
}

#[test]
fn a_strangers_customer_is_financed_over_its_own_signature_for_record_and_bank() {
    let mut world = World::with_threshold(3);
    let id = ready_as(&mut world, (BANK_B, CUSTOMER), 1, 50);
    let other = ready_as(&mut world, (BANK_B, CUSTOMER), 2, 60);
    let plain = finance(&world, BANK_B, BANK_B, &id, &blinding(1));
    let no_consent = refused(Refusal::NoConsent);
    let with = |world: &mut World, consent| {
        let consent = Some(consent);
        let finance = Finance {
            consent,
            ..plain.clone()
        };
        submit(world, BANK_B, Payload::Finance(finance))
    };
    let chain = world.tip.chain;
    let said = |record, bank| Consent {
        chain,
        record,
        bank,
    };
    let key = signing_key(&CUSTOMER);
    for wrong in [
        key.consent(&said(other, BANK_B)),
        key.consent(&said(id, BANK_A)),
        signing_key(&BANK_B).consent(&said(id, BANK_B)),
        key.sign(tags::SIGN_TRANSACTION, &said(id, BANK_B).to_bytes()),
    ] {
        assert_eq!(with(&mut world, wrong), no_consent);
    }
    let without = submit(&mut world, BANK_B, Payload::Finance(plain.clone()));
    assert_eq!(without, no_consent);
    let done = with(&mut world, key.consent(&said(id, BANK_B)));
    assert!(matches!(done, Outcome::Done(Done::Financed { .. })));
}

#[test]
fn one_wrong_proof_of_a_block_refuses_its_own_transaction_alone() {
    let mut world = World::new();
    let mut ids = Vec::new();
    for number in 1..=4 {
        let record = record(&world, BANK_A, number);
        ids.push(record.id());
        submit(&mut world, BANK_A, Payload::SealRecord(Box::new(record)));
    }
    let first = next_sequence(&world.state, &BANK_A).0;
    for bad in 0..4_usize {
        let mut transactions = Vec::new();
        for (at, id) in ids.iter().enumerate() {
            let mut set = present(*id, &document(1), &blinding(at as u8 + 1));
            if at == bad {
                set.proof = ProofBytes::new([0; 192]);
            }
            let mut body = sign(&world, BANK_A, Payload::PresentBlinded(set)).body;
            body.sequence = Sequence(first + at as u64);
            transactions.push(resign(body));
        }
        let verified = verify(&world, transactions).unwrap();
        for (at, transaction) in verified.transactions().iter().enumerate() {
            let expected = (at == bad).then_some(&Refusal::WrongProof);
            assert_eq!(transaction.refusal(), expected);
        }
    }
}

#[test]
fn a_wrong_answer_names_its_validator_and_stops_nothing() {
    let mut world = World::with_threshold(3);
    let record = record(&world, BANK_A, 1);
    let id = record.id();
    submit(&mut world, BANK_A, Payload::SealRecord(Box::new(record)));
    let set = present(id, &document(50), &blinding(1));
    submit(&mut world, BANK_A, Payload::PresentBlinded(set));
    let mut false_answer = world.shares[1].answer(&question(&world, &id)).unwrap();
    false_answer.answers[0] = point(5);
    let share = ShareIndex(2);
    let outcome = submit(&mut world, VALIDATORS[1], Payload::Answer(false_answer));
    assert_eq!(outcome, refused(Refusal::WrongAnswer { share }));
    assert_eq!(world.effects, [Effect::WrongAnswer { record: id, share }]);
    let mut short = world.shares[1].answer(&question(&world, &id)).unwrap();
    short.answers.pop();
    let outcome = submit(&mut world, VALIDATORS[1], Payload::Answer(short));
    assert_eq!(outcome, refused(Refusal::WrongAnswer { share }));
    let others = world.shares[0].answer(&question(&world, &id)).unwrap();
    let outcome = submit(&mut world, VALIDATORS[1], Payload::Answer(others));
    assert_eq!(
        outcome,
        refused(Refusal::NotAShareHolder),
        "another's answer"
    );
    let early = Finance {
        record: id,
        fingerprints: vec![point(1), point(2)],
        proof: DleqProof::new([0; 96]),
        hold_until: None,
        since: None,
        waivers: Vec::new(),
        consent: None,
        trade: None,
    };
    let early = submit(&mut world, BANK_A, Payload::Finance(early));
    assert_eq!(early, refused(Refusal::NotAnswered));
    for share in [1, 2, 3] {
        assert!(matches!(answer(&mut world, share, &id), Outcome::Done(_)));
    }
    assert!(world.state.contains_key(&Key::completed(&id)));
}

fn fault(world: &World, transactions: Vec<Transaction>) -> (usize, InvalidTransaction) {
    match verify(world, transactions) {
        Err(InvalidBlock::Transaction { position, fault }) => (position, fault),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_block_with_a_foreign_unsigned_or_replayed_transaction_is_no_block() {
    let mut world = World::new();
    let seal = |world: &World, number| Payload::SealRecord(Box::new(record(world, BANK_A, number)));
    let first = sign(&world, BANK_A, seal(&world, 1));
    include(&mut world, vec![first.clone()]);
    let (next, found) = (Sequence(1), Sequence(0));
    let replay = InvalidTransaction::Sequence { next, found };
    assert_eq!(fault(&world, vec![first.clone()]), (0, replay));
    assert_eq!(admit(&world.state, &world.tip, &first), Err(replay));

    let second = sign(&world, BANK_A, seal(&world, 2));
    let twice = fault(&world, vec![second.clone(), second.clone()]);
    let (next, found) = (Sequence(2), Sequence(1));
    assert_eq!(twice, (1, InvalidTransaction::Sequence { next, found }));
    let mut gap = second.body.clone();
    gap.sequence = Sequence(2);
    let gap = resign(gap);
    let (next, found) = (Sequence(1), Sequence(2));
    assert_eq!(
        fault(&world, vec![gap.clone()]),
        (0, InvalidTransaction::Sequence { next, found })
    );
    assert_eq!(
        admit(&world.state, &world.tip, &gap),
        Ok(()),
        "others may come first"
    );

    let mut foreign = second.body.clone();
    foreign.chain = ChainId::new([1; 32]);
    let other = InvalidTransaction::OtherChain;
    assert_eq!(
        fault(&world, vec![second.clone(), resign(foreign.clone())]),
        (1, other)
    );
    assert_eq!(
        admit(&world.state, &world.tip, &resign(foreign)),
        Err(other)
    );
    let mut nobody = second.body.clone();
    nobody.signer = AliasId::new([99; 32]);
    let unknown = InvalidTransaction::UnknownSigner(nobody.signer);
    assert_eq!(fault(&world, vec![resign(nobody)]), (0, unknown));

    let mut pretended = second.clone();
    pretended.signature =
        signing_key(&BANK_B).sign(tags::SIGN_TRANSACTION, &second.body.to_bytes());
    let mut altered = second.clone();
    altered.body.payload = seal(&world, 3);
    let mut vote = second.clone();
    vote.signature = signing_key(&BANK_A).sign(tags::SIGN_VOTE, &second.body.to_bytes());
    for wrong in [pretended, altered, vote] {
        let expected = InvalidTransaction::WrongSignature;
        assert_eq!(fault(&world, vec![wrong.clone()]), (0, expected));
        assert_eq!(admit(&world.state, &world.tip, &wrong), Err(expected));
    }
    assert!(verify(&world, vec![second]).is_ok());
}

#[test]
fn a_changed_signature_keeps_the_id_and_changes_the_blocks_root() {
    let world = World::new();
    let honest = sign(
        &world,
        BANK_A,
        Payload::SealRecord(Box::new(record(&world, BANK_A, 1))),
    );
    let mut changed = honest.clone();
    changed.signature = Signature::new([7; 64]);
    assert_eq!(transaction_id(&honest.body), transaction_id(&changed.body));
    let block: Block = world.tip.next_block(world.tip.time, vec![honest]);
    let mut swapped = block.clone();
    swapped.transactions = vec![changed];
    let result = verify_block(&world.state, &world.tip, swapped, &ByFirstByte, &[0; 32]);
    let expected = crate::chain::HeaderError::Transactions;
    assert_eq!(result.map(|_| ()), Err(InvalidBlock::Header(expected)));
    assert!(verify_block(&world.state, &world.tip, block, &ByFirstByte, &[0; 32]).is_ok());
}
