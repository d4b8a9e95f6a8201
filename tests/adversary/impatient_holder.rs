//! A bank that moves what another bank holds.

use sealane_types::fingerprint::Rule;
use sealane_types::transaction::{Release, ReleaseReason};

use super::*;

const REASONS: [ReleaseReason; 3] = [
    ReleaseReason::Repaid,
    ReleaseReason::Withdrawn,
    ReleaseReason::Mistaken,
];

fn release(
    chain: &mut Chain<'_>,
    bank: AliasId,
    deal: &Deal,
    reason: ReleaseReason,
) -> Result<Done, Refusal> {
    chain.send(
        bank,
        Payload::Release(Release {
            record: deal.id(),
            reason,
        }),
    )
}

#[test]
fn only_the_holder_releases() {
    let mut chain = chain();
    let own = deal(A, 0);
    ready(&mut chain, &own);
    assert_eq!(
        release(&mut chain, A, &own, ReleaseReason::Withdrawn),
        Err(Refusal::NotFinanced)
    );
    assert_eq!(finance(&mut chain, &own), FINANCED);
    for reason in REASONS {
        assert_eq!(
            release(&mut chain, B, &own, reason),
            Err(Refusal::NotTheHolder)
        );
    }
    assert_eq!(
        release(&mut chain, A, &own, ReleaseReason::Repaid),
        Ok(Done::Released(ReleaseReason::Repaid))
    );
    for reason in REASONS {
        assert_eq!(
            release(&mut chain, A, &own, reason),
            Err(Refusal::NotFinanced),
            "ended for good"
        );
    }
    assert_eq!(
        finance(&mut chain, &own),
        Err(Refusal::AlreadyFinanced),
        "repaid is final"
    );
}

#[test]
fn another_banks_answered_record_is_not_financed() {
    let mut chain = chain();
    let own = deal(A, 0);
    ready(&mut chain, &own);
    let of_a = chain.finance(A, &own.id());
    // B saw A's transaction before it was in a block, and is quicker
    let stolen = chain.send(B, Payload::Finance(of_a.clone()));
    assert_eq!(stolen, Err(Refusal::WrongProof), "the proof names the bank");
    assert_eq!(chain.send(A, Payload::Finance(of_a)), FINANCED);
}

#[test]
fn a_hold_shuts_others_out_until_it_ends() {
    let mut chain = chain();
    let (of_a, of_b) = (deal(A, 0), deal(B, 0));
    ready(&mut chain, &of_a);
    ready(&mut chain, &of_b);
    let mut hold = chain.finance(A, &of_a.id());
    let until = sealane_types::ids::Height(chain.tip.height.0 + 4);
    hold.hold_until = Some(until);
    assert_eq!(
        chain.send(A, Payload::Finance(hold.clone())),
        Ok(Done::Held { until })
    );
    let held = Refusal::Duplicate { rule: Rule::Strict };
    assert_eq!(finance(&mut chain, &of_b), Err(held));
    assert_eq!(
        chain.send(A, Payload::Finance(hold.clone())),
        Err(Refusal::AlreadyHeld { until }),
        "no second hold"
    );
    assert_eq!(chain.tip.height.next(), until);
    assert_eq!(
        finance(&mut chain, &of_b),
        FINANCED,
        "it ended at its height"
    );
    hold.hold_until = None;
    let late = chain.send(A, Payload::Finance(hold));
    assert!(matches!(late, Err(Refusal::Duplicate { .. })), "{late:?}");
}

#[test]
fn a_financing_before_the_answers_is_refused() {
    let mut chain = chain();
    let (own, other) = (deal(A, 0), deal(A, 1));
    ready(&mut chain, &other);
    let borrowed = chain.finance(A, &other.id());
    let early = sealane_types::transaction::Finance {
        record: own.id(),
        ..borrowed
    };
    let send = |chain: &mut Chain<'_>| chain.send(A, Payload::Finance(early.clone()));
    assert_eq!(send(&mut chain), Err(Refusal::UnknownRecord));
    chain.send(A, own.seal()).unwrap();
    assert_eq!(send(&mut chain), Err(Refusal::NotPresented));
    chain.send(A, own.present()).unwrap();
    assert_eq!(send(&mut chain), Err(Refusal::NotAnswered));
}
