//! Every operator: satisfied, violated, at the edge, at the largest scale, with missing, duplicate and negative values.
#![allow(clippy::unwrap_used)]

use crate::support;

use crate::support::{Trade, about, euros, ids, line, money, price, quantity, sent, text, trade};
use sealane_checks::evaluate::Why;
use sealane_types::fields::FieldValue;
use sealane_types::schema::{Kind, line_slot, slot};

/// The largest magnitude of an amount, price or quantity.
const LARGEST: i128 = (1 << 80) - 1;

fn with_total(value: Option<FieldValue>) -> Trade {
    let mut trade = Trade::default();
    trade.invoice.header[slot::LINES_TOTAL] = value;
    trade
}

fn with_dates(order: i32, invoice: i32) -> Trade {
    let mut trade = Trade::default();
    trade.order.header[slot::ISSUE_DATE] = Some(FieldValue::Date(order));
    trade.invoice.header[slot::ISSUE_DATE] = Some(FieldValue::Date(invoice));
    trade
}

/// One order line `1` at this price and unit, one invoice line with this total, deliveries with these pieces.
fn with_price(unit_price: Option<FieldValue>, total: Option<FieldValue>, pieces: &[i128]) -> Trade {
    let ordered = line(&[
        (line_slot::ID, text("1")),
        (line_slot::QUANTITY, quantity(1_000_000, "C62")),
        (line_slot::PRICE, unit_price),
    ]);
    let billed = line(&[
        (line_slot::ORDER_LINE, about("1")),
        (line_slot::TOTAL, total),
    ]);
    Trade {
        order: trade(Kind::Order, "PO-1", vec![ordered]),
        delivery: vec![trade(
            Kind::Waybill,
            "W-1",
            pieces.iter().map(|pieces| sent("1", *pieces)).collect(),
        )],
        invoice: trade(Kind::Invoice, "INV-1", vec![billed]),
    }
}

const PRICE_TIMES_QUANTITY: &str = "all billed in invoice.lines:
    one ordered in order.lines where ordered.id = billed.order_line:
        billed.total within 0.01 of
            ordered.price * sum(sent.quantity for sent in delivery.lines where sent.order_line = billed.order_line)";

#[test]
fn relations_hold_on_one_side_of_their_edge() {
    for (relation, below, at, above) in [
        ("=", false, true, false),
        ("!=", true, false, true),
        ("<", true, false, false),
        ("<=", true, true, false),
        (">", false, false, true),
        (">=", false, true, true),
    ] {
        for (value, expected) in [(99_999_999, below), (100_000_000, at), (100_000_001, above)] {
            let met = with_total(euros(value)).met(&format!("invoice.totals.lines {relation} 100"));
            assert_eq!(met, expected, "{value} {relation} 100");
        }
        for (day, expected) in [(19_999, below), (20_000, at), (20_001, above)] {
            let condition = format!("order.issue_date {relation} invoice.issue_date");
            assert_eq!(
                with_dates(day, 20_000).met(&condition),
                expected,
                "{day} {relation} 20000"
            );
        }
        let said = with_total(None).why(&format!("invoice.totals.lines {relation} 100"));
        assert_eq!(said, Some(Why::Absent));
    }
}

#[test]
fn reasons_say_which_relation_failed() {
    let trade = with_total(euros(100_000_000));
    for (relation, bound, why) in [
        ("=", "99", Why::Different),
        ("!=", "100", Why::Same),
        ("<", "100", Why::NotLess),
        ("<=", "99", Why::Above),
        (">", "100", Why::NotGreater),
        (">=", "101", Why::Below),
    ] {
        assert_eq!(
            trade.why(&format!("invoice.totals.lines {relation} {bound}")),
            Some(why)
        );
    }
}

