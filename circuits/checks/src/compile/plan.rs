//! Which leaves a check opens, and which of them each requirement can read: a function of the declaration and the sizes alone.

use std::collections::{BTreeMap, BTreeSet};

use sealane_crypto::keys::Place;
use sealane_statements::cross_check::{Layout, Position};
use sealane_types::cross_check::{CheckShape, DocumentShape};
use sealane_types::schema::{SCHEMA_VERSION, slot};

use crate::field::{CURRENCY, Field, FieldType, NUMBER, QUANTITY};
use crate::instance::Instance;
use crate::typed::{Binding, Check, Condition, FieldRef, List, Source, Term, TermNode};

/// Leaves of a declared document, in all its lines where they are a line's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leaves {
    /// A slot of the header.
    Header(usize),
    /// The number of lines.
    Count,
    /// A slot of every line.
    Column(usize),
}

/// What a requirement can read: declared documents with their leaves.
pub type Reads = BTreeSet<(usize, Leaves)>;

/// The leaves, positions and requirements of an instance, in the order of its public inputs.
#[derive(Debug, Clone)]
pub struct Plan {
    positions: Vec<Position>,
    opened: Vec<BTreeSet<Leaves>>,
    requirements: Vec<(String, Reads)>,
    shape: CheckShape,
    lines: usize,
    documents: usize,
}

impl Plan {
    /// The plan of an instance; of one in parts, as if its longest documents were taken in one.
    #[must_use]
    pub fn of(instance: &Instance<'_>) -> Self {
        let (check, sizes) = (instance.check(), instance.sizes());
        let mut requirements = of_documents(check);
        requirements.extend(check.requirements.iter().map(|requirement| {
            let mut reading = Reading::default();
            reading.condition(&requirement.condition);
            (requirement.id.clone(), reading.reads)
        }));
        let mut opened = vec![BTreeSet::new(); check.documents.len()];
        for (_, reads) in &requirements {
            for (document, leaves) in reads {
                opened[*document].insert(*leaves);
            }
        }
        let shape = shape(check, &opened, &requirements);
        let layout = Layout {
            shape: &shape,
            lines: sizes.longest(),
            documents: sizes.documents(),
        };
        Self {
            positions: layout.positions().collect(),
            opened,
            requirements,
            lines: sizes.longest(),
            documents: sizes.documents(),
            shape,
        }
    }

    /// The plan of a pass of a check in parts: what it opens, by document of its own shape.
    pub(super) fn of_pass(
        shape: CheckShape,
        (lines, documents): (usize, usize),
        opened: Vec<BTreeSet<Leaves>>,
    ) -> Self {
        let layout = Layout {
            shape: &shape,
            lines,
            documents,
        };
        Self {
            positions: layout.positions().collect(),
            opened,
            requirements: Vec::new(),
            lines,
            documents,
            shape,
        }
    }

    /// What the public inputs follow from.
    #[must_use]
    pub fn shape(&self) -> &CheckShape {
        &self.shape
    }

    /// The order of the public inputs.
    #[must_use]
    pub fn layout(&self) -> Layout<'_> {
        Layout {
            shape: &self.shape,
            lines: self.lines,
            documents: self.documents,
        }
    }

    /// All document positions.
    #[must_use]
    pub fn positions(&self) -> &[Position] {
        &self.positions
    }

    /// The position of one document.
    #[must_use]
    pub fn position(&self, document: usize, number: usize) -> Option<usize> {
        let mut all = self.positions.iter();
        all.position(|position| position.document == document && position.number == number)
    }

    /// The requirements' ids in the order of their bits, each with what it can read.
    #[must_use]
    pub fn requirements(&self) -> &[(String, Reads)] {
        &self.requirements
    }

    /// Line slots of a document.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.lines
    }

    /// The leaves that are opened of a declared document.
    #[must_use]
    pub fn opened(&self, document: usize) -> &BTreeSet<Leaves> {
        &self.opened[document]
    }

    /// The places of a position's opened leaves, in the order of their switches.
    pub fn places(&self, position: usize) -> impl Iterator<Item = Place> + '_ {
        self.layout().places(self.positions[position].document)
    }

    /// Whether a requirement can read a leaf of a document.
    #[must_use]
    pub fn reads(&self, requirement: usize, document: usize, place: Place) -> bool {
        let leaves = match place {
            Place::Header(slot) => Leaves::Header(slot.into()),
            Place::Line { slot, .. } => Leaves::Column(slot.into()),
            Place::LineCount => Leaves::Count,
        };
        self.requirements[requirement]
            .1
            .contains(&(document, leaves))
    }
}

