//! Each rule of arithmetic refuses an invoice that claims EN 16931 and breaks it, names the place, and only
//! warns of one that does not claim it.

use sealane_documents::{Class, read, to_json};
use serde_json::{Value, json};

fn example(name: &str) -> String {
    let path = format!("{}/../../examples/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).expect("the examples stand in the repository")
}

/// Element, which one of its kind, a wrong value just past what passes, the rule that breaks.
const CASES: [(&str, usize, &str, &str); 9] = [
    ("LineExtensionAmount", 0, "37062.86", "BR-CO-10"),
    ("AllowanceTotalAmount", 0, "640.01", "BR-CO-11"),
    ("ChargeTotalAmount", 0, "185.01", "BR-CO-12"),
    ("TaxExclusiveAmount", 0, "36607.84", "BR-CO-13"),
    ("TaxAmount", 0, "7641.00", "BR-CO-14"),
    ("TaxInclusiveAmount", 0, "44248.85", "BR-CO-15"),
    ("PayableAmount", 0, "44248.83", "BR-CO-16"),
    ("TaxAmount", 1, "7607.00", "BR-CO-17"),
    ("TaxableAmount", 0, "36220.05", "BR-S-08"),
];

fn broken(element: &str, which: usize, wrong: &str) -> String {
    let invoice = example("invoice-ubl.xml");
    let start = format!("<cbc:{element} currencyID=\"EUR\">");
    let (at, _) = invoice
        .match_indices(&start)
        .nth(which)
        .expect("the element stands there");
    let value_at = at + start.len();
    let end = value_at + invoice[value_at..].find('<').expect("the element ends");
    format!("{}{wrong}{}", &invoice[..value_at], &invoice[end..])
}

#[test]
fn each_rule_refuses_what_breaks_it() {
    for (element, which, wrong, rule) in CASES {
        let error = read(broken(element, which, wrong).as_bytes(), "broken.xml").expect_err(rule);
        let fault = error
            .faults
            .iter()
            .find(|fault| fault.rule == rule)
            .expect(rule);
        assert_eq!(fault.class, Class::Arithmetic);
        assert!(fault.place.path.ends_with(element), "{fault}");
        assert!(fault.place.position.is_some(), "{fault}");
    }
}

/// A fault in a tax says what it should be, with its sign; a negative rate is said to be one.
#[test]
fn a_wrong_tax_is_told_with_its_sign() {
    let said = |entry: &Value| {
        let mut invoice = with_all_amounts();
        invoice["taxes"] = json!([entry]);
        let error = read(invoice.to_string().as_bytes(), "tax.json").expect_err("a wrong tax");
        let fault = error.faults.iter().find(|fault| fault.rule == "BR-CO-17");
        fault.expect("BR-CO-17").problem.clone()
    };
    let entry = |taxable: &str, rate: &str, tax: &str| json!({"taxable": taxable, "tax": tax, "category": {"code": "S", "rate": rate}});
    let wrong = said(&entry("-100.00", "20", "-30.00"));
    assert_eq!(wrong, "-30.00 is not -100.00 × 20 %, which is -20.00");
    let negative = said(&entry("100.00", "-20", "-20.00"));
    assert!(negative.contains("-20 % is negative"), "{negative}");
}

/// The indicator of a charge, in any capitals: Java's and Python's writers differ.
#[test]
fn a_charge_indicator_is_read_in_any_capitals() {
    let plain = example("invoice-ubl.xml");
    let as_read =
        |text: &str| to_json(&read(text.as_bytes(), "said.xml").expect(text))["allowances"].clone();
    for (small, other) in [
        ("false", "FALSE"),
        ("false", "False"),
        ("true", "TRUE"),
        ("true", "1"),
        ("false", "0"),
    ] {
        let said = |word: &str| format!("ChargeIndicator>{word}<");
        assert!(plain.contains(&said(small)));
        assert_eq!(
            as_read(&plain.replace(&said(small), &said(other))),
            as_read(&plain),
            "{other}"
        );
    }
}

#[test]
fn without_the_claim_it_is_a_warning() {
    for (element, which, wrong, rule) in CASES {
        let text =
            broken(element, which, wrong).replace("urn:cen.eu:en16931:2017", "urn:example:plain");
        let document = read(text.as_bytes(), "plain.xml").expect(rule);
        assert!(
            document.warnings.iter().any(|warning| warning.rule == rule),
            "{rule}: {:?}",
            document.warnings
        );
    }
}

/// The example as JSON under EN 16931, with all amounts that the rules on decimals name, each with two.
fn with_all_amounts() -> Value {
    let document = read(example("invoice-ubl.xml").as_bytes(), "example.xml").expect("an example");
    let mut invoice = to_json(&document);
    invoice["customization"] = json!("urn:cen.eu:en16931:2017");
    invoice["totals"]["prepaid"] = json!("0.00");
    invoice["totals"]["rounding"] = json!("0.00");
    let own = |charge: bool| json!({"charge": charge, "amount": "1.00"});
    invoice["lines"][0]["allowances"] = json!([own(false), own(true)]);
    let rank = |one: &Value| one["charge"].as_bool();
    let allowances = invoice["allowances"].as_array_mut().expect("a list");
    allowances.sort_by_key(rank);
    assert_eq!(allowances.len(), 2, "an allowance and a charge");
    invoice
}

/// Where each amount stands, and the rule that allows it two decimals.
const DECIMALS: [(&str, &str); 16] = [
    ("/allowances/0/amount", "BR-DEC-01"),
    ("/allowances/1/amount", "BR-DEC-05"),
    ("/totals/lines", "BR-DEC-09"),
    ("/totals/allowances", "BR-DEC-10"),
    ("/totals/charges", "BR-DEC-11"),
    ("/totals/tax_exclusive", "BR-DEC-12"),
    ("/totals/tax", "BR-DEC-13"),
    ("/totals/tax_inclusive", "BR-DEC-14"),
    ("/totals/prepaid", "BR-DEC-16"),
    ("/totals/rounding", "BR-DEC-17"),
    ("/payable_amount", "BR-DEC-18"),
    ("/taxes/0/taxable", "BR-DEC-19"),
    ("/taxes/0/tax", "BR-DEC-20"),
    ("/lines/0/total", "BR-DEC-23"),
    ("/lines/0/allowances/0/amount", "BR-DEC-24"),
    ("/lines/0/allowances/1/amount", "BR-DEC-27"),
];

/// A third decimal, though it be a zero, which no sum sees.
#[test]
fn each_rule_on_decimals_refuses_a_third_one() {
    let invoice = with_all_amounts();
    read(invoice.to_string().as_bytes(), "two.json").expect("two decimals are taken");
    for (at, rule) in DECIMALS {
        let mut more = invoice.clone();
        let amount = more.pointer_mut(at).expect(at);
        let (whole, part) = amount.as_str().expect(at).split_once('.').expect(at);
        assert_eq!(part.len(), 2, "{at}");
        *amount = json!(format!("{whole}.{part}0"));
        let text = more.to_string();
        let error = read(text.as_bytes(), "three.json").expect_err(rule);
        let rules: Vec<&str> = error.faults.iter().map(|fault| fault.rule).collect();
        assert_eq!(rules, [rule], "{at}: {error}");
        let plain = text.replace("urn:cen.eu:en16931:2017", "urn:example:plain");
        read(plain.as_bytes(), "plain.json").expect("it binds under EN 16931 alone");
    }
}

#[test]
fn a_tax_less_than_one_unit_off_passes() {
    let text = broken("TaxAmount", 1, "7606.99");
    let error = read(text.as_bytes(), "near.xml")
        .map(|_| ())
        .expect_err("the total is another one");
    assert!(
        error.faults.iter().all(|fault| fault.rule == "BR-CO-14"),
        "{error}"
    );
}

#[test]
fn a_line_that_is_not_price_times_quantity_is_a_warning() {
    let text = example("invoice-ubl.xml").replacen(">14.20<", ">14.21<", 1);
    let refused = read(text.as_bytes(), "line.xml").expect_err("Peppol's rule binds");
    assert_eq!(refused.faults[0].rule, "PEPPOL-EN16931-R120");
    let text = text.replace("#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0", "");
    let document = read(text.as_bytes(), "line.xml").expect("it does not bind");
    let rules: Vec<&str> = document
        .warnings
        .iter()
        .map(|warning| warning.rule)
        .collect();
    assert_eq!(rules, ["SL-LINE-TOTAL"]);
}

#[test]
fn a_mandatory_field_that_is_missing_is_refused_by_its_rule() {
    for (start, end, rule) in [
        ("<cbc:ID>VF-2026-00418", "</cbc:ID>", "BR-02"),
        ("<cbc:IssueDate>", "</cbc:IssueDate>", "BR-03"),
        (
            "<cbc:DocumentCurrencyCode>",
            "</cbc:DocumentCurrencyCode>",
            "BR-05",
        ),
        ("<cbc:PayableAmount", "</cbc:PayableAmount>", "BR-15"),
        ("<cbc:InvoicedQuantity", "</cbc:InvoicedQuantity>", "BR-22"),
        ("<cac:Price>", "</cac:Price>", "BR-26"),
    ] {
        let invoice = example("invoice-ubl.xml");
        let from = invoice.find(start).expect(start);
        let to = from + invoice[from..].find(end).expect(end) + end.len();
        let text = format!("{}{}", &invoice[..from], &invoice[to..]);
        let error = read(text.as_bytes(), "missing.xml").expect_err(rule);
        assert!(
            error.faults.iter().any(|fault| fault.rule == rule),
            "{rule}: {error}"
        );
    }
}

#[test]
fn a_currency_that_is_not_in_use_is_refused_by_its_code() {
    let invoice = example("invoice-ubl.xml");
    let document = read(invoice.as_bytes(), "invoice.xml").expect("an invoice");
    for code in ["XXX", "XTS", "BTC", "DEM", "XAU", "eur"] {
        let xml = invoice.replace("EUR", code);
        let mut json = to_json(&document);
        json["currency"] = code.into();
        for text in [xml, json.to_string()] {
            let error = read(text.as_bytes(), "money").expect_err(code);
            let fault = error.faults.iter().find(|one| one.rule == "SL-CURRENCY");
            let problem = &fault.expect(code).problem;
            assert!(problem.contains(code), "{problem}");
        }
    }
}

/// Bulgaria has had the euro since 2026: an invoice of before may be in leva, a later one is a mistake.
#[test]
fn a_currency_that_was_replaced_is_refused_from_its_day_on() {
    let read_on = |date: &str| {
        let text = format!(
            r#"{{"kind":"Invoice","id":"R-7","issue_date":"{date}","currency":"BGN","payable_amount":"10.00","seller":{{"name":"A","ids":[]}},"buyer":{{"name":"B","ids":[]}},"lines":[]}}"#
        );
        read(text.as_bytes(), "bgn.json")
    };
    assert!(read_on("2025-12-31").is_ok());
    let refused = read_on("2026-01-01").expect_err("refused");
    assert_eq!(refused.faults[0].rule, "SL-CURRENCY");
    let problem = &refused.faults[0].problem;
    assert!(
        problem.contains("BGN is money no more since 2026-01-01"),
        "{problem}"
    );
}

#[test]
fn a_total_below_the_minor_unit_is_told() {
    let told = |payable: &str, currency: &str| {
        let plain = example("invoice-ubl.xml")
            .replace("urn:cen.eu:en16931:2017", "urn:example:plain")
            .replace(
                ">44248.84</cbc:PayableAmount>",
                &format!(">{payable}</cbc:PayableAmount>"),
            )
            .replace("EUR", currency);
        let document = read(plain.as_bytes(), "plain.xml").expect("it is read");
        let told = document.warnings.into_iter();
        let mut told = told.filter(|one| one.rule == "SL-MINOR-UNIT");
        let at = |end: &str, one: &sealane_documents::Warning| one.place.path.ends_with(end);
        told.find(|one| at("PayableAmount", one))
            .map(|one| one.problem)
    };
    let problem = told("119.50", "JPY").expect("no half yen");
    assert!(
        problem.contains("119.50 JPY") && problem.contains("has none"),
        "{problem}"
    );
    assert_eq!(told("119.00", "JPY"), None);
    assert_eq!(told("119.500", "EUR"), None);
    let problem = told("119.505", "EUR").expect("no half cent");
    assert!(problem.contains("at most 2"), "{problem}");
    assert_eq!(told("119.505", "KWD"), None);
}

/// What is told of amounts: the rules of the warnings of an invoice in JSON that claims no standard.
fn told(change: impl FnOnce(&mut Value)) -> Vec<&'static str> {
    let mut invoice = json!({
        "kind": "Invoice", "id": "R-7", "issue_date": "2026-03-01", "currency": "KWD", "payable_amount": "1210.125",
        "seller": {"name": "A", "country": "KW", "ids": []}, "buyer": {"name": "B", "ids": []},
        "totals": {"lines": "1000.000", "tax_exclusive": "1000.000", "tax": "210.125", "tax_inclusive": "1210.125"},
        "lines": [],
    });
    change(&mut invoice);
    let document = read(invoice.to_string().as_bytes(), "a.json").expect("it is read");
    let told = document.warnings.into_iter().map(|one| one.rule);
    told.filter(|rule| {
        rule.starts_with("BR-CO") || rule.starts_with("BR-S") || *rule == "SL-LINE-TOTAL"
    })
    .collect()
}

