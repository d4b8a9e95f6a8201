//! Why there is no proof.

use sealane_crypto::keys::Place;
use sealane_crypto::random::RandomError;
use sealane_setup::SetupError;
use sealane_statements::financing::FinancingError;
use thiserror::Error;

/// Why there is no prover or no proof.
#[derive(Debug, Error)]
pub enum ProveError {
    /// There are no keys.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// The pool of threads could not be made.
    #[error("the prover's threads cannot be started: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// The statement does not hold: nobody could prove it.
    #[error(transparent)]
    Statement(#[from] FinancingError),
    /// The check looks at too many combinations of lines.
    #[error(
        "the check looks at {found} combinations of lines at this size, at most {limit} are compiled: nest fewer lists, or take smaller documents"
    )]
    TooLarge {
        /// How many it looks at.
        found: u64,
        /// How many are compiled.
        limit: u64,
    },
    /// A leaf that the check opens is not known.
    #[error(
        "{document}: the check reads its {place}, which is not known here: its owner has to grant it, or it is encoded wrongly"
    )]
    Unknown {
        /// The document's name in the check.
        document: String,
        /// The leaf.
        place: Place,
    },
    /// A requirement's bit is not what the records give.
    #[error("requirement {requirement}: the records {} it, and the statement says otherwise", if *met { "meet" } else { "do not meet" })]
    Requirement {
        /// Its id.
        requirement: String,
        /// Whether the records meet it.
        met: bool,
    },
    /// The operating system gives no randomness.
    #[error(transparent)]
    Randomness(#[from] RandomError),
    /// Arkworks could not make the proof.
    #[error("the proof cannot be made: {0}")]
    Groth16(String),
    /// The proof just made does not verify: openings that are not the records', or a fault of this machine or of the program. It was
    /// not handed out.
    #[error(
        "the proof just made does not verify, so it was not handed out: what was given does not open the records, or please report this"
    )]
    Unverified,
}
