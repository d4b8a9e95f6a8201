//! What the log foretells of a financing is what the rules say of it: seen at each financing of all tests of this crate.

use proptest::prelude::*;
use sealane_types::alias::Alias;
use sealane_types::fingerprint::Rule;
use sealane_types::ids::{AliasId, RecordId};
use sealane_types::receipt::{Done, Life, Refusal};
use sealane_types::transaction::ReleaseReason;

use super::world::*;
use crate::foretell::{Asked, Foretold, Known, barred, follow, foretell};
use crate::state::{BlindedSet, Key, Overlay, RecordEntry, StateRead as _};
use crate::verified::Action;

impl World {
    /// Whatever comes of it, the log has foretold what it could.
    pub fn finance(&mut self, bank: AliasId, record: u8, wanted: Wanted) -> Result<Done, Refusal> {
        let foretold = self.foretold(bank, record, &wanted);
        let outcome = self.send(bank, record, wanting(record, &wanted));
        let by_the_log = |refusal: &Refusal| {
            matches!(
                refusal,
                Refusal::NotVouchedFor
                    | Refusal::OnlyAsked
                    | Refusal::NoConsent
                    | Refusal::SealedWrongly
                    | Refusal::Duplicate { .. }
                    | Refusal::Alert { .. }
                    | Refusal::SameName
                    | Refusal::HoldOutOfRange { .. }
                    | Refusal::AlreadyHeld { .. }
                    | Refusal::AlreadyFinanced
                    | Refusal::OlderIsFinanced { .. }
                    | Refusal::OlderIsTaken { .. }
                    | Refusal::NotTheHolder
                    | Refusal::HoldOverFinanced
                    | Refusal::FinancingsUsedUp { .. }
            )
        };
        match &outcome {
            Ok(_) => assert_eq!(foretold, None, "it is done"),
            Err(refusal) if by_the_log(refusal) => {
                let foretold = foretold.expect("the log tells of it");
                assert_eq!(&foretold.refusal, refusal);
            }
            Err(_) => {}
        }
        outcome
    }

    /// What the log, and what the state has beside it, tell of a financing that is not submitted.
    pub fn foretold(&self, bank: AliasId, record: u8, wanted: &Wanted) -> Option<Foretold> {
        let set: BlindedSet = self.read(&Key::blinded_set(&id(record)))?;
        let entry: RecordEntry = self.read(&Key::record(&id(record)))?;
        let Action::Finance(action) = wanting(record, wanted) else {
            unreachable!("it is a financing");
        };
        let last: Option<RecordId> = self.read(&Key::financed_of_line(&entry.first_of_line));
        let seller: Option<Alias> = self.read(&Key::alias(&set.alias));
        let bank_of_seller = seller
            .as_ref()
            .and_then(|one| self.read(&Key::alias(&one.bank)));
        let aliases = [self.read(&Key::alias(&bank)), seller, bank_of_seller];
        let known = Known {
            aliases: aliases.into_iter().flatten().collect(),
            opened: self
                .read(&Key::opened_fields(&id(record)))
                .unwrap_or_default(),
            own: self.read(&Key::financing(&id(record))),
            last_of_line: last.map(|last| (last, self.read(&Key::financing(&last)))),
            quota: self.read(&Key::quota(&entry.bank)),
            parameters: self.read(&Key::parameters()).unwrap(),
            time: self.tip.time,
            entry,
        };
        let asked = Asked {
            bank,
            record: id(record),
            hold_until: action.hold_until,
            since: self.since(bank, &id(record)),
            known: &known,
            set: &set,
            fingerprints: &action.fingerprints,
            waived: &wanted.waived,
            consented: action.consented,
        };
        self.compare(&asked);
        let height = self.tip.height.next();
        if let Some(refusal) = barred(self.tip.chain, height, asked) {
            let taken = None;
            return Some(Foretold { refusal, taken });
        }
        foretell(self.tip.chain, &self.entries, height, asked)
    }

    /// Who has the fingerprints is in the state as whoever replays the log has it.
    fn compare(&self, asked: &Asked<'_>) {
        let empty = State::new();
        let mut replayed = Overlay::new(&empty);
        follow(&mut replayed, &self.entries, asked);
        for print in asked.fingerprints {
            let key = Key::fingerprint(print);
            assert_eq!(
                replayed.get(&key),
                self.state.get(&key).cloned(),
                "{print:?}"
            );
        }
    }
}

/// The chain names the rule alone; who follows the log knows who has the document, and until when.
#[test]
fn the_log_names_who_has_a_document_and_the_refusal_does_not() {
    let mut world = World::new();
    world.ready(BANK_A, 1, None);
    world.ready(BANK_B, 2, None);
    assert_eq!(world.foretold(BANK_B, 2, &strict(&[1])), None);
    let until = world.height() + 5;
    let held = world.finance(BANK_A, 1, strict(&[1]).hold(until));
    held.unwrap();
    let foretold = world.foretold(BANK_B, 2, &strict(&[1])).unwrap();
    let taken = foretold.taken.unwrap();
    assert_eq!((taken.record, taken.bank), (id(1), BANK_A));
    let until = sealane_types::ids::Height(until);
    assert_eq!(taken.life, Life::Held { until });
    world.reach(until.0);
    assert_eq!(
        world.foretold(BANK_B, 2, &strict(&[1])),
        None,
        "it has ended"
    );
}

