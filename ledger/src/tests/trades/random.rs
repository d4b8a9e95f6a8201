//! Random transactions against a model that knows of a trade only which records stand in it, what was proven, what was
//! waived, and which checks are void: no order of them brings a trade to where it is financeable without all that its
//! workflow asks for.

use std::collections::BTreeSet;

use proptest::prelude::*;
use sealane_types::ids::{AliasId, RecordId};
use sealane_types::schema::Kind;
use sealane_types::transaction::ReleaseReason;

use super::net::*;
use crate::state::{Financing, Key, OutcomeEntry, RecordEntry, Stage, TradeEntry};
use crate::tests::world::*;

const SIGNERS: [AliasId; 5] = [BUYER, SELLER, CARRIER, BANK_A, BANK_B];
const STEPS: [&str; 4] = ["order", "deliver", "bill", "cancel"];
const REQUIREMENTS: [&str; 6] = [
    "dates",
    "lines-total",
    "invoice.sealer",
    "line-totals",
    "billed-once",
    "delivery.distinct",
];

#[derive(Debug, Clone)]
enum Operation {
    Seal {
        who: u8,
        replaces: Option<u8>,
    },
    Step {
        who: usize,
        step: usize,
        record: u8,
    },
    Correct {
        who: usize,
        record: u8,
    },
    Prove {
        check: u8,
        size: bool,
        bits: [bool; 3],
    },
    Waive {
        who: usize,
        check: u8,
        requirement: usize,
    },
    Finance {
        bank: bool,
        demand: bool,
    },
    Release {
        reason: u8,
    },
    Wait(u8),
    /// Members make a check void.
    Void {
        check: u8,
    },
}

fn operation() -> impl Strategy<Value = Operation> {
    let bits = prop_oneof![
        3 => Just(MET),
        2 => any::<[bool; 3]>(),
    ];
    prop_oneof![
        3 => (0..3_u8, prop::option::weighted(0.4, 0..12_u8))
            .prop_map(|(who, replaces)| Operation::Seal { who, replaces }),
        6 => (0..SIGNERS.len(), 0..STEPS.len(), 0..12_u8)
            .prop_map(|(who, step, record)| Operation::Step { who, step, record }),
        2 => (0..SIGNERS.len(), 0..12_u8).prop_map(|(who, record)| Operation::Correct { who, record }),
        6 => (0..2_u8, any::<bool>(), bits)
            .prop_map(|(check, size, bits)| Operation::Prove { check, size, bits }),
        4 => (0..SIGNERS.len(), 0..2_u8, 0..REQUIREMENTS.len())
            .prop_map(|(who, check, requirement)| Operation::Waive { who, check, requirement }),
        3 => (any::<bool>(), any::<bool>())
            .prop_map(|(bank, demand)| Operation::Finance { bank, demand }),
        2 => (0..3_u8).prop_map(|reason| Operation::Release { reason }),
        1 => (1..40_u8).prop_map(Operation::Wait),
        1 => (0..2_u8).prop_map(|check| Operation::Void { check }),
    ]
}

/// Records of the run: who sealed them decides their kind.
struct Run {
    net: Net,
    sealed: Vec<(AliasId, u8)>,
    /// Every waiver that was taken: check, requirement, and the records that stood then.
    waived: BTreeSet<(u8, String, Vec<Vec<RecordId>>)>,
    /// Checks whose proofs count no more.
    void: BTreeSet<u8>,
}

const CHECKS: [&str; 2] = ["invoice-order", "invoice-waybill"];

impl Run {
    fn new() -> Self {
        let mut net = Net::new();
        net.open(1).unwrap();
        Self {
            net,
            sealed: Vec::new(),
            waived: BTreeSet::new(),
            void: BTreeSet::new(),
        }
    }

    fn number(&self, at: u8) -> u8 {
        let known = self.sealed.get(usize::from(at) % self.sealed.len().max(1));
        known.map_or(99, |(_, number)| *number)
    }

