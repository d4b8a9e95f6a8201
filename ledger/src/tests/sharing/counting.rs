//! What counts where it is close: few dealings, other holders than dealers, several steps in one block.

use super::*;
use crate::sharing::DAY;

const COMPLAINED: Outcome = Outcome::Done(Done::Complained);

fn qualified(net: &Net) -> Option<Vec<u16>> {
    let dealers = net.round().decided?.dealers;
    Some(dealers.iter().map(|one| one.0).collect())
}

/// Four holders, of whom `bad` deal the fourth a bad share, which it shows.
fn disqualified(bad: &[AliasId]) -> Net {
    let mut net = Net::new();
    net.register_all();
    for dealer in bad {
        assert_eq!(deal_badly(&mut net, *dealer, V4), DEALT);
        assert_eq!(net.complain(V4, *dealer), COMPLAINED);
    }
    net
}

#[test]
fn one_dealing_that_stands_gives_no_key_and_two_do() {
    let mut net = disqualified(&[V1, V2]);
    assert_eq!(net.deal(V3), DEALT);
    let ends = net.round().ends();
    assert_eq!(due(&net.world.state), ends, "three dealt, one stands");
    net.world.wait(WINDOW);
    net.block(Vec::new());
    assert_eq!(qualified(&net), None);
    assert_eq!(net.deal(V4), DEALT);
    assert_eq!(qualified(&net), Some(vec![3, 4]));
}

#[test]
fn who_is_disqualified_has_dealt_and_is_not_waited_for() {
    let mut net = disqualified(&[V2]);
    assert_eq!(net.deal(V1), DEALT);
    assert_eq!(net.deal(V3), DEALT);
    assert_eq!(qualified(&net), None, "the fourth has time yet");
    assert_eq!(net.deal(V4), DEALT);
    assert_eq!(qualified(&net), Some(vec![1, 3, 4]), "at once");
    // and once the time is over, three have dealt, though two stand
    let mut net = disqualified(&[V2]);
    assert_eq!(net.deal(V1), DEALT);
    assert_eq!(net.deal(V3), DEALT);
    net.world.wait(WINDOW);
    net.block(Vec::new());
    assert_eq!(qualified(&net), Some(vec![1, 3]));
}

#[test]
fn fewer_confirmations_than_all_make_no_epoch_present_however_late() {
    let mut net = Net::new();
    net.register_all();
    for dealer in VALIDATORS {
        assert_eq!(net.deal(dealer), DEALT);
    }
    for holder in [V1, V2, V4] {
        assert_eq!(net.confirm(holder), confirmed(false));
        net.world.wait(DAY / 4);
        net.block(Vec::new());
        assert_eq!(net.present(), None);
    }
    assert_eq!(due(&net.world.state), net.round().ends(), "three of four");
    assert_eq!(net.confirm(V3), confirmed(true));
}

#[test]
fn holders_and_dealers_of_a_resharing_are_told_apart() {
    let mut net = Net::with_key();
    net.open(&[V4, V2]);
    net.register_all();
    // the first dealer is no holder; the first holder is the fourth dealer
    assert_eq!(deal_badly(&mut net, V1, V4), DEALT);
    assert_eq!(net.complain(V4, V1), COMPLAINED);
    assert_eq!(net.blame(V1), [FaultKind::BadShare]);
    assert_eq!(net.blame(V4), []);
    assert_eq!(net.deal(V2), DEALT);
    let said = Complain {
        dealer: ShareIndex(2),
        ..net.complaint(V4, V2)
    };
    let of_dealer = net.send(V1, Payload::Complain(said));
    assert_eq!(of_dealer, refused(Refusal::NotInRound), "it has no share");
    assert_eq!(net.deal(V3), DEALT);
    assert_eq!(qualified(&net), None, "three of the old holders are needed");
    assert_eq!(net.deal(V4), DEALT);
    assert_eq!(qualified(&net), Some(vec![2, 3, 4]));
    assert_eq!(net.confirm(V4), confirmed(false));
    assert_eq!(net.confirm(V2), confirmed(true));
}

