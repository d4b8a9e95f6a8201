//! Why a node gave no answer that can be used.

use sealane_wire::code::ErrorCode;
use thiserror::Error;

use super::Lie;
use crate::home::disk::DiskError;

/// Why a node gave no answer that can be used.
#[derive(Debug, Error)]
pub enum NodeError {
    /// No connection, or it broke.
    #[error("the node at {node} cannot be reached: {reason}; {advice}")]
    Unreachable {
        /// Its address.
        node: String,
        /// The system's reason.
        reason: String,
        /// What to do.
        advice: String,
    },
    /// It cannot answer now.
    #[error("the node at {node} cannot answer now ({reason}); try again")]
    Busy {
        /// Its address.
        node: String,
        /// Its own words.
        reason: String,
    },
    /// It knows no such thing.
    #[error("the node at {node} does not know it: {reason}")]
    NotFound {
        /// Its address.
        node: String,
        /// Its own words.
        reason: String,
    },
    /// It refuses the request.
    #[error("the node at {node} refuses the request: {reason}")]
    Refused {
        /// Its address.
        node: String,
        /// Its word, where it is one of the API's.
        code: Option<ErrorCode>,
        /// Its own words.
        reason: String,
    },
    /// Its answer does not hold.
    #[error("the node at {node} {}", lie.of_node())]
    Lies {
        /// Its address.
        node: String,
        /// What does not hold.
        lie: Lie,
    },
    /// What was seen could not be kept.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

impl NodeError {
    /// Whether the answer would be larger than a message: less at a time can be asked for.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        let too_large = Some(ErrorCode::TooLarge);
        matches!(self, Self::Refused { code, .. } if *code == too_large)
    }
}

#[cfg(test)]
mod tests {
    use sealane_types::ids::Height;

    use super::*;

    #[test]
    fn a_node_that_was_just_started_is_not_called_a_liar() {
        let said = |lie| {
            let node = "https://127.0.0.1:7411".to_owned();
            NodeError::Lies { node, lie }.to_string()
        };
        let stale = said(Lie::Stale {
            seconds: 4000,
            limit: 180,
        });
        let right = "the node at https://127.0.0.1:7411 shows as its latest a block of 4000 s ago";
        assert!(stale.starts_with(right), "{stale}");
        assert!(stale.contains("wait for its next block"), "{stale}");
        let fork = said(Lie::Fork(Height(3)));
        assert!(
            fork.contains("is not to be trusted: its certified block at height 3"),
            "{fork}"
        );
    }
}
