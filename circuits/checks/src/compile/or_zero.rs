//! `else 0`: what is not there counts as 0, in the unit or currency of whatever stands beside it.

use sealane_gadgets::{Wire, decide};

use super::terms::{Summed, number};
use super::value::{Exact, Measure, SymbolId};
use super::{Compiler, Item};
use crate::field::Field;
use crate::typed::{Term, TermNode};

impl Compiler<'_> {
    /// A field's or a sum's value, or 0.
    pub(super) fn or_zero(&mut self, value: &Term) -> Exact {
        match &value.node {
            TermNode::Field(field) => self.field_or_zero(self.item(field.source), field.field),
            TermNode::Sum { term, over } => {
                let Summed { none, exact } = self.summed(term, over);
                self.where_there(exact, &decide::not(&none))
            }
            _ => unreachable!("resolving lets `else 0` stand after fields and sums alone"),
        }
    }

    fn field_or_zero(&mut self, item: Item, field: &'static Field) -> Exact {
        if let Some(known) = self.or_zero.get(&(item, field.path)) {
            return known.clone();
        }
        let value = self.field(item, field);
        let exact = number(&value);
        let present = self.present(item, field.slot);
        let exact = Exact {
            ready: &exact.ready + &decide::not(&present), // what is ready is there
            ..exact
        };
        let exact = self.where_there(exact, &present);
        self.or_zero.insert((item, field.path), exact.clone());
        exact
    }

    /// 0 unless it is there, whatever stands in the leaf of what is not; its unit or currency likewise.
    fn where_there(&mut self, exact: Exact, there: &Wire) -> Exact {
        // specs: cross-check#K16
        let numerator = self
            .system
            .named("K16", |system| system.product(there, &exact.numerator));
        let measure = match exact.measure {
            Measure::Money(id) => Measure::Money(self.symbol_where(id, there)),
            Measure::Goods(id) => Measure::Goods(self.symbol_where(id, there)),
            other => other,
        };
        Exact {
            numerator,
            measure,
            ..exact
        }
    }

    fn symbol_where(&mut self, id: SymbolId, there: &Wire) -> SymbolId {
        let symbol = self.symbols[id.0].clone();
        let absent = decide::not(there);
        // specs: cross-check#K16
        let (wire, free) = self.system.named("K16", |system| {
            let wire = system.product(there, &symbol.wire);
            let free = match symbol.free {
                None => absent,
                Some(free) => &absent + &system.product(there, &free),
            };
            (wire, free)
        });
        self.free_symbol(wire, Some(free))
    }

    /// Whether two units or currencies go together, and which they are together.
    pub(super) fn same_free(&mut self, one: SymbolId, other: SymbolId) -> (Wire, SymbolId) {
        let same = self.same_symbol(one, other);
        let free = (
            self.symbols[one.0].free.clone(),
            self.symbols[other.0].free.clone(),
        );
        let (Some(left), Some(right)) = free else {
            // where the one is free it is the other's; where not, and they are the same, either is as good
            let other_is_free = self.symbols[other.0].free.is_some();
            return (same, if other_is_free { one } else { other });
        };
        let [own, others] = [one, other].map(|id| self.symbols[id.0].wire.clone());
        // specs: cross-check#K16
        let (wire, free) = self.system.named("K16", |system| {
            let taken = system.product(&left, &others);
            (&own + &taken, system.product(&left, &right))
        });
        (same, self.free_symbol(wire, Some(free)))
    }

    /// A text's loose form as a symbol; not ready where nothing is left of it.
    pub(super) fn loose_text(&mut self, item: Item, field: &'static Field) -> SymbolId {
        if let Some(known) = self.loose_texts.get(&(item, field.slot)) {
            return *known;
        }
        let id = match item {
            Item::Picked(picked) => {
                let sources = self.picked[picked].sources.clone();
                let all: Vec<SymbolId> = sources
                    .iter()
                    .map(|(_, source)| self.loose_text(*source, field))
                    .collect();
                self.pick_symbols(picked, &all)
            }
            Item::Tallied(line) => self.tallied_loose(line, field),
            Item::Document(_) | Item::Line(..) => {
                let (present, loose) = self.second(item, field.slot);
                let empty = self.is_zero(&loose);
                let ready = self.and(&present, &decide::not(&empty));
                self.symbol(ready, loose)
            }
        };
        self.loose_texts.insert((item, field.slot), id);
        id
    }
}
