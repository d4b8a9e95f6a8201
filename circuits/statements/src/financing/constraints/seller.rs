//! Whose invoice it is: the alias' commitment opened, the document's identifiers found in it.

use ark_bls12_381::Fr;
use ark_ff::AdditiveGroup;
use sealane_crypto::poseidon::Capacity;
use sealane_crypto::tags;
use sealane_gadgets::{System, Wire, number, poseidon};

use super::{FinancingWitness, IDENTIFIERS, Leaves, header};

/// The alias' places, and the seller in the looser rules.
pub(super) struct Seller {
    /// The identifier at each place, or 0.
    pub(super) alias: Vec<Wire>,
    /// 1 where the place holds an identifier that takes a strict fingerprint.
    pub(super) real: Vec<Wire>,
    /// 1 where the registers' numbers are among the alias' identifiers, by its marks.
    pub(super) primary: Wire,
    /// 1 where a hit by name counts as strict, by the alias' marks.
    pub(super) bare: Wire,
    /// 1 where the document shows no identifier.
    pub(super) unshown: Wire,
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
    let secret = system.witness(witness.alias_secret);
    let (primary, looser, bare) = marks(system, witness);
    // specs: financing#C11
    system.named("C11", |system| {
        let bits = [&primary].into_iter().chain(&looser).chain([&bare]);
        let marks = Wire::weighted(&bits.cloned().collect::<Vec<_>>());
        let capacity = Capacity::new(tags::ALIAS_MARKS);
        let blinding = poseidon::hash(system, &capacity, &[marks, secret]);
        let opened = [&alias[..], &[blinding]].concat();
        let commitment = poseidon::hash(system, &Capacity::new(tags::ALIAS), &opened);
        system.enforce_equal(&commitment, public);
    });
    let shown = leaves.party(header::SELLER_IDS);
    // specs: financing#C12
    system.named("C12", |system| {
        shown.iter().for_each(|id| among(system, id, &alias));
    });
    // specs: financing#C13
    let real = system.named("C13", |system| real(system, &alias, &looser));
    // specs: financing#C14
    let (unshown, first, known) = system.named("C14", |system| first(system, shown, &alias[0]));
    Seller {
        alias,
        real,
        primary,
        bare,
        unshown,
        first,
        known,
    }
}

/// The marks as bits: whether the registers' numbers are there, for each place after the first whether it is looser, whether all is bare.
fn marks(system: &mut System, witness: &FinancingWitness) -> (Wire, Vec<Wire>, Wire) {
    let marks = witness.marks;
    let bit = |system: &mut System, bit: bool| system.witness(Fr::from(u8::from(bit)));
    let primary = bit(system, marks.has_primary());
    let looser = (1..IDENTIFIERS).map(|place| bit(system, marks.is_looser(place)));
    let looser: Vec<Wire> = looser.collect();
    let bare = bit(system, marks.is_bare());
    // specs: financing#C24
    system.named("C24", |system| {
        let all = [&primary, &bare].into_iter().chain(&looser);
        all.for_each(|bit| number::enforce_bit(system, bit));
    });
    (primary, looser, bare)
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

/// For each place whether it holds an identifier that is not looser; none holds one after an empty one.
fn real(system: &mut System, alias: &[Wire], looser: &[Wire]) -> Vec<Wire> {
    let held: Vec<Wire> = alias.iter().map(|id| number::nonzero(system, id)).collect();
    let zero = Wire::constant(Fr::ZERO);
    for (before, after) in held.iter().zip(&held[1..]) {
        system.enforce(after, &(&Wire::one() - before), &zero);
    }
    let later = held[1..].iter().zip(looser);
    let later = later.map(|(held, looser)| system.product(held, &(&Wire::one() - looser)));
    let later: Vec<Wire> = later.collect();
    [&held[..1], &later[..]].concat()
}

/// Whether the document shows no identifier; its first, else `other`; and whether that is one. What the document shows begins at the
/// first place.
fn first(system: &mut System, shown: &[Wire], other: &Wire) -> (Wire, Wire, Wire) {
    let zero = Wire::constant(Fr::ZERO);
    let none = &Wire::one() - &number::nonzero(system, &shown[0]);
    for later in &shown[1..] {
        system.enforce(later, &none, &zero);
    }
    let first = &shown[0] + &system.product(&none, other);
    let known = number::nonzero(system, &first);
    (none, first, known)
}
