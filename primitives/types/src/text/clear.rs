//! Whether a number can be told from others by who reads it: nothing in it that Unicode does not define, and no word of
//! letters of two alphabets, one of which only looks like the other.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_public_assigned;

use super::alike::latin;
use super::{is_combining_mark, is_invisible};

/// Why a number can look like another one and not be it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unclear {
    /// A code point that is unassigned or for private use.
    #[error("holds U+{:04X}, which Unicode leaves undefined or to private use", u32::from(*.0))]
    Sign(char),
    /// A letter of a script in which no business writes numbers, and which has letters like other scripts'.
    #[error("holds {:?} (U+{:04X}), a letter of a script in which numbers are not written", .0, u32::from(*.0))]
    Foreign(char),
    /// A word of letters of two alphabets.
    #[error("has the word {word:?}, in which {first} and {other} letters are mixed")]
    Mixed {
        /// The word.
        word: String,
        /// The alphabet of the first letter that is of one alone.
        first: &'static str,
        /// The alphabet of the first letter that is not of that one.
        other: &'static str,
    },
}

/// Alphabets whose letters look like each other's, with their ranges. Latin letters may stand beside those of all other
/// scripts, as numbers in China, Korea or Israel do (UTS #39, section 5.2, "moderately restrictive", which leaves out
/// Greek and Cyrillic).
const ALPHABETS: [(&str, &[(u32, u32)]); 8] = [
    (
        "Latin",
        &[
            (0x41, 0x5A),
            (0x61, 0x7A),
            (0xC0, 0x2AF),
            (0x1D00, 0x1D25),
            (0x1D6B, 0x1D77),
            (0x1D79, 0x1D9A),
            (0x1E00, 0x1EFF),
            (0x212A, 0x212B),
            (0x2C60, 0x2C7F),
            (0xA722, 0xA7FF),
            (0xAB30, 0xAB64),
            (0xFB00, 0xFB06),
            (0xFF21, 0xFF3A),
            (0xFF41, 0xFF5A),
        ],
    ),
    ("Coptic", &[(0x3E2, 0x3EF), (0x2C80, 0x2CFF)]),
    (
        "Greek",
        &[
            (0x370, 0x3FF),
            (0x1D26, 0x1D2A),
            (0x1F00, 0x1FFF),
            (0x2126, 0x2126),
        ],
    ),
    (
        "Cyrillic",
        &[
            (0x400, 0x52F),
            (0x1C80, 0x1C8F),
            (0x1D2B, 0x1D2B),
            (0xA640, 0xA69F),
        ],
    ),
    ("Armenian", &[(0x531, 0x587), (0xFB13, 0xFB17)]),
    (
        "Georgian",
        &[(0x10A0, 0x10FF), (0x1C90, 0x1CBF), (0x2D00, 0x2D2D)],
    ),
    ("Cherokee", &[(0x13A0, 0x13FD), (0xAB70, 0xABBF)]),
    ("Lisu", &[(0xA4D0, 0xA4F7), (0x11FB0, 0x11FB0)]),
];

/// Scripts in everyday use beside [`ALPHABETS`], by Unicode's recommended scripts (UAX #31, table 5), with signs that letters
/// of theirs are written with; letters of all other scripts are foreign.
const IN_USE: [(u32, u32); 20] = [
    (0xAA, 0xAA), // ª, µ and º are Latin and Greek letters outside their scripts' blocks
    (0xB5, 0xB5),
    (0xBA, 0xBA),
    (0x2B0, 0x2FF), // modifier letters
    (0x591, 0x5F4), // Hebrew
    (0x620, 0x6FF), // Arabic
    (0x750, 0x77F),
    (0x780, 0x7B1),   // Thaana
    (0x870, 0x8FF),   // Arabic
    (0x900, 0xFFF),   // Devanagari to Tibetan
    (0x1000, 0x109F), // Myanmar
    (0x1100, 0x11FF), // Hangul
    (0x1200, 0x139F), // Ethiopic
    (0x1780, 0x17FF), // Khmer
    (0x3005, 0x318F), // Han signs, Kana, Bopomofo, Hangul
    (0x31A0, 0x31FF),
    (0x3400, 0x9FFF),   // Han
    (0xAC00, 0xD7FF),   // Hangul
    (0xF900, 0xFAFF),   // Han
    (0x20000, 0x323AF), // Han
];

