//! Random orders of operations against a model that knows nothing of pointers: lists of financings,
//! searched from end to end.

use std::collections::BTreeMap;

use proptest::prelude::*;
use sealane_types::fingerprint::Rule;
use sealane_types::ids::{AliasId, Height};
use sealane_types::transaction::ReleaseReason;

use super::world::*;
use crate::rules::holding::holding;
use crate::state::Key;

const RECORDS: u8 = 8;
const NUMBERS: u8 = 5;

#[derive(Debug, Clone)]
enum Operation {
    Seal {
        bank: bool,
        replaces: Option<u8>,
        strict: Vec<u8>,
    },
    Finance {
        bank: bool,
        record: u8,
        hold: Option<u8>,
    },
    Release {
        bank: bool,
        record: u8,
        reason: ReleaseReason,
    },
    Wait(u8),
}

fn operation() -> impl Strategy<Value = Operation> {
    let numbers = prop::collection::btree_set(0..NUMBERS, 1..4);
    let numbers = numbers.prop_map(|set| set.into_iter().collect::<Vec<_>>());
    let record = 0..RECORDS;
    let reasons = [
        ReleaseReason::Repaid,
        ReleaseReason::Withdrawn,
        ReleaseReason::Withdrawn,
        ReleaseReason::Mistaken,
    ];
    let reason = (0..reasons.len()).prop_map(move |at| reasons[at]);
    prop_oneof![
        3 => (any::<bool>(), prop::option::of(record.clone()), numbers)
            .prop_map(|(bank, replaces, strict)| Operation::Seal { bank, replaces, strict }),
        6 => (any::<bool>(), record.clone(), prop::option::of(1_u8..10))
            .prop_map(|(bank, record, hold)| Operation::Finance { bank, record, hold }),
        2 => (any::<bool>(), record, reason)
            .prop_map(|(bank, record, reason)| Operation::Release { bank, record, reason }),
        1 => (1_u8..6).prop_map(Operation::Wait),
    ]
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Where {
    Held(u64),
    Financed,
    Repaid,
    Gone,
}

#[derive(Debug)]
struct Financed {
    record: u8,
    bank: AliasId,
    /// All that it has: its own, and what it took over.
    strict: Vec<u8>,
    stands: Where,
}

impl Financed {
    fn live(&self, height: u64) -> bool {
        match self.stands {
            Where::Held(until) => height < until,
            Where::Financed => true,
            Where::Repaid | Where::Gone => false,
        }
    }
}

/// Every financing there ever was, and which record replaces which.
#[derive(Debug, Default)]
struct Model {
    sealed: BTreeMap<u8, (AliasId, Option<u8>)>,
    financed: Vec<Financed>,
}

impl Model {
    fn replaced(&self, record: u8) -> bool {
        self.sealed
            .values()
            .any(|(_, replaces)| *replaces == Some(record))
    }

    fn ancestors(&self, record: u8) -> Vec<u8> {
        let mut all = Vec::new();
        let mut at = self.sealed.get(&record).and_then(|(_, replaces)| *replaces);
        while let Some(older) = at {
            all.push(older);
            at = self.sealed[&older].1;
        }
        all
    }

    fn seal(&mut self, record: u8, bank: AliasId, replaces: Option<u8>) -> bool {
        let allowed = replaces.is_none_or(|older| {
            let same = self
                .sealed
                .get(&older)
                .is_some_and(|(sealer, _)| *sealer == bank);
            same && !self.replaced(older)
        });
        if allowed {
            self.sealed.insert(record, (bank, replaces));
        }
        allowed
    }

    fn finance(
        &mut self,
        at: u64,
        record: u8,
        bank: AliasId,
        strict: &[u8],
        hold: Option<u64>,
    ) -> bool {
        if !self.sealed.contains_key(&record) || self.replaced(record) {
            return false;
        }
        let line = self.ancestors(record);
        if self.is_spent(at, record, &line) {
            return false;
        }
        let mut closes = Vec::new();
        for (index, other) in self.financed.iter().enumerate() {
            let (live, repaid) = (other.live(at), other.stands == Where::Repaid);
            let meets = other.strict.iter().any(|number| strict.contains(number));
            if other.record == record {
                let upgrade =
                    live && other.stands != Where::Financed && other.bank == bank && hold.is_none();
                if repaid || (live && !upgrade) {
                    return false;
                }
                closes.push(index);
            } else if live && line.contains(&other.record) {
                let kept = other.stands == Where::Financed && hold.is_some();
                if other.bank != bank || kept {
                    return false;
                }
                closes.push(index);
            } else if meets && (live || repaid) {
                return false;
            }
        }
        let mut strict = strict.to_vec();
        // what the line's last financing had goes on, though it has ended
        if let Some(last) = self.last_of_line(record, &line)
            && (last.record == record || last.live(at) || last.bank == bank)
        {
            strict.extend(&last.strict);
        }
        for index in closes {
            if self.financed[index].live(at) {
                self.financed[index].stands = Where::Gone;
            }
        }
        let stands = hold.map_or(Where::Financed, Where::Held);
        self.financed.push(Financed {
            record,
            bank,
            strict,
            stands,
        });
        true
    }

    fn last_of_line(&self, record: u8, line: &[u8]) -> Option<&Financed> {
        let of_line = |one: &&Financed| one.record == record || line.contains(&one.record);
        self.financed.iter().rfind(of_line)
    }

    /// Whether the last financing of the record's line is repaid, or has ended and somebody has one of its fingerprints, or
    /// of what it had taken over.
    fn is_spent(&self, at: u64, record: u8, line: &[u8]) -> bool {
        let last = self.last_of_line(record, line);
        let Some(last) = last.filter(|last| !last.live(at)) else {
            return false;
        };
        let stands = |one: &Financed| one.live(at) || one.stands == Where::Repaid;
        let mut others = self
            .financed
            .iter()
            .filter(|one| stands(one) && one.record != record);
        last.stands == Where::Repaid
            || others.any(|one| one.strict.iter().any(|number| last.strict.contains(number)))
    }

    fn release(&mut self, at: u64, record: u8, bank: AliasId, reason: ReleaseReason) -> bool {
        let found = self
            .financed
            .iter_mut()
            .find(|one| one.record == record && one.live(at));
        let Some(found) = found.filter(|one| one.bank == bank) else {
            return false;
        };
        let repaid = reason == ReleaseReason::Repaid;
        if repaid && found.stands != Where::Financed {
            return false;
        }
        found.stands = if repaid { Where::Repaid } else { Where::Gone };
        true
    }

    /// I4, in the model and in the ledger.
    fn check(&self, world: &World, height: u64) {
        for number in 0..NUMBERS {
            let taken = |one: &&Financed| {
                let stands = one.live(height) || one.stands == Where::Repaid;
                stands && one.strict.contains(&number)
            };
            let expected: Vec<_> = self
                .financed
                .iter()
                .filter(taken)
                .map(|one| id(one.record))
                .collect();
            assert!(expected.len() <= 1, "I4 in the model: {expected:?}");
            let print = print(Rule::Strict, number);
            let in_log: Vec<_> = world
                .log
                .takers(print, Height(height))
                .map(|taken| taken.record)
                .collect();
            assert_eq!(in_log, expected, "fingerprint {number} at {height}");
            let taker = world.read(&Key::fingerprint(&print));
            let held = taker.and_then(|taker| holding(&world.state, Height(height), &taker));
            let in_state: Vec<_> = held.map(|held| held.record).into_iter().collect();
            assert_eq!(in_state, expected);
        }
    }
}

fn run(operations: Vec<Operation>) {
    let mut world = World::new();
    let mut model = Model::default();
    // a record's fingerprints are a function of the record
    let mut shown: Vec<Vec<u8>> = Vec::new();
    let bank_of = |first: bool| if first { BANK_A } else { BANK_B };
    for operation in operations {
        // every operation has a day of its own, so that no quota is in the way
        world.wait(DAY);
        let at = world.height() + 1;
        match operation {
            Operation::Seal {
                bank,
                replaces,
                strict,
            } => {
                let record = model.sealed.len() as u8;
                if record == RECORDS {
                    continue;
                }
                let expected = model.seal(record, bank_of(bank), replaces);
                let sealed = world.seal(bank_of(bank), record, replaces);
                assert_eq!(sealed.is_ok(), expected, "{sealed:?}");
                if expected {
                    shown.push(strict);
                    world.present(bank_of(bank), record).unwrap();
                    world.answer(1, record).unwrap();
                }
            }
            Operation::Finance { bank, record, hold } => {
                let strict = shown.get(usize::from(record)).cloned().unwrap_or_default();
                let until = hold.map(|blocks| at + u64::from(blocks));
                let expected = model.finance(at, record, bank_of(bank), &strict, until);
                let hold = until;
                let wanted = Wanted {
                    strict,
                    loose: Vec::new(),
                    hold,
                    waived: Vec::new(),
                    consented: true,
                    trade: None,
                };
                let financed = world.finance(bank_of(bank), record, wanted);
                assert_eq!(financed.is_ok(), expected, "{financed:?}");
            }
            Operation::Release {
                bank,
                record,
                reason,
            } => {
                let expected = model.release(at, record, bank_of(bank), reason);
                let released = world.release(bank_of(bank), record, reason);
                assert_eq!(released.is_ok(), expected, "{released:?}");
            }
            Operation::Wait(blocks) => world.reach(world.height() + u64::from(blocks)),
        }
        model.check(&world, world.height());
        model.check(&world, world.height() + 1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_strict_fingerprint_has_at_most_one_live_financing(
        operations in prop::collection::vec(operation(), 1..60)
    ) {
        run(operations);
    }
}
