//! What is wrong with a declaration: the problem, its place, and what to do about it.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::ast::Span;
use crate::limits;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub problem: String,
    /// Where.
    pub span: Span,
    /// What to do.
    pub help: Option<String>,
}

impl Fault {
    /// A fault at a place.
    pub fn new(span: Span, problem: impl Into<String>) -> Self {
        Self {
            problem: problem.into(),
            span,
            help: None,
        }
    }

    /// The same with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Why a text is no check.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults {
    /// Those kept, at most [`limits::FAULTS`], in the order of the text as far as each pass goes.
    pub kept: Vec<Fault>,
    /// How many more there are.
    pub more: usize,
}

impl Faults {
    /// Adds one.
    pub fn add(&mut self, fault: Fault) {
        if self.kept.len() < limits::FAULTS {
            self.kept.push(fault);
        } else {
            self.more += 1;
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// All of them for people, each with its line and a caret under its place. `name` is the file's, `source` its text.
    #[must_use]
    pub fn render(&self, name: &str, source: &str) -> String {
        let mut out: Vec<String> = self
            .kept
            .iter()
            .map(|fault| one(fault, name, source))
            .collect();
        if self.more > 0 {
            out.push(format!("and {} more faults", self.more));
        }
        out.join("\n\n")
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        let mut faults = Self::default();
        faults.add(fault);
        faults
    }
}

fn one(fault: &Fault, name: &str, source: &str) -> String {
    let span = within(fault.span, source);
    let snippet = Snippet::source(source)
        .path(name)
        .annotation(AnnotationKind::Primary.span(span));
    let mut group = Level::ERROR.primary_title(&fault.problem).element(snippet);
    if let Some(help) = &fault.help {
        group = group.element(Level::HELP.message(help));
    }
    Renderer::plain().render(&[group])
}

/// The span as a range of whole characters inside the text.
fn within(span: Span, source: &str) -> std::ops::Range<usize> {
    let start = source.floor_char_boundary(span.start);
    let end = source.ceil_char_boundary(span.end.max(start));
    start..end
}

/// Line and column of a byte, both from 1; the column counts characters.
#[must_use]
pub fn position(source: &str, byte: usize) -> (usize, usize) {
    let before = &source[..source.floor_char_boundary(byte)];
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    (line, before[start..].chars().count() + 1)
}

/// Of `known`, what was probably meant by `word`.
#[must_use]
pub fn suggestion<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = match word.chars().count() {
        0..=3 => 1,
        4..=7 => 2,
        _ => 3,
    };
    let near = |name: &'a str| (strsim::osa_distance(word, name), name);
    let best = known.into_iter().map(near).min_by_key(|(far, _)| *far)?;
    (best.0 <= limit).then_some(best.1)
}

/// "Did you mean …?", or the list of what there is.
#[must_use]
pub fn advice(word: &str, known: &[&str]) -> String {
    match suggestion(word, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("there are: {}", known.join(", ")),
    }
}
