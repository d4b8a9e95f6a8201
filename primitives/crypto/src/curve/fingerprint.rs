//! The inputs `x` of fingerprints: one for each rule, from the leaves' values alone.

use ark_bls12_381::Fr;
use sealane_types::fingerprint::Rule;

use super::{Point, map_to_curve};
use crate::poseidon::{Capacity, hash};
use crate::tags;

/// Kinds of documents that share fingerprints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindGroup(u8);

/// Invoices and their copies; not credit notes.
pub const INVOICE_GROUP: KindGroup = KindGroup(1);

impl KindGroup {
    /// The capacity of a rule's input for this group: both numbers stand in its detail.
    #[must_use]
    pub fn capacity(self, rule: Rule) -> Capacity {
        let detail = [self.0, rule.number(), 0, 0, 0, 0, 0, 0];
        Capacity::with_detail(tags::FINGERPRINT, detail)
    }
}

/// The identifying values of one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FingerprintInput {
    /// [`Rule::Strict`].
    Strict {
        /// `v1` of one of the seller's identifiers.
        seller: Fr,
        /// `v1` of the number: separators kept.
        number: Fr,
        /// `v1` of the issue date.
        date: Fr,
    },
    /// [`Rule::WithoutDate`].
    WithoutDate {
        /// `v1` of the seller's first identifier.
        seller: Fr,
        /// `v2` of the number: letters and digits alone.
        number: Fr,
    },
    /// [`Rule::PartiesAmountDate`].
    PartiesAmountDate {
        /// `v1` of the seller's first identifier.
        seller: Fr,
        /// `v1` of the buyer's first identifier.
        buyer: Fr,
        /// `v1` of the payable amount.
        amount: Fr,
        /// `v2` of the payable amount: its currency.
        currency: Fr,
        /// `v1` of the issue date.
        date: Fr,
    },
    /// [`Rule::OrderReference`].
    OrderReference {
        /// `v1` of the seller's first identifier.
        seller: Fr,
        /// `v1` of the order references: the first.
        order: Fr,
    },
    /// [`Rule::TransportDocument`].
    TransportDocument {
        /// `v1` of the seller's first identifier.
        seller: Fr,
        /// `v1` of the despatch references: the first.
        despatch: Fr,
    },
}

impl FingerprintInput {
    /// The rule.
    #[must_use]
    pub fn rule(&self) -> Rule {
        match self {
            Self::Strict { .. } => Rule::Strict,
            Self::WithoutDate { .. } => Rule::WithoutDate,
            Self::PartiesAmountDate { .. } => Rule::PartiesAmountDate,
            Self::OrderReference { .. } => Rule::OrderReference,
            Self::TransportDocument { .. } => Rule::TransportDocument,
        }
    }

    /// The values in the order in which they are hashed.
    #[must_use]
    pub fn values(&self) -> Vec<Fr> {
        match *self {
            Self::Strict {
                seller,
                number,
                date,
            } => vec![seller, number, date],
            Self::WithoutDate { seller, number } => vec![seller, number],
            Self::PartiesAmountDate {
                seller,
                buyer,
                amount,
                currency,
                date,
            } => vec![seller, buyer, amount, currency, date],
            Self::OrderReference { seller, order } => vec![seller, order],
            Self::TransportDocument { seller, despatch } => vec![seller, despatch],
        }
    }

    /// `x`: one Poseidon permutation over the values.
    #[must_use]
    pub fn x(&self, group: KindGroup) -> Fr {
        hash(&group.capacity(self.rule()), &self.values())
    }

    /// `P`: `x` mapped to the curve; `None` for the one `x` in 2²⁵⁵ or so that maps to small order.
    #[must_use]
    pub fn point(&self, group: KindGroup) -> Option<Point> {
        map_to_curve(self.x(group))
    }
}
