//! Commands that hand fields over: card, contact, grant, import, grants.

use std::path::Path;

use sealane_client::error::ClientError;
use sealane_client::fields;
use sealane_client::flows::{Grant, Import};
use sealane_client::home::HomeError;
use sealane_client::home::grants::{Given, Imported};
use sealane_crypto::handover::Card;
use serde_json::{Value, json};

use super::desk::{Desk, open};
use super::ids::record_id;
use super::shown::sealer;
use crate::args::{ContactCommand, HandoverCommand};
use crate::files;
use crate::outcome::{Failure, Report};

/// Runs a command.
pub async fn run(desk: &Desk, command: HandoverCommand) -> Result<Report, Failure> {
    match command {
        HandoverCommand::Grant {
            id,
            to,
            fields,
            out,
        } => grant(desk, (&id, &to, &fields), &out).await,
        HandoverCommand::Import { file } => import(desk, &file).await,
        HandoverCommand::Grants => grants(desk),
        HandoverCommand::Card { out } => card(desk, &out).await,
        HandoverCommand::Contact(ContactCommand::Add { file, name }) => {
            add(desk, &file, name.as_deref()).await
        }
        HandoverCommand::Contact(ContactCommand::List) => contacts(desk),
    }
}

/// A card is the other file that passes between homes: it is named rather than called a broken hand-over.
fn must_be_no_card(file: &[u8], shown: &Path) -> Result<(), Failure> {
    match Card::is_one(file) {
        true => Err(Failure::invalid(format!(
            "{}: this is a card, and no file with fields. To add the card: sealane contact add {}",
            shown.display(),
            files::word(shown)
        ))),
        false => Ok(()),
    }
}

/// What is no card at all is named with what is wanted.
fn must_be_a_card(file: &[u8], shown: &Path) -> Result<(), Failure> {
    match Card::is_one(file) {
        true => Ok(()),
        false => Err(Failure::invalid(format!(
            "{}: is no card. A contact is added from its card, which it writes at its own home: sealane --home THEIRS card --out FILE. \
             A file with fields is taken over with sealane import FILE",
            shown.display()
        ))),
    }
}

async fn card(desk: &Desk, out: &Path) -> Result<Report, Failure> {
    files::must_be_new(out)?;
    let bank = open(desk)?;
    files::write_new(out, &bank.card().await?)?;
    let (name, shown) = (&bank.home().config().name, files::word(out));
    let text = format!(
        "The card of {name} is in {shown}. It holds no secret: give it to those who will disclose fields to this home, \
         and they add it with\n  sealane contact add {shown}"
    );
    let data = json!({"ok": true, "card": out.display().to_string(), "alias": bank.home().alias().to_string()});
    Ok(Report { text, data })
}

async fn add(desk: &Desk, file: &Path, name: Option<&str>) -> Result<Report, Failure> {
    let card = files::read(file)?;
    must_be_a_card(&card, file)?;
    let bank = open(desk)?;
    let contact = bank.add_contact(&card, name).await?;
    let (name, alias) = (&contact.name, contact.alias());
    let text = format!(
        "{name} is a contact now: its card is signed with the key that the chain names for alias {alias}.\n\
         Next: sealane grant ID --to {name} --fields PATHS --out FILE"
    );
    let data = json!({"ok": true, "name": name, "alias": alias.to_string()});
    Ok(Report { text, data })
}

fn contacts(desk: &Desk) -> Result<Report, Failure> {
    let book = desk.home_to_read()?.contacts().map_err(ClientError::Home)?;
    let all = book.contacts.iter();
    let mut lines: Vec<String> = all
        .clone()
        .map(|one| format!("{}  {}", one.name, one.alias()))
        .collect();
    let all: Vec<Value> = all
        .map(|one| json!({"name": one.name, "alias": one.alias().to_string()}))
        .collect();
    if lines.is_empty() {
        lines
            .push("This home has no contacts yet. Add a card: sealane contact add FILE".to_owned());
    }
    let text = lines.join("\n");
    Ok(Report {
        text,
        data: json!({"ok": true, "contacts": all}),
    })
}

async fn grant(
    desk: &Desk,
    (id, to, paths): (&str, &str, &str),
    out: &Path,
) -> Result<Report, Failure> {
    let id = record_id(id)?;
    files::must_be_new(out)?;
    let bank = open(desk)?;
    let grant = bank.grant(&id, to, paths).await?;
    files::write_new(out, &grant.file)?;
    Ok(granted(&grant, out))
}

