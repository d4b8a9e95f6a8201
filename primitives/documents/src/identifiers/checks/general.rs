//! Rules of standards, which several schemes share.

use super::{CheckFn, cross, digits};

/// The function of a rule of this file.
pub fn named(rule: &str) -> Option<CheckFn> {
    Some(match rule {
        "luhn" => luhn,
        "mod97-10" => mod97_10,
        "mod11-10" => mod11_10,
        "gtin" => gtin,
        _ => return None,
    })
}

/// Luhn (ISO/IEC 7812-1, annex B).
pub fn luhn(text: &str) -> bool {
    digits(text).is_some_and(|digits| !digits.is_empty() && luhn_sum(&digits) % 10 == 0)
}

/// From the right every second digit doubled and its digits added.
pub fn luhn_sum(digits: &[i64]) -> i64 {
    let numbered = digits.iter().rev().enumerate();
    numbered
        .map(|(place, digit)| {
            if place % 2 == 1 {
                cross(digit * 2)
            } else {
                *digit
            }
        })
        .sum()
}

/// ISO 7064 MOD 97-10, letters as 10 to 35.
pub fn mod97_10(text: &str) -> bool {
    let mut rest: u32 = 0;
    for letter in text.chars() {
        let Some(value) = letter.to_digit(36).filter(|_| !letter.is_ascii_lowercase()) else {
            return false;
        };
        let shift = if value > 9 { 100 } else { 10 };
        rest = (rest * shift + value) % 97;
    }
    rest == 1
}

/// ISO 7064 MOD 11,10.
pub fn mod11_10(text: &str) -> bool {
    let Some(digits) = digits(text).filter(|digits| digits.len() > 1) else {
        return false;
    };
    let (last, rest) = (digits[digits.len() - 1], &digits[..digits.len() - 1]);
    let product = rest.iter().fold(10, |product, digit| {
        let sum = (product + digit) % 10;
        2 * (if sum == 0 { 10 } else { sum }) % 11
    });
    (product + last) % 10 == 1
}

/// GS1 General Specifications: weights 1, 3, 1, 3 … from the right.
fn gtin(text: &str) -> bool {
    let Some(digits) = digits(text).filter(|digits| !digits.is_empty()) else {
        return false;
    };
    let numbered = digits.iter().rev().enumerate();
    let sum: i64 = numbered
        .map(|(place, digit)| if place % 2 == 1 { digit * 3 } else { *digit })
        .sum();
    sum % 10 == 0
}
