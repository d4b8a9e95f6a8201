//! A record opens with exactly the keys held, hides what it should, and a sealer that lies is shown up.

use std::collections::BTreeSet;

use ark_bls12_381::Fr;
use ark_ff::PrimeField;
use sealane_types::encoding::Decode;
use sealane_types::fields::{Currency, FieldValue, LineOf};
use sealane_types::genesis::Suite;
use sealane_types::ids::{AliasId, ChainId, FieldBytes, RecordId, RecordRoot, Salt};
use sealane_types::record::{RecordHeader, SealedLeaf};
use sealane_types::schema::{CanonicalFields, HEADER_SLOTS, Kind, SCHEMA_VERSION, line_slot, slot};

use super::*;
use crate::commitment::LeafValues;
use crate::curve::encode_element;
use crate::keys::{FieldKey, InstitutionSecret, Period, RecordKey};

mod long;

fn secret() -> InstitutionSecret {
    InstitutionSecret::import(Suite::International, &[7; 32])
}

fn heading() -> Heading {
    Heading {
        chain: ChainId::new([1; 32]),
        sealer: AliasId::new([2; 32]),
        bank: AliasId::new([3; 32]),
        replaces: None,
    }
}

const PERIOD: Period = Period::new(682);

pub(crate) fn invoice(lines: usize) -> CanonicalFields {
    let mut header = [const { None }; HEADER_SLOTS];
    header[slot::NUMBER] = Some(FieldValue::Number("INV-0042".into()));
    header[slot::TYPE_CODE] = Some(FieldValue::Integer(380));
    header[slot::ISSUE_DATE] = Some(FieldValue::Date(20_513));
    header[slot::SELLER_IDS] = Some(FieldValue::LegalIds(vec![
        "vat:SE556677889901".into(),
        "0088:7".into(),
    ]));
    header[slot::PAYABLE] = Some(FieldValue::Amount {
        value: 1_234_500,
        currency: Currency::new("EUR").expect("three letters"),
    });
    let orders = vec!["PO 1".into(), "PO 2".into()];
    header[slot::ORDER_REFERENCES] = Some(FieldValue::References(orders));
    header[slot::SELLER_NAME] = Some(FieldValue::Name("Säljbolaget AB".into()));
    let line = |at: usize| {
        let mut line = [const { None }; 7];
        line[line_slot::ID] = Some(FieldValue::Text(at.to_string()));
        line[line_slot::ORDER_LINE] = Some(FieldValue::LineReference {
            line: at.to_string(),
            of: [LineOf::Any, LineOf::Unknown, LineOf::Number("PO 2".into())][at % 3].clone(),
        });
        let (value, unit) = (-3_000_000, "C62".into());
        line[line_slot::QUANTITY] = Some(FieldValue::Quantity { value, unit });
        let (value, base) = (1_i128 << 79, 1_000_000);
        line[line_slot::PRICE] = Some(FieldValue::Price { value, base });
        line
    };
    CanonicalFields {
        kind: Kind::Invoice,
        version: SCHEMA_VERSION,
        header,
        lines: (0..lines).map(line).collect(),
    }
}

fn seal(fields: &CanonicalFields) -> Sealed {
    Sealed::seal(fields, &heading(), &secret(), PERIOD).expect("a document that fits")
}

fn key_of(record: &Record) -> RecordKey {
    let header = &record.header;
    let schema = secret().grants().schema(header.kind, header.schema_version);
    schema.period(PERIOD).record(&header.salt)
}

/// The record with one leaf changed, and a root that follows from it: what a lying sealer would sign.
pub(crate) fn with_leaf(record: &Record, at: usize, change: impl Fn(&mut SealedLeaf)) -> Record {
    let mut leaves = record.leaves().to_vec();
    change(&mut leaves[at]);
    let root = record.root;
    let altered = Record::new(record.header.clone(), leaves.clone(), root).expect("same sizes");
    let root = recompute_root(&altered).expect("canonical leaves");
    let root = RecordRoot::new(encode_element(&root));
    Record::new(record.header.clone(), leaves, root).expect("same sizes")
}

