//! What signs look like. Numbers are typed from paper, and by who wants one invoice to be two.
//!
//! A sign's look is Unicode's (UTS #39, confusables, by the crate `unicode-security`); what that lacks is in
//! [`lacking`]. The version of its table is part of the protocol (`unicode.rs`), as fingerprints must not change.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};
use unicode_security::mixed_script::AugmentedScriptSet;
use unicode_security::skeleton;

use super::unicode::is_new;

/// Whose signs they are: those of numbers, or of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// A number: whatever looks like a sign of ASCII is that.
    Numbers,
    /// A name: capitals that look like Latin letters are those. Digits are not, so that initials stay letters.
    Names,
}

/// A text in capitals, signs that look like ASCII ones as those. Letters are taken apart from their marks and put
/// together again, so that `Ӧ` is `Ö`; the dot over a capital I or J goes. Syllables of Hangul stay whole: parts of
/// them look like Latin letters, and they do not.
pub(crate) fn alike(text: &str, of: Of) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut letters = String::with_capacity(text.len());
    let mut dotted = false;
    let mut push = |letter: char| {
        if letter == '\u{307}' && dotted {
            return;
        }
        let letter = compared(letter, of);
        if !is_combining_mark(letter) {
            dotted = matches!(letter, 'I' | 'J');
        }
        // a small caron is a breve: where both stand on a letter they are one
        match letter {
            '\u{30C}' if letters.ends_with(['A', 'E', 'G', 'I', 'O', 'U']) => {
                letters.push('\u{306}')
            }
            letter if of == Of::Numbers => match several(letter) {
                Some(both) => letters.push_str(both),
                None => letters.push(letter),
            },
            letter => letters.push(letter),
        }
    };
    for letter in text.nfc() {
        match letter {
            '\u{AC00}'..='\u{D7A3}' => push(letter),
            _ => decompose_canonical(letter, &mut push),
        }
    }
    letters.nfc().collect()
}

/// The sign that a capital, or a sign that has no capital, is compared as.
pub(super) fn compared(letter: char, of: Of) -> char {
    if letter.is_ascii() {
        return letter;
    }
    let listed = lacking(letter);
    if listed != letter {
        return listed;
    }
    let look = match of {
        Of::Numbers => look(letter),
        Of::Names => look(letter).filter(|look| look.is_alphabetic()),
    };
    look.unwrap_or(letter)
}

/// The two letters that one letter of a number looks like: `Ы` is `ЬІ`, and so `BI`, as `Ь` is `B`.
fn several(letter: char) -> Option<&'static str> {
    match letter {
        'Æ' => Some("AE"),
        'Œ' => Some("OE"),
        'Ы' => Some("BI"),
        'Ю' => Some("IO"),
        _ => None,
    }
}

/// A number's small letters that look like ones of ASCII, and whose capitals do not, as those in a word that can be read
/// in ASCII: `г` alone prints like r, `Г` like no letter of ASCII. A word with other letters keeps them.
pub(super) fn as_written(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let counts = |letter: &char| letter.is_alphanumeric() || is_combining_mark(*letter);
    let mut out = String::with_capacity(text.len());
    for word in letters.chunk_by(|one, next| counts(one) == counts(next)) {
        let ascii = reads_as_ascii(word.iter().copied());
        let one = |letter: &char| written_look(*letter).filter(|_| ascii);
        out.extend(word.iter().map(|letter| one(letter).unwrap_or(*letter)));
    }
    out
}

/// What a small letter looks like whose capital is compared as none of ASCII.
pub(super) fn written_look(letter: char) -> Option<char> {
    let capital = letter.to_uppercase().next().filter(|one| *one != letter)?;
    let folded = compared(capital, Of::Numbers).is_ascii() || several(capital).is_some();
    look(letter).filter(|_| !folded)
}

/// Whether all letters and digits are of ASCII or look so.
pub(super) fn reads_as_ascii(text: impl IntoIterator<Item = char>) -> bool {
    let ascii = |letter: char| {
        letter.is_ascii() || look(letter).is_some_and(|look| look.is_ascii_alphanumeric())
    };
    let counts = |letter: &char| letter.is_alphanumeric() && !is_combining_mark(*letter);
    text.into_iter().filter(counts).all(ascii)
}

/// The one sign, no letter, that another one which is no letter looks like: of points in the middle, `·`.
pub(super) fn sign_look(letter: char) -> Option<char> {
    if letter.is_ascii() || letter.is_alphanumeric() || is_new(letter) {
        return None;
    }
    let mut bytes = [0; 4];
    let mut signs = skeleton(letter.encode_utf8(&mut bytes));
    let one = signs.next().filter(|one| !one.is_alphanumeric());
    one.filter(|one| signs.next().is_none() && !is_combining_mark(*one) && !one.is_whitespace())
}

