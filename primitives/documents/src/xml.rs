//! XML in bounded time and memory: no document type declaration, hence no entities of a file's own
//! and nothing fetched; limits on depth, elements, attributes and what namespaces cost, checked in one
//! pass over the text before the tree is built.

use std::collections::HashSet;

use roxmltree::{Document, ParsingOptions};

use crate::fault::{Class, Fault, Place};

/// An element of a parsed document.
pub type Node<'a, 'input> = roxmltree::Node<'a, 'input>;

/// Most elements inside one another.
pub const MAX_DEPTH: usize = 64;
/// Most nodes of a document: elements, texts, comments, instructions.
pub const MAX_NODES: u32 = 1_000_000;
/// Most attributes of one element.
pub const MAX_ATTRIBUTES: usize = 128;
/// Most different namespace declarations of a document; the same one may stand on every element.
pub const MAX_NAMESPACES: usize = 2_000;
/// Most steps that a tree may take over its namespaces, as counted before it is built: an element looks
/// its own name and its attributes' names up among the namespaces in scope, and one that declares any
/// compares all in scope with one another. A million elements with ten each are far below.
pub const MAX_NAMESPACE_STEPS: usize = 1 << 28;

/// Parses an XML document.
///
/// # Errors
/// When it is not well-formed, declares a document type, or is above a limit.
pub fn parse(text: &str) -> Result<Document<'_>, Fault> {
    check_limits(text)?;
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MAX_NODES,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).map_err(|error| {
        let at = error.pos();
        let (class, rule, advice) = match error {
            roxmltree::Error::NodesLimitReached => (
                Class::Limit,
                "SL-LIMIT",
                "Split the document: this is far more than a trade document holds.",
            ),
            roxmltree::Error::DtdDetected => return no_dtd(Place::position(at.row, at.col)),
            _ => (
                Class::Form,
                "SL-XML",
                "Ask the sender for a complete, well-formed XML file.",
            ),
        };
        Fault {
            class,
            place: Place::position(at.row, at.col),
            rule,
            problem: format!("the file is not well-formed XML: {error}"),
            advice,
        }
    })
}

fn no_dtd(place: Place) -> Fault {
    Fault {
        class: Class::Form,
        place,
        rule: "SL-XML-DTD",
        problem: "a document type declaration is refused: entities could expand without bound or read other files".into(),
        advice: "Remove the <!DOCTYPE …>; trade documents need none.",
    }
}

/// What the scan has met so far.
#[derive(Default)]
struct Scan<'t> {
    depth: usize,
    /// The different declarations, as written.
    declared: HashSet<&'t [u8]>,
    /// The prefixes in scope, outer ones first.
    scope: Vec<&'t [u8]>,
    /// How many were in scope outside each open element.
    outside: Vec<usize>,
    /// Steps of the tree over its namespaces.
    steps: usize,
}

impl<'t> Scan<'t> {
    /// A declaration of the element whose tag is being read.
    fn declare(&mut self, prefix: &'t [u8], whole: &'t [u8]) {
        self.declared.insert(whole);
        self.steps += self.scope.len();
        if !self.scope.contains(&prefix) {
            self.scope.push(prefix);
        }
    }

    /// The tag ends; `outside` prefixes were in scope before it.
    fn enter(&mut self, outside: usize, attributes: usize, declares: bool, empty: bool) {
        let scope = self.scope.len();
        let own = if declares { scope } else { 0 };
        self.steps += scope * (1 + attributes + own);
        if empty {
            self.scope.truncate(outside);
        } else {
            self.depth += 1;
            self.outside.push(outside);
        }
    }

    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if let Some(outside) = self.outside.pop() {
            self.scope.truncate(outside);
        }
    }
}

/// One pass over the markup. What is not well-formed is left for the parser to tell.
fn check_limits(text: &str) -> Result<(), Fault> {
    let bytes = text.as_bytes();
    let mut scan = Scan::default();
    let mut at = 0;
    while let Some(open) = find(bytes, at, b"<") {
        let rest = &bytes[open..];
        let skip = |end: &[u8], from: usize| find(bytes, open + from, end).map(|at| at + end.len());
        let next = if rest.starts_with(b"<!--") {
            skip(b"-->", 4)
        } else if rest.starts_with(b"<![CDATA[") {
            skip(b"]]>", 9)
        } else if rest.starts_with(b"<?") {
            skip(b"?>", 2)
        } else if rest.starts_with(b"<!") {
            return Err(no_dtd(position(text, open)));
        } else if rest.starts_with(b"</") {
            scan.leave();
            skip(b">", 2)
        } else {
            start_tag(text, open, &mut scan)?
        };
        match next {
            Some(next) => at = next,
            None => return Ok(()),
        }
    }
    Ok(())
}

