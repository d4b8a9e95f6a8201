//! Expressions.

use super::{Parsed, Parser};
use crate::ast::{Decimal, Expression, ExpressionNode, Literal, Sign, Spanned};
use crate::fault::Fault;
use crate::limits;
use crate::token::Token;

impl Parser {
    /// Products joined by `+` and `-`.
    pub(super) fn expression(&mut self) -> Parsed<Expression> {
        self.enter()?;
        let expression = self.chain();
        self.leave();
        expression
    }

    fn chain(&mut self) -> Parsed<Expression> {
        let first = self.product()?;
        let mut rest = Vec::new();
        loop {
            let sign = if self.take_sign("+") {
                Sign::Plus
            } else if self.take_sign("-") {
                Sign::Minus
            } else {
                break;
            };
            rest.push((sign, self.product()?));
        }
        let Some((_, last)) = rest.last() else {
            return Ok(first);
        };
        let span = first.span.to(last.span);
        let first = Box::new(first);
        Ok(Spanned::new(ExpressionNode::Chain { first, rest }, span))
    }

    fn product(&mut self) -> Parsed<Expression> {
        let left = self.operand()?;
        if !self.take_sign("*") {
            return Ok(left);
        }
        let right = self.operand()?;
        if self.is_sign("*") {
            return Err(Fault::new(self.span(), "a product has two factors"));
        }
        let span = left.span.to(right.span);
        let node = ExpressionNode::Product(Box::new(left), Box::new(right));
        Ok(Spanned::new(node, span))
    }

    fn operand(&mut self) -> Parsed<Expression> {
        self.enter()?;
        let operand = self.one_operand();
        self.leave();
        operand
    }

    fn one_operand(&mut self) -> Parsed<Expression> {
        match self.peek() {
            Token::Word(word) if word == "sum" => {
                let sum = self.sum()?;
                self.or_zero(sum)
            }
            Token::Word(word) if word == "count" => self.count(),
            Token::Decimal(_) | Token::Date(_) | Token::Text(_) | Token::Sign("-") => {
                self.written()
            }
            Token::Word(_) => {
                let path = self.path()?;
                let span = path.span();
                self.or_zero(Spanned::new(ExpressionNode::Path(path), span))
            }
            _ => Err(self.unexpected("a value or a condition", &[])),
        }
    }

    /// `else 0` after a field or a sum, if it stands there.
    pub(super) fn or_zero(&mut self, value: Expression) -> Parsed<Expression> {
        if !self.take_word("else") {
            return Ok(value);
        }
        let zero = Token::Decimal(Decimal {
            mantissa: 0,
            scale: 0,
        });
        if *self.peek() != zero {
            return Err(self.unexpected("0, which is all that stands after `else`", &[]));
        }
        let span = value.span.to(self.advance());
        Ok(Spanned::new(ExpressionNode::OrZero(Box::new(value)), span))
    }

    /// A literal, or a number of days.
    fn written(&mut self) -> Parsed<Expression> {
        let Spanned { node, span } = self.literal()?;
        if !self.is_word("days") {
            return Ok(Spanned::new(ExpressionNode::Literal(node), span));
        }
        let days = match node {
            Literal::Decimal(Decimal { mantissa, scale: 0 }) => u32::try_from(mantissa).ok(),
            _ => None,
        };
        let days = days.filter(|days| *days <= limits::DAYS).ok_or_else(|| {
            let problem = format!("days are a whole number up to {}", limits::DAYS);
            Fault::new(span, problem)
        })?;
        let end = self.advance();
        Ok(Spanned::new(ExpressionNode::Days(days), span.to(end)))
    }

    fn sum(&mut self) -> Parsed<Expression> {
        let start = self.advance();
        self.sign("(")?;
        let term = Box::new(self.expression()?);
        self.word("for")?;
        let over = self.binding()?;
        let span = start.to(self.sign(")")?);
        Ok(Spanned::new(ExpressionNode::Sum { term, over }, span))
    }

    fn count(&mut self) -> Parsed<Expression> {
        let start = self.advance();
        self.sign("(")?;
        let over = self.binding()?;
        let span = start.to(self.sign(")")?);
        Ok(Spanned::new(ExpressionNode::Count(over), span))
    }
}
