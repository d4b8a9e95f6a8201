//! A check for so many lines and documents: every intermediate value has a bound, known before any document is.
//!
//! The bounds follow evaluation step by step: where evaluation multiplies, the magnitudes are multiplied.

use num_bigint::BigUint;
use sealane_types::cross_check::parts::PART_LINES;
use sealane_types::schema::{
    AMOUNT_SCALE, CHECK_LINES, LINE_BUCKETS, PRICE_SCALE, QUANTITY_SCALE, TOLERANCE_SCALE,
};

use crate::ast::{Decimal, Quantifier, Span, Tolerance, ToleranceUnit};
use crate::fault::Fault;
use crate::field::FieldType;
use crate::limits;
use crate::typed::{Binding, Check, Condition, FieldRef, List, Slack, Term, TermNode};

/// A tolerance that a document states is so many times ten to the minus this: hundredths of a percent.
pub(crate) const STATED_SCALE: u32 = TOLERANCE_SCALE + 2;

/// How large the documents may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    lines: usize,
    documents: usize,
    /// Lines that a document has at the most: more than `lines` where it is taken in parts.
    longest: usize,
}

impl Sizes {
    /// So many lines a document, and so many documents a list. `None` unless `lines` is one of
    /// [`CHECK_LINES`] and `documents` is 1 to [`limits::LIST`].
    #[must_use]
    pub fn new(lines: usize, documents: usize) -> Option<Self> {
        let known = CHECK_LINES.contains(&lines) && (1..=limits::LIST).contains(&documents);
        known.then_some(Self {
            lines,
            documents,
            longest: lines,
        })
    }

    /// Documents of any length in parts of so many lines, and so many documents a list. `None` unless `lines` is one of
    /// [`PART_LINES`] and `documents` is 1 to [`limits::LIST`].
    #[must_use]
    pub fn in_parts(lines: usize, documents: usize) -> Option<Self> {
        let known = PART_LINES.contains(&lines) && (1..=limits::LIST).contains(&documents);
        known.then_some(Self {
            lines,
            documents,
            longest: LINE_BUCKETS[LINE_BUCKETS.len() - 1],
        })
    }

    /// Whether documents are taken in parts.
    #[must_use]
    pub fn are_parts(self) -> bool {
        self.longest > self.lines
    }

    /// Lines of a document.
    #[must_use]
    pub fn lines(self) -> usize {
        self.lines
    }

    /// Lines that a document has at the most.
    #[must_use]
    pub fn longest(self) -> usize {
        self.longest
    }

    /// Documents of a list.
    #[must_use]
    pub fn documents(self) -> usize {
        self.documents
    }
}

/// A check that can be evaluated: none of its values can exceed [`limits::BITS`].
#[derive(Debug, Clone)]
pub struct Instance<'a> {
    check: &'a Check,
    sizes: Sizes,
    bits: u64,
    work: u64,
}

impl<'a> Instance<'a> {
    /// The check for these sizes.
    ///
    /// # Errors
    /// The first comparison whose values could exceed 2²⁵⁰, or the requirement with which the instance looks at too many
    /// combinations of lines.
    pub fn new(check: &'a Check, sizes: Sizes) -> Result<Self, Fault> {
        let mut bounds = Bounds {
            check,
            sizes,
            largest: BigUint::ZERO,
        };
        let mut work = 0_u64;
        for requirement in &check.requirements {
            bounds.condition(&requirement.condition)?;
            work = work.saturating_add(bounds.work(&requirement.condition));
            if work > limits::WORK && !sizes.are_parts() {
                let problem = format!(
                    "for {} lines and {} documents in a list the check looks at more than {} combinations of lines",
                    sizes.longest,
                    sizes.documents,
                    limits::WORK
                );
                return Err(Fault::new(requirement.span, problem)
                    .help("nest fewer lists inside one another, or take smaller sizes"));
            }
        }
        Ok(Self {
            check,
            sizes,
            bits: bounds.largest.bits(),
            work,
        })
    }

