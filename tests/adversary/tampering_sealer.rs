//! A sealer whose leaf commits to another value than the ciphertext beside it holds: the chain takes
//! the record, as nobody can see it, and whoever is granted the field gets evidence that all accept.

use ark_bls12_381::Fr;
use sealane_crypto::commitment::field_leaf;
use sealane_crypto::curve::encode_element;
use sealane_crypto::keys::Place;
use sealane_crypto::sealing::{
    Evidence, EvidenceError, Fault, FieldState, open_fields, open_record, recompute_root,
};
use sealane_tests::deals::{record_key, seal};
use sealane_types::encoding::{Decode as _, Encode as _};
use sealane_types::fields::{Currency, FieldValue};
use sealane_types::ids::{FieldBytes, RecordRoot};
use sealane_types::record::{Record, SealedLeaf};
use sealane_types::schema::slot;

use super::*;

const PAYABLE: Place = Place::Header(slot::PAYABLE as u8);

/// The same record with one leaf changed, and the root that follows.
fn altered(record: &Record, change: impl FnOnce(&mut SealedLeaf)) -> Record {
    let mut leaves = record.leaves().to_vec();
    change(&mut leaves[slot::PAYABLE]);
    let zero = RecordRoot::new([0; 32]);
    let unrooted = Record::new(record.header.clone(), leaves.clone(), zero).unwrap();
    let root: Fr = recompute_root(&unrooted).unwrap();
    Record::new(
        record.header.clone(),
        leaves,
        RecordRoot::new(encode_element(&root)),
    )
    .unwrap()
}

/// A leaf that commits to a hundred times the amount in the ciphertext.
fn puffed(record: &Record) -> Record {
    let key = record_key(&A, record).field(PAYABLE);
    let currency = Currency::new("EUR").unwrap();
    let value = FieldValue::Amount {
        value: 12_505_000,
        currency,
    };
    let position = PAYABLE.position(record.header.kind, record.header.schema_version);
    let hash = field_leaf(&position, Some(&value), key.leaf_blinding());
    altered(record, |leaf| {
        leaf.hash = FieldBytes::new(encode_element(&hash))
    })
}

fn evidence(record: &Record) -> Evidence {
    // the grantee holds this one field's key
    let key = record_key(&A, record).field(PAYABLE);
    match open_fields(record, &[key]).at(PAYABLE).unwrap() {
        FieldState::Mismatch(evidence) => (**evidence).clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_leaf_that_does_not_match_its_ciphertext_is_evidence() {
    let mut chain = chain();
    let honest = seal(chain.tip.chain, A, None, &Invoice::new("INV-TAMPERED"))
        .into_parts()
        .0;
    let record = puffed(&honest);
    let payload = Payload::SealRecord(Box::new(record.clone()));
    assert_eq!(
        chain.send(A, payload),
        Ok(Done::Sealed),
        "without a key nobody can see it"
    );

    let shown = evidence(&record);
    assert_eq!((shown.record(), shown.place()), (record.id(), PAYABLE));
    let carried = Evidence::from_bytes(&shown.to_bytes()).unwrap();
    assert_eq!(
        carried.verify(&record),
        Ok(Fault::LeafDiffers),
        "whoever has the record agrees"
    );
    assert_eq!(carried.verify(&honest), Err(EvidenceError::OtherRecord));
    let states = open_record(&record, &record_key(&A, &record));
    let wrong = states
        .fields()
        .iter()
        .filter(|(_, state)| matches!(state, FieldState::Mismatch(_)));
    assert_eq!(wrong.count(), 1, "the other fields open");
}

#[test]
fn a_ciphertext_that_does_not_open_under_its_key_is_evidence() {
    let honest = seal(chain().tip.chain, A, None, &Invoice::new("INV-TAMPERED"))
        .into_parts()
        .0;
    let record = altered(&honest, |leaf| leaf.ciphertext[3] ^= 1);
    assert_eq!(evidence(&record).verify(&record), Ok(Fault::Undecryptable));
}

/// The grantee who wants to harm an honest sealer has the key and the record, and no more.
#[test]
fn evidence_against_an_honest_sealer_cannot_be_made() {
    let chain = chain();
    let honest = seal(chain.tip.chain, A, None, &Invoice::new("INV-HONEST"))
        .into_parts()
        .0;
    let tampered = puffed(&honest);
    let bytes = evidence(&tampered).to_bytes();
    // the record's id and digest stand first: put the honest record's there
    let digest = sealane_crypto::sealing::record_digest(&honest);
    let mut forged = bytes.clone();
    forged[1..33].copy_from_slice(honest.id().as_bytes());
    forged[33..65].copy_from_slice(digest.as_bytes());
    let forged = Evidence::from_bytes(&forged).unwrap();
    assert_eq!(forged.verify(&honest), Err(EvidenceError::Sound));
    let key_at = bytes.len() - 33;
    let mut other_key = forged.to_bytes();
    other_key[key_at] ^= 1;
    let other_key = Evidence::from_bytes(&other_key).unwrap();
    assert_eq!(other_key.verify(&honest), Err(EvidenceError::WrongKey));
}

#[test]
fn a_root_that_does_not_follow_is_refused_by_the_ledger() {
    let mut chain = chain();
    let honest = seal(chain.tip.chain, A, None, &Invoice::new("INV-ROOT"))
        .into_parts()
        .0;
    let mut leaves = honest.leaves().to_vec();
    leaves.swap(slot::PAYABLE, slot::DUE_DATE);
    let swapped = Record::new(honest.header.clone(), leaves, honest.root).unwrap();
    let refused = chain.send(A, Payload::SealRecord(Box::new(swapped)));
    assert_eq!(refused, Err(Refusal::WrongRoot));
    let mut header = honest.header.clone();
    header.salt = sealane_types::ids::Salt::new([5; 32]);
    let resalted = Record::new(header, honest.leaves().to_vec(), honest.root).unwrap();
    let refused = chain.send(A, Payload::SealRecord(Box::new(resalted)));
    assert_eq!(refused, Err(Refusal::WrongRoot));
}