pub(super) fn shape(
    check: &Check,
    opened: &[BTreeSet<Leaves>],
    requirements: &[(String, Reads)],
) -> CheckShape {
    let documents = check.documents.iter().zip(opened);
    let documents = documents.map(|(declared, opened)| {
        let slots = |slot: fn(&Leaves) -> Option<usize>| {
            let slots = opened.iter().filter_map(slot);
            slots.map(small).collect()
        };
        DocumentShape {
            kind: declared.kind,
            schema_version: SCHEMA_VERSION,
            list: declared.list,
            header: slots(|leaves| match leaves {
                Leaves::Header(slot) => Some(*slot),
                _ => None,
            }),
            count: opened.contains(&Leaves::Count),
            columns: slots(|leaves| match leaves {
                Leaves::Column(slot) => Some(*slot),
                _ => None,
            }),
        }
    });
    CheckShape {
        documents: documents.collect(),
        requirements: requirements.iter().map(|(id, _)| id.clone()).collect(),
    }
}

pub(super) fn small(slot: usize) -> u8 {
    u8::try_from(slot).expect("a record has at most 32 slots")
}

/// The requirements that documents bring, in evaluation's order.
pub(super) fn of_documents(check: &Check) -> Vec<(String, Reads)> {
    let mut all = Vec::new();
    for (document, declared) in check.documents.iter().enumerate() {
        let ids = declared.sealer.field().slot;
        let reads = Reads::from([(document, Leaves::Header(ids))]);
        all.push((declared.sealed().0, reads));
        if let Some((id, _)) = declared.distinct() {
            let reads = Reads::from([(document, Leaves::Header(slot::NUMBER))]);
            all.push((id, reads));
        }
    }
    all
}

/// What a variable stands for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bound {
    pub document: usize,
    pub line: bool,
}

/// Collects what a condition reads.
#[derive(Default)]
pub(super) struct Reading {
    pub bound: Vec<Bound>,
    pub reads: Reads,
    /// Bindings that other passes of a check in parts go through, by their place; and whether this one reads their body.
    pub tallied: BTreeMap<(usize, usize), bool>,
}

impl Bound {
    /// What is not read by the pass: its leaves are nowhere.
    pub const NOWHERE: Self = Self {
        document: usize::MAX,
        line: true,
    };
}

impl Reading {
    pub fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::And(parts) | Condition::Or(parts) => {
                parts.iter().for_each(|part| self.condition(part));
            }
            Condition::Quantified { over, body, .. } => {
                if self.tallied.get(&(over.span.start, over.span.end)) == Some(&true) {
                    self.bound.push(Bound::NOWHERE);
                    self.condition(body);
                    self.bound.pop();
                } else {
                    self.inside(over, |reading| reading.condition(body));
                }
            }
            Condition::Guarded { fields, body } => {
                fields.iter().for_each(|field| self.field(field));
                self.condition(body);
            }
            Condition::Present(field) | Condition::Absent(field) => self.field(field),
            Condition::Compare { left, right, .. } | Condition::Within { left, right, .. } => {
                self.term(left);
                self.term(right);
            }
            Condition::OneOf { value, .. } => self.term(value),
            Condition::Party { left, right, .. } => {
                self.field(left);
                self.field(right);
            }
        }
    }

    fn inside(&mut self, over: &Binding, body: impl FnOnce(&mut Self)) {
        if self.tallied.contains_key(&(over.span.start, over.span.end)) {
            return;
        }
        let bound = match over.list {
            List::Documents(document) => Bound {
                document,
                line: false,
            },
            List::Lines(document) => Bound {
                document,
                line: true,
            },
            List::LinesOf(variable) => Bound {
                document: self.bound[variable].document,
                line: true,
            },
        };
        if bound.line {
            self.reads.insert((bound.document, Leaves::Count));
        }
        self.bound.push(bound);
        if let Some(filter) = &over.filter {
            self.condition(filter);
        }
        body(self);
        self.bound.pop();
    }

    pub fn term(&mut self, term: &Term) {
        match &term.node {
            TermNode::Field(field) => self.field(field),
            TermNode::Sum { term, over } => self.inside(over, |reading| reading.term(term)),
            TermNode::Count(over) => self.inside(over, |_| ()),
            TermNode::Product { price, quantity } => {
                self.field(price);
                self.term(quantity);
            }
            TermNode::Chain { first, rest } => {
                self.term(first);
                rest.iter().for_each(|(_, term)| self.term(term));
            }
            TermNode::Number(_) | TermNode::Date(_) | TermNode::Days(_) | TermNode::Text(_) => {}
        }
    }

    pub fn field(&mut self, field: &FieldRef) {
        let bound = match field.source {
            Source::Document(document) => Bound {
                document,
                line: false,
            },
            Source::Variable(variable) => self.bound[variable],
        };
        self.slot(bound, field.field);
        let header = Bound {
            line: false,
            ..bound
        };
        match field.field.holds {
            FieldType::Price => {
                self.slot(bound, &QUANTITY);
                self.slot(header, &CURRENCY);
            }
            FieldType::NumberedLine => self.slot(header, &NUMBER),
            _ => {}
        }
    }

    fn slot(&mut self, bound: Bound, field: &Field) {
        if bound.document == Bound::NOWHERE.document {
            return;
        }
        let leaves = match bound.line {
            true => Leaves::Column(field.slot),
            false => Leaves::Header(field.slot),
        };
        self.reads.insert((bound.document, leaves));
    }
}
