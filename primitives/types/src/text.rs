//! Text as people type it, and the one form in which numbers of documents are compared.
//!
//! What looks the same is the same: Unicode is brought to NFKC (UAX #15); signs that cannot be seen go; dashes,
//! slashes and spaces of any kind become `-`, `/` and one space; decimal digits of any script become 0 to 9. In
//! numbers, signs that look like ASCII ones become those ([`strict_number`]). Every function here gives its own
//! result back when it is applied to it once more.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
pub use unicode_normalization::char::is_combining_mark;

mod alike;
mod clear;
mod unicode;
mod word;

pub(crate) use alike::{Of, alike, punctuated};
use alike::{as_written, look, sign_look};
pub use clear::{Unclear, unclear, unclear_name};
pub(crate) use unicode::known;
pub use word::word;

/// Format characters (general category Cf), what Unicode leaves out by default (Default_Ignorable_Code_Point, also
/// where nothing is assigned yet), and other signs without a width: Hangul fillers, the Braille blank and variation
/// selectors.
const INVISIBLE: [(u32, u32); 26] = [
    (0xAD, 0xAD),
    (0x34F, 0x34F),
    (0x600, 0x605),
    (0x61C, 0x61C),
    (0x6DD, 0x6DD),
    (0x70F, 0x70F),
    (0x890, 0x891),
    (0x8E2, 0x8E2),
    (0x115F, 0x1160),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFB),
    (0x110BD, 0x110BD),
    (0x110CD, 0x110CD),
    (0x13430, 0x1343F),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
    (0x17B4, 0x17B5),
];

/// The digit zero of each script that has decimal digits (general category Nd); one to nine follow it.
const ZEROS: [u32; 74] = [
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6,
    0xE50, 0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50,
    0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
    0x104A0, 0x10D30, 0x10D40, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0,
    0x11650, 0x116C0, 0x116D0, 0x116DA, 0x11730, 0x118E0, 0x11950, 0x11BF0, 0x11C50, 0x11D50,
    0x11DA0, 0x11F50, 0x16A60, 0x16AC0, 0x16B50, 0x16D70, 0x1CCF0, 0x1D7CE, 0x1D7D8, 0x1D7E2,
    0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
];

/// Words of several languages that stand where a number should and say that there is none, or that an order was given
/// by word of mouth; compared by letters and digits alone.
const NOTHING: &[&str] = &[
    "NA",
    "NO",
    "NONE",
    "NIL",
    "NULL",
    "NOTAPPLICABLE",
    "NOTAVAILABLE",
    "NOTGIVEN",
    "NOTKNOWN",
    "UNKNOWN",
    "UNDEFINED",
    "UNSPECIFIED",
    "TBA",
    "TBD",
    "TOBEDEFINED",
    "TOBECONFIRMED",
    "SEEABOVE",
    "NOREF",
    "NOREFERENCE",
    "NOORDER",
    "NOPO",
    "VERBAL",
    "BYPHONE",
    "PHONE",
    "TELEPHONE",
    "KEIN",
    "KEINE",
    "KEINER",
    "KEINES",
    "KEINEANGABE",
    "KEINEBESTELLUNG",
    "OHNE",
    "OHNEANGABE",
    "OHNEBESTELLUNG",
    "OHNEBESTELLNUMMER",
    "OHNENUMMER",
    "TELEFONISCH",
    "TELEFON",
    "MÜNDLICH",
    "MUENDLICH",
    "UNBEKANNT",
    "ENTFÄLLT",
    "ENTFAELLT",
    "NICHTVORHANDEN",
    "NICHTANGEGEBEN",
    "GEEN",
    "NVT",
    "NIETVANTOEPASSING",
    "ONBEKEND",
    "TELEFONISCHBESTELD",
    "MONDELING",
    "INGEN",
    "INGA",
    "INGET",
    "SAKNAS",
    "MUNTLIG",
    "MUNTLIGT",
    "EIOLE",
    "EITIEDOSSA",
    "PUUDUB",
    "SANS",
    "SANSNUMÉRO",
    "SANSNUMERO",
    "SANSOBJET",
    "SANSRÉFÉRENCE",
    "SANSREFERENCE",
    "AUCUN",
    "AUCUNE",
    "NÉANT",
    "NEANT",
    "SENZA",
    "SENZANUMERO",
    "NESSUN",
    "NESSUNO",
    "NESSUNA",
    "NONDISPONIBILE",
    "NONAPPLICABILE",
    "SN",
    "ND",
    "NOAPLICA",
    "NOAPLICABLE",
    "NINGUNO",
    "NINGUNA",
    "SINNUMERO",
    "SINNÚMERO",
    "SINREFERENCIA",
    "SINPEDIDO",
    "NENHUM",
    "NENHUMA",
    "NÃOAPLICÁVEL",
    "NAOAPLICAVEL",
    "SEMNUMERO",
    "SEMNÚMERO",
    "BRAK",
    "BRAKDANYCH",
    "NIEDOTYCZY",
    "USTNE",
    "ŽÁDNÁ",
    "ŽÁDNÝ",
    "BEZČÍSLA",
    "NINCS",
    "NEMA",
    "YOK",
    "НЕТ",
    "ΔΕΝΥΠΑΡΧΕΙ",
    "无",
    "なし",
];

