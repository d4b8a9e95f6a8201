//! Where a fingerprint stands.

use super::no_tag;
use crate::encoding::{Decode, DecodeError, Encode, Reader};
use crate::ids::Height;

/// Where a fingerprint stands that a financing wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// Held while a bank decides.
    Held {
        /// Below this height.
        until: Height,
    },
    /// Financed.
    Financed,
    /// Financed and repaid: taken for good.
    Repaid,
}

impl Encode for Life {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Held { until } => {
                out.push(1);
                until.encode(out);
            }
            Self::Financed => out.push(2),
            Self::Repaid => out.push(3),
        }
    }
}

impl Decode for Life {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match u8::decode(reader)? {
            1 => Self::Held {
                until: Height::decode(reader)?,
            },
            2 => Self::Financed,
            3 => Self::Repaid,
            tag => return no_tag("a fingerprint's life", tag),
        })
    }
}
