//! Every encoding is frozen: `specs/vectors/encodings.txt` holds the bytes of one value of each kind.
//!
//! A change of an encoding shows as a change of that file, which somebody has to approve: with
//! `SEALANE_APPROVE=encodings` in the environment this test writes the file instead of comparing.

#![allow(clippy::unwrap_used)]

mod samples;

use std::fmt::{Debug, Write};
use std::path::Path;

use samples::*;
use sealane_types::block::{Block, BlockHeader, Certificate, ValidatorSet};
use sealane_types::encoding::{Decode, Encode};
use sealane_types::genesis::Genesis;
use sealane_types::receipt::Receipt;
use sealane_types::record::{Record, RecordHeader, SealedLeaf};
use sealane_types::sharing::FingerprintKey;
use sealane_types::transaction::{Payload, Transaction, Waiver};

/// The vectors as the code makes them: a name and the bytes in hexadecimal on each line.
fn made() -> String {
    let mut lines = String::from(
        "# Canonical encodings, one value of each kind: name, then bytes in hexadecimal.\n",
    );
    let mut add = |name: &str, bytes: Vec<u8>| {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        writeln!(lines, "{name} {hex}").unwrap();
    };
    add("record-header", header().to_bytes());
    add("sealed-leaf", leaf(3).to_bytes());
    add("record", record().to_bytes());
    for transaction in transactions() {
        let mut name = format!("transaction-{}", transaction.body.payload.name());
        if let Payload::Propose(propose) = &transaction.body.payload {
            let change = propose.change.name().replace([' ', '\''], "-");
            name = format!("{name}-{change}");
        }
        add(&name, transaction.to_bytes());
    }
    add("block-header", block().header.to_bytes());
    add("block", block().to_bytes());
    add("vote", certificate().vote(bytes(9)).to_bytes());
    add("certificate", certificate().to_bytes());
    add("validator-set", validators().to_bytes());
    add("genesis", genesis().to_bytes());
    add("fingerprint-key", fingerprint_key().to_bytes());
    for receipt in receipts() {
        add(&receipt_name(&receipt), receipt.to_bytes());
    }
    lines
}

#[test]
fn every_encoding_is_the_frozen_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs/vectors/encodings.txt");
    let made = made();
    if std::env::var("SEALANE_APPROVE").is_ok_and(|what| what == "encodings") {
        std::fs::write(&path, &made).unwrap();
    }
    let frozen = std::fs::read_to_string(&path).unwrap();
    for (frozen, made) in frozen.lines().zip(made.lines()) {
        let name = made.split(' ').next().unwrap();
        assert!(frozen == made, "{name} has other bytes:\n{frozen}\n{made}");
    }
    assert_eq!(frozen.lines().count(), made.lines().count());
}

/// Reads back what it wrote, and refuses every truncation, a trailing byte, and every changed byte
/// that does not give another value with exactly those bytes.
fn canonical<T: Encode + Decode + PartialEq + Debug>(value: &T) {
    let bytes = value.to_bytes();
    assert_eq!(&T::from_bytes(&bytes).unwrap(), value);
    let mut longer = bytes.clone();
    longer.push(0);
    assert!(T::from_bytes(&longer).is_err());
    let step = 1 + bytes.len() / 512;
    for at in (0..bytes.len()).step_by(step) {
        assert!(T::from_bytes(&bytes[..at]).is_err(), "cut at {at}");
        for change in [1, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[at] ^= change;
            if let Ok(other) = T::from_bytes(&changed) {
                assert_ne!(&other, value, "byte {at} is not read");
                assert_eq!(other.to_bytes(), changed, "byte {at} has two readings");
            }
        }
    }
}

#[test]
fn every_value_has_one_encoding() {
    canonical::<RecordHeader>(&header());
    canonical::<SealedLeaf>(&leaf(3));
    canonical::<Record>(&record());
    transactions().iter().for_each(canonical::<Transaction>);
    canonical::<BlockHeader>(&block().header);
    canonical::<Block>(&block());
    canonical::<Certificate>(&certificate());
    canonical::<ValidatorSet>(&validators());
    canonical::<Genesis>(&genesis());
    canonical::<FingerprintKey>(&fingerprint_key());
    receipts().iter().for_each(canonical::<Receipt>);
}

