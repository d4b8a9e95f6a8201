//! The invoice and the letter of credit that it draws on: what each requirement of *invoice-credit* refuses, and what it lets pass.
#![allow(clippy::unwrap_used)]

use sealane_checks::evaluate::Fulfilment;
use sealane_checks::standard::STANDARD;
use sealane_checks::{Handed, Instance, Sizes, read};
use sealane_documents::canonical;
use sealane_types::schema::CanonicalFields;
use serde_json::{Value, json};

const CREDIT: &str = include_str!("../../../examples/workflows/letter-of-credit/credit.json");
const INVOICE: &str = include_str!("../../../examples/workflows/letter-of-credit/invoice.json");

/// A document with values changed at JSON pointers; null takes one away.
fn with(text: &str, changes: &[(&str, Value)]) -> CanonicalFields {
    let mut document: Value = serde_json::from_str(text).unwrap();
    for (pointer, value) in changes {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = document.pointer_mut(parent).unwrap().as_object_mut();
        match value {
            Value::Null => parent.unwrap().remove(name),
            value => parent.unwrap().insert(name.to_owned(), value.clone()),
        };
    }
    let bytes = document.to_string().into_bytes();
    canonical(&sealane_documents::read(&bytes, "it.json").unwrap()).unwrap()
}

/// The requirements that are not met.
fn unmet(credit: &[(&str, Value)], invoice: &[(&str, Value)]) -> Vec<String> {
    let standard = STANDARD.iter().find(|one| one.name == "invoice-credit");
    let check = read(standard.unwrap().source).unwrap();
    let documents = [with(CREDIT, credit), with(INVOICE, invoice)];
    let handed = documents.each_ref().map(|fields| {
        vec![Handed {
            fields,
            sealer: None,
            taken: &[],
        }]
    });
    let instance = Instance::new(&check, Sizes::new(8, 1).unwrap()).unwrap();
    let outcomes = instance.evaluate(&handed).unwrap().outcomes;
    let unmet = outcomes
        .into_iter()
        .filter(|one| one.fulfilment == Fulfilment::NotMet);
    unmet.map(|one| one.id).collect()
}

fn vat(numbers: &[&str]) -> Value {
    let ids = numbers
        .iter()
        .map(|value| json!({"scheme": "vat", "value": value}));
    json!({"name": "Somebody", "ids": ids.collect::<Vec<_>>()})
}

/// An invoice of the credit's goods in one line, for this amount.
fn billing(amount: &str) -> Vec<(&'static str, Value)> {
    let goods = "Anchor chain 22 mm, grade U3, 12 drums";
    let line = json!({"id": "1", "item": goods, "quantity": "1", "unit": "C62", "price": amount, "total": amount});
    vec![
        ("/lines", json!([line])),
        ("/totals", json!({"lines": amount})),
        ("/payable_amount", json!(amount)),
    ]
}

const SELLER: &str = "NL859301746B01";

#[test]
fn it_passes_as_long_as_it_stays_within_the_credit() {
    let none: [&str; 0] = [];
    assert_eq!(unmet(&[], &[]), none, "an amount like the credit's");
    assert_eq!(unmet(&[], &billing("0.01")), none);
    let last_day = [("/issue_date", json!("2026-04-21"))];
    assert_eq!(unmet(&[], &last_day), none);
    let before_the_credit = [("/issue_date", json!("2026-01-02"))];
    assert_eq!(
        unmet(&[], &before_the_credit),
        none,
        "article 14 i of UCP 600"
    );
    let spelled = [("/order_references", json!(["cm 1186", "another"]))];
    assert_eq!(unmet(&[], &spelled), none);
    let one_of_two = [("/seller", vat(&["NL791101812B01", SELLER]))];
    assert_eq!(unmet(&[], &one_of_two), none);
}

#[test]
fn what_exceeds_the_credit_is_not_met() {
    assert_eq!(unmet(&[], &billing("21900.01")), ["within-amount"]);
    let small = [("/payable_amount", json!("21899.99"))];
    assert_eq!(unmet(&small, &[]), ["within-amount"]);
    for nothing in ["0.00", "-1.00"] {
        assert_eq!(unmet(&[], &billing(nothing)), ["within-amount"]);
    }
    let missing = [("/payable_amount", Value::Null)];
    assert_eq!(unmet(&missing, &[]), ["within-amount"]);
    let dollars = [("/currency", json!("USD"))];
    assert_eq!(unmet(&[], &dollars), ["same-currency", "within-amount"]);
    let late = [("/issue_date", json!("2026-04-22"))];
    assert_eq!(unmet(&[], &late), ["before-expiry"]);
    let open = [("/transport/expiry_date", Value::Null)];
    assert_eq!(unmet(&open, &[]), ["before-expiry"]);
}

