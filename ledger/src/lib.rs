//! The pure ledger: records, fingerprints and financings as a function of state and block.
//!
//! ```text
//! Block ──verify_block──▶ VerifiedBlock ──apply──▶ Applied { writes, receipts, effects }
//!   header, signatures, sequences,     the rules: who may, what is free,
//!   proofs against the state           what a refusal says
//! ```
//!
//! No clock, no randomness, no I/O, no unordered map. What has not been verified cannot be applied.
//! Invariant **I4**: at any height each strict fingerprint has at most one record that is held or
//! financed, and once repaid it has that record for good.

// A new kind of action, change, outcome or refusal has an answer wherever these are told apart, or nothing compiles. Tests may
// look for one kind alone; matches over others' enums, which grow, are allowed one by one.
#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]

mod apply;
mod beginning;
mod certificate;
pub mod chain;
mod claims;
pub mod consortium;
mod cross_check;
mod effects;
pub mod foretell;
pub mod log;
pub mod merkle;
mod naming;
pub mod protocol;
mod rules;
mod semantic;
pub mod sharing;
pub mod state;
pub mod trade;
pub mod trust;
mod verified;
mod verify;

pub use apply::{Applied, ApplyError, apply, next_sequence};
pub use beginning::{FIRST_PROTOCOL, GenesisError, PROTOCOL, check_genesis, genesis_writes};
pub use certificate::{CertificateError, check_certificate};
pub use claims::{claims, presented};
pub use cross_check::claims_in_parts;
pub use effects::Effect;
pub use naming::{block_id, chain_id, transaction_id, validator_set_hash};
pub use verified::{VerifiedBlock, VerifiedTransaction};
pub use verify::{InvalidBlock, InvalidTransaction, admit, verify_block};

#[cfg(test)]
mod tests;
