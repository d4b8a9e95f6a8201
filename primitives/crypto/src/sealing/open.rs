//! Opening a record, field by field, with exactly the keys held.

use std::collections::BTreeMap;

use sealane_types::fields::FieldValue;
use sealane_types::ids::KeyId;
use sealane_types::record::Record;
use thiserror::Error;

use super::evidence::{Evidence, bound_to, opened};
use crate::keys::{FieldKey, Place, RecordKey};

/// Why a field does not open.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OpenError {
    /// The record has no such place.
    #[error("the record has no {0}")]
    NoSuchPlace(Place),
    /// The key is another field's.
    #[error("the key is not that of {0}")]
    WrongKey(Place),
    /// The key is right and the sealer's record is not: what it says there is not what it commits to.
    #[error("{} does not hold what the record commits to: {}", .0.place(), .0.fault())]
    Mismatch(Box<Evidence>),
}

/// Opens one field, and checks the value against the leaf that the record root commits to.
///
/// # Errors
/// [`OpenError::WrongKey`] says nothing about the record. [`OpenError::Mismatch`] is the sealer's fault and can
/// be shown to others, who thereby see the field's key, and what it decrypts to.
pub fn open_field(
    record: &Record,
    place: Place,
    key: &FieldKey,
) -> Result<Option<FieldValue>, OpenError> {
    let index = place.index(record.header.bucket);
    let index = index.ok_or(OpenError::NoSuchPlace(place))?;
    if record.leaves()[index].key != key.id() {
        return Err(OpenError::WrongKey(place));
    }
    let bound = bound_to(&record.header, key.suite());
    opened(record, &bound, place, index, key)
        .map_err(|fault| OpenError::Mismatch(Box::new(Evidence::new(record, place, key, fault))))
}

/// What a holder of keys sees of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldState {
    /// No key that is held opens it.
    Hidden,
    /// Its value; `None` where the field is absent. Checked against the record root's leaf.
    Open(Option<FieldValue>),
    /// The sealer's record is wrong there, and this shows it.
    Mismatch(Box<Evidence>),
}

/// A record as a holder of keys sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    fields: Vec<(Place, FieldState)>,
}

impl Opened {
    /// Every place with its state, in the order of the record's leaves.
    #[must_use]
    pub fn fields(&self) -> &[(Place, FieldState)] {
        &self.fields
    }

    /// As [`Opened::fields`], by value.
    #[must_use]
    pub fn into_fields(self) -> Vec<(Place, FieldState)> {
        self.fields
    }

    /// The state of one place; `None` where the record has no such place.
    #[must_use]
    pub fn at(&self, place: Place) -> Option<&FieldState> {
        let mut fields = self.fields.iter();
        fields.find(|(at, _)| *at == place).map(|(_, state)| state)
    }
}

/// Opens what the key of a record opens: everything, if its sealer derived its keys as the tree says.
#[must_use]
pub fn open_record(record: &Record, key: &RecordKey) -> Opened {
    open_places(record, |place, id| {
        Some(key.field(place)).filter(|key| key.id() == *id)
    })
}

/// Opens what single field keys open, and leaves the rest hidden.
#[must_use]
pub fn open_fields(record: &Record, keys: &[FieldKey]) -> Opened {
    let by_id: BTreeMap<KeyId, &FieldKey> = keys.iter().map(|key| (key.id(), key)).collect();
    open_places(record, |_, id| by_id.get(id).map(|key| (*key).clone()))
}

fn open_places(record: &Record, key_of: impl Fn(Place, &KeyId) -> Option<FieldKey>) -> Opened {
    let mut bound = None;
    let mut state = |index: usize, place: Place| {
        let Some(key) = key_of(place, &record.leaves()[index].key) else {
            return FieldState::Hidden;
        };
        let bound = bound.get_or_insert_with(|| bound_to(&record.header, key.suite()));
        match opened(record, bound, place, index, &key) {
            Ok(value) => FieldState::Open(value),
            Err(fault) => FieldState::Mismatch(Box::new(Evidence::new(record, place, &key, fault))),
        }
    };
    let places = Place::all(record.header.bucket).enumerate();
    let fields = places.map(|(index, place)| (place, state(index, place)));
    Opened {
        fields: fields.collect(),
    }
}
