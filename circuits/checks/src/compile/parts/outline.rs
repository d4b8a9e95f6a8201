//! Which bindings of a check run over lines, and which passes take them up. A check can be proven in parts where no place
//! of it looks at the lines of more than two documents at once.

use crate::ast::{Quantifier, Span};
use crate::fault::Fault;
use crate::field::Field;
use crate::typed::{Binding, Check, Condition, FieldRef, List, Source, Term, TermNode, Type};

/// A binding over lines, and what is made of its lines.
#[derive(Debug, Clone, Copy)]
pub(in crate::compile) enum Aggregate<'a> {
    Count,
    Sum(&'a Term),
    Quantified(Quantifier, &'a Condition),
}

/// One that stands in no other over lines: its lines are gone through part by part.
#[derive(Debug, Clone)]
pub(in crate::compile) struct Outer<'a> {
    pub over: &'a Binding,
    pub aggregate: Aggregate<'a>,
    /// The declared document.
    pub document: usize,
    /// Its variable's number.
    pub variable: usize,
    /// Those inside it.
    pub inner: Vec<Inner<'a>>,
}

/// One inside another: for each line of that, its own lines are gone through part by part.
#[derive(Debug, Clone)]
pub(in crate::compile) struct Inner<'a> {
    pub over: &'a Binding,
    pub aggregate: Aggregate<'a>,
    pub document: usize,
    pub variable: usize,
    /// What the body of a `one` reads of its line.
    pub picked: Vec<Picked>,
}

/// What is read of a line that a filter picks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::compile) enum Picked {
    Value(&'static Field),
    Presence(usize),
}

/// A text's place as a key.
pub(in crate::compile) type Key = (usize, usize);

/// The key of a binding: no two stand at one place.
pub(in crate::compile) fn key(over: &Binding) -> Key {
    (over.span.start, over.span.end)
}

/// Whether a sum's summands have units or currencies.
pub(in crate::compile) fn is_measured(term: &Term) -> bool {
    matches!(term.holds, Type::Amount | Type::Quantity)
}

impl Outer<'_> {
    /// Numbers that are kept of it.
    pub fn cells(&self) -> usize {
        match self.aggregate {
            Aggregate::Count | Aggregate::Quantified(Quantifier::Any, _) => 1,
            Aggregate::Sum(term) => sum_cells(term),
            Aggregate::Quantified(Quantifier::All | Quantifier::One, _) => 2,
        }
    }
}

impl Inner<'_> {
    /// Numbers that are kept of it for each line of the binding around it.
    pub fn cells(&self) -> usize {
        match self.aggregate {
            Aggregate::Count | Aggregate::Quantified(Quantifier::Any, _) => 1,
            Aggregate::Sum(term) => sum_cells(term),
            Aggregate::Quantified(Quantifier::All, _) => 2,
            Aggregate::Quantified(Quantifier::One, _) => {
                1 + self.picked.iter().map(Picked::cells).sum::<usize>()
            }
        }
    }
}

/// How many, how many are not ready, their sum; where they have units, how many have another one, and the unit.
fn sum_cells(term: &Term) -> usize {
    if is_measured(term) { 5 } else { 3 }
}

impl Picked {
    /// Numbers that stand for it.
    pub fn cells(&self) -> usize {
        use crate::field::FieldType;
        match self {
            Self::Presence(_) => 1,
            Self::Value(field) => match field.holds {
                FieldType::Text | FieldType::LineId | FieldType::Integer => 2,
                FieldType::Price => 5,
                _ => 3,
            },
        }
    }
}

/// What a variable stands for.
#[derive(Debug, Clone, Copy)]
enum Bound {
    Document,
    Outer,
    /// A line inside another's; `picked` where its binding is a `one`, whose body later passes read.
    Inner {
        picked: bool,
    },
}

/// All outer bindings of a check, in the order of the text.
///
/// # Errors
/// The first place that looks at lines of three documents at once, or at documents of a list for each line.
pub(in crate::compile) fn outline(check: &Check) -> Result<Vec<Outer<'_>>, Fault> {
    let mut walk = Walk {
        bound: Vec::new(),
        outer: Vec::new(),
        depth: Depth::Header,
    };
    for requirement in &check.requirements {
        walk.condition(&requirement.condition)?;
    }
    Ok(walk.outer)
}

