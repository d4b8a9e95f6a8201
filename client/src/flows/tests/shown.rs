//! What a flow shows to others: on the chain to everybody, and to the node that is asked. `specs/privacy.md` has the lines
//! that these tests hold.

use std::sync::Mutex;

use sealane_ledger::log::LogEntry;
use sealane_ledger::state::Key;
use sealane_types::alias::{RegisterAlias, Role, Standing};
use sealane_types::encoding::Encode;
use sealane_types::fingerprint::{Fingerprint, Mask};
use sealane_types::transaction::Payload;

use super::sellers::{KVK, customer, invoice, put};
use super::*;
use crate::flows::Whose;
use crate::progress::{Activity, Event};

impl World {
    /// The payloads of all blocks with what became of them, in order.
    pub(super) fn whole(&self) -> Vec<(Payload, Outcome)> {
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

/// That no transaction of the chain has one of these texts.
pub(super) fn nobody_reads(world: &World, texts: &[&str]) {
    for (payload, _) in world.whole() {
        let bytes = payload.to_bytes();
        for text in texts {
            assert!(
                !holds(&bytes, text.as_bytes()),
                "{text} in {}",
                payload.name()
            );
        }
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
        match event.activity {
            Activity::FetchingTaken => state.0 = true,
            Activity::Submitting if state.0 && state.1.is_empty() => {
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
        let set = a.record_state(record).await.expect("on the chain").set;
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

/// A waiver tells which kind of document it is, and the reason as it was written; of the document itself nothing.
#[tokio::test]
async fn a_waiver_shows_what_it_waives_and_its_reason_and_no_value() {
    let world = World::new().await;
    let a = world.bank("bank-a");
    customer(&a, "acme", CustomerRole::Company, &[KVK]).await;
    let factored = invoice(&[KVK], |invoice| {
        invoice["id"] = "PLANTED-77".into();
        invoice["type_code"] = "393".into();
        invoice["copy"] = true.into();
        invoice["payee"] = serde_json::json!({"name": "Planted Factors", "ids": []});
    });
    let record = put(&a, &factored).await;
    let waiver = |(at, waived)| Waiver {
        waived,
        reason: format!("as the clerk wrote it, {at}"),
    };
    let all = [Waived::Assigned, Waived::Payee, Waived::Copy];
    let mut waivers: Vec<Waiver> = (0..).zip(all).map(waiver).collect();
    let options = FinanceOptions {
        waivers: waivers.clone(),
        ..plain()
    };
    a.finance(&record, &options, &Silent)
        .await
        .expect("financed");
    let whole = world.whole();
    let (Payload::Finance(shown), _) = whole.last().expect("a chain") else {
        panic!("{:?}", world.words());
    };
    waivers.sort_by_key(|waiver| waiver.waived);
    assert_eq!(shown.waivers, waivers);
    nobody_reads(&world, &["PLANTED-77", "Planted Factors", KVK.1]);
}

/// Of a customer everybody sees the bank, the role, the key, when it was amended and how it stands; and of aliases
/// for one trade nothing that they share, but for the bank.
#[tokio::test]
async fn an_alias_shows_neither_who_it_is_nor_which_of_one_trade_are_one_customers() {
    let world = World::new().await;
    let a = world.bank("bank-a");
    customer(&a, "planted customer", CustomerRole::Company, &[KVK]).await;
    let more = [("vat".to_owned(), "DE129273398".to_owned())];
    let reading = Reading::default();
    let amended = a.amend("planted customer", &more, &reading, &Silent);
    assert_eq!(amended.await.expect("amended"), 1);
    let whose = Whose {
        name: "planted customer",
        confirmed: false,
    };
    let mut records = Vec::new();
    for number in ["TRADE-1", "TRADE-2"] {
        let document = invoice(&[KVK], |invoice| invoice["id"] = number.into());
        let sealed = a.seal_for((whose, true), "a.json", &document, None, &Silent);
        records.push(sealed.await.expect("sealed"));
    }
    let suspended = a.set_standing("planted customer", Standing::Suspended, &Silent);
    assert_eq!(suspended.await.expect("suspended"), 3, "all of its aliases");
    let registered: Vec<RegisterAlias> = world
        .whole()
        .into_iter()
        .filter_map(|(payload, _)| match payload {
            Payload::RegisterAlias(register) => Some(register),
            _ => None,
        })
        .collect();
    let [standing, one, other] = &registered[..] else {
        panic!("{:?}", world.words());
    };
    assert_eq!((standing.role, standing.until), (Role::Company, None));
    assert!(one.until.is_some() && other.until.is_some());
    assert_eq!([records[0].0, records[1].0], [one.alias, other.alias]);
    for (left, right) in [(standing, one), (standing, other), (one, other)] {
        assert_ne!(left.alias, right.alias);
        assert_ne!(left.key, right.key);
        assert_ne!(left.commitment, right.commitment);
        assert_ne!(left.possession, right.possession);
    }
    let headers = records
        .iter()
        .map(|(_, sealed)| a.home().record(&sealed.record));
    let headers: Vec<_> = headers
        .map(|record| record.expect("read").expect("own").header)
        .collect();
    assert_ne!(headers[0].salt, headers[1].salt);
    let standings = world
        .words()
        .iter()
        .filter(|word| **word == "set-standing")
        .count();
    assert_eq!(standings, 3, "everybody sees them in one run");
    nobody_reads(
        &world,
        &["planted customer", KVK.1, "129273398", "TRADE-1", "TRADE-2"],
    );
}
