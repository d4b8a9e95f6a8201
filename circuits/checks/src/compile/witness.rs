//! What the prover of a cross-check knows of each document: the record's public leaf hashes, and the openings that it was granted.

use std::collections::BTreeMap;

use ark_bls12_381::Fr;
use ark_ff::AdditiveGroup;
use sealane_crypto::commitment::{LeafValues, RecordTree};
use sealane_crypto::identity::{self, AliasOpening, MAX_IDENTIFIERS};
use sealane_crypto::keys::Place;
use sealane_crypto::poseidon::{Capacity, hash};
use sealane_crypto::tags;
use sealane_statements::cross_check::parts::RecordNodes;
use sealane_types::schema::{GROUP, HEADER_SLOTS, LINE_SLOTS};
use zeroize::Zeroize;

/// What an alias' commitment is made of: identifiers, zeros after them, and the blinding.
#[derive(Clone)]
pub struct AliasWitness {
    /// The identifiers as field elements.
    pub identifiers: [Fr; MAX_IDENTIFIERS],
    /// The blinding.
    pub blinding: Fr,
}

impl AliasWitness {
    /// From what opens the alias' commitment.
    #[must_use]
    pub fn of(opening: &AliasOpening) -> Self {
        let identifiers = identity::elements(opening.identifiers());
        Self {
            identifiers: identifiers.expect("no opening has more identifiers than an alias"),
            blinding: opening.blinding(),
        }
    }

    /// The commitment.
    #[must_use]
    pub fn commitment(&self) -> Fr {
        identity::commitment(&self.identifiers, self.blinding)
    }
}

/// A leaf's values and blinding.
#[derive(Clone)]
pub struct LeafOpening {
    /// Presence and values.
    pub values: LeafValues,
    /// The blinding.
    pub blinding: Fr,
}

/// What the prover knows of one record. Overwritten when dropped, never shown.
#[derive(Clone)]
pub struct DocumentWitness {
    header: [Fr; HEADER_SLOTS],
    lines: Vec<[Fr; LINE_SLOTS]>,
    groups: [Fr; HEADER_SLOTS / GROUP],
    columns: [Fr; LINE_SLOTS],
    count: Fr,
    lines_root: Fr,
    salt: Fr,
    openings: BTreeMap<Place, LeafOpening>,
    alias: AliasWitness,
}

impl DocumentWitness {
    /// Takes over a record's public leaf hashes (of the lines of its bucket) with their tree, the field element of its salt, and
    /// what is known of its leaves and its sealer's alias.
    #[must_use]
    pub fn new(
        tree: &RecordTree,
        lines: Vec<[Fr; LINE_SLOTS]>,
        salt: Fr,
        openings: BTreeMap<Place, LeafOpening>,
        alias: AliasWitness,
    ) -> Self {
        Self {
            header: *tree.header(),
            lines,
            groups: tree.groups(),
            columns: *tree.columns(),
            count: tree.line_count(),
            lines_root: tree.lines_root(),
            salt,
            openings,
            alias,
        }
    }

    /// A part of so many lines, as a record by itself; the record where it has no more lines than that.
    ///
    /// # Panics
    /// When the record has no such part.
    #[must_use]
    pub fn part(&self, part: usize, lines: usize) -> Self {
        if self.lines.len() <= lines {
            return self.clone();
        }
        let first = part * lines;
        let own = self.lines[first..first + lines].to_vec();
        let tree = RecordTree::new(self.header, self.count, &own);
        let tree = tree.expect("a part has as many lines as a bucket");
        let openings = self.openings.iter();
        let openings = openings.filter_map(|(place, opening)| match *place {
            Place::Line { line, slot } => {
                let line = usize::from(line).checked_sub(first)?;
                let line = u16::try_from(line).ok().filter(|_| line < lines)?;
                Some((Place::Line { line, slot }, opening.clone()))
            }
            other => Some((other, opening.clone())),
        });
        let (openings, alias) = (openings.collect(), self.alias.clone());
        Self::new(&tree, own, self.salt, openings, alias)
    }

    /// What binds the record's parts to its root.
    #[must_use]
    pub fn nodes(&self) -> RecordNodes {
        let header = hash(&Capacity::new(tags::HEADER_NODE), &self.groups);
        RecordNodes::of(self.salt, self.count, header, &self.lines)
    }

    /// What stands for a document that is not there.
    #[must_use]
    pub fn blank() -> Self {
        let alias = AliasWitness {
            identifiers: [Fr::ZERO; MAX_IDENTIFIERS],
            blinding: Fr::ZERO,
        };
        Self {
            header: [Fr::ZERO; HEADER_SLOTS],
            lines: Vec::new(),
            groups: [Fr::ZERO; 2],
            columns: [Fr::ZERO; LINE_SLOTS],
            count: Fr::ZERO,
            lines_root: Fr::ZERO,
            salt: Fr::ZERO,
            openings: BTreeMap::new(),
            alias,
        }
    }

    /// Whether a leaf's opening is known.
    #[must_use]
    pub fn knows(&self, place: Place) -> bool {
        self.openings.contains_key(&place) || self.reaches(place).is_none()
    }

    /// The place, if the record's bucket has it.
    fn reaches(&self, place: Place) -> Option<Place> {
        match place {
            Place::Line { line, .. } => {
                let there = usize::from(line) < self.lines.len();
                there.then_some(place)
            }
            _ => Some(place),
        }
    }

    /// A leaf's opening; an absent field where it is not known.
    pub(super) fn opening(&self, place: Place) -> LeafOpening {
        let absent = || LeafOpening {
            values: LeafValues::absent(place.holds_identifiers()),
            blinding: Fr::ZERO,
        };
        self.openings.get(&place).cloned().unwrap_or_else(absent)
    }

    /// A leaf's public hash; 0 where the record has no such place.
    pub(super) fn hash(&self, place: Place) -> Fr {
        match place {
            Place::Header(slot) => self.header[usize::from(slot)],
            Place::Line { line, slot } => self
                .lines
                .get(usize::from(line))
                .map_or(Fr::ZERO, |line| line[usize::from(slot)]),
            Place::LineCount => self.count,
        }
    }

    pub(super) fn group(&self, group: usize) -> Fr {
        self.groups[group]
    }

    pub(super) fn column(&self, slot: usize) -> Fr {
        self.columns[slot]
    }

    pub(super) fn lines_root(&self) -> Fr {
        self.lines_root
    }

    pub(super) fn salt(&self) -> Fr {
        self.salt
    }

    pub(super) fn alias(&self) -> &AliasWitness {
        &self.alias
    }
}

impl Drop for LeafOpening {
    fn drop(&mut self) {
        self.blinding.zeroize();
        self.values.zeroize();
    }
}

impl Drop for AliasWitness {
    fn drop(&mut self) {
        self.identifiers.zeroize();
        self.blinding.zeroize();
    }
}

impl std::fmt::Debug for DocumentWitness {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("DocumentWitness(secret)")
    }
}
