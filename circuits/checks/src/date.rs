//! Dates of the proleptic Gregorian calendar as days since 1970-01-01.

/// The day of `year-month-day`, if the calendar has it. Years 1 to 9999.
#[must_use]
pub fn day(year: i32, month: u32, day: u32) -> Option<i32> {
    let real = (1..=9999).contains(&year) && (1..=12).contains(&month);
    if !real || day < 1 || day > length(year, month) {
        return None;
    }
    let months = (1..month).map(|month| length(year, month)).sum::<u32>();
    let within = i32::try_from(months + day).ok()? - 1;
    Some(before(year) + within - before(1970))
}

/// `YYYY-MM-DD`, or the number of days where the year has not four digits.
#[must_use]
pub fn shown(days: i32) -> String {
    let since = i64::from(days) + i64::from(before(1970));
    let near = i32::try_from(since / 366 + 1).unwrap_or(i32::MAX);
    let year = (near..=near.saturating_add(32)).find(|year| {
        (1..=9999).contains(year) && i64::from(before(*year + 1)) > since && since >= 0
    });
    let Some(year) = year.filter(|year| i64::from(before(*year)) <= since) else {
        return format!("day {days}");
    };
    let mut rest = u32::try_from(since - i64::from(before(year))).unwrap_or(0);
    let mut month = 1;
    while rest >= length(year, month) {
        rest -= length(year, month);
        month += 1;
    }
    format!("{year:04}-{month:02}-{:02}", rest + 1)
}

/// Days of all years from 1 on that are before this one.
fn before(year: i32) -> i32 {
    let past = year - 1;
    past * 365 + past / 4 - past / 100 + past / 400
}

fn length(year: i32, month: u32) -> u32 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_the_same() {
        assert_eq!(day(1970, 1, 1), Some(0));
        assert_eq!(day(2026, 3, 1), Some(20_513));
        assert_eq!(day(2024, 2, 30), None);
        assert_eq!(day(1900, 2, 29), None);
        assert_eq!(day(2000, 2, 29).map(shown).as_deref(), Some("2000-02-29"));
        let (first, last) = (
            day(1, 1, 1).expect("a day"),
            day(9999, 12, 31).expect("a day"),
        );
        for days in (first..=last).step_by(13).chain([first, last]) {
            let text = shown(days);
            let parts: Vec<u32> = text
                .split('-')
                .map(|part| part.parse().expect("digits"))
                .collect();
            assert_eq!(
                day(parts[0].cast_signed(), parts[1], parts[2]),
                Some(days),
                "{text}"
            );
        }
        for days in [first - 1, last + 1, i32::MIN, i32::MAX] {
            assert_eq!(shown(days), format!("day {days}"));
        }
    }
}
