//! Where a field stands in a record, and the order of a record's leaves.

use std::fmt;

use sealane_types::encoding::{Decode, DecodeError, Encode, Reader, invalid};
use sealane_types::record::Bucket;
use sealane_types::schema::{HEADER_SLOTS, Kind, LINE_SLOTS, MAX_LINES, is_legal_ids};

use crate::commitment::Position;

/// Where a field stands in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A slot of the header.
    Header(u8),
    /// A slot of a line.
    Line {
        /// The line, from 0.
        line: u16,
        /// The slot.
        slot: u8,
    },
    /// The true number of lines.
    LineCount,
}

impl Place {
    /// All places of a record with this bucket, in the order of its leaves.
    #[must_use]
    pub fn all(bucket: Bucket) -> Places {
        Places { bucket, next: 0 }
    }

    /// The position of the place among a record's leaves; `None` where the bucket has no such place.
    #[must_use]
    pub fn index(self, bucket: Bucket) -> Option<usize> {
        match self {
            Self::Header(slot) => Some(usize::from(slot)).filter(|slot| *slot < HEADER_SLOTS),
            Self::Line { line, slot } => {
                let (line, slot) = (usize::from(line), usize::from(slot));
                let there = line < bucket.lines() && slot < LINE_SLOTS;
                there.then_some(HEADER_SLOTS + line * LINE_SLOTS + slot)
            }
            Self::LineCount => Some(bucket.leaves() - 1),
        }
    }

    /// The place of the leaf at `index`; `None` beyond the last.
    #[must_use]
    pub fn at(index: usize, bucket: Bucket) -> Option<Self> {
        let small = |number: usize| u8::try_from(number).expect("a record has at most 32 slots");
        if index < HEADER_SLOTS {
            return Some(Self::Header(small(index)));
        }
        let of_lines = index - HEADER_SLOTS;
        let (line, slot) = (of_lines / LINE_SLOTS, small(of_lines % LINE_SLOTS));
        if line < bucket.lines() {
            let line = u16::try_from(line).expect("a record has at most 1,024 lines");
            return Some(Self::Line { line, slot });
        }
        (index + 1 == bucket.leaves()).then_some(Self::LineCount)
    }

    /// Whether a party's identifiers stand there, whose leaf has a form of its own.
    #[must_use]
    pub fn holds_identifiers(self) -> bool {
        matches!(self, Self::Header(slot) if is_legal_ids(slot.into()))
    }

    /// The constants of the place's leaf, in a record of this kind and schema version.
    #[must_use]
    pub fn position(self, kind: Kind, version: u16) -> Position {
        match self {
            Self::Header(slot) => Position::header(kind, version, slot),
            Self::Line { line, slot } => Position::line(kind, version, line, slot),
            Self::LineCount => Position::line_count(kind, version),
        }
    }

    /// Slot (one byte) and line (two bytes, little-endian): what keys and ciphertexts are bound to.
    #[must_use]
    pub fn bytes(self) -> [u8; 3] {
        let (slot, line) = match self {
            Self::Header(slot) => (slot, Position::NO_LINE),
            Self::Line { line, slot } => (slot, line),
            Self::LineCount => (Position::LINE_COUNT, Position::NO_LINE),
        };
        let [low, high] = line.to_le_bytes();
        [slot, low, high]
    }

    /// Reads what [`Place::bytes`] gave; `None` for what is the place of no record.
    #[must_use]
    pub fn from_bytes([slot, low, high]: [u8; 3]) -> Option<Self> {
        let place = match (slot, u16::from_le_bytes([low, high])) {
            (Position::LINE_COUNT, Position::NO_LINE) => Self::LineCount,
            (slot, Position::NO_LINE) => Self::Header(slot),
            (slot, line) => Self::Line { line, slot },
        };
        let largest = Bucket::new(u16::try_from(MAX_LINES).ok()?)?;
        place.index(largest).map(|_| place)
    }
}

// by hand: three bytes for whichever of the three it is
impl Encode for Place {
    fn encode(&self, out: &mut Vec<u8>) {
        self.bytes().encode(out);
    }
}

impl Decode for Place {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let place = Self::from_bytes(reader.array("place")?);
        place.map_or_else(|| invalid("place", "no record has it"), Ok)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(slot) => write!(formatter, "header slot {slot}"),
            Self::Line { line, slot } => write!(formatter, "line {line}, slot {slot}"),
            Self::LineCount => formatter.write_str("number of lines"),
        }
    }
}

/// All places of a record, in the order of its leaves.
#[derive(Debug, Clone)]
pub struct Places {
    bucket: Bucket,
    next: usize,
}

impl Iterator for Places {
    type Item = Place;

    fn next(&mut self) -> Option<Place> {
        let place = Place::at(self.next, self.bucket)?;
        self.next += 1;
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sealane_types::schema::LINE_BUCKETS;

    use super::*;

    #[test]
    fn places_are_the_leaves_in_order_each_once() {
        for lines in LINE_BUCKETS.map(|lines| u16::try_from(lines).expect("a bucket")) {
            let bucket = Bucket::new(lines).expect("a bucket");
            let places: Vec<Place> = Place::all(bucket).collect();
            assert_eq!(places.len(), bucket.leaves());
            for (index, place) in places.iter().enumerate() {
                assert_eq!(place.index(bucket), Some(index));
                assert_eq!(Place::from_bytes(place.bytes()), Some(*place));
            }
            let bytes: BTreeSet<_> = places.iter().map(|place| place.bytes()).collect();
            assert_eq!(bytes.len(), places.len());
            assert_eq!(Place::Header(32).index(bucket), None);
            for nowhere in [[32, 0xff, 0xff], [7, 0, 0], [0, 0, 4], [0xff, 0, 0]] {
                assert_eq!(Place::from_bytes(nowhere), None);
            }
            assert_eq!(
                Place::Line {
                    line: lines,
                    slot: 0
                }
                .index(bucket),
                None
            );
            assert_eq!(Place::Line { line: 0, slot: 7 }.index(bucket), None);
        }
    }
}
