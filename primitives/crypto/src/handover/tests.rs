//! A hand-over file gives its receiver what it says, and nothing to anybody else; what does not fit the chain is refused.

use sealane_types::alias::{Role, Standing};
use sealane_types::encoding::{Decode, Encode};
use sealane_types::ids::FieldBytes;
use sealane_types::schema::{Kind, SCHEMA_VERSION};

use super::*;
use crate::identity::Marks;
use crate::keys::{InstitutionSecret, Period, RecordKey};
use crate::sealing::tests::{invoice, with_leaf};
use crate::sealing::{Fault, Heading, Sealed};

const SUITE: Suite = Suite::International;
const CHAIN: ChainId = ChainId::new([1; 32]);
const PERIOD: Period = Period::new(682);
const SEALER: AliasId = AliasId::new([2; 32]);
const BANK: AliasId = AliasId::new([3; 32]);

fn secret() -> InstitutionSecret {
    InstitutionSecret::import(SUITE, &[7; 32])
}

fn receiver() -> ReceivingSecret {
    InstitutionSecret::import(SUITE, &[8; 32]).receiving()
}

fn signing(of: AliasId) -> SigningKey {
    SigningKey::from_seed(of.as_bytes())
}

fn record() -> Record {
    record_of(3)
}

fn record_of(lines: usize) -> Record {
    let heading = Heading {
        chain: CHAIN,
        sealer: SEALER,
        bank: BANK,
        replaces: None,
    };
    let sealed = Sealed::seal(&invoice(lines), &heading, &secret(), PERIOD).expect("it fits");
    sealed.into_parts().0
}

fn key_of(record: &Record) -> RecordKey {
    let schema = secret().grants().schema(Kind::Invoice, SCHEMA_VERSION);
    schema.period(PERIOD).record(&record.header.salt)
}

fn opening() -> AliasOpening {
    let identifiers = ["0088:4".to_owned(), "vat:SE556677889901".to_owned()];
    AliasOpening::new(
        &identifiers,
        Marks::NONE,
        secret().identity_blinding(&SEALER, 2),
    )
    .expect("two")
}

fn alias(id: AliasId, bank: AliasId) -> Alias {
    Alias {
        id,
        name: String::new(),
        role: Role::Company,
        key: signing(id).public(),
        commitment: opening().commitment(),
        bank,
        standing: Standing::Active,
        until: None,
    }
}

/// A file's content as its sealer makes it: these places of the record.
fn handover(record: &Record, places: &[Place]) -> Handover {
    let key = key_of(record);
    let fields = places.iter().map(|place| (*place, key.field(*place)));
    Handover {
        chain: CHAIN,
        record: record.id(),
        digest: record_digest(record),
        sender: SEALER,
        receiver: receiver().public(),
        sealer: opening(),
        fields: fields.collect(),
    }
}

const PLACES: [Place; 3] = [
    Place::Header(0),
    Place::Line { line: 1, slot: 4 },
    Place::LineCount,
];

fn sealed(handover: &Handover) -> Vec<u8> {
    let key = signing(handover.sender);
    handover.seal(SUITE, &key).expect("a sound receiver")
}

fn open(file: &[u8]) -> Result<Opened, HandoverError> {
    Handover::open(file, CHAIN, &receiver())
}

/// The file as the receiver takes it, against the chain's record.
fn imported(handover: &Handover, record: &Record) -> Result<Checked, HandoverError> {
    let (sealer, sender) = (alias(SEALER, BANK), alias(handover.sender, BANK));
    let known = Known {
        record,
        sealer: &sealer,
        sender: &sender,
    };
    open(&sealed(handover))?.check(&known)
}

fn refused(handover: &Handover, record: &Record) -> HandoverError {
    imported(handover, record).expect_err("it does not fit")
}

#[test]
fn the_receiver_gets_exactly_the_fields_given() {
    let record = record();
    let given = handover(&record, &PLACES);
    let checked = imported(&given, &record).expect("it holds");
    assert_eq!(checked.handover, given);
    assert!(checked.evidence.is_empty());
    assert_eq!(
        checked.handover.sealer.identifiers(),
        opening().identifiers()
    );
}

#[test]
fn no_cut_nor_altered_file_opens() {
    let file = sealed(&handover(&record(), &PLACES));
    for length in 0..file.len() {
        assert!(open(&file[..length]).is_err(), "{length} bytes");
    }
    for at in 0..file.len() {
        let mut altered = file.clone();
        altered[at] ^= 1;
        assert!(open(&altered).is_err(), "byte {at}");
    }
    assert!(open(&[&file[..], &[0]].concat()).is_err());
    let length = |zeros| open(&[&file[..37], &vec![0; zeros]].concat()).map(|_| ());
    assert_eq!(length(MAX_HANDOVER - 37), Err(HandoverError::Closed));
    assert!(matches!(
        length(MAX_HANDOVER - 36),
        Err(HandoverError::Form(_))
    ));
    let mut newer = file;
    newer[4] += 1;
    let said = open(&newer).expect_err("not known").to_string();
    assert!(said.contains("version 2 is not known"), "{said}");
}

