//! Proving keys: making them, keeping them in a cache, telling them from others.
//!
//! **Test keys.** Until a ceremony has run, a circuit's keys come from a seed that everybody can compute: the tagged
//! hash of the circuit's name and digest. Every clone has the same keys, and everybody can forge with them. A chain
//! accepts them only where its genesis says so.
//!
//! As they are determined, their digests are pinned in `specs/vectors/`. A cached key is read only if it has the
//! pinned digest, so a truncated, changed or planted file is noticed, and the key is made again.

mod cache;
mod circuit;
mod keys;

pub use cache::default_directory;
pub use keys::{
    CircuitKeys, KeyProgress, Pins, SetupError, load_or_generate, load_or_generate_for,
};

#[cfg(test)]
mod tests;
