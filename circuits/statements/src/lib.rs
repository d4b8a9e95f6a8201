//! Statements: what a proof shows, one folder each.
//!
//! A folder has `statement.rs` (what is public, and its encoding for the verifier), `witness.rs` (what the prover knows),
//! `native.rs` (the check in plain arithmetic, with an exact error for each constraint), and, under the
//! feature `constraints`, `constraints.rs` (the same check as rows, under the same names). The specification
//! in `specs/circuits/` names the constraints; code cites them.

pub mod cross_check;
pub mod financing;
