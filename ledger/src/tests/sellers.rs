//! Under whose alias a document is presented and financed, and what a hit by name means.

use sealane_crypto::keys::Place;
use sealane_types::alias::{RegisterAlias, Role, SetStanding, Standing};
use sealane_types::fingerprint::Rule;
use sealane_types::ids::{AliasId, FieldBytes};
use sealane_types::receipt::{Done, Refusal};
use sealane_types::transaction::ReleaseReason;

use super::members::{ACME, possession, register};
use super::world::*;
use crate::state::MAX_LOOSE_RECORDS;
use crate::verified::Action;

const FINANCED: Result<Done, Refusal> = Ok(Done::Financed { took_over: None });

/// A record of `sealer` with the set of a document whose seller is `alias`, answered.
fn answered(world: &mut World, sealer: AliasId, record: u8, alias: AliasId) {
    world.seal(sealer, record, None).unwrap();
    world
        .send(sealer, record, presenting(record, alias))
        .unwrap();
    world.answer(1, record).unwrap();
}

#[test]
fn a_bank_finances_under_the_sealers_alias_its_customers_or_one_that_has_signed() {
    let mut world = World::new();
    answered(&mut world, CUSTOMER, 1, CUSTOMER);
    let bought = world.finance(BANK_B, 1, strict(&[1]));
    assert_eq!(bought, FINANCED, "the seller sealed it itself");
    answered(&mut world, BANK_A, 2, CUSTOMER);
    let own = world.finance(BANK_A, 2, strict(&[2]));
    assert_eq!(own, FINANCED, "the bank's own customer");
    answered(&mut world, BANK_B, 3, CUSTOMER);
    let foreign = world.finance(BANK_B, 3, strict(&[3]));
    assert_eq!(foreign, Err(Refusal::NoConsent), "a stranger's customer");
    let consented = world.finance(BANK_B, 3, strict(&[3]).consented());
    assert_eq!(consented, FINANCED);
}

#[test]
fn nothing_is_presented_or_financed_under_an_alias_that_nobody_vouches_for() {
    let mut world = World::new();
    register(&mut world, BANK_A, ACME).unwrap();
    world.seal(BANK_A, 1, None).unwrap();
    let unknown = AliasId::new([77; 32]);
    for alias in [unknown, VALIDATORS[0]] {
        let refused = world.send(BANK_A, 1, presenting(1, alias));
        assert_eq!(refused, Err(Refusal::NotVouchedFor));
    }
    let set = |standing| {
        let alias = ACME;
        Action::SetStanding(SetStanding { alias, standing })
    };
    let suspended = Err(Refusal::NotVouchedFor);
    world.send(BANK_A, 0, set(Standing::Suspended)).unwrap();
    assert_eq!(world.send(BANK_A, 1, presenting(1, ACME)), suspended);
    world.send(BANK_A, 0, set(Standing::Active)).unwrap();
    world.send(BANK_A, 1, presenting(1, ACME)).unwrap();
    world.answer(1, 1).unwrap();
    world.send(BANK_A, 0, set(Standing::Suspended)).unwrap();
    assert_eq!(world.finance(BANK_A, 1, strict(&[1])), suspended);
    world.send(BANK_A, 0, set(Standing::Active)).unwrap();
    assert_eq!(world.finance(BANK_A, 1, strict(&[1])), FINANCED);
}

#[test]
fn whom_a_bank_only_asks_about_is_presented_seals_nothing_and_is_not_financed() {
    let mut world = World::new();
    let asked = RegisterAlias {
        alias: ACME,
        role: Role::Asked,
        key: signing_key(&ACME).public(),
        possession: possession(&world, ACME, None),
        commitment: FieldBytes::new([5; 32]),
        until: None,
    };
    world.send(BANK_A, 0, Action::Register(asked)).unwrap();
    let mut header = world.header(ACME, None);
    header.bank = BANK_A;
    let role = Role::Asked;
    let sealed = world.send(ACME, 9, sealing(9, header));
    assert_eq!(sealed, Err(Refusal::RoleForbids { role }));
    answered(&mut world, BANK_A, 1, ACME);
    for wanted in [strict(&[1]), strict(&[1]).consented()] {
        let refused = world.finance(BANK_A, 1, wanted);
        assert_eq!(refused, Err(Refusal::OnlyAsked));
    }
}

#[test]
fn a_blinding_serves_one_set() {
    let mut world = World::new();
    answered(&mut world, BANK_A, 1, CUSTOMER);
    world.seal(BANK_A, 2, None).unwrap();
    let Action::Present(mut again) = presenting(2, CUSTOMER) else {
        unreachable!("a presentation")
    };
    again.blinding = point(1001);
    let refused = world.send(BANK_A, 2, Action::Present(again));
    assert_eq!(refused, Err(Refusal::RepeatedBlinding));
    assert_eq!(world.present(BANK_A, 2), Ok(Done::Presented));
}

#[test]
fn nothing_is_presented_before_the_slot_keys_stand() {
    let mut world = World::without_key();
    world.seal(BANK_A, 1, None).unwrap();
    assert_eq!(world.present(BANK_A, 1), Err(Refusal::NoSlotKeys));
}

/// A financing with the name's fingerprint of this number.
fn named(number: u8, name: u8) -> Wanted {
    strict(&[number]).loose(&[(Rule::NameNumberAmount, name)])
}

fn waived(number: u8, name: u8) -> Wanted {
    named(number, name).waive(&[Rule::NameNumberAmount])
}

