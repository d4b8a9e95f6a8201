//! The vectors in `specs/vectors/`: keys, a record and fingerprints that never change. With `SEALANE_APPROVE=sealing` in
//! the environment the first test writes its file before it compares: a change of the schema, which somebody approves.

use ark_bls12_381::Fr;
use sealane_types::encoding::Decode;
use sealane_types::fields::FieldValue;
use sealane_types::fingerprint::{Mask, SLOTS};
use sealane_types::genesis::Suite;
use sealane_types::ids::{AliasId, ChainId, Epoch, PointBytes, RecordId, Salt, ShareIndex};
use sealane_types::schema::{
    CanonicalFields, HEADER_SLOTS, Kind, LINE_SLOTS, SCHEMA_VERSION, slot,
};
use sealane_types::sharing::Confirm;
use sealane_types::transaction::Answer;
use serde_json::{Value, json};

use crate::curve::{
    Blinding, Point, decode_element, encode_element, map_to_curve, slot_bases,
};
use crate::keys::{InstitutionSecret, Place};
use crate::oprf::{Blinded, KeySecret, KeyShare, Parties, Question, SlotKeys};
use crate::sealing::{Heading, Sealed, record_digest};

fn vectors(text: &str) -> Value {
    serde_json::from_str(text).expect("the vectors are JSON")
}

fn bytes<const N: usize>(value: &Value) -> [u8; N] {
    let text = value.as_str().expect("hexadecimal");
    let bytes = hex::decode(text).expect("hexadecimal");
    bytes.try_into().expect("as many bytes as it should have")
}

fn value_of(plaintext: &Value) -> FieldValue {
    let bytes = hex::decode(plaintext.as_str().expect("hexadecimal")).expect("hexadecimal");
    FieldValue::from_bytes(&bytes).expect("a canonical value")
}

/// Values by slot.
fn slots<const N: usize>(values: &Value) -> [Option<FieldValue>; N] {
    let mut slots = [const { None }; N];
    for (slot, value) in values.as_object().expect("values by slot") {
        let slot: usize = slot.parse().expect("a slot");
        slots[slot] = Some(value_of(value));
    }
    slots
}

#[test]
fn keys_and_record_are_those_of_the_vectors() {
    let vectors = vectors(include_str!("../../../specs/vectors/sealing.json"));
    let given = &vectors["given"];
    let secret = InstitutionSecret::import(Suite::International, &bytes(&given["secret"]));
    let period = given["period"].as_str().expect("a month");
    let period = period.parse().expect("a month");
    let salt = Salt::new(bytes(&given["salt"]));
    let schema = secret.grants().schema(Kind::Invoice, SCHEMA_VERSION);
    let record = schema.period(period).record(&salt);
    let line = Place::Line { line: 1, slot: 4 };
    let field = |place| {
        let key = record.field(place);
        json!({
            "key": hex::encode(*key.export()),
            "cipher key": hex::encode(*key.cipher_key()),
            "key id": hex::encode(key.id().as_bytes()),
            "leaf blinding": hex::encode(encode_element(&key.leaf_blinding())),
        })
    };
    let keys = json!({
        "grants": hex::encode(*secret.grants().export()),
        "schema": hex::encode(*schema.export()),
        "period": hex::encode(*schema.period(period).export()),
        "record": hex::encode(*record.export()),
        "header slot 0": field(Place::Header(0)),
        "line 1, slot 4": field(line),
        "seller's identifiers": field(Place::Header(slot::SELLER_IDS as u8)),
        "line count": field(Place::LineCount),
        "amount blinding": hex::encode(encode_element(&record.amount_blinding())),
    });
    let lines = given["lines"].as_array().expect("lines");
    let fields = CanonicalFields {
        kind: Kind::Invoice,
        version: SCHEMA_VERSION,
        header: slots::<HEADER_SLOTS>(&given["header"]),
        lines: lines.iter().map(slots::<LINE_SLOTS>).collect(),
    };
    let heading = Heading {
        chain: ChainId::new(bytes(&given["chain"])),
        sealer: AliasId::new(bytes(&given["sealer"])),
        bank: AliasId::new(bytes(&given["bank"])),
        replaces: None,
    };
    let sealed = Sealed::with_salt(&fields, &heading, &secret, period, salt).expect("it fits");
    let (record, openings) = sealed.into_parts();
    let first = &record.leaves()[0];
    let record = json!({
        "root": record.root.to_string(),
        "digest": record_digest(&record).to_string(),
        "leaf of header slot 0": first.hash.to_string(),
        "leaf of the seller's identifiers": record.leaves()[slot::SELLER_IDS].hash.to_string(),
        "leaf of the seller's name": record.leaves()[slot::SELLER_NAME].hash.to_string(),
        "leaf of line 1, slot 1": record.line_leaf(1, 1).expect("a line").hash.to_string(),
        "ciphertext of header slot 0": hex::encode(&first.ciphertext),
        "header root": hex::encode(encode_element(&openings.tree().header_root())),
        "lines root": hex::encode(encode_element(&openings.tree().lines_root())),
        "amount commitment": hex::encode(encode_element(&openings.amount_commitment())),
    });
    if std::env::var("SEALANE_APPROVE").is_ok_and(|what| what == "sealing") {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../specs/vectors/sealing.json"
        );
        let made = json!({ "given": given, "keys": keys, "record": record });
        std::fs::write(path, format!("{made:#}\n")).expect("the file can be written");
    }
    assert_eq!(keys, vectors["keys"], "{keys:#}");
    assert_eq!(record, vectors["record"], "{record:#}");
}

