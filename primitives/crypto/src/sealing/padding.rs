//! Plaintexts: the canonical encoding of an optional value, and zeros up to the size of its place.

use sealane_types::encoding::{Decode, DecodeError, Encode, Reader};
use sealane_types::fields::FieldValue;
use sealane_types::schema::{Field, Kind, header_field, line_field};
use zeroize::Zeroizing;

use super::SealError;
use crate::keys::Place;

/// Bytes of the plaintext at a place: a constant of the kind of document, never of the value.
#[must_use]
pub fn plaintext_size(kind: Kind, place: Place) -> usize {
    Field::bytes_of(match place {
        Place::Header(slot) => header_field(kind, slot.into()),
        Place::Line { slot, .. } => line_field(kind, slot.into()),
        Place::LineCount => None,
    })
}

/// The plaintext of a value at its place.
///
/// # Errors
/// When the value does not fit, or could not be read back.
pub(super) fn pad(
    kind: Kind,
    place: Place,
    value: Option<&FieldValue>,
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let limit = plaintext_size(kind, place);
    let mut bytes = Zeroizing::new(Vec::with_capacity(limit));
    value.is_some().encode(&mut bytes);
    if let Some(value) = value {
        value.encode(&mut bytes);
    }
    if bytes.len() > limit {
        let bytes = bytes.len();
        return Err(SealError::TooLong {
            place,
            bytes,
            limit,
        });
    }
    bytes.resize(limit, 0);
    match read(&bytes) {
        Ok(_) => Ok(bytes),
        Err(fault) => Err(SealError::NotCanonical { place, fault }),
    }
}

/// The value of a plaintext, which must be exactly what [`pad`] gives for it.
pub(super) fn unpad(kind: Kind, place: Place, plaintext: &[u8]) -> Option<Option<FieldValue>> {
    let value = read(plaintext).ok()?;
    let again = pad(kind, place, value.as_ref()).ok()?;
    (*again == plaintext).then_some(value)
}

fn read(plaintext: &[u8]) -> Result<Option<FieldValue>, DecodeError> {
    Option::decode(&mut Reader::new(plaintext))
}
