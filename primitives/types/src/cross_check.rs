//! Cross-checks on the chain: what members agree on about a check, a proof over records, and a leaf that its sealer
//! encoded wrongly. `specs/circuits/cross-check.md` says what a proof shows.

mod compiled;
pub mod parts;

pub use compiled::{Circuit, Compiled};
use parts::{PART_LINES, PartsProof};
use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::encoding::{Decode, DecodeError, Encode, FromTag, Reader, Tagged, ensure, invalid};
use crate::ids::{ProofBytes, RecordId};
use crate::record::{Bucket, Record};
use crate::schema::{HEADER_SLOTS, Kind, LINE_SLOTS};
use crate::suite::Suite;

/// Letters of a check's or a requirement's name.
pub const MAX_CHECK_NAME: usize = 40;
/// Letters of a requirement's id: those that a document brings have its name and a word more.
pub const MAX_REQUIREMENT_ID: usize = 64;
/// Documents that a check declares.
pub const MAX_DOCUMENTS: usize = 16;
/// Documents that stand for one name.
pub const MAX_LIST: usize = 8;
/// Requirements of a check: those declared, and two that each document may bring.
pub const MAX_BITS: usize = 64 + 2 * MAX_DOCUMENTS;
/// Bytes of a declaration that is published.
pub const MAX_SOURCE: usize = 16 * 1024;
/// Bytes of a verifying key of 512 public inputs.
pub const MAX_VERIFYING_KEY: usize = 344 + 48 * 513;

/// Beside the number of documents in a list: that documents are taken in parts.
const IN_PARTS: u8 = 0x80;

/// A check at the sizes that it is compiled for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CheckRef {
    name: String,
    /// The declaration's version, from 1.
    pub version: u32,
    /// Line slots of a document, or of a part of one.
    pub lines: Bucket,
    documents: u8,
    in_parts: bool,
}

/// Why something names no check.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{0:?} does not name a check: write NAME@VERSION/LINES or NAME@VERSION/LINESxDOCUMENTS, as invoice-order@1/16; for a check in parts, invoice-order@1/128+"
)]
pub struct NoCheckRef(pub String);

impl CheckRef {
    /// The check of this name and version, for so many lines a document and so many documents in a list. `None` where no
    /// check has such a name, version or size.
    #[must_use]
    pub fn new(name: &str, version: u32, lines: Bucket, documents: usize) -> Option<Self> {
        let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let named = name.as_bytes().first().is_some_and(u8::is_ascii_lowercase)
            && name.len() <= MAX_CHECK_NAME
            && name.bytes().all(letter);
        let sized = version > 0 && (1..=MAX_LIST).contains(&documents);
        let documents = u8::try_from(documents).ok()?;
        (named && sized).then(|| Self {
            name: name.to_owned(),
            version,
            lines,
            documents,
            in_parts: false,
        })
    }

    /// As [`CheckRef::new`], for documents of any length in parts of so many lines: `None` too unless they are one of
    /// [`PART_LINES`].
    #[must_use]
    pub fn in_parts(name: &str, version: u32, lines: Bucket, documents: usize) -> Option<Self> {
        let check = Self::new(name, version, lines, documents)?;
        PART_LINES.contains(&lines.lines()).then_some(Self {
            in_parts: true,
            ..check
        })
    }

    /// Whether documents are taken in parts.
    #[must_use]
    pub fn is_in_parts(&self) -> bool {
        self.in_parts
    }

    /// The check's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Documents of a list.
    #[must_use]
    pub fn documents(&self) -> usize {
        self.documents.into()
    }
}

impl fmt::Display for CheckRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, version, lines) = (&self.name, self.version, self.lines.lines());
        let parts = if self.in_parts { "+" } else { "" };
        write!(formatter, "{name}@{version}/{lines}{parts}")?;
        match self.documents {
            1 => Ok(()),
            documents => write!(formatter, "x{documents}"),
        }
    }
}

impl FromStr for CheckRef {
    type Err = NoCheckRef;

    fn from_str(text: &str) -> Result<Self, NoCheckRef> {
        let read = || {
            let (name, rest) = text.split_once('@')?;
            let (version, sizes) = rest.split_once('/')?;
            let (lines, documents) = sizes.split_once('x').unwrap_or((sizes, "1"));
            let new = match lines.strip_suffix('+') {
                Some(_) => Self::in_parts,
                None => Self::new,
            };
            let lines = lines.strip_suffix('+').unwrap_or(lines);
            let lines = Bucket::new(lines.parse().ok()?)?;
            new(name, version.parse().ok()?, lines, documents.parse().ok()?)
        };
        let found = read().filter(|check| check.to_string() == text || text.ends_with("x1"));
        found.ok_or_else(|| NoCheckRef(text.to_owned()))
    }
}

/// A declared document, and which leaves of its records a proof opens.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[encoding(check)]
pub struct DocumentShape {
    /// The kind of its records.
    pub kind: Kind,
    /// Their schema's version.
    pub schema_version: u16,
    /// Whether the name stands for a list.
    pub list: bool,
    /// Opened slots of the header, ascending.
    #[encoding(list(HEADER_SLOTS, "header slots"))]
    pub header: Vec<u8>,
    /// Whether the number of lines is opened.
    pub count: bool,
    /// Slots that are opened in every line, ascending.
    #[encoding(list(LINE_SLOTS, "line slots"))]
    pub columns: Vec<u8>,
}

/// What the public inputs of a check's proofs follow from.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[encoding(check)]
pub struct CheckShape {
    /// The declared documents, in order.
    #[encoding(list(MAX_DOCUMENTS, "documents"))]
    pub documents: Vec<DocumentShape>,
    /// The requirements' ids, in the order of their bits.
    #[encoding(
        list(MAX_BITS, "requirements"),
        text(MAX_REQUIREMENT_ID, "requirement's id")
    )]
    pub requirements: Vec<String>,
}

