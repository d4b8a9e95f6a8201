//! A document that a person types in, from paper or a scan: answers by key, checked by the same rules as
//! files. The keys are the paths that [`crate::to_json`] prints: `id`, `seller.name`, `lines[0].quantity`.

use sealane_types::schema::Kind;
use serde_json::{Map, Value};

use crate::codes::money;
use crate::dates::iso;
use crate::decimal::Decimal;
use crate::document::Document;
use crate::fault::{Fault, Place, ReadError};
use crate::identifiers::{TypedError, parse_typed};
use crate::read::read;

mod questions;

pub use questions::{Holds, Question, of as question, questions};

/// Most lines that a form takes, as many as a record has.
const MAX_LINES: usize = 1_024;
/// Keys that hold a list: each answer adds to it.
const LISTS: [&str; 6] = [
    "order_references",
    "despatch_references",
    "billing_references",
    "billing_dates",
    "ids",
    "other_ids",
];

/// Why an answer is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// The key is no path.
    #[error("{key}: not a key. Keys look like id, seller.name, lines[0].quantity")]
    Key {
        /// As given.
        key: String,
    },
    /// A second answer for what stands once.
    #[error("{key}: given twice. Give it once")]
    Twice {
        /// The key.
        key: String,
    },
    /// A line or list entry without the one before it.
    #[error(
        "{key}: the one before it is missing. Number from 0, without gaps, at most {MAX_LINES}"
    )]
    Gap {
        /// The key.
        key: String,
    },
    /// An identifier whose scheme is not known.
    #[error("{key}: {error}")]
    Id {
        /// The key.
        key: String,
        /// Why; it lists schemes.
        error: TypedError,
    },
    /// A value that the key cannot hold.
    #[error("{key}: {value:?} is not {right}")]
    Value {
        /// The key.
        key: String,
        /// As given.
        value: String,
        /// What would be right.
        right: String,
    },
}

/// The kind that a person names: `invoice`, `credit-note`, `BillOfLading`.
#[must_use]
pub fn kind(name: &str) -> Option<Kind> {
    let plain = |text: &str| {
        let letters = text.chars().filter(char::is_ascii_alphabetic);
        letters.collect::<String>().to_ascii_lowercase()
    };
    Kind::ALL
        .into_iter()
        .find(|kind| plain(kind.name()) == plain(name))
}

/// A document that is being typed in.
#[derive(Debug, Clone)]
pub struct Form {
    kind: Kind,
    answers: Vec<(String, String)>,
}

impl Form {
    /// A form without answers.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            answers: Vec::new(),
        }
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Takes an answer.
    ///
    /// # Errors
    /// When the key is no path, or cannot hold the value; with what would be right.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), FormError> {
        let (key, value) = (key.trim(), value.trim());
        if let Some(question) = questions::of(self.kind, key) {
            let right = right(question.holds, value);
            right.map_or(Ok(()), |right| {
                Err(FormError::Value {
                    key: key.to_owned(),
                    value: value.to_owned(),
                    right: format!("{right}, as {}", question.example),
                })
            })?;
            if question.holds == Holds::Id {
                self.known_scheme(key, value)?;
            }
        }
        self.answers.push((key.to_owned(), value.to_owned()));
        self.value().map(drop).inspect_err(|_| {
            self.answers.pop();
        })
    }

    /// Whether the table knows an identifier's scheme; hints as [`crate::to_json`] prints them have their own.
    fn known_scheme(&self, key: &str, value: &str) -> Result<(), FormError> {
        let party = key.split('.').next().unwrap_or_default();
        let of_party = format!("{party}.country");
        let country = self.answers.iter().find(|(own, _)| *own == of_party);
        let country = country.map(|(_, country)| country.as_str());
        match parse_typed(value, country) {
            Err(error @ (TypedError::UnknownScheme(..) | TypedError::Short { .. }))
                if !value.starts_with("x:") =>
            {
                let key = key.to_owned();
                Err(FormError::Id { key, error })
            }
            _ => Ok(()),
        }
    }

    /// Forgets the answers of a key, of a list all.
    pub fn clear(&mut self, key: &str) {
        self.answers.retain(|(own, _)| !same_key(own, key));
    }

    /// The document, read by the rules for files.
    ///
    /// # Errors
    /// When an answer is missing or wrong, or the amounts do not add up; places are keys.
    pub fn document(&self) -> Result<Document, ReadError> {
        let name = self.kind.name();
        let value = self.value().map(|value| value.to_string());
        // every answer was placed when it was given
        let text = value.unwrap_or_default();
        read(text.as_bytes(), name).map_err(|mut error| {
            let faults = error.faults.into_iter();
            error.faults = faults.map(|fault| self.placed(fault)).collect();
            error
        })
    }

    /// The answers as Sealane JSON.
    fn value(&self) -> Result<Value, FormError> {
        let mut root = Map::new();
        root.insert("kind".into(), self.kind.name().into());
        for party in ["seller", "buyer"] {
            root.insert(party.into(), Value::Object(Map::new()));
        }
        let mut root = Value::Object(root);
        for (key, answer) in &self.answers {
            put(&mut root, key, answer)?;
        }
        Ok(root)
    }

    /// What the JSON reader says of a key names that key, not a column of text that nobody wrote.
    fn placed(&self, mut fault: Fault) -> Fault {
        if fault.place.position.is_none() {
            return fault;
        }
        let named = fault
            .problem
            .split('`')
            .nth(1)
            .unwrap_or_default()
            .to_owned();
        let given = self.answers.iter().map(|(key, _)| key.as_str());
        // what is missing is a key of the document itself; a wrong key is one of those given
        let missing = fault.problem.contains("missing field");
        let key = given.into_iter().find(|key| {
            let mut steps = key.split('.');
            !missing && steps.any(|step| step.split('[').next() == Some(&named))
        });
        let problem = fault
            .problem
            .rsplit_once(" at line ")
            .map(|(problem, _)| problem);
        let problem =
            problem.map(|problem| problem.rsplit_once(": ").map_or(problem, |(_, own)| own));
        if let Some(problem) = problem.map(str::to_owned) {
            fault.problem = problem;
        }
        fault.place = Place::field(key.unwrap_or(&named));
        fault.advice = "Correct the key; specs/schemas/json.md lists them.";
        fault
    }
}

