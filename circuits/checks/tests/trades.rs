//! Whole trades with an examiner's verdict, and what an attacker makes of the honest ones: the standard workflows' checks, evaluated
//! and compiled, come to the examiner's answer.
#![allow(clippy::unwrap_used)]

#[path = "trades/billed_once.rs"]
mod billed_once;
#[path = "trades/together.rs"]
mod together;
use crate::trade_files as trades;

use crate::circuit::{Party, claim, natively, records, run};
use sealane_checks::compile::Plan;
use sealane_checks::{Instance, Sizes};
use sealane_gadgets::{Mode, System};
use serde_json::{Value, json};
use trades::{
    Documents, change, documents, names, party, required, sealed, unmet, verdict, workflow,
};

/// Where a trade stops: the requirements that an examiner would name.
const STOPS: [(&str, &[&str]); 11] = [
    (
        "confirmed-with-changes-unsaid",
        &["order-response:changes-said"],
    ),
    ("lc-bill-of-other-goods", &["invoice-bill:goods"]),
    ("lc-copy-of-a-bill", &["letter-of-credit:original"]),
    (
        "lc-invoice-of-other-goods",
        &["invoice-credit:goods", "invoice-bill:goods"],
    ),
    ("lc-late-shipment", &["letter-of-credit:shipped-in-time"]),
    (
        "more-and-less",
        &[
            "invoice-waybill:line-totals",
            "invoices-in-order:not-beyond-ordered",
            "invoices-in-order:not-beyond-delivered",
        ],
    ),
    (
        "one-piece-delivered",
        &[
            "invoice-waybill:line-totals",
            "invoices-in-order:not-beyond-delivered",
        ],
    ),
    ("payable-above-total", &["invoice-order:payable"]),
    (
        "payable-beyond-everything",
        &["invoice-order:lines-total", "invoice-order:payable"],
    ),
    (
        "waybill-of-strangers",
        &[
            "invoices-in-order:shipper",
            "invoices-in-order:consignee",
            "invoices-in-order:deliveries-dated",
        ],
    ),
    ("nothing", &[]),
];

#[test]
fn every_trade_comes_out_as_its_examiner_says() {
    let all = names();
    assert_eq!(all.len(), 20);
    for name in all {
        let said = verdict(&name);
        let stops = STOPS.iter().find(|(stopped, _)| *stopped == name);
        let expected: &[&str] = stops.map_or(&[], |(_, at)| at);
        let (unmet, fixed) = unmet(&documents(&name));
        assert_eq!(unmet, expected, "{name}: {}", said["why"]);
        let right = if unmet.is_empty() { "pass" } else { "stop" };
        assert_eq!(said["right"], right, "{name}");
        assert_eq!(
            fixed,
            Vec::<String>::new(),
            "{name}: somebody may waive each"
        );
    }
}

#[test]
fn the_circuits_say_the_same() {
    for name in names() {
        let documents = documents(&name);
        for required in required(workflow(&documents)) {
            same_bits(&name, &required, &documents);
        }
    }
}

fn same_bits(name: &str, required: &trades::Required, documents: &Documents) {
    let check = &required.check.name;
    let (system, bits, native) = compiled(Mode::Values, 8, required, documents);
    assert_eq!(bits, native, "{name}: {check}");
    assert_eq!(system.broken(), Vec::<&str>::new(), "{name}");
}

/// A check's circuit over documents, its bits, and those of the evaluation.
fn compiled(
    mode: Mode,
    lines: usize,
    required: &trades::Required,
    documents: &Documents,
) -> (System, Vec<bool>, Vec<bool>) {
    let check = &required.check;
    let sealed = sealed(required, documents);
    let longest = sealed.iter().map(Vec::len).max().unwrap();
    let instance = Instance::new(check, Sizes::new(lines, longest).unwrap()).unwrap();
    let plan = Plan::of(&instance);
    let handed: Vec<Vec<Party<'_>>> = sealed
        .iter()
        .zip(&check.documents)
        .map(|(list, declared)| {
            let slot = declared.sealer.field().slot;
            let parties = list.iter().map(|fields| Party {
                fields,
                sealer: party(fields, slot),
            });
            parties.collect()
        })
        .collect();
    let records = records(&plan, &handed);
    let native = natively(&instance, &plan, &handed, &records);
    let (statement, witnesses) = claim(&plan, &records, native.clone());
    let (system, bits) = run(mode, &instance, &plan, &statement, &witnesses);
    (system, bits, native)
}

