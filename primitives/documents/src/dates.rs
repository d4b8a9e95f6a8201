//! The issue dates of the earlier invoices that a document names (EN 16931, BT-26), as the one text that is sealed beside
//! their numbers: eight digits for each, year, month and day, in the order of the numbers; zeros where none is stated.

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
        crate::read::compact_date(digits)
    };
    digits.map(date).collect()
}

/// Days since 1970-01-01, as a sealed date has them.
#[must_use]
pub fn days(date: NaiveDate) -> i32 {
    date.to_epoch_days()
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
