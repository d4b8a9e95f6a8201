//! A receipt: a file that shows offline, to anybody, that a record was financed (or held).
//!
//! It carries, as canonical bytes in hexadecimal: the genesis, whose hash is the chain's id; the
//! transaction that presented the record's blinded set (it names the verifying key) and the one that
//! financed; where the validators became others since genesis, the headers that say so; for both transactions the place in the block, the certified header, the receipt of the ledger and its
//! place under the next certified header. A summary for people stands beside them; it follows from the
//! bytes, and a receipt whose summary differs is refused. A receipt has one form: a change of any byte
//! of the file is detected.
//!
//! Whether the genesis is the network's own is for the reader to compare: give it, or compare
//! [`Summary::chain`].

mod summary;

use sealane_ledger::merkle::InclusionProof;
use sealane_types::encoding::{Decode, DecodeError, Encode};
use sealane_types::genesis::Genesis;
use sealane_types::receipt::{Done, Outcome};
use sealane_types::transaction::{Finance, Payload, PresentBlinded};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::chain::{Committed, Evidence, Lie, Trust, Turn};
use crate::home::hexed::Hexed;

pub use summary::{Summary, SummaryFingerprint, SummaryWaiver, rfc3339};

/// Longest receipt file, in bytes.
pub const MAX_RECEIPT_FILE: usize = 1 << 20;

/// Why a file is no receipt that holds.
#[derive(Debug, Error)]
pub enum ReceiptError {
    /// Above [`MAX_RECEIPT_FILE`].
    #[error("the file has {0} bytes, a receipt has at most {MAX_RECEIPT_FILE}")]
    TooLarge(usize),
    /// Not a receipt's JSON.
    #[error(
        "the file is not a receipt: {0}. Name the file that sealane finance wrote into the folder receipts of the bank's home"
    )]
    Form(String),
    /// Another version.
    #[error("the receipt has version {found}; this program reads version {VERSION}")]
    Version {
        /// The version found.
        found: u32,
    },
    /// Not in the one form that receipts have: spaces, order or spelling were changed.
    #[error("the file is not as it was written: it was changed after")]
    Changed,
    /// Canonical bytes that are none.
    #[error("the receipt's {what} cannot be read: {reason}")]
    Part {
        /// Which part.
        what: &'static str,
        /// Why not.
        reason: DecodeError,
    },
    /// It is of another network.
    #[error("the receipt is of another network than the one compared with")]
    OtherNetwork,
    /// A certificate, header, place or receipt does not hold.
    #[error("the receipt does not hold: of what {step}, {lie}")]
    DoesNotHold {
        /// `presents`, `finances`, or where the validators become others.
        step: &'static str,
        /// What does not hold.
        lie: Lie,
    },
    /// The transactions are not a presented set and a financing of one record.
    #[error("the receipt shows no financing: {0}")]
    NoFinancing(&'static str),
    /// The summary says something else than the bytes.
    #[error("the summary does not follow from the receipt's bytes: it was changed")]
    Summary,
}

/// The version of receipt files that this program writes and reads.
const VERSION: u32 = 1;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    sealane_receipt: u32,
    summary: Summary,
    genesis: Hexed,
    /// Where the validators became others, as far as the receipt needs it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    turns: Vec<TurnParts>,
    presents: Parts,
    finances: Parts,
}

/// A turn of the validators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TurnParts {
    header: Hexed,
    certificate: Hexed,
    validators: Hexed,
}

impl TurnParts {
    fn of(turn: &Turn) -> Self {
        Self {
            header: Hexed(turn.header.clone()),
            certificate: Hexed(turn.certificate.clone()),
            validators: Hexed(turn.validators.clone()),
        }
    }

    fn turn(self) -> Turn {
        Turn {
            header: self.header.0,
            certificate: self.certificate.0,
            validators: self.validators.0,
        }
    }
}

/// A transaction's evidence, each part as its canonical bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    transaction: Hexed,
    transaction_place: Hexed,
    header: Hexed,
    certificate: Hexed,
    receipt: Hexed,
    receipt_place: Hexed,
    next_header: Hexed,
    next_certificate: Hexed,
}

impl Parts {
    fn of(evidence: &Evidence) -> Self {
        let hexed = |bytes: &[u8]| Hexed(bytes.to_vec());
        Self {
            transaction: hexed(&evidence.transaction),
            transaction_place: Hexed(evidence.transaction_place.to_bytes()),
            header: hexed(&evidence.header),
            certificate: hexed(&evidence.certificate),
            receipt: hexed(&evidence.receipt),
            receipt_place: Hexed(evidence.receipt_place.to_bytes()),
            next_header: hexed(&evidence.next_header),
            next_certificate: hexed(&evidence.next_certificate),
        }
    }

    fn evidence(self) -> Result<Evidence, ReceiptError> {
        let place = |bytes: &Hexed, what| {
            let place = InclusionProof::from_bytes(&bytes.0);
            place.map_err(|reason| ReceiptError::Part { what, reason })
        };
        Ok(Evidence {
            transaction_place: place(&self.transaction_place, "transaction's place")?,
            receipt_place: place(&self.receipt_place, "receipt's place")?,
            transaction: self.transaction.0,
            header: self.header.0,
            certificate: self.certificate.0,
            receipt: self.receipt.0,
            next_header: self.next_header.0,
            next_certificate: self.next_certificate.0,
        })
    }
}

