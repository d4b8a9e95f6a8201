//! Validators answer a blinded set; the first `t` answers of one epoch complete it. Later answers
//! are taken too, as they show who did its duty, and change nothing else.

use sealane_types::receipt::{Done, Refusal};
use sealane_types::sharing::FingerprintKey;

use super::At;
use crate::effects::Effect;
use crate::protocol::combine;
use crate::state::{Answers, BlindedSet, Completed, Few, Key, Overlay, Share, StateExt, StateRead};
use crate::verified::VerifiedAnswer;

pub(super) fn execute(
    state: &mut Overlay<'_>,
    effects: &mut Vec<Effect>,
    at: At,
    answer: &VerifiedAnswer,
) -> Result<Done, Refusal> {
    let record = &answer.record;
    let set: Option<BlindedSet> = state.read(&Key::blinded_set(record));
    let set = set.ok_or(Refusal::NotPresented)?;
    let key: Option<FingerprintKey> = state.read(&Key::fingerprint_key(answer.epoch));
    let holder = key
        .as_ref()
        .and_then(|key| key.holder(answer.index).map(|holder| (key, holder)));
    let (key, holder) = holder.ok_or(Refusal::NotAShareHolder)?;
    if holder.validator != at.signer {
        return Err(Refusal::NotAShareHolder);
    }
    let answers_key = Key::answers(record, answer.epoch);
    let mut answers: Answers = state.read(&answers_key).unwrap_or_default();
    if answers.has(answer.index) {
        return Err(Refusal::AlreadyAnswered);
    }
    answers.mark(answer.index);
    let mut completed = false;
    if state.get(&Key::completed(record)).is_none() {
        answers.shares.push(Share {
            index: answer.index,
            points: Few(answer.points.clone()),
        });
        completed = answers.shares.len() == usize::from(key.threshold);
        if completed {
            let points = Few(combine(at.chain, record, &set, key, &answers.shares));
            let epoch = answer.epoch;
            state.put(Key::completed(record), &Completed { epoch, points });
            answers.shares.clear();
            effects.push(Effect::SetCompleted { record: *record });
        }
    }
    state.put(answers_key, &answers);
    Ok(Done::Answered { completed })
}
