//! A bank's commands: seal, record, inquire, finance, release, receipt.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use sealane_client::flows::{Agreed, Answer, Concern, FinanceOptions, Inquiry, Since, Whose};
use sealane_client::home::read_genesis;
use sealane_client::receipt;
use sealane_types::fingerprint::Rule;
use sealane_types::genesis::Genesis;
use sealane_types::receipt::Life;
use sealane_types::transaction::{ReleaseReason, Waived, Waiver};
use serde_json::{Value, json};

use super::desk::{Desk, confirmed, open, open_to_read, told};
use super::ids::{record_id, trade_id};
use super::shown;
use crate::args::Reason;
use crate::files;
use crate::outcome::{Failure, Report};

/// `sealane seal FILE`
pub async fn seal(
    desk: &Desk,
    file: &Path,
    replaces: Option<&str>,
    customer: Option<(Whose<'_>, bool)>,
) -> Result<Report, Failure> {
    let replaces = replaces.map(record_id).transpose()?;
    let bytes = files::read(file)?;
    let bank = open(desk)?;
    let name = file.display().to_string();
    let (sealer, sealed) = match customer {
        Some((whose, one_trade)) => {
            let seal = async |confirmed| {
                let whose = (Whose { confirmed, ..whose }, one_trade);
                bank.seal_for(whose, &name, &bytes, replaces, &told()).await
            };
            confirmed(whose.confirmed, seal).await?
        }
        None => {
            let sealed = bank.seal(&name, &bytes, replaces, &told()).await?;
            (bank.home().alias(), sealed)
        }
    };
    let state = if sealed.already {
        "was sealed before"
    } else {
        "is sealed"
    };
    let text = format!(
        "{} {state}: {}, up to {} lines, {} kB.\nrecord {}",
        file.display(),
        sealed.kind.name(),
        sealed.bucket,
        sealed.bytes.div_ceil(1000),
        sealed.record
    );
    let data = json!({
        "ok": true, "record": sealed.record.to_string(), "kind": sealed.kind.name(), "lines_up_to": sealed.bucket,
        "sealer": sealer.to_string(), "bytes": sealed.bytes, "replaces": text_of(sealed.replaces), "replaced_by": text_of(sealed.replaced_by), "already": sealed.already,
        "warnings": sealed.warnings,
    });
    Ok(Report { text, data })
}

/// `sealane record show ID`
pub async fn record_show(desk: &Desk, id: &str) -> Result<Report, Failure> {
    let id = record_id(id)?;
    let bank = open_to_read(desk)?;
    let view = bank.record_show(&id).await?;
    Ok(shown::record(&view))
}

/// `sealane record report ID`
pub async fn record_report(desk: &Desk, id: &str) -> Result<Report, Failure> {
    let id = record_id(id)?;
    let bank = open(desk)?;
    let progress = told();
    let reported = bank.report_record(&id, &progress).await?;
    drop(progress);
    let lines = reported.iter();
    let lines: Vec<String> = lines
        .map(|field| {
            format!(
                "{}: its key was published in block {}; no check depends on the field any more",
                field.path, field.at
            )
        })
        .collect();
    let fields = reported.iter();
    let fields: Vec<Value> = fields
        .map(|field| json!({"path": field.path, "height": field.at.0}))
        .collect();
    let data = json!({"ok": true, "record": id.to_string(), "fields": fields});
    let text = lines.join("\n");
    Ok(Report { text, data })
}

/// `sealane inquire FILE`
pub async fn inquire(
    desk: &Desk,
    file: &Path,
    customer: Option<Whose<'_>>,
) -> Result<Report, Failure> {
    let bytes = files::read(file)?;
    let bank = open(desk)?;
    let name = file.display().to_string();
    let inquire = async |confirmed| {
        let whose = customer.map(|whose| Whose { confirmed, ..whose });
        bank.inquire(&name, &bytes, whose, &told()).await
    };
    let inquiry = confirmed(customer.is_some_and(|whose| whose.confirmed), inquire).await?;
    let (answer, text, details) = match &inquiry.answer {
        Answer::Free => (
            "free",
            format!(
                "Free: none of the {} entries in the log of taken fingerprints is this document's.",
                inquiry.compared
            ),
            Value::Null,
        ),
        Answer::Taken(since) => (
            "taken",
            match (&since.beside, since.bank == bank.home().alias()) {
                (Some(beside), _) => format!(
                    "Taken: {beside}, is {}. Only one of the two may be financed: do not finance it.",
                    words(since)
                ),
                (None, true) => format!("Taken: {}. That is your own financing.", words(since)),
                (None, false) => format!("Taken: {}. Do not finance it.", words(since)),
            },
            since_data(since),
        ),
        Answer::Similar(list) => {
            let mut text = String::from(
                "Similar: no document with this number and date is financed, but other financed documents resemble it:",
            );
            let mut rules = Vec::new();
            for similar in list {
                for since in &similar.takers {
                    text.push_str(&format!(
                        "\n  rule {} ({}): {}",
                        similar.rule.number(),
                        similar.rule.description(),
                        words(since)
                    ));
                }
                let takers: Vec<Value> = similar.takers.iter().map(since_data).collect();
                rules.push(json!({"rule": similar.rule.number(), "shares": similar.rule.description(), "takers": takers}));
            }
            ("similar", text, Value::Array(rules))
        }
    };
    let text = format!("{text}{}", to_know(&inquiry));
    let next = next(&inquiry);
    let text = match &next {
        Some(next) => format!("{text}\nNo fingerprint was taken. {next}"),
        None => format!("{text}\nNo fingerprint was taken."),
    };
    let data = json!({
        "ok": true, "answer": answer, "details": details, "record": inquiry.record.to_string(), "compared": inquiry.compared,
        "concerns": inquiry.concerns.iter().map(concern_data).collect::<Vec<_>>(), "remark": inquiry.remark,
        "warnings": inquiry.warnings, "next": next,
    });
    Ok(Report { text, data })
}

/// What the document itself says that stands in the way of a financing, or is to be known before.
fn to_know(inquiry: &Inquiry) -> String {
    let concerns = inquiry.concerns.iter().map(ToString::to_string);
    let all = concerns.chain(inquiry.remark.clone());
    all.map(|one| format!("\nBut {one}.")).collect()
}

fn concern_data(concern: &Concern) -> Value {
    json!({"waive": concern.option(), "words": concern.words})
}

/// How to finance what was inquired about, where the rules let this bank.
fn next(inquiry: &Inquiry) -> Option<String> {
    let record = inquiry.record;
    let mut options: Vec<String> = inquiry.concerns.iter().map(Concern::option).collect();
    match &inquiry.answer {
        Answer::Taken(_) => return None,
        Answer::Free => {}
        Answer::Similar(list) => {
            options.extend(list.iter().map(|one| one.rule.number().to_string()));
        }
    }
    let each = options.iter();
    let waived: String = each
        .map(|option| format!(" --waive {option}=REASON"))
        .collect();
    Some(match inquiry.only_asked {
        true => "The seller is no customer of this bank. To finance it: sealane alias register NAME --id SCHEME:VALUE, seal it \
                 under that name (sealane seal FILE --as NAME), and finance that record."
            .to_owned(),
        false => format!("To finance it: sealane finance {record}{waived}"),
    })
}

fn words(since: &Since) -> String {
    let life = match since.life {
        Life::Held { until } => format!("held until height {until}"),
        Life::Financed => "financed".to_owned(),
        Life::Repaid => "financed and repaid".to_owned(),
    };
    format!(
        "{life} by {} since height {}",
        since.bank_name, since.height
    )
}

fn since_data(since: &Since) -> Value {
    let life = match since.life {
        Life::Held { .. } => "held",
        Life::Financed => "financed",
        Life::Repaid => "repaid",
    };
    json!({
        "bank": since.bank_name, "bank_alias": since.bank.to_string(), "life": life, "height": since.height.0,
        "beside": since.beside,
    })
}

/// What `sealane finance` was given beside the record.
pub struct Wanted<'a> {
    /// For so many blocks, instead of financing it.
    pub hold: Option<u64>,
    /// Whose document it is.
    pub customer: Option<String>,
    /// The document is that customer's, although it does not name it.
    pub confirmed: bool,
    /// A file with the word of another bank's customer.
    pub consent: Option<&'a Path>,
    /// `WHAT=REASON` each.
    pub waive: &'a [String],
    /// The trade that must let it be financed.
    pub trade: Option<&'a str>,
}

