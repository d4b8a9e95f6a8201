//! A bank's folder: configuration, genesis, keystore, own records, receipts and journal.

pub mod config;
pub mod disk;
pub(crate) mod hexed;
pub mod journal;
