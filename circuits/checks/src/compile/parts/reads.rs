//! What each pass opens: a function of the declaration alone.

use std::collections::{BTreeMap, BTreeSet};

use sealane_types::cross_check::parts::{self as shapes, PassShape};

use super::super::plan::{Bound, Leaves, Reading, Reads, of_documents, small};
use super::given::View;
use super::outline::{Aggregate, Inner, Key, Outer, Picked, key};
use crate::ast::{Quantifier, Span};
use crate::typed::{Check, FieldRef, Source};

/// While a pass is read, its windows stand for documents that no check has.
const OUTER: usize = 1 << 16;
const INNER: usize = (1 << 16) + 1;

/// A pass before it has a shape.
pub(super) struct PassReads {
    outer: usize,
    inner: Option<usize>,
    /// By window: the declared document, and what is opened of it.
    pub windows: Vec<(usize, BTreeSet<Leaves>)>,
    pub view: View,
}

impl PassReads {
    /// Its shape, in parts of so many lines.
    pub fn shape(&self, outer: &[Outer<'_>], lines: usize) -> PassShape {
        let cells = match self.inner {
            Some(inner) => {
                let all = of_pair(outer, self.outer, inner);
                lines * all.map(|(_, inner)| inner.cells()).sum::<usize>()
            }
            None => outer.iter().map(Outer::cells).sum(),
        };
        let windows = self.windows.iter();
        PassShape {
            outer: small(self.outer),
            inner: self.inner.map(small),
            windows: windows
                .map(|(document, leaves)| window(*document, leaves))
                .collect(),
            cells: u32::try_from(cells).expect("128 lines of a check with few bindings"),
        }
    }
}

/// The bindings over `inner` inside those over `outer`, in their order.
pub(super) fn of_pair<'a, 'b>(
    all: &'b [Outer<'a>],
    outer: usize,
    inner: usize,
) -> impl Iterator<Item = (&'b Outer<'a>, &'b Inner<'a>)> {
    let own = all.iter().filter(move |one| one.document == outer);
    own.flat_map(move |one| {
        let inside = one.inner.iter().filter(move |two| two.document == inner);
        inside.map(move |two| (one, two))
    })
}

