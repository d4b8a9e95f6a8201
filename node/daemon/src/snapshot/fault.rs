//! Why a node cannot begin with a snapshot.

use sealane_ledger::CertificateError;
use sealane_store::StoreError;
use sealane_types::encoding::DecodeError;
use thiserror::Error;

/// Why a node cannot begin with a snapshot.
#[derive(Debug, Error)]
pub enum SnapshotError {
    /// The peer does not answer, or refuses.
    #[error("it does not send the snapshot: {0}")]
    Wire(String),
    /// A header that the chain's validators have not made final.
    #[error("its header is not valid: {0}")]
    Header(#[from] CertificateError),
    /// What it gives is no value of its type.
    #[error("its snapshot cannot be read: {0}")]
    Form(#[from] DecodeError),
    /// What it gives is not the chain's.
    #[error("its snapshot is not the chain's state: {0}")]
    Lie(&'static str),
    /// Its newest block is too old, or from the future, by this machine's clock.
    #[error(
        "its newest block is {0} s from this machine's time: it does not follow the chain, or a clock is wrong"
    )]
    Age(u64),
    /// The folder fails, or a part of the state does not hold.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No peer gave one.
    #[error(
        "none of the {0} peers in node.toml gave a valid snapshot; the log says why. Without `begin = \"snapshot\"` \
         the node fetches all blocks from the first on"
    )]
    NoPeer(usize),
}
