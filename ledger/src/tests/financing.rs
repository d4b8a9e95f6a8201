//! Taking, holding, releasing; duplicates and alerts.

use sealane_types::fingerprint::Rule;
use sealane_types::ids::Height;
use sealane_types::receipt::{Done, Life, Refusal};
use sealane_types::transaction::ReleaseReason::{Mistaken, Repaid, Withdrawn};

use super::world::*;
use crate::state::{Key, LooseEntry, MAX_LOOSE_RECORDS, Stage};

const FINANCED: Result<Done, Refusal> = Ok(Done::Financed { took_over: None });

const DUPLICATE: Result<Done, Refusal> = Err(Refusal::Duplicate { rule: Rule::Strict });

/// Bank A's records 1 and 3, bank B's records 2 and 4, all answered.
fn world() -> World {
    let mut world = World::new();
    for record in [1, 3] {
        world.ready(BANK_A, record, None);
        world.ready(BANK_B, record + 1, None);
    }
    world
}

#[test]
fn one_document_is_financed_once_and_the_refusal_names_the_rule_alone() {
    let mut world = world();
    assert_eq!(world.finance(BANK_A, 1, strict(&[1, 2])), FINANCED);
    assert_eq!(world.finance(BANK_B, 2, strict(&[2])), DUPLICATE);
    assert_eq!(
        world.finance(BANK_A, 3, strict(&[7, 1])),
        DUPLICATE,
        "its own bank too"
    );
    assert_eq!(world.finance(BANK_B, 2, strict(&[3])), FINANCED);
    let own = world.finance(BANK_A, 1, strict(&[1, 2]));
    assert_eq!(own, Err(Refusal::AlreadyFinanced));
}

#[test]
fn a_financing_takes_all_strict_fingerprints_or_none() {
    let mut world = world();
    world.finance(BANK_A, 1, strict(&[2])).unwrap();
    assert!(world.finance(BANK_B, 2, strict(&[1, 2, 3])).is_err());
    assert_eq!(world.finance(BANK_A, 3, strict(&[1, 3])), FINANCED);
}

#[test]
fn two_equal_fingerprints_in_one_financing_are_refused() {
    let mut world = world();
    let refused = world.finance(BANK_A, 1, strict(&[1, 2, 1]));
    assert_eq!(refused, Err(Refusal::RepeatedFingerprint));
}

#[test]
fn only_banks_finance_and_only_known_unreplaced_records() {
    let mut world = world();
    let by_customer = world.finance(CUSTOMER, 1, strict(&[1]));
    assert_eq!(by_customer, Err(Refusal::NotABank));
    let by_node = world.finance(VALIDATORS[0], 1, strict(&[1]));
    assert_eq!(by_node, Err(Refusal::NotABank));
    let unknown = world.finance(BANK_A, 9, strict(&[1]));
    assert_eq!(unknown, Err(Refusal::UnknownRecord));
    world.seal(BANK_A, 5, Some(1)).unwrap();
    let replaced = world.finance(BANK_A, 1, strict(&[1]));
    assert_eq!(replaced, Err(Refusal::Replaced { by: id(5) }));
}

#[test]
fn a_hold_lasts_below_its_height_and_not_at_it() {
    for (height, free) in [(29, false), (30, true), (31, true)] {
        let mut world = world();
        world.reach(20);
        let until = Height(30);
        let held = world.finance(BANK_A, 1, strict(&[1]).hold(30));
        assert_eq!(held, Ok(Done::Held { until }));
        world.reach(height - 1);
        let taken = world.log.takers(print(Rule::Strict, 1), Height(height));
        assert_eq!(taken.count() == 0, free);
        let other = world.finance(BANK_B, 2, strict(&[1]));
        match free {
            true => assert_eq!(other, FINANCED, "{height}"),
            false => assert_eq!(other, DUPLICATE, "{height}"),
        }
    }
}

