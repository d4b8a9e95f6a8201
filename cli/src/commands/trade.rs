//! `sealane trade`: trades that follow a workflow.

mod shown;

use sealane_client::flows::{Bank, Traded};
use sealane_types::ids::RecordId;
use serde_json::json;

use super::desk::{Desk, open, open_to_read, told};
use super::ids::{record_id, trade_id, versioned};
use crate::args::TradeCommand;
use crate::outcome::{Failure, Report};

/// Runs a command.
pub async fn run(desk: &Desk, command: TradeCommand) -> Result<Report, Failure> {
    let reads = matches!(command, TradeCommand::Show { .. } | TradeCommand::List);
    let bank = match reads {
        true => open_to_read(desk)?,
        false => open(desk)?,
    };
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
        TradeCommand::Show { trade } => Ok(shown::shown(&bank.trade(&trade_id(&trade)?).await?)),
        TradeCommand::List => list(&bank).await,
    }
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
        lines.push(
            "No trade names this home's bank or a customer of it. Open one: sealane trade open"
                .to_owned(),
        );
    }
    Ok(Report {
        text: lines.join("\n"),
        data: json!({"ok": true, "trades": all}),
    })
}
