//! Documents sealed for a rehearsal: real records under keys that everybody can compute, of a chain that does not exist. With them a
//! check is proven and attacked before anybody publishes it.

use sealane_crypto::identity::{AliasOpening, IdentityError, Marks};
use sealane_crypto::keys::{FieldKey, InstitutionSecret, Period, Place};
use sealane_crypto::sealing::{Heading, SealError, Sealed};
use sealane_types::genesis::Suite;
use sealane_types::ids::{AliasId, ChainId};
use sealane_types::record::Record;
use sealane_types::schema::CanonicalFields;
use zeroize::Zeroizing;

use crate::compile::AliasWitness;
use crate::known::Known;

/// November 2026, in months since January 1970.
const MONTH: Period = Period::new(682);

/// A record with all its keys, and the opening of the alias that sealed it.
#[derive(Debug)]
pub struct Owned {
    /// The record.
    pub record: Record,
    /// The keys of all its fields.
    pub keys: Vec<(Place, FieldKey)>,
    /// The identifiers in its sealer's alias.
    pub sealer: Vec<String>,
    material: [u8; 64],
}

impl Owned {
    /// Seals a document as the alias of a number whose commitment is to these identifiers.
    ///
    /// # Errors
    /// When the document does not fit, or the operating system gives no randomness.
    pub fn seal(fields: &CanonicalFields, sealer: &[String], alias: u8) -> Result<Self, SealError> {
        let secret = InstitutionSecret::import(Suite::International, &[alias; 32]);
        let heading = Heading {
            chain: ChainId::new([7; 32]),
            sealer: AliasId::new([alias; 32]),
            bank: AliasId::new([1; 32]),
            replaces: None,
        };
        let sealed = Sealed::seal(fields, &heading, &secret, MONTH)?;
        let (record, _) = sealed.into_parts();
        let key = secret.grants().schema(fields.kind, fields.version);
        let key = key.period(MONTH).record(&record.header.salt);
        let places = Place::all(record.header.bucket);
        Ok(Self {
            keys: places.map(|place| (place, key.field(place))).collect(),
            record,
            sealer: sealer.to_vec(),
            material: [alias; 64],
        })
    }

    /// The alias' opening.
    ///
    /// # Errors
    /// When it has too many identifiers.
    pub fn alias(&self) -> Result<AliasWitness, IdentityError> {
        let opening = AliasOpening::new(&self.sealer, Marks::NONE, Zeroizing::new(self.material))?;
        Ok(AliasWitness::of(&opening))
    }

    /// The record as somebody knows it who was granted these keys.
    ///
    /// # Panics
    /// When its sealer has too many identifiers: [`Owned::alias`] says so.
    #[must_use]
    pub fn known(&self, granted: impl Fn(Place) -> bool) -> Known {
        let keys = self.keys.iter().filter(|(place, _)| granted(*place));
        let keys: Vec<_> = keys.cloned().collect();
        let alias = self.alias().expect("few identifiers");
        Known::of(&self.record, &keys, alias).expect("the record's own keys")
    }
}
