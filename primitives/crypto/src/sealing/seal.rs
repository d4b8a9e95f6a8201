//! From canonical fields to a record.

use sealane_types::fields::FieldValue;
use sealane_types::ids::{AliasId, ChainId, FieldBytes, RecordId, RecordRoot, Salt};
use sealane_types::record::{Bucket, Record, RecordHeader, SealedLeaf};
use sealane_types::schema::{CanonicalFields, SCHEMA_VERSION, line_bucket};

use super::SealError;
use super::check::tree_of;
use super::evidence::bound_to;
use super::openings::{Opening, Openings};
use super::padding::pad;
use crate::curve::encode_element;
use crate::keys::{InstitutionSecret, Period, Place, RecordKey};
use crate::random;

/// What a record's header says that the document does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// The chain that the record is for.
    pub chain: ChainId,
    /// The alias whose key signs it.
    pub sealer: AliasId,
    /// The bank that vouches for the sealer.
    pub bank: AliasId,
    /// The record that it replaces.
    pub replaces: Option<RecordId>,
}

/// A sealed document: what goes onto the chain, and what stays.
#[derive(Debug, Clone)]
pub struct Sealed {
    record: Record,
    openings: Openings,
}

impl Sealed {
    /// Seals a document under a fresh salt, with the keys of the month of sealing.
    ///
    /// # Errors
    /// When the document has too many lines, a value does not fit its place or is not canonical, or the
    /// operating system gives no randomness.
    pub fn seal(
        fields: &CanonicalFields,
        heading: &Heading,
        secret: &InstitutionSecret,
        period: Period,
    ) -> Result<Self, SealError> {
        Self::with_salt(fields, heading, secret, period, random::salt()?)
    }

    /// As [`Sealed::seal`], under a given salt, which must never be used for two documents: it fixes the
    /// keys, and each cipher key encrypts once.
    pub(crate) fn with_salt(
        fields: &CanonicalFields,
        heading: &Heading,
        secret: &InstitutionSecret,
        period: Period,
        salt: Salt,
    ) -> Result<Self, SealError> {
        let header = header(fields, heading, salt)?;
        let schema = secret.grants().schema(fields.kind, fields.version);
        let key = schema.period(period).record(&salt);
        let bound = bound_to(&header, key.suite());
        let mut leaves = Vec::with_capacity(header.bucket.leaves());
        let mut openings = Vec::with_capacity(header.bucket.leaves());
        for place in Place::all(header.bucket) {
            let (leaf, opening) =
                seal_field(&header, &key, &bound, place, value_at(fields, place))?;
            leaves.push(leaf);
            openings.push(opening);
        }
        let hashes: Vec<_> = openings.iter().map(|opening| opening.hash).collect();
        let lines = u16::try_from(fields.lines.len()).expect("at most 1,024");
        let openings = Openings::new(header.clone(), openings, lines, tree_of(&hashes), &key);
        let root = RecordRoot::new(encode_element(&openings.root()));
        let record = Record::new(header, leaves, root);
        let record = record.expect("as many leaves as the bucket, all within their sizes");
        Ok(Self { record, openings })
    }

    /// What goes onto the chain.
    #[must_use]
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// What stays with the sealer.
    #[must_use]
    pub fn openings(&self) -> &Openings {
        &self.openings
    }

    /// Both.
    #[must_use]
    pub fn into_parts(self) -> (Record, Openings) {
        (self.record, self.openings)
    }
}

fn header(
    fields: &CanonicalFields,
    heading: &Heading,
    salt: Salt,
) -> Result<RecordHeader, SealError> {
    if fields.version != SCHEMA_VERSION {
        return Err(SealError::Version(fields.version));
    }
    let lines = fields.lines.len();
    let bucket = line_bucket(lines).and_then(|bucket| u16::try_from(bucket).ok());
    let bucket = bucket.and_then(Bucket::new);
    Ok(RecordHeader {
        chain: heading.chain,
        sealer: heading.sealer,
        bank: heading.bank,
        kind: fields.kind,
        schema_version: fields.version,
        bucket: bucket.ok_or(SealError::TooManyLines { lines })?,
        replaces: heading.replaces,
        salt,
    })
}

/// The value at a place: beyond the last line there is none.
fn value_at(fields: &CanonicalFields, place: Place) -> Option<FieldValue> {
    match place {
        Place::Header(slot) => fields.header[usize::from(slot)].clone(),
        Place::Line { line, slot } => {
            let line = fields.lines.get(usize::from(line))?;
            line[usize::from(slot)].clone()
        }
        Place::LineCount => {
            let lines = i64::try_from(fields.lines.len()).expect("at most 1,024");
            Some(FieldValue::Integer(lines))
        }
    }
}

fn seal_field(
    header: &RecordHeader,
    key: &RecordKey,
    bound: &[u8; 32],
    place: Place,
    value: Option<FieldValue>,
) -> Result<(SealedLeaf, Opening), SealError> {
    let field = key.field(place);
    let plaintext = pad(header.kind, place, value.as_ref())?;
    let bound = [&bound[..], &place.bytes()].concat();
    let ciphertext = key
        .suite()
        .encrypt_once(&field.cipher_key(), &bound, &plaintext);
    let opening = Opening::new(header, place, value, field.leaf_blinding());
    let leaf = SealedLeaf {
        hash: FieldBytes::new(encode_element(&opening.hash)),
        key: field.id(),
        ciphertext,
    };
    Ok((leaf, opening))
}
