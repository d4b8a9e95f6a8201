//! A bank whose presentations have true envelopes and false proofs: each costs the nodes a verification, and its sender
//! so much that it waits after the first few.

use sealane_tests::floods::{Flood, Target, during, honest};
use sealane_tests::network::Network;

#[test]
fn refused_proofs_cost_their_sender_and_nobody_else() {
    let network = Network::start(2);
    let (liar, other) = (network.bank('a'), network.bank('b'));
    let target = Target::new(&liar.home, network.node_home());
    let reasons = during(Flood::RefusedProofs, &target, |tally| {
        let said = tally.until_refused("bad-proof");
        assert!(said.contains("does not hold"), "{said}");
        let said = tally.until_refused("too-many");
        assert!(
            said.contains("refused proofs") && said.contains("wait"),
            "{said}"
        );
        honest(&other, 1);
        tally.until_made(1_000);
        honest(&other, 2);
        tally.reasons()
    });
    // ten seconds' worth of two each at once, and one each two seconds after that; what was being checked meanwhile
    let (looked_at, turned_away) = (reasons["bad-proof"], reasons["too-many"]);
    assert!(looked_at * 4 < turned_away, "{reasons:?}");
}
