//! What names and bindings stand for: documents, lines, and the one that a filter picks.

use sealane_gadgets::Wire;

use super::{Compiler, Item, Match, Pick};
use crate::typed::{List, Source};

impl<'a> Compiler<'a> {
    pub(super) fn item(&self, source: Source) -> Item {
        match source {
            Source::Document(document) => Item::Document(self.first_of(document)),
            Source::Variable(variable) => self.bound[variable],
        }
    }

    fn first_of(&self, document: usize) -> usize {
        if let Some(view) = &self.view {
            return view.headers[&document];
        }
        let position = self.plan.position(document, 0);
        position.expect("every declared document has a position")
    }

    /// All items that a list has room for, and whether each is there.
    pub(super) fn items(&mut self, list: List) -> Vec<Match> {
        if let Some(view) = &self.view {
            return self.lines_of(view.lines);
        }
        match list {
            List::Documents(document) => self
                .positions_of(document)
                .map(|position| {
                    (
                        self.documents[position].used.clone(),
                        Item::Document(position),
                    )
                })
                .collect(),
            List::Lines(document) => {
                let positions: Vec<usize> = self.positions_of(document).collect();
                positions
                    .into_iter()
                    .flat_map(|position| self.lines_of(position))
                    .collect()
            }
            List::LinesOf(variable) => match self.bound[variable] {
                Item::Document(position) => self.lines_of(position),
                Item::Picked(picked) => self.lines_of_picked(picked),
                Item::Line(..) | Item::Tallied(_) => unreachable!("lines have no lines"),
            },
        }
    }

    pub(super) fn positions_of(&self, document: usize) -> impl Iterator<Item = usize> + use<'a> {
        let positions = self.plan.positions();
        let all = 0..positions.len();
        all.filter(move |position| positions[*position].document == document)
    }

    pub(super) fn lines_of(&self, position: usize) -> Vec<Match> {
        let active = self.documents[position].active.iter().enumerate();
        let line = |(line, active): (usize, &Wire)| (active.clone(), Item::Line(position, line));
        active.map(line).collect()
    }

    /// The lines of the one document that a filter picks: each picks its line.
    fn lines_of_picked(&mut self, picked: usize) -> Vec<Match> {
        if let Some(lines) = self.picked_lines.get(&picked) {
            return lines.clone();
        }
        let one = self.picked[picked].one.clone();
        let sources = self.picked[picked].sources.clone();
        let lines = (0..self.plan.lines()).map(|line| {
            let of_source = |(matches, source): &Match| match source {
                Item::Document(position) => (matches.clone(), Item::Line(*position, line)),
                _ => unreachable!("documents are picked from documents"),
            };
            let sources: Vec<Match> = sources.iter().map(of_source).collect();
            let active = self.system.named("K12", |system| {
                let all: Vec<Wire> = sources
                    .iter()
                    .map(|(matches, source)| {
                        let Item::Line(position, line) = *source else {
                            unreachable!("made above");
                        };
                        system.product(matches, &self.documents[position].active[line])
                    })
                    .collect();
                system.product(&one, &Wire::sum(&all))
            });
            (active, sources)
        });
        let lines: Vec<(Wire, Vec<Match>)> = lines.collect();
        let lines: Vec<Match> = lines
            .into_iter()
            .map(|(active, sources)| (active, self.new_pick(one.clone(), sources)))
            .collect();
        self.picked_lines.insert(picked, lines.clone());
        lines
    }

    pub(super) fn new_pick(&mut self, one: Wire, sources: Vec<Match>) -> Item {
        self.picked.push(Pick { one, sources });
        Item::Picked(self.picked.len() - 1)
    }
}
