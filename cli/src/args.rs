//! The command line's shape and its help.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

#[cfg(feature = "network")]
mod alias;
#[cfg(feature = "network")]
mod certificate;
#[cfg(feature = "network")]
mod check;
#[cfg(feature = "network")]
mod events;
#[cfg(feature = "network")]
mod handover;
pub mod help;
#[cfg(feature = "network")]
mod list;
#[cfg(feature = "network")]
mod members;
#[cfg(feature = "network")]
mod network;
#[cfg(feature = "network")]
mod trade;
#[cfg(feature = "network")]
mod validator;

#[cfg(feature = "network")]
pub use alias::{AliasCommand, CustomerKind, IdentifierArgs};
#[cfg(feature = "network")]
pub use certificate::CertificateCommand;
#[cfg(feature = "network")]
pub use check::CheckOnChain;
#[cfg(feature = "network")]
pub use events::EventsArgs;
#[cfg(feature = "network")]
pub use handover::{ContactCommand, HandoverCommand};
#[cfg(feature = "network")]
pub use list::{FinancingCommand, ListArgs};
#[cfg(feature = "network")]
pub use members::{
    ChangeCommand, GovernanceWord, MemberCommand, MemberRole, ProposalCommand, StandingWord,
};
#[cfg(feature = "network")]
pub use network::NetworkCommand;
#[cfg(feature = "network")]
pub use trade::{TradeCommand, WorkflowCommand};
#[cfg(feature = "network")]
pub use validator::ValidatorCommand;

/// Finance trade documents once, and prove it, without showing the documents to anybody.
#[derive(Debug, Parser)]
#[command(
    name = "sealane",
    version,
    after_help = "Exit codes: 0 done · 1 failed (network, disk) · 2 input not valid · 3 refused by the rules\n\
                  New here? `sealane demo` runs a complete example. `sealane document show FILE` reads one of your \
                  documents. `sealane COMMAND --help` explains a command, `-h` in short."
)]
pub struct Args {
    /// Print JSON: one object, or one for each line of a log or of events
    #[arg(long, global = true, help_heading = "Options of every command")]
    pub json: bool,