#[test]
fn the_largest_numbers_are_exact() {
    let trade = with_total(euros(LARGEST));
    assert!(trade.met("invoice.totals.lines > 999999999999999999"));
    let mut two = with_total(euros(LARGEST));
    two.invoice.header[slot::TAX_EXCLUSIVE] = euros(LARGEST - 1);
    assert!(two.met("invoice.totals.lines != invoice.totals.tax_exclusive"));
    assert!(two.met("invoice.totals.lines within 0.000001 of invoice.totals.tax_exclusive"));
    assert!(!two.met("invoice.totals.lines within 0.0000009999 of invoice.totals.tax_exclusive"));
    two.invoice.header[slot::TAX_EXCLUSIVE] = euros(-LARGEST);
    assert!(two.met("invoice.totals.lines + invoice.totals.tax_exclusive = 0"));
    for beyond in [LARGEST + 1, -LARGEST - 1, i128::MAX, i128::MIN] {
        assert_eq!(
            with_total(euros(beyond)).why("invoice.totals.lines = 0"),
            Some(Why::Unreadable)
        );
    }
}

#[test]
fn integers_and_dates_at_their_widths() {
    let mut trade = Trade::default();
    for (code, readable) in [(i64::MAX, true), (-i64::MAX, true), (i64::MIN, false)] {
        trade.invoice.header[slot::TYPE_CODE] = Some(FieldValue::Integer(code));
        assert_eq!(trade.met("invoice.type_code != 380"), readable);
    }
    for (day, readable) in [(i32::MAX, true), (-i32::MAX, true), (i32::MIN, false)] {
        trade.invoice.header[slot::DUE_DATE] = Some(FieldValue::Date(day));
        assert_eq!(trade.met("invoice.due_date != 2026-01-01"), readable);
        assert_eq!(
            trade.met("invoice.due_date - 100000 days != 2026-01-01"),
            readable
        );
    }
}

#[test]
fn currencies_never_compare() {
    let mut trade = with_total(euros(5_000_000));
    trade.invoice.header[slot::TAX] = money(5_000_000, "USD");
    for relation in ["=", "!=", "<", "<=", ">", ">="] {
        let condition = format!("invoice.totals.lines {relation} invoice.totals.tax");
        assert_eq!(trade.why(&condition), Some(Why::OtherCurrency));
    }
    assert_eq!(
        trade.why("invoice.totals.lines + invoice.totals.tax > 0"),
        Some(Why::OtherCurrency)
    );
    assert_eq!(
        trade.why("invoice.totals.lines within 100 of invoice.totals.tax"),
        Some(Why::OtherCurrency)
    );
    assert!(trade.met("invoice.totals.lines = 5 and invoice.totals.tax = 5"));
}

#[test]
fn units_never_compare_and_none_is_no_unit() {
    let lines = |unit: &str, other: &str| {
        let one = |id: &str, unit: &str| {
            line(&[
                (line_slot::ID, text(id)),
                (line_slot::QUANTITY, quantity(7_000_000, unit)),
            ])
        };
        let mut trade = Trade::default();
        trade.order.lines = vec![one("1", unit)];
        trade.invoice.lines = vec![one("1", other)];
        trade
    };
    let same = "all a in order.lines: all b in invoice.lines: a.quantity = b.quantity";
    assert!(lines("KGM", "KGM").met(same));
    assert_eq!(lines("KGM", "GRM").why(same), Some(Why::OtherUnit));
    assert_eq!(lines("KGM", "kgm").why(same), Some(Why::OtherUnit));
    assert_eq!(lines("", "").why(same), Some(Why::NoUnit));
    assert_eq!(
        lines("", "").why("all a in order.lines: a.quantity = 7"),
        Some(Why::NoUnit)
    );
}

#[test]
fn payable_amounts_count_in_their_currencys_minor_units() {
    let mut trade = Trade::default();
    for (code, minor, written) in [
        ("EUR", 12_345, "123.45"),
        ("JPY", 12_345, "12345"),
        ("KWD", 12_345, "12.345"),
        ("UYW", 12_345, "1.2345"),
    ] {
        trade.invoice.header[slot::PAYABLE] = money(minor, code);
        assert!(
            trade.met(&format!("invoice.payable_amount = {written}")),
            "{code}"
        );
    }
    trade.invoice.header[slot::PAYABLE] = money((1 << 63) - 1, "JPY");
    assert!(trade.met("invoice.payable_amount > 999999999999999999"));
    for beyond in [1 << 63, -(1 << 63)] {
        trade.invoice.header[slot::PAYABLE] = money(beyond, "JPY");
        assert_eq!(
            trade.why("invoice.payable_amount != 0"),
            Some(Why::Unreadable)
        );
    }
    trade.invoice.header[slot::PAYABLE] = money(100, "EUR");
    trade.invoice.header[slot::TAX_INCLUSIVE] = euros(1_000_000);
    assert!(trade.met("invoice.payable_amount = invoice.totals.tax_inclusive"));
}

