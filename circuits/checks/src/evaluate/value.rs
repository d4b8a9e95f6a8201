//! Values: exact numbers with what they measure, and symbols that are only equal or not.

use std::cmp::Ordering;

use num_bigint::BigInt;
use sealane_types::fields::{Currency, FieldValue, LineOf, loose_number};
use sealane_types::schema::{AMOUNT_SCALE, NUMBER_BITS, PRICE_SCALE, QUANTITY_SCALE};

use super::Why;
use crate::ast::{Decimal, Sign, Tolerance, ToleranceUnit};
use crate::currency::currency;
use crate::date;
use crate::field::FieldType;
use crate::instance::STATED_SCALE;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// A number or date.
    Exact(Exact),
    /// A text, a currency, a list: equal or not.
    Symbol(String),
    /// A document's number in both forms.
    Number { strict: String, loose: String },
    /// The loose form of a reference.
    Loose(String),
    /// A line of another document, and that document's loose number; `None` where there is none to compare.
    LineReference { line: String, of: Option<String> },
    /// A line and its document's loose number; `None` where that is absent.
    NumberedLine { line: String, of: Option<String> },
}

/// What a number measures. Numbers of different measure are not comparable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Measure {
    /// Codes and counts.
    Integer,
    /// Days.
    Day,
    /// Money.
    Money(Currency),
    /// So much of a unit.
    Goods(String),
    /// Money for a unit.
    Rate(Currency, String),
    /// As the other side.
    Plain,
}

/// `numerator / denominator · 10^-scale`, the denominator above zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Exact {
    pub(super) numerator: BigInt,
    pub(super) denominator: BigInt,
    pub(super) scale: u32,
    pub(super) measure: Measure,
}

fn ten(power: u32) -> BigInt {
    BigInt::from(10_u8).pow(power)
}

impl Exact {
    pub(super) fn whole(numerator: impl Into<BigInt>, scale: u32, measure: Measure) -> Self {
        Self {
            numerator: numerator.into(),
            denominator: BigInt::from(1_u8),
            scale,
            measure,
        }
    }

    pub(super) fn written(number: Decimal) -> Self {
        Self::whole(number.mantissa, number.scale, Measure::Plain)
    }

    /// What both measure.
    fn measure_with(&self, other: &Self) -> Result<Measure, Why> {
        use Measure::{Goods, Money, Plain, Rate};
        match (&self.measure, &other.measure) {
            (Plain, measure) | (measure, Plain) => Ok(measure.clone()),
            (one, other) if one == other => Ok(one.clone()),
            (Goods(_), Goods(_)) => Err(Why::OtherUnit),
            (Rate(one, _), Rate(other, _)) if one == other => Err(Why::OtherUnit),
            (Rate(..), Rate(..)) | (Money(_), Money(_)) => Err(Why::OtherCurrency),
            _ => Err(Why::Unreadable),
        }
    }

    /// Both numerators over one denominator and one scale.
    fn aligned(&self, other: &Self) -> (BigInt, BigInt) {
        let scale = self.scale.max(other.scale);
        let left = &self.numerator * &other.denominator * ten(scale - self.scale);
        let right = &other.numerator * &self.denominator * ten(scale - other.scale);
        (left, right)
    }

    /// How the two stand to each other. The largest magnitude on the way goes to `peak`.
    pub(super) fn compare(&self, other: &Self, peak: &mut u64) -> Result<Ordering, Why> {
        self.measure_with(other)?;
        let (left, right) = self.aligned(other);
        *peak = (*peak)
            .max((&left - &right).bits())
            .max(left.bits())
            .max(right.bits());
        Ok(left.cmp(&right))
    }

    /// Whether the two are no further apart than the tolerance; of a percentage, `other` is the whole.
    pub(super) fn within(
        &self,
        tolerance: Tolerance,
        other: &Self,
        peak: &mut u64,
    ) -> Result<bool, Why> {
        let measure = self.measure_with(other)?;
        let (left, right) = self.aligned(other);
        let difference = BigInt::from((left - &right).magnitude().clone());
        let (raised, far) = self.slack(tolerance, other, &right, &measure);
        Ok(reaches(&(difference * ten(raised)), &far, peak))
    }

    /// Whether this is at most (or at least) `other`, or no further beyond it than the slack.
    pub(super) fn limited(
        &self,
        most: bool,
        slack: &Reach,
        other: &Self,
        peak: &mut u64,
    ) -> Result<bool, Why> {
        let measure = self.measure_with(other)?;
        let (left, right) = self.aligned(other);
        let (raised, far) = match slack {
            Reach::Written(tolerance) => self.slack(*tolerance, other, &right, &measure),
            Reach::Stated(stated) => {
                let whole = BigInt::from(right.magnitude().clone());
                (STATED_SCALE, whole * stated)
            }
        };
        let beyond = if most { left - right } else { right - left };
        Ok(reaches(&(beyond * ten(raised)), &far, peak))
    }

