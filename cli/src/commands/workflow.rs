//! `sealane workflow`: what members agree on about the way of trades.

pub(super) mod shown;

use std::path::Path;

use sealane_client::error::ClientError;
use sealane_client::flows::{Bank, void_since};
use sealane_client::workflows::{self, STANDARD};
use sealane_types::governance::Change;
use sealane_types::ids::BlockTime;
use sealane_types::workflow::{Versioned, Workflow};
use serde_json::json;

use self::shown::{described, step_data};
use super::desk::{Desk, open, open_to_read, told};
use super::ids::versioned;
use super::proposals::decided;
use super::shown::void_json;
use crate::args::WorkflowCommand;
use crate::files;
use crate::outcome::{Failure, Report};

/// Runs a command.
pub async fn run(desk: &Desk, command: WorkflowCommand) -> Result<Report, Failure> {
    let reads = matches!(
        command,
        WorkflowCommand::List | WorkflowCommand::Show { .. }
    );
    let bank = match reads {
        true => {
            let bank = desk.home.as_ref().map(|_| open_to_read(desk));
            bank.transpose()?
        }
        false => Some(open(desk)?),
    };
    match (command, bank) {
        (WorkflowCommand::List, bank) => list(bank.as_ref()).await,
        (WorkflowCommand::Show { workflow }, bank) => show(bank.as_ref(), &workflow).await,
        (WorkflowCommand::Publish { workflow, notice }, Some(bank)) => {
            let workflow = read(&workflow)?;
            let id = workflow.id.clone();
            let voted = bank.publish_workflow(workflow, notice, &told()).await?;
            let number = voted.proposal;
            Ok(decided(
                &voted,
                &format!("Proposal {number} to publish workflow {id}"),
            ))
        }
        (WorkflowCommand::Retire { workflow, notice }, Some(bank)) => {
            let id = versioned(&workflow)?;
            let change = Change::RetireWorkflow(id.clone());
            let voted = bank.propose(change, notice, &told()).await?;
            let number = voted.proposal;
            Ok(decided(
                &voted,
                &format!("Proposal {number} to retire workflow {id}"),
            ))
        }
        (_, None) => unreachable!("a home is opened for what is not local"),
    }
}

/// A standard workflow by its name, or a file.
fn read(text: &str) -> Result<Workflow, Failure> {
    if let Some(standard) = workflows::standard(text) {
        return workflows::read(standard.source).map_err(Failure::cannot);
    }
    let file = Path::new(text);
    if !file.exists() {
        return Err(Failure::invalid(format!(
            "{text:?} is neither a standard workflow (sealane workflow list shows them) nor a file"
        )));
    }
    let bytes = files::read(file)?;
    let source = String::from_utf8(bytes);
    let wrong = |said: String| Failure::invalid(format!("{}: {said}", file.display()));
    let source = source.map_err(|_| wrong("not UTF-8".to_owned()))?;
    workflows::read(&source).map_err(|error| wrong(error.to_string()))
}

async fn list(bank: Option<&Bank>) -> Result<Report, Failure> {
    let (mut lines, mut all) = (Vec::new(), Vec::new());
    for standard in STANDARD {
        let workflow = workflows::read(standard.source).map_err(Failure::cannot)?;
        lines.push(format!("{}  standard\n    {}", workflow.id, workflow.about));
        all.push(
            json!({"workflow": workflow.id.to_string(), "standard": true, "about": workflow.about}),
        );
    }
    let published = match bank {
        Some(bank) => bank.workflows().await?,
        None => Vec::new(),
    };
    for entry in published {
        let workflow = entry.workflow;
        let word = match entry.until {
            None => format!("published, from height {}", entry.from),
            Some(until) => format!("retired from height {until}"),
        };
        lines.push(format!("{}  {word}\n    {}", workflow.id, workflow.about));
        all.push(json!({
            "workflow": workflow.id.to_string(), "standard": false, "about": workflow.about, "from": entry.from.0,
            "until": entry.until.map(|until| until.0),
        }));
    }
    Ok(Report {
        text: lines.join("\n"),
        data: json!({"ok": true, "workflows": all}),
    })
}

async fn show(bank: Option<&Bank>, text: &str) -> Result<Report, Failure> {
    let workflow = match (bank, text.parse::<Versioned>()) {
        (Some(bank), Ok(id)) => match bank.workflow(&id).await {
            Ok(published) => published.workflow,
            // a standard one need not be published to be shown
            Err(ClientError::Refused(_)) if workflows::standard(text).is_some() => read(text)?,
            Err(error) => return Err(error.into()),
        },
        _ => read(text)?,
    };
    let voids = match bank {
        Some(bank) => void_checks(bank, &workflow).await?,
        None => Vec::new(),
    };
    let void =
        |(check, since): &(Versioned, BlockTime)| format!("    {check}: {}", void_since(*since));
    let mut lines = vec![described(&workflow)];
    if !voids.is_empty() {
        lines.push(
            "void checks: nothing that waits for them happens, and no trade can be opened"
                .to_owned(),
        );
        lines.extend(voids.iter().map(void));
    }
    let voids = voids.iter();
    let voids = voids
        .map(|(check, since)| json!({"check": check.to_string(), "void": void_json(Some(*since))}));
    let data = json!({
        "ok": true, "workflow": workflow.id.to_string(), "about": workflow.about,
        "parties": workflow.parties.iter().map(|party| json!({"name": party.name, "role": party.role.name()})).collect::<Vec<_>>(),
        "stages": workflow.stages.iter().map(|stage| &stage.name).collect::<Vec<_>>(),
        "steps": workflow.steps.iter().map(|step| step_data(&workflow, step)).collect::<Vec<_>>(),
        "checks": workflow.checks.iter().map(|check| check.check.to_string()).collect::<Vec<_>>(),
        "void_checks": voids.collect::<Vec<_>>(),
    });
    Ok(Report {
        text: lines.join("\n"),
        data,
    })
}

/// The checks of a workflow that are void on this chain.
async fn void_checks(
    bank: &Bank,
    workflow: &Workflow,
) -> Result<Vec<(Versioned, BlockTime)>, Failure> {
    let checks = workflow
        .checks
        .iter()
        .map(|required| required.check.clone());
    let checks: Vec<Versioned> = checks.collect();
    let voids = bank.voids(&checks).await?;
    let found = checks.into_iter().zip(voids);
    Ok(found
        .filter_map(|(check, void)| Some((check, void?)))
        .collect())
}