/// A financing's two transactions, checked against one another.
struct Financing<'a> {
    presents: &'a PresentBlinded,
    finances: &'a Finance,
    done: &'a Done,
    committed: &'a Committed,
}

impl<'a> Financing<'a> {
    fn of(presents: &'a Committed, finances: &'a Committed) -> Result<Self, ReceiptError> {
        let wrong = |what| Err(ReceiptError::NoFinancing(what));
        let Payload::PresentBlinded(set) = &presents.transaction().body.payload else {
            return wrong("its first transaction presents no blinded set");
        };
        let Payload::Finance(financing) = &finances.transaction().body.payload else {
            return wrong("its second transaction does not finance");
        };
        if set.record != financing.record {
            return wrong("its two transactions are about two records");
        }
        if *presents.outcome() != Outcome::Done(Done::Presented) {
            return wrong("the blinded set was refused");
        }
        let done = match finances.outcome() {
            Outcome::Done(done @ (Done::Held { .. } | Done::Financed { .. })) => done,
            Outcome::Done(_) => return wrong("the ledger's receipt is of something else"),
            Outcome::Refused(_) => return wrong("the financing was refused"),
        };
        if presents.height() >= finances.height() {
            return wrong("the blinded set was presented after the financing");
        }
        if set.mask.count() != financing.fingerprints.len() {
            return wrong("it has not one fingerprint for each slot");
        }
        Ok(Self {
            presents: set,
            finances: financing,
            done,
            committed: finances,
        })
    }
}

/// Writes a receipt's bytes.
///
/// # Errors
/// When the transactions are not a presented set and a financing of one record.
pub fn write(
    genesis: &Genesis,
    turns: &[Turn],
    presents: &Committed,
    finances: &Committed,
) -> Result<Vec<u8>, ReceiptError> {
    let financing = Financing::of(presents, finances)?;
    let file = File {
        sealane_receipt: VERSION,
        summary: Summary::of(genesis, &financing)?,
        genesis: Hexed(genesis.to_bytes()),
        turns: turns.iter().map(TurnParts::of).collect(),
        presents: Parts::of(presents.evidence()),
        finances: Parts::of(finances.evidence()),
    };
    Ok(text(&file))
}

/// Checks a receipt's bytes, offline. With a genesis, also that it is of that network.
///
/// # Errors
/// Names the first thing that does not hold.
pub fn verify(bytes: &[u8], network: Option<&Genesis>) -> Result<Summary, ReceiptError> {
    if bytes.len() > MAX_RECEIPT_FILE {
        return Err(ReceiptError::TooLarge(bytes.len()));
    }
    let file = parse(bytes)?;
    if text(&file) != bytes {
        return Err(ReceiptError::Changed);
    }
    let genesis = Genesis::from_bytes(&file.genesis.0);
    let genesis = genesis.map_err(|reason| ReceiptError::Part {
        what: "genesis",
        reason,
    })?;
    if network.is_some_and(|network| *network != genesis) {
        return Err(ReceiptError::OtherNetwork);
    }
    let mut trust = Trust::in_genesis(&genesis);
    for turn in file.turns {
        let followed = trust.follow(turn.turn());
        followed.map_err(|error| ReceiptError::DoesNotHold {
            step: "turns to other validators",
            lie: error.into(),
        })?;
    }
    let check = |parts: Parts, step| {
        let checked = parts.evidence()?.check(&trust);
        checked.map_err(|lie| ReceiptError::DoesNotHold { step, lie })
    };
    let presents = check(file.presents, "presents")?;
    let finances = check(file.finances, "finances")?;
    let financing = Financing::of(&presents, &finances)?;
    let summary = Summary::of(&genesis, &financing)?;
    if summary != file.summary {
        return Err(ReceiptError::Summary);
    }
    Ok(summary)
}

fn parse(bytes: &[u8]) -> Result<File, ReceiptError> {
    let start = bytes.trim_ascii_start();
    let form = |error: serde_json::Error| {
        ReceiptError::Form(match start.first() {
            None => "it is empty".to_owned(),
            Some(b'<') => "it is XML, a business document perhaps".to_owned(),
            Some(b'{') => error.to_string(),
            Some(_) => "it is no JSON".to_owned(),
        })
    };
    let value: serde_json::Value = serde_json::from_slice(bytes).map_err(form)?;
    let version = value
        .get("sealane_receipt")
        .and_then(serde_json::Value::as_u64);
    match version.map(u32::try_from) {
        Some(Ok(VERSION)) => {}
        Some(Ok(found)) => return Err(ReceiptError::Version { found }),
        _ => {
            return Err(ReceiptError::Form(
                "it is JSON of another kind, without sealane_receipt".to_owned(),
            ));
        }
    }
    serde_json::from_value(value).map_err(form)
}

fn text(file: &File) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(file).expect("these types have string keys");
    text.push(b'\n');
    text
}

#[cfg(test)]
mod tests;
