//! A member whose program asks for all that the API gives, without end: it is refused, and others are answered.

use sealane_tests::floods::{Flood, Target, during, honest};
use sealane_tests::network::Network;

/// More costly questions at a time than one caller may have worked on.
#[test]
fn who_asks_beyond_its_limits_is_refused_and_another_is_answered() {
    let network = Network::start(2);
    let (greedy, other) = (network.bank('a'), network.bank('b'));
    let target = Target::new(&greedy.home, network.node_home());
    during(Flood::Calls, &target, |tally| {
        let said = tally.until_refused("too-many");
        assert!(
            said.contains("of this caller") || said.contains("a caller may"),
            "{said}"
        );
        honest(&other, 1);
        tally.until_made(5_000);
        honest(&other, 2);
    });
    honest(&greedy, 3);
}
