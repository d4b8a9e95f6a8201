//! What is wrong with an answer that does not hold.

use sealane_ledger::CertificateError;
use sealane_types::encoding::DecodeError;
use sealane_types::ids::Height;
use sealane_wire::proof::ProofError;
use thiserror::Error;

/// An answer that does not hold: the node lies, is broken, or serves another chain.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Lie {
    /// Bytes that are no value of their type.
    #[error("its {what} cannot be read: {reason}")]
    Form {
        /// What was being read.
        what: &'static str,
        /// Why not.
        reason: DecodeError,
    },
    /// A part that every answer has is missing.
    #[error("its answer has no {0}")]
    Missing(&'static str),
    /// A header that the chain's validators have not made final.
    #[error("its header is not valid: {0}")]
    Header(#[from] CertificateError),
    /// The chain went back.
    #[error("it shows height {found} as the latest; this home has seen height {seen}")]
    WentBack {
        /// The height shown.
        found: Height,
        /// The height seen before.
        seen: Height,
    },
    /// Two certified blocks at one height.
    #[error(
        "its certified block at height {0} is not the one that this home has seen: the chain has forked"
    )]
    Fork(Height),
    /// The latest header is old.
    #[error(
        "shows as its latest a block of {seconds} s ago, and at most {limit} s are accepted. If the network was started a moment \
         ago, wait for its next block and try again; else this node has lost the others (sealane node status), or a clock is wrong"
    )]
    Stale {
        /// Age in seconds.
        seconds: u64,
        /// Limit in seconds.
        limit: u64,
    },
    /// The latest header is from the future.
    #[error(
        "shows as its latest a block that is {seconds} s in the future: the clock of this machine or of the validators is wrong"
    )]
    Future {
        /// Seconds ahead of this clock.
        seconds: u64,
    },
    /// A proof of the state does not hold.
    #[error("its proof of the state is not valid: {0}")]
    State(ProofError),
    /// Not as many entries as keys.
    #[error("it answers {found} keys where {asked} were asked for")]
    Keys {
        /// Entries in the answer.
        found: usize,
        /// Keys asked for.
        asked: usize,
    },
    /// A path does not lead to the root.
    #[error("its {0} is not in the block that it names")]
    NotIncluded(&'static str),
    /// A receipt of another transaction.
    #[error("its receipt is not that of the transaction")]
    OtherReceipt,
    /// Another transaction than the one asked for.
    #[error("it shows another transaction than the one asked for")]
    OtherTransaction,
    /// A block that is not the next one.
    #[error("it shows block {found} where block {expected} comes next")]
    Skipped {
        /// The height shown.
        found: Height,
        /// The height that comes next.
        expected: Height,
    },
    /// Transactions or receipts of a block that do not give its root.
    #[error("its list of a block's {0} is incomplete or out of order")]
    NotWhole(&'static str),
    /// Two headers that do not follow one another.
    #[error("its two headers do not follow one another")]
    NotConsecutive,
    /// A record that does not have the id or digest asked for.
    #[error("the record that it shows is not the one on the chain")]
    OtherRecord,
    /// Entries of the taken log that do not give the digest in the state.
    #[error("its log of taken fingerprints does not match the digest in the proven state")]
    OtherLog,
}

impl Lie {
    /// Whether it is about time alone: a node that lags or was just started, or a clock.
    fn is_of_time(&self) -> bool {
        matches!(self, Self::Stale { .. } | Self::Future { .. })
    }

    /// What is wrong with a node that shows it, after "the node".
    pub(super) fn of_node(&self) -> String {
        match self.is_of_time() {
            true => self.to_string(),
            false => format!("is not to be trusted: {self}"),
        }
    }

    /// Whether a header names other validators than those that this side trusts: there may be turns to follow.
    pub(super) fn is_of_other_validators(&self) -> bool {
        *self == Self::Header(CertificateError::OtherValidators)
    }
}