    /// The check.
    #[must_use]
    pub fn check(&self) -> &'a Check {
        self.check
    }

    /// How large the documents may be.
    #[must_use]
    pub fn sizes(&self) -> Sizes {
        self.sizes
    }

    /// The name of its circuit: check, version, lines and documents in a list.
    #[must_use]
    pub fn circuit_name(&self) -> String {
        let Check { name, version, .. } = self.check;
        let Sizes {
            lines, documents, ..
        } = self.sizes;
        format!("check-{name}-v{version}-{lines}x{documents}")
    }

    /// Bits of the largest magnitude that any intermediate value can have; at most [`limits::BITS`].
    #[must_use]
    pub fn bits(&self) -> u64 {
        self.bits
    }

    /// The largest magnitude of a number, and its scale; `None` for what is no number.
    pub(crate) fn magnitude(&self, term: &Term) -> Option<(BigUint, u32)> {
        let mut bounds = Bounds {
            check: self.check,
            sizes: self.sizes,
            largest: BigUint::ZERO,
        };
        let found = bounds.term(term).expect("the instance's bounds hold");
        found.map(|found| (found.numerator, found.scale))
    }

    /// The most items that a list has.
    pub(crate) fn most(&self, list: List) -> usize {
        let bounds = Bounds {
            check: self.check,
            sizes: self.sizes,
            largest: BigUint::ZERO,
        };
        bounds.size(list)
    }

    /// How many combinations of lines and documents it looks at, at most [`limits::WORK`] unless documents are taken in parts.
    #[must_use]
    pub fn work(&self) -> u64 {
        self.work
    }
}

/// The largest magnitude of a number `numerator / denominator · 10^-scale`.
struct Magnitude {
    numerator: BigUint,
    denominator: BigUint,
    scale: u32,
}

impl Magnitude {
    fn whole(numerator: BigUint, scale: u32) -> Self {
        Self {
            numerator,
            denominator: BigUint::from(1_u8),
            scale,
        }
    }
}

/// The largest magnitude of so many bits.
pub(crate) fn largest(bits: u32) -> BigUint {
    (BigUint::from(1_u8) << bits) - 1_u8
}

/// `10^power`.
pub(crate) fn ten(power: u32) -> BigUint {
    BigUint::from(10_u8).pow(power)
}

fn written(number: Decimal) -> Magnitude {
    Magnitude::whole(number.mantissa.unsigned_abs().into(), number.scale)
}

struct Bounds<'a> {
    check: &'a Check,
    sizes: Sizes,
    largest: BigUint,
}

