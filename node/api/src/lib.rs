//! The node's API: gRPC in front, a [`Backend`] behind, limits between.
//!
//! Protobuf ends here: the backend takes and gives ids and canonical bytes.

mod backend;
mod convert;
mod follow;
mod greet;
mod server;
mod service;

pub use backend::{
    Backend, BlockPart, Committed, FinalBlock, FinalHeader, Origin, Refused, Sequences,
    StateAnswer, StateEntry, StatePart, Status, TakenAnswer,
};
pub use sealane_wire::code::ErrorCode;
pub use server::{Limits, ServeError, serve};

#[cfg(test)]
mod tests;
