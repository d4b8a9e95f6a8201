//! Transactions: a body, signed over its exact bytes, with one of twenty payloads.

mod financing;

pub use financing::{
    Answer, Consent, Finance, MAX_REASON, PresentBlinded, Release, ReleaseReason, Waived, Waiver,
};

use crate::alias::{AmendAlias, RegisterAlias, SetStanding};
use crate::cross_check::{CheckProof, CrossCheck, OpenField};
use crate::encoding::{Decode, DecodeError, Encode, Reader};
use crate::governance::{CastVote, Propose};
use crate::ids::{AliasId, ChainId, RecordId, Sequence, Signature};
use crate::record::Record;
use crate::sharing::{Complain, Confirm, Deal, RegisterShareKey};
use crate::trade::{CorrectTrade, OpenTrade, TakeStep, WaiveRequirement};

/// The version of transactions that this code writes and reads.
pub const TRANSACTION_VERSION: u8 = 1;

/// A signed transaction. Its id is the hash of its body's bytes; the signature is over those bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// What is signed.
    pub body: TransactionBody,
    /// The signer's signature over the body's canonical bytes.
    pub signature: Signature,
}

/// What a signer signs.
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// Puts a record on the chain.
    SealRecord(Box<Record>),
    /// Presents a record's one set of blinded fingerprints.
    PresentBlinded(PresentBlinded),
    /// A validator's answer to a presented set.
    Answer(Answer),
    /// Takes a record's fingerprints: holds or finances it.
    Finance(Finance),
    /// Ends a financing.
    Release(Release),
    /// A bank brings a customer onto the chain.
    RegisterAlias(RegisterAlias),
    /// A bank suspends, reactivates or closes a customer's alias.
    SetStanding(SetStanding),
    /// Proposes a change to the consortium.
    Propose(Box<Propose>),
    /// Votes on a proposal.
    Vote(CastVote),
    /// A holder's key for one round of the fingerprint key.
    RegisterShareKey(RegisterShareKey),
    /// A dealer's dealing of a round.
    Deal(Box<Deal>),
    /// A holder complains about a dealing.
    Complain(Complain),
    /// A holder has its share.
    Confirm(Confirm),
    /// A proof of a published check over records.
    CrossCheck(Box<CrossCheck>),
    /// The key of a field that its sealer encoded wrongly.
    OpenField(Box<OpenField>),
    /// Opens a trade under a published workflow.
    OpenTrade(OpenTrade),
    /// Takes a step of a trade.
    TakeStep(TakeStep),
    /// Puts a corrected record in the place of the one that it replaces.
    CorrectTrade(CorrectTrade),
    /// Lets a trade go on although a requirement is not met.
    Waive(WaiveRequirement),
    /// A bank adds legal identifiers to a customer's alias.
    AmendAlias(AmendAlias),
}

fn invalid<T>(what: &'static str, reason: String) -> Result<T, DecodeError> {
    Err(DecodeError::Invalid { what, reason })
}

impl Encode for Transaction {
    fn encode(&self, out: &mut Vec<u8>) {
        self.body.encode(out);
        self.signature.encode(out);
    }
}

impl Decode for Transaction {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            body: TransactionBody::decode(reader)?,
            signature: Signature::decode(reader)?,
        })
    }
}

impl Encode for TransactionBody {
    fn encode(&self, out: &mut Vec<u8>) {
        TRANSACTION_VERSION.encode(out);
        self.chain.encode(out);
        self.signer.encode(out);
        self.sequence.encode(out);
        self.payload.encode(out);
    }
}

impl Decode for TransactionBody {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let version = u8::decode(reader)?;
        if version != TRANSACTION_VERSION {
            return invalid("transaction", format!("version {version} is not known"));
        }
        Ok(Self {
            chain: ChainId::decode(reader)?,
            signer: AliasId::decode(reader)?,
            sequence: Sequence::decode(reader)?,
            payload: Payload::decode(reader)?,
        })
    }
}

