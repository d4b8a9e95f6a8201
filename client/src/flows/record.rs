//! What a home can open of a record, and where the record stands.

use sealane_crypto::keys::FieldKey;
use sealane_crypto::keys::Place;
use sealane_crypto::sealing::{FieldState, Opened, open_fields, open_record, record_digest};
use sealane_types::fields::FieldValue;
use sealane_types::ids::RecordId;
use sealane_types::record::{Record, RecordHeader};

use super::{Bank, RecordState};
use crate::chain::Lie;
use crate::error::ClientError;
use crate::paths;

/// A record as this home sees it.
#[derive(Debug, Clone)]
pub struct RecordView {
    /// Its id.
    pub record: RecordId,
    /// What everybody sees of it.
    pub header: RecordHeader,
    /// Where it stands on the chain, proven.
    pub state: RecordState,
    /// The fields, absent ones left out where they open: header first, then lines.
    pub fields: Vec<FieldView>,
    /// How many fields no key of this home opens.
    pub hidden: usize,
    /// The true number of lines, where it opens.
    pub lines: Option<i64>,
    /// Who handed the fields over, where the record is another home's.
    pub granted: Option<GrantedBy>,
}

/// By whom fields of another home's record can be opened here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantedBy {
    /// Who handed over.
    pub from: String,
    /// The record's sealer, by its legal identifiers.
    pub identifiers: Vec<String>,
}

/// A field that opens, or is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldView {
    /// Its path, `lines[3].quantity` say.
    pub path: String,
    /// What this home sees there.
    pub shown: Shown,
}

/// What a home sees of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// The value, which is the one that the record root commits to.
    Value(FieldValue),
    /// The sealer's record is wrong there: the reason. `evidence` shows it to others, with the field's
    /// key in it.
    Mismatch {
        /// What is wrong.
        reason: String,
        /// The evidence's canonical bytes.
        evidence: Vec<u8>,
    },
}

impl Bank {
    /// A record with all that this home can open of it, by its own keys or by those that were handed over.
    ///
    /// # Errors
    /// When the record is not on the chain, or the node does not answer or lies.
    pub async fn record_show(&self, id: &RecordId) -> Result<RecordView, ClientError> {
        let (state, record) = self.proven_record(id).await?;
        self.view(record, state)
    }

    /// A record that has the digest that the state proves, from the home or from the node.
    pub(super) async fn proven_record(
        &self,
        id: &RecordId,
    ) -> Result<(RecordState, Record), ClientError> {
        let (state, entry) = self.must_be_on_chain(id).await?;
        let kept = self.home().record(id)?;
        let kept = kept.filter(|record| record_digest(record) == entry.digest);
        let record = match kept {
            Some(record) => record,
            None => self.node().record(id).await?,
        };
        if record_digest(&record) != entry.digest {
            return Err(self.node().lies(Lie::OtherRecord).into());
        }
        Ok((state, record))
    }

    fn view(&self, record: Record, state: RecordState) -> Result<RecordView, ClientError> {
        let (opened, granted) = self.opened(&record)?;
        let mut view = RecordView {
            record: record.id(),
            header: record.header.clone(),
            state,
            fields: Vec::new(),
            hidden: 0,
            lines: None,
            granted,
        };
        for (place, state) in opened.into_fields() {
            match state {
                FieldState::Hidden => view.hidden += 1,
                FieldState::Open(Some(FieldValue::Integer(lines))) if place == Place::LineCount => {
                    view.lines = Some(lines);
                }
                FieldState::Open(None) => {}
                FieldState::Open(Some(value)) => view.fields.push(FieldView {
                    path: paths::path(record.header.kind, place),
                    shown: Shown::Value(value),
                }),
                FieldState::Mismatch(evidence) => view.fields.push(FieldView {
                    path: paths::path(record.header.kind, place),
                    shown: Shown::Mismatch {
                        reason: evidence.fault().to_string(),
                        evidence: sealane_types::encoding::Encode::to_bytes(&*evidence),
                    },
                }),
            }
        }
        Ok(view)
    }

    /// What this home's own keys open of a record, or those that were handed over.
    pub(super) fn opened(
        &self,
        record: &Record,
    ) -> Result<(Opened, Option<GrantedBy>), ClientError> {
        if let Some(key) = self.home().record_key(record) {
            return Ok((open_record(record, &key), None));
        }
        let Some(imported) = self.home().imported(&record.id())? else {
            return Ok((open_fields(record, &[]), None));
        };
        let keys: Vec<FieldKey> = imported.fields.into_values().collect();
        let granted = GrantedBy {
            from: imported.from,
            identifiers: imported.sealer.identifiers().to_vec(),
        };
        Ok((open_fields(record, &keys), Some(granted)))
    }
}
