//! Cipher suites: which algorithms a chain uses. Genesis names one, and so does each check.

use crate::encoding::{Decode, Encode};

/// The cryptographic algorithms of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[repr(u8)]
#[encoding(name = "cipher suite")]
pub enum Suite {
    /// Western standards.
    International = 1,
}
