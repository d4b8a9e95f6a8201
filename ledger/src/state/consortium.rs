//! The state's values about the consortium: who decides, what is proposed, what is to come.

use sealane_types::alias::MAX_VOTERS;
use sealane_types::encoding::{Decode, DecodeError, Encode, Reader, put_list};
use sealane_types::governance::{Change, Governance};
use sealane_types::ids::{AliasId, Height, ProposalId};
use sealane_types::receipt::ChangeFault;

/// Most changes that wait for their height.
pub const MAX_SCHEDULED: usize = 64;

/// Most turns that are remembered: a client that has not asked for longer needs a newer beginning.
pub const MAX_TURNS: usize = 4096;

/// How the consortium is governed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consortium {
    /// Who decides.
    pub governance: Governance,
    /// The protocol's version.
    pub protocol: u32,
    /// The next proposal's number.
    pub next: ProposalId,
    /// Approved changes that have not taken effect, by height and number.
    pub scheduled: Vec<Scheduled>,
}

/// An approved change that waits for its height.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scheduled {
    /// The first height for which it holds.
    pub at: Height,
    /// Its proposal.
    pub proposal: ProposalId,
}

/// The banks of the chain that have not left, in the order in which they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voters(pub Vec<AliasId>);

/// The heights at which the validators became others, ascending; the newest [`MAX_TURNS`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Turns(pub Vec<Height>);

/// A proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalEntry {
    /// Who proposed it.
    pub proposer: AliasId,
    /// The first height for which the change holds.
    pub at: Height,
    /// The change.
    pub change: Change,
    /// Who is for it.
    pub approvals: Vec<AliasId>,
    /// Who is against it.
    pub rejections: Vec<AliasId>,
    /// Where it stands.
    pub stage: ProposalStage,
}

/// Where a proposal stands. That an open one has lapsed is judged when it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProposalStage {
    /// Votes are counted.
    Open,
    /// It takes effect at its height.
    Approved,
    /// It has taken effect.
    Done,
    /// It could not take effect when its height came.
    Failed(ChangeFault),
}

impl Encode for Consortium {
    fn encode(&self, out: &mut Vec<u8>) {
        self.governance.encode(out);
        self.protocol.encode(out);
        self.next.encode(out);
        put_list(out, &self.scheduled);
    }
}

impl Decode for Consortium {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            governance: Governance::decode(reader)?,
            protocol: u32::decode(reader)?,
            next: ProposalId::decode(reader)?,
            scheduled: reader.list(MAX_SCHEDULED, "scheduled changes")?,
        })
    }
}

impl Encode for Scheduled {
    fn encode(&self, out: &mut Vec<u8>) {
        self.at.encode(out);
        self.proposal.encode(out);
    }
}

impl Decode for Scheduled {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            at: Height::decode(reader)?,
            proposal: ProposalId::decode(reader)?,
        })
    }
}

impl Encode for Voters {
    fn encode(&self, out: &mut Vec<u8>) {
        put_list(out, &self.0);
    }
}

impl Decode for Voters {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.list(MAX_VOTERS, "voters").map(Self)
    }
}

impl Encode for Turns {
    fn encode(&self, out: &mut Vec<u8>) {
        put_list(out, &self.0);
    }
}

impl Decode for Turns {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.list(MAX_TURNS, "turns").map(Self)
    }
}

impl Encode for ProposalEntry {
    fn encode(&self, out: &mut Vec<u8>) {
        self.proposer.encode(out);
        self.at.encode(out);
        self.change.encode(out);
        put_list(out, &self.approvals);
        put_list(out, &self.rejections);
        self.stage.encode(out);
    }
}

impl Decode for ProposalEntry {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            proposer: AliasId::decode(reader)?,
            at: Height::decode(reader)?,
            change: Change::decode(reader)?,
            approvals: reader.list(MAX_VOTERS + 1, "approvals")?,
            rejections: reader.list(MAX_VOTERS + 1, "rejections")?,
            stage: ProposalStage::decode(reader)?,
        })
    }
}

impl Encode for ProposalStage {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Open => out.push(1),
            Self::Approved => out.push(2),
            Self::Done => out.push(3),
            Self::Failed(fault) => {
                out.push(4);
                fault.encode(out);
            }
        }
    }
}

impl Decode for ProposalStage {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match u8::decode(reader)? {
            1 => Self::Open,
            2 => Self::Approved,
            3 => Self::Done,
            4 => Self::Failed(ChangeFault::decode(reader)?),
            tag => {
                return Err(DecodeError::Invalid {
                    what: "stage of a proposal",
                    reason: format!("no stage has tag {tag}"),
                });
            }
        })
    }
}
