//! The tax breakdown: each entry's tax, what it taxes, and that no category is left out.

use std::collections::BTreeSet;

use crate::arithmetic::{CENTS, Check, Sum, is_near, sum};
use crate::decimal::Decimal;
use crate::document::{Allowance, TaxCategory, TaxEntry};
use crate::fault::Faults;
use crate::places::Spot;

/// The rules of one tax category.
struct Rules {
    code: &'static str,
    /// Whether it has a rate, so that the breakdown has an entry for each.
    rated: bool,
    /// It stands in the breakdown.
    listed: [&'static str; 2],
    /// What is taxed is the sum of its lines, charges and allowances.
    taxable: [&'static str; 2],
    /// Its tax is right.
    tax: [&'static str; 2],
    /// Which rates lines, allowances and charges may have, and the rule of each of the three.
    rate: Rate,
    rates: [&'static str; 3],
}

/// Which rates a category has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rate {
    AboveZero,
    NotNegative,
    Zero,
    None,
}

impl Rate {
    fn allows(self, rate: Option<Decimal>) -> bool {
        match (self, rate) {
            (Self::AboveZero, Some(rate)) => !rate.is_zero() && !rate.is_negative(),
            (Self::NotNegative, Some(rate)) => !rate.is_negative(),
            (Self::Zero, Some(rate)) => rate.is_zero(),
            (Self::None, rate) => rate.is_none(),
            (_, None) => false,
        }
    }

    fn what(self) -> &'static str {
        match self {
            Self::AboveZero => "a rate above zero",
            Self::NotNegative => "a rate of zero or more",
            Self::Zero => "the rate 0",
            Self::None => "no rate",
        }
    }
}

macro_rules! rules {
    ($code:literal, $name:literal, $rated:literal, $rate:expr) => {
        Rules {
            code: $code,
            rated: $rated,
            listed: [
                concat!("BR-", $name, "-01"),
                concat!("BR-FXEXT-", $name, "-01"),
            ],
            taxable: [
                concat!("BR-", $name, "-08"),
                concat!("BR-FXEXT-", $name, "-08"),
            ],
            tax: [
                concat!("BR-", $name, "-09"),
                concat!("BR-FXEXT-", $name, "-09"),
            ],
            rate: $rate,
            rates: [
                concat!("BR-", $name, "-05"),
                concat!("BR-", $name, "-06"),
                concat!("BR-", $name, "-07"),
            ],
        }
    };
}

/// Standard, zero-rated, exempt, reverse charge, intra-community, export, outside scope, Canary Islands,
/// Ceuta and Melilla. The core's rules first, then EXTENDED's.
const RULES: [Rules; 9] = [
    rules!("S", "S", true, Rate::AboveZero),
    rules!("Z", "Z", false, Rate::Zero),
    rules!("E", "E", false, Rate::Zero),
    rules!("AE", "AE", false, Rate::Zero),
    rules!("K", "IC", false, Rate::Zero),
    rules!("G", "G", false, Rate::Zero),
    rules!("O", "O", false, Rate::None),
    rules!("L", "AF", true, Rate::NotNegative),
    rules!("M", "AG", true, Rate::NotNegative),
];

fn rules_of(code: Option<&str>) -> Option<&'static Rules> {
    RULES.iter().find(|rules| Some(rules.code) == code)
}

/// Checks the breakdown's rules.
pub(super) fn check(check: &Check<'_>, faults: &mut Faults) {
    for (index, entry) in check.document.taxes.iter().enumerate() {
        check.tax_amount(index, entry, faults);
        if check.lists.allowances && check.has_taxed_lines() {
            check.taxable_amount(index, entry, faults);
        }
    }
    if check.lists.taxes {
        check.breakdown(faults);
        check.rates(faults);
    }
}

/// Whether the two are less than one unit of the currency apart.
fn within_one(left: Decimal, right: Decimal) -> bool {
    left.minus(right)
        .is_some_and(|difference| difference.magnitude() < Decimal::ONE)
}

impl Check<'_> {
    /// A category that is used but has no entry in the breakdown leaves its tax out of the total. Rated
    /// categories have an entry for each rate, the others one; under EXTENDED one for each reason.
    fn breakdown(&self, faults: &mut Faults) {
        let lines = self.counted_lines().map(|(_, line)| &line.tax);
        let allowances = self.document.allowances.iter().map(|one| &one.tax);
        let used: BTreeSet<&str> = lines
            .chain(allowances)
            .filter_map(|tax| tax.code.as_deref())
            .collect();
        for rules in RULES.iter().filter(|rules| used.contains(rules.code)) {
            let entries = self.document.taxes.iter();
            let count = entries
                .filter(|entry| entry.category.code.as_deref() == Some(rules.code))
                .count();
            let several = rules.rated || self.claim.extended;
            if count == 0 || (count > 1 && !several) {
                let problem = || {
                    format!(
                        "the tax breakdown has {count} entries for category {}, which lines or allowances use",
                        rules.code
                    )
                };
                let rule = self.rule(rules.listed[0], rules.listed[1]);
                self.unequal(faults, rule, Spot::Root, problem);
            }
        }
    }

    /// BR-S-05, -06, -07 and their like: rates of lines, allowances and charges fit their category.
    fn rates(&self, faults: &mut Faults) {
        for (index, line) in self.counted_lines() {
            self.rate_of(&line.tax, 0, Spot::LineField(index, "tax_rate"), faults);
        }
        for (index, one) in self.document.allowances.iter().enumerate() {
            let which = if one.charge { 2 } else { 1 };
            self.rate_of(&one.tax, which, Spot::Allowance(index), faults);
        }
    }

