//! What whoever asks is told where there is no answer.

use sealane_api::{ErrorCode, Refused};
use sealane_store::Store;

use crate::fault::ChainError;

/// A fault of the node, told to the log; the client learns that there was one.
pub(crate) fn fault(error: impl Into<ChainError>) -> Refused {
    tracing::error!(error = %error.into(), "a request met a fault of the node");
    Refused::new(
        ErrorCode::Internal,
        "a fault of the node; its log says which",
    )
}

pub(crate) fn not_found(what: &str) -> Refused {
    Refused::new(ErrorCode::NotFound, format!("there is no such {what}"))
}

/// As [`not_found`]; a node that began with a snapshot has nothing from before.
pub(crate) fn not_here(store: &Store, what: &str) -> Refused {
    match store.base() {
        Ok(Some(base)) => Refused::new(
            ErrorCode::NotFound,
            format!(
                "there is no such {what} here: this node began with a snapshot at height {}; ask another for what was before",
                base.height
            ),
        ),
        Ok(None) => not_found(what),
        Err(error) => fault(error),
    }
}
