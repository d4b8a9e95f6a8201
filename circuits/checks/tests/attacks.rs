//! A dishonest prover, and dishonest sealers: RELIABILITY 12 and 13 on a compiled check.
#![allow(clippy::unwrap_used)]

use crate::circuit;

use std::collections::{BTreeMap, BTreeSet};

use crate::circuit::{Party, Record, changed, claim, natively, run};
use ark_bls12_381::Fr;
use sealane_checks::attack::Target;
use sealane_checks::compile::{CONSTRAINTS, DocumentWitness, Plan, synthesize};
use sealane_checks::fixture::{BUYER, SELLER, trade};
use sealane_checks::typed::Check;
use sealane_checks::{Instance, Sizes, read};
use sealane_crypto::commitment::{LeafValues, input_element};
use sealane_crypto::keys::Place;
use sealane_gadgets::{Mode, System};
use sealane_statements::cross_check::{CrossCheckStatement, RecordPublic};
use sealane_types::fields::{FieldValue, LeafInput};
use sealane_types::schema::{CanonicalFields, slot};

/// A check that every constraint takes part in.
const SOURCE: &str = "check small version 1 \"A test.\"
document order is Order by buyer
document invoice is list of Invoice by seller
require dates \"d\" all billed in invoice: order.issue_date <= billed.issue_date
require totals \"t\" all billed in invoice.lines:
    one ordered in order.lines where ordered.id = billed.order_line:
        billed.total within 0.01 of
            ordered.price * sum(other.quantity for other in invoice.lines where other.order_line = billed.order_line)
require parties \"p\" order.buyer is not order.seller
require payable \"y\" all billed in invoice: billed.payable_amount >= 0
";

/// What is not there, and limits with slack.
const NOTHING: &str = "check nothing version 1 \"A test.\"
document order is Order by buyer
document invoice is list of Invoice by seller
require prepaid \"r\" all billed in invoice: billed.totals.prepaid else 0 <= billed.payable_amount within 1 minor
require sums \"s\" sum(ordered.quantity for ordered in order.lines where ordered.quantity < 0) else 0
    + sum(other.quantity for other in invoice.lines where other.quantity < 0) else 0 <= 0
";

/// The check with documents, records and their honest statement.
struct Fixture {
    check: Check,
    documents: [CanonicalFields; 2],
    sealers: [Vec<String>; 2],
}

impl Fixture {
    fn new() -> Self {
        Self::of(SOURCE)
    }

    fn of(source: &str) -> Self {
        let [order, _, mut invoice] = trade(3);
        let currency = sealane_types::fields::Currency::new("EUR").unwrap();
        let value = 9_000;
        invoice.header[slot::PAYABLE] = Some(FieldValue::Amount { value, currency });
        Self {
            check: read(source).unwrap(),
            documents: [order, invoice],
            sealers: [vec![BUYER.to_owned()], vec![SELLER.to_owned()]],
        }
    }

