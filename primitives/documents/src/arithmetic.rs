//! EN 16931's arithmetic, and that of its extensions where a document claims them. Each rule is told by its
//! name in the standard that binds; `specs/schemas/arithmetic.md` states them. Whether they bind a document
//! is [`crate::Document::claims_en16931`].

use sealane_types::fields::Currency;

use crate::claim::Claim;
use crate::decimal::Decimal;
use crate::document::{Allowance, Document, Line};
use crate::fault::{Class, Fault, Faults};
use crate::places::{Places, Spot};

mod decimals;
mod tax;

const ADVICE: &str = "Ask the sender for a document whose amounts add up.";
/// By how many cents a line's total may be off before it is told.
const SLACK: i64 = 1;
/// The same in PEPPOL-EN16931-R120: 0.02.
const PEPPOL_SLACK: i64 = 2;
/// Decimals of amounts of the document, to which sums are rounded.
const CENTS: u32 = 2;

/// Which lists a document states. XML always does; JSON need not, and what it leaves out is not held
/// against it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lists {
    /// Allowances and charges of the document.
    pub allowances: bool,
    /// The tax breakdown.
    pub taxes: bool,
}

/// One check of a document.
pub(crate) struct Check<'d> {
    document: &'d Document,
    claim: Claim,
    lists: Lists,
    places: &'d dyn Places,
}

impl<'d> Check<'d> {
    pub fn new(document: &'d Document, lists: Lists, places: &'d dyn Places) -> Self {
        let claim = document.claim();
        Self {
            document,
            claim,
            lists,
            places,
        }
    }

    /// Checks the rules that bind documents which claim EN 16931.
    pub fn amounts(&self, faults: &mut Faults) {
        self.totals(faults);
        self.breakdown_of_tax(faults);
    }

    /// Checks the document's totals (BR-CO-10 to -16), which bind under Peppol PINT too.
    pub fn totals(&self, faults: &mut Faults) {
        self.lines_total(faults);
        if self.lists.allowances {
            self.allowances_totals(faults);
        }
        self.tax_exclusive(faults);
        self.tax_total(faults);
        self.tax_inclusive(faults);
        self.payable(faults);
    }

    /// Checks the tax breakdown.
    pub fn breakdown_of_tax(&self, faults: &mut Faults) {
        tax::check(self, faults);
    }

    /// Checks that a line's total is price × quantity ÷ base with its allowances and charges. EN 16931 lets a line's
    /// total hold other taxes, and has no rule on it; Peppol BIS Billing 3.0 has one, which binds.
    pub fn lines(&self, faults: &mut Faults, warnings: &mut Faults) {
        let binds = self.claim.peppol_billing && self.document.claims_en16931();
        for (index, line) in self.document.lines.iter().enumerate() {
            if !(binds && self.line_total(index, line, "PEPPOL-EN16931-R120", PEPPOL_SLACK, faults))
            {
                self.line_total(index, line, "SL-LINE-TOTAL", SLACK, warnings);
            }
        }
    }

    /// Checks how many decimals amounts are written with (BR-DEC-…).
    pub fn decimals(&self, faults: &mut Faults) {
        decimals::check(self, faults);
    }

    /// Checks what never binds: that totals are whole minor units of the document's currency.
    pub fn minor_units(&self, warnings: &mut Faults) {
        decimals::minor_units(self, warnings);
    }

