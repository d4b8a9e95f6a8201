//! EN 16931's arithmetic. Each rule is told by its name in the standard; `specs/schemas/arithmetic.md`
//! states them. Whether they bind a document is [`crate::Document::claims_en16931`].

use std::collections::BTreeSet;

use crate::decimal::Decimal;
use crate::fault::{Class, Fault, Faults, Place};
use crate::figures::{AllowanceFigures, Figure, Figures, LineFigures, SubtotalFigures};

const ADVICE: &str = "Ask the sender for a document whose amounts add up.";
/// Decimals of amounts of the document, to which sums are rounded.
const CENTS: u32 = 2;
/// Tax categories without tax: zero-rated, exempt, reverse charge, intra-community, export, outside scope.
const UNTAXED: [(&str, &str, &str); 6] = [
    ("Z", "BR-Z-08", "BR-Z-09"),
    ("E", "BR-E-08", "BR-E-09"),
    ("AE", "BR-AE-08", "BR-AE-09"),
    ("K", "BR-IC-08", "BR-IC-09"),
    ("G", "BR-G-08", "BR-G-09"),
    ("O", "BR-O-08", "BR-O-09"),
];

/// Checks the rules that bind documents which claim EN 16931.
pub fn check(figures: &Figures<'_, '_>, faults: &mut Faults) {
    lines_total(figures, faults);
    allowances_total(figures, faults);
    tax_exclusive(figures, faults);
    tax_total(figures, faults);
    tax_inclusive(figures, faults);
    payable(figures, faults);
    for subtotal in &figures.subtotals {
        tax_amount(subtotal, faults);
        taxable_amount(figures, subtotal, faults);
    }
    breakdown(figures, faults);
}

/// Rules that each tax category of lines, allowances and charges stands in the breakdown.
const IN_BREAKDOWN: [(&str, &str); 9] = [
    ("S", "BR-S-01"),
    ("Z", "BR-Z-01"),
    ("E", "BR-E-01"),
    ("AE", "BR-AE-01"),
    ("K", "BR-IC-01"),
    ("G", "BR-G-01"),
    ("O", "BR-O-01"),
    ("L", "BR-AF-01"),
    ("M", "BR-AG-01"),
];

/// A category that is used but has no entry in the breakdown leaves its tax out of the total.
fn breakdown(figures: &Figures<'_, '_>, faults: &mut Faults) {
    let lines = figures.lines.iter().map(|line| &line.tax);
    let allowances = figures.allowances.iter().map(|one| &one.tax);
    let used: BTreeSet<&str> = lines
        .chain(allowances)
        .filter_map(|tax| tax.code.as_deref())
        .collect();
    for (code, rule) in IN_BREAKDOWN
        .into_iter()
        .filter(|(code, _)| used.contains(code))
    {
        let entries = figures.subtotals.iter();
        let count = entries
            .filter(|entry| entry.category.code.as_deref() == Some(code))
            .count();
        // Rated categories have an entry for each rate, the others one.
        if count == 0 || (count > 1 && untaxed(code).is_some()) {
            let problem = || {
                format!(
                    "the tax breakdown has {count} entries for category {code}, which lines or allowances use"
                )
            };
            unequal(faults, rule, || Place::element(figures.root), problem);
        }
    }
}

/// Checks what never binds: that a line's total is price × quantity ÷ base with its allowances and charges.
/// EN 16931 lets a line's total hold other taxes, and has no rule on it.
pub fn check_lines(figures: &Figures<'_, '_>, warnings: &mut Faults) {
    for line in &figures.lines {
        line_total(line, warnings);
    }
}

fn unequal(
    faults: &mut Faults,
    rule: &'static str,
    place: impl FnOnce() -> Place,
    problem: impl FnOnce() -> String,
) {
    faults.add(|| Fault {
        class: Class::Arithmetic,
        place: place(),
        rule,
        problem: problem(),
        advice: ADVICE,
    });
}

/// Adds a fault unless `figure` is `expected` (`None`: too large to compute).
fn equal(
    faults: &mut Faults,
    rule: &'static str,
    figure: &Figure<'_, '_>,
    expected: Option<Decimal>,
    what: &str,
) {
    let expected = expected.map(|sum| sum.rounded(CENTS));
    if expected == Some(figure.value) {
        return;
    }
    unequal(
        faults,
        rule,
        || figure.place(),
        || match expected {
            Some(expected) => format!("{} is not {what}, which is {expected}", figure.value),
            None => format!("{what} is too large to compute"),
        },
    );
}