    /// Runs `act` on the honest statement of the records, after `dishonest` has changed them.
    fn with<T>(
        &self,
        dishonest: impl Fn(&mut [Option<Record>]),
        act: impl Fn(&Instance<'_>, &Plan, &CrossCheckStatement, &[DocumentWitness]) -> T,
    ) -> T {
        let instance = Instance::new(&self.check, Sizes::new(8, 1).unwrap()).unwrap();
        let plan = Plan::of(&instance);
        let handed: Vec<Vec<Party<'_>>> = self
            .documents
            .iter()
            .zip(&self.sealers)
            .map(|(fields, sealer)| {
                let sealer = sealer.clone();
                vec![Party { fields, sealer }]
            })
            .collect();
        let mut records = circuit::records(&plan, &handed);
        let bits = natively(&instance, &plan, &handed, &records);
        dishonest(&mut records);
        let (statement, witnesses) = claim(&plan, &records, bits);
        act(&instance, &plan, &statement, &witnesses)
    }

    /// For records that `dishonest` has changed, whether the bits are still the true ones, and the names of the constraints
    /// that a claim of the bits found breaks.
    fn broken(&self, dishonest: impl Fn(&mut [Option<Record>])) -> (bool, Vec<&'static str>) {
        self.with(dishonest, |instance, plan, statement, witnesses| {
            let bits = run(Mode::Values, instance, plan, statement, witnesses).1;
            let same = bits == statement.bits;
            let claimed = CrossCheckStatement {
                bits,
                ..statement.clone()
            };
            let (system, _) = run(Mode::Rows, instance, plan, &claimed, witnesses);
            (same, system.broken())
        })
    }

    /// The invoice's record, by a sealer who commits to other values.
    fn invoice(&self, lie: impl Fn(Place, LeafValues) -> LeafValues) -> Record {
        let party = Party {
            fields: &self.documents[1],
            sealer: self.sealers[1].clone(),
        };
        Record::lying(&party, 101, lie)
    }
}

fn honest(_: &mut [Option<Record>]) {}

#[test]
fn what_can_change_alone_is_multiplied_by_zero() {
    Fixture::new().with(honest, |instance, plan, statement, witnesses| {
        let target = Target {
            instance,
            plan,
            statement,
            witnesses,
        };
        let system = target.circuit();
        assert!(system.broken().is_empty());
        let report = target.change_each(&system);
        assert_eq!(report.changed, system.assignment().len());
        assert_eq!(report.unexplained, []);
        assert!(report.free.len() < 8, "{:?}", report.free);
    });
}

#[test]
fn no_forced_variable_makes_a_false_statement_and_every_constraint_is_needed() {
    let each = std::env::var("EACH").map_or(4, |each| each.parse().unwrap());
    let report = Fixture::new().with(honest, |instance, plan, statement, witnesses| {
        let target = Target {
            instance,
            plan,
            statement,
            witnesses,
        };
        target.forge(&target.circuit(), each, &mut |_, _| true)
    });
    println!("{report:?}");
    assert_eq!(report.holes, []);
    assert!(report.false_bits > 40, "{report:?}");
    // K2, K3, K6, K7 and K16 have tests of their own below
    let needed: BTreeSet<&str> = report
        .stopped_by_one
        .into_keys()
        .chain(["K2", "K3", "K6", "K7", "K16"])
        .collect();
    let missing: Vec<&str> = CONSTRAINTS
        .into_iter()
        .filter(|name| !needed.contains(name))
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn a_leaf_cannot_be_opened_to_another_value() {
    Fixture::new().with(honest, |instance, plan, statement, witnesses| {
        let target = Target {
            instance,
            plan,
            statement,
            witnesses,
        };
        let system = target.circuit();
        let owned = |name: &str| {
            let owners = system.owners().iter().enumerate();
            let own = owners.filter(|(_, owner)| **owner == name);
            own.map(|(variable, _)| variable).collect::<Vec<_>>()
        };
        // the last variable of each leaf's hash is the hash that the tree takes: it stays, and all before it follows
        let last = |at: &usize| system.owners().get(at + 1) != Some(&"K2");
        let held = owned("K2").into_iter().filter(last);
        let held: BTreeMap<usize, Fr> = held.map(|at| (at, system.assignment()[at])).collect();
        let mut stopped = 0;
        for variable in owned(System::UNNAMED).into_iter().take(60) {
            let mut forced = held.clone();
            forced.insert(variable, system.assignment()[variable] + Fr::from(1_u8));
            let mut values = System::forging_values(forced.clone());
            let bits = synthesize(&mut values, instance, plan, statement, witnesses);
            if bits == statement.bits {
                continue;
            }
            let claimed = CrossCheckStatement {
                bits,
                ..statement.clone()
            };
            let mut rows = System::forging(forced);
            synthesize(&mut rows, instance, plan, &claimed, witnesses);
            assert!(
                rows.broken().contains(&"K2"),
                "{variable}: {:?}",
                rows.broken()
            );
            stopped += usize::from(rows.broken() == ["K2"]);
        }
        assert!(stopped > 0, "K2 alone stops somebody");
    });
}

#[test]
fn a_presence_that_is_no_bit_is_refused() {
    let fixture = Fixture::new();
    let twice = |records: &mut [Option<Record>]| {
        records[1] = Some(fixture.invoice(|place, values| match place {
            Place::Header(2) => changed(values, |[_, v1, v2]| [Fr::from(2_u8), v1, v2]),
            _ => values,
        }));
    };
    assert_eq!(fixture.broken(twice), (false, vec!["K3"]));
    assert_eq!(fixture.broken(honest), (true, Vec::new()));
}

#[test]
fn a_number_beyond_its_width_is_refused_and_at_its_edge_is_not() {
    let fixture = Fixture::new();
    let with = |number: i128| {
        fixture.broken(|records| {
            records[1] = Some(fixture.invoice(|place, values| match place {
                Place::Line { line: 0, slot: 4 } => {
                    changed(values, |[presence, _, v2]| [presence, Fr::from(number), v2])
                }
                _ => values,
            }));
        })
    };
    let edge = 1_i128 << 80;
    for (number, refused) in [
        (edge - 1, false),
        (1 - edge, false),
        (edge, true),
        (-edge, true),
    ] {
        let (_, broken) = with(number);
        let expected: &[&str] = if refused { &["K7"] } else { &[] };
        assert_eq!(broken, expected, "{number}");
    }
}

/// Whoever leaves a field out can commit to a number there all the same: `else 0` is 0, of no currency.
#[test]
fn what_is_not_there_is_nothing_whatever_its_leaf_holds() {
    let fixture = Fixture::of(NOTHING);
    for (v1, v2) in [(1_i128 << 79, 0), (-1, 0), (0, 392), (1 << 79, 392)] {
        let hidden = |records: &mut [Option<Record>]| {
            let prepaid = Place::Header(slot::PREPAID as u8);
            records[1] = Some(fixture.invoice(|place, values| match place == prepaid {
                true => LeafValues::Field {
                    presence: Fr::from(0_u8),
                    v1: Fr::from(v1),
                    v2: Fr::from(v2),
                },
                false => values,
            }));
        };
        assert_eq!(fixture.broken(hidden), (true, Vec::new()), "{v1} {v2}");
    }
}

#[test]
fn no_forced_variable_makes_something_of_nothing() {
    let report = Fixture::of(NOTHING).with(honest, |instance, plan, statement, witnesses| {
        let target = Target {
            instance,
            plan,
            statement,
            witnesses,
        };
        target.forge(&target.circuit(), 4, &mut |_, _| true)
    });
    println!("{report:?}");
    assert_eq!(report.holes, []);
    assert!(report.stopped_by_one.contains_key("K16"), "{report:?}");
}

#[test]
fn a_sealer_is_who_the_commitment_says() {
    let fixture = Fixture::new();
    let other = |records: &mut [Option<Record>]| {
        let order = records[0].as_ref().unwrap().presented.record.alias;
        records[1].as_mut().unwrap().presented.record.alias = order;
    };
    assert_eq!(fixture.broken(other), (true, vec!["K6"]));
}

#[test]
fn a_record_is_its_root_its_header_and_its_bucket() {
    let fixture = Fixture::new();
    let change = |change: fn(&mut RecordPublic)| {
        fixture.broken(move |records| change(&mut records[1].as_mut().unwrap().presented.record))
    };
    for changed in [
        change(|record| record.root += Fr::from(1_u8)),
        change(|record| record.context += Fr::from(1_u8)),
    ] {
        assert_eq!(changed, (true, vec!["K4"]));
    }
}

#[test]
fn a_party_with_an_identifier_of_nothing_sealed_nothing() {
    let fixture = Fixture::new();
    let nobody = |records: &mut [Option<Record>]| {
        records[1] = Some(fixture.invoice(|place, values| match place {
            // what an alias has where it has no identifier
            Place::Header(3) => LeafValues::Identifiers([Fr::from(0_u8); 7]),
            _ => values,
        }));
    };
    let (same, broken) = fixture.broken(nobody);
    assert!(!same && broken.is_empty(), "the bit is 0, and provably so");
}

#[test]
fn every_identifier_of_a_party_is_among_its_sealers_and_none_hides_behind_a_gap() {
    let fixture = Fixture::new();
    let with = |at: usize, id: Fr| {
        fixture.broken(|records| {
            records[1] = Some(fixture.invoice(|place, values| match (place, values) {
                (Place::Header(3), LeafValues::Identifiers(mut ids)) => {
                    ids[at] = id;
                    LeafValues::Identifiers(ids)
                }
                _ => values,
            }));
        })
    };
    let own = input_element(&LeafInput::Text(SELLER.to_owned()));
    let foreign = input_element(&LeafInput::Text("vat:DE811907980".to_owned()));
    for at in 1..7 {
        assert_eq!(with(at, own), (true, Vec::new()), "his own once more");
        let (same, broken) = with(at, foreign);
        assert!(!same && broken.is_empty(), "the bit is 0 for place {at}");
    }
}

/// Whether two documents name one party.
const BUYERS: &str = "check buyers version 1 \"A test.\"
document order is Order by buyer
document invoice is list of Invoice by seller
require left \"l\" all billed in invoice: order.buyer is billed.buyer
require right \"r\" all billed in invoice: billed.buyer is order.buyer
";

/// A sealer can commit to any numbers in place of another party's identifiers. None of them joins what the other document has no
/// identifier for, and a leaf whose first place is empty names nobody.
#[test]
fn no_number_in_place_of_an_identifier_joins_a_party() {
    let fixture = Fixture::of(BUYERS);
    let with = |ids: [Fr; 7]| {
        let (same, broken) = fixture.broken(|records| {
            records[1] = Some(fixture.invoice(|place, values| match place {
                Place::Header(at) if usize::from(at) == slot::BUYER_IDS => {
                    LeafValues::Identifiers(ids)
                }
                _ => values,
            }));
        });
        assert!(broken.is_empty(), "{broken:?}");
        same
    };
    let buyer = input_element(&LeafInput::Text(BUYER.to_owned()));
    let zero = Fr::from(0_u8);
    let at = |place: usize, id: Fr| {
        let mut ids = [zero; 7];
        ids[place] = id;
        ids
    };
    assert!(with(at(0, buyer)), "the honest one");
    let mut second = at(0, input_element(&LeafInput::Text("vat:other".to_owned())));
    second[1] = buyer;
    assert!(with(second), "it names the party by another number too");
    for number in [1_u8, 2, 7] {
        for place in 0..7 {
            assert!(!with(at(place, Fr::from(number))), "{number} at {place}");
        }
    }
    for place in 1..7 {
        assert!(!with(at(place, buyer)), "behind an empty place, {place}");
    }
}
