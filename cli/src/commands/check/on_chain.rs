//! `sealane check prove` and `sealane check verify`: checks over records on the chain.

use std::path::Path;

use sealane_checks::Sizes;
use sealane_checks::typed::Check;
use sealane_client::flows::{
    Bank, CheckText, CheckedRecord, ProvenCheck, SubmittedCheck, VerifiedCheck, void_since,
};
use sealane_types::ids::{RecordId, TradeId};
use serde_json::{Value, json};

use super::outcomes::{in_a_list, outcomes_json, outcomes_text};
use super::publishing;
use super::text::{KEYS, text};
use crate::args::CheckOnChain;
use crate::commands::desk::{Desk, open, open_to_read, told};
use crate::commands::ids::{record_id, trade_id};
use crate::commands::shown::void_json;
use crate::files;
use crate::outcome::{Failure, Report};

/// Runs a command.
pub async fn run(desk: &Desk, command: CheckOnChain) -> Result<Report, Failure> {
    match command {
        CheckOnChain::Prove {
            check,
            records,
            trade,
            out,
            submit,
        } => {
            out.as_deref().map(files::must_be_new).transpose()?;
            let records = Records::read(&records, trade.as_deref())?;
            match (submit, out) {
                (true, out) => submitted(desk, &check, &records, out.as_deref()).await,
                (false, Some(out)) => prove(desk, &check, &records, &out).await,
                (false, None) => Err(Failure::invalid(
                    "say where the proof goes: --out FILE writes it to a file, for somebody to verify (sealane check verify FILE); \
                     --submit puts the outcome of a published check on the chain; or give both",
                )),
            }
        }
        CheckOnChain::Outcome {
            check,
            records,
            trade,
        } => {
            let records = Records::read(&records, trade.as_deref())?;
            outcome(desk, &check, &records).await
        }
        CheckOnChain::Publish {
            check,
            lines,
            documents,
            notice,
        } => publishing::publish(desk, &check, (&lines, documents), notice).await,
        CheckOnChain::Retire {
            check,
            void,
            notice,
        } => publishing::retire(desk, &check, void, notice).await,
        CheckOnChain::Published => publishing::published(desk).await,
        CheckOnChain::Verify { file, check } => verify(desk, &file, check.as_deref()).await,
    }
}

/// `NAME=ID[,ID…]`
fn named(text: &str) -> Result<(String, Vec<RecordId>), Failure> {
    let (name, ids) = text.split_once('=').ok_or_else(|| {
        Failure::invalid(format!(
            "--record {text:?}: write NAME=ID, or NAME=ID,ID for a list, where NAME is a document of the check"
        ))
    })?;
    let ids: Result<Vec<RecordId>, Failure> =
        ids.split(',').map(|id| record_id(id.trim())).collect();
    Ok((name.trim().to_owned(), ids?))
}

/// Which records a check is about.
enum Records {
    /// By the names of its documents.
    Named(Vec<(String, Vec<RecordId>)>),
    /// Those of a trade.
    Trade(TradeId),
}

impl Records {
    fn read(named_ones: &[String], trade: Option<&str>) -> Result<Self, Failure> {
        match trade {
            Some(trade) => Ok(Self::Trade(trade_id(trade)?)),
            None => {
                let records = named_ones.iter().map(|one| named(one));
                Ok(Self::Named(records.collect::<Result<_, _>>()?))
            }
        }
    }

    async fn of(
        &self,
        bank: &Bank,
        text: &CheckText,
    ) -> Result<Vec<(String, Vec<RecordId>)>, Failure> {
        match self {
            Self::Named(records) => Ok(records.clone()),
            Self::Trade(trade) => Ok(bank.records_for_check(trade, text).await?),
        }
    }
}

async fn prove(desk: &Desk, check: &str, records: &Records, out: &Path) -> Result<Report, Failure> {
    let bank = open(desk)?;
    let text = text(&bank, check).await?;
    let records = records.of(&bank, &text).await?;
    let progress = told();
    let proven = bank.prove_check(text, &records, &progress).await?;
    drop(progress);
    files::write_new(out, &proven.file)?;
    Ok(said_proven(&proven, out))
}

