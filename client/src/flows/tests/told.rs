//! What is told of a document while it is sealed, asked about and financed, and what stops it before anything is sent.

use std::sync::Mutex;

use serde_json::json;

use super::sellers::{KVK, customer, fault, invoice, put};
use super::*;
use crate::flows::{SellerFault, Whose};
use crate::progress::{Activity, Event};

/// The events' details of warnings, in their order; all before a transaction is sent that finances.
fn warned(told: Mutex<Vec<Event>>) -> Vec<String> {
    let told = told.into_inner().expect("whole");
    let warned = told
        .into_iter()
        .filter(|event| event.activity == Activity::Warned);
    warned.map(|event| event.detail).collect()
}

#[tokio::test]
async fn sealing_asking_and_financing_tell_a_documents_warnings() {
    let world = World::new().await;
    let a = world.bank("bank-a");
    customer(&a, "acme", CustomerRole::Company, &[KVK]).await;
    let wrong = invoice(&[KVK], |invoice| {
        invoice["totals"]["prepaid"] = json!("1.00")
    });
    let read = sealane_documents::read(&wrong, "invoice.json").expect("it is read");
    let warnings = read.told_warnings();
    assert!(warnings[0].contains("[BR-CO-16]"), "{warnings:?}");
    let told = Mutex::new(Vec::new());
    let listens = |event: &Event| told.lock().expect("whole").push(event.clone());
    let sealed = a.seal("invoice.json", &wrong, None, &listens).await;
    let sealed = sealed.expect("sealed");
    assert_eq!((&sealed.warnings, &warned(told)), (&warnings, &warnings));
    let told = Mutex::new(Vec::new());
    let listens = |event: &Event| told.lock().expect("whole").push(event.clone());
    let asked = a.inquire("invoice.json", &wrong, None, &listens).await;
    let asked = asked.expect("answered");
    assert_eq!((&asked.warnings, &warned(told)), (&warnings, &warnings));
    let told = Mutex::new(Vec::new());
    let listens = |event: &Event| told.lock().expect("whole").push(event.clone());
    let done = a.finance(&sealed.record, &plain(), &listens).await;
    assert_eq!(done.expect("financed").warnings, warnings);
    {
        let told = told.lock().expect("whole");
        let at = |activity| told.iter().position(|event| event.activity == activity);
        assert!(
            at(Activity::Warned) < at(Activity::Submitting),
            "told before"
        );
    }
    assert_eq!(warned(told), warnings);
    // typed again, it says so again
    let again = a.finance(&sealed.record, &plain(), &Silent).await;
    assert_eq!(again.expect("financed").warnings, warnings);
    // what is kept to be told again is no plaintext
    let kept = world.home("bank-a").join("warnings");
    let kept = kept.join(format!("{}.bin", sealed.record));
    let kept = std::fs::read(kept).expect("kept");
    assert!(!kept.windows(8).any(|part| part == b"BR-CO-16"));
    // a document without warnings leaves nothing
    let right = invoice(&[KVK], |invoice| invoice["id"] = json!("VF-RIGHT"));
    let sealed = a.seal("invoice.json", &right, None, &Silent).await;
    let sealed = sealed.expect("sealed");
    assert!(sealed.warnings.is_empty());
    let kept = a.home().warnings(&sealed.record).expect("read");
    assert!(kept.is_empty());
}

#[tokio::test]
async fn a_type_that_states_no_claim_stops_an_inquiry_and_a_financing_before_anything_is_sent() {
    let world = World::new().await;
    let a = world.bank("bank-a");
    customer(&a, "acme", CustomerRole::Company, &[KVK]).await;
    for (word, said) in [
        ("Schlussrechnung", "its type is not understood"),
        ("Nota de débito", "its type is not understood"),
        ("Proforma", "a pro forma, draft or offer"),
        ("Quotation", "a pro forma, draft or offer"),
        ("325", "a pro forma, draft or offer"),
        ("310", "310 is none of UNTDID 1001's"),
        ("935", "type code 935 states no claim"),
    ] {
        let document = invoice(&[KVK], |invoice| invoice["type_code"] = json!(word));
        let before = world.counted("seal");
        let asked = a.inquire("invoice.json", &document, None, &Silent).await;
        let refused = asked.expect_err("no claim");
        assert_eq!(
            (refused.name(), refused.exit_code()),
            ("not-financeable", 3)
        );
        let text = refused.to_string();
        assert!(text.contains(said) && !text.contains("code 0"), "{text}");
        assert!(text.contains("Ask the sender"), "{text}");
        assert_eq!(world.counted("seal"), before, "{word}: nothing was sealed");
        let record = put(&a, &document).await;
        let financed = a.finance(&record, &plain(), &Silent).await;
        assert_eq!(financed.expect_err("no claim").to_string(), text);
    }
    assert_eq!(world.counted("present"), (0, 0), "nothing was proven");
}

