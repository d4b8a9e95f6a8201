//! Fields of records: those that others handed over to this home, and what it gave to whom.
//!
//! ```text
//! grants/imported/ID.bin      a record of somebody else, the keys of its fields that were given here, who its sealer is
//! grants/given/ID.ALIAS.bin   the places of a record of this home's that were given to an alias
//! ```
//!
//! Both are encrypted under the home's own secret. What comes to the same record and giver again is joined with what
//! is there: nothing that was given is forgotten.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::time::SystemTime;

use sealane_crypto::handover::Handover;
use sealane_crypto::identity::AliasOpening;
use sealane_crypto::keys::{FieldKey, Place, ReceivingSecret};
use sealane_crypto::sealing::{Evidence, OpenError, open_field};
use sealane_crypto::signature::SigningKey;
use sealane_types::alias::MAX_NAME;
use sealane_types::encoding::{Decode, Encode};
use sealane_types::ids::{AliasId, FieldBytes, PublicKey, RecordId};
use sealane_types::record::{Bucket, Record};
use sealane_types::schema::Kind;

use super::{Home, HomeError, Keys, disk, secret_file};

mod format;

pub(super) const IMPORTED: &str = "grants/imported";
pub(super) const GIVEN: &str = "grants/given";
const IDENTITY: &str = "identity.bin";
const ENDING: &str = ".bin";
const LIMIT: u64 = 8 << 20;

/// What a home can open of a record, by keys of single fields: what a prover of a cross-check takes.
#[derive(Debug)]
pub struct Granted {
    /// The record.
    pub record: Record,
    /// The fields, in the order of the record's leaves; every key of them opens what the record commits to.
    pub fields: Vec<(Place, FieldKey)>,
    /// Fields whose keys are there, and that do not hold what the record commits to.
    pub evidence: Vec<Evidence>,
    /// Who the record's sealer is.
    pub sealer: AliasOpening,
}

impl Granted {
    fn new(record: Record, keys: BTreeMap<Place, FieldKey>, sealer: AliasOpening) -> Self {
        let mut granted = Self {
            record,
            fields: Vec::new(),
            evidence: Vec::new(),
            sealer,
        };
        for (place, key) in keys {
            match open_field(&granted.record, place, &key) {
                Ok(_) => granted.fields.push((place, key)),
                Err(OpenError::Mismatch(evidence)) => granted.evidence.push(*evidence),
                Err(OpenError::WrongKey(_) | OpenError::NoSuchPlace(_)) => {}
            }
        }
        granted
    }
}

/// What was handed over of one record.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[encoding(version(format::VERSION, "grant"))]
pub struct Imported {
    /// Who handed over, last.
    pub sender: AliasId,
    /// Its name on the chain, as it was then.
    #[encoding(text(MAX_NAME, "name"))]
    pub from: String,
    /// The record.
    pub record: Record,
    /// Who its sealer is.
    pub sealer: AliasOpening,
    /// The keys, by place; also of fields that their sealer encoded wrongly.
    #[encoding(put = format::put_fields(fields, out), read = format::fields(reader))]
    pub fields: BTreeMap<Place, FieldKey>,
}

/// What was given of one record to one receiver.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[encoding(version(format::VERSION, "grant"))]
pub struct Given {
    /// The record.
    pub record: RecordId,
    /// Its kind of document.
    pub kind: Kind,
    /// Its line slots.
    pub bucket: Bucket,
    /// To whom.
    pub receiver: AliasId,
    /// This home's name for it.
    #[encoding(text(MAX_NAME, "name"))]
    pub to: String,
    /// The fields.
    #[encoding(put = format::put_places(places, out), read = format::places(bucket, reader))]
    pub places: BTreeSet<Place>,
}

impl Home {
    /// What this home can open of a record, whether it sealed it or fields of it were handed over; `None` of any other.
    ///
    /// # Errors
    /// When the disk fails or a file is damaged.
    pub fn granted(&self, id: &RecordId) -> Result<Option<Granted>, HomeError> {
        if let Some(own) = self.own_granted(id)? {
            return Ok(Some(own));
        }
        let imported = self.imported(id)?;
        Ok(imported.map(|found| Granted::new(found.record, found.fields, found.sealer)))
    }

    fn own_granted(&self, id: &RecordId) -> Result<Option<Granted>, HomeError> {
        let Some(record) = self.record(id)? else {
            return Ok(None);
        };
        let key = self.keys.record_key(&record, SystemTime::now());
        let sealer = self.opening_of(&record.header.sealer)?;
        let Some((key, sealer)) = key.zip(sealer) else {
            return Ok(None);
        };
        let fields = Place::all(record.header.bucket).map(|place| (place, key.field(place)));
        let fields = fields.collect();
        Ok(Some(Granted::new(record, fields, sealer)))
    }

    /// What opens the commitment of an alias of this home's, its own or a customer's, to all identifiers that this home has
    /// for it; `None` of any other.
    ///
    /// # Errors
    /// When the disk fails or a file is damaged.
    pub fn opening_of(&self, alias: &AliasId) -> Result<Option<AliasOpening>, HomeError> {
        let identifiers = self.identifiers_of(alias)?;
        Ok(identifiers.and_then(|all| self.keys.opening(alias, &all)))
    }

