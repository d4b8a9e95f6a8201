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
mod help;
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
pub use help::command;
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

/// Finance trade documents once, and prove it, without showing them to anybody.
#[derive(Debug, Parser)]
#[command(
    name = "sealane",
    version,
    after_help = "Exit codes: 0 done · 1 failed (network, disk) · 2 input not valid · 3 refused by the rules\n\
                  New here? `sealane demo` tells the whole story on this machine. `sealane document show FILE` \
                  reads a document of yours and changes nothing. `sealane COMMAND --help` explains a command."
)]
pub struct Args {
    /// Print one JSON object on standard output instead of text
    #[arg(long, global = true)]
    pub json: bool,

    /// A home: the folder of a bank's keys, records and receipts, or of a node
    #[arg(long, global = true, value_name = "DIR", env = "SEALANE_HOME")]
    pub home: Option<PathBuf>,

    /// Wait so long for another command that writes in this home
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 0)]
    pub wait: u64,

    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read a business document and show what Sealane makes of it
    #[command(subcommand)]
    Document(DocumentCommand),

    /// Seal, prove and verify one invoice here, without a network; an altered one fails
    Taste {
        /// An invoice: UBL or CII XML, a PDF with XML in it, or Sealane's JSON
        file: PathBuf,
    },

    /// Prove that documents of different parties agree, without showing them
    ///
    /// A check declares what they must have in common. The proof of one is a file, or goes onto the chain if the network has
    /// published the check.
    #[command(subcommand)]
    Check(CheckCommand),

    /// A network on this machine: a financing, a duplicate refused, an altered copy alerted
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
        /// Under a new alias that is used for this trade alone: nobody can join it with the customer's others
        #[arg(long, requires = "customer")]
        one_trade: bool,
    },

    /// The bank's customers on the chain: aliases whose names the bank alone knows
    #[cfg(feature = "network")]
    #[command(subcommand)]
    Alias(AliasCommand),

    /// The network's members, and requests to become one, or for a new signing key
    #[cfg(feature = "network")]
    #[command(subcommand)]
    Member(MemberCommand),

    /// A bank's node as validator: requests to become one, or for a new signing key
    #[cfg(feature = "network")]
    #[command(subcommand)]
    Validator(ValidatorCommand),

    /// What members propose and vote on
    #[cfg(feature = "network")]
    #[command(subcommand)]
    Proposal(ProposalCommand),

    /// Who may connect: certificates of nodes and homes, from the consortium's own authority
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

    /// Is this document financed already? Free, taken or similar; takes nothing
    #[cfg(feature = "network")]
    Inquire {
        /// The document
        file: PathBuf,
        /// Whose document it is, by the bank's name for its customer; else it is found by the document's identifiers, and who is
        /// no customer is asked about under a new alias that says so
        #[arg(long, value_name = "NAME")]
        customer: Option<String>,
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
        /// Whose document it is, by the bank's name for its customer; else it is found by the document's identifiers
        #[arg(long, value_name = "NAME")]
        customer: Option<String>,
        /// What another bank's customer has signed, where the document is that one's: `sealane alias consent` there
        #[arg(long, value_name = "FILE")]
        consent: Option<PathBuf>,
        /// Finance over an alert of looser rule number RULE, over a claim that is `assigned` already, or over another `payee`; the
        /// reason goes on the record. One for each
        #[arg(long, value_name = "WHAT=REASON")]
        waive: Vec<String>,
        /// Only if this trade stands where its workflow lets the record be financed, by this bank
        #[arg(long, value_name = "TRADE")]
        trade: Option<String>,
    },

    /// The way of a trade, as the network's members agreed on it
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
        /// Repaid is final; withdrawn and mistaken make the document free again
        #[arg(long, value_enum)]
        reason: Reason,
    },

    /// Check a receipt without any network
    #[cfg(feature = "network")]
    #[command(subcommand)]
    Receipt(ReceiptCommand),

    /// What happens on the chain, a line each, as it happens
    ///
    /// Each line says when, who, what, about which record, and what became of it.
    /// Every block is checked before anything of it is printed. With --json, each line is an object.
    #[cfg(feature = "network")]
    Events(EventsArgs),

    /// Print what a shell needs to complete these commands
    ///
    /// For bash: source <(sealane completions bash)
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },

    /// Run a node of the chain until it is told to stop
    #[cfg(feature = "network")]
    Node {
        #[command(subcommand)]
        command: Option<NodeCommand>,
    },
}

#[cfg(feature = "network")]
#[derive(Debug, Subcommand)]
pub enum NodeCommand {
    /// What the node that --home (a bank's home) speaks through says of itself
    Status,
}

#[derive(Debug, Subcommand)]
pub enum DocumentCommand {
    /// The canonical document, or why it is none; of a folder, how many documents are read and why others are refused
    Show {
        /// UBL 2.x or UN/CEFACT CII, alone, in a PDF or in an envelope; Sealane's JSON; or a folder of such files
        #[arg(value_name = "FILE|DIR")]
        file: PathBuf,
    },
    /// Type a document in, from paper or a scan: asks for the fields on a terminal, or takes them as KEY=VALUE
    New {
        /// invoice, credit-note, order, order-response, despatch-advice, receipt-advice, bill-of-lading, waybill or letter-of-credit
        #[arg(long)]
        kind: String,
        /// Fields by the keys that `document show --json` prints: id=VF-418 seller.name=… seller.ids=SCHEME:VALUE lines[0].quantity=12
        #[arg(value_name = "KEY=VALUE")]
        pairs: Vec<String>,
        /// Write Sealane's JSON there; never over what is there. On standard output where left out
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub enum CheckCommand {
    /// The standard checks
    List,
    /// Write NAME.check and documents to try it on into this folder; never over what is there
    New {
        /// The check's name: a-z, 0-9 and -
        name: String,
    },
    /// Read a check, evaluate it on the documents beside it (FILE's name, a dot, the document's name and .json or .xml; of a
    /// list .1.json, .2.json and so on), compile it, prove it and attack it. Exit code 0 also where requirements are not met
    Test {
        /// The declaration, or a standard check by its name: its documents then stand in this folder
        file: PathBuf,
        /// Evaluate alone: no constraints, no proof
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
    /// What the chain holds of a record, and what this home can open of it
    Show {
        /// The record, as `seal` printed it
        id: String,
    },
    /// Publish the keys of fields that its sealer sealed wrongly, so that they cannot block a check: what could read them is not met. Everybody
    /// sees what stands there, for good
    Report {
        /// The record
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
