//! The requirements that documents bring, and documents that are not those of the check.
#![allow(clippy::unwrap_used)]

use crate::support::{declaration, ids, line, trade};
use sealane_checks::evaluate::{Evaluation, Fulfilment, Why};
use sealane_checks::standard::STANDARD;
use sealane_checks::typed::Check;
use sealane_checks::{HandError, Handed, Instance, Sizes, read};
use sealane_types::fields::{FieldValue, strict_number};
use sealane_types::schema::{CanonicalFields, Kind, slot};

fn evaluate(handed: &[Vec<Handed<'_>>], sizes: Sizes) -> Result<Evaluation, HandError> {
    let source = declaration("order.id = \"PO-1\"");
    let check = read(&source).unwrap();
    Instance::new(&check, sizes).unwrap().evaluate(handed)
}

fn eight() -> Sizes {
    Sizes::new(8, 2).unwrap()
}

fn waybill(number: &str) -> CanonicalFields {
    let mut waybill = trade(Kind::Waybill, number, Vec::new());
    waybill.header[slot::PAYEE_IDS] = ids(&["vat:C1"]);
    waybill
}

fn three() -> [CanonicalFields; 4] {
    let order = trade(Kind::Order, "PO-1", Vec::new());
    let invoice = trade(Kind::Invoice, "INV-1", Vec::new());
    [order, waybill("W-1"), waybill("W-2"), invoice]
}

fn unsealed(fields: &CanonicalFields) -> Handed<'_> {
    Handed {
        fields,
        sealer: None,
        taken: &[],
    }
}

fn fulfilment(said: &Evaluation, id: &str) -> (Fulfilment, Option<Why>) {
    let outcome = said.outcome(id).unwrap();
    (
        outcome.fulfilment,
        outcome.discrepancies.first().map(|found| found.why),
    )
}

#[test]
fn sealers_hold_every_identifier_of_their_party() {
    let [mut order, one, two, invoice] = three();
    order.header[slot::BUYER_IDS] = ids(&["vat:B1", "de-hr:HRB7@BONN"]);
    let own = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    let (buyer, part, carrier, seller) = (
        own(&["vat:X", "de-hr:HRB7@BONN", "vat:B1"]),
        own(&["vat:B1"]),
        own(&["vat:C1"]),
        own(&["vat:S1"]),
    );
    let handed = |by: &'_ [String], second: Option<&'_ [String]>| {
        let by = by.to_vec();
        let second = second.map(<[String]>::to_vec);
        let handed = [
            vec![Handed {
                fields: &order,
                sealer: Some(&by),
                taken: &[],
            }],
            vec![
                Handed {
                    fields: &one,
                    sealer: Some(&carrier),
                    taken: &[],
                },
                Handed {
                    fields: &two,
                    sealer: second.as_deref(),
                    taken: &[],
                },
            ],
            vec![Handed {
                fields: &invoice,
                sealer: Some(&seller),
                taken: &[],
            }],
        ];
        evaluate(&handed, eight()).unwrap()
    };
    let said = handed(&buyer, Some(&carrier));
    for id in [
        "order.sealer",
        "delivery.sealer",
        "invoice.sealer",
        "delivery.distinct",
    ] {
        assert_eq!(fulfilment(&said, id), (Fulfilment::Met, None), "{id}");
    }
    assert!(said.holds());
    let said = handed(&part, Some(&seller));
    assert_eq!(
        fulfilment(&said, "order.sealer"),
        (Fulfilment::NotMet, Some(Why::OtherSealer))
    );
    assert_eq!(
        fulfilment(&said, "delivery.sealer"),
        (Fulfilment::NotMet, Some(Why::OtherSealer))
    );
    let said = handed(&buyer, None);
    assert_eq!(
        fulfilment(&said, "delivery.sealer"),
        (Fulfilment::NotEvaluated, None)
    );
    assert_eq!(said.outcome("it").unwrap().fulfilment, Fulfilment::Met);
}

#[test]
fn a_seller_who_sealed_all_three_passes_nothing_that_names_another() {
    let [order, one, two, invoice] = three();
    let seller = ["vat:S1".to_owned()];
    let sealed = |fields| Handed {
        fields,
        sealer: Some(&seller),
        taken: &[],
    };
    let handed = [
        vec![sealed(&order)],
        vec![sealed(&one), sealed(&two)],
        vec![sealed(&invoice)],
    ];
    let said = evaluate(&handed, eight()).unwrap();
    assert_eq!(fulfilment(&said, "order.sealer").0, Fulfilment::NotMet);
    assert_eq!(fulfilment(&said, "delivery.sealer").0, Fulfilment::NotMet);
    assert_eq!(fulfilment(&said, "invoice.sealer").0, Fulfilment::Met);
    assert!(!said.holds());
}

