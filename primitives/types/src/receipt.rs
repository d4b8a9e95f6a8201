//! Receipts: what became of each transaction of a block.

use crate::alias::Standing;
use crate::encoding::{Decode, Encode};
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
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
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
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[repr(u8)]
#[encoding(name = "outcome")]
pub enum Outcome {
    /// It did what it was for.
    Done(Done) = 0,
    /// The rules refuse it; nothing changed but the signer's sequence, and what a validator is blamed for.
    Refused(Refusal) = 1,
}

/// What a transaction did.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[repr(u8)]
#[encoding(name = "what was done")]
pub enum Done {
    /// The record is on the chain.
    Sealed = 1,
    /// The blinded set is taken; validators answer it.
    Presented = 2,
    /// The answer is taken.
    Answered {
        /// Whether it was the one that completed the set.
        completed: bool,
    } = 3,
    /// The record's fingerprints are held for the bank.
    Held {
        /// Below this height.
        until: Height,
    } = 4,
    /// The record is financed.
    Financed {
        /// The older record whose financing it took over.
        took_over: Option<RecordId>,
    } = 5,
    /// The financing has ended.
    Released(ReleaseReason) = 6,
    /// The customer's alias is on the chain.
    Registered = 7,
    /// The customer's alias has another standing.
    StandingSet(Standing) = 8,
    /// The change is proposed.
    Proposed {
        /// By this number.
        proposal: ProposalId,
        /// Whether the proposer's own approval decided it.
        approved: bool,
    } = 9,
    /// The vote counts.
    Voted {
        /// Whether it decided the proposal.
        approved: bool,
    } = 10,
    /// The holder's key for the round is taken.
    ShareKeyRegistered = 11,
    /// The dealing is taken.
    Dealt = 12,
    /// The share is bad: its dealer is disqualified.
    Complained = 13,
    /// The holder has its share.
    Confirmed {
        /// Whether the epoch is present from now on.
        present: bool,
    } = 14,
    /// The proof holds, and its bits stand on the chain.
    CrossChecked {
        /// How many requirements are not met.
        unmet: u8,
    } = 15,
    /// The field is encoded wrongly: no check reads it.
    FieldOpened = 16,
    /// A trade is opened, or a party has moved it.
    Traded {
        /// The trade.
        trade: TradeId,
        /// The stage that it came to, by its name in the workflow.
        #[encoding(read = word(reader, "stage"))]
        stage: String,
    } = 17,
    /// The customer's alias commits to more legal identifiers, for records of later blocks.
    Amended = 18,
}
