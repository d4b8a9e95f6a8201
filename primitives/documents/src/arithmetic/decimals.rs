//! BR-DEC: amounts of documents and lines have at most two decimals, as they are written. Under any specification or
//! none: totals are whole minor units of their currency.

use sealane_types::fields::Currency;

use crate::arithmetic::{CENTS, Check};
use crate::decimal::Decimal;
use crate::fault::{Class, Fault, Faults};
use crate::places::Spot;

/// Checks all amounts that Sealane reads.
pub(super) fn check(check: &Check<'_>, faults: &mut Faults) {
    for (rule, field, value) in totals(check) {
        amount(check, faults, rule, Spot::Header(field), value);
    }
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

/// Totals of which a part is less than the currency's minor unit (`119.50 JPY`): nobody can pay it.
pub(super) fn minor_units(check: &Check<'_>, warnings: &mut Faults) {
    let Some(currency) = check
        .document
        .currency
        .as_deref()
        .and_then(Currency::listed)
    else {
        return;
    };
    let decimals = currency.minor_units();
    for (_, field, value) in totals(check) {
        if value.needed_decimals() <= decimals {
            continue;
        }
        let most = match decimals {
            0 => "none".to_owned(),
            most => format!("at most {most}"),
        };
        let code = currency.code();
        warnings.add(|| Fault {
            class: Class::Value,
            place: check.places.at(Spot::Header(field)),
            rule: "SL-MINOR-UNIT",
            problem: format!("{value} {code} has more decimals than the currency: {code} has {most}"),
            advice: "Ask the sender for amounts that can be paid; a payable amount with more decimals cannot be sealed.",
        });
    }
}

/// The totals that are stated, each with its rule and its field.
fn totals(check: &Check<'_>) -> impl Iterator<Item = (&'static str, &'static str, Decimal)> {
    let totals = &check.document.totals;
    let all = [
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
    ];
    let stated = all.into_iter();
    stated.filter_map(|(rule, field, value)| Some((rule, field, value?)))
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
