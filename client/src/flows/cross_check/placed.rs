//! Records in a check: as the chain proves them, and as this home can open them.

use std::collections::BTreeSet;

use sealane_checks::Sizes;
use sealane_checks::compile::{Plan, Position, Presented};
use sealane_checks::known::{KnowError, presented};
use sealane_checks::limits;
use sealane_checks::typed::{Check, DocumentSlot};
use sealane_crypto::curve::decode_element;
use sealane_crypto::keys::Place;
use sealane_crypto::sealing::record_digest;
use sealane_types::alias::Alias;
use sealane_types::ids::{AliasId, RecordId};
use sealane_types::receipt::Refusal;
use sealane_types::record::Record;
use sealane_types::schema::{CHECK_LINES, SCHEMA_VERSION};

use super::fault::{CrossCheckFault, Lacking};
use super::work::{Opened, named};
use crate::chain::Lie;
use crate::error::ClientError;
use crate::flows::Bank;
use crate::flows::handover::name_or_id;
use crate::progress::{Activity, Progress};

/// A record in a check, as the chain has it.
#[derive(Debug, Clone)]
pub struct CheckedRecord {
    /// The document's name in the check, with its number in a list.
    pub document: String,
    /// The record.
    pub record: RecordId,
    /// Who sealed it.
    pub sealer: AliasId,
    /// The bank that vouches for the sealer.
    pub bank: AliasId,
    /// That bank's name on the chain.
    pub bank_name: String,
    /// The record that replaces it.
    pub replaced_by: Option<RecordId>,
}

/// A record at its position, with what the chain proves of it.
pub(super) struct Placed {
    pub document: String,
    pub record: Record,
    pub alias: Alias,
    pub bank_name: String,
    pub replaced_by: Option<RecordId>,
    /// Places whose keys were published, as their sealer sealed them wrongly.
    pub opened: BTreeSet<Place>,
}

impl Placed {
    pub fn checked(&self) -> CheckedRecord {
        let header = &self.record.header;
        CheckedRecord {
            document: self.document.clone(),
            record: self.record.id(),
            sealer: header.sealer,
            bank: header.bank,
            bank_name: self.bank_name.clone(),
            replaced_by: self.replaced_by,
        }
    }
}

impl Bank {
    /// Records of a check's documents, as the chain has them.
    pub(super) async fn all_placed(
        &self,
        check: &Check,
        named: &[(String, Vec<RecordId>)],
        progress: &dyn Progress,
    ) -> Result<Vec<Vec<Placed>>, ClientError> {
        let given = assigned(check, named)?;
        progress.begin(Activity::ReadingRecords);
        let mut by_document = Vec::new();
        for (slot, ids) in check.documents.iter().zip(&given) {
            by_document.push(self.placed(slot, ids).await?);
        }
        Ok(by_document)
    }

    /// The records of one declared document, proven, and of its kind.
    pub(super) async fn placed(
        &self,
        slot: &DocumentSlot,
        ids: &[RecordId],
    ) -> Result<Vec<Placed>, ClientError> {
        let mut all = Vec::new();
        for (number, id) in ids.iter().enumerate() {
            let document = numbered(slot, number);
            let (state, record) = match self.proven_record(id).await {
                Err(error) if error.refusal() == Some(&Refusal::UnknownRecord) => {
                    return Err(CrossCheckFault::UnknownRecord(*id).into());
                }
                other => other?,
            };
            let header = &record.header;
            if header.kind != slot.kind {
                return Err(CrossCheckFault::OtherKind {
                    document,
                    record: *id,
                    found: header.kind,
                    expected: slot.kind,
                }
                .into());
            }
            if header.schema_version != SCHEMA_VERSION {
                return Err(CrossCheckFault::OtherVersion {
                    document,
                    record: *id,
                    version: header.schema_version,
                }
                .into());
            }
            let alias = self.alias_of_record(&header.sealer).await?;
            let bank = self.alias_of_record(&header.bank).await?;
            all.push(Placed {
                document,
                alias,
                bank_name: name_or_id(&bank),
                replaced_by: state.entry.and_then(|entry| entry.replaced_by),
                opened: self.opened_fields(id).await?,
                record,
            });
        }
        Ok(all)
    }

    /// What the chain proves of a record, as the statement has it.
    pub(super) fn presented(&self, placed: &Placed) -> Result<Presented, ClientError> {
        let alias = decode_element(placed.alias.commitment.as_bytes());
        let lie = |_| self.node().lies(Lie::Missing("commitment of an alias"));
        let made = presented(&placed.record, alias.map_err(lie)?);
        let record = placed.record.id();
        let mut made = made.map_err(|reason| CrossCheckFault::Record { record, reason })?;
        made.taken.clone_from(&placed.opened);
        Ok(made)
    }

