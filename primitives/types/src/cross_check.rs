//! Cross-checks on the chain: what members agree on about a check, a proof over records, and a leaf that its sealer
//! encoded wrongly. `specs/circuits/cross-check.md` says what a proof shows.

mod compiled;
pub mod parts;

pub use compiled::{Circuit, Compiled};
use parts::{PART_LINES, PartsProof};
use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::encoding::{Decode, DecodeError, Encode, Reader, put_bytes, put_list};
use crate::genesis::Suite;
use crate::ids::{ProofBytes, RecordId};
use crate::record::{Bucket, Record};
use crate::schema::{HEADER_SLOTS, Kind, LINE_SLOTS};

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentShape {
    /// The kind of its records.
    pub kind: Kind,
    /// Their schema's version.
    pub schema_version: u16,
    /// Whether the name stands for a list.
    pub list: bool,
    /// Opened slots of the header, ascending.
    pub header: Vec<u8>,
    /// Whether the number of lines is opened.
    pub count: bool,
    /// Slots that are opened in every line, ascending.
    pub columns: Vec<u8>,
}

/// What the public inputs of a check's proofs follow from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckShape {
    /// The declared documents, in order.
    pub documents: Vec<DocumentShape>,
    /// The requirements' ids, in the order of their bits.
    pub requirements: Vec<String>,
}

/// What members agree on about a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckDefinition {
    /// The check and its sizes.
    pub check: CheckRef,
    /// The declaration, from which all else follows: whoever votes compiles it.
    pub source: String,
    /// Its shape and circuits: in parts where the check's sizes are.
    pub compiled: Compiled,
}

/// A proof of a published check over records on the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrossCheck {
    /// The check.
    pub check: CheckRef,
    /// The records, by declared document; those of a list ascending.
    pub records: Vec<Vec<RecordId>>,
    /// Which requirements are met, in the check's order.
    pub bits: Vec<bool>,
    /// The proof: in parts where the check's sizes are.
    pub proof: CheckProof,
}

/// What shows that a check's bits are right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckProof {
    /// One proof.
    One(ProofBytes),
    /// A proof for each step.
    Parts(Box<PartsProof>),
}

/// Publishes the key of a field that its sealer encoded wrongly.
#[derive(Clone, PartialEq, Eq)]
pub struct OpenField {
    /// The record, whole: the state has its digest alone.
    pub record: Box<Record>,
    /// The place of the field: slot, and line in little-endian order.
    pub place: [u8; 3],
    /// The algorithms of the key.
    pub suite: Suite,
    /// The field's key: public from now on.
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

fn invalid<T>(what: &'static str, reason: String) -> Result<T, DecodeError> {
    Err(DecodeError::Invalid { what, reason })
}

fn ascending(slots: &[u8], below: usize) -> bool {
    slots.is_sorted_by(|one, other| one < other)
        && slots.last().is_none_or(|last| usize::from(*last) < below)
}

impl Encode for CheckRef {
    fn encode(&self, out: &mut Vec<u8>) {
        put_bytes(out, self.name.as_bytes());
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
        check.map_or_else(
            || {
                let reason = format!("no check is {name:?}@{version} for {documents} documents");
                invalid("check", reason)
            },
            Ok,
        )
    }
}

impl Encode for DocumentShape {
    fn encode(&self, out: &mut Vec<u8>) {
        self.kind.encode(out);
        self.schema_version.encode(out);
        self.list.encode(out);
        put_list(out, &self.header);
        self.count.encode(out);
        put_list(out, &self.columns);
    }
}

impl Decode for DocumentShape {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let shape = Self {
            kind: Kind::decode(reader)?,
            schema_version: u16::decode(reader)?,
            list: bool::decode(reader)?,
            header: reader.list(HEADER_SLOTS, "header slots")?,
            count: bool::decode(reader)?,
            columns: reader.list(LINE_SLOTS, "line slots")?,
        };
        if !ascending(&shape.header, HEADER_SLOTS) || !ascending(&shape.columns, LINE_SLOTS) {
            let reason = "slots are a record's, ascending, none twice".to_owned();
            return invalid("opened leaves", reason);
        }
        Ok(shape)
    }
}

impl Encode for CheckShape {
    fn encode(&self, out: &mut Vec<u8>) {
        put_list(out, &self.documents);
        let count = u32::try_from(self.requirements.len()).expect("a check has few requirements");
        count.encode(out);
        for id in &self.requirements {
            put_bytes(out, id.as_bytes());
        }
    }
}

impl Decode for CheckShape {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let documents: Vec<DocumentShape> = reader.list(MAX_DOCUMENTS, "documents")?;
        let count = reader.length(MAX_BITS, "requirements")?;
        let ids = (0..count).map(|_| reader.text(MAX_REQUIREMENT_ID, "requirement's id"));
        let requirements: Vec<String> = ids.collect::<Result<_, _>>()?;
        let graphic =
            |id: &String| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_graphic());
        if !requirements.iter().all(graphic) {
            let reason = "it is not of visible ASCII letters".to_owned();
            return invalid("requirement's id", reason);
        }
        if documents.is_empty() || requirements.is_empty() {
            let reason = "a check has documents and requirements".to_owned();
            return invalid("shape of a check", reason);
        }
        Ok(Self {
            documents,
            requirements,
        })
    }
}

impl Encode for CheckDefinition {
    fn encode(&self, out: &mut Vec<u8>) {
        self.check.encode(out);
        put_bytes(out, self.source.as_bytes());
        self.compiled.encode(out);
    }
}

impl Decode for CheckDefinition {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let check = CheckRef::decode(reader)?;
        Ok(Self {
            source: reader.text(MAX_SOURCE, "declaration")?,
            compiled: Compiled::decode_as(check.is_in_parts(), reader)?,
            check,
        })
    }
}

impl Encode for CrossCheck {
    fn encode(&self, out: &mut Vec<u8>) {
        self.check.encode(out);
        let documents = u32::try_from(self.records.len()).expect("a check has few documents");
        documents.encode(out);
        for list in &self.records {
            put_list(out, list);
        }
        put_list(out, &self.bits);
        match &self.proof {
            CheckProof::One(proof) => proof.encode(out),
            CheckProof::Parts(proof) => proof.encode(out),
        }
    }
}

impl Decode for CrossCheck {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let check = CheckRef::decode(reader)?;
        let documents = reader.length(MAX_DOCUMENTS, "documents")?;
        let lists = (0..documents).map(|_| reader.list(MAX_LIST, "records of a document"));
        let in_parts = check.is_in_parts();
        Ok(Self {
            check,
            records: lists.collect::<Result<_, _>>()?,
            bits: reader.list(MAX_BITS, "bits")?,
            proof: match in_parts {
                false => CheckProof::One(ProofBytes::decode(reader)?),
                true => CheckProof::Parts(Box::new(PartsProof::decode(reader)?)),
            },
        })
    }
}

impl Encode for OpenField {
    fn encode(&self, out: &mut Vec<u8>) {
        self.record.encode(out);
        self.place.encode(out);
        (self.suite as u8).encode(out);
        self.key.encode(out);
    }
}

impl Decode for OpenField {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            record: Box::new(Record::decode(reader)?),
            place: reader.array("place")?,
            suite: Suite::decode(reader)?,
            key: reader.array("field key")?,
        })
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
