//! What the prover of a financing knows.

use ark_bls12_381::Fr;
use ark_ff::AdditiveGroup;
use sealane_crypto::commitment::{LeafValues, Position, leaf_hash};
use sealane_crypto::curve::{Blinding, Point};
use sealane_crypto::identity::{AliasOpening, Marks};
use sealane_crypto::keys::InstitutionSecret;
use sealane_crypto::sealing::Openings;
use sealane_types::fingerprint::SLOTS;
use sealane_types::ids::AliasId;
use sealane_types::schema::{GROUP, Kind, PARTY_IDS};
use zeroize::Zeroize;

use super::Slot;
use super::fault::FinancingError;
use super::shape::{IDENTIFIERS, PARTIES, SCHEMA, header, is_opened};

/// A leaf of the header's first group and what is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// What the leaf commits to.
    pub content: Content,
    /// The leaf's hash, as the record has it.
    pub hash: Fr,
}

/// What a leaf commits to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "sixteen of them stand in an array, where a box would leave copies unwiped"
)]
pub enum Content {
    /// The circuit does not open it.
    Closed,
    /// Values and blinding.
    Open {
        /// The values.
        values: LeafValues,
        /// The blinding.
        blinding: Fr,
    },
}

impl Content {
    /// The leaf's hash at its place; `None` where it is closed.
    #[must_use]
    pub fn hash(&self, position: &Position) -> Option<Fr> {
        match self {
            Self::Closed => None,
            Self::Open { values, blinding } => Some(leaf_hash(position, values, *blinding)),
        }
    }
}

impl Zeroize for Content {
    fn zeroize(&mut self) {
        // The widest content first: a narrower one leaves in its place what stood there before, and a copy of it takes that
        // along, so that a leaf's secret can stand behind another leaf.
        *self = Self::Open {
            values: LeafValues::Identifiers([Fr::ZERO; PARTY_IDS]),
            blinding: Fr::ZERO,
        };
        if let Self::Open { values, blinding } = self {
            values.zeroize();
            blinding.zeroize();
        }
    }
}

/// Presence and two values of a leaf.
#[derive(Debug, Clone, Copy)]
pub(super) struct Values {
    pub(super) presence: Fr,
    pub(super) v1: Fr,
    pub(super) v2: Fr,
}

/// What a record hides that a financing rests on, beside the leaves of its header's first group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Zeroize)]
pub struct Rest {
    /// The node over the header's second group.
    pub second_group: Fr,
    /// The leaf of the number of lines.
    pub line_count: Fr,
    /// The root of the lines.
    pub lines_root: Fr,
    /// The salt's field element.
    pub salt: Fr,
    /// The blinding of the commitment to the payable amount.
    pub amount_blinding: Fr,
}

/// Whose invoice is financed: the seller's alias, and what opens its commitment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seller {
    /// The alias.
    pub alias: AliasId,
    /// What opens the commitment that is current.
    pub opening: AliasOpening,
}

/// The secrets that a financing statement rests on. Overwritten when dropped, never shown.
#[derive(Clone)]
pub struct FinancingWitness {
    pub(super) leaves: [Opening; GROUP],
    pub(super) rest: Rest,
    pub(super) alias: [Fr; IDENTIFIERS],
    pub(super) marks: Marks,
    pub(super) alias_secret: Fr,
    pub(super) fills: [Fr; IDENTIFIERS],
    pub(super) blinding: Blinding,
}

impl FinancingWitness {
    /// Takes over a sealed record's openings, with the seller's alias and the preparing institution's secret.
    ///
    /// # Errors
    /// When the record is no invoice's in the schema's present version, or as [`FinancingWitness::new`].
    pub fn of(
        openings: &Openings,
        seller: &Seller,
        secret: &InstitutionSecret,
    ) -> Result<Self, FinancingError> {
        let (kind, version) = (openings.header().kind, openings.header().schema_version);
        if kind != Kind::Invoice || version != SCHEMA {
            return Err(FinancingError::Kind(kind, version));
        }
        let (tree, opened) = (openings.tree(), openings.leaves());
        let leaf = |slot: usize| Opening {
            content: match is_opened(slot) {
                true => Content::Open {
                    values: opened[slot].values,
                    blinding: opened[slot].blinding,
                },
                false => Content::Closed,
            },
            hash: tree.header()[slot],
        };
        let rest = Rest {
            second_group: tree.groups()[1],
            line_count: tree.line_count(),
            lines_root: tree.lines_root(),
            salt: openings.salt(),
            amount_blinding: openings.amount_blinding(),
        };
        let leaves = std::array::from_fn(leaf);
        Self::new(leaves, rest, openings.context(), seller, secret)
    }

