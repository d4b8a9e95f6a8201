//! Records that replace one another, and financings that are taken over.

use sealane_types::fingerprint::Rule;
use sealane_types::ids::Height;
use sealane_types::receipt::{Done, Refusal};
use sealane_types::transaction::ReleaseReason::{Mistaken, Repaid, Withdrawn};

use super::members::{ACME, register};
use super::world::*;
use crate::state::Stage;
use crate::verified::Action;

const FINANCED: Result<Done, Refusal> = Ok(Done::Financed { took_over: None });

fn took_over(older: u8) -> Result<Done, Refusal> {
    let took_over = Some(id(older));
    Ok(Done::Financed { took_over })
}

/// Record 1 of bank A, financed with strict fingerprints 1 and 2, and its replacement 2.
fn replaced() -> World {
    let mut world = World::new();
    world.ready(BANK_A, 1, None);
    world.finance(BANK_A, 1, strict(&[1, 2])).unwrap();
    world.ready(BANK_A, 2, Some(1));
    world
}

#[test]
fn a_replacement_with_one_strict_fingerprint_takes_over_and_keeps_all_of_the_older() {
    let mut world = replaced();
    assert_eq!(world.finance(BANK_A, 2, strict(&[2, 3])), took_over(1));
    let older = world.financing(1).unwrap();
    assert_eq!(older.stage, Stage::TakenOver { by: id(2) });
    assert_eq!(
        world.release(BANK_A, 1, Withdrawn),
        Err(Refusal::NotFinanced)
    );
    world.ready(BANK_B, 10, None);
    for number in [1, 2, 3] {
        let refused = world.finance(BANK_B, 10, strict(&[number]));
        assert!(
            matches!(refused, Err(Refusal::Duplicate { .. })),
            "{number}"
        );
        let print = print(Rule::Strict, number);
        let taken: Vec<_> = world.log.takers(print, world.tip.height).collect();
        assert_eq!(taken.len(), 1);
        assert_eq!(
            taken[0].record,
            id(2),
            "who follows the log knows {number} too"
        );
    }
    world.release(BANK_A, 2, Withdrawn).unwrap();
    assert_eq!(world.finance(BANK_B, 10, strict(&[1, 2, 3])), FINANCED);
}

#[test]
fn what_was_taken_over_stays_taken_for_good_once_it_is_repaid() {
    let mut world = replaced();
    world.finance(BANK_A, 2, strict(&[2, 3])).unwrap();
    world.release(BANK_A, 2, Repaid).unwrap();
    world.ready(BANK_B, 10, None);
    let refused = world.finance(BANK_B, 10, strict(&[1]));
    assert!(matches!(refused, Err(Refusal::Duplicate { .. })));
}

/// What stands in the place of a repaid invoice is the same claim, under whatever number: nobody holds or finances it.
#[test]
fn nothing_in_the_place_of_what_is_repaid_is_financed_or_held() {
    let mut world = replaced();
    world.finance(BANK_A, 2, strict(&[2, 3])).unwrap();
    world.release(BANK_A, 2, Repaid).unwrap();
    world.ready(BANK_A, 3, Some(2));
    let refused = Err(Refusal::OlderIsTaken { older: id(2) });
    assert_eq!(world.finance(BANK_A, 3, strict(&[9])), refused);
    let until = world.height() + 8;
    assert_eq!(world.finance(BANK_A, 3, strict(&[9]).hold(until)), refused);
    world.ready(BANK_A, 4, Some(3));
    assert_eq!(
        world.finance(BANK_A, 4, strict(&[9])),
        refused,
        "in any place"
    );
}

#[test]
fn nothing_is_financed_in_the_place_of_what_another_bank_finances_now() {
    let mut world = World::new();
    world.ready(BANK_A, 1, None);
    world.finance(BANK_A, 1, strict(&[1, 2])).unwrap();
    world.release(BANK_A, 1, Withdrawn).unwrap();
    world.ready(BANK_B, 10, None);
    world.finance(BANK_B, 10, strict(&[2])).unwrap();
    world.ready(BANK_A, 3, Some(1));
    let refused = Err(Refusal::OlderIsTaken { older: id(1) });
    assert_eq!(world.finance(BANK_A, 3, strict(&[9])), refused);
    world.release(BANK_B, 10, Withdrawn).unwrap();
    assert_eq!(world.finance(BANK_A, 3, strict(&[9])), FINANCED);
}

