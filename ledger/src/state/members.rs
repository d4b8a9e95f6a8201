//! The state's values about aliases beside the aliases themselves.

use sealane_types::encoding::{Decode, DecodeError, Encode, Reader, put_list};
use sealane_types::ids::{FieldBytes, Height};

/// Most amendments of an alias.
pub const MAX_AMENDMENTS: usize = 16;

/// A commitment that an alias had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EarlierCommitment {
    /// The commitment.
    pub commitment: FieldBytes,
    /// It serves records that were sealed below this height.
    pub below: Height,
}

/// The commitments that an alias had before the present one, the oldest first; at most [`MAX_AMENDMENTS`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Earlier(pub Vec<EarlierCommitment>);

impl Earlier {
    /// Whether a record that was sealed at this height may be presented under this commitment.
    #[must_use]
    pub fn serves(&self, commitment: &FieldBytes, sealed: Height) -> bool {
        let serves = |one: &EarlierCommitment| one.commitment == *commitment && sealed < one.below;
        self.0.iter().any(serves)
    }
}

impl Encode for EarlierCommitment {
    fn encode(&self, out: &mut Vec<u8>) {
        self.commitment.encode(out);
        self.below.encode(out);
    }
}

impl Decode for EarlierCommitment {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            commitment: FieldBytes::decode(reader)?,
            below: Height::decode(reader)?,
        })
    }
}

impl Encode for Earlier {
    fn encode(&self, out: &mut Vec<u8>) {
        put_list(out, &self.0);
    }
}

impl Decode for Earlier {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader
            .list(MAX_AMENDMENTS, "commitments of an alias")
            .map(Self)
    }
}
