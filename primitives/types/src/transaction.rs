//! Transactions: a body, signed over its exact bytes, with one of twenty payloads.

mod describe;
mod financing;

pub use describe::{Description, Work};
pub use financing::{
    Answer, Consent, Finance, PresentBlinded, Release, ReleaseReason, Waived, Waiver,
};

use crate::alias::{AmendAlias, RegisterAlias, SetStanding};
use crate::cross_check::{CrossCheck, OpenField};
use crate::encoding::{Decode, Encode};
use crate::governance::{CastVote, Propose};
use crate::ids::{AliasId, ChainId, Sequence, Signature};
use crate::record::Record;
use crate::sharing::{Complain, Confirm, Deal, RegisterShareKey};
pub use crate::trade::MAX_REASON;
use crate::trade::{CorrectTrade, OpenTrade, TakeStep, WaiveRequirement};

/// The version of transactions that this code writes and reads.
pub const TRANSACTION_VERSION: u8 = 1;

/// A signed transaction. Its id is the hash of its body's bytes; the signature is over those bytes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Transaction {
    /// What is signed.
    pub body: TransactionBody,
    /// The signer's signature over the body's canonical bytes.
    pub signature: Signature,
}

/// What a signer signs.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[encoding(version(TRANSACTION_VERSION, "transaction"))]
pub struct TransactionBody {
    /// The chain that the transaction is for; no other takes it.
    pub chain: ChainId,
    /// Whose key signs.
    pub signer: AliasId,
    /// How many transactions of this signer went before; replay is refused by it.
    pub sequence: Sequence,
    /// What it does.
    pub payload: Payload,
}

/// What a transaction does.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[repr(u8)]
#[encoding(name = "payload")]
pub enum Payload {
    /// Puts a record on the chain.
    SealRecord(Box<Record>) = 1,
    /// Presents a record's one set of blinded fingerprints.
    PresentBlinded(PresentBlinded) = 2,
    /// A validator's answer to a presented set.
    Answer(Answer) = 3,
    /// Takes a record's fingerprints: holds or finances it.
    Finance(Finance) = 4,
    /// Ends a financing.
    Release(Release) = 5,
    /// A bank brings a customer onto the chain.
    RegisterAlias(RegisterAlias) = 6,
    /// A bank suspends, reactivates or closes a customer's alias.
    SetStanding(SetStanding) = 7,
    /// Proposes a change to the consortium.
    Propose(Box<Propose>) = 8,
    /// Votes on a proposal.
    Vote(CastVote) = 9,
    /// A holder's key for one round of the fingerprint key.
    RegisterShareKey(RegisterShareKey) = 10,
    /// A dealer's dealing of a round.
    Deal(Box<Deal>) = 11,
    /// A holder complains about a dealing.
    Complain(Complain) = 12,
    /// A holder has its share.
    Confirm(Confirm) = 13,
    /// A proof of a published check over records.
    CrossCheck(Box<CrossCheck>) = 14,
    /// The key of a field that its sealer encoded wrongly.
    OpenField(Box<OpenField>) = 15,
    /// Opens a trade under a published workflow.
    OpenTrade(OpenTrade) = 16,
    /// Takes a step of a trade.
    TakeStep(TakeStep) = 17,
    /// Puts a corrected record in the place of the one that it replaces.
    CorrectTrade(CorrectTrade) = 18,
    /// Lets a trade go on although a requirement is not met.
    Waive(WaiveRequirement) = 19,
    /// A bank adds legal identifiers to a customer's alias.
    AmendAlias(AmendAlias) = 20,
}
