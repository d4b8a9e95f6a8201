//! The rules, each kept and each broken, without proofs: actions are put together as if verified,
//! which only this crate's own tests can do.

#![allow(clippy::unwrap_used)]

mod answering;
mod blocks;
mod checks;
mod financing;
mod foretelling;
mod governing;
mod limits;
mod members;
mod parts;
mod property;
mod quotas;
mod replacing;
mod sealing;
mod sellers;
mod sharing;
mod signing;
mod trades;
mod verifying;
mod world;