/// A domain of 2^16 holds the rows and the few that the proof system adds.
#[test]
fn each_check_of_a_sale_fits_a_domain_at_eight_lines_and_invoice_waybill_at_sixteen() {
    let documents = documents("honest");
    for required in required(workflow(&documents)) {
        let rows = [8, 16].map(|lines| {
            let (system, ..) = compiled(Mode::Rows, lines, &required, &documents);
            system.rows().len()
        });
        println!("{}: {rows:?} rows at 8 and 16 lines", required.check.name);
        let name = required.check.name.as_str();
        assert!(rows[0] < 65_500, "{name}: {rows:?}");
        assert!(name != "invoice-waybill" || rows[1] < 65_500, "{rows:?}");
    }
}

/// What is not met of an honest trade with changes: `(document, pointer, value)`.
fn with(trade: &str, changes: &[(&str, &str, Value)]) -> Vec<String> {
    let mut documents = documents(trade);
    for (name, pointer, value) in changes {
        change(&mut documents, name, pointer, value);
    }
    unmet(&documents).0
}

/// The invoice's totals, all as so much without tax.
fn billed(amount: &str) -> Vec<(&'static str, &'static str, Value)> {
    let totals =
        json!({"lines": amount, "tax_exclusive": amount, "tax": "0.00", "tax_inclusive": amount});
    vec![
        ("invoice", "/totals", totals),
        ("invoice", "/payable_amount", json!(amount)),
    ]
}

fn line(quantity: &str, total: &str, order_line: Option<&str>) -> Value {
    let mut line = json!({"id": "9", "item": "Something", "quantity": quantity, "unit": "C62", "price": "1", "total": total});
    if let Some(order_line) = order_line {
        line["order_line"] = json!(order_line);
    }
    line
}

#[track_caller]
fn stops(trade: &str, changes: &[(&str, &str, Value)], at: &[&str]) {
    let unmet = with(trade, changes);
    for requirement in at {
        assert!(
            unmet.iter().any(|one| one == requirement),
            "{requirement}: {unmet:?}"
        );
    }
}

#[track_caller]
fn passes(trade: &str, changes: &[(&str, &str, Value)]) {
    assert_eq!(with(trade, changes), Vec::<String>::new(), "{changes:?}");
}

#[test]
fn lines_that_bill_nothing_or_take_back_are_free_and_make_no_room() {
    // a returned pallet, and a rebate on no line of the order
    let mut changes = billed("11280.00");
    changes.push(("invoice", "/lines/-", line("-2", "-20.00", None)));
    passes("honest", &changes);
    // the rebate does not pay for twenty pieces that nobody delivered
    let mut changes = billed("11300.00");
    changes.push(("invoice", "/lines/-", line("-20", "-425.00", Some("1"))));
    changes.push(("invoice", "/lines/-", line("20", "425.00", Some("1"))));
    stops(
        "honest",
        &changes,
        &[
            "invoices-in-order:not-beyond-delivered",
            "invoice-waybill:line-totals",
        ],
    );
    // a line of no quantity that costs something
    let mut changes = billed("11310.00");
    changes.push(("invoice", "/lines/1/quantity", json!("0")));
    changes.push(("invoice", "/lines/1/total", json!("2810.00")));
    stops("honest", &changes, &["invoice-waybill:line-totals"]);
    // one that is on no line of the order
    let mut changes = billed("11400.00");
    changes.push(("invoice", "/lines/-", line("0", "100.00", None)));
    stops(
        "honest",
        &changes,
        &[
            "invoice-waybill:lines-ordered",
            "invoice-order:within-order",
        ],
    );
    // one line of the order on two lines of the invoice
    let mut changes = billed("11300.00");
    changes.push(("invoice", "/lines/1/quantity", json!("1000")));
    changes.push(("invoice", "/lines/1/total", json!("1750.00")));
    changes.push(("invoice", "/lines/-", line("600", "1050.00", Some("2"))));
    passes("honest", &changes);
}

