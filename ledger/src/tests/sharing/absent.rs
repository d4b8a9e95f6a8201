//! Holders that are away, and what is done to them meanwhile: an epoch waits for all of its holders.

use sealane_types::alias::Standing;

use super::*;
use crate::sharing::{DAY, newest};
use crate::tests::governing::agree;

/// The old epoch's first three have dealt to all four; the second dealt the third a bad share, which is away.
fn dealt_badly_to_an_absent_holder() -> Net {
    let mut net = Net::with_key();
    net.reshare(&VALIDATORS);
    net.register_all();
    assert_eq!(deal_badly(&mut net, V2, V3), DEALT);
    for dealer in [V1, V4] {
        assert_eq!(net.deal(dealer), DEALT);
    }
    for holder in [V1, V2, V4] {
        assert_eq!(net.confirm(holder), confirmed(false));
    }
    net
}

/// With the epoch present after three confirmations and 40 s, everybody would erase the old shares. Once the second
/// holder is silent then, the first and the fourth are all that have a share, and three are needed.
#[test]
fn a_bad_share_for_a_holder_that_is_away_does_not_cost_the_key() {
    let mut net = dealt_badly_to_an_absent_holder();
    let before = net.present().unwrap();
    net.world.wait(40_000);
    net.block(Vec::new());
    assert_eq!(net.present().unwrap(), before, "the old shares answer");
    assert_eq!(net.complain(V3, V2), Outcome::Done(Done::Complained));
    assert_eq!(net.round().confirmed(), 0, "another share for everybody");
    assert_eq!(net.deal(V3), DEALT);
    for (at, holder) in [V2, V1, V3, V4].into_iter().enumerate() {
        assert_eq!(net.confirm(holder), confirmed(at == 3));
    }
    net.present_document(1);
    for (at, holder) in [V1, V3, V4].into_iter().enumerate() {
        let done = net.answer(holder, 2, 1);
        let completed = at == 2;
        assert_eq!(done, Outcome::Done(Done::Answered { completed }));
    }
    assert_eq!(net.present().unwrap().public, before.public);
}

fn suspend(net: &mut Net, alias: AliasId) {
    agree(&mut net.world, Change::SetPower { alias, power: 0 });
    let standing = Standing::Suspended;
    agree(&mut net.world, Change::SetStanding { alias, standing });
}

#[test]
fn a_holder_that_never_confirms_is_suspended_and_the_key_passes_to_the_rest() {
    let mut net = dealt_badly_to_an_absent_holder();
    let before = net.present().unwrap();
    suspend(&mut net, V2);
    net.reshare(&[V1, V3, V4]);
    net.register_all();
    for dealer in [V1, V3, V4] {
        assert_eq!(net.deal(dealer), DEALT);
    }
    for (at, holder) in [V1, V3, V4].into_iter().enumerate() {
        assert_eq!(net.confirm(holder), confirmed(at == 2));
    }
    let present = net.present().unwrap();
    assert_eq!((present.epoch, present.threshold), (Epoch(3), 3));
    assert_eq!(present.public, before.public);
}

#[test]
fn a_round_that_is_not_complete_after_a_day_lapses_and_a_vote_begins_another() {
    let mut net = Net::with_key();
    net.reshare(&VALIDATORS);
    let begun = net.round().begun.unwrap();
    // blocks are a millisecond apart, and the last two came after the one whose end opened it
    assert_eq!(begun.0 + 2, net.world.tip.time.0);
    net.register_all();
    for dealer in [V1, V2, V4] {
        assert_eq!(net.deal(dealer), DEALT);
    }
    for holder in [V1, V2, V4] {
        assert_eq!(net.confirm(holder), confirmed(false));
    }
    let ends = BlockTime(begun.0 + DAY);
    assert_eq!(due(&net.world.state), Some(ends));
    net.world.tip.time = BlockTime(ends.0 - 2);
    net.block(Vec::new());
    assert!(!net.round().lapsed);
    let late = net.confirmation(V3);
    net.block(Vec::new());
    assert_eq!(open_round(&net.world.state), None, "by an empty block");
    assert!(newest(&net.world.state).unwrap().lapsed);
    assert_eq!(due(&net.world.state), None);
    assert_eq!(
        net.send(V3, Payload::Confirm(late)),
        refused(Refusal::NoRound)
    );
    assert_eq!(net.present().unwrap().epoch, Epoch(1));
    net.reshare(&VALIDATORS);
    assert_eq!(net.round().from, Some(Epoch(1)), "the old shares deal");
    net.finish();
    assert_eq!(net.present().unwrap().epoch, Epoch(3));
}

#[test]
fn a_confirmation_in_time_counts_until_the_day_is_over() {
    let mut net = Net::with_key();
    net.reshare(&VALIDATORS);
    let ends = net.round().ends().unwrap();
    net.register_all();
    for dealer in [V1, V2, V4] {
        assert_eq!(net.deal(dealer), DEALT);
    }
    for holder in [V1, V2, V4] {
        assert_eq!(net.confirm(holder), confirmed(false));
    }
    net.world.tip.time = BlockTime(ends.0 - 2);
    assert_eq!(net.confirm(V3), confirmed(true));
    net.world.wait(DAY);
    net.block(Vec::new());
    assert_eq!(net.present().unwrap().epoch, Epoch(2));
    assert!(!newest(&net.world.state).unwrap().lapsed);
}

/// Nodes of a new network may start days apart, and before all are there nothing is dealt.
#[test]
fn the_first_round_s_day_begins_with_the_last_key() {
    let mut net = Net::new();
    for holder in [V1, V2, V3] {
        let _ = net.register(holder);
        net.world.wait(3 * DAY);
    }
    assert_eq!(due(&net.world.state), None);
    assert_eq!(net.register(V4), Outcome::Done(Done::ShareKeyRegistered));
    let round = net.round();
    assert_eq!((round.begun, round.lapsed), (round.ready, false));
    net.world.wait(DAY);
    net.block(Vec::new());
    assert_eq!(open_round(&net.world.state), None);
    net.reshare(&VALIDATORS);
    assert_eq!(net.round().from, None, "no key stands: generated");
    net.finish();
}
