//! What a flow shows to others: on the chain to everybody, and to the node that is asked. `specs/privacy.md` has the lines
//! that these tests hold.

use std::sync::Mutex;

use sealane_ledger::log::LogEntry;
use sealane_ledger::state::Key;
use sealane_types::encoding::Encode;
use sealane_types::fingerprint::{Fingerprint, Mask};
use sealane_types::transaction::Payload;

use super::*;
use crate::progress::{Event, Stage};

impl World {
    /// The payloads of all blocks with what became of them, in order.
    fn whole(&self) -> Vec<(Payload, Outcome)> {
        let served = self.node.served();
        let blocks = served.chain.blocks.iter();
        let pairs = blocks.flat_map(|block| block.block.transactions.iter().zip(&block.receipts));
        pairs
            .map(|(one, receipt)| (one.body.payload.clone(), receipt.outcome.clone()))
            .collect()
    }

    fn words(&self) -> Vec<&'static str> {
        let all = self.whole();
        all.iter().map(|(payload, _)| payload.name()).collect()
    }
}

async fn financed(bank: &Bank, document: &[u8]) -> (RecordId, Vec<Fingerprint>) {
    let record = sealed(bank, document).await;
    let financed = bank.finance(&record, &plain(), &Silent).await;
    (record, financed.expect("financed").fingerprints)
}

/// Points and fingerprints differ in the sign, the highest bit of the last byte: 31 bytes are compared.
fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// A duplicate, and a similar document that nobody waives: the chain has an inquiry, and nothing of what it found.
#[tokio::test]
async fn what_is_taken_is_found_on_the_askers_side_and_the_chain_shows_an_inquiry_alone() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    let (_, prints) = financed(&a, INVOICE).await;
    let before = world.whole().len();
    for document in [INVOICE, ALTERED] {
        let record = sealed(&b, document).await;
        let told = refusal(b.finance(&record, &plain(), &Silent).await);
        assert!(matches!(
            told,
            Refusal::Duplicate { .. } | Refusal::Alert { .. }
        ));
    }
    let asked = &world.whole()[before..];
    assert!(asked.iter().all(|(payload, outcome)| {
        !matches!(payload, Payload::Finance(_)) && matches!(outcome, Outcome::Done(_))
    }));
    let presents = asked.iter().filter(|(one, _)| one.name() == "present");
    assert_eq!(presents.count(), 2);
    let bytes: Vec<u8> = asked.iter().flat_map(|(one, _)| one.to_bytes()).collect();
    for print in &prints {
        assert!(
            !holds(&bytes, &print.value[..31]),
            "{:?} is shown",
            print.rule
        );
    }
}

/// Bank A is faster: bank B has looked, and submits all the same. The refusal names nobody, and bank B finds out by itself;
/// but the fingerprints stand in the block, and the log has them too.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_race_names_no_bank_and_shows_the_fingerprints() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    let (of_a, of_b) = (sealed(&a, INVOICE).await, sealed(&b, INVOICE).await);
    let state: Mutex<(bool, Vec<Fingerprint>)> = Mutex::default();
    let faster = |event: &Event| {
        let mut state = state.lock().expect("nobody panics");
        match event.stage {
            Stage::FetchingTaken => state.0 = true,
            Stage::Submitting if state.0 && state.1.is_empty() => {
                let options = plain();
                let financing = a.finance(&of_a, &options, &Silent);
                let handle = tokio::runtime::Handle::current();
                let won = tokio::task::block_in_place(|| handle.block_on(financing));
                state.1 = won.expect("financed").fingerprints;
            }
            _ => {}
        }
    };
    let lost = b.finance(&of_b, &plain(), &faster).await;
    let error = lost.expect_err("bank A was faster");
    assert!(
        error
            .to_string()
            .contains("bank-a has financed this document"),
        "the log tells bank B: {error}"
    );
    let prints = state.into_inner().expect("nobody panics").1;
    let whole = world.whole();
    let (payload, outcome) = whole.last().expect("a chain");
    let rule = Rule::Strict;
    let refused = Outcome::Refused(Refusal::Duplicate { rule });
    assert_eq!(outcome, &refused, "the rule, and no bank");
    let shown = payload.to_bytes();
    let strict = prints.iter().filter(|print| print.rule.is_strict());
    let meet = strict.filter(|print| holds(&shown, &print.value[..31]));
    assert_eq!(
        meet.count(),
        2,
        "both identifiers of the seller meet, for everybody to see"
    );
}