/// A document that was financed under another's alias by mistake took that one's fingerprints.
#[test]
fn what_was_taken_under_another_sellers_alias_stands_in_nobodys_way() {
    let mut world = World::new();
    register(&mut world, BANK_A, ACME).unwrap();
    world.seal(BANK_A, 1, None).unwrap();
    world.send(BANK_A, 1, presenting(1, ACME)).unwrap();
    world.answer(1, 1).unwrap();
    world.finance(BANK_A, 1, strict(&[1])).unwrap();
    world.release(BANK_A, 1, Mistaken).unwrap();
    world.ready(BANK_B, 10, None);
    world.finance(BANK_B, 10, strict(&[1])).unwrap();
    world.ready(BANK_A, 2, Some(1));
    assert_eq!(world.finance(BANK_A, 2, strict(&[9])), FINANCED);
}

#[test]
fn what_a_hold_took_over_stays_taken_when_its_record_is_financed_and_is_free_when_it_ends() {
    let mut world = World::new();
    world.ready(BANK_A, 1, None);
    world.ready(BANK_B, 10, None);
    world.reach(20);
    world.finance(BANK_A, 1, strict(&[1, 2]).hold(28)).unwrap();
    world.ready(BANK_A, 2, Some(1));
    world.finance(BANK_A, 2, strict(&[2]).hold(32)).unwrap();
    assert_eq!(world.finance(BANK_A, 2, strict(&[2])), FINANCED);
    let refused = world.finance(BANK_B, 10, strict(&[1]));
    assert!(matches!(refused, Err(Refusal::Duplicate { .. })));
    world.release(BANK_A, 2, Withdrawn).unwrap();
    assert_eq!(world.finance(BANK_B, 10, strict(&[1])), FINANCED);
    world.release(BANK_B, 10, Withdrawn).unwrap();
    assert_eq!(world.finance(BANK_A, 2, strict(&[2])), FINANCED, "anew");
    let refused = world.finance(BANK_B, 10, strict(&[1]));
    assert!(matches!(refused, Err(Refusal::Duplicate { .. })));
}

#[test]
fn another_sellers_record_takes_nothing_over_although_it_shows_a_fill_up() {
    let mut world = World::new();
    let (older, newer) = (ACME, CUSTOMER);
    register(&mut world, BANK_A, ACME).unwrap();
    world.seal(BANK_A, 1, None).unwrap();
    world.send(BANK_A, 1, presenting(1, older)).unwrap();
    world.answer(1, 1).unwrap();
    world.finance(BANK_A, 1, strict(&[1, 2])).unwrap();
    world.seal(BANK_A, 2, Some(1)).unwrap();
    world.send(BANK_A, 2, presenting(2, newer)).unwrap();
    world.answer(1, 2).unwrap();
    let refused = Err(Refusal::OlderIsFinanced { older: id(1) });
    assert_eq!(world.finance(BANK_A, 2, strict(&[1, 2])), refused);
}

/// A correction under its own number shows none of the corrected invoice's strict fingerprints.
#[test]
fn a_correction_takes_over_under_its_own_number_and_the_corrected_invoice_stays_taken() {
    let duplicate = |world: &mut World, record, number| {
        let refused = world.finance(BANK_B, record, strict(&[number]));
        let rule = Rule::Strict;
        assert_eq!(refused, Err(Refusal::Duplicate { rule }), "{number}");
    };
    let mut world = replaced();
    world.ready(BANK_B, 10, None);
    assert_eq!(world.finance(BANK_A, 2, strict(&[3])), took_over(1));
    let gone = world.release(BANK_A, 1, Withdrawn);
    assert_eq!(gone, Err(Refusal::NotFinanced), "it has nothing to release");
    (1..=3).for_each(|number| duplicate(&mut world, 10, number));
    world.ready(BANK_A, 3, Some(2));
    assert_eq!(world.finance(BANK_A, 3, strict(&[4])), took_over(2));
    (1..=4).for_each(|number| duplicate(&mut world, 10, number));
    world.release(BANK_A, 3, Withdrawn).unwrap();
    assert_eq!(world.finance(BANK_B, 10, strict(&[1, 2, 3, 4])), FINANCED);
}

/// The bank judged a correction by what it takes over: where that ends before the block, the corrected invoice is free,
/// and the correction does not stand alone beside it.
#[test]
fn a_financing_that_no_longer_goes_on_with_what_its_bank_expected_is_refused() {
    let wish = |record, since: Option<u8>| {
        let mut wish = wanting(record, &strict(&[record]));
        if let Action::Finance(wanted) = &mut wish {
            wanted.since = since.map(id);
        }
        wish
    };
    let refused = Err(Refusal::GoesOnOtherwise);
    let mut world = World::new();
    world.ready(BANK_A, 1, None);
    world.reach(20);
    world.finance(BANK_A, 1, strict(&[1]).hold(28)).unwrap();
    world.ready(BANK_A, 2, Some(1));
    for other in [None, Some(9)] {
        let sent = world.send_as_it_is(BANK_A, 2, wish(2, other));
        assert_eq!(sent, refused, "{other:?}");
    }
    let until = world.height() + 4;
    world.finance(BANK_A, 2, strict(&[2]).hold(until)).unwrap();
    // its own hold has taken the other over
    assert_eq!(world.send_as_it_is(BANK_A, 2, wish(2, None)), refused);
    world.reach(until);
    // nor does it lose that when it ends
    assert_eq!(world.send_as_it_is(BANK_A, 2, wish(2, None)), refused);
    world.ready(BANK_B, 10, None);
    assert_eq!(world.finance(BANK_B, 10, strict(&[1])), FINANCED);
    let taken = Err(Refusal::OlderIsTaken { older: id(1) });
    assert_eq!(world.send_as_it_is(BANK_A, 2, wish(2, Some(1))), taken);
    world.release(BANK_B, 10, Withdrawn).unwrap();
    assert_eq!(world.send_as_it_is(BANK_A, 2, wish(2, Some(1))), FINANCED);
}

