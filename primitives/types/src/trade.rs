//! What parties of a trade send: they open one, take steps, correct documents, waive requirements.

use crate::cross_check::{MAX_LIST, requirement};
use crate::encoding::{Decode, DecodeError, Encode, Reader, ensure, invalid};
use crate::ids::{AliasId, RecordId, TradeId};
use crate::workflow::{MAX_PARTIES, MAX_REQUIRED, Versioned, word};

/// Longest reason of a waiver, in bytes of UTF-8.
pub const MAX_REASON: usize = 256;

/// Opens a trade. Its id is the transaction's.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct OpenTrade {
    /// The workflow that it follows.
    pub workflow: Versioned,
    /// Who plays each party, in the workflow's order; the signer is among them.
    #[encoding(list(MAX_PARTIES, "parties"))]
    pub parties: Vec<AliasId>,
}

/// Takes a step of a trade.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct TakeStep {
    /// The trade.
    pub trade: TradeId,
    /// The step's name.
    #[encoding(read = word(reader, "step"))]
    pub step: String,
    /// The records that it brings: none where the step brings no document.
    #[encoding(list(MAX_LIST, "records"))]
    pub records: Vec<RecordId>,
}

/// Puts a record in the place of the one that it replaces.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct CorrectTrade {
    /// The trade.
    pub trade: TradeId,
    /// The newer record, which names the older one.
    pub record: RecordId,
}

/// Lets a trade go on although a requirement is not met.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[encoding(check)]
pub struct WaiveRequirement {
    /// The trade.
    pub trade: TradeId,
    /// The check's place in the workflow.
    pub check: u8,
    /// The requirement's id.
    #[encoding(read = requirement(reader))]
    pub requirement: String,
    /// Why, public; 1 to [`MAX_REASON`] bytes of one line of text.
    #[encoding(read = reason(reader))]
    pub reason: String,
}

/// A public reason, of one line.
///
/// # Errors
/// When it is empty, too long, or more than one line.
pub fn reason(reader: &mut Reader<'_>) -> Result<String, DecodeError> {
    let reason = reader.text(MAX_REASON, "waiver's reason")?;
    match reason.trim().is_empty() || reason.chars().any(char::is_control) {
        true => invalid("waiver's reason", "empty, or more than one line"),
        false => Ok(reason),
    }
}

impl WaiveRequirement {
    fn check(&self) -> Result<(), DecodeError> {
        let fits = usize::from(self.check) < MAX_REQUIRED;
        ensure(fits, "check", "a workflow asks for fewer checks")
    }
}
