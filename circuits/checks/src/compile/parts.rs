//! A check in parts: documents of any length, each pair of their parts looked at in a proof of its own, and what is
//! counted carried from proof to proof in commitments (`specs/circuits/cross-check.md`, "In parts").
//!
//! ```text
//! pair (X, Y)   for each line of a part of X: counts, sums and picked values over a part of Y, added to those before
//! fold (X)      the bodies over a part of X, from what all of Y gave; counted, and added to those before
//! last          headers, and from the counts the bits
//! ```

use std::collections::BTreeSet;

use ark_bls12_381::Fr;
use ark_ff::AdditiveGroup;
use sealane_gadgets::{Mode, System};
use sealane_statements::cross_check::PACKED;
use sealane_statements::cross_check::parts::{HEADERS, PassStatement, chain_of};
use sealane_types::cross_check::CheckShape;
use sealane_types::cross_check::parts::{PART_LINES, PartsShape, PassShape};
use sealane_types::record::Bucket;
use zeroize::Zeroize;

use super::open::{Opener, Public};
use super::plan::{self, Plan, Reads};
use super::{DocumentWitness, SymbolId};
use crate::fault::Fault;
use crate::instance::{Instance, Sizes};
use crate::typed::Check;

pub(super) mod given;
mod outline;
mod pass;
mod reads;
mod run;
mod tally;

use given::View;
use outline::Outer;
pub use run::PartRecord;

/// What a chain holds, and what hides it. Overwritten when dropped, never shown.
#[derive(Clone)]
pub struct Tally {
    /// The numbers.
    pub cells: Vec<Fr>,
    /// The blinding.
    pub blinding: Fr,
}

impl Drop for Tally {
    fn drop(&mut self) {
        self.cells.zeroize();
        self.blinding.zeroize();
    }
}

impl std::fmt::Debug for Tally {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Tally(secret)")
    }
}

impl Tally {
    /// What a chain begins with.
    #[must_use]
    pub fn nothing(cells: usize) -> Self {
        Self {
            cells: vec![Fr::ZERO; cells],
            blinding: Fr::ZERO,
        }
    }
}

/// What the prover of one step knows.
#[derive(Debug)]
pub struct PassWitness<'a> {
    /// The windows, as records by themselves; of the last proof the documents by position.
    pub documents: &'a [DocumentWitness],
    /// The chains that are taken up, in their order.
    pub takes: &'a [Tally],
    /// What hides the chain that is given.
    pub blinding: Fr,
}

/// What a step's circuit finds.
#[derive(Debug)]
pub struct Found {
    /// The chain that is given: none of the last proof.
    pub tally: Option<Tally>,
    /// The requirements' bits, of the last proof.
    pub bits: Vec<bool>,
}

/// A check in parts of so many lines.
#[derive(Debug)]
pub struct Parts<'a> {
    instance: Instance<'a>,
    outer: Vec<Outer<'a>>,
    plans: Vec<(Plan, View)>,
    head: Plan,
    shape: PartsShape,
}

impl<'a> Parts<'a> {
    /// The check in parts of `lines` lines, with so many documents in a list.
    ///
    /// # Errors
    /// The first place that cannot be taken in parts, or whose values could exceed 2²⁵⁰ at the longest documents.
    ///
    /// # Panics
    /// When `lines` is none of [`PART_LINES`], or `documents` is not 1 to 8.
    pub fn new(check: &'a Check, lines: usize, documents: usize) -> Result<Self, Fault> {
        assert!(
            PART_LINES.contains(&lines),
            "a part has 16, 32 or 128 lines"
        );
        let sizes = Sizes::in_parts(lines, documents).expect("a list has 1 to 8 documents");
        let instance = Instance::new(check, sizes)?;
        let outer = outline::outline(check)?;
        let (head, reads) = reads::of_head(check, &outer);
        let own = reads::of_passes(check, &outer);
        let head = plan_of_head(check, documents, &head, &reads);
        let passes: Vec<PassShape> = own.iter().map(|pass| pass.shape(&outer, lines)).collect();
        let small = |number: usize| u8::try_from(number).expect("a list has at most 8 documents");
        let lines_of =
            Bucket::new(u16::try_from(lines).expect("128 lines")).expect("asserted above");
        let shape = PartsShape {
            lines: lines_of,
            documents: small(documents),
            head: head.shape().clone(),
            reads: reads
                .iter()
                .map(|(_, reads)| reads::leaves(reads))
                .collect(),
            passes,
        };
        let plans = own.iter().enumerate();
        let plans = plans.map(|(number, pass)| {
            let opened = pass.windows.iter().map(|(_, leaves)| leaves.clone());
            let plan = Plan::of_pass(shape.of_pass(number), (lines, 1), opened.collect());
            (plan, pass.view.clone())
        });
        Ok(Self {
            instance,
            outer,
            plans: plans.collect(),
            head,
            shape,
        })
    }