impl Bounds<'_> {
    fn condition(&mut self, condition: &Condition) -> Result<(), Fault> {
        match condition {
            Condition::And(parts) | Condition::Or(parts) => {
                parts.iter().try_for_each(|part| self.condition(part))
            }
            Condition::Quantified { over, body, .. } => {
                self.binding(over)?;
                self.condition(body)
            }
            Condition::Guarded { body, .. } => self.condition(body),
            Condition::Present(_) | Condition::Absent(_) | Condition::Party { .. } => Ok(()),
            Condition::Compare { left, right, .. } => self.compare(left, right).map(|_| ()),
            Condition::Within {
                left,
                tolerance,
                right,
            } => self.within(left, *tolerance, right),
            Condition::Limit {
                left, right, slack, ..
            } => match slack {
                Slack::Written(tolerance) => self.within(left, *tolerance, right),
                Slack::Stated(stated) => self.stated(left, stated, right),
            },
            Condition::Like { .. } => Ok(()),
            Condition::OneOf { value, list } => list
                .iter()
                .try_for_each(|one| self.compare(value, one).map(|_| ())),
        }
    }

    fn binding(&mut self, binding: &Binding) -> Result<(), Fault> {
        match &binding.filter {
            Some(filter) => self.condition(filter),
            None => Ok(()),
        }
    }

    /// The sum of both cross-multiplied sides: no smaller than their difference.
    fn compare(&mut self, left: &Term, right: &Term) -> Result<BigUint, Fault> {
        let span = left.span.to(right.span);
        let (Some(one), Some(other)) = (self.term(left)?, self.term(right)?) else {
            return Ok(BigUint::ZERO);
        };
        let scale = one.scale.max(other.scale);
        let left = one.numerator * other.denominator * ten(scale - one.scale);
        let right = other.numerator * one.denominator * ten(scale - other.scale);
        self.fits(left + right, span)
    }

    fn within(&mut self, left: &Term, tolerance: Tolerance, right: &Term) -> Result<(), Fault> {
        let span = left.span.to(right.span);
        let difference = self.compare(left, right)?;
        let (Some(one), Some(other)) = (self.term(left)?, self.term(right)?) else {
            return Ok(());
        };
        let scale = one.scale.max(other.scale);
        let amount = written(tolerance.amount);
        let (near, far) = match tolerance.unit {
            ToleranceUnit::Minor => {
                let both = scale.max(AMOUNT_SCALE);
                let minor = amount.numerator * ten(AMOUNT_SCALE);
                (
                    difference * ten(both - scale),
                    minor * one.denominator * other.denominator * ten(both - AMOUNT_SCALE),
                )
            }
            ToleranceUnit::Percent => (
                difference * ten(2 + amount.scale),
                amount.numerator * other.numerator * one.denominator * ten(scale - other.scale),
            ),
            ToleranceUnit::Own | ToleranceUnit::Days => {
                let both = scale.max(amount.scale);
                (
                    difference * ten(both - scale),
                    amount.numerator
                        * one.denominator
                        * other.denominator
                        * ten(both - amount.scale),
                )
            }
        };
        self.fits(near + far, span).map(|_| ())
    }

    /// As [`Bounds::within`], of a tolerance that a document states.
    fn stated(&mut self, left: &Term, stated: &Term, right: &Term) -> Result<(), Fault> {
        let span = left.span.to(right.span);
        let difference = self.compare(left, right)?;
        let (one, other) = (self.term(left)?, self.term(right)?);
        let stated = self.term(stated)?;
        let (Some(one), Some(other), Some(stated)) = (one, other, stated) else {
            return Ok(());
        };
        let scale = one.scale.max(other.scale);
        let whole = other.numerator * one.denominator * ten(scale - other.scale);
        let near = difference * ten(STATED_SCALE);
        self.fits(near + stated.numerator * whole, span).map(|_| ())
    }

    /// `None` for what is no number.
    fn term(&mut self, term: &Term) -> Result<Option<Magnitude>, Fault> {
        let one = BigUint::from(1_u8);
        let magnitude = match &term.node {
            TermNode::Field(field) => field_magnitude(field),
            TermNode::Text(_) => None,
            TermNode::Number(number) => Some(written(*number)),
            TermNode::Date(day) => Some(Magnitude::whole(day.unsigned_abs().into(), 0)),
            TermNode::Days(days) => Some(Magnitude::whole((*days).into(), 0)),
            TermNode::Count(over) => {
                self.binding(over)?;
                Some(Magnitude::whole(one * self.size(over.list), 0))
            }
            TermNode::Sum { term: inner, over } => {
                self.binding(over)?;
                let size = self.size(over.list);
                let inner = self.term(inner)?;
                inner.map(|inner| Magnitude::whole(inner.numerator * size, inner.scale))
            }
            TermNode::OrZero(value) => self.term(value)?,
            TermNode::Product { price, quantity } => {
                let (price, quantity) = (field_magnitude(price), self.term(quantity)?);
                price.zip(quantity).map(|(price, quantity)| Magnitude {
                    numerator: price.numerator * quantity.numerator,
                    denominator: price.denominator,
                    scale: price.scale + quantity.scale,
                })
            }
            TermNode::Chain { first, rest } => {
                let mut sum = self.term(first)?;
                for (_, next) in rest {
                    let next = self.term(next)?;
                    sum = sum.zip(next).map(|(one, other)| added(one, &other));
                }
                sum
            }
        };
        if let Some(magnitude) = &magnitude {
            self.fits(magnitude.numerator.clone(), term.span)?;
        }
        Ok(magnitude)
    }

    fn fits(&mut self, bound: BigUint, span: Span) -> Result<BigUint, Fault> {
        if bound.bits() > limits::BITS {
            let problem = format!(
                "this could need {} bits for {} lines and {} documents in a list; at most {} are safe",
                bound.bits(),
                self.sizes.longest,
                self.sizes.documents,
                limits::BITS
            );
            return Err(Fault::new(span, problem).help(
                "compare one product with an amount, write fewer digits, or take smaller sizes",
            ));
        }
        if bound > self.largest {
            self.largest.clone_from(&bound);
        }
        Ok(bound)
    }

    fn size(&self, list: List) -> usize {
        let several = |number: usize| match self.check.documents[number].list {
            true => self.sizes.documents,
            false => 1,
        };
        match list {
            List::Documents(number) => several(number),
            List::Lines(number) => several(number) * self.sizes.longest,
            List::LinesOf(_) => self.sizes.longest,
        }
    }

    /// Combinations of lines that a condition looks at; itself is one.
    fn work(&self, condition: &Condition) -> u64 {
        let inner = match condition {
            Condition::And(parts) | Condition::Or(parts) => {
                total(parts.iter().map(|part| self.work(part)))
            }
            // exactly one line is meant, so its fields are picked out once and the body is one
            Condition::Quantified {
                quantifier: Quantifier::One,
                over,
                body,
            } => self.bound_work(over, 0).saturating_add(self.work(body)),
            Condition::Quantified { over, body, .. } => self.bound_work(over, self.work(body)),
            Condition::Guarded { body, .. } => self.work(body),
            Condition::Present(_) | Condition::Absent(_) | Condition::Party { .. } => 0,
            Condition::Compare { left, right, .. } | Condition::Within { left, right, .. } => {
                total([left, right].map(|term| self.term_work(term)))
            }
            Condition::Limit {
                left, right, slack, ..
            } => {
                let stated = match slack {
                    Slack::Stated(stated) => self.term_work(stated),
                    Slack::Written(_) => 0,
                };
                total([self.term_work(left), self.term_work(right), stated])
            }
            Condition::Like { left, right } => {
                total([left, right].map(|term| self.term_work(term)))
            }
            Condition::OneOf { value, list } => {
                self.term_work(value).saturating_add(list.len() as u64)
            }
        };
        inner.saturating_add(1)
    }

    fn term_work(&self, term: &Term) -> u64 {
        let inner = match &term.node {
            TermNode::Sum { term, over } => self.bound_work(over, self.term_work(term)),
            TermNode::Count(over) => self.bound_work(over, 0),
            TermNode::Product { quantity, .. } => self.term_work(quantity),
            TermNode::OrZero(value) => self.term_work(value),
            TermNode::Chain { first, rest } => {
                let rest = total(rest.iter().map(|(_, term)| self.term_work(term)));
                self.term_work(first).saturating_add(rest)
            }
            _ => 0,
        };
        inner.saturating_add(1)
    }

    fn bound_work(&self, over: &Binding, inner: u64) -> u64 {
        let filter = over.filter.as_ref().map_or(0, |filter| self.work(filter));
        let each = inner.saturating_add(filter).saturating_add(1);
        each.saturating_mul(self.size(over.list) as u64)
    }
}

fn total(parts: impl IntoIterator<Item = u64>) -> u64 {
    parts.into_iter().fold(0, u64::saturating_add)
}

fn added(one: Magnitude, other: &Magnitude) -> Magnitude {
    let scale = one.scale.max(other.scale);
    let left = one.numerator * ten(scale - one.scale);
    let right = &other.numerator * ten(scale - other.scale);
    Magnitude::whole(left + right, scale)
}

fn field_magnitude(field: &FieldRef) -> Option<Magnitude> {
    let holds = field.field.holds;
    let numerator = largest(holds.bits());
    match holds {
        FieldType::Payable => {
            let numerator = numerator * ten(AMOUNT_SCALE);
            Some(Magnitude::whole(numerator, AMOUNT_SCALE))
        }
        FieldType::Price => Some(Magnitude {
            denominator: numerator.clone(),
            numerator,
            scale: PRICE_SCALE - QUANTITY_SCALE,
        }),
        _ if holds.bits() == 0 => None,
        _ => Some(Magnitude::whole(numerator, holds.scale())),
    }
}
