//! A validator that answers wrongly, for another, or about another record: it is named, and the
//! others' answers complete the set.

use sealane_ledger::Effect;
use sealane_tests::chain::validator;
use sealane_tests::deals;
use sealane_types::ids::{Epoch, PointBytes, ShareIndex};
use sealane_types::transaction::Answer;

use super::*;

fn send(chain: &mut Chain<'_>, number: u8, answer: Answer) -> Result<Done, Refusal> {
    chain.send(validator(number), Payload::Answer(answer))
}

/// Three of four shares are needed; share 2 lies in every way it can.
#[test]
fn a_wrong_answer_names_its_validator_and_stops_nobody() {
    let mut chain = Chain::shared(&PROOFS, 3, 4);
    let own = deals::deal(chain.tip.chain, A, &Invoice::new("INV-ANSWERED"));
    chain.send(A, own.seal()).unwrap();
    chain.send(A, own.present()).unwrap();
    let record = own.id();
    let honest =
        |chain: &Chain<'_>, at: usize| chain.shares[at].answer(&chain.question(&record)).unwrap();
    let answer = honest(&chain, 0);
    assert_eq!(
        send(&mut chain, 0, answer),
        Ok(Done::Answered { completed: false })
    );

    let share = ShareIndex(2);
    let (right, others) = (honest(&chain, 1), honest(&chain, 2));
    for (what, lie) in lies(&right, &others) {
        assert_eq!(
            send(&mut chain, 1, lie),
            Err(Refusal::WrongAnswer { share }),
            "{what}"
        );
        assert_eq!(
            chain.effects,
            [Effect::WrongAnswer { record, share }],
            "{what}: the culprit is named"
        );
    }
    assert_eq!(
        send(&mut chain, 1, others.clone()),
        Err(Refusal::NotAShareHolder),
        "for another holder"
    );
    let elsewhen = Answer {
        epoch: Epoch(2),
        ..right.clone()
    };
    assert_eq!(
        send(&mut chain, 1, elsewhen),
        Err(Refusal::NotAShareHolder),
        "of an epoch that is not"
    );
    let nobody = Answer {
        index: ShareIndex(5),
        ..right.clone()
    };
    assert_eq!(
        send(&mut chain, 1, nobody),
        Err(Refusal::NotAShareHolder),
        "of a share that is not"
    );
    assert_eq!(
        chain.send(A, Payload::Answer(right)),
        Err(Refusal::NotAShareHolder),
        "a bank"
    );

    assert_eq!(
        send(&mut chain, 2, others.clone()),
        Ok(Done::Answered { completed: false })
    );
    assert_eq!(send(&mut chain, 2, others), Err(Refusal::AlreadyAnswered));
    let answer = honest(&chain, 3);
    assert_eq!(
        send(&mut chain, 3, answer),
        Ok(Done::Answered { completed: true })
    );
    let with_three = chain.answered(&record).encode();
    let answer = honest(&chain, 1);
    assert_eq!(
        send(&mut chain, 1, answer),
        Ok(Done::Answered { completed: false }),
        "late and right"
    );
    assert_eq!(
        chain.answered(&record).encode(),
        with_three,
        "a late answer changes nothing"
    );
    assert_eq!(finance(&mut chain, &own), FINANCED);
}

fn lies(right: &Answer, others: &Answer) -> Vec<(&'static str, Answer)> {
    let of = |change: &dyn Fn(&mut Answer)| {
        let mut lie = right.clone();
        change(&mut lie);
        lie
    };
    let mut lies = vec![
        (
            "another share's points",
            of(&|lie| lie.answers.clone_from(&others.answers)),
        ),
        (
            "one point of another share's",
            of(&|lie| lie.answers[0] = others.answers[0]),
        ),
        ("two points swapped", of(&|lie| lie.answers.swap(0, 1))),
        ("a point too few", of(&|lie| lie.answers.truncate(1))),
        ("another share's proof", of(&|lie| lie.proof = others.proof)),
        ("no points", of(&|lie| lie.answers.clear())),
    ];
    for (what, bytes) in super::forged_fingerprint::no_points(&right.answers[0]) {
        let lie = of(&|lie: &mut Answer| lie.answers[0] = PointBytes::new(*bytes.as_bytes()));
        lies.push((what, lie));
    }
    lies
}

#[test]
fn an_answer_about_another_record_is_wrong() {
    let mut chain = chain();
    let (own, other) = (deal(A, 0), deal(A, 1));
    for deal in [&own, &other] {
        chain.send(A, deal.seal()).unwrap();
        chain.send(A, deal.present()).unwrap();
    }
    let answer = chain.shares[0]
        .answer(&chain.question(&other.id()))
        .unwrap();
    let borrowed = Answer {
        record: own.id(),
        ..answer
    };
    let share = ShareIndex(1);
    assert_eq!(
        send(&mut chain, 0, borrowed),
        Err(Refusal::WrongAnswer { share })
    );
    chain.answer(&own.id());
    assert_eq!(finance(&mut chain, &own), FINANCED);
}
