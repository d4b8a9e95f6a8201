//! `sealane validator`.

use std::path::PathBuf;

use clap::Subcommand;

/// A bank's node as a validator: requests to become one, and for a new signing key.
#[derive(Debug, Subcommand)]
pub enum ValidatorCommand {
    /// Prepare the observing node in --home (a bank's home) to become a validator, and make the request with which a
    /// member can propose to admit it
    Request {
        /// The validator's name: a-z, 0-9 and -
        #[arg(long)]
        name: String,
        /// Where to write the request
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// A network's folder: its other nodes then pass transactions on to this one
        #[arg(long)]
        dir: Option<PathBuf>,
    },

    /// Make a new signing key for the validator in --home (its folder, or its bank's home), and the
    /// request with which a member can propose it. Once approved, the node uses it by itself
    Rekey {
        /// Where to write the request
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },

    /// Let the validator in --home (its bank's home) take part in a round after which fewer holders or banks have the
    /// fingerprint key, or fewer answers suffice. It takes part in other rounds by itself
    Consent {
        /// The round, as `network status` names it
        round: u32,
    },

    /// Say up to which height the validator in --home (its bank's home) may have signed, where its mark of the last
    /// signature is lost. Its node is stopped
    Mark {
        /// It signs nothing up to this height: the height that the others have, plus 1
        height: u64,
        /// The height is right although it is more than 1,000 above the last block in the node's data
        #[arg(long)]
        far: bool,
    },
}
