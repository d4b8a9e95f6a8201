//! The outcome of a published check: proven, put on the chain, looked up.

use sealane_ledger::state::{Key, OutcomeEntry};
use sealane_types::cross_check::{CheckDefinition, CheckRef, CrossCheck};
use sealane_types::ids::{AliasId, BlockTime, Height, RecordId, TxId, VerifyingKeyId};
use sealane_types::receipt::Refusal;
use sealane_types::transaction::Payload;

use super::parts::{key_id, sizes_of};
use super::placed::{Placed, sizes};
use super::{CheckText, CheckedRecord, CrossCheckFault, ProvenCheck};
use crate::error::ClientError;
use crate::flows::Bank;
use crate::home::journal::Action;
use crate::progress::Progress;

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
pub struct CheckOutcome {
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
    /// Since when the check is void, so that this counts no more.
    pub void: Option<BlockTime>,
}

impl Bank {
    /// Proves a published check, and puts its outcome on the chain.
    ///
    /// # Errors
    /// As [`Bank::prove_check`]; when the check is void or is not published at sizes that take the records, or the rules
    /// refuse it.
    pub async fn submit_check(
        &self,
        text: CheckText,
        named: &[(String, Vec<RecordId>)],
        progress: &dyn Progress,
    ) -> Result<SubmittedCheck, ClientError> {
        self.test_keys()?;
        self.must_count(&text).await?;
        self.finish_earlier(progress).await?;
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
        let check_sizes = sizes_of(&published.check);
        let check_sizes = check_sizes.ok_or(CrossCheckFault::Shape(NO_SIZES))?;
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
            proof: proven.proof.clone(),
        }));
        let committed = self
            .transact_and_close(Action::CrossCheck, payload, progress)
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
    ) -> Result<Option<CheckOutcome>, ClientError> {
        let check = text.read()?;
        let by_document = self.all_placed(&check, &ascending(named), progress).await?;
        let ids = ids(&by_document);
        for published in self.published_of(text).await? {
            let Some(outcome) = self.outcome(&published.definition.check, &ids).await? else {
                continue;
            };
            let stated = check.stated().into_iter().zip(&outcome.bits);
            return Ok(Some(CheckOutcome {
                check: published.definition.check,
                requirements: stated.map(|((id, said), met)| (id, said, *met)).collect(),
                records: by_document.iter().flatten().map(Placed::checked).collect(),
                at: outcome.at,
                prover: outcome.prover,
                void: published.void,
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

const NO_SIZES: &str = "it has sizes that no check has";

fn verifying_key_id(published: &CheckDefinition) -> VerifyingKeyId {
    VerifyingKeyId::new(key_id(published.compiled.circuits()))
}