fn granted(grant: &Grant, out: &Path) -> Report {
    let (file, out) = (out.display().to_string(), files::word(out));
    let (to, kind, fields) = (&grant.to.name, grant.kind.name(), grant.fields.join(", "));
    let who = match grant.identifiers.is_empty() {
        true => "that it is the record of this alias, which names no legal identifiers".to_owned(),
        false => format!("that {} sealed it", grant.identifiers.join(", ")),
    };
    let text = format!(
        "Given to {to}, of record {} ({kind}): {fields}.\n\
         {to} also learns {who}, and can show all of it to others. It can recognise other records of the same alias.\n\
         Only {to}'s home can open {out}, so any channel will do. There: sealane import {out}\n\
         A disclosure cannot be taken back.",
        grant.record
    );
    let data = json!({
        "ok": true, "record": grant.record.to_string(), "kind": kind, "to": to, "receiver": grant.to.alias().to_string(),
        "fields": grant.fields, "identifiers": grant.identifiers, "file": file, "bytes": grant.file.len(),
    });
    Report { text, data }
}

async fn import(desk: &Desk, file: &Path) -> Result<Report, Failure> {
    let bytes = files::read(file)?;
    must_be_no_card(&bytes, file)?;
    let bank = open(desk)?;
    let import = bank.import(&bytes).await?;
    Ok(imported(&import))
}

fn imported(import: &Import) -> Report {
    let (id, kind, from) = (import.record, import.kind.name(), &import.from);
    let fields = import.fields.join(", ");
    let before = if import.already {
        " This home had all of it already."
    } else {
        ""
    };
    let mut text = format!(
        "{from} gives, of record {id} ({kind}): {fields}.{before}\nSealed by {}; every field is checked against the record on the chain.",
        sealer(&import.identifiers)
    );
    for (path, reason) in &import.wrong {
        text.push_str(&format!(
            "\n  {path}  MISMATCH: {reason}: its sealer's fault"
        ));
    }
    if !import.wrong.is_empty() {
        text.push_str("\nThe evidence is kept: sealane record show --json prints it, and it can be shown to others.");
    }
    for warning in &import.warnings {
        text.push_str(&format!("\nwarning: {warning}."));
    }
    text.push_str(&format!("\nNext: sealane record show {id}"));
    let wrong = import.wrong.iter();
    let wrong: Vec<Value> = wrong
        .map(|(path, reason)| json!({"path": path, "reason": reason}))
        .collect();
    let data = json!({
        "ok": true, "record": id.to_string(), "kind": kind, "from": from, "identifiers": import.identifiers,
        "fields": import.fields, "wrong": wrong, "already": import.already, "warnings": import.warnings,
    });
    Report { text, data }
}

fn grants(desk: &Desk) -> Result<Report, Failure> {
    let home = desk.home_to_read()?;
    let all = || -> Result<(Vec<Imported>, Vec<Given>), HomeError> {
        Ok((home.all_imported()?, home.all_given()?))
    };
    let (taken, given) = all().map_err(ClientError::Home)?;
    let (taken, given): (Vec<_>, Vec<_>) = (
        taken.iter().map(taken_row).collect(),
        given.iter().map(given_row).collect(),
    );
    let mut lines: Vec<&str> = taken
        .iter()
        .chain(&given)
        .map(|(text, _)| text.as_str())
        .collect();
    if lines.is_empty() {
        lines.push("Nothing was given to this home, and it gave nothing.");
    }
    let text = lines.join("\n");
    let data = |rows: &[(String, Value)]| -> Vec<Value> {
        rows.iter().map(|(_, row)| row.clone()).collect()
    };
    let data = json!({"ok": true, "imported": data(&taken), "given": data(&given)});
    Ok(Report { text, data })
}

fn taken_row(one: &Imported) -> (String, Value) {
    let header = &one.record.header;
    let places = one.fields.keys().copied().collect();
    let fields = fields::names(header.kind, header.bucket, &places);
    let (id, kind, identifiers) = (
        one.record.id(),
        header.kind.name(),
        one.sealer.identifiers(),
    );
    let text = format!(
        "from {}  record {id} ({kind}), sealed by {}: {}",
        one.from,
        sealer(identifiers),
        fields.join(", ")
    );
    let data = json!({
        "record": id.to_string(), "kind": kind, "from": one.from, "identifiers": identifiers, "fields": fields,
    });
    (text, data)
}

fn given_row(one: &Given) -> (String, Value) {
    let fields = fields::names(one.kind, one.bucket, &one.places);
    let kind = one.kind.name();
    let text = format!(
        "to {}  record {} ({kind}): {}",
        one.to,
        one.record,
        fields.join(", ")
    );
    let data = json!({
        "record": one.record.to_string(), "kind": kind, "to": one.to, "receiver": one.receiver.to_string(), "fields": fields,
    });
    (text, data)
}