    /// A rule's name: EXTENDED has its own where it replaces the core's.
    fn rule(&self, core: &'static str, extended: &'static str) -> &'static str {
        if self.claim.extended { extended } else { core }
    }

    /// What a sum over so many amounts may be off by: EXTENDED allows a cent for each, the core nothing.
    fn margin(&self, amounts: usize) -> Decimal {
        let cents = if self.claim.extended { amounts } else { 0 };
        let cents = i64::try_from(cents).unwrap_or(i64::MAX);
        Decimal::new(cents, CENTS).unwrap_or(Decimal::ZERO)
    }

    fn unequal(
        &self,
        faults: &mut Faults,
        rule: &'static str,
        spot: Spot,
        problem: impl FnOnce() -> String,
    ) {
        let rule = if self.claim.pint { pint(rule) } else { rule };
        faults.add(|| Fault {
            class: Class::Arithmetic,
            place: self.places.at(spot),
            rule,
            problem: problem(),
            advice: ADVICE,
        });
    }

    /// Decimals to which a sum is rounded before it is compared: two under EN 16931, elsewhere at least as many as the
    /// document's currency has (three of `KWD`).
    fn decimals_of_sums(&self) -> u32 {
        match self.document.claims_en16931() {
            true => CENTS,
            false => self.minor_units_of_currency().unwrap_or(CENTS).max(CENTS),
        }
    }

    fn minor_units_of_currency(&self) -> Option<u32> {
        let currency = self.document.currency.as_deref()?;
        Some(Currency::listed(currency)?.minor_units())
    }

    /// Whether there are lines to add up. Factur-X BASIC WL and MINIMUM, and JSON where it leaves them out, have none; where
    /// a specification demands lines, their absence is told by its own rule (BR-16).
    fn has_lines(&self) -> bool {
        !self.document.lines.is_empty()
    }

    /// Whether it can be told what each entry of the tax breakdown taxes: all lines say their category. EN 16931 demands
    /// that by its own rule (BR-CO-04).
    fn has_taxed_lines(&self) -> bool {
        let said = |(_, line): (usize, &Line)| line.tax.code.is_some();
        let binds = self.document.claims_en16931();
        self.has_lines() && (binds || self.counted_lines().all(said))
    }

    /// Adds a fault unless `written` is `expected` (`None`: too large to compute) or `margin` from it.
    fn equal(&self, faults: &mut Faults, sum: &Sum) {
        let decimals = self.decimals_of_sums();
        let expected = sum.expected.map(|value| value.rounded(decimals));
        if expected.is_some_and(|expected| is_near(sum.written, expected, sum.margin)) {
            return;
        }
        self.unequal(faults, sum.rule, sum.spot, || match expected {
            Some(expected) => format!("{} is not {}, which is {expected}", sum.written, sum.what),
            None => format!("{} is too large to compute", sum.what),
        });
    }

    fn counted_lines(&self) -> impl Iterator<Item = (usize, &'d Line)> {
        let lines = self.document.lines.iter().enumerate();
        lines.filter(|(_, line)| line.counts())
    }

    /// How many amounts go into the totals: lines that count, allowances and charges.
    fn summands(&self) -> usize {
        self.counted_lines().count() + self.document.allowances.len()
    }

    fn lines_total(&self, faults: &mut Faults) {
        let Some(written) = self.document.totals.lines.filter(|_| self.has_lines()) else {
            return;
        };
        self.equal(
            faults,
            &Sum {
                rule: self.rule("BR-CO-10", "BR-FXEXT-CO-10"),
                spot: Spot::Header("lines_total"),
                written,
                expected: sum(self.counted_lines().filter_map(|(_, line)| line.total)),
                margin: self.margin(self.counted_lines().count()),
                what: "the sum of the line totals",
            },
        );
    }

    fn allowances_totals(&self, faults: &mut Faults) {
        let totals = &self.document.totals;
        let cases = [
            (
                self.rule("BR-CO-11", "BR-FXEXT-CO-11"),
                false,
                "allowances_total",
                totals.allowances,
                "the sum of the document's allowances",
            ),
            (
                self.rule("BR-CO-12", "BR-FXEXT-CO-12"),
                true,
                "charges_total",
                totals.charges,
                "the sum of the document's charges",
            ),
        ];
        for (rule, charge, field, written, what) in cases {
            let all = self.document.allowances.iter();
            let amounts: Vec<Decimal> = all
                .filter(|one| one.charge == charge)
                .map(|one| one.amount)
                .collect();
            match written {
                Some(written) => self.equal(
                    faults,
                    &Sum {
                        rule,
                        spot: Spot::Header(field),
                        written,
                        margin: self.margin(amounts.len()),
                        expected: sum(amounts),
                        what,
                    },
                ),
                None if amounts.is_empty() => {}
                None => self.unequal(faults, rule, Spot::Root, || format!("{what} is missing")),
            }
        }
    }

    fn tax_exclusive(&self, faults: &mut Faults) {
        let totals = &self.document.totals;
        let (Some(written), Some(lines)) = (totals.tax_exclusive, totals.lines) else {
            return;
        };
        let charges = lines.plus(or_zero(totals.charges));
        self.equal(
            faults,
            &Sum {
                rule: self.rule("BR-CO-13", "BR-FXEXT-CO-13"),
                spot: Spot::Header("tax_exclusive"),
                written,
                expected: charges.and_then(|sum| sum.minus(or_zero(totals.allowances))),
                margin: self.margin(self.summands()),
                what: "lines − allowances + charges",
            },
        );
    }

    fn tax_total(&self, faults: &mut Faults) {
        let taxes = &self.document.taxes;
        if taxes.is_empty() {
            return;
        }
        let Some(written) = self.document.totals.tax else {
            let sum = sum(taxes.iter().filter_map(|entry| entry.tax));
            if sum.is_none_or(|sum| !sum.is_zero()) {
                let problem =
                    || "the total tax is missing, and the tax breakdown has tax".to_owned();
                self.unequal(faults, "BR-CO-14", Spot::Root, problem);
            }
            return;
        };
        self.equal(
            faults,
            &Sum {
                rule: "BR-CO-14",
                spot: Spot::Header("tax"),
                written,
                expected: sum(taxes.iter().filter_map(|entry| entry.tax)),
                margin: Decimal::ZERO,
                what: "the sum of the tax breakdown",
            },
        );
    }

    /// The total without tax; OIOUBL 2 has no element for it.
    fn net(&self) -> Option<Decimal> {
        let totals = &self.document.totals;
        if !self.claim.oioubl {
            return totals.tax_exclusive;
        }
        let charges = totals.lines?.plus(or_zero(totals.charges))?;
        charges.minus(or_zero(totals.allowances))
    }

    fn tax_inclusive(&self, faults: &mut Faults) {
        let totals = &self.document.totals;
        let (Some(written), Some(net)) = (totals.tax_inclusive, self.net()) else {
            return;
        };
        if self.is_rounded_before() {
            return;
        }
        self.equal(
            faults,
            &Sum {
                rule: self.rule("BR-CO-15", "BR-FXEXT-CO-15"),
                spot: Spot::Header("tax_inclusive"),
                written,
                expected: net.plus(or_zero(totals.tax)),
                margin: self.margin(self.summands()),
                what: "the total without tax plus the tax",
            },
        );
    }

    /// Whether the rounding stands in the total with tax, as CEN BII has it (BII2-T10-R012), and not beside it.
    fn is_rounded_before(&self) -> bool {
        let totals = &self.document.totals;
        let (Some(written), Some(rounding)) = (totals.tax_inclusive, totals.rounding) else {
            return false;
        };
        let net = self.net().filter(|_| self.claim.bii && !rounding.is_zero());
        let sum = net.and_then(|net| net.plus(or_zero(totals.tax)));
        let sum = sum.and_then(|sum| sum.plus(rounding));
        sum.is_some_and(|sum| sum.rounded(self.decimals_of_sums()) == written)
    }

    fn payable(&self, faults: &mut Faults) {
        let totals = &self.document.totals;
        let (Some(written), Some(total)) = (totals.payable, totals.tax_inclusive) else {
            return;
        };
        let third_party = totals
            .third_party
            .filter(|_| self.claim.has_third_parties());
        let rest = total.minus(or_zero(totals.prepaid));
        let rounding = totals.rounding.filter(|_| !self.is_rounded_before());
        let expected = rest
            .and_then(|rest| rest.plus(or_zero(rounding)))
            .and_then(|rest| rest.plus(or_zero(third_party)));
        let core = if self.claim.xrechnung_extension {
            "BR-DEX-09"
        } else {
            "BR-CO-16"
        };
        let what = match third_party {
            None => "the total with tax − prepaid + rounding",
            Some(_) => "the total with tax − prepaid + rounding + third parties' amounts",
        };
        self.equal(
            faults,
            &Sum {
                rule: self.rule(core, "BR-FXEXT-CO-16"),
                spot: Spot::Header("payable"),
                written,
                expected,
                margin: Decimal::ZERO,
                what,
            },
        );
    }

    /// Tells a total that is off by more than so many cents; whether it did.
    fn line_total(
        &self,
        index: usize,
        line: &Line,
        rule: &'static str,
        cents: i64,
        told: &mut Faults,
    ) -> bool {
        let (Some(quantity), Some(price), Some(total)) = (line.quantity, line.price, line.total)
        else {
            return false;
        };
        let base = line.base_quantity.unwrap_or(Decimal::ONE);
        let slack = match rule {
            "SL-LINE-TOTAL" if self.minor_units_of_currency() == Some(0) => Some(Decimal::ONE),
            _ => Decimal::new(cents, CENTS),
        };
        if is_off_by(slack, &line.allowances, quantity, price, base, total) != Some(true) {
            return false;
        }
        let extra = if line.allowances.is_empty() {
            ""
        } else {
            " with its allowances and charges"
        };
        let problem =
            || format!("{total} is not price {price} × quantity {quantity} ÷ base {base}{extra}");
        let spot = Spot::LineField(index, "total");
        self.unequal(told, rule, spot, problem);
        true
    }
}

