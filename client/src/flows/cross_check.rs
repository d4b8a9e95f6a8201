//! Cross-checks over records on the chain.
//!
//! ```text
//! prove    names and ids → records and aliases as the chain proves them → fields granted here → evaluated → proven → file
//! verify   file → check → records and aliases as the chain proves them → statement of these alone → proof
//! submit   as prove, at a size that the network has published → transaction → its outcome stands on the chain
//! ```
//!
//! `specs/checks/README.md` says what a proof shows.

use std::collections::BTreeSet;
use std::time::Duration;

use sealane_checks::compile::{Plan, Position, Presented};
use sealane_checks::evaluate::{SCHEMA_VERSION, Standing};
use sealane_checks::known::{KnowError, presented};
use sealane_checks::typed::{Check, DocumentSlot};
use sealane_checks::{Evaluation, Instance, Sizes, limits};
use sealane_crypto::curve::decode_element;
use sealane_crypto::hash::hash;
use sealane_crypto::keys::Place;
use sealane_crypto::sealing::record_digest;
use sealane_crypto::tags;
use sealane_ledger::state::{Key, OutcomeEntry};
use sealane_types::alias::Alias;
use sealane_types::cross_check::{CheckDefinition, CheckRef, CrossCheck};
use sealane_types::encoding::Encode;
use sealane_types::genesis::TestKeys;
use sealane_types::ids::{AliasId, Height, ProofBytes, RecordId, TxId, VerifyingKeyId};
use sealane_types::receipt::Refusal;
use sealane_types::record::Record;
use sealane_types::transaction::Payload;

use super::Bank;
use super::handover::name_or_id;
use crate::chain::Lie;
use crate::error::ClientError;
use crate::home::journal::Step;
use crate::progress::{Progress, Stage};
use crate::work::on_processor;

mod fault;
mod file;
mod work;

pub use fault::{CrossCheckFault, Lacking};
pub use file::{CheckProof, CheckText, MAX_CHECK_PROOF};

use work::{Opened, Proving, Verifying};

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

/// A check proven.
#[derive(Debug)]
pub struct ProvenCheck {
    /// The proof file's bytes.
    pub file: Vec<u8>,
    /// The check.
    pub check: Check,
    /// For how many lines and documents it was compiled.
    pub sizes: Sizes,
    /// The records, by position.
    pub records: Vec<CheckedRecord>,
    /// Each requirement with its discrepancies: what this home can see, and the proof does not show.
    pub evaluation: Evaluation,
    /// The verifying key.
    pub verifying_key: VerifyingKeyId,
    /// The proof.
    pub proof: ProofBytes,
    /// What proving took, without making keys.
    pub proving: Duration,
}

impl ProvenCheck {
    /// Which requirements are met, in the check's order.
    #[must_use]
    pub fn bits(&self) -> Vec<bool> {
        let outcomes = self.evaluation.outcomes.iter();
        outcomes
            .map(|outcome| outcome.standing == Standing::Met)
            .collect()
    }
}

/// A check whose outcome stands on the chain.
#[derive(Debug)]
pub struct SubmittedCheck {
    /// The check at the sizes that the network published.
    pub check: CheckRef,
    /// The proof, and what this home can see.
    pub proven: ProvenCheck,
    /// The height of the block that has it.
    pub at: Height,
    /// The transaction; none where the outcome stood there already.
    pub transaction: Option<TxId>,
}

/// What stands on the chain of a check over records.
#[derive(Debug, Clone)]
pub struct StandingCheck {
    /// The check at the sizes that it was proven at.
    pub check: CheckRef,
    /// Each requirement's id and sentence, and whether it is met.
    pub requirements: Vec<(String, String, bool)>,
    /// The records, by document.
    pub records: Vec<CheckedRecord>,
    /// The height of the block that has it.
    pub at: Height,
    /// Whose transaction it was.
    pub prover: AliasId,
}

/// A proof that holds.
#[derive(Debug)]
pub struct VerifiedCheck {
    /// The check.
    pub check: Check,
    /// Which it is: a standard one, or its text, which came with the file.
    pub text: CheckText,
    /// For how many lines and documents it was compiled.
    pub sizes: Sizes,
    /// The records, by position.
    pub records: Vec<CheckedRecord>,
    /// Each requirement's id and sentence, and whether it is met.
    pub requirements: Vec<(String, String, bool)>,
    /// The verifying key.
    pub verifying_key: VerifyingKeyId,
}

/// A record at its position, with what the chain proves of it.
struct Placed {
    document: String,
    record: Record,
    alias: Alias,
    bank_name: String,
    replaced_by: Option<RecordId>,
    /// Places whose keys were published, as their sealer sealed them wrongly.
    opened: BTreeSet<Place>,
}

