//! The three kinds of circuits of a check in parts.

use ark_bls12_381::Fr;
use ark_ff::AdditiveGroup;
use sealane_gadgets::{System, Wire, decide, poseidon};
use sealane_statements::cross_check::parts::{PassStatement, capacity, chain_of};

use super::super::open::{Document, Part};
use super::super::{Compiler, Item, switches};
use super::given::{TallyOf, View};
use super::outline::{Outer, key};
use super::reads::of_pair;
use super::{Found, Opener, PACKED, Parts, PassWitness, Plan, Public, Tally};

/// Numbers that one call of the commitment takes.
const CELLS: usize = 15;

/// The public inputs of a pass.
struct Inputs {
    windows: Vec<Public>,
    switches: Vec<Wire>,
    bits: Vec<Wire>,
    spoiled: Vec<Wire>,
}

impl Parts<'_> {
    /// The inputs in their order, commitments aside.
    fn inputs(&self, system: &mut System, plan: &Plan, statement: &PassStatement) -> Inputs {
        let all = statement.public_inputs();
        let commitments = statement.commitments.len();
        let mut all = all[..all.len() - commitments]
            .iter()
            .map(|value| system.input(*value))
            .collect::<Vec<_>>()
            .into_iter();
        let mut next = || all.next().expect("as many as the plan has");
        let is_last = statement.spoiled.is_some();
        let mut windows: Vec<Public> = plan
            .positions()
            .iter()
            .map(|_| Public {
                root: next(),
                context: next(),
                alias: is_last.then(&mut next),
                part: None,
            })
            .collect();
        let mut packed =
            |count: usize| -> Vec<Wire> { (0..count.div_ceil(PACKED)).map(|_| next()).collect() };
        let switches = packed(statement.base.switches.len());
        let bits = packed(statement.base.bits.len());
        let shape = plan.shape();
        let parts = windows.iter_mut().zip(&shape.documents);
        let parts: Vec<&mut Public> = parts
            .filter(|(_, one)| one.count)
            .map(|(window, _)| window)
            .collect();
        let first = packed(parts.len() * PACKED);
        let slots = packed(parts.len() * PACKED);
        for (window, (first, slots)) in parts.into_iter().zip(first.into_iter().zip(slots)) {
            window.part = Some(Part { first, slots });
        }
        let spoiled = packed(statement.spoiled.as_ref().map_or(0, Vec::len));
        Inputs {
            windows,
            switches,
            bits,
            spoiled,
        }
    }

    fn open(
        &self,
        system: &mut System,
        plan: &Plan,
        statement: &PassStatement,
        witness: &PassWitness<'_>,
        inputs: &Inputs,
    ) -> Vec<Document> {
        let switches = switches(system, plan, &statement.base, &inputs.switches);
        let windows = inputs.windows.iter().zip(&switches).enumerate();
        let shape = plan.shape();
        windows
            .map(|(position, (public, switches))| {
                let document = plan.positions()[position].document;
                let mut opener = Opener {
                    system,
                    plan,
                    kind: shape.documents[document].kind,
                };
                opener.open(position, public, switches, &witness.documents[position])
            })
            .collect()
    }

    /// Adds to the tallies of a part of one document's lines what a part of another's gives.
    pub(super) fn pair(
        &self,
        system: &mut System,
        pass: usize,
        statement: &PassStatement,
        witness: &PassWitness<'_>,
    ) -> Found {
        let (plan, view) = &self.plans[pass];
        let inputs = self.inputs(system, plan, statement);
        let chain = chain_of(&self.shape, pass);
        let before = opened(system, chain, &witness.takes[0]);
        let documents = self.open(system, plan, statement, witness, &inputs);
        let shape = &self.shape.passes[pass];
        let inner = usize::from(shape.inner.unwrap_or_default());
        let mut compiler = self.compiler(system, plan, view, documents);
        let mut after = Vec::with_capacity(before.len());
        for line in 0..self.shape.lines.lines() {
            for (outer, inner) in of_pair(&self.outer, usize::from(shape.outer), inner) {
                let item = Item::Line(0, line);
                compiler.bound = vec![item; inner.variable];
                debug_assert!(
                    outer.variable < inner.variable,
                    "an inner one stands inside"
                );
                let matching = compiler.matching(inner.over);
                let from = after.len();
                let own = &before[from..from + inner.cells()];
                let picked = Some(inner.picked.as_slice());
                after.extend(compiler.added(inner.aggregate, &matching, picked, own));
            }
        }
        Found {
            tally: Some(committed(system, chain, &after, witness.blinding)),
            bits: Vec::new(),
        }
    }

    /// Adds to the tallies of bindings over a document's lines what one part of it gives.
    pub(super) fn fold(
        &self,
        system: &mut System,
        pass: usize,
        statement: &PassStatement,
        witness: &PassWitness<'_>,
    ) -> Found {
        let (plan, view) = &self.plans[pass];
        let inputs = self.inputs(system, plan, statement);
        let shape = &self.shape.passes[pass];
        let chain = chain_of(&self.shape, pass);
        let pairs: Vec<usize> = self.shape.pairs_of(shape.outer).collect();
        let chains = pairs.iter().map(|pair| chain_of(&self.shape, *pair));
        let mut taken: Vec<Vec<Wire>> = chains
            .chain([chain])
            .zip(witness.takes)
            .map(|(chain, tally)| opened(system, chain, tally))
            .collect();
        let before = taken.pop().expect("a fold takes up what was folded before");
        let documents = self.open(system, plan, statement, witness, &inputs);
        let mut compiler = self.compiler(system, plan, view, documents);
        let mut after = before;
        for line in 0..self.shape.lines.lines() {
            let mut from = 0;
            for outer in &self.outer {
                let cells = from..from + outer.cells();
                from = cells.end;
                if outer.document != usize::from(shape.outer) {
                    continue;
                }
                self.stand_in(&mut compiler, outer, &pairs, &taken, line);
                let own = compiler.folded(outer, line, &after[cells.clone()]);
                after.splice(cells, own);
            }
        }
        Found {
            tally: Some(committed(system, chain, &after, witness.blinding)),
            bits: Vec::new(),
        }
    }

    /// Puts what pairs counted for one line in the place of the bindings inside `outer`.
    fn stand_in(
        &self,
        compiler: &mut Compiler<'_>,
        outer: &Outer<'_>,
        pairs: &[usize],
        taken: &[Vec<Wire>],
        line: usize,
    ) {
        compiler.tallies.clear();
        for (pair, cells) in pairs.iter().zip(taken) {
            let shape = &self.shape.passes[*pair];
            let inner = usize::from(shape.inner.unwrap_or_default());
            let a_line = cells.len() / self.shape.lines.lines();
            let mut rest = &cells[line * a_line..(line + 1) * a_line];
            for (around, inside) in of_pair(&self.outer, usize::from(shape.outer), inner) {
                let (own, others) = rest.split_at(inside.cells());
                rest = others;
                if key(around.over) == key(outer.over) {
                    let tally = TallyOf::inner(own, &inside.picked);
                    compiler.tallies.insert(key(inside.over), tally);
                }
            }
        }
    }

    /// The last proof: headers, and the bits.
    pub(super) fn last(
        &self,
        system: &mut System,
        statement: &PassStatement,
        witness: &PassWitness<'_>,
    ) -> Found {
        let plan = &self.head;
        let inputs = self.inputs(system, plan, statement);
        let fold = self.shape.passes.iter();
        let fold = fold.clone().rposition(|pass| pass.inner.is_none());
        let folded = match fold {
            Some(fold) => opened(system, chain_of(&self.shape, fold), &witness.takes[0]),
            None => Vec::new(),
        };
        let documents = self.open(system, plan, statement, witness, &inputs);
        let spoiled = spoiled(system, statement, &inputs.spoiled);
        let mut compiler = Compiler::new(system, &self.instance, plan, documents);
        let mut rest = folded.as_slice();
        for outer in &self.outer {
            let (own, others) = rest.split_at(outer.cells());
            rest = others;
            compiler
                .tallies
                .insert(key(outer.over), TallyOf::outer(own));
        }
        let mut conditions = compiler.of_documents();
        for requirement in &self.check().requirements {
            compiler.system.set_part(conditions.len() + 1);
            conditions.push(compiler.condition(&requirement.condition));
        }
        // specs: cross-check#P4
        let bits: Vec<Wire> = compiler.system.named("P4", |system| {
            let pairs = conditions.iter().zip(&spoiled);
            let bits: Vec<Wire> = pairs
                .map(|(met, spoiled)| system.product(met, &decide::not(spoiled)))
                .collect();
            for (bits, public) in bits.chunks(PACKED).zip(&inputs.bits) {
                system.enforce_equal(&Wire::weighted(bits), public);
            }
            bits
        });
        Found {
            tally: None,
            bits: bits.iter().map(|bit| bit.value() != Fr::ZERO).collect(),
        }
    }

    fn compiler<'b>(
        &'b self,
        system: &'b mut System,
        plan: &'b Plan,
        view: &View,
        documents: Vec<Document>,
    ) -> Compiler<'b> {
        let mut compiler = Compiler::new(system, &self.instance, plan, documents);
        compiler.view = Some(view.clone());
        compiler
    }
}