#[test]
fn what_is_declared_explains_an_amount_only_within_bounds() {
    let totals = |more: Value| {
        let mut totals = json!({"lines": "11300.00", "tax_exclusive": "11300.00", "tax": "0.00", "tax_inclusive": "11300.00"});
        for (key, value) in more.as_object().unwrap() {
            totals[key] = value.clone();
        }
        totals
    };
    let invoice = |more: Value, payable: &str| {
        vec![
            ("invoice", "/totals", totals(more)),
            ("invoice", "/payable_amount", json!(payable)),
        ]
    };
    passes("honest", &invoice(json!({"rounding": "0.05"}), "11300.05"));
    let freight =
        json!({"charges": "300.00", "tax_exclusive": "11600.00", "tax_inclusive": "11600.00"});
    passes("honest", &invoice(freight, "11600.00"));
    let rebate =
        json!({"allowances": "300.00", "tax_exclusive": "11000.00", "tax_inclusive": "11000.00"});
    passes("honest", &invoice(rebate, "11000.00"));
    let beyond = "9999999.00";
    for (more, at) in [
        (json!({"rounding": "9988699.00"}), "invoice-order:rounding"),
        (
            json!({"third_party": "9988699.00"}),
            "invoice-order:third-parties",
        ),
        (
            json!({"prepaid": "-9988699.00"}),
            "invoice-order:deductions",
        ),
        (
            json!({"tax": "9988699.00", "tax_inclusive": beyond}),
            "invoice-order:tax",
        ),
        (
            json!({"charges": "9988699.00", "tax_exclusive": beyond, "tax_inclusive": beyond}),
            "invoice-order:charges",
        ),
        (
            json!({"allowances": "-9988699.00", "tax_exclusive": beyond, "tax_inclusive": beyond}),
            "invoice-order:deductions",
        ),
        (json!({}), "invoice-order:payable"),
    ] {
        stops("honest", &invoice(more, beyond), &[at]);
    }
    stops("honest", &billed("0.00"), &["invoice-order:payable"]);
    stops(
        "honest",
        &invoice(json!({"prepaid": "11301.00"}), "-1.00"),
        &["invoice-order:payable"],
    );
}

#[test]
fn an_order_is_a_limit_from_above_with_the_tolerance_that_it_agrees_to() {
    let more = || {
        let mut changes = billed("11351.25");
        changes.push(("delivery", "/lines/0/quantity", json!("402")));
        changes.push(("delivery", "/lines/1/quantity", json!("1605")));
        changes.push(("invoice", "/lines/0/quantity", json!("402")));
        changes.push(("invoice", "/lines/0/total", json!("8542.50")));
        changes.push(("invoice", "/lines/1/quantity", json!("1605")));
        changes.push(("invoice", "/lines/1/total", json!("2808.75")));
        changes
    };
    stops(
        "honest",
        &more(),
        &[
            "invoice-order:within-order",
            "invoices-in-order:not-beyond-ordered",
            "invoices-in-order:totals",
        ],
    );
    let mut agreed = more();
    agreed.push(("order", "/tolerance", json!("5")));
    passes("honest", &agreed);
    let mut less = more();
    less.push(("order", "/tolerance", json!("0.1")));
    stops(
        "honest",
        &less,
        &[
            "invoice-order:within-order",
            "invoices-in-order:not-beyond-ordered",
        ],
    );
}

#[test]
fn a_pro_forma_or_a_type_that_is_not_understood_asks_for_no_payment() {
    for code in ["325", "553", "Zwischenstand"] {
        let stated = [("invoice", "/type_code", json!(code))];
        stops("honest", &stated, &["invoice-order:claim"]);
        stops("lc-honest", &stated, &["invoice-credit:claim"]);
    }
    for code in ["380", "386", "389", "393"] {
        passes("honest", &[("invoice", "/type_code", json!(code))]);
        passes("lc-honest", &[("invoice", "/type_code", json!(code))]);
    }
    passes("honest", &[("invoice", "/type_code", Value::Null)]);
}

