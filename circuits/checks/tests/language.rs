//! The language's limits and messages: what is refused, where, and with which advice.
#![allow(clippy::unwrap_used)]

use crate::support::declaration;
use sealane_checks::fault::position;
use sealane_checks::{Instance, Sizes, limits, parse, read};

/// What is said of a text that is no check.
#[track_caller]
fn refused(source: &str) -> String {
    match read(source) {
        Ok(_) => panic!("read: {source}"),
        Err(faults) => faults.render("my.check", source),
    }
}

#[track_caller]
fn refused_for(condition: &str, parts: &[&str]) {
    let said = refused(&declaration(condition));
    for part in parts {
        assert!(said.contains(part), "no {part:?} in\n{said}");
    }
}

#[test]
fn a_fault_has_its_line_a_caret_and_a_suggestion() {
    let said = refused(&declaration(
        "all sent in delivery.lines:\n    sent.quantiy > 0",
    ));
    let expected = "\
error: a line of Waybill has no field `quantiy`
 --> my.check:7:5
  |
7 |     sent.quantiy > 0
  |     ^^^^^^^^^^^^
  |
  = help: did you mean `quantity`?";
    assert_eq!(said, expected);
}

#[test]
fn what_cannot_be_meant_is_refused_with_advice() {
    for (condition, parts) in [
        (
            "ordr.id = \"1\"",
            &["nothing is called `ordr` here", "did you mean `order`?"][..],
        ),
        (
            "delivery.id = \"1\"",
            &["list of documents", "all one in delivery: one.id"],
        ),
        (
            "invoice.quantity > 0",
            &[
                "Invoice has no field `quantity`",
                "all line in invoice.lines: line.quantity",
            ],
        ),
        ("invoice.number = \"1\"", &["a document's number is `id`"]),
        (
            "invoice.order_references[1] = order.id",
            &["commits to the first reference"],
        ),
        ("order.id = invoice.order_references", &["write `[0]`"]),
        ("invoice = order", &["name a field of it"]),
        ("invoice.lines = order.lines", &["are lines"]),
        ("invoice.seller = order.seller", &["compared by `is`"]),
        (
            "invoice.currency is order.currency",
            &["`invoice.currency` is not a party"],
        ),
        (
            "invoice.transport.vessel = \"x\"",
            &["Invoice has no field `transport.vessel`"],
        ),
        ("invoice.currency = \"EURO\"", &["not a currency code"]),
        ("invoice.id = \"inv-1\"", &["write \"INV-1\""]),
        ("invoice.seller.name < order.seller.name", &["has no order"]),
        (
            "invoice.totals.lines = invoice.issue_date",
            &["an amount is not compared with a date"],
        ),
        (
            "invoice.issue_date within 3 of order.issue_date",
            &["write `3 days`"],
        ),
        (
            "invoice.totals.tax within 3 days of 1",
            &["these are not dates"],
        ),
        (
            "invoice.issue_date within 1.5 days of order.issue_date",
            &["days are whole"],
        ),
        ("invoice.type_code = 3.5", &["integers are whole"]),
        ("1 = 1", &["nothing is checked"]),
        ("invoice.totals.tax in (1, 2)", &["not looked up"]),
        (
            "all a in invoice.lines: all b in order.lines: a.price * a.total = 1",
            &["not multiplied"],
        ),
        (
            "all a in invoice.lines: a.price = a.total",
            &["multiply the price by a quantity"],
        ),
        (
            "sum(a.price * a.quantity for a in order.lines) = 1",
            &["compare line by line"],
        ),
        ("sum(1 for a in order.lines) = 1", &["count(x in"]),
        (
            "invoice.issue_date - order.issue_date = 1",
            &["within 30 days of"],
        ),
        ("invoice.issue_date + 30 = 2026-01-01", &["write `30 days`"]),
        (
            "invoice.totals.tax + invoice.type_code = 1",
            &["an integer is not added to an amount"],
        ),
        (
            "all order in invoice.lines: present order.id",
            &["stands for something already"],
        ),
        ("all a in invoice: present a.id", &["is one document"]),
        ("all a in invoice.line: present a.id", &["is not a list"]),
        (
            "all a in invoice.lines: all b in a.lines: present b.id",
            &["is not a list"],
        ),
        ("not present invoice.id", &["there is no negation"]),
        ("invoice.id \"x\"", &["expected a relation"]),
        (
            "invoice.totals.tax witin 1 of 1",
            &["did you mean `within`?"],
        ),
        (
            "all in in invoice.lines: present in.id",
            &["is a word of the language"],
        ),
        ("invoice.seller.name = \"x", &["does not end on its line"]),
        ("invoice.issue_date = 2026-02-30", &["no such day"]),
        ("invoice.totals.tax ≤ 3", &["write `<=`"]),
        (
            "invoice.totals.tax <= 12345678901234567890",
            &["at most 18 digits"],
        ),
        (
            "invoice.totals.tax <= 0.12345678901",
            &["10 after the point"],
        ),
        ("invoice.totals.tax = 1 * 2 * 3", &["two factors"]),
        (
            "invoice.totals.tax else 1 = 0",
            &["expected 0", "after `else`"],
        ),
        (
            "invoice.issue_date else 0 = order.issue_date",
            &["a date is never 0", "amounts, quantities and integers"],
        ),
        ("1 else 0 = invoice.type_code", &["expected a relation"]),
        (
            "invoice.totals.tax <= 1 within 1 minr",
            &["expected `%`, `days` or `minor`", "did you mean `minor`?"],
        ),
        (
            "invoice.totals.tax = 1 within 1 minor",
            &["after a limit", "`a within 1 minor of b`"],
        ),
        (
            "invoice.totals.tax <= 1 within 0.5 minor",
            &["minor units are whole"],
        ),
        (
            "invoice.type_code <= 1 within 1 minor",
            &["amounts alone have minor units"],
        ),
        (
            "invoice.issue_date <= order.issue_date within 5%",
            &["so many days apart"],
        ),
        (
            "invoice.totals.tax <= 1 within order.totals.tax",
            &["an amount is not a tolerance", "hundredths of a percent"],
        ),
        (
            "invoice.totals.tax like order.totals.tax",
            &["has no loose form", "other values by `=`"],
        ),
        (
            "invoice.buyer_reference like \"…\"",
            &["has a letter or a digit"],
        ),
        (
            "invoice.seller.name like \"x\"",
            &["a name has no loose form"],
        ),
        (
            "invoice.issue_date = order.issue_date + 100001 days",
            &["whole number up to 100000"],
        ),
        ("invoice.seller is 1", &["expected"]),
        ("(present invoice.id", &["expected `)`"]),
        ("present invoice.id)", &["the end of the file"]),
    ] {
        refused_for(condition, parts);
    }
}