    /// What public inputs follow from.
    #[must_use]
    pub fn shape(&self) -> &PartsShape {
        &self.shape
    }

    /// The check.
    #[must_use]
    pub fn check(&self) -> &'a Check {
        self.instance.check()
    }

    /// What a pass opens, or the last proof.
    #[must_use]
    pub fn plan(&self, pass: Option<usize>) -> &Plan {
        pass.map_or(&self.head, |pass| &self.plans[pass].0)
    }

    /// The name of a pass' circuit, or of the last proof's.
    #[must_use]
    pub fn circuit_name(&self, pass: Option<usize>) -> String {
        let Check { name, version, .. } = self.instance.check();
        let (lines, documents) = (self.shape.lines.lines(), self.shape.documents);
        let pass = pass.map_or_else(|| "last".to_owned(), |pass| pass.to_string());
        format!("check-{name}-v{version}-parts{lines}x{documents}-{pass}")
    }

    /// A pass' circuit for making keys: its rows are those of every statement.
    #[must_use]
    pub fn blank(&self, pass: Option<usize>) -> System {
        let plan = self.plan(pass);
        let documents = vec![DocumentWitness::blank(); plan.positions().len()];
        let takes: Vec<Tally> = self.taken(pass).into_iter().map(Tally::nothing).collect();
        let base = plan.layout().statement(
            &vec![None; documents.len()],
            vec![false; plan.shape().requirements.len()],
        );
        let parts = plan.shape().documents.iter().filter(|one| one.count);
        let statement = PassStatement {
            base,
            first_lines: vec![0; parts.clone().count()],
            slots: vec![0; parts.count()],
            spoiled: pass.is_none().then(|| vec![false; self.shape.reads.len()]),
            commitments: Vec::new(),
        };
        let mut system = System::new(Mode::Rows);
        let witness = PassWitness {
            documents: &documents,
            takes: &takes,
            blinding: Fr::ZERO,
        };
        self.synthesize(&mut system, pass, &statement, &witness);
        system
    }

    /// How many numbers each chain has that a pass takes up.
    #[must_use]
    pub fn taken(&self, pass: Option<usize>) -> Vec<usize> {
        let cells = |pass: &PassShape| pass.cells as usize;
        let passes = &self.shape.passes;
        let folded = || {
            passes
                .iter()
                .rev()
                .find(|pass| pass.inner.is_none())
                .map(cells)
        };
        match pass {
            None => folded().into_iter().collect(),
            Some(pass) if passes[pass].inner.is_some() => vec![cells(&passes[pass])],
            Some(pass) => {
                let pairs = self.shape.pairs_of(passes[pass].outer);
                pairs
                    .map(|pair| cells(&passes[pair]))
                    .chain(folded())
                    .collect()
            }
        }
    }

    /// Writes a pass' circuit into `system`, with the values of the witnesses: its rows do not depend on them. The statement's
    /// commitments are not read: what the witness and the circuit give stands in the system's public inputs.
    ///
    /// # Panics
    /// When statement or witness are not of the pass' shape: an error of the caller, not of who made a record.
    pub fn synthesize(
        &self,
        system: &mut System,
        pass: Option<usize>,
        statement: &PassStatement,
        witness: &PassWitness<'_>,
    ) -> Found {
        match pass {
            None => self.last(system, statement, witness),
            Some(pass) if self.shape.passes[pass].inner.is_some() => {
                self.pair(system, pass, statement, witness)
            }
            Some(pass) => self.fold(system, pass, statement, witness),
        }
    }

    /// The chain's number that a pass gives.
    #[must_use]
    pub fn chain(&self, pass: usize) -> u16 {
        chain_of(&self.shape, pass)
    }
}

/// The last proof's plan: the header leaves that it reads itself.
fn plan_of_head(
    check: &Check,
    documents: usize,
    read: &Reads,
    requirements: &[(String, Reads)],
) -> Plan {
    let mut opened = vec![BTreeSet::new(); check.documents.len()];
    for (document, leaves) in read {
        opened[*document].insert(*leaves);
    }
    let CheckShape {
        documents: shapes, ..
    } = plan::shape(check, &opened, &[]);
    let shape = CheckShape {
        documents: shapes,
        requirements: requirements.iter().map(|(id, _)| id.clone()).collect(),
    };
    Plan::of_pass(shape, (HEADERS, documents), opened)
}
