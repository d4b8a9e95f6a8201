//! The blinding: `S = s·G`, and `P + s·H` of each slot against the public points.

use std::sync::LazyLock;

use ark_bls12_381::Fr;
use ark_ff::Field;
use sealane_crypto::curve::{BLINDING_BITS, Point, slot_bases};
use sealane_gadgets::windows::{self, Products, Table};
use sealane_gadgets::{System, Wire, edwards, montgomery, number};
use sealane_types::fingerprint::SLOTS;

use super::{FinancingWitness, Public};

/// The tables of the generator and of each slot's base.
fn tables() -> &'static (Table, [Table; SLOTS]) {
    static TABLES: LazyLock<(Table, [Table; SLOTS])> = LazyLock::new(|| {
        let table = |point: &Point| Table::of(&point.affine(), BLINDING_BITS);
        (
            table(&Point::generator()),
            slot_bases().each_ref().map(table),
        )
    });
    &TABLES
}

pub(super) fn blind(
    system: &mut System,
    witness: &FinancingWitness,
    points: &[montgomery::Point],
    applies: &[Wire; SLOTS],
    public: &Public,
) {
    let (generator, bases) = tables();
    let bits = witness.blinding.bits();
    // specs: financing#C19
    let bits: Vec<Wire> = system.named("C19", |system| {
        bits.iter().map(|bit| number::bit(system, *bit)).collect()
    });
    // specs: financing#C20
    let products = system.named("C20", |system| {
        let products = Products::of(system, &bits);
        let sum = windows::multiply(system, &products, generator);
        is_edwards(system, &sum, &public.commitment);
        products
    });
    for (slot, base) in bases.iter().enumerate() {
        // specs: financing#C21
        let multiple = system.named("C21", |system| windows::multiply(system, &products, base));
        // specs: financing#C22
        let blinded = system.named("C22", |system| {
            let point = montgomery::to_edwards(system, &points[slot]);
            let multiple = montgomery::to_edwards(system, &multiple);
            edwards::add(system, &point, &multiple)
        });
        // specs: financing#C23
        system.named("C23", |system| {
            show(system, &applies[slot], &blinded, &public.blinded[slot]);
        });
    }
}

/// `shown` is the twisted Edwards form of `point`: `y·u = x`, `(x + 1)·v = x − 1`. `y` is not 0 at a point of odd order, and `x = −1` is no
/// point's.
fn is_edwards(system: &mut System, point: &montgomery::Point, shown: &edwards::Point) {
    system.enforce(&point.y, &shown.u, &point.x);
    system.enforce(&(&point.x + Fr::ONE), &shown.v, &(&point.x - Fr::ONE));
}

/// The public point is the slot's where its rule applies, and the identity `(0, 1)` where not.
fn show(system: &mut System, applies: &Wire, point: &edwards::Point, shown: &edwards::Point) {
    system.enforce(applies, &point.u, &shown.u);
    system.enforce(applies, &(&point.v - Fr::ONE), &(&shown.v - Fr::ONE));
}
