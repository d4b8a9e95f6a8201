//! From a check to constraints (`specs/circuits/cross-check.md`): one pass over the same typed declaration that native
//! evaluation reads, in the same order, for all documents and lines that the instance has room for.

use std::collections::BTreeMap;

use ark_bls12_381::Fr;
use ark_ff::AdditiveGroup;
use sealane_gadgets::{Mode, System, Wire, decide, number};
use sealane_statements::cross_check::{CrossCheckStatement, PACKED, buckets};

use crate::field::FieldType;
use crate::instance::Instance;

mod condition;
mod documents;
mod fields;
mod items;
mod lines;
mod open;
mod or_zero;
pub mod parts;
mod pick;
mod plan;
mod reads;
mod statement;
mod tables;
mod terms;
mod value;
mod witness;

pub use plan::{Leaves, Plan, Reads};
pub use sealane_statements::cross_check::{Position, Presented};
pub use witness::{AliasWitness, DocumentWitness, LeafOpening};

use open::{Document, Opener, Public, Switches};
use parts::given::{TalliedLine, Tallies, View};
use value::{Exact, Party, Symbol, SymbolId, Value};

/// Every named constraint, in the order of the specification.
pub const CONSTRAINTS: [&str; 16] = [
    "K1", "K2", "K3", "K4", "K5", "K6", "K7", "K8", "K9", "K10", "K11", "K12", "K13", "K14", "K15",
    "K16",
];

/// Writes an instance's circuit into `system`, with the values of the witnesses, one by position: its rows do not depend on
/// them. The bits that the circuit finds come back; K15 demands that the statement has the same.
///
/// # Panics
/// When the statement or the witnesses are not of the plan's shape: an error of the caller, not of who made a record.
pub fn synthesize(
    system: &mut System,
    instance: &Instance<'_>,
    plan: &Plan,
    statement: &CrossCheckStatement,
    witnesses: &[DocumentWitness],
) -> Vec<bool> {
    let inputs = statement.public_inputs();
    let mut inputs = inputs.into_iter().map(|value| system.input(value));
    let mut next = || inputs.next().expect("as many as the plan has");
    let public: Vec<Public> = plan
        .positions()
        .iter()
        .map(|_| Public {
            root: next(),
            context: next(),
            alias: Some(next()),
            part: None,
        })
        .collect();
    let of_switches = statement.switches.len().div_ceil(PACKED);
    let packed: Vec<Wire> = (0..of_switches).map(|_| next()).collect();
    let of_bits: Vec<Wire> = inputs.collect();
    let switches = switches(system, plan, statement, &packed);
    let check = instance.check();
    let mut documents = Vec::with_capacity(public.len());
    for (position, public) in public.iter().enumerate() {
        let document = plan.positions()[position].document;
        let mut opener = Opener {
            system,
            plan,
            kind: check.documents[document].kind,
        };
        let witness = &witnesses[position];
        documents.push(opener.open(position, public, &switches[position], witness));
    }
    let mut compiler = Compiler::new(system, instance, plan, documents);
    let bits = compiler.requirements();
    // specs: cross-check#K15
    system.named("K15", |system| {
        for (bits, public) in bits.chunks(PACKED).zip(&of_bits) {
            system.enforce_equal(&Wire::weighted(bits), public);
        }
    });
    bits.iter().map(|bit| bit.value() != Fr::ZERO).collect()
}

/// An instance's circuit for making keys: its rows are those of every statement.
#[must_use]
pub fn blank(instance: &Instance<'_>) -> System {
    let plan = Plan::of(instance);
    let statement = plan.blank();
    let witnesses = vec![DocumentWitness::blank(); plan.positions().len()];
    let mut system = System::new(Mode::Rows);
    synthesize(&mut system, instance, &plan, &statement, &witnesses);
    system
}

