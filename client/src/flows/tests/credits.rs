//! Credit notes that this home can read, against the invoices that it finances: told in whichever order the two come.

use std::sync::Mutex;

use serde_json::json;

use super::handover::{acquainted, given};
use super::sellers::{KVK, customer, fault, invoice, put};
use super::*;
use crate::flows::SellerFault;
use crate::progress::Event;

/// An invoice or, with a credit note's type code, a credit note of acme's over the example's amount, that shares no looser
/// trait with those of other numbers.
fn bill(number: &str, day: u8, code: &str, preceding: &[&str]) -> Vec<u8> {
    invoice(&[KVK], |invoice| {
        invoice["id"] = json!(number);
        invoice["issue_date"] = json!(format!("2026-03-{day:02}"));
        invoice["type_code"] = json!(code);
        invoice["billing_references"] = json!(preceding);
        invoice["order_references"] = json!([]);
        invoice["despatch_references"] = json!([]);
    })
}

/// Seals a document: its record, and the warnings beside its own.
async fn told(bank: &Bank, document: &[u8]) -> (RecordId, Vec<String>) {
    let heard = Mutex::new(Vec::new());
    let listens = |event: &Event| {
        if event.activity == Activity::Warned {
            heard.lock().expect("whole").push(event.detail.clone());
        }
    };
    let sealed = bank.seal("document.json", document, None, &listens).await;
    let sealed = sealed.expect("sealed");
    let heard = heard.into_inner().expect("whole");
    assert_eq!(heard, sealed.warnings, "told while it is sealed, and after");
    let credits = |warning: &String| warning.contains("credit note");
    let told = sealed.warnings.into_iter().filter(credits).collect();
    (sealed.record, told)
}

fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in: {text}");
    }
}

async fn acme(world: &World, name: &str) -> Bank {
    let bank = world.bank(name);
    customer(&bank, "acme", CustomerRole::Company, &[KVK]).await;
    bank
}

#[tokio::test]
async fn a_part_that_is_credited_is_told_before_the_invoice_is_financed() {
    let world = World::new().await;
    let a = world.bank("bank-a");
    let record = sealed(&a, INVOICE).await;
    let (_, before) = told(&a, CREDIT_NOTE).await;
    assert_eq!(before, Vec::<String>::new(), "nobody finances the invoice");
    let said = "credit note CN-2026-00037 of 2026-03-16 credits this invoice by 332.75 EUR: 43916.09 EUR is left";
    let asked = a.inquire("invoice.xml", INVOICE, None, &Silent).await;
    let asked = asked.expect("answered");
    assert!(asked.concerns.is_empty(), "{:?}", asked.concerns);
    has(&asked.remark.expect("a credit note"), &[said]);
    // another invoice of the same seller is not concerned
    let other = a.inquire("other.xml", OTHER, None, &Silent).await;
    assert_eq!(other.expect("answered").remark, None);
    let heard = Mutex::new(Vec::new());
    let listens = |event: &Event| heard.lock().expect("whole").push(event.clone());
    let done = a.finance(&record, &plain(), &listens).await;
    has(&done.expect("financed").remark.expect("told"), &[said]);
    let heard = heard.into_inner().expect("whole");
    let at = |stage| heard.iter().position(|event| event.activity == stage);
    assert!(at(Activity::Remarking).expect("told") < at(Activity::Submitting).expect("sent"));
}

#[tokio::test]
async fn what_is_credited_in_full_is_financed_for_a_reason() {
    let world = World::new().await;
    let a = acme(&world, "bank-a").await;
    let record = put(&a, &bill("VF-1", 2, "380", &[])).await;
    // of another number, another day of the same number, and another seller
    told(&a, &bill("CN-7", 3, "381", &["VF-2"])).await;
    let mut of_day: serde_json::Value =
        serde_json::from_slice(&bill("CN-8", 3, "381", &["VF-1"])).expect("JSON");
    of_day["billing_dates"] = json!(["2025-03-02"]);
    told(&a, of_day.to_string().as_bytes()).await;
    let stranger = invoice(&[("vat", "DE129273398")], |note| {
        note["id"] = json!("CN-9");
        note["type_code"] = json!("381");
        note["billing_references"] = json!(["VF-1"]);
        note["seller"]["name"] = json!("Somebody Else GmbH");
    });
    told(&a, &stranger).await;
    let again = bill("VF-1", 2, "380", &[]);
    let asked = a.inquire("invoice.json", &again, None, &Silent).await;
    let asked = asked.expect("answered");
    assert_eq!((asked.concerns.len(), asked.remark), (0, None));
    assert_eq!(asked.record, record);
    told(&a, &bill("CN-1", 9, "381", &["vf 1"])).await;
    let presented = world.counted("present");
    let needed = match fault(a.finance(&record, &plain(), &Silent).await) {
        SellerFault::Needs(concern) => concern,
        other => panic!("{other}"),
    };
    assert_eq!(needed.what, Waived::Credited);
    let words =
        "credit note CN-1 of 2026-03-09 credits this invoice by 44248.84 EUR: 0.00 EUR is left";
    has(&needed.to_string(), &[words, "--waive credited=REASON"]);
    assert_eq!(world.counted("present"), presented, "nothing was proven");
    let asked = a.inquire("invoice.json", &again, None, &Silent).await;
    let asked = asked.expect("answered");
    assert_eq!((asked.concerns, asked.remark), (vec![needed], None));
    let mut options = plain();
    options.waivers.push(Waiver {
        waived: Waived::Credited,
        reason: "the credit note was issued by mistake, says the buyer".to_owned(),
    });
    let done = a.finance(&record, &options, &Silent).await;
    assert!(done.expect("financed").needless.is_empty());
}

