//! The currencies that a check can read in a document's `currency`: ISO 4217's codes for money in use.
//!
//! A leaf commits to the hash of that text, and to a number for the currency of an amount. A constraint can join the
//! two through a fixed table alone; [`CODES`] is the table, and part of the language's version.

pub use sealane_types::currencies::CODES;
use sealane_types::fields::Currency;

/// Decimals of most currencies, and of a number that no currency of the table stands beside.
pub const USUAL: u32 = 2;

/// The currency of a code of the table.
#[must_use]
pub fn currency(code: &str) -> Option<Currency> {
    Currency::listed(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_each_code_once_and_nothing_else() {
        assert!(CODES.is_sorted_by(|one, next| one < next));
        assert!(CODES.iter().all(|code| currency(code).is_some()));
        for none in ["eur", "EU", "EUR ", "XXX", "ABC", ""] {
            assert_eq!(currency(none), None);
        }
    }
}
