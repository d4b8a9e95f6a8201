//! What transactions cost whoever checks a block.

use sealane_ledger::chain::work;
use sealane_types::transaction::{Payload, Work};

/// Leaves of a record that are hashed in the time of one proof: some 26 microseconds each, against 1.2 ms
/// (`benches/RESULTS.md`).
const LEAVES: usize = 45;
/// Bytes that are sent, hashed and written in the time of one proof.
const BYTES: usize = 64 << 10;

/// What checking, applying and storing a transaction of so many bytes takes, in the time of one with one proof or
/// none. A record of 1,024 lines costs as much as some 180 of these: its tree is hashed again by everybody.
#[must_use]
pub fn cost(payload: &Payload, bytes: usize) -> usize {
    let leaves = match payload.describe().work {
        Work::Leaves(leaves) => leaves,
        Work::Proofs(_) | Work::Keys(_) | Work::Little => 0,
    };
    work(payload).max(1) + leaves / LEAVES + bytes / BYTES
}

/// What a block may [`cost`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Costs {
    /// In all.
    pub block: usize,
    /// Of one institution's transactions: one alone that hands in more than blocks can hold makes no long blocks.
    pub institution: usize,
}

impl Costs {
    /// Whatever it is.
    pub const ANY: Self = Self {
        block: usize::MAX,
        institution: usize::MAX,
    };
}
