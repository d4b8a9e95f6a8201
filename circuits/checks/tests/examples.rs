//! The standard checks on documents of this project's own: the demo's trade, and what `sealane check new` writes.
#![allow(clippy::unwrap_used)]

use sealane_checks::evaluate::Fulfilment;
use sealane_checks::standard::STANDARD;
use sealane_checks::{Evaluation, Handed, Instance, Sizes, read};
use sealane_documents::canonical;
use sealane_types::fields::FieldValue;
use sealane_types::schema::{CanonicalFields, FINANCEABLE, slot};

fn example(name: &str) -> CanonicalFields {
    let path = format!("{}/../../examples/{name}", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(path).unwrap();
    canonical(&sealane_documents::read(&bytes, name).unwrap()).unwrap()
}

fn evaluate(source: &str, names: &[&[&str]]) -> Evaluation {
    let check = read(source).unwrap();
    let fields: Vec<Vec<CanonicalFields>> = names
        .iter()
        .map(|names| names.iter().map(|name| example(name)).collect())
        .collect();
    let handed: Vec<Vec<Handed<'_>>> = fields
        .iter()
        .map(|fields| {
            fields
                .iter()
                .map(|fields| Handed {
                    fields,
                    sealer: None,
                    taken: &[],
                })
                .collect()
        })
        .collect();
    Instance::new(&check, Sizes::new(16, 2).unwrap())
        .unwrap()
        .evaluate(&handed)
        .unwrap()
}

fn standard(name: &str, names: &[&[&str]]) -> Vec<String> {
    let source = STANDARD
        .iter()
        .find(|standard| standard.name == name)
        .unwrap()
        .source;
    let said = evaluate(source, names);
    let failed = said
        .outcomes
        .iter()
        .filter(|outcome| outcome.fulfilment == Fulfilment::NotMet);
    failed
        .flat_map(|outcome| {
            outcome
                .discrepancies
                .iter()
                .map(|one| format!("{}: {one}", outcome.id))
        })
        .collect()
}

#[test]
fn what_new_writes_is_met() {
    let template = include_str!("../../../examples/checks/template.check");
    let files: [&[&str]; 3] = [
        &["checks/template.order.json"],
        &[
            "checks/template.delivery.1.json",
            "checks/template.delivery.2.json",
        ],
        &["checks/template.invoice.json"],
    ];
    let said = evaluate(template, &files);
    assert!(said.holds(), "{said:?}");
    let none = Vec::<String>::new();
    assert_eq!(standard("invoice-waybill", &files), none);
    assert_eq!(standard("invoices-in-order", &files), none);
    assert_eq!(standard("invoice-order", &[files[0], files[2]]), none);
}

#[test]
fn the_demos_trade() {
    let none = Vec::<String>::new();
    let (order, despatch) = (&["order.xml"][..], &["despatch-advice.xml"][..]);
    for invoice in ["invoice-ubl.xml", "invoice-cii.xml"] {
        let invoice = &[invoice][..];
        assert_eq!(standard("invoice-order", &[order, invoice]), none);
        assert_eq!(
            standard("invoice-despatch", &[order, despatch, invoice]),
            none
        );
        let credit = standard("credit-note", &[invoice, &["credit-note.xml"]]);
        assert_eq!(credit, none);
    }
    let said = standard(
        "letter-of-credit",
        &[&["letter-of-credit.json"], &["bill-of-lading.json"]],
    );
    assert_eq!(said, none);
    // the waybill is of another trade
    let said = standard(
        "invoice-waybill",
        &[order, &["waybill.xml"], &["invoice-ubl.xml"]],
    );
    assert!(
        said[0].starts_with("deliveries-name-order: the values differ"),
        "{said:?}"
    );
    let strange = |one: &String| {
        one.starts_with("deliveries-ordered: the values differ: 0, from delivery[0] lines[0].order_line = 4 of HV-77120")
    };
    assert!(
        said.iter().any(strange),
        "line 4 of another order is none of this one: {said:?}"
    );
    let beyond = |one: &String| one.starts_with("line-totals: ");
    assert!(said.iter().any(beyond), "{said:?}");
}

/// The checks' list of type codes is the financing statement's: what a trade accepts can be financed.
#[test]
fn the_type_codes_that_ask_for_payment_are_those_that_can_be_financed() {
    let mut invoice = example("invoice-ubl.xml");
    for (name, first) in [
        ("invoice-order", example("order.xml")),
        ("invoice-credit", example("letter-of-credit.json")),
    ] {
        let source = STANDARD.iter().find(|one| one.name == name).unwrap().source;
        let check = read(source).unwrap();
        let instance = Instance::new(&check, Sizes::new(16, 1).unwrap()).unwrap();
        for code in 0..1000 {
            invoice.header[slot::TYPE_CODE] = Some(FieldValue::Integer(code));
            let handed = [&first, &invoice].map(|fields| {
                vec![Handed {
                    fields,
                    sealer: None,
                    taken: &[],
                }]
            });
            let said = instance.evaluate(&handed).unwrap();
            let mut outcomes = said.outcomes.iter();
            let claim = outcomes.find(|one| one.id == "claim").unwrap();
            let financed = FINANCEABLE.contains(&u64::try_from(code).unwrap());
            assert_eq!(
                claim.fulfilment == Fulfilment::Met,
                financed,
                "{name}: {code}"
            );
        }
    }
}
