//! The state's values about the consortium: who decides, what is proposed, what is to come.

use sealane_types::alias::MAX_VOTERS;
use sealane_types::encoding::{Decode, Encode};
use sealane_types::governance::{Change, Governance};
use sealane_types::ids::{AliasId, Height, ProposalId};
use sealane_types::receipt::ChangeFault;

/// Most changes that wait for their height.
pub const MAX_SCHEDULED: usize = 64;

/// Most turns that are remembered: a client that has not asked for longer needs a newer beginning.
pub const MAX_TURNS: usize = 4096;

/// How the consortium is governed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Consortium {
    /// Who decides.
    pub governance: Governance,
    /// The protocol's version.
    pub protocol: u32,
    /// The next proposal's number.
    pub next: ProposalId,
    /// Approved changes that have not taken effect, by height and number.
    #[encoding(list(MAX_SCHEDULED, "scheduled changes"))]
    pub scheduled: Vec<Scheduled>,
}

/// An approved change that waits for its height.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct Scheduled {
    /// The first height for which it holds.
    pub at: Height,
    /// Its proposal.
    pub proposal: ProposalId,
}

/// The banks of the chain that have not left, in the order in which they came.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Voters(#[encoding(list(MAX_VOTERS, "voters"))] pub Vec<AliasId>);

/// The heights at which the validators became others, ascending; the newest [`MAX_TURNS`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct Turns(#[encoding(list(MAX_TURNS, "turns"))] pub Vec<Height>);

/// A proposal.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ProposalEntry {
    /// Who proposed it.
    pub proposer: AliasId,
    /// The first height for which the change holds.
    pub at: Height,
    /// The change.
    pub change: Change,
    /// Who is for it.
    #[encoding(list(MAX_VOTERS + 1, "approvals"))]
    pub approvals: Vec<AliasId>,
    /// Who is against it.
    #[encoding(list(MAX_VOTERS + 1, "rejections"))]
    pub rejections: Vec<AliasId>,
    /// Where it stands.
    pub stage: ProposalStage,
}

/// Where a proposal stands. That an open one has lapsed is judged when it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[repr(u8)]
#[encoding(name = "stage of a proposal")]
pub enum ProposalStage {
    /// Votes are counted.
    Open = 1,
    /// It takes effect at its height.
    Approved = 2,
    /// It has taken effect.
    Done = 3,
    /// It could not take effect when its height came.
    Failed(ChangeFault) = 4,
}