/// Sums have as many decimals as the currency, and without lines there is nothing to add up.
#[test]
fn right_amounts_are_not_blamed() {
    assert_eq!(told(|_| ()), [""; 0]);
    let line = |quantity: &str, price: &str, total: &str| json!({"id": "1", "item": "Dates", "quantity": quantity, "unit": "KGM", "price": price, "total": total});
    let with_lines = |invoice: &mut Value| {
        invoice["lines"] = json!([line("8", "125.000", "999.875"), line("1", "0.125", "0.125")]);
        invoice["lines"][0]["price"] = json!("124.984375");
    };
    assert_eq!(told(with_lines), [""; 0]);
    // a wrong sum is told all the same, to the last decimal
    let wrong = told(|invoice| invoice["payable_amount"] = json!("1210.126"));
    assert_eq!(wrong, ["BR-CO-16"]);
    let wrong = told(|invoice| {
        with_lines(invoice);
        invoice["lines"][1]["total"] = json!("0.126");
    });
    assert_eq!(wrong, ["BR-CO-10"]);
    // lines that say nothing of their tax are not held against the breakdown
    let taxed = |invoice: &mut Value| {
        with_lines(invoice);
        invoice["taxes"] = json!([{"taxable": "1000.000", "tax": "210.125", "category": {"code": "S", "rate": "21.0125"}}]);
        invoice["allowances"] = json!([]);
    };
    assert_eq!(told(taxed), [""; 0]);
    let tax = json!({"code": "S", "rate": "21.0125"});
    let wrong = told(|invoice| {
        taxed(invoice);
        invoice["lines"][0]["tax"] = tax.clone();
        invoice["lines"][1]["tax"] = json!({"code": "S", "rate": "5"});
        invoice["lines"][1]["total"] = json!("2.125");
        invoice["lines"][0]["total"] = json!("997.875");
        invoice["lines"][0]["quantity"] = Value::Null;
        invoice["lines"][1]["quantity"] = Value::Null;
    });
    assert_eq!(wrong, ["BR-S-08"]);
    // a yen has no hundredths, so that a line's total is whole
    let yen = |total: &str| {
        let lines = json!([line("3", "33.4", total)]);
        told(|invoice| {
            invoice["currency"] = json!("JPY");
            invoice["payable_amount"] = json!(total);
            invoice["totals"] = Value::Null;
            invoice["lines"] = lines;
        })
    };
    assert_eq!(yen("100"), [""; 0]);
    assert_eq!(yen("102"), ["SL-LINE-TOTAL"]);
}

