//! German register numbers: kind, number, the letters of a former court, and the court.
//!
//! More than a hundred courts count from 1, so that a number without its court says nothing. The courts are those of
//! `identifiers.toml`; words that name none of them leave the number bare. So do missing letters at a court whose
//! numbers all have some: it keeps those of the courts apart by them that it took over.

use super::clean::Visible;
use super::table::Table;

/// Kinds of registers.
const KINDS: [&str; 6] = ["HRA", "HRB", "GNR", "GSR", "PR", "VR"];
/// Words around a court and a number that name neither.
const WORDS: [&str; 24] = [
    "DE",
    "DEUTSCHLAND",
    "GERMANY",
    "AMTSGERICHT",
    "AMTSGERICHTS",
    "REGISTERGERICHT",
    "REGISTERGERICHTS",
    "LOCAL",
    "DISTRICT",
    "COURT",
    "COMMERCIAL",
    "REGISTER",
    "OF",
    "THE",
    "AG",
    "HANDELSREGISTER",
    "HANDELSREGISTERNUMMER",
    "HR",
    "REGISTERNUMMER",
    "NR",
    "NUMMER",
    "BEIM",
    "DES",
    "IM",
];
/// Words right behind a number that are neither letters of it nor of a court's name.
const FILLERS: [&str; 12] = [
    "AM", "IN", "ZU", "VOM", "BEI", "VON", "RG", "REG", "D", "KG", "EG", "OHG",
];
/// The court of Berlin, whose numbers all have a B that says nothing.
const BERLIN: &str = "CHARLOTTENBURG";

/// A number as a register writes it.
struct Number {
    /// Kind and number, without leading zeros.
    number: String,
    /// Letters that belong to the number.
    letters: String,
}

/// Reads a register number: `HRB33517@LEIPZIG`, or `HRB33517` where no court is named. `kind` is the register that the
/// label names, for numbers that do not repeat it.
pub fn read(written: &Visible<'_>, kind: Option<&str>, table: &Table) -> Option<String> {
    let words = joined(written.words().map(|word| latin(&word)).collect());
    let (before, number, after) = split(&words, kind)?;
    let (letters, court) = court(before, &number.letters, after, table);
    let letters = if court == Some(BERLIN) && letters == "B" {
        ""
    } else {
        letters.as_str()
    };
    let whole = |court: &&str| !letters.is_empty() || !table.lettered.contains(*court);
    let court = court.filter(whole);
    let court = court.map(|court| format!("@{court}")).unwrap_or_default();
    Some(format!("{}{letters}{court}", number.number))
}

/// The words, with a register's kind in one, and digits in groups: `HR B 33517` and `HR B33517` as `HRB 33517` and
/// `HRB33517`, `HRB 33 517` as `HRB 33517`.
fn joined(words: Vec<String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        let group = word.len() == 3 && is_number(&word);
        if let Some(last) = all.last_mut().filter(|last| group && is_grouped(last)) {
            last.push_str(&word);
            continue;
        }
        let rest = word.strip_prefix(['A', 'B']);
        let kind = rest.is_some_and(|rest| rest.bytes().all(|one| one.is_ascii_digit()));
        match all.last_mut().filter(|last| kind && *last == "HR") {
            Some(last) => last.push_str(&word),
            None => all.push(word),
        }
    }
    all
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|one| one.is_ascii_digit())
}

/// Whether a group of three digits may go on behind this: one to three of them, with the register's kind before them or
/// without.
fn is_grouped(word: &str) -> bool {
    let kind = KINDS.into_iter().find_map(|kind| word.strip_prefix(kind));
    let digits = kind.unwrap_or(word);
    is_number(digits) && digits.len() <= 3
}

/// Umlauts in the spelling that the courts' names have.
fn latin(word: &str) -> String {
    word.replace('Ä', "AE")
        .replace('Ö', "OE")
        .replace('Ü', "UE")
}

/// The words before the number, the number with letters that are attached to it, and the words after it.
fn split<'a>(
    words: &'a [String],
    kind: Option<&str>,
) -> Option<(&'a [String], Number, &'a [String])> {
    for (at, word) in words.iter().enumerate() {
        let Some(named) = KINDS.into_iter().find(|kind| word.starts_with(kind)) else {
            continue;
        };
        let rest = &word[named.len()..];
        if let Some(number) = number(named, rest) {
            return Some((&words[..at], number, &words[at + 1..]));
        }
        let word = |at: usize| words.get(at).map(String::as_str).unwrap_or_default();
        let own = at + 1 + usize::from(matches!(word(at + 1), "NR" | "NUMMER"));
        let number = number(named, word(own)).filter(|_| matches!(rest, "" | "NR" | "NUMMER"));
        if let Some(number) = number {
            return Some((&words[..at], number, &words[own + 1..]));
        }
    }
    let kind = kind.and_then(|kind| KINDS.into_iter().find(|known| *known == kind))?;
    let number = number(kind, words.first()?)?;
    Some((&[], number, &words[1..]))
}

/// Digits, and up to any letters attached to them.
fn number(kind: &str, text: &str) -> Option<Number> {
    let digits = text
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, letters) = text.split_at(digits);
    let digits = digits.trim_start_matches('0');
    let fine = !digits.is_empty()
        && digits.len() <= 7
        && letters.chars().all(|letter| letter.is_ascii_uppercase());
    fine.then(|| Number {
        number: format!("{kind}{digits}"),
        letters: letters.to_owned(),
    })
}

/// The letters of the number and the court. A court may stand before or after the number, letters stand right after
/// it. Letters that the court's numbers do not have are words that nobody has read: then there is no court.
fn court<'t>(
    before: &[String],
    attached: &str,
    after: &[String],
    table: &'t Table,
) -> (String, Option<&'t str>) {
    let known = |words: &[&str]| table.courts.get(&words.concat()).map(String::as_str);
    let before: Vec<&str> = telling(before);
    let mut after: Vec<&str> = telling(after);
    let mut letters = String::new();
    if attached.len() > 3 {
        after.insert(0, attached);
    } else if !attached.is_empty() && attached != "AG" {
        letters = attached.to_owned();
    }
    while after.first().is_some_and(|word| FILLERS.contains(word)) {
        after.remove(0);
    }
    let first = after.first().copied().unwrap_or_default();
    let short = letters.is_empty()
        && (1..=3).contains(&first.len())
        && first.chars().all(|one| one.is_ascii_uppercase());
    if short && (after.len() == 1 && known(&after).is_none() || known(&after[1..]).is_some()) {
        letters = first.to_owned();
        after.remove(0);
    }
    let court = match (before.is_empty(), after.is_empty()) {
        (false, true) => known(&before),
        (true, false) => known(&after),
        (false, false) => known(&before).filter(|court| known(&after) == Some(*court)),
        (true, true) => None,
    };
    let own = |court: &&str| {
        let all = table.letters.get(*court);
        letters.is_empty() || all.is_some_and(|all| all.contains(&letters))
    };
    let court = court.filter(own);
    (letters, court)
}

fn telling(words: &[String]) -> Vec<&str> {
    let words = words.iter().map(String::as_str);
    words.filter(|word| !WORDS.contains(word)).collect()
}
