//! Quantities below zero where they have no meaning, and orders that are none by their type code.
#![allow(clippy::unwrap_used)]

use sealane_documents::{Document, ReadError, read};
use sealane_types::schema::Kind;
use serde_json::json;

fn rules(read: &Result<Document, ReadError>) -> Vec<&'static str> {
    match read {
        Ok(_) => Vec::new(),
        Err(error) => error.faults.iter().map(|one| one.rule).collect(),
    }
}

#[test]
fn less_than_nothing_is_neither_ordered_nor_shipped_nor_turned_down() {
    let with = |kind: &str, field: &str, quantity: &str| {
        let mut line = json!({"id": "1", "quantity": "5", "unit": "H87", "total": "5.00"});
        line[field] = json!(quantity);
        let document = json!({
            "kind": kind, "id": "1", "issue_date": "2026-01-02", "seller": {"name": "Seller"}, "buyer": {"name": "Buyer"},
            "currency": "EUR", "payable_amount": "5.00", "lines": [line],
        });
        read(document.to_string().as_bytes(), "document.json")
    };
    for (kind, field) in [
        ("ReceiptAdvice", "quantity"),
        ("ReceiptAdvice", "rejected_quantity"),
        ("ReceiptAdvice", "short_quantity"),
        ("DespatchAdvice", "quantity"),
        ("Order", "quantity"),
        ("OrderResponse", "quantity"),
        ("Waybill", "quantity"),
    ] {
        let refused = with(kind, field, "-2");
        assert_eq!(rules(&refused), ["SL-QUANTITY"], "{kind} {field}");
        let error = refused.unwrap_err();
        let place = &error.faults[0].place.path;
        assert_eq!(*place, format!("lines[0].{field}"), "{kind} {field}");
        for quantity in ["0", "2"] {
            assert!(with(kind, field, quantity).is_ok(), "{kind} {field}");
        }
    }
    for kind in ["Invoice", "CreditNote"] {
        assert!(with(kind, "quantity", "-2").is_ok(), "{kind}");
    }
    let xml = r#"<ReceiptAdvice xmlns="urn:oasis:names:specification:ubl:schema:xsd:ReceiptAdvice-2" xmlns:a="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" xmlns:b="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"><b:ID>W1</b:ID><b:IssueDate>2026-03-01</b:IssueDate><a:ReceiptLine><b:ID>1</b:ID><b:ReceivedQuantity unitCode="H87">5</b:ReceivedQuantity><b:RejectedQuantity unitCode="H87">-2</b:RejectedQuantity></a:ReceiptLine></ReceiptAdvice>"#;
    let error = read(xml.as_bytes(), "receipt.xml").unwrap_err();
    assert_eq!(error.faults[0].rule, "SL-QUANTITY");
    assert!(
        error.faults[0].place.path.ends_with("RejectedQuantity"),
        "{error}"
    );
}

#[test]
fn an_order_whose_type_code_says_that_it_is_none_is_refused() {
    let order = |code: &str| {
        let xml = format!(
            r#"<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2" xmlns:b="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"><b:ID>B1</b:ID><b:IssueDate>2026-03-01</b:IssueDate>{code}</Order>"#
        );
        read(xml.as_bytes(), "order.xml")
    };
    let coded = |code: &str| order(&format!("<b:OrderTypeCode>{code}</b:OrderTypeCode>"));
    for code in [
        "230",
        "231",
        "325",
        "380",
        "0230",
        "CANCEL",
        "Order change",
        "Quotation",
    ] {
        assert_eq!(rules(&coded(code)), ["SL-KIND"], "{code}");
    }
    for code in [
        "220",
        "0220",
        "105",
        "221",
        "227",
        "Purchase order",
        "Standard",
    ] {
        assert_eq!(coded(code).unwrap().kind, Kind::Order, "{code}");
    }
    assert_eq!(order("").unwrap().kind, Kind::Order);
    let told = coded("230").unwrap_err().to_string();
    assert!(
        told.contains("a change of an order") && told.contains("220"),
        "{told}"
    );
    let json = r#"{"kind":"Order","type_code":"231","id":"1","issue_date":"2026-01-02","seller":{},"buyer":{}}"#;
    assert_eq!(rules(&read(json.as_bytes(), "order.json")), ["SL-KIND"]);
}
