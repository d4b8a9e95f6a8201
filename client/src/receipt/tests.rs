//! A receipt holds as it was written, and in no other form.

use sealane_crypto::curve::Point;
use sealane_ledger::state::Writes;
use sealane_types::fingerprint::Mask;
use sealane_types::ids::{AliasId, DleqProof, FieldBytes, PointBytes, ProofBytes, RecordId};
use sealane_types::receipt::Done;
use sealane_types::transaction::{Finance, Payload, PresentBlinded};

use super::*;
use crate::chain::tests::chain::{TestChain, VERIFYING_KEY};

fn record(number: u8) -> RecordId {
    RecordId::new([number; 32])
}

fn point() -> PointBytes {
    PointBytes::new(Point::generator().encode())
}

fn presents(number: u8) -> Payload {
    Payload::PresentBlinded(PresentBlinded {
        record: record(number),
        alias: AliasId::new([9; 32]),
        alias_commitment: FieldBytes::new([0; 32]),
        mask: Mask::new(Mask::ALWAYS).expect("the slots that always apply"),
        amount_commitment: FieldBytes::new([0; 32]),
        blinding: point(),
        blinded: vec![point(); 8],
        verifying_key: VERIFYING_KEY,
        proof: ProofBytes::new([0; 192]),
    })
}

fn finances(number: u8) -> Payload {
    Payload::Finance(Finance {
        record: record(number),
        fingerprints: vec![point(); 8],
        proof: DleqProof::new([0; 96]),
        hold_until: None,
        since: None,
        waivers: Vec::new(),
        consent: None,
        trade: None,
    })
}

/// Two transactions of a chain, checked.
fn committed(payloads: [(Payload, Done); 2]) -> (Genesis, Committed, Committed) {
    let mut chain = TestChain::new();
    let blocks = payloads.map(|(payload, done)| {
        let transaction = chain.sign(payload);
        chain.commit(vec![(transaction, done)], Writes::new())
    });
    let trust = Trust::in_genesis(&chain.genesis);
    let [first, second] = blocks.map(|block| {
        let evidence = Evidence::read(chain.committed(block, 0)).expect("whole");
        evidence.check(&trust).expect("holds")
    });
    (chain.genesis, first, second)
}

fn financed() -> Done {
    Done::Financed { took_over: None }
}

fn example() -> (Genesis, Vec<u8>) {
    let (genesis, first, second) =
        committed([(presents(1), Done::Presented), (finances(1), financed())]);
    let bytes = write(&genesis, &[], &first, &second).expect("written");
    (genesis, bytes)
}

#[test]
fn a_receipt_holds_offline_and_says_what_was_done() {
    let (genesis, bytes) = example();
    let summary = verify(&bytes, None).expect("holds");
    assert_eq!(verify(&bytes, Some(&genesis)).expect("holds"), summary);
    assert_eq!(summary.record, record(1).to_string());
    assert_eq!(
        (summary.outcome.as_str(), summary.bank.as_str()),
        ("financed", "bank-a")
    );
    assert_eq!(
        (summary.verifying_key, summary.test_keys),
        (VERIFYING_KEY.to_string(), true)
    );
    let rules: Vec<u8> = summary
        .fingerprints
        .iter()
        .map(|print| print.rule)
        .collect();
    assert_eq!(rules, [1, 1, 1, 1, 1, 1, 1, 6]);
    let mut other = genesis;
    other.name = "other".to_owned();
    assert!(matches!(
        verify(&bytes, Some(&other)),
        Err(ReceiptError::OtherNetwork)
    ));
}

/// A line of the file with its value changed to another of the same kind.
fn changed(line: &str) -> Option<String> {
    let (start, value) = line.split_once(": ").unwrap_or(("", line));
    let comma = if value.ends_with(',') { "," } else { "" };
    let value = value.trim_end_matches(',');
    let value = match value {
        "true" => "false".to_owned(),
        "null" => "1".to_owned(),
        text if text.ends_with('"') && text.len() > 2 => {
            let at = text.len() - 2;
            let other = if &text[at..=at] == "0" { "1" } else { "0" };
            format!("{}{other}\"", &text[..at])
        }
        number if number.bytes().all(|byte| byte.is_ascii_digit()) => format!("{number}1"),
        _ => return None,
    };
    Some(format!("{start}: {value}{comma}"))
}

#[test]
fn every_field_changed_is_found_out() {
    let (_, bytes) = example();
    let text = String::from_utf8(bytes).expect("text");
    let lines: Vec<&str> = text.lines().collect();
    let mut tried = 0;
    for (at, line) in lines.iter().enumerate() {
        let Some(line) = changed(line) else { continue };
        let mut altered: Vec<&str> = lines.clone();
        altered[at] = &line;
        let altered = altered.join("\n") + "\n";
        assert_ne!(altered, text);
        assert!(
            verify(altered.as_bytes(), None).is_err(),
            "believed: {line}"
        );
        tried += 1;
    }
    assert!(tried > 30, "{tried} fields were tried");
}

#[test]
fn every_byte_counts_spaces_too() {
    let (_, bytes) = example();
    let mut holds = Vec::new();
    for at in (0..bytes.len()).step_by(5) {
        let mut altered = bytes.clone();
        altered[at] ^= 1;
        if verify(&altered, None).is_ok() {
            holds.push(at);
        }
    }
    assert_eq!(holds, Vec::<usize>::new());
    let spaced = [&bytes[..], b" "].concat();
    assert!(matches!(verify(&spaced, None), Err(ReceiptError::Changed)));
    let text = String::from_utf8(bytes).expect("text");
    let newer = text.replacen("\"sealane_receipt\": 1", "\"sealane_receipt\": 2", 1);
    let refused = verify(newer.as_bytes(), None);
    assert!(matches!(refused, Err(ReceiptError::Version { found: 2 })));
    let huge = vec![b' '; MAX_RECEIPT_FILE + 1];
    assert!(matches!(
        verify(&huge, None),
        Err(ReceiptError::TooLarge(_))
    ));
}

#[test]
fn transactions_that_are_no_financing_of_one_record_make_no_receipt() {
    let cases = [
        [(presents(1), Done::Presented), (finances(2), financed())],
        [
            (presents(1), Done::Presented),
            (presents(1), Done::Presented),
        ],
        [(finances(1), financed()), (finances(1), financed())],
        [(presents(1), Done::Sealed), (finances(1), financed())],
        [(presents(1), Done::Presented), (finances(1), Done::Sealed)],
    ];
    for case in cases {
        let (genesis, first, second) = committed(case);
        let refused = write(&genesis, &[], &first, &second);
        assert!(matches!(refused, Err(ReceiptError::NoFinancing(_))));
    }
    let (genesis, first, second) =
        committed([(finances(1), financed()), (presents(1), Done::Presented)]);
    let refused = write(&genesis, &[], &second, &first);
    assert!(
        matches!(refused, Err(ReceiptError::NoFinancing(_))),
        "in the wrong order"
    );
}
