//! One claim under two numbers: a correction and the invoice that it corrects are financed once, or for a reason.

use std::sync::Mutex;

use serde_json::json;

use super::sellers::{KVK, customer, fault, invoice, put};
use super::*;
use crate::flows::{Concern, SellerFault, Whose};
use crate::progress::{Event, Stage};
use crate::refused::Refused;

/// An invoice of acme's that shares no looser trait with those of other numbers and dates: no alert tells of it.
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

/// Two banks that both know acme.
async fn banks(world: &World) -> (Bank, Bank) {
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    for bank in [&a, &b] {
        customer(bank, "acme", CustomerRole::Company, &[KVK]).await;
    }
    (a, b)
}

async fn replacing(bank: &Bank, document: &[u8], older: RecordId) -> RecordId {
    let sealed = bank.seal("invoice.json", document, Some(older), &Silent);
    sealed.await.expect("sealed").record
}

async fn financed(bank: &Bank, record: RecordId) -> Financed {
    let done = bank.finance(&record, &plain(), &Silent).await;
    done.expect("financed")
}

/// What a financing of the record says that needs a reason, and that it is the correction.
async fn needed(bank: &Bank, record: RecordId) -> String {
    match fault(bank.finance(&record, &plain(), &Silent).await) {
        SellerFault::Needs(concern) => {
            assert_eq!(concern.what, Waived::Correction, "{concern}");
            concern.to_string()
        }
        other => panic!("{other}"),
    }
}

fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in: {text}");
    }
}

#[tokio::test]
async fn a_correction_in_the_place_of_a_record_that_was_refused_needs_a_reason() {
    let world = World::new().await;
    let (a, b) = banks(&world).await;
    let original = bill("VF-00900", 2, "380", &[]);
    let of_b = put(&b, &original).await;
    financed(&b, of_b).await;
    let refused = put(&a, &original).await;
    let told = refusal(a.finance(&refused, &plain(), &Silent).await);
    assert!(matches!(told, Refusal::Duplicate { .. }), "{told:?}");
    let correction = bill("VF-00907", 9, "384", &["VF-00900"]);
    let record = replacing(&a, &correction, refused).await;
    let text = needed(&a, record).await;
    let missing = format!("Record {refused}, in whose place it is sealed, is not financed");
    has(
        &text,
        &[
            "corrects invoice VF-00900",
            &missing,
            "--waive correction=REASON",
        ],
    );
    assert_eq!(world.counted("finance"), (1, 0), "bank A submitted nothing");
    // an inquiry says the same beside its answer
    let asked = a.inquire("invoice.json", &correction, None, &Silent).await;
    let asked = asked.expect("answered");
    assert_eq!((asked.record, &asked.answer), (record, &Answer::Free));
    let concerns: Vec<String> = asked.concerns.iter().map(Concern::to_string).collect();
    assert_eq!(concerns, [text]);
}

#[tokio::test]
async fn a_correction_in_the_place_of_another_invoice_than_it_corrects_needs_a_reason() {
    let world = World::new().await;
    let (a, b) = banks(&world).await;
    let of_a = put(&a, &bill("VF-01000", 2, "380", &[])).await;
    financed(&a, of_a).await;
    let old = put(&b, &bill("VF-00100", 3, "380", &[])).await;
    let correction = bill("VF-01007", 9, "384", &["VF-01000"]);
    let record = replacing(&b, &correction, old).await;
    has(
        &needed(&b, record).await,
        &["is not financed by this bank now"],
    );
    // nor does it help that the unrelated invoice is financed here, or that the correction names both
    let old = put(&b, &bill("VF-00200", 4, "380", &[])).await;
    financed(&b, old).await;
    let missing = [
        "takes over this bank's financing of invoice VF-00200",
        "not one of invoice VF-01000",
    ];
    let correction = bill("VF-01008", 10, "384", &["VF-01000"]);
    let record = replacing(&b, &correction, old).await;
    has(&needed(&b, record).await, &missing);
    let correction = bill("VF-01009", 11, "384", &["VF-00200", "VF-01000"]);
    let record = replacing(&b, &correction, record).await;
    has(&needed(&b, record).await, &missing);
    let unnamed = bill("VF-01010", 12, "384", &[]);
    let record = replacing(&b, &unnamed, record).await;
    let unnamed = [
        "which it does not name",
        "not among the invoices that it names",
    ];
    has(&needed(&b, record).await, &unnamed);
    assert_eq!(world.counted("finance"), (2, 0), "bank B submitted nothing");
}