#[test]
fn a_holder_finances_what_it_holds_and_after_expiry_only_what_is_still_free() {
    let mut world = world();
    world.reach(20);
    world.finance(BANK_A, 1, strict(&[1]).hold(28)).unwrap();
    let again = world.finance(BANK_A, 1, strict(&[1]).hold(30));
    let until = Height(28);
    assert_eq!(
        again,
        Err(Refusal::AlreadyHeld { until }),
        "no longer hold on top"
    );
    let other = world.finance(BANK_B, 1, strict(&[1]));
    assert_eq!(other, Err(Refusal::AlreadyHeld { until }), "another bank");
    assert_eq!(world.finance(BANK_A, 1, strict(&[1])), FINANCED);

    world.finance(BANK_A, 3, strict(&[3]).hold(28)).unwrap();
    world.reach(28);
    assert_eq!(world.finance(BANK_B, 4, strict(&[3])), FINANCED);
    let late = world.finance(BANK_A, 3, strict(&[3]));
    assert_eq!(late, DUPLICATE);
    assert_eq!(
        world.release(BANK_A, 3, Withdrawn),
        Err(Refusal::NotFinanced)
    );
}

#[test]
fn a_hold_ends_later_than_its_block_and_within_the_limit() {
    let mut world = world();
    world.reach(19);
    let blocks = MAX_HOLD;
    let refused = Err(Refusal::HoldOutOfRange { blocks });
    for until in [0, 19, 20, 31, u64::MAX] {
        assert_eq!(world.finance(BANK_A, 1, strict(&[1]).hold(until)), refused);
        world.tip.height = Height(19);
    }
    assert!(world.finance(BANK_A, 1, strict(&[1]).hold(30)).is_ok());
    world.tip.height = Height(19);
    assert!(world.finance(BANK_B, 2, strict(&[2]).hold(21)).is_ok());
}

#[test]
fn a_release_frees_unless_repaid_and_only_its_holder_releases() {
    for (reason, free) in [(Repaid, false), (Withdrawn, true), (Mistaken, true)] {
        let mut world = world();
        assert_eq!(world.release(BANK_A, 1, reason), Err(Refusal::NotFinanced));
        world.finance(BANK_A, 1, strict(&[1])).unwrap();
        assert_eq!(world.release(BANK_B, 1, reason), Err(Refusal::NotTheHolder));
        let released = world.release(BANK_A, 1, reason);
        assert_eq!(released, Ok(Done::Released(reason)));
        assert_eq!(world.release(BANK_A, 1, reason), Err(Refusal::NotFinanced));
        let other = world.finance(BANK_B, 2, strict(&[1]));
        let again = world.finance(BANK_A, 1, strict(&[1]));
        if free {
            assert_eq!(other, FINANCED, "{reason:?}");
            assert_eq!(again, DUPLICATE);
        } else {
            assert_eq!(other, DUPLICATE);
            assert_eq!(again, Err(Refusal::AlreadyFinanced));
        }
    }
    let mut world = world();
    let unknown = world.release(BANK_A, 9, Mistaken);
    assert_eq!(unknown, Err(Refusal::UnknownRecord));
}

#[test]
fn a_hold_is_released_but_not_repaid() {
    let mut world = world();
    let until = world.height() + 10;
    world.finance(BANK_A, 1, strict(&[1]).hold(until)).unwrap();
    assert_eq!(
        world.release(BANK_A, 1, Repaid),
        Err(Refusal::HoldNotRepaid)
    );
    assert!(world.release(BANK_A, 1, Withdrawn).is_ok());
    assert_eq!(world.finance(BANK_B, 2, strict(&[1])), FINANCED);
}

#[test]
fn a_looser_hit_is_an_alert_until_each_rule_is_waived() {
    let (date, order) = ((Rule::WithoutDate, 1), (Rule::OrderReference, 2));
    let mut world = world();
    world
        .finance(BANK_A, 1, strict(&[1]).loose(&[date, order]))
        .unwrap();
    let wanted = strict(&[2]).loose(&[date, order]);
    let alert = |rules: &[Rule]| {
        Err(Refusal::Alert {
            rules: rules.to_vec(),
        })
    };
    let all = world.finance(BANK_B, 2, wanted.clone());
    assert_eq!(all, alert(&[Rule::WithoutDate, Rule::OrderReference]));
    let one = world.finance(BANK_B, 2, wanted.clone().waive(&[Rule::WithoutDate]));
    assert_eq!(one, alert(&[Rule::OrderReference]));
    let waived = wanted.waive(&[Rule::WithoutDate, Rule::OrderReference]);
    assert_eq!(world.finance(BANK_B, 2, waived), FINANCED);
    let strict_first = strict(&[1]).loose(&[date]).waive(&[Rule::WithoutDate]);
    let duplicated = world.finance(BANK_A, 3, strict_first);
    assert_eq!(duplicated, DUPLICATE, "no waiver helps");
}

