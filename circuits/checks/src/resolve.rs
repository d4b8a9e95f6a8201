//! A [`Declaration`] to a [`Check`]: names, kinds, fields and types.

use sealane_types::schema::Kind;

use crate::ast::{self, ConditionNode, Declaration, DocumentDeclaration, Name, Path, Span};
use crate::fault::{Fault, Faults, advice};
use crate::field::{FieldType, roles};
use crate::typed::{Binding, Check, Condition, DocumentSlot, FieldRef, List, Requirement};

mod names;
mod terms;

/// Checks a declaration.
///
/// # Errors
/// Everything that does not fit: the first fault of each document and requirement.
pub fn resolve(declaration: &Declaration) -> Result<Check, Faults> {
    let mut faults = Faults::default();
    let documents = documents(declaration, &mut faults);
    let mut requirements = Vec::new();
    if faults.is_empty() {
        let mut seen: Vec<&Name> = Vec::new();
        for requirement in &declaration.requirements {
            if let Err(fault) = unlike(&requirement.id, &seen, "requirement") {
                faults.add(fault);
            }
            seen.push(&requirement.id);
            let mut scope = Scope::new(&documents);
            match scope.condition(&requirement.condition) {
                Ok(condition) => requirements.push(Requirement {
                    id: requirement.id.node.clone(),
                    sentence: requirement.sentence.node.clone(),
                    condition,
                    span: requirement.condition.span,
                }),
                Err(fault) => faults.add(fault),
            }
        }
        if declaration.requirements.is_empty() {
            let problem = "the check requires nothing";
            faults.add(
                Fault::new(declaration.name.span, problem)
                    .help("add `require id \"sentence\"` and a condition"),
            );
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Check {
        name: declaration.name.node.clone(),
        version: declaration.version.node,
        sentence: declaration.sentence.node.clone(),
        documents,
        requirements,
    })
}

type Resolved<T> = Result<T, Fault>;

fn documents(declaration: &Declaration, faults: &mut Faults) -> Vec<DocumentSlot> {
    let mut slots = Vec::new();
    let mut seen = Vec::new();
    for document in &declaration.documents {
        let slot = unlike(&document.name, &seen, "document").and_then(|()| slot(document));
        match slot {
            Ok(slot) => slots.push(slot),
            Err(fault) => faults.add(fault),
        }
        seen.push(&document.name);
    }
    if declaration.documents.is_empty() {
        let problem = "the check is about no document";
        faults.add(
            Fault::new(declaration.name.span, problem)
                .help("add a line such as `document order is Order by buyer`"),
        );
    }
    slots
}

fn slot(document: &DocumentDeclaration) -> Resolved<DocumentSlot> {
    let word = document.kind.node.as_str();
    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == word);
    let kind = kind.ok_or_else(|| {
        let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        let problem = format!("there is no kind of document `{word}`");
        Fault::new(document.kind.span, problem).help(advice(word, &names))
    })?;
    let parties = roles(kind);
    let word = document.role.node.as_str();
    let role = parties.iter().find(|(name, _)| *name == word);
    let (_, sealer) = *role.ok_or_else(|| {
        let names: Vec<&str> = parties.iter().map(|(name, _)| *name).collect();
        let problem = format!(
            "{} names no party `{word}` that could have sealed it",
            kind.name()
        );
        Fault::new(document.role.span, problem).help(advice(word, &names))
    })?;
    Ok(DocumentSlot {
        name: document.name.node.clone(),
        list: document.list,
        kind,
        sealer,
        sealer_word: word.to_owned(),
    })
}

fn unlike(name: &Name, seen: &[&Name], what: &str) -> Resolved<()> {
    if seen.iter().any(|other| other.node == name.node) {
        let problem = format!("there is a {what} `{}` already", name.node);
        return Err(Fault::new(name.span, problem).help("take another name"));
    }
    Ok(())
}

/// What a bound name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    /// A document of this kind.
    Document(Kind),
    /// A line of a document of this kind.
    Line(Kind),
}

/// The names that a condition sees.
struct Scope<'a> {
    documents: &'a [DocumentSlot],
    bound: Vec<(String, Bound)>,
}

impl<'a> Scope<'a> {
    fn new(documents: &'a [DocumentSlot]) -> Self {
        Self {
            documents,
            bound: Vec::new(),
        }
    }

