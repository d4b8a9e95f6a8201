//! Values of terms, and the places that they come from.

use sealane_types::fields::{FieldValue, loose_number};

use super::value::{Exact, Measure, Value, of_leaf, price};
use super::{Evaluator, Item, Side, Why};
use crate::ast::Sign;
use crate::currency::currency;
use crate::field::{CURRENCY, Field, FieldType, NUMBER, QUANTITY};
use crate::typed::{Binding, FieldRef, Term, TermNode, Type};

impl Evaluator<'_> {
    /// A value with its places and how it is shown.
    pub(super) fn explained(&mut self, term: &Term) -> (Result<Value, Why>, Side) {
        let before = self.trace.replace(Vec::new());
        let value = self.value(term);
        let mut places = std::mem::replace(&mut self.trace, before).unwrap_or_default();
        places.sort();
        places.dedup();
        let shown = match (&value, &places[..]) {
            (Err(_), _) => None,
            (Ok(_), [one]) if matches!(term.node, TermNode::Field(_)) => one.value.clone(),
            (Ok(Value::Exact(exact)), _) => Some(exact.shown()),
            (
                Ok(
                    Value::Symbol(text)
                    | Value::Loose(text)
                    | Value::Number { strict: text, .. }
                    | Value::LineReference { line: text, .. }
                    | Value::NumberedLine { line: text, .. },
                ),
                _,
            ) => Some(text.clone()),
        };
        let side = Side {
            value: shown,
            places,
        };
        (value, side)
    }

    /// A value, or why there is none.
    pub(super) fn value(&mut self, term: &Term) -> Result<Value, Why> {
        let exact = match &term.node {
            TermNode::Field(field) => return self.of_field(field),
            TermNode::Text(text) => return Ok(text_value(text, term.holds)),
            TermNode::Number(number) => Exact::written(*number),
            TermNode::Date(day) => Exact::whole(*day, 0, Measure::Day),
            TermNode::Days(days) => Exact::whole(*days, 0, Measure::Plain),
            TermNode::Count(over) => self.count(over),
            TermNode::Sum { term, over } => self.sum(term, over)?,
            TermNode::Product { price, quantity } => {
                let price = self.of_field(price);
                let quantity = self.value(quantity);
                exact(price?)?.times(&exact(quantity?)?)?
            }
            TermNode::Chain { first, rest } => {
                let mut sum = self.value(first).and_then(exact);
                for (sign, next) in rest {
                    let next = self.value(next).and_then(exact);
                    sum = sum.and_then(|sum| sum.joined(*sign, &next?));
                }
                sum?
            }
        };
        self.peak = self.peak.max(exact.numerator.bits());
        Ok(Value::Exact(exact))
    }

    fn of_field(&mut self, field: &FieldRef) -> Result<Value, Why> {
        let item = self.item(field.source);
        self.note(item, field.field);
        let leaf = self.leaf(item, field.field).ok_or(Why::Absent)?.clone();
        let header = Item { line: None, ..item };
        match field.field.holds {
            FieldType::NumberedLine => return self.numbered(&leaf, header),
            FieldType::Price => {}
            holds => return of_leaf(holds, &leaf),
        }
        self.note(header, &CURRENCY);
        self.note(item, &QUANTITY);
        let money = match self.leaf(header, &CURRENCY).ok_or(Why::Absent)? {
            FieldValue::Text(code) => currency(code).ok_or(Why::UnknownCurrency)?,
            _ => return Err(Why::Unreadable),
        };
        let unit = match self.leaf(item, &QUANTITY).ok_or(Why::Absent)? {
            FieldValue::Quantity { unit, .. } if unit.is_empty() => return Err(Why::NoUnit),
            FieldValue::Quantity { unit, .. } => unit.clone(),
            _ => return Err(Why::Unreadable),
        };
        Ok(Value::Exact(price(&leaf, money, unit)?))
    }

    /// A line's identifier with its document's number.
    fn numbered(&mut self, leaf: &FieldValue, header: Item) -> Result<Value, Why> {
        self.note(header, &NUMBER);
        let of = match self.leaf(header, &NUMBER) {
            None => None,
            Some(FieldValue::Number(number)) => Some(loose_number(number)),
            Some(_) => return Err(Why::Unreadable),
        };
        match leaf {
            FieldValue::Text(line) => Ok(Value::NumberedLine {
                line: line.clone(),
                of,
            }),
            _ => Err(Why::Unreadable),
        }
    }

    fn note(&mut self, item: Item, field: &Field) {
        if self.trace.is_some() {
            let place = self.place(item, field);
            if let Some(trace) = &mut self.trace {
                trace.push(place);
            }
        }
    }

    fn count(&mut self, over: &Binding) -> Exact {
        let items = self.matching(over);
        self.note_list(over, &items);
        Exact::whole(items.len(), 0, Measure::Integer)
    }

    /// Notes which lines were counted or found missing: what the filter read outside them, and they themselves.
    fn note_list(&mut self, over: &Binding, items: &[Item]) {
        if self.trace.is_some() {
            let sides = self.list_side(over, items);
            let places = sides.into_iter().flat_map(|side| side.places);
            let places: Vec<_> = places.collect();
            if let Some(trace) = &mut self.trace {
                trace.extend(places);
            }
        }
    }

    fn sum(&mut self, term: &Term, over: &Binding) -> Result<Exact, Why> {
        let items = self.matching(over);
        self.note_list(over, &[]); // which lines are added depends on what the filter read around them
        let mut sum: Option<Result<Exact, Why>> = None;
        for item in items {
            self.bound.push(item);
            let next = self.value(term).and_then(exact);
            self.bound.pop();
            sum = Some(match sum {
                None => next,
                Some(sum) => sum.and_then(|sum| sum.joined(Sign::Plus, &next?)),
            });
            if matches!(sum, Some(Err(_))) && self.trace.is_none() {
                break;
            }
        }
        sum.unwrap_or(Err(Why::None))
    }
}

fn exact(value: Value) -> Result<Exact, Why> {
    match value {
        Value::Exact(exact) => Ok(exact),
        _ => Err(Why::Unreadable),
    }
}

fn text_value(text: &str, holds: Type) -> Value {
    let loose = loose_number(text);
    match holds {
        Type::Number => Value::Number {
            strict: text.to_owned(),
            loose,
        },
        Type::Reference => Value::Loose(loose),
        _ => Value::Symbol(text.to_owned()),
    }
}
