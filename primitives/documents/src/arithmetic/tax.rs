//! The tax breakdown: each entry's tax, what it taxes, and that no category is left out.

use std::collections::BTreeSet;

use crate::arithmetic::{CENTS, equal, signed, sum, unequal};
use crate::decimal::Decimal;
use crate::fault::{Faults, Place};
use crate::figures::{Figures, SubtotalFigures, TaxCategory};

/// Tax categories without tax: zero-rated, exempt, reverse charge, intra-community, export, outside scope.
const UNTAXED: [(&str, &str, &str); 6] = [
    ("Z", "BR-Z-08", "BR-Z-09"),
    ("E", "BR-E-08", "BR-E-09"),
    ("AE", "BR-AE-08", "BR-AE-09"),
    ("K", "BR-IC-08", "BR-IC-09"),
    ("G", "BR-G-08", "BR-G-09"),
    ("O", "BR-O-08", "BR-O-09"),
];

/// Checks the breakdown's rules.
pub(super) fn check(figures: &Figures<'_, '_>, faults: &mut Faults) {
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
    let alike = |tax: &TaxCategory| {
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
