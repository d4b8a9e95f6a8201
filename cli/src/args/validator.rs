//! `sealane validator`.

use std::path::PathBuf;

use clap::Subcommand;

/// A bank's node as validator: requests to become one, and for a new signing key.
#[derive(Debug, Subcommand)]
pub enum ValidatorCommand {
    /// Make the observing node in --home (a bank's home) a validator that waits, and a file with which the members can
    /// propose to admit it
    Request {
        /// The validator's name: a-z, 0-9 and -
        #[arg(long)]
        name: String,
        /// Where to write the request
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// A network's folder: its other nodes pass transactions on to this one from now on
        #[arg(long)]
        dir: Option<PathBuf>,
    },

    /// Make a new signing key for the validator in --home (its folder, or its bank's home), and a file with which the
    /// members can propose it. The node changes to it by itself
    Rekey {
        /// Where to write the request
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },

    /// Consent that the validator in --home (its bank's home) deals in a round that leaves the fingerprint key with
    /// fewer holders, fewer banks or fewer answers than now. It deals in other rounds by itself
    Consent {
        /// The round, as `network status` names it
        round: u32,
    },

    /// Say up to which height the validator in --home (its bank's home) may have signed, where its mark of the last
    /// signature is lost. Its node is stopped
    Mark {
        /// It signs nothing up to this height: the height that the others have, plus 1
        height: u64,
    },
}
