//! The inputs `x` of fingerprints: one for each rule, from the leaves' values alone.

use ark_bls12_381::Fr;

use super::{Point, map_to_curve};
use crate::poseidon::{Capacity, hash};
use crate::tags;

/// Kinds of documents that share fingerprints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindGroup(u8);

/// Invoices and their copies; not credit notes.
pub const INVOICE_GROUP: KindGroup = KindGroup(1);

/// The fingerprint rules of invoices. The number stands in the input and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Rule {
    /// Strict: one of the seller's legal identifiers, the number, the issue date.
    Strict = 1,
    /// The first seller identifier and the number without separators; no date.
    WithoutDate = 2,
    /// The first identifiers of both parties, amount, currency, issue date.
    PartiesAmountDate = 3,
    /// The first seller identifier and the first order.
    OrderReference = 4,
    /// The first seller identifier and the first despatch advice or transport document.
    TransportDocument = 5,
}

impl Rule {
    /// Every rule, in the order of their numbers.
    pub const ALL: [Self; 5] = [
        Self::Strict,
        Self::WithoutDate,
        Self::PartiesAmountDate,
        Self::OrderReference,
        Self::TransportDocument,
    ];

    /// The rule with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| *rule as u8 == number)
    }

    /// Whether a fingerprint of this rule is taken by a financing, or only alerts.
    #[must_use]
    pub fn is_strict(self) -> bool {
        self == Self::Strict
    }

    /// The capacity of this rule's input: kind group and rule number in its detail.
    #[must_use]
    pub fn capacity(self, group: KindGroup) -> Capacity {
        let detail = [group.0, self as u8, 0, 0, 0, 0, 0, 0];
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
        hash(&self.rule().capacity(group), &self.values())
    }

    /// `P`: `x` mapped to the curve; `None` for the one `x` in 2²⁵⁵ or so that maps to small order.
    #[must_use]
    pub fn point(&self, group: KindGroup) -> Option<Point> {
        map_to_curve(self.x(group))
    }
}