    /// A home: the folder of a bank's keys, records and receipts, or of a node
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "SEALANE_HOME",
        help_heading = "Options of every command"
    )]
    pub home: Option<PathBuf>,

    /// Wait so long for another command that writes in this home
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        default_value_t = 0,
        help_heading = "Options of every command"
    )]
    pub wait: u64,

    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read a business document and show what Sealane reads from it
    #[command(subcommand)]
    Document(DocumentCommand),

    /// Seal, prove and verify one invoice without a network; an altered one fails
    Taste {
        /// An invoice: UBL or CII XML, a PDF with XML in it, or Sealane's JSON
        file: PathBuf,
    },

    /// Prove that documents of different parties agree, without showing them
    ///
    /// A check declares on what the documents must agree. Its proof is written to a file, or submitted to the chain
    /// if the network has published the check.
    #[command(subcommand)]
    Check(CheckCommand),

    /// Run an example network: a financing, a refused duplicate, an alert for an altered copy
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
        /// Seal it for this customer of the bank, under the customer's alias
        #[arg(long = "as", value_name = "NAME")]
        customer: Option<String>,
        /// Use a new alias for this trade only, which shows nothing of the customer's other aliases
        #[arg(long, requires = "customer")]
        one_trade: bool,
        /// The document is this customer's, although it does not name it. Without this, the command asks on a terminal,
        /// and elsewhere stops
        #[arg(long, requires = "customer")]
        confirmed: bool,
    },

    /// The bank's customers on the chain: aliases whose names the bank alone knows
    #[cfg(feature = "network")]
    #[command(subcommand)]
    Alias(AliasCommand),

    /// The network's members; requests to become one, or for a new signing key
    #[cfg(feature = "network")]
    #[command(subcommand)]
    Member(MemberCommand),

    /// A bank's node as a validator: requests to become one, or for a new signing key
    #[cfg(feature = "network")]
    #[command(subcommand)]
    Validator(ValidatorCommand),

    /// What members propose and vote on
    #[cfg(feature = "network")]
    #[command(subcommand)]
    Proposal(ProposalCommand),

    /// Who may connect: certificates of nodes and homes, issued by the consortium's authority
    #[cfg(feature = "network")]
    #[command(subcommand)]
    Certificate(CertificateCommand),

    /// Find records of this home, and look at one
    #[cfg(feature = "network")]
    #[command(subcommand)]
    Record(RecordCommand),

    /// Find what this bank holds and has financed
    #[cfg(feature = "network")]
    #[command(subcommand)]
    Financing(FinancingCommand),

    /// Give the keystore of --home another passphrase
    ///
    /// Asks for both. Where no terminal is, SEALANE_PASSPHRASE gives the present one and SEALANE_NEW_PASSPHRASE the new one.
    #[cfg(feature = "network")]
    Passphrase,

    #[cfg(feature = "network")]
    #[command(flatten)]
    Handover(HandoverCommand),

    /// Ask whether a document is financed: free, taken or similar. Takes no fingerprint
    #[cfg(feature = "network")]
    Inquire {
        /// The document
        file: PathBuf,
        /// The customer whose document it is, by the bank's own name for it. Without this, the customer is found by
        /// the document's identifiers; for a seller that is no customer, a new alias is registered that only asks
        #[arg(long, value_name = "NAME")]
        customer: Option<String>,
        /// The document is this customer's, although it does not name it; asked for on a terminal
        #[arg(long, requires = "customer")]
        confirmed: bool,
    },

    /// Finance a sealed record: prove it, and take its fingerprints
    ///
    /// If the command is interrupted, run it again: it continues where it stopped.
    #[cfg(feature = "network")]
    Finance {
        /// The record, as `seal` printed it
        id: String,
        /// Instead of financing it, hold it for this many blocks (by default 1000) while the bank decides
        #[arg(long, value_name = "BLOCKS", num_args = 0..=1, default_missing_value = "1000")]
        hold: Option<u64>,
        /// The customer whose document it is, by the bank's own name for it. Without this, it is found by the
        /// document's identifiers
        #[arg(long, value_name = "NAME")]
        customer: Option<String>,
        /// The document is this customer's, although it does not name it; asked for on a terminal
        #[arg(long, requires = "customer")]
        confirmed: bool,
        /// The consent that another bank's customer signed, if the document is that customer's: its bank makes it with
        /// `sealane alias consent`
        #[arg(long, value_name = "FILE")]
        consent: Option<PathBuf>,
        /// Finance despite an alert of the looser rule with this number, a claim that is `assigned` already, another
        /// `payee`, a `correction` of another invoice or what stands in another's place, a `copy`, or what is `credited` in
        /// full. The reason goes on the record, for everybody to see; what does not stand in the way is left out. Repeat it
        /// for each
        #[arg(long, value_name = "WHAT=REASON")]
        waive: Vec<String>,
        /// Finance only if this trade is at a stage where its workflow allows this bank to finance the record
        #[arg(long, value_name = "TRADE")]
        trade: Option<String>,
    },

    /// Workflows: the steps and conditions of a trade, as the members agreed on them
    #[cfg(feature = "network")]
    #[command(subcommand)]
    Workflow(WorkflowCommand),

    /// Trades that follow a workflow: open, take steps, correct, waive, show
    #[cfg(feature = "network")]
    #[command(subcommand)]
    Trade(TradeCommand),

    /// End a financing
    #[cfg(feature = "network")]
    Release {
        /// The record
        id: String,
        /// `repaid` is final; `withdrawn` and `mistaken` make the document free again
        #[arg(long, value_enum)]
        reason: Reason,
    },

    /// Verify a receipt without a network
    #[cfg(feature = "network")]
    #[command(subcommand)]
    Receipt(ReceiptCommand),

    /// The chain's events, one line each, as they happen
    ///
    /// Each line says when, who, what, about which record, and with which outcome.
    /// Every block is verified before any of its events are printed. With --json, each line is an object.
    #[cfg(feature = "network")]
    Events(EventsArgs),

    /// Print a completion script for a shell
    ///
    /// For bash: source <(sealane completions bash)
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },

    /// Run a node of the chain until it is stopped
    #[cfg(feature = "network")]
    #[command(args_conflicts_with_subcommands = true)]
    Node(NodeArgs),
}