#[test]
fn tolerances_include_both_ends() {
    for (value, met) in [
        (99_989_999, false),
        (99_990_000, true),
        (100_010_000, true),
        (100_010_001, false),
    ] {
        assert_eq!(
            with_total(euros(value)).met("invoice.totals.lines within 0.01 of 100"),
            met
        );
    }
    for (value, met) in [
        (-105_000_001, false),
        (-105_000_000, true),
        (-95_000_000, true),
        (-94_999_999, false),
        (100_000_000, false),
    ] {
        assert_eq!(
            with_total(euros(value)).met("invoice.totals.lines within 5% of -100"),
            met,
            "{value}"
        );
    }
    assert!(with_total(euros(0)).met("invoice.totals.lines within 5% of 0"));
    assert!(!with_total(euros(1)).met("invoice.totals.lines within 100% of 0"));
    for (day, met) in [
        (19_996, false),
        (19_997, true),
        (20_003, true),
        (20_004, false),
    ] {
        assert_eq!(
            with_dates(day, 20_000).met("order.issue_date within 3 days of invoice.issue_date"),
            met
        );
    }
    assert_eq!(
        with_total(euros(1)).why("invoice.totals.lines within 0 of 0"),
        Some(Why::OutOfTolerance)
    );
}

#[test]
fn days_are_added_to_dates() {
    let trade = with_dates(20_000, 20_030);
    assert!(trade.met("invoice.issue_date <= order.issue_date + 30 days"));
    assert!(!trade.met("invoice.issue_date <= order.issue_date + 29 days"));
    assert!(trade.met("invoice.issue_date - 30 days = order.issue_date"));
    assert!(with_dates(20_513, 0).met("order.issue_date = 2026-03-01"));
    assert!(with_dates(20_513, 0).met("order.issue_date in (2026-02-28, 2026-03-01)"));
}

#[test]
fn sums_of_amounts_keep_their_signs() {
    let mut trade = with_total(euros(-3_000_000));
    trade.invoice.header[slot::TAX] = euros(500_000);
    assert!(trade.met("invoice.totals.lines - invoice.totals.tax = -3.5"));
    assert!(trade.met("invoice.totals.lines + invoice.totals.tax + 2.5 = 0"));
    assert!(trade.met("1 - invoice.totals.tax > 0"));
    assert_eq!(
        trade.why("invoice.totals.lines - invoice.totals.prepaid = 0"),
        Some(Why::Absent)
    );
}

