//! Faults that stop the node.

use sealane_ledger::{ApplyError, CertificateError, InvalidBlock};
use sealane_store::StoreError;
use sealane_types::encoding::DecodeError;
use sealane_types::ids::{Height, StateRoot};
use thiserror::Error;

use crate::bridge::BridgeError;

/// What to do where the data folder is damaged.
const ANEW: &str = "Check the disk, keep a copy of the folder `data` for whoever examines it, and move `data` and `consensus` \
                    away and start the node again: it takes the chain from the other nodes; `signed` and `shares` stay. A network's only \
                    node takes `data` and `votes` from its backup (docs/operate.md: a node says that `data/` is damaged)";

/// A fault that stops the node.
#[derive(Debug, Error)]
pub enum ChainError {
    /// The data folder failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Work failed.
    #[error(transparent)]
    Bridge(#[from] BridgeError),
    /// A verified block did not apply.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// A block was decided with a certificate that does not make it final.
    #[error("the certificate of a decided block: {0}")]
    Certificate(#[from] CertificateError),
    /// A block was decided that is not valid.
    #[error("a decided block is not valid: {0}")]
    Decided(#[from] InvalidBlock),
    /// More than two thirds have signed a block that does not follow from what is here.
    #[error(
        "block {height} is certified by the other validators and does not follow from this node's chain ({reason}). The \
         block says that the state before it has the root {certified}; this node's has {own}. This node has another state than the \
         network: its disk or memory is at fault, or it runs another version. It stops, and serves nothing. Keep a copy of the \
         folder `data` for whoever examines it, install the version that the others run, move `data` and `consensus` away, and start it \
         again; `signed` and `shares` stay (docs/operate.md: a node stops, and says that a certified block does not follow)"
    )]
    Departed {
        /// The block's height.
        height: Height,
        /// What does not follow.
        reason: String,
        /// The state's root before the block, as the block says.
        certified: StateRoot,
        /// The state's root here.
        own: StateRoot,
    },
    /// The data folder holds what does not fit together.
    #[error("the data folder is damaged: {0}. {ANEW}")]
    Damaged(String),
    /// Governance has decided what this program does not know.
    #[error(
        "the members have voted for {0}. This is sealane {version}: install the version that knows it, and start the node again; all is kept",
        version = env!("CARGO_PKG_VERSION")
    )]
    Upgrade(String),
    /// What the data folder holds is no value of its type.
    #[error("the data folder is damaged: {0}. {ANEW}")]
    Decode(#[from] DecodeError),
    /// The operating system gave no randomness.
    #[error(transparent)]
    Random(#[from] sealane_crypto::random::RandomError),
    /// An answer, or a step of a round, could not be made.
    #[error("this validator's share of the fingerprint key: {0}")]
    Answer(#[from] sealane_crypto::oprf::OprfError),
    /// The keys or shares in the home cannot be read or written.
    #[error("this validator's keys and shares: {0}")]
    Shares(#[from] sealane_crypto::keystore::KeystoreError),
}
