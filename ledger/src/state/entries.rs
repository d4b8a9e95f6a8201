//! The values of the state. All are small: records themselves stand in blocks, and here only their
//! digests.

use sealane_types::block::MAX_VALIDATORS;
use sealane_types::encoding::{Decode, Encode};
use sealane_types::fingerprint::{Fingerprint, Mask, SLOTS};
use sealane_types::ids::{
    AliasId, Digest, Epoch, FieldBytes, Height, PointBytes, RecordId, ShareIndex,
};
use sealane_types::receipt::Life;
use sealane_types::record::Bucket;
use sealane_types::schema::Kind;
use sealane_types::transaction::ReleaseReason;

use super::Counted;

/// Records that a loose fingerprint's entry names; older ones are counted alone.
pub const MAX_LOOSE_RECORDS: usize = 16;

/// What the ledger knows of a record.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct RecordEntry {
    /// Hash of the record's canonical bytes: leaf hashes, key ids and ciphertexts included.
    pub digest: Digest,
    /// The field element to which its header hashes; the record root commits to it.
    pub context: FieldBytes,
    /// The alias that sealed it.
    pub sealer: AliasId,
    /// The bank that vouches for the sealer.
    pub bank: AliasId,
    /// The block that sealed it.
    pub height: Height,
    /// The kind of document.
    pub kind: Kind,
    /// The schema's version.
    pub schema_version: u16,
    /// Its line slots.
    pub bucket: Bucket,
    /// The first record of its line of replacements: itself where it replaces none.
    pub first_of_line: RecordId,
    /// The record that it replaces.
    pub replaces: Option<RecordId>,
    /// The record that replaces it.
    pub replaced_by: Option<RecordId>,
}

/// A record's blinded set.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct BlindedSet {
    /// The seller's alias.
    pub alias: AliasId,
    /// The alias' commitment that the set was proven for.
    pub alias_commitment: FieldBytes,
    /// Which slots apply.
    pub mask: Mask,
    /// The hiding commitment to payable amount and currency.
    pub amount_commitment: FieldBytes,
    /// `S`.
    pub blinding: PointBytes,
    /// `B_i` for the slots of the mask.
    pub blinded: Points,
    /// Against which quota of the record's bank it counts.
    pub counted: Counted,
}

/// One share's answer.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Share {
    /// The share.
    pub index: ShareIndex,
    /// Its answers for the slots of the mask.
    pub points: Points,
}

/// A completed set.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Completed {
    /// The epoch whose shares completed it.
    pub epoch: Epoch,
    /// `Z_i = k·B_i` for the slots of the mask.
    pub points: Points,
}

/// A record's hold or financing; the last one, where it was financed again.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Financing {
    /// The bank that holds it.
    pub bank: AliasId,
    /// Where it stands.
    pub stage: Stage,
    /// The record whose financing this one goes on with, through all takeovers; itself where it took none over. What was
    /// taken over stays taken as long as the last one that has the same.
    pub since: RecordId,
    /// The seller's alias.
    pub alias: AliasId,
    /// Its fingerprints for the slots of the mask.
    pub fingerprints: Fingerprints,
}

/// The fingerprint log's length and digest.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct LogHead {
    /// Entries.
    pub length: u64,
    /// Rolling digest over all entries.
    pub digest: Digest,
}

/// Up to [`SLOTS`] points.
pub type Points = Few<PointBytes>;
/// Up to [`SLOTS`] fingerprints.
pub type Fingerprints = Few<Fingerprint>;

/// A list of up to [`SLOTS`] values.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Few<T>(#[encoding(list(SLOTS, "a slot's values"))] pub Vec<T>);

/// The answers of one epoch's shares to a blinded set.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct Answers {
    /// Bit `j − 1` for share `j`: who has answered, also after the set was complete.
    pub answered: u64,
    /// The answers while they are too few; none once the set is complete.
    #[encoding(list(MAX_VALIDATORS, "shares"))]
    pub shares: Vec<Share>,
}

impl Answers {
    /// Whether this share has answered.
    #[must_use]
    pub fn has(&self, share: ShareIndex) -> bool {
        self.answered & Self::bit(share) != 0
    }

    /// Notes that this share has answered.
    pub fn mark(&mut self, share: ShareIndex) {
        self.answered |= Self::bit(share);
    }

    fn bit(share: ShareIndex) -> u64 {
        let at = u32::from(share.0).checked_sub(1);
        let bit = at.and_then(|at| 1_u64.checked_shl(at));
        bit.expect("an epoch has at most 64 shares, counted from 1")
    }
}

/// The records that share a loose fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct LooseEntry {
    /// Financed or repaid records that are not named any more.
    pub older: u32,
    /// At most [`MAX_LOOSE_RECORDS`], the newest last.
    #[encoding(list(MAX_LOOSE_RECORDS, "records"))]
    pub records: Vec<RecordId>,
}

/// Where a financing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[repr(u8)]
#[encoding(name = "stage of a financing")]
pub enum Stage {
    /// Held below a height; free from that height on, which is judged when read.
    Held {
        /// The first height at which it is free.
        until: Height,
    } = 1,
    /// Financed.
    Financed = 2,
    /// Ended by its holder.
    Released(ReleaseReason) = 3,
    /// A replacement of the record has it now.
    TakenOver {
        /// The replacement.
        by: RecordId,
    } = 4,
}

impl Stage {
    /// What this means to somebody who wants the same fingerprint at `height`; `None` when it is free.
    #[must_use]
    pub fn at(self, height: Height) -> Option<Life> {
        match self {
            Self::Held { until } if height < until => Some(Life::Held { until }),
            Self::Financed => Some(Life::Financed),
            Self::Released(ReleaseReason::Repaid) => Some(Life::Repaid),
            Self::Held { .. } | Self::Released(_) | Self::TakenOver { .. } => None,
        }
    }

    /// Whether it is held or financed at `height`.
    #[must_use]
    pub fn is_live(self, height: Height) -> bool {
        matches!(self.at(height), Some(Life::Held { .. } | Life::Financed))
    }
}
