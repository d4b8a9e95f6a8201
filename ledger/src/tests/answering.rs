//! Validators' answers.

use sealane_types::ids::{Epoch, RecordId};
use sealane_types::receipt::{Done, Refusal};

use super::world::*;
use crate::effects::Effect;
use crate::state::{Answers, Completed, Key};

fn presented(threshold: u16) -> World {
    let mut world = World::with_threshold(threshold);
    world.seal(BANK_A, 1, None).unwrap();
    world.present(BANK_A, 1).unwrap();
    world
}

fn completed(world: &World, record: RecordId) -> Option<Completed> {
    world.read(&Key::completed(&record))
}

#[test]
fn the_first_t_answers_complete_a_set_and_later_ones_are_noted() {
    let mut world = presented(3);
    let more = Ok(Done::Answered { completed: false });
    assert_eq!(world.answer(4, 1), more);
    assert_eq!(world.answer(2, 1), more);
    assert_eq!(completed(&world, id(1)), None);
    assert_eq!(world.answer(1, 1), Ok(Done::Answered { completed: true }));
    let effect = Effect::SetCompleted { record: id(1) };
    assert_eq!(world.effects, [effect]);
    let set = completed(&world, id(1)).unwrap();
    assert_eq!((set.epoch, set.points.0.len()), (Epoch(1), mask().count()));
    assert_eq!(world.answer(3, 1), more, "late, and only noted");
    assert_eq!(completed(&world, id(1)), Some(set));
    let answers: Answers = world.read(&Key::answers(&id(1), Epoch(1))).unwrap();
    assert_eq!(answers.answered, 0b1111);
    assert!(answers.shares.is_empty(), "what is combined is not kept");
}

#[test]
fn a_share_answers_once_by_its_holder_in_its_epoch() {
    let mut world = presented(3);
    world.answer(2, 1).unwrap();
    assert_eq!(world.answer(2, 1), Err(Refusal::AlreadyAnswered));
    let not_holder = Err(Refusal::NotAShareHolder);
    let others = world.send(VALIDATORS[0], 1, answering(1, 1, 3));
    assert_eq!(others, not_holder, "another validator's share");
    assert_eq!(world.send(BANK_A, 1, answering(1, 1, 1)), not_holder);
    let no_epoch = world.send(VALIDATORS[0], 1, answering(1, 2, 1));
    assert_eq!(no_epoch, not_holder);
    let no_share = world.send(VALIDATORS[0], 1, answering(1, 1, 5));
    assert_eq!(no_share, not_holder);
    world.seal(BANK_A, 2, None).unwrap();
    assert_eq!(world.answer(1, 2), Err(Refusal::NotPresented));
}

#[test]
fn a_wrong_answer_names_its_share_and_the_share_can_still_answer() {
    let mut world = presented(1);
    let mut wrong = world.verified(VALIDATORS[2], 1, answering(1, 1, 3));
    let share = sealane_types::ids::ShareIndex(3);
    wrong.action = Err(Refusal::WrongAnswer { share });
    world.block(vec![wrong]);
    let record = id(1);
    assert_eq!(world.effects, [Effect::WrongAnswer { record, share }]);
    assert_eq!(world.answer(3, 1), Ok(Done::Answered { completed: true }));
}