/// A node learns which records and aliases it is asked about: the bank's own. Neither a fingerprint nor the record that has
/// it is among them.
#[tokio::test]
async fn a_node_is_asked_about_the_banks_own_records_and_for_no_fingerprint() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    let (of_a, prints) = financed(&a, INVOICE).await;
    let of_b = sealed(&b, INVOICE).await;
    world.node.served().asked.clear();
    let _ = refusal(b.finance(&of_b, &plain(), &Silent).await);
    let _ = b
        .inquire("copy.xml", INVOICE_CII, None, &Silent)
        .await
        .expect("answered");
    let asked = std::mem::take(&mut world.node.served().asked);
    assert!(asked.contains(&Key::record(&of_b).as_bytes().to_vec()));
    for key in &asked {
        assert!(!holds(key, of_a.as_bytes()), "bank A's record is asked for");
        for print in &prints {
            assert!(!holds(key, &print.value[..31]), "{:?} is sent", print.rule);
        }
    }
}

/// What everybody sees of a document before it is financed.
#[tokio::test]
async fn mask_and_bucket_tell_which_references_there_are_and_roughly_how_many_lines() {
    let world = World::new().await;
    let a = world.bank("bank-a");
    let with = json_invoice(|_| ());
    let without = json_invoice(|invoice| {
        for name in ["order_references", "despatch_references"] {
            if invoice.get(name).is_some() {
                invoice[name] = serde_json::json!([]);
            }
        }
    });
    let mut records = Vec::new();
    for document in [&with, &without] {
        known(&a, "invoice.json", document).await;
        let sealed = a.seal("invoice.json", document, None, &Silent).await;
        records.push(sealed.expect("sealed").record);
    }
    let mut masks = Vec::new();
    for record in &records {
        let _ = a.finance(record, &plain(), &Silent).await;
        let set = a.standing(record).await.expect("on the chain").set;
        masks.push(set.expect("presented").mask);
    }
    assert!(masks[0].has(Mask::WITHOUT_DATE) && masks[1].has(Mask::WITHOUT_DATE));
    assert_ne!(masks[0], masks[1], "which references there are shows");
    let record = a.home().record(&records[0]).expect("read").expect("own");
    let bucket = record.header.bucket.lines();
    assert_eq!(bucket, 16, "twelve lines look like sixteen");
}

fn json_invoice(change: impl FnOnce(&mut serde_json::Value)) -> Vec<u8> {
    let document = sealane_documents::read(INVOICE, "invoice.xml").expect("an invoice");
    let mut invoice = sealane_documents::to_json(&document);
    invoice["customization"] = serde_json::Value::Null;
    change(&mut invoice);
    invoice.to_string().into_bytes()
}

/// Once released, a document that another bank finances shows the same fingerprints under another alias.
#[tokio::test]
async fn after_a_release_the_next_financing_is_linked_to_the_first() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    let (of_a, first) = financed(&a, INVOICE).await;
    let released = a.release(&of_a, ReleaseReason::Withdrawn, &Silent).await;
    released.expect("released");
    let (of_b, second) = financed(&b, INVOICE).await;
    let shared: Vec<&Fingerprint> = first.iter().filter(|one| second.contains(one)).collect();
    assert!(shared.iter().any(|print| print.rule.is_strict()));
    let taken = b.taken().await.expect("the log");
    let meet = |entry: &&LogEntry| shared.iter().all(|one| entry.fingerprints.0.contains(one));
    let records: Vec<RecordId> = taken
        .entries
        .iter()
        .filter(meet)
        .map(|one| one.record)
        .collect();
    assert_eq!(
        records,
        [of_a, of_a, of_b],
        "financed, released, financed by another"
    );
    assert_eq!(
        world
            .words()
            .iter()
            .filter(|word| **word == "finance")
            .count(),
        2
    );
}

/// The record that was asked about is the one that is financed, and everybody sees both.
#[tokio::test]
async fn an_inquiry_that_is_financed_is_seen_to_be_that_financing() {
    let world = World::new().await;
    let a = world.bank("bank-a");
    known(&a, "invoice.xml", INVOICE).await;
    let asked = a.inquire("invoice.xml", INVOICE, None, &Silent).await;
    let asked = asked.expect("answered").record;
    let (record, _) = financed(&a, INVOICE).await;
    assert_eq!(record, asked);
    let about = |word: &str| {
        let whole = world.whole();
        let mut found = whole.iter().filter(|(payload, _)| payload.name() == word);
        found.next().and_then(|(payload, _)| payload.record())
    };
    assert_eq!(
        (about("present"), about("finance")),
        (Some(asked), Some(asked))
    );
}