    /// What this home can open of each record: all that the check reads, or an error that names the rest.
    pub(super) fn all_granted(
        &self,
        plan: &Plan,
        by_document: &[Vec<Placed>],
    ) -> Result<Vec<Option<Opened>>, ClientError> {
        let (mut lacking, mut wrong) = (Vec::new(), Vec::new());
        let mut all = Vec::new();
        for (position, placed) in positions(plan, by_document).enumerate() {
            let Some(placed) = placed else {
                all.push(None);
                continue;
            };
            let id = placed.record.id();
            let granted = self.home().granted(&id)?;
            let granted = granted.filter(|granted| {
                // what lies in this home is not the chain's: as if it were not there
                record_digest(&granted.record) == record_digest(&placed.record)
            });
            let mut granted = granted;
            if let Some(granted) = &mut granted {
                // of an own alias, what opens the commitment that the chain has, be it amended or not
                let alias = &placed.alias;
                let own = self.home().opening_as(&alias.id, &alias.commitment)?;
                granted.sealer = own.unwrap_or_else(|| granted.sealer.clone());
            }
            if let Some(granted) = &granted
                && granted.sealer.commitment() != placed.alias.commitment
            {
                return Err(CrossCheckFault::Identity(id).into());
            }
            let opened = granted.map(Opened::of).transpose();
            let mut opened = opened.map_err(|error| unknown(id, &error))?;
            if let Some(opened) = &mut opened {
                opened.take_out(&placed.opened);
            }
            let read = needed(plan, position, placed, opened.as_ref());
            let of = |places: &BTreeSet<_>| Lacking {
                document: placed.document.clone(),
                record: id,
                fields: named(&placed.record, places),
            };
            if !read.missing.is_empty() {
                lacking.push(of(&read.missing));
            }
            if !read.wrong.is_empty() {
                wrong.push(of(&read.wrong));
            }
            all.push(opened);
        }
        if !lacking.is_empty() {
            let home = self.home().config().name.clone();
            return Err(CrossCheckFault::NotGranted { lacking, home }.into());
        }
        match wrong.is_empty() {
            true => Ok(all),
            false => Err(CrossCheckFault::Wrong(wrong).into()),
        }
    }
}

/// Of the places that a check reads of a record, those that cannot be shown.
struct Needed {
    /// No key of them is here.
    missing: BTreeSet<Place>,
    /// Their sealer encoded them wrongly.
    wrong: BTreeSet<Place>,
}

fn needed(plan: &Plan, position: usize, placed: &Placed, opened: Option<&Opened>) -> Needed {
    let bucket = placed.record.header.bucket;
    let there = |place: &Place| place.index(bucket).is_some() && !placed.opened.contains(place);
    let read = plan.places(position).filter(there);
    let Some(opened) = opened else {
        return Needed {
            missing: read.collect(),
            wrong: BTreeSet::new(),
        };
    };
    let hidden = read.filter(|place| !opened.known.witness.knows(*place));
    let (wrong, missing) = hidden.partition(|place| opened.wrong.contains(place));
    Needed { missing, wrong }
}

/// A document's name, with its number in a list.
fn numbered(slot: &DocumentSlot, number: usize) -> String {
    match slot.list {
        true => format!("{}[{number}]", slot.name),
        false => slot.name.clone(),
    }
}

/// The ids given, by declared document.
fn assigned(
    check: &Check,
    named: &[(String, Vec<RecordId>)],
) -> Result<Vec<Vec<RecordId>>, CrossCheckFault> {
    let known = || check.documents.iter().map(|slot| slot.name.as_str());
    if let Some((name, _)) = named
        .iter()
        .find(|(name, _)| known().all(|one| one != name))
    {
        return Err(CrossCheckFault::NoDocument {
            name: name.clone(),
            known: known().collect::<Vec<_>>().join(", "),
        });
    }
    let of = |slot: &DocumentSlot| {
        let document = slot.name.clone();
        let own = named.iter().filter(|(name, _)| *name == slot.name);
        let ids: Vec<RecordId> = own.flat_map(|(_, ids)| ids.iter().copied()).collect();
        let limit = if slot.list { limits::LIST } else { 1 };
        match ids.len() {
            0 => Err(CrossCheckFault::NoRecord {
                document,
                kind: slot.kind,
            }),
            found if found > limit => Err(CrossCheckFault::TooMany {
                document,
                found,
                limit,
            }),
            _ => Ok(ids),
        }
    };
    check.documents.iter().map(of).collect()
}

/// The smallest size that fits the records; beyond 128 lines, parts of 128.
pub(super) fn sizes(by_document: &[Vec<Placed>]) -> Result<Sizes, CrossCheckFault> {
    let all = by_document.iter().flatten();
    let longest = all.max_by_key(|placed| placed.record.header.bucket);
    let lines = longest.map(|placed| placed.record.header.bucket.lines());
    let most = CHECK_LINES[CHECK_LINES.len() - 1];
    let documents = by_document.iter().map(Vec::len).max();
    let sizes = lines.zip(documents);
    let sizes = sizes.and_then(|(lines, documents)| match lines > most {
        true => Sizes::in_parts(most, documents),
        false => Sizes::new(lines, documents),
    });
    sizes.ok_or(CrossCheckFault::Shape("it has no documents"))
}

/// What stands at each position of a plan.
pub(super) fn positions<'a>(
    plan: &'a Plan,
    by_document: &'a [Vec<Placed>],
) -> impl Iterator<Item = Option<&'a Placed>> {
    let of = |position: &Position| by_document[position.document].get(position.number);
    plan.positions().iter().map(of)
}

/// Keys that a home took over open their fields, and records on the chain are whole: otherwise the disk is at fault.
fn unknown(record: RecordId, error: &KnowError) -> ClientError {
    ClientError::Proving(format!("record {record}: {error}"))
}