#[test]
fn a_hit_by_name_is_waived_only_where_the_wanted_document_has_an_identifier_of_its_seller() {
    for mask in strict_names() {
        let mut world = World::new();
        world.ready(BANK_A, 1, None);
        world.finance(BANK_A, 1, named(1, 1)).unwrap();
        world.ready(BANK_B, 2, None);
        assert_eq!(world.finance(BANK_B, 2, waived(2, 1)), FINANCED);
        world.ready_under(BANK_B, 3, None, mask);
        let refused = world.finance(BANK_B, 3, waived(3, 1));
        assert_eq!(refused, Err(Refusal::SameName), "no waiver helps");
        assert_eq!(world.finance(BANK_B, 3, named(3, 2)), FINANCED);
    }
}

/// What the earlier set says of its name refuses nobody for good: anybody could make such a set of another's document. It is
/// an alert, which a bank waives with its reason, and the log says whom to ask first.
#[test]
fn a_hit_by_name_alerts_where_the_earlier_document_alone_shows_no_identifier() {
    for mask in strict_names() {
        let mut world = World::new();
        world.ready_under(BANK_B, 1, None, mask);
        world.finance(BANK_B, 1, named(1, 1)).unwrap();
        world.ready(BANK_A, 2, None);
        let foretold = world.foretold(BANK_A, 2, &named(2, 1)).unwrap();
        let taken = foretold.taken.expect("whom to ask");
        assert_eq!((taken.record, taken.bank), (id(1), BANK_B));
        let rules = vec![Rule::NameNumberAmount];
        let alerted = world.finance(BANK_A, 2, named(2, 1));
        assert_eq!(alerted, Err(Refusal::Alert { rules }));
        world.release(BANK_B, 1, ReleaseReason::Repaid).unwrap();
        assert_eq!(world.finance(BANK_A, 2, waived(2, 1)), FINANCED);
    }
}

/// Whom to ask is known while another record has the earlier document's financing. Of documents that show their identifiers
/// the alert names nobody: their strict fingerprints would have met.
#[test]
fn whom_a_hit_by_name_asks_is_known_when_the_earlier_document_is_taken_over() {
    let [_, lacking] = strict_names();
    for (first, asks) in [(lacking, true), (mask(), false)] {
        let mut world = World::new();
        world.ready_under(BANK_B, 1, None, first);
        world.finance(BANK_B, 1, named(1, 1)).unwrap();
        world.ready(BANK_B, 2, Some(1));
        let took_over = Some(id(1));
        let taken = world.finance(BANK_B, 2, named(1, 1));
        assert_eq!(taken, Ok(Done::Financed { took_over }));
        world.ready(BANK_A, 3, None);
        let foretold = world.foretold(BANK_A, 3, &named(3, 1)).unwrap();
        let asked = foretold.taken.map(|taken| taken.record);
        assert_eq!(asked, asks.then_some(id(2)));
    }
}

#[test]
fn takers_of_a_name_that_are_not_named_any_more_alert_and_are_waived() {
    let mut world = World::new();
    let many = MAX_LOOSE_RECORDS as u8 + 1;
    for record in 1..=many {
        world.wait(DAY);
        world.ready(BANK_A, record, None);
        let done = world.finance(BANK_A, record, waived(record, 1));
        assert_eq!(done, FINANCED);
    }
    for record in 1..=many {
        let reason = ReleaseReason::Withdrawn;
        world.release(BANK_A, record, reason).unwrap();
    }
    let [nameless, _] = strict_names();
    world.ready_under(BANK_B, 100, None, nameless);
    let rules = vec![Rule::NameNumberAmount];
    let alerted = world.finance(BANK_B, 100, named(100, 1));
    assert_eq!(alerted, Err(Refusal::Alert { rules }));
    assert_eq!(world.finance(BANK_B, 100, waived(100, 1)), FINANCED);
}

fn open_field(world: &mut World, record: u8, place: Place) {
    let action = Action::OpenField {
        record: id(record),
        place: place.bytes(),
    };
    world.send(BANK_B, record, action).unwrap();
}

#[test]
fn a_record_with_a_wrongly_sealed_field_under_its_fingerprints_is_not_presented() {
    let mut world = World::new();
    let first_line = Place::Line { line: 0, slot: 0 };
    let places = (0..32).map(Place::Header);
    let places = places.chain([first_line, Place::LineCount]);
    for (record, place) in (1..).zip(places) {
        world.wait(DAY);
        world.seal(BANK_A, record, None).unwrap();
        open_field(&mut world, record, place);
        let expected = match place {
            Place::Header(0 | 1 | 2 | 3 | 4 | 6 | 9 | 10 | 11) => Err(Refusal::SealedWrongly),
            _ => Ok(Done::Presented),
        };
        assert_eq!(world.present(BANK_A, record), expected, "{place}");
    }
}

#[test]
fn a_record_whose_wrong_field_shows_after_it_was_presented_or_held_is_not_financed() {
    let mut world = World::new();
    let number = Place::Header(0);
    world.ready(BANK_A, 1, None);
    open_field(&mut world, 1, Place::Header(7));
    let until = world.height() + 9;
    let held = world.finance(BANK_A, 1, strict(&[1]).hold(until));
    assert!(held.is_ok(), "the buyer's name is in no fingerprint");
    open_field(&mut world, 1, number);
    let refused = Err(Refusal::SealedWrongly);
    assert_eq!(world.finance(BANK_A, 1, strict(&[1])), refused);
    world.ready(BANK_A, 3, Some(1));
    let took_over = Some(id(1));
    let done = world.finance(BANK_A, 3, strict(&[1]));
    assert_eq!(done, Ok(Done::Financed { took_over }), "sealed anew");
    world.ready(BANK_B, 2, None);
    open_field(&mut world, 2, number);
    assert_eq!(world.finance(BANK_B, 2, strict(&[2])), refused);
}
