//! Check digits. Each rule stands in `identifiers.toml` in words, with its sources; the function of the same name is here.
//!
//! No kept crate covers more than a handful of them, so they are the project's own. A value that a function gets has the
//! form of a scheme that names it; anything else does not fit. Nothing panics on any text.

mod asia;
mod europe;
mod general;
mod world;

/// Whether a value fits.
pub type CheckFn = fn(&str) -> bool;

/// The function of a rule.
pub fn named(rule: &str) -> Option<CheckFn> {
    general::named(rule)
        .or_else(|| europe::named(rule))
        .or_else(|| asia::named(rule))
        .or_else(|| world::named(rule))
}

pub use asia::abn_of_acn;

/// The digits of a text that has nothing else.
fn digits(text: &str) -> Option<Vec<i64>> {
    text.chars()
        .map(|letter| letter.to_digit(10).map(i64::from))
        .collect()
}

/// The digits of a text that has exactly `N` and nothing else.
fn exactly<const N: usize>(text: &str) -> Option<[i64; N]> {
    digits(text)?.try_into().ok()
}

/// Sum of digits times weights, as far as both go.
fn sum(digits: &[i64], weights: &[i64]) -> i64 {
    digits
        .iter()
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum()
}

/// The digits with weights modulo 11; if 10, with the second weights; 10 again as 0. Equals the last digit.
fn two_tries(digits: &[i64], first: &[i64], second: &[i64]) -> bool {
    let Some((last, rest)) = digits.split_last() else {
        return false;
    };
    let remainder = sum(rest, first) % 11;
    let remainder = if remainder == 10 {
        sum(rest, second) % 11
    } else {
        remainder
    };
    remainder % 10 == *last
}

/// The number that digits write, modulo `modulus`.
fn modulo(digits: &[i64], modulus: i64) -> i64 {
    digits
        .iter()
        .fold(0, |rest, digit| (rest * 10 + digit) % modulus)
}

/// Digits of a product added: 0 to 18.
fn cross(product: i64) -> i64 {
    product / 10 + product % 10
}

#[cfg(test)]
mod tests;
