//! Workflows: what members agree on about the way of a trade. A business writes one as TOML; this is its canonical form,
//! in which everything is named by its place. `specs/workflows/README.md` says what each part means.

mod structure;

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::alias::Role;
use crate::encoding::{Decode, DecodeError, Encode, Reader, ensure, invalid};
use crate::schema::Kind;

/// Letters of a name in a workflow.
pub const MAX_WORD: usize = 40;
/// Bytes of what a workflow says about itself.
pub const MAX_ABOUT: usize = 256;
/// Parties of a workflow.
pub const MAX_PARTIES: usize = 8;
/// Documents of a workflow.
pub const MAX_SLOTS: usize = 16;
/// Stages of a workflow.
pub const MAX_STAGES: usize = 32;
/// Steps of a workflow.
pub const MAX_STEPS: usize = 64;
/// Checks that a workflow asks for.
pub const MAX_REQUIRED: usize = 8;
/// Rules about who waives what.
pub const MAX_WAIVABLE: usize = 16;
/// Requirements of one such rule.
pub const MAX_WAIVED: usize = 32;
/// Days that a deadline leaves at most.
pub const MAX_DAYS: u16 = 3650;
/// The word for every requirement that a check's author wrote.
pub const ANY: &str = "any";

/// A name with a version, as `order-to-payment@1`: a workflow, or a check at whatever size.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[encoding(check)]
pub struct Versioned {
    #[encoding(read = word(reader, "name"))]
    name: String,
    version: u32,
}

/// Why text names nothing with a version.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is not a name with a version: write NAME@VERSION, as order-to-payment@1")]
pub struct NotVersioned(pub String);

impl Versioned {
    /// The name with the version; `None` where the name is none, or the version is 0.
    #[must_use]
    pub fn new(name: &str, version: u32) -> Option<Self> {
        (is_word(name) && version > 0).then(|| Self {
            name: name.to_owned(),
            version,
        })
    }

    fn check(&self) -> Result<(), DecodeError> {
        ensure(self.version > 0, "version", "versions count from 1")
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version, from 1.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }
}

impl fmt::Display for Versioned {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}@{}", self.name, self.version)
    }
}

impl FromStr for Versioned {
    type Err = NotVersioned;

    fn from_str(text: &str) -> Result<Self, NotVersioned> {
        let read = || {
            let (name, version) = text.split_once('@')?;
            Self::new(name, version.parse().ok()?)
        };
        let found = read().filter(|found| found.to_string() == text);
        found.ok_or_else(|| NotVersioned(text.to_owned()))
    }
}

/// Whether this is a name: a small letter, then small letters, digits and `-`, at most [`MAX_WORD`] in all.
#[must_use]
pub fn is_word(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.as_bytes().first().is_some_and(u8::is_ascii_lowercase)
        && text.len() <= MAX_WORD
        && text.bytes().all(letter)
}

/// The way of a trade. Parties, documents, stages and checks are named by their place, from 0.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[encoding(check)]
pub struct Workflow {
    /// Name and version.
    pub id: Versioned,
    /// What it is for: one line.
    #[encoding(text(MAX_ABOUT, "about"))]
    pub about: String,
    /// Who takes part.
    #[encoding(list(MAX_PARTIES, "parties"))]
    pub parties: Vec<Party>,
    /// What is put into a trade.
    #[encoding(list(MAX_SLOTS, "documents"))]
    pub documents: Vec<Slot>,
    /// Where a trade can stand; it begins at the first.
    #[encoding(list(MAX_STAGES, "stages"))]
    pub stages: Vec<Stage>,
    /// What parties do.
    #[encoding(list(MAX_STEPS, "steps"))]
    pub steps: Vec<Step>,
    /// Checks that it asks for.
    #[encoding(list(MAX_REQUIRED, "checks"))]
    pub checks: Vec<Required>,
    /// What happens by itself.
    #[encoding(list(MAX_REQUIRED, "moves"))]
    pub moves: Vec<Move>,
    /// Who may waive what.
    #[encoding(list(MAX_WAIVABLE, "waivers"))]
    pub waivers: Vec<Waivable>,
    /// How a trade is financed; none where it is not.
    pub financing: Option<Financed>,
}

/// A party.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Party {
    /// Its name in the workflow.
    #[encoding(read = word(reader, "name"))]
    pub name: String,
    /// The role of the alias that plays it.
    pub role: Role,
}

