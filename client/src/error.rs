//! All that can go wrong in a flow, by what a caller does about it.

use sealane_documents::{ReadError, SealError};
use sealane_types::ids::{PublicKey, RecordId};
use sealane_types::receipt::Refusal;
use sealane_types::text::word;
use sealane_wire::code::ErrorCode;
use thiserror::Error;

use crate::chain::NodeError;
use crate::flows::{CrossCheckFault, HandoverFault, SellerFault};
use crate::home::disk::DiskError;
use crate::home::journal::JournalError;
use crate::home::{HomeError, KeysError};
use crate::network::NetworkError;
use crate::receipt::ReceiptError;
use crate::refused::Refused;
use crate::work::WorkError;

/// Why a flow did not end well. [`ClientError::exit_code`] gives the command line's code.
#[derive(Debug, Error)]
pub enum ClientError {
    /// The home cannot be used.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The home's keys do not work.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The document cannot be read.
    #[error(transparent)]
    Document(#[from] ReadError),
    /// The document cannot be sealed.
    #[error("the document cannot be sealed: {0}")]
    Canonical(#[from] SealError),
    /// The fields cannot be sealed.
    #[error("the document cannot be sealed: {0}")]
    Sealing(String),
    /// The document cannot be financed: the statement is not true of it.
    #[error("this document cannot be financed: {0}")]
    NotFinanceable(String),
    /// The proof could not be made.
    #[error("the proof could not be made: {0}")]
    Proving(String),
    /// The threads for work failed.
    #[error(transparent)]
    Work(#[from] WorkError),
    /// The node gave no answer that can be used.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// The network's rules refuse.
    #[error(transparent)]
    Refused(Box<Refused>),
    /// The record is of another home: this one has no keys for it.
    #[error("record {0} was sealed by another home; use the home that sealed it")]
    NotOurs(RecordId),
    /// No customer of this bank has the name.
    #[error("this bank has no customer {0:?}; sealane alias list shows its customers")]
    NoCustomer(String),
    /// A customer of this name has other identifiers or another role.
    #[error(
        "this bank has a customer {0:?} with other identifiers or another role; choose another name, or add an identifier with \
         sealane alias amend {named} --id SCHEME:VALUE", named = word(.0)
    )]
    CustomerExists(String),
    /// A new customer has an identifier that another customer has.
    #[error(
        "{} is an identifier of your customer {customer} already. If this is the same company, use that customer, and add what is \
         missing with sealane alias amend {named} --id SCHEME:VALUE. If it is another company that shares the number, as in a \
         tax group, or is to take the place of {customer}, give --shared: without sealane finance --customer, what shows the \
         number is financed under {customer}", identifiers.join(", "), named = word(customer)
    )]
    IdentifierOfAnother {
        /// The customer that has it.
        customer: String,
        /// What both have.
        identifiers: Vec<String>,
    },
    /// Under whose alias a document is financed is not clear, or does not fit it.
    #[error(transparent)]
    Seller(#[from] SellerFault),
    /// An identifier is none, or there are too many.
    #[error("{0}")]
    Identifier(String),
    /// No member has the name.
    #[error("no member of this network is named {0:?}; see sealane member list")]
    NoMember(String),
    /// A proposal that would lapse before anybody else has voted.
    #[error(
        "--in {notice} leaves the other members no time to vote: a proposal lapses unless it is decided two blocks before its height. \
         Give --in {least} at least, and more where people vote: an idle network makes a block a minute, and each vote takes two"
    )]
    ShortNotice {
        /// Blocks of notice.
        notice: u64,
        /// The least that leaves a block to vote in.
        least: u64,
    },
    /// A change that stops every node of this program.
    #[error(
        "{0}: each node stops before that height until a program that knows it is installed there, and the network with them. Give \
         every bank that program first, and propose and vote with it. Against the change you can vote with any. To go on all the same, \
         give --unknown"
    )]
    StopsNodes(String),
    /// A key that the member had before.
    #[error(
        "{key} was the key of {member} before: whoever has had it could act as {member} again, and {member} itself is locked out, as its \
         home or node has deleted it. Take the file that the last `rekey` wrote there, and compare the key with what that has said"
    )]
    FormerKey {
        /// The member's name.
        member: String,
        /// The key.
        key: PublicKey,
    },
    /// Nobody who could play a party of a trade has the name.
    #[error(
        "{0:?} is not an alias, a customer of this bank or a member of this network. Name another bank's customer by its alias; that \
         bank can tell you (sealane alias list there)"
    )]
    NoPlayer(String),
    /// A trade is not opened: who plays a party is not said.
    #[error(
        "{}the workflow has the parties {}: name each with --party NAME=ALIAS",
        .wrong.iter().map(|name| format!("no party of the workflow is called {name:?}; ")).collect::<String>(), wanted.join(", ")
    )]
    Parties {
        /// What was named and is none.
        wrong: Option<String>,
        /// The workflow's parties.
        wanted: Vec<String>,
    },
    /// Fields are not handed over.
    #[error(transparent)]
    Handover(#[from] HandoverFault),
    /// A cross-check is not proven, or its proof does not hold.
    #[error(transparent)]
    CrossCheck(#[from] CrossCheckFault),
    /// The validators have not answered in time.
    #[error(
        "the validators have not answered the blinded set of record {record} within {seconds} s; run the same command again"
    )]
    Unanswered {
        /// The record.
        record: RecordId,
        /// How long this side waited.
        seconds: u64,
    },
    /// The transaction is not yet in a block.
    #[error(
        "the transaction was sent and is not in a block after {seconds} s. See with sealane node status whether the chain makes blocks; \
         then run the same command again: it continues where it stopped"
    )]
    Uncommitted {
        /// How long this side waited.
        seconds: u64,
    },
    /// Transactions of this home's key were overtaken by others: the key is used elsewhere too.
    #[error(
        "another program signs with this home's key and uses its sequence numbers; use only one copy of the home, then run the same command again"
    )]
    Overtaken,
    /// A receipt does not hold.
    #[error(transparent)]
    Receipt(#[from] ReceiptError),
    /// A network cannot be made.
    #[error(transparent)]
    Network(#[from] NetworkError),
}

impl ClientError {
    /// The command line's exit code: 1 it could not be done, 2 the input is not valid, 3 the network's
    /// rules refuse it.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Node(NodeError::Refused {
                code: Some(ErrorCode::UnknownSigner | ErrorCode::NotActive),
                ..
            }) => 3,
            Self::Home(error) if error.is_of_input() => 2,
            Self::Keys(error) if error.is_of_input() => 2,
            Self::Home(_)
            | Self::Keys(_)
            | Self::Proving(_)
            | Self::Work(_)
            | Self::Node(_)
            | Self::Unanswered { .. }
            | Self::Uncommitted { .. }
            | Self::Overtaken => 1,
            Self::Handover(fault) => fault.exit_code(),
            Self::CrossCheck(fault) => fault.exit_code(),
            Self::Seller(fault) => fault.exit_code(),
            Self::Network(
                NetworkError::Config(_)
                | NetworkError::Genesis(_)
                | NetworkError::Identity(_)
                | NetworkError::Stranger(..),
            ) => 2,
            Self::Network(_) => 1,
            Self::Document(_)
            | Self::Canonical(_)
            | Self::Sealing(_)
            | Self::Receipt(_)
            | Self::NoCustomer(_)
            | Self::CustomerExists(_)
            | Self::IdentifierOfAnother { .. }
            | Self::Identifier(_)
            | Self::NoMember(_)
            | Self::ShortNotice { .. }
            | Self::StopsNodes(_)
            | Self::FormerKey { .. }
            | Self::NoPlayer(_)
            | Self::Parties { .. } => 2,
            Self::NotFinanceable(_) | Self::Refused(_) | Self::NotOurs(_) => 3,
        }
    }

    /// A word for programs, which never changes.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Home(_) | Self::Keys(_) => "home",
            Self::Document(_) => "document",
            Self::Canonical(_) | Self::Sealing(_) => "not-sealable",
            Self::NotFinanceable(_) => "not-financeable",
            Self::Proving(_) => "proving",
            Self::Work(_) => "work",
            Self::Node(NodeError::Lies { .. }) => "node-lies",
            Self::Node(_) => "node",
            Self::Refused(_) => "refused",
            Self::NotOurs(_) => "not-ours",
            Self::NoCustomer(_) => "no-customer",
            Self::CustomerExists(_) => "customer-exists",
            Self::IdentifierOfAnother { .. } => "identifier-of-another",
            Self::Identifier(_) => "identifier",
            Self::NoMember(_) => "no-member",
            Self::ShortNotice { .. } => "short-notice",
            Self::StopsNodes(_) => "stops-nodes",
            Self::FormerKey { .. } => "former-key",
            Self::NoPlayer(_) => "no-player",
            Self::Parties { .. } => "parties",
            Self::Handover(fault) => fault.name(),
            Self::CrossCheck(fault) => fault.name(),
            Self::Seller(fault) => fault.name(),
            Self::Unanswered { .. } => "unanswered",
            Self::Uncommitted { .. } => "uncommitted",
            Self::Overtaken => "overtaken",
            Self::Receipt(_) => "receipt",
            Self::Network(_) => "network",
        }
    }

    /// The ledger's reason, where the rules refuse.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        if let Self::Refused(refused) = self {
            return Some(&refused.reason);
        }
        None
    }
}

impl From<DiskError> for ClientError {
    fn from(error: DiskError) -> Self {
        Self::Home(error.into())
    }
}

impl From<JournalError> for ClientError {
    fn from(error: JournalError) -> Self {
        Self::Home(error.into())
    }
}
