//! Whether a written number is one of a scheme, and which value it then has.

use std::borrow::Cow;

use super::clean::Visible;
use super::table::{Scheme, Table};
use super::{courts, romania};

/// What a check digit says of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Digit {
    /// It fits.
    Fits,
    /// The scheme has none that is known, or some issued numbers do not fit it.
    Silent,
    /// It does not fit.
    Wrong,
}

/// A reading of a number under a scheme.
#[derive(Debug, Clone)]
pub struct Fit<'t> {
    /// The scheme.
    pub scheme: &'t Scheme,
    /// The value in the scheme's form.
    pub value: String,
    /// What the check digit says.
    pub digit: Digit,
    /// How many texts were left out.
    pub cuts: usize,
    /// Whether zeros were filled in.
    pub filled: bool,
}

/// What the check digit of a scheme says of a value of its form.
pub fn digit(table: &Table, scheme: &Scheme, value: &str) -> Digit {
    let Some(check) = scheme.check else {
        return Digit::Silent;
    };
    let covered = match scheme.over {
        Some(over) => value.get(..over).unwrap_or(value),
        None => value,
    };
    match (table.checks[check].fits)(covered) {
        true => Digit::Fits,
        false if scheme.mostly => Digit::Silent,
        false => Digit::Wrong,
    }
}

/// The best reading of a number under a scheme: that whose check digit fits before others, then the one with the fewest
/// texts left out. `prefixed` demands that one of the scheme's prefixes is left out; `kind` is the German register that
/// the label names.
pub fn fit<'t>(
    table: &'t Table,
    scheme: &'t Scheme,
    written: &Visible<'_>,
    prefixed: Option<&str>,
    kind: Option<&str>,
) -> Option<Fit<'t>> {
    if scheme.id.starts_with("de-hr") {
        return prefixed
            .is_none()
            .then(|| register(table, scheme, written, kind))
            .flatten();
    }
    let text = written.clean(&scheme.keep);
    let text = britain(scheme, &text).unwrap_or(text);
    let mut best: Option<Fit<'t>> = None;
    let mut offer = |text: &str, cuts: usize| {
        let Some(value) = value(scheme, text) else {
            return;
        };
        let digit = digit(table, scheme, &value);
        if best
            .as_ref()
            .is_none_or(|best| (digit, cuts) < (best.digit, best.cuts))
        {
            best = Some(Fit {
                scheme,
                filled: value.chars().count() > text.chars().count(),
                value,
                digit,
                cuts,
            });
        }
    };
    for (front, cuts, cut_prefix) in fronts(table, scheme, &text) {
        if prefixed.is_some() && cut_prefix != prefixed {
            continue;
        }
        for (whole, back) in backs(scheme, front) {
            offer(whole, cuts + back);
        }
    }
    best
}

/// A number of Scotland's or Northern Ireland's register that is written without its letters and names the country in
/// words: `Registered in Scotland No. 83026` is `SC083026`, and no number of England's.
fn britain(scheme: &Scheme, text: &str) -> Option<String> {
    let lead = scheme.lead.as_ref().filter(|_| scheme.id == "gb-company")?;
    let found = lead.regex().find(text)?;
    let number = &text[found.end()..];
    let letters = match found.as_str() {
        words if words.contains("SCOTLAND") => "SC",
        words if words.contains("NORTHERNIRELAND") => "NI",
        _ => return None,
    };
    let short = (4..=6).contains(&number.len());
    (short && number.bytes().all(|one| one.is_ascii_digit()))
        .then(|| format!("{letters}{number:0>6}"))
}

/// A German register number with its court or without.
fn register<'t>(
    table: &Table,
    scheme: &'t Scheme,
    written: &Visible<'_>,
    kind: Option<&str>,
) -> Option<Fit<'t>> {
    let value = courts::read(written, kind, table)?;
    scheme.form.fits(&value).then_some(Fit {
        scheme,
        value,
        digit: Digit::Silent,
        cuts: 0,
        filled: false,
    })
}

