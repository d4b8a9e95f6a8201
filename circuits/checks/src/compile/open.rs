//! The documents of a statement as wires: opened leaves that the public roots bind.

use std::collections::BTreeMap;

use ark_bls12_381::Fr;
use ark_ff::{AdditiveGroup, PrimeField};
use sealane_crypto::commitment::LeafValues;
use sealane_crypto::keys::Place;
use sealane_crypto::poseidon::Capacity;
use sealane_crypto::tags;
use sealane_gadgets::{System, Wire, decide, number, poseidon};
use sealane_statements::cross_check::buckets;
use sealane_types::schema::{GROUP, HEADER_SLOTS, Kind, LINE_SLOTS, SCHEMA_VERSION};

use super::plan::{Leaves, Plan};
use super::witness::DocumentWitness;

/// A leaf as requirements read it.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    /// 1 where the field is there, and its line is one.
    pub present: Wire,
    /// Two values; of a party its seven identifiers, zeros where there is none.
    pub values: Vec<Wire>,
    /// 1 where it is taken out.
    pub taken: Wire,
}

/// One position.
#[derive(Debug)]
pub(super) struct Document {
    pub used: Wire,
    pub leaves: BTreeMap<Place, Leaf>,
    /// Which of the line slots are lines; empty where no requirement reads lines.
    pub active: Vec<Wire>,
    pub identifiers: Vec<Wire>,
}

/// The switches of one position.
pub(super) struct Switches {
    pub used: Wire,
    /// For 16, 32, 128, as far as the sizes go.
    pub buckets: Vec<Wire>,
    /// By opened leaf.
    pub taken: Vec<Wire>,
}

/// The public inputs of one position.
pub(super) struct Public {
    pub root: Wire,
    pub context: Wire,
    /// None where nothing is asked of its sealer.
    pub alias: Option<Wire>,
    /// Where it stands, in a check in parts.
    pub part: Option<Part>,
}

/// Where a part stands in its record.
pub(super) struct Part {
    /// The number of its first line.
    pub first: Wire,
    /// How many line slots the record has.
    pub slots: Wire,
}

/// A leaf on its way: what its sealer committed to, and its hash.
struct Opened {
    place: Place,
    leaf: Leaf,
    hash: Wire,
}

pub(super) struct Opener<'a> {
    pub system: &'a mut System,
    pub plan: &'a Plan,
    pub kind: Kind,
}

