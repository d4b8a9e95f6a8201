//! The financing statement as rows, under the names of `specs/circuits/financing.md`; `native.rs` says the same in
//! plain arithmetic.

use ark_bls12_381::Fr;
use ark_ff::AdditiveGroup;
use sealane_crypto::poseidon::Capacity;
use sealane_crypto::tags;
use sealane_gadgets::{Mode, System, Wire, edwards, number, polynomial, poseidon};
use sealane_types::fingerprint::SLOTS;
use sealane_types::schema::{GROUP, PAYABLE_BITS};

use super::shape::{IDENTIFIERS, PARTIES, REQUIRED, VALUES, header, position};
use super::{FINANCEABLE, FinancingStatement, FinancingWitness, Slot};

mod blinding;
mod inputs;
mod seller;

/// Every named constraint, in the order of the specification.
pub const CONSTRAINTS: [&str; 24] = [
    "C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "C10", "C11", "C12", "C13", "C14", "C15",
    "C16", "C17", "C18", "C19", "C20", "C21", "C22", "C23", "C24",
];

/// The wires of a leaf of presence and values.
struct Leaf {
    presence: Wire,
    v1: Wire,
    v2: Wire,
    hash: Wire,
}

/// The wires of a leaf of identifiers.
struct Party {
    identifiers: Vec<Wire>,
    hash: Wire,
}

/// The opened leaves.
struct Leaves {
    values: [Leaf; VALUES.len()],
    parties: [Party; PARTIES.len()],
}

impl Leaves {
    fn leaf(&self, slot: usize) -> &Leaf {
        let at = VALUES.iter().position(|opened| *opened == slot);
        &self.values[at.expect("the circuit opens what it reads")]
    }

    fn party(&self, slot: usize) -> &[Wire] {
        let at = PARTIES.iter().position(|opened| *opened == slot);
        &self.parties[at.expect("the circuit opens what it reads")].identifiers
    }

    fn hash(&self, slot: usize) -> Option<&Wire> {
        let values = VALUES.iter().zip(&self.values);
        let mut values = values.map(|(opened, leaf)| (*opened, &leaf.hash));
        let parties = PARTIES.iter().zip(&self.parties);
        let mut parties = parties.map(|(opened, party)| (*opened, &party.hash));
        let found = values.find(|(opened, _)| *opened == slot);
        let found = found.or_else(|| parties.find(|(opened, _)| *opened == slot));
        found.map(|(_, hash)| hash)
    }
}

/// The public inputs as wires.
struct Public {
    root: Wire,
    context: Wire,
    alias: Wire,
    mask: Wire,
    amount_commitment: Wire,
    commitment: edwards::Point,
    blinded: Vec<edwards::Point>,
}

/// Writes the circuit into `system`, with the values of `witness`: its rows do not depend on them.
pub fn synthesize(system: &mut System, statement: &FinancingStatement, witness: &FinancingWitness) {
    let public = public(system, statement);
    let leaves = leaves(system, witness);
    presences(system, &leaves);
    financeable(system, &leaves);
    tree(system, &leaves, witness, &public);
    amount(system, leaves.leaf(header::PAYABLE), witness, &public);
    let seller = seller::seller(system, &leaves, witness, &public.alias);
    let applies = mask(system, &leaves, &seller, &public.mask);
    let inputs = inputs::inputs(system, &leaves, &seller, witness);
    let points = inputs::points(system, &inputs);
    blinding::blind(system, witness, &points, &applies, &public);
}

/// The circuit with rows, for a statement and its witness. Their sides stand where few variables are on side B.
#[must_use]
pub fn circuit(statement: &FinancingStatement, witness: &FinancingWitness) -> System {
    let mut system = System::new(Mode::Rows);
    synthesize(&mut system, statement, witness);
    system.exchange_sides();
    system
}

/// The circuit for making keys: its rows are those of every statement.
#[must_use]
pub fn blank() -> System {
    circuit(&FinancingStatement::blank(), &FinancingWitness::blank())
}

fn public(system: &mut System, statement: &FinancingStatement) -> Public {
    let inputs = statement.public_inputs();
    let mut wires = inputs.into_iter().map(|value| system.input(value));
    let mut next = || wires.next().expect("as many as the statement has");
    let [root, context, alias, mask, amount_commitment] = [0; 5].map(|_| next());
    let mut point = || edwards::Point {
        u: next(),
        v: next(),
    };
    Public {
        root,
        context,
        alias,
        mask,
        amount_commitment,
        commitment: point(),
        blinded: (0..SLOTS).map(|_| point()).collect(),
    }
}