impl Compiler<'_> {
    /// What one line adds to the tally of a binding in no other.
    fn folded(&mut self, outer: &Outer<'_>, line: usize, before: &[Wire]) -> Vec<Wire> {
        let item = Item::Line(0, line);
        self.bound = vec![item; outer.variable];
        let active = self.documents[0].active[line].clone();
        let matches = match &outer.over.filter {
            None => active,
            Some(filter) => {
                let satisfied = self.with(item, filter);
                self.and(&active, &satisfied)
            }
        };
        self.added(outer.aggregate, &[(matches, item)], None, before)
    }
}

/// The switches of requirements that could read a leaf which is taken out.
fn spoiled(system: &mut System, statement: &PassStatement, packed: &[Wire]) -> Vec<Wire> {
    // specs: cross-check#P4
    system.named("P4", |system| {
        let stated = statement.spoiled.iter().flatten();
        let bits: Vec<Wire> = stated
            .map(|bit| sealane_gadgets::number::bit(system, *bit))
            .collect();
        for (bits, public) in bits.chunks(PACKED).zip(packed) {
            system.enforce_equal(&Wire::weighted(bits), public);
        }
        bits
    })
}

/// The numbers of a chain that is taken up: its commitment is the next public input.
fn opened(system: &mut System, chain: u16, tally: &Tally) -> Vec<Wire> {
    let cells: Vec<Wire> = tally
        .cells
        .iter()
        .map(|cell| system.witness(*cell))
        .collect();
    let blinding = system.witness(tally.blinding);
    let commitment = hashed(system, chain, &cells, &blinding);
    publish(system, &commitment);
    cells
}

/// Commits to the numbers of a chain that is given: the last public input.
fn committed(system: &mut System, chain: u16, cells: &[Wire], blinding: Fr) -> Tally {
    let hidden = system.witness(blinding);
    let commitment = hashed(system, chain, cells, &hidden);
    publish(system, &commitment);
    Tally {
        cells: cells.iter().map(Wire::value).collect(),
        blinding,
    }
}

fn publish(system: &mut System, commitment: &Wire) {
    let public = system.input(commitment.value());
    // specs: cross-check#P2
    system.named("P2", |system| system.enforce_equal(commitment, &public));
}

fn hashed(system: &mut System, chain: u16, cells: &[Wire], blinding: &Wire) -> Wire {
    // specs: cross-check#P2
    system.named("P2", |system| {
        let blocks = cells.chunks(CELLS).enumerate();
        blocks.fold(blinding.clone(), |before, (number, block)| {
            let mut inputs = vec![before];
            inputs.extend_from_slice(block);
            inputs.resize(CELLS + 1, Wire::constant(Fr::ZERO));
            poseidon::hash(system, &capacity(chain, cells.len(), number), &inputs)
        })
    })
}
