//! The values of the state. All are small: records themselves stand in blocks, and here only their
//! digests.

use sealane_types::block::MAX_VALIDATORS;
use sealane_types::encoding::{Decode, DecodeError, Encode, Reader, put_list};
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

/// Declares a struct whose encoding is its fields in order.
macro_rules! entries {
    ($($(#[$doc:meta])* pub struct $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl Encode for $name {
            fn encode(&self, out: &mut Vec<u8>) {
                $(self.$field.encode(out);)*
            }
        }

        impl Decode for $name {
            fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
                Ok(Self { $($field: Decode::decode(reader)?,)* })
            }
        }
    )*};
}

entries! {
    /// What the ledger knows of a record.
    pub struct RecordEntry {
        /// Hash of the record's canonical bytes: leaf hashes, key ids and ciphertexts included.
        digest: Digest,
        /// The field element to which its header hashes; the record root commits to it.
        context: FieldBytes,
        /// The alias that sealed it.
        sealer: AliasId,
        /// The bank that vouches for the sealer.
        bank: AliasId,
        /// The block that sealed it.
        height: Height,
        /// The kind of document.
        kind: Kind,
        /// The schema's version.
        schema_version: u16,
        /// Its line slots.
        bucket: Bucket,
        /// The first record of its line of replacements: itself where it replaces none.
        first_of_line: RecordId,
        /// The record that it replaces.
        replaces: Option<RecordId>,
        /// The record that replaces it.
        replaced_by: Option<RecordId>,
    }

    /// A record's blinded set.
    pub struct BlindedSet {
        /// The seller's alias.
        alias: AliasId,
        /// The alias' commitment that the set was proven for.
        alias_commitment: FieldBytes,
        /// Which slots apply.
        mask: Mask,
        /// The hiding commitment to payable amount and currency.
        amount_commitment: FieldBytes,
        /// `S`.
        blinding: PointBytes,
        /// `B_i` for the slots of the mask.
        blinded: Points,
        /// Against which quota of the record's bank it counts.
        counted: Counted,
    }

    /// One share's answer.
    pub struct Share {
        /// The share.
        index: ShareIndex,
        /// Its answers for the slots of the mask.
        points: Points,
    }

    /// A completed set.
    pub struct Completed {
        /// The epoch whose shares completed it.
        epoch: Epoch,
        /// `Z_i = k·B_i` for the slots of the mask.
        points: Points,
    }

    /// A record's hold or financing; the last one, where it was financed again.
    pub struct Financing {
        /// The bank that holds it.
        bank: AliasId,
        /// Where it stands.
        stage: Stage,
        /// The record whose financing this one goes on with, through all takeovers; itself where it took none over. What was
        /// taken over stays taken as long as the last one that has the same.
        since: RecordId,
        /// The seller's alias.
        alias: AliasId,
        /// Its fingerprints for the slots of the mask.
        fingerprints: Fingerprints,
    }

    /// The fingerprint log's length and digest.
    pub struct LogHead {
        /// Entries.
        length: u64,
        /// Rolling digest over all entries.
        digest: Digest,
    }
}

/// Up to [`SLOTS`] points.
pub type Points = Few<PointBytes>;
/// Up to [`SLOTS`] fingerprints.
pub type Fingerprints = Few<Fingerprint>;

/// A list of up to [`SLOTS`] values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Few<T>(pub Vec<T>);

impl<T: Encode> Encode for Few<T> {
    fn encode(&self, out: &mut Vec<u8>) {
        put_list(out, &self.0);
    }
}

impl<T: Decode> Decode for Few<T> {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.list(SLOTS, "a slot's values").map(Self)
    }
}

/// The answers of one epoch's shares to a blinded set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answers {
    /// Bit `j − 1` for share `j`: who has answered, also after the set was complete.
    pub answered: u64,
    /// The answers while they are too few; none once the set is complete.
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

impl Encode for Answers {
    fn encode(&self, out: &mut Vec<u8>) {
        self.answered.encode(out);
        put_list(out, &self.shares);
    }
}

impl Decode for Answers {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            answered: u64::decode(reader)?,
            shares: reader.list(MAX_VALIDATORS, "shares")?,
        })
    }
}

/// The records that share a loose fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LooseEntry {
    /// Financed or repaid records that are not named any more.
    pub older: u32,
    /// At most [`MAX_LOOSE_RECORDS`], the newest last.
    pub records: Vec<RecordId>,
}

impl Encode for LooseEntry {
    fn encode(&self, out: &mut Vec<u8>) {
        self.older.encode(out);
        put_list(out, &self.records);
    }
}

impl Decode for LooseEntry {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            older: u32::decode(reader)?,
            records: reader.list(MAX_LOOSE_RECORDS, "records")?,
        })
    }
}

/// Where a financing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Held below a height; free from that height on, which is judged when read.
    Held {
        /// The first height at which it is free.
        until: Height,
    },
    /// Financed.
    Financed,
    /// Ended by its holder.
    Released(ReleaseReason),
    /// A replacement of the record has it now.
    TakenOver {
        /// The replacement.
        by: RecordId,
    },
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

impl Encode for Stage {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Held { until } => {
                out.push(1);
                until.encode(out);
            }
            Self::Financed => out.push(2),
            Self::Released(reason) => {
                out.push(3);
                reason.encode(out);
            }
            Self::TakenOver { by } => {
                out.push(4);
                by.encode(out);
            }
        }
    }
}

impl Decode for Stage {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match u8::decode(reader)? {
            1 => Self::Held {
                until: Height::decode(reader)?,
            },
            2 => Self::Financed,
            3 => Self::Released(ReleaseReason::decode(reader)?),
            4 => Self::TakenOver {
                by: RecordId::decode(reader)?,
            },
            tag => {
                return Err(DecodeError::Invalid {
                    what: "stage of a financing",
                    reason: format!("no stage has tag {tag}"),
                });
            }
        })
    }
}