    fn rate_of(&self, tax: &TaxCategory, which: usize, spot: Spot, faults: &mut Faults) {
        let Some(rules) = rules_of(tax.code.as_deref()) else {
            return;
        };
        if rules.rate.allows(tax.rate) {
            return;
        }
        let problem = || {
            let written = tax
                .rate
                .map_or_else(|| "none".to_owned(), |rate| rate.to_string());
            format!(
                "the rate is {written}, but category {} has {}",
                rules.code,
                rules.rate.what()
            )
        };
        self.unequal(faults, rules.rates[which], spot, problem);
    }

    /// BR-CO-17: taxable × rate, within less than one unit of the currency, as the standard's own
    /// validation has it; without a rate, nothing. EXTENDED has a cent for each amount instead.
    fn tax_amount(&self, index: usize, entry: &TaxEntry, faults: &mut Faults) {
        let Some(tax) = entry.tax else {
            return;
        };
        let spot = Spot::Tax(index, "tax");
        let rules = rules_of(entry.category.code.as_deref());
        if let Some(rules) = rules.filter(|rules| !rules.rated && !tax.is_zero()) {
            let problem = || format!("{tax} is not 0, as the category has no tax");
            return self.unequal(faults, rules.tax[0], spot, problem);
        }
        let (Some(taxable), Some(rate)) = (entry.taxable, entry.category.rate) else {
            if !tax.rounded(0).is_zero() && entry.taxable.is_some() {
                let problem = || format!("the tax is {tax} but no rate is given");
                self.unequal(faults, "BR-CO-17", spot, problem);
            }
            return;
        };
        if rate.is_negative() {
            let problem =
                || format!("the rate {rate} % is negative; what is taxed is negative instead");
            return self.unequal(faults, "BR-CO-17", spot, problem);
        }
        let size = taxable.magnitude().times(rate.hundredth());
        let size = size.map(|size| size.rounded(self.decimals_of_sums()));
        let (rule, near) = match rules.filter(|_| self.claim.extended) {
            Some(rules) => {
                let margin = self.margin(self.alike(entry, false).count().max(1));
                let near = size.map(|size| is_near(tax.magnitude(), size, margin));
                (rules.tax[1], near)
            }
            None => (
                "BR-CO-17",
                size.map(|size| within_one(tax.magnitude(), size)),
            ),
        };
        if near == Some(true) {
            return;
        }
        let sign = if taxable.is_negative() { "-" } else { "" };
        let shown = size.map_or_else(|| "too large".to_owned(), |size| format!("{sign}{size}"));
        let problem = || format!("{tax} is not {taxable} × {rate} %, which is {shown}");
        self.unequal(faults, rule, spot, problem);
    }

    /// Amounts of lines, charges and allowances that an entry of the breakdown taxes.
    fn alike(&self, entry: &TaxEntry, reasons: bool) -> impl Iterator<Item = Decimal> {
        let of = &entry.category;
        let rated = rules_of(of.code.as_deref()).is_none_or(|rules| rules.rated);
        let alike = move |tax: &TaxCategory| {
            tax.code == of.code
                && (!rated || tax.rate == of.rate)
                && (!reasons || (&tax.reason_code, &tax.reason) == (&of.reason_code, &of.reason))
        };
        let lines = self
            .counted_lines()
            .filter(move |(_, line)| alike(&line.tax));
        let lines = lines.filter_map(|(_, line)| line.total);
        let extra = self.document.allowances.iter();
        let extra = extra
            .filter(move |one| alike(&one.tax))
            .map(Allowance::signed);
        lines.chain(extra)
    }

    /// BR-S-08 and its like: what is taxed is the lines and charges less the allowances of one category,
    /// and for rated ones of one rate, within less than one unit. EXTENDED allows a cent for each amount, and
    /// an entry for each reason of an exemption.
    fn taxable_amount(&self, index: usize, entry: &TaxEntry, faults: &mut Faults) {
        let (Some(taxable), Some(_)) = (entry.taxable, &entry.category.code) else {
            return;
        };
        let rules = rules_of(entry.category.code.as_deref());
        let expected = sum(self.alike(entry, false));
        let spot = Spot::Tax(index, "taxable");
        if self.claim.extended {
            let fits = |reasons: bool| {
                let expected = sum(self.alike(entry, reasons)).map(|sum| sum.rounded(CENTS));
                let margin = self.margin(self.alike(entry, reasons).count());
                expected.is_some_and(|expected| is_near(taxable, expected, margin))
            };
            if fits(false) || fits(true) {
                return;
            }
        }
        let exempt = rules.filter(|rules| !rules.rated);
        let rule = rules.map_or("BR-S-08", |rules| {
            self.rule(rules.taxable[0], rules.taxable[1])
        });
        if exempt.is_some() {
            let what = "the sum of its category's lines, charges and allowances";
            let margin = Decimal::ZERO;
            let sum = Sum {
                rule,
                spot,
                written: taxable,
                expected,
                margin,
                what,
            };
            return self.equal(faults, &sum);
        }
        let near = expected.is_some_and(|expected| within_one(taxable, expected));
        if near && !self.claim.extended {
            return;
        }
        let shown = expected.map_or_else(|| "too large".to_owned(), |sum| sum.to_string());
        let problem = || {
            format!(
                "{taxable} is not the sum of the lines, charges and allowances of its category and rate, which is {shown}"
            )
        };
        self.unequal(faults, rule, spot, problem);
    }
}
