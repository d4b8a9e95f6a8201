//! The bytes of what a home keeps about grants.

use std::collections::{BTreeMap, BTreeSet};

use sealane_crypto::handover::{decode_fields, encode_fields};
use sealane_crypto::keys::{FieldKey, Place};
use sealane_types::encoding::{Decode, DecodeError, Encode, Reader, put_length};
use sealane_types::genesis::Suite;
use sealane_types::record::Bucket;

/// The version of these files that this program writes and reads.
pub(super) const VERSION: u8 = 1;

/// The suite of the keys, then places and keys.
pub(super) fn put_fields(fields: &BTreeMap<Place, FieldKey>, out: &mut Vec<u8>) {
    let first = fields.values().next();
    let suite = first.map_or(Suite::International, |key| key.suite().id());
    suite.encode(out);
    encode_fields(fields, out);
}

/// Reads what [`put_fields`] gave.
pub(super) fn fields(reader: &mut Reader<'_>) -> Result<BTreeMap<Place, FieldKey>, DecodeError> {
    let suite = Suite::decode(reader)?;
    decode_fields(suite, reader)
}

pub(super) fn put_places(places: &BTreeSet<Place>, out: &mut Vec<u8>) {
    put_length(out, places.len());
    places.iter().for_each(|place| place.encode(out));
}

/// Reads what [`put_places`] gave, but for places that such a record does not have.
pub(super) fn places(
    bucket: Bucket,
    reader: &mut Reader<'_>,
) -> Result<BTreeSet<Place>, DecodeError> {
    let places: Vec<[u8; 3]> = reader.list(bucket.leaves(), "places")?;
    let places = places.into_iter().filter_map(Place::from_bytes);
    Ok(places
        .filter(|place| place.index(bucket).is_some())
        .collect())
}
