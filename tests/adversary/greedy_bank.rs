//! A bank that guesses: a second set for one record, and more inquiries than its quota.

use sealane_tests::chain::QUOTA;

use super::*;

#[test]
fn a_record_has_one_guess() {
    let mut chain = chain();
    let own = deal(A, 0);
    ready(&mut chain, &own);
    assert_eq!(chain.send(A, own.present()), Err(Refusal::AlreadyPresented));
    assert_eq!(finance(&mut chain, &own), FINANCED);
    assert_eq!(
        chain.send(A, own.present()),
        Err(Refusal::AlreadyPresented),
        "nor after financing"
    );
}

#[test]
fn guesses_are_counted_and_financing_gives_one_back() {
    let mut chain = chain();
    let deals: Vec<Deal> = (0..=QUOTA).map(|number| deal(A, number)).collect();
    for deal in &deals {
        assert_eq!(
            chain.send(A, deal.seal()),
            Ok(Done::Sealed),
            "sealing is free"
        );
    }
    let (last, others) = deals.split_last().unwrap();
    for deal in others {
        assert_eq!(chain.send(A, deal.present()), Ok(Done::Presented));
    }
    let used_up = Err(Refusal::QuotaUsedUp { quota: QUOTA });
    assert_eq!(chain.send(A, last.present()), used_up);
    let of_b = deal(B, QUOTA);
    ready(&mut chain, &of_b);

    chain.answer(&others[0].id());
    assert_eq!(finance(&mut chain, &others[0]), FINANCED);
    assert_eq!(
        chain.send(A, last.present()),
        Ok(Done::Presented),
        "the financed one came back"
    );
    let release = sealane_types::transaction::Release {
        record: others[0].id(),
        reason: sealane_types::transaction::ReleaseReason::Withdrawn,
    };
    chain.send(A, Payload::Release(release)).unwrap();
    assert_eq!(finance(&mut chain, &others[0]), FINANCED, "financed again");
    let one_more = deal(A, QUOTA + 1);
    chain.send(A, one_more.seal()).unwrap();
    assert_eq!(
        chain.send(A, one_more.present()),
        used_up,
        "nothing comes back twice"
    );
    chain.tip.time.0 += 86_400_000;
    assert_eq!(
        chain.send(A, one_more.present()),
        Ok(Done::Presented),
        "the next day"
    );
}

/// In one block, so that the state before it has room for all.
#[test]
fn the_quota_holds_within_a_block() {
    let mut chain = chain();
    let deals: Vec<Deal> = (0..QUOTA + 2).map(|number| deal(A, number)).collect();
    let seals = (0..)
        .zip(&deals)
        .map(|(before, deal)| chain.sign_after(before, A, deal.seal()));
    let seals = seals.collect();
    chain.block(seals).unwrap();
    let presents = (0..)
        .zip(&deals)
        .map(|(before, deal)| chain.sign_after(before, A, deal.present()));
    let presents = presents.collect();
    let outcomes = chain.block(presents).unwrap();
    let taken = outcomes
        .iter()
        .filter(|outcome| **outcome == sealane_types::receipt::Outcome::Done(Done::Presented));
    assert_eq!(taken.count(), QUOTA as usize);
}
