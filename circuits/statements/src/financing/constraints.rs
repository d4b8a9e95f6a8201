//! The financing statement as rows, under the names of `specs/circuits/financing.md`; `native.rs` says the same in
//! plain arithmetic.

use ark_bls12_381::Fr;
use ark_ff::{AdditiveGroup, Field};
use sealane_crypto::commitment::LeafValues;
use sealane_crypto::curve::INVOICE_GROUP;
use sealane_crypto::poseidon::Capacity;
use sealane_crypto::tags;
use sealane_gadgets::{Mode, System, Wire, edwards, montgomery, number, poseidon};
use sealane_types::schema::{GROUP, PAYABLE_BITS, slot};

use super::{FINANCEABLE, FinancingStatement, FinancingWitness, Shape, Slot};

/// Every named constraint, in the order of the specification.
pub const CONSTRAINTS: [&str; 18] = [
    "C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "C10", "C11", "C12", "C13", "C14", "C15",
    "C16", "C17", "C18",
];

/// Identifiers of a party that rules read.
const READ_IDENTIFIERS: usize = 3;

/// The wires of one opened leaf.
struct Leaf {
    /// Of a field one bit; of a party's identifiers one for each.
    presence: Vec<Wire>,
    values: Vec<Wire>,
    hash: Wire,
}

/// The public inputs as wires.
struct Public {
    root: Wire,
    context: Wire,
    mask: Wire,
    amount_commitment: Wire,
    commitment: edwards::Point,
    blinded: Vec<edwards::Point>,
}

/// Writes the circuit of `shape` into `system`, with the values of `witness`: its rows do not depend on
/// them.
pub fn synthesize(
    system: &mut System,
    shape: Shape,
    statement: &FinancingStatement,
    witness: &FinancingWitness,
) {
    let public = public(system, shape, statement);
    let leaves = leaves(system, shape, witness);
    let leaf = |slot: usize| {
        leaves[slot]
            .as_ref()
            .expect("the shape opens what it reads")
    };
    presences(system, shape, &leaves);
    financeable(system, leaf(slot::TYPE_CODE), leaf(slot::PAYABLE));
    mask(system, shape, &leaves, &public.mask);
    tree(system, &leaves, witness, &public);
    amount(
        system,
        leaf(slot::PAYABLE),
        witness,
        &public.amount_commitment,
    );
    let bits = blinding(system, witness, &public.commitment);
    for (slot, public) in shape.slots().iter().zip(&public.blinded) {
        fingerprint(system, *slot, &leaves, &bits, public);
    }
}

/// The circuit of `shape` with rows, for a statement and its witness.
#[must_use]
pub fn circuit(shape: Shape, statement: &FinancingStatement, witness: &FinancingWitness) -> System {
    let mut system = System::new(Mode::Rows);
    synthesize(&mut system, shape, statement, witness);
    system
}

/// The circuit of `shape` for making keys: its rows are those of every statement.
#[must_use]
pub fn blank(shape: Shape) -> System {
    circuit(
        shape,
        &FinancingStatement::blank(),
        &FinancingWitness::blank(),
    )
}

fn public(system: &mut System, shape: Shape, statement: &FinancingStatement) -> Public {
    let inputs = statement.public_inputs(shape);
    let mut wires = inputs.into_iter().map(|value| system.input(value));
    let mut next = || wires.next().expect("as many as the shape has");
    let [root, context, mask, amount_commitment] = [next(), next(), next(), next()];
    let mut point = || edwards::Point {
        u: next(),
        v: next(),
    };
    let commitment = point();
    let blinded = shape.slots().iter().map(|_| point()).collect();
    Public {
        root,
        context,
        mask,
        amount_commitment,
        commitment,
        blinded,
    }
}