    fn seal(&mut self, who: u8, replaces: Option<u8>) {
        let (sealer, kind) = [
            (BUYER, Kind::Order),
            (CARRIER, Kind::Waybill),
            (SELLER, Kind::Invoice),
        ][usize::from(who)];
        let number = u8::try_from(self.sealed.len()).unwrap() + 1;
        let older = replaces.map(|at| self.number(at)).filter(|older| {
            let entry: Option<RecordEntry> = self.net.world.read(&Key::record(&id(*older)));
            entry.is_some_and(|entry| entry.sealer == sealer && entry.replaced_by.is_none())
        });
        self.net.seal(sealer, number, kind, older);
        self.sealed.push((sealer, number));
    }

    fn lists(&self, check: u8) -> Vec<Vec<RecordId>> {
        let records = self.net.written(1).records;
        let documents = &workflow().checks[usize::from(check)].documents;
        let lists = documents
            .iter()
            .map(|place| records[usize::from(*place)].clone());
        lists.collect()
    }

    fn prove(&mut self, check: u8, size: bool, bits: [bool; 3]) {
        let numbers: Vec<Vec<u8>> = self
            .lists(check)
            .iter()
            .map(|list| list.iter().map(|id| id.as_bytes()[0]).collect())
            .collect();
        if numbers.iter().any(Vec::is_empty) {
            return;
        }
        let lists: Vec<&[u8]> = numbers.iter().map(Vec::as_slice).collect();
        let (name, lines) = match (check, numbers.get(1).map_or(0, Vec::len), size) {
            (0, _, _) => ("invoice-order", 8),
            (_, 0..=2, true) => ("invoice-waybill", 16),
            _ => ("invoice-waybill", 32),
        };
        let _ = self.net.prove(name, lines, &lists, bits);
    }

    fn invoice(&self) -> Option<u8> {
        let records = self.net.written(1).records;
        records[2].first().map(|id| id.as_bytes()[0])
    }

    fn act(&mut self, operation: Operation) {
        match operation {
            Operation::Seal { who, replaces } if self.sealed.len() < 40 => self.seal(who, replaces),
            Operation::Seal { .. } => {}
            Operation::Step { who, step, record } => {
                let records = match STEPS[step] {
                    "cancel" => Vec::new(),
                    _ => vec![self.number(record)],
                };
                let _ = self.net.step(SIGNERS[who], 1, STEPS[step], &records);
            }
            Operation::Correct { who, record } => {
                let _ = self.net.correct(SIGNERS[who], self.number(record));
            }
            Operation::Prove { check, size, bits } => self.prove(check, size, bits),
            Operation::Waive {
                who,
                check,
                requirement,
            } => {
                let id = REQUIREMENTS[requirement];
                if self.net.waive(SIGNERS[who], check, id).is_ok() {
                    self.waived
                        .insert((check, id.to_owned(), self.lists(check)));
                }
            }
            Operation::Finance { bank, demand } => {
                let Some(invoice) = self.invoice() else {
                    return;
                };
                let bank = if bank { BANK_A } else { BANK_B };
                self.finance(bank, invoice, demand);
            }
            Operation::Release { reason } => {
                let Some(invoice) = self.invoice() else {
                    return;
                };
                let reason = [
                    ReleaseReason::Repaid,
                    ReleaseReason::Withdrawn,
                    ReleaseReason::Mistaken,
                ][usize::from(reason)];
                for bank in [BANK_A, BANK_B] {
                    let _ = self.net.world.release(bank, invoice, reason);
                }
            }
            Operation::Wait(days) => self.net.world.wait(u64::from(days) * DAY / 4),
            Operation::Void { check } => {
                if self.void.insert(check) {
                    self.net.void(CHECKS[usize::from(check)]);
                }
            }
        }
    }

    fn finance(&mut self, bank: AliasId, invoice: u8, demand: bool) {
        self.net.world.wait(DAY / 10);
        let _ = self.net.world.present(SELLER, invoice);
        let _ = self.net.world.answer(1, invoice);
        let may = self.stands();
        let done = self
            .net
            .want(bank, invoice, strict(&[invoice]), demand.then_some(1));
        if demand && done.is_ok() {
            assert_eq!(may.as_deref(), Ok("financeable"), "a demand was taken");
            assert_eq!(bank, BANK_A);
        }
    }

