//! One claim under two numbers: a correction and the invoice that it corrects are financed once, or for a reason.

use std::sync::Mutex;

use serde_json::json;

use super::sellers::{KVK, customer, fault, invoice, put};
use super::*;
use crate::flows::{SellerFault, Whose};
use crate::progress::{Activity, Event};
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

/// As [`bill`], of acme's too, which names one earlier invoice with its date.
fn dated(number: &str, day: u8, (earlier, date): (&str, &str)) -> Vec<u8> {
    let named = bill(number, day, "384", &[earlier]);
    let mut named: serde_json::Value = serde_json::from_slice(&named).expect("JSON");
    named["billing_dates"] = json!([date]);
    named.to_string().into_bytes()
}

/// That the bank refuses by itself to finance the record, as the older one's invoice is taken: in which words.
async fn refused(bank: &Bank, record: RecordId, older: RecordId, invoice: &str) -> String {
    let told = bank.finance(&record, &plain(), &Silent).await;
    let told = told.expect_err("its older invoice is taken");
    let rule = Rule::Strict;
    assert_eq!(told.refusal(), Some(&Refusal::Duplicate { rule }), "{told}");
    let text = told.to_string();
    let older = format!("invoice {invoice} (record {older}), in whose place this document stands");
    has(&text, &[&older]);
    text
}

/// What this home knows of what a document stands in place of, it says: no fingerprint of the two meets.
#[tokio::test]
async fn a_replacement_is_not_financed_beside_the_older_invoice_that_another_bank_has() {
    let world = World::new().await;
    let (a, b) = banks(&world).await;
    let original = bill("VF-00900", 2, "380", &[]);
    let of_b = put(&b, &original).await;
    financed(&b, of_b).await;
    let older = put(&a, &original).await;
    let told = refusal(a.finance(&older, &plain(), &Silent).await);
    assert!(matches!(told, Refusal::Duplicate { .. }), "{told:?}");
    // a correction that says what it corrects, and another number over the same claim
    let correction = bill("VF-00907", 9, "384", &["VF-00900"]);
    let second = replacing(&a, &correction, older).await;
    let text = refused(&a, second, older, "VF-00900 of 2026-03-02").await;
    has(&text, &["bank-b has financed", "only one of the two"]);
    let third = replacing(&a, &bill("VF-00908", 10, "380", &[]), second).await;
    let text = refused(&a, third, older, "VF-00900 of 2026-03-02").await;
    has(&text, &["bank-b has financed"]);
    // no waiver helps over it, and an inquiry says the same
    let mut waived = plain();
    waived.waivers.push(correction_waiver());
    let told = refusal(a.finance(&third, &waived, &Silent).await);
    assert!(matches!(told, Refusal::Duplicate { .. }), "{told:?}");
    let again = bill("VF-00908", 10, "380", &[]);
    let asked = a.inquire("invoice.json", &again, None, &Silent).await;
    let asked = asked.expect("answered");
    assert_eq!(asked.record, third);
    let Answer::Taken(since) = asked.answer else {
        panic!("{asked:?}")
    };
    assert_eq!(
        (since.bank_name.as_str(), since.life),
        ("bank-b", Life::Financed)
    );
    has(
        &since.beside.expect("not itself"),
        &["VF-00900", "in whose place"],
    );
    assert_eq!(world.counted("finance"), (1, 0), "bank A submitted nothing");
}

/// The invoice of a record that was replaced, sealed anew in a record of its own: what stands in its place is financed.
#[tokio::test]
async fn an_invoice_whose_replacement_this_bank_finances_is_not_financed_beside_it() {
    let world = World::new().await;
    let (a, _) = banks(&world).await;
    let original = bill("VF-00900", 2, "380", &[]);
    let asked = a.inquire("invoice.json", &original, None, &Silent).await;
    let asked = asked.expect("answered");
    assert_eq!(asked.answer, Answer::Free);
    let newer = replacing(&a, &bill("VF-00901", 9, "380", &[]), asked.record).await;
    financed(&a, newer).await;
    let beside = "VF-00901 of 2026-03-09 (record ";
    let asked = a.inquire("invoice.json", &original, None, &Silent).await;
    let Answer::Taken(since) = asked.expect("answered").answer else {
        panic!("it is free")
    };
    let place = "which stands in this document's place";
    has(&since.beside.expect("not itself"), &[beside, place]);
    // sealed for the customer it is another record, of no line
    let whose = Whose {
        name: "acme",
        confirmed: false,
    };
    let sealed = a.seal_for((whose, false), "invoice.json", &original, None, &Silent);
    let (_, again) = sealed.await.expect("sealed");
    assert_ne!(again.record, newer);
    let told = a.finance(&again.record, &plain(), &Silent).await;
    let told = told.expect_err("its replacement is financed");
    let rule = Rule::Strict;
    assert_eq!(told.refusal(), Some(&Refusal::Duplicate { rule }), "{told}");
    has(
        &told.to_string(),
        &["this bank has financed", beside, place],
    );
    assert_eq!(world.counted("finance"), (1, 0));
    // nor typed in another way, though none of its strict fingerprints is the other's then
    let retyped = put(&a, &bill("VF 00900", 2, "380", &[])).await;
    let told = a.finance(&retyped, &plain(), &Silent).await;
    let told = told.expect_err("its replacement is financed").to_string();
    has(&told, &["this bank has financed", beside, place]);
    assert_eq!(world.counted("finance"), (1, 0));
    // it is, once the replacement's financing has ended
    a.release(&newer, ReleaseReason::Withdrawn, &Silent)
        .await
        .expect("released");
    financed(&a, again.record).await;
}