/// What members agree on about a check.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct CheckDefinition {
    /// The check and its sizes.
    pub check: CheckRef,
    /// The declaration, from which all else follows: whoever votes compiles it.
    #[encoding(text(MAX_SOURCE, "declaration"))]
    pub source: String,
    /// Its shape and circuits: in parts where the check's sizes are.
    #[encoding(put = compiled.encode_variant(out), read = Compiled::decode_variant(check.is_in_parts().into(), reader))]
    pub compiled: Compiled,
}

/// A proof of a published check over records on the chain.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct CrossCheck {
    /// The check.
    pub check: CheckRef,
    /// The records, by declared document; those of a list ascending.
    #[encoding(
        list(MAX_DOCUMENTS, "documents"),
        list(MAX_LIST, "records of a document")
    )]
    pub records: Vec<Vec<RecordId>>,
    /// Which requirements are met, in the check's order.
    #[encoding(list(MAX_BITS, "bits"))]
    pub bits: Vec<bool>,
    /// The proof: in parts where the check's sizes are.
    #[encoding(put = proof.encode_variant(out), read = CheckProof::decode_variant(check.is_in_parts().into(), reader))]
    pub proof: CheckProof,
}

/// What shows that a check's bits are right. Where the check tells which it is, it is encoded without its number.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[repr(u8)]
#[encoding(name = "check's proof")]
pub enum CheckProof {
    /// One proof.
    One(ProofBytes) = 0,
    /// A proof for each step.
    Parts(Box<PartsProof>) = 1,
}

/// Publishes the key of a field that its sealer encoded wrongly.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct OpenField {
    /// The record, whole: the state has its digest alone.
    pub record: Box<Record>,
    /// The place of the field: slot, and line in little-endian order.
    #[encoding(array("place"))]
    pub place: [u8; 3],
    /// The algorithms of the key.
    pub suite: Suite,
    /// The field's key: public from now on.
    #[encoding(array("field key"))]
    pub key: [u8; 32],
}

impl fmt::Debug for OpenField {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "OpenField({}, {:?})",
            self.record.id(),
            self.place
        )
    }
}

/// Checks the slots that are opened of a record's header and of its lines.
fn check_slots(header: &[u8], columns: &[u8]) -> Result<(), DecodeError> {
    let ascending = |slots: &[u8], below: usize| {
        slots.is_sorted_by(|one, other| one < other)
            && slots.last().is_none_or(|last| usize::from(*last) < below)
    };
    ensure(
        ascending(header, HEADER_SLOTS) && ascending(columns, LINE_SLOTS),
        "opened leaves",
        "slots are a record's, ascending, none twice",
    )
}

impl DocumentShape {
    fn check(&self) -> Result<(), DecodeError> {
        check_slots(&self.header, &self.columns)
    }
}

impl CheckShape {
    fn check(&self) -> Result<(), DecodeError> {
        let graphic =
            |id: &String| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_graphic());
        ensure(
            self.requirements.iter().all(graphic),
            "requirement's id",
            "it is not of visible ASCII letters",
        )?;
        ensure(
            !self.documents.is_empty() && !self.requirements.is_empty(),
            "shape of a check",
            "a check has documents and requirements",
        )
    }
}

// by hand: one byte holds the documents of a list and whether they are taken in parts
impl Encode for CheckRef {
    fn encode(&self, out: &mut Vec<u8>) {
        self.name.encode(out);
        self.version.encode(out);
        self.lines.encode(out);
        (self.documents | if self.in_parts { IN_PARTS } else { 0 }).encode(out);
    }
}

impl Decode for CheckRef {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let name = reader.text(MAX_CHECK_NAME, "check's name")?;
        let (version, lines) = (u32::decode(reader)?, Bucket::decode(reader)?);
        let sizes = u8::decode(reader)?;
        let documents = usize::from(sizes & !IN_PARTS);
        let check = match sizes & IN_PARTS {
            0 => Self::new(&name, version, lines, documents),
            _ => Self::in_parts(&name, version, lines, documents),
        };
        let none = || format!("no check is {name:?}@{version} for {documents} documents");
        check.map_or_else(|| invalid("check", none()), Ok)
    }
}

/// Whether this can be a requirement's id: letters, digits, `-`, `_` and `.`.
#[must_use]
pub fn is_requirement(id: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=MAX_REQUIREMENT_ID).contains(&id.len()) && id.bytes().all(letter)
}

/// A requirement's id.
pub(crate) fn requirement(reader: &mut Reader<'_>) -> Result<String, DecodeError> {
    let id = reader.text(MAX_REQUIREMENT_ID, "requirement's id")?;
    match is_requirement(&id) {
        true => Ok(id),
        false => invalid("requirement's id", format!("{id:?} is none")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_named_in_one_way() {
        let lines = Bucket::new(16).expect("a bucket");
        let one = CheckRef::new("invoice-order", 1, lines, 1).expect("a check");
        assert_eq!(one.to_string(), "invoice-order@1/16");
        assert_eq!("invoice-order@1/16x1".parse(), Ok(one.clone()));
        let four = CheckRef::new("a-1", 2, lines, 4).expect("a check");
        for check in [one, four] {
            assert_eq!(check.to_string().parse(), Ok(check));
        }
        for wrong in [
            "", "a", "a@1", "a@1/15", "a@0/16", "A@1/16", "1a@1/16", "a@1/16x9", "a@1/16x0",
            "a@+1/16", "a@01/16", "a b@1/8",
        ] {
            assert_eq!(wrong.parse::<CheckRef>(), Err(NoCheckRef(wrong.to_owned())));
        }
    }
}