    /// Where the trade stands, unless it stands there wrongly.
    fn stands(&self) -> Result<String, String> {
        let stage = self.net.stage(1);
        let entry = self.net.written(1);
        match stage.as_str() {
            "financeable" => (0..2).try_for_each(|check| self.holds(&entry, check))?,
            "financed" if self.last() != Some(Stage::Financed) => {
                return Err("financed without a financing".to_owned());
            }
            "paid" if self.last() != Some(Stage::Released(ReleaseReason::Repaid)) => {
                return Err("paid without a payment".to_owned());
            }
            _ => {}
        }
        Ok(stage)
    }

    /// The stage of the financing of the invoice's line that was taken last, found by looking at every record.
    fn last(&self) -> Option<Stage> {
        let read = |id: &RecordId| self.net.world.read::<Financing>(&Key::financing(id));
        let mut at = id(self.invoice()?);
        while let Some(Stage::TakenOver { by }) = read(&at).map(|financing| financing.stage) {
            at = by;
        }
        read(&at).map(|financing| financing.stage)
    }

    /// Every requirement of the check, over the records that stand now, is met in a proof or waived.
    fn holds(&self, entry: &TradeEntry, check: u8) -> Result<(), String> {
        let (name, lists) = (CHECKS[usize::from(check)], self.lists(check));
        if self.void.contains(&check) {
            return Err(format!("{name} is void"));
        }
        for record in entry.records.iter().flatten() {
            let known: RecordEntry = self.net.world.read(&Key::record(record)).unwrap();
            if known.replaced_by.is_some() {
                return Err(format!("{record} is replaced"));
            }
        }
        let sizes = [(8, 1), (16, 2), (32, 8)];
        let found = sizes.into_iter().filter_map(|(lines, documents)| {
            let key = Key::outcome(&super::net::check(name, lines, documents), &lists);
            self.net.world.read::<OutcomeEntry>(&key)
        });
        let found: Vec<OutcomeEntry> = found.collect();
        if found.is_empty() {
            return Err(format!("{name} is not proven"));
        }
        let ids = super::net::entry(name)
            .compiled
            .shape()
            .requirements
            .clone();
        for (at, id) in ids.into_iter().enumerate() {
            let met = found.iter().all(|outcome| outcome.bits[at]);
            if !met && !self.waived.contains(&(check, id.clone(), lists.clone())) {
                return Err(format!("{id} of {name} is neither met nor waived"));
            }
        }
        Ok(())
    }
}

/// How far runs come: without this the property could hold of nothing.
fn run(operations: Vec<Operation>) -> BTreeSet<String> {
    let mut run = Run::new();
    let mut seen = BTreeSet::new();
    // what every trade needs to get anywhere at all
    for who in [0, 1, 2] {
        run.seal(who, None);
    }
    for operation in operations {
        run.act(operation.clone());
        let stands = run.stands();
        seen.insert(stands.unwrap_or_else(|wrong| panic!("after {operation:?}: {wrong}")));
    }
    seen
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_trade_is_financeable_without_its_checks(
        operations in prop::collection::vec(operation(), 1..80),
        on in any::<bool>(),
    ) {
        let begun = if on { begin() } else { Vec::new() };
        run(begun.into_iter().chain(operations).collect());
    }
}

/// A trade up to its invoice.
fn begin() -> Vec<Operation> {
    let step = |who, step, record| Operation::Step { who, step, record };
    vec![step(0, 0, 0), step(2, 1, 1), step(1, 2, 2)]
}

#[test]
fn the_property_is_about_trades_that_come_all_the_way() {
    let prove = |check| Operation::Prove {
        check,
        size: true,
        bits: MET,
    };
    let rest = [
        prove(0),
        prove(1),
        Operation::Finance {
            bank: true,
            demand: true,
        },
        Operation::Void { check: 0 },
        Operation::Release { reason: 0 },
    ];
    let seen = run(begin().into_iter().chain(rest).collect());
    for stage in [
        "ordered",
        "delivered",
        "invoiced",
        "financeable",
        "financed",
        "paid",
    ] {
        assert!(seen.contains(stage), "{stage}: {seen:?}");
    }
}