/// A text in the form of a scheme, zeros filled in or left out.
pub fn value(scheme: &Scheme, text: &str) -> Option<String> {
    let text = &*spelt(scheme, text);
    let padded = if scheme.id == "ro-j" {
        romania::older(text)
    } else if scheme.strip0 {
        strip(text)
    } else {
        pad(text, scheme.pad, scheme.pad_from)
    };
    // nine digits are of Malaysia's register of businesses: without zeros they would be a company's seven
    let business = scheme.id == "my-brn-old" && text.len() > 8;
    (!business && scheme.form.fits(&padded)).then_some(padded)
}

/// A number as its register writes it, of what is usually written with it or in other letters: Malaysia's older number
/// behind the newer one, Russia's КПП behind the ИНН, Greek letters of Cyprus.
fn spelt<'t>(scheme: &Scheme, text: &'t str) -> Cow<'t, str> {
    let digits = |text: &str| text.bytes().all(|one| one.is_ascii_digit());
    let own = match scheme.id.as_str() {
        "my-brn" => text.split_at_checked(12).filter(|(_, older)| {
            let number = older.strip_suffix(|one: char| one.is_ascii_uppercase());
            number.is_some_and(|number| (1..=7).contains(&number.len()) && digits(number))
        }),
        "ru-inn" => text
            .split_at_checked(10)
            .filter(|(_, code)| code.len() == 9 && digits(code)),
        "cy-reg" => {
            let number = text.strip_prefix("ΗΕ");
            return number.map_or(Cow::Borrowed(text), |number| format!("HE{number}").into());
        }
        _ => None,
    };
    Cow::Borrowed(own.map_or(text, |(own, _)| own))
}

/// Fills zeros in after leading letters, if at least `from` signs are there, half of the number without it.
fn pad(text: &str, length: Option<usize>, from: Option<usize>) -> String {
    let Some(length) = length else {
        return text.to_owned();
    };
    let own = text.chars().count();
    if own >= length || own < from.unwrap_or(length.div_ceil(2)) {
        return text.to_owned();
    }
    let (letters, rest) = lettered(text);
    format!("{letters}{}{rest}", "0".repeat(length - own))
}

/// Leaves zeros out that lead the number, after leading letters.
fn strip(text: &str) -> String {
    let (letters, rest) = lettered(text);
    format!("{letters}{}", rest.trim_start_matches('0'))
}

/// What stands before the first digit, and the rest.
fn lettered(text: &str) -> (&str, &str) {
    let digit = text.find(|letter: char| letter.is_ascii_digit());
    text.split_at(digit.unwrap_or(text.len()))
}

/// The text without what may be left out at the front: words, words of VAT in general, a prefix; each once, in any
/// order. With it how many were left out, and the prefix if it was.
fn fronts<'a, 's>(
    table: &Table,
    scheme: &'s Scheme,
    text: &'a str,
) -> Vec<(&'a str, usize, Option<&'s str>)> {
    const LEAD: u8 = 1;
    const VAT: u8 = 2;
    const PREFIX: u8 = 4;
    let mut all = vec![(text, 0, None, 0_u8)];
    let mut at = 0;
    while let Some((text, cuts, prefix, used)) = all.get(at).copied() {
        at += 1;
        let mut add = |rest: &'a str, prefix: Option<&'s str>, kind: u8| {
            if !rest.is_empty() && rest.len() < text.len() {
                all.push((rest, cuts + 1, prefix, used | kind));
            }
        };
        let lead = scheme.lead.as_ref().filter(|_| used & LEAD == 0);
        if let Some(found) = lead.and_then(|lead| lead.regex().find(text)) {
            add(&text[found.end()..], prefix, LEAD);
        }
        let words = scheme.bare_vat
            && used & VAT == 0
            && !text.starts_with(|one: char| one.is_ascii_digit());
        if let Some(found) = Some(&table.vat_lead)
            .filter(|_| words)
            .and_then(|lead| lead.regex().find(text))
        {
            add(&text[found.end()..], prefix, VAT);
        }
        if used & PREFIX == 0 {
            for one in &scheme.prefix {
                if let Some(rest) = text.strip_prefix(one.as_str()) {
                    add(rest, Some(one.as_str()), PREFIX);
                }
            }
        }
    }
    all.into_iter()
        .map(|(text, cuts, prefix, _)| (text, cuts, prefix))
        .collect()
}

