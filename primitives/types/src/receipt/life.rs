//! Where a fingerprint stands.

use crate::encoding::{Decode, Encode};
use crate::ids::Height;

/// Where a fingerprint stands that a financing wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[repr(u8)]
#[encoding(name = "a fingerprint's life")]
pub enum Life {
    /// Held while a bank decides.
    Held {
        /// Below this height.
        until: Height,
    } = 1,
    /// Financed.
    Financed = 2,
    /// Financed and repaid: taken for good.
    Repaid = 3,
}
