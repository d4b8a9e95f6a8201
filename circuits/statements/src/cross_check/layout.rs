//! The order of a check's public inputs: a function of its shape and sizes, and of what the ledger knows of records.

use std::collections::BTreeSet;

use sealane_crypto::keys::Place;
use sealane_types::cross_check::{CheckShape, DocumentShape};
use sealane_types::schema::CHECK_LINES;

use super::{CrossCheckStatement, RecordPublic};

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

/// A document that the statement is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Its place among the declared documents.
    pub document: usize,
    /// Which one of a list, from 0.
    pub number: usize,
}

/// A check's shape at its sizes.
#[derive(Debug, Clone, Copy)]
pub struct Layout<'a> {
    /// The documents and requirements.
    pub shape: &'a CheckShape,
    /// Line slots of a document.
    pub lines: usize,
    /// Documents of a list.
    pub documents: usize,
}

/// The buckets beyond the smallest that records may have where documents have `lines` lines.
pub fn buckets(lines: usize) -> impl Iterator<Item = usize> {
    CHECK_LINES
        .into_iter()
        .skip(1)
        .filter(move |bucket| *bucket <= lines)
}

impl<'a> Layout<'a> {
    /// All document positions.
    pub fn positions(self) -> impl Iterator<Item = Position> + 'a {
        let several = move |list: bool| if list { self.documents } else { 1 };
        let documents = self.shape.documents.iter().enumerate();
        documents.flat_map(move |(document, shape)| {
            (0..several(shape.list)).map(move |number| Position { document, number })
        })
    }

    /// The places of a declared document's opened leaves, in the order of their switches.
    pub fn places(self, document: usize) -> impl Iterator<Item = Place> + 'a {
        places(&self.shape.documents[document], self.lines)
    }

    /// How many public inputs a statement has.
    #[must_use]
    pub fn input_count(self) -> usize {
        let (mut positions, mut switches) = (0, 0);
        for position in self.positions() {
            positions += 1;
            switches += usize::from(position.number > 0)
                + buckets(self.lines).count()
                + self.places(position.document).count();
        }
        let bits = self.shape.requirements.len();
        CrossCheckStatement::input_count(positions, switches, bits)
    }

    /// The statement that records, one for each position, meet these requirements.
    #[must_use]
    pub fn statement(self, records: &[Option<Presented>], bits: Vec<bool>) -> CrossCheckStatement {
        let mut switches = Vec::new();
        for (position, record) in self.positions().zip(records) {
            if position.number > 0 {
                switches.push(record.is_some());
            }
            let bucket = record.as_ref().map_or(0, |record| record.bucket);
            switches.extend(buckets(self.lines).map(|reached| bucket >= reached));
            let taken = |place: &Place| {
                let record = record.as_ref();
                record.is_some_and(|record| record.taken.contains(place))
            };
            let places = self.places(position.document);
            switches.extend(places.map(|place| taken(&place)));
        }
        let record = |record: &Option<Presented>| record.as_ref().map(|record| record.record);
        CrossCheckStatement {
            records: records.iter().map(record).collect(),
            switches,
            bits,
        }
    }
}

/// Header slots, then the number of lines, then slots of all lines, slot by slot.
fn places(shape: &DocumentShape, lines: usize) -> impl Iterator<Item = Place> + '_ {
    let lines = u16::try_from(lines).expect("a check is for at most 128 lines");
    let header = shape.header.iter().map(|slot| Place::Header(*slot));
    let count = shape.count.then_some(Place::LineCount);
    let column = move |slot: &u8| {
        let slot = *slot;
        (0..lines).map(move |line| Place::Line { line, slot })
    };
    header
        .chain(count)
        .chain(shape.columns.iter().flat_map(column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_those_of_circuits_beyond_the_smallest() {
        let of = |lines| buckets(lines).collect::<Vec<_>>();
        assert_eq!(of(8), [0; 0]);
        assert_eq!(of(32), [16, 32]);
        assert_eq!(of(128), [16, 32, 128]);
        assert_eq!(of(1024), of(128), "a switch for each bucket of a circuit");
    }
}