#[test]
fn the_record_key_opens_every_field_to_what_was_sealed() {
    for lines in [0, 1, 8, 9, 33] {
        let fields = invoice(lines);
        let (record, openings) = seal(&fields).into_parts();
        assert!(check_record(&record).is_ok());
        assert_eq!(encode_element(&openings.root()), *record.root.as_bytes());
        for (place, state) in open_record(&record, &key_of(&record)).into_fields() {
            let expected = match place {
                Place::Header(slot) => fields.header[usize::from(slot)].clone(),
                Place::LineCount => Some(FieldValue::Integer(lines as i64)),
                Place::Line { line, slot } => fields
                    .lines
                    .get(usize::from(line))
                    .and_then(|line| line[usize::from(slot)].clone()),
            };
            assert_eq!(state, FieldState::Open(expected.clone()), "{place}");
            let opening = openings.at(place).expect("the same places");
            assert_eq!(opening.value, expected);
        }
    }
}

#[test]
fn a_field_key_opens_its_field_and_no_other() {
    let (record, _) = seal(&invoice(9)).into_parts();
    let key = key_of(&record);
    let own = [
        Place::Header(0),
        Place::Line { line: 8, slot: 4 },
        Place::LineCount,
    ];
    let keys: Vec<FieldKey> = own.iter().map(|place| key.field(*place)).collect();
    let opened = open_fields(&record, &keys);
    for (place, state) in opened.fields() {
        let held = own.contains(place);
        assert_eq!(matches!(state, FieldState::Open(_)), held, "{place}");
        assert_eq!(*state == FieldState::Hidden, !held, "{place}");
        assert_eq!(opened.at(*place), Some(state));
    }
    let number = Some(FieldValue::Number("INV-0042".into()));
    assert_eq!(open_field(&record, own[0], &keys[0]), Ok(number));
    let elsewhere = Place::Header(1);
    let wrong = open_field(&record, elsewhere, &keys[0]);
    assert_eq!(wrong, Err(OpenError::WrongKey(elsewhere)));
    let nowhere = Place::Line { line: 16, slot: 0 };
    let missing = open_field(&record, nowhere, &key.field(nowhere));
    assert_eq!(missing, Err(OpenError::NoSuchPlace(nowhere)));
    let other = seal(&invoice(9)).into_parts().0;
    let hidden = open_record(&other, &key);
    assert!(
        hidden
            .fields()
            .iter()
            .all(|(_, state)| *state == FieldState::Hidden)
    );
}

#[test]
fn sizes_tell_neither_presence_nor_length_nor_the_number_of_lines() {
    let sizes = |fields: &CanonicalFields| {
        let (record, _) = seal(fields).into_parts();
        let sizes = record.leaves().iter().map(|leaf| leaf.ciphertext.len());
        (sizes.collect::<Vec<_>>(), record.to_bytes().len())
    };
    let mut empty = invoice(0);
    empty.header = [const { None }; HEADER_SLOTS];
    let mut full = invoice(8);
    full.header[slot::SELLER_NAME] = Some(FieldValue::Name("N".repeat(512)));
    let ids = (0..7).map(|number| format!("{number}:{}", "I".repeat(94)));
    full.header[slot::SELLER_IDS] = Some(FieldValue::LegalIds(ids.collect()));
    full.header[slot::BILLING_REFERENCES] = Some(FieldValue::References(vec!["R".repeat(60); 10]));
    for line in &mut full.lines {
        line[line_slot::ITEM] = Some(FieldValue::Text("I".repeat(512)));
        line[line_slot::ORDER_LINE] = Some(FieldValue::LineReference {
            line: "L".repeat(120),
            of: LineOf::Number("N".repeat(154)),
        });
    }
    assert_eq!(sizes(&empty), sizes(&full));
    assert_ne!(
        sizes(&empty),
        sizes(&invoice(9)),
        "the bucket shows, and is meant to"
    );
}

#[test]
fn two_sealings_of_one_document_share_nothing() {
    let records = [seal(&invoice(2)), seal(&invoice(2))].map(|sealed| sealed.into_parts().0);
    let mut seen = BTreeSet::new();
    let mut count = 0;
    for record in &records {
        for leaf in record.leaves() {
            let [hash, key] = [leaf.hash.as_bytes().to_vec(), leaf.key.as_bytes().to_vec()];
            seen.extend([hash, key, leaf.ciphertext.clone()]);
            count += 3;
        }
    }
    assert_eq!(seen.len(), count, "absent fields too");
    assert_ne!(records[0].root, records[1].root);
}

