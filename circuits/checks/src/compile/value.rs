//! Values as wires: numbers with bounds and what they measure, and symbols that are only equal or not. The twin of
//! `evaluate/value.rs`: what is not readable there has the bit `ready` 0 here.

use ark_bls12_381::Fr;
use ark_ff::Field;
use num_bigint::BigUint;
use sealane_crypto::commitment::input_element;
use sealane_gadgets::Wire;
use sealane_types::fields::LeafInput;

pub(super) use crate::instance::{largest, ten as big_ten};

/// A symbol in the compiler's list: equal numbers are one wire, so that what was compared once is not compared again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SymbolId(pub usize);

/// Something that is equal to another or not.
#[derive(Debug, Clone)]
pub(super) struct Symbol {
    pub ready: Wire,
    pub wire: Wire,
    /// Of a unit or currency, whether it is that of whatever stands beside it: then the wire is 0. `None` where it never is.
    pub free: Option<Wire>,
}

/// What a number measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    Integer,
    Day,
    Money(SymbolId),
    Goods(SymbolId),
    /// Currency, unit.
    Rate(SymbolId, SymbolId),
    Plain,
}

/// `numerator / denominator · 10^-scale`. Numerator and denominator are within their bounds whether or not the number
/// is ready; where it is, the denominator is above zero.
#[derive(Debug, Clone)]
pub(super) struct Exact {
    pub ready: Wire,
    pub numerator: Wire,
    pub denominator: Option<Wire>,
    pub scale: u32,
    pub largest: BigUint,
    pub largest_denominator: BigUint,
    pub measure: Measure,
}

/// A value.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Exact(Box<Exact>),
    Symbol(SymbolId),
    Number {
        strict: SymbolId,
        loose: SymbolId,
    },
    Loose(SymbolId),
    /// A line of another document, and that document's loose number: 0 where there is none to compare.
    LineReference {
        line: SymbolId,
        of: SymbolId,
    },
    /// A line, and its document's loose number: 0 where that is absent.
    NumberedLine {
        line: SymbolId,
        of: SymbolId,
    },
}

impl Exact {
    /// A number that the declaration states.
    pub fn constant(value: i128, scale: u32, measure: Measure) -> Self {
        Self {
            ready: Wire::one(),
            numerator: Wire::constant(Fr::from(value)),
            denominator: None,
            scale,
            largest: value.unsigned_abs().into(),
            largest_denominator: BigUint::from(1_u8),
            measure,
        }
    }
}

impl Value {
    /// A number.
    pub fn of(exact: Exact) -> Self {
        Self::Exact(Box::new(exact))
    }
}

/// A party: its identifiers, zeros where there is none.
#[derive(Debug, Clone)]
pub(super) struct Party {
    pub ids: Vec<Wire>,
}

/// `10^power`.
pub(super) fn ten(power: u32) -> Fr {
    Fr::from(10_u8).pow([power.into()])
}

/// Bits of a bound.
pub(super) fn width(bound: &BigUint) -> u32 {
    u32::try_from(bound.bits()).expect("instances are bounded")
}

/// A text as a leaf commits to it.
pub(super) fn text(text: &str) -> Fr {
    input_element(&LeafInput::Text(text.to_owned()))
}