#[test]
fn price_times_quantity_is_exact_over_its_base() {
    // 10.00 for 3 pieces, 7 delivered: 23.333…
    let at = |total: i128| with_price(price(100_000_000_000, 3_000_000), euros(total), &[4, 3]);
    for (total, met) in [
        (23_323_333, false),
        (23_323_334, true),
        (23_343_333, true),
        (23_343_334, false),
    ] {
        assert_eq!(at(total).met(PRICE_TIMES_QUANTITY), met, "{total}");
    }
    let said = at(24_000_000).said(PRICE_TIMES_QUANTITY).join("\n");
    for part in [
        "tolerance",
        "24 EUR",
        "23.3333333333333333…",
        "delivery[0] lines[1].quantity",
        "order lines[0].price",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let negative = with_price(price(-100_000_000_000, 1_000_000), euros(-20_000_000), &[2]);
    assert!(negative.met(PRICE_TIMES_QUANTITY));
}

#[test]
fn a_base_quantity_is_above_zero() {
    for base in [0, -1, -1_000_000] {
        let trade = with_price(price(10, base), euros(0), &[1]);
        assert_eq!(trade.why(PRICE_TIMES_QUANTITY), Some(Why::NoBase));
    }
    let trade = with_price(price(10, LARGEST + 1), euros(0), &[1]);
    assert_eq!(trade.why(PRICE_TIMES_QUANTITY), Some(Why::Unreadable));
}

#[test]
fn price_times_quantity_at_the_largest_scale() {
    // LARGEST·10⁻¹⁰ for LARGEST·10⁻⁶ is 10⁻⁴; times a million pieces of 10⁻⁶
    let all = with_price(price(LARGEST, LARGEST), euros(100), &[1]);
    assert!(all.met(&PRICE_TIMES_QUANTITY.replace("0.01", "0")));
    let off = with_price(price(LARGEST, LARGEST), euros(101), &[1]);
    assert!(!off.met(&PRICE_TIMES_QUANTITY.replace("0.01", "0.0000009999")));
    assert!(off.met(&PRICE_TIMES_QUANTITY.replace("0.01", "0.000001")));
}

#[test]
fn a_price_is_in_its_documents_currency_and_its_lines_unit() {
    let good = || with_price(price(10_000_000_000, 1_000_000), euros(2_000_000), &[2]);
    assert!(good().met(PRICE_TIMES_QUANTITY));
    type Change = (fn(&mut Trade), Why);
    let changes: [Change; 6] = [
        (
            |trade| trade.order.header[slot::CURRENCY] = text("USD"),
            Why::OtherCurrency,
        ),
        (
            |trade| trade.order.header[slot::CURRENCY] = text("ABC"),
            Why::UnknownCurrency,
        ),
        (
            |trade| trade.order.header[slot::CURRENCY] = None,
            Why::Absent,
        ),
        (
            |trade| trade.order.lines[0][line_slot::QUANTITY] = quantity(1, "KGM"),
            Why::OtherUnit,
        ),
        (
            |trade| trade.order.lines[0][line_slot::QUANTITY] = None,
            Why::Absent,
        ),
        (
            |trade| trade.order.lines[0][line_slot::PRICE] = None,
            Why::Absent,
        ),
    ];
    for (change, why) in changes {
        let mut trade = good();
        change(&mut trade);
        assert_eq!(trade.why(PRICE_TIMES_QUANTITY), Some(why));
    }
}

#[test]
fn prices_compare_over_their_bases() {
    let mut trade = with_price(price(10_000_000_000, 1_000_000), None, &[1]);
    trade.invoice.lines = trade.order.lines.clone();
    let same = "all a in order.lines: all b in invoice.lines: a.price = b.price";
    trade.invoice.lines[0][line_slot::PRICE] = price(100_000_000_000, 10_000_000);
    assert!(trade.met(same));
    trade.invoice.lines[0][line_slot::PRICE] = price(100_000_000_001, 10_000_000);
    assert_eq!(trade.why(same), Some(Why::Different));
    trade.invoice.lines[0][line_slot::QUANTITY] = quantity(1, "KGM");
    assert_eq!(trade.why(same), Some(Why::OtherUnit));
    let unpriced = [&mut trade.invoice, &mut trade.order].map(|one| {
        let before = one.lines[0][line_slot::QUANTITY].clone();
        one.lines[0][line_slot::QUANTITY] = quantity(1, "");
        before
    });
    assert_eq!(trade.why(same), Some(Why::NoUnit));
    let [invoice, order] = unpriced;
    trade.invoice.lines[0][line_slot::QUANTITY] = invoice;
    trade.order.lines[0][line_slot::QUANTITY] = order;
    trade.invoice.header[slot::CURRENCY] = text("USD");
    assert_eq!(trade.why(same), Some(Why::OtherCurrency));
}

#[test]
fn parties_are_the_same_by_any_identifier_in_common() {
    let mut trade = Trade::default();
    assert!(trade.met("order.seller is invoice.seller"));
    assert!(trade.met("order.seller is not invoice.buyer"));
    trade.order.header[slot::SELLER_IDS] = ids(&["de-hr:HRB9@BONN", "de-hr:HRB8@BONN"]);
    assert_eq!(
        trade.why("order.seller is invoice.seller"),
        Some(Why::OtherParty)
    );
    trade.order.header[slot::SELLER_IDS] = ids(&["reg-de:9", "reg-de:8", "vat:S1"]);
    assert!(trade.met("order.seller is invoice.seller"));
    assert_eq!(
        trade.why("order.seller is not invoice.seller"),
        Some(Why::SameParty)
    );
    trade.order.header[slot::SELLER_IDS] = None;
    for word in ["is", "is not"] {
        assert_eq!(
            trade.why(&format!("order.seller {word} invoice.seller")),
            Some(Why::Absent)
        );
    }
    trade.order.header[slot::SELLER_IDS] = text("vat:S1");
    assert_eq!(
        trade.why("order.seller is invoice.seller"),
        Some(Why::Unreadable)
    );
}

#[test]
fn references_meet_numbers_in_the_loose_form() {
    let mut trade = Trade::default();
    let list = |numbers: &[&str]| {
        Some(FieldValue::References(
            numbers.iter().map(ToString::to_string).collect(),
        ))
    };
    let named = "invoice.order_references[0] = order.id";
    assert_eq!(trade.why(named), Some(Why::Absent));
    for (references, met) in [
        (vec!["PO-1"], true),
        (vec!["PO 1", "X"], true),
        (vec!["X", "PO-1"], false),
        (vec!["PO-2"], false),
    ] {
        trade.invoice.header[slot::ORDER_REFERENCES] = list(&references);
        assert_eq!(trade.met(named), met, "{references:?}");
        assert_eq!(trade.met("invoice.order_references[0] != order.id"), !met);
    }
    trade.invoice.header[slot::ORDER_REFERENCES] = list(&["--"]);
    assert_eq!(trade.why(named), Some(Why::Unreadable));
    trade.invoice.header[slot::ORDER_REFERENCES] = list(&["A", "B"]);
    trade.order.header[slot::ORDER_REFERENCES] = list(&["A", "B"]);
    assert!(trade.met("invoice.order_references = order.order_references"));
    trade.order.header[slot::ORDER_REFERENCES] = list(&["A, B"]);
    assert!(trade.met("invoice.order_references != order.order_references"));
    assert!(trade.met("invoice.order_references[0] in (\"B\", \"a\")"));
    assert!(trade.met("order.id = \"PO-1\""));
    assert!(!trade.met("order.id = \"PO 1\""));
}

#[test]
fn lists_of_literals_contain_or_do_not() {
    let mut trade = Trade::default();
    assert_eq!(
        trade.why("invoice.type_code in (380, 381)"),
        Some(Why::Absent)
    );
    trade.invoice.header[slot::TYPE_CODE] = Some(FieldValue::Integer(381));
    assert!(trade.met("invoice.type_code in (380, 381)"));
    assert_eq!(
        trade.why("invoice.type_code in (380, 383)"),
        Some(Why::NotListed)
    );
    assert!(trade.met("invoice.currency in (\"USD\", \"EUR\")"));
    assert!(!trade.met("invoice.currency in (\"USD\")"));
    trade.invoice.header[slot::SELLER_NAME] = Some(FieldValue::Name("Müller".into()));
    assert!(trade.met("invoice.seller.name in (\"Müller\", \"Meier\")"));
    assert!(!trade.met("invoice.seller.name = \"MÜLLER\""));
}

#[test]
fn present_absent_and_guards() {
    let mut trade = Trade::default();
    assert_eq!(trade.why("present invoice.due_date"), Some(Why::Absent));
    assert!(trade.met("absent invoice.due_date"));
    let guarded =
        "if present invoice.due_date, order.issue_date: invoice.due_date < order.issue_date";
    assert!(trade.met(guarded));
    trade.invoice.header[slot::DUE_DATE] = Some(FieldValue::Date(20_000));
    assert!(!trade.met(guarded));
    assert_eq!(trade.why("absent invoice.due_date"), Some(Why::Present));
    trade.invoice.header[slot::DUE_DATE] = text("wrongly encoded");
    assert_eq!(trade.why(guarded), Some(Why::Unreadable));
    assert!(trade.met("present invoice.seller and absent invoice.payee"));
}

#[test]
fn and_or_bind_as_written() {
    let trade = with_total(euros(1_000_000));
    let (yes, no) = ("invoice.totals.lines = 1", "invoice.totals.lines = 2");
    assert!(trade.met(&format!("{yes} or {no} and {no}")));
    assert!(!trade.met(&format!("({yes} or {no}) and {no}")));
    assert!(!trade.met(&format!("{yes} and {no}")));
    assert_eq!(
        trade
            .said(&format!("{no} or invoice.totals.lines = 3"))
            .len(),
        2
    );
}

#[test]
fn all_any_and_one_over_lines() {
    let with = |pieces: &[i128]| with_price(None, None, pieces);
    let all = "all sent in delivery.lines: sent.quantity > 0";
    let any = "any sent in delivery.lines: sent.quantity > 5";
    let one = "one sent in delivery.lines where sent.quantity > 5: sent.quantity < 10";
    assert!(with(&[1, 2]).met(all));
    assert_eq!(with(&[1, 0]).why(all), Some(Why::NotGreater));
    for condition in [all, any, one] {
        assert_eq!(with(&[]).why(condition), Some(Why::None), "{condition}");
    }
    assert!(with(&[1, 6]).met(any));
    assert!(!with(&[1, 5]).met(any));
    assert!(with(&[1, 6]).met(one));
    assert!(!with(&[1, 11]).met(one));
    assert_eq!(
        with(&[6, 6]).why(one),
        Some(Why::Several),
        "two lines that are the same are two"
    );
    assert_eq!(with(&[1, 5]).why(one), Some(Why::None));
    let filtered = "all sent in delivery.lines where sent.quantity > 5: sent.quantity < 10";
    assert_eq!(with(&[1]).why(filtered), Some(Why::None));
    assert!(with(&[1, 7, 9]).met(filtered));
}

#[test]
fn sums_and_counts_take_all_matching_lines_of_all_documents() {
    let mut trade = with_price(None, None, &[1, 2]);
    trade.delivery.push(support::trade(
        Kind::Waybill,
        "W-2",
        vec![sent("1", 4), sent("2", 8), sent("1", -1)],
    ));
    let sum = "sum(sent.quantity for sent in delivery.lines where sent.order_line = \"1\")";
    assert!(trade.met(&format!("{sum} = 6")));
    assert!(trade.met("count(sent in delivery.lines) = 5 and count(sent in delivery) = 2"));
    assert!(trade.met("count(sent in delivery.lines where sent.order_line = \"9\") = 0"));
    assert_eq!(
        trade
            .why("sum(sent.quantity for sent in delivery.lines where sent.order_line = \"9\") = 0"),
        Some(Why::None)
    );
    trade.delivery[1]
        .lines
        .push(line(&[(line_slot::ORDER_LINE, about("1"))]));
    assert_eq!(trade.why(&format!("{sum} = 6")), Some(Why::Absent));
    trade.delivery[1].lines[3] = line(&[
        (line_slot::ORDER_LINE, about("1")),
        (line_slot::QUANTITY, quantity(1, "KGM")),
    ]);
    assert_eq!(trade.why(&format!("{sum} = 6")), Some(Why::OtherUnit));
    trade.delivery[1].lines[3][line_slot::ORDER_LINE] = None;
    assert!(
        trade.met(&format!("{sum} = 6")),
        "a line without its key does not match"
    );
}

#[test]
fn sums_at_the_largest_scale() {
    let largest = line(&[
        (line_slot::ORDER_LINE, about("1")),
        (line_slot::QUANTITY, quantity(LARGEST, "C62")),
    ]);
    let mut trade = Trade::default();
    trade.delivery = (0..8)
        .map(|number| {
            support::trade(
                Kind::Waybill,
                &format!("W-{number}"),
                vec![largest.clone(); 128],
            )
        })
        .collect();
    let sum = "sum(sent.quantity for sent in delivery.lines)";
    assert!(trade.met(&format!("{sum} > 999999999999999999")));
    trade.delivery[7].lines[127][line_slot::QUANTITY] = quantity(-LARGEST, "C62");
    let half = "sum(sent.quantity for sent in delivery.lines where sent.quantity > 0)";
    assert!(trade.met(&format!("{half} > {sum}")));
}

#[test]
fn lines_of_absent_fields_are_lines() {
    let mut trade = Trade::default();
    trade.order.lines = vec![line(&[]), line(&[(line_slot::ID, text("1"))])];
    assert!(trade.met("count(ordered in order.lines) = 2"));
    assert_eq!(
        trade.why("all ordered in order.lines: ordered.id = \"1\""),
        Some(Why::Absent)
    );
    assert!(trade.met("one ordered in order.lines where ordered.id = \"1\": absent ordered.item"));
}

#[test]
fn documents_of_a_list_are_bound_one_by_one() {
    let mut trade = with_price(None, None, &[1]);
    trade
        .delivery
        .push(support::trade(Kind::Waybill, "W-2", vec![sent("1", 2)]));
    assert!(trade.met("all one-of in delivery: count(sent in one-of.lines) = 1"));
    assert!(
        trade.met(
            "one it in delivery where it.id = \"W-2\": any sent in it.lines: sent.quantity = 2"
        )
    );
    let said = trade.said("all it in delivery: it.id = \"W-1\"");
    assert_eq!(said, ["the values differ: delivery[1] id = W-2 | W-1"]);
}

#[test]
fn around_two_to_the_64_numbers_are_exact() {
    let two_to_64 = 1_i128 << 64;
    for value in [
        two_to_64 - 1,
        two_to_64,
        two_to_64 + 1,
        -two_to_64,
        1 - two_to_64,
    ] {
        let mut trade = with_total(euros(value));
        trade.invoice.header[slot::TAX] = euros(two_to_64);
        let (one, other) = ("invoice.totals.lines", "invoice.totals.tax");
        assert_eq!(trade.met(&format!("{one} = {other}")), value == two_to_64);
        assert_eq!(trade.met(&format!("{one} < {other}")), value < two_to_64);
        assert_eq!(
            trade.met(&format!("{one} + {other} = 0")),
            value == -two_to_64
        );
        let near = value.abs_diff(two_to_64) <= 1;
        assert_eq!(
            trade.met(&format!("{one} within 0.000001 of {other}")),
            near
        );
    }
}

#[test]
fn what_is_beyond_the_limit_is_counted() {
    let mut trade = Trade::default();
    trade.invoice.lines = vec![line(&[]); 100];
    for condition in ["present one.id", "one.id = \"1\"", "one.id in (\"1\")"] {
        let said = trade.evaluate(&format!(
            "all one-of in invoice.lines: {}",
            condition.replace("one.", "one-of.")
        ));
        let outcome = said.outcome("it").unwrap();
        assert_eq!(
            (outcome.discrepancies.len(), outcome.more),
            (64, 36),
            "{condition}"
        );
    }
}

#[test]
fn what_is_not_there_is_nothing_of_whatever_stands_beside_it() {
    let met = |total, condition: &str| with_total(total).met(condition);
    assert!(met(None, "invoice.totals.lines else 0 = 0"));
    assert!(met(None, "invoice.totals.lines else 0 <= 5"));
    assert!(!met(None, "invoice.totals.lines else 0 > 0"));
    assert!(
        !met(None, "invoice.totals.lines <= 5"),
        "without it nothing is met"
    );
    assert!(met(euros(7_000_000), "invoice.totals.lines else 0 = 7"));
    assert!(met(
        None,
        "invoice.totals.lines else 0 + invoice.totals.tax else 0 = 0"
    ));
    // an amount of dollars and nothing at all are dollars
    let mut trade = with_total(None);
    trade.order.header[slot::LINES_TOTAL] = money(3_000_000, "USD");
    assert!(trade.met("order.totals.lines - invoice.totals.lines else 0 = 3"));
    assert!(trade.met("invoice.totals.lines else 0 - order.totals.lines = -3"));
    assert!(trade.met("invoice.totals.lines else 0 <= order.totals.lines"));
    trade.invoice.header[slot::LINES_TOTAL] = euros(0);
    let why = trade.why("invoice.totals.lines else 0 <= order.totals.lines");
    assert_eq!(why, Some(Why::OtherCurrency), "no euros are euros");
    // what is there and cannot be read is not nothing
    let wrong = with_total(text("7"));
    assert_eq!(
        wrong.why("invoice.totals.lines else 0 <= 5"),
        Some(Why::Unreadable)
    );
}

#[test]
fn a_sum_over_nothing_is_nothing_only_where_it_says_so() {
    let trade = with_price(price(10_000_000_000, 1_000_000), euros(5_000_000), &[3, 4]);
    let sum = |number: &str, rest: &str| {
        format!(
            "sum(sent.quantity for sent in delivery.lines where sent.order_line = \"{number}\"){rest}"
        )
    };
    assert!(trade.met(&sum("1", " else 0 = 7")));
    assert!(trade.met(&sum("2", " else 0 = 0")));
    assert_eq!(trade.why(&sum("2", " = 0")), Some(Why::None));
    let priced = format!(
        "all ordered in order.lines: ordered.price * {} = 0",
        sum("2", " else 0")
    );
    assert!(trade.met(&priced), "of no pieces the price is nothing");
    // a summand that is not there spoils the sum, and is not left out
    let mut absent = with_price(price(10_000_000_000, 1_000_000), euros(5_000_000), &[3, 4]);
    absent.delivery[0].lines[1][line_slot::QUANTITY] = None;
    assert_eq!(absent.why(&sum("1", " else 0 = 3")), Some(Why::Absent));
    let filled = "sum(sent.quantity else 0 for sent in delivery.lines) = 3";
    assert!(absent.met(filled));
}

#[test]
fn a_limit_has_its_slack_on_one_side() {
    for (value, most, least) in [
        (98_989_999, true, false),
        (98_990_000, true, true),
        (100_000_000, true, true),
        (101_010_000, true, true),
        (101_010_001, false, true),
    ] {
        let trade = with_total(euros(value));
        let met = |condition: &str| trade.met(condition);
        assert_eq!(
            met("invoice.totals.lines <= 100 within 1.01"),
            most,
            "{value}"
        );
        assert_eq!(
            met("invoice.totals.lines >= 100 within 1.01"),
            least,
            "{value}"
        );
        assert_eq!(
            met("invoice.totals.lines <= 100 within 1.01%"),
            most,
            "{value}"
        );
        let mut stated = with_total(euros(value));
        stated.order.header[slot::TYPE_CODE] = Some(FieldValue::Integer(101));
        let met = |condition: &str| stated.met(condition);
        assert_eq!(
            met("invoice.totals.lines <= 100 within order.type_code"),
            most,
            "{value}"
        );
        assert_eq!(
            met("invoice.totals.lines >= 100 within order.type_code"),
            least,
            "{value}"
        );
    }
    let trade = with_total(euros(99_000_000));
    let why = trade.why("invoice.totals.lines <= 100 within order.type_code");
    assert_eq!(why, Some(Why::Absent), "who states no tolerance meets none");
    assert!(trade.met("invoice.totals.lines <= 100 within order.type_code else 0"));
    let mut negative = with_total(euros(99_999_999));
    negative.order.header[slot::TYPE_CODE] = Some(FieldValue::Integer(-1));
    assert!(!negative.met("invoice.totals.lines <= 100 within order.type_code"));
    let dates = with_dates(20_003, 20_000);
    assert!(dates.met("order.issue_date <= invoice.issue_date within 3 days"));
    assert!(!dates.met("order.issue_date <= invoice.issue_date within 2 days"));
}

#[test]
fn a_minor_unit_is_the_currencys() {
    for (code, minor) in [
        ("EUR", 10_000),
        ("JPY", 1_000_000),
        ("KWD", 1_000),
        ("CLF", 100),
    ] {
        for (apart, within) in [(minor, true), (minor + 1, false)] {
            for sign in [1, -1] {
                let mut trade = with_total(money(5_000_000 + sign * apart, code));
                trade.order.header[slot::LINES_TOTAL] = money(5_000_000, code);
                let met = trade.met("invoice.totals.lines within 1 minor of order.totals.lines");
                assert_eq!(met, within, "{code} {apart}");
                let most = trade.met("invoice.totals.lines <= order.totals.lines within 1 minor");
                assert_eq!(most, within || sign < 0, "{code} {apart}");
            }
        }
    }
}

#[test]
fn texts_are_alike_but_for_case_and_signs() {
    let met = |one: &str, other: &str| {
        let mut trade = Trade::default();
        trade.order.header[slot::BUYER_REFERENCE] = text(one);
        trade.invoice.header[slot::BUYER_REFERENCE] = text(other);
        trade.met("order.buyer_reference like invoice.buyer_reference")
    };
    assert!(met("Bearing housings, 60 mm", "BEARING HOUSINGS 60MM."));
    assert!(met("Göteborg", "GÖTEBORG"));
    assert!(!met("Göteborg", "Goteborg"));
    assert!(!met("6 mm", "60 mm"));
    assert!(!met("…", "—"), "of which nothing is left");
    assert_eq!(
        Trade::default().why("order.buyer_reference like \"x\""),
        Some(Why::Absent)
    );
}
