//! Plaintexts: the canonical encoding of an optional value, and zeros up to the size of its place.

use sealane_types::encoding::{Decode, DecodeError, Encode, Reader};
use sealane_types::fields::FieldValue;
use sealane_types::schema::{GROUP, Kind, PARTY_IDS, line_slot, slot, transport};
use zeroize::Zeroizing;

use super::SealError;
use crate::keys::Place;

/// Integers, dates, amounts, prices, quantities, codes.
const SMALL: usize = 48;
/// Identifiers of lines.
const LINE_ID: usize = 128;
/// Document numbers and legal identifiers.
const IDENTIFIER: usize = 160;
/// Names and descriptions: as long as the longest text.
const NAME: usize = 528;
/// Lists of document numbers.
const REFERENCES: usize = 768;

/// Bytes of the plaintext at a place: a constant of the kind of document, never of the value.
#[must_use]
pub fn plaintext_size(kind: Kind, place: Place) -> usize {
    match place {
        Place::Header(slot) => header_size(kind, slot.into()),
        Place::Line { slot, .. } => line_size(slot.into()),
        Place::LineCount => SMALL,
    }
}

fn line_size(at: usize) -> usize {
    match at {
        line_slot::ID | line_slot::ORDER_LINE | line_slot::DESPATCH_LINE => LINE_ID,
        line_slot::ITEM => NAME,
        _ => SMALL,
    }
}

fn header_size(kind: Kind, at: usize) -> usize {
    let ids_from = |first: usize| (first..first + PARTY_IDS).contains(&at);
    match at {
        slot::NUMBER | slot::BUYER_REFERENCE => IDENTIFIER,
        slot::ORDER_REFERENCES | slot::DESPATCH_REFERENCES | slot::BILLING_REFERENCES => REFERENCES,
        slot::SELLER_NAME | slot::BUYER_NAME | slot::PAYEE_NAME => NAME,
        _ if ids_from(slot::SELLER_IDS) || ids_from(slot::BUYER_IDS) => IDENTIFIER,
        _ if ids_from(slot::PAYEE_IDS) => IDENTIFIER,
        _ if at >= GROUP && is_transport(kind) => transport_size(at),
        _ => SMALL,
    }
}

fn is_transport(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::BillOfLading | Kind::Waybill | Kind::LetterOfCredit
    )
}

fn transport_size(at: usize) -> usize {
    match at {
        transport::PORT_OF_LOADING | transport::PORT_OF_DISCHARGE | transport::VESSEL => IDENTIFIER,
        transport::GOODS => NAME,
        _ => SMALL,
    }
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
