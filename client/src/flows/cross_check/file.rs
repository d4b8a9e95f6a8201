//! The proof file of a cross-check: what whoever verifies it has to know beside the chain. It holds no secret.
//!
//! ```text
//! slcp · version (1) · chain (32) · check · lines (2) · documents in a list (1) · verifying key (32)
//!      · records by position: a list of options (1 or 33 each) · bits: a list of flags · proof (192)
//! in parts: 128 is added to the documents in a list, and the proof is that of a transaction
//! check: 0, its text | 1, the standard check's name, its version (4)
//! ```

use sealane_checks::standard::STANDARD;
use sealane_checks::typed::Check;
use sealane_checks::{Sizes, limits, read};
use sealane_types::cross_check::CheckProof as ProofOfCheck;
use sealane_types::cross_check::parts::MAX_STEPS;
use sealane_types::encoding::{Decode, DecodeError, Encode, FromTag, Reader, Tagged, invalid};
use sealane_types::ids::{ChainId, RecordId, VerifyingKeyId};
use sealane_types::schema::{GROUP, LINE_BUCKETS, LINE_SLOTS};

use super::fault::CrossCheckFault;

const MAGIC: [u8; 4] = *b"slcp";
const VERSION: u8 = 1;
const POSITIONS: usize = limits::DOCUMENTS * limits::LIST;
const BITS: usize = 2 * limits::DOCUMENTS + limits::REQUIREMENTS;

/// Beside the number of documents in a list: that documents are taken in parts.
const IN_PARTS: u8 = 0x80;

/// Longest proof file, in bytes: that of a check in parts, with its steps and its records' nodes.
pub const MAX_CHECK_PROOF: usize = limits::BYTES + 33 * POSITIONS + BITS + 512 + MAX_PARTS;
/// Steps with their commitments, and of each record the nodes of its longest columns.
const MAX_PARTS: usize = 224 * MAX_STEPS + POSITIONS * (100 + 32 * LINE_SLOTS * NODES);
const NODES: usize = LINE_BUCKETS[LINE_BUCKETS.len() - 1] / GROUP;

/// Which check.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[repr(u8)]
#[encoding(name = "check")]
pub enum CheckText {
    /// A check of somebody's own: its declaration.
    Own(#[encoding(text(limits::BYTES, "check"))] String) = 0,
    /// A standard check, which every `sealane` has.
    Standard {
        /// Its name.
        #[encoding(text(limits::NAME, "check's name"))]
        name: String,
        /// Its version.
        version: u32,
    } = 1,
}

/// A cross-check's proof, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[encoding(magic(MAGIC, "proof file", "sealane check prove --out writes proof files"))]
#[encoding(version(VERSION, "proof file"))]
pub struct CheckProof {
    /// The chain that the records stand on.
    pub chain: ChainId,
    /// The check.
    pub check: CheckText,
    /// For how many lines and documents it is compiled.
    #[encoding(put = put_sizes(sizes, out), read = read_sizes(reader))]
    pub sizes: Sizes,
    /// The key that verifies it.
    pub verifying_key: VerifyingKeyId,
    /// The records by position of the check; `None` where a list has no further one.
    #[encoding(list(POSITIONS, "records"))]
    pub records: Vec<Option<RecordId>>,
    /// Which requirements are met, in the check's order.
    #[encoding(list(BITS, "bits"))]
    pub bits: Vec<bool>,
    /// The proof, or that of each step.
    #[encoding(put = proof.encode_variant(out), read = ProofOfCheck::decode_variant(sizes.are_parts().into(), reader))]
    pub proof: ProofOfCheck,
}

impl CheckText {
    /// The standard check that is named: by its name, or as NAME@VERSION with the version that this program has.
    #[must_use]
    pub fn standard(text: &str) -> Option<Self> {
        let (name, wanted) = match text.split_once('@') {
            Some((name, wanted)) => (name, Some(wanted)),
            None => (text, None),
        };
        let standard = STANDARD.iter().find(|standard| standard.name == name)?;
        let version = read(standard.source).ok()?.version;
        let present = wanted.is_none_or(|wanted| version.to_string() == wanted);
        present.then(|| Self::Standard {
            name: name.to_owned(),
            version,
        })
    }

    /// Whether every `sealane` has it.
    #[must_use]
    pub fn is_standard(&self) -> bool {
        matches!(self, Self::Standard { .. })
    }

    /// Its declaration.
    ///
    /// # Errors
    /// When this program has no such standard check.
    pub fn source(&self) -> Result<&str, CrossCheckFault> {
        match self {
            Self::Own(source) => Ok(source),
            Self::Standard { name, version } => {
                let standard = STANDARD.iter().find(|one| one.name == name);
                let known = Self::standard(name).as_ref() == Some(self);
                let standard = standard.filter(|_| known);
                standard
                    .map(|one| one.source)
                    .ok_or_else(|| CrossCheckFault::NoStandard {
                        name: name.clone(),
                        version: *version,
                    })
            }
        }
    }

    /// The check that it declares.
    ///
    /// # Errors
    /// When this program has no such standard check, or the declaration is none.
    pub fn read(&self) -> Result<Check, CrossCheckFault> {
        let source = self.source()?;
        let wrong =
            |faults: sealane_checks::fault::Faults| faults.render("the check's text", source);
        read(source).map_err(|faults| CrossCheckFault::Check(wrong(faults)))
    }
}

impl CheckProof {
    /// Reads a proof file.
    ///
    /// # Errors
    /// When the bytes are none.
    pub fn read(bytes: &[u8]) -> Result<Self, CrossCheckFault> {
        if bytes.len() > MAX_CHECK_PROOF {
            return Err(CrossCheckFault::TooLarge {
                bytes: bytes.len(),
                most: MAX_CHECK_PROOF,
            });
        }
        if !bytes.starts_with(&MAGIC) {
            return Err(CrossCheckFault::NoProofFile);
        }
        Self::from_bytes(bytes).map_err(CrossCheckFault::File)
    }
}

/// Lines of a document or a part; then one byte for the documents in a list, and whether they are taken in parts.
fn put_sizes(sizes: &Sizes, out: &mut Vec<u8>) {
    let small = "sizes have at most 128 lines and 8 documents";
    let lines = u16::try_from(sizes.lines()).expect(small);
    lines.encode(out);
    let documents = u8::try_from(sizes.documents()).expect(small);
    let parts = if sizes.are_parts() { IN_PARTS } else { 0 };
    (documents | parts).encode(out);
}

fn read_sizes(reader: &mut Reader<'_>) -> Result<Sizes, DecodeError> {
    let (lines, documents) = (u16::decode(reader)?, u8::decode(reader)?);
    let new = match documents & IN_PARTS {
        0 => Sizes::new,
        _ => Sizes::in_parts,
    };
    let documents = documents & !IN_PARTS;
    let none = || format!("no check has {lines} lines and {documents} documents in a list");
    new(lines.into(), documents.into()).map_or_else(|| invalid("sizes", none()), Ok)
}