/// The sign of ASCII, in capitals, that a sign of no more than one character looks like. What looks like I, l, 1 and
/// | is I where it is a letter.
pub(super) fn look(letter: char) -> Option<char> {
    if letter.is_ascii() || is_new(letter) {
        return None;
    }
    let mut bytes = [0; 4];
    let mut signs = skeleton(letter.encode_utf8(&mut bytes));
    match (signs.next(), signs.next(), signs.next()) {
        (Some('l'), None, _) => Some(if letter.is_alphanumeric() { 'I' } else { '|' }),
        // the longest dash; Kana's mark of a long vowel, the figure one of Han and a vowel of Hangul look like it
        (Some('ー'), None, _) => Some('-'),
        (Some(sign), None, _) if sign.is_ascii() => Some(sign.to_ascii_uppercase()),
        (Some('\''), Some('\''), None) => Some('"'),
        _ => modifier(letter),
    }
}

/// What modifier letters of no script look like, where Unicode's table says nothing: they stand above, below or beside
/// letters as marks do, and are not letters of a number.
fn modifier(letter: char) -> Option<char> {
    match letter {
        '\u{2C9}' => Some('-'),
        '\u{2CC}' | '\u{2CE}' | '\u{2CF}' => Some(','),
        '\u{2CD}' => Some('_'),
        '\u{2D1}' => Some('.'),
        '\u{559}' | '\u{2E2F}' | '\u{A67F}' => Some('\''),
        _ if is_modifier(letter) && letter.is_alphabetic() => Some('\''),
        _ => None,
    }
}

/// Whether a sign is of the blocks of modifier letters and tones, whatever scripts they are used with.
pub(super) fn is_modifier(letter: char) -> bool {
    matches!(letter, '\u{2B0}'..='\u{2FF}' | '\u{A700}'..='\u{A721}' | '\u{A788}'..='\u{A78C}' | '\u{A78F}')
}

/// The text of a name in which letters that look like punctuation are that. A word that also has other letters of
/// their script keeps them: `ー` stands for a long vowel in `ビール`, `י` is a letter of `ישראל`.
pub(crate) fn punctuated(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let counts = |letter: &char| letter.is_alphanumeric() || is_combining_mark(*letter);
    let sign = |letter: char| look(letter).filter(|look| !look.is_alphanumeric());
    let mut out = String::with_capacity(text.len());
    for word in letters.chunk_by(|one, next| counts(one) == counts(next)) {
        let shares = |letter: char| {
            let of = AugmentedScriptSet::for_char(letter);
            !is_modifier(letter)
                && !of.is_all()
                && word.iter().any(|other| {
                    let mut both = AugmentedScriptSet::for_char(*other);
                    let own = !both.is_all() && sign(*other).is_none();
                    both.intersect_with(of);
                    own && !both.is_empty()
                })
        };
        let one = |letter: &char| {
            let sign = sign(*letter).filter(|_| counts(letter) && !shares(*letter));
            sign.unwrap_or(*letter)
        };
        out.extend(word.iter().map(one));
    }
    out
}

/// The sign that one looks like, where Unicode's table does not have it as one character of ASCII: small capitals of
/// the phonetic alphabets, letters that look like Latin ones with strokes, letters in dark circles and squares.
pub(super) fn lacking(letter: char) -> char {
    match letter {
        'ᴀ' | 'Ɑ' => 'A',
        'ʙ' => 'B',
        'Ԁ' | 'ᴅ' => 'D',
        'ᴇ' => 'E',
        'ꜰ' => 'F',
        'ɢ' | 'Ɡ' => 'G',
        'ʜ' => 'H',
        'ᴊ' => 'J',
        'ᴋ' => 'K',
        'ʟ' => 'L',
        'ᴍ' => 'M',
        'ɴ' => 'N',
        'ᴘ' => 'P',
        'ꞯ' => 'Q',
        'ᴛ' => 'T',
        '〇' => '0',
        'Ð' | 'Ɖ' => 'Đ',
        'Ҫ' => 'Ç',
        'Ӕ' => 'Æ',
        'Ә' => 'Ə',
        'Ѳ' | 'Ө' | 'Θ' => 'Ɵ',
        // Greek capitals that print as Cyrillic ones, and Latin letters of other languages that print as Greek ones
        'Γ' => 'Г',
        'Λ' | 'Ʌ' => 'Л',
        'Π' => 'П',
        'Φ' => 'Ф',
        'Ʃ' => 'Σ',
        '\u{342}' => '\u{303}',
        // the comma below of Romanian and Latvian letters, which clerks type as a cedilla
        '\u{326}' => '\u{327}',
        other => enclosed(other),
    }
}

/// The letter in a dark circle or square, or of a flag, which NFKC leaves alone.
fn enclosed(letter: char) -> char {
    const FIRST: [u32; 3] = [0x1F150, 0x1F170, 0x1F1E6];
    let code = u32::from(letter);
    let place = FIRST
        .into_iter()
        .find_map(|first| code.checked_sub(first).filter(|at| *at < 26));
    let ascii = place.and_then(|at| char::from_u32(u32::from('A') + at));
    ascii.unwrap_or(letter)
}

#[cfg(test)]
mod tests;
