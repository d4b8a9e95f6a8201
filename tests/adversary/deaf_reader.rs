//! A member that opens streams of blocks and calls, and reads none of the answers.

use sealane_tests::floods::{Flood, Target, during, honest};
use sealane_tests::network::Network;

#[test]
fn who_does_not_read_runs_out_of_streams_and_calls_and_another_is_answered() {
    let network = Network::start(2);
    let (deaf, other) = (network.bank('a'), network.bank('b'));
    let target = Target::new(&deaf.home, network.node_home());
    during(Flood::UnreadStreams, &target, |tally| {
        let said = tally.until_refused("streams");
        assert!(said.contains("at most 8 streams"), "{said}");
        let said = tally.until_refused("calls");
        assert!(said.contains("at most 2048 calls"), "{said}");
        honest(&other, 1);
    });
}
