//! The chain as this side knows it: a node is asked, and never believed.
//!
//! What a node says of the chain arrives with proofs, and is checked before anybody sees it: a
//! header against a certificate of the validators that genesis names or that those have handed over to, a value or its absence
//! against the header's state root, a transaction and its receipt, and a whole block with all of its receipts, against the roots of their
//! headers. What does not hold is a [`Lie`], and names the node.

mod block;
mod blocks;
mod certified;
mod committed;
mod failure;
mod key_state;
mod lie;
mod node;
mod place;
mod seen;
mod snapshot;
mod status;
pub mod turns;

pub use block::{CommittedBlock, Entry, Place};
pub use blocks::Blocks;
pub use committed::{Committed, Evidence};
pub use failure::NodeError;
pub use key_state::{FingerprintKeyState, spread_in_words};
pub use lie::Lie;
pub use node::{NodeClient, NodeOptions};
pub use sealane_ledger::trust::{Certified, Trust, Turn};
pub use seen::Seen;
pub use snapshot::Snapshot;
pub use status::NodeStatus;

#[cfg(test)]
pub(crate) mod tests;