/// The leaves of the header's first group, those that the shape opens with their values.
fn leaves(system: &mut System, shape: Shape, witness: &FinancingWitness) -> Vec<Option<Leaf>> {
    let opened = shape.opened();
    let mut leaf = |header_slot: usize| {
        let opening = witness.opening(header_slot);
        let values = opening.values.inputs();
        let all = values.iter().chain([&opening.blinding]);
        let mut inputs: Vec<Wire> = all.map(|value| system.witness(*value)).collect();
        let capacity = Shape::position(header_slot).capacity();
        // specs: financing#C1
        let hash = system.named("C1", |system| poseidon::hash(system, &capacity, &inputs));
        inputs.pop();
        let presence = match opening.values {
            LeafValues::Field { .. } => vec![inputs.remove(0)],
            LeafValues::Identifiers(_) => {
                let read = inputs.iter().take(READ_IDENTIFIERS).enumerate();
                let there = read.map(|(number, id)| match (header_slot, number) {
                    (slot::SELLER_IDS, 0) => required(system, id),
                    _ => there(system, id),
                });
                there.collect()
            }
        };
        Leaf {
            presence,
            values: inputs,
            hash,
        }
    };
    (0..GROUP)
        .map(|header_slot| opened.contains(&header_slot).then(|| leaf(header_slot)))
        .collect()
}

/// That an identifier is there.
fn required(system: &mut System, id: &Wire) -> Wire {
    // specs: financing#C3
    system.named("C3", |system| number::enforce_nonzero(system, id));
    Wire::one()
}

/// Whether an identifier is there, decided by its inverse, which is 0 where there is none.
fn there(system: &mut System, id: &Wire) -> Wire {
    let zero = Wire::constant(Fr::ZERO);
    // specs: financing#C2
    system.named("C2", |system| {
        let inverse = system.witness(id.value().inverse().unwrap_or(Fr::ZERO));
        let there = system.product(id, &inverse);
        let absent = &Wire::one() - &there;
        system.enforce(id, &absent, &zero);
        system.enforce(&inverse, &absent, &zero);
        there
    })
}

fn presences(system: &mut System, shape: Shape, leaves: &[Option<Leaf>]) {
    for (header_slot, leaf) in leaves.iter().enumerate() {
        let Some(leaf) = leaf else { continue };
        if leaf.presence.len() > 1 {
            continue; // identifiers have been decided one by one
        }
        if Shape::REQUIRED.contains(&header_slot) {
            // specs: financing#C3
            system.named("C3", |system| {
                system.enforce_equal(&leaf.presence[0], &Wire::one())
            });
        } else {
            // specs: financing#C2
            system.named("C2", |system| {
                number::enforce_bit(system, &leaf.presence[0])
            });
        }
    }
    let seller = leaves[slot::SELLER_IDS].as_ref();
    if let (Shape::Full, Some(seller)) = (shape, seller) {
        let third = &seller.presence[2];
        let no_second = &Wire::one() - &seller.presence[1];
        let zero = Wire::constant(Fr::ZERO);
        // specs: financing#C4
        system.named("C4", |system| system.enforce(third, &no_second, &zero));
    }
}

fn financeable(system: &mut System, type_code: &Leaf, payable: &Leaf) {
    let allowed = FINANCEABLE.map(Fr::from);
    // specs: financing#C6
    system.named("C6", |system| {
        number::enforce_member(
            system,
            &type_code.presence[0],
            &type_code.values[0],
            &allowed,
        );
    });
    // specs: financing#C7
    system.named("C7", |system| {
        number::enforce_range(system, &payable.values[0], PAYABLE_BITS);
        number::enforce_nonzero(system, &payable.values[0]);
    });
}

/// 1 where the slot's rule applies.
fn applies(slot: Slot, leaves: &[Option<Leaf>]) -> Wire {
    slot.needs().map_or_else(Wire::one, |(field, which)| {
        let leaf = leaves[field].as_ref();
        let leaf = leaf.expect("the shape opens what it needs");
        leaf.presence[which].clone()
    })
}

fn mask(system: &mut System, shape: Shape, leaves: &[Option<Leaf>], public: &Wire) {
    let mut sum = Wire::constant(Fr::ZERO);
    for slot in shape.slots() {
        let weight = Fr::from(1_u64 << (*slot as u8));
        sum = &sum + &(&applies(*slot, leaves) * weight);
    }
    // specs: financing#C5
    system.named("C5", |system| system.enforce_equal(&sum, public));
}