fn points(list: &Value) -> Vec<PointBytes> {
    let list = list.as_array().expect("points");
    list.iter()
        .map(|point| PointBytes::new(bytes(point)))
        .collect()
}

fn hexed(points: &[PointBytes]) -> Value {
    points.iter().map(ToString::to_string).collect()
}

#[test]
fn fingerprints_are_those_of_the_vectors() {
    let vectors = vectors(include_str!("../../../specs/vectors/fingerprints.json"));
    let given = &vectors["given"];
    let secret = KeySecret::from_seed(&bytes(&given["key seed"]));
    let dealt = secret.deal_from(&bytes(&given["deal seed"]), Epoch(1), 3, 4);
    let (key, shares) = dealt.expect("3 of 4");
    let elements = given["x"].as_array().expect("inputs");
    let element = |x: &Value| decode_element(&bytes(x)).expect("canonical");
    let elements: Vec<Fr> = elements.iter().map(element).collect();
    let map = |x: &Fr| map_to_curve(*x).expect("not of small order");
    let inputs: Vec<Point> = elements.iter().map(map).collect();
    let inputs: [Point; SLOTS] = inputs.try_into().expect("twelve");
    let s = Blinding::from_bytes(bytes(&given["sigma"]));
    let mask = u16::try_from(given["mask"].as_u64().expect("bits")).expect("two bytes");
    let mask = Mask::new(mask).expect("a mask");
    let seller = AliasId::new(bytes(&given["seller"]));
    let record = RecordId::new(bytes(&given["record"]));
    let chain = ChainId::new(bytes(&given["chain"]));
    let blinded = Blinded::blind(mask, &inputs, &s).expect("this system");
    let question = Question::new(chain, record, seller, blinded);
    let holder = AliasId::new(bytes(&given["holder"]));
    let confirm = |share: &KeyShare| share.confirm(&key, &chain, &holder).expect("its own key");
    let confirmed: Vec<Confirm> = shares[1..].iter().map(confirm).collect();
    let parts = (2..).map(ShareIndex).zip(&confirmed);
    let parts = parts.map(|(index, said)| key.check_confirmation(&chain, &holder, index, said));
    let parts: Vec<_> = parts.map(|part| part.expect("honest")).collect();
    let keys = SlotKeys::combine(&key, &parts).expect("three of four");
    let answer = |share: &KeyShare| share.answer(&question).expect("this system");
    let answers: Vec<Answer> = shares[1..].iter().map(answer).collect();
    let check = |answer: &Answer| question.check_answer(&key, answer).expect("honest");
    let checked: Vec<_> = answers.iter().map(check).collect();
    let answered = question
        .clone()
        .combine(&key, &checked)
        .expect("three of four");
    let parties = Parties {
        sealer: AliasId::new(bytes(&given["sealer"])),
        bank: AliasId::new(bytes(&given["bank"])),
    };
    let finished = answered.clone().finish(&keys, &s, parties);
    let finished = finished.expect("the same s");
    let (commitment, blinded) = question.blinded().encode();
    let encoded: Vec<_> = inputs
        .iter()
        .map(|point| PointBytes::new(point.encode()))
        .collect();
    let print = |print: &sealane_types::fingerprint::Fingerprint| json!({ "rule": print.rule.number(), "value": hex::encode(print.value) });
    let found = json!({
        "K": PointBytes::new(key.key().encode()).to_string(),
        "K_j": hexed(&key.encode().1),
        "H": slot_bases().iter().map(|base| hex::encode(base.encode())).collect::<Value>(),
        "V of share 2": hexed(&confirmed[0].slot_keys),
        "V": hexed(&keys.encode()),
        "P": hexed(&encoded),
        "S": commitment.to_string(),
        "B": hexed(&blinded),
        "Z of share 2": hexed(&answers[0].answers),
        "Z": hexed(&answered.encode()),
        "T": hexed(&finished.points),
        "fingerprints": finished.fingerprints.iter().map(print).collect::<Value>(),
    });
    let proofs = json!({
        "confirmation of share 2": confirmed[0].proof.to_string(),
        "answer of share 2": answers[0].proof.to_string(),
        "last": finished.proof.to_string(),
    });
    assert_eq!(found, vectors["found"], "{found:#}\n{proofs:#}");

    // proofs are fresh each time; these were made once and still hold
    let proof = |name: &str| {
        vectors["proofs"][name]
            .as_str()
            .expect("a proof")
            .parse()
            .expect("a proof")
    };
    let answer = Answer {
        record,
        epoch: Epoch(1),
        index: ShareIndex(2),
        answers: points(&vectors["found"]["Z of share 2"]),
        proof: proof("answer of share 2"),
    };
    assert!(question.check_answer(&key, &answer).is_ok());
    let said = Confirm {
        epoch: Epoch(1),
        slot_keys: points(&vectors["found"]["V of share 2"]),
        proof: proof("confirmation of share 2"),
    };
    assert!(key.is_confirmed(&chain, &holder, ShareIndex(2), &said));
    let shown = answered.check(&keys, parties, &points(&vectors["found"]["T"]), &proof("last"));
    assert_eq!(shown, Ok(finished.fingerprints));
}
