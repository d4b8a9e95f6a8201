//! The inputs `x` of the slots, and their points `P`.

use sealane_crypto::curve::INVOICE_GROUP;
use sealane_gadgets::montgomery::{self, Point};
use sealane_gadgets::{System, Wire, poseidon};
use sealane_types::fingerprint::Rule;

use super::seller::Seller;
use super::{FinancingWitness, IDENTIFIERS, Leaves, Slot, header};

/// Inputs of the strict rule: identifier or fill-up, number, date.
const STRICT_INPUTS: usize = 3;

/// `x` of each slot, in their order.
pub(super) fn inputs(
    system: &mut System,
    leaves: &Leaves,
    seller: &Seller,
    witness: &FinancingWitness,
) -> Vec<Wire> {
    let fills = witness.fills.map(|fill| system.witness(fill));
    // specs: financing#C15
    let mut inputs: Vec<Wire> = system.named("C15", |system| {
        let strict = |place: usize| strict(system, leaves, seller, place, &fills[place]);
        (0..IDENTIFIERS).map(strict).collect()
    });
    // specs: financing#C16
    system.named("C16", |system| {
        inputs.extend(Slot::LOOSER.map(|slot| {
            let capacity = INVOICE_GROUP.capacity(slot.rule());
            poseidon::hash(system, &capacity, &read(leaves, seller, slot))
        }));
    });
    inputs
}

/// A strict slot's: the place's identifier under the rule's capacity where it is real, else the fill-up under that of fill-ups.
fn strict(
    system: &mut System,
    leaves: &Leaves,
    seller: &Seller,
    place: usize,
    fill: &Wire,
) -> Wire {
    let real = &seller.real[place];
    let rule = INVOICE_GROUP.capacity(Rule::Strict).element(STRICT_INPUTS);
    let fill_up = INVOICE_GROUP.fill_up().element(STRICT_INPUTS);
    let capacity = &(real * (rule - fill_up)) + fill_up;
    let over = system.product(real, &(&seller.alias[place] - fill));
    let number = &leaves.leaf(header::NUMBER).v1;
    let date = &leaves.leaf(header::ISSUE_DATE).v1;
    let inputs = [&over + fill, number.clone(), date.clone()];
    poseidon::hash_under(system, &capacity, &inputs)
}

/// What a looser rule hashes.
fn read(leaves: &Leaves, seller: &Seller, slot: Slot) -> Vec<Wire> {
    let first = |slot: usize| leaves.leaf(slot).v1.clone();
    let second = |slot: usize| leaves.leaf(slot).v2.clone();
    let party = seller.first.clone();
    match slot {
        Slot::Strict(_) => unreachable!("a strict slot has an input of its own"),
        Slot::WithoutDate => vec![party, second(header::NUMBER)],
        Slot::PartiesAmountDate => vec![
            party,
            leaves.party(header::BUYER_IDS)[0].clone(),
            first(header::PAYABLE),
            second(header::PAYABLE),
            first(header::ISSUE_DATE),
        ],
        Slot::OrderReference => vec![party, first(header::ORDER_REFERENCES)],
        Slot::TransportDocument => vec![party, first(header::DESPATCH_REFERENCES)],
        Slot::NameNumberAmount => vec![
            second(header::SELLER_NAME),
            second(header::NUMBER),
            first(header::PAYABLE),
            second(header::PAYABLE),
        ],
    }
}

/// `P` of each input: Elligator 2, then eight times that.
pub(super) fn points(system: &mut System, inputs: &[Wire]) -> Vec<Point> {
    let point = |x: &Wire| {
        // specs: financing#C17
        let raw = system.named("C17", |system| montgomery::elligator(system, x));
        // specs: financing#C18
        system.named("C18", |system| montgomery::clear_cofactor(system, &raw))
    };
    inputs.iter().map(point).collect()
}
