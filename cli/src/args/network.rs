//! `sealane network`.

use std::path::PathBuf;

use clap::Subcommand;

use super::Nodes;

/// A network in a folder.
#[derive(Debug, Subcommand)]
pub enum NetworkCommand {
    /// Make keys, genesis and configuration: a home for each bank, with a node of its own from four banks on
    Init {
        /// The folder to make it in; it must not exist or be empty
        #[arg(long)]
        dir: PathBuf,
        /// How many banks
        #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=26))]
        banks: u8,
        /// How many regulators. Each has a home and, if each bank has a node, an observing node without a vote
        #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=26))]
        regulators: u8,
        /// A legal identifier of a bank or regulator, to which its alias commits: bank-a=vat:IT09325180744. A bank
        /// needs one if it seals documents that name it, such as a letter of credit that it issues. May be given
        /// several times
        #[arg(long = "id", value_name = "NAME=SCHEME:VALUE")]
        identifiers: Vec<String>,
        /// One node that all banks use, or one for each bank (Malachite; four or more tolerate a fault). Default: one
        /// node for fewer than four banks, else one for each
        #[arg(long)]
        nodes: Option<Nodes>,
        /// The first node's port on loopback; the other ports follow. 0 takes free ports
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// Protect the homes' keystores by a passphrase (asked for, or from SEALANE_PASSPHRASE) instead of a key file
        /// in each home
        #[arg(long)]
        passphrase: bool,
    },
    /// Start the network's processes
    Start {
        /// The network's folder
        #[arg(long)]
        dir: PathBuf,
    },
    /// Give a home in the network's folder an observing node of its own; running nodes accept it without a restart
    Join {
        /// The network's folder
        #[arg(long)]
        dir: PathBuf,
        /// The home: a folder in the network's folder, as `sealane member request` makes it
        #[arg(long)]
        home: PathBuf,
        /// Fetch the chain's present state, checked against what its validators signed, instead of all its blocks
        #[arg(long)]
        snapshot: bool,
    },
    /// Show the state of the network's nodes
    Status {
        /// The network's folder
        #[arg(long)]
        dir: PathBuf,
    },
    /// Stop the network's processes
    Stop {
        /// The network's folder
        #[arg(long)]
        dir: PathBuf,
    },
}
