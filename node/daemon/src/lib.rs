//! A node: the chain's process.
//!
//! ```text
//! home ─▶ store (checked) ─▶ chain ◀── engine (solo)
//!                              ▲            transactions → blocks → certificates
//!                              └── API (gRPC on loopback)
//! ```
//!
//! [`init`] makes a node's home, [`NodeHome::open`] checks one, [`run`] runs it until it is told to stop or
//! a fault stops it. A transaction is acknowledged when its block, and the next, which has its receipt, are
//! on the disk; the process may die at any instant before or after.

// A new kind of action, change, outcome or refusal has an answer wherever these are told apart, or nothing compiles. Tests may
// look for one kind alone; matches over others' enums, which grow, are allowed one by one.
#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]

mod answers;
mod bridge;
mod budget;
mod certificates;
mod chain;
mod clock_watch;
mod config;
mod engine_files;
mod fault;
mod figures;
mod follow;
mod gossip;
pub mod home;
mod keyring;
mod log;
mod metrics;
mod node;
mod peers;
mod process;
mod proofs;
mod refuse;
mod remind;
mod round;
mod rows;
mod rules;
mod secrecy;
mod service;
mod shares;
mod snapshot;
mod tip;
mod validator;
mod view;

pub use bridge::{BridgeError, Fault};
pub use config::{Begin, Config, Consensus, EngineKind, Peer, Waiting, peer_id, set_log};
pub use engine_files::EngineFileError;
pub use fault::ChainError;
pub use home::{HomeError, InitOptions, NodeHome, add_peer, init};
pub use log::level::check_level;
pub use log::{finish_log, start_log};
pub use node::{NodeError, Surroundings, run, run_in};
pub use process::signals;
pub use sealane_api::Limits as ApiLimits;
pub use sealane_consensus::{Clock, Limits as PoolLimits, Point, Points, SystemClock};
pub use snapshot::SnapshotError;
pub use validator::{
    Claim, ValidatorError, claim_key, claim_validator, consent_to_deal, count_peer, set_mark,
};

#[cfg(test)]
extern crate self as sealane_node;
#[cfg(test)]
#[path = "../tests/support/mod.rs"]
mod support;
