//! The earlier invoices that a document names (EN 16931, BG-3): each with its number (BT-25) and, where it is stated, its
//! issue date (BT-26). A number may be used again in another year, so that the number alone does not say which one is meant.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use sealane_types::text::names_nothing;

use crate::fault::{Class, Fault, Place};
use crate::read::values::{Times, Values};
use crate::xml::{self, Node};

/// Numbers and their dates, in one order.
pub(super) type Earlier = (Vec<String>, Vec<Option<NaiveDate>>);

impl Values<'_> {
    /// The earlier invoices, each once: a number without a date is the one that stands with a date elsewhere. Placeholders
    /// name none.
    pub(super) fn earlier(&mut self, root: Node<'_, '_>) -> Earlier {
        let schema = self.schema;
        let at = schema.header("billing_references").iter();
        let nodes: Vec<_> = at.flat_map(|path| self.all(root, path)).collect();
        let mut found: Vec<(String, Option<NaiveDate>)> = Vec::new();
        let mut first: HashMap<String, usize> = HashMap::new();
        let mut seen = HashSet::new();
        for node in nodes {
            let Some(number) = xml::text(node).filter(|number| !names_nothing(number)) else {
                continue;
            };
            let date = self.date_beside(node);
            let known = first.get(&number).copied();
            match (known, date) {
                (Some(_), None) => {}
                (Some(at), Some(_)) if found[at].1.is_none() => found[at].1 = date,
                (Some(_), Some(date)) if seen.contains(&(number.clone(), date)) => {}
                _ => {
                    first.entry(number.clone()).or_insert(found.len());
                    found.push((number.clone(), date));
                }
            }
            seen.extend(date.map(|date| (number, date)));
        }
        found.into_iter().unzip()
    }

    /// The issue date beside an earlier invoice's number. One that cannot be read is told, and counts as not stated.
    fn date_beside(&mut self, number: Node<'_, '_>) -> Option<NaiveDate> {
        let of = number.parent_element()?;
        let node = self.node(of, self.schema.header("billing_date"), Times::First)?;
        let text = xml::text(node)?;
        let date = Self::day(node);
        if date.is_none() {
            let shown: String = text.chars().take(40).collect();
            self.warnings.add(|| Fault {
                class: Class::Value,
                place: Place::element(node),
                rule: "SL-DATE",
                problem: format!("the earlier invoice's date {shown:?} is not a date of the calendar"),
                advice: "It is left out; ask the sender which invoice is meant, where the number was used more than once.",
            });
        }
        date
    }
}

#[cfg(test)]
mod tests;
