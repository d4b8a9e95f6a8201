//! Letters that look like Latin ones. Numbers are typed from paper, and by who wants one invoice to be two.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A text in capitals, letters that look like Latin ones as those. Letters are taken apart from their marks and put
/// together again, so that `Ӧ` is `Ö`; the dot over a capital I or J goes.
pub(crate) fn alike(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut dotted = false;
    let letters = text.nfd().filter_map(move |letter| {
        if letter == '\u{307}' && dotted {
            return None;
        }
        let letter = latin(letter);
        if !is_combining_mark(letter) {
            dotted = matches!(letter, 'I' | 'J');
        }
        Some(letter)
    });
    Cow::Owned(letters.nfc().collect())
}

/// The Latin letter that a capital looks like: of the Cyrillic and Greek scripts, small capitals of the phonetic
/// alphabets, letters in dark circles and squares. Other scripts have such letters too: this list is fixed, as
/// Unicode's own (UTS #39, confusables) changes from version to version, and fingerprints must not. What it lacks is
/// caught where it stands in one word with Latin letters ([`super::unclear`]).
pub(super) fn latin(letter: char) -> char {
    match letter {
        'А' | 'Α' | 'ᴀ' | 'Ɑ' => 'A',
        'В' | 'Β' | 'ʙ' => 'B',
        'С' | 'Ϲ' | 'ϲ' | 'ᴄ' => 'C',
        'Ԁ' | 'ᴅ' => 'D',
        'Е' | 'Ε' | 'ᴇ' => 'E',
        'Ϝ' | 'ꜰ' => 'F',
        'Ԍ' | 'ɢ' | 'Ɡ' => 'G',
        'Н' | 'Η' | 'Һ' | 'ʜ' => 'H',
        'І' | 'Ι' | 'Ӏ' | 'Ɪ' | 'ɪ' | 'Ɩ' => 'I',
        'Ј' | 'Ϳ' | 'ᴊ' => 'J',
        'К' | 'Κ' | 'ᴋ' => 'K',
        'ʟ' => 'L',
        'М' | 'Μ' | 'Ϻ' | 'ᴍ' => 'M',
        'Ν' | 'ɴ' => 'N',
        'О' | 'Ο' | 'ᴏ' => 'O',
        'Р' | 'Ρ' | 'ᴘ' => 'P',
        'Ԛ' | 'ꞯ' => 'Q',
        'Ʀ' => 'R',
        'Ѕ' | 'ꜱ' => 'S',
        'Т' | 'Τ' | 'ᴛ' => 'T',
        'ᴜ' => 'U',
        'Ѵ' | 'ᴠ' => 'V',
        'Ԝ' | 'ᴡ' => 'W',
        'Х' | 'Χ' => 'X',
        'У' | 'Ү' | 'Υ' | 'ʏ' => 'Y',
        'Ζ' | 'ᴢ' => 'Z',
        '〇' => '0',
        'Ð' | 'Ɖ' => 'Đ',
        'Ҫ' => 'Ç',
        'Ӕ' => 'Æ',
        'Ә' => 'Ə',
        'Ѳ' | 'Ө' | 'Θ' => 'Ɵ',
        'Ӡ' => 'Ʒ',
        '\u{342}' => '\u{303}',
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
