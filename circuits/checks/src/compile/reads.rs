//! What terms and conditions read.

use crate::typed::{Condition, FieldRef, Slack, Source, Term, TermNode};

/// Whether a term reads fields alone, no lists; whose go to `sources`.
pub(super) fn fields_alone(term: &Term, sources: &mut Vec<Source>) -> bool {
    match &term.node {
        TermNode::Field(field) => {
            sources.push(field.source);
            true
        }
        TermNode::OrZero(value) => fields_alone(value, sources),
        TermNode::Product { price, quantity } => {
            sources.push(price.source);
            fields_alone(quantity, sources)
        }
        TermNode::Chain { first, rest } => {
            let mut all = std::iter::once(&**first).chain(rest.iter().map(|(_, term)| term));
            all.all(|term| fields_alone(term, sources))
        }
        TermNode::Number(_) | TermNode::Date(_) | TermNode::Days(_) | TermNode::Text(_) => true,
        TermNode::Sum { .. } | TermNode::Count(_) => false,
    }
}

/// Whether a condition can hold only where a field of the variable is there, and so only for an item that is one.
pub(super) fn implies(condition: &Condition, variable: usize) -> bool {
    let own = |field: &FieldRef| field.source == Source::Variable(variable);
    let of_term = |term: &Term| reads(term, variable);
    match condition {
        Condition::And(parts) => parts.iter().any(|part| implies(part, variable)),
        Condition::Or(parts) => parts.iter().all(|part| implies(part, variable)),
        Condition::Present(field) => own(field),
        Condition::Compare { left, right, .. } | Condition::Within { left, right, .. } => {
            of_term(left) || of_term(right)
        }
        Condition::Limit {
            left, right, slack, ..
        } => {
            let stated = matches!(slack, Slack::Stated(stated) if of_term(stated));
            of_term(left) || of_term(right) || stated
        }
        Condition::Like { left, right } => of_term(left) || of_term(right),
        Condition::OneOf { value, .. } => of_term(value),
        Condition::Party { left, right, .. } => own(left) || own(right),
        Condition::Quantified { .. } | Condition::Guarded { .. } | Condition::Absent(_) => false,
    }
}

/// Whether a term is ready only where a field of the variable is there.
fn reads(term: &Term, variable: usize) -> bool {
    match &term.node {
        TermNode::Field(field) => field.source == Source::Variable(variable),
        TermNode::Product { price, quantity } => {
            price.source == Source::Variable(variable) || reads(quantity, variable)
        }
        TermNode::Chain { first, rest } => {
            reads(first, variable) || rest.iter().any(|(_, term)| reads(term, variable))
        }
        _ => false,
    }
}
