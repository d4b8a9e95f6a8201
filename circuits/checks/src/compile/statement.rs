//! Statements of a plan's shape, made from what the ledger knows of records.

use std::collections::BTreeSet;

use sealane_crypto::keys::Place;
use sealane_statements::cross_check::{CrossCheckStatement, Presented, buckets};

use super::plan::Plan;

impl Plan {
    /// The statement that records, one for each position, meet these requirements.
    #[must_use]
    pub fn statement(&self, records: &[Option<Presented>], bits: Vec<bool>) -> CrossCheckStatement {
        self.layout().statement(records, bits)
    }

    /// The leaves that a statement takes out, by position.
    #[must_use]
    pub fn taken(&self, statement: &CrossCheckStatement) -> Vec<BTreeSet<Place>> {
        let mut switches = statement.switches.iter();
        let of_position = |position: usize| {
            let optional = usize::from(self.positions()[position].number > 0);
            let before = optional + buckets(self.lines()).count();
            switches.by_ref().take(before).for_each(drop);
            let places: Vec<Place> = self.places(position).collect();
            let pairs = places.into_iter().zip(switches.by_ref());
            pairs
                .filter(|(_, taken)| **taken)
                .map(|(place, _)| place)
                .collect()
        };
        (0..self.positions().len()).map(of_position).collect()
    }

    /// A statement of this shape that says nothing.
    #[must_use]
    pub fn blank(&self) -> CrossCheckStatement {
        let nothing = vec![None; self.positions().len()];
        self.statement(&nothing, vec![false; self.requirements().len()])
    }

    /// How many switches a statement has.
    #[must_use]
    pub fn switch_count(&self) -> usize {
        let of_position = |position: usize| {
            let optional = usize::from(self.positions()[position].number > 0);
            optional + buckets(self.lines()).count() + self.places(position).count()
        };
        (0..self.positions().len()).map(of_position).sum()
    }
}