async fn submitted(
    desk: &Desk,
    check: &str,
    records: &Records,
    out: Option<&Path>,
) -> Result<Report, Failure> {
    let bank = open(desk)?;
    let text = text(&bank, check).await?;
    let records = records.of(&bank, &text).await?;
    let progress = told();
    let submitted = bank.submit_check(text, &records, &progress).await?;
    drop(progress);
    if let Some(out) = out {
        files::write_new(out, &submitted.proven.file)?;
    }
    Ok(said_submitted(&submitted))
}

fn said_submitted(submitted: &SubmittedCheck) -> Report {
    let (proven, at) = (&submitted.proven, submitted.at);
    let (met, all) = counted(proven);
    let stands = match submitted.transaction {
        Some(_) => "On the chain since block",
        None => "On the chain already, since block",
    };
    let text = format!(
        "{}\n{}\n{}\n{stands} {at}: these records, and which requirements are met ({met} of {all}); no value.\n{KEYS}",
        head(&proven.check, proven.sizes),
        records_text(&proven.records),
        outcomes_text(&proven.evaluation),
    );
    let data = json!({
        "ok": true, "check": submitted.check.name(), "version": submitted.check.version, "published": submitted.check.to_string(), "met": met == all,
        "records": records_json(&proven.records), "requirements": outcomes_json(&proven.evaluation), "height": at.0,
        "transaction": submitted.transaction.map(|id| id.to_string()), "test_keys": true,
        "milliseconds": u64::try_from(proven.proving.as_millis()).unwrap_or(u64::MAX),
    });
    Report { text, data }
}

/// Requirements that are met, and all.
fn counted(proven: &ProvenCheck) -> (usize, usize) {
    let bits = proven.bits();
    (bits.iter().filter(|met| **met).count(), bits.len())
}

fn said_proven(proven: &ProvenCheck, out: &Path) -> Report {
    let (file, out) = (out.display().to_string(), files::word(out));
    let (met, all) = counted(proven);
    let text = format!(
        "{}\n{}\n{}\n\
         Proven in {:.1?}: {out} shows which records were compared and which requirements are met ({met} of {all}), and no value. Whoever has a home on this \
         chain verifies it: sealane check verify {out}\n{KEYS}",
        head(&proven.check, proven.sizes),
        records_text(&proven.records),
        outcomes_text(&proven.evaluation),
        proven.proving,
    );
    let data = json!({
        "ok": true, "check": proven.check.name, "version": proven.check.version, "met": met == all,
        "lines": proven.sizes.lines(), "in_parts": proven.sizes.are_parts(), "documents": proven.sizes.documents(), "records": records_json(&proven.records),
        "requirements": outcomes_json(&proven.evaluation), "verifying_key": proven.verifying_key.to_string(), "test_keys": true,
        "file": file, "bytes": proven.file.len(), "milliseconds": u64::try_from(proven.proving.as_millis()).unwrap_or(u64::MAX),
    });
    Report { text, data }
}

async fn verify(desk: &Desk, file: &Path, expected: Option<&str>) -> Result<Report, Failure> {
    let bytes = files::read(file)?;
    let bank = open_to_read(desk)?;
    let expected = match expected {
        Some(expected) => Some(text(&bank, expected).await?),
        None => None,
    };
    let progress = told();
    let verified = bank
        .verify_check(&bytes, expected.as_ref(), &progress)
        .await?;
    drop(progress);
    Ok(said_verified(&verified, expected.is_some()))
}

