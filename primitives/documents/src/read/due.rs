//! When a document is due, where it may state several dates.

use chrono::NaiveDate;

use crate::fault::{Class, Fault, Place};
use crate::read::values::Values;
use crate::xml::{self, Node};

impl Values<'_> {
    /// The last due date: what is owed is owed in full by then. Several are told.
    pub fn due_date(&mut self, root: Node<'_, '_>) -> Option<NaiveDate> {
        let paths = self.schema.header("due_date").iter();
        let nodes: Vec<_> = paths.flat_map(|path| self.all(root, path)).collect();
        let mut dates = Vec::new();
        for node in nodes.into_iter().filter(|node| xml::text(*node).is_some()) {
            dates.extend(self.date(node).map(|date| (date, node)));
        }
        let (last, node) = *dates.iter().max_by_key(|(date, _)| *date)?;
        let mut others: Vec<_> = dates.iter().map(|(date, _)| *date).collect();
        others.sort_unstable();
        others.dedup();
        if others.len() > 1 {
            self.warnings.add(|| Fault {
                class: Class::Value,
                place: Place::element(node),
                rule: "SL-DUE",
                problem: format!(
                    "the document states {} due dates, from {} on: the last one, {last}, is read",
                    others.len(),
                    others[0]
                ),
                advice: "Ask the sender when the whole amount is due.",
            });
        }
        Some(last)
    }
}
