//! The language once more, written for clarity alone: rationals instead of scaled integers, the declaration as parsed instead of the
//! resolved check, no traces, no limits. It shares the parser with the crate and nothing else.
#![allow(clippy::unwrap_used)]

use num_bigint::BigInt;
use num_rational::BigRational;
use sealane_checks::ast::{
    Binding, Condition, ConditionNode, Decimal, Expression, ExpressionNode, Literal, Path,
    Quantifier, Relation, Sign, ToleranceUnit,
};
use sealane_types::fields::{FieldValue, LineOf, loose_number};
use sealane_types::schema::{CanonicalFields, line_slot, slot};

/// A value: a number with what it measures, or words (a document's number in two forms).
#[derive(Debug, Clone, PartialEq)]
enum Value {
    Number(BigRational, String),
    Words(String),
    Document(String, String),
    Loose(String),
    /// A line of another document, and which: of any where none is named.
    About(String, Option<String>),
    /// A line with its document's number.
    Own(String, Option<String>),
}

/// What a name stands for.
#[derive(Clone, Copy)]
enum Thing<'a> {
    Document(&'a CanonicalFields),
    Line(&'a CanonicalFields, usize),
}

/// `order`, `delivery` and `invoice`, and what is bound.
#[derive(Clone)]
pub struct World<'a> {
    pub order: &'a CanonicalFields,
    pub delivery: Vec<&'a CanonicalFields>,
    pub invoice: &'a CanonicalFields,
    names: Vec<(String, Thing<'a>)>,
}

const CODES: [&str; 2] = ["EUR", "JPY"];

fn ratio(value: i128, decimals: u32, bits: u32) -> Option<BigRational> {
    (value.unsigned_abs() < 1 << bits)
        .then(|| BigRational::new(value.into(), BigInt::from(10).pow(decimals)))
}

fn literal(number: Decimal) -> BigRational {
    BigRational::new(number.mantissa.into(), BigInt::from(10).pow(number.scale))
}

impl<'a> World<'a> {
    pub fn new(
        order: &'a CanonicalFields,
        delivery: Vec<&'a CanonicalFields>,
        invoice: &'a CanonicalFields,
    ) -> Self {
        Self {
            order,
            delivery,
            invoice,
            names: Vec::new(),
        }
    }

    pub fn holds(&self, condition: &Condition) -> bool {
        match &condition.node {
            ConditionNode::And(parts) => parts.iter().all(|part| self.holds(part)),
            ConditionNode::Or(parts) => parts.iter().any(|part| self.holds(part)),
            ConditionNode::Quantified {
                quantifier,
                over,
                body,
            } => {
                let bodies: Vec<bool> = self
                    .matching(over)
                    .iter()
                    .map(|world| world.holds(body))
                    .collect();
                match quantifier {
                    Quantifier::All => !bodies.is_empty() && bodies.iter().all(|body| *body),
                    Quantifier::Any => bodies.iter().any(|body| *body),
                    Quantifier::One => bodies == [true],
                }
            }
            ConditionNode::Guarded { paths, body } => {
                !paths.iter().all(|path| self.is_there(path)) || self.holds(body)
            }
            ConditionNode::Present(path) => self.is_there(path),
            ConditionNode::Absent(path) => !self.is_there(path),
            ConditionNode::Compare {
                left,
                relation,
                right,
            } => self.compare(left, *relation, right).unwrap_or(false),
            ConditionNode::Within {
                left,
                tolerance,
                right,
            } => {
                let near = || {
                    let (left, right) = self.numbers(left, right)?;
                    let amount = literal(tolerance.node.amount);
                    let limit = match tolerance.node.unit {
                        ToleranceUnit::Percent => {
                            let right = if right
                                < literal(Decimal {
                                    mantissa: 0,
                                    scale: 0,
                                }) {
                                -right.clone()
                            } else {
                                right.clone()
                            };
                            amount * right / BigInt::from(100)
                        }
                        _ => amount,
                    };
                    let apart = left - right;
                    Some(apart <= limit && apart >= -limit)
                };
                near().unwrap_or(false)
            }
            ConditionNode::In { value, list } => list.iter().any(|one| {
                let one = Expression::new(ExpressionNode::Literal(one.node.clone()), one.span);
                self.compare(value, Relation::Equal, &one).unwrap_or(false)
            }),
            ConditionNode::Party { left, same, right } => {
                self.party(left, *same, right).unwrap_or(false)
            }
        }
    }

    fn party(&self, left: &Path, same: bool, right: &Path) -> Option<bool> {
        let (left, right) = (self.ids(left)?, self.ids(right)?);
        if left.is_empty() || right.is_empty() {
            return None;
        }
        Some(left.iter().any(|id| right.contains(id)) == same)
    }

    fn ids(&self, path: &Path) -> Option<Vec<String>> {
        let Thing::Document(document) = self.thing(&path.parts[0].node) else {
            return None;
        };
        let place = match path.parts[1].node.as_str() {
            "seller" => 3,
            "buyer" => 4,
            _ => 5,
        };
        match &document.header[place] {
            None => Some(Vec::new()),
            Some(FieldValue::LegalIds(ids)) => Some(ids.clone()),
            Some(_) => None,
        }
    }

    fn thing(&self, name: &str) -> Thing<'a> {
        match name {
            "order" => Thing::Document(self.order),
            "invoice" => Thing::Document(self.invoice),
            _ => self.names.iter().find(|(own, _)| own == name).unwrap().1,
        }
    }

    fn matching(&self, over: &Binding) -> Vec<World<'a>> {
        let lines = |document: &'a CanonicalFields| {
            (0..document.lines.len()).map(move |line| Thing::Line(document, line))
        };
        let first = over.list.parts[0].node.as_str();
        let things: Vec<Thing<'a>> = match (first, over.list.parts.len()) {
            ("delivery", 1) => self
                .delivery
                .iter()
                .map(|document| Thing::Document(document))
                .collect(),
            ("delivery", _) => self
                .delivery
                .iter()
                .flat_map(|document| lines(document))
                .collect(),
            _ => match self.thing(first) {
                Thing::Document(document) => lines(document).collect(),
                Thing::Line(..) => Vec::new(),
            },
        };
        let worlds = things.into_iter().map(|thing| {
            let mut world = self.clone();
            world.names.push((over.name.node.clone(), thing));
            world
        });
        worlds
            .filter(|world| {
                over.filter
                    .as_ref()
                    .is_none_or(|filter| world.holds(filter))
            })
            .collect()
    }

    fn leaf(&self, path: &Path) -> Option<&'a FieldValue> {
        let field = path.parts[1].node.as_str();
        match self.thing(&path.parts[0].node) {
            Thing::Line(document, line) => {
                let slot = match field {
                    "id" => line_slot::ID,
                    "order_line" => line_slot::ORDER_LINE,
                    "despatch_line" | "status" => line_slot::DESPATCH_LINE,
                    "item" => line_slot::ITEM,
                    "quantity" => line_slot::QUANTITY,
                    "price" => line_slot::PRICE,
                    "total" => line_slot::TOTAL,
                    _ => panic!("no naive field {field}"),
                };
                document.lines[line][slot].as_ref()
            }
            Thing::Document(document) => {
                let slot = match (field, path.parts.get(2).map(|part| part.node.as_str())) {
                    ("id", _) => slot::NUMBER,
                    ("type_code", _) => slot::TYPE_CODE,
                    ("issue_date", _) => slot::ISSUE_DATE,
                    ("due_date", _) => slot::DUE_DATE,
                    ("seller", Some("name")) => slot::SELLER_NAME,
                    ("seller", _) => slot::SELLER_IDS,
                    ("payee", _) => slot::PAYEE_IDS,
                    ("tolerance", _) => slot::TOLERANCE,
                    ("currency", _) => slot::CURRENCY,
                    ("payable_amount", _) => slot::PAYABLE,
                    ("order_references", _) => slot::ORDER_REFERENCES,
                    ("totals", Some("lines")) => slot::LINES_TOTAL,
                    ("totals", Some("charges")) => slot::CHARGES,
                    ("totals", _) => slot::TAX,
                    _ => panic!("no naive field {field}"),
                };
                document.header[slot].as_ref()
            }
        }
    }

    fn is_there(&self, path: &Path) -> bool {
        self.leaf(path).is_some()
    }

    fn field(&self, path: &Path) -> Option<Value> {
        let named = path.parts[1].node.as_str();
        let is_line = matches!(self.thing(&path.parts[0].node), Thing::Line(..));
        match (named, is_line, self.leaf(path)?) {
            ("id", false, FieldValue::Number(number)) => {
                Some(Value::Document(number.clone(), loose_number(number)))
            }
            ("item", true, FieldValue::Text(text)) | ("seller", _, FieldValue::Name(text)) => {
                Some(Value::Words(text.clone()))
            }
            ("id", true, FieldValue::Text(text)) => {
                let Thing::Line(document, _) = self.thing(&path.parts[0].node) else {
                    return None;
                };
                let number = match &document.header[slot::NUMBER] {
                    Some(FieldValue::Number(number)) => Some(loose_number(number)),
                    _ => None,
                };
                Some(Value::Own(text.clone(), number))
            }
            ("order_line" | "despatch_line", true, FieldValue::LineReference { line, of }) => {
                let of = match of {
                    LineOf::Unknown => return None,
                    LineOf::Any => None,
                    LineOf::Number(number) => Some(loose_number(number)),
                };
                Some(Value::About(line.clone(), of))
            }
            ("currency", false, FieldValue::Text(code)) => CODES
                .contains(&code.as_str())
                .then(|| Value::Words(code.clone())),
            ("order_references", _, FieldValue::References(list)) => match path.index {
                None => Some(Value::Words(format!("{list:?}"))),
                Some(_) => {
                    let loose = loose_number(list.first()?);
                    (!loose.is_empty()).then_some(Value::Loose(loose))
                }
            },
            ("type_code" | "status" | "tolerance", _, FieldValue::Integer(value)) => {
                Some(Value::Number(ratio((*value).into(), 0, 63)?, "int".into()))
            }
            ("issue_date" | "due_date", _, FieldValue::Date(day)) => {
                Some(Value::Number(ratio((*day).into(), 0, 31)?, "day".into()))
            }
            ("payable_amount", _, FieldValue::Amount { value, currency }) => {
                let decimals = if currency.code() == "JPY" { 0 } else { 2 };
                Some(Value::Number(
                    ratio(*value, decimals, 63)?,
                    currency.code().into(),
                ))
            }
            ("totals" | "total", _, FieldValue::Amount { value, currency }) => {
                Some(Value::Number(ratio(*value, 6, 80)?, currency.code().into()))
            }
            ("quantity", _, FieldValue::Quantity { value, unit }) if !unit.is_empty() => {
                Some(Value::Number(ratio(*value, 6, 80)?, format!("of {unit}")))
            }
            ("price", _, FieldValue::Price { value, base }) => {
                let Thing::Line(document, line) = self.thing(&path.parts[0].node) else {
                    return None;
                };
                let Some(FieldValue::Quantity { unit, .. }) =
                    &document.lines[line][line_slot::QUANTITY]
                else {
                    return None;
                };
                let Some(FieldValue::Text(code)) = &document.header[slot::CURRENCY] else {
                    return None;
                };
                let (value, base) = (ratio(*value, 10, 80)?, ratio(*base, 6, 80)?);
                let positive = base > ratio(0, 0, 1)?;
                let known = CODES.contains(&code.as_str()) && !unit.is_empty();
                (positive && known)
                    .then(|| Value::Number(value / base, format!("{code} of {unit}")))
            }
            _ => None,
        }
    }

    fn value(&self, expression: &Expression) -> Option<Value> {
        match &expression.node {
            ExpressionNode::Literal(Literal::Decimal(number)) => {
                Some(Value::Number(literal(*number), String::new()))
            }
            ExpressionNode::Literal(Literal::Date(day)) => {
                Some(Value::Number(ratio((*day).into(), 0, 31)?, "day".into()))
            }
            ExpressionNode::Literal(Literal::Text(text)) => Some(Value::Words(text.clone())),
            ExpressionNode::Days(days) => {
                Some(Value::Number(ratio((*days).into(), 0, 31)?, String::new()))
            }
            ExpressionNode::Path(path) => self.field(path),
            ExpressionNode::Sum { term, over } => {
                let terms: Option<Vec<Value>> = self
                    .matching(over)
                    .iter()
                    .map(|world| world.value(term))
                    .collect();
                let mut terms = terms?.into_iter();
                let first = terms.next()?;
                terms.try_fold(first, |sum, next| added(sum, Sign::Plus, next))
            }
            ExpressionNode::Count(over) => {
                let count = i128::try_from(self.matching(over).len()).unwrap();
                Some(Value::Number(ratio(count, 0, 31)?, "int".into()))
            }
            ExpressionNode::Product(left, right) => {
                let (Value::Number(left, one), Value::Number(right, other)) =
                    (self.value(left)?, self.value(right)?)
                else {
                    return None;
                };
                let (rate, unit) = if one.starts_with("of ") {
                    (&other, &one)
                } else {
                    (&one, &other)
                };
                let (code, priced) = rate.split_once(' ')?;
                (priced == unit).then(|| Value::Number(left * right, code.to_owned()))
            }
            ExpressionNode::Chain { first, rest } => {
                let terms: Option<Vec<_>> = rest
                    .iter()
                    .map(|(sign, next)| Some((*sign, self.value(next)?)))
                    .collect();
                let first = self.value(first)?;
                terms?
                    .into_iter()
                    .try_fold(first, |sum, (sign, next)| added(sum, sign, next))
            }
        }
    }

    fn numbers(&self, left: &Expression, right: &Expression) -> Option<(BigRational, BigRational)> {
        match (self.value(left)?, self.value(right)?) {
            (Value::Number(left, one), Value::Number(right, other)) => {
                let same = one == other || one.is_empty() || other.is_empty();
                same.then_some((left, right))
            }
            _ => None,
        }
    }

    fn compare(&self, left: &Expression, relation: Relation, right: &Expression) -> Option<bool> {
        let equal = match (self.value(left)?, self.value(right)?) {
            (Value::Number(..), Value::Number(..)) => {
                let (left, right) = self.numbers(left, right)?;
                return Some(relation.holds(left.cmp(&right)));
            }
            (Value::Words(left), Value::Words(right)) => left == right,
            (Value::Own(line, _), Value::Own(own, _) | Value::Words(own))
            | (Value::Words(line), Value::Own(own, _))
            | (Value::About(line, _), Value::Words(own))
            | (Value::Words(line), Value::About(own, _)) => line == own,
            (Value::About(line, of), Value::Own(own, number))
            | (Value::Own(own, number), Value::About(line, of)) => {
                line == own && (of.is_none() || of == number)
            }
            (Value::About(line, of), Value::About(own, number)) => {
                line == own && (of.is_none() || number.is_none() || of == number)
            }
            (Value::Document(left, _), Value::Document(right, _) | Value::Words(right)) => {
                left == right
            }
            (Value::Loose(left), Value::Loose(right) | Value::Document(_, right))
            | (Value::Document(_, left), Value::Loose(right)) => left == right,
            _ => return None,
        };
        Some(equal == (relation == Relation::Equal))
    }
}

fn added(sum: Value, sign: Sign, next: Value) -> Option<Value> {
    let (Value::Number(sum, one), Value::Number(next, other)) = (sum, next) else {
        return None;
    };
    let measure = match (one.is_empty(), other.is_empty()) {
        (true, _) => other,
        (_, true) => one,
        _ if one == other => one,
        _ => return None,
    };
    let sum = if sign == Sign::Plus {
        sum + next
    } else {
        sum - next
    };
    Some(Value::Number(sum, measure))
}