fn tree(system: &mut System, leaves: &[Option<Leaf>], witness: &FinancingWitness, public: &Public) {
    let mut hashes = Vec::with_capacity(GROUP);
    for (header_slot, leaf) in leaves.iter().enumerate() {
        hashes.push(match leaf {
            Some(leaf) => leaf.hash.clone(),
            None => system.witness(witness.opening(header_slot).hash),
        });
    }
    let second_group = system.witness(witness.second_group);
    // specs: financing#C8
    let header = system.named("C8", |system| {
        let group = poseidon::hash(system, &Capacity::new(tags::GROUP_NODE), &hashes);
        let groups = [group, second_group];
        poseidon::hash(system, &Capacity::new(tags::HEADER_NODE), &groups)
    });
    let others = [witness.salt, witness.line_count, witness.lines_root];
    let [salt, line_count, lines] = others.map(|value| system.witness(value));
    let inputs = [public.context.clone(), salt, line_count, header, lines];
    // specs: financing#C9
    system.named("C9", |system| {
        let root = poseidon::hash(system, &Capacity::new(tags::RECORD_ROOT), &inputs);
        system.enforce_equal(&root, &public.root);
    });
}

fn amount(system: &mut System, payable: &Leaf, witness: &FinancingWitness, public: &Wire) {
    let blinding = system.witness(witness.amount_blinding);
    let inputs = [
        payable.values[0].clone(),
        payable.values[1].clone(),
        blinding,
    ];
    // specs: financing#C10
    system.named("C10", |system| {
        let commitment = poseidon::hash(system, &Capacity::new(tags::AMOUNT), &inputs);
        system.enforce_equal(&commitment, public);
    });
}

/// The bits of the blinding scalar's free part, bound to `R`.
fn blinding(system: &mut System, witness: &FinancingWitness, public: &edwards::Point) -> Vec<Wire> {
    let bits = witness.blinding.bits();
    // specs: financing#C14
    let bits: Vec<Wire> = system.named("C14", |system| {
        bits.iter().map(|bit| number::bit(system, *bit)).collect()
    });
    // specs: financing#C15
    system.named("C15", |system| {
        let commitment = edwards::multiply_generator(system, &bits);
        system.enforce_equal(&commitment.u, &public.u);
        system.enforce_equal(&commitment.v, &public.v);
    });
    bits
}

/// One slot: `x`, `P`, `r·P`, and the public point, which is `r·P` where the rule applies and the identity
/// where it does not.
fn fingerprint(
    system: &mut System,
    slot: Slot,
    leaves: &[Option<Leaf>],
    bits: &[Wire],
    public: &edwards::Point,
) {
    let reads = slot.reads().iter().map(|(field, input)| {
        let leaf = leaves[*field]
            .as_ref()
            .expect("the shape opens what it reads");
        leaf.values[*input].clone()
    });
    let inputs: Vec<Wire> = reads.collect();
    let capacity = INVOICE_GROUP.capacity(slot.rule());
    // specs: financing#C11
    let x = system.named("C11", |system| poseidon::hash(system, &capacity, &inputs));
    // specs: financing#C12
    let raw = system.named("C12", |system| montgomery::elligator(system, &x));
    // specs: financing#C13
    let point = system.named("C13", |system| montgomery::clear_cofactor(system, &raw));
    // specs: financing#C16
    let product = system.named("C16", |system| montgomery::multiply(system, &point, bits));
    // specs: financing#C17
    let blinded = system.named("C17", |system| montgomery::to_edwards(system, &product));
    let applies = applies(slot, leaves);
    // specs: financing#C18
    system.named("C18", |system| {
        system.enforce(&applies, &blinded.u, &public.u);
        system.enforce(&applies, &(&blinded.v - Fr::ONE), &(&public.v - Fr::ONE));
    });
}
