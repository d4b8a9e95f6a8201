//! The ledger's state: keys, small values, and how both are read and written.

mod entries;
mod key;
mod overlay;

pub use entries::{
    Answers, BlindedSet, Completed, Few, Financing, LogHead, LooseEntry, MAX_LOOSE_RECORDS,
    RecordEntry, Share, Stage,
};
pub use key::Key;
pub(crate) use overlay::StateExt;
pub use overlay::{Overlay, StateRead, Writes};
