//! Fields by path, as `sealane grant --fields` names them, and the places of a record that they mean.
//!
//! The words are those of checks (`seller`, `order_references`, `lines[*].quantity`), and those of single places that
//! `sealane record show` prints (`seller.ids`, `lines[3].quantity`). All lines means every line slot of the record
//! and the number of lines: a check needs the padding too.

use std::collections::BTreeSet;

use sealane_checks::fault::advice;
use sealane_checks::field::{header_fields, line_fields, roles};
use sealane_crypto::keys::Place;
use sealane_types::record::Bucket;
use sealane_types::schema::{HEADER_SLOTS, Kind, LINE_SLOTS};
use thiserror::Error;

use crate::paths;

/// Why paths name no fields.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PathError {
    /// No document of this kind has such a field.
    #[error("--fields: `{path}` is not a field of this document ({kind}); {advice}")]
    Unknown {
        /// The path.
        path: String,
        /// The kind of document.
        kind: &'static str,
        /// What may have been meant.
        advice: String,
    },
    /// The document has fewer lines.
    #[error(
        "--fields: `{path}`: the document has {lines} lines, counted from 0; lines[*] means all"
    )]
    NoLine {
        /// The path.
        path: String,
        /// How many lines it has.
        lines: usize,
    },
}

/// What a record's paths depend on.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// The kind of document.
    pub kind: Kind,
    /// The record's line slots.
    pub bucket: Bucket,
    /// The true number of lines.
    pub lines: usize,
}

impl Shape {
    /// The places that comma-separated paths mean.
    ///
    /// # Errors
    /// When one names no field.
    pub fn places(&self, paths: &str) -> Result<BTreeSet<Place>, PathError> {
        let mut places = BTreeSet::new();
        for path in paths.split(',').map(str::trim) {
            places.extend(self.meant(path)?);
        }
        Ok(places)
    }

    fn meant(&self, path: &str) -> Result<Vec<Place>, PathError> {
        let unknown = || PathError::Unknown {
            path: path.to_owned(),
            kind: self.kind.name(),
            advice: self.advice(path),
        };
        if path == "all" {
            return Ok(Place::all(self.bucket).collect());
        }
        if let Some(rest) = path.strip_prefix("lines") {
            let (which, field) = match rest.split_once('.') {
                Some((which, field)) => (which, Some(field)),
                None => (rest, None),
            };
            return self.of_lines(path, which, field).unwrap_or(Err(unknown()));
        }
        let mut places = Place::all(self.bucket).take(HEADER_SLOTS);
        let mut single = || places.find(|place| paths::path(self.kind, *place) == path);
        match self.header(path) {
            Some(places) => Ok(places),
            None if path == paths::path(self.kind, Place::LineCount) => Ok(vec![Place::LineCount]),
            None => single().map(|place| vec![place]).ok_or_else(unknown),
        }
    }

    /// The fields of lines; `None` where the words mean none.
    fn of_lines(
        &self,
        path: &str,
        which: &str,
        field: Option<&str>,
    ) -> Option<Result<Vec<Place>, PathError>> {
        let slots: Vec<usize> = match field {
            None => (0..LINE_SLOTS).collect(),
            Some(name) => {
                let mut fields = line_fields(self.kind);
                vec![fields.find(|field| field.path == name)?.slot]
            }
        };
        let of = |line: usize| slots.iter().map(move |slot| line_place(line, *slot));
        if which == "[*]" || (which.is_empty() && field.is_none()) {
            let places = (0..self.bucket.lines()).flat_map(of);
            return Some(Ok(places.chain([Place::LineCount]).collect()));
        }
        let line: usize = which.strip_prefix('[')?.strip_suffix(']')?.parse().ok()?;
        Some(match line < self.lines {
            true => Ok(of(line).collect()),
            false => Err(PathError::NoLine {
                path: path.to_owned(),
                lines: self.lines,
            }),
        })
    }

    fn header(&self, path: &str) -> Option<Vec<Place>> {
        let mut parties = roles(self.kind).into_iter();
        let party = parties.find(|(word, _)| *word == path);
        let party = party.map(|(_, role)| role.field());
        let field = party.or_else(|| header_fields(self.kind).find(|field| field.path == path))?;
        let slot = u8::try_from(field.slot).expect("a header has 32 slots");
        Some(vec![Place::Header(slot)])
    }

    fn advice(&self, path: &str) -> String {
        let mut known: Vec<String> = vec!["all".to_owned(), "lines".to_owned()];
        known.extend(roles(self.kind).iter().map(|(word, _)| (*word).to_owned()));
        known.extend(header_fields(self.kind).map(|field| field.path.to_owned()));
        known.extend(line_fields(self.kind).map(|field| format!("lines[*].{}", field.path)));
        let mut seen = BTreeSet::new();
        known.retain(|word| seen.insert(word.clone()));
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        advice(path, &known)
    }
}

/// Places in the fewest words that mean exactly them.
#[must_use]
pub fn names(kind: Kind, bucket: Bucket, places: &BTreeSet<Place>) -> Vec<String> {
    if places.len() == bucket.leaves() {
        return vec!["all".to_owned()];
    }
    let mut left = places.clone();
    let mut names = Vec::new();
    let mut take = |name: String, group: &[Place], keep: &[Place]| {
        if group.iter().all(|place| left.contains(place)) {
            names.push(name);
            left.retain(|place| !group.contains(place) || keep.contains(place));
        }
    };
    let count = [Place::LineCount];
    let all = |slots: &[usize]| {
        let lines = 0..bucket.lines();
        let of = |line| slots.iter().map(move |slot| line_place(line, *slot));
        let places: Vec<Place> = lines.flat_map(of).chain(count).collect();
        places
    };
    let every: Vec<usize> = (0..LINE_SLOTS).collect();
    take("lines".to_owned(), &all(&every), &[]);
    for field in line_fields(kind) {
        let name = format!("lines[*].{}", field.path);
        take(name, &all(&[field.slot]), &count); // the next one means the number of lines too
    }
    if names.iter().any(|name| name.starts_with("lines[*]")) {
        left.remove(&Place::LineCount);
    }
    let single = left.into_iter().map(|place| paths::path(kind, place));
    single.chain(names).collect()
}

fn line_place(line: usize, slot: usize) -> Place {
    Place::Line {
        line: u16::try_from(line).expect("a record has at most 1,024 lines"),
        slot: u8::try_from(slot).expect("a line has seven slots"),
    }
}

#[cfg(test)]
mod tests;
