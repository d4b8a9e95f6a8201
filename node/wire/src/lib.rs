//! The node's API on the wire: code generated from `specs/proto`, the words of its errors, the checks of what it
//! carries as proof of the state, and who speaks on a connection.
//!
//! Protobuf is known here and to this crate's users' edges alone; what it carries is the canonical
//! bytes of `sealane-types`.

pub mod code;
pub mod proof;
pub mod tls;

/// The generated messages, client and server of `sealane.v1`.
#[allow(missing_docs, clippy::all)]
pub mod v1 {
    tonic::include_proto!("sealane.v1");
}

/// What `sealane.v1` was generated from, as an encoded `FileDescriptorSet`: what server reflection tells.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// Most bytes of one message, either way.
pub const MAX_MESSAGE: usize = 4 << 20;
/// Most keys of one query of the state.
pub const MAX_KEYS: usize = 64;
/// Longest key of the state that can be asked for, in bytes.
pub const MAX_KEY: usize = 256;
/// Most entries of the taken log in one answer.
pub const MAX_TAKEN: usize = 4096;
/// Bytes of keys and values at which a part of the state ends; it may go beyond by one value.
pub const STATE_PART: usize = 1 << 20;
/// Bytes of transactions and receipts at which a part of a block ends; it may go beyond by one transaction.
pub const BLOCK_PART: usize = 512 << 10;
/// Longest wait for a transaction's receipt, in milliseconds.
pub const MAX_WAIT_MS: u32 = 60_000;
