//! `sealane trade`: trades that follow a workflow.

use std::path::PathBuf;
use std::str::FromStr;

use sealane_client::flows::{Bank, TradeView, Traded};
use sealane_types::ids::{RecordId, TradeId};
use serde_json::{Value, json};

use super::bank::{open, record_id, told};
use super::workflow::{check, document, party, step_data, versioned};
use crate::args::TradeCommand;
use crate::outcome::{Failure, Report};

/// Runs a command.
pub async fn run(home: Option<PathBuf>, command: TradeCommand) -> Result<Report, Failure> {
    let bank = open(home)?;
    match command {
        TradeCommand::Open { workflow, parties } => {
            let workflow = versioned(&workflow)?;
            let parties: Vec<_> = parties
                .iter()
                .map(|text| named(text))
                .collect::<Result<_, _>>()?;
            let done = bank.open_trade(&workflow, &parties, &told()).await?;
            Ok(traded(&done))
        }
        TradeCommand::Step {
            trade,
            step,
            records,
        } => {
            let records: Vec<RecordId> = records
                .iter()
                .map(|id| record_id(id))
                .collect::<Result<_, _>>()?;
            let done = bank
                .take_step(&trade_id(&trade)?, &step, &records, &told())
                .await?;
            Ok(traded(&done))
        }
        TradeCommand::Correct { trade, record } => {
            let (trade, record) = (trade_id(&trade)?, record_id(&record)?);
            Ok(traded(&bank.correct_trade(&trade, &record, &told()).await?))
        }
        TradeCommand::Waive {
            trade,
            check,
            requirement,
            reason,
        } => {
            let (trade, check) = (trade_id(&trade)?, versioned(&check)?);
            let reason = one_line(&reason)?;
            let done = bank
                .waive(&trade, &check, &requirement, &reason, &told())
                .await?;
            Ok(traded(&done))
        }
        TradeCommand::Show { trade } => Ok(shown(&bank.trade(&trade_id(&trade)?).await?)),
        TradeCommand::List => list(&bank).await,
    }
}

/// A trade's id.
pub(super) fn trade_id(text: &str) -> Result<TradeId, Failure> {
    TradeId::from_str(text).map_err(|error| {
        Failure::invalid(format!(
            "{text:?} is no trade id: {error}. `sealane trade list` has this home's."
        ))
    })
}

/// `NAME=ALIAS`
fn named(text: &str) -> Result<(String, String), Failure> {
    let found = text.split_once('=');
    let (name, alias) = found.ok_or_else(|| {
        Failure::invalid(format!(
            "--party {text:?}: write NAME=ALIAS, where NAME is a party of the workflow"
        ))
    })?;
    Ok((name.trim().to_owned(), alias.trim().to_owned()))
}

fn one_line(reason: &str) -> Result<String, Failure> {
    let reason = reason.trim();
    let most = sealane_types::transaction::MAX_REASON;
    let fits = !reason.is_empty() && reason.len() <= most && !reason.chars().any(char::is_control);
    match fits {
        true => Ok(reason.to_owned()),
        false => Err(Failure::invalid(format!(
            "--reason: one line of 1 to {most} bytes"
        ))),
    }
}

fn traded(done: &Traded) -> Report {
    let (trade, stage, height) = (done.trade, &done.stage, done.height);
    Report {
        text: format!("The trade stands at {stage} (height {height}).\ntrade {trade}"),
        data: json!({"ok": true, "trade": trade.to_string(), "stage": stage, "height": height.0}),
    }
}

async fn list(bank: &Bank) -> Result<Report, Failure> {
    let (mut lines, mut all) = (Vec::new(), Vec::new());
    for line in bank.trades().await? {
        let (trade, workflow) = (line.trade, line.workflow.to_string());
        lines.push(format!(
            "{trade}  {workflow}  as {}  {}",
            line.party, line.stage
        ));
        all.push(json!({
            "trade": trade.to_string(), "workflow": workflow, "party": line.party, "stage": line.stage,
        }));
    }
    if lines.is_empty() {
        lines.push("No trade names this home or a customer of it: sealane trade open".to_owned());
    }
    Ok(Report {
        text: lines.join("\n"),
        data: json!({"ok": true, "trades": all}),
    })
}

fn shown(view: &TradeView) -> Report {
    let (workflow, entry) = (&view.workflow, &view.entry);
    let stage = workflow.stage(entry.stage);
    let mut lines = vec![format!("trade {}", view.trade)];
    lines.push(format!("  {} stands at {stage}", workflow.id));
    for (place, (one, alias)) in workflow.parties.iter().zip(&entry.parties).enumerate() {
        let joined = if entry.joined & (1 << place) == 0 {
            "  (has not taken part yet)"
        } else {
            ""
        };
        lines.push(format!("  {}: {alias}{joined}", one.name));
    }
    for (slot, records) in workflow.documents.iter().zip(&entry.records) {
        for record in records {
            lines.push(format!("  {}: record {record}", slot.name));
        }
    }
    for (place, required) in workflow.checks.iter().enumerate() {
        lines.push(format!(
            "  check {}: {}",
            required.check,
            known(view, place)
        ));
    }
    for waiver in &entry.waivers {
        let check = check(workflow, waiver.check);
        let (id, reason) = (&waiver.requirement, &waiver.reason);
        lines.push(format!(
            "  waived {id} of {check} by {}: {reason}",
            waiver.by
        ));
    }
    lines.push(next(view));
    Report {
        text: lines.join("\n"),
        data: data(view),
    }
}

