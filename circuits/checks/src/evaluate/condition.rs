//! Conditions. `found` asks for reasons: with it nothing is cut short, and the bit is the same.

use super::{Evaluator, Found, Item, Place, Side, Why, miscounted};
use crate::ast::{Quantifier, Relation, Tolerance};
use crate::typed::{Binding, Condition, FieldRef, Source, Term, TermNode};

use super::value::Value;

impl Evaluator<'_> {
    /// Whether a condition holds; if not, the reasons go to `found`.
    pub(super) fn holds(&mut self, condition: &Condition, found: Option<&mut Found>) -> bool {
        match condition {
            Condition::And(parts) => self.and(parts, found),
            Condition::Or(parts) => self.or(parts, found),
            Condition::Quantified {
                quantifier,
                over,
                body,
            } => self.quantified(*quantifier, over, body, found),
            Condition::Guarded { fields, body } => {
                let there = fields.iter().all(|field| self.is_present(field));
                !there || self.holds(body, found)
            }
            Condition::Present(field) => {
                let met = self.is_present(field);
                self.say(met, Why::Absent, &[field], found)
            }
            Condition::Absent(field) => {
                let met = !self.is_present(field);
                self.say(met, Why::Present, &[field], found)
            }
            Condition::Compare {
                left,
                relation,
                right,
            } => self.compare(left, *relation, right, found),
            Condition::Within {
                left,
                tolerance,
                right,
            } => self.within(left, *tolerance, right, found),
            Condition::OneOf { value, list } => self.one_of(value, list, found),
            Condition::Party { left, same, right } => self.party(left, *same, right, found),
        }
    }

    fn and(&mut self, parts: &[Condition], mut found: Option<&mut Found>) -> bool {
        let mut all = true;
        for part in parts {
            all &= self.holds(part, found.as_deref_mut());
            if !all && found.is_none() {
                return false;
            }
        }
        all
    }

    fn or(&mut self, parts: &[Condition], mut found: Option<&mut Found>) -> bool {
        if parts.iter().any(|part| self.holds(part, None)) {
            return true;
        }
        for part in parts {
            self.holds(part, found.as_deref_mut());
        }
        false
    }

    /// Those of a list that satisfy its filter.
    pub(super) fn matching(&mut self, over: &Binding) -> Vec<Item> {
        let items = self.items(over.list);
        let Some(filter) = &over.filter else {
            return items;
        };
        let trace = self.trace.take(); // what a filter reads makes no part of a value
        let matching = items.into_iter().filter(|item| {
            self.bound.push(*item);
            let matches = self.holds(filter, None);
            self.bound.pop();
            matches
        });
        let matching = matching.collect();
        self.trace = trace;
        matching
    }

    fn quantified(
        &mut self,
        quantifier: Quantifier,
        over: &Binding,
        body: &Condition,
        mut found: Option<&mut Found>,
    ) -> bool {
        let items = self.matching(over);
        if let Some(why) = miscounted(quantifier, items.len()) {
            match found {
                Some(found) if found.is_full() => found.more += 1,
                Some(found) => found.add(why, self.list_side(over, &items)),
                None => {}
            }
            return false;
        }
        if quantifier == Quantifier::Any {
            let any = items.iter().any(|item| self.with(*item, body, None));
            if any || found.is_none() {
                return any;
            }
        }
        let mut all = true;
        for item in items {
            all &= self.with(item, body, found.as_deref_mut());
            if !all && found.is_none() {
                return false;
            }
        }
        all
    }

    fn with(&mut self, item: Item, body: &Condition, found: Option<&mut Found>) -> bool {
        self.bound.push(item);
        let holds = self.holds(body, found);
        self.bound.pop();
        holds
    }

    /// What tells people which lines a filter asked for, and which it found: what it read around them, then in each of them.
    pub(super) fn list_side(&self, over: &Binding, items: &[Item]) -> Vec<Side> {
        let mut read = Vec::new();
        if let Some(filter) = &over.filter {
            fields_of(filter, &mut read);
        }
        let own = Source::Variable(self.bound.len());
        let outer = |field: &&FieldRef| match field.source {
            Source::Variable(number) => number < self.bound.len(),
            Source::Document(_) => true,
        };
        let mut asked: Vec<Place> = read
            .iter()
            .filter(|field| outer(field))
            .map(|field| self.place(self.item(field.source), field.field))
            .collect();
        asked.sort();
        asked.dedup();
        let mut sides = vec![Side {
            value: Some(format!("{} found", items.len())),
            places: asked,
        }];
        for item in items {
            let inner = read.iter().filter(|field| field.source == own);
            let mut places: Vec<Place> =
                inner.map(|field| self.place(*item, field.field)).collect();
            if places.is_empty() {
                places.push(self.whole(*item));
            }
            sides.push(Side {
                value: None,
                places,
            });
        }
        sides
    }

    fn is_present(&self, field: &FieldRef) -> bool {
        self.leaf(self.item(field.source), field.field).is_some()
    }

    /// Notes a reason about fields themselves, if it is not met.
    fn say(&self, met: bool, why: Why, fields: &[&FieldRef], found: Option<&mut Found>) -> bool {
        if let (false, Some(found)) = (met, found) {
            let sides = fields
                .iter()
                .map(|field| self.side_of(self.item(field.source), field.field));
            found.add(why, sides.collect());
        }
        met
    }

    fn compare(
        &mut self,
        left: &Term,
        relation: Relation,
        right: &Term,
        found: Option<&mut Found>,
    ) -> bool {
        self.two(left, right, found, |evaluator, left, right| {
            let holds = match (left, right) {
                (Value::Exact(left), Value::Exact(right)) => {
                    relation.holds(left.compare(right, &mut evaluator.peak)?)
                }
                _ => same(left, right)? == (relation == Relation::Equal),
            };
            if holds { Ok(()) } else { Err(not(relation)) }
        })
    }

    fn within(
        &mut self,
        left: &Term,
        tolerance: Tolerance,
        right: &Term,
        found: Option<&mut Found>,
    ) -> bool {
        self.two(left, right, found, |evaluator, left, right| {
            let (Value::Exact(left), Value::Exact(right)) = (left, right) else {
                return Err(Why::Unreadable);
            };
            match left.within(tolerance, right, &mut evaluator.peak)? {
                true => Ok(()),
                false => Err(Why::OutOfTolerance),
            }
        })
    }

    fn one_of(&mut self, value: &Term, list: &[Term], found: Option<&mut Found>) -> bool {
        let listed = list
            .iter()
            .any(|one| self.compare(value, Relation::Equal, one, None));
        if !listed && let Some(found) = found {
            let (value, side) = self.explained(value);
            let why = value.err().unwrap_or(Why::NotListed);
            let literals: Vec<String> = list
                .iter()
                .filter_map(|one| self.explained(one).1.value)
                .collect();
            let allowed = Side {
                value: Some(literals.join(", ")),
                places: Vec::new(),
            };
            found.add(why, vec![side, allowed]);
        }
        listed
    }

    /// Compares two values; the reason why it fails goes to `found` with both.
    fn two(
        &mut self,
        left: &Term,
        right: &Term,
        found: Option<&mut Found>,
        compare: impl Fn(&mut Self, &Value, &Value) -> Result<(), Why>,
    ) -> bool {
        let Some(found) = found else {
            return self.plainly(left, right, compare);
        };
        if found.is_full() {
            let holds = self.plainly(left, right, compare);
            found.more += usize::from(!holds);
            return holds;
        }
        let (one, left) = self.explained(left);
        let (other, right) = self.explained(right);
        let outcome = match (&one, &other) {
            (Ok(one), Ok(other)) => compare(self, one, other),
            (Err(why), _) | (_, Err(why)) => Err(*why),
        };
        match outcome {
            Ok(()) => true,
            Err(why) => {
                found.add(why, vec![left, right]);
                false
            }
        }
    }

    fn plainly(
        &mut self,
        left: &Term,
        right: &Term,
        compare: impl Fn(&mut Self, &Value, &Value) -> Result<(), Why>,
    ) -> bool {
        let (Ok(left), Ok(right)) = (self.value(left), self.value(right)) else {
            return false;
        };
        compare(self, &left, &right).is_ok()
    }

    fn party(
        &mut self,
        left: &FieldRef,
        same: bool,
        right: &FieldRef,
        found: Option<&mut Found>,
    ) -> bool {
        let read = |field: &FieldRef| self.identifiers(self.item(field.source), field.field);
        let why = match (read(left), read(right)) {
            (Some(left), Some(right)) if left.is_empty() || right.is_empty() => Some(Why::Absent),
            (Some(left), Some(right)) => {
                let common = left.iter().any(|id| right.contains(id));
                match (common, same) {
                    (false, true) => Some(Why::OtherParty),
                    (true, false) => Some(Why::SameParty),
                    _ => None,
                }
            }
            _ => Some(Why::Unreadable),
        };
        match why {
            None => true,
            Some(why) => self.say(false, why, &[left, right], found),
        }
    }
}