/// Rounds after which a text no longer changes: capitals can need composing again, which can give capitals again.
const ROUNDS: usize = 8;

/// Whether a sign has no width of its own and says nothing: format and control characters, fillers, selectors.
/// White space is not among them.
#[must_use]
pub fn is_invisible(letter: char) -> bool {
    if letter.is_ascii() {
        return letter.is_ascii_control() && !letter.is_whitespace();
    }
    let code = u32::from(letter);
    let listed = INVISIBLE
        .iter()
        .any(|(first, last)| (*first..=*last).contains(&code));
    listed || (letter.is_control() && !letter.is_whitespace())
}

/// The value of a decimal digit of any script.
#[must_use]
pub fn digit(letter: char) -> Option<u32> {
    if letter.is_ascii() {
        return letter.to_digit(10);
    }
    let code = u32::from(letter);
    ZEROS
        .iter()
        .find_map(|zero| code.checked_sub(*zero).filter(|value| *value < 10))
}

/// NFKC without what cannot be seen, with dashes, slashes and decimal digits of any kind as ASCII, in capitals. White
/// space is left as it is.
#[must_use]
pub fn plain(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        if !text
            .bytes()
            .any(|byte| byte.is_ascii_lowercase() || is_invisible(char::from(byte)))
        {
            return Cow::Borrowed(text);
        }
        let seen = text.chars().filter(|letter| !is_invisible(*letter));
        return Cow::Owned(seen.map(|letter| letter.to_ascii_uppercase()).collect());
    }
    let mut text = text.to_owned();
    for _ in 0..ROUNDS {
        let seen = text.chars().map(known).nfkc();
        let seen = seen.filter(|letter| !is_invisible(*letter));
        let next: String = seen
            .map(unified)
            .flat_map(char::to_uppercase)
            .nfkc()
            .collect();
        if next == text {
            break;
        }
        text = next;
    }
    Cow::Owned(text)
}

/// One sign for all dashes, one for all slashes, ASCII for all digits, the sharp s whose capitals are `SS`.
fn unified(letter: char) -> char {
    if letter.is_ascii() {
        return letter;
    }
    match u32::from(letter) {
        0x1E9E => 'ß',
        0x2D7
        | 0x58A
        | 0x5BE
        | 0x6D4
        | 0x1400
        | 0x1428
        | 0x1806
        | 0x2010..=0x2015
        | 0x2043
        | 0x2212
        | 0x23AF
        | 0x23E4
        | 0x2500..=0x2501
        | 0x2504..=0x2505
        | 0x2508..=0x2509
        | 0x254C..=0x254D
        | 0x2574
        | 0x2576
        | 0x2578
        | 0x257A
        | 0x257C
        | 0x257E
        | 0x2796
        | 0x2CBA..=0x2CBB
        | 0x2E17
        | 0x2E1A
        | 0x2E3A..=0x2E3B
        | 0x2E40
        | 0x2E5D
        | 0x301C
        | 0x3030
        | 0x30A0
        | 0xFE31..=0xFE32
        | 0xFE58
        | 0xFE63
        | 0xFF0D
        | 0x10EAD => '-',
        0x1735 | 0x2041 | 0x2044 | 0x2215 | 0x2571 | 0x27CB | 0x29F8 | 0x2CC6 | 0x3033 | 0xFF0F => {
            '/'
        }
        _ => digit(letter)
            .and_then(|value| char::from_digit(value, 10))
            .unwrap_or(letter),
    }
}