/// How deep among lines a place stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    Header,
    Outer,
    /// In what one pass evaluates for each pair of lines.
    Pair,
}

struct Walk<'a> {
    bound: Vec<Bound>,
    outer: Vec<Outer<'a>>,
    depth: Depth,
}

fn refused(span: Span, problem: &str) -> Fault {
    Fault::new(span, format!("in parts, {problem}")).help(
        "compare the lines of two documents at a time, each by what stands in the line itself",
    )
}

impl<'a> Walk<'a> {
    fn condition(&mut self, condition: &'a Condition) -> Result<(), Fault> {
        match condition {
            Condition::And(parts) | Condition::Or(parts) => {
                parts.iter().try_for_each(|part| self.condition(part))
            }
            Condition::Quantified {
                quantifier,
                over,
                body,
            } => self.binding(over, Aggregate::Quantified(*quantifier, body)),
            Condition::Guarded { fields, body } => {
                fields.iter().try_for_each(|field| self.presence(field))?;
                self.condition(body)
            }
            Condition::Present(field) | Condition::Absent(field) => self.presence(field),
            Condition::Compare { left, right, .. } | Condition::Within { left, right, .. } => {
                self.term(left)?;
                self.term(right)
            }
            Condition::OneOf { value, .. } => self.term(value),
            Condition::Party { left, right, .. } => {
                self.source(left)?;
                self.source(right)
            }
        }
    }

    fn term(&mut self, term: &'a Term) -> Result<(), Fault> {
        match &term.node {
            TermNode::Field(field) => self.value(field),
            TermNode::Sum { term, over } => self.binding(over, Aggregate::Sum(term)),
            TermNode::Count(over) => self.binding(over, Aggregate::Count),
            TermNode::Product { price, quantity } => {
                self.value(price)?;
                self.term(quantity)
            }
            TermNode::Chain { first, rest } => {
                self.term(first)?;
                rest.iter().try_for_each(|(_, term)| self.term(term))
            }
            TermNode::Number(_) | TermNode::Date(_) | TermNode::Days(_) | TermNode::Text(_) => {
                Ok(())
            }
        }
    }

    fn binding(&mut self, over: &'a Binding, aggregate: Aggregate<'a>) -> Result<(), Fault> {
        match (over.list, self.depth) {
            (List::Documents(_), Depth::Header) => self.inside(over, aggregate, Bound::Document),
            (List::Documents(_), _) => Err(refused(
                over.span,
                "the documents of a list cannot be looked at for each line",
            )),
            (List::LinesOf(_), _) => Err(refused(
                over.span,
                "the lines of one document of a list cannot be told from those of the others",
            )),
            (List::Lines(document), Depth::Header) => self.outer(over, aggregate, document),
            (List::Lines(document), Depth::Outer) => self.inner(over, aggregate, document),
            (List::Lines(_), Depth::Pair) => Err(refused(
                over.span,
                "lines of three documents cannot be looked at at once",
            )),
        }
    }

    fn outer(
        &mut self,
        over: &'a Binding,
        aggregate: Aggregate<'a>,
        document: usize,
    ) -> Result<(), Fault> {
        self.outer.push(Outer {
            over,
            aggregate,
            document,
            variable: self.bound.len(),
            inner: Vec::new(),
        });
        self.depth = Depth::Outer;
        let done = self.inside(over, aggregate, Bound::Outer);
        self.depth = Depth::Header;
        done
    }

