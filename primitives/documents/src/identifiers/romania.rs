//! Numbers of the Romanian trade register: `J40/1234/2012`, and since 2024 `J2012001234403`.

/// Brings both forms to the older one, without leading zeros; other texts stay as they are.
pub fn older(text: &str) -> String {
    if let Some(turned) = turned(text) {
        return turned;
    }
    let mut parts = text.split('/');
    let (Some(county), Some(number), Some(year), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return text.to_owned();
    };
    let Some((kind, county)) = kind(county) else {
        return text.to_owned();
    };
    // with the day of the entry: 23.10.1997
    let dated = year.len() == 8 && year.bytes().all(|byte| byte.is_ascii_digit());
    let year = if dated { &year[4..] } else { year };
    format!("{kind}{}/{}/{year}", whole(county), whole(number))
}

/// The form of 2024: kind, year, number in six digits, county in two (00 since July 2024), check digit.
fn turned(text: &str) -> Option<String> {
    let (kind, digits) = kind(text)?;
    if digits.len() != 13 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (year, number, county) = (&digits[..4], &digits[4..10], &digits[10..12]);
    Some(format!("{kind}{}/{}/{year}", whole(county), whole(number)))
}

fn kind(text: &str) -> Option<(char, &str)> {
    let kind = text
        .chars()
        .next()
        .filter(|kind| matches!(kind, 'J' | 'F' | 'C'))?;
    Some((kind, &text[1..]))
}

/// Without leading zeros; zero itself keeps one.
fn whole(digits: &str) -> &str {
    let rest = digits.trim_start_matches('0');
    if rest.is_empty() && !digits.is_empty() {
        "0"
    } else {
        rest
    }
}
