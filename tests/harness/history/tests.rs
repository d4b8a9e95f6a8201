//! The checker sees what it is for: each violation, planted in a history that holds.

use sealane_ledger::chain::Tip;
use sealane_types::block::Block;
use sealane_types::ids::{
    AliasId, BlockTime, DleqProof, FieldBytes, Height, ProofBytes, Sequence, StateRoot, TxId,
    VerifyingKeyId,
};
use sealane_types::receipt::{Receipt, Refusal};
use sealane_types::transaction::{Finance, PresentBlinded, Release};

use super::*;
use crate::chain::{BANKS, genesis, sign};

fn record(number: u8) -> RecordId {
    RecordId::new([number; 32])
}

fn receipt(number: u8, outcome: Came) -> Receipt {
    Receipt {
        transaction: TxId::new([number; 32]),
        signer: BANKS[0],
        record: Some(record(number)),
        outcome,
    }
}

fn present(number: u8) -> (Payload, Receipt) {
    let payload = Payload::PresentBlinded(PresentBlinded {
        record: record(number),
        alias: AliasId::new([9; 32]),
        alias_commitment: FieldBytes::new([0; 32]),
        mask: Mask::new(Mask::ALWAYS).expect("the slots that always apply"),
        amount_commitment: FieldBytes::new([0; 32]),
        blinding: PointBytes::new([0; 32]),
        blinded: vec![PointBytes::new([0; 32])],
        verifying_key: VerifyingKeyId::new([0; 32]),
        proof: ProofBytes::new([0; 192]),
    });
    (payload, receipt(number, Came::Done(Done::Presented)))
}

/// A financing that takes the strict fingerprint `print`.
fn finance(number: u8, print: u8, outcome: Came) -> (Payload, Receipt) {
    let payload = Payload::Finance(Finance {
        record: record(number),
        fingerprints: vec![PointBytes::new([print; 32])],
        proof: DleqProof::new([0; 96]),
        hold_until: None,
        since: None,
        waivers: Vec::new(),
        consent: None,
        trade: None,
    });
    (payload, receipt(number, outcome))
}

fn financed() -> Came {
    Came::Done(Done::Financed { took_over: None })
}

fn release(number: u8, reason: ReleaseReason) -> (Payload, Receipt) {
    let release = Release {
        record: record(number),
        reason,
    };
    let done = Came::Done(Done::Released(reason));
    (Payload::Release(release), receipt(number, done))
}

/// A chain of two blocks, the first with two transactions, and these receipts.
fn node(receipts: Vec<(Payload, Receipt)>) -> Blocks {
    let (genesis, _, _) = genesis(VerifyingKeyId::new([1; 32]), 1, 1);
    let tip = Tip::genesis(&genesis, StateRoot::new([0; 32]));
    let transaction = |number: u64| {
        sign(sealane_types::transaction::TransactionBody {
            chain: tip.chain,
            signer: BANKS[0],
            sequence: Sequence(number),
            payload: release(9, ReleaseReason::Repaid).0,
        })
    };
    let first = tip.next_block(BlockTime(1), vec![transaction(0), transaction(1)]);
    let mut second = tip.next_block(BlockTime(2), Vec::new());
    second.header.height = Height(2);
    second.header.previous = sealane_ledger::block_id(&first.header);
    Blocks {
        genesis,
        blocks: vec![first, second],
        receipts,
    }
}

fn one(told: Told, document: &str, number: u8) -> Submission {
    Submission {
        document: document.to_owned(),
        deed: Deed::Finance,
        record: Some(record(number).to_string()),
        told,
        times: (Duration::ZERO, Duration::ZERO),
    }
}

fn history(seen: &[(Told, &str, u8)]) -> History {
    let history = History::begin(0);
    for (told, document, number) in seen {
        history.add(one(*told, document, *number));
    }
    history
}

fn honest() -> Vec<(Payload, Receipt)> {
    let duplicate = Came::Refused(Refusal::UnknownRecord);
    vec![
        present(1),
        finance(1, 5, financed()),
        present(2),
        finance(2, 5, duplicate),
    ]
}

const SEEN: [(Told, &str, u8); 2] = [(Told::Acknowledged, "A", 1), (Told::Refused, "A", 2)];

#[track_caller]
fn finds(history: &History, nodes: &[Blocks], what: &str) {
    let found = history.violations(nodes);
    assert!(
        found.iter().any(|line| line.contains(what)),
        "{what}: {found:?}"
    );
}

#[test]
fn an_honest_history_holds() {
    let nodes = [node(honest()), node(honest())];
    let summary = history(&SEEN).check(&nodes);
    assert_eq!(
        (summary.financed, summary.refused, summary.blocks),
        (1, 1, 2)
    );
}

#[test]
fn a_fork_is_seen() {
    let mut other = node(honest());
    other.blocks[1].header.state = StateRoot::new([9; 32]);
    finds(
        &history(&SEEN),
        &[node(honest()), other],
        "I1: height 2: nodes 0 and 1",
    );
}