/// What the last proof reads itself, and what each requirement reads anywhere.
pub(super) fn of_head(check: &Check, outer: &[Outer<'_>]) -> (Reads, Vec<(String, Reads)>) {
    let tallied: BTreeMap<Key, bool> = outer.iter().map(|one| (key(one.over), false)).collect();
    let mut all = of_documents(check);
    let mut own: Reads = all.iter().flat_map(|(_, reads)| reads.clone()).collect();
    for requirement in &check.requirements {
        let mut reading = Reading {
            tallied: tallied.clone(),
            ..Reading::default()
        };
        reading.condition(&requirement.condition);
        own.extend(reading.reads);
        let mut whole = Reading::default();
        whole.condition(&requirement.condition);
        all.push((requirement.id.clone(), whole.reads));
    }
    (own, all)
}

/// All passes: for each document with lines to go through its pairs, by document, then its fold.
pub(super) fn of_passes(check: &Check, outer: &[Outer<'_>]) -> Vec<PassReads> {
    let mut passes = Vec::new();
    for document in 0..check.documents.len() {
        let own = || outer.iter().filter(|one| one.document == document);
        let inside: BTreeSet<usize> = own()
            .flat_map(|one| one.inner.iter().map(|two| two.document))
            .collect();
        for inner in inside {
            let mut reads = Reads::new();
            for (one, two) in of_pair(outer, document, inner) {
                reads.extend(of_inner(one, two));
            }
            passes.push(pass(check, document, Some(inner), &reads));
        }
        if own().next().is_some() {
            let reads = own().flat_map(of_fold).collect();
            passes.push(pass(check, document, None, &reads));
        }
    }
    passes
}

/// Variables up to one that stands for a window.
fn bound(outer: &Outer<'_>, up_to: usize) -> Vec<Bound> {
    let mut bound = vec![Bound::NOWHERE; up_to];
    bound[outer.variable] = Bound {
        document: OUTER,
        line: true,
    };
    bound
}

fn of_inner(outer: &Outer<'_>, inner: &Inner<'_>) -> Reads {
    let mut reading = Reading {
        bound: bound(outer, inner.variable),
        ..Reading::default()
    };
    reading.bound.push(Bound {
        document: INNER,
        line: true,
    });
    if let Some(filter) = &inner.over.filter {
        reading.condition(filter);
    }
    match inner.aggregate {
        Aggregate::Count => {}
        Aggregate::Sum(term) => reading.term(term),
        Aggregate::Quantified(Quantifier::One, _) => {
            for picked in &inner.picked {
                match picked {
                    Picked::Value(field) | Picked::Loose(field) => reading.field(&FieldRef {
                        source: Source::Variable(inner.variable),
                        field,
                        span: Span::default(),
                    }),
                    Picked::Presence(slot) => {
                        reading.reads.insert((INNER, Leaves::Column(*slot)));
                    }
                }
            }
        }
        Aggregate::Quantified(_, body) => reading.condition(body),
    }
    reading.reads
}

fn of_fold(outer: &Outer<'_>) -> Reads {
    let picks =
        |inner: &Inner<'_>| matches!(inner.aggregate, Aggregate::Quantified(Quantifier::One, _));
    let tallied = outer.inner.iter();
    let mut reading = Reading {
        bound: bound(outer, outer.variable + 1),
        tallied: tallied
            .map(|inner| (key(inner.over), picks(inner)))
            .collect(),
        ..Reading::default()
    };
    if let Some(filter) = &outer.over.filter {
        reading.condition(filter);
    }
    match outer.aggregate {
        Aggregate::Count => {}
        Aggregate::Sum(term) => reading.term(term),
        Aggregate::Quantified(_, body) => reading.condition(body),
    }
    reading.reads
}

/// Windows of what is read: a part of `outer`, one of `inner`, and headers of documents that are no lists.
fn pass(check: &Check, outer: usize, inner: Option<usize>, reads: &Reads) -> PassReads {
    let mut windows = vec![(outer, BTreeSet::from([Leaves::Count]))];
    windows.extend(inner.map(|inner| (inner, BTreeSet::from([Leaves::Count]))));
    let parts = windows.len();
    let mut headers: BTreeMap<usize, usize> = BTreeMap::new();
    for (number, (document, _)) in windows.iter().enumerate().rev() {
        if !check.documents[*document].list {
            headers.insert(*document, number);
        }
    }
    for (document, leaves) in reads {
        let at = match *document {
            OUTER => 0,
            INNER => 1,
            declared => *headers.entry(declared).or_insert_with(|| {
                windows.push((declared, BTreeSet::new()));
                windows.len() - 1
            }),
        };
        windows[at].1.insert(*leaves);
    }
    PassReads {
        outer,
        inner,
        view: View {
            lines: parts - 1,
            headers,
        },
        windows,
    }
}

/// The leaves that a requirement reads, by document.
pub(super) fn leaves(reads: &Reads) -> Vec<shapes::Leaves> {
    let documents: BTreeSet<usize> = reads.iter().map(|(document, _)| *document).collect();
    let of = |document: usize| {
        let own = reads.iter().filter(move |(one, _)| *one == document);
        let own: BTreeSet<Leaves> = own.map(|(_, leaves)| *leaves).collect();
        window(document, &own)
    };
    documents.into_iter().map(of).collect()
}

fn window(document: usize, opened: &BTreeSet<Leaves>) -> shapes::Leaves {
    let header = opened.iter().filter_map(|leaves| match leaves {
        Leaves::Header(slot) => Some(small(*slot)),
        _ => None,
    });
    let columns = opened.iter().filter_map(|leaves| match leaves {
        Leaves::Column(slot) => Some(small(*slot)),
        _ => None,
    });
    shapes::Leaves {
        document: small(document),
        header: header.collect(),
        count: opened.contains(&Leaves::Count),
        columns: columns.collect(),
    }
}