impl Opener<'_> {
    /// Opens the document of a position.
    pub fn open(
        &mut self,
        position: usize,
        public: &Public,
        switches: &Switches,
        witness: &DocumentWitness,
    ) -> Document {
        let places: Vec<Place> = self.plan.places(position).collect();
        let pairs = places.iter().zip(&switches.taken);
        let opened: Vec<Opened> = pairs
            .map(|(place, taken)| self.leaf(*place, taken, &switches.used, public, witness))
            .collect();
        let hashes: BTreeMap<Place, Wire> = opened
            .iter()
            .map(|opened| (opened.place, opened.hash.clone()))
            .collect();
        self.root(position, &hashes, public, switches, witness);
        let identifiers = match &public.alias {
            Some(alias) => self.alias(alias, &switches.used, witness),
            None => Vec::new(),
        };
        let mut leaves: BTreeMap<Place, Leaf> = opened
            .into_iter()
            .map(|opened| (opened.place, opened.leaf))
            .collect();
        let active = self.lines(&leaves, public, switches);
        for (place, leaf) in &mut leaves {
            if let Place::Line { line, .. } = place {
                let active = &active[usize::from(*line)];
                // specs: cross-check#K5
                leaf.present = self
                    .system
                    .named("K5", |system| system.product(&leaf.present, active));
            }
        }
        Document {
            used: switches.used.clone(),
            leaves,
            active,
            identifiers,
        }
    }

    fn leaf(
        &mut self,
        place: Place,
        taken: &Wire,
        used: &Wire,
        public: &Public,
        witness: &DocumentWitness,
    ) -> Opened {
        let opening = witness.opening(place);
        let values = opening.values.inputs();
        let all = values.iter().chain([&opening.blinding]);
        let mut inputs: Vec<Wire> = all.map(|value| self.system.witness(*value)).collect();
        let capacity = capacity(place, self.kind, inputs.len(), public);
        // specs: cross-check#K2
        let hash = self.system.named("K2", |system| {
            let computed = poseidon::hash_under(system, &capacity, &inputs);
            let stated = match taken.value() == Fr::ZERO {
                true => computed.value(),
                false => witness.hash(place),
            };
            let stated = system.witness(stated);
            let difference = &stated - &computed;
            system.enforce(&decide::not(taken), &difference, &Wire::constant(Fr::ZERO));
            stated
        });
        inputs.pop();
        let closed = taken + &decide::not(used);
        let zero = Wire::constant(Fr::ZERO);
        // specs: cross-check#K3
        let present = self.system.named("K3", |system| match opening.values {
            LeafValues::Field { .. } => {
                let present = inputs.remove(0);
                number::enforce_bit(system, &present);
                system.enforce(&present, &closed, &zero);
                present
            }
            LeafValues::Identifiers(_) => {
                for id in &inputs {
                    system.enforce(id, &closed, &zero);
                }
                decide::not(&decide::is_zero(system, &inputs[0]))
            }
        });
        let leaf = Leaf {
            present,
            values: inputs,
            taken: taken.clone(),
        };
        Opened { place, leaf, hash }
    }

    /// From the leaves to the public root.
    fn root(
        &mut self,
        position: usize,
        hashes: &BTreeMap<Place, Wire>,
        public: &Public,
        switches: &Switches,
        witness: &DocumentWitness,
    ) {
        let document = self.plan.positions()[position].document;
        let opened = self.plan.opened(document).clone();
        let groups: Vec<Wire> = (0..HEADER_SLOTS / GROUP)
            .map(|group| self.group(group, &opened, hashes, witness))
            .collect();
        let is_column = |leaves: &Leaves| matches!(leaves, Leaves::Column(_));
        let lines = match opened.iter().any(is_column) {
            true => {
                let columns: Vec<Wire> = (0..LINE_SLOTS)
                    .map(|slot| match opened.contains(&Leaves::Column(slot)) {
                        true => self.column(slot, hashes, switches),
                        false => self.system.witness(witness.column(slot)),
                    })
                    .collect();
                let capacity = Capacity::new(tags::LINES_ROOT);
                self.tree(|system| poseidon::hash(system, &capacity, &columns))
            }
            false => self.system.witness(witness.lines_root()),
        };
        let count = hashes.get(&Place::LineCount).cloned();
        let count = count.unwrap_or_else(|| self.system.witness(witness.hash(Place::LineCount)));
        let salt = self.system.witness(witness.salt());
        // specs: cross-check#K4
        self.tree(|system| {
            let header = poseidon::hash(system, &Capacity::new(tags::HEADER_NODE), &groups);
            let inputs = [public.context.clone(), salt, count, header, lines];
            let root = poseidon::hash(system, &Capacity::new(tags::RECORD_ROOT), &inputs);
            let difference = &root - &public.root;
            system.enforce(&switches.used, &difference, &Wire::constant(Fr::ZERO));
        });
    }

    fn tree<T>(&mut self, part: impl FnOnce(&mut System) -> T) -> T {
        self.system.named("K4", part)
    }

    fn group(
        &mut self,
        group: usize,
        opened: &std::collections::BTreeSet<Leaves>,
        hashes: &BTreeMap<Place, Wire>,
        witness: &DocumentWitness,
    ) -> Wire {
        let slots = group * GROUP..(group + 1) * GROUP;
        if !slots
            .clone()
            .any(|slot| opened.contains(&Leaves::Header(slot)))
        {
            return self.system.witness(witness.group(group));
        }
        let place = |slot: usize| Place::Header(u8::try_from(slot).expect("32 slots"));
        let children: Vec<Wire> = slots
            .map(|slot| match hashes.get(&place(slot)) {
                Some(hash) => hash.clone(),
                None => self.system.witness(witness.hash(place(slot))),
            })
            .collect();
        self.tree(|system| poseidon::hash(system, &Capacity::new(tags::GROUP_NODE), &children))
    }

    /// The root of one field's leaves in all lines that the record's bucket reaches.
    fn column(&mut self, slot: usize, hashes: &BTreeMap<Place, Wire>, switches: &Switches) -> Wire {
        let slot = u8::try_from(slot).expect("7 slots");
        let leaf = |line: usize| {
            let line = u16::try_from(line).expect("at most 128 lines");
            hashes[&Place::Line { line, slot }].clone()
        };
        let lines = self.plan.lines();
        let sixteen = switches.buckets.first();
        self.tree(|system| {
            let nodes: Vec<Wire> = (0..lines.div_ceil(GROUP))
                .map(|node| {
                    let child = |system: &mut System, line: usize| match (line < lines, sixteen) {
                        (false, _) => Wire::constant(Fr::ZERO),
                        (true, Some(reached)) if (8..GROUP).contains(&line) => {
                            system.product(reached, &leaf(line))
                        }
                        (true, _) => leaf(line),
                    };
                    let children: Vec<Wire> = (node * GROUP..(node + 1) * GROUP)
                        .map(|line| child(system, line))
                        .collect();
                    poseidon::hash(system, &Capacity::new(tags::COLUMN_NODE), &children)
                })
                .collect();
            let mut root = nodes[0].clone();
            for (bucket, reached) in buckets(lines).zip(&switches.buckets).skip(1) {
                let below = &nodes[..bucket / GROUP];
                let above = poseidon::hash(system, &Capacity::new(tags::COLUMN_ROOT), below);
                root = decide::select(system, reached, &above, &root);
            }
            root
        })
    }

    /// Which line slots are lines.
    fn lines(
        &mut self,
        leaves: &BTreeMap<Place, Leaf>,
        public: &Public,
        switches: &Switches,
    ) -> Vec<Wire> {
        let Some(count) = leaves.get(&Place::LineCount) else {
            return Vec::new();
        };
        let slots = self.plan.lines();
        let all = &count.values[0];
        let stated = all.value().into_bigint().0;
        let stated = if stated[1..] == [0; 3] { stated[0] } else { 0 };
        let stated = match count.present.value() == Fr::ZERO {
            true => 0,
            false => stated,
        };
        let zero = Wire::constant(Fr::ZERO);
        let before = public.part.as_ref().map(first_of);
        // specs: cross-check#K5
        self.system.named("K5", |system| {
            let active: Vec<Wire> = (0_u64..)
                .take(slots)
                .map(|line| number::bit(system, before.unwrap_or(0) + line < stated))
                .collect();
            for pair in active.windows(2) {
                system.enforce(&pair[1], &decide::not(&pair[0]), &zero);
            }
            system.enforce(&active[0], &decide::not(&switches.used), &zero);
            let reached = [8, 16, 32].into_iter().zip(&switches.buckets);
            for (line, reached) in reached {
                system.enforce(&active[line], &decide::not(reached), &zero);
            }
            let here = Wire::sum(&active);
            match &public.part {
                None => system.enforce(&count.present, all, &here),
                Some(part) => {
                    let all = system.product(&count.present, all);
                    in_part(system, &active, &all, part);
                }
            }
            active
        })
    }

    fn alias(&mut self, alias: &Wire, used: &Wire, witness: &DocumentWitness) -> Vec<Wire> {
        let opening = witness.alias();
        let values = opening.identifiers.iter().chain([&opening.blinding]);
        let inputs: Vec<Wire> = values.map(|value| self.system.witness(*value)).collect();
        // specs: cross-check#K6
        self.system.named("K6", |system| {
            let commitment = poseidon::hash(system, &Capacity::new(tags::ALIAS), &inputs);
            let difference = &commitment - alias;
            system.enforce(used, &difference, &Wire::constant(Fr::ZERO));
        });
        let mut identifiers = inputs;
        identifiers.pop();
        identifiers
    }
}

