//! Heights in time.

use std::fmt;

use sealane_types::ids::{BlockTime, Height};

use super::Bank;
use crate::error::ClientError;
use crate::receipt::rfc3339;

/// A chain makes at least one block in so many milliseconds.
const LONGEST: u64 = 60_000;

/// When the block of a height was made, or will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Its time; `None` where the node began after it and does not have it.
    Was(Option<BlockTime>),
    /// It is not made yet: by this time it will be, if the chain does not stand still.
    By(BlockTime),
}

impl When {
    /// The time, RFC 3339 in UTC.
    #[must_use]
    pub fn time(self) -> Option<String> {
        match self {
            Self::Was(time) => time.map(rfc3339),
            Self::By(time) => Some(rfc3339(time)),
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.time()) {
            (Self::By(_), Some(time)) => write!(out, "by {time} at the latest"),
            (_, Some(time)) => write!(out, "since {time}"),
            (_, None) => out.write_str("before this node's first block"),
        }
    }
}

impl Bank {
    /// When the block of a height was made, or will be.
    ///
    /// # Errors
    /// When the node does not answer, or lies.
    pub async fn when(&self, height: Height) -> Result<When, ClientError> {
        let tip = self.node().tip().await?;
        let left = height.0.saturating_sub(tip.height().0);
        if left > 0 {
            let most = left.saturating_mul(LONGEST);
            let by = tip.header().time.0.saturating_add(most);
            return Ok(When::By(BlockTime(by)));
        }
        let header = self.node().header(height).await?;
        Ok(When::Was(header.map(|header| header.header().time)))
    }
}
