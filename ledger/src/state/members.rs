//! The state's values about aliases beside the aliases themselves.

use sealane_types::encoding::{Decode, Encode};
use sealane_types::ids::{FieldBytes, Height};

/// Most amendments of an alias.
pub const MAX_AMENDMENTS: usize = 16;

/// A commitment that an alias had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct EarlierCommitment {
    /// The commitment.
    pub commitment: FieldBytes,
    /// It serves records that were sealed below this height.
    pub below: Height,
}

/// The commitments that an alias had before the present one, the oldest first; at most [`MAX_AMENDMENTS`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct Earlier(
    #[encoding(list(MAX_AMENDMENTS, "commitments of an alias"))] pub Vec<EarlierCommitment>,
);

impl Earlier {
    /// Whether a record that was sealed at this height may be presented under this commitment.
    #[must_use]
    pub fn serves(&self, commitment: &FieldBytes, sealed: Height) -> bool {
        let serves = |one: &EarlierCommitment| one.commitment == *commitment && sealed < one.below;
        self.0.iter().any(serves)
    }
}
