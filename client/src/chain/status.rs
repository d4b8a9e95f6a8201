//! What a node says of itself.

use std::time::Duration;

use sealane_wire::v1;

/// What a node says of itself. Nothing of it is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeStatus {
    /// The chain's id in hexadecimal.
    pub chain: String,
    /// The chain's name.
    pub chain_name: String,
    /// The node's validator by name; empty where it only observes.
    pub validator: String,
    /// Height of its latest final block; 0 before the first.
    pub height: u64,
    /// The block's id in hexadecimal.
    pub block: String,
    /// Validators' nodes that answered it last, of those whose votes count.
    pub peers: u32,
    /// Validators of the next height.
    pub validators: u32,
    /// Transactions that wait for a block.
    pub waiting: u32,
    /// Milliseconds since its latest block, by its clock.
    pub lag_ms: u64,
    /// Its program's version.
    pub version: String,
    /// Whether its chain accepts test keys.
    pub test_keys: bool,
    /// Whether its validator's share of the fingerprint key is missing.
    pub lacks_share: bool,
    /// A height that other validators' nodes have said they reached; 0 where none is known.
    pub elsewhere: u64,
    /// The next block, where no validator's node that answers has it: each began above it with a snapshot. Else 0.
    pub nowhere: u64,
    /// Whether the chain names another key for its validator than the one it signs with.
    pub wrong_key: bool,
    /// Whether it has no vote of its own: it observes, or its validator is none of `validators`.
    pub without_vote: bool,
}

impl NodeStatus {
    /// How many validators there are beside the node's own.
    #[must_use]
    pub fn others(&self) -> u32 {
        let own = u32::from(!self.without_vote);
        self.validators.saturating_sub(own).max(self.peers)
    }

    /// What is said of a chain whose last block is older than `beyond`; `None` where it goes on.
    #[must_use]
    pub fn standstill(&self, beyond: Duration) -> Option<String> {
        let since = Duration::from_millis(self.lag_ms);
        let others = self.others();
        let (own, elsewhere) = (self.height, self.elsewhere);
        (since > beyond).then(|| {
            if elsewhere > own {
                return format!(
                    "the chain goes on at others, who are at height {elsewhere}, and this node has taken no block for {} s; its log says why",
                    since.as_secs()
                );
            }
            format!(
                "no block for {} s: more than two thirds of the validators must run and reach one another, and this node reaches {} \
                 of {others} others",
                since.as_secs(),
                self.peers
            )
        })
    }
}

impl From<v1::GetStatusResponse> for NodeStatus {
    fn from(status: v1::GetStatusResponse) -> Self {
        Self {
            chain: hex::encode(status.chain),
            chain_name: status.chain_name,
            validator: status.validator,
            height: status.height,
            block: hex::encode(status.block),
            peers: status.peers,
            validators: status.validators,
            waiting: status.waiting,
            lag_ms: status.lag_ms,
            version: status.version,
            test_keys: status.test_keys,
            lacks_share: status.lacks_share,
            elsewhere: status.elsewhere,
            nowhere: status.nowhere,
            wrong_key: status.wrong_key,
            without_vote: status.without_vote,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_that_stands_still_is_told_with_how_many_the_node_reaches() {
        let status = v1::GetStatusResponse {
            peers: 1,
            validators: 4,
            lag_ms: 41_500,
            ..v1::GetStatusResponse::default()
        };
        let status = NodeStatus::from(status);
        assert_eq!(status.standstill(Duration::from_secs(90)), None);
        let still = status.standstill(Duration::from_secs(8)).expect("said");
        assert!(still.starts_with("no block for 41 s"), "{still}");
        assert!(still.ends_with("reaches 1 of 3 others"), "{still}");
        let observer = NodeStatus {
            without_vote: true,
            ..status.clone()
        };
        let still = observer.standstill(Duration::from_secs(8)).expect("said");
        assert!(still.ends_with("reaches 1 of 4 others"), "{still}");
        let left = NodeStatus {
            elsewhere: 70,
            ..status
        };
        let told = left.standstill(Duration::from_secs(8)).expect("said");
        assert!(told.contains("at height 70"), "{told}");
        assert!(!told.contains("two thirds"), "{told}");
    }
}