#[test]
fn a_number_that_can_be_taken_for_another_is_refused() {
    let bytes = example("invoice-ubl.xml");
    for (number, why) in [
        ("INVҎ-1", "Latin and Cyrillic"),
        ("IN\u{200B}Ж-1", "Latin and Cyrillic"),
        ("inν-12", "Latin and Greek"),
        ("VF-1\u{E000}", "U+E000"),
        ("VF-1\u{378}", "U+0378"),
        ("VF-1\u{A7DD}", "U+A7DD"),
        ("INV\u{1000}12", "Myanmar"),
        ("VF-\u{9EA}", "looks like"),
    ] {
        let altered = bytes.replace("<cbc:ID>VF-2026-00418<", &format!("<cbc:ID>{number}<"));
        assert_ne!(bytes, altered);
        let refused = read(altered.as_bytes(), "invoice.xml").expect_err("refused");
        let [fault] = &refused.faults[..] else {
            panic!("{:?}", refused.faults);
        };
        assert_eq!(fault.rule, "SL-SIGNS");
        assert!(fault.place.path.ends_with("ID"), "{:?}", fault.place);
        assert!(fault.problem.contains(why), "{}", fault.problem);
    }
    for number in ["РО-12", "НАКЛАДНАЯ INV-1", "VF-1\u{FFF0}", "請求書INV12"] {
        let altered = bytes.replace("<cbc:ID>VF-2026-00418<", &format!("<cbc:ID>{number}<"));
        assert!(read(altered.as_bytes(), "invoice.xml").is_ok(), "{number}");
    }
    let json = |order: &str, id: &str| {
        let text = format!(
            r#"{{"kind":"Order","id":"PO-1","issue_date":"2026-03-01","seller":{{"name":"A","country":"CY","ids":[{{"scheme":"cy-reg","value":"{id}"}}]}},"buyer":{{"name":"B","ids":[]}},"order_references":["{order}"],"lines":[]}}"#
        );
        read(text.as_bytes(), "order.json").map_err(|refused| {
            let told = refused.faults.iter();
            told.map(|fault| (fault.rule, fault.place.path.clone()))
                .collect::<Vec<_>>()
        })
    };
    assert!(json("PO-7", "HE12345").is_ok());
    let told = json("POҎ-7", "HE12345").expect_err("refused");
    assert_eq!(told, [("SL-SIGNS", "order_references".to_owned())]);
    let told = json("PO-7", "HЖ12345").expect_err("refused");
    assert_eq!(told.first().map(|one| one.0), Some("SL-SIGNS"));
}

