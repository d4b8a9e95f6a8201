//! A member that speaks HTTP/2 by hand, and a stranger that speaks anything but TLS.

use sealane_tests::floods::frames::Attack;
use sealane_tests::floods::{Flood, Target, during, honest};
use sealane_tests::network::Network;

/// What ends its connection, each time: the node answers ENHANCE_YOUR_CALM.
const ENDED: [Attack; 3] = [
    Attack::RapidReset,
    Attack::EmptyFrames,
    Attack::Continuations,
];
/// What is answered frame by frame, and holds nobody up.
const ANSWERED: [Attack; 2] = [Attack::Settings, Attack::Pings];

#[test]
fn floods_of_frames_end_their_connections_or_wait_their_turn_and_another_is_answered() {
    let network = Network::start(2);
    let (greedy, other) = (network.bank('a'), network.bank('b'));
    let target = Target::new(&greedy.home, network.node_home());
    for (number, attack) in (10..).zip(ENDED) {
        during(Flood::Frames(attack), &target, |tally| {
            let _ = tally.until_refused("calm");
            honest(&other, number);
            eprintln!(
                "{attack:?}: {} frames, {:?}",
                tally.count(),
                tally.reasons()
            );
        });
    }
    for (number, attack) in (20..).zip(ANSWERED) {
        during(Flood::Frames(attack), &target, |tally| {
            tally.until_made(20_000);
            honest(&other, number);
            eprintln!(
                "{attack:?}: {} frames, {:?}",
                tally.count(),
                tally.reasons()
            );
        });
    }
    honest(&greedy, 30);
}

#[test]
fn garbage_before_tls_is_dropped_and_a_member_is_answered() {
    let network = Network::start(2);
    let target = Target::new(&network.bank('a').home, network.node_home());
    during(Flood::Garbage, &target, |tally| {
        let _ = tally.until_refused("dropped");
        tally.until_made(500);
        honest(&network.bank('b'), 1);
    });
}
