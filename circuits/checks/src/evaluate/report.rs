//! What an evaluation says: a bit for each requirement, and why those that are not met are not.

use std::fmt;

use crate::limits;

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The document's name in the check.
    pub document: String,
    /// Which one of a list, from 0.
    pub number: Option<usize>,
    /// The field's path as `sealane document show` names it; empty for the document as a whole.
    pub path: String,
    /// What stands there; `None` where nothing does.
    pub value: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.number.map(|number| format!("[{number}]"));
        write!(out, "{}{}", self.document, number.unwrap_or_default())?;
        if !self.path.is_empty() {
            write!(out, " {}", self.path)?;
        }
        match &self.value {
            Some(value) => write!(out, " = {}", plain(value)),
            None => write!(out, " is absent"),
        }
    }
}

/// Text of a document: what it holds cannot break or repaint the terminal.
fn plain(text: &str) -> String {
    let shown = |letter: char| match letter.is_control() {
        true => letter.escape_default().to_string(),
        false => letter.to_string(),
    };
    text.chars().map(shown).collect()
}

/// One of the values that a comparison compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// The value, if there is one. It may be shown to whoever may see *all* places.
    pub value: Option<String>,
    /// All places that it was computed from; none for what the declaration writes out.
    pub places: Vec<Place>,
}

impl fmt::Display for Side {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.value.as_deref().map(plain);
        match (&self.places[..], value) {
            ([], value) => write!(out, "{}", value.unwrap_or_default()),
            ([one], Some(value)) if one.value.as_deref().map(plain) == Some(value.clone()) => {
                one.fmt(out)
            }
            ([one], None) => one.fmt(out),
            (places, value) => {
                let places: Vec<String> = places.iter().map(ToString::to_string).collect();
                match value {
                    Some(value) => write!(out, "{value}, from {}", places.join("; ")),
                    None => write!(out, "{}", places.join("; ")),
                }
            }
        }
    }
}

/// Why a requirement is not met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// A value is not there.
    Absent,
    /// A leaf that its owner encoded wrongly.
    Unreadable,
    /// A `currency` that the table does not have.
    UnknownCurrency,
    /// No line or document is there, or none is meant.
    None,
    /// Several lines or documents are meant where one is needed.
    Several,
    /// Amounts of different currencies.
    OtherCurrency,
    /// Quantities of different units.
    OtherUnit,
    /// A line of one of several documents, nobody knows which.
    UnknownDocument,
    /// A quantity without a unit.
    NoUnit,
    /// A price whose base quantity is not above zero.
    NoBase,
    /// Two values differ.
    Different,
    /// Two values are the same.
    Same,
    /// The first is not smaller.
    NotLess,
    /// The first is larger.
    Above,
    /// The first is not larger.
    NotGreater,
    /// The first is smaller.
    Below,
    /// The values are further apart than the tolerance.
    OutOfTolerance,
    /// A value is not in the list.
    NotListed,
    /// A value is there and should not be.
    Present,
    /// Two parties have no identifier in common.
    OtherParty,
    /// Two parties have an identifier in common.
    SameParty,
    /// The sealer's alias lacks an identifier of the party.
    OtherSealer,
    /// Two documents of a list have one number.
    Repeated,
    /// A leaf was taken out, as its sealer encoded it wrongly.
    TakenOut,
}