    fn inner(
        &mut self,
        over: &'a Binding,
        aggregate: Aggregate<'a>,
        document: usize,
    ) -> Result<(), Fault> {
        let variable = self.bound.len();
        let outer = self.outer.last_mut().expect("an inner one stands in it");
        outer.inner.push(Inner {
            over,
            aggregate,
            document,
            variable,
            picked: Vec::new(),
        });
        self.depth = Depth::Pair;
        let done = match aggregate {
            Aggregate::Quantified(Quantifier::One, body) => {
                let number = self.outer.last().map_or(0, |outer| outer.inner.len() - 1);
                self.filter(over, Bound::Inner { picked: false })?;
                self.depth = Depth::Outer;
                self.bound.push(Bound::Inner { picked: true });
                let done = self.condition(body);
                self.bound.pop();
                let mut reading = PickedBy {
                    variable,
                    all: Vec::new(),
                };
                reading.condition(body);
                if let Some(outer) = self.outer.last_mut() {
                    outer.inner[number].picked = reading.all;
                }
                done
            }
            _ => self.inside(over, aggregate, Bound::Inner { picked: false }),
        };
        self.depth = Depth::Outer;
        done
    }

    fn filter(&mut self, over: &'a Binding, bound: Bound) -> Result<(), Fault> {
        self.bound.push(bound);
        let done = over
            .filter
            .as_ref()
            .map_or(Ok(()), |filter| self.condition(filter));
        self.bound.pop();
        done
    }

    fn inside(
        &mut self,
        over: &'a Binding,
        aggregate: Aggregate<'a>,
        bound: Bound,
    ) -> Result<(), Fault> {
        self.filter(over, bound)?;
        self.bound.push(bound);
        let done = match aggregate {
            Aggregate::Count => Ok(()),
            Aggregate::Sum(term) => self.term(term),
            Aggregate::Quantified(_, body) => self.condition(body),
        };
        self.bound.pop();
        done
    }

    fn value(&mut self, field: &FieldRef) -> Result<(), Fault> {
        self.source(field)
    }

    fn presence(&mut self, field: &FieldRef) -> Result<(), Fault> {
        self.source(field)
    }

    /// Whether the place can see what it reads: lines see their own, those around them and headers.
    fn source(&self, field: &FieldRef) -> Result<(), Fault> {
        let Source::Variable(variable) = field.source else {
            return Ok(());
        };
        let own = variable + 1 == self.bound.len();
        let problem = match (self.depth, self.bound[variable]) {
            (Depth::Header, _) | (_, Bound::Outer) => return Ok(()),
            (Depth::Outer, Bound::Inner { picked: true }) => return Ok(()),
            (Depth::Pair, Bound::Inner { .. }) if own => return Ok(()),
            (_, Bound::Document) => "the documents of a list cannot be looked at for each line",
            (_, Bound::Inner { .. }) => "lines of three documents cannot be looked at at once",
        };
        Err(refused(field.span, problem))
    }
}

/// Collects what a body reads of the line that it is about.
struct PickedBy {
    variable: usize,
    all: Vec<Picked>,
}

impl PickedBy {
    fn add(&mut self, field: &FieldRef, read: Picked) {
        if field.source == Source::Variable(self.variable) && !self.all.contains(&read) {
            self.all.push(read);
        }
    }

    fn value(&mut self, field: &FieldRef) {
        self.add(field, Picked::Value(field.field));
    }

    fn presence(&mut self, field: &FieldRef) {
        self.add(field, Picked::Presence(field.field.slot));
    }

    fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::And(parts) | Condition::Or(parts) => {
                parts.iter().for_each(|part| self.condition(part));
            }
            Condition::Guarded { fields, body } => {
                fields.iter().for_each(|field| self.presence(field));
                self.condition(body);
            }
            Condition::Present(field) | Condition::Absent(field) => self.presence(field),
            Condition::Compare { left, right, .. } | Condition::Within { left, right, .. } => {
                self.term(left);
                self.term(right);
            }
            Condition::OneOf { value, .. } => self.term(value),
            // what stands in a binding sees no picked line but its own, which is refused or another `one`'s
            Condition::Quantified {
                quantifier: Quantifier::One,
                body,
                ..
            } => self.condition(body),
            Condition::Quantified { .. } | Condition::Party { .. } => {}
        }
    }

    fn term(&mut self, term: &Term) {
        match &term.node {
            TermNode::Field(field) => self.value(field),
            TermNode::Product { price, quantity } => {
                self.value(price);
                self.term(quantity);
            }
            TermNode::Chain { first, rest } => {
                self.term(first);
                rest.iter().for_each(|(_, term)| self.term(term));
            }
            _ => {}
        }
    }
}
