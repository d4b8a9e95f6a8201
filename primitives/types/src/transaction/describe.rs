//! What is told of a payload without running it: one row for each, with all columns.

use super::Payload;
use crate::cross_check::CheckProof;
use crate::governance::Change;
use crate::ids::RecordId;

/// What is told of a payload without running it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// What it does: a word for people and programs, which never changes.
    pub label: &'static str,
    /// The record that it is about; none where it is about several, about members or the fingerprint key. Receipts name it.
    pub record: Option<RecordId>,
    /// Other records that it is about.
    pub among: Vec<RecordId>,
    /// What else it is about: the step, the check, the workflow, the requirement, the change or the proposal.
    pub detail: Option<String>,
    /// What checking it takes beyond signatures and bytes.
    pub work: Work,
}

/// What checking a payload takes beyond signatures and bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Nothing that counts.
    Little,
    /// So many Groth16 proofs are verified.
    Proofs(usize),
    /// The tree over so many leaves is hashed.
    Leaves(usize),
    /// The points of verifying keys of so many bytes are decoded.
    Keys(usize),
}

impl Payload {
    /// What is told of it. A new payload has a row here, or nothing compiles.
    #[must_use]
    pub fn describe(&self) -> Description {
        use Work::{Keys, Leaves, Little, Proofs};
        let none = Vec::new;
        let (label, record, among, detail, work) = match self {
            Self::SealRecord(record) => {
                let (replaces, leaves) = (record.header.replaces, record.leaves().len());
                let among = replaces.into_iter().collect();
                ("seal", Some(record.id()), among, None, Leaves(leaves))
            }
            Self::PresentBlinded(set) => ("present", Some(set.record), none(), None, Proofs(1)),
            Self::Answer(answer) => ("answer", Some(answer.record), none(), None, Little),
            Self::Finance(finance) => ("finance", Some(finance.record), none(), None, Little),
            Self::Release(release) => ("release", Some(release.record), none(), None, Little),
            Self::RegisterAlias(_) => ("register", None, none(), None, Little),
            Self::SetStanding(_) => ("set-standing", None, none(), None, Little),
            Self::Propose(propose) => {
                let (change, keys) = (propose.change.name(), key_bytes(&propose.change));
                ("propose", None, none(), Some(change.to_owned()), Keys(keys))
            }
            Self::Vote(vote) => {
                let proposal = format!("proposal {}", vote.proposal);
                ("vote", None, none(), Some(proposal), Little)
            }
            Self::RegisterShareKey(_) => ("register-share-key", None, none(), None, Little),
            Self::Deal(_) => ("deal", None, none(), None, Little),
            Self::Complain(_) => ("complain", None, none(), None, Little),
            Self::Confirm(_) => ("confirm", None, none(), None, Little),
            Self::CrossCheck(said) => {
                let proofs = match &said.proof {
                    CheckProof::One(_) => 1,
                    CheckProof::Parts(parts) => parts.steps.len() + 1,
                };
                let check = Some(said.check.to_string());
                (
                    "cross-check",
                    None,
                    said.records.concat(),
                    check,
                    Proofs(proofs),
                )
            }
            Self::OpenField(open) => ("open-field", Some(open.record.id()), none(), None, Little),
            Self::OpenTrade(open) => {
                let workflow = Some(open.workflow.to_string());
                ("open-trade", None, none(), workflow, Little)
            }
            Self::TakeStep(taken) => {
                let (records, step) = (taken.records.clone(), taken.step.clone());
                ("take-step", None, records, Some(step), Little)
            }
            Self::CorrectTrade(correct) => {
                ("correct-trade", Some(correct.record), none(), None, Little)
            }
            Self::Waive(waive) => {
                let requirement = Some(waive.requirement.clone());
                ("waive", None, none(), requirement, Little)
            }
            Self::AmendAlias(_) => ("amend", None, none(), None, Little),
        };
        Description {
            label,
            record,
            among,
            detail,
            work,
        }
    }

    /// What the payload does, for a person.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.describe().label
    }

    /// The record that the payload is about: see [`Description::record`].
    #[must_use]
    pub fn record(&self) -> Option<RecordId> {
        self.describe().record
    }
}

/// Bytes of the verifying keys that a change publishes.
fn key_bytes(change: &Change) -> usize {
    let Change::PublishCheck(definition) = change else {
        return 0;
    };
    let circuits = definition.compiled.circuits().iter();
    circuits.map(|one| one.verifying_key.len()).sum()
}
