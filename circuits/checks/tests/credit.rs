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
        .filter(|one| one.standing == Fulfilment::NotMet);
    unmet.map(|one| one.id).collect()
}

fn vat(numbers: &[&str]) -> Value {
    let ids = numbers
        .iter()
        .map(|value| json!({"scheme": "vat", "value": value}));
    json!({"name": "Somebody", "ids": ids.collect::<Vec<_>>()})
}

const SELLER: &str = "NL859301746B01";

#[test]
fn it_passes_as_long_as_it_stays_within_the_credit() {
    let none: [&str; 0] = [];
    assert_eq!(unmet(&[], &[]), none, "an amount like the credit's");
    let less = [("/payable_amount", json!("0.01"))];
    assert_eq!(unmet(&[], &less), none);
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
    let beyond = [("/payable_amount", json!("21900.01"))];
    assert_eq!(unmet(&[], &beyond), ["within-amount"]);
    let small = [("/payable_amount", json!("21899.99"))];
    assert_eq!(unmet(&small, &[]), ["within-amount"]);
    for nothing in ["0.00", "-1.00"] {
        let nothing = [("/payable_amount", json!(nothing))];
        assert_eq!(unmet(&[], &nothing), ["within-amount"]);
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