#[test]
fn what_is_repaid_alerts_and_what_was_withdrawn_or_has_expired_does_not() {
    let trait_ = [(Rule::PartiesAmountDate, 1)];
    for (reason, alerts) in [(Repaid, true), (Withdrawn, false), (Mistaken, false)] {
        let mut world = world();
        world
            .finance(BANK_A, 1, strict(&[1]).loose(&trait_))
            .unwrap();
        world.release(BANK_A, 1, reason).unwrap();
        let other = world.finance(BANK_B, 2, strict(&[2]).loose(&trait_));
        assert_eq!(other.is_err(), alerts, "{reason:?}");
    }
    let mut world = world();
    world.reach(20);
    world
        .finance(BANK_A, 1, strict(&[1]).loose(&trait_).hold(25))
        .unwrap();
    let alerted = world.finance(BANK_B, 2, strict(&[2]).loose(&trait_));
    assert!(alerted.is_err(), "a hold alerts");
    world.reach(24);
    let late = world.finance(BANK_B, 2, strict(&[2]).loose(&trait_));
    assert_eq!(late, FINANCED, "at height 25");
}

#[test]
fn an_own_hold_is_no_reason_for_an_alert() {
    let trait_ = [(Rule::WithoutDate, 1)];
    let mut world = world();
    let until = world.height() + 5;
    world
        .finance(BANK_A, 1, strict(&[1]).loose(&trait_).hold(until))
        .unwrap();
    let financed = world.finance(BANK_A, 1, strict(&[1]).loose(&trait_));
    assert_eq!(financed, FINANCED);
}

#[test]
fn a_popular_looser_fingerprint_stays_small_and_goes_on_alerting() {
    let mut world = World::new();
    let order = [(Rule::OrderReference, 1)];
    let many = MAX_LOOSE_RECORDS as u8 + 3;
    for record in 1..=many {
        world.wait(DAY);
        world.ready(BANK_A, record, None);
        let wanted = strict(&[record])
            .loose(&order)
            .waive(&[Rule::OrderReference]);
        assert_eq!(world.finance(BANK_A, record, wanted), FINANCED);
    }
    let key = Key::fingerprint(&print(Rule::OrderReference, 1));
    let entry: LooseEntry = world.read(&key).unwrap();
    assert_eq!((entry.older, entry.records.len()), (3, MAX_LOOSE_RECORDS));
    for record in 1..=many {
        world.release(BANK_A, record, Withdrawn).unwrap();
    }
    world.ready(BANK_B, 200, None);
    let wanted = strict(&[200]).loose(&order);
    let alerted = world.finance(BANK_B, 200, wanted);
    assert!(alerted.is_err(), "the nameless ones alert for good");
}

#[test]
fn who_follows_the_log_knows_what_is_taken() {
    let mut world = world();
    let order = [(Rule::OrderReference, 5)];
    world
        .finance(BANK_A, 1, strict(&[1]).loose(&order))
        .unwrap();
    let waived = strict(&[2]).loose(&order).waive(&[Rule::OrderReference]);
    world.finance(BANK_B, 2, waived).unwrap();
    let height = world.tip.height;
    let taken = |world: &World, rule, number| -> Vec<_> {
        let takers = world.log.takers(print(rule, number), height);
        takers
            .map(|taken| (taken.record, taken.bank, taken.life))
            .collect()
    };
    let financed = Life::Financed;
    assert_eq!(taken(&world, Rule::Strict, 1), [(id(1), BANK_A, financed)]);
    assert_eq!(taken(&world, Rule::OrderReference, 5).len(), 2);
    assert!(taken(&world, Rule::Strict, 3).is_empty());
    world.release(BANK_A, 1, Repaid).unwrap();
    world.release(BANK_B, 2, Mistaken).unwrap();
    assert_eq!(
        taken(&world, Rule::Strict, 1),
        [(id(1), BANK_A, Life::Repaid)]
    );
    assert!(taken(&world, Rule::Strict, 2).is_empty());
    assert_eq!(world.financing(1).unwrap().stage, Stage::Released(Repaid));
}

#[test]
fn a_record_never_comes_back_with_other_fingerprints() {
    let mut world = world();
    world.finance(BANK_A, 1, strict(&[1])).unwrap();
    world.release(BANK_A, 1, Withdrawn).unwrap();
    let other = world.finance(BANK_A, 1, strict(&[2]));
    assert_eq!(other, Err(Refusal::WrongProof));
}
