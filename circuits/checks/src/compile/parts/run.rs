//! The steps of a check in parts over records that are at hand.

use sealane_statements::cross_check::parts::{
    PassStatement, PresentedParts, Step, schedule, statement,
};

use super::super::DocumentWitness;
use super::{Parts, Tally};

/// A record and what its prover knows of it.
#[derive(Debug)]
pub struct PartRecord {
    /// What the ledger knows, and its nodes.
    pub presented: PresentedParts,
    /// Openings.
    pub witness: DocumentWitness,
}

impl Parts<'_> {
    /// All steps over records, by declared document.
    #[must_use]
    pub fn steps(&self, records: &[Vec<PartRecord>]) -> Vec<Step> {
        let slots = |list: &Vec<PartRecord>| {
            let slots = list.iter().map(|one| one.presented.record.bucket);
            slots.collect::<Vec<usize>>()
        };
        let slots: Vec<Vec<usize>> = records.iter().map(slots).collect();
        schedule(&self.shape, &slots)
    }

    /// What a step says, commitments aside.
    ///
    /// # Panics
    /// When the step is none of these records'.
    #[must_use]
    pub fn statement(
        &self,
        step: &Step,
        records: &[Vec<PartRecord>],
        bits: &[bool],
    ) -> PassStatement {
        let presented = |list: &Vec<PartRecord>| {
            let presented = list.iter().map(|one| one.presented.clone());
            presented.collect::<Vec<_>>()
        };
        let presented: Vec<Vec<PresentedParts>> = records.iter().map(presented).collect();
        statement(&self.shape, step, &presented, bits).expect("a step of these records")
    }

    /// What a step's circuit looks at.
    ///
    /// # Panics
    /// When the step is none of these records'.
    #[must_use]
    pub fn looked_at(&self, step: &Step, records: &[Vec<PartRecord>]) -> Vec<DocumentWitness> {
        let lines = self.shape.lines.lines();
        if step.pass.is_some() {
            let windows = step.windows.iter();
            let witness = windows.map(|window| {
                let record = &records[window.document][window.number].witness;
                window
                    .part
                    .map_or_else(|| record.clone(), |part| record.part(part, lines))
            });
            return witness.collect();
        }
        let positions = self.head.positions().iter();
        let witness = positions.map(|position| {
            let record = records[position.document].get(position.number);
            record.map_or_else(DocumentWitness::blank, |record| record.witness.clone())
        });
        witness.collect()
    }

    /// The chains that a step takes up, from those that the steps before it gave.
    ///
    /// # Panics
    /// When one that it needs is missing.
    #[must_use]
    pub fn takes(&self, step: &Step, given: &[Option<Tally>]) -> Vec<Tally> {
        let cells = self.taken(step.pass);
        let taken = step.takes.iter().zip(cells);
        let tally = taken.map(|(take, cells)| match take.from {
            Some(from) => given[from].clone().expect("steps stand in order"),
            None => Tally::nothing(cells),
        });
        tally.collect()
    }
}
