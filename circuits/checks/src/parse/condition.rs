//! Conditions.

use super::{Parsed, Parser, WORDS};
use crate::ast::{
    Condition, ConditionNode, Expression, ExpressionNode, Path, Quantifier, Relation, Slack,
    Spanned, Tolerance, ToleranceUnit,
};
use crate::fault::{Fault, suggestion};
use crate::token::Token;

const RELATIONS: [Relation; 6] = [
    Relation::Equal,
    Relation::Unequal,
    Relation::Less,
    Relation::AtMost,
    Relation::Greater,
    Relation::AtLeast,
];

/// Words that may follow the number of a tolerance.
const UNITS: [&str; 2] = ["days", "minor"];

impl Parser {
    /// Parts joined by `or`.
    pub(super) fn condition(&mut self) -> Parsed<Condition> {
        self.enter()?;
        let condition = self.joined("or", Self::conjunction, ConditionNode::Or);
        self.leave();
        condition
    }

    fn conjunction(&mut self) -> Parsed<Condition> {
        self.joined("and", Self::part, ConditionNode::And)
    }

    fn joined(
        &mut self,
        word: &str,
        part: fn(&mut Self) -> Parsed<Condition>,
        join: fn(Vec<Condition>) -> ConditionNode,
    ) -> Parsed<Condition> {
        let first = part(self)?;
        let start = first.span;
        let mut parts = vec![first];
        while self.take_word(word) {
            parts.push(part(self)?);
        }
        if parts.len() == 1 {
            return Ok(parts.remove(0));
        }
        let span = parts.last().map_or(start, |last| start.to(last.span));
        Ok(Spanned::new(join(parts), span))
    }

    fn part(&mut self) -> Parsed<Condition> {
        self.enter()?;
        let part = self.one_part();
        self.leave();
        part
    }

    fn one_part(&mut self) -> Parsed<Condition> {
        if self.take_sign("(") {
            let inner = self.condition()?;
            self.sign(")")?;
            return Ok(inner);
        }
        let word = match self.peek() {
            Token::Word(word) => word.clone(),
            _ => String::new(),
        };
        match word.as_str() {
            "all" => self.quantified(Quantifier::All),
            "any" => self.quantified(Quantifier::Any),
            "one" => self.quantified(Quantifier::One),
            "if" => self.guarded(),
            "present" => self.of_path(ConditionNode::Present),
            "absent" => self.of_path(ConditionNode::Absent),
            "not" => Err(Fault::new(self.span(), "there is no negation")
                .help("write `!=`, `is not`, `absent`, or the opposite relation")),
            _ => self.comparison(),
        }
    }

    fn quantified(&mut self, quantifier: Quantifier) -> Parsed<Condition> {
        let start = self.advance();
        let over = self.binding()?;
        self.sign(":")?;
        let body = Box::new(self.condition()?);
        let span = start.to(body.span);
        let node = ConditionNode::Quantified {
            quantifier,
            over,
            body,
        };
        Ok(Spanned::new(node, span))
    }

    fn guarded(&mut self) -> Parsed<Condition> {
        let start = self.advance();
        self.word("present")?;
        let mut paths = vec![self.path()?];
        while self.take_sign(",") {
            paths.push(self.path()?);
        }
        self.sign(":")?;
        let body = Box::new(self.condition()?);
        let span = start.to(body.span);
        Ok(Spanned::new(ConditionNode::Guarded { paths, body }, span))
    }

    fn of_path(&mut self, node: fn(Path) -> ConditionNode) -> Parsed<Condition> {
        let start = self.advance();
        let path = self.path()?;
        let span = start.to(path.span());
        Ok(Spanned::new(node(path), span))
    }

