//! Why a workflow does not allow what somebody wants of a trade.

use thiserror::Error;

use crate::encoding::{Decode, Encode};
use crate::ids::{AliasId, RecordId, TradeId};
use crate::workflow::{Versioned, word};

/// Why a workflow does not allow it. Codes never change.
#[derive(Debug, Clone, PartialEq, Eq, Error, Encode, Decode)]
#[repr(u8)]
#[encoding(name = "refusal")]
pub enum TradeRefusal {
    /// 60: the workflow is not in force.
    #[error("no such workflow is in force on this chain")]
    NoWorkflow = 60,
    /// 61: a trade names one alias for each party, the opener among them.
    #[error(
        "a trade names one alias for each party of its workflow, none twice, and the opener must be one of them"
    )]
    WrongParties = 61,
    /// 62: an alias cannot play the party.
    #[error(
        "{alias} is not an active alias with the role that the workflow demands for party {party}"
    )]
    UnfitParty {
        /// The party's name.
        #[encoding(read = word(reader, "party"))]
        party: String,
        /// The alias.
        alias: AliasId,
    } = 62,
    /// 63: there is no such trade.
    #[error("no trade with this id is on the chain")]
    UnknownTrade = 63,
    /// 64: there is no such step.
    #[error("the trade's workflow has no such step")]
    NoStep = 64,
    /// 65: this is for another party to do.
    #[error("only the trade's party {party} may do this")]
    NotThisParty {
        /// The party's name.
        #[encoding(read = word(reader, "party"))]
        party: String,
    } = 65,
    /// 66: not at this stage.
    #[error("the trade stands at {stage}: this cannot be done there")]
    WrongStage {
        /// The stage's name.
        #[encoding(read = word(reader, "stage"))]
        stage: String,
    } = 66,
    /// 67: not so many records.
    #[error(
        "the step takes one record for a document, one to eight in all for a list, and none if it adds no document; a document \
         that the trade has already is corrected, not added again"
    )]
    WrongRecords = 67,
    /// 68: another kind of document.
    #[error("record {record} is not of the kind that the step's document has")]
    OtherKind {
        /// The record.
        record: RecordId,
    } = 68,
    /// 69: the record, or one that it replaced, is another trade's.
    #[error("record {record}, or one that it replaces or that replaces it, is in trade {trade}")]
    InATrade {
        /// The record.
        record: RecordId,
        /// The trade.
        trade: TradeId,
    } = 69,
    /// 70: nothing to correct.
    #[error("the record does not replace a record of this trade")]
    NotACorrection = 70,
    /// 71: nothing to waive.
    #[error(
        "no proof over the trade's present records shows that this requirement is not met, or it is waived already"
    )]
    NothingToWaive = 71,
    /// 72: nobody, or another, may waive it.
    #[error("the workflow does not let the signer waive this requirement")]
    MayNotWaive = 72,
    /// 73: too many waivers.
    #[error("a trade has at most {most} waivers")]
    TooManyWaivers {
        /// Most waivers.
        most: u8,
    } = 73,
    /// 74: the trade is not where the bank demands it.
    #[error(
        "the trade stands at {stage}, and not at {demanded}, where its workflow lets it be financed"
    )]
    NotFinanceableYet {
        /// Where it stands.
        #[encoding(read = word(reader, "stage"))]
        stage: String,
        /// Where it must stand.
        #[encoding(read = word(reader, "stage"))]
        demanded: String,
    } = 74,
    /// 75: another document than the one that is financed.
    #[error("this record is not the document of the trade that its workflow lets be financed")]
    NotItsInvoice = 75,
    /// 88: the workflow asks for a check that is void, so no trade under it gets anywhere.
    #[error(
        "the workflow asks for the check {check}, which the members have made void: no proof of it counts any more"
    )]
    VoidCheck {
        /// Which.
        check: Versioned,
    } = 88,
}