/// No waiver helps over a hit by name where the alias has no number that would tell two companies apart: the inquiry says
/// so with the same word as of a number.
#[tokio::test]
async fn an_inquiry_calls_a_strict_hit_by_name_taken() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    customer(&a, "acme", CustomerRole::Company, &[KVK]).await;
    customer(&b, "acme", CustomerRole::Company, &[]).await;
    let document = invoice(&[], |_| ());
    let acme = Whose {
        name: "acme",
        confirmed: true,
    };
    let asks = async || {
        let asked = b.inquire("invoice.json", &document, Some(acme), &Silent);
        asked.await.expect("answered")
    };
    assert_eq!(asks().await.answer, Answer::Free);
    let of_a = put(&a, &document).await;
    let options = FinanceOptions {
        customer: Some("acme".to_owned()),
        confirmed: true,
        ..plain()
    };
    a.finance(&of_a, &options, &Silent).await.expect("financed");
    let asked = asks().await;
    let Answer::Taken(since) = &asked.answer else {
        panic!("{asked:?}");
    };
    assert_eq!(since.bank, a.home().alias());
    let told = b.finance(&asked.record, &plain(), &Silent).await;
    assert_eq!(refusal(told), Refusal::SameName);
}

/// Everybody would see that two inquiries under one alias are about one seller.
#[tokio::test]
async fn the_name_of_an_inquiry_is_no_customer_of_another_document() {
    let world = World::new().await;
    let b = world.bank("bank-b");
    let named = |number: &str| invoice(&[KVK], |invoice| invoice["id"] = json!(number));
    let (one, other) = (named("VF-1"), named("VF-2"));
    let first = b.inquire("a.json", &one, None, &Silent).await;
    let first = first.expect("answered");
    let name = b.aliases().await.expect("listed")[0].customer.clone();
    assert!(name.starts_with("asked "), "{name}");
    let before = (world.counted("present"), world.counted("register"));
    let whose = Whose {
        name: &name,
        confirmed: true,
    };
    let asked_before = SellerFault::AskedBefore(name.clone());
    let second = b.inquire("b.json", &other, Some(whose), &Silent);
    assert_eq!(fault(second.await), asked_before);
    let sealed = b.seal_for((whose, false), "b.json", &other, None, &Silent);
    assert_eq!(fault(sealed.await), asked_before);
    assert_eq!(
        (world.counted("present"), world.counted("register")),
        before
    );
    // about the same document it is asked as before, and without the name about another
    let again = b.inquire("a.json", &one, Some(whose), &Silent).await;
    assert_eq!(again.expect("answered").record, first.record);
    let second = b.inquire("b.json", &other, None, &Silent).await;
    assert_ne!(second.expect("answered").record, first.record);
}

/// Under the seller's number may stand whose account it is: only the seller's own name is the seller.
#[tokio::test]
async fn a_payee_with_the_sellers_number_and_another_name_needs_a_reason() {
    let world = World::new().await;
    let a = world.bank("bank-a");
    customer(&a, "acme", CustomerRole::Company, &[KVK]).await;
    let id = json!({"scheme": KVK.0, "value": KVK.1});
    let paid_to = |number: &str, name: Option<&str>, numbered: bool| {
        let ids = if numbered { json!([id]) } else { json!([]) };
        invoice(&[KVK], |invoice| {
            invoice["id"] = json!(number);
            // no two alike: what is financed before is no matter here
            invoice["payable_amount"] = json!(format!("{}.00", 1000 + number.len()));
            invoice["order_references"] = json!([]);
            invoice["despatch_references"] = json!([]);
            invoice["seller"]["name"] = json!("Van der Brug B.V.");
            invoice["payee"] = json!({"name": name, "ids": ids});
        })
    };
    for (number, name) in [
        ("VF-1", Some("Fast Factors")),
        ("VF-22", Some("Van der Brug Factoring")),
    ] {
        let record = put(&a, &paid_to(number, name, true)).await;
        let needed = fault(a.finance(&record, &plain(), &Silent).await);
        let text = needed.to_string();
        assert!(
            matches!(&needed, SellerFault::Needs(concern) if concern.what == Waived::Payee),
            "{text}"
        );
        for said in [
            name.unwrap_or_default(),
            "the seller's",
            "--waive payee=REASON",
        ] {
            assert!(text.contains(said), "{text}");
        }
    }
    for (number, name, numbered) in [
        ("VF-333", Some("VAN DER BRUG BV"), true),
        ("VF-4444", Some("Van der Brug"), false),
        ("VF-55555", None, true),
    ] {
        let document = paid_to(number, name, numbered);
        let asked = a.inquire("invoice.json", &document, None, &Silent).await;
        assert_eq!(asked.expect("answered").concerns, [], "{name:?}");
    }
}
