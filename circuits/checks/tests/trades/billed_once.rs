//! What several invoices of one order bill together: no delivery twice, no line above its price.

use serde_json::{Value, json};

use super::trades::{Documents, alone, change, documents, not_met, unmet};
use super::{billed, line, same_bits};

/// A trade of a hundred pieces at ten: so many were delivered, and the invoice's one line bills 500 for `quantity`.
pub(super) fn hundred(delivered: &str, id: &str, quantity: Value, unit: Value) -> Documents {
    let mut documents = documents("honest");
    let thousand = json!({"lines": "1000.00", "tax_exclusive": "1000.00", "tax": "0.00", "tax_inclusive": "1000.00"});
    let mut ordered = line("100", "1000.00", None);
    ordered["id"] = json!("1");
    ordered["price"] = json!("10.00");
    let mut sent = line(delivered, "0.00", Some("1"));
    for price in ["price", "total"] {
        sent.as_object_mut().unwrap().remove(price);
    }
    let mut changes = billed("500.00");
    changes.extend([
        ("order", "/lines", json!([ordered])),
        ("order", "/totals", thousand.clone()),
        ("order", "/payable_amount", json!("1000.00")),
        ("confirmation", "/lines", json!([])),
        ("confirmation", "/totals", thousand),
        ("confirmation", "/payable_amount", json!("1000.00")),
        ("delivery", "/lines", json!([sent])),
        ("invoice", "/id", json!(id)),
        (
            "invoice",
            "/lines",
            json!([line("50", "500.00", Some("1"))]),
        ),
        ("invoice", "/lines/0/quantity", quantity),
        ("invoice", "/lines/0/unit", unit),
    ]);
    for (name, pointer, value) in changes {
        change(&mut documents, name, pointer, &value);
    }
    documents
}

/// What the three checks of several invoices say of two trades' invoices together, each over deliveries of its own kind.
pub(super) fn together(first: &Documents, second: &Documents) -> Vec<Vec<String>> {
    let kinds = [
        ("invoices-in-order", "Waybill"),
        ("quantities-receipt", "ReceiptAdvice"),
        ("quantities-despatch", "DespatchAdvice"),
    ];
    let said = kinds.map(|(check, kind)| {
        let mut documents = second.clone();
        let invoices = documents.get_mut("invoice").unwrap();
        invoices.insert(0, first["invoice"][0].clone());
        if kind != "Waybill" {
            change(&mut documents, "delivery", "/kind", &json!(kind));
            change(&mut documents, "delivery", "/payee", &Value::Null);
        }
        not_met(&alone(check, &["order", "delivery", "invoice"]), &documents)
    });
    said.to_vec()
}

#[test]
fn one_delivery_is_not_billed_twice_under_a_quantity_that_is_next_to_nothing_or_none() {
    let none = Vec::<String>::new();
    let pieces = json!("C62");
    // fifty-one were delivered, and one invoice bills fifty of them
    let first = hundred("51", "A", json!("50"), pieces.clone());
    assert_eq!(unmet(&first).0, none);
    // the other bills them again: its line says so, and by itself nothing is wrong with it; the two together are
    let plain = hundred("51", "B", json!("50"), pieces.clone());
    assert_eq!(unmet(&plain).0, none);
    for said in together(&first, &plain) {
        assert_eq!(said, ["not-beyond-delivered"]);
    }
    // what bills next to nothing, or nobody knows how much, is no part of those sums: it stops by itself
    for (quantity, unit) in [
        (json!("0.0001"), pieces.clone()),
        (json!("0"), pieces.clone()),
        (json!("-50"), pieces.clone()),
        (json!("50"), Value::Null),
        (Value::Null, Value::Null),
    ] {
        let hidden = hundred("51", "B", quantity.clone(), unit.clone());
        let said = together(&first, &hidden).concat();
        assert_eq!(said, none, "{quantity} {unit}");
        let (unmet, fixed) = unmet(&hidden);
        let at = |one: &String| one == "invoice-order:line-prices";
        assert!(unmet.iter().any(at), "{quantity} {unit}: {unmet:?}");
        assert_eq!(fixed, none, "the buyer may waive it");
        let invoice_order = alone("invoice-order", &["order", "invoice"]);
        same_bits("billed twice", &invoice_order, &hidden);
    }
    let small = hundred("51", "B", json!("0.0001"), pieces.clone());
    assert_eq!(unmet(&small).0, ["invoice-order:line-prices"]);
    // the honest twin: the other fifty were delivered too
    let first = hundred("100", "A", json!("50"), pieces.clone());
    let second = hundred("100", "B", json!("50"), pieces);
    assert_eq!(unmet(&second).0, none);
    for said in together(&first, &second) {
        assert_eq!(said, none);
    }
}

#[test]
fn a_line_bills_one_line_of_the_order_at_no_more_than_its_price() {
    let at = |changes: &[(&'static str, Value)]| {
        let mut documents = hundred("100", "A", json!("50"), json!("C62"));
        for (pointer, value) in changes {
            change(&mut documents, "invoice", pointer, value);
        }
        let check = alone("invoice-order", &["order", "invoice"]);
        let said = not_met(&check, &documents);
        said.iter().any(|one| one == "line-prices")
    };
    assert!(!at(&[]));
    assert!(!at(&[("/lines/0/total", json!("500.01"))]));
    assert!(at(&[("/lines/0/total", json!("500.02"))]));
    // dear pieces beside cheap ones are dear all the same
    let cheap = line("50", "400.00", Some("1"));
    assert!(!at(&[("/lines/-", cheap.clone())]));
    assert!(at(&[
        ("/lines/-", cheap),
        ("/lines/0/total", json!("600.00"))
    ]));
    // of no line of the order, or of one that it does not have
    assert!(at(&[("/lines/0/order_line", Value::Null)]));
    assert!(at(&[("/lines/0/order_line", json!("2"))]));
    // a rebate is of no line, and bills nothing
    assert!(!at(&[("/lines/-", line("-1", "-10.00", None))]));
}

#[test]
fn every_invoice_of_an_order_says_what_its_lines_come_to() {
    let pieces = json!("C62");
    let first = hundred("100", "A", json!("50"), pieces.clone());
    let mut second = hundred("100", "B", json!("50"), pieces);
    change(&mut second, "invoice", "/totals/lines", &Value::Null);
    for said in together(&first, &second) {
        assert_eq!(said, ["totals"]);
    }
    for said in together(&second, &first) {
        assert_eq!(said, ["totals"]);
    }
}
