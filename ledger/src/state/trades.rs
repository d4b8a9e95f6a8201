//! The state's values about workflows and trades.

use sealane_types::cross_check::{MAX_LIST, MAX_REQUIREMENT_ID};
use sealane_types::encoding::{
    Decode, DecodeError, Encode, Reader, put_bytes, put_length, put_list,
};
use sealane_types::ids::{AliasId, BlockTime, Height, RecordId};
use sealane_types::transaction::MAX_REASON;
use sealane_types::workflow::{MAX_PARTIES, MAX_SLOTS, Versioned, Workflow};

/// Waivers of a trade that count at a time.
pub const MAX_WAIVERS: usize = 16;

/// A workflow that members have published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkflowEntry {
    /// What it says.
    pub workflow: Workflow,
    /// The first height at which trades can be opened under it.
    pub from: Height,
    /// The first height at which no more can.
    pub until: Option<Height>,
}

/// A trade. Where it stands now may be another stage than the written one: see [`crate::trade::stand`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TradeEntry {
    /// What it follows.
    pub workflow: Versioned,
    /// The height of the block that opened it.
    pub opened: Height,
    /// Who plays each party, in the workflow's order.
    pub parties: Vec<AliasId>,
    /// Bit `i` for party `i`: it has opened the trade or taken a step of it.
    pub joined: u8,
    /// The stage that a transaction brought it to last.
    pub stage: u8,
    /// The time of the block that did.
    pub since: BlockTime,
    /// The records that stand for each document, in the workflow's order.
    pub records: Vec<Vec<RecordId>>,
    /// Requirements that are waived for these records.
    pub waivers: Vec<WaiverEntry>,
}

/// A waived requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaiverEntry {
    /// The check's place in the workflow.
    pub check: u8,
    /// The requirement's id.
    pub requirement: String,
    /// Who waived it.
    pub by: AliasId,
    /// In which block.
    pub at: Height,
    /// Why.
    pub reason: String,
}

impl Encode for WorkflowEntry {
    fn encode(&self, out: &mut Vec<u8>) {
        self.workflow.encode(out);
        self.from.encode(out);
        self.until.encode(out);
    }
}

impl Decode for WorkflowEntry {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            workflow: Workflow::decode(reader)?,
            from: Height::decode(reader)?,
            until: Option::decode(reader)?,
        })
    }
}

impl Encode for TradeEntry {
    fn encode(&self, out: &mut Vec<u8>) {
        self.workflow.encode(out);
        self.opened.encode(out);
        put_list(out, &self.parties);
        self.joined.encode(out);
        self.stage.encode(out);
        self.since.encode(out);
        put_length(out, self.records.len());
        for list in &self.records {
            put_list(out, list);
        }
        put_list(out, &self.waivers);
    }
}

impl Decode for TradeEntry {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let workflow = Versioned::decode(reader)?;
        let opened = Height::decode(reader)?;
        let parties = reader.list(MAX_PARTIES, "parties")?;
        let (joined, stage) = (u8::decode(reader)?, u8::decode(reader)?);
        let since = BlockTime::decode(reader)?;
        let documents = reader.length(MAX_SLOTS, "documents")?;
        let lists = (0..documents).map(|_| reader.list(MAX_LIST, "records of a document"));
        Ok(Self {
            workflow,
            opened,
            parties,
            joined,
            stage,
            since,
            records: lists.collect::<Result<_, _>>()?,
            waivers: reader.list(MAX_WAIVERS, "waivers")?,
        })
    }
}

impl Encode for WaiverEntry {
    fn encode(&self, out: &mut Vec<u8>) {
        self.check.encode(out);
        put_bytes(out, self.requirement.as_bytes());
        self.by.encode(out);
        self.at.encode(out);
        put_bytes(out, self.reason.as_bytes());
    }
}

impl Decode for WaiverEntry {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            check: u8::decode(reader)?,
            requirement: reader.text(MAX_REQUIREMENT_ID, "requirement's id")?,
            by: AliasId::decode(reader)?,
            at: Height::decode(reader)?,
            reason: reader.text(MAX_REASON, "waiver's reason")?,
        })
    }
}