#[test]
fn another_companys_credit_is_not_met() {
    let other = [("/seller", vat(&["NL791101812B01"]))];
    assert_eq!(unmet(&other, &[]), ["beneficiary-bills"]);
    let other = [("/buyer", vat(&["IT10387550410"]))];
    assert_eq!(unmet(&other, &[]), ["applicant-is-billed"]);
    let nobody = [("/buyer", json!({"name": "Somebody", "ids": []}))];
    assert_eq!(unmet(&[], &nobody), ["applicant-is-billed"]);
    let own = [("/payee", vat(&[SELLER]))];
    assert_eq!(
        unmet(&own, &[]),
        ["parties-differ"],
        "issued by its beneficiary"
    );
    let own = [("/buyer", vat(&[SELLER]))];
    assert_eq!(unmet(&own, &own), ["parties-differ"]);
}

#[test]
fn an_order_that_is_not_named_is_not_the_same() {
    let other = [("/order_references", json!(["CM-1187"]))];
    assert_eq!(unmet(&other, &[]), ["same-order"]);
    let second = [("/order_references", json!(["CM-1187", "CM-1186"]))];
    assert_eq!(unmet(&[], &second), ["same-order"], "checks see the first");
    let none = [("/order_references", Value::Null)];
    assert_eq!(unmet(&[], &none), ["same-order"]);
    let nothing: [&str; 0] = [];
    assert_eq!(unmet(&none, &[]), nothing, "the credit asks for none");
    assert_eq!(unmet(&none, &none), nothing);
}

#[test]
fn an_invoice_adds_up() {
    let none: [&str; 0] = [];
    let lines = [
        ("/lines/0/total", json!("1.00")),
        ("/lines/1/total", json!("1.00")),
    ];
    assert_eq!(unmet(&[], &lines), ["lines-total"]);
    let said = [lines.as_slice(), &[("/totals/lines", json!("2.00"))]].concat();
    assert_eq!(unmet(&[], &said), ["payable"]);
    let silent = [("/totals", Value::Null)];
    assert_eq!(unmet(&[], &silent), ["lines-total", "payable"]);
    let prepaid = [
        ("/totals/prepaid", json!("1900.00")),
        ("/payable_amount", json!("20000.00")),
    ];
    assert_eq!(unmet(&[], &prepaid), none);
    let no_lines = [("/lines", json!([]))];
    assert_eq!(unmet(&[], &no_lines), none, "goods in one description");
}

#[test]
fn what_the_credit_does_not_call_for_is_not_free_either() {
    let none: [&str; 0] = [];
    let free = |item: &str| {
        let mut changes = billing("21900.00");
        let lines = changes[0].1.as_array_mut().unwrap();
        lines.push(
            json!({"id": "2", "item": item, "quantity": "3", "unit": "C62", "total": "0.00"}),
        );
        changes
    };
    let oil = free("Gear oil, free of charge");
    assert_eq!(unmet(&[], &oil), ["free-goods"]);
    let called_for = free("ANCHOR CHAIN 22 mm grade U3 (12 drums)");
    assert_eq!(unmet(&[], &called_for), none);
    let listed = json!([
        {"id": "1", "item": "Anchor chain 22 mm, grade U3, 12 drums"},
        {"id": "2", "item": "gear oil - free of charge"},
    ]);
    assert_eq!(unmet(&[("/lines", listed)], &oil), none);
    // a rebate is no goods
    let rebate = [
        ("/lines/1/total", json!("-1110.00")),
        ("/totals/lines", json!("19680.00")),
        ("/payable_amount", json!("19680.00")),
    ];
    assert_eq!(unmet(&[], &rebate), none);
}

#[test]
fn quantities_are_the_credits_in_its_units() {
    let none: [&str; 0] = [];
    let listed = json!([
        {"id": "1", "item": "Anchor chain 22 mm, grade U3", "quantity": "660", "unit": "MTR"},
        {"id": "2", "item": "Joining shackle 22 mm"},
    ]);
    let credit = [("/lines", listed)];
    let billed = |quantity: &str, unit: &str| {
        let changes = [
            ("/lines/0/quantity", json!(quantity)),
            ("/lines/0/unit", json!(unit)),
        ];
        unmet(&credit, &changes)
    };
    assert_eq!(billed("660", "MTR"), none);
    assert_eq!(billed("100", "MTR"), none);
    assert_eq!(billed("693", "MTR"), none, "article 30 b of UCP 600");
    assert_eq!(billed("693.1", "MTR"), ["quantities"]);
    assert_eq!(billed("66", "KTM"), ["quantities"], "another unit");
    // more of the same goods, free of charge
    let more = json!({"id": "3", "item": "Anchor chain 22 mm grade U3", "quantity": "40", "unit": "MTR", "total": "0.00"});
    let mut lines: Value = serde_json::from_str(INVOICE).unwrap();
    let mut lines = lines["lines"].take();
    lines.as_array_mut().unwrap().push(more);
    assert_eq!(unmet(&credit, &[("/lines", lines)]), ["quantities"]);
}