impl Payload {
    /// What the payload does, for a person.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::SealRecord(_) => "seal",
            Self::PresentBlinded(_) => "present",
            Self::Answer(_) => "answer",
            Self::Finance(_) => "finance",
            Self::Release(_) => "release",
            Self::RegisterAlias(_) => "register",
            Self::SetStanding(_) => "set-standing",
            Self::Propose(_) => "propose",
            Self::Vote(_) => "vote",
            Self::RegisterShareKey(_) => "register-share-key",
            Self::Deal(_) => "deal",
            Self::Complain(_) => "complain",
            Self::Confirm(_) => "confirm",
            Self::CrossCheck(_) => "cross-check",
            Self::OpenField(_) => "open-field",
            Self::OpenTrade(_) => "open-trade",
            Self::TakeStep(_) => "take-step",
            Self::CorrectTrade(_) => "correct-trade",
            Self::Waive(_) => "waive",
            Self::AmendAlias(_) => "amend",
        }
    }

    /// Groth16 proofs that whoever checks the payload verifies.
    #[must_use]
    pub fn proofs(&self) -> usize {
        match self {
            Self::PresentBlinded(_) => 1,
            Self::CrossCheck(check) => match &check.proof {
                CheckProof::One(_) => 1,
                CheckProof::Parts(parts) => parts.steps.len() + 1,
            },
            _ => 0,
        }
    }

    /// The record that the payload is about; none where it is about several, about members or the fingerprint key.
    #[must_use]
    pub fn record(&self) -> Option<RecordId> {
        match self {
            Self::SealRecord(record) => Some(record.id()),
            Self::PresentBlinded(present) => Some(present.record),
            Self::Answer(answer) => Some(answer.record),
            Self::Finance(finance) => Some(finance.record),
            Self::Release(release) => Some(release.record),
            Self::OpenField(open) => Some(open.record.id()),
            Self::CorrectTrade(correct) => Some(correct.record),
            Self::RegisterAlias(_)
            | Self::SetStanding(_)
            | Self::Propose(_)
            | Self::Vote(_)
            | Self::RegisterShareKey(_)
            | Self::Deal(_)
            | Self::Complain(_)
            | Self::Confirm(_)
            | Self::CrossCheck(_)
            | Self::OpenTrade(_)
            | Self::TakeStep(_)
            | Self::Waive(_)
            | Self::AmendAlias(_) => None,
        }
    }
}

impl Encode for Payload {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::SealRecord(record) => {
                out.push(1);
                record.encode(out);
            }
            Self::PresentBlinded(present) => {
                out.push(2);
                present.encode(out);
            }
            Self::Answer(answer) => {
                out.push(3);
                answer.encode(out);
            }
            Self::Finance(finance) => {
                out.push(4);
                finance.encode(out);
            }
            Self::Release(release) => {
                out.push(5);
                release.encode(out);
            }
            Self::RegisterAlias(register) => {
                out.push(6);
                register.encode(out);
            }
            Self::SetStanding(set) => {
                out.push(7);
                set.encode(out);
            }
            Self::Propose(propose) => {
                out.push(8);
                propose.encode(out);
            }
            Self::Vote(vote) => {
                out.push(9);
                vote.encode(out);
            }
            Self::RegisterShareKey(key) => {
                out.push(10);
                key.encode(out);
            }
            Self::Deal(deal) => {
                out.push(11);
                deal.encode(out);
            }
            Self::Complain(complain) => {
                out.push(12);
                complain.encode(out);
            }
            Self::Confirm(confirm) => {
                out.push(13);
                confirm.encode(out);
            }
            Self::CrossCheck(check) => {
                out.push(14);
                check.encode(out);
            }
            Self::OpenField(open) => {
                out.push(15);
                open.encode(out);
            }
            Self::OpenTrade(open) => {
                out.push(16);
                open.encode(out);
            }
            Self::TakeStep(step) => {
                out.push(17);
                step.encode(out);
            }
            Self::CorrectTrade(correct) => {
                out.push(18);
                correct.encode(out);
            }
            Self::Waive(waive) => {
                out.push(19);
                waive.encode(out);
            }
            Self::AmendAlias(amend) => {
                out.push(20);
                amend.encode(out);
            }
        }
    }
}

impl Decode for Payload {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match u8::decode(reader)? {
            1 => Self::SealRecord(Box::new(Record::decode(reader)?)),
            2 => Self::PresentBlinded(PresentBlinded::decode(reader)?),
            3 => Self::Answer(Answer::decode(reader)?),
            4 => Self::Finance(Finance::decode(reader)?),
            5 => Self::Release(Release::decode(reader)?),
            6 => Self::RegisterAlias(RegisterAlias::decode(reader)?),
            7 => Self::SetStanding(SetStanding::decode(reader)?),
            8 => Self::Propose(Box::new(Propose::decode(reader)?)),
            9 => Self::Vote(CastVote::decode(reader)?),
            10 => Self::RegisterShareKey(RegisterShareKey::decode(reader)?),
            11 => Self::Deal(Box::new(Deal::decode(reader)?)),
            12 => Self::Complain(Complain::decode(reader)?),
            13 => Self::Confirm(Confirm::decode(reader)?),
            14 => Self::CrossCheck(Box::new(CrossCheck::decode(reader)?)),
            15 => Self::OpenField(Box::new(OpenField::decode(reader)?)),
            16 => Self::OpenTrade(OpenTrade::decode(reader)?),
            17 => Self::TakeStep(TakeStep::decode(reader)?),
            18 => Self::CorrectTrade(CorrectTrade::decode(reader)?),
            19 => Self::Waive(WaiveRequirement::decode(reader)?),
            20 => Self::AmendAlias(AmendAlias::decode(reader)?),
            tag => return invalid("payload", format!("no payload has tag {tag}")),
        })
    }
}