    fn condition(&mut self, condition: &ast::Condition) -> Resolved<Condition> {
        match &condition.node {
            ConditionNode::And(parts) => Ok(Condition::And(self.all(parts)?)),
            ConditionNode::Or(parts) => Ok(Condition::Or(self.all(parts)?)),
            ConditionNode::Quantified {
                quantifier,
                over,
                body,
            } => {
                let (over, body) = self.bind(over, |scope| scope.condition(body))?;
                let body = Box::new(body);
                let quantifier = *quantifier;
                Ok(Condition::Quantified {
                    quantifier,
                    over,
                    body,
                })
            }
            ConditionNode::Guarded { paths, body } => {
                let fields = paths.iter().map(|path| self.field(path));
                let fields = fields.collect::<Resolved<_>>()?;
                let body = Box::new(self.condition(body)?);
                Ok(Condition::Guarded { fields, body })
            }
            ConditionNode::Present(path) => Ok(Condition::Present(self.field(path)?)),
            ConditionNode::Absent(path) => Ok(Condition::Absent(self.field(path)?)),
            ConditionNode::Compare {
                left,
                relation,
                right,
            } => self.compare(left, *relation, right),
            ConditionNode::Within {
                left,
                tolerance,
                right,
            } => self.within(left, tolerance, right),
            ConditionNode::Limit {
                left,
                relation,
                right,
                slack,
            } => self.limit(left, *relation, right, slack),
            ConditionNode::Like { left, right } => self.like(left, right),
            ConditionNode::In { value, list } => self.one_of(value, list),
            ConditionNode::Party { left, same, right } => {
                let (left, right) = (self.party(left)?, self.party(right)?);
                let same = *same;
                Ok(Condition::Party { left, same, right })
            }
        }
    }

    fn all(&mut self, parts: &[ast::Condition]) -> Resolved<Vec<Condition>> {
        parts.iter().map(|part| self.condition(part)).collect()
    }

    fn party(&self, path: &Path) -> Resolved<FieldRef> {
        let field = self.field(path)?;
        if field.field.holds != FieldType::Party {
            return Err(Fault::new(path.span(), format!("`{path}` is not a party"))
                .help("`is` stands between two parties; values are compared with `=`"));
        }
        Ok(field)
    }

    /// Binds a name for what `inside` resolves, and the binding's own filter.
    fn bind<T>(
        &mut self,
        over: &ast::Binding,
        inside: impl FnOnce(&mut Self) -> Resolved<T>,
    ) -> Resolved<(Binding, T)> {
        let (list, bound) = self.list(&over.list)?;
        let name = &over.name.node;
        let taken = self.documents.iter().map(|document| &document.name);
        let taken = taken.chain(self.bound.iter().map(|(name, _)| name));
        if taken.into_iter().any(|other| other == name) {
            return Err(Fault::new(
                over.name.span,
                format!("`{name}` stands for something already"),
            )
            .help("take another name"));
        }
        self.bound.push((name.clone(), bound));
        let filter = match &over.filter {
            Some(filter) => Some(Box::new(self.condition(filter)?)),
            None => None,
        };
        let inner = inside(self)?;
        self.bound.pop();
        let span = over.name.span.to(over.list.span());
        Ok((Binding { list, filter, span }, inner))
    }

    fn list(&self, path: &Path) -> Resolved<(List, Bound)> {
        let no_list = |what: String| {
            Fault::new(path.span(), what)
                .help("a list is the `lines` of a document, or a document declared with `list of`")
        };
        let first = &path.parts[0];
        let lines = path.index.is_none() && path.parts.len() == 2 && path.parts[1].node == "lines";
        let alone = path.index.is_none() && path.parts.len() == 1;
        if let Some(number) = self.bound.iter().position(|(name, _)| *name == first.node) {
            return match self.bound[number].1 {
                Bound::Document(kind) if lines => Ok((List::LinesOf(number), Bound::Line(kind))),
                _ => Err(no_list(format!("`{path}` is not a list"))),
            };
        }
        let (number, document) = self.document(first)?;
        match (lines, alone, document.list) {
            (true, _, _) => Ok((List::Lines(number), Bound::Line(document.kind))),
            (_, true, true) => Ok((List::Documents(number), Bound::Document(document.kind))),
            (_, true, false) => Err(no_list(format!("`{path}` is one document"))),
            _ => Err(no_list(format!("`{path}` is not a list"))),
        }
    }
}

/// A fault at a place, with advice.
fn fault(span: Span, problem: String, help: &str) -> Fault {
    Fault::new(span, problem).help(help)
}