impl Placed {
    fn checked(&self) -> CheckedRecord {
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
    /// Proves a check over records on the chain: for each of its documents' names one record, of a list one or several. All
    /// fields that the check reads must be known here, by this home's own keys or by grants.
    ///
    /// # Errors
    /// When a record or a field is missing or none of the check, or the node does not answer or lies. That requirements are
    /// not met is no error.
    pub async fn prove_check(
        &self,
        text: CheckText,
        named: &[(String, Vec<RecordId>)],
        progress: &dyn Progress,
    ) -> Result<ProvenCheck, ClientError> {
        self.test_keys()?;
        let check = text.read()?;
        let by_document = self.all_placed(&check, named, progress).await?;
        let sizes = sizes(&by_document)?;
        self.prove_placed(text, check, &by_document, sizes, progress)
            .await
    }

    /// Proves a published check, and puts its outcome on the chain.
    ///
    /// # Errors
    /// As [`Bank::prove_check`]; when the check is not published at sizes that take the records, or the rules refuse it.
    pub async fn submit_check(
        &self,
        text: CheckText,
        named: &[(String, Vec<RecordId>)],
        progress: &dyn Progress,
    ) -> Result<SubmittedCheck, ClientError> {
        self.test_keys()?;
        self.settle_earlier(progress).await?;
        let check = text.read()?;
        let named = &ascending(named);
        let by_document = self.all_placed(&check, named, progress).await?;
        let replaced = by_document
            .iter()
            .flatten()
            .find_map(|placed| placed.replaced_by);
        if let Some(by) = replaced {
            return Err(self.refused(Refusal::Replaced { by }));
        }
        let published = self.published_for(&text, sizes(&by_document)?).await?;
        let records = ids(&by_document);
        let opened: usize = by_document
            .iter()
            .flatten()
            .map(|placed| placed.opened.len())
            .sum();
        let before = self.outcome(&published.check, &records).await?;
        let before = before.filter(|before| before.opened as usize >= opened);
        let check_sizes = sizes_of(&published.check)?;
        let proven = self
            .prove_placed(text, check, &by_document, check_sizes, progress)
            .await?;
        let bits = proven.bits();
        if let Some(before) = before {
            return Ok(SubmittedCheck {
                check: published.check,
                proven,
                at: before.at,
                transaction: None,
            });
        }
        if proven.verifying_key != verifying_key_id(&published) {
            return Err(CrossCheckFault::OtherDefinition {
                part: "verifying key",
            }
            .into());
        }
        let payload = Payload::CrossCheck(Box::new(CrossCheck {
            check: published.check.clone(),
            records,
            bits,
            proof: proven.proof,
        }));
        let committed = self
            .transact_settled(Step::CrossCheck, payload, progress)
            .await?;
        Ok(SubmittedCheck {
            check: published.check,
            proven,
            at: committed.height(),
            transaction: Some(committed.id()),
        })
    }

    /// What stands on the chain of a check over records, at whichever of its published sizes; `None` where nothing does.
    ///
    /// # Errors
    /// When a record is none of the check, or the node does not answer or lies.
    pub async fn check_outcome(
        &self,
        text: &CheckText,
        named: &[(String, Vec<RecordId>)],
        progress: &dyn Progress,
    ) -> Result<Option<StandingCheck>, ClientError> {
        let check = text.read()?;
        let by_document = self.all_placed(&check, &ascending(named), progress).await?;
        let ids = ids(&by_document);
        for published in self.published_of(text).await? {
            let Some(outcome) = self.outcome(&published.definition.check, &ids).await? else {
                continue;
            };
            let stated = check.stated().into_iter().zip(&outcome.bits);
            return Ok(Some(StandingCheck {
                check: published.definition.check,
                requirements: stated.map(|((id, said), met)| (id, said, *met)).collect(),
                records: by_document.iter().flatten().map(Placed::checked).collect(),
                at: outcome.at,
                prover: outcome.prover,
            }));
        }
        Ok(None)
    }

    async fn outcome(
        &self,
        check: &CheckRef,
        records: &[Vec<RecordId>],
    ) -> Result<Option<OutcomeEntry>, ClientError> {
        let values = self.values(&[Key::outcome(check, records)]).await?;
        Ok(values.into_iter().flatten().next())
    }

    /// Records of a check's documents, as the chain has them.
    async fn all_placed(
        &self,
        check: &Check,
        named: &[(String, Vec<RecordId>)],
        progress: &dyn Progress,
    ) -> Result<Vec<Vec<Placed>>, ClientError> {
        let given = assigned(check, named)?;
        progress.stage(Stage::ReadingRecords);
        let mut by_document = Vec::new();
        for (slot, ids) in check.documents.iter().zip(&given) {
            by_document.push(self.placed(slot, ids).await?);
        }
        Ok(by_document)
    }

    async fn prove_placed(
        &self,
        text: CheckText,
        check: Check,
        by_document: &[Vec<Placed>],
        sizes: Sizes,
        progress: &dyn Progress,
    ) -> Result<ProvenCheck, ClientError> {
        let instance = instance(&check, sizes, &text)?;
        let plan = Plan::of(&instance);
        let opened = self.all_granted(&plan, by_document)?;
        let records: Vec<Option<RecordId>> = positions(&plan, by_document)
            .map(|placed| placed.map(|placed| placed.record.id()))
            .collect();
        let proving = Proving {
            check: check.clone(),
            sizes,
            records: opened,
        };
        let proven = told(progress, Stage::ProvingCheck, |tell| {
            move || proving.prove(&tell)
        });
        let proven = proven.await?;
        let verifying_key = VerifyingKeyId::new(proven.verifying_key);
        let proof = ProofBytes::new(proven.proof);
        let file = CheckProof {
            chain: self.home().chain(),
            check: text,
            sizes,
            verifying_key,
            records,
            bits: proven.bits,
            proof,
        };
        Ok(ProvenCheck {
            file: file.to_bytes(),
            sizes,
            records: by_document.iter().flatten().map(Placed::checked).collect(),
            evaluation: proven.evaluation,
            verifying_key,
            proof,
            proving: proven.took,
            check,
        })
    }

    /// Verifies a proof file against the chain. The statement is made of what the chain proves of the records that the
    /// file names; with `expected`, the check must have that very text.
    ///
    /// # Errors
    /// When the proof does not hold, or the node does not answer or lies.
    pub async fn verify_check(
        &self,
        file: &[u8],
        expected: Option<&CheckText>,
        progress: &dyn Progress,
    ) -> Result<VerifiedCheck, ClientError> {
        self.test_keys()?;
        let file = CheckProof::read(file)?;
        if file.chain != self.home().chain() {
            return Err(CrossCheckFault::OtherChain(file.chain).into());
        }
        let check = file.check.read()?;
        if let Some(expected) = expected
            && expected.source()? != file.check.source()?
        {
            return Err(CrossCheckFault::OtherCheck.into());
        }
        let instance = instance(&check, file.sizes, &file.check)?;
        let plan = Plan::of(&instance);
        let by_document = by_document(&check, &plan, &file)?;
        progress.stage(Stage::ReadingRecords);
        let mut found = Vec::new();
        for (slot, ids) in check.documents.iter().zip(&by_document) {
            found.push(self.placed(slot, ids).await?);
        }
        if sizes(&found)? != file.sizes {
            // one size for one set of records, and no stranger's file asks for larger keys than they need
            return Err(
                CrossCheckFault::Shape("its sizes are not the smallest for its records").into(),
            );
        }
        let mut presented = Vec::new();
        for placed in positions(&plan, &found) {
            presented.push(placed.map(|placed| self.presented(placed)).transpose()?);
        }
        let verifying = Verifying {
            check: check.clone(),
            sizes: file.sizes,
            presented,
            bits: file.bits.clone(),
            proof: *file.proof.as_bytes(),
            verifying_key: *file.verifying_key.as_bytes(),
        };
        let held = told(progress, Stage::VerifyingCheck, |tell| {
            move || verifying.verify(&tell)
        });
        held.await?;
        let stated = check.stated().into_iter().zip(&file.bits);
        Ok(VerifiedCheck {
            requirements: stated
                .map(|((id, sentence), met)| (id, sentence, *met))
                .collect(),
            records: found.iter().flatten().map(Placed::checked).collect(),
            verifying_key: file.verifying_key,
            sizes: file.sizes,
            text: file.check,
            check,
        })
    }

    /// All keys of cross-checks are test keys.
    pub(super) fn test_keys(&self) -> Result<(), CrossCheckFault> {
        match self.home().genesis().parameters.test_keys {
            TestKeys::Allowed => Ok(()),
            TestKeys::Refused => Err(CrossCheckFault::TestKeys),
        }
    }

    /// The records of one declared document, proven, and of its kind.
    async fn placed(
        &self,
        slot: &DocumentSlot,
        ids: &[RecordId],
    ) -> Result<Vec<Placed>, ClientError> {
        let mut all = Vec::new();
        for (number, id) in ids.iter().enumerate() {
            let document = numbered(slot, number);
            let (standing, record) = match self.proven_record(id).await {
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
                replaced_by: standing.entry.and_then(|entry| entry.replaced_by),
                opened: self.opened_fields(id).await?,
                record,
            });
        }
        Ok(all)
    }