/// `sealane finance ID`
pub async fn finance(desk: &Desk, id: &str, wanted: Wanted<'_>) -> Result<Report, Failure> {
    let id = record_id(id)?;
    let trade = wanted.trade.map(trade_id).transpose()?;
    let waivers = wanted.waive.iter().map(|text| waiver(text));
    let waivers = waivers.collect::<Result<Vec<_>, _>>()?;
    let consent = wanted.consent.map(files::read).transpose()?;
    let consent = consent.map(|bytes| Agreed::read(&bytes)).transpose()?;
    let bank = open(desk)?;
    let options = FinanceOptions {
        hold_blocks: wanted.hold,
        waivers,
        customer: wanted.customer,
        confirmed: wanted.confirmed,
        consent,
        trade,
    };
    let finance = async |confirmed| {
        let options = FinanceOptions {
            confirmed,
            ..options.clone()
        };
        bank.finance(&id, &options, &told()).await
    };
    let financed = confirmed(wanted.confirmed, finance).await?;
    let outcome = match (financed.held_until, financed.already) {
        (Some(until), _) => format!("Held until height {until}."),
        (None, true) => format!("Financed already, at height {}.", financed.height),
        (None, false) => format!("Financed at height {}.", financed.height),
    };
    let mut text = format!("{outcome}\nreceipt {}", financed.receipt.display());
    if financed.amended_since {
        text.push_str(&format!(
            "\nThe record was presented before its customer's file was amended (alias amend), so it has no fingerprint of the \
             identifiers added since. To take these too, seal the document anew in its place and finance the new record: \
             sealane seal FILE --replaces {id}"
        ));
    }
    if !financed.needless.is_empty() {
        let words: Vec<String> = financed.needless.iter().map(Concern::option_of).collect();
        text.push_str(&format!(
            "\nLeft out, as nothing of the kind stood in the way and a waiver is public: --waive {}.",
            words.join(", ")
        ));
    }
    if let Some(remark) = &financed.remark {
        text.push_str(&format!("\nTo know: {remark}."));
    }
    let data = json!({
        "ok": true, "record": financed.record.to_string(), "outcome": if financed.held_until.is_some() { "held" } else { "financed" },
        "held_until": financed.held_until.map(|height| height.0), "took_over": text_of(financed.took_over), "height": financed.height.0,
        "transaction": financed.transaction.to_string(), "receipt": financed.receipt.display().to_string(), "already": financed.already,
        "amended_since": financed.amended_since, "remark": financed.remark, "warnings": financed.warnings,
        "needless": financed.needless.iter().map(Concern::option_of).collect::<Vec<_>>(),
        "proving_milliseconds": financed.presented.map(|presented| u64::try_from(presented.proving.as_millis()).unwrap_or(u64::MAX)),
        "transaction_bytes": financed.presented.map(|presented| presented.transaction_bytes + financed.transaction_bytes),
    });
    Ok(Report { text, data })
}

