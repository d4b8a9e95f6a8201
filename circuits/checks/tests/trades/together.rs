//! The limits of an order's amounts, for one invoice and for several together; orders that state no totals; one
//! delivery under two spellings of its number.

use serde_json::{Value, json};

use super::billed_once::{hundred, together};
use super::same_bits;
use super::trades::{Documents, alone, change, not_met, unmet};

type Changes<'a> = &'a [(&'a str, Value)];

/// An order of a hundred pieces at ten with these changes, confirmed so, and an invoice of fifty of them with those.
fn half(id: &str, ordered: Changes<'_>, billed: Changes<'_>) -> Documents {
    let mut documents = hundred("100", id, json!("50"), json!("C62"));
    for (pointer, value) in ordered {
        change(&mut documents, "order", pointer, value);
        if !pointer.starts_with("/lines") {
            change(&mut documents, "confirmation", pointer, value);
        }
    }
    // what the changes come to, the payable amount says
    change(
        &mut documents,
        "invoice",
        "/totals/tax_inclusive",
        &Value::Null,
    );
    for (pointer, value) in billed {
        change(&mut documents, "invoice", pointer, value);
    }
    documents
}

/// What is not met of two such invoices together, each of which must be right by itself.
fn two_halves(ordered: Changes<'_>, billed: Changes<'_>) -> Vec<String> {
    let [first, second] = ["A", "B"].map(|id| half(id, ordered, billed));
    assert_eq!(unmet(&second).0, Vec::<String>::new(), "one by itself");
    let mut said = together(&first, &second);
    let last = said.pop().unwrap();
    assert!(said.iter().all(|one| *one == last), "{said:?}, {last:?}");
    last
}

fn amount(pointer: &str, amount: &str) -> (String, Value) {
    (pointer.to_owned(), json!(amount))
}

fn changes(of: &[(String, Value)]) -> Vec<(&str, Value)> {
    of.iter()
        .map(|(pointer, value)| (pointer.as_str(), value.clone()))
        .collect()
}

/// A total of the order, that of each of two invoices with what each asks for, and where both together stop.
#[track_caller]
fn limited(total: &str, ordered: &str, billed: &str, payable: &str, at: &[&str]) {
    let pointer = format!("/totals/{total}");
    let ordered = [amount(&pointer, ordered)];
    let billed = [amount(&pointer, billed), amount("/payable_amount", payable)];
    assert_eq!(two_halves(&changes(&ordered), &changes(&billed)), at);
}

#[test]
fn what_each_invoice_may_bill_all_together_may_bill_once() {
    // the order's discount, left out of both or shared by both
    let left_out = [("/totals/allowances", json!("200.00"))];
    assert_eq!(two_halves(&left_out, &[]), ["totals"]);
    limited("allowances", "200.00", "100.00", "400.00", &[]);
    // its freight, billed twice or in halves, and freight that it does not state
    limited("charges", "200.00", "200.00", "700.00", &["charges"]);
    limited("charges", "200.00", "100.00", "600.00", &[]);
    limited("charges", "0.00", "50.00", "550.00", &[]);
    limited(
        "third_party",
        "100.00",
        "100.00",
        "600.00",
        &["third-parties"],
    );
    limited("third_party", "100.00", "50.00", "550.00", &[]);
    limited("tax", "100.00", "100.00", "600.00", &["totals-taxed"]);
    limited("tax", "100.00", "50.00", "550.00", &[]);
}

#[test]
fn a_discount_is_not_made_up_for_by_freight() {
    let ordered = [
        ("/totals/allowances", json!("600.00")),
        ("/totals/charges", json!("200.00")),
    ];
    let said = |billed: Changes<'_>| unmet(&half("A", &ordered, billed)).0;
    let none = Vec::<String>::new();
    // 1000 less 600: without freight 400 are left, with freight 600
    let with_freight = [
        ("/totals/charges", json!("200.00")),
        ("/payable_amount", json!("700.00")),
    ];
    let stops = ["invoice-order:within-order", "invoices-in-order:totals"];
    assert_eq!(said(&with_freight), stops);
    assert_eq!(said(&[]), none, "the freight as a part of the lines");
    let less = [
        ("/totals/allowances", json!("100.00")),
        ("/totals/charges", json!("200.00")),
        ("/payable_amount", json!("600.00")),
    ];
    assert_eq!(said(&less), none);
}

/// Peppol's orders need not state totals, neither their own nor their lines'.
#[test]
fn an_order_that_states_no_totals_limits_by_its_lines() {
    let none = Vec::<String>::new();
    let silent = ("/totals", Value::Null);
    let bare = ("/lines/0/total", Value::Null);
    assert_eq!(two_halves(std::slice::from_ref(&silent), &[]), none);
    assert_eq!(two_halves(&[silent.clone(), bare.clone()], &[]), none);
    // a discount in the order's line
    let dearer = [silent.clone(), ("/lines/0/total", json!("900.00"))];
    assert_eq!(two_halves(&dearer, &[]), ["totals"]);
    // a hundred and ten of a hundred pieces
    let beyond = [
        ("/lines/0/quantity", json!("110")),
        ("/lines/0/total", json!("1100.00")),
        ("/totals/lines", json!("1100.00")),
        ("/payable_amount", json!("1100.00")),
    ];
    let at = |ordered: Changes<'_>, billed: Changes<'_>| {
        let documents = half("A", ordered, billed);
        let mut said = Vec::new();
        for (check, names) in [
            ("invoice-order", &["order", "invoice"][..]),
            ("invoices-in-order", &["order", "delivery", "invoice"]),
        ] {
            let check = alone(check, names);
            same_bits("no totals", &check, &documents);
            said.extend(not_met(&check, &documents));
        }
        said
    };
    let stops = [
        "within-order",
        "not-beyond-ordered",
        "not-beyond-delivered",
        "totals",
    ];
    assert_eq!(at(std::slice::from_ref(&silent), &beyond), stops);
    // no totals at all: what the lines were ordered for limits, by quantity and price
    let unstated = [silent.clone(), bare.clone()];
    assert_eq!(at(&unstated, &beyond), stops[..3]);
    let tolerated = [silent.clone(), bare.clone(), ("/tolerance", json!("10"))];
    assert_eq!(at(&tolerated, &beyond), ["not-beyond-delivered"]);
    // a discount of nobody knows how much: the lines alone do not limit
    let discounted = [("/totals", json!({"allowances": "1.00"})), bare];
    assert_eq!(at(&discounted, &[]), ["within-order", "totals"]);
}

#[test]
fn one_delivery_under_two_spellings_does_not_count_twice() {
    let mut documents = hundred("50", "A", json!("50"), json!("C62"));
    change(&mut documents, "delivery", "/id", &json!("W-1"));
    change(
        &mut documents,
        "invoice",
        "/despatch_references",
        &json!(["W-1"]),
    );
    let second = |id: &str| {
        let mut documents = documents.clone();
        let mut again = documents["delivery"][0].clone();
        again["id"] = json!(id);
        documents.get_mut("delivery").unwrap().push(again);
        for name in ["invoice-waybill", "invoices-in-order"] {
            let check = alone(name, &["order", "delivery", "invoice"]);
            same_bits("two spellings", &check, &documents);
        }
        unmet(&documents)
    };
    let twice =
        ["invoice-waybill", "invoices-in-order"].map(|one| format!("{one}:delivery.distinct"));
    for spelling in ["W 1", "w.1", "W-1"] {
        let (unmet, fixed) = second(spelling);
        assert_eq!(unmet, twice, "{spelling}");
        assert_eq!(fixed, Vec::<String>::new(), "the bank may waive it");
    }
    assert_eq!(second("W-2").0, Vec::<String>::new());
}
