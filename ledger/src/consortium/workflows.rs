//! Workflows are published and retired. Their own parts were checked when they were read; here they meet the chain's
//! checks.

use sealane_types::cross_check::{CheckShape, DocumentShape};
use sealane_types::ids::{Height, RecordId};
use sealane_types::receipt::ChangeFault;
use sealane_types::workflow::{ANY, Required, Slot, Versioned, Workflow};

use super::change::Changed;
use crate::state::{CheckEntry, Key, Overlay, StateExt, StateRead, WorkflowEntry};
use crate::trade::{sizes, void_since};

pub(super) fn publish(state: &mut Overlay<'_>, workflow: &Workflow, from: Height) -> Changed {
    let key = Key::workflow(&workflow.id);
    if state.get(&key).is_some() {
        return Err(ChangeFault::WorkflowExists);
    }
    for (place, required) in workflow.checks.iter().enumerate() {
        if void_since(&*state, &required.check).is_some() {
            return Err(ChangeFault::CheckVoid);
        }
        let shape = published(state, required).ok_or(ChangeFault::WorkflowCheck)?;
        let fits = documents_fit(workflow, required, &shape.documents)
            && requirements_fit(workflow, place, &shape.requirements);
        fits.then_some(()).ok_or(ChangeFault::WorkflowCheck)?;
    }
    let entry = WorkflowEntry {
        workflow: workflow.clone(),
        from,
        until: None,
    };
    state.put(key, &entry);
    Ok(())
}

pub(super) fn retire(state: &mut Overlay<'_>, workflow: &Versioned, until: Height) -> Changed {
    let entry: Option<WorkflowEntry> = state.read(&Key::workflow(workflow));
    let entry = entry.filter(|entry| entry.until.is_none());
    let mut entry = entry.ok_or(ChangeFault::NoWorkflow)?;
    entry.until = Some(until);
    state.put(Key::workflow(workflow), &entry);
    Ok(())
}

/// The shape of a check that is in force at some size. Every size of one name and version has the same text, so the same
/// documents and requirements.
fn published(state: &dyn StateRead, required: &Required) -> Option<CheckShape> {
    let any: [Vec<RecordId>; 0] = [];
    let entries = sizes(required, &any).into_iter();
    let mut entries = entries.filter_map(|size| state.read::<CheckEntry>(&Key::check(&size)));
    let entry = entries.find(|entry| entry.until.is_none())?;
    Some(entry.compiled.shape().clone())
}

fn documents_fit(workflow: &Workflow, required: &Required, declared: &[DocumentShape]) -> bool {
    let fits = |(place, shape): (&u8, &DocumentShape)| {
        let slot: Option<&Slot> = workflow.documents.get(usize::from(*place));
        slot.is_some_and(|slot| slot.kind == shape.kind && (shape.list || !slot.list))
    };
    required.documents.len() == declared.len() && required.documents.iter().zip(declared).all(fits)
}

fn requirements_fit(workflow: &Workflow, check: usize, declared: &[String]) -> bool {
    let own = workflow.waivers.iter();
    let own = own.filter(|rule| usize::from(rule.check) == check);
    let mut named = own.flat_map(|rule| &rule.requirements);
    named.all(|id| id == ANY || declared.contains(id))
}
