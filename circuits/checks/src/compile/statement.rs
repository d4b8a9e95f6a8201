//! Statements of a plan's shape, made from what the ledger knows of records.

use std::collections::BTreeSet;

use sealane_crypto::keys::Place;
use sealane_statements::cross_check::{CrossCheckStatement, RecordPublic};

use super::open;
use super::plan::Plan;

/// A record as the ledger knows it.
#[derive(Debug, Clone)]
pub struct Presented {
    /// Root, context and the commitment of its sealer's alias.
    pub record: RecordPublic,
    /// Its line slots.
    pub bucket: usize,
    /// Its leaves that were taken out.
    pub taken: BTreeSet<Place>,
}

impl Plan {
    /// The statement that records, one for each position, meet these requirements.
    #[must_use]
    pub fn statement(&self, records: &[Option<Presented>], bits: Vec<bool>) -> CrossCheckStatement {
        let mut switches = Vec::with_capacity(self.switch_count());
        for (position, record) in records.iter().enumerate() {
            if self.positions()[position].number > 0 {
                switches.push(record.is_some());
            }
            let bucket = record.as_ref().map_or(0, |record| record.bucket);
            switches.extend(open::buckets(self.lines()).map(|reached| bucket >= reached));
            let taken = |place: &Place| {
                let record = record.as_ref();
                record.is_some_and(|record| record.taken.contains(place))
            };
            switches.extend(self.places(position).map(|place| taken(&place)));
        }
        let record = |record: &Option<Presented>| record.as_ref().map(|record| record.record);
        CrossCheckStatement {
            records: records.iter().map(record).collect(),
            switches,
            bits,
        }
    }

    /// The leaves that a statement takes out, by position.
    #[must_use]
    pub fn taken(&self, statement: &CrossCheckStatement) -> Vec<BTreeSet<Place>> {
        let mut switches = statement.switches.iter();
        let of_position = |position: usize| {
            let optional = usize::from(self.positions()[position].number > 0);
            let before = optional + open::buckets(self.lines()).count();
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
            optional + open::buckets(self.lines()).count() + self.places(position).count()
        };
        (0..self.positions().len()).map(of_position).sum()
    }
}