fn not(relation: Relation) -> Why {
    match relation {
        Relation::Equal => Why::Different,
        Relation::Unequal => Why::Same,
        Relation::Less => Why::NotLess,
        Relation::AtMost => Why::Above,
        Relation::Greater => Why::NotGreater,
        Relation::AtLeast => Why::Below,
    }
}

/// Whether two symbols are the same; references meet numbers in the loose form, lines of other documents those of their own.
fn same(left: &Value, right: &Value) -> Result<bool, Why> {
    use Value::{LineReference, Loose, Number, NumberedLine, Symbol};
    match (left, right) {
        (LineReference { line, .. }, Symbol(text)) | (Symbol(text), LineReference { line, .. }) => {
            Ok(line == text)
        }
        (
            LineReference { line, of },
            NumberedLine {
                line: own,
                of: number,
            },
        )
        | (
            NumberedLine {
                line: own,
                of: number,
            },
            LineReference { line, of },
        ) => Ok(line == own && (of.is_none() || of == number)),
        (
            LineReference { line, of },
            LineReference {
                line: own,
                of: number,
            },
        ) => {
            let agree = of.is_none() || number.is_none() || of == number;
            Ok(line == own && agree)
        }
        (Symbol(left), Symbol(right)) => Ok(left == right),
        (Number { strict: left, .. }, Number { strict: right, .. }) => Ok(left == right),
        (Loose(one), Number { loose: other, .. } | Loose(other))
        | (Number { loose: other, .. }, Loose(one)) => Ok(one == other),
        _ => Err(Why::Unreadable),
    }
}

