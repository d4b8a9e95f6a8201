//! Values and comparisons: which types go together.

use sealane_types::fields::{loose_number, strict_number};

use super::{Resolved, Scope, fault};
use crate::ast::{
    self, Decimal, Expression, ExpressionNode, Literal, Relation, Sign, Slack, Span, Spanned,
    Tolerance, ToleranceUnit,
};
use crate::currency::currency;
use crate::fault::Fault;
use crate::field::{FieldType, NUMBERED_LINE};
use crate::typed::{self, Condition, Term, TermNode, Type};

impl Scope<'_> {
    pub(super) fn compare(
        &mut self,
        left: &Expression,
        relation: Relation,
        right: &Expression,
    ) -> Resolved<Condition> {
        let (left, right) = self.pair(left, right)?;
        let equality = matches!(relation, Relation::Equal | Relation::Unequal);
        if !equality && !left.holds.is_numeric() {
            let problem = format!("{} has no order", left.holds.said());
            return Err(fault(left.span, problem, "compare it with `=` or `!=`"));
        }
        Ok(Condition::Compare {
            left,
            relation,
            right,
        })
    }

    pub(super) fn within(
        &mut self,
        left: &Expression,
        tolerance: &Spanned<Tolerance>,
        right: &Expression,
    ) -> Resolved<Condition> {
        let (left, right) = self.pair(left, right)?;
        tolerable(&left, &right, tolerance)?;
        let tolerance = tolerance.node;
        Ok(Condition::Within {
            left,
            tolerance,
            right,
        })
    }

    pub(super) fn limit(
        &mut self,
        left: &Expression,
        relation: Relation,
        right: &Expression,
        slack: &Spanned<Slack>,
    ) -> Resolved<Condition> {
        let (left, right) = self.pair(left, right)?;
        let slack = match &slack.node {
            Slack::Written(tolerance) => {
                tolerable(&left, &right, &Spanned::new(*tolerance, slack.span))?;
                typed::Slack::Written(*tolerance)
            }
            Slack::Stated(stated) => {
                let hundredths = Tolerance {
                    amount: Decimal {
                        mantissa: 0,
                        scale: 0,
                    },
                    unit: ToleranceUnit::Percent,
                };
                tolerable(&left, &right, &Spanned::new(hundredths, slack.span))?;
                let stated = self.term(stated)?;
                if stated.holds != Type::Integer {
                    let problem = format!("{} is not a tolerance", stated.holds.said());
                    let help =
                        "a document states a tolerance as an integer, in hundredths of a percent";
                    return Err(fault(stated.span, problem, help));
                }
                typed::Slack::Stated(Box::new(stated))
            }
        };
        Ok(Condition::Limit {
            left,
            most: relation == Relation::AtMost,
            right,
            slack,
        })
    }

    pub(super) fn like(&mut self, left: &Expression, right: &Expression) -> Resolved<Condition> {
        let (left, right) = self.pair(left, right)?;
        for term in [&left, &right] {
            let help = "texts are compared by `like`, other values by `=`";
            let is_name = matches!(&term.node, TermNode::Field(field) if field.field.holds == FieldType::Name);
            if term.holds != Type::Text || is_name {
                let said = if is_name { "a name" } else { term.holds.said() };
                let problem = format!("{said} has no loose form");
                return Err(fault(term.span, problem, help));
            }
            if let TermNode::Text(text) = &term.node
                && loose_number(text).is_empty()
            {
                let problem = "a text that is compared by `like` has a letter or a digit";
                return Err(Fault::new(term.span, problem));
            }
        }
        Ok(Condition::Like { left, right })
    }

    pub(super) fn one_of(
        &mut self,
        value: &Expression,
        list: &[Spanned<Literal>],
    ) -> Resolved<Condition> {
        let value = self.term(value)?;
        let known = [
            Type::Text,
            Type::LineId,
            Type::LineReference,
            Type::Number,
            Type::Reference,
            Type::Integer,
            Type::Currency,
            Type::Date,
        ];
        if !known.contains(&value.holds) {
            let problem = format!("{} is not looked up in a list", value.holds.said());
            return Err(fault(
                value.span,
                problem,
                "texts, numbers of documents, codes, currencies and dates are",
            ));
        }
        let literals = list.iter().map(|literal| {
            let term = written(&literal.node, literal.span);
            fitted(term, value.holds)
        });
        let list = literals.collect::<Resolved<_>>()?;
        Ok(Condition::OneOf { value, list })
    }

    /// Two values that can be compared; literals take over the other's type.
    fn pair(&mut self, left: &Expression, right: &Expression) -> Resolved<(Term, Term)> {
        let (left, right) = (self.term(left)?, self.term(right)?);
        let written = |term: &Term| {
            matches!(
                term.node,
                TermNode::Number(_) | TermNode::Date(_) | TermNode::Text(_)
            )
        };
        if written(&left) && written(&right) {
            let span = left.span.to(right.span);
            return Err(Fault::new(
                span,
                "both values are written out, so nothing is checked",
            ));
        }
        let (left, right) = match (written(&left), written(&right)) {
            (true, _) => (fitted(left, right.holds)?, right),
            (_, true) => {
                let right = fitted(right, left.holds)?;
                (left, right)
            }
            _ => (left, right),
        };
        if comparable(left.holds, right.holds) {
            return Ok(joined_lines(left, right));
        }
        let problem = format!(
            "{} is not compared with {}",
            left.holds.said(),
            right.holds.said()
        );
        let help = match (left.holds, right.holds) {
            (Type::Price, Type::Amount) | (Type::Amount, Type::Price) => {
                "multiply the price by a quantity"
            }
            (Type::References, _) | (_, Type::References) => {
                "write `[0]` after it for the first reference"
            }
            _ => "compare values of one type",
        };
        Err(fault(left.span.to(right.span), problem, help))
    }

    fn term(&mut self, expression: &Expression) -> Resolved<Term> {
        let span = expression.span;
        let (node, holds) = match &expression.node {
            ExpressionNode::Literal(literal) => return Ok(written(literal, span)),
            ExpressionNode::Days(days) => (TermNode::Days(*days), Type::Days),
            ExpressionNode::Path(path) => {
                let field = self.field(path)?;
                let holds = type_of(field.field.holds).ok_or_else(|| {
                    let problem = format!("`{path}` is a party");
                    fault(span, problem, "parties are compared by `is` and `is not`")
                })?;
                (TermNode::Field(field), holds)
            }
            ExpressionNode::Sum { term, over } => return self.sum(term, over, span),
            ExpressionNode::Count(over) => {
                let (over, ()) = self.bind(over, |_| Ok(()))?;
                (TermNode::Count(over), Type::Integer)
            }
            ExpressionNode::OrZero(value) => return self.or_zero(value, span),
            ExpressionNode::Product(left, right) => return self.product(left, right, span),
            ExpressionNode::Chain { first, rest } => return self.chain(first, rest, span),
        };
        Ok(Term { node, holds, span })
    }

    fn sum(&mut self, term: &Expression, over: &ast::Binding, span: Span) -> Resolved<Term> {
        let (over, term) = self.bind(over, |scope| scope.term(term))?;
        let holds = term.holds;
        if !matches!(holds, Type::Amount | Type::Quantity | Type::Integer) {
            let problem = format!("{} is not added up", holds.said());
            let help = match holds {
                Type::Ratio => "denominators differ from line to line: compare line by line",
                Type::Plain => "to count lines, write `count(x in …)`",
                _ => "amounts, quantities and integers are",
            };
            return Err(fault(term.span, problem, help));
        }
        let term = Box::new(term);
        let node = TermNode::Sum { term, over };
        Ok(Term { node, holds, span })
    }

    fn or_zero(&mut self, value: &Expression, span: Span) -> Resolved<Term> {
        let value = self.term(value)?;
        let holds = value.holds;
        if !matches!(holds, Type::Amount | Type::Quantity | Type::Integer) {
            let problem = format!("{} is never 0", holds.said());
            let help = "`else 0` stands after amounts, quantities and integers";
            return Err(fault(span, problem, help));
        }
        let node = TermNode::OrZero(Box::new(value));
        Ok(Term { node, holds, span })
    }

    fn product(&mut self, left: &Expression, right: &Expression, span: Span) -> Resolved<Term> {
        let (left, right) = (self.term(left)?, self.term(right)?);
        let types = (left.holds, right.holds);
        let (price, quantity) = match types {
            (Type::Price, Type::Quantity) => (left, right),
            (Type::Quantity, Type::Price) => (right, left),
            _ => {
                let problem = format!("{} is not multiplied by {}", types.0.said(), types.1.said());
                return Err(fault(
                    span,
                    problem,
                    "a price is multiplied by a quantity, and nothing else",
                ));
            }
        };
        let TermNode::Field(price) = price.node else {
            return Err(Fault::new(span, "a price is a field of a line"));
        };
        let quantity = Box::new(quantity);
        let node = TermNode::Product { price, quantity };
        let holds = Type::Ratio;
        Ok(Term { node, holds, span })
    }

    fn chain(
        &mut self,
        first: &Expression,
        rest: &[(Sign, Expression)],
        span: Span,
    ) -> Resolved<Term> {
        let first = self.term(first)?;
        let mut terms = Vec::new();
        let mut holds = first.holds;
        for (sign, next) in rest {
            let next = self.term(next)?;
            holds = joined(holds, &next)?;
            terms.push((*sign, next));
        }
        if holds == Type::Plain {
            return Err(Fault::new(span, "all values are written out").help("write the result"));
        }
        if holds == Type::Integer
            && let Some(odd) = std::iter::once(&first)
                .chain(terms.iter().map(|(_, term)| term))
                .find(|term| is_fraction(term))
        {
            return Err(Fault::new(odd.span, "integers are whole"));
        }
        let node = TermNode::Chain {
            first: Box::new(first),
            rest: terms,
        };
        Ok(Term { node, holds, span })
    }
}