#[test]
fn another_currency_order_delivery_or_party_is_none_of_the_trades() {
    stops(
        "honest",
        &[("invoice", "/currency", json!("KWD"))],
        &[
            "invoice-order:same-currency",
            "invoice-order:within-order",
            "invoice-waybill:line-totals",
        ],
    );
    stops(
        "honest",
        &[("invoice", "/order_references", json!(["TR-90118"]))],
        &["invoice-order:names-order"],
    );
    stops(
        "honest",
        &[("invoice", "/despatch_references", json!(["SS-2208"]))],
        &["invoices-in-order:names-delivery"],
    );
    stops(
        "honest",
        &[("delivery", "/order_references", json!(["TR-90118"]))],
        &["invoice-waybill:deliveries-name-order"],
    );
    stops(
        "honest",
        &[("delivery", "/issue_date", json!("2026-04-16"))],
        &["invoices-in-order:deliveries-dated"],
    );
    let stranger =
        json!({"name": "Other Works AB", "ids": [{"scheme": "vat", "value": "SE559659653501"}]});
    for (document, party, at) in [
        ("invoice", "/seller", "invoice-order:same-seller"),
        ("invoice", "/buyer", "invoice-order:same-buyer"),
        ("order", "/seller", "invoice-order:same-seller"),
        ("confirmation", "/buyer", "order-response:same-buyer"),
        ("delivery", "/seller", "invoices-in-order:shipper"),
        ("delivery", "/buyer", "invoices-in-order:consignee"),
    ] {
        stops("honest", &[(document, party, stranger.clone())], &[at]);
    }
    let seller = json!({"name": "Norrbro Verkstad AB", "ids": [{"scheme": "vat", "value": "SE559416430201"}]});
    stops(
        "honest",
        &[("delivery", "/payee", seller)],
        &["invoice-waybill:parties-differ"],
    );
}

#[test]
fn minor_units_are_the_currencys() {
    let dinars = |payable: &str| {
        let mut changes = billed("11300.000");
        for document in ["order", "confirmation", "invoice"] {
            changes.push((document, "/currency", json!("KWD")));
        }
        changes.push(("invoice", "/payable_amount", json!(payable)));
        with("honest", &changes)
    };
    assert_eq!(dinars("11300.001"), Vec::<String>::new());
    assert_eq!(dinars("11300.002"), ["invoice-order:payable"]);
    assert_eq!(
        with("yen", &[("invoice", "/payable_amount", json!("334"))]),
        Vec::<String>::new()
    );
    assert_eq!(
        with("yen", &[("invoice", "/payable_amount", json!("335"))]),
        ["invoice-order:payable"]
    );
    assert_eq!(
        with(
            "honest",
            &[("invoice", "/payable_amount", json!("11300.02"))]
        ),
        ["invoice-order:payable"]
    );
}

#[test]
fn a_line_that_the_seller_refuses_is_not_accepted() {
    let status = |status: &str| {
        with(
            "honest",
            &[("confirmation", "/lines/0/status", json!(status))],
        )
    };
    assert_eq!(status("5"), Vec::<String>::new());
    assert_eq!(status("7"), ["order-response:lines-accepted"]);
}

/// Peppol's words and UNTDID's numbers are one vocabulary, of the answer as a whole and of its lines.
#[test]
fn an_answer_in_peppols_words_says_what_its_number_says() {
    let answer = |code: Value, status: &str| {
        let line = ("confirmation", "/lines/0/status", json!(status));
        with("honest", &[("confirmation", "/type_code", code), line])
    };
    for accepted in ["AP", "29", "CA", "30"] {
        for line in ["5", "AP", "3", "CA"] {
            let unmet = answer(json!(accepted), line);
            assert_eq!(unmet, Vec::<String>::new(), "{accepted}, {line}");
        }
        for line in ["7", "RE"] {
            let unmet = answer(json!(accepted), line);
            assert_eq!(
                unmet,
                ["order-response:lines-accepted"],
                "{accepted}, {line}"
            );
        }
    }
    // refused; received, which is no acceptance; Order-X's type code, which says neither; nothing
    for not in [
        json!("RE"),
        json!("27"),
        json!("AB"),
        json!("231"),
        Value::Null,
    ] {
        let unmet = answer(not.clone(), "5");
        assert!(
            unmet.iter().any(|one| one == "order-response:accepted"),
            "{not}: {unmet:?}"
        );
    }
    // changes that no line says
    let unsaid = [
        ("confirmation", "/type_code", json!("CA")),
        ("confirmation", "/lines", json!([])),
    ];
    stops("honest", &unsaid, &["order-response:changes-said"]);
}