/// Scripts of [`ALPHABETS`] that are in use nowhere in business, and clicks, which look like lines.
fn is_foreign(letter: char) -> bool {
    let code = u32::from(letter);
    if !letter.is_alphabetic() || latin(letter).is_ascii() {
        return matches!(code, 0x1C0..=0x1C3);
    }
    match alphabet(letter) {
        Some(name) => {
            matches!(name, "Coptic" | "Cherokee" | "Lisu") || (0x1C0..=0x1C3).contains(&code)
        }
        None => !IN_USE
            .iter()
            .any(|(from, to)| (*from..=*to).contains(&code)),
    }
}

/// Whether a text holds a sign that nobody can tell: a code point that is unassigned or for private use (those that Unicode
/// leaves out by default aside, see [`is_invisible`]), or a letter of a script that is in use nowhere in business.
#[must_use]
pub fn strange(text: &str) -> Option<Unclear> {
    if text.is_ascii() {
        return None;
    }
    let seen = || text.chars().filter(|letter| !is_invisible(*letter));
    if let Some(sign) = seen().find(|letter| !is_public_assigned(*letter)) {
        return Some(Unclear::Sign(sign));
    }
    seen()
        .nfkc()
        .find(|letter| is_foreign(*letter))
        .map(Unclear::Foreign)
}

/// Why a number as written could be taken for another one: it holds a [`strange`] sign, or a word that mixes two alphabets. Letters
/// that numbers are compared by as Latin ones, as they look so, count for none. None if the number is clear.
#[must_use]
pub fn unclear(text: &str) -> Option<Unclear> {
    if text.is_ascii() {
        return None;
    }
    let seen: String = text
        .chars()
        .filter(|letter| !is_invisible(*letter))
        .collect();
    let strange = strange(&seen);
    if let Some(Unclear::Sign(_)) = strange {
        return strange;
    }
    let parts = |letter: char| !letter.is_alphanumeric() && !is_combining_mark(letter);
    seen.split(parts).find_map(mixed).or(strange)
}

fn mixed(word: &str) -> Option<Unclear> {
    let letters = word.chars().filter(|letter| !is_twin(*letter));
    let mut alphabets = letters.filter_map(alphabet);
    let first = alphabets.next()?;
    let other = alphabets.find(|other| *other != first)?;
    Some(Unclear::Mixed {
        word: word.to_owned(),
        first,
        other,
    })
}

fn alphabet(letter: char) -> Option<&'static str> {
    let code = u32::from(letter);
    let holds = |ranges: &[(u32, u32)]| {
        ranges
            .iter()
            .any(|(from, to)| (*from..=*to).contains(&code))
    };
    let mut all = ALPHABETS.iter().filter(|(_, ranges)| holds(ranges));
    all.next()
        .map(|(name, _)| *name)
        .filter(|_| letter.is_alphabetic())
}

/// Whether a letter of another alphabet is compared as a Latin one and looks like it as written: capitals do, and small
/// letters of the Cyrillic script; of the Greek, `ν` is compared as N and looks like v.
fn is_twin(letter: char) -> bool {
    let base = std::iter::once(letter).nfd().next().unwrap_or(letter);
    let capital = match alphabet(base) {
        Some("Cyrillic") => base.to_uppercase().next().unwrap_or(base),
        _ => base,
    };
    let twin = latin(capital);
    twin != capital && alphabet(twin) == Some("Latin") && alphabet(capital) != Some("Latin")
}
