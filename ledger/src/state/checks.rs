//! Published checks, what was proven of them, and fields that nobody can read.

use sealane_types::cross_check::{Compiled, MAX_BITS};
use sealane_types::encoding::{Decode, Encode};
use sealane_types::ids::{AliasId, BlockTime, Digest, Height};
use sealane_types::schema::{HEADER_SLOTS, LINE_SLOTS, MAX_LINES};

/// Most fields of a record: all leaves of the largest.
const MAX_OPENED: usize = HEADER_SLOTS + MAX_LINES * LINE_SLOTS + 1;

/// What is published of a check at its sizes. Its text stands in the proposal that published it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct CheckEntry {
    /// The first height at which its proofs are taken.
    pub from: Height,
    /// The first height at which they are taken no longer.
    pub until: Option<Height>,
    /// The digest of its text.
    pub source: Digest,
    /// What its public inputs follow from, and its circuits.
    pub compiled: Compiled,
}

/// What stands for a check's name and version, at whatever size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct CheckTextEntry {
    /// The digest of its text.
    pub source: Digest,
    /// Since when the check is void, so that its proofs count no more: the time of the block that wrote the change,
    /// which is the one before the change's height.
    pub void: Option<BlockTime>,
}

/// What was proven of a check over records.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct OutcomeEntry {
    /// Which requirements are met, in the check's order.
    #[encoding(list(MAX_BITS, "bits"))]
    pub bits: Vec<bool>,
    /// Whose transaction brought the proof.
    pub prover: AliasId,
    /// The height of its block.
    pub at: Height,
    /// How many fields of the records had been opened then.
    pub opened: u32,
}

impl OutcomeEntry {
    /// Whether all requirements are met.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.bits.iter().all(|met| *met)
    }
}

/// The places of a record's fields whose keys were published since their sealer sealed them wrongly: slot and line, as
/// ciphertexts are bound to them, ascending.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct OpenedFields(#[encoding(list(MAX_OPENED, "opened fields"))] pub Vec<[u8; 3]>);