#[tokio::test]
async fn a_correction_takes_over_this_banks_own_financing_and_the_corrected_invoice_stays_taken() {
    let world = World::new().await;
    let (a, b) = banks(&world).await;
    let original = bill("K-1", 2, "380", &[]);
    let first = put(&a, &original).await;
    financed(&a, first).await;
    // written otherwise, and still the same number
    let second = replacing(&a, &bill("K-2", 9, "384", &["k 1"]), first).await;
    let done = financed(&a, second).await;
    assert_eq!((done.took_over, done.remark), (Some(first), None));
    let gone = a.release(&first, ReleaseReason::Withdrawn, &Silent).await;
    assert_eq!(refusal(gone), Refusal::NotFinanced);
    let of_b = put(&b, &original).await;
    let told = refusal(b.finance(&of_b, &plain(), &Silent).await);
    assert!(matches!(told, Refusal::Duplicate { .. }), "{told:?}");
    // a correction of the correction takes over too, and may name both
    let third = replacing(&a, &bill("K-3", 10, "384", &["K-2", "K-1"]), second).await;
    assert_eq!(financed(&a, third).await.took_over, Some(second));
    a.release(&third, ReleaseReason::Withdrawn, &Silent)
        .await
        .expect("released");
    let fourth = replacing(&a, &bill("K-4", 11, "384", &["K-3"]), third).await;
    has(
        &needed(&a, fourth).await,
        &["is not financed by this bank now"],
    );
    let advice = Refused::new(Refusal::OlderIsFinanced { older: first }).advice;
    has(
        &advice,
        &[&format!("Do not release {first}"), "--customer NAME"],
    );
}

#[tokio::test]
async fn a_correction_that_replaces_nothing_is_financed_for_a_reason() {
    let world = World::new().await;
    let (a, _) = banks(&world).await;
    let record = put(&a, &bill("VF-00607", 9, "384", &["VF-00600"])).await;
    let text = needed(&a, record).await;
    has(
        &text,
        &[
            "not sealed in the place of a record",
            "--waive correction=REASON",
        ],
    );
    assert_eq!(world.counted("present"), (0, 0), "nothing was proven");
    let mut options = plain();
    options.waivers.push(Waiver {
        waived: Waived::Correction,
        reason: "the corrected invoice was never financed".to_owned(),
    });
    let done = a.finance(&record, &options, &Silent).await;
    assert_eq!(done.expect("financed").remark, None);
}

#[tokio::test]
async fn an_invoice_that_names_an_earlier_one_is_financed_after_a_remark() {
    let world = World::new().await;
    let (a, b) = banks(&world).await;
    let of_a = put(&a, &bill("VF-01000", 2, "380", &[])).await;
    financed(&a, of_a).await;
    let disguised = bill("VF-01007", 9, "380", &["VF-01000"]);
    let asked = b.inquire("invoice.json", &disguised, None, &Silent).await;
    let asked = asked.expect("answered");
    assert_eq!((&asked.answer, asked.concerns.len()), (&Answer::Free, 0));
    let remark = asked.remark.expect("it names another");
    has(&remark, &["names invoice VF-01000", "sealane inquire FILE"]);
    let told = Mutex::new(Vec::new());
    let listens = |event: &Event| told.lock().expect("whole").push(event.clone());
    let done = b.finance(&asked.record, &plain(), &listens).await;
    assert_eq!(done.expect("financed").remark.as_ref(), Some(&remark));
    let told = told.into_inner().expect("whole");
    let at = |stage| told.iter().position(|event| event.stage == stage);
    let before = at(Stage::Remarking).expect("told");
    assert_eq!(told[before].detail, remark);
    assert!(before < at(Stage::Submitting).expect("sent"), "told before");
}

/// A document of a single trade has an alias of its own: its correction has the same one, so that nothing joins it with the
/// customer's others, and what the rules would refuse is not sent.
#[tokio::test]
async fn a_correction_in_a_single_trade_is_sealed_under_that_trades_alias() {
    let world = World::new().await;
    let (a, _) = banks(&world).await;
    customer(
        &a,
        "other",
        CustomerRole::Company,
        &[("vat", "DE129273398")],
    )
    .await;
    let whose = |name| {
        (
            Whose {
                name,
                confirmed: true,
            },
            true,
        )
    };
    let first = bill("VF-1", 1, "380", &[]);
    let sealed = a.seal_for(whose("acme"), "first.json", &first, None, &Silent);
    let (alias, first) = sealed.await.expect("sealed");
    let _ = financed(&a, first.record).await;
    let correction = bill("VF-2", 2, "384", &["VF-1"]);
    let seals = || world.counted("seal");
    let before = seals();
    let older = Some(first.record);
    let wrong = a.seal_for(whose("other"), "second.json", &correction, older, &Silent);
    let wrong = fault(wrong.await);
    assert!(
        matches!(wrong, SellerFault::SealedForOther { .. }),
        "{wrong}"
    );
    let wrong = a.seal("second.json", &correction, older, &Silent).await;
    assert_eq!(refusal(wrong), Refusal::CannotReplace);
    assert_eq!(seals(), before, "neither was sent");
    let sealed = a.seal_for(whose("acme"), "second.json", &correction, older, &Silent);
    let (again, second) = sealed.await.expect("sealed");
    assert_eq!(again, alias);
    let done = financed(&a, second.record).await;
    assert_eq!(done.took_over, older);
}
