//! Paths to fields.

use super::{Bound, Resolved, Scope, fault};
use crate::ast::{Name, Path};
use crate::fault::{Fault, advice};
use crate::field::{Field, FieldType, header_fields, line_fields, roles};
use crate::typed::{DocumentSlot, FieldRef, Source};
use sealane_types::schema::Kind;

impl Scope<'_> {
    /// The declared document of this name.
    pub(super) fn document(&self, name: &Name) -> Resolved<(usize, &DocumentSlot)> {
        let mut numbered = self.documents.iter().enumerate();
        let found = numbered.find(|(_, document)| document.name == name.node);
        found.ok_or_else(|| {
            let documents = self.documents.iter().map(|document| document.name.as_str());
            let bound = self.bound.iter().map(|(name, _)| name.as_str());
            let known: Vec<&str> = documents.chain(bound).collect();
            let problem = format!("nothing is called `{}` here", name.node);
            Fault::new(name.span, problem).help(advice(&name.node, &known))
        })
    }

    /// The field that a path names.
    pub(super) fn field(&self, path: &Path) -> Resolved<FieldRef> {
        let first = &path.parts[0];
        let bound = self.bound.iter().position(|(name, _)| *name == first.node);
        let (source, of) = match bound {
            Some(number) => (Source::Variable(number), self.bound[number].1),
            None => {
                let (number, document) = self.document(first)?;
                if document.list {
                    return Err(list_read_as_one(path));
                }
                (Source::Document(number), Bound::Document(document.kind))
            }
        };
        let field = match of {
            Bound::Document(kind) => header_field(path, kind)?,
            Bound::Line(kind) => line_field(path, kind)?,
        };
        let span = path.span();
        Ok(FieldRef {
            source,
            field,
            span,
        })
    }
}

fn list_read_as_one(path: &Path) -> Fault {
    let name = &path.parts[0].node;
    let rest: String = path.parts[1..]
        .iter()
        .map(|part| format!(".{}", part.node))
        .collect();
    let problem = format!("`{name}` is a list of documents");
    let help = format!("say of which: `all one in {name}: one{rest} …`");
    fault(path.span(), problem, &help)
}

/// The path after the first name, as fields are called.
fn rest(path: &Path) -> String {
    let parts: Vec<&str> = path.parts[1..]
        .iter()
        .map(|part| part.node.as_str())
        .collect();
    let index = path.index.as_ref().map(|index| format!("[{}]", index.node));
    parts.join(".") + &index.unwrap_or_default()
}

fn header_field(path: &Path, kind: Kind) -> Resolved<&'static Field> {
    let known = header_fields(kind).filter(|field| field.holds != FieldType::Party);
    let known: Vec<&'static Field> = known.collect();
    let mut named = rest(path);
    let parties = roles(kind);
    let (head, tail) = named.split_once('.').unwrap_or((&named, ""));
    if let Some((_, role)) = parties.iter().find(|(word, _)| *word == head) {
        if tail.is_empty() {
            return Ok(role.field());
        }
        named = format!("{}.{tail}", role.word());
    }
    if let Some(field) = known.iter().find(|field| field.path == named) {
        return Ok(field);
    }
    Err(no_header_field(path, kind, &named, &known))
}

fn no_header_field(path: &Path, kind: Kind, named: &str, known: &[&'static Field]) -> Fault {
    let span = path.span();
    let problem = format!("{} has no field `{named}`", kind.name());
    if named.is_empty() {
        let problem = format!("`{path}` is a document, and a value is expected");
        return fault(span, problem, "name a field of it, such as `.id`");
    }
    if named == "lines" {
        let problem = format!("`{path}` are lines, and a value is expected");
        return fault(span, problem, "use `all`, `any`, `one`, `sum` or `count`");
    }
    if named.contains("_references[") {
        let help = "a record commits to the first reference and to the list as a whole: write `[0]`, or leave the index out";
        return fault(span, problem, help);
    }
    let mut names: Vec<&str> = known.iter().map(|field| field.path).collect();
    names.extend(roles(kind).into_iter().map(|(word, _)| word));
    if line_fields(kind).any(|field| field.path == named) {
        let help = format!(
            "lines have it: `all line in {}.lines: line.{named} …`",
            path.parts[0].node
        );
        return fault(span, problem, &help);
    }
    let meant = rename(named).map_or_else(|| advice(named, &names), str::to_owned);
    fault(span, problem, &meant)
}

/// Names that people would try, and what `document show` calls it.
fn rename(named: &str) -> Option<&'static str> {
    Some(match named {
        "number" => "a document's number is `id`",
        "date" => "there are `issue_date` and `due_date`",
        "total" | "amount" => "there are `payable_amount` and `totals.lines`",
        "seller.ids" | "buyer.ids" | "payee.ids" => {
            "identifiers are compared by `a.seller is b.seller`"
        }
        _ => return None,
    })
}

fn line_field(path: &Path, kind: Kind) -> Resolved<&'static Field> {
    let named = rest(path);
    if let Some(field) = line_fields(kind).find(|field| field.path == named) {
        return Ok(field);
    }
    let span = path.span();
    let problem = if named.is_empty() {
        format!("`{path}` is a line, and a value is expected")
    } else {
        format!("a line of {} has no field `{named}`", kind.name())
    };
    let help = match named.as_str() {
        "unit" => "a quantity carries its unit: compare `quantity`".to_owned(),
        "base_quantity" => "a price carries its base quantity: compare `price`".to_owned(),
        _ => advice(
            &named,
            &line_fields(kind)
                .map(|field| field.path)
                .collect::<Vec<_>>(),
        ),
    };
    Err(fault(span, problem, &help))
}
