//! What a number without a check digit that fits is no strict identifier for: digits that stand apart, few digits that
//! nothing names.

use super::Doubt;
use super::clean::Visible;
use super::fit::{Digit, Fit};

/// Signs that part a number from what is another: a footnote, a page, a branch.
const APART: &str = "/\\|()[]{};:+*#&=<>";
/// Digits that a number has at least which nothing names: registers count from 1, and so do all other lists.
const FEW: usize = 4;

/// Words that say a registration, and not whose.
const REGISTRATION: [&str; 6] = ["REGISTERED", "REGISTRATION", "REG", "NUMBER", "NO", "NR"];

/// What names a number's scheme.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// Whether a label does.
    pub label: bool,
    /// The words before the number, in the letters that count.
    pub words: &'a str,
}

impl Named<'_> {
    /// Whether anything does.
    pub fn is(self) -> bool {
        self.label || !self.words.is_empty()
    }

    /// Whether it is this register that is named, and not any: by the label, a prefix, or words around the number.
    fn is_register(self, fit: &Fit<'_>) -> bool {
        let mut rest = self.words;
        while let Some(next) = REGISTRATION.iter().find_map(|word| rest.strip_prefix(word)) {
            rest = next;
        }
        let any = usize::from(rest.is_empty() && !self.words.is_empty());
        self.label || fit.cuts > any
    }
}

/// Why such a reading is no strict one.
pub fn doubt(fit: &Fit<'_>, written: &Visible<'_>, named: Named<'_>) -> Option<Doubt> {
    if fit.digit == Digit::Fits || fit.scheme.letters {
        return None;
    }
    let digits = digits(&fit.value);
    if digits.is_empty() {
        return None;
    }
    let signs = |sign: char| {
        let own = fit.scheme.keep.contains(sign) || fit.scheme.signs.contains(sign);
        APART.contains(sign) && !own
    };
    let parts = written.parts(signs);
    let mut within = parts.iter().map(|part| self::digits(part));
    if parts.len() > 1 && !within.any(|part| part.contains(&digits)) {
        return Some(Doubt::Apart);
    }
    // HRB, HE: letters that name the register
    let mut letters = fit.value.chars().take_while(char::is_ascii_alphabetic);
    let lettered = letters.nth(1).is_some();
    let short = fit.scheme.short_is_hint && fit.filled && !lettered;
    if short && !named.is_register(fit) {
        return Some(Doubt::Short);
    }
    (!named.is() && !lettered && digits.len() < FEW).then_some(Doubt::Few)
}

/// The digits, without zeros that lead them.
fn digits(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.trim_start_matches('0').to_owned()
}
