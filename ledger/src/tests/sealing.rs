//! Sealing, presenting.

use sealane_types::alias::Role;
use sealane_types::receipt::{Done, Refusal};
use sealane_types::schema::Kind;

use super::world::*;
use crate::effects::Effect;
use crate::state::{Key, RecordEntry};

#[test]
fn a_record_is_sealed_once_by_the_sealer_it_names() {
    let mut world = World::new();
    assert_eq!(world.seal(BANK_A, 1, None), Ok(Done::Sealed));
    assert_eq!(world.effects, [Effect::RecordSealed { record: id(1) }]);
    assert_eq!(world.seal(BANK_A, 1, None), Err(Refusal::RecordExists));
    assert_eq!(world.seal(CUSTOMER, 2, None), Ok(Done::Sealed));
    let entry: RecordEntry = world.read(&Key::record(&id(2))).unwrap();
    assert_eq!((entry.sealer, entry.bank), (CUSTOMER, BANK_A));

    let foreign = world.header(BANK_A, None);
    let refused = world.send(BANK_B, 3, sealing(3, foreign));
    assert_eq!(refused, Err(Refusal::NotTheSealer));
    let mut other_bank = world.header(CUSTOMER, None);
    other_bank.bank = BANK_B;
    let refused = world.send(CUSTOMER, 3, sealing(3, other_bank));
    assert_eq!(refused, Err(Refusal::NotTheSealer));
    let mut of_node = world.header(VALIDATORS[0], None);
    of_node.bank = BANK_A;
    let refused = world.send(VALIDATORS[0], 3, sealing(3, of_node));
    assert_eq!(
        refused,
        Err(Refusal::RoleForbids {
            role: Role::Validator
        }),
        "validators seal nothing"
    );
}

#[test]
fn a_record_replaces_an_unreplaced_one_of_its_sealer() {
    let mut world = World::new();
    world.seal(BANK_A, 1, None).unwrap();
    assert_eq!(world.seal(BANK_A, 2, Some(9)), Err(Refusal::UnknownRecord));
    assert_eq!(world.seal(BANK_B, 2, Some(1)), Err(Refusal::CannotReplace));
    assert_eq!(
        world.seal(CUSTOMER, 2, Some(1)),
        Err(Refusal::CannotReplace)
    );
    let mut other_kind = world.header(BANK_A, Some(1));
    other_kind.kind = Kind::Order;
    let refused = world.send(BANK_A, 2, sealing(2, other_kind));
    assert_eq!(refused, Err(Refusal::CannotReplace));
    assert_eq!(world.seal(BANK_A, 2, Some(1)), Ok(Done::Sealed));
    let again = world.seal(BANK_A, 3, Some(1));
    assert_eq!(again, Err(Refusal::AlreadyReplaced { by: id(2) }));
    assert_eq!(world.seal(BANK_A, 3, Some(2)), Ok(Done::Sealed));
    let entry: RecordEntry = world.read(&Key::record(&id(3))).unwrap();
    assert_eq!(entry.first_of_line, id(1));
}

#[test]
fn a_record_presents_one_set_by_its_sealer_or_its_bank() {
    let mut world = World::new();
    assert_eq!(world.present(BANK_A, 1), Err(Refusal::UnknownRecord));
    world.seal(CUSTOMER, 1, None).unwrap();
    assert_eq!(world.present(BANK_B, 1), Err(Refusal::NotTheSealer));
    assert_eq!(world.present(BANK_A, 1), Ok(Done::Presented));
    let finalised = Effect::BlindedSetFinalised { record: id(1) };
    assert_eq!(world.effects, [finalised]);
    assert_eq!(world.present(CUSTOMER, 1), Err(Refusal::AlreadyPresented));

    let mut order = world.header(BANK_A, None);
    order.kind = Kind::CreditNote;
    world.send(BANK_A, 2, sealing(2, order)).unwrap();
    assert_eq!(world.present(BANK_A, 2), Err(Refusal::NotFinanceable));
}