/// The text without what may be left out at the end: a suffix, the tail, or both.
fn backs<'a>(scheme: &Scheme, text: &'a str) -> Vec<(&'a str, usize)> {
    let mut all = vec![(text, 0)];
    let tail = scheme
        .tail
        .as_ref()
        .and_then(|tail| tail.regex().find(text));
    if let Some(tail) = tail {
        all.push((&text[..tail.start()], 1));
    }
    for (text, cuts) in all.clone() {
        let rests = scheme
            .suffix
            .iter()
            .filter_map(|suffix| text.strip_suffix(suffix.as_str()));
        all.extend(rests.map(|rest| (rest, cuts + 1)));
    }
    all
}

/// Whether a text of a scheme that is not known is a placeholder and names nobody.
pub fn is_nothing(table: &Table, text: &str) -> bool {
    is_listed(table, text) || nines(text) >= Some(5)
}

/// Whether a text is a placeholder and names nobody, whatever its scheme: a listed one, or no digit but zeros.
pub fn is_listed(table: &Table, text: &str) -> bool {
    let number = text.trim_start_matches(char::is_alphabetic);
    let listed = table.placeholders.contains(text) || table.placeholders.contains(number);
    listed || number.chars().all(|letter| letter == '0')
}

/// How many nines a text is, letters before them aside; none if it is anything else.
fn nines(text: &str) -> Option<usize> {
    let number = text.trim_start_matches(char::is_alphabetic);
    let all = !number.is_empty() && number.chars().all(|letter| letter == '9');
    all.then_some(number.len())
}

/// Whether a value is nothing but nines, five and more, and fills its scheme's width: with one nine more it has no longer
/// the form. Where a register's numbers grow, so that longer ones follow, 99999 is one of them.
fn is_full(scheme: &Scheme, value: &str) -> bool {
    nines(value) >= Some(5) && !scheme.form.fits(&format!("{value}9"))
}

/// Whether a value of a scheme is a placeholder and names nobody: also zeros or nines with letters behind them, or with
/// the check digits that they would have.
pub fn names_nobody(table: &Table, scheme: &Scheme, value: &str) -> bool {
    if scheme.letters || is_issued_zeros(scheme, value) {
        return false;
    }
    let filled = is_filled(value) || is_filled(unchecked(table, scheme, value));
    filled || is_listed(table, value) || is_full(scheme, value)
}

/// Whether a value is nothing but zeros and all the same a company's.
pub fn is_issued_zeros(scheme: &Scheme, value: &str) -> bool {
    scheme.zeros && value.chars().all(|letter| letter == '0')
}

/// A value without its check digits, and without what they do not cover.
fn unchecked<'v>(table: &Table, scheme: &Scheme, value: &'v str) -> &'v str {
    let Some(check) = scheme.check.map(|check| &table.checks[check]) else {
        return value;
    };
    let covered = scheme.over.and_then(|over| value.get(..over));
    let covered = covered.unwrap_or(value);
    let end = covered.len().saturating_sub(check.back);
    covered.get(check.front..end).unwrap_or(covered)
}

/// Whether there are only zeros, five and more, or only nines, seven and more, between letters: shorter ones are
/// issued (`FN 99999 a`).
fn is_filled(text: &str) -> bool {
    let digits = text.trim_matches(char::is_alphabetic);
    let all = |sign: char| digits.chars().all(|letter| letter == sign);
    (digits.len() >= 5 && all('0')) || (digits.len() >= 7 && all('9'))
}