#[test]
fn every_refusal_has_a_code_of_its_own_and_a_sentence() {
    let mut codes = Vec::new();
    for refusal in refusals() {
        let said = refusal.to_string();
        assert!(said.len() > 15 && !said.contains("{"), "{said}");
        codes.push(refusal.code());
    }
    assert_eq!(codes, (1..=codes.len() as u8).collect::<Vec<_>>());
}

#[test]
fn a_record_has_the_leaves_of_its_bucket_and_bounded_ciphertexts() {
    let make = |leaves: Vec<SealedLeaf>| Record::new(header(), leaves, bytes(1));
    let leaves = record().leaves().to_vec();
    assert!(make(leaves[1..].to_vec()).is_err(), "one leaf too few");
    assert!(
        make([leaves.clone(), vec![leaf(1)]].concat()).is_err(),
        "one too many"
    );
    let with = |length: usize| {
        let mut longer = leaves.clone();
        longer[0].ciphertext = vec![0; length];
        make(longer)
    };
    assert!(with(4096).is_ok());
    assert!(with(4097).is_err());
    let all = |length: usize| {
        let mut longer = leaves.clone();
        longer
            .iter_mut()
            .for_each(|leaf| leaf.ciphertext = vec![0; length]);
        make(longer)
    };
    assert!(all(640).is_ok());
    assert!(all(641).is_err(), "too much in all");
}

#[test]
fn waivers_are_ascending_never_strict_and_have_a_reason() {
    let refused = |change: fn(&mut Vec<Waiver>)| {
        let mut finance = finance();
        change(&mut finance.waivers);
        let transaction = sign(sealane_types::transaction::Payload::Finance(finance));
        Transaction::from_bytes(&transaction.to_bytes()).is_err()
    };
    assert!(!refused(|_| {}));
    assert!(refused(|waivers| waivers.reverse()));
    assert!(refused(|waivers| waivers[1] = waivers[0].clone()));
    assert!(refused(
        |waivers| waivers[0].rule = sealane_types::fingerprint::Rule::Strict
    ));
    for reason in ["", "  ", "two\nlines", &"x".repeat(257)] {
        let mut finance = finance();
        finance.waivers[0].reason = reason.to_owned();
        let transaction = sign(sealane_types::transaction::Payload::Finance(finance));
        assert!(
            Transaction::from_bytes(&transaction.to_bytes()).is_err(),
            "{reason:?}"
        );
    }
}

type Change = fn(&mut Genesis);

#[test]
fn a_genesis_fits_together_or_is_refused() {
    let changes: [(&str, Change); 10] = [
        ("name", |genesis| genesis.name = "Not A Name".to_owned()),
        ("no name", |genesis| genesis.name.clear()),
        ("order of aliases", |genesis| genesis.aliases.reverse()),
        ("an alias twice", |genesis| {
            let again = genesis.aliases[0].clone();
            genesis.aliases.insert(0, again);
        }),
        ("a key twice", |genesis| {
            genesis.aliases[1].key = genesis.aliases[0].key
        }),
        ("a name twice", |genesis| {
            genesis.aliases[1].name = genesis.aliases[0].name.clone()
        }),
        ("no such bank", |genesis| {
            genesis.aliases[1].bank = bytes(0xee)
        }),
        ("a customer without a bank", |genesis| {
            genesis.aliases[1].bank = genesis.aliases[1].id
        }),
        ("blocks of nothing", |genesis| {
            genesis.parameters.max_block_transactions = 0
        }),
        ("keys out of order", |genesis| {
            genesis.parameters.verifying_keys.reverse()
        }),
    ];
    genesis().check().unwrap();
    for (what, change) in changes {
        let mut changed = genesis();
        change(&mut changed);
        assert!(changed.check().is_err(), "{what}");
        assert!(Genesis::from_bytes(&changed.to_bytes()).is_err(), "{what}");
    }
    let mut foreign = genesis();
    foreign.validators = validators();
    assert!(foreign.check().is_err(), "validators that are no aliases");
}

#[test]
fn more_than_two_thirds_of_the_power_is_a_quorum() {
    let set = validators();
    assert_eq!(set.power(), 6);
    assert!(!set.is_quorum(4));
    assert!(set.is_quorum(5));
    assert!(!set.is_quorum(0));
    let again = [set.validators(), set.validators()].concat();
    assert!(ValidatorSet::new(again).is_err());
    assert!(ValidatorSet::new(Vec::new()).is_err());
    let mut none = set.validators().to_vec();
    none[0].power = 0;
    assert!(ValidatorSet::new(none).is_err());
}
