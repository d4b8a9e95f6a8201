//! Whose invoice it is: the alias' commitment opened, the document's identifiers found in it.

use ark_bls12_381::Fr;
use ark_ff::AdditiveGroup;
use sealane_crypto::poseidon::Capacity;
use sealane_crypto::tags;
use sealane_gadgets::{System, Wire, number, poseidon};

use super::{FinancingWitness, Leaves, header};

/// The alias' places, and the seller in the looser rules.
pub(super) struct Seller {
    /// The identifier at each place, or 0.
    pub(super) alias: Vec<Wire>,
    /// 1 where the place holds an identifier.
    pub(super) real: Vec<Wire>,
    /// The document's first identifier, else the alias' first; 0 where there is none.
    pub(super) first: Wire,
    /// 1 where `first` is not 0.
    pub(super) known: Wire,
}

pub(super) fn seller(
    system: &mut System,
    leaves: &Leaves,
    witness: &FinancingWitness,
    public: &Wire,
) -> Seller {
    let alias = witness.alias.map(|id| system.witness(id)).to_vec();
    let blinding = system.witness(witness.alias_blinding);
    let opened = [&alias[..], &[blinding]].concat();
    // specs: financing#C11
    system.named("C11", |system| {
        let commitment = poseidon::hash(system, &Capacity::new(tags::ALIAS), &opened);
        system.enforce_equal(&commitment, public);
    });
    let shown = leaves.party(header::SELLER_IDS);
    // specs: financing#C12
    system.named("C12", |system| {
        shown.iter().for_each(|id| among(system, id, &alias));
    });
    // specs: financing#C13
    let real = system.named("C13", |system| real(system, &alias));
    // specs: financing#C14
    let (first, known) = system.named("C14", |system| first(system, shown, &alias[0]));
    Seller {
        alias,
        real,
        first,
        known,
    }
}

/// `id` is 0 or one of `all`: `id·Π (id − allᵢ) = 0`, one row for each of them.
fn among(system: &mut System, id: &Wire, all: &[Wire]) {
    let (last, rest) = all.split_last().expect("an alias has seven places");
    let mut product = id.clone();
    for other in rest {
        product = system.product(&product, &(id - other));
    }
    system.enforce(&product, &(id - last), &Wire::constant(Fr::ZERO));
}

/// For each place whether it holds an identifier; none after an empty one.
fn real(system: &mut System, alias: &[Wire]) -> Vec<Wire> {
    let real: Vec<Wire> = alias.iter().map(|id| number::nonzero(system, id)).collect();
    let zero = Wire::constant(Fr::ZERO);
    for (before, after) in real.iter().zip(&real[1..]) {
        system.enforce(after, &(&Wire::one() - before), &zero);
    }
    real
}

/// The document's first identifier, else `other`; and whether that is one. What the document shows begins at the first place.
fn first(system: &mut System, shown: &[Wire], other: &Wire) -> (Wire, Wire) {
    let zero = Wire::constant(Fr::ZERO);
    let none = &Wire::one() - &number::nonzero(system, &shown[0]);
    for later in &shown[1..] {
        system.enforce(later, &none, &zero);
    }
    let first = &shown[0] + &system.product(&none, other);
    let known = number::nonzero(system, &first);
    (first, known)
}