fn leaves(system: &mut System, witness: &FinancingWitness) -> Leaves {
    let values = VALUES.map(|slot| {
        let values = witness.values(slot);
        let blinding = witness.leaf_blinding(slot);
        let all = [values.presence, values.v1, values.v2, blinding];
        let inputs = all.map(|value| system.witness(value));
        let capacity = position(slot).capacity();
        // specs: financing#C1
        let hash = system.named("C1", |system| poseidon::hash(system, &capacity, &inputs));
        let [presence, v1, v2, _] = inputs;
        Leaf {
            presence,
            v1,
            v2,
            hash,
        }
    });
    let parties = PARTIES.map(|slot| {
        let identifiers = witness.identifiers(slot);
        let identifiers: Vec<Wire> = identifiers.iter().map(|id| system.witness(*id)).collect();
        let blinding = system.witness(witness.leaf_blinding(slot));
        let inputs = [&identifiers[..], &[blinding]].concat();
        let capacity = position(slot).capacity();
        // specs: financing#C2
        let hash = system.named("C2", |system| poseidon::hash(system, &capacity, &inputs));
        Party { identifiers, hash }
    });
    Leaves { values, parties }
}

fn presences(system: &mut System, leaves: &Leaves) {
    for (slot, leaf) in VALUES.iter().zip(&leaves.values) {
        match REQUIRED.contains(slot) {
            // specs: financing#C4
            true => system.named("C4", |system| {
                system.enforce_equal(&leaf.presence, &Wire::one());
            }),
            // specs: financing#C3
            false => system.named("C3", |system| number::enforce_bit(system, &leaf.presence)),
        }
    }
}

fn financeable(system: &mut System, leaves: &Leaves) {
    let (code, payable) = (leaves.leaf(header::TYPE_CODE), leaves.leaf(header::PAYABLE));
    let list = polynomial::vanishing(&FINANCEABLE.map(Fr::from));
    // specs: financing#C6
    system.named("C6", |system| {
        let powers = polynomial::Powers::of(system, &code.v1, FINANCEABLE.len());
        let product = powers.evaluate(system, &list);
        system.enforce(&code.presence, &product, &Wire::constant(Fr::ZERO));
    });
    // specs: financing#C7
    system.named("C7", |system| {
        number::enforce_range(system, &payable.v1, PAYABLE_BITS);
        number::enforce_nonzero(system, &payable.v1);
    });
}

/// For each slot 1 where its rule applies; their sum is the mask.
fn mask(
    system: &mut System,
    leaves: &Leaves,
    seller: &seller::Seller,
    public: &Wire,
) -> [Wire; SLOTS] {
    let order = &leaves.leaf(header::ORDER_REFERENCES).presence;
    let despatch = &leaves.leaf(header::DESPATCH_REFERENCES).presence;
    let known = &seller.known;
    // specs: financing#C5
    system.named("C5", |system| {
        let buyer = number::nonzero(system, &leaves.party(header::BUYER_IDS)[0]);
        let [buyer, order, despatch] =
            [&buyer, order, despatch].map(|wire| system.product(known, wire));
        let applies = Slot::ALL.map(|slot| match slot {
            Slot::Strict(_) | Slot::NameNumberAmount => Wire::one(),
            Slot::WithoutDate => known.clone(),
            Slot::PartiesAmountDate => buyer.clone(),
            Slot::OrderReference => order.clone(),
            Slot::TransportDocument => despatch.clone(),
        });
        // the alias is bare, or the document shows no identifier and the alias lacks what extracts show
        let lacks = system.product(&seller.unshown, &(&Wire::one() - &seller.primary));
        let lacks = system.product(&(&Wire::one() - &seller.bare), &lacks);
        let strict = system.product(known, &(&seller.bare + &lacks));
        let bits = [&applies[..], &[strict]].concat();
        system.enforce_equal(&Wire::weighted(&bits), public);
        applies
    })
}

fn tree(system: &mut System, leaves: &Leaves, witness: &FinancingWitness, public: &Public) {
    let hashes: Vec<Wire> = (0..GROUP)
        .map(|slot| match leaves.hash(slot) {
            Some(hash) => hash.clone(),
            None => system.witness(witness.leaves[slot].hash),
        })
        .collect();
    let second_group = system.witness(witness.rest.second_group);
    // specs: financing#C8
    let header = system.named("C8", |system| {
        let group = poseidon::hash(system, &Capacity::new(tags::GROUP_NODE), &hashes);
        let groups = [group, second_group];
        poseidon::hash(system, &Capacity::new(tags::HEADER_NODE), &groups)
    });
    let rest = &witness.rest;
    let others = [rest.salt, rest.line_count, rest.lines_root];
    let [salt, line_count, lines] = others.map(|value| system.witness(value));
    let inputs = [public.context.clone(), salt, line_count, header, lines];
    // specs: financing#C9
    system.named("C9", |system| {
        let root = poseidon::hash(system, &Capacity::new(tags::RECORD_ROOT), &inputs);
        system.enforce_equal(&root, &public.root);
    });
}

fn amount(system: &mut System, payable: &Leaf, witness: &FinancingWitness, public: &Public) {
    let blinding = system.witness(witness.rest.amount_blinding);
    let inputs = [payable.v1.clone(), payable.v2.clone(), blinding];
    // specs: financing#C10
    system.named("C10", |system| {
        let commitment = poseidon::hash(system, &Capacity::new(tags::AMOUNT), &inputs);
        system.enforce_equal(&commitment, &public.amount_commitment);
    });
}