fn sum(values: impl IntoIterator<Item = Decimal>) -> Option<Decimal> {
    values.into_iter().try_fold(Decimal::ZERO, Decimal::plus)
}

/// An absent amount counts as zero.
fn or_zero(figure: Option<Figure<'_, '_>>) -> Decimal {
    figure.map_or(Decimal::ZERO, |figure| figure.value)
}

fn lines_total(figures: &Figures<'_, '_>, faults: &mut Faults) {
    let Some(total) = &figures.lines_total else {
        return;
    };
    let lines = figures
        .lines
        .iter()
        .filter(|line| line.counts)
        .filter_map(|line| line.total);
    let expected = sum(lines.map(|total| total.value));
    equal(
        faults,
        "BR-CO-10",
        total,
        expected,
        "the sum of the line totals",
    );
}

fn allowances_total(figures: &Figures<'_, '_>, faults: &mut Faults) {
    let cases = [
        (
            "BR-CO-11",
            false,
            figures.allowances_total,
            "the sum of the document's allowances",
        ),
        (
            "BR-CO-12",
            true,
            figures.charges_total,
            "the sum of the document's charges",
        ),
    ];
    for (rule, charge, total, what) in cases {
        let of_kind = figures.allowances.iter().filter(|one| one.charge == charge);
        let amounts: Vec<Decimal> = of_kind.map(|one| one.amount).collect();
        match total {
            Some(total) => equal(faults, rule, &total, sum(amounts), what),
            None if amounts.is_empty() => {}
            None => unequal(
                faults,
                rule,
                || Place::element(figures.root),
                || format!("{what} is missing"),
            ),
        }
    }
}

fn tax_exclusive(figures: &Figures<'_, '_>, faults: &mut Faults) {
    let (Some(total), Some(lines)) = (&figures.tax_exclusive, figures.lines_total) else {
        return;
    };
    let charges = lines.value.plus(or_zero(figures.charges_total));
    let expected = charges.and_then(|sum| sum.minus(or_zero(figures.allowances_total)));
    equal(
        faults,
        "BR-CO-13",
        total,
        expected,
        "lines − allowances + charges",
    );
}

fn tax_total(figures: &Figures<'_, '_>, faults: &mut Faults) {
    let Some(total) = figures.tax.filter(|_| !figures.subtotals.is_empty()) else {
        return;
    };
    let taxes = figures.subtotals.iter().filter_map(|subtotal| subtotal.tax);
    let expected = sum(taxes.map(|tax| tax.value));
    equal(
        faults,
        "BR-CO-14",
        &total,
        expected,
        "the sum of the tax breakdown",
    );
}

fn tax_inclusive(figures: &Figures<'_, '_>, faults: &mut Faults) {
    let (Some(total), Some(net)) = (&figures.tax_inclusive, figures.tax_exclusive) else {
        return;
    };
    let expected = net.value.plus(or_zero(figures.tax));
    equal(
        faults,
        "BR-CO-15",
        total,
        expected,
        "the total without tax plus the tax",
    );
}

fn payable(figures: &Figures<'_, '_>, faults: &mut Faults) {
    let (Some(payable), Some(total)) = (&figures.payable, figures.tax_inclusive) else {
        return;
    };
    let rest = total.value.minus(or_zero(figures.prepaid));
    let collected = sum(figures.third_party.iter().copied());
    let expected = rest.and_then(|rest| rest.plus(or_zero(figures.rounding))?.plus(collected?));
    equal(
        faults,
        "BR-CO-16",
        payable,
        expected,
        "the total with tax − prepaid + rounding",
    );
}

