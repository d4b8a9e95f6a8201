//! Limits of what is read.

/// Largest file that is read, in bytes.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;
/// Most entries of a tax breakdown; each is compared with each line.
pub(crate) const MAX_TAX_ENTRIES: usize = 256;
