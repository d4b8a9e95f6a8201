//! Terms as values: the twin of `evaluate/term.rs`.

use ark_bls12_381::Fr;
use ark_ff::{AdditiveGroup, Field as _};
use num_bigint::BigUint;
use sealane_gadgets::{Wire, decide};
use sealane_types::fields::loose_number;

use super::fields::{currency_number, exact};
use super::value::{Exact, Measure, SymbolId, Value, big_ten, ten, text};
use super::{Compiler, Match};
use crate::ast::Sign;
use crate::typed::{Binding, Term, TermNode, Type};

impl Compiler<'_> {
    /// A term's value.
    pub(super) fn term(&mut self, term: &Term) -> Value {
        let number = match &term.node {
            TermNode::Field(field) => return self.field(self.item(field.source), field.field),
            TermNode::Text(written) => return self.literal(written, term.holds),
            TermNode::Number(number) => {
                Exact::constant(number.mantissa, number.scale, Measure::Plain)
            }
            TermNode::Date(day) => Exact::constant((*day).into(), 0, Measure::Day),
            TermNode::Days(days) => Exact::constant((*days).into(), 0, Measure::Plain),
            TermNode::Count(over) => self.count(over),
            TermNode::Sum { term, over } => self.sum(term, over),
            TermNode::OrZero(value) => self.or_zero(value),
            TermNode::Product { price, quantity } => {
                let price = self.field(self.item(price.source), price.field);
                let quantity = self.term(quantity);
                self.product(&number(&price), &number(&quantity))
            }
            TermNode::Chain { first, rest } => {
                let first = self.term(first);
                let mut sum = number(&first);
                for (sign, next) in rest {
                    let next = self.term(next);
                    sum = self.joined(&sum, *sign, &number(&next));
                }
                sum
            }
        };
        Value::of(number)
    }

    fn literal(&mut self, written: &str, holds: Type) -> Value {
        let strict = match holds {
            Type::Currency => currency_number(written),
            _ => text(written),
        };
        let strict = self.constant(strict);
        match holds {
            Type::Number => Value::Number {
                strict,
                loose: self.constant(text(&loose_number(written))),
            },
            Type::Reference => Value::Loose(self.constant(text(&loose_number(written)))),
            _ => Value::Symbol(strict),
        }
    }

    fn count(&mut self, over: &Binding) -> Exact {
        if let Some(tally) = self.tally_of(over) {
            return self.tallied_count(over, &tally);
        }
        let matching = self.matching(over);
        Exact {
            ready: Wire::one(),
            numerator: Wire::sum(matching.iter().map(|(one, _)| one)),
            denominator: None,
            scale: 0,
            largest: matching.len().into(),
            largest_denominator: BigUint::from(1_u8),
            measure: Measure::Integer,
        }
    }

    fn sum(&mut self, term: &Term, over: &Binding) -> Exact {
        let Summed { none, exact } = self.summed(term, over);
        Exact {
            ready: self.and(&exact.ready, &decide::not(&none)),
            ..exact
        }
    }

    /// A sum that is ready also where there is nothing to add up.
    pub(super) fn summed(&mut self, term: &Term, over: &Binding) -> Summed {
        if let Some(tally) = self.tally_of(over) {
            return self.tallied_sum(term, over, &tally);
        }
        let matching = self.matching(over);
        let mut summands = Vec::with_capacity(matching.len());
        for (_, item) in &matching {
            self.bound.push(*item);
            let value = self.term(term);
            self.bound.pop();
            summands.push(number(&value));
        }
        let first = &summands[0];
        let (scale, largest) = (first.scale, &first.largest * matching.len());
        let pairs = || matching.iter().map(|(one, _)| one).zip(&summands);
        // specs: cross-check#K12
        let (bad, numerator) = self.system.named("K12", |system| {
            let mut bad = Vec::with_capacity(summands.len());
            let mut numerators = Vec::with_capacity(summands.len());
            for (one, summand) in pairs() {
                bad.push(system.product(one, &decide::not(&summand.ready)));
                numerators.push(system.product(one, &summand.numerator));
            }
            (Wire::sum(&bad), Wire::sum(&numerators))
        });
        let (measure, differing) = self.common_measure(&matching, &summands);
        let count = Wire::sum(matching.iter().map(|(one, _)| one));
        let ready = self.is_zero(&(&bad + &differing));
        let none = self.is_zero(&count);
        let exact = Exact {
            ready,
            numerator,
            denominator: None,
            scale,
            largest,
            largest_denominator: BigUint::from(1_u8),
            measure,
        };
        Summed { none, exact }
    }

    /// What the summands measure, and how many of them measure something else.
    fn common_measure(&mut self, matching: &[Match], summands: &[Exact]) -> (Measure, Wire) {
        let symbol = |one: &Exact| match one.measure {
            Measure::Money(id) | Measure::Goods(id) => Some(id),
            _ => None,
        };
        let first = summands[0].measure;
        let symbols: Vec<SymbolId> = summands.iter().filter_map(symbol).collect();
        if symbols.is_empty() || symbols.iter().all(|id| *id == symbols[0]) {
            return (first, Wire::constant(Fr::ZERO));
        }
        let wires: Vec<Wire> = symbols
            .iter()
            .map(|id| self.symbols[id.0].wire.clone())
            .collect();
        let counted = self.counted(matching, &symbols);
        // specs: cross-check#K12
        let (common, differing, none) = self.system.named("K12", |system| {
            let met = counted.iter().zip(&wires);
            let known = met.clone().find(|(one, _)| one.value() == Fr::ONE);
            let common = system.witness(known.map_or(Fr::ZERO, |(_, wire)| wire.value()));
            let differing: Vec<Wire> = met
                .map(|(one, wire)| {
                    let apart = system.product(one, &(wire - &common));
                    decide::not(&decide::is_zero(system, &apart))
                })
                .collect();
            let differing = Wire::sum(&differing);
            let count = Wire::sum(&counted);
            let none = decide::is_zero(system, &count);
            let agreeing = &count - &differing;
            let inverse = agreeing.value().inverse().unwrap_or(Fr::ZERO);
            let inverse = system.witness(inverse * decide::not(&none).value());
            system.enforce(&agreeing, &inverse, &decide::not(&none));
            system.enforce(&none, &common, &Wire::constant(Fr::ZERO));
            (common, differing, none)
        });
        let is_free = symbols.iter().any(|id| self.symbols[id.0].free.is_some());
        let id = self.free_symbol(common, is_free.then_some(none));
        let measure = match first {
            Measure::Goods(_) => Measure::Goods(id),
            _ => Measure::Money(id),
        };
        (measure, differing)
    }

    /// Which summands say what is measured: those that match, and are not the 0 for what is not there.
    fn counted(&mut self, matching: &[Match], symbols: &[SymbolId]) -> Vec<Wire> {
        let pairs = matching.iter().zip(symbols);
        let counted = pairs.map(|((one, _), id)| match self.symbols[id.0].free.clone() {
            None => one.clone(),
            // specs: cross-check#K16
            Some(free) => self
                .system
                .named("K16", |system| system.product(one, &decide::not(&free))),
        });
        counted.collect()
    }

    fn product(&mut self, price: &Exact, quantity: &Exact) -> Exact {
        let (Measure::Rate(currency, unit), Measure::Goods(other)) =
            (price.measure, quantity.measure)
        else {
            unreachable!("resolving lets prices be multiplied with quantities alone");
        };
        let same = self.same_symbol(unit, other);
        let numerator = self.system.named("K12", |system| {
            system.product(&price.numerator, &quantity.numerator)
        });
        Exact {
            ready: self.all(&[&price.ready, &quantity.ready, &same]),
            numerator,
            denominator: price.denominator.clone(),
            scale: price.scale + quantity.scale,
            largest: &price.largest * &quantity.largest,
            largest_denominator: price.largest_denominator.clone(),
            measure: Measure::Money(currency),
        }
    }

    fn joined(&mut self, one: &Exact, sign: Sign, other: &Exact) -> Exact {
        let (same, measure) = self.same_measure(one.measure, other.measure);
        let scale = one.scale.max(other.scale);
        let left = &one.numerator * ten(scale - one.scale);
        let right = &other.numerator * ten(scale - other.scale);
        let largest = &one.largest * big_ten(scale - one.scale)
            + &other.largest * big_ten(scale - other.scale);
        Exact {
            ready: self.all(&[&one.ready, &other.ready, &same]),
            numerator: match sign {
                Sign::Plus => &left + &right,
                Sign::Minus => &left - &right,
            },
            denominator: None,
            scale,
            largest,
            largest_denominator: BigUint::from(1_u8),
            measure,
        }
    }

    /// Whether two numbers measure the same, and what.
    pub(super) fn same_measure(&mut self, one: Measure, other: Measure) -> (Wire, Measure) {
        use Measure::{Day, Goods, Integer, Money, Plain, Rate};
        let same = match (one, other) {
            (Plain, measure) | (measure, Plain) => return (Wire::one(), measure),
            (Integer, Integer) | (Day, Day) => Wire::one(),
            (Money(one), Money(other)) => {
                let (same, both) = self.same_free(one, other);
                return (same, Money(both));
            }
            (Goods(one), Goods(other)) => {
                let (same, both) = self.same_free(one, other);
                return (same, Goods(both));
            }
            (Rate(money, unit), Rate(other, per)) => {
                let money = self.same_symbol(money, other);
                let unit = self.same_symbol(unit, per);
                self.and(&money, &unit)
            }
            _ => Wire::constant(Fr::ZERO),
        };
        (same, one)
    }
}

/// A sum, ready where all summands are and fit together, and whether there are none.
pub(super) struct Summed {
    pub none: Wire,
    pub exact: Exact,
}

/// The number of a term that resolving has found to be one.
pub(super) fn number(value: &Value) -> Exact {
    exact(value).expect("resolving lets numbers alone be calculated with")
}
