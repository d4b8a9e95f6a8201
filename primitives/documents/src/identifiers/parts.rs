//! What a number without a check digit that fits is no strict identifier for: digits that stand apart, few digits that
//! nothing names.

use super::Doubt;
use super::clean::Visible;
use super::fit::{Digit, Fit};

/// Signs that part a number from what is another: a footnote, a page, a branch.
const APART: &str = "/\\|()[]{};:+*#&=<>";
/// Digits that a number has at least which nothing names: registers count from 1, and so do all other lists.
const FEW: usize = 4;

/// Why such a reading is no strict one; `named` says whether a label or a word names the scheme.
pub fn doubt(fit: &Fit<'_>, written: &Visible<'_>, named: bool) -> Option<Doubt> {
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
    let named = named || letters.nth(1).is_some();
    (!named && digits.len() < FEW).then_some(Doubt::Few)
}

/// The digits, without zeros that lead them.
fn digits(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.trim_start_matches('0').to_owned()
}
