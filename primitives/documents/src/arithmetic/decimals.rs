//! BR-DEC: amounts of documents and lines have at most two decimals, as they are written.

use crate::arithmetic::{CENTS, Check};
use crate::decimal::Decimal;
use crate::fault::{Class, Fault, Faults};
use crate::places::Spot;

/// Checks all amounts that Sealane reads.
pub(super) fn check(check: &Check<'_>, faults: &mut Faults) {
    totals(check, faults);
    for (index, one) in check.document.allowances.iter().enumerate() {
        let rule = if one.charge { "BR-DEC-05" } else { "BR-DEC-01" };
        amount(check, faults, rule, Spot::Allowance(index), one.amount);
    }
    for (index, entry) in check.document.taxes.iter().enumerate() {
        for (rule, field, value) in [
            ("BR-DEC-19", "taxable", entry.taxable),
            ("BR-DEC-20", "tax", entry.tax),
        ] {
            if let Some(value) = value {
                amount(check, faults, rule, Spot::Tax(index, field), value);
            }
        }
    }
    if check.claim.more_line_decimals {
        return;
    }
    for (index, line) in check.document.lines.iter().enumerate() {
        if let Some(total) = line.total {
            let spot = Spot::LineField(index, "total");
            amount(check, faults, "BR-DEC-23", spot, total);
        }
        for one in &line.allowances {
            let rule = if one.charge { "BR-DEC-27" } else { "BR-DEC-24" };
            amount(check, faults, rule, Spot::Line(index), one.amount);
        }
    }
}

fn totals(check: &Check<'_>, faults: &mut Faults) {
    let totals = &check.document.totals;
    for (rule, field, value) in [
        ("BR-DEC-09", "lines_total", totals.lines),
        ("BR-DEC-10", "allowances_total", totals.allowances),
        ("BR-DEC-11", "charges_total", totals.charges),
        ("BR-DEC-12", "tax_exclusive", totals.tax_exclusive),
        ("BR-DEC-13", "tax", totals.tax),
        ("BR-DEC-14", "tax_inclusive", totals.tax_inclusive),
        ("BR-DEC-16", "prepaid", totals.prepaid),
        ("BR-DEC-17", "rounding", totals.rounding),
        ("BR-DEC-18", "payable", totals.payable),
        ("BR-DEX-13", "third_party", totals.third_party),
    ] {
        if let Some(value) = value {
            amount(check, faults, rule, Spot::Header(field), value);
        }
    }
}

fn amount(check: &Check<'_>, faults: &mut Faults, rule: &'static str, spot: Spot, value: Decimal) {
    if value.written_decimals() <= CENTS {
        return;
    }
    faults.add(|| Fault {
        class: Class::Value,
        place: check.places.at(spot),
        rule,
        problem: format!("the amount {value} has more than two decimals"),
        advice: "Ask the sender for amounts rounded to two decimals.",
    });
}
