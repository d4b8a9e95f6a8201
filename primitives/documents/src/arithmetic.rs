//! EN 16931's arithmetic. Each rule is told by its name in the standard; `specs/schemas/arithmetic.md`
//! states them. Whether they bind a document is [`crate::Document::claims_en16931`].

use crate::decimal::Decimal;
use crate::fault::{Class, Fault, Faults, Place};
use crate::figures::{AllowanceFigures, Figure, Figures, LineFigures};

mod tax;

const ADVICE: &str = "Ask the sender for a document whose amounts add up.";
/// Decimals of amounts of the document, to which sums are rounded.
const CENTS: u32 = 2;
/// Checks the rules that bind documents which claim EN 16931.
pub fn check(figures: &Figures<'_, '_>, faults: &mut Faults) {
    lines_total(figures, faults);
    allowances_total(figures, faults);
    tax_exclusive(figures, faults);
    tax_total(figures, faults);
    tax_inclusive(figures, faults);
    payable(figures, faults);
    tax::check(figures, faults);
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