    /// What opens this very commitment of an alias of this home's: an alias may have been registered, or a set presented,
    /// before an identifier was added. `None` where it commits to something else.
    ///
    /// # Errors
    /// When the disk fails or a file is damaged.
    pub fn opening_as(
        &self,
        alias: &AliasId,
        commitment: &FieldBytes,
    ) -> Result<Option<AliasOpening>, HomeError> {
        let identifiers = self.identifiers_of(alias)?.unwrap_or_default();
        let counts = (0..=identifiers.len()).rev();
        let mut openings =
            counts.filter_map(|count| self.keys.opening(alias, &identifiers[..count]));
        Ok(openings.find(|opening| opening.commitment() == *commitment))
    }

    /// The legal identifiers of an alias of this home's, in the order in which they came.
    fn identifiers_of(&self, alias: &AliasId) -> Result<Option<Vec<String>>, HomeError> {
        if *alias == self.alias {
            return Ok(Some(self.secret_json(IDENTITY, LIMIT)?.unwrap_or_default()));
        }
        let book = self.customers()?;
        let customer = book.behind(alias);
        Ok(customer.map(|customer| customer.identifiers.clone()))
    }

    /// What opens the hand-over files made for this home.
    #[must_use]
    pub fn receiving(&self) -> ReceivingSecret {
        self.keys.secret().receiving()
    }

    /// The signing key of this home's that the chain names; `None` where that is none of its keys.
    pub(crate) fn signing_as(&self, named: &PublicKey) -> Option<&SigningKey> {
        self.keys.all().find(|key| key.public() == *named)
    }

    /// What was handed over of a record.
    ///
    /// # Errors
    /// When the disk fails or the file is damaged.
    pub fn imported(&self, id: &RecordId) -> Result<Option<Imported>, HomeError> {
        let found: Option<Imported> = self.noted(&format!("{IMPORTED}/{id}{ENDING}"))?;
        Ok(found.filter(|found| found.record.id() == *id))
    }

    /// Keeps what was handed over, joined with what was before; whether that is more than there was.
    ///
    /// # Errors
    /// When the disk fails or the file is damaged.
    pub fn keep_imported(
        &self,
        handover: Handover,
        from: &str,
        record: Record,
    ) -> Result<bool, HomeError> {
        let id = record.id();
        let known = self.imported(&id)?;
        let mut fields = handover.fields;
        if let Some(known) = &known {
            fields.extend(known.fields.clone());
        }
        let imported = Imported {
            sender: handover.sender,
            from: from.to_owned(),
            record,
            sealer: handover.sealer,
            fields,
        };
        let more = known.is_none_or(|known| {
            // the sealer's bank may have added an identifier since
            imported.fields.len() > known.fields.len() || imported.sealer != known.sealer
        });
        if more {
            self.note(&format!("{IMPORTED}/{id}{ENDING}"), &imported)?;
        }
        Ok(more)
    }

    /// Notes what is given, joined with what was given to the same receiver before.
    ///
    /// # Errors
    /// When the disk fails or the file is damaged.
    pub fn keep_given(&self, mut given: Given) -> Result<(), HomeError> {
        let name = format!("{GIVEN}/{}.{}{ENDING}", given.record, given.receiver);
        if let Some(known) = self.noted::<Given>(&name)? {
            given.places.extend(known.places);
        }
        self.note(&name, &given)
    }

    /// All that was handed over to this home.
    ///
    /// # Errors
    /// When the disk fails or a file is damaged.
    pub fn all_imported(&self) -> Result<Vec<Imported>, HomeError> {
        self.all_noted(IMPORTED)
    }

    /// All that this home gave.
    ///
    /// # Errors
    /// When the disk fails or a file is damaged.
    pub fn all_given(&self) -> Result<Vec<Given>, HomeError> {
        self.all_noted(GIVEN)
    }

    fn all_noted<T: Decode>(&self, folder: &str) -> Result<Vec<T>, HomeError> {
        let names = disk::names(&self.folder.join(folder), ENDING)?.into_iter();
        let read = names.map(|name| self.noted(&format!("{folder}/{name}")));
        let all: Result<Vec<Option<T>>, HomeError> = read.collect();
        Ok(all?.into_iter().flatten().collect())
    }

    fn noted<T: Decode>(&self, name: &str) -> Result<Option<T>, HomeError> {
        let Some(bytes) = self.secret_file(name, LIMIT)? else {
            return Ok(None);
        };
        let path = self.folder.join(name);
        let damaged = |reason| HomeError::Damaged { path, reason };
        T::from_bytes(&bytes).map(Some).map_err(damaged)
    }

    fn note<T: Encode>(&self, name: &str, value: &T) -> Result<(), HomeError> {
        let bytes = zeroize::Zeroizing::new(value.to_bytes());
        self.keep_secret_file(name, &bytes)
    }
}

/// Keeps the identifiers that a new home's own alias commits to.
pub(super) fn keep_identity(
    folder: &Path,
    keys: &Keys,
    identifiers: &[String],
) -> Result<(), HomeError> {
    let text = serde_json::to_vec(identifiers).expect("texts have a form");
    secret_file::keep(folder, keys, IDENTITY, &text)
}

impl fmt::Debug for Imported {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (record, fields) = (self.record.id(), self.fields.len());
        write!(out, "Imported({fields} fields of {record}, keys secret)")
    }
}