/// `WHAT=REASON`
fn waiver(text: &str) -> Result<Waiver, Failure> {
    let wrong = || {
        let rules: Vec<String> = Rule::ALL
            .iter()
            .skip(1)
            .map(|rule| format!("{} ({})", rule.number(), rule.description()))
            .collect();
        Failure::invalid(format!(
            "--waive {text:?}: write WHAT=REASON, where WHAT is `assigned`, `payee`, `correction`, `copy`, `credited`, or a rule: {}",
            rules.join(", ")
        ))
    };
    let (what, reason) = text.split_once('=').ok_or_else(wrong)?;
    let waived = match what.trim() {
        "assigned" => Some(Waived::Assigned),
        "payee" => Some(Waived::Payee),
        "correction" => Some(Waived::Correction),
        "copy" => Some(Waived::Copy),
        "credited" => Some(Waived::Credited),
        rule => rule
            .parse()
            .ok()
            .and_then(Rule::from_number)
            .filter(|rule| !rule.is_strict())
            .map(Waived::Alert),
    };
    let reason = reason.trim().to_owned();
    if reason.is_empty() {
        return Err(wrong());
    }
    Ok(Waiver {
        waived: waived.ok_or_else(wrong)?,
        reason,
    })
}

/// `sealane release ID`
pub async fn release(desk: &Desk, id: &str, reason: Reason) -> Result<Report, Failure> {
    let id = record_id(id)?;
    let reason = match reason {
        Reason::Repaid => ReleaseReason::Repaid,
        Reason::Withdrawn => ReleaseReason::Withdrawn,
        Reason::Mistaken => ReleaseReason::Mistaken,
    };
    let bank = open(desk)?;
    let progress = told();
    let released = bank.release(&id, reason, &progress).await?;
    drop(progress);
    let effect = match reason {
        ReleaseReason::Repaid => "its fingerprints stay taken for good",
        ReleaseReason::Withdrawn | ReleaseReason::Mistaken => "its fingerprints are free again",
    };
    let at = released.height.map_or_else(
        || "Released before".to_owned(),
        |height| format!("Released at height {height}"),
    );
    let data = json!({"ok": true, "record": id.to_string(), "height": released.height.map(|height| height.0)});
    Ok(Report {
        text: format!("{at}: {effect}."),
        data,
    })
}