    /// Joins what a record hides, what opens the alias, and what derives from the preparing institution's secret: fill-ups from alias,
    /// place, number and date; the blinding from the record's context and root, the alias' commitment and every `P_i`.
    ///
    /// # Errors
    /// When a fingerprint's input maps to no point of prime order.
    pub fn new(
        leaves: [Opening; GROUP],
        rest: Rest,
        context: Fr,
        seller: &Seller,
        secret: &InstitutionSecret,
    ) -> Result<Self, FinancingError> {
        let mut witness = Self {
            leaves,
            rest,
            alias: seller.opening.elements(),
            marks: seller.opening.marks(),
            alias_secret: seller.opening.secret(),
            fills: [Fr::ZERO; IDENTIFIERS],
            blinding: Blinding::from_bytes([0; 32]),
        };
        let [number, date] =
            [header::NUMBER, header::ISSUE_DATE].map(|slot| witness.values(slot).v1);
        for (place, fill) in (0..).zip(&mut witness.fills) {
            *fill = secret.fill_up(&seller.alias, place, &number, &date);
        }
        let points = witness.points()?;
        let root = witness.root(context);
        let alias = witness.alias_commitment();
        witness.blinding = secret.blinding(&context, &root, &alias, &points);
        Ok(witness)
    }

    /// The blinding of the set: what the last step of the fingerprint protocol takes away.
    #[must_use]
    pub fn blinding(&self) -> &Blinding {
        &self.blinding
    }

    /// A witness of nothing: for making keys, where only the rows count.
    #[must_use]
    pub fn blank() -> Self {
        let content = |slot: usize| match is_opened(slot) {
            true => Content::Open {
                values: LeafValues::absent(PARTIES.contains(&slot)),
                blinding: Fr::ZERO,
            },
            false => Content::Closed,
        };
        Self {
            leaves: std::array::from_fn(|slot| Opening {
                content: content(slot),
                hash: Fr::ZERO,
            }),
            rest: Rest {
                second_group: Fr::ZERO,
                line_count: Fr::ZERO,
                lines_root: Fr::ZERO,
                salt: Fr::ZERO,
                amount_blinding: Fr::ZERO,
            },
            alias: [Fr::ZERO; IDENTIFIERS],
            marks: Marks::NONE,
            alias_secret: Fr::ZERO,
            fills: [Fr::ZERO; IDENTIFIERS],
            blinding: Blinding::from_bytes([0; 32]),
        }
    }

    /// Presence and values of a leaf; absent where it is opened in no such way.
    pub(super) fn values(&self, slot: usize) -> Values {
        let (presence, v1, v2) = match self.leaves[slot].content {
            Content::Open {
                values: LeafValues::Field { presence, v1, v2 },
                ..
            } => (presence, v1, v2),
            _ => (Fr::ZERO, Fr::ZERO, Fr::ZERO),
        };
        Values { presence, v1, v2 }
    }

    /// The identifiers of a leaf; none where it is opened in no such way.
    pub(super) fn identifiers(&self, slot: usize) -> [Fr; IDENTIFIERS] {
        match self.leaves[slot].content {
            Content::Open {
                values: LeafValues::Identifiers(identifiers),
                ..
            } => identifiers,
            _ => [Fr::ZERO; IDENTIFIERS],
        }
    }

    pub(super) fn leaf_blinding(&self, slot: usize) -> Fr {
        match self.leaves[slot].content {
            Content::Closed => Fr::ZERO,
            Content::Open { blinding, .. } => blinding,
        }
    }

    /// `P_i` of every slot, whether or not it applies.
    pub(super) fn points(&self) -> Result<[Point; SLOTS], FinancingError> {
        let mut points = [Point::identity(); SLOTS];
        for slot in Slot::ALL {
            points[slot.number()] = self.point(slot)?;
        }
        Ok(points)
    }
}

impl Drop for FinancingWitness {
    fn drop(&mut self) {
        let contents = self.leaves.iter_mut().map(|leaf| &mut leaf.content);
        contents.for_each(Zeroize::zeroize);
        self.rest.zeroize();
        self.alias.zeroize();
        self.marks = Marks::NONE;
        self.alias_secret.zeroize();
        self.fills.zeroize();
    }
}

impl std::fmt::Debug for FinancingWitness {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("FinancingWitness(secret)")
    }
}
