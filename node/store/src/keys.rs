//! The bytes of keys. They are frozen: `tests/format.rs` pins them.

use jmt::storage::NodeKey;
use jmt::{KeyHash, Version};
use sealane_types::ids::Height;

pub(crate) const CHAIN: &[u8] = b"chain";
pub(crate) const FORMAT: &[u8] = b"format";
pub(crate) const BASE: &[u8] = b"base";
pub(crate) const HEIGHT: &[u8] = b"height";

/// A height or an index, so that order of bytes is order of numbers.
pub(crate) fn number(number: u64) -> [u8; 8] {
    number.to_be_bytes()
}

pub(crate) fn height(height: Height) -> [u8; 8] {
    number(height.0)
}

/// A state value's key: all versions of one key stand together, the newest last.
pub(crate) fn value(key: KeyHash, version: Version) -> [u8; 40] {
    let mut bytes = [0; 40];
    bytes[..32].copy_from_slice(&key.0);
    bytes[32..].copy_from_slice(&version.to_be_bytes());
    bytes
}

pub(crate) fn node(key: &NodeKey) -> Vec<u8> {
    borsh::to_vec(key).expect("writing to memory does not fail")
}