/// Whether two values can be so far apart.
fn tolerable(left: &Term, right: &Term, tolerance: &Spanned<Tolerance>) -> Resolved<()> {
    use ToleranceUnit::{Days, Minor, Own};
    if !left.holds.is_numeric() {
        let problem = format!("{} is not near to another", left.holds.said());
        return Err(fault(left.span, problem, "compare it with `=`"));
    }
    let dates = left.holds == Type::Date;
    let days = tolerance.node.unit == Days;
    let whole = tolerance.node.amount.scale == 0;
    let integers = left.holds == Type::Integer && right.holds != Type::Ratio;
    let money = [left, right]
        .iter()
        .any(|term| matches!(term.holds, Type::Amount | Type::Ratio));
    let problem = match (dates, days, tolerance.node.unit) {
        (true, false, _) => "dates are so many days apart: write `3 days`",
        (false, true, _) => "these are not dates, so they cannot be days apart",
        (true, true, _) if !whole => "days are whole",
        (_, _, Minor) if !money => "amounts alone have minor units",
        (_, _, Minor) if !whole => "minor units are whole",
        (_, _, Own) if integers && !whole => "integers are whole",
        _ => return Ok(()),
    };
    Err(Fault::new(tolerance.span, problem))
}

/// Where a line reference meets a line, that line's document counts too: line 2 of one order is not line 2 of another.
fn joined_lines(mut left: Term, mut right: Term) -> (Term, Term) {
    let numbered = |term: &mut Term| {
        if let TermNode::Field(field) = &mut term.node {
            field.field = &NUMBERED_LINE;
        }
    };
    match (left.holds, right.holds) {
        (Type::LineId, Type::LineReference) => numbered(&mut left),
        (Type::LineReference, Type::LineId) => numbered(&mut right),
        _ => {}
    }
    (left, right)
}