/// The invoice that a correction took over is not free beside the correction because a financing ended in between.
#[test]
fn what_had_ended_takes_again_all_that_it_had_taken_over() {
    let mut world = replaced();
    world.ready(BANK_B, 10, None);
    let taken = |world: &mut World, numbers: std::ops::RangeInclusive<u8>| {
        for number in numbers {
            let refused = world.finance(BANK_B, 10, strict(&[number]));
            let rule = Rule::Strict;
            assert_eq!(refused, Err(Refusal::Duplicate { rule }), "{number}");
        }
    };
    assert_eq!(world.finance(BANK_A, 2, strict(&[3])), took_over(1));
    world.release(BANK_A, 2, Withdrawn).unwrap();
    assert_eq!(world.finance(BANK_A, 2, strict(&[3])), FINANCED);
    taken(&mut world, 1..=3);
    // a stale pointer of somebody who had it in between changes nothing, and who has it now is not passed over
    world.release(BANK_A, 2, Withdrawn).unwrap();
    assert_eq!(world.finance(BANK_B, 10, strict(&[1])), FINANCED);
    let refused = Err(Refusal::OlderIsTaken { older: id(1) });
    assert_eq!(world.finance(BANK_A, 2, strict(&[3])), refused);
    world.release(BANK_B, 10, Withdrawn).unwrap();
    assert_eq!(world.finance(BANK_A, 2, strict(&[3])), FINANCED);
    world.ready(BANK_B, 11, None);
    let again = world.finance(BANK_B, 11, strict(&[1]));
    assert!(matches!(again, Err(Refusal::Duplicate { .. })));
    // nor does one in its place leave it behind
    world.release(BANK_A, 2, Withdrawn).unwrap();
    world.ready(BANK_A, 3, Some(2));
    assert_eq!(world.finance(BANK_A, 3, strict(&[4])), FINANCED);
    world.ready(BANK_B, 12, None);
    for number in 1..=4 {
        let refused = world.finance(BANK_B, 12, strict(&[number]));
        assert!(
            matches!(refused, Err(Refusal::Duplicate { .. })),
            "{number}"
        );
    }
    world.release(BANK_A, 3, Repaid).unwrap();
    assert!(world.finance(BANK_B, 12, strict(&[1])).is_err());
}

#[test]
fn what_a_correction_took_over_is_taken_for_good_once_it_is_repaid_and_free_once_its_hold_ends() {
    let mut world = replaced();
    world.ready(BANK_B, 10, None);
    assert_eq!(world.finance(BANK_A, 2, strict(&[3])), took_over(1));
    world.release(BANK_A, 2, Repaid).unwrap();
    for number in 1..=3 {
        let refused = world.finance(BANK_B, 10, strict(&[number]));
        assert!(matches!(refused, Err(Refusal::Duplicate { .. })));
    }
    assert_eq!(world.finance(BANK_B, 10, strict(&[4])), FINANCED);

    let mut world = World::new();
    world.ready(BANK_A, 1, None);
    world.ready(BANK_B, 10, None);
    world.reach(20);
    world.finance(BANK_A, 1, strict(&[1]).hold(28)).unwrap();
    world.ready(BANK_A, 2, Some(1));
    world.finance(BANK_A, 2, strict(&[2]).hold(32)).unwrap();
    world.reach(30);
    let early = world.finance(BANK_B, 10, strict(&[1]));
    assert!(
        matches!(early, Err(Refusal::Duplicate { .. })),
        "at height 31: the older's own height has passed, the newer's has not"
    );
    assert_eq!(world.finance(BANK_B, 10, strict(&[1])), FINANCED);
}

#[test]
fn a_correction_takes_nothing_that_another_record_has() {
    let mut world = replaced();
    world.ready(BANK_A, 3, None);
    world.finance(BANK_A, 3, strict(&[7])).unwrap();
    let refused = world.finance(BANK_A, 2, strict(&[7]));
    assert!(matches!(refused, Err(Refusal::Duplicate { .. })));
    let older = world.financing(1).unwrap();
    assert_eq!(older.stage, Stage::Financed, "nothing is taken over");
}