/// `sealane receipt verify FILE…`: the first that does not hold ends it.
pub fn verify_receipts(given: &[PathBuf], home: Option<&Path>) -> Result<Report, Failure> {
    let network = home
        .map(read_genesis)
        .transpose()
        .map_err(Failure::of_files)?;
    let (mut texts, mut all) = (Vec::new(), Vec::new());
    for file in given {
        let (text, value) = verified(file, network.as_ref())?;
        texts.push(match given.len() {
            1 => text,
            _ => format!("{}\n{text}", file.display()),
        });
        all.push(value);
    }
    let first = all.first().cloned();
    Ok(Report {
        text: texts.join("\n\n"),
        data: json!({"ok": true, "receipt": first, "receipts": all}),
    })
}

/// A receipt that holds, as text and as data.
fn verified(file: &Path, network: Option<&Genesis>) -> Result<(String, Value), Failure> {
    let bytes = files::read(file)?;
    let summary = receipt::verify(&bytes, network);
    let summary =
        summary.map_err(|error| Failure::invalid(format!("{}: {error}", file.display())))?;
    let against = match network {
        Some(_) => "It is a receipt of this home's network.",
        None => "Compare the chain's id with that of your network, or give --home.",
    };
    let mut text = format!(
        "The receipt is valid: record {} was {} by {} at height {} ({}) on {}.\nchain {}\n{against}",
        summary.record,
        summary.outcome,
        summary.bank,
        summary.height,
        summary.time,
        summary.network,
        summary.chain
    );
    if summary.test_keys {
        text.push_str("\nThis network accepts test keys, with which proofs can be forged: soundness of the proof is not claimed.");
    }
    let value = serde_json::to_value(&summary).map_err(Failure::cannot)?;
    Ok((text, value))
}

fn text_of<T: Display>(value: Option<T>) -> Value {
    value.map_or(Value::Null, |value| Value::String(value.to_string()))
}
