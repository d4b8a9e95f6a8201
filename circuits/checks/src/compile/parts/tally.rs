//! What passes count: added up part by part, and read where the binding itself would stand.

use ark_bls12_381::Fr;
use ark_ff::{AdditiveGroup, Field as _};
use num_bigint::BigUint;
use sealane_gadgets::{Wire, decide};
use sealane_types::schema::{AMOUNT_SCALE, NUMBER_BITS, PRICE_SCALE, QUANTITY_SCALE};

use super::super::fields::exact;
use super::super::terms::Summed;
use super::super::value::{Exact, Measure, SymbolId, Value, largest};
use super::super::{Compiler, Item, Match};
use super::given::{TalliedLine, TallyOf};
use super::outline::{Aggregate, Picked, is_measured, key};
use crate::ast::Quantifier;
use crate::field::{Field, FieldType};
use crate::typed::{Binding, Condition, Term, Type};

impl Compiler<'_> {
    pub(in crate::compile) fn tally_of(&self, over: &Binding) -> Option<TallyOf> {
        self.tallies.get(&key(over)).cloned()
    }

    /// Whether a quantified condition is met, by what was counted.
    pub(in crate::compile) fn tallied_quantified(
        &mut self,
        quantifier: Quantifier,
        tally: &TallyOf,
        body: &Condition,
    ) -> Wire {
        let cells = &tally.cells;
        match (quantifier, &tally.picked) {
            (Quantifier::Any, _) => {
                let none = self.is_zero(&cells[0]);
                decide::not(&none)
            }
            (Quantifier::All, _) => {
                let respected = self.is_zero(&cells[1]);
                let none = self.is_zero(&cells[0]);
                self.and(&respected, &decide::not(&none))
            }
            (Quantifier::One, None) => {
                let one = Wire::one();
                let [matching, met] =
                    [&cells[0], &cells[1]].map(|count| self.equal(&one, count, &one));
                self.and(&matching, &met)
            }
            (Quantifier::One, Some(picked)) => {
                let one = self.equal(&Wire::one(), &cells[0], &Wire::one());
                let line = self.picked_line(&one, &cells[1..], picked);
                let body = self.with(line, body);
                self.and(&one, &body)
            }
        }
    }

    /// `one · Σ mᵢ·valueᵢ`, as a line.
    fn picked_line(&mut self, one: &Wire, cells: &[Wire], picked: &[Picked]) -> Item {
        let mut rest = cells;
        let mut all = Vec::with_capacity(picked.len());
        for read in picked {
            let (own, others) = rest.split_at(read.cells());
            rest = others;
            // specs: cross-check#K12
            let own = self.system.named("K12", |system| {
                let own = own.iter().map(|cell| system.product(one, cell));
                own.collect::<Vec<_>>()
            });
            all.push((*read, own));
        }
        self.tallied.push(TalliedLine { cells: all });
        Item::Tallied(self.tallied.len() - 1)
    }

    fn cells_of(&self, line: usize, read: Picked) -> &[Wire] {
        let mut all = self.tallied[line].cells.iter();
        let found = all.find(|(one, _)| *one == read);
        &found.expect("the outline collects what bodies read").1
    }

    pub(in crate::compile) fn tallied_presence(&mut self, line: usize, slot: usize) -> Wire {
        self.cells_of(line, Picked::Presence(slot))[0].clone()
    }

    pub(in crate::compile) fn tallied_loose(
        &mut self,
        line: usize,
        field: &'static Field,
    ) -> SymbolId {
        let cells = self.cells_of(line, Picked::Loose(field)).to_vec();
        self.symbol(cells[0].clone(), cells[1].clone())
    }

    /// The value of a picked line's field, from its numbers: the twin of [`flat`].
    pub(in crate::compile) fn tallied_value(
        &mut self,
        line: usize,
        field: &'static Field,
    ) -> Value {
        let cells = self.cells_of(line, Picked::Value(field)).to_vec();
        let mut symbol = |cell: &Wire| self.symbol(Wire::one(), cell.clone());
        let (measure, scale) = match field.holds {
            FieldType::Text | FieldType::LineId => {
                return Value::Symbol(self.symbol(cells[0].clone(), cells[1].clone()));
            }
            FieldType::LineReference | FieldType::NumberedLine => {
                let of = symbol(&cells[2]);
                let line = self.symbol(cells[0].clone(), cells[1].clone());
                return match field.holds {
                    FieldType::LineReference => Value::LineReference { line, of },
                    _ => Value::NumberedLine { line, of },
                };
            }
            FieldType::Integer => (Measure::Integer, 0),
            FieldType::Amount => (Measure::Money(symbol(&cells[2])), AMOUNT_SCALE),
            FieldType::Quantity => (Measure::Goods(symbol(&cells[2])), QUANTITY_SCALE),
            FieldType::Price => {
                let currency = symbol(&cells[3]);
                let scale = PRICE_SCALE - QUANTITY_SCALE;
                (Measure::Rate(currency, symbol(&cells[4])), scale)
            }
            _ => unreachable!("lines hold texts, integers, amounts, quantities and prices"),
        };
        let denominator = (field.holds == FieldType::Price).then(|| cells[2].clone());
        let largest_denominator = match denominator {
            Some(_) => largest(NUMBER_BITS),
            None => BigUint::from(1_u8),
        };
        Value::of(Exact {
            ready: cells[0].clone(),
            numerator: cells[1].clone(),
            denominator,
            scale,
            largest: largest(field.holds.bits()),
            largest_denominator,
            measure,
        })
    }

    pub(in crate::compile) fn tallied_count(&mut self, over: &Binding, tally: &TallyOf) -> Exact {
        Exact {
            ready: Wire::one(),
            numerator: tally.cells[0].clone(),
            denominator: None,
            scale: 0,
            largest: self.instance.most(over.list).into(),
            largest_denominator: BigUint::from(1_u8),
            measure: Measure::Integer,
        }
    }

    pub(in crate::compile) fn tallied_sum(
        &mut self,
        term: &Term,
        over: &Binding,
        tally: &TallyOf,
    ) -> Summed {
        let cells = &tally.cells;
        let none = self.is_zero(&cells[0]);
        let mut unfit = cells[1].clone();
        let measure = match is_measured(term) {
            true => {
                unfit = &unfit + &cells[3];
                self.one_has_the_unit(cells, &none);
                let unit = self.symbol(Wire::one(), cells[4].clone());
                match term.holds {
                    Type::Quantity => Measure::Goods(unit),
                    _ => Measure::Money(unit),
                }
            }
            false => match term.holds {
                Type::Integer => Measure::Integer,
                Type::Date => Measure::Day,
                _ => Measure::Plain,
            },
        };
        let ready = self.is_zero(&unfit);
        let (inner, scale) = self
            .instance
            .magnitude(term)
            .expect("resolving lets numbers alone be added up");
        let exact = Exact {
            ready,
            numerator: cells[2].clone(),
            denominator: None,
            scale,
            largest: inner * self.instance.most(over.list),
            largest_denominator: BigUint::from(1_u8),
            measure,
        };
        Summed { none, exact }
    }

    /// That some summand has the unit which the others were compared with.
    fn one_has_the_unit(&mut self, cells: &[Wire], none: &Wire) {
        let some = decide::not(none);
        // specs: cross-check#K12
        self.system.named("K12", |system| {
            let agreeing = &cells[0] - &cells[3];
            let inverse = agreeing.value().inverse().unwrap_or(Fr::ZERO);
            let inverse = system.witness(inverse * some.value());
            system.enforce(&agreeing, &inverse, &some);
            system.enforce(none, &cells[4], &Wire::constant(Fr::ZERO));
        });
    }

    /// What was counted before, and what these lines add. Bodies are those of a binding in another: of a `one` its line's
    /// values are added up.
    pub(super) fn added(
        &mut self,
        aggregate: Aggregate<'_>,
        matching: &[Match],
        picked: Option<&[Picked]>,
        before: &[Wire],
    ) -> Vec<Wire> {
        let count = Wire::sum(matching.iter().map(|(one, _)| one));
        let add = |number: usize, more: &Wire| &before[number] + more;
        match aggregate {
            Aggregate::Count => vec![add(0, &count)],
            Aggregate::Sum(term) => self.added_sum(term, matching, before),
            Aggregate::Quantified(Quantifier::One, _) if picked.is_some() => {
                let mut after = vec![add(0, &count)];
                for read in picked.unwrap_or_default() {
                    let from = after.len();
                    let sums = self.picked_sums(*read, matching);
                    let sums = sums.iter().enumerate();
                    after.extend(sums.map(|(number, sum)| add(from + number, sum)));
                }
                after
            }
            Aggregate::Quantified(quantifier, body) => {
                let met = self.bodies(matching, body);
                let met = Wire::sum(&met);
                match quantifier {
                    Quantifier::Any => vec![add(0, &met)],
                    Quantifier::All => vec![add(0, &count), add(1, &(&count - &met))],
                    Quantifier::One => vec![add(0, &count), add(1, &met)],
                }
            }
        }
    }

    /// For each line whether it matches and its body is met.
    fn bodies(&mut self, matching: &[Match], body: &Condition) -> Vec<Wire> {
        let both = matching.iter().map(|(matches, item)| {
            let body = self.with(*item, body);
            self.and(matches, &body)
        });
        both.collect()
    }

    fn picked_sums(&mut self, read: Picked, matching: &[Match]) -> Vec<Wire> {
        let values: Vec<Vec<Wire>> = matching
            .iter()
            .map(|(_, item)| match read {
                Picked::Presence(slot) => vec![self.present(*item, slot)],
                Picked::Loose(field) => {
                    let loose = self.loose_text(*item, field);
                    self.flat(&Value::Symbol(loose))
                }
                Picked::Value(field) => {
                    let value = self.field(*item, field);
                    self.flat(&value)
                }
            })
            .collect();
        // specs: cross-check#K12
        self.system.named("K12", |system| {
            let sum = |number: usize| {
                let pairs = matching.iter().zip(&values);
                let products: Vec<Wire> = pairs
                    .map(|((matches, _), value)| system.product(matches, &value[number]))
                    .collect();
                Wire::sum(&products)
            };
            (0..read.cells()).map(sum).collect()
        })
    }

    /// A line's value as numbers.
    fn flat(&self, value: &Value) -> Vec<Wire> {
        let symbol = |id: super::SymbolId| self.symbols[id.0].clone();
        match value {
            Value::Symbol(id) => {
                let symbol = symbol(*id);
                vec![symbol.ready, symbol.wire]
            }
            Value::Exact(exact) => {
                let mut all = vec![exact.ready.clone(), exact.numerator.clone()];
                all.extend(exact.denominator.clone());
                match exact.measure {
                    Measure::Money(id) | Measure::Goods(id) => all.push(symbol(id).wire),
                    Measure::Rate(currency, unit) => {
                        all.extend([symbol(currency).wire, symbol(unit).wire]);
                    }
                    Measure::Integer | Measure::Day | Measure::Plain => {}
                }
                all
            }
            Value::LineReference { line, of } | Value::NumberedLine { line, of } => {
                let line = symbol(*line);
                vec![line.ready, line.wire, symbol(*of).wire]
            }
            Value::Number { .. } | Value::Loose(_) => {
                unreachable!("lines hold no numbers of documents")
            }
        }
    }

    /// How many, how many of them are not ready, their sum, how many have another unit, the unit. The unit is free until a
    /// summand was counted, and then stays.
    fn added_sum(&mut self, term: &Term, matching: &[Match], before: &[Wire]) -> Vec<Wire> {
        let mut summands = Vec::with_capacity(matching.len());
        for (_, item) in matching {
            self.bound.push(*item);
            let value = self.term(term);
            self.bound.pop();
            summands.push(exact(&value).expect("resolving lets numbers alone be added up"));
        }
        let count = Wire::sum(matching.iter().map(|(one, _)| one));
        // specs: cross-check#K12
        let (bad, sum) = self.system.named("K12", |system| {
            let (mut bad, mut sum) = (Vec::new(), Vec::new());
            for ((one, _), summand) in matching.iter().zip(&summands) {
                bad.push(system.product(one, &decide::not(&summand.ready)));
                sum.push(system.product(one, &summand.numerator));
            }
            (Wire::sum(&bad), Wire::sum(&sum))
        });
        let mut after = vec![&before[0] + &count, &before[1] + &bad, &before[2] + &sum];
        if is_measured(term) {
            let units: Vec<Wire> = summands.iter().map(|one| self.unit_of(one)).collect();
            after.extend(self.added_units(matching, &units, before));
        }
        after
    }

    fn unit_of(&self, summand: &Exact) -> Wire {
        match summand.measure {
            Measure::Money(id) | Measure::Goods(id) => self.symbols[id.0].wire.clone(),
            _ => Wire::constant(Fr::ZERO),
        }
    }

    fn added_units(&mut self, matching: &[Match], units: &[Wire], before: &[Wire]) -> [Wire; 2] {
        let pairs = || matching.iter().map(|(one, _)| one).zip(units);
        let known = pairs().find(|(one, _)| one.value() == Fr::ONE);
        let unit = match before[0].value() == Fr::ZERO {
            true => known.map_or(Fr::ZERO, |(_, unit)| unit.value()),
            false => before[4].value(),
        };
        // specs: cross-check#P3
        let unit = self.system.named("P3", |system| {
            let unit = system.witness(unit);
            let change = &unit - &before[4];
            system.enforce(&before[0], &change, &Wire::constant(Fr::ZERO));
            unit
        });
        // specs: cross-check#K12
        let differing = self.system.named("K12", |system| {
            let differing: Vec<Wire> = pairs()
                .map(|(one, own)| {
                    let apart = system.product(one, &(own - &unit));
                    decide::not(&decide::is_zero(system, &apart))
                })
                .collect();
            Wire::sum(&differing)
        });
        [&before[3] + &differing, unit]
    }
}