#[test]
fn a_repaid_financing_is_not_taken_over() {
    let mut world = replaced();
    world.release(BANK_A, 1, Repaid).unwrap();
    let repaid = world.finance(BANK_A, 2, strict(&[1, 2, 3]));
    assert_eq!(repaid, Err(Refusal::OlderIsTaken { older: id(1) }));
}

#[test]
fn a_line_of_replacements_cannot_step_around_the_financing_at_its_start() {
    let mut world = replaced();
    world.ready(BANK_A, 3, Some(2));
    assert_eq!(world.finance(BANK_A, 3, strict(&[9])), took_over(1));
    world.ready(BANK_A, 4, Some(3));
    assert_eq!(world.finance(BANK_A, 4, strict(&[1, 2, 4])), took_over(3));
}

#[test]
fn only_the_holder_takes_over() {
    let mut world = replaced();
    let other = world.finance(BANK_B, 2, strict(&[1, 2]));
    assert_eq!(other, Err(Refusal::NotTheHolder));
    let mut world = World::new();
    world.ready(BANK_A, 1, None);
    world.finance(BANK_B, 1, strict(&[1])).unwrap();
    world.ready(BANK_A, 2, Some(1));
    let own = world.finance(BANK_A, 2, strict(&[1]));
    assert_eq!(own, Err(Refusal::NotTheHolder), "bank B holds it");
    assert_eq!(world.finance(BANK_B, 2, strict(&[1])), took_over(1));
}

#[test]
fn a_takeover_does_not_turn_a_financing_into_a_hold() {
    let mut world = replaced();
    let until = world.height() + 5;
    let held = world.finance(BANK_A, 2, strict(&[1, 2]).hold(until));
    assert_eq!(held, Err(Refusal::HoldOverFinanced));
}

#[test]
fn a_hold_is_taken_over_by_a_hold_and_the_newer_height_counts() {
    let mut world = World::new();
    world.ready(BANK_A, 1, None);
    world.ready(BANK_B, 10, None);
    world.reach(20);
    world.finance(BANK_A, 1, strict(&[1]).hold(28)).unwrap();
    world.ready(BANK_A, 2, Some(1));
    let replaced = world.finance(BANK_A, 1, strict(&[1]));
    assert_eq!(
        replaced,
        Err(Refusal::Replaced { by: id(2) }),
        "the older is past"
    );
    let until = Height(32);
    let held = world.finance(BANK_A, 2, strict(&[1]).hold(32));
    assert_eq!(held, Ok(Done::Held { until }));
    world.reach(30);
    let early = world.finance(BANK_B, 10, strict(&[1]));
    assert!(
        matches!(early, Err(Refusal::Duplicate { .. })),
        "at height 31"
    );
    assert_eq!(
        world.finance(BANK_B, 10, strict(&[1])),
        FINANCED,
        "at height 32"
    );
    let late = world.finance(BANK_A, 2, strict(&[1]));
    assert!(matches!(late, Err(Refusal::Duplicate { .. })));
}

#[test]
fn a_takeover_needs_its_new_fingerprints_free_and_no_waiver_for_its_own_traits() {
    let order = [(Rule::OrderReference, 1)];
    let mut world = World::new();
    world.ready(BANK_A, 1, None);
    world
        .finance(BANK_A, 1, strict(&[1]).loose(&order))
        .unwrap();
    world.ready(BANK_B, 10, None);
    world.finance(BANK_B, 10, strict(&[5])).unwrap();
    world.ready(BANK_A, 2, Some(1));
    let taken = world.finance(BANK_A, 2, strict(&[1, 5]).loose(&order));
    assert!(matches!(taken, Err(Refusal::Duplicate { .. })));
    let taken_over = world.finance(BANK_A, 2, strict(&[1, 6]).loose(&order));
    assert_eq!(taken_over, took_over(1));
}

#[test]
fn another_records_hold_does_not_survive_through_a_stale_pointer() {
    // 1 is held and expires; 10 takes the fingerprint; 2 replaces 1 and shows it.
    let mut world = World::new();
    world.ready(BANK_A, 1, None);
    world.ready(BANK_B, 10, None);
    world.reach(20);
    world.finance(BANK_A, 1, strict(&[1]).hold(22)).unwrap();
    world.reach(22);
    world.finance(BANK_B, 10, strict(&[1])).unwrap();
    world.ready(BANK_A, 2, Some(1));
    let refused = world.finance(BANK_A, 2, strict(&[1]));
    assert_eq!(refused, Err(Refusal::OlderIsTaken { older: id(1) }));
}
