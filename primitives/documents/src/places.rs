//! Where the values of a document stand in its file, looked up only for what is wrong: the rules are
//! written once, for XML and for JSON.

use crate::fault::Place;

/// Something that a rule speaks of. Fields have the names of `specs/schemas/*.toml`.
#[derive(Debug, Clone, Copy)]
pub enum Spot {
    /// The document as a whole.
    Root,
    /// A field of the document.
    Header(&'static str),
    /// A line, by index.
    Line(usize),
    /// A field of a line.
    LineField(usize, &'static str),
    /// An allowance or charge of the document.
    Allowance(usize),
    /// An entry of the tax breakdown, and its field.
    Tax(usize, &'static str),
}

/// Places of one file.
pub trait Places {
    /// Where it stands; where it is missing, what it is missing from.
    fn at(&self, spot: Spot) -> Place;
    /// The path or key where it should stand.
    fn expected(&self, spot: Spot) -> Option<&str>;
}