/// What a receiver's own key opens may be anything: a sender encrypts what it likes.
#[test]
fn no_cut_nor_altered_content_is_taken() {
    let record = record();
    let given = handover(&record, &PLACES);
    let content = format::content(&given);
    assert_eq!(Handover::from_bytes(&content), Ok(given));
    for length in 0..content.len() {
        assert!(
            Handover::from_bytes(&content[..length]).is_err(),
            "{length}"
        );
    }
    let signature = signing(SEALER).sign(tags::SIGN_HANDOVER, &content);
    let plaintext = format::plaintext(&content, &signature);
    let (sealer, sender) = (alias(SEALER, BANK), alias(SEALER, BANK));
    let known = Known {
        record: &record,
        sealer: &sealer,
        sender: &sender,
    };
    for length in (0..plaintext.len()).step_by(7) {
        assert!(
            format::read_plaintext(&plaintext[..length]).is_err(),
            "{length}"
        );
    }
    for at in 0..plaintext.len() {
        let mut altered = plaintext.to_vec();
        altered[at] ^= 1;
        let taken = format::read_plaintext(&altered);
        let taken = taken.map_err(HandoverError::from);
        let checked = taken.and_then(|opened| opened.check(&known));
        assert!(checked.is_err(), "byte {at}");
    }
    let further = [&plaintext[..], &[0; 4096]].concat();
    assert!(format::read_plaintext(&further).is_err(), "padded twice");
}

#[test]
fn places_twice_or_in_another_order_or_none_are_refused() {
    let record = record();
    let bytes = format::content(&handover(&record, &PLACES[..2])).to_vec();
    let (head, fields) = bytes.split_at(bytes.len() - 70);
    let (first, second) = fields.split_at(35);
    let joined = |one, other| Handover::from_bytes(&[head, one, other].concat());
    assert!(joined(first, second).is_ok());
    assert!(joined(second, first).is_err());
    assert!(joined(first, first).is_err());
    let none = handover(&record, &[]);
    assert!(Handover::from_bytes(&none.to_bytes()).is_err());
}

#[test]
fn nobody_but_the_receiver_opens_it_and_nobody_passes_it_on() {
    let record = record();
    let given = handover(&record, &PLACES);
    let file = sealed(&given);
    let other = InstitutionSecret::import(SUITE, &[9; 32]).receiving();
    let opened = Handover::open(&file, CHAIN, &other).map(|_| ());
    assert_eq!(opened, Err(HandoverError::Closed));
    // the receiver encrypts the same signed content to somebody else
    let content = format::content(&given);
    let signature = signing(SEALER).sign(tags::SIGN_HANDOVER, &content);
    let suite = CipherSuite::of(SUITE);
    let info = info(suite, CHAIN, &other.public());
    let plaintext = format::plaintext(&content, &signature);
    let header = format::header(CHAIN);
    let passed = suite.seal_to(&other.public(), &info, &header, &plaintext);
    let passed = [&header[..], &passed.expect("sound")].concat();
    let opened = Handover::open(&passed, CHAIN, &other).map(|_| ());
    assert_eq!(opened, Err(HandoverError::OtherReceiver));
}

#[test]
fn a_file_of_another_chain_is_refused_inside_and_outside() {
    let record = record();
    let elsewhere = ChainId::new([9; 32]);
    let given = Handover {
        chain: elsewhere,
        ..handover(&record, &PLACES)
    };
    assert_eq!(refused(&given, &record), HandoverError::OtherChain);
    let mut file = sealed(&given);
    file[5..37].copy_from_slice(CHAIN.as_bytes());
    let opened = open(&file).map(|_| ());
    assert_eq!(opened, Err(HandoverError::Closed), "the header is bound");
    // one that is written for this chain outside, and another inside
    let content = format::content(&given);
    let signature = signing(SEALER).sign(tags::SIGN_HANDOVER, &content);
    let (suite, to, header) = (
        CipherSuite::of(SUITE),
        receiver().public(),
        format::header(CHAIN),
    );
    let plaintext = format::plaintext(&content, &signature);
    let inside = suite.seal_to(&to, &info(suite, CHAIN, &to), &header, &plaintext);
    let inside = [&header[..], &inside.expect("sound")].concat();
    let opened = open(&inside).map(|_| ());
    assert_eq!(opened, Err(HandoverError::OtherChain));
}

