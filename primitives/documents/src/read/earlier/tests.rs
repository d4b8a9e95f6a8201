use sealane_types::fields::FieldValue;
use sealane_types::schema::slot;

use crate::{Document, canonical, read, to_json, to_text};

const UBL: &str = include_str!("../../../../../examples/invoice-ubl.xml");
const CII: &str = include_str!("../../../../../examples/invoice-cii.xml");

fn with(text: &str, before: &str, part: &str) -> Document {
    assert!(text.contains(before), "the example's prefixes");
    let text = text.replacen(before, &format!("{part}{before}"), 1);
    read(text.as_bytes(), "invoice.xml").expect("a document")
}

/// The example in UBL, with these earlier invoices: numbers and what stands in `IssueDate`.
fn ubl(earlier: &[(&str, &str)]) -> Document {
    let one = |(number, date): &(&str, &str)| {
        let date = match date.is_empty() {
            true => String::new(),
            false => format!("<cbc:IssueDate>{date}</cbc:IssueDate>"),
        };
        format!(
            "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>{number}</cbc:ID>{date}</cac:InvoiceDocumentReference></cac:BillingReference>"
        )
    };
    let part: String = earlier.iter().map(one).collect();
    with(UBL, "<cac:AccountingSupplierParty>", &part)
}

fn earlier(document: &Document) -> Vec<(String, Option<String>)> {
    let numbers = document.billing_references.iter().cloned();
    let dates = document.billing_dates.iter();
    let dates = dates.map(|date| date.map(|date| date.to_string()));
    assert_eq!(numbers.len(), dates.len());
    numbers.zip(dates).collect()
}

fn said(list: &[(&str, &str)]) -> Vec<(String, Option<String>)> {
    let one = |(number, date): &(&str, &str)| {
        let date = (!date.is_empty()).then(|| (*date).to_owned());
        ((*number).to_owned(), date)
    };
    list.iter().map(one).collect()
}

#[test]
fn ubl_cii_and_json_give_the_date_of_an_earlier_invoice_and_it_is_sealed_and_shown() {
    let of_ubl = ubl(&[("VF-7", "2025-03-04"), ("VF-8", "")]);
    let part = "<ram:InvoiceReferencedDocument><ram:IssuerAssignedID>VF-7</ram:IssuerAssignedID><ram:FormattedIssueDateTime>\
                <qdt:DateTimeString xmlns:qdt=\"urn:un:unece:uncefact:data:standard:QualifiedDataType:100\" format=\"102\">20250304\
                </qdt:DateTimeString></ram:FormattedIssueDateTime></ram:InvoiceReferencedDocument>\
                <ram:InvoiceReferencedDocument><ram:IssuerAssignedID>VF-8</ram:IssuerAssignedID></ram:InvoiceReferencedDocument>";
    let of_cii = with(CII, "</ram:ApplicableHeaderTradeSettlement>", part);
    let printed = to_json(&of_ubl).to_string();
    let of_json = read(printed.as_bytes(), "invoice.json").expect("it is whole");
    for document in [of_ubl, of_cii, of_json] {
        let syntax = document.syntax;
        let right = said(&[("VF-7", "2025-03-04"), ("VF-8", "")]);
        assert_eq!(earlier(&document), right, "{syntax:?}");
        let sealed = canonical(&document).expect("it fits").header;
        let dates = FieldValue::Text("2025030400000000".to_owned());
        assert_eq!(sealed[slot::BILLING_DATES], Some(dates), "{syntax:?}");
        let shown = to_text(&document);
        assert!(shown.contains("VF-7 of 2025-03-04, VF-8"), "{shown}");
    }
    let undated = ubl(&[("VF-7", "")]);
    let sealed = canonical(&undated).expect("it fits").header;
    assert_eq!(sealed[slot::BILLING_DATES], None);
}

#[test]
fn a_number_stands_once_for_each_of_its_dates() {
    for (written, right) in [
        (
            &[("VF-7", ""), ("VF-7", "2025-03-04"), ("VF-7", "")][..],
            &[("VF-7", "2025-03-04")][..],
        ),
        (
            &[
                ("VF-7", "2025-03-04"),
                ("VF-8", ""),
                ("VF-7", "2026-03-04"),
                ("VF-7", "2025-03-04"),
            ],
            &[("VF-7", "2025-03-04"), ("VF-8", ""), ("VF-7", "2026-03-04")],
        ),
        (&[("NA", "2025-03-04")], &[]),
    ] {
        assert_eq!(earlier(&ubl(written)), said(right));
    }
}

#[test]
fn a_date_that_is_none_is_told_and_left_out() {
    let document = ubl(&[("VF-7", "2025-02-30")]);
    assert_eq!(earlier(&document), said(&[("VF-7", "")]));
    let told = document.warnings.iter().find(|one| one.rule == "SL-DATE");
    let told = told.expect("a warning").to_string();
    assert!(told.contains("2025-02-30"), "{told}");
}

#[test]
fn json_has_no_more_dates_than_numbers() {
    let mut json = to_json(&ubl(&[("VF-7", "2025-03-04"), ("VF-8", "2025-03-05")]));
    json["billing_dates"] = serde_json::json!([null]);
    let read_json = |json: &serde_json::Value| read(json.to_string().as_bytes(), "invoice.json");
    let fewer = read_json(&json).expect("the rest is not stated");
    assert_eq!(earlier(&fewer), said(&[("VF-7", ""), ("VF-8", "")]));
    json["billing_dates"] = serde_json::json!([null, null, "2025-03-06"]);
    let refused = read_json(&json).expect_err("one too many");
    assert_eq!(refused.faults[0].rule, "SL-DATE");
    assert!(
        refused
            .to_string()
            .contains("3 dates stand beside 2 numbers")
    );
}
