//! Dates as documents write them. And the issue dates of the earlier invoices that a document names (EN 16931, BT-26), as
//! the one text that is sealed beside their numbers: eight digits for each, year, month and day, in the order of the numbers; zeros where none is stated.

use chrono::NaiveDate;

/// Letters of one date.
const DIGITS: usize = 8;
/// A date that is not stated.
const NONE: &str = "00000000";

/// The text; `None` where no date is stated.
#[must_use]
pub fn to_text(dates: &[Option<NaiveDate>]) -> Option<String> {
    let digits = |date: &Option<NaiveDate>| match date {
        Some(date) => date.format("%Y%m%d").to_string(),
        None => NONE.to_owned(),
    };
    let stated = dates.iter().any(Option::is_some);
    stated.then(|| dates.iter().map(digits).collect())
}

/// The dates of a text; what is no date of the calendar is none that is stated.
#[must_use]
pub fn from_text(text: &str) -> Vec<Option<NaiveDate>> {
    let digits = text.as_bytes().chunks(DIGITS);
    let date = |digits: &[u8]| {
        let digits = std::str::from_utf8(digits).ok()?;
        compact(digits)
    };
    digits.map(date).collect()
}

/// A day of the calendar as `YYYYMMDD`.
#[must_use]
pub fn compact(text: &str) -> Option<NaiveDate> {
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let year = text[..4].parse().ok().filter(|year| *year >= 1)?;
    NaiveDate::from_ymd_opt(year, text[4..6].parse().ok()?, text[6..].parse().ok()?)
}

/// Days since 1970-01-01, as a sealed date has them.
#[must_use]
pub fn days(date: NaiveDate) -> i32 {
    date.to_epoch_days()
}

/// `YYYY-MM-DD`; a time of day and a time zone after it, as XML Schema writes them, are left out.
#[must_use]
pub fn iso(text: &str) -> Option<NaiveDate> {
    let (date, rest) = (text.get(..10)?, text.get(10..)?);
    let zone = match rest.strip_prefix('T') {
        Some(time) => after_time(time)?,
        None => rest,
    };
    if !is_zone(zone) || date.as_bytes()[4] != b'-' || date.as_bytes()[7] != b'-' {
        return None;
    }
    compact(&date.replacen('-', "", 2))
}

/// What stands after `hh:mm:ss` and fractions of a second; midnight may be written 24:00:00.
fn after_time(text: &str) -> Option<&str> {
    let (time, rest) = (text.get(..8)?, text.get(8..)?);
    let minutes = clock(&time[..5])?;
    let seconds = two(time.get(6..)?).filter(|seconds| *seconds < 60)?;
    let fine = minutes < 24 * 60 || (minutes == 24 * 60 && seconds == 0);
    if !fine || time.as_bytes()[5] != b':' {
        return None;
    }
    let Some(fraction) = rest.strip_prefix('.') else {
        return Some(rest);
    };
    let zone = fraction.trim_start_matches(|digit: char| digit.is_ascii_digit());
    (zone.len() < fraction.len()).then_some(zone)
}

/// No time zone, `Z`, or at most fourteen hours from it.
fn is_zone(text: &str) -> bool {
    let offset = text.strip_prefix(['+', '-']).and_then(clock);
    text.is_empty() || text == "Z" || offset.is_some_and(|minutes| minutes <= 14 * 60)
}

/// `hh:mm` in minutes.
fn clock(text: &str) -> Option<u32> {
    let (hours, minutes) = text.split_once(':')?;
    let minutes = two(minutes).filter(|minutes| *minutes < 60)?;
    Some(two(hours)? * 60 + minutes)
}

/// Two digits.
fn two(text: &str) -> Option<u32> {
    let fine = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    fine.then(|| text.parse().ok()).flatten()
}

/// `YYYYMMDDhhmm` or `YYYYMMDDhhmmss`, `length` letters; the time is left out.
pub(crate) fn timed(text: &str, length: usize) -> Option<NaiveDate> {
    let (date, time) = (text.get(..8)?, text.get(8..)?);
    let valid = text.len() == length
        && time.bytes().all(|byte| byte.is_ascii_digit())
        && &time[..2] < "24"
        && &time[2..4] < "60"
        && time.get(4..).is_none_or(|second| second < "60");
    compact(date).filter(|_| valid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_they_were_written_and_what_is_none_is_none() {
        let day = |year| NaiveDate::from_ymd_opt(year, 3, 4);
        for dates in [
            vec![day(2025)],
            vec![None, day(1)],
            vec![day(9999), None, day(2026)],
        ] {
            let text = to_text(&dates).expect("one is stated");
            assert_eq!(text.len(), dates.len() * 8);
            assert_eq!(from_text(&text), dates, "{text}");
        }
        assert_eq!(to_text(&[None, None]), None);
        assert_eq!(to_text(&[]), None);
        let wrong = from_text("2025023020250228ä250228\u{e9}2025");
        assert_eq!(wrong[..2], [None, NaiveDate::from_ymd_opt(2025, 2, 28)]);
        assert!(wrong[2..].iter().all(Option::is_none), "{wrong:?}");
        assert_eq!(days(NaiveDate::from_ymd_opt(1970, 1, 2).expect("a day")), 1);
    }
}
