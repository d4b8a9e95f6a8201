//! The chain as this side knows it: a node is asked, and never believed.
//!
//! What a node says of the chain arrives with proofs, and is checked before anybody sees it: a
//! header against a certificate of the validators that genesis names, a value or its absence
//! against the header's state root, a transaction and its receipt against the roots of their
//! headers. What does not hold is a [`Lie`], and names the node.

mod certified;
mod committed;
mod lie;
mod place;
mod node;
mod seen;

pub use certified::{Certified, Trust};
pub use committed::{Committed, Evidence};
pub use lie::Lie;
pub use node::{NodeClient, NodeError, NodeStatus, Snapshot};
pub use seen::Seen;

#[cfg(test)]
pub(crate) mod tests;