/// What a number is compared by: [`plain`], with signs that look alike as one.
fn seen(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return plain(text);
    }
    let seen = text.chars().map(known).map(as_seen);
    let seen = seen.filter(|letter| !is_invisible(*letter));
    let text = as_written(&seen.nfkc().collect::<String>());
    Cow::Owned(until_stable(&text, |text| alike(&plain(text), Of::Numbers)))
}

/// The sign that one is seen as where NFKC would make another of it: lunate sigmas, which look like C, and punctuation
/// such as an acute accent alone.
pub(crate) fn as_seen(letter: char) -> char {
    match letter {
        '\u{3F2}' | '\u{3F9}' => 'C',
        _ if letter.is_ascii() || letter.is_alphanumeric() || letter.is_whitespace() => letter,
        _ if unified(letter) != letter => letter,
        _ => match sign_look(letter) {
            Some('°') => 'o',
            sign => {
                let ascii = look(letter).filter(|look| !look.is_alphanumeric());
                ascii.or(sign).unwrap_or(letter)
            }
        },
    }
}

/// Changes a text until it no longer changes.
fn until_stable(text: &str, change: impl Fn(&str) -> String) -> String {
    let mut text = text.to_owned();
    for _ in 0..ROUNDS {
        let next = change(&text);
        if next == text {
            break;
        }
        text = next;
    }
    text
}

/// A document number as the strict fingerprint rule takes it: [`plain`], signs that look like ASCII ones as those,
/// white space at the ends cut, runs of white space inside one space, separators kept.
#[must_use]
pub fn strict_number(text: &str) -> String {
    until_stable(text, |text| {
        let seen = seen(text);
        seen.split_whitespace().collect::<Vec<_>>().join(" ")
    })
}

/// A document number as the looser rules take it: letters and digits of [`strict_number`] alone. `1-12` and
/// `11-2` meet here; that is why no strict rule uses it.
#[must_use]
pub fn loose_number(text: &str) -> String {
    until_stable(text, |text| {
        let seen = seen(text);
        let counts = |letter: &char| letter.is_alphanumeric() && !is_combining_mark(*letter);
        seen.chars().filter(counts).collect()
    })
}

/// A reference as it tells documents apart: [`loose_number`], but signs between two digits stay, as one `-`. `1-12`,
/// `1/12` and `1 12` are one; `11-2` and `112` are others; `PO-88` is `PO88`.
#[must_use]
pub fn reference(text: &str) -> String {
    until_stable(text, |text| {
        let mut out = String::new();
        let mut parted = false;
        for letter in seen(text).chars() {
            if is_combining_mark(letter) {
                continue;
            }
            if !letter.is_alphanumeric() {
                parted = true;
                continue;
            }
            let digits =
                out.ends_with(|last: char| last.is_ascii_digit()) && letter.is_ascii_digit();
            if parted && digits {
                out.push('-');
            }
            parted = false;
            out.push(letter);
        }
        out
    })
}

/// Whether a reference names nothing: no letter or digit, zeros alone, the letter X alone, or a word that says so
/// (`NA`, `N/A`, `#NO#`, `none`, `TBD` …). EN 16931 documents carry these where an element must be there.
#[must_use]
pub fn names_nothing(text: &str) -> bool {
    let text = loose_number(text);
    let all = |sign: char| text.chars().all(|letter| letter == sign);
    text.is_empty() || all('0') || all('X') || WORDS.contains(&text)
}

/// [`NOTHING`] as [`loose_number`] gives it.
static WORDS: LazyLock<HashSet<String>> =
    LazyLock::new(|| NOTHING.iter().map(|word| loose_number(word)).collect());

#[cfg(test)]
mod tests;