#[tokio::test]
async fn a_credit_note_says_what_this_bank_finances_and_what_to_do() {
    let world = World::new().await;
    let a = acme(&world, "bank-a").await;
    let part = sealed(&a, INVOICE).await;
    let whole = put(&a, &bill("VF-1", 2, "380", &[])).await;
    let held = put(&a, &bill("VF-2", 3, "380", &[])).await;
    for record in [&part, &whole] {
        a.finance(record, &plain(), &Silent)
            .await
            .expect("financed");
    }
    let hold = FinanceOptions {
        hold_blocks: Some(50),
        ..plain()
    };
    a.finance(&held, &hold, &Silent).await.expect("held");
    let (_, of_part) = told(&a, CREDIT_NOTE).await;
    let finances =
        format!("this bank finances invoice VF-2026-00418 of 2026-03-02 (record {part})");
    let left = "credits it by 332.75 EUR: 43916.09 EUR is left. Settle the difference";
    has(&of_part.join("\n"), &[&finances, left]);
    let (_, of_whole) = told(&a, &bill("CN-1", 9, "381", &["VF-1"])).await;
    let release = format!(
        "0.00 EUR is left. Have your customer pay the money back, then end the financing (sealane release {whole} --reason repaid"
    );
    has(&of_whole.join("\n"), &[&release]);
    let of_hold = bill("CN-2", 9, "381", &["VF-2"]);
    let (note, told_of_hold) = told(&a, &of_hold).await;
    let release = format!("End the hold (sealane release {held} --reason withdrawn)");
    has(&told_of_hold.join("\n"), &["this bank holds", &release]);
    // told again where it is typed again, and no more once nobody finances the invoice
    assert_eq!(told(&a, &of_hold).await, (note, told_of_hold));
    let withdrawn = ReleaseReason::Withdrawn;
    let _ = a.release(&held, withdrawn, &Silent).await.expect("ended");
    assert_eq!(told(&a, &of_hold).await, (note, Vec::new()));
}

/// The credit note is sealed by another bank's customer, and its fields are handed over.
#[tokio::test]
async fn a_credit_note_of_another_bank_counts_where_its_fields_were_handed_over() {
    let world = World::new().await;
    let (a, b) = (acme(&world, "bank-a").await, acme(&world, "bank-b").await);
    acquainted(&a, &b).await;
    let record = put(&b, &bill("VF-1", 2, "380", &[])).await;
    let (note, _) = told(&a, &bill("CN-1", 9, "381", &["VF-1"])).await;
    let file = given(&a, &note, "id,seller,billing_references").await;
    let import = b.import(&file).await.expect("taken");
    assert_eq!(import.warnings, Vec::<String>::new());
    let unread = fault(b.finance(&record, &plain(), &Silent).await).to_string();
    has(
        &unread,
        &["CN-1", "by an amount that this home cannot read"],
    );
    let file = given(&a, &note, "issue_date,payable_amount").await;
    b.import(&file).await.expect("taken");
    let all = fault(b.finance(&record, &plain(), &Silent).await).to_string();
    has(
        &all,
        &["CN-1 of 2026-03-09", "44248.84 EUR: 0.00 EUR is left"],
    );
    let mut options = plain();
    options.waivers.push(Waiver {
        waived: Waived::Credited,
        reason: "the buyer pays all the same".to_owned(),
    });
    b.finance(&record, &options, &Silent)
        .await
        .expect("financed");
    let again = b.import(&file).await.expect("taken");
    has(
        &again.warnings.join("\n"),
        &["this bank finances invoice VF-1", "pay the money back"],
    );
}

/// A credit note that another one stands in the place of takes nothing back beside it.
#[tokio::test]
async fn a_replaced_credit_note_does_not_count() {
    let world = World::new().await;
    let a = world.bank("bank-a");
    let record = sealed(&a, INVOICE).await;
    let whole = {
        let document = sealane_documents::read(INVOICE, "invoice.xml").expect("an invoice");
        let mut note = sealane_documents::to_json(&document);
        note["customization"] = json!(null);
        note["id"] = json!("CN-WHOLE");
        note["type_code"] = json!("381");
        note["billing_references"] = json!(["VF-2026-00418"]);
        note.to_string().into_bytes()
    };
    let (wrong, _) = told(&a, &whole).await;
    let needed = fault(a.finance(&record, &plain(), &Silent).await);
    assert!(matches!(needed, SellerFault::Needs(_)), "{needed}");
    let right = a.seal("note.xml", CREDIT_NOTE, Some(wrong), &Silent).await;
    right.expect("sealed");
    let done = a.finance(&record, &plain(), &Silent).await;
    let remark = done.expect("financed").remark.expect("a part is credited");
    has(&remark, &["CN-2026-00037", "43916.09 EUR is left"]);
    assert!(!remark.contains("CN-WHOLE"), "{remark}");
}