fn is_fraction(term: &Term) -> bool {
    matches!(term.node, TermNode::Number(Decimal { scale, .. }) if scale > 0)
}

/// The type of a sum so far with one more term.
fn joined(holds: Type, next: &Term) -> Resolved<Type> {
    use Type::{Amount, Date, Days, Integer, Plain, Quantity};
    match (holds, next.holds) {
        (Date, Days) => Ok(Date),
        (Amount | Quantity | Integer | Plain, Plain) => Ok(holds),
        (Plain, Amount | Quantity | Integer) => Ok(next.holds),
        (Amount | Quantity | Integer, other) if other == holds => Ok(holds),
        (one, other) => {
            let problem = format!("{} is not added to {}", other.said(), one.said());
            let help = match (one, other) {
                (Date, Date) => "write `a within 30 days of b`",
                (Date, Plain) => "write `30 days`",
                (_, Type::Ratio) | (Type::Ratio, _) => "compare it as it is",
                _ => {
                    "amounts are added to amounts, quantities to quantities, integers to integers, days to dates"
                }
            };
            Err(fault(next.span, problem, help))
        }
    }
}

fn written(literal: &Literal, span: Span) -> Term {
    let (node, holds) = match literal {
        Literal::Decimal(number) => (TermNode::Number(*number), Type::Plain),
        Literal::Date(day) => (TermNode::Date(*day), Type::Date),
        Literal::Text(text) => (TermNode::Text(text.clone()), Type::Text),
    };
    Term { node, holds, span }
}

