//! The node's API: gRPC in front, a [`Backend`] behind, limits between.
//!
//! Protobuf ends here: the backend takes and gives ids and canonical bytes.

mod backend;
mod callers;
mod convert;
mod debt;
mod follow;
mod greet;
mod guard;
mod limits;
mod meter;
mod places;
mod refusals;
mod server;
mod service;

pub use backend::{
    Backend, BlockPart, Committed, FinalBlock, FinalHeader, Origin, Refused, Sequences,
    StateAnswer, StateEntry, StatePart, Status, TakenAnswer, Work,
};
pub use limits::Limits;
pub use sealane_wire::code::ErrorCode;
pub use server::{ServeError, serve};

#[cfg(test)]
mod tests;