#[test]
fn a_number_that_names_nothing_is_no_number() {
    for number in ["N/A", "n/a", "---", "0", ".", "TBD", "XXX", "НЕТ"] {
        let bytes = example("invoice-ubl.xml");
        let altered = bytes.replace("<cbc:ID>VF-2026-00418<", &format!("<cbc:ID>{number}<"));
        assert_ne!(bytes, altered);
        let refused = read(altered.as_bytes(), "invoice.xml").expect_err("refused");
        let told: Vec<_> = refused
            .faults
            .iter()
            .map(|fault| (fault.rule, fault.problem.clone()))
            .collect();
        let problem = format!("the document's number {number:?} names nothing");
        assert_eq!(told, [("BR-02", problem)]);
    }
}

#[test]
fn an_identifier_with_a_letter_that_only_looks_right_is_refused() {
    let number = "NL868172637B01";
    for name in ["invoice-ubl.xml", "invoice-altered.xml"] {
        let bytes = example(name);
        for (other, letter) in [("NL868172637В01", "U+0412"), ("NL868172637Β01", "U+0392")] {
            let altered = bytes.replace(number, other);
            assert_ne!(bytes, altered);
            let refused = read(altered.as_bytes(), name).expect_err("refused");
            let told = |fault: &sealane_documents::Fault| {
                fault.rule == "SL-SIGNS" && fault.problem.contains(letter)
            };
            assert!(refused.faults.iter().any(told), "{:?}", refused.faults);
        }
        // a letter of ASCII in place of a digit: told, and no strict identity
        let altered = bytes.replace(number, "NL868172637BO1");
        let read = read(altered.as_bytes(), name).expect("read");
        let told = read.warnings.iter().any(|one| one.rule == "SL-ID-FORM");
        assert!(told, "{:?}", read.warnings);
    }
}