/// A number that should be a sum.
struct Sum {
    rule: &'static str,
    spot: Spot,
    written: Decimal,
    expected: Option<Decimal>,
    margin: Decimal,
    what: &'static str,
}

/// The name that Peppol PINT gives to a rule on totals.
fn pint(rule: &'static str) -> &'static str {
    match rule {
        "BR-CO-10" => "IBR-CO-10",
        "BR-CO-11" => "IBR-CO-11",
        "BR-CO-12" => "IBR-CO-12",
        "BR-CO-13" => "IBR-CO-13",
        "BR-CO-14" => "IBR-CO-14",
        "BR-CO-15" => "IBR-CO-15",
        "BR-CO-16" => "IBR-CO-16",
        other => other,
    }
}

fn is_near(left: Decimal, right: Decimal, margin: Decimal) -> bool {
    left.minus(right)
        .is_some_and(|difference| difference.magnitude() <= margin)
}

fn sum(values: impl IntoIterator<Item = Decimal>) -> Option<Decimal> {
    values.into_iter().try_fold(Decimal::ZERO, Decimal::plus)
}

/// An absent amount counts as zero.
fn or_zero(value: Option<Decimal>) -> Decimal {
    value.unwrap_or(Decimal::ZERO)
}

/// Whether a total is the line's but for a cent; `None` when the numbers are too large to tell.
pub(crate) fn is_line_total(
    allowances: &[Allowance],
    quantity: Decimal,
    price: Decimal,
    base: Decimal,
    total: Decimal,
) -> Option<bool> {
    let slack = Decimal::new(SLACK, CENTS);
    is_off_by(slack, allowances, quantity, price, base, total).map(|off| !off)
}

/// `|total·base − (price·quantity + extra·base)| > slack·base`, without division; `None` when the numbers are too
/// large to tell.
fn is_off_by(
    slack: Option<Decimal>,
    allowances: &[Allowance],
    quantity: Decimal,
    price: Decimal,
    base: Decimal,
    total: Decimal,
) -> Option<bool> {
    let extra = sum(allowances.iter().map(Allowance::signed))?;
    let left = total.minus(extra)?.times(base)?;
    let difference = left.minus(price.times(quantity)?)?;
    let tolerance = slack?.times(base)?;
    Some(difference.magnitude() > tolerance)
}