#[test]
fn the_sender_is_the_sealer_or_its_bank() {
    let record = record();
    let of = |sender| Handover {
        sender,
        ..handover(&record, &PLACES)
    };
    assert!(imported(&of(BANK), &record).is_ok());
    let stranger = AliasId::new([5; 32]);
    assert_eq!(refused(&of(stranger), &record), HandoverError::Sender);
    // in the sealer's name, with another key
    let file = of(SEALER).seal(SUITE, &signing(stranger)).expect("sound");
    let (sealer, sender) = (alias(SEALER, BANK), alias(SEALER, BANK));
    let known = Known {
        record: &record,
        sealer: &sealer,
        sender: &sender,
    };
    let checked = open(&file).expect("it opens").check(&known).map(|_| ());
    assert_eq!(checked, Err(HandoverError::Signature));
}

#[test]
fn what_does_not_fit_the_chain_s_record_or_alias_is_refused() {
    let record = record();
    let given = handover(&record, &PLACES);
    let (number, date) = (Place::Header(0), Place::Header(2));
    let mut swapped = given.clone();
    swapped.fields.insert(number, key_of(&record).field(date));
    assert_eq!(refused(&swapped, &record), HandoverError::WrongKey(number));
    let beyond = Place::Line { line: 8, slot: 0 };
    let mut larger = given.clone();
    larger.fields.insert(beyond, key_of(&record).field(beyond));
    assert_eq!(refused(&larger, &record), HandoverError::WrongKey(beyond));
    for identifiers in [vec![], vec!["vat:DE1".to_owned()]] {
        let material = secret().identity_blinding(&SEALER, 2);
        let sealer = AliasOpening::new(&identifiers, Marks::NONE, material).expect("few");
        let other = Handover {
            sealer,
            ..given.clone()
        };
        assert_eq!(refused(&other, &record), HandoverError::Opening);
    }
    let material = secret().identity_blinding(&BANK, 2);
    let sealer = AliasOpening::new(opening().identifiers(), Marks::NONE, material).expect("two");
    let blinded = Handover {
        sealer,
        ..given.clone()
    };
    assert_eq!(refused(&blinded, &record), HandoverError::Opening);
    let again = self::record();
    assert_eq!(refused(&given, &again), HandoverError::OtherRecord);
    let digest = Digest::new([0; 32]);
    let bytes = Handover { digest, ..given };
    assert_eq!(refused(&bytes, &record), HandoverError::OtherRecord);
}

#[test]
fn a_field_that_its_sealer_encoded_wrongly_is_evidence_and_the_rest_is_kept() {
    let honest = record();
    let wrong = with_leaf(&honest, 0, |leaf| leaf.ciphertext[3] ^= 1);
    let checked = imported(&handover(&wrong, &PLACES), &wrong).expect("the rest holds");
    let [evidence] = &checked.evidence[..] else {
        panic!("{:?}", checked.evidence);
    };
    assert_eq!(evidence.place(), Place::Header(0));
    assert_eq!(evidence.verify(&wrong), Ok(Fault::Undecryptable));
    assert_eq!(checked.handover.fields.len(), 3);
    // a leaf that is not under the root is no record at all
    let mut leaves = honest.leaves().to_vec();
    leaves[40].hash = FieldBytes::new([1; 32]);
    let broken = Record::new(honest.header.clone(), leaves, honest.root).expect("same sizes");
    let fault = HandoverError::Record(RecordFault::Root);
    assert_eq!(refused(&handover(&broken, &PLACES), &broken), fault);
}

#[test]
fn a_file_s_length_tells_little_and_the_largest_record_fits() {
    let record = record();
    let length = |places: &[Place]| sealed(&handover(&record, places)).len();
    let header: Vec<Place> = (0..32).map(Place::Header).collect();
    assert_eq!(length(&header), length(&header[..1]));
    assert_eq!(length(&header), 37 + 32 + 4096 + 16);
    let largest = sealane_types::record::Bucket::new(1024).expect("a bucket");
    let all: Vec<Place> = Place::all(largest).collect();
    let long: Vec<String> = (0..7)
        .map(|at| format!("{at}:{}", "x".repeat(94)))
        .collect();
    let material = secret().identity_blinding(&SEALER, 2);
    let given = Handover {
        sealer: AliasOpening::new(&long, Marks::NONE, material).expect("seven"),
        ..handover(&record, &all)
    };
    let file = sealed(&given);
    assert!(file.len() <= MAX_HANDOVER, "{} bytes", file.len());
    assert_eq!(open(&file).expect("it opens").handover, given);
}

