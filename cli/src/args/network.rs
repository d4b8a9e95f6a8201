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
        /// How many regulators: each has a home and, where each bank has a node, an observing node without a vote
        #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=26))]
        regulators: u8,
        /// A legal identifier of a bank or regulator (bank-a=vat:IT09325180744), to which its alias commits; several for several.
        /// Whoever seals documents that name it, as the issuer of a letter of credit, needs one
        #[arg(long = "id", value_name = "NAME=SCHEME:VALUE")]
        identifiers: Vec<String>,
        /// One node that all banks use, or one for each bank (Malachite; needs four or more to survive a fault). Without
        /// this: one below four banks, else one for each
        #[arg(long)]
        nodes: Option<Nodes>,
        /// The first node's port on loopback, and the others' after it; 0 takes free ones
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// Protect the homes' keystores by a passphrase (asked for, or from SEALANE_PASSPHRASE); without it, by a key
        /// file in each home
        #[arg(long)]
        passphrase: bool,
    },
    /// Start the network's processes
    Start {
        /// The network's folder
        #[arg(long)]
        dir: PathBuf,
    },
    /// Give a home in the network's folder an observing node of its own: the others let it in while they run
    Join {
        /// The network's folder
        #[arg(long)]
        dir: PathBuf,
        /// The home: a folder in it, as `sealane member request` makes
        #[arg(long)]
        home: PathBuf,
        /// Begin with the chain's present state, checked against what its validators signed, instead of all its blocks
        #[arg(long)]
        snapshot: bool,
    },
    /// What its nodes say of themselves
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
