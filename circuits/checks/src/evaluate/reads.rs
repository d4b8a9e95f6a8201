//! Whether a condition can read a leaf, whatever the documents hold. Evaluation finds it by itself: the circuit's bits rest on
//! what the compiler finds (`compile/plan.rs`), and the two are compared.

use sealane_crypto::keys::Place as LeafPlace;

use crate::field::{CURRENCY, FieldType, NUMBER, QUANTITY};
use crate::typed::{Binding, Condition, FieldRef, List, Slack, Source, Term, TermNode};

/// A leaf of a declared document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leaf {
    pub document: usize,
    pub place: LeafPlace,
}

/// What a variable stands for: a declared document, or a line of one.
#[derive(Debug, Clone, Copy)]
struct Bound {
    document: usize,
    line: bool,
}

impl Leaf {
    /// Whether the condition of a requirement can read it.
    pub fn is_in(self, condition: &Condition) -> bool {
        self.in_condition(condition, &[])
    }

    /// Whether it is this slot of the document's header.
    pub fn is_header(self, document: usize, slot: usize) -> bool {
        let line = false;
        self.is_slot(Bound { document, line }, slot)
    }

    fn in_condition(self, condition: &Condition, around: &[Bound]) -> bool {
        let field = |field: &FieldRef| self.is_field(field, around);
        let terms = |terms: &[&Term]| terms.iter().any(|term| self.in_term(term, around));
        match condition {
            Condition::And(parts) | Condition::Or(parts) => {
                parts.iter().any(|part| self.in_condition(part, around))
            }
            Condition::Quantified { over, body, .. } => {
                self.in_binding(over, around, |inside| self.in_condition(body, inside))
            }
            Condition::Guarded { fields, body } => {
                fields.iter().any(field) || self.in_condition(body, around)
            }
            Condition::Present(one) | Condition::Absent(one) => field(one),
            Condition::Compare { left, right, .. }
            | Condition::Within { left, right, .. }
            | Condition::Like { left, right } => terms(&[left, right]),
            Condition::Limit {
                left, right, slack, ..
            } => match slack {
                Slack::Written(_) => terms(&[left, right]),
                Slack::Stated(stated) => terms(&[left, right, stated]),
            },
            Condition::OneOf { value, .. } => terms(&[value]),
            Condition::Party { left, right, .. } => field(left) || field(right),
        }
    }

    /// Going through lines reads how many there are.
    fn in_binding(
        self,
        over: &Binding,
        around: &[Bound],
        body: impl FnOnce(&[Bound]) -> bool,
    ) -> bool {
        let (document, line) = match over.list {
            List::Documents(document) => (document, false),
            List::Lines(document) => (document, true),
            List::LinesOf(variable) => (around[variable].document, true),
        };
        let mut inside = around.to_vec();
        inside.push(Bound { document, line });
        let filter = over.filter.as_ref();
        (line && document == self.document && self.place == LeafPlace::LineCount)
            || filter.is_some_and(|filter| self.in_condition(filter, &inside))
            || body(&inside)
    }

    fn in_term(self, term: &Term, around: &[Bound]) -> bool {
        match &term.node {
            TermNode::Field(field) => self.is_field(field, around),
            TermNode::Sum { term, over } => {
                self.in_binding(over, around, |inside| self.in_term(term, inside))
            }
            TermNode::Count(over) => self.in_binding(over, around, |_| false),
            TermNode::OrZero(value) => self.in_term(value, around),
            TermNode::Product { price, quantity } => {
                self.is_field(price, around) || self.in_term(quantity, around)
            }
            TermNode::Chain { first, rest } => {
                let rest = rest.iter().map(|(_, term)| term);
                rest.chain([&**first])
                    .any(|term| self.in_term(term, around))
            }
            TermNode::Number(_) | TermNode::Date(_) | TermNode::Days(_) | TermNode::Text(_) => {
                false
            }
        }
    }

    /// A price is read with its line's unit and its document's currency, a numbered line with its document's number.
    fn is_field(self, field: &FieldRef, around: &[Bound]) -> bool {
        let bound = match field.source {
            Source::Document(document) => Bound {
                document,
                line: false,
            },
            Source::Variable(variable) => around[variable],
        };
        let beside = match field.field.holds {
            FieldType::Price => {
                self.is_slot(bound, QUANTITY.slot) || self.is_header(bound.document, CURRENCY.slot)
            }
            FieldType::NumberedLine => self.is_header(bound.document, NUMBER.slot),
            _ => false,
        };
        beside || self.is_slot(bound, field.field.slot)
    }

    fn is_slot(self, of: Bound, slot: usize) -> bool {
        let own = match self.place {
            LeafPlace::Header(own) => (false, own),
            LeafPlace::Line { slot: own, .. } => (true, own),
            LeafPlace::LineCount => return false,
        };
        of.document == self.document && own == (of.line, u8::try_from(slot).unwrap_or(u8::MAX))
    }
}
