//! What all rooms of the house share: the canonical encoding, the names of things on the chain, and
//! the fields of a record.
//!
//! Nothing here hashes, signs or encrypts: algorithms are reached through `sealane-crypto` alone.
//! This crate owns *structural* validity: bytes either decode to exactly one value, or are refused.

extern crate self as sealane_types; // what is derived names this crate so, here too

pub mod alias;
pub mod block;
pub mod cross_check;
pub mod currencies;
pub mod encoding;
pub mod fields;
pub mod fingerprint;
pub mod genesis;
#[deny(clippy::wildcard_enum_match_arm)]
// a new change has an answer everywhere, or nothing compiles
pub mod governance;
pub mod ids;
pub mod names;
#[deny(clippy::wildcard_enum_match_arm)] // and a new outcome, a new refusal
pub mod receipt;
pub mod record;
pub mod schema;
pub mod sharing;
pub mod suite;
pub mod text;
pub mod trade;
#[deny(clippy::wildcard_enum_match_arm)] // and a new payload
pub mod transaction;
pub mod workflow;
