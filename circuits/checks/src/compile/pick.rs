//! The values of the one item that a filter picks: sums over bits times the values of all.

use sealane_gadgets::Wire;

use super::Compiler;
use super::fields::exact;
use super::value::{Exact, Measure, SymbolId, Value};

/// The two symbols of each value.
fn pairs(
    values: &[Value],
    of: fn(&Value) -> Option<(SymbolId, SymbolId)>,
) -> (Vec<SymbolId>, Vec<SymbolId>) {
    values.iter().filter_map(of).unzip()
}

impl Compiler<'_> {
    /// `one · Σ mᵢ·valueᵢ` of values of one field.
    pub(super) fn pick(&mut self, picked: usize, values: &[Value]) -> Value {
        let symbols = |of: fn(&Value) -> Option<SymbolId>| values.iter().filter_map(of).collect();
        match &values[0] {
            Value::Exact(first) => {
                let all: Vec<Exact> = values.iter().filter_map(exact).collect();
                Value::of(self.pick_exact(picked, first, &all))
            }
            Value::Symbol(_) => {
                let all: Vec<SymbolId> = symbols(|value| match value {
                    Value::Symbol(id) => Some(*id),
                    _ => None,
                });
                Value::Symbol(self.pick_symbols(picked, &all))
            }
            Value::Loose(_) => {
                let all: Vec<SymbolId> = symbols(|value| match value {
                    Value::Loose(id) => Some(*id),
                    _ => None,
                });
                Value::Loose(self.pick_symbols(picked, &all))
            }
            Value::LineReference { .. } => {
                let (lines, of) = pairs(values, |value| match value {
                    Value::LineReference { line, of } => Some((*line, *of)),
                    _ => None,
                });
                Value::LineReference {
                    line: self.pick_symbols(picked, &lines),
                    of: self.pick_measured(picked, &of),
                }
            }
            Value::NumberedLine { .. } => {
                let (lines, of) = pairs(values, |value| match value {
                    Value::NumberedLine { line, of } => Some((*line, *of)),
                    _ => None,
                });
                Value::NumberedLine {
                    line: self.pick_symbols(picked, &lines),
                    of: self.pick_measured(picked, &of),
                }
            }
            Value::Number { .. } => {
                let strict: Vec<SymbolId> = symbols(|value| match value {
                    Value::Number { strict, .. } => Some(*strict),
                    _ => None,
                });
                let loose: Vec<SymbolId> = symbols(|value| match value {
                    Value::Number { loose, .. } => Some(*loose),
                    _ => None,
                });
                Value::Number {
                    strict: self.pick_symbols(picked, &strict),
                    loose: self.pick_symbols(picked, &loose),
                }
            }
        }
    }

    fn pick_exact(&mut self, picked: usize, first: &Exact, all: &[Exact]) -> Exact {
        let part = |of: fn(&Exact) -> &Wire| all.iter().map(|one| of(one).clone()).collect();
        let ready: Vec<Wire> = part(|one| &one.ready);
        let numerators: Vec<Wire> = part(|one| &one.numerator);
        let denominators: Vec<Wire> = all
            .iter()
            .filter_map(|one| one.denominator.clone())
            .collect();
        let denominator = match denominators.is_empty() {
            true => None,
            false => Some(self.pick_wires(picked, &denominators)),
        };
        Exact {
            ready: self.pick_wires(picked, &ready),
            numerator: self.pick_wires(picked, &numerators),
            denominator,
            scale: first.scale,
            largest: first.largest.clone(),
            largest_denominator: first.largest_denominator.clone(),
            measure: self.pick_measure(picked, all),
        }
    }

    fn pick_measure(&mut self, picked: usize, all: &[Exact]) -> Measure {
        let part = |of: fn(Measure) -> Option<SymbolId>| {
            let ids = all.iter().filter_map(|one| of(one.measure));
            ids.collect::<Vec<SymbolId>>()
        };
        match all[0].measure {
            Measure::Money(_) => {
                let all = part(|measure| match measure {
                    Measure::Money(id) => Some(id),
                    _ => None,
                });
                Measure::Money(self.pick_measured(picked, &all))
            }
            Measure::Goods(_) => {
                let all = part(|measure| match measure {
                    Measure::Goods(id) => Some(id),
                    _ => None,
                });
                Measure::Goods(self.pick_measured(picked, &all))
            }
            Measure::Rate(..) => {
                let currencies = part(|measure| match measure {
                    Measure::Rate(id, _) => Some(id),
                    _ => None,
                });
                let units = part(|measure| match measure {
                    Measure::Rate(_, id) => Some(id),
                    _ => None,
                });
                let currency = self.pick_measured(picked, &currencies);
                Measure::Rate(currency, self.pick_measured(picked, &units))
            }
            other => other,
        }
    }

    /// A unit, a currency or the number of a line's document: where all sources share one, it is that one, as it counts only where the number is ready.
    fn pick_measured(&mut self, picked: usize, all: &[SymbolId]) -> SymbolId {
        if all.iter().all(|id| *id == all[0]) {
            return all[0];
        }
        let key = (picked, all.to_vec());
        if let Some(known) = self.picked_measures.get(&key) {
            return *known;
        }
        let wires: Vec<Wire> = all
            .iter()
            .map(|id| self.symbols[id.0].wire.clone())
            .collect();
        let wire = self.pick_wires(picked, &wires);
        let id = self.symbol(Wire::one(), wire);
        self.picked_measures.insert(key, id);
        id
    }

    pub(super) fn pick_symbols(&mut self, picked: usize, all: &[SymbolId]) -> SymbolId {
        let ready: Vec<Wire> = all
            .iter()
            .map(|id| self.symbols[id.0].ready.clone())
            .collect();
        let wires: Vec<Wire> = all
            .iter()
            .map(|id| self.symbols[id.0].wire.clone())
            .collect();
        let ready = self.pick_wires(picked, &ready);
        let wire = self.pick_wires(picked, &wires);
        self.symbol(ready, wire)
    }

    /// `one · Σ mᵢ·wireᵢ`.
    pub(super) fn pick_wires(&mut self, picked: usize, wires: &[Wire]) -> Wire {
        let pick = &self.picked[picked];
        let system = &mut *self.system;
        // specs: cross-check#K12
        system.named("K12", |system| {
            let products: Vec<Wire> = pick
                .sources
                .iter()
                .zip(wires)
                .map(|((matches, _), wire)| system.product(matches, wire))
                .collect();
            system.product(&pick.one, &Wire::sum(&products))
        })
    }
}
