//! A document of more than 128 lines is sealed, financed and given like others.

use serde_json::Value;

use super::*;

/// The example invoice with so many lines, which claims no standard: its totals are those of twelve.
pub(super) fn invoice_of(lines: usize) -> Vec<u8> {
    let document = sealane_documents::read(INVOICE, "invoice.xml").expect("an invoice");
    let mut invoice = sealane_documents::to_json(&document);
    invoice["customization"] = Value::Null;
    let own = invoice["lines"].as_array().expect("lines").clone();
    let own = own.into_iter().cycle().take(lines);
    invoice["lines"] = own.collect();
    invoice.to_string().into_bytes()
}

#[tokio::test]
async fn an_invoice_of_300_lines_is_financed_once_and_given() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    let long = invoice_of(300);
    known(&a, "long.json", &long).await;
    let sealed = a.seal("long.json", &long, None, &Silent).await;
    let sealed = sealed.expect("sealed");
    assert_eq!((sealed.bucket, sealed.bytes), (512, 1_017_038));
    let financed = a.finance(&sealed.record, &plain(), &Silent).await;
    let bytes = std::fs::read(&financed.expect("financed").receipt).expect("a receipt");
    let summary = receipt::verify(&bytes, Some(a.home().genesis())).expect("holds");
    assert_eq!(summary.outcome, "financed");
    let taken = b.inquire("long.json", &long, None, &Silent).await;
    let taken = taken.expect("answered");
    assert!(matches!(taken.answer, Answer::Taken(_)), "{taken:?}");

    handover::acquainted(&a, &b).await;
    let file = handover::given(&a, &sealed.record, "lines").await;
    b.import(&file).await.expect("it holds");
    let granted = b.home().granted(&sealed.record).expect("read");
    let granted = granted.expect("it was given");
    assert_eq!(granted.fields.len(), 512 * 7 + 1);
    let shown = b.record_show(&sealed.record).await.expect("shown");
    assert_eq!(shown.lines, Some(300));
}

#[tokio::test]
async fn a_document_beyond_the_longest_is_refused() {
    let world = World::new().await;
    let a = world.bank("bank-a");
    let beyond = a.seal("long.json", &invoice_of(1025), None, &Silent).await;
    let refused = beyond.expect_err("a line too many").to_string();
    assert!(
        refused.contains("1025") && refused.contains("1024"),
        "{refused}"
    );
}
