//! `sealane check publish` and `sealane check published`: which checks' proofs the network takes.

use sealane_checks::Sizes;
use sealane_client::flows::PublishedCheck;
use sealane_types::cross_check::CheckDefinition;
use serde_json::{Value, json};

use super::on_chain::{KEYS, local_text};
use crate::commands::bank::told;
use crate::commands::desk::{Desk, open, open_to_read};
use crate::commands::members::decided;
use crate::commands::shown::when;
use crate::outcome::{Failure, Report};

/// `sealane check publish CHECK`
pub async fn publish(
    desk: &Desk,
    check: &str,
    (lines, documents): (&str, usize),
    notice: u64,
) -> Result<Report, Failure> {
    let sizes = sizes(lines, documents).ok_or_else(|| {
        Failure::invalid(format!(
            "a check cannot have {lines} lines and {documents} documents in a list: --lines is 8, 16, 32 or 128, or 16+, 32+ or 128+ for \
             documents of up to 1,024 lines in parts of that many; --documents is 1 to 8"
        ))
    })?;
    let text = local_text(check)?;
    let bank = open(desk)?;
    let progress = told();
    let (definition, voted) = bank.publish_check(&text, sizes, notice, &progress).await?;
    drop(progress);
    let begin = format!(
        "Proposal {} to publish {} ({})",
        voted.proposal,
        definition.check,
        circuits(&definition)
    );
    let mut report = decided(&voted, &begin);
    report.text = format!(
        "{}\nEach member's home compiles the check before it approves. {KEYS}",
        report.text
    );
    report.data["check"] = json!(definition.check.to_string());
    report.data["circuits"] = json!(digests(&definition));
    Ok(report)
}

/// `16`, or `128+` for parts of so many lines.
fn sizes(lines: &str, documents: usize) -> Option<Sizes> {
    match lines.strip_suffix('+') {
        Some(lines) => Sizes::in_parts(lines.parse().ok()?, documents),
        None => Sizes::new(lines.parse().ok()?, documents),
    }
}

fn digests(definition: &CheckDefinition) -> Vec<String> {
    let circuits = definition.compiled.circuits().iter();
    circuits.map(|circuit| circuit.digest.to_string()).collect()
}

fn circuits(definition: &CheckDefinition) -> String {
    let digests = digests(definition);
    match &digests[..] {
        [one] => format!("circuit {one}"),
        all => format!("{} circuits: {}", all.len(), all.join(", ")),
    }
}

/// `sealane check published`
pub async fn published(desk: &Desk) -> Result<Report, Failure> {
    let bank = open_to_read(desk)?;
    let (mut lines, mut all, mut approved) = (Vec::new(), Vec::new(), Vec::new());
    for one in bank.published_checks().await? {
        let since = when(&bank, one.from).await?;
        lines.push(line(&one, &since.0));
        let mut data = to_json(&one);
        data["when"] = since.1;
        all.push(data);
    }
    for (check, from) in bank.approved_checks().await? {
        let then = when(&bank, from).await?;
        lines.push(format!("{check}: approved, from block {from}: {}", then.0));
        approved.push(json!({"check": check.to_string(), "from": from.0, "when": then.1}));
    }
    let text = match lines.is_empty() {
        true => {
            "This network has published no checks: sealane check publish proposes one.".to_owned()
        }
        false => lines.join("\n"),
    };
    let data = json!({"ok": true, "checks": all, "approved": approved});
    Ok(Report { text, data })
}

fn line(one: &PublishedCheck, since: &str) -> String {
    let definition = &one.definition;
    let until = one
        .until
        .map(|until| format!(" until before block {until}"));
    format!(
        "{}: {} requirements, from block {}{}: {since}\n    {}",
        definition.check,
        definition.compiled.shape().requirements.len(),
        one.from,
        until.unwrap_or_default(),
        circuits(definition)
    )
}

fn to_json(one: &PublishedCheck) -> Value {
    let definition = &one.definition;
    let shape = definition.compiled.shape();
    let documents = shape.documents.iter();
    let documents: Vec<&str> = documents.map(|document| document.kind.name()).collect();
    json!({
        "check": definition.check.to_string(), "name": definition.check.name(), "version": definition.check.version,
        "lines": definition.check.lines.lines(), "in_parts": definition.check.is_in_parts(), "documents_in_a_list": definition.check.documents(), "kinds": documents,
        "requirements": shape.requirements, "circuits": digests(definition), "source": definition.source,
        "from": one.from.0, "until": one.until.map(|until| until.0),
    })
}
