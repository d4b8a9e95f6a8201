//! Native evaluation: documents in, a bit for each requirement and the discrepancies out.
//!
//! One pass decides and, where it is asked to, explains: the same code reads every value for both.

use sealane_crypto::keys::Place as LeafPlace;
use sealane_types::fields::{FieldValue, loose_number};
use sealane_types::schema::{CanonicalFields, Kind, SCHEMA_VERSION, slot};

use crate::ast::Quantifier;
use crate::field::{Field, NUMBER, path_of_header, path_of_line};
use crate::instance::Instance;
use crate::limits;
use crate::typed::{List, Source};

mod condition;
mod reads;
mod report;
mod term;
mod value;

use reads::Leaf;
use report::Found;
pub use report::{Discrepancy, Evaluation, Fulfilment, Outcome, Place, Side, Why};

/// A document that is handed in.
#[derive(Debug, Clone, Copy)]
pub struct Handed<'a> {
    /// Its canonical fields.
    pub fields: &'a CanonicalFields,
    /// The legal identifiers committed in the alias that sealed it, in canonical form, where they are known.
    pub sealer: Option<&'a [String]>,
    /// The leaves that were taken out, as their sealer encoded them wrongly: what could read one is not met.
    pub taken: &'a [LeafPlace],
}

/// Why documents are not what the check is about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HandError {
    /// Another number of names.
    #[error("the check is about {expected} documents or lists, {found} are handed in")]
    Names {
        /// How many the check has.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// None, or several where one belongs, or more than the instance takes.
    #[error("{document}: {found} documents are handed in, 1 to {limit} are taken")]
    Documents {
        /// The name.
        document: String,
        /// How many there are.
        found: usize,
        /// How many are taken.
        limit: usize,
    },
    /// A document of another kind.
    #[error("{document}: this is {}, not {}", found.name(), expected.name())]
    OtherKind {
        /// The name.
        document: String,
        /// What it is.
        found: Kind,
        /// What it should be.
        expected: Kind,
    },
    /// A schema that checks do not read.
    #[error("{document}: schema version {version} is not read, only {SCHEMA_VERSION}")]
    OtherVersion {
        /// The name.
        document: String,
        /// Its version.
        version: u16,
    },
    /// More lines than the instance takes.
    #[error("{document}: {found} lines, at most {limit} are taken")]
    Lines {
        /// The name.
        document: String,
        /// How many there are.
        found: usize,
        /// How many are taken.
        limit: usize,
    },
}

impl Instance<'_> {
    /// Evaluates the check on documents: for each name, in the order of the declaration, one document or those of a list.
    ///
    /// # Errors
    /// When the documents are not those that the check is about, or do not fit this instance.
    pub fn evaluate(&self, handed: &[Vec<Handed<'_>>]) -> Result<Evaluation, HandError> {
        self.admit(handed)?;
        let mut evaluator = Evaluator {
            check: self.check(),
            handed,
            bound: Vec::new(),
            trace: None,
            peak: 0,
        };
        let mut outcomes = evaluator.of_documents();
        let mut places = 0;
        for requirement in &self.check().requirements {
            let (id, sentence) = (&requirement.id, &requirement.sentence);
            if let Some(found) = evaluator.taken_out(|leaf| leaf.is_in(&requirement.condition)) {
                outcomes.push(outcome(id, sentence, Fulfilment::NotMet, found));
                continue;
            }
            let mut found = Found {
                places,
                ..Found::default()
            };
            let met = evaluator.holds(&requirement.condition, None);
            if !met {
                evaluator.holds(&requirement.condition, Some(&mut found));
            }
            places = found.places;
            let fulfilment = if met {
                Fulfilment::Met
            } else {
                Fulfilment::NotMet
            };
            outcomes.push(outcome(id, sentence, fulfilment, found));
        }
        let peak = evaluator.peak;
        Ok(Evaluation { outcomes, peak })
    }

    fn admit(&self, handed: &[Vec<Handed<'_>>]) -> Result<(), HandError> {
        let declared = &self.check().documents;
        if declared.len() != handed.len() {
            let (expected, found) = (declared.len(), handed.len());
            return Err(HandError::Names { expected, found });
        }
        for (declared, handed) in declared.iter().zip(handed) {
            let document = || declared.name.clone();
            let limit = if declared.list {
                self.sizes().documents()
            } else {
                1
            };
            if handed.is_empty() || handed.len() > limit {
                let (document, found) = (document(), handed.len());
                return Err(HandError::Documents {
                    document,
                    found,
                    limit,
                });
            }
            for one in handed {
                let CanonicalFields { kind, version, .. } = *one.fields;
                let (document, expected) = (document(), declared.kind);
                let (found, limit) = (one.fields.lines.len(), self.sizes().longest());
                if kind != expected {
                    let found = kind;
                    return Err(HandError::OtherKind {
                        document,
                        found,
                        expected,
                    });
                }
                if version != SCHEMA_VERSION {
                    return Err(HandError::OtherVersion { document, version });
                }
                if found > limit {
                    return Err(HandError::Lines {
                        document,
                        found,
                        limit,
                    });
                }
            }
        }
        Ok(())
    }
}

fn outcome(id: &str, sentence: &str, fulfilment: Fulfilment, found: Found) -> Outcome {
    Outcome {
        id: id.to_owned(),
        sentence: sentence.to_owned(),
        fulfilment,
        discrepancies: found.kept,
        more: found.more,
    }
}

/// A document or a line of one.
#[derive(Debug, Clone, Copy)]
struct Item {
    document: usize,
    number: usize,
    line: Option<usize>,
}

struct Evaluator<'a> {
    check: &'a crate::typed::Check,
    handed: &'a [Vec<Handed<'a>>],
    /// What the bindings around the present place stand for.
    bound: Vec<Item>,
    /// Where the places of values are noted, while somebody wants them.
    trace: Option<Vec<Place>>,
    peak: u64,
}

