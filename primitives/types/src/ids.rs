//! Names and quantities of the chain as types of their own, so that a height is never taken for a
//! sequence nor a block's id for a transaction's.
//!
//! Byte strings travel as they are; points and field elements in them are *not* checked here (curve,
//! subgroup, canonical form): that is `sealane-crypto`'s and `sealane-verifier`'s work.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::encoding::{Decode, Encode};

/// Why text is not the hexadecimal form of an id.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{what} is {expected} hexadecimal digits, lower case")]
pub struct NotHex {
    /// What was being read.
    pub what: &'static str,
    /// How many digits it has.
    pub expected: usize,
}

macro_rules! byte_strings {
    ($($(#[$doc:meta])* $name:ident: $length:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        pub struct $name(#[encoding(array(stringify!($name)))] [u8; $length]);

        impl $name {
            /// Length in bytes.
            pub const LENGTH: usize = $length;

            /// Takes the bytes as they are.
            #[must_use]
            pub const fn new(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }

            /// The bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $length] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = NotHex;

            fn from_str(text: &str) -> Result<Self, NotHex> {
                let mut bytes = [0; $length];
                let refused = NotHex { what: stringify!($name), expected: 2 * $length };
                hex_into(text, &mut bytes).then_some(Self(bytes)).ok_or(refused)
            }
        }
    )*};
}

byte_strings! {
    /// A chain: the hash of its genesis, so that two chains with other rules never share an id.
    ChainId: 32;
    /// An institution, customer or validator on the chain.
    AliasId: 32;
    /// A record. These are the bytes of its [`RecordRoot`], which commits to its header and every leaf.
    RecordId: 32;
    /// The Poseidon root of a record, a field element in little-endian bytes.
    RecordRoot: 32;
    /// A transaction: the hash of its signed body.
    TxId: 32;
    /// A trade: the bytes of the [`TxId`] that opened it.
    TradeId: 32;
    /// A block: the hash of its header.
    BlockId: 32;
    /// Root of the state's Merkle tree.
    StateRoot: 32;
    /// Root of a block's transactions or of its receipts (binary Merkle tree as RFC 6962).
    MerkleRoot: 32;
    /// Hash of a validator set's canonical bytes.
    ValidatorSetHash: 32;
    /// Any other hash.
    Digest: 32;
    /// A verifying key: the hash of its canonical bytes.
    VerifyingKeyId: 32;
    /// An element of BLS12-381's scalar field, little-endian.
    FieldBytes: 32;
    /// A compressed point of Jubjub.
    PointBytes: 32;
    /// A number below the order of Jubjub's subgroup, little-endian.
    ScalarBytes: 32;
    /// A public key that verifies signatures.
    PublicKey: 32;
    /// A key that hand-over files are encrypted to.
    ReceivingKey: 32;
    /// A signature.
    Signature: 64;
    /// A compressed Groth16 proof over BLS12-381.
    ProofBytes: 192;
    /// A composite proof that discrete logarithms are equal: two commitments and the response, 32 bytes each.
    DleqProof: 96;
    /// A record's salt, fresh at each sealing.
    Salt: 32;
    /// The public name of a field key, signed beside the ciphertext it opens.
    KeyId: 32;
}

/// Reads lower-case hexadecimal digits that fill `bytes` exactly.
fn hex_into(text: &str, bytes: &mut [u8]) -> bool {
    let digit = |letter: u8| match letter {
        b'0'..=b'9' => Some(letter - b'0'),
        b'a'..=b'f' => Some(letter - b'a' + 10),
        _ => None,
    };
    if text.len() != 2 * bytes.len() {
        return false;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let (Some(high), Some(low)) = (digit(pair[0]), digit(pair[1])) else {
            return false;
        };
        *byte = high << 4 | low;
    }
    true
}

impl From<RecordRoot> for RecordId {
    fn from(root: RecordRoot) -> Self {
        Self(root.0)
    }
}

impl From<RecordId> for RecordRoot {
    fn from(id: RecordId) -> Self {
        Self(id.0)
    }
}

impl From<RecordRoot> for FieldBytes {
    fn from(root: RecordRoot) -> Self {
        Self(root.0)
    }
}

macro_rules! quantities {
    ($($(#[$doc:meta])* $name:ident: $integer:ty;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Encode, Decode)]
        pub struct $name(pub $integer);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

quantities! {
    /// A block's height; genesis is at 0, the first block at 1.
    Height: u64;
    /// Milliseconds since 1970-01-01 00:00 UTC, by a block's header.
    BlockTime: u64;
    /// A signer's transactions, counted from 0 without gaps.
    Sequence: u64;
    /// A generation of the fingerprint key's shares.
    Epoch: u32;
    /// A holder of a share of the fingerprint key: the x coordinate of its share, from 1.
    ShareIndex: u16;
    /// Days since 1970-01-01, by a block's header.
    Day: u32;
    /// A proposal of governance, counted from 0.
    ProposalId: u32;
}

impl Height {
    /// The next height.
    ///
    /// # Panics
    /// After 2^64 blocks.
    #[must_use]
    pub fn next(self) -> Self {
        Self(
            self.0
                .checked_add(1)
                .expect("a chain has fewer than 2^64 blocks"),
        )
    }
}

impl Sequence {
    /// The next sequence; `None` after 2^64 − 1, when the signer's key is used up.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        self.0.checked_add(1).map(Self)
    }
}

impl BlockTime {
    /// The day that this time lies in; the last day that [`Day`] has for times beyond it.
    #[must_use]
    pub fn day(self) -> Day {
        Day(u32::try_from(self.0 / 86_400_000).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_from_what_they_print_and_from_nothing_else() {
        let id = RecordId::new(std::array::from_fn(|i| i as u8 * 7));
        let text = id.to_string();
        assert_eq!(text.parse(), Ok(id));
        assert!(text[..62].parse::<RecordId>().is_err());
        assert!(text.to_uppercase().parse::<RecordId>().is_err());
        assert!(format!("{}é", &text[..62]).parse::<RecordId>().is_err());
    }

    #[test]
    fn a_day_ends_at_midnight_utc() {
        assert_eq!(BlockTime(86_399_999).day(), Day(0));
        assert_eq!(BlockTime(86_400_000).day(), Day(1));
        assert_eq!(BlockTime(u64::MAX).day(), Day(u32::MAX));
    }
}
