//! Whether a field holds what its schema says: a value of its type and within its width. A leaf that does not is encoded
//! wrongly: a check cannot read it, and its published key takes it out of every check's circuit.

use sealane_crypto::keys::Place;
use sealane_types::fields::FieldValue;
use sealane_types::record::Bucket;
use sealane_types::schema::Kind;

use crate::field::{Field, FieldType, header_field, line_field};

/// Whether a check can read what stands at a place. Absent is readable; so is anything in a slot that no field has, as nothing
/// reads it.
#[must_use]
pub fn is_readable(kind: Kind, bucket: Bucket, place: Place, value: Option<&FieldValue>) -> bool {
    let fits = |field: Option<&Field>| match (field, value) {
        (Some(field), Some(value)) => holds(field.holds, value),
        _ => true,
    };
    match place {
        Place::Header(slot) => fits(header_field(kind, slot.into())),
        Place::Line { slot, .. } => fits(line_field(kind, slot.into())),
        Place::LineCount => match value {
            Some(FieldValue::Integer(lines)) => {
                usize::try_from(*lines).is_ok_and(|lines| lines <= bucket.lines())
            }
            _ => false,
        },
    }
}

fn holds(field: FieldType, value: &FieldValue) -> bool {
    let within = |value: i128| value.unsigned_abs() >> field.bits() == 0;
    match (field, value) {
        (FieldType::Text | FieldType::Currency | FieldType::LineId, FieldValue::Text(_))
        | (FieldType::Name, FieldValue::Name(_))
        | (FieldType::LineReference, FieldValue::LineReference { .. })
        | (FieldType::Number, FieldValue::Number(_))
        | (FieldType::Reference | FieldType::References, FieldValue::References(_))
        | (FieldType::Party, FieldValue::LegalIds(_)) => true,
        (FieldType::Date, FieldValue::Date(day)) => within((*day).into()),
        (FieldType::Integer, FieldValue::Integer(number)) => within((*number).into()),
        (FieldType::Amount | FieldType::Payable, FieldValue::Amount { value, .. })
        | (FieldType::Quantity, FieldValue::Quantity { value, .. }) => within(*value),
        (FieldType::Price, FieldValue::Price { value, base }) => within(*value) && within(*base),
        _ => false,
    }
}