/// A place for documents.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Slot {
    /// Its name.
    #[encoding(read = word(reader, "name"))]
    pub name: String,
    /// The kind of its records.
    pub kind: Kind,
    /// The party that seals them.
    pub by: u8,
    /// Whether there may be several.
    pub list: bool,
}

/// Where a trade can stand.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Stage {
    /// Its name.
    #[encoding(read = word(reader, "name"))]
    pub name: String,
    /// How long a trade stands there at most.
    pub deadline: Option<Deadline>,
}

/// How long a trade stands somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Deadline {
    /// Days of 24 hours by the blocks' time, from 1.
    pub days: u16,
    /// The stage that it falls into then.
    pub then: u8,
}

/// What a party does.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Step {
    /// Its name.
    #[encoding(read = word(reader, "name"))]
    pub name: String,
    /// Who takes it.
    pub by: u8,
    /// Where it can be taken, ascending.
    #[encoding(list(MAX_STAGES, "from"))]
    pub from: Vec<u8>,
    /// The document that it brings.
    pub document: Option<u8>,
    /// Where the trade stands then.
    pub to: u8,
}

/// A check that the workflow asks for, at whatever size it is published.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Required {
    /// Which.
    pub check: Versioned,
    /// What stands for each document that the check declares, in its order.
    #[encoding(list(MAX_SLOTS, "documents"))]
    pub documents: Vec<u8>,
}

/// What happens by itself: a trade stands at `to` instead of `from` as long as all checks hold.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Move {
    /// Where it waits.
    pub from: u8,
    /// Where it goes.
    pub to: u8,
    /// Checks that must hold, ascending.
    #[encoding(list(MAX_REQUIRED, "checks"))]
    pub checks: Vec<u8>,
}

/// Who may waive which requirements of a check.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Waivable {
    /// The check.
    pub check: u8,
    /// Ids of requirements, ascending; [`ANY`] alone for all that the check's author wrote.
    #[encoding(list(MAX_WAIVED, "requirements"), read = crate::cross_check::requirement(reader))]
    pub requirements: Vec<String>,
    /// Parties, ascending: one of them is enough.
    #[encoding(list(MAX_PARTIES, "parties"))]
    pub by: Vec<u8>,
}

impl Waivable {
    /// Whether the rule covers this requirement. `any` does not cover the generated ones, whose ids have a dot.
    #[must_use]
    pub fn covers(&self, requirement: &str) -> bool {
        let named = |one: &String| one == requirement || (one == ANY && !requirement.contains('.'));
        self.requirements.iter().any(named)
    }
}

/// How a trade is financed. The ledger's own rules move it: no step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Financed {
    /// The document that is financed.
    pub document: u8,
    /// The bank that may demand the trade.
    pub by: u8,
    /// Where a bank can demand that it stands.
    pub at: u8,
    /// Where it stands while it is financed.
    pub financed: u8,
    /// Where it ends.
    pub paid: u8,
}

impl Workflow {
    /// A stage's name.
    #[must_use]
    pub fn stage(&self, stage: u8) -> &str {
        let found = self.stages.get(usize::from(stage));
        found.map_or("", |stage| stage.name.as_str())
    }

    /// The step of this name.
    #[must_use]
    pub fn step(&self, name: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.name == name)
    }

    /// What leads to a stage by itself.
    #[must_use]
    pub fn move_to(&self, stage: u8) -> Option<&Move> {
        self.moves.iter().find(|one| one.to == stage)
    }

    /// What leads on from a stage by itself.
    #[must_use]
    pub fn move_from(&self, stage: u8) -> Option<&Move> {
        self.moves.iter().find(|one| one.from == stage)
    }

    /// Whether nothing leads on from a stage.
    #[must_use]
    pub fn is_end(&self, stage: u8) -> bool {
        let steps = self.steps.iter().any(|step| step.from.contains(&stage));
        let deadline = self.stages.get(usize::from(stage));
        let deadline = deadline.is_some_and(|stage| stage.deadline.is_some());
        let financed = |financing: Financed| [financing.at, financing.financed].contains(&stage);
        let financed = self.financing.is_some_and(financed);
        !steps && !deadline && !financed && self.move_from(stage).is_none()
    }
}

/// A name of a workflow.
pub(crate) fn word(reader: &mut Reader<'_>, what: &'static str) -> Result<String, DecodeError> {
    let text = reader.text(MAX_WORD, what)?;
    match is_word(&text) {
        true => Ok(text),
        false => invalid(
            what,
            format!("{text:?} is not a small letter, then a-z, 0-9 and -"),
        ),
    }
}
