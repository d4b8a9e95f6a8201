//! The state's values about workflows and trades.

use sealane_types::cross_check::{MAX_LIST, MAX_REQUIREMENT_ID};
use sealane_types::encoding::{Decode, Encode};
use sealane_types::ids::{AliasId, BlockTime, Height, RecordId};
use sealane_types::transaction::MAX_REASON;
use sealane_types::workflow::{MAX_PARTIES, MAX_SLOTS, Versioned, Workflow};

/// Waivers of a trade that count at a time.
pub const MAX_WAIVERS: usize = 16;

/// A workflow that members have published.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct WorkflowEntry {
    /// What it says.
    pub workflow: Workflow,
    /// The first height at which trades can be opened under it.
    pub from: Height,
    /// The first height at which no more can.
    pub until: Option<Height>,
}

/// A trade. Where it stands now may be another stage than the written one: see [`crate::trade::stand`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct TradeEntry {
    /// What it follows.
    pub workflow: Versioned,
    /// The height of the block that opened it.
    pub opened: Height,
    /// Who plays each party, in the workflow's order.
    #[encoding(list(MAX_PARTIES, "parties"))]
    pub parties: Vec<AliasId>,
    /// Bit `i` for party `i`: it has opened the trade or taken a step of it.
    pub joined: u8,
    /// The stage that a transaction brought it to last.
    pub stage: u8,
    /// The time of the block that did.
    pub since: BlockTime,
    /// The records that stand for each document, in the workflow's order.
    #[encoding(list(MAX_SLOTS, "documents"), list(MAX_LIST, "records of a document"))]
    pub records: Vec<Vec<RecordId>>,
    /// Requirements that are waived for these records.
    #[encoding(list(MAX_WAIVERS, "waivers"))]
    pub waivers: Vec<WaiverEntry>,
}

/// A waived requirement.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct WaiverEntry {
    /// The check's place in the workflow.
    pub check: u8,
    /// The requirement's id.
    #[encoding(text(MAX_REQUIREMENT_ID, "requirement's id"))]
    pub requirement: String,
    /// Who waived it.
    pub by: AliasId,
    /// In which block.
    pub at: Height,
    /// Why.
    #[encoding(text(MAX_REASON, "waiver's reason"))]
    pub reason: String,
}