async fn outcome(desk: &Desk, check: &str, records: &Records) -> Result<Report, Failure> {
    let bank = open_to_read(desk)?;
    let text = text(&bank, check).await?;
    let records = records.of(&bank, &text).await?;
    let progress = told();
    let outcome = bank.check_outcome(&text, &records, &progress).await?;
    drop(progress);
    let Some(outcome) = outcome else {
        let text = "Nothing of this check over these records stands on the chain: sealane check prove --submit puts it there.".to_owned();
        let data = json!({"ok": true, "proven": false});
        return Ok(Report { text, data });
    };
    let void = outcome.void;
    let void = void.map(|since| format!("The check is {}. ", void_since(since)));
    let text = format!(
        "{} over\n{}\n{}\nOn the chain since block {}. {}{KEYS}",
        outcome.check,
        records_text(&outcome.records),
        requirements_text(&outcome.requirements),
        outcome.at,
        void.unwrap_or_default()
    );
    let met = outcome.requirements.iter().all(|(_, _, met)| *met);
    let data = json!({
        "ok": true, "proven": true, "published": outcome.check.to_string(), "met": met, "records": records_json(&outcome.records),
        "requirements": requirements_json(&outcome.requirements), "height": outcome.at.0, "prover": outcome.prover.to_string(), "void": void_json(outcome.void),
        "test_keys": true,
    });
    Ok(Report { text, data })
}

fn requirements_text(requirements: &[(String, String, bool)]) -> String {
    let one = |(id, sentence, met): &(String, String, bool)| {
        let mark = if *met { '✓' } else { '✗' };
        format!("{mark} {id}: {sentence}")
    };
    let requirements: Vec<String> = requirements.iter().map(one).collect();
    requirements.join("\n")
}

fn requirements_json(requirements: &[(String, String, bool)]) -> Vec<Value> {
    let one = |(id, sentence, met): &(String, String, bool)| json!({"id": id, "sentence": sentence, "met": met});
    requirements.iter().map(one).collect()
}

fn said_verified(verified: &VerifiedCheck, compared: bool) -> Report {
    let standard = verified.text.is_standard();
    let whose = match (standard, compared) {
        (true, _) => "It is a standard check.",
        (false, true) => "Its text is the one that --check names.",
        (false, false) => {
            "The check's text came with the file; its name and sentences are only what its author wrote. Read its conditions (--json prints \
             them as `source`), or compare it with your own check: --check FILE"
        }
    };
    let text = format!(
        "The proof is valid: {}\n{}\n{}\n{whose}\n{KEYS}",
        head(&verified.check, verified.sizes),
        records_text(&verified.records),
        requirements_text(&verified.requirements),
    );
    let data = json!({
        "ok": true, "check": verified.check.name, "version": verified.check.version, "standard": standard,
        "source": verified.text.source().unwrap_or_default(), "met": verified.requirements.iter().all(|(_, _, met)| *met),
        "lines": verified.sizes.lines(), "in_parts": verified.sizes.are_parts(), "documents": verified.sizes.documents(), "records": records_json(&verified.records),
        "requirements": requirements_json(&verified.requirements), "verifying_key": verified.verifying_key.to_string(), "test_keys": true,
    });
    Report { text, data }
}

fn head(check: &Check, sizes: Sizes) -> String {
    let (lines, documents) = (sizes.lines(), sizes.documents());
    let lines = match sizes.are_parts() {
        true => format!("in parts of {lines} lines,"),
        false => format!("for up to {lines} lines"),
    };
    let Check { name, version, .. } = check;
    let documents = in_a_list(documents);
    format!("{name} version {version}, {lines} and {documents}, over")
}

fn records_text(records: &[CheckedRecord]) -> String {
    let one = |one: &CheckedRecord| {
        let replaced = one.replaced_by.map(|by| format!("; REPLACED by {by}"));
        format!(
            "  {}: record {}\n    sealed by alias {}, vouched for by {}{}",
            one.document,
            one.record,
            one.sealer,
            one.bank_name,
            replaced.unwrap_or_default()
        )
    };
    let records: Vec<String> = records.iter().map(one).collect();
    records.join("\n")
}

fn records_json(records: &[CheckedRecord]) -> Vec<Value> {
    let one = |one: &CheckedRecord| {
        json!({
            "document": one.document, "record": one.record.to_string(), "sealer": one.sealer.to_string(), "bank": one.bank.to_string(),
            "bank_name": one.bank_name, "replaced_by": one.replaced_by.map(|by| by.to_string()),
        })
    };
    records.iter().map(one).collect()
}
