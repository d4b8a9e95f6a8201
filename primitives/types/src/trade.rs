//! What parties of a trade send: they open one, take steps, correct documents, waive requirements.

use crate::cross_check::{MAX_LIST, MAX_REQUIREMENT_ID};
use crate::encoding::{Decode, DecodeError, Encode, Reader, put_bytes, put_list};
use crate::ids::{AliasId, RecordId, TradeId};
use crate::transaction::MAX_REASON;
use crate::workflow::{MAX_PARTIES, MAX_REQUIRED, Versioned, word};

/// Opens a trade. Its id is the transaction's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenTrade {
    /// The workflow that it follows.
    pub workflow: Versioned,
    /// Who plays each party, in the workflow's order; the signer is among them.
    pub parties: Vec<AliasId>,
}

/// Takes a step of a trade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakeStep {
    /// The trade.
    pub trade: TradeId,
    /// The step's name.
    pub step: String,
    /// The records that it brings: none where the step brings no document.
    pub records: Vec<RecordId>,
}

/// Puts a record in the place of the one that it replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectTrade {
    /// The trade.
    pub trade: TradeId,
    /// The newer record, which names the older one.
    pub record: RecordId,
}

/// Lets a trade go on although a requirement is not met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaiveRequirement {
    /// The trade.
    pub trade: TradeId,
    /// The check's place in the workflow.
    pub check: u8,
    /// The requirement's id.
    pub requirement: String,
    /// Why, public; 1 to [`MAX_REASON`] bytes of one line of text.
    pub reason: String,
}

fn invalid<T>(what: &'static str, reason: String) -> Result<T, DecodeError> {
    Err(DecodeError::Invalid { what, reason })
}

/// Whether this can be a requirement's id: letters, digits, `-`, `_` and `.`.
#[must_use]
pub fn is_requirement(id: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=MAX_REQUIREMENT_ID).contains(&id.len()) && id.bytes().all(letter)
}

/// A requirement's id.
pub(crate) fn requirement(reader: &mut Reader<'_>) -> Result<String, DecodeError> {
    let id = reader.text(MAX_REQUIREMENT_ID, "requirement's id")?;
    match is_requirement(&id) {
        true => Ok(id),
        false => invalid("requirement's id", format!("{id:?} is none")),
    }
}

/// A public reason, of one line.
///
/// # Errors
/// When it is empty, too long, or more than one line.
pub fn reason(reader: &mut Reader<'_>) -> Result<String, DecodeError> {
    let reason = reader.text(MAX_REASON, "waiver's reason")?;
    match reason.trim().is_empty() || reason.chars().any(char::is_control) {
        true => invalid("waiver's reason", "empty, or more than one line".to_owned()),
        false => Ok(reason),
    }
}

impl Encode for OpenTrade {
    fn encode(&self, out: &mut Vec<u8>) {
        self.workflow.encode(out);
        put_list(out, &self.parties);
    }
}

impl Decode for OpenTrade {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            workflow: Versioned::decode(reader)?,
            parties: reader.list(MAX_PARTIES, "parties")?,
        })
    }
}

impl Encode for TakeStep {
    fn encode(&self, out: &mut Vec<u8>) {
        self.trade.encode(out);
        put_bytes(out, self.step.as_bytes());
        put_list(out, &self.records);
    }
}

impl Decode for TakeStep {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            trade: TradeId::decode(reader)?,
            step: word(reader, "step")?,
            records: reader.list(MAX_LIST, "records")?,
        })
    }
}

impl Encode for CorrectTrade {
    fn encode(&self, out: &mut Vec<u8>) {
        self.trade.encode(out);
        self.record.encode(out);
    }
}

impl Decode for CorrectTrade {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            trade: TradeId::decode(reader)?,
            record: RecordId::decode(reader)?,
        })
    }
}

impl Encode for WaiveRequirement {
    fn encode(&self, out: &mut Vec<u8>) {
        self.trade.encode(out);
        self.check.encode(out);
        put_bytes(out, self.requirement.as_bytes());
        put_bytes(out, self.reason.as_bytes());
    }
}

impl Decode for WaiveRequirement {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let waive = Self {
            trade: TradeId::decode(reader)?,
            check: u8::decode(reader)?,
            requirement: requirement(reader)?,
            reason: reason(reader)?,
        };
        match usize::from(waive.check) < MAX_REQUIRED {
            true => Ok(waive),
            false => invalid("check", "a workflow asks for fewer checks".to_owned()),
        }
    }
}
