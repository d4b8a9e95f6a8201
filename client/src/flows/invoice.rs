//! An invoice as another document names it.

use std::fmt;

use chrono::NaiveDate;
use sealane_documents::dates;
use sealane_types::text::reference;

/// An invoice as another document names it: numbers are used again in other years, so that a date that is known counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Invoice {
    pub number: String,
    pub issued: Option<NaiveDate>,
}

impl Invoice {
    /// The invoices that a document names by these numbers, with the text of their dates where it states any.
    pub(super) fn named(numbers: Vec<String>, stated: &str) -> Vec<Self> {
        let stated = dates::from_text(stated).into_iter();
        let stated = stated.chain(std::iter::repeat(None));
        let named = numbers.into_iter().zip(stated);
        named
            .map(|(number, issued)| Self { number, issued })
            .collect()
    }

    /// Whether the two can be one: however their numbers are written, and if both dates are known, these are the same.
    pub(super) fn is(&self, other: &Self) -> bool {
        let dates = self.issued.zip(other.issued);
        let same_day = dates.is_none_or(|(one, other)| one == other);
        same_day && reference(&self.number) == reference(&other.number)
    }
}

impl fmt::Display for Invoice {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.issued {
            Some(day) => write!(to, "{} of {day}", self.number),
            None => to.write_str(&self.number),
        }
    }
}