/// The log tells of the masks of all records of a line whose fingerprints stand: whom to ask is known by the first one.
#[test]
fn three_records_of_one_line_whose_masks_differ_are_foretold() {
    let [_, lacking] = strict_names();
    let mut world = World::new();
    let named = |number| strict(&[number]).loose(&[(Rule::NameNumberAmount, 1)]);
    world.ready_under(BANK_A, 1, None, lacking);
    world.finance(BANK_A, 1, named(1)).unwrap();
    for record in 2..=3 {
        world.ready(BANK_A, record, Some(record - 1));
        world.finance(BANK_A, record, named(record)).unwrap();
    }
    world.ready(BANK_B, 9, None);
    let foretold = world.foretold(BANK_B, 9, &named(9)).unwrap();
    assert_eq!(foretold.taken.expect("whom to ask").record, id(3));
    let waived = named(9).waive(&[Rule::NameNumberAmount]);
    world.finance(BANK_B, 9, waived).unwrap();
}

#[derive(Debug, Clone)]
enum Operation {
    /// A record under one of three masks, in the place of the bank's newest or in none.
    Seal {
        bank: bool,
        replaces: bool,
        mask: usize,
        strict: Vec<u8>,
        loose: Vec<(bool, u8)>,
    },
    Finance {
        record: u8,
        hold: Option<u8>,
        waived: bool,
    },
    Release {
        record: u8,
        reason: ReleaseReason,
    },
}

const RECORDS: u8 = 24;

fn operation() -> impl Strategy<Value = Operation> {
    let strict = prop::collection::btree_set(0_u8..30, 1..3);
    let strict = strict.prop_map(|set| set.into_iter().collect::<Vec<_>>());
    let loose = prop::collection::btree_set((any::<bool>(), 0_u8..2), 1..3);
    let loose = loose.prop_map(|set| set.into_iter().collect::<Vec<_>>());
    // counted from the newest
    let record = 0_u8..5;
    let reasons = prop::sample::select(vec![
        ReleaseReason::Repaid,
        ReleaseReason::Withdrawn,
        ReleaseReason::Withdrawn,
    ]);
    let often = || prop::bool::weighted(0.7);
    prop_oneof![
        3 => (any::<bool>(), often(), 0_usize..3, strict, loose).prop_map(
            |(bank, replaces, mask, strict, loose)| {
                Operation::Seal { bank, replaces, mask, strict, loose }
            }
        ),
        6 => (record.clone(), prop::option::weighted(0.2, 1_u8..10), often())
            .prop_map(|(record, hold, waived)| Operation::Finance { record, hold, waived }),
        2 => (record, reasons).prop_map(|(record, reason)| Operation::Release { record, reason }),
    ]
}

fn rule_of(by_name: bool) -> Rule {
    match by_name {
        true => Rule::NameNumberAmount,
        false => Rule::WithoutDate,
    }
}

/// [`World::finance`] compares at each step.
fn run(operations: Vec<Operation>) {
    let mut world = World::new();
    let mut sealed: Vec<(AliasId, Wanted)> = Vec::new();
    let [none, lacking] = strict_names();
    for operation in operations {
        world.wait(DAY); // so that no quota is in the way
        let from_newest = |at: u8| sealed.len().checked_sub(1 + usize::from(at));
        match operation {
            Operation::Seal {
                bank,
                replaces,
                mask: at,
                strict: numbers,
                loose,
            } => {
                let bank = if bank { BANK_A } else { BANK_B };
                let newest = sealed.iter().rposition(|(of, _)| *of == bank);
                let replaces = newest.filter(|_| replaces).map(|at| at as u8);
                let record = sealed.len() as u8;
                if record < RECORDS && world.seal(bank, record, replaces).is_ok() {
                    world.answered_under(bank, record, [mask(), none, lacking][at]);
                    let loose = loose.iter().map(|(rule, of)| (rule_of(*rule), *of));
                    let loose: Vec<_> = loose.collect();
                    sealed.push((bank, strict(&numbers).loose(&loose)));
                }
            }
            Operation::Finance {
                record,
                hold,
                waived,
            } => {
                let Some(record) = from_newest(record) else {
                    continue;
                };
                let (bank, shown) = sealed[record].clone();
                let rules = [true, false].map(rule_of);
                let mut wanted = shown.waive(if waived { &rules } else { &[] });
                wanted.hold = hold.map(|blocks| world.height() + 1 + u64::from(blocks));
                let _ = world.finance(bank, record as u8, wanted);
            }
            Operation::Release { record, reason } => {
                let Some(record) = from_newest(record) else {
                    continue;
                };
                let _ = world.release(sealed[record].0, record as u8, reason);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_the_log_foretells_is_what_the_ledger_says(
        operations in prop::collection::vec(operation(), 1..60)
    ) {
        run(operations);
    }
}