/// BR-CO-17: taxable × rate, within less than one unit of the currency, as the standard's own
/// validation has it; without a rate, nothing.
fn tax_amount(subtotal: &SubtotalFigures<'_, '_>, faults: &mut Faults) {
    let Some(tax) = subtotal.tax else {
        return;
    };
    let untaxed = subtotal.category.code.as_deref().and_then(untaxed);
    if let Some((_, _, rule)) = untaxed.filter(|_| !tax.value.is_zero()) {
        let problem = || format!("{} is not 0, as the category has no tax", tax.value);
        return unequal(faults, rule, || tax.place(), problem);
    }
    let (Some(taxable), Some(rate)) = (subtotal.taxable, subtotal.category.rate) else {
        if !tax.value.rounded(0).is_zero() && subtotal.taxable.is_some() {
            let problem = || format!("the tax is {} but no rate is given", tax.value);
            unequal(faults, "BR-CO-17", || tax.place(), problem);
        }
        return;
    };
    let product = taxable.value.magnitude().times(rate.hundredth());
    let product = product.map(|product| product.rounded(CENTS));
    if product.is_some_and(|product| within_one(tax.value.magnitude(), product)) {
        return;
    }
    let shown = product.map_or_else(|| "too large".to_owned(), |product| product.to_string());
    let problem = || {
        format!(
            "{} is not {} × {rate} %, which is {shown}",
            tax.value, taxable.value
        )
    };
    unequal(faults, "BR-CO-17", || tax.place(), problem);
}

/// Whether the two are less than one unit of the currency apart.
fn within_one(left: Decimal, right: Decimal) -> bool {
    left.minus(right)
        .is_some_and(|difference| difference.magnitude() < Decimal::ONE)
}

fn untaxed(code: &str) -> Option<(&'static str, &'static str, &'static str)> {
    UNTAXED
        .into_iter()
        .find(|(category, _, _)| *category == code)
}

/// BR-S-08 and its like: what is taxed is the lines and charges less the allowances of one category,
/// and for rated ones of one rate, within less than one unit.
fn taxable_amount(
    figures: &Figures<'_, '_>,
    subtotal: &SubtotalFigures<'_, '_>,
    faults: &mut Faults,
) {
    let (Some(taxable), Some(code)) = (&subtotal.taxable, subtotal.category.code.as_deref()) else {
        return;
    };
    let exempt = untaxed(code);
    let alike = |tax: &crate::figures::TaxCategory| {
        tax.code.as_deref() == Some(code)
            && (exempt.is_some() || tax.rate == subtotal.category.rate)
    };
    let lines = figures
        .lines
        .iter()
        .filter(|line| line.counts && alike(&line.tax));
    let lines = lines.filter_map(|line| line.total.map(|total| total.value));
    let extra = figures
        .allowances
        .iter()
        .filter(|one| alike(&one.tax))
        .map(signed);
    let expected = sum(lines.chain(extra));
    if let Some((_, rule, _)) = exempt {
        return equal(
            faults,
            rule,
            taxable,
            expected,
            "the sum of its category's lines, charges and allowances",
        );
    }
    if expected.is_some_and(|expected| within_one(taxable.value, expected)) {
        return;
    }
    let rule = match code {
        "L" => "BR-AF-08",
        "M" => "BR-AG-08",
        _ => "BR-S-08",
    };
    let shown = expected.map_or_else(|| "too large".to_owned(), |sum| sum.to_string());
    let problem = || {
        format!(
            "{} is not the sum of the lines, charges and allowances of its category and rate, which is {shown}",
            taxable.value
        )
    };
    unequal(faults, rule, || taxable.place(), problem);
}

fn signed(one: &AllowanceFigures) -> Decimal {
    if one.charge {
        one.amount
    } else {
        one.amount.negated()
    }
}

/// `|total·base − (price·quantity + extra·base)| ≤ 0.01·base`, without division.
fn line_total(line: &LineFigures<'_, '_>, warnings: &mut Faults) {
    let (Some(quantity), Some(price), Some(total)) = (line.quantity, line.price, line.total) else {
        return;
    };
    let base = line.base.unwrap_or(Decimal::ONE);
    if is_line_total(line, quantity, price, base, total.value) != Some(false) {
        return;
    }
    let problem = || {
        let extra = if line.allowances.is_empty() {
            ""
        } else {
            " with its allowances and charges"
        };
        format!(
            "{} is not price {price} × quantity {quantity} ÷ base {base}{extra}",
            total.value
        )
    };
    unequal(warnings, "SL-LINE-TOTAL", || total.place(), problem);
}

/// `None` when the numbers are too large to tell.
fn is_line_total(
    line: &LineFigures<'_, '_>,
    quantity: Decimal,
    price: Decimal,
    base: Decimal,
    total: Decimal,
) -> Option<bool> {
    let extra = sum(line.allowances.iter().map(signed))?;
    let left = total.minus(extra)?.times(base)?;
    let difference = left.minus(price.times(quantity)?)?;
    let tolerance = Decimal::ONE.hundredth().times(base)?;
    Some(difference.magnitude() <= tolerance)
}
