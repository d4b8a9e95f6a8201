//! Months of sealing: one level of the key tree.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Milliseconds of a day.
const DAY: u64 = 86_400_000;

/// Text that is no month.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is not a month of the form 2026-11, from 1970-01 to 9999-12")]
pub struct NoPeriod(pub String);

/// A calendar month in UTC: months since January 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period(u32);

impl Period {
    /// The month of this number, counted from January 1970, which is 0.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The month that a time lies in, in milliseconds since 1970-01-01 00:00 UTC. Times after the
    /// year 9999 are taken for its last month.
    #[must_use]
    pub fn at(milliseconds: u64) -> Self {
        let days = (milliseconds / DAY).min(2_932_896);
        // days since 0000-03-01, split into eras of 400 years; years begin in March, so that leap days end them
        let days = days + 719_468;
        let (era, of_era) = (days / 146_097, days % 146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * of_year + 2) / 153;
        let months = (era * 400 + year_of_era) * 12 + from_march + 2; // since January of year 0
        let number = months - 1970 * 12;
        Self(u32::try_from(number).expect("at most the year 9999"))
    }

    /// Months since January 1970.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Period {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:04}-{:02}",
            1970 + self.0 / 12,
            self.0 % 12 + 1
        )
    }
}

impl FromStr for Period {
    type Err = NoPeriod;

    fn from_str(text: &str) -> Result<Self, NoPeriod> {
        let read = || {
            let (year, month) = text.split_once('-')?;
            let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
            if (year.len(), month.len()) != (4, 2) || !digits(year) || !digits(month) {
                return None;
            }
            let (year, month): (u32, u32) = (year.parse().ok()?, month.parse().ok()?);
            let valid = year >= 1970 && (1..=12).contains(&month);
            valid.then(|| Self((year - 1970) * 12 + month - 1))
        };
        read().ok_or_else(|| NoPeriod(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_lies_in_the_month_that_the_calendar_says() {
        let leap = |year: u64| {
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
        };
        let mut day = 0;
        for year in 1970..=2410_u64 {
            let february = if leap(year) { 29 } else { 28 };
            let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
            for (month, length) in lengths.into_iter().enumerate() {
                let name = format!("{year:04}-{:02}", month + 1);
                for of_month in [0, length / 2, length - 1] {
                    let period = Period::at((day + of_month) * DAY + DAY - 1);
                    assert_eq!(period.to_string(), name);
                    assert_eq!(name.parse(), Ok(period));
                }
                day += length;
            }
        }
        assert_eq!(Period::at(u64::MAX).to_string(), "9999-12");
        assert_eq!(Period::at(0), Period::new(0));
    }

    #[test]
    fn what_is_no_month_is_refused() {
        for text in [
            "2026-13", "2026-00", "1969-12", "2026-1", "+026-01", "202611", "",
        ] {
            assert_eq!(text.parse::<Period>(), Err(NoPeriod(text.to_owned())));
        }
    }
}