#[test]
fn declarations_are_checked_as_a_whole() {
    let head = "check test version 1 \"A test.\"\n";
    for (source, part) in [
        (String::new(), "expected `check`"),
        ("chek a version 1 \"x\"".into(), "did you mean `check`?"),
        ("check a version 0 \"x\"".into(), "versions begin with 1"),
        ("check a version 1 \"\"".into(), "it is empty"),
        (head.into(), "about no document"),
        (
            format!("{head}document a is Order by buyer"),
            "requires nothing",
        ),
        (
            format!("{head}document a is Odrer by buyer"),
            "did you mean `Order`?",
        ),
        (
            format!("{head}document a is Order by carrier"),
            "names no party `carrier`",
        ),
        (
            format!("{head}document a is Waybill by carier"),
            "did you mean `carrier`?",
        ),
        (
            format!("{head}document a is Order by buyer document a is Order by buyer"),
            "a document `a` already",
        ),
        (
            format!(
                "{head}document a is Order by buyer require r \"s\" present a.id require r \"s\" present a.id"
            ),
            "a requirement `r` already",
        ),
        (
            format!("{head}document myOrder is Order by buyer"),
            "write `myorder`",
        ),
    ] {
        let said = refused(&source);
        assert!(said.contains(part), "no {part:?} in\n{said}");
    }
}

#[test]
fn several_faults_are_told_at_once() {
    let source = declaration("present order.idd require two \"Two.\" present invoice.idd");
    let faults = read(&source).unwrap_err();
    assert_eq!(faults.kept.len(), 2);
    assert_eq!(position(&source, faults.kept[0].span.start), (6, 9));
}

