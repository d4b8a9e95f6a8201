//! The command line's shape and its help.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

/// Finance trade documents once, and prove it, without showing them to anybody.
#[derive(Debug, Parser)]
#[command(
    name = "sealane",
    version,
    after_help = "Exit codes: 0 done · 1 it could not be done (network, disk) · 2 the input is not valid · \
                  3 the network's rules refuse it.\n\nNew here? `sealane demo` tells the whole story on this machine; \
                  `sealane document show FILE` reads a document of yours and changes nothing."
)]
pub struct Args {
    /// Print one JSON object on standard output instead of text
    #[arg(long, global = true)]
    pub json: bool,

    /// A home: the folder of a bank's keys, records and receipts, or of a node
    #[arg(long, global = true, value_name = "DIR", env = "SEALANE_HOME")]
    pub home: Option<PathBuf>,

    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read a business document and show what Sealane makes of it
    #[command(subcommand)]
    Document(DocumentCommand),

    /// Seal, prove and verify one invoice here, without a network; then watch an altered one fail
    Taste {
        /// An invoice: UBL or CII XML, or Sealane's JSON
        file: PathBuf,
    },

    /// A whole network on this machine and its story: an honest financing, a duplicate refused, an altered copy alerted
    #[cfg(feature = "network")]
    Demo {
        /// An invoice, an altered copy of it, and a different invoice; Sealane's own examples where left out
        #[arg(num_args = 0..=3, value_name = "FILE")]
        files: Vec<PathBuf>,
    },

    /// Make and run a network in a folder
    #[cfg(feature = "network")]
    #[command(subcommand)]
    Network(NetworkCommand),

    /// Seal a document: encrypt it field by field and put the record on the chain
    #[cfg(feature = "network")]
    Seal {
        /// The document
        file: PathBuf,
        /// The record that this one replaces: a corrected invoice, a changed order
        #[arg(long, value_name = "ID")]
        replaces: Option<String>,
    },

    /// Look at a record
    #[cfg(feature = "network")]
    #[command(subcommand)]
    Record(RecordCommand),

    /// Is this document financed already? Free, taken or similar; takes nothing
    #[cfg(feature = "network")]
    Inquire {
        /// The document
        file: PathBuf,
    },

    /// Finance a sealed record: prove it, and take its fingerprints
    ///
    /// Killed in the middle? Type the same command again: it goes on where it was.
    #[cfg(feature = "network")]
    Finance {
        /// The record, as `seal` printed it
        id: String,
        /// Hold it for so many blocks while the bank decides, instead of financing it
        #[arg(long, value_name = "BLOCKS", num_args = 0..=1, default_missing_value = "1000")]
        hold: Option<u64>,
        /// Finance although looser rule number RULE alerts; the reason goes on the record. One for each alert
        #[arg(long, value_name = "RULE=REASON")]
        waive: Vec<String>,
    },

    /// End a financing
    #[cfg(feature = "network")]
    Release {
        /// The record
        id: String,
        /// Repaid is final; withdrawn and mistaken make the document free again
        #[arg(long, value_enum)]
        reason: Reason,
    },

    /// Check a receipt without any network
    #[cfg(feature = "network")]
    #[command(subcommand)]
    Receipt(ReceiptCommand),

    /// Run a node of the chain until it is told to stop
    #[cfg(feature = "network")]
    Node,
}

#[derive(Debug, Subcommand)]
pub enum DocumentCommand {
    /// The canonical document, or why it is none
    Show {
        /// UBL 2.x, UN/CEFACT CII or Sealane's JSON
        file: PathBuf,
    },
}

/// How many nodes a network has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Nodes {
    /// One, which decides alone.
    One,
    /// One for each bank, which decide together.
    Each,
}

#[cfg(feature = "network")]
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

#[cfg(feature = "network")]
#[derive(Debug, Subcommand)]
pub enum RecordCommand {
    /// What the chain holds of a record, and what this home can open of it
    Show {
        /// The record, as `seal` printed it
        id: String,
    },
}

#[cfg(feature = "network")]
#[derive(Debug, Subcommand)]
pub enum ReceiptCommand {
    /// The receipt holds: transaction, inclusion proof, header, certificate, verifying key
    Verify {
        /// A receipt, as `finance` left it in the home
        file: PathBuf,
    },
}

/// Why a financing ends.
#[cfg(feature = "network")]
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum Reason {
    /// The money came back: final
    Repaid,
    /// The bank decided otherwise: the document is free again
    Withdrawn,
    /// It should not have happened: the document is free again
    Mistaken,
}
