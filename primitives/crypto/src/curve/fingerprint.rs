//! The inputs `x` of fingerprints: one for each rule, from the values of leaves and alias, and one for fill-ups.

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

    /// The capacity of what fills up a place of the alias that holds no identifier.
    #[must_use]
    pub fn fill_up(self) -> Capacity {
        Capacity::with_detail(tags::FINGERPRINT, [self.0, FILL_UP, 0, 0, 0, 0, 0, 0])
    }
}

/// What stands for a rule's number in a fill-up's capacity: no rule has it, so that no fill-up has a rule's input but by a collision.
pub const FILL_UP: u8 = 255;

/// The identifying values of one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FingerprintInput {
    /// [`Rule::Strict`], where the alias has an identifier at the slot's place.
    Strict {
        /// One of the alias' identifiers.
        seller: Fr,
        /// `v1` of the number: separators kept.
        number: Fr,
        /// `v1` of the issue date.
        date: Fr,
    },
    /// [`Rule::Strict`] in name, where the alias has no identifier at the slot's place.
    FillUp {
        /// A secret value that is the same for one alias, place, number and date.
        fill: Fr,
        /// `v1` of the number.
        number: Fr,
        /// `v1` of the issue date.
        date: Fr,
    },
    /// [`Rule::WithoutDate`].
    WithoutDate {
        /// The document's first identifier of the seller, else the alias' first.
        seller: Fr,
        /// `v2` of the number: letters and digits alone.
        number: Fr,
    },
    /// [`Rule::PartiesAmountDate`].
    PartiesAmountDate {
        /// The document's first identifier of the seller, else the alias' first.
        seller: Fr,
        /// The document's first identifier of the buyer.
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
        /// The document's first identifier of the seller, else the alias' first.
        seller: Fr,
        /// `v1` of the order references: the first.
        order: Fr,
    },
    /// [`Rule::TransportDocument`].
    TransportDocument {
        /// The document's first identifier of the seller, else the alias' first.
        seller: Fr,
        /// `v1` of the despatch references: the first.
        despatch: Fr,
    },
    /// [`Rule::NameNumberAmount`].
    NameNumberAmount {
        /// `v2` of the seller's name: the plain name.
        name: Fr,
        /// `v2` of the number: letters and digits alone.
        number: Fr,
        /// `v1` of the payable amount.
        amount: Fr,
        /// `v2` of the payable amount: its currency.
        currency: Fr,
    },
}

impl FingerprintInput {
    /// The rule.
    #[must_use]
    pub fn rule(&self) -> Rule {
        match self {
            Self::Strict { .. } | Self::FillUp { .. } => Rule::Strict,
            Self::WithoutDate { .. } => Rule::WithoutDate,
            Self::PartiesAmountDate { .. } => Rule::PartiesAmountDate,
            Self::OrderReference { .. } => Rule::OrderReference,
            Self::TransportDocument { .. } => Rule::TransportDocument,
            Self::NameNumberAmount { .. } => Rule::NameNumberAmount,
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
            Self::FillUp { fill, number, date } => vec![fill, number, date],
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
            Self::NameNumberAmount {
                name,
                number,
                amount,
                currency,
            } => vec![name, number, amount, currency],
        }
    }

    fn capacity(&self, group: KindGroup) -> Capacity {
        match self {
            Self::FillUp { .. } => group.fill_up(),
            _ => group.capacity(self.rule()),
        }
    }

    /// `x`: one Poseidon permutation over the values.
    #[must_use]
    pub fn x(&self, group: KindGroup) -> Fr {
        hash(&self.capacity(group), &self.values())
    }

    /// `P`: `x` mapped to the curve; `None` for the few `x`, not findable by hashing, that map to small order.
    #[must_use]
    pub fn point(&self, group: KindGroup) -> Option<Point> {
        map_to_curve(self.x(group))
    }
}