    /// What the chain proves of a record, as the statement has it.
    fn presented(&self, placed: &Placed) -> Result<Presented, ClientError> {
        let alias = decode_element(placed.alias.commitment.as_bytes());
        let lie = |_| self.node().lies(Lie::Missing("commitment of an alias"));
        let made = presented(&placed.record, alias.map_err(lie)?);
        let record = placed.record.id();
        let mut made = made.map_err(|reason| CrossCheckFault::Record { record, reason })?;
        made.taken.clone_from(&placed.opened);
        Ok(made)
    }

    /// What this home can open of each record: all that the check reads, or an error that names the rest.
    fn all_granted(
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
            let read = work::needed(plan, position, placed, opened.as_ref());
            let of = |places: &BTreeSet<_>| Lacking {
                document: placed.document.clone(),
                record: id,
                fields: work::named(&placed.record, places),
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

/// Lists in the order in which the ledger takes them.
fn ascending(named: &[(String, Vec<RecordId>)]) -> Vec<(String, Vec<RecordId>)> {
    let mut all: Vec<(String, RecordId)> = Vec::new();
    for (name, ids) in named {
        all.extend(ids.iter().map(|id| (name.clone(), *id)));
    }
    all.sort_by_key(|(_, id)| *id); // by id across all: what one name has is ascending, however often it was given
    all.into_iter().map(|(name, id)| (name, vec![id])).collect()
}

fn ids(by_document: &[Vec<Placed>]) -> Vec<Vec<RecordId>> {
    let ids = |list: &Vec<Placed>| list.iter().map(|placed| placed.record.id()).collect();
    by_document.iter().map(ids).collect()
}

/// Runs work that tells what it is doing.
pub(super) async fn told<T, F>(
    progress: &dyn Progress,
    stage: Stage,
    work: impl FnOnce(Box<dyn Fn(&'static str) + Send>) -> F,
) -> Result<T, ClientError>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, ClientError> + Send + 'static,
{
    progress.stage(stage);
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let work = work(Box::new(move |words| {
        let _ = tell.send(words); // nobody listens any more: the flow was dropped
    }));
    let listen = async {
        while let Some(words) = told.recv().await {
            progress.detail(stage, words);
        }
    };
    let (done, ()) = tokio::join!(on_processor(work), listen);
    done?
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

/// The ids that a file names, by declared document: its positions are filled from the first on.
fn by_document(
    check: &Check,
    plan: &Plan,
    file: &CheckProof,
) -> Result<Vec<Vec<RecordId>>, CrossCheckFault> {
    if file.records.len() != plan.positions().len() {
        return Err(CrossCheckFault::Shape("it names other documents"));
    }
    if file.bits.len() != plan.requirements().len() {
        return Err(CrossCheckFault::Shape("it has other requirements"));
    }
    let mut all = vec![Vec::new(); check.documents.len()];
    for (Position { document, number }, record) in plan.positions().iter().zip(&file.records) {
        let ids: &mut Vec<RecordId> = &mut all[*document];
        match record {
            Some(record) if ids.len() == *number => ids.push(*record),
            None if *number > 0 => {}
            _ => return Err(CrossCheckFault::Shape("it leaves a document out")),
        }
    }
    Ok(all)
}

/// The smallest sizes that take the records.
fn sizes(by_document: &[Vec<Placed>]) -> Result<Sizes, CrossCheckFault> {
    let all = by_document.iter().flatten();
    let lines = all.map(|placed| placed.record.header.bucket.lines()).max();
    let documents = by_document.iter().map(Vec::len).max();
    let sizes = lines.zip(documents);
    let sizes = sizes.and_then(|(lines, documents)| Sizes::new(lines, documents));
    sizes.ok_or(CrossCheckFault::Shape("it has no documents"))
}

fn instance<'a>(
    check: &'a Check,
    sizes: Sizes,
    text: &CheckText,
) -> Result<Instance<'a>, CrossCheckFault> {
    let source = text.source()?;
    Instance::new(check, sizes).map_err(|fault| {
        let faults = sealane_checks::fault::Faults::from(fault);
        CrossCheckFault::Check(faults.render("the check's text", source))
    })
}

fn sizes_of(check: &CheckRef) -> Result<Sizes, CrossCheckFault> {
    let sizes = Sizes::new(check.lines.lines(), check.documents());
    sizes.ok_or(CrossCheckFault::Shape("it has sizes that no check has"))
}

fn verifying_key_id(published: &CheckDefinition) -> VerifyingKeyId {
    let id = hash(tags::VERIFYING_KEY, &[&published.verifying_key]);
    VerifyingKeyId::new(id)
}

/// What stands at each position of a plan.
fn positions<'a>(
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

#[cfg(test)]
mod tests;
