//! `sealane check publish`, `retire` and `published`: which checks' proofs the network takes, and which count no more.

use sealane_checks::Sizes;
use sealane_client::flows::{PublishedCheck, void_since};
use sealane_types::cross_check::{CheckDefinition, CheckRef};
use sealane_types::governance::Change;
use sealane_types::workflow::Versioned;
use serde_json::{Value, json};

use super::text::{KEYS, local_text};
use crate::commands::desk::{Desk, open, open_to_read, told};
use crate::commands::proposals::decided;
use crate::commands::shown::{void_json, when};
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

/// `sealane check retire CHECK [--void]`
pub async fn retire(desk: &Desk, check: &str, void: bool, notice: u64) -> Result<Report, Failure> {
    let change = retiring(check, void)?;
    let (what, bank) = (change.name(), open(desk)?);
    let voted = bank.propose(change, notice, &told()).await?;
    let begin = format!("Proposal {} to {what}, {check}", voted.proposal);
    let mut report = decided(&voted, &begin);
    if void {
        report.text = format!("{}\n{VOID}", report.text);
    }
    Ok(report)
}

/// What members decide who make a check void.
const VOID: &str = "From that height on no proof of the check counts any more, at any size. Open trades that rest on it fall back to the \
                    stage before; a trade that is financed stays so. Workflows that ask for the check need a new version.";

fn retiring(check: &str, void: bool) -> Result<Change, Failure> {
    let versioned: Option<Versioned> = check.parse().ok();
    match (check.parse::<CheckRef>(), versioned, void) {
        (Ok(check), _, false) => Ok(Change::RetireCheck(check)),
        (_, Some(check), true) => Ok(Change::VoidCheck(check)),
        (Ok(sized), _, true) => Err(Failure::invalid(format!(
            "a check becomes void at all its sizes: sealane check retire {}@{} --void",
            sized.name(),
            sized.version
        ))),
        (Err(_), Some(check), false) => Err(Failure::invalid(format!(
            "say at which sizes {check} is retired, as sealane check published prints it ({check}/16), or with --void that none of its \
             proofs counts any more"
        ))),
        (Err(error), None, _) => Err(Failure::invalid(error.to_string())),
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
    let void = one.void.map(|since| format!("\n    {}", void_since(since)));
    format!(
        "{}: {} requirements, from block {}{}: {since}{}\n    {}",
        definition.check,
        definition.compiled.shape().requirements.len(),
        one.from,
        until.unwrap_or_default(),
        void.unwrap_or_default(),
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
        "from": one.from.0, "until": one.until.map(|until| until.0), "void": void_json(one.void),
    })
}
