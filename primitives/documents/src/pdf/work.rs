//! What reading a PDF may cost.

use crate::limits::MAX_BYTES;
use crate::pdf::Trouble;

/// Most bytes that are read of a PDF's structure, a byte each time that it is read again.
const READ: usize = 2 * MAX_BYTES;
/// Most bytes that its streams may unpack to, all together.
const UNPACKED: usize = 2 * MAX_BYTES;

/// What is left of both.
#[derive(Debug)]
pub struct Work {
    read: usize,
    unpacked: usize,
}

impl Work {
    /// The whole allowance.
    pub fn new() -> Self {
        Self {
            read: READ,
            unpacked: UNPACKED,
        }
    }

    /// Pays for bytes that are read.
    pub fn read(&mut self, bytes: usize) -> Result<(), Trouble> {
        let left = self.read.checked_sub(bytes);
        self.read = left.ok_or(Trouble::Limit("far more structure than a document needs"))?;
        Ok(())
    }

    /// How much a stream may still unpack to: one file, and what is left for all.
    pub fn may_unpack(&self) -> usize {
        self.unpacked.min(MAX_BYTES)
    }

    /// Pays for unpacked bytes, at most [`Self::may_unpack`].
    pub fn unpack(&mut self, bytes: usize) -> Result<(), Trouble> {
        let fits = bytes <= self.may_unpack();
        let left = self.unpacked.checked_sub(bytes).filter(|_| fits);
        self.unpacked = left.ok_or(Trouble::Limit("streams that unpack to more than 16 MiB"))?;
        Ok(())
    }
}