/// The switches as wires, by position.
fn switches(
    system: &mut System,
    plan: &Plan,
    statement: &CrossCheckStatement,
    packed: &[Wire],
) -> Vec<Switches> {
    // specs: cross-check#K1
    let bits: Vec<Wire> = system.named("K1", |system| {
        let bits = statement.switches.iter();
        let bits: Vec<Wire> = bits.map(|bit| number::bit(system, *bit)).collect();
        for (bits, public) in bits.chunks(PACKED).zip(packed) {
            system.enforce_equal(&Wire::weighted(bits), public);
        }
        bits
    });
    let mut bits = bits.into_iter();
    let mut take = |count: usize| bits.by_ref().take(count).collect::<Vec<_>>();
    let of_position = |position: usize| {
        let used = match plan.positions()[position].number {
            0 => Wire::one(),
            _ => take(1).remove(0),
        };
        Switches {
            used,
            buckets: take(buckets(plan.lines()).count()),
            taken: take(plan.places(position).count()),
        }
    };
    (0..plan.positions().len()).map(of_position).collect()
}

/// A document or a line: one of the statement's, or the one that a filter picks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Item {
    /// By position.
    Document(usize),
    /// By position and line.
    Line(usize, usize),
    /// By its number among [`Compiler::picked`].
    Picked(usize),
    /// By its number among [`Compiler::tallied`].
    Tallied(usize),
}

/// An item and whether it is there, or satisfies a filter.
type Match = (Wire, Item);

/// The one item of several that satisfies a filter.
#[derive(Debug)]
struct Pick {
    /// Whether there is exactly one.
    one: Wire,
    sources: Vec<Match>,
}