impl Evaluator<'_> {
    fn item(&self, source: Source) -> Item {
        match source {
            Source::Document(document) => Item {
                document,
                number: 0,
                line: None,
            },
            Source::Variable(number) => self.bound[number],
        }
    }

    fn fields(&self, item: Item) -> &CanonicalFields {
        self.handed[item.document][item.number].fields
    }

    fn leaf(&self, item: Item, field: &Field) -> Option<&FieldValue> {
        let fields = self.fields(item);
        match item.line {
            Some(line) => fields.lines[line][field.slot].as_ref(),
            None => fields.header[field.slot].as_ref(),
        }
    }

    /// The legal identifiers of a party; `None` if their leaf is encoded wrongly.
    fn identifiers(&self, item: Item, field: &Field) -> Option<&[String]> {
        match self.leaf(item, field) {
            None => Some(&[]),
            Some(FieldValue::LegalIds(ids)) => Some(ids),
            Some(_) => None,
        }
    }

    /// All lines or documents of a list.
    fn items(&self, list: List) -> Vec<Item> {
        let documents = |document: usize| {
            let numbers = 0..self.handed[document].len();
            numbers.map(move |number| Item {
                document,
                number,
                line: None,
            })
        };
        let lines = |item: Item| {
            let lines = 0..self.fields(item).lines.len();
            lines.map(move |line| Item {
                line: Some(line),
                ..item
            })
        };
        match list {
            List::Documents(document) => documents(document).collect(),
            List::Lines(document) => documents(document).flat_map(lines).collect(),
            List::LinesOf(variable) => lines(self.bound[variable]).collect(),
        }
    }

    /// A place without its value.
    fn place_of(&self, item: Item, path: &str) -> Place {
        let document = &self.check.documents[item.document];
        let path = match item.line {
            Some(line) if path.is_empty() => format!("lines[{line}]"),
            Some(line) => format!("lines[{line}].{path}"),
            None => path.to_owned(),
        };
        Place {
            document: document.name.clone(),
            number: document.list.then_some(item.number),
            path,
            value: None,
        }
    }

    /// A line or document as a whole.
    fn whole(&self, item: Item) -> Place {
        let what = if item.line.is_some() {
            "a line"
        } else {
            "a document"
        };
        let mut place = self.place_of(item, "");
        place.value = Some(what.to_owned());
        place
    }

    /// A field's place and what stands there.
    fn place(&self, item: Item, field: &Field) -> Place {
        let mut place = self.place_of(item, field.path);
        let leaf = self.leaf(item, field);
        place.value = leaf.map(|leaf| value::shown(field.holds, leaf));
        place
    }

    fn side_of(&self, item: Item, field: &Field) -> Side {
        let place = self.place(item, field);
        Side {
            value: place.value.clone(),
            places: vec![place],
        }
    }

    /// What a requirement could read of leaves that were taken out.
    fn taken_out(&self, reads: impl Fn(Leaf) -> bool) -> Option<Found> {
        let mut found = Found::default();
        for (document, handed) in self.handed.iter().enumerate() {
            for (number, one) in handed.iter().enumerate() {
                for place in one.taken.iter().copied() {
                    if reads(Leaf { document, place }) {
                        let side = self.taken_side(document, number, place);
                        found.add(Why::TakenOut, vec![side]);
                    }
                }
            }
        }
        (!found.is_empty()).then_some(found)
    }

    fn taken_side(&self, document: usize, number: usize, place: LeafPlace) -> Side {
        let header = Item {
            document,
            number,
            line: None,
        };
        let kind = self.check.documents[document].kind;
        let place = match place {
            LeafPlace::Header(slot) => self.place_of(header, path_of_header(kind, slot.into())),
            LeafPlace::LineCount => self.place_of(header, "lines"),
            LeafPlace::Line { line, slot } => {
                let item = Item {
                    line: Some(line.into()),
                    ..header
                };
                self.place_of(item, path_of_line(kind, slot.into()))
            }
        };
        Side {
            value: None,
            places: vec![place],
        }
    }

    /// The requirements that each document brings.
    fn of_documents(&self) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for (number, declared) in self.check.documents.iter().enumerate() {
            let of_header = |slot| move |leaf: Leaf| leaf.is_header(number, slot);
            let taken = self.taken_out(of_header(declared.sealer.field().slot));
            let sealers = || self.sealers(number);
            let (fulfilment, found) =
                taken.map_or_else(sealers, |found| (Fulfilment::NotMet, found));
            let (id, sentence) = declared.sealed();
            outcomes.push(outcome(&id, &sentence, fulfilment, found));
            if let Some((id, sentence)) = declared.distinct() {
                let taken = self.taken_out(of_header(slot::NUMBER));
                let found = taken.unwrap_or_else(|| self.repeated(number));
                let met = found.is_empty();
                let fulfilment = if met {
                    Fulfilment::Met
                } else {
                    Fulfilment::NotMet
                };
                outcomes.push(outcome(&id, &sentence, fulfilment, found));
            }
        }
        outcomes
    }

    fn sealers(&self, document: usize) -> (Fulfilment, Found) {
        let role = self.check.documents[document].sealer;
        let mut found = Found::default();
        let mut unknown = false;
        for item in self.items_of(document) {
            let Some(sealer) = self.handed[document][item.number].sealer else {
                unknown = true;
                continue;
            };
            let side = || vec![self.side_of(item, role.field())];
            match self.identifiers(item, role.field()) {
                None => found.add(Why::Unreadable, side()),
                Some([]) => found.add(Why::Absent, side()),
                Some(ids) if !ids.iter().all(|id| sealer.iter().any(|own| own == id)) => {
                    found.add(Why::OtherSealer, side());
                }
                Some(_) => {}
            }
        }
        let fulfilment = match (found.kept.is_empty(), unknown) {
            (false, _) => Fulfilment::NotMet,
            (true, true) => Fulfilment::NotEvaluated,
            (true, false) => Fulfilment::Met,
        };
        (fulfilment, found)
    }

    fn repeated(&self, document: usize) -> Found {
        let mut found = Found::default();
        let items = self.items_of(document);
        let number = |item: Item| match self.fields(item).header[slot::NUMBER].as_ref() {
            Some(FieldValue::Number(number)) => Ok(loose_number(number)),
            Some(_) => Err(Why::Unreadable),
            None => Err(Why::Absent),
        };
        for (index, item) in items.iter().enumerate() {
            let own = match number(*item) {
                Ok(own) => own,
                Err(why) => {
                    found.add(why, vec![self.side_of(*item, &NUMBER)]);
                    continue;
                }
            };
            for other in &items[..index] {
                if number(*other).as_ref() == Ok(&own) {
                    let sides = [other, item].map(|item| self.side_of(*item, &NUMBER));
                    found.add(Why::Repeated, sides.into());
                }
            }
        }
        found
    }

    fn items_of(&self, document: usize) -> Vec<Item> {
        self.items(List::Documents(document))
    }
}

/// How many of a list were needed, as a fault of the list itself.
fn miscounted(quantifier: Quantifier, found: usize) -> Option<Why> {
    match (quantifier, found) {
        (_, 0) => Some(Why::None),
        (Quantifier::One, 2..) => Some(Why::Several),
        _ => None,
    }
}

const _: () = assert!(limits::LIST <= 8, "Sizes and the specification say eight");
