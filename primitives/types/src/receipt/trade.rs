//! Why a workflow does not allow what somebody wants of a trade.

use thiserror::Error;

use super::no_tag;
use crate::encoding::{Decode, DecodeError, Encode, Reader, put_bytes};
use crate::ids::{AliasId, RecordId, TradeId};
use crate::workflow::{Versioned, word};

/// Why a workflow does not allow it. Codes never change.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TradeRefusal {
    /// 60: the workflow is not in force.
    #[error("no such workflow is in force on this chain")]
    NoWorkflow,
    /// 61: a trade names one alias for each party, the opener among them.
    #[error(
        "a trade names one alias for each party of its workflow, none twice, and the opener must be one of them"
    )]
    WrongParties,
    /// 62: an alias cannot play the party.
    #[error(
        "{alias} is not an active alias with the role that the workflow demands for party {party}"
    )]
    UnfitParty {
        /// The party's name.
        party: String,
        /// The alias.
        alias: AliasId,
    },
    /// 63: there is no such trade.
    #[error("no trade with this id is on the chain")]
    UnknownTrade,
    /// 64: there is no such step.
    #[error("the trade's workflow has no such step")]
    NoStep,
    /// 65: this is for another party to do.
    #[error("only the trade's party {party} may do this")]
    NotThisParty {
        /// The party's name.
        party: String,
    },
    /// 66: not at this stage.
    #[error("the trade stands at {stage}: this cannot be done there")]
    WrongStage {
        /// The stage's name.
        stage: String,
    },
    /// 67: not so many records.
    #[error(
        "the step takes one record for a document, one to eight in all for a list, and none if it adds no document; a document \
         that the trade has already is corrected, not added again"
    )]
    WrongRecords,
    /// 68: another kind of document.
    #[error("record {record} is not of the kind that the step's document has")]
    OtherKind {
        /// The record.
        record: RecordId,
    },
    /// 69: the record, or one that it replaced, is another trade's.
    #[error("record {record}, or one that it replaces or that replaces it, is in trade {trade}")]
    InATrade {
        /// The record.
        record: RecordId,
        /// The trade.
        trade: TradeId,
    },
    /// 70: nothing to correct.
    #[error("the record does not replace a record of this trade")]
    NotACorrection,
    /// 71: nothing to waive.
    #[error(
        "no proof over the trade's present records shows that this requirement is not met, or it is waived already"
    )]
    NothingToWaive,
    /// 72: nobody, or another, may waive it.
    #[error("the workflow does not let the signer waive this requirement")]
    MayNotWaive,
    /// 73: too many waivers.
    #[error("a trade has at most {most} waivers")]
    TooManyWaivers {
        /// Most waivers.
        most: u8,
    },
    /// 74: the trade is not where the bank demands it.
    #[error(
        "the trade stands at {stage}, and not at {demanded}, where its workflow lets it be financed"
    )]
    NotFinanceableYet {
        /// Where it stands.
        stage: String,
        /// Where it must stand.
        demanded: String,
    },
    /// 75: another document than the one that is financed.
    #[error("this record is not the document of the trade that its workflow lets be financed")]
    NotItsInvoice,
    /// 88: the workflow asks for a check that is void, so no trade under it gets anywhere.
    #[error(
        "the workflow asks for the check {check}, which the members have made void: no proof of it counts any more"
    )]
    VoidCheck {
        /// Which.
        check: Versioned,
    },
}

impl TradeRefusal {
    /// The stable number of the reason.
    #[must_use]
    pub fn code(&self) -> u8 {
        match self {
            Self::NoWorkflow => 60,
            Self::WrongParties => 61,
            Self::UnfitParty { .. } => 62,
            Self::UnknownTrade => 63,
            Self::NoStep => 64,
            Self::NotThisParty { .. } => 65,
            Self::WrongStage { .. } => 66,
            Self::WrongRecords => 67,
            Self::OtherKind { .. } => 68,
            Self::InATrade { .. } => 69,
            Self::NotACorrection => 70,
            Self::NothingToWaive => 71,
            Self::MayNotWaive => 72,
            Self::TooManyWaivers { .. } => 73,
            Self::NotFinanceableYet { .. } => 74,
            Self::NotItsInvoice => 75,
            Self::VoidCheck { .. } => 88,
        }
    }

    /// Appends what follows the code.
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::UnfitParty { party, alias } => {
                put_bytes(out, party.as_bytes());
                alias.encode(out);
            }
            Self::NotThisParty { party } => put_bytes(out, party.as_bytes()),
            Self::WrongStage { stage } => put_bytes(out, stage.as_bytes()),
            Self::OtherKind { record } => record.encode(out),
            Self::InATrade { record, trade } => {
                record.encode(out);
                trade.encode(out);
            }
            Self::TooManyWaivers { most } => most.encode(out),
            Self::VoidCheck { check } => check.encode(out),
            Self::NotFinanceableYet { stage, demanded } => {
                put_bytes(out, stage.as_bytes());
                put_bytes(out, demanded.as_bytes());
            }
            _ => {}
        }
    }

    /// Reads what follows a code.
    pub(super) fn take(code: u8, reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match code {
            60 => Self::NoWorkflow,
            61 => Self::WrongParties,
            62 => Self::UnfitParty {
                party: word(reader, "party")?,
                alias: AliasId::decode(reader)?,
            },
            63 => Self::UnknownTrade,
            64 => Self::NoStep,
            65 => Self::NotThisParty {
                party: word(reader, "party")?,
            },
            66 => Self::WrongStage {
                stage: word(reader, "stage")?,
            },
            67 => Self::WrongRecords,
            68 => Self::OtherKind {
                record: RecordId::decode(reader)?,
            },
            69 => Self::InATrade {
                record: RecordId::decode(reader)?,
                trade: TradeId::decode(reader)?,
            },
            70 => Self::NotACorrection,
            71 => Self::NothingToWaive,
            72 => Self::MayNotWaive,
            73 => Self::TooManyWaivers {
                most: u8::decode(reader)?,
            },
            74 => Self::NotFinanceableYet {
                stage: word(reader, "stage")?,
                demanded: word(reader, "stage")?,
            },
            75 => Self::NotItsInvoice,
            88 => Self::VoidCheck {
                check: Versioned::decode(reader)?,
            },
            tag => return no_tag("refusal", tag),
        })
    }
}
