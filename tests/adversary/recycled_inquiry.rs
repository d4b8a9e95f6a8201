//! A bank that searches for a document by guessing: it finances each wrong guess, so that its inquiry comes back, and
//! ends that financing at once.

use sealane_ledger::state::Key;
use sealane_types::encoding::Encode as _;
use sealane_types::genesis::Parameters;
use sealane_types::transaction::{Release, ReleaseReason};

use super::*;

/// A chain whose banks have so many inquiries a day.
fn with_inquiries(inquiries_per_day: u32) -> Chain<'static> {
    let mut chain = chain();
    let now: Parameters = chain.read(&Key::parameters()).unwrap();
    let parameters = Parameters {
        inquiries_per_day,
        ..now
    };
    chain.state.insert(Key::parameters(), parameters.to_bytes());
    chain
}

fn mistaken(chain: &mut Chain<'_>, deal: &Deal) {
    let release = Release {
        record: deal.id(),
        reason: ReleaseReason::Mistaken,
    };
    let released = chain.send(deal.bank, Payload::Release(release));
    assert_eq!(released, Ok(Done::Released(ReleaseReason::Mistaken)));
}

/// Five wrong guesses and the right one, with two inquiries a day: the third is refused.
#[test]
fn an_inquiry_that_was_financed_and_released_is_spent() {
    let mut chain = with_inquiries(2);
    let target = deal(B, 5);
    ready(&mut chain, &target);
    assert_eq!(finance(&mut chain, &target), FINANCED);

    let mut guessed = Vec::new();
    for number in 0..=5 {
        let guess = deal(A, number);
        assert_eq!(chain.send(A, guess.seal()), Ok(Done::Sealed));
        match chain.send(A, guess.present()) {
            Ok(Done::Presented) => chain.answer(&guess.id()),
            refused => {
                assert_eq!(refused, Err(Refusal::QuotaUsedUp { quota: 2 }));
                continue;
            }
        }
        guessed.push(number);
        if finance(&mut chain, &guess) == FINANCED {
            mistaken(&mut chain, &guess);
        }
    }
    assert_eq!(
        guessed,
        [0, 1],
        "two guesses, and none of them is the right one"
    );
}