#[cfg(feature = "network")]
#[derive(Debug, clap::Args)]
pub struct NodeArgs {
    /// Where the log goes instead of standard error; of 16 MiB each, this file and four older ones are kept
    #[arg(long, value_name = "FILE")]
    pub log_file: Option<std::path::PathBuf>,
    #[command(subcommand)]
    pub command: Option<NodeCommand>,
}

#[cfg(feature = "network")]
#[derive(Debug, Subcommand)]
pub enum NodeCommand {
    /// Set how much a node's log tells, also while it runs: error, warn, info, debug or trace
    Log {
        /// The level, or directives like sealane_api=debug
        level: String,
    },
    /// What the node that --home (a bank's home) speaks through says of itself
    Status,
}

#[derive(Debug, Subcommand)]
pub enum DocumentCommand {
    /// Show what is read from a file, or why it is refused; for a folder, how many files are read and why others are
    /// refused
    Show {
        /// UBL 2.x or UN/CEFACT CII, alone, in a PDF or in an envelope; Sealane's JSON; or a folder of such files
        #[arg(value_name = "FILE|DIR")]
        file: PathBuf,
    },
    /// Enter a document from paper or a scan: asks for the fields on a terminal, or takes them as KEY=VALUE
    New {
        /// invoice, credit-note, order, order-response, despatch-advice, receipt-advice, bill-of-lading, waybill or
        /// letter-of-credit
        #[arg(long)]
        kind: String,
        /// Fields by the keys that `document show --json` prints: id=VF-418 seller.name=… seller.ids=SCHEME:VALUE
        /// lines[0].quantity=12
        #[arg(value_name = "KEY=VALUE")]
        pairs: Vec<String>,
        /// Write Sealane's JSON to this file, which must not exist. Without this: to standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub enum CheckCommand {
    /// The standard checks
    List,
    /// Write NAME.check and example documents into this folder; existing files are never overwritten
    New {
        /// The check's name: a-z, 0-9 and -
        name: String,
    },
    /// Read a check, evaluate it on the documents beside it, compile it, prove it and attack it
    ///
    /// A document's file is named after the check and the document: on-terms.order.json (or .xml); for a list
    /// on-terms.delivery.1.json, .2.json and so on. Exit code 0 also if requirements are not met.
    Test {
        /// The check's file, or a standard check's name; then its documents are taken from this folder
        file: PathBuf,
        /// Only evaluate: no circuit, no proof
        #[arg(long)]
        evaluate: bool,
    },

    #[cfg(feature = "network")]
    #[command(flatten)]
    OnChain(CheckOnChain),
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
pub enum RecordCommand {
    /// This home's records, the newest first, by number, customer, state and date
    List(ListArgs),
    /// Show what the chain holds of a record, and the fields that this home can open
    Show {
        /// The record, as `seal` printed it
        id: String,
    },
    /// Publish the keys of fields that the sealer sealed wrongly, so that they cannot block a check
    ///
    /// Requirements that read these fields count as not met. Everybody can read the published fields, for ever.
    Report {
        /// The record
        id: String,
    },
}

#[cfg(feature = "network")]
#[derive(Debug, Subcommand)]
pub enum ReceiptCommand {
    /// Verify receipts: transaction, inclusion proof, header, certificate, verifying key
    Verify {
        /// A receipt, as `finance` left it in the home; or several
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
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
