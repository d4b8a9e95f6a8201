//! Conditions as bits: the twin of `evaluate/condition.rs`.

use ark_bls12_381::Fr;
use ark_ff::AdditiveGroup;
use num_bigint::BigUint;
use sealane_gadgets::{Wire, decide};
use sealane_types::fields::loose_number;
use sealane_types::schema::AMOUNT_SCALE;

use super::fields::exact;
use super::reads::{fields_alone, implies};
use super::value::{Exact, Measure, Party, SymbolId, Value, big_ten, ten, text, width};
use super::{Compiler, Item, Match, tables};
use crate::ast::{Quantifier, Relation, Tolerance, ToleranceUnit};
use crate::currency::USUAL;
use crate::instance::STATED_SCALE;
use crate::typed::{Binding, Condition, FieldRef, Slack, Term, TermNode};

/// Both sides of a comparison over one denominator and one scale.
struct Aligned {
    ready: Wire,
    left: Wire,
    right: Wire,
    largest_left: BigUint,
    largest_right: BigUint,
    measure: Measure,
}

/// How far two sides may be apart: raised so many decimals beyond theirs.
struct Allowed {
    raised: u32,
    wire: Wire,
    largest: BigUint,
}

impl Compiler<'_> {
    /// Whether a condition is met.
    pub(super) fn condition(&mut self, condition: &Condition) -> Wire {
        match condition {
            Condition::And(parts) => {
                let parts: Vec<Wire> = parts.iter().map(|part| self.condition(part)).collect();
                self.all(&parts.iter().collect::<Vec<_>>())
            }
            Condition::Or(parts) => {
                let parts: Vec<Wire> = parts.iter().map(|part| self.condition(part)).collect();
                self.any(&parts)
            }
            Condition::Quantified {
                quantifier,
                over,
                body,
            } => self.quantified(*quantifier, over, body),
            Condition::Guarded { fields, body } => {
                let there: Vec<Wire> = fields.iter().map(|field| self.present_of(field)).collect();
                let there = self.all(&there.iter().collect::<Vec<_>>());
                let body = self.condition(body);
                let violated = self.and(&there, &decide::not(&body));
                decide::not(&violated)
            }
            Condition::Present(field) => self.present_of(field),
            Condition::Absent(field) => decide::not(&self.present_of(field)),
            Condition::Compare {
                left,
                relation,
                right,
            } => self.once([left, right], |compiler| {
                compiler.compare(left, *relation, right)
            }),
            Condition::Within {
                left,
                tolerance,
                right,
            } => self.once([left, right], |compiler| {
                compiler.within(left, *tolerance, right)
            }),
            Condition::Limit {
                left,
                most,
                right,
                slack,
            } => self.limit(left, *most, right, slack),
            Condition::Like { left, right } => self.like(left, right),
            Condition::OneOf { value, list } => self.one_of(value, list),
            Condition::Party { left, same, right } => self.party(left, *same, right),
        }
    }

    /// Writes a comparison once for the items that it reads, in however many combinations with others they stand.
    fn once(&mut self, terms: [&Term; 2], write: impl FnOnce(&mut Self) -> Wire) -> Wire {
        let mut sources = Vec::new();
        if !terms.iter().all(|term| fields_alone(term, &mut sources)) {
            return write(self);
        }
        let items = sources.into_iter().map(|source| self.item(source));
        let key = (
            terms[0].span.start,
            terms[1].span.end,
            items.collect::<Vec<_>>(),
        );
        if let Some(known) = self.comparisons.get(&key) {
            return known.clone();
        }
        let met = write(self);
        self.comparisons.insert(key, met.clone());
        met
    }

    fn present_of(&mut self, field: &FieldRef) -> Wire {
        self.present(self.item(field.source), field.field.slot)
    }

    /// At least one of the bits.
    pub(super) fn any(&mut self, bits: &[Wire]) -> Wire {
        let none = self.is_zero(&Wire::sum(bits));
        decide::not(&none)
    }

    /// Those of a list that satisfy its filter: a bit for each.
    pub(super) fn matching(&mut self, over: &Binding) -> Vec<Match> {
        let items = self.items(over.list);
        let Some(filter) = &over.filter else {
            return items;
        };
        let variable = self.bound.len();
        let implied = implies(filter, variable);
        let filtered = items.into_iter().map(|(active, item)| {
            self.bound.push(item);
            let satisfied = self.condition(filter);
            self.bound.pop();
            let matches = match implied {
                true => satisfied,
                false => self.and(&active, &satisfied),
            };
            (matches, item)
        });
        filtered.collect()
    }

    fn quantified(&mut self, quantifier: Quantifier, over: &Binding, body: &Condition) -> Wire {
        if let Some(tally) = self.tally_of(over) {
            return self.tallied_quantified(quantifier, &tally, body);
        }
        let matching = self.matching(over);
        let count = Wire::sum(matching.iter().map(|(one, _)| one));
        match quantifier {
            Quantifier::One => {
                let one = self.equal(&Wire::one(), &count, &Wire::one());
                let picked = self.new_pick(one.clone(), matching);
                let body = self.with(picked, body);
                self.and(&one, &body)
            }
            Quantifier::Any => {
                let met = self.each(&matching, body, |body| body);
                self.any(&met)
            }
            Quantifier::All => {
                let violated = self.each(&matching, body, |body| decide::not(&body));
                let respected = self.is_zero(&Wire::sum(&violated));
                let none = self.is_zero(&count);
                self.and(&respected, &decide::not(&none))
            }
        }
    }

    /// For each item whether it matches and its body, seen through `of`, is 1.
    fn each(&mut self, matching: &[Match], body: &Condition, of: fn(Wire) -> Wire) -> Vec<Wire> {
        let both = matching.iter().map(|(matches, item)| {
            let body = of(self.with(*item, body));
            self.and(matches, &body)
        });
        both.collect()
    }

    pub(super) fn with(&mut self, item: Item, body: &Condition) -> Wire {
        self.bound.push(item);
        let met = self.condition(body);
        self.bound.pop();
        met
    }

    fn compare(&mut self, left: &Term, relation: Relation, right: &Term) -> Wire {
        let (left, right) = (self.term(left), self.term(right));
        match (&left, &right) {
            (Value::Exact(left), Value::Exact(right)) => self.compare_exact(left, relation, right),
            _ => match self.equal_values(&left, &right) {
                Some((_, equal)) if relation == Relation::Equal => equal,
                Some((both, equal)) => &both - &equal,
                None => Wire::constant(Fr::ZERO),
            },
        }
    }

    /// Whether two values that are only equal or not are ready, and whether they are equal too.
    fn equal_values(&mut self, left: &Value, right: &Value) -> Option<(Wire, Wire)> {
        use Value::{LineReference, NumberedLine, Symbol};
        Some(match (left, right) {
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
            ) => self.same_line((*line, *of), (*own, *number)),
            (
                LineReference { line, of },
                LineReference {
                    line: own,
                    of: number,
                },
            ) => self.same_reference((*line, *of), (*own, *number)),
            (LineReference { line, .. }, Symbol(text))
            | (Symbol(text), LineReference { line, .. }) => self.equal_symbols(*line, *text),
            _ => {
                let (left, right) = same_form(left, right)?;
                self.equal_symbols(left, right)
            }
        })
    }

    fn compare_exact(&mut self, left: &Exact, relation: Relation, right: &Exact) -> Wire {
        let sides = self.aligned(left, right);
        let bits = width(&(&sides.largest_left + &sides.largest_right + 1_u8));
        let (less, greater) = (&sides.right - &sides.left, &sides.left - &sides.right);
        let one = Fr::from(1_u8);
        let difference = match relation {
            Relation::Equal => return self.equal(&sides.ready, &sides.left, &sides.right),
            Relation::Unequal => {
                let equal = self.equal(&sides.ready, &sides.left, &sides.right);
                return &sides.ready - &equal;
            }
            Relation::Less => &less - one,
            Relation::AtMost => less,
            Relation::Greater => &greater - one,
            Relation::AtLeast => greater,
        };
        // specs: cross-check#K10
        let holds = self.system.named("K10", |system| {
            decide::at_least_zero(system, &difference, bits)
        });
        self.and(&sides.ready, &holds)
    }

    fn aligned(&mut self, left: &Exact, right: &Exact) -> Aligned {
        let (same, measure) = self.same_measure(left.measure, right.measure);
        let scale = left.scale.max(right.scale);
        let raised = |compiler: &mut Self, one: &Exact, other: &Exact| {
            let raised = &one.numerator * ten(scale - one.scale);
            let largest = &one.largest * &other.largest_denominator * big_ten(scale - one.scale);
            let wire = match &other.denominator {
                None => raised,
                Some(denominator) => compiler
                    .system
                    .named("K12", |system| system.product(&raised, denominator)),
            };
            (wire, largest)
        };
        let (one, largest_left) = raised(self, left, right);
        let (other, largest_right) = raised(self, right, left);
        Aligned {
            ready: self.all(&[&left.ready, &right.ready, &same]),
            left: one,
            right: other,
            largest_left,
            largest_right,
            measure,
        }
    }

    fn within(&mut self, left: &Term, tolerance: Tolerance, right: &Term) -> Wire {
        let (left, right) = (self.term(left), self.term(right));
        let (Some(left), Some(right)) = (exact(&left), exact(&right)) else {
            return Wire::constant(Fr::ZERO);
        };
        let sides = self.aligned(&left, &right);
        let allowed = self.allowed(&left, tolerance, &right, &sides);
        let difference = &(&sides.left - &sides.right) * ten(allowed.raised);
        let largest = (&sides.largest_left + &sides.largest_right) * big_ten(allowed.raised);
        let widths = decide::Widths {
            either: width(&(largest + &allowed.largest + 1_u8)),
            twice: width(&(allowed.largest * 2_u8)).max(1),
        };
        let far = allowed.wire;
        // specs: cross-check#K11
        let holds = self.system.named("K11", |system| {
            decide::within(system, &difference, &far, widths)
        });
        self.and(&sides.ready, &holds)
    }

    /// Whether a value is within a limit, or no further beyond it than the slack.
    fn limit(&mut self, left: &Term, most: bool, right: &Term, slack: &Slack) -> Wire {
        let (left, right) = (self.term(left), self.term(right));
        let (Some(left), Some(right)) = (exact(&left), exact(&right)) else {
            return Wire::constant(Fr::ZERO);
        };
        let sides = self.aligned(&left, &right);
        let (allowed, stated) = match slack {
            Slack::Written(tolerance) => {
                let allowed = self.allowed(&left, *tolerance, &right, &sides);
                (allowed, Wire::one())
            }
            Slack::Stated(stated) => self.stated(stated, &sides),
        };
        let beyond = match most {
            true => &sides.left - &sides.right,
            false => &sides.right - &sides.left,
        };
        let beyond = &beyond * ten(allowed.raised);
        let largest = (&sides.largest_left + &sides.largest_right) * big_ten(allowed.raised);
        let bits = width(&(largest + &allowed.largest + 1_u8));
        // specs: cross-check#K10
        let holds = self.system.named("K10", |system| {
            decide::at_least_zero(system, &(&allowed.wire - &beyond), bits)
        });
        self.all(&[&sides.ready, &stated, &holds])
    }

    /// What a document states as tolerance, and whether it does.
    fn stated(&mut self, stated: &Term, sides: &Aligned) -> (Allowed, Wire) {
        let stated = self.term(stated);
        let stated = exact(&stated).expect("resolving lets integers alone be tolerances");
        let whole = self.magnitude(&sides.right, &sides.largest_right);
        let wire = self
            .system
            .named("K12", |system| system.product(&whole, &stated.numerator));
        let allowed = Allowed {
            raised: STATED_SCALE,
            wire,
            largest: &sides.largest_right * &stated.largest,
        };
        (allowed, stated.ready)
    }

    /// A written tolerance over the denominators and scale of both sides.
    fn allowed(
        &mut self,
        left: &Exact,
        tolerance: Tolerance,
        right: &Exact,
        sides: &Aligned,
    ) -> Allowed {
        let amount = tolerance.amount;
        let mantissa = Fr::from(amount.mantissa);
        let most = BigUint::from(amount.mantissa.unsigned_abs());
        let scale = left.scale.max(right.scale);
        let both_largest = || &left.largest_denominator * &right.largest_denominator * &most;
        match tolerance.unit {
            ToleranceUnit::Percent => {
                let whole = self.magnitude(&sides.right, &sides.largest_right);
                Allowed {
                    raised: 2 + amount.scale,
                    wire: &whole * mantissa,
                    largest: &sides.largest_right * &most,
                }
            }
            ToleranceUnit::Minor => {
                let both = scale.max(AMOUNT_SCALE);
                let denominators = self.denominators(left, right);
                let minor = self.minor(sides.measure);
                let wire = self
                    .system
                    .named("K12", |system| system.product(&denominators, &minor));
                let far = both - AMOUNT_SCALE;
                Allowed {
                    raised: both - scale,
                    wire: &wire * (mantissa * ten(far)),
                    largest: both_largest() * big_ten(AMOUNT_SCALE + far),
                }
            }
            ToleranceUnit::Own | ToleranceUnit::Days => {
                let both = scale.max(amount.scale);
                let denominators = self.denominators(left, right);
                let far = both - amount.scale;
                Allowed {
                    raised: both - scale,
                    wire: &denominators * (mantissa * ten(far)),
                    largest: both_largest() * big_ten(far),
                }
            }
        }
    }

    /// A minor unit of what is measured, at the scale of amounts.
    fn minor(&mut self, measure: Measure) -> Wire {
        let Measure::Money(currency) = measure else {
            return Wire::constant(ten(AMOUNT_SCALE - USUAL));
        };
        if let Some(known) = self.minors.get(&currency) {
            return known.clone();
        }
        let number = self.symbols[currency.0].wire.clone();
        let minor = tables::factor_of(self.system, &number);
        self.minors.insert(currency, minor.clone());
        minor
    }

    /// Whether two texts have one loose form.
    fn like(&mut self, left: &Term, right: &Term) -> Wire {
        let (left, right) = (self.loose(left), self.loose(right));
        self.equal_symbols(left, right).1
    }

    fn loose(&mut self, term: &Term) -> SymbolId {
        match &term.node {
            TermNode::Field(field) => self.loose_text(self.item(field.source), field.field),
            TermNode::Text(written) => self.constant(text(&loose_number(written))),
            _ => unreachable!("texts are fields or written out"),
        }
    }

    fn denominators(&mut self, left: &Exact, right: &Exact) -> Wire {
        let all = [&left.denominator, &right.denominator];
        let mut product = Wire::one();
        for denominator in all.into_iter().flatten() {
            product = self
                .system
                .named("K12", |system| system.product(&product, denominator));
        }
        product
    }

    /// `|number|`.
    fn magnitude(&mut self, number: &Wire, largest: &BigUint) -> Wire {
        let bits = width(largest).max(1);
        // specs: cross-check#K10
        self.system.named("K10", |system| {
            let positive = decide::at_least_zero(system, number, bits);
            let sign = &(&positive * Fr::from(2_u8)) - Fr::from(1_u8);
            system.product(number, &sign)
        })
    }

    fn one_of(&mut self, value: &Term, list: &[Term]) -> Wire {
        let equal: Vec<Wire> = list
            .iter()
            .map(|one| self.compare(value, Relation::Equal, one))
            .collect();
        self.any(&equal)
    }

    fn party(&mut self, left: &FieldRef, same: bool, right: &FieldRef) -> Wire {
        let items = [left, right].map(|field| self.item(field.source));
        let [one, other] = [(items[0], left), (items[1], right)]
            .map(|(item, field)| self.party_at(item, field.field.slot));
        let common = self.common(&one, &other);
        let left = self.present(items[0], left.field.slot);
        let right = self.present(items[1], right.field.slot);
        match same {
            true => self.all(&[&left, &right, &common]),
            false => self.all(&[&left, &right, &decide::not(&common)]),
        }
    }

    /// Whether two parties have an identifier in common: for one of the first, the product of its differences to all of the other is 0.
    /// In place of the product of a place without an identifier stands 1, whatever the other leaf holds: a sealer can commit to
    /// any numbers.
    fn common(&mut self, one: &Party, other: &Party) -> Wire {
        // specs: cross-check#K8
        self.system.named("K8", |system| {
            let mut all = Wire::one();
            for id in &one.ids {
                let absent = decide::is_zero(system, id);
                let mut product = Wire::one();
                for their in &other.ids {
                    product = system.product(&product, &(id - their));
                }
                let counted = decide::select(system, &absent, &Wire::one(), &product);
                all = system.product(&all, &counted);
            }
            decide::is_zero(system, &all)
        })
    }
}

/// The symbols that are compared: references meet numbers in the loose form.
fn same_form(left: &Value, right: &Value) -> Option<(SymbolId, SymbolId)> {
    use Value::{Loose, Number, Symbol};
    match (left, right) {
        (Symbol(left), Symbol(right)) => Some((*left, *right)),
        (Number { strict: left, .. }, Number { strict: right, .. }) => Some((*left, *right)),
        (Loose(one), Number { loose: other, .. } | Loose(other))
        | (Number { loose: other, .. }, Loose(one)) => Some((*one, *other)),
        _ => None,
    }
}
