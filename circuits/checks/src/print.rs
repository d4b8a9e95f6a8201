//! A [`Declaration`] as text. [`crate::parse()`] reads the same declaration back.

use std::fmt::{self, Display, Formatter, Write as _};

use crate::ast::{
    Binding, Condition, ConditionNode, Decimal, Declaration, Expression, ExpressionNode, Literal,
    Path, Sign, Slack, Tolerance, ToleranceUnit,
};
use crate::date;

impl Display for Declaration {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            out,
            "check {} version {}",
            self.name.node, self.version.node
        )?;
        writeln!(out, "\"{}\"", self.sentence.node)?;
        if !self.documents.is_empty() {
            writeln!(out)?;
        }
        for document in &self.documents {
            let list = if document.list { "list of " } else { "" };
            let (name, kind, role) = (
                &document.name.node,
                &document.kind.node,
                &document.role.node,
            );
            writeln!(out, "document {name} is {list}{kind} by {role}")?;
        }
        for requirement in &self.requirements {
            let (id, sentence) = (&requirement.id.node, &requirement.sentence.node);
            write!(out, "\nrequire {id} \"{sentence}\"")?;
            line(out, 1)?;
            condition(out, &requirement.condition, 1)?;
            writeln!(out)?;
        }
        Ok(())
    }
}

fn line(out: &mut Formatter<'_>, depth: usize) -> fmt::Result {
    write!(out, "\n{:1$}", "", 4 * depth)
}

fn condition(out: &mut Formatter<'_>, condition: &Condition, depth: usize) -> fmt::Result {
    match &condition.node {
        ConditionNode::And(parts) => joined(out, "and", parts, depth),
        ConditionNode::Or(parts) => joined(out, "or", parts, depth),
        ConditionNode::Quantified {
            quantifier,
            over,
            body,
        } => {
            write!(out, "{} ", quantifier.word())?;
            binding(out, over, depth)?;
            below(out, body, depth)
        }
        ConditionNode::Guarded { paths, body } => {
            let paths: Vec<String> = paths.iter().map(ToString::to_string).collect();
            write!(out, "if present {}", paths.join(", "))?;
            below(out, body, depth)
        }
        ConditionNode::Present(path) => write!(out, "present {path}"),
        ConditionNode::Absent(path) => write!(out, "absent {path}"),
        ConditionNode::Compare {
            left,
            relation,
            right,
        } => {
            expression(out, left, depth)?;
            write!(out, " {} ", relation.sign())?;
            expression(out, right, depth)
        }
        ConditionNode::Within {
            left,
            tolerance,
            right,
        } => {
            expression(out, left, depth)?;
            write!(out, " within {} of ", tolerance.node)?;
            expression(out, right, depth)
        }
        ConditionNode::Limit {
            left,
            relation,
            right,
            slack,
        } => {
            expression(out, left, depth)?;
            write!(out, " {} ", relation.sign())?;
            expression(out, right, depth)?;
            out.write_str(" within ")?;
            match &slack.node {
                Slack::Written(tolerance) => tolerance.fmt(out),
                Slack::Stated(stated) => expression(out, stated, depth),
            }
        }
        ConditionNode::Like { left, right } => {
            expression(out, left, depth)?;
            out.write_str(" like ")?;
            expression(out, right, depth)
        }
        ConditionNode::In { value, list } => {
            expression(out, value, depth)?;
            let list: Vec<String> = list.iter().map(|one| one.node.to_string()).collect();
            write!(out, " in ({})", list.join(", "))
        }
        ConditionNode::Party { left, same, right } => {
            write!(out, "{left} is {}{right}", if *same { "" } else { "not " })
        }
    }
}

fn below(out: &mut Formatter<'_>, body: &Condition, depth: usize) -> fmt::Result {
    out.write_char(':')?;
    line(out, depth + 1)?;
    condition(out, body, depth + 1)
}

/// Parts with a word between. What would read otherwise stands in parentheses: joined parts, except `and` inside `or`, and
/// what reaches as far as it can.
fn joined(out: &mut Formatter<'_>, word: &str, parts: &[Condition], depth: usize) -> fmt::Result {
    for (number, part) in parts.iter().enumerate() {
        if number > 0 {
            line(out, depth)?;
            write!(out, "{word} ")?;
        }
        let bare = match &part.node {
            ConditionNode::And(_) => word == "or",
            ConditionNode::Or(_)
            | ConditionNode::Quantified { .. }
            | ConditionNode::Guarded { .. } => false,
            _ => true,
        };
        if bare {
            condition(out, part, depth)?;
        } else {
            out.write_char('(')?;
            condition(out, part, depth + 1)?;
            out.write_char(')')?;
        }
    }
    Ok(())
}

fn binding(out: &mut Formatter<'_>, binding: &Binding, depth: usize) -> fmt::Result {
    write!(out, "{} in {}", binding.name.node, binding.list)?;
    if let Some(filter) = &binding.filter {
        out.write_str(" where ")?;
        condition(out, filter, depth + 1)?;
    }
    Ok(())
}

fn expression(out: &mut Formatter<'_>, one: &Expression, depth: usize) -> fmt::Result {
    match &one.node {
        ExpressionNode::Literal(literal) => literal.fmt(out),
        ExpressionNode::Days(days) => write!(out, "{days} days"),
        ExpressionNode::Path(path) => path.fmt(out),
        ExpressionNode::Sum { term, over } => {
            out.write_str("sum(")?;
            expression(out, term, depth)?;
            out.write_str(" for ")?;
            binding(out, over, depth)?;
            out.write_char(')')
        }
        ExpressionNode::Count(over) => {
            out.write_str("count(")?;
            binding(out, over, depth)?;
            out.write_char(')')
        }
        ExpressionNode::OrZero(value) => {
            expression(out, value, depth)?;
            out.write_str(" else 0")
        }
        ExpressionNode::Product(left, right) => {
            expression(out, left, depth)?;
            out.write_str(" * ")?;
            expression(out, right, depth)
        }
        ExpressionNode::Chain { first, rest } => {
            expression(out, first, depth)?;
            for (sign, next) in rest {
                let sign = if *sign == Sign::Plus { '+' } else { '-' };
                write!(out, " {sign} ")?;
                expression(out, next, depth)?;
            }
            Ok(())
        }
    }
}

impl Display for Path {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let parts: Vec<&str> = self.parts.iter().map(|part| part.node.as_str()).collect();
        out.write_str(&parts.join("."))?;
        match &self.index {
            Some(index) => write!(out, "[{}]", index.node),
            None => Ok(()),
        }
    }
}

impl Display for Literal {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decimal(number) => number.fmt(out),
            Self::Date(day) => out.write_str(&date::shown(*day)),
            Self::Text(text) => write!(out, "\"{text}\""),
        }
    }
}

impl Display for Decimal {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let scale = self.scale as usize;
        let digits = format!("{:0>1$}", self.mantissa.unsigned_abs(), scale + 1);
        let (whole, rest) = digits.split_at(digits.len() - scale);
        let point = if rest.is_empty() { "" } else { "." };
        write!(out, "{sign}{whole}{point}{rest}")
    }
}

impl Display for Tolerance {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            ToleranceUnit::Own => "",
            ToleranceUnit::Percent => "%",
            ToleranceUnit::Days => " days",
            ToleranceUnit::Minor => " minor",
        };
        write!(out, "{}{unit}", self.amount)
    }
}
