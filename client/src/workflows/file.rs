//! The file's shape, and names that become places.

use sealane_types::alias::Role;
use sealane_types::schema::Kind;
use sealane_types::workflow::{
    Deadline, Financed, MAX_WORD, Move, Party, Required, Slot, Stage, Step, Versioned, Waivable,
    Workflow,
};
use serde::Deserialize;

use super::WorkflowError;

type Read<T> = Result<T, WorkflowError>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    name: String,
    version: u32,
    about: String,
    #[serde(default)]
    party: Vec<PartyText>,
    #[serde(default)]
    document: Vec<DocumentText>,
    #[serde(default)]
    stage: Vec<StageText>,
    #[serde(default)]
    step: Vec<StepText>,
    #[serde(default)]
    check: Vec<CheckText>,
    #[serde(default, rename = "move")]
    moves: Vec<MoveText>,
    #[serde(default)]
    waiver: Vec<WaiverText>,
    financing: Option<FinancingText>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PartyText {
    name: String,
    role: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DocumentText {
    name: String,
    kind: String,
    by: String,
    #[serde(default)]
    list: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StageText {
    name: String,
    deadline: Option<DeadlineText>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeadlineText {
    days: u16,
    then: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StepText {
    name: String,
    by: String,
    from: Vec<String>,
    document: Option<String>,
    to: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckText {
    name: String,
    documents: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MoveText {
    from: String,
    to: String,
    checks: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WaiverText {
    check: String,
    requirements: Vec<String>,
    by: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FinancingText {
    document: String,
    by: String,
    at: String,
    financed: String,
    paid: String,
}

/// Names in the order in which the file declares them.
struct Names {
    what: &'static str,
    all: Vec<String>,
}

impl Names {
    fn new<T>(what: &'static str, all: &[T], name: impl Fn(&T) -> &String) -> Self {
        let all = all.iter().map(|one| name(one).clone()).collect();
        Self { what, all }
    }

    fn place(&self, place: &str, word: &str) -> Read<u8> {
        let found = self.all.iter().position(|name| name == word);
        let found = found.and_then(|at| u8::try_from(at).ok());
        found.ok_or_else(|| WorkflowError::Unknown {
            place: place.to_owned(),
            word: word.to_owned(),
            what: self.what,
            known: match self.all.is_empty() {
                true => format!("it declares none: [[{}]]", self.what),
                false => format!("it has {}", self.all.join(", ")),
            },
        })
    }

    /// Places, ascending; a name that stands twice is left twice, which no workflow may have.
    fn places(&self, place: &str, words: &[String]) -> Read<Vec<u8>> {
        let places = words.iter().map(|word| self.place(place, word));
        let mut places: Vec<u8> = places.collect::<Read<_>>()?;
        places.sort_unstable();
        Ok(places)
    }
}

fn no_word<T>(place: String, word: &str, choices: &[&str]) -> Read<T> {
    Err(WorkflowError::NoWord {
        place,
        word: word.to_owned(),
        choices: choices.join(", "),
    })
}

fn role(party: &PartyText) -> Read<Role> {
    let found = Role::ALL.into_iter().find(|role| role.name() == party.role);
    let names = Role::ALL.map(Role::name);
    let place = || format!("party {:?}, role", party.name);
    found.map_or_else(|| no_word(place(), &party.role, &names), Ok)
}

fn kind(document: &DocumentText) -> Read<Kind> {
    let found = Kind::ALL
        .into_iter()
        .find(|kind| kind.name() == document.kind);
    let names = Kind::ALL.map(Kind::name);
    let place = || format!("document {:?}, kind", document.name);
    found.map_or_else(|| no_word(place(), &document.kind, &names), Ok)
}

fn versioned(place: &str, text: &str) -> Read<Versioned> {
    text.parse()
        .map_err(|error| WorkflowError::Form(format!("{place}: {error}")))
}

impl File {
    pub fn into_workflow(self) -> Read<Workflow> {
        let parties = Names::new("party", &self.party, |one| &one.name);
        let documents = Names::new("document", &self.document, |one| &one.name);
        let stages = Names::new("stage", &self.stage, |one| &one.name);
        let checks = Names::new("check", &self.check, |one| &one.name);
        let id = Versioned::new(&self.name, self.version).ok_or_else(|| {
            WorkflowError::Form(format!(
                "name = {:?}, version = {}: a name is a small letter, then a-z, 0-9 and -, at most {MAX_WORD}; versions count from 1",
                self.name, self.version
            ))
        })?;
        Ok(Workflow {
            id,
            about: self.about.trim().to_owned(),
            parties: each(&self.party, |one| {
                Ok(Party {
                    name: one.name.clone(),
                    role: role(one)?,
                })
            })?,
            documents: each(&self.document, |one| one.slot(&parties))?,
            stages: each(&self.stage, |one| one.stage(&stages))?,
            steps: each(&self.step, |one| one.step(&parties, &documents, &stages))?,
            checks: each(&self.check, |one| one.required(&documents))?,
            moves: each(&self.moves, |one| one.moved(&stages, &checks))?,
            waivers: each(&self.waiver, |one| one.waivable(&checks, &parties))?,
            financing: self
                .financing
                .map(|one| one.financed(&parties, &documents, &stages))
                .transpose()?,
        })
    }
}

fn each<T, U>(all: &[T], read: impl Fn(&T) -> Read<U>) -> Read<Vec<U>> {
    all.iter().map(read).collect()
}

impl DocumentText {
    fn slot(&self, parties: &Names) -> Read<Slot> {
        Ok(Slot {
            name: self.name.clone(),
            kind: kind(self)?,
            by: parties.place(&format!("document {:?}, by", self.name), &self.by)?,
            list: self.list,
        })
    }
}

impl StageText {
    fn stage(&self, stages: &Names) -> Read<Stage> {
        let place = format!("stage {:?}, deadline.then", self.name);
        let read = |deadline: &DeadlineText| -> Read<Deadline> {
            Ok(Deadline {
                days: deadline.days,
                then: stages.place(&place, &deadline.then)?,
            })
        };
        Ok(Stage {
            name: self.name.clone(),
            deadline: self.deadline.as_ref().map(read).transpose()?,
        })
    }
}

impl StepText {
    fn step(&self, parties: &Names, documents: &Names, stages: &Names) -> Read<Step> {
        let at = |field: &str| format!("step {:?}, {field}", self.name);
        let document = self.document.as_ref();
        let document = document.map(|word| documents.place(&at("document"), word));
        Ok(Step {
            name: self.name.clone(),
            by: parties.place(&at("by"), &self.by)?,
            from: stages.places(&at("from"), &self.from)?,
            document: document.transpose()?,
            to: stages.place(&at("to"), &self.to)?,
        })
    }
}

impl CheckText {
    fn required(&self, documents: &Names) -> Read<Required> {
        let place = format!("check {:?}", self.name);
        Ok(Required {
            check: versioned(&format!("{place}, name"), &self.name)?,
            documents: each(&self.documents, |word| {
                documents.place(&format!("{place}, documents"), word)
            })?,
        })
    }
}

impl MoveText {
    fn moved(&self, stages: &Names, checks: &Names) -> Read<Move> {
        let at = |field: &str| format!("move from {:?}, {field}", self.from);
        Ok(Move {
            from: stages.place(&at("from"), &self.from)?,
            to: stages.place(&at("to"), &self.to)?,
            checks: checks.places(&at("checks"), &self.checks)?,
        })
    }
}

impl WaiverText {
    fn waivable(&self, checks: &Names, parties: &Names) -> Read<Waivable> {
        let at = |field: &str| format!("waiver of {:?}, {field}", self.check);
        let mut requirements = self.requirements.clone();
        requirements.sort_unstable();
        Ok(Waivable {
            check: checks.place(&at("check"), &self.check)?,
            requirements,
            by: parties.places(&at("by"), &self.by)?,
        })
    }
}

impl FinancingText {
    fn financed(&self, parties: &Names, documents: &Names, stages: &Names) -> Read<Financed> {
        Ok(Financed {
            document: documents.place("financing, document", &self.document)?,
            by: parties.place("financing, by", &self.by)?,
            at: stages.place("financing, at", &self.at)?,
            financed: stages.place("financing, financed", &self.financed)?,
            paid: stages.place("financing, paid", &self.paid)?,
        })
    }
}
