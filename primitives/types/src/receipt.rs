//! Receipts: what became of each transaction of a block.

use crate::alias::Standing;
use crate::encoding::{Decode, DecodeError, Encode, Reader, put_bytes};
use crate::ids::{AliasId, Height, ProposalId, RecordId, TradeId, TxId};
use crate::transaction::ReleaseReason;
use crate::workflow::word;

mod fault;
mod life;
mod refusal;
mod trade;

pub use fault::{ChangeFault, DealingFault};
pub use life::Life;
pub use refusal::Refusal;
pub use trade::TradeRefusal;

/// What became of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The transaction.
    pub transaction: TxId,
    /// Whose it is.
    pub signer: AliasId,
    /// The record it is about; none where it is about members.
    pub record: Option<RecordId>,
    /// Done, or refused with a reason.
    pub outcome: Outcome,
}

/// Done, or refused with a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It did what it was for.
    Done(Done),
    /// The rules refuse it; nothing changed but the signer's sequence, and what a validator is blamed for.
    Refused(Refusal),
}

/// What a transaction did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// The record is on the chain.
    Sealed,
    /// The blinded set is taken; validators answer it.
    Presented,
    /// The answer is taken.
    Answered {
        /// Whether it was the one that completed the set.
        completed: bool,
    },
    /// The record's fingerprints are held for the bank.
    Held {
        /// Below this height.
        until: Height,
    },
    /// The record is financed.
    Financed {
        /// The older record whose financing it took over.
        took_over: Option<RecordId>,
    },
    /// The financing has ended.
    Released(ReleaseReason),
    /// The customer's alias is on the chain.
    Registered,
    /// The customer's alias has another standing.
    StandingSet(Standing),
    /// The change is proposed.
    Proposed {
        /// By this number.
        proposal: ProposalId,
        /// Whether the proposer's own approval decided it.
        approved: bool,
    },
    /// The vote counts.
    Voted {
        /// Whether it decided the proposal.
        approved: bool,
    },
    /// The holder's key for the round is taken.
    ShareKeyRegistered,
    /// The dealing is taken.
    Dealt,
    /// The share is bad: its dealer is disqualified.
    Complained,
    /// The holder has its share.
    Confirmed {
        /// Whether the epoch is present from now on.
        present: bool,
    },
    /// The proof holds, and its bits stand on the chain.
    CrossChecked {
        /// How many requirements are not met.
        unmet: u8,
    },
    /// The field is encoded wrongly: no check reads it.
    FieldOpened,
    /// A trade is opened, or a party has moved it.
    Traded {
        /// The trade.
        trade: TradeId,
        /// The stage that it came to, by its name in the workflow.
        stage: String,
    },
    /// The customer's alias commits to more legal identifiers, for records of later blocks.
    Amended,
}

fn no_tag<T>(what: &'static str, tag: u8) -> Result<T, DecodeError> {
    let reason = format!("no variant has tag {tag}");
    Err(DecodeError::Invalid { what, reason })
}

impl Encode for Receipt {
    fn encode(&self, out: &mut Vec<u8>) {
        self.transaction.encode(out);
        self.signer.encode(out);
        self.record.encode(out);
        self.outcome.encode(out);
    }
}

impl Decode for Receipt {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            transaction: TxId::decode(reader)?,
            signer: AliasId::decode(reader)?,
            record: Option::decode(reader)?,
            outcome: Outcome::decode(reader)?,
        })
    }
}

impl Encode for Outcome {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Done(done) => {
                out.push(0);
                done.encode(out);
            }
            Self::Refused(refusal) => {
                out.push(1);
                refusal.encode(out);
            }
        }
    }
}

impl Decode for Outcome {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match u8::decode(reader)? {
            0 => Done::decode(reader).map(Self::Done),
            1 => Refusal::decode(reader).map(Self::Refused),
            tag => no_tag("outcome", tag),
        }
    }
}

impl Encode for Done {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Sealed => out.push(1),
            Self::Presented => out.push(2),
            Self::Answered { completed } => {
                out.push(3);
                completed.encode(out);
            }
            Self::Held { until } => {
                out.push(4);
                until.encode(out);
            }
            Self::Financed { took_over } => {
                out.push(5);
                took_over.encode(out);
            }
            Self::Released(reason) => {
                out.push(6);
                reason.encode(out);
            }
            Self::Registered => out.push(7),
            Self::StandingSet(standing) => {
                out.push(8);
                standing.encode(out);
            }
            Self::Proposed { proposal, approved } => {
                out.push(9);
                proposal.encode(out);
                approved.encode(out);
            }
            Self::Voted { approved } => {
                out.push(10);
                approved.encode(out);
            }
            Self::ShareKeyRegistered => out.push(11),
            Self::Dealt => out.push(12),
            Self::Complained => out.push(13),
            Self::Confirmed { present } => {
                out.push(14);
                present.encode(out);
            }
            Self::CrossChecked { unmet } => {
                out.push(15);
                unmet.encode(out);
            }
            Self::FieldOpened => out.push(16),
            Self::Traded { trade, stage } => {
                out.push(17);
                trade.encode(out);
                put_bytes(out, stage.as_bytes());
            }
            Self::Amended => out.push(18),
        }
    }
}

impl Decode for Done {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match u8::decode(reader)? {
            1 => Self::Sealed,
            2 => Self::Presented,
            3 => Self::Answered {
                completed: bool::decode(reader)?,
            },
            4 => Self::Held {
                until: Height::decode(reader)?,
            },
            5 => Self::Financed {
                took_over: Option::decode(reader)?,
            },
            6 => Self::Released(ReleaseReason::decode(reader)?),
            7 => Self::Registered,
            8 => Self::StandingSet(Standing::decode(reader)?),
            9 => Self::Proposed {
                proposal: ProposalId::decode(reader)?,
                approved: bool::decode(reader)?,
            },
            10 => Self::Voted {
                approved: bool::decode(reader)?,
            },
            11 => Self::ShareKeyRegistered,
            12 => Self::Dealt,
            13 => Self::Complained,
            14 => Self::Confirmed {
                present: bool::decode(reader)?,
            },
            15 => Self::CrossChecked {
                unmet: u8::decode(reader)?,
            },
            16 => Self::FieldOpened,
            17 => Self::Traded {
                trade: TradeId::decode(reader)?,
                stage: word(reader, "stage")?,
            },
            18 => Self::Amended,
            tag => return no_tag("what was done", tag),
        })
    }
}
