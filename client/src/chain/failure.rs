//! Why a node gave no answer that can be used.

use sealane_wire::code::ErrorCode;
use thiserror::Error;

use super::Lie;
use crate::home::disk::DiskError;

/// Why a node gave no answer that can be used.
#[derive(Debug, Error)]
pub enum NodeError {
    /// No connection, or it broke.
    #[error(
        "the node at {node} cannot be reached: {reason}; start it, or correct node = in home.toml"
    )]
    Unreachable {
        /// Its address.
        node: String,
        /// The system's reason.
        reason: String,
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
