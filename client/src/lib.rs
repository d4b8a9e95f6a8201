//! What a program on a Sealane network is built on: a bank's home and its keys, a journal that
//! survives kills, queries that never believe the node, and the flows of a record: seal, inquire,
//! finance, release; the chain's events as they come; and receipts that anyone can check offline.
//!
//! Of the node this crate knows the wire format alone. The flows are asynchronous; work for the
//! processor (proving above all) runs on a pool of its own, see [`work`].

// A new kind of action, change, outcome or refusal has an answer wherever these are told apart, or nothing compiles. Tests may
// look for one kind alone; matches over others' enums, which grow, are allowed one by one.
#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]

pub mod chain;
pub mod error;
pub mod events;
pub mod fields;
pub mod flows;
pub mod home;
pub mod join;
pub mod network;
pub mod paths;
pub mod progress;
pub mod proving;
pub mod receipt;
pub mod refused;
pub mod work;
pub mod workflows;