/// Reads over a start tag; returns where it ends.
fn start_tag<'t>(text: &'t str, open: usize, scan: &mut Scan<'t>) -> Result<Option<usize>, Fault> {
    let bytes = text.as_bytes();
    let outside = scan.scope.len();
    let (mut attributes, mut declares) = (0, false);
    // Where the name of a declaration begins whose value has not come yet.
    let mut name: Option<usize> = None;
    let mut at = open + 1;
    loop {
        match bytes.get(at) {
            None => return Ok(None),
            Some(b'>') => break,
            Some(quote @ (b'"' | b'\'')) => {
                attributes += 1;
                let Some(end) = find(bytes, at + 1, &[*quote]) else {
                    return Ok(None);
                };
                if let Some(start) = name.take() {
                    declares = true;
                    scan.declare(prefix(&bytes[start..at]), &bytes[start..end]);
                }
                at = end + 1;
            }
            Some(b'x') if bytes[at..].starts_with(b"xmlns") => {
                name = Some(at);
                at += 5;
            }
            Some(_) => at += 1,
        }
        if attributes > MAX_ATTRIBUTES {
            break;
        }
    }
    let empty = bytes[at - 1] == b'/';
    scan.enter(outside, attributes, declares, empty);
    let over = |what: &str, limit: usize| {
        Err(Fault {
            class: Class::Limit,
            place: position(text, open),
            rule: "SL-LIMIT",
            problem: format!("there are more than {limit} {what}"),
            advice: "A trade document needs far fewer; ask the sender for a plain one.",
        })
    };
    if scan.depth > MAX_DEPTH {
        return over("elements inside one another", MAX_DEPTH);
    }
    if attributes > MAX_ATTRIBUTES {
        return over("attributes on one element", MAX_ATTRIBUTES);
    }
    if scan.declared.len() > MAX_NAMESPACES {
        return over("different namespace declarations", MAX_NAMESPACES);
    }
    if scan.steps > MAX_NAMESPACE_STEPS {
        return over("steps to look namespaces up", MAX_NAMESPACE_STEPS);
    }
    Ok(Some(at + 1))
}

/// The prefix that `xmlns:p=` declares, empty for the default namespace.
fn prefix(declaration: &[u8]) -> &[u8] {
    let name = declaration.trim_ascii_end();
    let name = name.strip_suffix(b"=").unwrap_or(name).trim_ascii_end();
    name.strip_prefix(b"xmlns:").unwrap_or_default()
}

fn find(bytes: &[u8], from: usize, wanted: &[u8]) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let first = *wanted.first()?;
    let mut at = 0;
    while let Some(step) = rest[at..].iter().position(|byte| *byte == first) {
        at += step;
        if rest[at..].starts_with(wanted) {
            return Some(from + at);
        }
        at += 1;
    }
    None
}

fn position(text: &str, byte: usize) -> Place {
    let before = &text[..byte];
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before[start..].chars().count() + 1;
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Place::position(number(line), number(column))
}

impl Place {
    /// An element of an XML document.
    #[must_use]
    pub fn element(node: Node<'_, '_>) -> Self {
        let at = node.document().text_pos_at(node.range().start);
        Self {
            path: path(node),
            position: Some((at.row, at.col)),
        }
    }
}

/// The path of an element from the root, with a position among siblings of one name.
#[must_use]
pub fn path(node: Node<'_, '_>) -> String {
    let mut steps: Vec<String> = node
        .ancestors()
        .filter(Node::is_element)
        .map(step)
        .collect();
    steps.reverse();
    steps.join("/")
}

fn step(node: Node<'_, '_>) -> String {
    let name = node.tag_name().name();
    let alike = |other: &Node<'_, '_>| other.is_element() && other.tag_name().name() == name;
    let before = node.prev_siblings().skip(1).filter(alike).count();
    let after = node.next_siblings().skip(1).any(|other| alike(&other));
    if before > 0 || after {
        return format!("{name}[{}]", before + 1);
    }
    name.to_owned()
}

/// The text of an element, comments and instructions inside it left out, white space at the ends
/// cut and each run of it inside made one space; `None` when nothing is left.
#[must_use]
pub fn text(node: Node<'_, '_>) -> Option<String> {
    let parts = node
        .children()
        .filter(Node::is_text)
        .filter_map(|part| part.text());
    let text: String = parts.collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests;