/// All fields that a condition reads, in their order.
fn fields_of<'a>(condition: &'a Condition, found: &mut Vec<&'a FieldRef>) {
    match condition {
        Condition::And(parts) | Condition::Or(parts) => {
            parts.iter().for_each(|part| fields_of(part, found));
        }
        Condition::Quantified { over, body, .. } => {
            over.filter
                .iter()
                .for_each(|filter| fields_of(filter, found));
            fields_of(body, found);
        }
        Condition::Guarded { fields, body } => {
            found.extend(fields);
            fields_of(body, found);
        }
        Condition::Present(field) | Condition::Absent(field) => found.push(field),
        Condition::Compare { left, right, .. } | Condition::Within { left, right, .. } => {
            [left, right]
                .iter()
                .for_each(|term| fields_of_term(term, found));
        }
        Condition::OneOf { value, .. } => fields_of_term(value, found),
        Condition::Party { left, right, .. } => found.extend([left, right]),
    }
}

fn fields_of_term<'a>(term: &'a Term, found: &mut Vec<&'a FieldRef>) {
    match &term.node {
        TermNode::Field(field) => found.push(field),
        TermNode::Sum { term, over } => {
            over.filter
                .iter()
                .for_each(|filter| fields_of(filter, found));
            fields_of_term(term, found);
        }
        TermNode::Count(over) => over
            .filter
            .iter()
            .for_each(|filter| fields_of(filter, found)),
        TermNode::Product { price, quantity } => {
            found.push(price);
            fields_of_term(quantity, found);
        }
        TermNode::Chain { first, rest } => {
            fields_of_term(first, found);
            rest.iter()
                .for_each(|(_, term)| fields_of_term(term, found));
        }
        TermNode::Number(_) | TermNode::Date(_) | TermNode::Days(_) | TermNode::Text(_) => {}
    }
}
