//! *Price × quantity* over documents of 18 lines in parts of 16, with some faults in them, and its steps as they can be attacked.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test file uses its part"
)]

use ark_bls12_381::Fr;
use ark_ff::AdditiveGroup;
use sealane_checks::attack::Attacked;
use sealane_checks::compile::parts::{PartRecord, Parts};
use sealane_checks::fixture::{BUYER, CARRIER, SELLER, trade};
use sealane_checks::read;
use sealane_checks::typed::Check;
use sealane_gadgets::{Mode, System};
use sealane_types::schema::{CanonicalFields, line_slot};

use crate::circuit::Party;
use crate::steps::{Proven, Sealed, natively, part_records, prove, sealed};
use crate::support::{about, quantity, text};

/// Lines of each document: two of them stand in a second part.
pub const LINES: usize = 18;

/// Steps, after the six that go through the deliveries: invoice lines 1 to 16 with the order's second part.
pub const BILLED_ORDERED: usize = 7;
/// The same lines with the deliveries' first part, where their sums begin.
pub const SUMS_BEGIN: usize = 8;
/// And with their second.
pub const SUMS_GO_ON: usize = 9;
/// What all parts gave for these lines.
pub const FOLD_FIRST: usize = 12;
/// The same of lines 17 and 18, added to that.
pub const FOLD_SECOND: usize = 19;
/// The last.
pub const LAST: usize = 20;

/// The documents, by declaration.
pub fn documents() -> [CanonicalFields; 3] {
    let [mut order, mut waybill, invoice] = trade(LINES);
    // line 4 has no price, and two lines are line 2
    order.lines[3][line_slot::PRICE] = None;
    order.lines[17][line_slot::ID] = text("2");
    // of what line 1 orders some comes in kilograms, of line 3 some more in pieces
    waybill.lines[16][line_slot::ORDER_LINE] = about("1");
    waybill.lines[16][line_slot::QUANTITY] = quantity(3_000_000, "KGM");
    waybill.lines[17][line_slot::ORDER_LINE] = about("3");
    [order, waybill, invoice]
}

/// The check, its records and their honest steps.
pub struct Fixture {
    pub parts: Parts<'static>,
    pub records: Vec<Vec<PartRecord>>,
    pub bits: Vec<bool>,
    pub steps: Vec<Proven>,
}

impl Fixture {
    pub fn new() -> Self {
        Self::of(&documents(), |_| {})
    }

    /// Of these documents' records, which `dishonest` has changed.
    pub fn of(documents: &[CanonicalFields; 3], dishonest: impl Fn(&mut Sealed)) -> Self {
        let source = include_str!("../data/price-times-quantity.check");
        let check: &Check = Box::leak(Box::new(read(source).unwrap()));
        let parts = Parts::new(check, 16, 1).unwrap();
        let handed: Vec<Vec<Party<'_>>> = documents
            .iter()
            .zip([BUYER, CARRIER, SELLER])
            .map(|(fields, sealer)| {
                let sealer = vec![sealer.to_owned()];
                vec![Party { fields, sealer }]
            })
            .collect();
        let mut records = sealed(&handed);
        dishonest(&mut records);
        let bits = natively(check, 16, &handed, &records);
        let records = part_records(records);
        let (steps, _) = prove(Mode::Values, &parts, &records, &bits);
        assert_eq!(steps.len(), LAST + 1);
        assert_eq!(steps[LAST].bits, bits);
        Self {
            parts,
            records,
            bits,
            steps,
        }
    }

    pub fn at(&self, step: usize) -> At<'_> {
        At {
            parts: &self.parts,
            proven: &self.steps[step],
            begins: step == SUMS_BEGIN,
        }
    }
}

/// Numbers of a sum of quantities: how many, how many not ready, their sum, how many of another unit, the unit.
pub const SUM: usize = 5;

/// A step, as it can be attacked: what it finds are the numbers that it commits to, or the bits.
pub struct At<'a> {
    pub parts: &'a Parts<'static>,
    pub proven: &'a Proven,
    /// Whether sums begin here: then a unit is the prover's choice, and who chooses one that no summand has cannot go on.
    begins: bool,
}

impl At<'_> {
    /// The unit of a sum that begins here is free, if as many summands are said to have another one.
    fn with_free_units(&self, mut cells: Vec<Fr>) -> Vec<Fr> {
        let honest = self.honest();
        for (sum, honest) in cells.chunks_mut(SUM).zip(honest.chunks(SUM)) {
            if sum[4] != honest[4] && sum[3] == sum[0] {
                sum[3..].copy_from_slice(&honest[3..]);
            }
        }
        cells
    }
}

impl Attacked for At<'_> {
    type Found = Vec<Fr>;

    fn honest(&self) -> Vec<Fr> {
        match &self.proven.tally {
            Some(tally) => tally.cells.clone(),
            None => self.proven.bits.iter().copied().map(Fr::from).collect(),
        }
    }

    fn write(&self, system: &mut System, claimed: &Vec<Fr>) -> Vec<Fr> {
        let mut said = self.proven.statement.clone();
        if self.proven.step.pass.is_none() {
            said.base.bits = claimed.iter().map(|bit| *bit != Fr::ZERO).collect();
        }
        let found = self.proven.write(system, self.parts, &said);
        match &found.tally {
            Some(tally) if self.begins => self.with_free_units(tally.cells.clone()),
            Some(tally) => tally.cells.clone(),
            None => found.bits.into_iter().map(Fr::from).collect(),
        }
    }

    /// What was taken up is what the steps before gave; what is given is the prover's.
    fn demanded(&self, written: &System) -> Vec<Fr> {
        let mut inputs = written.instance().to_vec();
        let taken = self.proven.takes.len();
        let commitments = &self.proven.statement.commitments;
        let first = inputs.len() - commitments.len();
        inputs[first..first + taken].copy_from_slice(&commitments[..taken]);
        inputs
    }
}