impl Why {
    /// A name for programs.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.words().0
    }

    /// For people.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        self.words().1
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Absent => ("absent", "a value is not there"),
            Self::Unreadable => ("unreadable", "a value is not encoded as its field demands"),
            Self::UnknownCurrency => ("unknown-currency", "the currency is not a code of ISO 4217"),
            Self::None => ("none", "there is none"),
            Self::Several => ("several", "there are several where one is needed"),
            Self::OtherCurrency => ("other-currency", "the currencies differ"),
            Self::OtherUnit => ("other-unit", "the units differ"),
            Self::UnknownDocument => (
                "unknown-document",
                "the document that the line counts in is not known",
            ),
            Self::NoUnit => ("no-unit", "a quantity has no unit"),
            Self::NoBase => ("no-base", "a price's base quantity is not above zero"),
            Self::Different => ("different", "the values differ"),
            Self::Same => ("same", "the values are the same"),
            Self::NotLess => ("not-less", "the first is not below the second"),
            Self::Above => ("above", "the first is above the second"),
            Self::NotGreater => ("not-greater", "the first is not above the second"),
            Self::Below => ("below", "the first is below the second"),
            Self::OutOfTolerance => (
                "out-of-tolerance",
                "the values are further apart than the tolerance",
            ),
            Self::NotListed => ("not-listed", "the value is none of those allowed"),
            Self::Present => ("present", "a value is there that should not be"),
            Self::OtherParty => (
                "other-party",
                "the parties have no legal identifier in common",
            ),
            Self::SameParty => (
                "same-party",
                "the parties have a legal identifier in common",
            ),
            Self::OtherSealer => (
                "other-sealer",
                "the alias that sealed it lacks an identifier of the party",
            ),
            Self::Repeated => ("repeated", "two documents of the list have one number"),
            Self::TakenOut => (
                "taken-out",
                "a field was taken out, as its sealer encoded it wrongly",
            ),
        }
    }
}

/// One reason why a requirement is not met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discrepancy {
    /// Why.
    pub why: Why,
    /// The values: what was compared with what, or what is missing or ambiguous.
    pub sides: Vec<Side>,
}

impl fmt::Display for Discrepancy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sides: Vec<String> = self.sides.iter().map(ToString::to_string).collect();
        write!(out, "{}: {}", self.why.sentence(), sides.join(" | "))
    }
}

/// What a requirement came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fulfilment {
    /// It is met.
    Met,
    /// It is not.
    NotMet,
    /// The sealer's identifiers were not handed in.
    NotEvaluated,
}

impl Fulfilment {
    /// For people and programs.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not met",
            Self::NotEvaluated => "not evaluated",
        }
    }
}

/// A requirement's outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The requirement's id; those of documents have a dot.
    pub id: String,
    /// What it says.
    pub sentence: String,
    /// The bit.
    pub fulfilment: Fulfilment,
    /// Why it is not met; not empty then.
    pub discrepancies: Vec<Discrepancy>,
    /// How many more there are.
    pub more: usize,
}

/// What a check came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// First those of the documents, then the requirements in their order.
    pub outcomes: Vec<Outcome>,
    /// Bits of the largest magnitude that was met with; never above [`crate::Instance::bits`].
    pub peak: u64,
}

impl Evaluation {
    /// Whether nothing that was evaluated is not met.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.outcomes
            .iter()
            .all(|outcome| outcome.fulfilment != Fulfilment::NotMet)
    }

    /// The outcome of this id.
    #[must_use]
    pub fn outcome(&self, id: &str) -> Option<&Outcome> {
        self.outcomes.iter().find(|outcome| outcome.id == id)
    }
}

/// Discrepancies of one requirement, up to the limits.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) kept: Vec<Discrepancy>,
    pub(super) more: usize,
    pub(super) places: usize,
}

impl Found {
    /// Whether one more would only be counted; nothing need be explained then.
    pub(super) fn is_full(&self) -> bool {
        let places = !self.kept.is_empty() && self.places >= limits::PLACES;
        places || self.kept.len() >= limits::DISCREPANCIES
    }

    /// Whether nothing was found.
    pub(super) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    pub(super) fn add(&mut self, why: Why, sides: Vec<Side>) {
        let places: usize = sides.iter().map(|side| side.places.len()).sum();
        let room = self.kept.is_empty() || self.places + places <= limits::PLACES;
        if self.kept.len() < limits::DISCREPANCIES && room {
            self.places += places;
            self.kept.push(Discrepancy { why, sides });
        } else {
            self.more += 1;
        }
    }
}
