//! A record: a document sealed for the chain.
//!
//! Its leaves have a fixed order: [`HEADER_SLOTS`] header slots, then [`LINE_SLOTS`] slots for each line
//! of the bucket, then the line count. How leaves make the root is `sealane-crypto`'s.

use crate::encoding::{Decode, DecodeError, Encode, ensure, invalid};
use crate::ids::{AliasId, ChainId, FieldBytes, KeyId, RecordId, RecordRoot, Salt};
use crate::schema::{HEADER_SLOTS, Kind, LINE_BUCKETS, LINE_SLOTS};

/// Longest ciphertext of one leaf, in bytes.
pub const MAX_CIPHERTEXT: usize = 4096;
/// Bytes of ciphertext that a record may have for each of its leaves, on average.
pub const MAX_CIPHERTEXT_AVERAGE: usize = 640;
/// Bytes of ciphertext that a record may have in all: with hashes and key ids it stays below 3 MiB, and a message has 4.
pub const MAX_RECORD_CIPHERTEXT: usize = 2 << 20;

/// How many line slots a record has: one of [`LINE_BUCKETS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[encoding(check)]
pub struct Bucket(u16);

impl Bucket {
    /// The bucket with exactly this many line slots.
    #[must_use]
    pub fn new(lines: u16) -> Option<Self> {
        LINE_BUCKETS
            .contains(&usize::from(lines))
            .then_some(Self(lines))
    }

    fn check(&self) -> Result<(), DecodeError> {
        let lines = self.0;
        let none =
            || format!("records have 8, 16, 32, 128, 256, 512 or 1,024 line slots, not {lines}");
        Self::new(lines).map_or_else(|| invalid("bucket of lines", none()), |_| Ok(()))
    }

    /// Line slots.
    #[must_use]
    pub fn lines(self) -> usize {
        self.0.into()
    }

    /// Leaves of a record with this bucket: header, lines, line count.
    #[must_use]
    pub fn leaves(self) -> usize {
        HEADER_SLOTS + self.lines() * LINE_SLOTS + 1
    }

    /// Most bytes of ciphertext that a record with this bucket has in all.
    #[must_use]
    pub fn max_ciphertext(self) -> usize {
        (self.leaves() * MAX_CIPHERTEXT_AVERAGE).min(MAX_RECORD_CIPHERTEXT)
    }
}

/// What everybody sees of a record. Its hash is the `context` that the record root commits to.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[encoding(check)]
pub struct RecordHeader {
    /// The chain that the record is sealed for.
    pub chain: ChainId,
    /// The alias whose key signs the record.
    pub sealer: AliasId,
    /// The bank that vouches for the sealer.
    pub bank: AliasId,
    /// The kind of document.
    pub kind: Kind,
    /// The schema's version, from 1.
    pub schema_version: u16,
    /// Line slots.
    pub bucket: Bucket,
    /// The record of the same sealer that this one replaces.
    pub replaces: Option<RecordId>,
    /// Fresh at each sealing; public (`specs/decisions/0005-public-salt.md`).
    pub salt: Salt,
}

impl RecordHeader {
    fn check(&self) -> Result<(), DecodeError> {
        let counted = self.schema_version > 0;
        ensure(counted, "schema version", "versions count from 1")
    }
}

/// One field of a record: sealed, and committed to.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SealedLeaf {
    /// The leaf's Poseidon hash.
    pub hash: FieldBytes,
    /// The public name of the field key.
    pub key: KeyId,
    /// The padded value under the field key; at most [`MAX_CIPHERTEXT`] bytes.
    #[encoding(list(MAX_CIPHERTEXT, "ciphertext"))]
    pub ciphertext: Vec<u8>,
}

/// A document sealed for the chain. Whether the root follows from header and leaves is not checked
/// here.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[encoding(check)]
pub struct Record {
    /// What everybody sees.
    pub header: RecordHeader,
    #[encoding(list(header.bucket.leaves(), "leaves"))]
    leaves: Vec<SealedLeaf>,
    /// The commitment to header and all leaves.
    pub root: RecordRoot,
}

impl Record {
    /// Joins a record's parts.
    ///
    /// # Errors
    /// When there are not exactly as many leaves as the bucket has, a ciphertext is above
    /// [`MAX_CIPHERTEXT`], or all together are above the bucket's limit.
    pub fn new(
        header: RecordHeader,
        leaves: Vec<SealedLeaf>,
        root: RecordRoot,
    ) -> Result<Self, DecodeError> {
        let record = Self {
            header,
            leaves,
            root,
        };
        record.check().map(|()| record)
    }

    fn check(&self) -> Result<(), DecodeError> {
        let (bucket, leaves) = (self.header.bucket, &self.leaves);
        let expected = bucket.leaves();
        if leaves.len() != expected {
            let reason = format!("its bucket has {expected} leaves, not {}", leaves.len());
            return invalid("record", reason);
        }
        let longest = leaves.iter().map(|leaf| leaf.ciphertext.len()).max();
        if longest.is_some_and(|length| length > MAX_CIPHERTEXT) {
            return invalid("ciphertext", format!("above {MAX_CIPHERTEXT} bytes"));
        }
        let total: usize = leaves.iter().map(|leaf| leaf.ciphertext.len()).sum();
        let limit = bucket.max_ciphertext();
        if total > limit {
            let reason = format!("{total} bytes of ciphertext, its bucket allows {limit}");
            return invalid("record", reason);
        }
        Ok(())
    }

    /// The record's id: the bytes of its root.
    #[must_use]
    pub fn id(&self) -> RecordId {
        self.root.into()
    }

    /// All leaves in their fixed order.
    #[must_use]
    pub fn leaves(&self) -> &[SealedLeaf] {
        &self.leaves
    }

    /// The leaf of header slot `slot`, or `None` above [`HEADER_SLOTS`].
    #[must_use]
    pub fn header_leaf(&self, slot: usize) -> Option<&SealedLeaf> {
        self.leaves[..HEADER_SLOTS].get(slot)
    }

    /// The leaf of line `line`'s slot `slot`, or `None` outside the bucket.
    #[must_use]
    pub fn line_leaf(&self, line: usize, slot: usize) -> Option<&SealedLeaf> {
        let inside = line < self.header.bucket.lines() && slot < LINE_SLOTS;
        inside.then(|| &self.leaves[HEADER_SLOTS + line * LINE_SLOTS + slot])
    }

    /// The leaf that holds the true number of lines.
    #[must_use]
    pub fn line_count_leaf(&self) -> &SealedLeaf {
        self.leaves.last().expect("a record has at least 33 leaves")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::LINE_BUCKETS;

    #[test]
    fn every_record_that_can_be_read_stays_below_3_mib() {
        let leaf = FieldBytes::LENGTH + KeyId::LENGTH + 4;
        for lines in LINE_BUCKETS {
            let lines = u16::try_from(lines).expect("at most 1,024");
            let bucket = Bucket::new(lines).expect("a bucket");
            assert_eq!(Bucket::from_bytes(&lines.to_le_bytes()), Ok(bucket));
            let bytes = bucket.leaves() * leaf + bucket.max_ciphertext();
            assert!(bytes + 4096 < 3 << 20, "{lines} lines: {bytes} bytes");
        }
        for lines in [0, 9, 64, 129, 1025, 2048] {
            assert_eq!(Bucket::new(lines), None);
        }
        let said = Bucket::from_bytes(&[64, 0])
            .expect_err("no bucket")
            .to_string();
        for lines in ["8", "16", "32", "128", "256", "512", "1,024"] {
            assert!(said.contains(lines), "{said}");
        }
    }
}
