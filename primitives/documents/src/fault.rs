//! What can be wrong with a document: the fault, its place, its rule, and what to do.

use std::fmt;

/// Most faults or warnings that are told of one document; the rest are counted.
pub const MAX_FAULTS: usize = 20;

/// Where something is in a document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// Element path (`Invoice/LegalMonetaryTotal/PayableAmount`) or field path (`lines[3].quantity`);
    /// empty for the file as a whole.
    pub path: String,
    /// Line and column in the file, from 1.
    pub position: Option<(u32, u32)>,
}

impl Place {
    /// A field path, without a position in the file.
    #[must_use]
    pub fn field(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            position: None,
        }
    }

    /// A position in the file, from 1.
    #[must_use]
    pub fn position(line: u32, column: u32) -> Self {
        Self {
            path: String::new(),
            position: Some((line, column)),
        }
    }
}

/// The classes of faults, as far as a caller may want to tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Too large, too deep, or otherwise above a limit.
    Limit,
    /// The bytes are not text in the encoding that they claim.
    Encoding,
    /// Not well-formed XML or JSON, or with a document type declaration.
    Form,
    /// Well-formed, but no kind of document that Sealane reads.
    Unknown,
    /// A field that Sealane uses is missing.
    Missing,
    /// A field that Sealane uses has a value that it cannot have.
    Value,
    /// Amounts do not add up.
    Arithmetic,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Its class.
    pub class: Class,
    /// Where.
    pub place: Place,
    /// The rule that it breaks: EN 16931's where there is one (`BR-CO-10`), else Sealane's (`SL-…`).
    pub rule: &'static str,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub advice: &'static str,
}

/// A fault that does not bind this document: it is read all the same.
pub type Warning = Fault;

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.place.position {
            write!(out, "line {line}, column {column}: ")?;
        }
        if !self.place.path.is_empty() {
            write!(out, "{}: ", self.place.path)?;
        }
        write!(out, "{} [{}]. {}", self.problem, self.rule, self.advice)
    }
}

/// Why a file is not a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ReadError {
    /// The file's name, as the caller gave it.
    pub file: String,
    /// What is wrong; at least one fault, at most [`MAX_FAULTS`].
    pub faults: Vec<Fault>,
    /// How many more there are.
    pub more: usize,
}

impl fmt::Display for ReadError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, fault) in self.faults.iter().enumerate() {
            if number > 0 {
                writeln!(out)?;
            }
            write!(out, "{}: {fault}", self.file)?;
        }
        if self.more > 0 {
            write!(out, "\n{}: and {} more faults", self.file, self.more)?;
        }
        Ok(())
    }
}

/// Collects faults up to [`MAX_FAULTS`] and counts the rest, so that a hostile file costs little.
#[derive(Debug, Default)]
pub struct Faults {
    /// Those kept.
    pub kept: Vec<Fault>,
    /// How many were not.
    pub more: usize,
}

impl Faults {
    /// Adds a fault; it is made only if it is kept.
    pub fn add(&mut self, fault: impl FnOnce() -> Fault) {
        if self.kept.len() < MAX_FAULTS {
            self.kept.push(fault());
        } else {
            self.more += 1;
        }
    }

    /// Puts one before all others; the last of too many is only counted.
    pub fn put_first(&mut self, fault: Fault) {
        self.kept.insert(0, fault);
        if self.kept.len() > MAX_FAULTS {
            self.kept.truncate(MAX_FAULTS);
            self.more += 1;
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }
}