fn known(view: &TradeView, place: usize) -> String {
    let judged = &view.checks[place];
    if !judged.proven {
        return "not proven over these records".to_owned();
    }
    if judged.holds() {
        return "holds".to_owned();
    }
    format!("stopped: not met are {}", judged.unmet.join(", "))
}

/// What is missing, and from whom.
fn next(view: &TradeView) -> String {
    let (workflow, stage) = (&view.workflow, view.entry.stage);
    if workflow.is_end(stage) {
        return "  It is over.".to_owned();
    }
    let mut lines = Vec::new();
    for step in workflow
        .steps
        .iter()
        .filter(|step| step.from.contains(&stage))
    {
        let with = step
            .document
            .map(|place| format!(" with {}", document(workflow, place)));
        let (by, to) = (party(workflow, step.by), workflow.stage(step.to));
        lines.push(format!(
            "  next: {by} can {}{} → {to}",
            step.name,
            with.unwrap_or_default()
        ));
    }
    if let Some(one) = workflow.move_from(stage) {
        let open = one
            .checks
            .iter()
            .filter(|place| !view.checks[usize::from(**place)].holds());
        let open: Vec<String> = open.map(|place| check(workflow, *place)).collect();
        let to = workflow.stage(one.to);
        lines.push(format!(
            "  by itself → {to} when these hold: {}",
            open.join(", ")
        ));
        lines.extend(
            one.checks
                .iter()
                .map(|place| waivable(view, *place))
                .filter(|line| !line.is_empty()),
        );
    }
    if let Some(financing) = workflow.financing.filter(|one| one.at == stage) {
        let by = party(workflow, financing.by);
        lines.push(format!(
            "  next: {by} can finance its {} (sealane finance ID --trade {})",
            document(workflow, financing.document),
            view.trade
        ));
    }
    lines.join("\n")
}

/// Who may waive what of a check's unmet requirements.
fn waivable(view: &TradeView, place: u8) -> String {
    let workflow = &view.workflow;
    let rules = || workflow.waivers.iter().filter(|rule| rule.check == place);
    let unmet = &view.checks[usize::from(place)].unmet;
    let lines = unmet.iter().filter_map(|id| {
        let by = rules()
            .filter(|rule| rule.covers(id))
            .flat_map(|rule| &rule.by);
        let by: Vec<&str> = by.map(|at| party(workflow, *at)).collect();
        (!by.is_empty()).then(|| {
            format!(
                "  next: {} can waive {id} of {}",
                by.join(" or "),
                check(workflow, place)
            )
        })
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn data(view: &TradeView) -> Value {
    let (workflow, entry) = (&view.workflow, &view.entry);
    let parties = workflow.parties.iter().zip(&entry.parties).enumerate();
    let parties = parties.map(|(place, (one, alias))| {
        json!({"party": one.name, "alias": alias.to_string(), "joined": entry.joined & (1 << place) != 0})
    });
    let documents = workflow.documents.iter().zip(&entry.records);
    let documents = documents.map(|(slot, records)| {
        let records: Vec<String> = records.iter().map(ToString::to_string).collect();
        json!({"document": slot.name, "kind": slot.kind.name(), "records": records})
    });
    let checks = workflow.checks.iter().zip(&view.checks);
    let checks = checks.map(|(required, judged)| {
        json!({
            "check": required.check.to_string(), "proven": judged.proven, "holds": judged.holds(), "unmet": judged.unmet,
            "waived": judged.waived,
        })
    });
    let waivers = entry.waivers.iter().map(|waiver| {
        json!({
            "check": check(workflow, waiver.check), "requirement": waiver.requirement, "by": waiver.by.to_string(),
            "height": waiver.at.0, "reason": waiver.reason,
        })
    });
    let next = workflow
        .steps
        .iter()
        .filter(|step| step.from.contains(&entry.stage));
    let next = next.map(|step| step_data(workflow, step));
    json!({
        "ok": true, "trade": view.trade.to_string(), "workflow": workflow.id.to_string(), "stage": workflow.stage(entry.stage),
        "over": workflow.is_end(entry.stage), "opened": entry.opened.0, "since_milliseconds": entry.since.0,
        "parties": parties.collect::<Vec<_>>(), "documents": documents.collect::<Vec<_>>(), "checks": checks.collect::<Vec<_>>(),
        "waivers": waivers.collect::<Vec<_>>(), "next": next.collect::<Vec<_>>(),
    })
}
