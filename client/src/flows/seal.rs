//! Sealing: a document becomes a record on the chain, once.

use std::time::SystemTime;

use sealane_crypto::sealing::record_digest;
use sealane_types::encoding::Encode;
use sealane_types::ids::{AliasId, Digest, RecordId};
use sealane_types::receipt::Refusal;
use sealane_types::record::Record;
use sealane_types::schema::{CanonicalFields, Kind};
use sealane_types::transaction::Payload;

use super::{Bank, SellerFault, Whose};
use crate::chain::Lie;
use crate::error::ClientError;
use crate::home::journal::{Action, Entry, Origin};
use crate::progress::{Activity, Progress};
use crate::work::on_processor;

/// A sealed document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The record's id, which is its root.
    pub record: RecordId,
    /// The kind of document.
    pub kind: Kind,
    /// Line slots, to which the lines are padded.
    pub bucket: usize,
    /// The record's size in bytes.
    pub bytes: usize,
    /// The record that it replaces.
    pub replaces: Option<RecordId>,
    /// The record that replaces it.
    pub replaced_by: Option<RecordId>,
    /// Whether this home had sealed the document before.
    pub already: bool,
    /// The document's warnings, and of a credit note which of the invoices that it credits are financed
    /// ([`Activity::Warned`]).
    pub warnings: Vec<String>,
}

/// A document, ready to be sealed.
pub(super) struct Ingested {
    pub fields: CanonicalFields,
    /// What was told of the document.
    pub warnings: Vec<String>,
    /// Known again by this home alone.
    pub digest: Digest,
    /// Who seals it.
    pub sealer: AliasId,
}

impl Bank {
    /// Seals a document. The same document sealed again in the same home gives the record it has
    /// already; with `replaces`, a new record that replaces that one of this home's.
    ///
    /// # Errors
    /// When the document is not valid, the rules refuse the record, or it cannot be sent.
    pub async fn seal(
        &self,
        name: &str,
        document: &[u8],
        replaces: Option<RecordId>,
        progress: &dyn Progress,
    ) -> Result<Sealed, ClientError> {
        let own = self.home().alias();
        self.seal_as(own, name, document, replaces, progress).await
    }

    /// As [`Bank::seal`], under an alias of this home's: its own, or a customer's.
    ///
    /// # Errors
    /// As [`Bank::seal`].
    pub async fn seal_as(
        &self,
        sealer: AliasId,
        name: &str,
        document: &[u8],
        replaces: Option<RecordId>,
        progress: &dyn Progress,
    ) -> Result<Sealed, ClientError> {
        if sealer != self.home().alias() {
            self.alias(&sealer).await?; // a customer's is as this home registered it
        }
        let ingested = self.ingest(name, document, sealer, progress).await?;
        self.seal_ingested(ingested, replaces, progress).await
    }

