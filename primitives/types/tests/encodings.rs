//! Every encoding is frozen: `specs/vectors/encodings.txt` holds the bytes of one value of each kind.
//!
//! A change of an encoding shows as a change of that file, which somebody has to approve: with
//! `SEALANE_APPROVE=encodings` in the environment this test writes the file instead of comparing.

#![allow(clippy::unwrap_used)]

mod samples;

use std::fmt::{Debug, Write};
use std::path::Path;

use samples::*;
use sealane_types::alias::Role;
use sealane_types::block::{Block, BlockHeader, Certificate, ValidatorSet};
use sealane_types::encoding::{Decode, Encode};
use sealane_types::genesis::Genesis;
use sealane_types::receipt::Receipt;
use sealane_types::record::{Record, RecordHeader, SealedLeaf};
use sealane_types::sharing::FingerprintKey;
use sealane_types::transaction::{Payload, Transaction, Waived, Waiver};
use sealane_types::workflow::{Move, Stage, Versioned, Workflow};

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
    let [publish, prove] = parts_transactions();
    add(
        "transaction-propose-publish-a-check-in-parts",
        publish.to_bytes(),
    );
    add("transaction-cross-check-in-parts", prove.to_bytes());
    add("block-header", block().header.to_bytes());
    add("block", block().to_bytes());
    add("vote", certificate().vote(bytes(9)).to_bytes());
    add("certificate", certificate().to_bytes());
    add("validator-set", validators().to_bytes());
    add("genesis", genesis().to_bytes());
    add("fingerprint-key", fingerprint_key().to_bytes());
    add("workflow", workflow().to_bytes());
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
    parts_transactions()
        .iter()
        .for_each(canonical::<Transaction>);
    canonical::<BlockHeader>(&block().header);
    canonical::<Block>(&block());
    canonical::<Certificate>(&certificate());
    canonical::<ValidatorSet>(&validators());
    canonical::<Genesis>(&genesis());
    canonical::<FingerprintKey>(&fingerprint_key());
    canonical::<Workflow>(&workflow());
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
        |waivers| waivers[0].waived = Waived::Alert(sealane_types::fingerprint::Rule::Strict)
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

type Spoil = fn(&mut Workflow);

#[test]
fn a_workflow_hangs_together_or_is_refused_by_the_name_of_what_does_not() {
    let spoilt: [(&str, Spoil); 30] = [
        ("says in one line", |one| one.about = "  ".to_owned()),
        ("step \"Bill\"", |one| one.steps[2].name = "Bill".to_owned()),
        ("stage ordered stands twice", |one| {
            one.stages[2].name = "ordered".to_owned()
        }),
        ("party buyer stands twice", |one| {
            one.parties[1].name = "buyer".to_owned()
        }),
        ("document invoice: a regulator seals", |one| {
            one.parties[1].role = Role::Regulator;
            one.documents.swap(1, 2);
        }),
        ("document order names no party", |one| {
            one.documents[0].by = 9
        }),
        ("document order: no step brings it", |one| {
            one.steps[0].document = None
        }),
        ("step order names no party", |one| one.steps[0].by = 3),
        ("step order: its document is sealed", |one| {
            one.steps[0].by = 1
        }),
        ("step deliver: it is taken from", |one| {
            one.steps[1].from = vec![2, 1]
        }),
        ("step cancel names no stage", |one| one.steps[3].to = 8),
        ("step cancel names no document", |one| {
            one.steps[3].document = Some(9)
        }),
        ("step bill: a trade comes to financeable", |one| {
            one.steps[2].to = 4
        }),
        ("step bill: a trade comes to paid", |one| {
            one.steps[2].to = 6
        }),
        ("step order: the first stage", |one| one.steps[0].to = 0),
        ("check invoice-despatch@1: it is about", |one| {
            one.checks[0].documents.clear()
        }),
        ("check invoice-despatch@1 names no document", |one| {
            one.checks[0].documents[0] = 3
        }),
        ("check invoice-despatch@1: nothing waits", |one| {
            one.moves.clear();
            one.financing = None;
        }),
        ("move to stage financeable: it names no check", |one| {
            one.moves[0].checks = vec![0, 1]
        }),
        ("move to stage financeable: it leads on", |one| {
            one.moves[0].checks.clear()
        }),
        ("one move leads from a stage", |one| {
            one.moves.push(one.moves[0].clone())
        }),
        ("waiver of invoice-despatch@1: requirements", |one| {
            one.waivers[0].requirements[0] = "any".to_owned()
        }),
        ("waiver of invoice-despatch@1: it names parties", |one| {
            one.waivers[0].by.clear()
        }),
        ("the financing: a bank finances", |one| {
            one.financing.as_mut().unwrap().by = 1
        }),
        ("the financing: one invoice", |one| {
            one.financing.as_mut().unwrap().document = 1
        }),
        (
            "the financing: a trade comes to invoiced by checks",
            |one| one.financing.as_mut().unwrap().at = 3,
        ),
        ("the financing: no checks lead on from financeable", |one| {
            let on = (4, one.stages.len() as u8, vec![0]);
            let (from, to, checks) = on;
            one.moves.push(Move { from, to, checks });
            let (name, deadline) = ("further".to_owned(), None);
            one.stages.push(Stage { name, deadline });
        }),
        ("deadline of stage opened: it leaves", |one| {
            one.stages[0].deadline.as_mut().unwrap().days = 0
        }),
        ("deadlines lead in a circle", |one| {
            one.stages[7].deadline = one.stages[0].deadline
        }),
        ("stage over: nothing leads there", |one| {
            one.stages[0].deadline = None;
            one.steps.pop();
        }),
    ];
    workflow().check().unwrap();
    for (words, spoil) in spoilt {
        let mut one = workflow();
        spoil(&mut one);
        let said = one.check().unwrap_err().to_string();
        assert!(said.contains(words), "{words}: {said}");
        assert!(Workflow::from_bytes(&one.to_bytes()).is_err(), "{words}");
    }
}

#[test]
fn a_name_with_a_version_is_written_in_one_way() {
    let one: Versioned = "order-to-payment@12".parse().unwrap();
    assert_eq!((one.name(), one.version()), ("order-to-payment", 12));
    assert_eq!(one.to_string().parse(), Ok(one));
    for wrong in [
        "", "a", "a@", "a@0", "a@01", "a@+1", "A@1", "1a@1", "a@1/16",
    ] {
        assert!(wrong.parse::<Versioned>().is_err(), "{wrong:?}");
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