#[test]
fn all_lines_of_a_long_record_are_handed_over() {
    let record = record_of(300);
    let lines = Place::all(record.header.bucket).skip(32);
    let places: Vec<Place> = lines.collect();
    assert_eq!(places.len(), 512 * 7 + 1);
    let given = handover(&record, &places);
    let checked = imported(&given, &record).expect("it holds");
    assert_eq!(checked.handover, given);
    assert!(checked.evidence.is_empty());
}

#[test]
fn nothing_private_shows() {
    let record = record();
    let given = handover(&record, &PLACES);
    let opened = open(&sealed(&given)).expect("it opens");
    let shown = format!("{given:?} {opened:?} {:?}", receiver());
    assert!(!shown.contains("vat"), "{shown}");
    for key in given.fields.values() {
        let hexed = hex::encode(*key.export());
        assert!(!shown.contains(&hexed), "{shown}");
    }
    assert!(shown.contains("ReceivingSecret(secret)"), "{shown}");
}

#[test]
fn a_card_holds_for_its_alias_key_and_chain_alone() {
    let key = signing(BANK);
    let card = Card::new(CHAIN, BANK, &receiver(), &key);
    let bytes = card.to_bytes();
    assert_eq!(bytes.len(), CARD_LENGTH);
    assert_eq!(Card::read(&bytes, CHAIN), Ok(card.clone()));
    let elsewhere = Card::read(&bytes, ChainId::new([9; 32]));
    assert_eq!(elsewhere, Err(CardError::OtherChain));
    let public = key.public();
    assert_eq!(card.check(SUITE, &public), Ok(receiver().public()));
    let other = card.check(SUITE, &signing(SEALER).public());
    assert_eq!(other, Err(CardError::Signature));
    for length in 0..bytes.len() {
        assert!(Card::read(&bytes[..length], CHAIN).is_err(), "{length}");
    }
    assert!(Card::read(&[&bytes[..], &[0]].concat(), CHAIN).is_err());
    for at in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[at] ^= 1;
        let read = Card::read(&altered, CHAIN);
        let taken = read.and_then(|card| card.check(SUITE, &public));
        assert!(taken.is_err(), "byte {at}");
    }
}

/// A card with somebody else's receiving key: files for the alias would open for another.
#[test]
fn a_card_for_a_key_that_its_maker_does_not_hold_is_refused() {
    let (key, other) = (
        signing(BANK),
        InstitutionSecret::import(SUITE, &[9; 32]).receiving(),
    );
    let own = Card::new(CHAIN, BANK, &receiver(), &key).to_bytes();
    let stolen = Card::new(CHAIN, BANK, &other, &key).to_bytes();
    let possession = CARD_LENGTH - 2 * 64..CARD_LENGTH - 64;
    for from in [own, Card::new(CHAIN, SEALER, &other, &key).to_bytes()] {
        let mut card = stolen.clone();
        card[possession.clone()].copy_from_slice(&from[possession.clone()]);
        let card = Card::read(&card, CHAIN).expect("a card");
        assert_eq!(card.check(SUITE, &key.public()), Err(CardError::Possession));
    }
    let card = Card::read(&stolen, CHAIN).expect("a card");
    assert_eq!(card.check(SUITE, &key.public()), Ok(other.public()));
}

/// Keys and bytes never change: a file made today opens with every later version.
#[test]
fn the_bytes_are_those_of_the_vectors() {
    let vectors = include_str!("../../../../specs/vectors/handover.json");
    let vectors: serde_json::Value = serde_json::from_str(vectors).expect("the vectors are JSON");
    let field = |place, byte| (place, FieldKey::import(SUITE, &[byte; 32]));
    let given = Handover {
        chain: CHAIN,
        record: RecordId::new([4; 32]),
        digest: Digest::new([5; 32]),
        sender: SEALER,
        receiver: receiver().public(),
        sealer: opening(),
        fields: [
            field(PLACES[0], 10),
            field(PLACES[1], 11),
            field(PLACES[2], 12),
        ]
        .into(),
    };
    let key = signing(SEALER);
    let content = format::content(&given);
    let said = serde_json::json!({
        "institution secret": "08".repeat(32),
        "receiving secret": hex::encode(*receiver().export()),
        "receiving key": receiver().public().to_string(),
        "sender's seed": hex::encode(*key.seed()),
        "card": hex::encode(Card::new(CHAIN, SEALER, &receiver(), &key).to_bytes()),
        "content": hex::encode(&*content),
        "signature": key.sign(tags::SIGN_HANDOVER, &content).to_string(),
        "file": vectors["file"],
    });
    assert_eq!(said, vectors, "{said:#} {}", hex::encode(sealed(&given)));
    let file = hex::decode(vectors["file"].as_str().expect("hexadecimal")).expect("hexadecimal");
    assert_eq!(open(&file).expect("it opens").handover, given);
}
