//! Cross-checks over records on the chain.
//!
//! ```text
//! prove    names and ids → records and aliases as the chain proves them → fields granted here → evaluated → proven → file
//! verify   file → check → records and aliases as the chain proves them → statement of these alone → proof
//! submit   as prove, at a size that the network has published → transaction → its outcome stands on the chain
//! ```
//!
//! `specs/checks/README.md` says what a proof shows.

use std::borrow::Cow;
use std::time::Duration;

use sealane_checks::compile::parts::Parts;
use sealane_checks::compile::{Plan, Position};
use sealane_checks::evaluate::Fulfilment;
use sealane_checks::fault::{Fault, Faults};
use sealane_checks::typed::Check;
use sealane_checks::{Evaluation, Instance, Sizes};
use sealane_types::cross_check::CheckProof as ProofOfCheck;
use sealane_types::encoding::Encode;
use sealane_types::genesis::TestKeys;
use sealane_types::ids::{RecordId, VerifyingKeyId};

use super::Bank;
use crate::error::ClientError;
use crate::progress::{Activity, Progress};
use crate::work::on_processor;

mod fault;
mod file;
mod parts;
mod placed;
mod submit;
mod work;

pub use fault::{CrossCheckFault, void_since};
pub use file::{CheckProof, CheckText, MAX_CHECK_PROOF};
pub(super) use parts::{circuits, sizes_of};
pub use placed::CheckedRecord;
pub use submit::{CheckOutcome, SubmittedCheck};
pub(super) use work::Tell;

use placed::{Placed, positions, sizes};
use work::{Proving, Verifying};

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
    /// The proof, or that of each step.
    pub proof: ProofOfCheck,
    /// What proving took, without making keys.
    pub proving: Duration,
}

impl ProvenCheck {
    /// Which requirements are met, in the check's order.
    #[must_use]
    pub fn bits(&self) -> Vec<bool> {
        let outcomes = self.evaluation.outcomes.iter();
        outcomes
            .map(|outcome| outcome.fulfilment == Fulfilment::Met)
            .collect()
    }
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

impl Bank {
    /// Proves a check over records on the chain: for each of its documents' names one record, of a list one or several. All
    /// fields that the check reads must be known here, by this home's own keys or by grants.
    ///
    /// # Errors
    /// When a record or a field is missing or none of the check, the check is void on this chain, or the node does not
    /// answer or lies. That requirements are not met is no error.
    pub async fn prove_check(
        &self,
        text: CheckText,
        named: &[(String, Vec<RecordId>)],
        progress: &dyn Progress,
    ) -> Result<ProvenCheck, ClientError> {
        self.test_keys()?;
        self.must_count(&text).await?;
        let check = text.read()?;
        let by_document = self.all_placed(&check, named, progress).await?;
        let sizes = sizes(&by_document)?;
        self.prove_placed(text, check, &by_document, sizes, progress)
            .await
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
        let proven = told(progress, Activity::ProvingCheck, |tell| {
            move || match sizes.are_parts() {
                true => parts::prove(&proving, &tell),
                false => proving.prove(&tell),
            }
        });
        let proven = proven.await?;
        let verifying_key = VerifyingKeyId::new(proven.verifying_key);
        let proof = proven.proof;
        let file = CheckProof {
            chain: self.home().chain(),
            check: text,
            sizes,
            verifying_key,
            records,
            bits: proven.bits,
            proof: proof.clone(),
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
    /// When the proof does not hold, the check is void on this chain, or the node does not answer or lies.
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
        self.must_count(&file.check).await?;
        let instance = instance(&check, file.sizes, &file.check)?;
        let plan = Plan::of(&instance);
        let by_document = by_document(&check, &plan, &file)?;
        progress.begin(Activity::ReadingRecords);
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
            verifying_key: *file.verifying_key.as_bytes(),
        };
        let proof = file.proof;
        let held = told(progress, Activity::VerifyingCheck, |tell| {
            move || match &proof {
                ProofOfCheck::One(proof) => verifying.verify(proof, &tell),
                ProofOfCheck::Parts(proof) => parts::verify(verifying, proof, &tell),
            }
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
}

/// Runs work that tells what it is doing.
pub(super) async fn told<T, F>(
    progress: &dyn Progress,
    activity: Activity,
    work: impl FnOnce(Box<dyn Fn(Cow<'static, str>) + Send>) -> F,
) -> Result<T, ClientError>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, ClientError> + Send + 'static,
{
    progress.begin(activity);
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let work = work(Box::new(move |words| {
        let _ = tell.send(words); // nobody listens any more: the flow was dropped
    }));
    let listen = async {
        while let Some(words) = told.recv().await {
            progress.detail(activity, &words);
        }
    };
    let (done, ()) = tokio::join!(on_processor(work), listen);
    done?
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

/// The check at these sizes, or where its text cannot be taken at them.
pub(super) fn instance<'a>(
    check: &'a Check,
    sizes: Sizes,
    text: &CheckText,
) -> Result<Instance<'a>, CrossCheckFault> {
    let source = text.source()?;
    let shown = |fault: Fault| {
        let faults = Faults::from(fault);
        CrossCheckFault::Check(faults.render("the check's text", source))
    };
    if sizes.are_parts() {
        let _ = Parts::new(check, sizes.lines(), sizes.documents()).map_err(shown)?;
    }
    Instance::new(check, sizes).map_err(shown)
}

#[cfg(test)]
mod tests;