#[test]
fn what_is_too_large_is_refused() {
    let deep = format!(
        "{}present order.id{}",
        "(".repeat(100_000),
        ")".repeat(100_000)
    );
    assert!(refused(&declaration(&deep)).contains("at most 65536 bytes"));
    for depth in [limits::DEPTH, 20_000] {
        let deep = format!("{}present order.id{}", "(".repeat(depth), ")".repeat(depth));
        refused_for(&deep, &["deep inside one another"]);
    }
    let wide = vec!["present order.id"; limits::NODES].join(" or ");
    refused_for(&wide, &["at most"]);
    let chain = format!(
        "invoice.totals.tax = {}",
        vec!["1"; limits::NODES + 1].join("+")
    );
    refused_for(&chain, &["conditions and expressions"]);
    let many: String = (0..=limits::REQUIREMENTS)
        .map(|number| format!(" require r{number} \"s\" present order.id"))
        .collect();
    refused_for(
        &format!("present order.id {many}"),
        &["at most 64 requirements"],
    );
    let many: String = (0..=limits::DOCUMENTS)
        .map(|number| format!("document d{number} is Order by buyer "))
        .collect();
    assert!(refused(&format!("check a version 1 \"x\" {many}")).contains("at most 16 documents"));
    let long = "a".repeat(limits::NAME + 1);
    refused_for(&format!("present {long}.id"), &["at most 40 letters"]);
    let long = "a".repeat(limits::TEXT + 1);
    refused_for(
        &format!("order.seller.name = \"{long}\""),
        &["at most 512 bytes"],
    );
    refused_for(
        "order.seller.name = \"\u{1b}[2J\"",
        &["no control characters"],
    );
}

#[test]
fn nesting_up_to_the_limit_is_read() {
    // a requirement and each parenthesis are two deep
    let depth = limits::DEPTH / 2 - 1;
    let deep = format!("{}present order.id{}", "(".repeat(depth), ")".repeat(depth));
    assert!(read(&declaration(&deep)).is_ok());
}

fn bits(condition: &str, lines: usize, documents: usize) -> Result<u64, String> {
    let source = declaration(condition);
    let check = read(&source).unwrap_or_else(|faults| panic!("{}", faults.render("test", &source)));
    let instance = Instance::new(&check, Sizes::new(lines, documents).unwrap());
    instance
        .map(|instance| instance.bits())
        .map_err(|fault| fault.problem)
}

#[test]
fn bounds_are_those_of_the_specification() {
    let line_total =
        "all b in invoice.lines: all o in order.lines: b.total within 0.01 of o.price * o.quantity";
    assert_eq!(bits(line_total, 8, 1), Ok(174));
    let summed = "all b in invoice.lines: all o in order.lines: b.total within 0.01 of o.price * sum(s.quantity for s in delivery.lines)";
    assert_eq!(
        bits(summed, 128, 8).map_err(|said| said.contains("combinations")),
        Err(true)
    );
    let summed = "all o in order.lines: invoice.totals.lines within 0.01 of o.price * sum(s.quantity for s in delivery.lines)";
    assert_eq!(bits(summed, 128, 8), Ok(174));
    let products =
        "all o in order.lines: all b in invoice.lines: o.price * o.quantity = b.price * b.quantity";
    assert_eq!(bits(products, 128, 8), Ok(241));
    let summed = "all o in order.lines: o.price * o.quantity = o.price * sum(s.quantity for s in delivery.lines)";
    assert_eq!(bits(summed, 8, 8), Ok(247));
    assert_eq!(bits(summed, 128, 4), Ok(250));
    let refused = bits(summed, 128, 8).unwrap_err();
    assert!(refused.contains("could need 251 bits"), "{refused}");
    assert_eq!(
        bits("invoice.payable_amount = order.payable_amount", 8, 1),
        Ok(84)
    );
    assert_eq!(bits("present order.id", 8, 1), Ok(0));
}

#[test]
fn sums_of_sums_are_bounded_too() {
    let mut term = "x0.quantity".to_owned();
    for depth in 0..6 {
        term = format!("sum({term} for x{depth} in delivery.lines)");
    }
    let condition = format!("{term} > 0");
    assert!(
        bits(&condition, 128, 8)
            .unwrap_err()
            .contains("combinations")
    );
    assert_eq!(bits(&condition, 8, 1), Ok(80 + 6 * 3));
}

#[test]
fn comments_and_blanks_mean_nothing() {
    let plain = "check a version 1 \"x # y\" document d is Order by buyer require r \"s\" d.type_code in (-1, 2)";
    let spread = "# first\ncheck a\tversion 1\r\n\"x # y\" # second\ndocument d is Order by buyer\nrequire r \"s\"\n\n d . type_code in(-1,2)#last";
    assert_eq!(parse(plain).unwrap(), parse(spread).unwrap());
}
