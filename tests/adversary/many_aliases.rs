//! A bank that fills the pool of waiting transactions under twenty aliases: another bank's transaction waits and lands.

use sealane_tests::floods::{Flood, Target, during, honest};
use sealane_tests::network::Network;

/// A small pool, and blocks that come late: what is handed in waits for them.
const POOL: &str = "[waiting]\ntransactions = 60\n";

#[test]
fn twenty_aliases_of_one_bank_leave_room_for_another() {
    let network = Network::start_configured(2, POOL);
    let (greedy, other) = (network.bank('a'), network.bank('b'));
    let target = Target::new(&greedy.home, network.node_home());
    during(Flood::TwentyAliases, &target, |tally| {
        for number in 1..=5 {
            let said = tally.until_refused("signer-full");
            assert!(said.contains("of this institution"), "{said}");
            honest(&other, number);
        }
        let reasons = tally.reasons();
        assert_eq!(reasons.get("pool-full"), None, "{reasons:?}");
    });
}
