//! The text of an identifier without what does not count.

use std::borrow::Cow;

use sealane_types::text::{digit, is_combining_mark, plain};

/// Longest identifier that is looked at, in bytes: documents write register, court and town beside the number.
const MAX_WRITTEN: usize = 512;

/// A written identifier in capitals, NFKC, without signs that cannot be seen.
#[derive(Debug)]
pub struct Visible<'a> {
    text: Cow<'a, str>,
    /// Whether it has superscripts, circled digits or fractions, which may be a footnote's.
    pub footnote: bool,
}

impl<'a> Visible<'a> {
    /// Takes a written identifier; `None` if it is too long to be one.
    pub fn new(written: &'a str) -> Option<Self> {
        let written = written.trim();
        if written.len() > MAX_WRITTEN {
            return None;
        }
        let footnote = !written.is_ascii()
            && written
                .chars()
                .any(|letter| letter.is_numeric() && digit(letter).is_none());
        Some(Self {
            text: plain(written),
            footnote,
        })
    }

    /// Letters and digits, and the signs in `keep`.
    pub fn clean(&self, keep: &str) -> String {
        let counts = |letter: &char| is_sign(*letter) || keep.contains(*letter);
        self.text.chars().filter(counts).collect()
    }

    /// What stands between signs that part numbers.
    pub fn parts(&self, apart: impl Fn(char) -> bool) -> Vec<&str> {
        self.text.split(apart).collect()
    }

    /// Words and numbers between other signs; points inside a word do not part it.
    pub fn words(&self) -> impl Iterator<Item = String> {
        let text: String = self.text.replace('.', "");
        let parts = text.split(|letter: char| !is_sign(letter));
        let words: Vec<String> = parts
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
        words.into_iter()
    }
}

/// A letter or digit; marks over letters that no single sign holds do not count.
fn is_sign(letter: char) -> bool {
    letter.is_alphanumeric() && (letter.is_ascii() || !is_combining_mark(letter))
}

/// A label by its letters and digits alone, in capitals.
pub fn label(text: &str) -> String {
    let text = plain(text);
    text.chars().filter(|letter| is_sign(*letter)).collect()
}

/// A country's two letters, in capitals, also for the three of ISO 3166-1 alpha-3; of a territory without registers of
/// its own, those of the state.
pub fn country(
    written: &str,
    territories: &std::collections::HashMap<String, String>,
) -> Option<String> {
    let code = written.trim().to_ascii_uppercase();
    let fine = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    let known = territories.get(&code).cloned();
    known.or_else(|| fine.then_some(code))
}

/// Whether the digits are one repeated, or a run such as 12345678 or 987654321.
pub fn made_up(value: &str) -> bool {
    let digits: Vec<u32> = value
        .chars()
        .filter_map(|letter| letter.to_digit(10))
        .collect();
    let step = |by: u32| digits.windows(2).all(|pair| pair[1] == (pair[0] + by) % 10);
    digits.len() >= 7 && (step(0) || step(1) || step(9))
}