#[test]
fn what_does_not_fit_is_refused_and_never_cut() {
    let refused = |fields: &CanonicalFields| {
        let sealed = Sealed::seal(fields, &heading(), &secret(), PERIOD);
        sealed.map(|_| ()).expect_err("does not fit")
    };
    for version in [0, 1, 3] {
        let other = CanonicalFields {
            version,
            ..invoice(1)
        };
        assert_eq!(refused(&other), SealError::Version(version));
    }
    let with = |value| {
        let mut fields = invoice(1);
        fields.header[slot::NUMBER] = Some(value);
        fields
    };
    // option, tag and length take 6 bytes of the place's 160
    assert!(
        seal(&with(FieldValue::Number("N".repeat(154))))
            .record()
            .root
            != RecordRoot::new([0; 32])
    );
    let (place, bytes, limit) = (Place::Header(0), 161, 160);
    let too_long = SealError::TooLong {
        place,
        bytes,
        limit,
    };
    assert_eq!(
        refused(&with(FieldValue::Number("N".repeat(155)))),
        too_long
    );
    let lower_case = refused(&with(FieldValue::Number("inv 1".into())));
    assert!(
        matches!(lower_case, SealError::NotCanonical { .. }),
        "it would not open"
    );
    let mut many = invoice(1);
    many.header[slot::ORDER_REFERENCES] = Some(FieldValue::References(vec!["R".into(); 65]));
    assert!(matches!(refused(&many), SealError::NotCanonical { .. }));
    for ids in [
        &[][..],
        &["vat:SE1", "vat:SE1"],
        &[""],
        &["1", "2", "3", "4", "5", "6", "7", "8"],
    ] {
        let mut wrong = invoice(1);
        let ids = ids.iter().map(|id| (*id).to_owned()).collect();
        wrong.header[slot::BUYER_IDS] = Some(FieldValue::LegalIds(ids));
        assert!(matches!(refused(&wrong), SealError::NotCanonical { .. }));
    }
    let mut nowhere = invoice(1);
    nowhere.lines[0][line_slot::ORDER_LINE] = Some(FieldValue::LineReference {
        line: "1".into(),
        of: LineOf::Number("--".into()),
    });
    assert!(matches!(refused(&nowhere), SealError::NotCanonical { .. }));
}

#[test]
fn every_leaf_and_every_part_of_the_header_is_under_the_root() {
    let (record, _) = seal(&invoice(9)).into_parts();
    let with = |leaves: Vec<SealedLeaf>| {
        let altered = Record::new(record.header.clone(), leaves, record.root).expect("same sizes");
        check_record(&altered).map(|_| ())
    };
    for (at, place) in Place::all(record.header.bucket).enumerate() {
        let mut leaves = record.leaves().to_vec();
        leaves[at].hash = FieldBytes::new(encode_element(&Fr::from(5_u8)));
        assert_eq!(with(leaves.clone()), Err(RecordFault::Root));
        // the same number plus the modulus
        leaves[at].hash = FieldBytes::new(modulus());
        assert_eq!(with(leaves), Err(RecordFault::Leaf(place)));
        for length in [0, record.leaves()[at].ciphertext.len() + 1] {
            let mut leaves = record.leaves().to_vec();
            leaves[at].ciphertext.resize(length, 0);
            assert!(matches!(with(leaves), Err(RecordFault::Size { .. })));
        }
    }
    for header in other_headers(&record.header) {
        let leaves = record.leaves().to_vec();
        let altered = Record::new(header, leaves, record.root).expect("same sizes");
        assert_eq!(check_record(&altered), Err(RecordFault::Root));
        // nor do the ciphertexts open elsewhere
        let opened = open_record(&altered, &key_of(&record));
        let wrong = |(_, state): &(Place, FieldState)| matches!(state, FieldState::Mismatch(_));
        assert!(opened.fields().iter().all(wrong));
    }
}

fn modulus() -> [u8; 32] {
    let mut bytes = [0; 32];
    for (limb, out) in Fr::MODULUS.0.iter().zip(bytes.chunks_mut(8)) {
        out.copy_from_slice(&limb.to_le_bytes());
    }
    bytes
}

