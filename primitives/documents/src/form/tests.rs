#![allow(clippy::unwrap_used)]
use super::*;
use crate::to_json;

fn filled(kind: Kind, pairs: &[(&str, &str)]) -> Form {
    let mut form = Form::new(kind);
    for (key, value) in pairs {
        form.set(key, value).unwrap();
    }
    form
}

const INVOICE: [(&str, &str); 14] = [
    ("id", "VF-1"),
    ("issue_date", "2026-03-02"),
    ("seller.name", "Brugman B.V."),
    ("seller.ids", "nl-kvk:24381190"),
    ("seller.ids[1]", "lei:7245009AN2OPOC9U6N13"),
    ("buyer.name", "Havbryn Verft AS"),
    ("currency", "EUR"),
    ("payable_amount", "24.20"),
    ("order_references", "PO-71"),
    ("order_references", "PO-88, second part"),
    ("lines[0].id", "1"),
    ("lines[0].quantity", "2"),
    ("lines[0].price", "10"),
    ("lines[0].total", "20.00"),
];

#[test]
fn answers_become_the_document_that_files_become() {
    let document = filled(Kind::Invoice, &INVOICE).document().unwrap();
    assert_eq!(document.id, "VF-1");
    assert_eq!(document.order_references, ["PO-71", "PO-88, second part"]);
    assert_eq!(document.seller.ids.len(), 2);
    assert_eq!(document.lines.len(), 1);
    let written = to_json(&document).to_string();
    assert_eq!(read(written.as_bytes(), "written.json").unwrap(), document);
}

#[test]
fn what_is_missing_or_wrong_is_named_by_its_key() {
    for (left_out, _) in [INVOICE[0], INVOICE[1], INVOICE[6], INVOICE[7]] {
        let mut form = filled(Kind::Invoice, &INVOICE);
        form.clear(left_out);
        let error = form.document().unwrap_err();
        let fault = &error.faults[0];
        assert_eq!(fault.place, Place::field(left_out), "{fault}");
    }
    let mut form = filled(Kind::Invoice, &INVOICE);
    form.set("seller.nmae", "x").unwrap();
    let fault = form.document().unwrap_err().faults.remove(0);
    assert_eq!(fault.place, Place::field("seller.nmae"));
    assert!(
        fault.problem.contains("`name`") && !fault.problem.contains("column"),
        "{fault}"
    );
}

#[test]
fn a_value_that_its_key_cannot_hold_is_refused_with_what_would_be_right() {
    let mut form = Form::new(Kind::Invoice);
    for (key, value, right) in [
        ("issue_date", "2.3.2026", "2026-03-02"),
        ("issue_date", "2026-02-30", "2026-03-02"),
        ("lines[0].quantity", "1,5", "decimal number with a point"),
        ("currency", "euro", "EUR"),
        ("seller.ids", "24381190", "nl-kvk:24381190"),
        ("copy", "yes", "true or false"),
        ("id", " ", "VF-2026-00418"),
    ] {
        let error = form.set(key, value).unwrap_err().to_string();
        assert!(error.starts_with(key) && error.contains(right), "{error}");
    }
    assert!(form.answers.is_empty());
}

#[test]
fn keys_are_paths_without_gaps_and_each_once() {
    let mut form = filled(Kind::Order, &[("id", "1"), ("lines[0].id", "1")]);
    let refused = |form: &mut Form, key: &str| form.set(key, "1").unwrap_err();
    for key in [
        "",
        "ID",
        "lines[x].id",
        "lines[0",
        "lines.id",
        "lines[0].id.x",
        "seller[0].name",
        "a b",
        "id[0]",
        "kind",
    ] {
        let error = refused(&mut form, key);
        assert_eq!(error, FormError::Key { key: key.into() }, "{error}");
    }
    for key in ["id", "lines[0].id"] {
        assert_eq!(
            refused(&mut form, key),
            FormError::Twice { key: key.into() }
        );
    }
    for key in [
        "lines[2].id",
        "lines[18446744073709551615].id",
        "order_references[1]",
    ] {
        assert_eq!(refused(&mut form, key), FormError::Gap { key: key.into() });
    }
    form.set("lines[1].id", "2").unwrap();
}

#[test]
fn every_kind_has_its_questions_and_their_examples_are_right() {
    for kind in Kind::ALL {
        assert_eq!(super::kind(&kind.name().to_uppercase()), Some(kind));
        let mut form = Form::new(kind);
        let questions = questions(kind);
        for question in &questions {
            let key = question.key.replace("[]", "[0]");
            form.set(&key, question.example).unwrap();
        }
        form.clear("customization");
        let document = form.document().unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(document.kind, kind);
        let needed = questions.iter().filter(|question| question.needed);
        let needed: Vec<_> = needed.map(|question| question.key).collect();
        for key in needed {
            let mut form = form.clone();
            form.clear(&key.replace("[]", "[0]"));
            // The names of parties and a line's fields are needed under EN 16931 alone.
            let lenient = key.starts_with("lines") || key.ends_with("name");
            assert!(
                lenient || form.document().is_err(),
                "{kind:?} without {key}"
            );
        }
    }
    assert_eq!(super::kind("credit-note"), Some(Kind::CreditNote));
    assert_eq!(super::kind("bill_of_lading"), Some(Kind::BillOfLading));
    assert_eq!(super::kind("letter"), None);
}

#[test]
fn an_unknown_scheme_is_refused_with_those_that_are_known() {
    let mut form = Form::new(Kind::Invoice);
    form.set("seller.country", "DE").unwrap();
    let error = form.set("seller.ids", "vatt:DE129273380").unwrap_err();
    let said = error.to_string();
    assert!(said.contains("vatt") && said.contains("de-vat"), "{said}");
    form.set("seller.ids", "vat:DE129273398").unwrap();
    form.set("seller.ids", "x:AGENCY:77").unwrap();
}