#[test]
fn a_broken_chain_and_a_transaction_twice_are_seen() {
    let mut broken = node(honest());
    broken.blocks[1].header.previous = sealane_types::ids::BlockId::new([9; 32]);
    finds(&history(&SEEN), &[broken], "block 2 does not follow");
    let mut twice = node(honest());
    let again: Block = twice.blocks[0].clone();
    twice.blocks[1].transactions = again.transactions[..1].to_vec();
    finds(&history(&SEEN), &[twice], "stands twice");
}

#[test]
fn what_was_acknowledged_and_is_missing_or_doubled_is_seen_at_each_node() {
    let missing = node(honest()[..1].to_vec());
    finds(
        &history(&SEEN),
        &[node(honest()), missing],
        "node 1: I2: financing",
    );
    let mut doubled = honest();
    doubled.push(finance(1, 5, financed()));
    finds(&history(&SEEN), &[node(doubled)], "there 2 times");
    let seal = Submission {
        deed: Deed::Seal,
        ..one(Told::Acknowledged, "A", 3)
    };
    let sealed = History::begin(0);
    sealed.add(seal);
    finds(&sealed, &[node(honest())], "I2: sealing");
}

#[test]
fn what_was_refused_and_is_there_is_seen() {
    let mut refused = honest();
    refused[3] = finance(2, 6, financed());
    finds(
        &history(&SEEN),
        &[node(refused)],
        "was refused and is there",
    );
}

#[test]
fn a_document_and_a_fingerprint_with_two_winners_are_seen_and_a_release_frees_them() {
    let both = [(Told::Nothing, "A", 1), (Told::Nothing, "A", 2)];
    let mut same = honest();
    same[3] = finance(2, 5, financed());
    finds(
        &history(&both),
        &[node(same)],
        "hold one strict fingerprint",
    );
    let mut other = honest();
    other[3] = finance(2, 6, financed());
    finds(&history(&both), &[node(other)], "A has 2 live financings");
    for (reason, free) in [
        (ReleaseReason::Withdrawn, true),
        (ReleaseReason::Repaid, false),
    ] {
        let mut freed = honest();
        freed[3] = finance(2, 5, financed());
        freed.insert(2, release(1, reason));
        let found = history(&both).violations(&[node(freed)]);
        assert_eq!(found.is_empty(), free, "{reason:?}: {found:?}");
    }
}

#[test]
fn a_financing_counts_anew_after_a_release_and_not_before() {
    let told = |deeds: &[Deed]| {
        let history = History::begin(0);
        for deed in deeds {
            history.add(Submission {
                deed: *deed,
                ..one(Told::Acknowledged, "A", 1)
            });
        }
        history
    };
    let twice = || {
        let mut twice = honest();
        twice.insert(2, release(1, ReleaseReason::Withdrawn));
        twice.insert(3, finance(1, 5, financed()));
        [node(twice)]
    };
    let again = [Deed::Finance, Deed::Release, Deed::Finance, Deed::Finance];
    let found = told(&again).violations(&twice());
    assert!(found.is_empty(), "{found:?}");
    finds(
        &told(&[Deed::Finance, Deed::Finance]),
        &twice(),
        "acknowledged 1 times and is there 2 times",
    );
    finds(&told(&again), &[node(honest())], "I2: releasing");
}

#[test]
fn a_secret_in_a_file_a_store_a_log_or_traffic_is_seen_and_an_owner_s_key_at_home_is_none() {
    let history = History::begin(0);
    let invoice = crate::planted::invoice();
    history.keeps(&invoice);
    let key = [0xa7; 32];
    history.keeps_keys("bank-a", crate::search::bytes_forms("a key", &key));
    let folder = tempfile::TempDir::new().expect("a folder");
    std::fs::write(folder.path().join("file"), [&b"before "[..], &key].concat()).expect("a file");
    let in_folder = |holder: &str| Held {
        holder: Some(holder.to_owned()),
        place: "a home".to_owned(),
        what: What::Folder(folder.path().to_owned()),
    };
    let of_nobody = |what| Held {
        holder: None,
        place: "there".to_owned(),
        what,
    };
    let leaks = |held: Held| history.leaks(&[held]).0.len();
    assert_eq!(leaks(in_folder("bank-a")), 0, "its own key");
    assert_eq!(leaks(in_folder("bank-b")), 1, "another's key");
    let text = format!("sealed {} at height 7", invoice.number).into_bytes();
    let hexed = "a7".repeat(32).into_bytes();
    for bytes in [text, hexed] {
        assert!(leaks(of_nobody(What::Bytes(bytes.clone()))) > 0, "a log");
        assert!(leaks(of_nobody(What::Carried(bytes))) > 0, "traffic");
    }
    let clear = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    assert_eq!(leaks(of_nobody(What::Carried(clear))), 1, "no TLS");
    let store = folder.path().join("store");
    let database = rocksdb::DB::open_default(&store).expect("a store");
    database.put(b"key", key).expect("a value");
    drop(database);
    assert_eq!(leaks(of_nobody(What::Store(store))), 1, "a store");
}