fn other_headers(header: &RecordHeader) -> Vec<RecordHeader> {
    let header = || header.clone();
    vec![
        RecordHeader {
            chain: ChainId::new([9; 32]),
            ..header()
        },
        RecordHeader {
            sealer: AliasId::new([9; 32]),
            ..header()
        },
        RecordHeader {
            bank: AliasId::new([9; 32]),
            ..header()
        },
        RecordHeader {
            kind: Kind::CreditNote,
            ..header()
        },
        RecordHeader {
            schema_version: 3,
            ..header()
        },
        RecordHeader {
            replaces: Some(RecordId::new([9; 32])),
            ..header()
        },
        RecordHeader {
            salt: Salt::new([9; 32]),
            ..header()
        },
    ]
}

#[test]
fn a_sealer_that_lies_is_shown_up_to_everybody() {
    let (record, _) = seal(&invoice(2)).into_parts();
    let place = Place::Header(slot::PAYABLE as u8);
    let at = place.index(record.header.bucket).expect("a slot");
    let key = key_of(&record).field(place);
    let bound = [
        &evidence::bound_to(&record.header, key.suite())[..],
        &place.bytes(),
    ]
    .concat();
    let sealed = |plaintext: &[u8]| {
        key.suite()
            .encrypt_once(&key.cipher_key(), &bound, plaintext)
    };
    let value = record.leaves()[at].ciphertext.clone();
    let value = key
        .suite()
        .decrypt(&key.cipher_key(), &bound, &value)
        .expect("its own");
    let mut padded_wrongly = value.to_vec();
    *padded_wrongly.last_mut().expect("not empty") = 1;
    let absent = vec![0; value.len()];
    let flipped = |leaf: &mut SealedLeaf| leaf.ciphertext[0] ^= 1;
    let cases: [(Record, Fault); 4] = [
        (with_leaf(&record, at, flipped), Fault::Undecryptable),
        (
            with_leaf(&record, at, |leaf| {
                leaf.ciphertext = sealed(&padded_wrongly)
            }),
            Fault::Malformed,
        ),
        (
            with_leaf(&record, at, |leaf| leaf.ciphertext = sealed(&absent)),
            Fault::LeafDiffers,
        ),
        (
            with_leaf(&record, at, |leaf| leaf.hash = FieldBytes::new([1; 32])),
            Fault::LeafDiffers,
        ),
    ];
    for (lying, fault) in cases {
        assert!(
            check_record(&lying).is_ok(),
            "nothing shows without the key"
        );
        let Err(OpenError::Mismatch(evidence)) = open_field(&lying, place, &key) else {
            panic!("{fault} goes unseen");
        };
        assert_eq!((evidence.fault(), evidence.place()), (fault, place));
        assert_eq!(evidence.verify(&lying), Ok(fault));
        assert_eq!(evidence.verify(&record), Err(EvidenceError::OtherRecord));
        let shown = Evidence::from_bytes(&evidence.to_bytes()).expect("its own bytes");
        assert_eq!(shown.verify(&lying), Ok(fault));
        let opened = open_record(&lying, &key_of(&record));
        assert_eq!(opened.at(place), Some(&FieldState::Mismatch(evidence)));
        let rest = opened.fields().iter().filter(|(other, _)| *other != place);
        assert!(
            rest.into_iter()
                .all(|(_, state)| matches!(state, FieldState::Open(_)))
        );
    }
}

#[test]
fn a_grantee_cannot_forge_evidence_against_an_honest_record() {
    let (record, _) = seal(&invoice(2)).into_parts();
    let place = Place::Header(0);
    let key = key_of(&record).field(place);
    let own = Evidence::new(&record, place, &key, Fault::LeafDiffers);
    assert_eq!(own.verify(&record), Err(EvidenceError::Sound));
    let with_other_key = FieldKey::import(Suite::International, &[5; 32]);
    let made_up = Evidence::new(&record, place, &with_other_key, Fault::Undecryptable);
    assert_eq!(made_up.verify(&record), Err(EvidenceError::WrongKey));
    let elsewhere = Evidence::new(&record, Place::Header(1), &key, Fault::LeafDiffers);
    assert_eq!(elsewhere.verify(&record), Err(EvidenceError::WrongKey));
    let beyond = Place::Line { line: 127, slot: 0 };
    let nowhere = Evidence::new(&record, beyond, &key, Fault::LeafDiffers);
    assert_eq!(nowhere.verify(&record), Err(EvidenceError::NoSuchPlace));
    // under the same root: the root does not cover ciphertexts, the digest does
    let mut leaves = record.leaves().to_vec();
    leaves[0].ciphertext[0] ^= 1;
    let altered = Record::new(record.header.clone(), leaves, record.root).expect("same sizes");
    let Err(OpenError::Mismatch(evidence)) = open_field(&altered, place, &key) else {
        panic!("a flipped bit goes unseen");
    };
    assert_eq!(altered.id(), record.id());
    assert_eq!(evidence.verify(&record), Err(EvidenceError::OtherRecord));
}