/// Whether an answer's key is this one, or an entry of this list.
fn same_key(own: &str, key: &str) -> bool {
    let list = |key: &str| {
        let before = key.strip_suffix(']').and_then(|key| key.rsplit_once('['));
        before.map_or(key.to_owned(), |(before, _)| before.to_owned())
    };
    list(own) == list(key)
}

/// What would be right, if the value is not.
fn right(holds: Holds, value: &str) -> Option<&'static str> {
    let (fine, right) = match holds {
        Holds::Text => (!value.is_empty(), "a text"),
        Holds::Date => (
            iso(value).is_some(),
            "a day of the calendar, year-month-day",
        ),
        Holds::Number => (
            Decimal::parse(value).is_ok(),
            "a plain decimal number with a point",
        ),
        Holds::Currency => (
            money(value).is_some(),
            "the code of a currency in use, three capital letters of ISO 4217",
        ),
        Holds::Flag => (matches!(value, "true" | "false"), "true or false"),
        Holds::Id => (
            scheme_and_value(value).is_some(),
            "an identifier with its scheme before a colon",
        ),
    };
    (!fine).then_some(right)
}

/// A typed identifier, `scheme:value`, in two.
fn scheme_and_value(text: &str) -> Option<(&str, &str)> {
    let (scheme, value) = text.split_once(':')?;
    let (scheme, value) = (scheme.trim(), value.trim());
    (!scheme.is_empty() && !value.is_empty()).then_some((scheme, value))
}

/// Puts an answer where its key says.
fn put(root: &mut Value, key: &str, answer: &str) -> Result<(), FormError> {
    let wrong = || FormError::Key {
        key: key.to_owned(),
    };
    let mut steps = key.split('.').peekable();
    let mut at = root;
    while let Some(step) = steps.next() {
        let (name, index) = step_of(step).ok_or_else(wrong)?;
        let object = at.as_object_mut().ok_or_else(wrong)?;
        if steps.peek().is_none() {
            return leaf(object, key, name, index, answer);
        }
        let missing = match index {
            Some(_) => Value::Array(Vec::new()),
            None => Value::Object(Map::new()),
        };
        let next = object.entry(name).or_insert(missing);
        at = match index {
            None => next,
            Some(index) => entry(next.as_array_mut().ok_or_else(wrong)?, key, index)?,
        };
    }
    Err(wrong())
}

/// A step's name and its number in brackets.
fn step_of(step: &str) -> Option<(&str, Option<usize>)> {
    let (name, index) = match step.split_once('[') {
        None => (step, None),
        Some((name, rest)) => (name, Some(rest.strip_suffix(']')?.parse().ok()?)),
    };
    let plain = |letter: char| letter.is_ascii_lowercase() || letter == '_';
    (!name.is_empty() && name.chars().all(plain)).then_some((name, index))
}

/// The entry of a list, a new one if it is the next.
fn entry<'v>(
    list: &'v mut Vec<Value>,
    key: &str,
    index: usize,
) -> Result<&'v mut Value, FormError> {
    if index == list.len() && index < MAX_LINES {
        list.push(Value::Object(Map::new()));
    }
    list.get_mut(index).ok_or_else(|| FormError::Gap {
        key: key.to_owned(),
    })
}

fn leaf(
    object: &mut Map<String, Value>,
    key: &str,
    name: &str,
    index: Option<usize>,
    answer: &str,
) -> Result<(), FormError> {
    let key = || key.to_owned();
    if !LISTS.contains(&name) {
        if index.is_some() || name == "kind" {
            return Err(FormError::Key { key: key() });
        }
        let value = match (name, answer) {
            ("copy", "true" | "false") => Value::Bool(answer == "true"),
            _ => Value::String(answer.to_owned()),
        };
        let before = object.insert(name.to_owned(), value);
        return before.map_or(Ok(()), |_| Err(FormError::Twice { key: key() }));
    }
    let list = object
        .entry(name)
        .or_insert_with(|| Value::Array(Vec::new()));
    let list = list
        .as_array_mut()
        .ok_or_else(|| FormError::Key { key: key() })?;
    match index {
        Some(index) if index < list.len() => return Err(FormError::Twice { key: key() }),
        Some(index) if index > list.len() => return Err(FormError::Gap { key: key() }),
        _ => {}
    }
    let id = scheme_and_value(answer).filter(|_| name.ends_with("ids"));
    list.push(match id {
        Some((scheme, value)) => serde_json::json!({"scheme": scheme, "value": value}),
        None if name.ends_with("ids") => serde_json::json!({"value": answer}),
        None => Value::String(answer.to_owned()),
    });
    Ok(())
}

#[cfg(test)]
mod tests;
