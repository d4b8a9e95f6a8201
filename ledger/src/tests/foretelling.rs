//! What the log foretells of a financing is what the rules say of it: seen at each financing of all tests of this crate.

use sealane_types::alias::Alias;
use sealane_types::ids::{AliasId, RecordId};
use sealane_types::receipt::{Done, Life, Refusal};

use super::world::*;
use crate::foretell::{Asked, Foretold, Known, barred, foretell};
use crate::state::{BlindedSet, Key, RecordEntry};
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
        let height = self.tip.height.next();
        if let Some(refusal) = barred(self.tip.chain, height, asked) {
            let taken = None;
            return Some(Foretold { refusal, taken });
        }
        foretell(self.tip.chain, &self.entries, height, asked)
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
