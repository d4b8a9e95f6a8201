//! Why a cross-check is not proven, or a proof of one does not hold.

use std::fmt;

use sealane_checks::HandError;
use sealane_crypto::sealing::RecordFault;
use sealane_types::cross_check::MAX_SOURCE;
use sealane_types::encoding::DecodeError;
use sealane_types::ids::{BlockTime, ChainId, RecordId, VerifyingKeyId};
use sealane_types::schema::Kind;
use sealane_verifier::{KeyError, VerifyError};
use thiserror::Error;

use crate::receipt::rfc3339;

/// Fields of a record that a check reads and that are not here as they should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacking {
    /// The document's name in the check, with its number in a list.
    pub document: String,
    /// The record.
    pub record: RecordId,
    /// The fields, in the fewest words.
    pub fields: Vec<String>,
}

impl fmt::Display for Lacking {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = self.fields.join(",");
        write!(out, "{}, record {}: {fields}", self.document, self.record)
    }
}

/// That a check is void, in words that go on after `is`.
#[must_use]
pub fn void_since(since: BlockTime) -> String {
    format!(
        "void since {}: no proof of it counts any more",
        rfc3339(since)
    )
}

/// Why a cross-check is not proven, or a proof of one does not hold.
#[derive(Debug, Error)]
pub enum CrossCheckFault {
    /// The declaration is none, or too large for these records: rendered with its places.
    #[error("{0}")]
    Check(String),
    /// A standard check that this program has not.
    #[error(
        "this program has no standard check {name:?} version {version}; sealane check list shows the standard checks"
    )]
    NoStandard {
        /// Its name.
        name: String,
        /// Its version.
        version: u32,
    },
    /// A record for a document that the check has not.
    #[error("the check has no document {name:?}; it has {known}")]
    NoDocument {
        /// The name given.
        name: String,
        /// Those it has.
        known: String,
    },
    /// A document of the check without a record.
    #[error("no record is given for `{document}`: add --record {document}=ID with the id of a sealed {}", kind.name())]
    NoRecord {
        /// The document.
        document: String,
        /// Its kind.
        kind: Kind,
    },
    /// A check that a trade's workflow does not ask for.
    #[error("the trade's workflow {workflow} does not ask for {check}; it asks for {known}")]
    NotOfTheTrade {
        /// The check.
        check: String,
        /// The workflow.
        workflow: String,
        /// What it asks for.
        known: String,
    },
    /// A document that nobody has brought into the trade.
    #[error(
        "the trade stands at {stage} and has no {document} yet: sealane trade show says whose step adds it"
    )]
    NotInTheTrade {
        /// The document's name in the workflow.
        document: String,
        /// Where the trade stands.
        stage: String,
    },
    /// More records than one document, or a list, takes.
    #[error("{document}: {found} records are given, at most {limit} are allowed")]
    TooMany {
        /// The document.
        document: String,
        /// How many are given.
        found: usize,
        /// How many are taken.
        limit: usize,
    },
    /// A record that is not on the chain.
    #[error("record {0} is not on this chain")]
    UnknownRecord(RecordId),
    /// A record of another kind.
    #[error("{document}: record {record} is {}, not {}", found.name(), expected.name())]
    OtherKind {
        /// The document.
        document: String,
        /// The record.
        record: RecordId,
        /// Its kind.
        found: Kind,
        /// What it should be.
        expected: Kind,
    },
    /// A record of a schema that checks do not read.
    #[error("{document}: record {record} has schema version {version}, which checks do not read")]
    OtherVersion {
        /// The document.
        document: String,
        /// The record.
        record: RecordId,
        /// Its version.
        version: u16,
    },
    /// Fields that the check reads are not granted.
    #[error("{}", not_granted(.lacking, .home))]
    NotGranted {
        /// Which, of which documents.
        lacking: Vec<Lacking>,
        /// This home's name.
        home: String,
    },
    /// Fields that the check reads were encoded wrongly.
    #[error(
        "{}\nTheir sealers encoded these fields wrongly, so nobody can prove a check that reads them. Publish the keys with \
         sealane record report ID: then the requirements that read the fields count as not met, and everybody can read the fields",
        lines(.0)
    )]
    Wrong(Vec<Lacking>),
    /// No such check is published.
    #[error(
        "the network has not published the check {check}: sealane check published lists the published ones, sealane check publish proposes one"
    )]
    NotPublished {
        /// Which.
        check: String,
    },
    /// The members have made the check void.
    #[error(
        "the check {check} is {}. Prove the version that takes its place: sealane check published lists the published ones",
        void_since(*.since)
    )]
    Void {
        /// Which.
        check: String,
        /// Since when.
        since: BlockTime,
    },
    /// A proposal, or what is published, is not what its text says.
    #[error(
        "its {part} is not what this program compiles from its text: do not approve it; the proposer changed it, or uses another version of sealane"
    )]
    OtherDefinition {
        /// What differs.
        part: &'static str,
    },
    /// A text too long to be published.
    #[error("the declaration has {0} bytes, at most {MAX_SOURCE} can be published")]
    Long(usize),
    /// A name that no published check has.
    #[error(
        "{0:?} cannot be published: a name has a-z, 0-9 and -, begins with a letter, and has at most 40 characters"
    )]
    Name(String),
    /// Nothing to report.
    #[error(
        "record {0}: no field that this home can open is sealed wrongly, or all of them are reported already"
    )]
    Sound(RecordId),
    /// What was handed over does not open the alias that the chain names.
    #[error(
        "record {0}: the identifiers that this home has do not open the commitment of its sealer's alias on the chain"
    )]
    Identity(RecordId),
    /// A record whose parts do not fit together.
    #[error("record {record}: {reason}")]
    Record {
        /// The record.
        record: RecordId,
        /// What does not fit.
        reason: RecordFault,
    },
    /// The documents are not those that the check is about.
    #[error(transparent)]
    Documents(#[from] HandError),
    /// The network refuses test keys, and there are no others.
    #[error(
        "this network's genesis refuses test keys, and cross-checks have only test keys so far: nothing was proven or verified"
    )]
    TestKeys,
    /// Not the first bytes of a proof file.
    #[error("the file is not a proof of a cross-check, as sealane check prove writes it")]
    NoProofFile,
    /// Longer than a proof file can be.
    #[error("the file has {bytes} bytes, a proof of a cross-check has at most {most}")]
    TooLarge {
        /// Its bytes.
        bytes: usize,
        /// The most that it can have.
        most: usize,
    },
    /// Its bytes are none.
    #[error("the proof file cannot be read: {0}")]
    File(DecodeError),
    /// Another network's.
    #[error("the proof is of another network: its records stand on chain {0}")]
    OtherChain(ChainId),
    /// The file's parts do not fit together.
    #[error("the proof file does not fit the check that it names: {0}")]
    Shape(&'static str),
    /// Another check than the one expected.
    #[error(
        "the proof is of another check than the one that --check names: their texts are not the same"
    )]
    OtherCheck,
    /// The check has another key.
    #[error(
        "the proof names verifying key {stated}, the check has {own} here: it was changed, or made by another version of sealane"
    )]
    OtherKey {
        /// The file's.
        stated: VerifyingKeyId,
        /// What this program makes.
        own: VerifyingKeyId,
    },
    /// A key that no verifier takes.
    #[error("the check cannot be verified at this size: {0}")]
    Key(#[from] KeyError),
    /// The proof does not hold.
    #[error("the proof is not valid: {0}")]
    Proof(#[from] VerifyError),
}

fn lines(lacking: &[Lacking]) -> String {
    let lines: Vec<String> = lacking.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

fn not_granted(lacking: &[Lacking], home: &str) -> String {
    let commands = lacking.iter().map(|one| {
        let (record, fields) = (one.record, one.fields.join(","));
        format!("  sealane grant {record} --to {home} --fields '{fields}' --out FILE")
    });
    let commands: Vec<String> = commands.collect();
    format!(
        "the check reads fields that were not granted to this home:\n{}\nWhoever sealed them types\n{}\nand this home sealane import FILE.",
        lines(lacking),
        commands.join("\n")
    )
}

impl CrossCheckFault {
    /// The command line's exit code.
    #[must_use]
    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "an error without a code of its own is one of input"
    )]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::TestKeys | Self::NotPublished { .. } | Self::Void { .. } => 3,
            Self::Record { .. } => 1, // the ledger takes no such record: the node or the disk is at fault
            _ => 2,
        }
    }

    /// A word for programs, which never changes.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Check(_) | Self::NoStandard { .. } => "check",
            Self::NotOfTheTrade { .. } | Self::NotInTheTrade { .. } => "check-of-trade",
            Self::NoDocument { .. }
            | Self::NoRecord { .. }
            | Self::TooMany { .. }
            | Self::OtherKind { .. }
            | Self::OtherVersion { .. }
            | Self::Documents(_) => "check-records",
            Self::UnknownRecord(_) => "unknown-record",
            Self::NotGranted { .. } => "not-granted",
            Self::Wrong(_) => "wrong-fields",
            Self::NotPublished { .. } => "not-published",
            Self::Void { .. } => "void-check",
            Self::OtherDefinition { .. } => "other-definition",
            Self::Long(_) | Self::Name(_) => "check",
            Self::Sound(_) => "sound",
            Self::Identity(_) => "identity",
            Self::Record { .. } => "record",
            Self::TestKeys => "test-keys",
            Self::NoProofFile | Self::TooLarge { .. } | Self::File(_) | Self::Shape(_) => {
                "proof-file"
            }
            Self::OtherChain(_) => "other-chain",
            Self::OtherCheck => "other-check",
            Self::OtherKey { .. } | Self::Key(_) => "verifying-key",
            Self::Proof(_) => "proof",
        }
    }
}