/// A literal beside a value of this type.
fn fitted(term: Term, beside: Type) -> Resolved<Term> {
    let span = term.span;
    match (&term.node, beside) {
        (TermNode::Text(_), Type::Text | Type::LineId | Type::LineReference)
        | (TermNode::Date(_), Type::Date) => Ok(term),
        (TermNode::Text(text), Type::Number) => {
            let strict = strict_number(text);
            if strict != *text {
                let help = format!("write \"{strict}\"");
                return Err(fault(
                    span,
                    "numbers of documents are in capital letters, trimmed".to_owned(),
                    &help,
                ));
            }
            Ok(Term {
                holds: Type::Number,
                ..term
            })
        }
        (TermNode::Text(text), Type::Reference) => {
            if loose_number(text).is_empty() {
                return Err(Fault::new(span, "a reference has a letter or a digit"));
            }
            Ok(Term {
                holds: Type::Reference,
                ..term
            })
        }
        (TermNode::Text(text), Type::Currency) => {
            if currency(text).is_none() {
                let problem = format!("\"{text}\" is not a currency code of ISO 4217");
                return Err(fault(
                    span,
                    problem,
                    "write three capital letters, such as \"EUR\"",
                ));
            }
            Ok(Term {
                holds: Type::Currency,
                ..term
            })
        }
        (TermNode::Number(_), Type::Integer) if is_fraction(&term) => {
            Err(Fault::new(span, "integers are whole"))
        }
        (TermNode::Number(_), Type::Integer | Type::Amount | Type::Quantity | Type::Ratio) => {
            Ok(term)
        }
        _ => {
            let problem = format!(
                "{} is not compared with {}",
                term.holds.said(),
                beside.said()
            );
            let help = match beside {
                Type::Date => "write a date, such as 2026-03-31",
                Type::Price => "multiply the price by a quantity",
                _ => "write a value of its type",
            };
            Err(fault(span, problem, help))
        }
    }
}

fn comparable(left: Type, right: Type) -> bool {
    use Type::{
        Amount, Days, Integer, LineId, LineReference, Number, Plain, Quantity, Ratio, Reference,
        Text,
    };
    let mixed = |one, other| {
        matches!(
            (one, other),
            (Number, Reference)
                | (LineId | LineReference, Text)
                | (LineId, LineReference)
                | (Amount, Ratio)
                | (Plain, Amount | Quantity | Integer | Ratio)
        )
    };
    (left == right && !matches!(left, Plain | Days)) || mixed(left, right) || mixed(right, left)
}

fn type_of(field: FieldType) -> Option<Type> {
    Some(match field {
        FieldType::Text | FieldType::Name => Type::Text,
        FieldType::LineId | FieldType::NumberedLine => Type::LineId,
        FieldType::LineReference => Type::LineReference,
        FieldType::Number => Type::Number,
        FieldType::Reference => Type::Reference,
        FieldType::References => Type::References,
        FieldType::Party => return None,
        FieldType::Date => Type::Date,
        FieldType::Integer => Type::Integer,
        FieldType::Currency => Type::Currency,
        FieldType::Amount | FieldType::Payable => Type::Amount,
        FieldType::Quantity => Type::Quantity,
        FieldType::Price => Type::Price,
    })
}