struct Compiler<'a> {
    system: &'a mut System,
    instance: &'a Instance<'a>,
    plan: &'a Plan,
    documents: Vec<Document>,
    /// What the bindings around the present place stand for.
    bound: Vec<Item>,
    picked: Vec<Pick>,
    symbols: Vec<Symbol>,
    values: BTreeMap<(Item, &'static str, FieldType), Value>,
    presences: BTreeMap<(Item, usize), Wire>,
    identifiers: BTreeMap<(Item, usize), Party>,
    units: BTreeMap<(Item, usize), SymbolId>,
    /// By position: the document's loose number, 0 where it is absent.
    numbers: BTreeMap<usize, SymbolId>,
    /// Lines of other documents that were found to be of one: by the line reference and the number.
    lines_of: BTreeMap<(SymbolId, SymbolId), SymbolId>,
    /// Whether two line references are to one line.
    same_references: BTreeMap<(SymbolId, SymbolId), Wire>,
    picked_measures: BTreeMap<(usize, Vec<SymbolId>), SymbolId>,
    picked_lines: BTreeMap<usize, Vec<Match>>,
    or_zero: BTreeMap<(Item, &'static str), Exact>,
    loose_texts: BTreeMap<(Item, usize), SymbolId>,
    minors: BTreeMap<SymbolId, Wire>,
    /// Comparisons by their place and what they read.
    comparisons: BTreeMap<(usize, usize, Vec<Item>), Wire>,
    equal: BTreeMap<(SymbolId, SymbolId), (Wire, Wire)>,
    same: BTreeMap<(SymbolId, SymbolId), Wire>,
    /// In parts: what stands for bindings that other passes went through, and where the present pass looks.
    tallies: Tallies,
    tallied: Vec<TalliedLine>,
    view: Option<View>,
}

impl<'a> Compiler<'a> {
    fn new(
        system: &'a mut System,
        instance: &'a Instance<'a>,
        plan: &'a Plan,
        documents: Vec<Document>,
    ) -> Self {
        Self {
            system,
            instance,
            plan,
            documents,
            bound: Vec::new(),
            picked: Vec::new(),
            symbols: Vec::new(),
            values: BTreeMap::new(),
            presences: BTreeMap::new(),
            identifiers: BTreeMap::new(),
            units: BTreeMap::new(),
            numbers: BTreeMap::new(),
            lines_of: BTreeMap::new(),
            same_references: BTreeMap::new(),
            picked_measures: BTreeMap::new(),
            picked_lines: BTreeMap::new(),
            or_zero: BTreeMap::new(),
            loose_texts: BTreeMap::new(),
            minors: BTreeMap::new(),
            comparisons: BTreeMap::new(),
            equal: BTreeMap::new(),
            same: BTreeMap::new(),
            tallies: Tallies::new(),
            tallied: Vec::new(),
            view: None,
        }
    }

    /// The bits of all requirements, in their order.
    fn requirements(&mut self) -> Vec<Wire> {
        let mut conditions = self.of_documents();
        for requirement in &self.instance.check().requirements {
            self.system.set_part(conditions.len() + 1);
            conditions.push(self.condition(&requirement.condition));
        }
        let bits = conditions.into_iter().enumerate();
        bits.map(|(number, met)| self.unless_taken(number, &met))
            .collect()
    }

    /// A requirement's bit: 0 where a leaf that it could read is taken out.
    fn unless_taken(&mut self, requirement: usize, met: &Wire) -> Wire {
        self.system.set_part(requirement + 1);
        let mut taken = Vec::new();
        for (position, document) in self.documents.iter().enumerate() {
            let declared = self.plan.positions()[position].document;
            let read = document
                .leaves
                .iter()
                .filter(|(place, _)| self.plan.reads(requirement, declared, **place));
            taken.extend(read.map(|(_, leaf)| leaf.taken.clone()));
        }
        // specs: cross-check#K15
        self.system.named("K15", |system| {
            let whole = decide::is_zero(system, &Wire::sum(&taken));
            system.product(met, &whole)
        })
    }

    fn symbol(&mut self, ready: Wire, wire: Wire) -> SymbolId {
        self.symbols.push(Symbol {
            ready,
            wire,
            free: None,
        });
        SymbolId(self.symbols.len() - 1)
    }

    /// A unit or currency that may be that of whatever stands beside it.
    fn free_symbol(&mut self, wire: Wire, free: Option<Wire>) -> SymbolId {
        let id = self.symbol(Wire::one(), wire);
        self.symbols[id.0].free = free;
        id
    }

    /// Whether both symbols are ready, and whether they are equal too.
    fn equal_symbols(&mut self, one: SymbolId, other: SymbolId) -> (Wire, Wire) {
        let key = (one.min(other), one.max(other));
        if let Some(known) = self.equal.get(&key) {
            return known.clone();
        }
        let (one, other) = (self.symbols[key.0.0].clone(), self.symbols[key.1.0].clone());
        let ready = self.and(&one.ready, &other.ready);
        let equal = self.equal(&ready, &one.wire, &other.wire);
        self.equal.insert(key, (ready.clone(), equal.clone()));
        (ready, equal)
    }

    /// Whether two units or currencies are equal, whether or not they are ready.
    fn same_symbol(&mut self, one: SymbolId, other: SymbolId) -> Wire {
        if one == other {
            return Wire::one();
        }
        let key = (one.min(other), one.max(other));
        if let Some(known) = self.same.get(&key) {
            return known.clone();
        }
        let (one, other) = (self.symbols[key.0.0].clone(), self.symbols[key.1.0].clone());
        let mut same = self.equal(&Wire::one(), &one.wire, &other.wire);
        for free in [one.free, other.free].into_iter().flatten() {
            let apart = self.and(&decide::not(&same), &decide::not(&free));
            same = decide::not(&apart);
        }
        self.same.insert(key, same.clone());
        same
    }

    fn equal(&mut self, ready: &Wire, one: &Wire, other: &Wire) -> Wire {
        // specs: cross-check#K8
        self.system
            .named("K8", |system| decide::equal(system, ready, one, other))
    }

    fn is_zero(&mut self, sum: &Wire) -> Wire {
        // specs: cross-check#K9
        self.system
            .named("K9", |system| decide::is_zero(system, sum))
    }

    fn and(&mut self, one: &Wire, other: &Wire) -> Wire {
        // specs: cross-check#K14
        self.system
            .named("K14", |system| decide::and(system, one, other))
    }

    /// All of the bits.
    fn all(&mut self, bits: &[&Wire]) -> Wire {
        let mut all = Wire::one();
        for bit in bits {
            all = self.and(&all, bit);
        }
        all
    }
}
