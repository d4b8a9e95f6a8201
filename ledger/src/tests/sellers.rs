//! Under whose alias a document is presented and financed, and what a hit by name means.

use sealane_types::alias::{RegisterAlias, Role, SetStanding, Standing};
use sealane_types::fingerprint::{Mask, Rule};
use sealane_types::ids::{AliasId, FieldBytes};
use sealane_types::receipt::{Done, Refusal};

use super::members::{ACME, possession, register};
use super::world::*;
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

#[test]
fn a_hit_by_name_is_waived_only_where_an_identifier_tells_sellers_apart() {
    let name = [(Rule::NameNumberAmount, 1)];
    let waived = |number| {
        let wanted = strict(&[number]).loose(&name);
        wanted.waive(&[Rule::NameNumberAmount])
    };
    let mut world = World::new();
    world.ready(BANK_A, 1, None);
    world.finance(BANK_A, 1, strict(&[1]).loose(&name)).unwrap();
    world.ready(BANK_B, 2, None);
    assert_eq!(world.finance(BANK_B, 2, waived(2)), FINANCED);
    world.seal(BANK_B, 3, None).unwrap();
    let nameless = Mask::new(Mask::ALWAYS).unwrap();
    let set = presenting_slots(3, BANK_B, nameless);
    world.send(BANK_B, 3, set).unwrap();
    let Action::Answer(mut answer) = answering(3, 1, 1) else {
        unreachable!("an answer")
    };
    answer.points.truncate(nameless.count());
    let answer = Action::Answer(answer);
    world.send(VALIDATORS[0], 3, answer).unwrap();
    let refused = world.finance(BANK_B, 3, waived(3));
    assert_eq!(refused, Err(Refusal::SameName), "no waiver helps");
    let other = strict(&[3]).loose(&[(Rule::NameNumberAmount, 2)]);
    assert_eq!(world.finance(BANK_B, 3, other), FINANCED);
}
