//! The encodings of the state's values are frozen: with other bytes, nodes of two builds have two roots.
//!
//! `specs/vectors/state.txt` holds the bytes of one value of each kind; with `SEALANE_APPROVE=state` in the
//! environment this test writes the file instead of comparing.

#![allow(clippy::unwrap_used)]

use std::fmt::{Debug, Write};
use std::path::Path;

use sealane_types::encoding::{Decode, Encode};
use sealane_types::fingerprint::{Fingerprint, Mask, Rule};
use sealane_types::governance::{Change, Governance};
use sealane_types::ids::*;
use sealane_types::receipt::ChangeFault;
use sealane_types::record::Bucket;
use sealane_types::schema::Kind;
use sealane_types::transaction::{Payload, ReleaseReason, Transaction};

use super::*;

fn file(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs/vectors");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// The value of this name among the frozen ones of `sealane-types`.
fn known<T: Decode>(name: &str) -> T {
    let all = file("encodings.txt");
    let mut lines = all.lines().filter_map(|line| line.split_once(' '));
    let (_, digits) = lines.find(|(found, _)| *found == name).unwrap();
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    let bytes: Vec<u8> = (0..digits.len()).step_by(2).map(byte).collect();
    T::from_bytes(&bytes).unwrap()
}

/// A value that its own bytes give back, and no beginning of them nor a byte more.
fn add<T: Encode + Decode + PartialEq + Debug>(lines: &mut String, name: &str, value: &T) {
    let bytes = value.to_bytes();
    assert_eq!(&T::from_bytes(&bytes).unwrap(), value);
    for length in 0..bytes.len() {
        assert!(T::from_bytes(&bytes[..length]).is_err(), "{name}: {length}");
    }
    assert!(T::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    writeln!(lines, "{name} {hex}").unwrap();
}

fn check(published: &str) -> CheckEntry {
    let transaction: Transaction = known(published);
    let Payload::Propose(propose) = transaction.body.payload else {
        panic!("a proposal");
    };
    let Change::PublishCheck(definition) = propose.change else {
        panic!("a check");
    };
    CheckEntry {
        from: Height(3),
        until: Some(Height(4)),
        source: Digest::new([5; 32]),
        compiled: definition.compiled,
    }
}

fn add_records(lines: &mut String) {
    let (alias, point) = (AliasId::new([1; 32]), PointBytes::new([2; 32]));
    let record = RecordId::new([3; 32]);
    let entry = RecordEntry {
        digest: Digest::new([4; 32]),
        context: FieldBytes::new([5; 32]),
        sealer: alias,
        bank: AliasId::new([6; 32]),
        height: Height(7),
        kind: Kind::Invoice,
        schema_version: 2,
        bucket: Bucket::new(16).unwrap(),
        first_of_line: record,
        replaces: None,
        replaced_by: Some(RecordId::new([8; 32])),
    };
    add(lines, "record", &entry);
    let counted = [
        Counted::Inquiry { day: Day(9) },
        Counted::Financing {
            since: BlockTime(10),
        },
        Counted::Ended,
    ];
    for counted in counted {
        let set = BlindedSet {
            alias,
            alias_commitment: FieldBytes::new([11; 32]),
            mask: Mask::new(Mask::ALWAYS).unwrap(),
            amount_commitment: FieldBytes::new([12; 32]),
            blinding: point,
            blinded: Few(vec![point, PointBytes::new([13; 32])]),
            counted,
        };
        add(lines, "blinded-set", &set);
    }
    let points = Few(vec![point]);
    let (epoch, index) = (Epoch(14), ShareIndex(15));
    let shares = vec![Share {
        index,
        points: points.clone(),
    }];
    add(
        lines,
        "answers",
        &Answers {
            answered: 16,
            shares,
        },
    );
    add(lines, "completed", &Completed { epoch, points });
    let stages = [
        Stage::Held { until: Height(17) },
        Stage::Financed,
        Stage::Released(ReleaseReason::Repaid),
        Stage::TakenOver { by: record },
    ];
    for stage in stages {
        let print = Fingerprint {
            rule: Rule::Strict,
            value: [18; 32],
        };
        let financing = Financing {
            bank: alias,
            stage,
            since: record,
            alias,
            fingerprints: Few(vec![print]),
        };
        add(lines, "financing", &financing);
    }
    let (length, digest) = (19, Digest::new([20; 32]));
    add(lines, "log-head", &LogHead { length, digest });
    let records = vec![record];
    add(lines, "loose", &LooseEntry { older: 21, records });
}

fn add_members(lines: &mut String) {
    let (alias, at) = (AliasId::new([22; 32]), Height(23));
    let earlier = EarlierCommitment {
        commitment: FieldBytes::new([24; 32]),
        below: at,
    };
    add(lines, "earlier", &Earlier(vec![earlier]));
    let quota = QuotaEntry {
        day: Day(25),
        inquiries: 26,
        financings: 27,
        debt: 28,
    };
    add(lines, "quota", &quota);
    let scheduled = vec![Scheduled {
        at,
        proposal: ProposalId(29),
    }];
    let consortium = Consortium {
        governance: Governance::Leader(alias),
        protocol: 30,
        next: ProposalId(31),
        scheduled,
    };
    add(lines, "consortium", &consortium);
    add(lines, "voters", &Voters(vec![alias]));
    add(lines, "turns", &Turns(vec![at]));
    let stages = [
        ProposalStage::Open,
        ProposalStage::Approved,
        ProposalStage::Done,
        ProposalStage::Failed(ChangeFault::NoBank),
    ];
    for stage in stages {
        let proposal = ProposalEntry {
            proposer: alias,
            at,
            change: Change::SetProtocol(32),
            approvals: vec![alias],
            rejections: vec![AliasId::new([33; 32])],
            stage,
        };
        add(lines, "proposal", &proposal);
    }
}

fn add_key(lines: &mut String) {
    let (epoch, point) = (Epoch(34), PointBytes::new([35; 32]));
    let round = Round {
        epoch,
        from: Some(Epoch(36)),
        threshold: 37,
        holders: vec![Holder {
            validator: AliasId::new([38; 32]),
            key: Some(point),
            confirmed: true,
        }],
        begun: Some(BlockTime(39)),
        ready: None,
        dealt: vec![Dealt {
            dealer: ShareIndex(40),
            disqualified: true,
        }],
        decided: Some(Decided {
            dealers: vec![ShareIndex(41)],
            key: Some(known("fingerprint-key")),
        }),
        lapsed: false,
    };
    add(lines, "round", &round);
    let keys = SlotKeys {
        epoch,
        holders: vec![ShareIndex(42)],
        points: vec![point],
    };
    add(lines, "slot-keys", &keys);
    let kinds = [
        FaultKind::BadShare,
        FaultKind::FalseComplaint,
        FaultKind::WrongDealing,
        FaultKind::WrongAnswer,
    ];
    let height = Height(43);
    let last = kinds.map(|kind| Fault { kind, height }).to_vec();
    add(lines, "blame", &Blame { count: 44, last });
}

fn add_checks(lines: &mut String) {
    add(
        lines,
        "check",
        &check("transaction-propose-publish-a-check"),
    );
    let in_parts = "transaction-propose-publish-a-check-in-parts";
    add(lines, "check-in-parts", &check(in_parts));
    let (source, void) = (Digest::new([45; 32]), Some(BlockTime(46)));
    add(lines, "check-text", &CheckTextEntry { source, void });
    let outcome = OutcomeEntry {
        bits: vec![true, false],
        prover: AliasId::new([47; 32]),
        at: Height(48),
        opened: 49,
    };
    add(lines, "outcome", &outcome);
    add(lines, "opened", &OpenedFields(vec![[50, 51, 52]]));
    let workflow = WorkflowEntry {
        workflow: known("workflow"),
        from: Height(53),
        until: None,
    };
    add(lines, "workflow", &workflow);
    let trade = TradeEntry {
        workflow: workflow.workflow.id,
        opened: Height(54),
        parties: vec![AliasId::new([55; 32])],
        joined: 56,
        stage: 57,
        since: BlockTime(58),
        records: vec![vec![RecordId::new([59; 32])], Vec::new()],
        waivers: vec![WaiverEntry {
            check: 60,
            requirement: "amounts".to_owned(),
            by: AliasId::new([61; 32]),
            at: Height(62),
            reason: "seen".to_owned(),
        }],
    };
    add(lines, "trade", &trade);
}

#[test]
fn every_value_of_the_state_has_the_frozen_encoding() {
    let mut made = String::from("# Values of the state: name, then bytes in hexadecimal.\n");
    for some in [add_records, add_members, add_key, add_checks] {
        some(&mut made);
    }
    if std::env::var("SEALANE_APPROVE").is_ok_and(|what| what == "state") {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs/vectors");
        std::fs::write(folder.join("state.txt"), &made).unwrap();
    }
    assert_eq!(file("state.txt"), made);
}