    /// As [`Bank::seal`], for a customer: under its standing alias, or with `one_trade` under a new one that nobody can join
    /// with the others. The alias, and the record.
    ///
    /// # Errors
    /// As [`Bank::seal`] and [`Bank::alias_of`]; [`super::SellerFault::NotNamed`] where the document does not name the
    /// customer as the party that writes such a document, and nobody has confirmed that it is the customer's.
    pub async fn seal_for(
        &self,
        (whose, one_trade): (Whose<'_>, bool),
        name: &str,
        document: &[u8],
        replaces: Option<RecordId>,
        progress: &dyn Progress,
    ) -> Result<(AliasId, Sealed), ClientError> {
        let document = read(name, document, progress).await?;
        self.must_name(&document.fields, whose)?;
        let sealer = match replaces {
            Some(older) => self.sealer_again(whose.name, older)?,
            None => self.alias_of(whose.name, one_trade, progress).await?,
        };
        let ingested = self.ingested(document, sealer);
        let sealed = self.seal_ingested(ingested, replaces, progress).await?;
        Ok((sealer, sealed))
    }

    /// The alias under which an own record was sealed for this customer: its replacement is sealed under the same one, also
    /// where that is for one trade alone.
    fn sealer_again(&self, name: &str, older: RecordId) -> Result<AliasId, ClientError> {
        let record = self.home().record(&older)?;
        let alias = record.ok_or(ClientError::NotOurs(older))?.header.sealer;
        let book = self.home().customers()?;
        match book.behind(&alias).map(|customer| customer.name.as_str()) {
            Some(found) if found == name => Ok(alias),
            found => Err(SellerFault::SealedForOther {
                record: older,
                found: found.unwrap_or("this bank itself").to_owned(),
                name: name.to_owned(),
            }
            .into()),
        }
    }

    /// What the rules would refuse shows, on the chain, that the two records are of one customer: it is not sent.
    async fn must_replace(&self, ingested: &Ingested, older: RecordId) -> Result<(), ClientError> {
        let (_, entry) = self.must_be_on_chain(&older).await?;
        let same = entry.sealer == ingested.sealer && entry.kind == ingested.fields.kind;
        match (same, entry.replaced_by) {
            (false, _) => Err(self.refused(Refusal::CannotReplace)),
            (true, Some(by)) => Err(self.refused(Refusal::AlreadyReplaced { by })),
            (true, None) => Ok(()),
        }
    }

    async fn seal_ingested(
        &self,
        ingested: Ingested,
        replaces: Option<RecordId>,
        progress: &dyn Progress,
    ) -> Result<Sealed, ClientError> {
        self.finish_earlier(progress).await?;
        let known = self.known(&ingested.digest, replaces)?;
        let already = known.is_some();
        let mut warnings = ingested.warnings.clone();
        let entry = match known {
            Some(entry) => entry,
            None => {
                if let Some(older) = replaces {
                    self.must_replace(&ingested, older).await?;
                }
                self.make_record(ingested, replaces, Origin::Seal, progress)
                    .await?
            }
        };
        if let Some(record) = self.home().record(&entry.record.0)? {
            for told in self.told_of_credit_note(&record).await? {
                progress.detail(Activity::Warned, &told);
                warnings.push(told);
            }
        }
        let sealed = self.summary(&entry, already, progress).await?;
        Ok(Sealed { warnings, ..sealed })
    }

    /// Brings a transaction of an earlier run to its end.
    pub(super) async fn finish_earlier(&self, progress: &dyn Progress) -> Result<(), ClientError> {
        if let Some((outbox, committed)) = self.resume(progress).await? {
            self.conclude(&outbox, &committed, progress).await?;
        }
        Ok(())
    }

    /// Reads a document.
    pub(super) async fn ingest(
        &self,
        name: &str,
        document: &[u8],
        sealer: AliasId,
        progress: &dyn Progress,
    ) -> Result<Ingested, ClientError> {
        let document = read(name, document, progress).await?;
        Ok(self.ingested(document, sealer))
    }

    fn ingested(&self, document: Document, sealer: AliasId) -> Ingested {
        let Document { fields, warnings } = document;
        let mut known_by = canonical_bytes(&fields);
        if sealer != self.home().alias() {
            sealer.encode(&mut known_by); // the same document of another sealer is another record
        }
        let digest = self.home().document_digest(&known_by);
        Ingested {
            fields,
            warnings,
            digest,
            sealer,
        }
    }

    /// The record that this home made of a document: the one that replaces `replaces`, or else the
    /// newest whose sealing was not refused.
    pub(super) fn known(
        &self,
        document: &Digest,
        replaces: Option<RecordId>,
    ) -> Result<Option<Entry>, ClientError> {
        let wanted = |entry: &Entry| {
            let same = entry.document.0 == *document && !entry.is_refused();
            same && (replaces.is_none() || entry.replaces.map(|record| record.0) == replaces)
        };
        let entries = self.home().journal().entries()?;
        Ok(entries.into_iter().rev().find(wanted))
    }

    /// Seals fields into a new record, on disk and in the journal; nothing is sent.
    pub(super) async fn make_record(
        &self,
        ingested: Ingested,
        replaces: Option<RecordId>,
        origin: Origin,
        progress: &dyn Progress,
    ) -> Result<Entry, ClientError> {
        progress.begin(Activity::Sealing);
        let now = SystemTime::now();
        let sealer = self.home().sealer(ingested.sealer, replaces, now);
        let fields = ingested.fields;
        let record = on_processor(move || sealer.seal(&fields)).await?;
        let record = record.map_err(|error| ClientError::Sealing(error.to_string()))?;
        self.home().keep_record(&record)?;
        self.home()
            .keep_warnings(&record.id(), &ingested.warnings)?;
        let journal = self.home().journal();
        Ok(journal.begin(record.id(), origin, ingested.digest, replaces)?)
    }

    /// Puts a record of this home's on the chain, if it is not there.
    pub(super) async fn ensure_sealed(
        &self,
        entry: &Entry,
        progress: &dyn Progress,
    ) -> Result<Record, ClientError> {
        let id = entry.record.0;
        let record = self.home().record(&id)?.ok_or(ClientError::NotOurs(id))?;
        let state = self.record_state(&id).await?;
        match state.entry {
            Some(known) if known.digest == record_digest(&record) => {}
            Some(_) => return Err(self.node().lies(Lie::OtherRecord).into()),
            None => {
                let payload = Payload::SealRecord(Box::new(record.clone()));
                self.transact_and_close(Action::Seal, payload, progress)
                    .await?;
            }
        }
        Ok(record)
    }

    async fn summary(
        &self,
        entry: &Entry,
        already: bool,
        progress: &dyn Progress,
    ) -> Result<Sealed, ClientError> {
        let record = self.ensure_sealed(entry, progress).await?;
        let (_, known) = self.must_be_on_chain(&record.id()).await?;
        Ok(Sealed {
            record: record.id(),
            kind: record.header.kind,
            bucket: record.header.bucket.lines(),
            bytes: record.to_bytes().len(),
            replaces: known.replaces,
            replaced_by: known.replaced_by,
            already,
            warnings: Vec::new(),
        })
    }
}

/// A document that is read, and what is told of it.
struct Document {
    fields: CanonicalFields,
    warnings: Vec<String>,
}

/// Reads a document; tells what is doubtful about it.
async fn read(
    name: &str,
    document: &[u8],
    progress: &dyn Progress,
) -> Result<Document, ClientError> {
    progress.detail(Activity::Ingesting, name);
    let (name, bytes) = (name.to_owned(), document.to_vec());
    let read = move || -> Result<Document, ClientError> {
        let document = sealane_documents::read(&bytes, &name)?;
        Ok(Document {
            fields: sealane_documents::canonical(&document)?,
            warnings: document.told_warnings(),
        })
    };
    let document = on_processor(read).await??;
    for warning in &document.warnings {
        progress.detail(Activity::Warned, warning);
    }
    Ok(document)
}

/// A document's fields as bytes, whatever format it came in.
fn canonical_bytes(fields: &CanonicalFields) -> Vec<u8> {
    let mut bytes = Vec::new();
    fields.kind.encode(&mut bytes);
    fields.version.encode(&mut bytes);
    fields
        .header
        .iter()
        .for_each(|value| value.encode(&mut bytes));
    for line in &fields.lines {
        line.iter().for_each(|value| value.encode(&mut bytes));
    }
    bytes
}