fn correction_waiver() -> Waiver {
    Waiver {
        waived: Waived::Correction,
        reason: "the older invoice was never financed".to_owned(),
    }
}

#[tokio::test]
async fn a_replacement_of_a_withdrawn_financing_is_financed_while_the_older_invoice_is_free() {
    let world = World::new().await;
    let (a, b) = banks(&world).await;
    let original = bill("VF-14", 2, "380", &[]);
    let first = put(&a, &original).await;
    financed(&a, first).await;
    let withdrawn = ReleaseReason::Withdrawn;
    let _ = a.release(&first, withdrawn, &Silent).await.expect("ended");
    let of_b = put(&b, &original).await;
    financed(&b, of_b).await;
    let second = replacing(&a, &bill("VF-15", 3, "380", &[]), first).await;
    let text = refused(&a, second, first, "VF-14 of 2026-03-02").await;
    has(&text, &["bank-b has financed"]);
    assert_eq!(
        world.counted("present"),
        (2, 0),
        "the newer is not presented"
    );
    let _ = b.release(&of_b, withdrawn, &Silent).await.expect("ended");
    financed(&a, second).await;
    // what was repaid is paid under whichever number
    let repaid = ReleaseReason::Repaid;
    let _ = a.release(&second, repaid, &Silent).await.expect("ended");
    let third = replacing(&a, &bill("VF-16", 4, "380", &[]), second).await;
    let text = refused(&a, third, second, "VF-15 of 2026-03-03").await;
    has(&text, &["was repaid", "the claim is paid"]);
}

#[tokio::test]
async fn a_replacement_of_what_was_never_presented_is_financed_for_a_reason() {
    let world = World::new().await;
    let (a, _) = banks(&world).await;
    let older = put(&a, &bill("VF-20", 2, "380", &[])).await;
    let newer = replacing(&a, &bill("VF-21", 3, "380", &[]), older).await;
    let text = needed(&a, newer).await;
    let place = format!("in the place of invoice VF-20 of 2026-03-02 (record {older})");
    has(
        &text,
        &[&place, "never presented", "--waive correction=REASON"],
    );
    assert!(!text.contains("corrects"), "{text}");
    assert_eq!(world.counted("present"), (0, 0), "nothing was proven");
    let mut options = plain();
    options.waivers.push(correction_waiver());
    let done = a.finance(&newer, &options, &Silent).await;
    assert!(done.expect("financed").needless.is_empty());
    // of the same number and date the document's own fingerprints tell
    let first = put(&a, &bill("VF-30", 5, "380", &[])).await;
    let again = replacing(&a, &bill("VF-30", 5, "380", &["VF-1"]), first).await;
    financed(&a, again).await;
}

/// Numbers are used again in other years (EN 16931, BT-26).
#[tokio::test]
async fn a_correction_takes_over_the_invoice_of_the_day_that_it_names() {
    let world = World::new().await;
    let (a, _) = banks(&world).await;
    let first = put(&a, &bill("VF-7", 4, "380", &[])).await;
    financed(&a, first).await;
    let other_year = dated("VF-8", 9, ("VF-7", "2025-03-04"));
    let second = replacing(&a, &other_year, first).await;
    let text = needed(&a, second).await;
    let parts = [
        "corrects invoice VF-7 of 2025-03-04",
        "takes over this bank's financing of invoice VF-7 of 2026-03-04, and not one of invoice VF-7 of 2025-03-04",
    ];
    has(&text, &parts);
    let right = dated("VF-9", 10, ("VF-7", "2026-03-04"));
    let third = replacing(&a, &right, second).await;
    let text = needed(&a, third).await;
    has(&text, &["in the place of invoice VF-8", "never presented"]);
    assert!(!text.contains("corrects"), "{text}");
    let shown = a.record_show(&third).await.expect("shown").fields;
    assert!(shown.iter().any(|field| field.path == "billing_dates"));
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
    let at = |activity| told.iter().position(|event| event.activity == activity);
    let before = at(Activity::Remarking).expect("told");
    assert_eq!(told[before].detail, remark);
    assert!(
        before < at(Activity::Submitting).expect("sent"),
        "told before"
    );
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
