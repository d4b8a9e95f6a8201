//! Reporting a record whose sealer sealed a field wrongly: the field's key is published, and the ledger takes the field out of
//! every check, so that it cannot block one.

use std::collections::{BTreeMap, BTreeSet};

use sealane_checks::readable::is_readable;
use sealane_crypto::keys::{FieldKey, Place};
use sealane_crypto::sealing::open_field;
use sealane_ledger::state::{Key, OpenedFields};
use sealane_types::cross_check::OpenField;
use sealane_types::ids::{Height, RecordId};
use sealane_types::record::Record;
use sealane_types::transaction::Payload;

use super::Bank;
use super::cross_check::CrossCheckFault;
use crate::chain::Lie;
use crate::error::ClientError;
use crate::home::grants::Granted;
use crate::home::journal::Action;
use crate::paths;
use crate::progress::Progress;

/// A field whose key stands on the chain now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedField {
    /// Its path.
    pub path: String,
    /// The height of the block that has its key.
    pub at: Height,
}

impl Bank {
    /// Publishes the keys of all fields of a record that this home can open and that were sealed wrongly.
    ///
    /// # Errors
    /// When there is none, or the rules refuse it, or it cannot be sent.
    pub async fn report_record(
        &self,
        id: &RecordId,
        progress: &dyn Progress,
    ) -> Result<Vec<ReportedField>, ClientError> {
        self.finish_earlier(progress).await?;
        let (_, record) = self.proven_record(id).await?;
        let reported = self.opened_fields(id).await?;
        let granted = self.home().granted(id)?;
        let wrong = granted
            .map(|granted| wrong(&record, &granted))
            .unwrap_or_default();
        let mut done = Vec::new();
        for (place, key) in wrong {
            if reported.contains(&place) {
                continue;
            }
            let payload = Payload::OpenField(Box::new(OpenField {
                record: Box::new(record.clone()),
                place: place.bytes(),
                suite: key.suite().id(),
                key: *key.export(),
            }));
            let committed = self
                .transact_and_close(Action::OpenField, payload, progress)
                .await?;
            done.push(ReportedField {
                path: paths::path(record.header.kind, place),
                at: committed.height(),
            });
        }
        match done.is_empty() {
            true => Err(CrossCheckFault::Sound(*id).into()),
            false => Ok(done),
        }
    }

    /// The places of a record whose keys were published.
    pub(super) async fn opened_fields(
        &self,
        id: &RecordId,
    ) -> Result<BTreeSet<Place>, ClientError> {
        let opened: Vec<Option<OpenedFields>> = self.values(&[Key::opened_fields(id)]).await?;
        let opened = opened.into_iter().flatten().flat_map(|opened| opened.0);
        let places: Option<BTreeSet<Place>> = opened.map(Place::from_bytes).collect();
        places.ok_or_else(|| self.node().lies(Lie::Missing("opened field")).into())
    }
}

/// Fields with the right key that do not open to what the leaf commits to, or to nothing that the schema has there.
fn wrong(record: &Record, granted: &Granted) -> BTreeMap<Place, FieldKey> {
    let header = &record.header;
    let unreadable = granted.fields.iter().filter(|(place, key)| {
        let value = open_field(record, *place, key);
        value.is_ok_and(|value| !is_readable(header.kind, header.bucket, *place, value.as_ref()))
    });
    let unreadable = unreadable.map(|(place, key)| (*place, key.clone()));
    let evidence = granted.evidence.iter();
    let evidence = evidence.map(|evidence| (evidence.place(), evidence.key().clone()));
    unreadable.chain(evidence).collect()
}
