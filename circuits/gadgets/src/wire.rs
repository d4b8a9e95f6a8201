//! Wires: linear combinations of variables, with their values.

use std::ops::{Add, Mul, Neg, Sub};

use ark_bls12_381::Fr;
use ark_ff::{AdditiveGroup, Field, Zero};

/// A variable of the assignment. Instance 0 is the constant 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Variable {
    /// Public: known to the verifier.
    Instance(usize),
    /// Known to the prover alone.
    Witness(usize),
}

impl Variable {
    /// The constant 1.
    pub const ONE: Self = Self::Instance(0);
}

/// A linear combination of variables and its value. Terms are sorted by variable, without zeros.
#[derive(Debug, Clone)]
pub struct Wire {
    terms: Vec<(Variable, Fr)>,
    value: Fr,
    is_constant: bool,
}

impl Wire {
    /// A number that the circuit fixes.
    #[must_use]
    pub fn constant(value: Fr) -> Self {
        let terms = if value.is_zero() {
            Vec::new()
        } else {
            vec![(Variable::ONE, value)]
        };
        Self {
            terms,
            value,
            is_constant: true,
        }
    }

    /// The number 1.
    #[must_use]
    pub fn one() -> Self {
        Self::constant(Fr::ONE)
    }

    /// A wire from its parts; `terms` must be sorted and without zeros.
    pub(crate) fn from_terms(terms: Vec<(Variable, Fr)>, value: Fr) -> Self {
        Self {
            terms,
            value,
            is_constant: false,
        }
    }

    /// The sum of wires.
    #[must_use]
    pub fn sum<'a>(wires: impl IntoIterator<Item = &'a Self>) -> Self {
        let all = wires.into_iter().map(|wire| (Fr::ONE, wire));
        Self::combined(all)
    }

    /// `Σ 2ⁱ·wireᵢ`: a number from its bits, lowest first.
    #[must_use]
    pub fn weighted(bits: &[Self]) -> Self {
        let weights = std::iter::successors(Some(Fr::ONE), |weight| Some(weight.double()));
        Self::combined(weights.zip(bits))
    }

    /// `Σ factorᵢ·wireᵢ`, in one pass however many there are.
    #[must_use]
    pub fn combined<'a>(parts: impl IntoIterator<Item = (Fr, &'a Self)>) -> Self {
        let (mut value, mut is_constant) = (Fr::ZERO, true);
        let mut terms: Vec<(Variable, Fr)> = Vec::new();
        for (factor, wire) in parts {
            value += factor * wire.value;
            is_constant &= wire.is_constant;
            terms.extend(
                wire.terms
                    .iter()
                    .map(|(variable, one)| (*variable, factor * one)),
            );
        }
        terms.sort_unstable_by_key(|(variable, _)| *variable);
        terms.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        terms.retain(|(_, coefficient)| !coefficient.is_zero());
        Self {
            terms,
            value,
            is_constant,
        }
    }

    /// The value that the prover assigned.
    #[must_use]
    pub fn value(&self) -> Fr {
        self.value
    }

    /// The terms; empty where only values are computed.
    #[must_use]
    pub fn terms(&self) -> &[(Variable, Fr)] {
        &self.terms
    }

    /// Whether the circuit fixes the value.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        self.is_constant
    }

    /// `self + factor·other`, merging the sorted terms.
    fn plus_scaled(&self, other: &Self, factor: Fr) -> Self {
        let mut terms = Vec::with_capacity(self.terms.len() + other.terms.len());
        let (mut left, mut right) = (self.terms.iter().peekable(), other.terms.iter().peekable());
        loop {
            let (variable, coefficient) = match (left.peek(), right.peek()) {
                (None, None) => break,
                (Some((a, x)), Some((b, y))) if a == b => {
                    let sum = (*a, *x + factor * y);
                    left.next();
                    right.next();
                    sum
                }
                (Some((a, x)), right_next) if right_next.is_none_or(|(b, _)| a < b) => {
                    let term = (*a, *x);
                    left.next();
                    term
                }
                (_, Some((b, y))) => {
                    let term = (*b, factor * y);
                    right.next();
                    term
                }
                (Some(_), None) => unreachable!("the arm above takes what is left alone"),
            };
            if !coefficient.is_zero() {
                terms.push((variable, coefficient));
            }
        }
        Self {
            terms,
            value: self.value + factor * other.value,
            is_constant: self.is_constant && other.is_constant,
        }
    }
}

impl Add for &Wire {
    type Output = Wire;

    fn add(self, other: Self) -> Wire {
        self.plus_scaled(other, Fr::ONE)
    }
}

impl Sub for &Wire {
    type Output = Wire;

    fn sub(self, other: Self) -> Wire {
        self.plus_scaled(other, -Fr::ONE)
    }
}

impl Neg for &Wire {
    type Output = Wire;

    fn neg(self) -> Wire {
        self * -Fr::ONE
    }
}

impl Mul<Fr> for &Wire {
    type Output = Wire;

    fn mul(self, factor: Fr) -> Wire {
        let zero = Wire {
            terms: Vec::new(),
            value: Fr::ZERO,
            is_constant: true,
        };
        let scaled = zero.plus_scaled(self, factor);
        Wire {
            is_constant: self.is_constant,
            ..scaled
        }
    }
}

impl Add<Fr> for &Wire {
    type Output = Wire;

    fn add(self, number: Fr) -> Wire {
        self.plus_scaled(&Wire::constant(number), Fr::ONE)
    }
}

impl Sub<Fr> for &Wire {
    type Output = Wire;

    fn sub(self, number: Fr) -> Wire {
        self + -number
    }
}