#[test]
fn a_letter_of_credit_pays_for_its_goods_and_no_more_than_its_amount() {
    passes(
        "lc-honest",
        &[(
            "invoice",
            "/transport/goods",
            json!("BEARING HOUSINGS and seal-rings, 60mm."),
        )],
    );
    passes(
        "lc-honest",
        &[("bill", "/transport/port_of_loading", json!("GÖTEBORG"))],
    );
    stops(
        "lc-honest",
        &[("bill", "/transport/port_of_loading", json!("Malmö"))],
        &["letter-of-credit:ports"],
    );
    stops(
        "lc-honest",
        &[("invoice", "/transport", Value::Null)],
        &["invoice-credit:goods"],
    );
    stops(
        "lc-honest",
        &[("invoice", "/payable_amount", json!("11300.01"))],
        &["invoice-credit:within-amount"],
    );
    stops(
        "lc-honest",
        &[("invoice", "/issue_date", json!("2026-05-12"))],
        &["invoice-credit:before-expiry"],
    );
    stops(
        "lc-honest",
        &[("invoice", "/copy", json!(true))],
        &["invoice-credit:original"],
    );
    stops(
        "lc-honest",
        &[("bill", "/lines/0/quantity", json!("1"))],
        &["invoice-bill:quantities"],
    );
    // kilograms on the bill do not say how many pieces were shipped, and no quantity says nothing of them
    let shipped = |quantity: Value, unit: Value| {
        let line = json!({"id": "1", "item": "bearing housing, 60 mm", "quantity": quantity, "unit": unit});
        with("lc-honest", &[("bill", "/lines/0", line)])
    };
    assert_eq!(
        shipped(json!("900"), json!("KGM")),
        ["invoice-bill:quantities"]
    );
    assert_eq!(shipped(Value::Null, Value::Null), Vec::<String>::new());
    for (unit, at) in [("C62", None), ("H87", Some("invoice-bill:quantities"))] {
        let billed = [
            ("invoice", "/lines/0/unit", json!(unit)),
            ("invoice", "/lines/1/unit", json!(unit)),
        ];
        let at: Vec<&str> = at.into_iter().collect();
        assert_eq!(with("lc-honest", &billed), at, "{unit}");
    }
    // a bill without a notation on board: its date of issue is that of shipment (20 a ii)
    let without = ("bill", "/transport/shipment_date", Value::Null);
    let issued = |day: &str| ("bill", "/issue_date", json!(day));
    passes("lc-honest", &[without.clone(), issued("2026-04-20")]);
    let late = "letter-of-credit:shipped-in-time";
    assert_eq!(with("lc-honest", &[without, issued("2026-04-21")]), [late]);
    passes("lc-honest", &[issued("2026-04-21")]);
    let stranger =
        json!({"name": "Other Works AB", "ids": [{"scheme": "vat", "value": "SE559659653501"}]});
    stops(
        "lc-honest",
        &[("invoice", "/seller", stranger.clone())],
        &["invoice-credit:beneficiary-bills"],
    );
    stops(
        "lc-honest",
        &[("invoice", "/buyer", stranger)],
        &["invoice-credit:applicant-is-billed"],
    );
}

#[test]
fn services_are_financed_by_what_the_buyer_accepted() {
    let services = |quantity: &str, rejected: Value| {
        let mut documents = documents("honest");
        let mut acceptance = documents.remove("delivery").unwrap();
        acceptance[0]["kind"] = json!("ReceiptAdvice");
        acceptance[0].as_object_mut().unwrap().remove("payee");
        documents.insert("acceptance".into(), acceptance);
        change(
            &mut documents,
            "acceptance",
            "/lines/0/quantity",
            &json!(quantity),
        );
        change(
            &mut documents,
            "acceptance",
            "/lines/0/rejected_quantity",
            &rejected,
        );
        unmet(&documents).0
    };
    assert_eq!(services("400", Value::Null), Vec::<String>::new());
    assert_eq!(services("410", json!("10")), Vec::<String>::new());
    let short = [
        "invoice-receipt:line-totals",
        "quantities-receipt:not-beyond-delivered",
    ];
    assert_eq!(services("399", Value::Null), short);
    assert_eq!(services("400", json!("1")), short);
}
