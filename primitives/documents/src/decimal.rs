//! Exact decimal numbers, as documents write them: a signed integer and a count of decimals.

use std::cmp::Ordering;
use std::fmt;

/// Most digits before the decimal point.
pub const MAX_INTEGER_DIGITS: usize = 18;
/// Most digits after the decimal point.
pub const MAX_DECIMALS: usize = 18;

/// A number `mantissa / 10^scale`, exactly as written: `2.50` keeps its two decimals. Comparing two
/// numbers compares their values.
#[derive(Debug, Clone, Copy)]
pub struct Decimal {
    mantissa: i128,
    scale: u32,
}

/// Why a text is not a number that Sealane takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// Nothing is written.
    #[error("it is empty")]
    Empty,
    /// Something else than a sign, digits and one point.
    #[error(
        "it is not a decimal number (a sign, digits, at most one point; no exponent, no spaces)"
    )]
    NotANumber,
    /// More digits than are allowed.
    #[error(
        "it has more than {MAX_INTEGER_DIGITS} digits before or {MAX_DECIMALS} after the point"
    )]
    TooLong,
}

impl Decimal {
    /// Zero, without decimals.
    pub const ZERO: Self = Self {
        mantissa: 0,
        scale: 0,
    };
    /// One, without decimals.
    pub const ONE: Self = Self {
        mantissa: 1,
        scale: 0,
    };

    /// The number `mantissa / 10^scale`; `scale` is at most [`MAX_DECIMALS`].
    #[must_use]
    pub fn new(mantissa: i64, scale: u32) -> Option<Self> {
        (scale as usize <= MAX_DECIMALS).then_some(Self {
            mantissa: mantissa.into(),
            scale,
        })
    }

    /// Reads the lexical form of `xsd:decimal`; white space must have been cut.
    ///
    /// # Errors
    /// When the text is empty, is no decimal number, or has too many digits.
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        let negative = text.starts_with('-');
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if text.is_empty() {
            return Err(DecimalError::Empty);
        }
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || !all_digits(whole) || !all_digits(fraction) {
            return Err(DecimalError::NotANumber);
        }
        let whole = whole.trim_start_matches('0');
        let fraction = match fraction.get(MAX_DECIMALS..) {
            Some(rest) if rest.bytes().all(|byte| byte == b'0') => &fraction[..MAX_DECIMALS],
            _ => fraction,
        };
        if whole.len() > MAX_INTEGER_DIGITS || fraction.len() > MAX_DECIMALS {
            return Err(DecimalError::TooLong);
        }
        let magnitude = whole
            .bytes()
            .chain(fraction.bytes())
            .fold(0_i128, |value, digit| value * 10 + i128::from(digit - b'0'));
        let mantissa = if negative { -magnitude } else { magnitude };
        let scale = u32::try_from(fraction.len()).expect("at most MAX_DECIMALS");
        Ok(Self { mantissa, scale })
    }

    /// The integer `self · 10^scale`, or `None` when decimals would be lost or it does not fit.
    #[must_use]
    pub fn at_scale(self, scale: u32) -> Option<i128> {
        if scale >= self.scale {
            let factor = 10_i128.checked_pow(scale - self.scale)?;
            return self.mantissa.checked_mul(factor);
        }
        let factor = 10_i128.checked_pow(self.scale - scale)?;
        (self.mantissa % factor == 0).then(|| self.mantissa / factor)
    }

    /// How many decimals are written, trailing zeros among them.
    #[must_use]
    pub fn written_decimals(self) -> u32 {
        self.scale
    }

    /// How many decimals the number needs, trailing zeros aside.
    #[must_use]
    pub fn needed_decimals(self) -> u32 {
        let mut needed = self;
        while needed.scale > 0 && needed.mantissa % 10 == 0 {
            needed.mantissa /= 10;
            needed.scale -= 1;
        }
        needed.scale
    }

    /// The sum, or `None` when it does not fit.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let mantissa = self.at_scale(scale)?.checked_add(other.at_scale(scale)?)?;
        Some(Self { mantissa, scale })
    }

    /// The difference, or `None` when it does not fit.
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        self.plus(other.negated())
    }

    /// The product, or `None` when it does not fit.
    #[must_use]
    pub fn times(self, other: Self) -> Option<Self> {
        let mantissa = self.mantissa.checked_mul(other.mantissa)?;
        let scale = self.scale + other.scale;
        Some(Self { mantissa, scale })
    }

    /// The number with its sign turned.
    #[must_use]
    pub fn negated(self) -> Self {
        Self {
            mantissa: -self.mantissa,
            ..self
        }
    }

    /// The magnitude.
    #[must_use]
    pub fn magnitude(self) -> Self {
        Self {
            mantissa: self.mantissa.abs(),
            ..self
        }
    }

    /// The value times one hundredth: a percentage as a factor.
    #[must_use]
    pub fn hundredth(self) -> Self {
        Self {
            scale: self.scale + 2,
            ..self
        }
    }

    /// Rounded to `decimals`, halves upwards as XPath's `round` does, with which EN 16931's rules
    /// are written.
    #[must_use]
    pub fn rounded(self, decimals: u32) -> Self {
        let Some(extra) = self.scale.checked_sub(decimals).filter(|extra| *extra > 0) else {
            return self;
        };
        let Some(factor) = 10_i128.checked_pow(extra) else {
            return Self::ZERO;
        };
        let up = i128::from(self.mantissa.rem_euclid(factor) >= factor / 2);
        Self {
            mantissa: self.mantissa.div_euclid(factor) + up,
            scale: decimals,
        }
    }

    /// Whether the number is zero.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// Whether the number is below zero.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    /// Whole part and fraction of the magnitude, the fraction at 10^-`scale`.
    fn parts(self) -> (u128, u128) {
        let magnitude = self.mantissa.unsigned_abs();
        match 10_u128.checked_pow(self.scale) {
            Some(unit) => (magnitude / unit, magnitude % unit),
            None => (0, magnitude),
        }
    }

    fn compare_magnitudes(self, other: Self) -> Ordering {
        let (whole, fraction) = self.parts();
        let (other_whole, other_fraction) = other.parts();
        let text = |fraction: u128, scale: u32| {
            let digits = format!("{fraction:0width$}", width = scale as usize);
            digits.trim_end_matches('0').to_owned()
        };
        let fractions = || text(fraction, self.scale).cmp(&text(other_fraction, other.scale));
        whole.cmp(&other_whole).then_with(fractions)
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.is_negative(), other.is_negative()) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.compare_magnitudes(*other),
            (true, true) => other.compare_magnitudes(*self),
        }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.is_negative() { "-" } else { "" };
        let (whole, fraction) = self.parts();
        match self.scale as usize {
            0 => write!(out, "{sign}{whole}"),
            width => write!(out, "{sign}{whole}.{fraction:0width$}"),
        }
    }
}

#[cfg(test)]
mod tests;