    /// A tolerance over the denominators and scale of both, and how far their difference is to be raised for that.
    fn slack(
        &self,
        tolerance: Tolerance,
        other: &Self,
        right: &BigInt,
        measure: &Measure,
    ) -> (u32, BigInt) {
        let scale = self.scale.max(other.scale);
        let amount = tolerance.amount;
        let denominators = || &self.denominator * &other.denominator * amount.mantissa;
        match tolerance.unit {
            ToleranceUnit::Percent => {
                let whole = BigInt::from(right.magnitude().clone());
                (2 + amount.scale, whole * amount.mantissa)
            }
            ToleranceUnit::Minor => {
                let both = scale.max(AMOUNT_SCALE);
                let minor = denominators() * ten(AMOUNT_SCALE - minor_units(measure));
                (both - scale, minor * ten(both - AMOUNT_SCALE))
            }
            ToleranceUnit::Own | ToleranceUnit::Days => {
                let both = scale.max(amount.scale);
                (both - scale, denominators() * ten(both - amount.scale))
            }
        }
    }

    /// The sum or difference; neither has a denominator.
    pub(super) fn joined(&self, sign: Sign, other: &Self) -> Result<Self, Why> {
        let measure = self.measure_with(other)?;
        let scale = self.scale.max(other.scale);
        let (left, right) = self.aligned(other);
        let numerator = match sign {
            Sign::Plus => left + right,
            Sign::Minus => left - right,
        };
        Ok(Self::whole(numerator, scale, measure))
    }

    /// This price times a quantity.
    pub(super) fn times(&self, quantity: &Self) -> Result<Self, Why> {
        let Measure::Rate(currency, unit) = &self.measure else {
            return Err(Why::OtherUnit);
        };
        match &quantity.measure {
            Measure::Goods(other) if unit != other => Err(Why::OtherUnit),
            // a quantity that is not there is 0 of any unit
            Measure::Goods(_) | Measure::Plain => Ok(Self {
                numerator: &self.numerator * &quantity.numerator,
                denominator: self.denominator.clone(),
                scale: self.scale + quantity.scale,
                measure: Measure::Money(*currency),
            }),
            _ => Err(Why::OtherUnit),
        }
    }

    /// For people: the exact decimal number, or its first digits where it has no end.
    pub(super) fn shown(&self) -> String {
        let digits = self.scale + 6;
        let scaled = &self.numerator * ten(6);
        let quotient = &scaled / &self.denominator;
        let rest = &scaled % &self.denominator != BigInt::ZERO;
        let number = decimal(&quotient, digits) + if rest { "…" } else { "" };
        match &self.measure {
            Measure::Integer | Measure::Plain => number,
            Measure::Day => match i32::try_from(&self.numerator) {
                Ok(day) => date::shown(day),
                Err(_) => number,
            },
            Measure::Money(currency) => format!("{number} {}", currency.code()),
            Measure::Goods(unit) => format!("{number} {unit}"),
            Measure::Rate(currency, unit) => format!("{number} {} per {unit}", currency.code()),
        }
    }
}

/// How far beyond a limit a value may be.
pub(super) enum Reach {
    /// As the declaration writes it.
    Written(Tolerance),
    /// So many hundredths of a percent of the limit.
    Stated(BigInt),
}

fn reaches(near: &BigInt, far: &BigInt, peak: &mut u64) -> bool {
    *peak = (*peak)
        .max((near - far).bits())
        .max(near.bits())
        .max(far.bits());
    near <= far
}

/// Decimals of a number's currency; of a number without one, those of most currencies.
fn minor_units(measure: &Measure) -> u32 {
    match measure {
        Measure::Money(currency) => currency.minor_units(),
        _ => crate::currency::USUAL,
    }
}

/// `value · 10^-scale` without zeros at the end.
pub(super) fn decimal(value: &BigInt, scale: u32) -> String {
    let scale = scale as usize;
    let sign = if value.sign() == num_bigint::Sign::Minus {
        "-"
    } else {
        ""
    };
    let digits = format!("{:0>1$}", value.magnitude().to_string(), scale + 1);
    let (whole, rest) = digits.split_at(digits.len() - scale);
    let rest = rest.trim_end_matches('0');
    let point = if rest.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{rest}")
}

fn fits(value: i128, bits: u32) -> Result<i128, Why> {
    match value.unsigned_abs() >> bits {
        0 => Ok(value),
        _ => Err(Why::Unreadable),
    }
}