#[test]
fn evidence_is_read_from_its_exact_bytes_alone() {
    let (record, _) = seal(&invoice(1)).into_parts();
    let key = key_of(&record).field(Place::Header(0));
    let evidence = Evidence::new(&record, Place::Header(0), &key, Fault::Malformed);
    let bytes = evidence.to_bytes();
    assert_eq!(Evidence::from_bytes(&bytes), Ok(evidence));
    for length in 0..bytes.len() {
        assert!(Evidence::from_bytes(&bytes[..length]).is_err());
    }
    assert!(Evidence::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
    for (at, wrong) in [(0, 2), (65, 32), (68, 9), (101, 4)] {
        let mut altered = bytes.clone();
        altered[at] = wrong;
        assert!(Evidence::from_bytes(&altered).is_err(), "byte {at}");
    }
}

#[test]
fn openings_are_found_again_from_the_record_and_its_key() {
    let (record, openings) = seal(&invoice(9)).into_parts();
    let again = Openings::recover(&record, &key_of(&record)).expect("its own key");
    assert_eq!(again.lines(), 9);
    assert_eq!(again.root(), openings.root());
    assert_eq!(again.amount_commitment(), openings.amount_commitment());
    for (first, second) in again.leaves().iter().zip(openings.leaves()) {
        assert_eq!((&first.value, first.values), (&second.value, second.values));
        assert_eq!((first.blinding, first.hash), (second.blinding, second.hash));
    }
    let other = secret()
        .grants()
        .schema(Kind::Invoice, SCHEMA_VERSION)
        .period(Period::new(683));
    let closed = Openings::recover(&record, &other.record(&record.header.salt));
    assert_eq!(
        closed.map(|_| ()),
        Err(RecoverError::Closed(Place::Header(0)))
    );
    let mut leaves = record.leaves().to_vec();
    leaves[3].hash = FieldBytes::new([1; 32]);
    let broken = Record::new(record.header.clone(), leaves, record.root).expect("same sizes");
    let refused = Openings::recover(&broken, &key_of(&record)).map(|_| ());
    assert_eq!(refused, Err(RecoverError::Record(RecordFault::Root)));
}

#[test]
fn the_amount_commitment_hides_behind_its_own_blinding() {
    let sealed = [seal(&invoice(1)), seal(&invoice(1))];
    let [first, second] = sealed
        .each_ref()
        .map(|sealed| sealed.openings().amount_commitment());
    assert_ne!(first, second, "one amount, two records");
    let openings = sealed[0].openings();
    let payable = openings
        .at(Place::Header(slot::PAYABLE as u8))
        .expect("a slot");
    let blindings = openings.leaves().iter().map(|leaf| leaf.blinding);
    assert!(
        blindings
            .into_iter()
            .all(|blinding| blinding != openings.amount_blinding())
    );
    let eur = Fr::from(u64::from(u32::from_be_bytes([0, b'E', b'U', b'R'])));
    assert_eq!(
        payable.values,
        LeafValues::present([Fr::from(1_234_500_u64), eur])
    );
}

#[test]
fn nothing_private_shows() {
    let sealed = seal(&invoice(1));
    let shown = format!(
        "{:?} {:?}",
        sealed.openings(),
        sealed.openings().leaves()[0]
    );
    assert_eq!(shown, "Openings(89 leaves, secret) Opening(secret)");
    let place = Place::Header(0);
    let key = key_of(sealed.record()).field(place);
    let evidence = Evidence::new(sealed.record(), place, &key, Fault::Malformed);
    let hex: String = key
        .export()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert!(!format!("{evidence:?}").contains(&hex));
}