/// The first three of these deal; the last one chooses commitments that leave the first holder the identity.
fn deal_no_share(net: &mut Net, dealers: [AliasId; 3], last: AliasId) {
    net.register_all();
    for dealer in dealers {
        assert_eq!(net.deal(dealer), DEALT);
    }
    let sum = |points: &[PointBytes]| {
        let points = points.iter();
        let points = points.map(|point| Point::decode(point.as_bytes()).unwrap());
        points.fold(Point::identity(), |sum, point| sum + point)
    };
    let others = dealers.map(|dealer| sum(&net.dealt(dealer).commitments));
    let others = others
        .into_iter()
        .fold(Point::identity(), |sum, one| sum + one);
    let spoil = |dealing: &mut Dealing| {
        let own = sum(&[dealing.commitments[0], dealing.commitments[2]]);
        dealing.commitments[1] = PointBytes::new((-(others + own)).encode());
    };
    let deal = net.sharing().deal_spoilt(&last, None, &spoil).unwrap();
    assert_eq!(net.send(last, Payload::Deal(Box::new(deal))), DEALT);
}

/// The last dealer does not know its polynomial, and leaves an honest holder no share. That one's own dealing is set aside until it
/// has shown that its share of the last one does not fit.
#[test]
fn a_dealing_that_leaves_a_holder_no_share_is_shown_and_the_rest_give_a_key() {
    let mut net = Net::new();
    deal_no_share(&mut net, [V1, V2, V3], V4);
    assert_eq!(qualified(&net), Some(vec![2, 3, 4]));
    assert!(net.round().decided.unwrap().key.is_some());
    assert_eq!(net.complain(V1, V4), COMPLAINED);
    assert_eq!(qualified(&net), Some(vec![1, 2, 3]));
    for (at, holder) in VALIDATORS.into_iter().enumerate() {
        assert_eq!(net.confirm(holder), confirmed(at == 3));
    }
}

/// Who deals last knows what the others' dealings come to for itself, and can make its own share 0: then nobody could complain and
/// nobody confirm. Its own dealing is set aside, and the others give a key, round after round.
#[test]
fn who_makes_its_own_share_zero_stops_nothing() {
    let mut net = Net::new();
    deal_no_share(&mut net, [V2, V3, V4], V1);
    assert_eq!(qualified(&net), Some(vec![2, 3, 4]));
    for (at, holder) in VALIDATORS.into_iter().enumerate() {
        assert_eq!(net.confirm(holder), confirmed(at == 3));
    }
}

/// What comes after the last confirmation in one block comes too late.
#[test]
fn a_step_after_the_rounds_end_in_the_same_block_is_refused() {
    let late = [Outcome::Refused(Refusal::NoRound)];
    // a confirmation
    let mut net = Net::with_key();
    net.reshare(&VALIDATORS);
    net.register_all();
    for dealer in [V1, V2, V3] {
        assert_eq!(net.deal(dealer), DEALT);
    }
    for holder in [V1, V2, V3] {
        assert_eq!(net.confirm(holder), confirmed(false));
    }
    let block = [V4, V1].map(|holder| {
        let said = net.confirmation(holder);
        net.world.signed(holder, Payload::Confirm(said))
    });
    let outcomes = net.block(block.into());
    assert_eq!(
        (&outcomes[0], &outcomes[1..]),
        (&confirmed(true), &late[..])
    );
    // a spare dealing
    net.open(&[V1]);
    net.register_all();
    for dealer in [V1, V2, V3] {
        assert_eq!(net.deal(dealer), DEALT);
    }
    let (said, spare) = (net.confirmation(V1), net.dealing(V4));
    let block = vec![
        net.world.signed(V1, Payload::Confirm(said)),
        net.world.signed(V4, Payload::Deal(Box::new(spare))),
    ];
    let outcomes = net.block(block);
    assert_eq!(
        (&outcomes[0], &outcomes[1..]),
        (&confirmed(true), &late[..])
    );
    // a complaint, about a spare that does not count
    let mut net = Net::with_key();
    net.reshare(&VALIDATORS);
    net.register_all();
    for dealer in [V1, V2, V3] {
        assert_eq!(net.deal(dealer), DEALT);
    }
    assert_eq!(deal_badly(&mut net, V4, V1), DEALT);
    for holder in [V1, V2, V3] {
        assert_eq!(net.confirm(holder), confirmed(false));
    }
    let (said, complaint) = (net.confirmation(V4), net.complaint(V1, V4));
    let block = vec![
        net.world.signed(V4, Payload::Confirm(said)),
        net.world.signed(V1, Payload::Complain(complaint)),
    ];
    let outcomes = net.block(block);
    assert_eq!(
        (&outcomes[0], &outcomes[1..]),
        (&confirmed(true), &late[..])
    );
    assert_eq!(net.blame(V4), []);
}