/// What a leaf gives to a check, as a field of this type. Prices are [`price`]'s, a line with its document's number
/// is the evaluator's, parties are not values.
pub(super) fn of_leaf(holds: FieldType, leaf: &FieldValue) -> Result<Value, Why> {
    let exact = |value: i128, measure: Measure| {
        let value = fits(value, holds.bits())?;
        Ok(Value::Exact(Exact::whole(value, holds.scale(), measure)))
    };
    match (holds, leaf) {
        (FieldType::Text | FieldType::LineId, FieldValue::Text(text))
        | (FieldType::Name, FieldValue::Name(text)) => Ok(Value::Symbol(text.clone())),
        (FieldType::LineReference, FieldValue::LineReference { line, of }) => {
            let of = match of {
                LineOf::Any => None,
                LineOf::Number(number) => Some(loose_number(number)),
                LineOf::Unknown => return Err(Why::UnknownDocument),
            };
            let line = line.clone();
            Ok(Value::LineReference { line, of })
        }
        (FieldType::Number, FieldValue::Number(number)) => Ok(Value::Number {
            strict: number.clone(),
            loose: loose_number(number),
        }),
        (FieldType::Reference, FieldValue::References(list)) => {
            let loose = list.first().map(|first| loose_number(first));
            loose
                .filter(|loose| !loose.is_empty())
                .map(Value::Loose)
                .ok_or(Why::Unreadable)
        }
        (FieldType::References, FieldValue::References(list)) => {
            Ok(Value::Symbol(format!("{list:?}")))
        }
        (FieldType::Date, FieldValue::Date(day)) => exact((*day).into(), Measure::Day),
        (FieldType::Integer, FieldValue::Integer(value)) => {
            exact((*value).into(), Measure::Integer)
        }
        (FieldType::Currency, FieldValue::Text(code)) => {
            let known = currency(code).ok_or(Why::UnknownCurrency)?;
            Ok(Value::Symbol(known.code().to_owned()))
        }
        (FieldType::Amount, FieldValue::Amount { value, currency }) => {
            exact(*value, Measure::Money(*currency))
        }
        (FieldType::Payable, FieldValue::Amount { value, currency }) => {
            let minor = fits(*value, holds.bits())?;
            let raised = minor * 10_i128.pow(AMOUNT_SCALE - currency.minor_units());
            Ok(Value::Exact(Exact::whole(
                raised,
                AMOUNT_SCALE,
                Measure::Money(*currency),
            )))
        }
        (FieldType::Quantity, FieldValue::Quantity { value, unit }) => {
            if unit.is_empty() {
                return Err(Why::NoUnit);
            }
            exact(*value, Measure::Goods(unit.clone()))
        }
        _ => Err(Why::Unreadable),
    }
}

/// A price's leaf with its document's currency and its line's unit.
pub(super) fn price(leaf: &FieldValue, money: Currency, unit: String) -> Result<Exact, Why> {
    let FieldValue::Price { value, base } = leaf else {
        return Err(Why::Unreadable);
    };
    let (value, base) = (fits(*value, NUMBER_BITS)?, fits(*base, NUMBER_BITS)?);
    if base <= 0 {
        return Err(Why::NoBase);
    }
    Ok(Exact {
        numerator: value.into(),
        denominator: base.into(),
        scale: PRICE_SCALE - QUANTITY_SCALE,
        measure: Measure::Rate(money, unit),
    })
}

/// A leaf for people, whatever it holds.
pub(super) fn shown(holds: FieldType, leaf: &FieldValue) -> String {
    match leaf {
        FieldValue::Text(text) | FieldValue::Number(text) | FieldValue::Name(text) => text.clone(),
        FieldValue::LegalIds(ids) => ids.join(", "),
        FieldValue::LineReference { line, of } => match of {
            LineOf::Any => line.clone(),
            LineOf::Unknown => format!("{line} of an unknown document"),
            LineOf::Number(number) => format!("{line} of {number}"),
        },
        FieldValue::References(list) => match holds {
            FieldType::Reference => list.first().cloned().unwrap_or_default(),
            _ => list.join(", "),
        },
        FieldValue::Integer(value) => value.to_string(),
        FieldValue::Date(day) => date::shown(*day),
        FieldValue::Amount { value, currency } => {
            let scale = match holds {
                FieldType::Payable => currency.minor_units(),
                _ => AMOUNT_SCALE,
            };
            format!("{} {}", decimal(&(*value).into(), scale), currency.code())
        }
        FieldValue::Quantity { value, unit } => {
            let number = decimal(&(*value).into(), QUANTITY_SCALE);
            format!("{number} {unit}").trim_end().to_owned()
        }
        FieldValue::Price { value, base } => {
            let (value, base) = ((*value).into(), (*base).into());
            format!(
                "{} per {}",
                decimal(&value, PRICE_SCALE),
                decimal(&base, QUANTITY_SCALE)
            )
        }
    }
}
