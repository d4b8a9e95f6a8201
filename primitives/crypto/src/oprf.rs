//! The fingerprint protocol: a threshold oblivious pseudorandom function on Jubjub, in which nobody
//! learns what is asked and nobody can ask without putting a record on the chain.
//!
//! ```text
//! holder     KeyShare::confirm                   V_ij = k_j·H_i, one proof             → the chain
//! ledger     KeyPublic::check_confirmation → CheckedSlotKeys, t of them → SlotKeys::combine: V_i = k·H_i
//! sealer     Blinded::blind(P_i, s)              S = s·G, B_i = P_i + s·H_i     → the chain
//! validator  KeyShare::answer(Question)          Z_ij = k_j·B_i, one proof      → the chain
//! ledger     Question::check_answer → CheckedAnswer, t of them → Question::combine → Answered: Z_i = k·B_i
//! bank       Answered::finish(V, s)              T_i = Z_i − s·V_i, one proof   → the chain
//! ledger     Answered::check(V, T_i, proof)      → fingerprints: (rule, v(T_i))
//! ```
//!
//! Each step takes what the step before gave. Every point that comes from outside is checked for
//! curve, canonical bytes and prime-order subgroup, and none may be the identity. `specs/fingerprints.md`
//! has the transcripts and what the protocol rests on.

use sealane_types::ids::{Epoch, ShareIndex};
use thiserror::Error;

use crate::curve::CurveError;
use crate::random::RandomError;

mod answer;
mod blinded;
mod dleq;
mod finish;
mod key;
mod sharing;
mod slots;

pub use answer::{Answered, CheckedAnswer};
pub use blinded::{Blinded, Question};
pub use finish::{Finished, Parties};
pub use key::{KeyPublic, KeySecret, KeyShare};
pub use sharing::{Opened, Origin, Part, ShareKey, Sharing, is_share_key};
pub use slots::{CheckedSlotKeys, SlotKeys};

/// Why a step of the protocol does not go on.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OprfError {
    /// A point from outside is none.
    #[error("{what}: {fault}")]
    Point {
        /// Which point.
        what: &'static str,
        /// What is wrong with it.
        fault: CurveError,
    },
    /// There are not as many points as the mask has slots.
    #[error("{found} points where the mask has {expected} slots")]
    Count {
        /// Slots of the mask.
        expected: usize,
        /// Points given.
        found: usize,
    },
    /// A threshold that a key cannot have.
    #[error("a key cannot be shared {threshold} of {holders}")]
    Threshold {
        /// `t`.
        threshold: u16,
        /// `n`.
        holders: usize,
    },
    /// The holders' public keys are not shares of the network's public key.
    #[error("the public keys of the shares do not make the fingerprint key")]
    NotShares,
    /// A holder's share would be 0.
    #[error("share {0} would be 0, which everybody knows")]
    NoShare(ShareIndex),
    /// A share that the public key of its index does not fit.
    #[error("share {0} is not the one that the public key names")]
    WrongShare(ShareIndex),
    /// An answer is wrong, and this is who gave it.
    #[error("share {index} answered wrongly: {fault}")]
    WrongAnswer {
        /// The culprit.
        index: ShareIndex,
        /// What is wrong with its answer.
        fault: AnswerFault,
    },
    /// Two answers of one holder.
    #[error("share {0} answered twice")]
    Repeated(ShareIndex),
    /// An answer to another question.
    #[error("share {0} answered about another record")]
    OtherRecord(ShareIndex),
    /// Fewer answers than the threshold.
    #[error("{found} answers, and {needed} are needed")]
    TooFew {
        /// `t`.
        needed: u16,
        /// Answers given.
        found: usize,
    },
    /// The blinding is not the one that was presented.
    #[error("the blinding is not the one that the record was presented with")]
    OtherBlinding,
    /// Slot keys of another key than the one that answered.
    #[error("the slot keys belong to another fingerprint key than the answers")]
    OtherKey,
    /// The last proof does not hold.
    #[error("the fingerprints are not shown to be the unblinded answers")]
    WrongProof,
    /// The operating system gave no randomness.
    #[error(transparent)]
    Random(#[from] RandomError),
}

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AnswerFault {
    /// It is of another epoch.
    #[error("it is of epoch {found}, and {expected} is current")]
    Epoch {
        /// The epoch asked for.
        expected: Epoch,
        /// The epoch it names.
        found: Epoch,
    },
    /// The epoch has no such holder.
    #[error("the epoch has no such share")]
    NoHolder,
    /// It has not as many points as the question.
    #[error("{found} points for {expected}")]
    Count {
        /// Points of the question.
        expected: usize,
        /// Points answered.
        found: usize,
    },
    /// One of its points is none.
    #[error("{0}")]
    Point(CurveError),
    /// Its proof does not hold.
    #[error("its proof does not hold")]
    Proof,
}

#[cfg(test)]
mod tests;