/// The capacity of a leaf's hash. In a part of a longer record its line's number, bytes 4 and 5 of eight, is counted from
/// the part's first.
fn capacity(place: Place, kind: Kind, inputs: usize, public: &Public) -> Wire {
    let capacity = place.position(kind, SCHEMA_VERSION).capacity();
    let own = Wire::constant(capacity.element(inputs));
    match (&public.part, place) {
        (Some(part), Place::Line { .. }) => &own + &(&part.first * Fr::from(1_u64 << 16)),
        _ => own,
    }
}

/// The number of a part's first line.
fn first_of(part: &Part) -> u64 {
    part.first.value().into_bigint().0[0]
}

/// Bits of a number of lines.
const COUNT_BITS: u32 = 11;

/// That as many of a part's lines are there as the record's number of lines, `all`, says, and that these are no more than it has
/// slots. Some but not all lines of the part: none is left after it. All: none or some are. None: the record ended before.
fn in_part(system: &mut System, active: &[Wire], all: &Wire, part: &Part) {
    let (first, last) = (&active[0], &active[active.len() - 1]);
    let left = &(all - &part.first) - &Wire::sum(active);
    let zero = Wire::constant(Fr::ZERO);
    // specs: cross-check#P1
    system.named("P1", |system| {
        number::enforce_range(system, all, COUNT_BITS);
        number::enforce_range(system, &(&part.slots - all), COUNT_BITS);
        system.enforce(&(first - last), &left, &zero);
        let sign = &(last * Fr::from(2_u8)) - Fr::from(1_u8);
        let distance = system.product(&sign, &left);
        number::enforce_range(system, &distance, COUNT_BITS);
    });
}