/// A trade whose standard check is met, and what a seller who plays all roles makes of it.
#[test]
fn a_seller_who_names_himself_as_buyer_and_carrier_passes_no_standard_check() {
    let seller = vec!["vat:S1".to_owned()];
    let himself = || ids(&["vat:S1"]);
    let kinds = |check: &Check| {
        check
            .documents
            .iter()
            .map(|one| one.kind)
            .collect::<Vec<_>>()
    };
    for standard in STANDARD {
        if standard.name == "credit-note" {
            continue; // it names nobody but the seller
        }
        let check = read(standard.source).unwrap();
        let made = kinds(&check).into_iter().map(|kind| {
            let mut made = trade(kind, "N-1", Vec::new());
            for role in [slot::SELLER_IDS, slot::BUYER_IDS, slot::PAYEE_IDS] {
                made.header[role] = himself();
            }
            made
        });
        let made: Vec<CanonicalFields> = made.collect();
        let handed = made.iter().map(|fields| {
            vec![Handed {
                fields,
                sealer: Some(&seller),
                taken: &[],
            }]
        });
        let instance = Instance::new(&check, eight()).unwrap();
        let said = instance.evaluate(&handed.collect::<Vec<_>>()).unwrap();
        let sealed = check
            .documents
            .iter()
            .all(|one| fulfilment(&said, &format!("{}.sealer", one.name)).0 == Fulfilment::Met);
        assert!(sealed, "he sealed all of them, each as the party it names");
        let differ = fulfilment(&said, "parties-differ");
        assert_eq!(
            differ,
            (Fulfilment::NotMet, Some(Why::SameParty)),
            "{}",
            standard.name
        );
    }
}

#[test]
fn a_party_without_identifiers_sealed_nothing() {
    let [mut order, one, two, invoice] = three();
    order.header[slot::BUYER_IDS] = None;
    let anybody = vec!["vat:B1".to_owned()];
    let handed = [
        vec![Handed {
            fields: &order,
            sealer: Some(&anybody),
            taken: &[],
        }],
        vec![unsealed(&one), unsealed(&two)],
        vec![unsealed(&invoice)],
    ];
    let said = evaluate(&handed, eight()).unwrap();
    assert_eq!(
        fulfilment(&said, "order.sealer"),
        (Fulfilment::NotMet, Some(Why::Absent))
    );
}

#[test]
fn one_delivery_does_not_count_twice() {
    let [order, one, mut two, invoice] = three();
    let said = |one: &CanonicalFields, two: &CanonicalFields| {
        let handed = [
            vec![unsealed(&order)],
            vec![unsealed(one), unsealed(two)],
            vec![unsealed(&invoice)],
        ];
        fulfilment(&evaluate(&handed, eight()).unwrap(), "delivery.distinct")
    };
    assert_eq!(said(&one, &two), (Fulfilment::Met, None));
    let repeated = (Fulfilment::NotMet, Some(Why::Repeated));
    assert_eq!(said(&one, &one), repeated);
    let mut numbered = |number: &str| {
        two.header[slot::NUMBER] = Some(FieldValue::Number(strict_number(number)));
        said(&one, &two)
    };
    assert_eq!(numbered("w 1"), repeated, "one number, spelled twice");
    assert_eq!(numbered("W-2"), (Fulfilment::Met, None));
    two.header[slot::NUMBER] = None;
    assert_eq!(said(&one, &two), (Fulfilment::NotMet, Some(Why::Absent)));
    two.header[slot::NUMBER] = Some(FieldValue::Date(1));
    assert_eq!(
        said(&one, &two),
        (Fulfilment::NotMet, Some(Why::Unreadable))
    );
}

#[test]
fn documents_that_do_not_belong_are_refused() {
    let [order, one, two, mut invoice] = three();
    let all = |invoice: &CanonicalFields| {
        evaluate(
            &[
                vec![unsealed(&order)],
                vec![unsealed(&one), unsealed(&two)],
                vec![unsealed(invoice)],
            ],
            eight(),
        )
    };
    assert!(all(&invoice).is_ok());
    assert!(matches!(
        all(&two),
        Err(HandError::OtherKind {
            found: Kind::Waybill,
            expected: Kind::Invoice,
            ..
        })
    ));
    invoice.lines = vec![line(&[]); 8];
    assert!(all(&invoice).is_ok());
    invoice.lines = vec![line(&[]); 9];
    assert!(matches!(
        all(&invoice),
        Err(HandError::Lines {
            found: 9,
            limit: 8,
            ..
        })
    ));
    invoice.lines.clear();
    for version in [1, 3] {
        invoice.version = version;
        let refused = all(&invoice);
        assert!(
            matches!(refused, Err(HandError::OtherVersion { version: found, .. }) if found == version)
        );
    }
    let names = evaluate(&[vec![unsealed(&order)]], eight());
    assert!(matches!(
        names,
        Err(HandError::Names {
            expected: 3,
            found: 1
        })
    ));
    let [order, one, two, invoice] = three();
    for (waybills, fits) in [
        (vec![], false),
        (vec![&one], true),
        (vec![&one, &two, &one], false),
    ] {
        let waybills = waybills.into_iter().map(unsealed).collect();
        let said = evaluate(
            &[vec![unsealed(&order)], waybills, vec![unsealed(&invoice)]],
            eight(),
        );
        assert_eq!(said.is_ok(), fits);
    }
    let two_orders = evaluate(
        &[
            vec![unsealed(&order); 2],
            vec![unsealed(&one)],
            vec![unsealed(&invoice)],
        ],
        eight(),
    );
    assert!(matches!(
        two_orders,
        Err(HandError::Documents {
            found: 2,
            limit: 1,
            ..
        })
    ));
}

#[test]
fn sizes_are_those_of_records() {
    for (lines, documents, exists) in [
        (8, 1, true),
        (128, 8, true),
        (0, 1, false),
        (9, 1, false),
        (64, 1, false),
        (256, 1, false), // of records, and of no circuit
        (1024, 8, false),
        (8, 0, false),
        (8, 9, false),
    ] {
        assert_eq!(
            Sizes::new(lines, documents).is_some(),
            exists,
            "{lines} {documents}"
        );
    }
}
