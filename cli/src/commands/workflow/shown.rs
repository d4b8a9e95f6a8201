//! A workflow for people and for programs.

use sealane_types::workflow::{Step, Workflow};
use serde_json::{Value, json};

pub(in crate::commands) fn party(workflow: &Workflow, party: u8) -> &str {
    let party = workflow.parties.get(usize::from(party));
    party.map_or("", |party| &party.name)
}

pub(in crate::commands) fn document(workflow: &Workflow, document: u8) -> &str {
    let document = workflow.documents.get(usize::from(document));
    document.map_or("", |document| &document.name)
}

pub(in crate::commands) fn step_data(workflow: &Workflow, step: &Step) -> Value {
    json!({
        "step": step.name, "by": party(workflow, step.by), "to": workflow.stage(step.to),
        "from": step.from.iter().map(|stage| workflow.stage(*stage)).collect::<Vec<_>>(),
        "document": step.document.map(|place| document(workflow, place)),
    })
}

pub(in crate::commands) fn described(workflow: &Workflow) -> String {
    let mut lines = vec![workflow.id.to_string(), format!("    {}", workflow.about)];
    lines.push("parties".to_owned());
    for party in &workflow.parties {
        lines.push(format!("    {}: a {}", party.name, party.role.name()));
    }
    lines.push("documents".to_owned());
    for slot in &workflow.documents {
        let several = if slot.list { ", several" } else { "" };
        let by = party(workflow, slot.by);
        lines.push(format!(
            "    {}: {} by {by}{several}",
            slot.name,
            slot.kind.name()
        ));
    }
    lines.push("steps".to_owned());
    for step in &workflow.steps {
        let from: Vec<&str> = step.from.iter().map(|at| workflow.stage(*at)).collect();
        let with = step
            .document
            .map(|place| format!(" with {}", document(workflow, place)));
        lines.push(format!(
            "    {}: by {}{}, {} → {}",
            step.name,
            party(workflow, step.by),
            with.unwrap_or_default(),
            from.join(" or "),
            workflow.stage(step.to)
        ));
    }
    lines.push("by itself".to_owned());
    for one in &workflow.moves {
        let checks: Vec<String> = one.checks.iter().map(|at| check(workflow, *at)).collect();
        let (from, to) = (workflow.stage(one.from), workflow.stage(one.to));
        lines.push(format!(
            "    {from} → {to} while {} {}",
            checks.join(", "),
            if checks.len() == 1 { "holds" } else { "hold" }
        ));
    }
    for stage in &workflow.stages {
        if let Some(deadline) = stage.deadline {
            let then = workflow.stage(deadline.then);
            lines.push(format!(
                "    {} → {then} after {} days",
                stage.name, deadline.days
            ));
        }
    }
    lines.push("may be waived".to_owned());
    for rule in &workflow.waivers {
        let by: Vec<&str> = rule.by.iter().map(|at| party(workflow, *at)).collect();
        let ids = rule.requirements.join(", ");
        lines.push(format!(
            "    of {} by {}: {ids}",
            check(workflow, rule.check),
            by.join(" or ")
        ));
    }
    lines.join("\n")
}

pub(in crate::commands) fn check(workflow: &Workflow, check: u8) -> String {
    let check = workflow.checks.get(usize::from(check));
    check.map_or_else(String::new, |check| check.check.to_string())
}
