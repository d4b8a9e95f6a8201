//! Values of elements: found by declared paths, read strictly.

use std::collections::HashSet;

use chrono::NaiveDate;
use sealane_types::fields::Currency;

use crate::claim::Claim;
use crate::dates::{compact, iso, timed};
use crate::decimal::Decimal;
use crate::fault::{Class, Fault, Faults, Place};
use crate::table::Schema;
use crate::xml::{self, Node};

/// How often an element may stand at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// Once, or again with the same text.
    Once,
    /// The first counts.
    First,
}

/// Reads values of one document and gathers faults.
pub struct Values<'t> {
    /// The declared schema.
    pub schema: &'t Schema,
    /// What is wrong so far.
    pub faults: Faults,
    /// What is worth a warning so far.
    pub warnings: Faults,
    /// What the document claims.
    pub claim: Claim,
    /// Its currency, as far as it is read.
    pub currency: Option<String>,
    /// Whether the document claims EN 16931, so that its rules bind it.
    pub standard: bool,
}

impl Values<'_> {
    /// All elements at a path from `base`.
    pub fn all<'a, 'input>(&self, base: Node<'a, 'input>, path: &str) -> Vec<Node<'a, 'input>> {
        all(self.schema, base, path)
    }

    /// The element that the first path with any gives.
    pub fn node<'a, 'input>(
        &mut self,
        base: Node<'a, 'input>,
        paths: &[String],
        times: Times,
    ) -> Option<Node<'a, 'input>> {
        for path in paths {
            let found = self.all(base, path);
            let Some(first) = found.first().copied() else {
                continue;
            };
            if let Some(other) = found
                .iter()
                .copied()
                .find(|other| times == Times::Once && differ(first, *other))
            {
                let problem = format!("a second {} contradicts the first", other.tag_name().name());
                self.value_fault(other, "SL-ONCE", problem, "Keep the right one alone.");
            }
            return Some(first);
        }
        None
    }

    /// The text that the first path with any gives; an empty element counts as absent.
    pub fn text(&mut self, base: Node<'_, '_>, paths: &[String], times: Times) -> Option<String> {
        for path in paths {
            let Some(node) = self.node(base, std::slice::from_ref(path), times) else {
                continue;
            };
            let text = match path.rsplit_once("/@") {
                Some((_, name)) => node.attribute(name).map(|value| value.trim().to_owned()),
                None => xml::text(node),
            };
            if text.as_ref().is_some_and(|text| !text.is_empty()) {
                return text;
            }
        }
        None
    }

    /// The texts at all paths, each once, in the order of the paths.
    pub fn texts(&self, base: Node<'_, '_>, paths: &[String]) -> Vec<String> {
        let mut seen = HashSet::new();
        let nodes = paths.iter().flat_map(|path| self.all(base, path));
        let texts = nodes.filter_map(xml::text);
        texts.filter(|text| seen.insert(text.clone())).collect()
    }

    /// Whether an amount is in the document's currency: it says nothing else. Where EN 16931 does not bind,
    /// a word that is no currency code says nothing (Jordan demands `JO` beside the code `JOD`).
    pub fn is_own_currency(&self, node: Node<'_, '_>) -> bool {
        let written = node.attribute("currencyID");
        let written = written.filter(|code| self.standard || Currency::new(code).is_some());
        match (written, self.currency.as_deref()) {
            (Some(written), Some(currency)) => written == currency,
            _ => true,
        }
    }

    /// A number; one that is none is a fault.
    pub fn decimal(&mut self, node: Node<'_, '_>) -> Option<Decimal> {
        let text = xml::text(node).unwrap_or_default();
        match Decimal::parse(&text) {
            Ok(value) => Some(value),
            Err(error) => {
                let shown: String = text.chars().take(40).collect();
                let problem = format!("{shown:?} is not a number: {error}");
                self.value_fault(node, "SL-NUMBER", problem, "Write a plain decimal number.");
                None
            }
        }
    }

    /// A date: `YYYY-MM-DD`, or UN/CEFACT's format 102, `YYYYMMDD`, or 203 and 204, which go on with a time.
    pub fn date(&mut self, node: Node<'_, '_>) -> Option<NaiveDate> {
        let date = Self::day(node);
        if date.is_none() {
            let text = xml::text(node).unwrap_or_default();
            let shown: String = text.chars().take(40).collect();
            let problem = match node.attribute("format") {
                Some("102" | "203" | "204") => format!("{shown:?} is not a date of the calendar"),
                Some(format) => {
                    let format: String = format.chars().take(40).collect();
                    format!("the date {shown:?} has the format {format:?}, which is not read")
                }
                None => format!("{shown:?} is not a date of the calendar as YYYY-MM-DD"),
            };
            self.value_fault(
                node,
                "SL-DATE",
                problem,
                "Write YYYY-MM-DD, in CII YYYYMMDD with format 102.",
            );
        }
        date
    }

    /// The date that an element holds, if it is one.
    pub fn day(node: Node<'_, '_>) -> Option<NaiveDate> {
        let text = xml::text(node).unwrap_or_default();
        match node.attribute("format") {
            Some("102") => compact(&text),
            // With the time of day, to the minute or the second.
            Some("203") => timed(&text, 12),
            Some("204") => timed(&text, 14),
            Some(_) => None,
            None => iso(&text),
        }
    }

    /// A fault in an element's value.
    pub fn value_fault(
        &mut self,
        node: Node<'_, '_>,
        rule: &'static str,
        problem: String,
        advice: &'static str,
    ) {
        self.faults.add(|| Fault {
            class: Class::Value,
            place: Place::element(node),
            rule,
            problem,
            advice,
        });
    }

    /// A field that is missing under `node`; `paths` say where it should stand.
    pub fn missing(
        &mut self,
        node: Node<'_, '_>,
        rule: &'static str,
        what: &str,
        paths: &[String],
    ) {
        let expected = paths
            .first()
            .map(|path| format!(" ({path})"))
            .unwrap_or_default();
        self.faults.add(|| Fault {
            class: Class::Missing,
            place: Place::element(node),
            rule,
            problem: format!("{what}{expected} is missing or empty"),
            advice: "Ask the sender to complete the document.",
        });
    }
}

/// All elements at a path from `base`.
pub fn all<'a, 'input>(
    schema: &Schema,
    base: Node<'a, 'input>,
    path: &str,
) -> Vec<Node<'a, 'input>> {
    let mut found = Vec::new();
    let path = path.split_once("/@").map_or(path, |(path, _)| path);
    if path.starts_with('@') {
        return vec![base];
    }
    walk(&schema.table.child_namespace, base, path, &mut found);
    found
}

/// Adds the elements at a path, depth first: at one depth for all, so in the order of the document.
fn walk<'a, 'input>(
    namespace: &str,
    base: Node<'a, 'input>,
    path: &str,
    found: &mut Vec<Node<'a, 'input>>,
) {
    let (name, rest) = match path.split_once('/') {
        Some((name, rest)) => (name, Some(rest)),
        None => (path, None),
    };
    for child in base.children() {
        let tag = child.tag_name();
        let is_ours = |own: &str| own.starts_with(namespace);
        if tag.name() != name || !tag.namespace().is_some_and(is_ours) {
            continue;
        }
        match rest {
            Some(rest) => walk(namespace, child, rest, found),
            None => found.push(child),
        }
    }
}

fn differ(first: Node<'_, '_>, other: Node<'_, '_>) -> bool {
    if first == other {
        return false;
    }
    let plain = |node: Node<'_, '_>| !node.children().any(|child| child.is_element());
    !(plain(first) && plain(other) && xml::text(first) == xml::text(other))
}