    fn comparison(&mut self) -> Parsed<Condition> {
        let left = self.expression()?;
        let start = left.span;
        if self.is_word("is") {
            return self.party(left);
        }
        if self.take_word("within") {
            let tolerance = self.tolerance()?;
            self.word("of")?;
            let right = self.expression()?;
            let span = start.to(right.span);
            let node = ConditionNode::Within {
                left,
                tolerance,
                right,
            };
            return Ok(Spanned::new(node, span));
        }
        if self.take_word("in") {
            return self.listed(left);
        }
        if self.take_word("like") {
            let right = self.expression()?;
            let span = start.to(right.span);
            return Ok(Spanned::new(ConditionNode::Like { left, right }, span));
        }
        let found = RELATIONS.into_iter().find(|one| self.is_sign(one.sign()));
        let Some(relation) = found else {
            let expected =
                "a relation: `=`, `!=`, `<`, `<=`, `>`, `>=`, `within`, `like`, `in` or `is`";
            return Err(self.unexpected(expected, &["within", "like", "in", "is"]));
        };
        self.advance();
        let right = self.expression()?;
        if self.is_word("within") {
            return self.limited(left, relation, right);
        }
        let span = start.to(right.span);
        let node = ConditionNode::Compare {
            left,
            relation,
            right,
        };
        Ok(Spanned::new(node, span))
    }

    /// `within …` after a relation.
    fn limited(
        &mut self,
        left: Expression,
        relation: Relation,
        right: Expression,
    ) -> Parsed<Condition> {
        if !matches!(relation, Relation::AtMost | Relation::AtLeast) {
            let problem = "a tolerance stands after a limit, `<=` or `>=`";
            return Err(Fault::new(self.span(), problem)
                .help("of two values write `a within 1 minor of b`"));
        }
        self.advance();
        let slack = match self.peek() {
            Token::Decimal(_) => {
                let Spanned { node, span } = self.tolerance()?;
                Spanned::new(Slack::Written(node), span)
            }
            _ => {
                let path = self.path()?;
                let span = path.span();
                let stated = self.or_zero(Spanned::new(ExpressionNode::Path(path), span))?;
                let span = stated.span;
                Spanned::new(Slack::Stated(Box::new(stated)), span)
            }
        };
        let span = left.span.to(slack.span);
        let node = ConditionNode::Limit {
            left,
            relation,
            right,
            slack,
        };
        Ok(Spanned::new(node, span))
    }

    fn party(&mut self, left: Expression) -> Parsed<Condition> {
        let ExpressionNode::Path(left) = left.node else {
            return Err(Fault::new(left.span, "`is` stands between two parties")
                .help("values are compared with `=`"));
        };
        self.word("is")?;
        let same = !self.take_word("not");
        let right = self.path()?;
        let span = left.span().to(right.span());
        Ok(Spanned::new(
            ConditionNode::Party { left, same, right },
            span,
        ))
    }

    fn listed(&mut self, value: Expression) -> Parsed<Condition> {
        self.sign("(")?;
        let mut list = vec![self.literal()?];
        while self.take_sign(",") {
            list.push(self.literal()?);
        }
        let end = self.sign(")")?;
        let span = value.span.to(end);
        Ok(Spanned::new(ConditionNode::In { value, list }, span))
    }

    /// Whether a word follows that is none of the language and near to a unit.
    fn is_misspelt_unit(&self) -> bool {
        match self.peek() {
            Token::Word(word) if !WORDS.contains(&word.as_str()) => {
                suggestion(word, UNITS).is_some()
            }
            _ => false,
        }
    }

    fn tolerance(&mut self) -> Parsed<Spanned<Tolerance>> {
        let Token::Decimal(amount) = *self.peek() else {
            let expected = "a tolerance, such as `0.01`, `1 minor`, `5%` or `3 days`";
            return Err(self.unexpected(expected, &[]));
        };
        let start = self.advance();
        let mut end = start;
        let mut unit = ToleranceUnit::Own;
        if self.is_sign("%") {
            unit = ToleranceUnit::Percent;
            end = self.advance();
        } else if self.is_word("days") {
            unit = ToleranceUnit::Days;
            end = self.advance();
        } else if self.is_word("minor") {
            unit = ToleranceUnit::Minor;
            end = self.advance();
        } else if self.is_misspelt_unit() {
            return Err(self.unexpected("`%`, `days` or `minor` after the number", &UNITS));
        }
        Ok(Spanned::new(Tolerance { amount, unit }, start.to(end)))
    }
}
